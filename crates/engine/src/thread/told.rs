//! What an event may say, whichever it is. Fields it has none of are absent.

use alcove_proto::TurnId;
use alcove_proto::envelope::{FileEdit, GoalWord, MediaUrl, MessageSource, Notice, Phase, ToolEvent};
use alcove_proto::usage::Usage;
use serde::Deserialize;
use serde_json::Value;

/// One event's fields.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Told {
    pub(super) text: Option<String>,
    pub(super) starts_turn: Option<bool>,
    pub(super) turn_id: Option<TurnId>,
    pub(super) turn_phase: Option<Phase>,
    pub(super) turn_seq: Option<u64>,
    pub(super) created_at_ms: Option<i64>,
    /// What a message is about, or a proposal.
    pub(super) kind: Option<String>,
    pub(super) notice: Option<Notice>,
    pub(super) latency_ms: Option<u64>,
    pub(super) usage: Option<Usage>,
    pub(super) context_window_tokens: Option<u64>,
    pub(super) status: Option<GoalWord>,
    pub(super) resuming: Option<bool>,
    pub(super) merge_next: Option<bool>,
    pub(super) tool_events: Option<Vec<ToolEvent>>,
    pub(super) edits: Option<Vec<FileEdit>>,
    pub(super) media_urls: Option<Vec<MediaUrl>>,
    pub(super) source: Option<MessageSource>,
    pub(super) cli_apps: Option<Vec<Value>>,
    pub(super) mcp_presets: Option<Vec<Value>>,
    pub(super) session_mentions: Option<Vec<Value>>,
    pub(super) provenance: Option<Value>,
    /// The turns that prompts would have had which joined this one.
    pub(super) prompts: Option<Vec<TurnId>>,
}
