//! The headless gateway: Alcove without a window.

use std::process::ExitCode;

use alcove_gateway::{cli, sandbox};
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
    Serve(Box<cli::Serve>),
    /// Say how commands are held here, or run one as a chat's would be.
    Sandbox(sandbox::Held),
}

fn main() -> ExitCode {
    if let Some(code) = alcove_gateway::confined() {
        return code;
    }
    alcove_gateway::report::panics();
    match Cli::parse().command {
        Command::Serve(args) => cli::serve(&args),
        Command::Sandbox(args) => sandbox::held(&args),
    }
}
