//! `alcove`: the desktop shell. Without a subcommand it opens the window, with `serve` it is the headless gateway.
//!
//! The shell is thin: it draws a window, carries the page's bytes to the gateway's Unix socket and back, and decides nothing.
//! It never opens a port, never reads the database and never talks to a model.

mod args;
mod bridge;
mod calls;
mod dialog;
mod drop;
mod engine;
mod external;
mod graphics;
mod heartbeat;
mod host;
mod page;
mod process;
mod proxy;
mod remembered;
mod save;
#[cfg(test)]
mod scripted;
mod shell;
mod skeleton;
mod socket;
mod stand_in;
mod theme;
mod trace;
mod watchers;
mod window;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};

fn main() -> ExitCode {
    if let Some(code) = alcove_gateway::confined() {
        return code;
    }
    trace::begin();
    alcove_gateway::report::panics();
    let args = Args::parse();
    match args.command {
        Some(Command::Serve(serve)) => alcove_gateway::cli::serve(&serve),
        None => shell::run(&args.window),
    }
}
