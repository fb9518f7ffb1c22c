//! The headless gateway: Alcove without a window.

use std::process::ExitCode;

use alcove_gateway::cli;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "alcove-gateway", version, about = "Alcove without a window")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the gateway until it is told to end.
    Serve(cli::Serve),
}

fn main() -> ExitCode {
    alcove_gateway::report::panics();
    match Cli::parse().command {
        Command::Serve(args) => cli::serve(&args),
    }
}
