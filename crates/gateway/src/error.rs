//! Why the gateway could not start.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

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
    /// The address is not a loopback address.
    NotLoopback(SocketAddr),
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
            Self::NotLoopback(address) => write!(f, "{address} is not a loopback address; use 127.0.0.1 or [::1]"),
            Self::Io { doing, on, .. } => write!(f, "could not {doing} {on}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Engine(source) => std::error::Error::source(source),
            Self::Io { source, .. } => Some(source),
            Self::AlreadyRunning { .. } | Self::InTheWay { .. } | Self::NotLoopback(_) => None,
        }
    }
}

impl Error {
    pub(crate) fn io(doing: &'static str, on: impl fmt::Display) -> impl FnOnce(io::Error) -> Self {
        let on = on.to_string();
        move |source| Self::Io { doing, on, source }
    }
}
