//! Why a benchmark could not be run: what failed, on what, and the source.

use std::fmt;
use std::io;

/// Why there is no figure.
#[derive(Debug)]
pub(crate) enum Error {
    /// The command line means nothing; the text says what would.
    Usage(String),
    /// The system refused something.
    Io { what: String, source: io::Error },
    /// A program, a server or a page did not do what it should.
    Broken(String),
    /// The store refused a fixture.
    Store(alcove_store::Error),
}

impl Error {
    /// Says what was attempted when the system refused.
    pub(crate) fn io(what: impl fmt::Display) -> impl FnOnce(io::Error) -> Self {
        let what = what.to_string();
        move |source| Self::Io { what, source }
    }

    /// Says what is wrong.
    pub(crate) fn broken(what: impl fmt::Display) -> Self {
        Self::Broken(what.to_string())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) | Self::Broken(text) => f.write_str(text),
            Self::Io { what, source } => write!(f, "{what}: {source}"),
            Self::Store(source) => write!(f, "the fixture could not be written: {source}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Store(source) => Some(source),
            Self::Usage(_) | Self::Broken(_) => None,
        }
    }
}

impl From<alcove_store::Error> for Error {
    fn from(source: alcove_store::Error) -> Self {
        Self::Store(source)
    }
}
