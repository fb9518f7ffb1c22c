//! What can go wrong in a task: what failed, on what, and why.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a task did not succeed.
#[derive(Debug)]
pub(crate) enum Error {
    /// The command line means nothing; the text says what would.
    Usage(String),
    /// A file could not be read or written.
    File { path: PathBuf, source: io::Error },
    /// A program could not be started.
    Start { program: String, source: io::Error },
    /// A program ended with a failure; it has said why itself.
    Failed { command: String, code: Option<i32> },
    /// Generated files differ from what would be generated.
    Stale(Vec<String>),
    /// Rules are broken, one finding a line.
    Untidy(Vec<String>),
    /// Something has to be there that this task cannot install; the text says what and how.
    Missing(String),
    /// What was asked could not be read, or the answer not written.
    Stream(io::Error),
    /// A step of the test failed; it has said why itself.
    Step(&'static str),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) | Self::Missing(text) => f.write_str(text),
            Self::File { path, source } => write!(f, "{}: {source}", path.display()),
            Self::Start { program, source } => write!(f, "{program} did not start: {source}"),
            Self::Failed { command, code: Some(code) } => write!(f, "`{command}` failed with code {code}"),
            Self::Failed { command, code: None } => write!(f, "`{command}` was ended by a signal"),
            Self::Stale(paths) => write!(f, "stale, run `cargo xtask generate`: {}", paths.join(", ")),
            Self::Untidy(findings) => write!(f, "{}\n{} broken rule(s)", findings.join("\n"), findings.len()),
            Self::Stream(source) => write!(f, "standard input or output: {source}"),
            Self::Step(name) => write!(f, "step failed: {name}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File { source, .. } | Self::Start { source, .. } | Self::Stream(source) => Some(source),
            Self::Usage(_) | Self::Failed { .. } | Self::Stale(_) | Self::Untidy(_) | Self::Missing(_) | Self::Step(_) => None,
        }
    }
}
