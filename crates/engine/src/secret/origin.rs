//! The origin a key was saved for: scheme, host and port, and nothing of the path.

use std::fmt;

use reqwest::Url;
use serde::{Deserialize, Serialize};

/// For example `https://api.example.com` or `http://127.0.0.1:8080`. A scheme's usual port is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Origin(String);

impl Origin {
    /// The origin of an http or https address.
    pub(crate) fn of(url: &Url) -> Self {
        Self(url.origin().ascii_serialization())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
