//! What a person may hand on when something goes wrong: `GET /api/diagnostics`. Never a key, a prompt, an answer or a path.

use serde::{Deserialize, Serialize};

/// `GET /api/diagnostics`; with `?format=zip` the same files as an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Diagnostics {
    /// In the order they are shown.
    pub files: Vec<DiagnosticFile>,
}

/// One file, as a person reads it before it is handed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DiagnosticFile {
    /// With its extension, `.json` or `.txt`; no folder.
    pub name: String,
    /// Text.
    pub content: String,
}
