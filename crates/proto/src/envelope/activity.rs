//! What the agent does beside talking, and what comes with a message (envelope §1.8, §7.1, §7.3).

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How far a tool call is. A later one is never taken back by an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ToolPhase {
    /// It runs.
    Start,
    /// It answered.
    End,
    /// It failed.
    Error,
}

/// One tool call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ToolEvent {
    /// Always 1.
    #[serde(default = "one")]
    pub version: u32,
    /// How far it is.
    pub phase: ToolPhase,
    /// Names the call within its turn.
    #[serde(default)]
    pub call_id: String,
    /// The tool.
    pub name: String,
    /// What it was called with: an object.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(type = "unknown"))]
    pub arguments: Value,
    /// What it answered; null until then.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(type = "unknown"))]
    pub result: Value,
    /// Why it failed; null when it did not.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(type = "unknown"))]
    pub error: Value,
    /// Files it made.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(type = "unknown[]"))]
    pub files: Vec<Value>,
    /// What it shows inside its row.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(type = "unknown[]"))]
    pub embeds: Vec<Value>,
    /// The record of the call: `log://turn_N/…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub path: Option<String>,
    /// How it ended, as in HTTP; a command that ended with a code of its own has 200 or 500 here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub status: Option<u16>,
    /// Why it was allowed, asked about or refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub why: Option<String>,
    /// How a command ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub exit_code: Option<i32>,
    /// How long it took, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub duration_ms: Option<u64>,
    /// True for a command that goes on running in the background, false for one that did and has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub background: Option<bool>,
}

fn one() -> u32 {
    1
}

/// What a file edit changed, line by line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FileDiff {
    /// Always `unified`.
    pub format: String,
    /// Lines shown around a change.
    pub context: u32,
    /// Whether lines were left out.
    pub truncated: bool,
    /// The lines, with `---` and `+++` headers.
    pub text: String,
}

/// One file a tool changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct FileEdit {
    /// Always 1.
    #[serde(default = "one")]
    pub version: u32,
    /// The tool call.
    #[serde(default)]
    pub call_id: String,
    /// `write_file`, `edit_file` or `apply_patch`.
    pub tool: String,
    /// The file, relative when it lies in the project; empty while it is not known.
    #[serde(default)]
    pub path: String,
    /// Where the file is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absolute_path: Option<String>,
    /// How far it is.
    pub phase: ToolPhase,
    /// Lines added.
    #[serde(default)]
    pub added: u64,
    /// Lines removed.
    #[serde(default)]
    pub deleted: u64,
    /// Whether the counts are estimates.
    #[serde(default)]
    pub approximate: bool,
    /// `editing`, `done` or `error`.
    pub status: String,
    /// `delete` when the file was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// True for a file without lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binary: Option<bool>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// True while the path is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending: Option<bool>,
    /// What changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<FileDiff>,
}

/// A file that comes with a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MediaUrl {
    /// `image`, `video` or `file`.
    #[serde(default)]
    pub kind: String,
    /// Its signed address.
    pub url: String,
    /// What people call it.
    #[serde(default)]
    pub name: String,
}

/// What made a turn that no person began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct MessageSource {
    /// `cron`, `local_trigger` or `trigger`.
    pub kind: String,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}
