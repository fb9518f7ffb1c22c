//! Why a command cannot be held as it should; it is not run then.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// What stands in the way.
#[derive(Debug)]
pub enum Error {
    /// The level asked for does not work here, in words.
    Missing(String),
    /// A folder could not be used.
    Folder(PathBuf, io::Error),
    /// A folder that holds something hidden has more names than are looked through.
    TooMany(PathBuf),
    /// The kernel did not do one step.
    System(&'static str, io::Error),
    /// The kernel's file rules could not be made.
    Ground(String),
    /// The filter of system calls could not be made.
    Filter(String),
    /// What was handed over is not whole.
    Words(String),
}

impl Error {
    #[cfg(target_os = "linux")]
    pub(super) fn ground(source: impl fmt::Display) -> Self {
        Self::Ground(source.to_string())
    }

    #[cfg(target_os = "linux")]
    pub(super) fn filter(source: impl fmt::Display) -> Self {
        Self::Filter(source.to_string())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(words) => f.write_str(words),
            Self::Folder(path, error) => write!(f, "{}: {error}", path.display()),
            Self::TooMany(path) => write!(f, "{}: too many names to leave out what commands must not reach", path.display()),
            Self::System(what, error) => write!(f, "{what}: {error}"),
            Self::Ground(error) => write!(f, "Landlock: {error}"),
            Self::Filter(error) => write!(f, "seccomp: {error}"),
            Self::Words(error) => write!(f, "what to hold it to was not understood: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Folder(_, error) | Self::System(_, error) => Some(error),
            Self::Missing(_) | Self::TooMany(_) | Self::Ground(_) | Self::Filter(_) | Self::Words(_) => None,
        }
    }
}
