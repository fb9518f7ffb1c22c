//! What can be asked about one chat beside its thread: what the model sees of it, its automations, a file of its project
//! (envelope §2.4, §2.9).

use serde::{Deserialize, Serialize};

use crate::usage::Usage;

/// `GET /api/sessions/{key}/context`: how much of the chat the model is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SessionContext {
    /// Always 1.
    pub schema_version: u32,
    /// `websocket:<chat id>`
    pub session_key: String,
    /// Messages kept for the model.
    pub total_messages: usize,
    /// Of these, the ones it is no longer shown.
    pub archived_messages: usize,
    /// Of these, the ones the next call would show it.
    pub replay_messages: usize,
    /// What those cost, in tokens.
    pub estimated_replay_tokens: u64,
    /// What the summary of the archived ones costs, in tokens.
    pub estimated_summary_tokens: u64,
    /// What all messages would cost, in tokens.
    pub estimated_session_tokens: u64,
    /// The summary of the archived ones.
    pub archived_summary: Option<String>,
    /// When it was made.
    pub archived_summary_at: Option<String>,
    /// What the last turn cost.
    pub last_usage: Option<Usage>,
}

/// `GET /api/sessions/{key}/automations`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SessionAutomations {
    /// Always empty: there are no automations yet.
    #[cfg_attr(feature = "ts", ts(type = "unknown[]"))]
    pub jobs: Vec<serde_json::Value>,
}

/// `GET /api/sessions/{key}/file-preview`: the beginning of a text file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FilePreview {
    /// Where the file is.
    pub path: String,
    /// The same, from the project's folder.
    pub display_path: String,
    /// The project's folder.
    pub project_path: String,
    /// The language as highlighters name it.
    pub language: String,
    /// The text, or its first 393 216 bytes; what is no UTF-8 is replaced.
    pub content: String,
    /// The file's size in bytes.
    pub size: u64,
    /// Whether there is more than was shown.
    pub truncated: bool,
}

/// The same with `probe=1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FileProbe {
    /// Whether there is something to show.
    pub available: bool,
}
