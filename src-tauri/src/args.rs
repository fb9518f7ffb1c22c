//! The command line of `alcove`. It parses and nothing more.

use alcove_gateway::cli::{Common, Serve};
use clap::{Parser, Subcommand};

/// A desktop home for AI agents.
#[derive(Parser)]
#[command(name = "alcove", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) window: Common,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What else the binary can be.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run the gateway without a window.
    Serve(Serve),
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn window_flags_need_no_subcommand() {
        let args = Args::parse_from(["alcove", "--data", "/tmp/x", "--model", "demo"]);
        assert_eq!(args.window.data, Some(PathBuf::from("/tmp/x")));
        assert_eq!(args.window.model.as_deref(), Some("demo"));
        assert!(args.command.is_none());
    }
}
