//! What `files.find` answers with.

use serde::{Deserialize, Serialize};

/// Files and folders that fit what was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FoundFiles {
    /// The best fitting first.
    pub files: Vec<FoundFile>,
    /// Whether there may be more: more fit than were asked for, or not everything was looked at.
    pub truncated: bool,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FoundFile {
    /// Relative to the folder, with `/` between names and none at the end.
    pub path: String,
    /// Whether it is a folder.
    pub folder: bool,
}
