//! The thread page: a chat as finished messages (envelope §5.3, §5.4).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::TurnId;
use crate::envelope::{Changes, FileEdit, MediaUrl, MessageSource, Notice, Phase, Proposal, ProposalResolved, ToolEvent};
use crate::scope::WorkspaceScope;
use crate::usage::Usage;

/// A page of a chat: whole turns, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Thread {
    /// Always 3.
    pub schema_version: u32,
    /// `websocket:<chat id>`
    pub session_key: String,
    /// The messages, oldest first.
    pub messages: Vec<UiMessage>,
    /// The chat's scope.
    #[serde(rename = "workspace_scope")]
    pub workspace_scope: WorkspaceScope,
    /// Turns of this page that are complete.
    #[serde(rename = "completed_turn_ids")]
    pub completed_turn_ids: Vec<TurnId>,
    /// Whether a turn runs whose end is not in the page.
    #[serde(rename = "has_pending_tool_calls")]
    pub has_pending_tool_calls: bool,
    /// The turn running now.
    #[serde(rename = "active_turn_id")]
    pub active_turn_id: Option<TurnId>,
    /// Where the page stands; present when paging was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub page: Option<Page>,
    /// Messages of the page that were copied from another chat; absent when that boundary is not in it.
    #[serde(rename = "fork_boundary_message_count", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub fork_boundary_message_count: Option<usize>,
    /// The newest event the page covers: attach with it as `after_seq`.
    #[serde(rename = "last_seq")]
    pub last_seq: u64,
}

/// Where a page stands in its chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Page {
    /// Give it as `before` for the page before this one; null when this is the first.
    pub before_cursor: Option<String>,
    /// Whether there is a page before this one.
    pub has_more_before: bool,
    /// Messages in this page.
    pub loaded_message_count: usize,
    /// Prompts before this page.
    pub user_message_offset: u64,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Role {
    /// A person.
    User,
    /// The model, or Alcove in its place when `notice` is present.
    Assistant,
    /// Tool activity.
    Tool,
}

/// A picture of a prompt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ImageRef {
    /// Its signed address.
    pub url: String,
    /// What people call it.
    pub name: String,
}

/// What one channel of a command has put out so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ToolOutput {
    /// The tool call.
    pub call_id: String,
    /// The record of the command.
    pub path: String,
    /// 1 is standard output, 2 standard error.
    pub channel: u8,
    /// The newest text, at most 64 KiB.
    pub text: String,
    /// Bytes that are not in it.
    pub skipped: u64,
}

/// One message as a person sees it. Its id is a prefix and the 16 hex digits of the `seq` that began it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct UiMessage {
    /// `u-`, `as-`, `buf-` or `tr-` and 16 hex digits.
    pub id: String,
    /// Who speaks.
    pub role: Role,
    /// The text, Markdown for answers.
    pub content: String,
    /// `trace` for tool activity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Lines of tool activity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traces: Option<Vec<String>>,
    /// The tool calls behind the lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_events: Option<Vec<ToolEvent>>,
    /// Files that were changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_edits: Option<Vec<FileEdit>>,
    /// What commands of this row have put out, as far as it was told; gone once they ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outputs: Option<Vec<ToolOutput>>,
    /// An action that waits for a person, or waited; `kind` is `proposal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Box<Proposal>>,
    /// What became of it; absent while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<ProposalResolved>,
    /// Files that were changed, or changed back; `kind` is `changes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Changes>,
    /// Rows with the same one are one stretch of work: `activity-` and the `seq` that began it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_segment_id: Option<String>,
    /// Files that came with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<Vec<MediaUrl>>,
    /// The same, when all of a prompt's are pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub images: Option<Vec<ImageRef>>,
    /// Apps a prompt names.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "unknown[]"))]
    pub cli_apps: Option<Vec<Value>>,
    /// Servers a prompt names.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "unknown[]"))]
    pub mcp_presets: Option<Vec<Value>>,
    /// Chats a prompt names.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "unknown[]"))]
    pub session_mentions: Option<Vec<Value>>,
    /// The chat that wrote a prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "unknown"))]
    pub session_message: Option<Value>,
    /// What made the turn, when no person did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<MessageSource>,
    /// Whether text is still arriving.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_streaming: Option<bool>,
    /// What the model thought before it answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<String>,
    /// Whether reasoning is still arriving.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_streaming: Option<bool>,
    /// How long it thought, milliseconds; absent while it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_ms: Option<u64>,
    /// Why this is not the model's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<Notice>,
    /// The turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_id: Option<TurnId>,
    /// Part of the turn the last event of the message belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_phase: Option<Phase>,
    /// Place of that event in its turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_seq: Option<u64>,
    /// When it began, milliseconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<i64>,
    /// From the prompt to the end of the turn, milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u64>,
    /// What the turn cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Tokens the model can hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_window_tokens: Option<u64>,
    /// Whether a prompt had to wait behind a running turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queued: Option<bool>,
}

impl UiMessage {
    /// A message that began with the given event.
    pub fn begun(prefix: &str, seq: u64, role: Role) -> Self {
        Self {
            id: format!("{prefix}-{seq:016x}"),
            role,
            content: String::new(),
            kind: None,
            traces: None,
            tool_events: None,
            file_edits: None,
            outputs: None,
            proposal: None,
            resolution: None,
            changes: None,
            activity_segment_id: None,
            media: None,
            images: None,
            cli_apps: None,
            mcp_presets: None,
            session_mentions: None,
            session_message: None,
            source: None,
            is_streaming: None,
            reasoning: None,
            reasoning_streaming: None,
            reasoning_ms: None,
            notice: None,
            turn_id: None,
            turn_phase: None,
            turn_seq: None,
            created_at: None,
            latency_ms: None,
            usage: None,
            context_window_tokens: None,
            queued: None,
        }
    }
}
