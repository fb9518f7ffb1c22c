//! What is wrong with a configuration: the key as it was written, its value, and the rule it breaks. A secret's value is never told.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// What is wrong with a configuration.
#[derive(Debug)]
pub enum Wrong {
    /// The file cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is neither TOML nor, where its name says so, JSON.
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        what: String,
    },
    /// A value breaks its rule.
    Value {
        /// The key and the value, as they were given.
        given: String,
        /// The rule.
        rule: String,
    },
    /// Anybody could come in.
    Open {
        /// The host that would be listened on.
        host: String,
    },
    /// Nothing would be served.
    Disabled,
}

impl Wrong {
    pub(super) fn value(given: impl fmt::Display, rule: impl fmt::Display) -> Self {
        Self::Value { given: given.to_string(), rule: rule.to_string() }
    }

    pub(super) fn malformed(path: &Path, what: impl fmt::Display) -> Self {
        Self::Malformed { path: path.to_owned(), what: what.to_string().trim().to_owned() }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, .. } => write!(f, "the configuration {} cannot be read", path.display()),
            Self::Malformed { path, what } => write!(f, "the configuration {} cannot be understood: {what}", path.display()),
            Self::Value { given, rule } => write!(f, "{given}: {rule}"),
            Self::Open { host } => {
                write!(f, "{host} is not a loopback address; listening there needs token, tokenIssueSecret or trustedProxyAuth")
            }
            Self::Disabled => {
                write!(f, "enabled = false: there would be nothing to serve; leave it out, or start the window, which does not need it")
            }
        }
    }
}

impl std::error::Error for Wrong {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable { source, .. } => Some(source),
            Self::Malformed { .. } | Self::Value { .. } | Self::Open { .. } | Self::Disabled => None,
        }
    }
}
