//! The command line of `alcove`. It parses and nothing more.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// A desktop home for AI agents.
#[derive(Parser)]
#[command(name = "alcove", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) window: WindowArgs,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What the window may be told.
#[derive(clap::Args)]
pub(crate) struct WindowArgs {
    /// Keep everything in this folder instead of the usual one.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Use this model preset until another is chosen.
    #[arg(long, value_name = "PRESET")]
    pub(crate) model: Option<String>,
}

/// What else the binary can be.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run the gateway without a window.
    Serve(crate::alcove_gateway::cli::Serve),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

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
