//! The frames of one turn, from the prompt to its end (envelope §1.8, §1.9). Each carries `seq` once it has its place in the chat's log.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::activity::{FileEdit, MediaUrl, MessageSource, ToolEvent};
use crate::usage::Usage;
use crate::{ChatId, TurnId};

/// Which part of a turn an event belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Phase {
    /// The prompt.
    User,
    /// Reasoning text.
    Reasoning,
    /// Tool activity.
    Activity,
    /// Answer text.
    Answer,
    /// The end.
    Complete,
}

/// `user_message`: a prompt, told to everyone but its sender, and to all on resume.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct UserMessage {
    /// The chat.
    pub chat_id: ChatId,
    /// As the person wrote it.
    pub text: String,
    /// Whether a turn starts with it at once; false while it waits behind a running turn.
    pub starts_turn: bool,
    /// The turn it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_id: Option<TurnId>,
    /// The turn that runs at this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_turn_id: Option<TurnId>,
    /// When that turn started, seconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<f64>,
    /// When the prompt was taken, milliseconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at_ms: Option<i64>,
    /// Files that come with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_urls: Option<Vec<MediaUrl>>,
    /// Apps it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "unknown[]"))]
    pub cli_apps: Option<Vec<Value>>,
    /// Servers it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "unknown[]"))]
    pub mcp_presets: Option<Vec<Value>>,
    /// Chats it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "unknown[]"))]
    pub session_mentions: Option<Vec<Value>>,
    /// Who wrote it, when no person did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "{ session_message?: unknown }"))]
    pub provenance: Option<Value>,
    /// Place in the chat's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// `message_accepted`: the sender's prompt is durable; the same turn id again gets the same answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct MessageAccepted {
    /// The chat.
    pub chat_id: ChatId,
    /// The prompt's turn.
    pub turn_id: TurnId,
    /// Whether its turn starts at once.
    pub starts_turn: bool,
    /// The turn that runs at this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_turn_id: Option<TurnId>,
    /// When that turn started, seconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<f64>,
    /// The `seq` of the prompt's `user_message`; absent for commands, which leave none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// `turn_model_updated`: the model of the turn that starts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct TurnModelUpdated {
    /// The chat.
    pub chat_id: ChatId,
    /// `provider/model`.
    pub model_name: String,
    /// The preset it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_preset: Option<String>,
    /// Tokens the model can hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_window_tokens: Option<u64>,
    /// True when it took the place of a model that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback: Option<bool>,
    /// Place in the chat's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// Whether a turn runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum GoalWord {
    /// A turn runs.
    Running,
    /// None runs.
    Idle,
}

/// `goal_status`: the turn clock. `idle` is the last frame of every turn, stopped ones included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct GoalStatus {
    /// The chat.
    pub chat_id: ChatId,
    /// Whether a turn runs.
    pub status: GoalWord,
    /// Seconds since the epoch, only while running.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<f64>,
    /// The turn it speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_id: Option<TurnId>,
    /// Place in the chat's log; absent in the snapshot a newcomer gets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// What the agent works towards.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct GoalBlob {
    /// Whether there is a goal.
    pub active: bool,
}

/// `goal_state`: the goal changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct GoalState {
    /// The chat.
    pub chat_id: ChatId,
    /// The goal.
    pub goal_state: GoalBlob,
    /// Place in the chat's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// `delta` and `reasoning_delta`: a piece of streamed text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Delta {
    /// The chat.
    pub chat_id: ChatId,
    /// The piece.
    pub text: String,
    /// `websocket:<chat id>:<ns>:<step>`; absent for reasoning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_id: Option<String>,
    /// The turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_id: Option<TurnId>,
    /// Reasoning or answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_phase: Option<Phase>,
    /// Counts the events of the turn; the prompt is 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_seq: Option<u64>,
    /// Place in the chat's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// `reasoning_end`: nothing is added to this step's reasoning any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct ReasoningEnd {
    /// The chat.
    pub chat_id: ChatId,
    /// The turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_id: Option<TurnId>,
    /// Always reasoning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_phase: Option<Phase>,
    /// Counts the events of the turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_seq: Option<u64>,
    /// Place in the chat's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// `stream_end`: nothing is added to this step's answer any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct StreamEnd {
    /// The chat.
    pub chat_id: ChatId,
    /// The whole text, only where it differs from what was streamed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_id: Option<String>,
    /// True when another step of the same turn follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resuming: Option<bool>,
    /// True when that step goes on with this very text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merge_next: Option<bool>,
    /// What made the turn, when no person did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<MessageSource>,
    /// The turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_id: Option<TurnId>,
    /// Always answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_phase: Option<Phase>,
    /// Counts the events of the turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_seq: Option<u64>,
    /// Place in the chat's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// What an activity message shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum MessageKind {
    /// A tool starts.
    ToolHint,
    /// A tool went on or ended, or a status line.
    Progress,
}

/// Why a complete message is there instead of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum NoticeKind {
    /// The engine ended while the turn ran or waited.
    Interrupted,
    /// The model failed.
    Error,
    /// A person stopped the turn.
    Stopped,
    /// A command's reply.
    Command,
}

/// Marks a message that is not the model's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Notice {
    /// Why it is there.
    pub kind: NoticeKind,
    /// Whether sending the prompt again may help.
    pub retry: bool,
}

/// `message`: a complete text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct MessageEvent {
    /// The chat.
    pub chat_id: ChatId,
    /// The text, Markdown.
    pub text: String,
    /// From the prompt to this text, milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u64>,
    /// Activity; absent for a text that stands for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<MessageKind>,
    /// Present when the text is not the model's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<Notice>,
    /// Files that come with it; until the turn ends nothing else of it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_urls: Option<Vec<MediaUrl>>,
    /// The message it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// Tool calls, when it tells of some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_events: Option<Vec<ToolEvent>>,
    /// What made the turn, when no person did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<MessageSource>,
    /// The turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_id: Option<TurnId>,
    /// Activity or answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_phase: Option<Phase>,
    /// Counts the events of the turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_seq: Option<u64>,
    /// When it was written, milliseconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at_ms: Option<i64>,
    /// Place in the chat's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// `turn_end`: the turn is complete and durable. A stopped turn has none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct TurnEnd {
    /// The chat.
    pub chat_id: ChatId,
    /// The turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_id: Option<TurnId>,
    /// From the prompt to the end, milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u64>,
    /// The goal at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goal_state: Option<GoalBlob>,
    /// What the turn cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Tokens the model can hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_window_tokens: Option<u64>,
    /// Always complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_phase: Option<Phase>,
    /// Counts the events of the turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_seq: Option<u64>,
    /// Place in the chat's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// `file_edit`: files a tool changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct FileEdits {
    /// The chat.
    pub chat_id: ChatId,
    /// The files.
    pub edits: Vec<FileEdit>,
    /// The turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_id: Option<TurnId>,
    /// Always activity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_phase: Option<Phase>,
    /// Counts the events of the turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_seq: Option<u64>,
    /// When it was told, milliseconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at_ms: Option<i64>,
    /// Place in the chat's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// `steered`: prompts that waited were shown to the model with the next step of the turn that runs, and have no turn of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Steered {
    /// The chat.
    pub chat_id: ChatId,
    /// The turns the prompts would have had.
    pub prompts: Vec<TurnId>,
    /// The turn that runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_id: Option<TurnId>,
    /// Place in the chat's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// `fork_marker`: what stands before it was copied from another chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct ForkMarker {
    /// The chat.
    pub chat_id: ChatId,
    /// The chat it was copied from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_chat_id: Option<ChatId>,
    /// Place in the chat's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}
