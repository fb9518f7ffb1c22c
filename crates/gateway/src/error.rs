//! Why the gateway could not start.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::config::Wrong;

/// Why the gateway could not start.
#[derive(Debug)]
pub enum Error {
    /// Another gateway owns the data or the socket.
    AlreadyRunning {
        /// The socket it should answer on.
        path: PathBuf,
    },
    /// The engine could not start.
    Engine(alcove_engine::Error),
    /// A path in the way of the socket that is not ours to remove.
    InTheWay {
        /// The path.
        path: PathBuf,
        /// What it is instead.
        what: &'static str,
    },
    /// The configuration is wrong.
    Config(Wrong),
    /// A certificate or a key cannot be used.
    Tls {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
        /// Why not.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A file, folder or socket could not be made.
    Io {
        /// What was done.
        doing: &'static str,
        /// On what.
        on: String,
        /// What the system said.
        source: io::Error,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadyRunning { path } => write!(f, "Alcove already runs with this data (its socket is {})", path.display()),
            Self::Engine(source) => write!(f, "the engine could not start: {source}"),
            Self::InTheWay { path, what } => write!(f, "{} is {what}; remove it or choose another socket path", path.display()),
            Self::Config(wrong) => write!(f, "{wrong}"),
            Self::Tls { path, what, .. } => write!(f, "the {what} in {} cannot be used", path.display()),
            Self::Io { doing, on, .. } => write!(f, "could not {doing} {on}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Engine(source) => std::error::Error::source(source),
            Self::Io { source, .. } => Some(source),
            // It says what the configuration's error says; that one's cause is next.
            Self::Config(wrong) => std::error::Error::source(wrong),
            Self::Tls { source, .. } => Some(source.as_ref()),
            Self::AlreadyRunning { .. } | Self::InTheWay { .. } => None,
        }
    }
}

impl Error {
    pub(crate) fn io(doing: &'static str, on: impl fmt::Display) -> impl FnOnce(io::Error) -> Self {
        let on = on.to_string();
        move |source| Self::Io { doing, on, source }
    }
}

impl From<Wrong> for Error {
    fn from(wrong: Wrong) -> Self {
        Self::Config(wrong)
    }
}
