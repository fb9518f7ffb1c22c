//! Frames the gateway sends (envelope §1.8). Serialising one cannot fail and never yields a null that a client must guard against,
//! except where the contract itself says `null`.

use serde::{Deserialize, Serialize};

use crate::error::ErrorFrame;
use crate::scope::WorkspaceScope;
use crate::sidebar::SidebarState;
use crate::usage::Usage;
use crate::{ChatId, TurnId};

use super::acting::{Changes, CommandEnded, Proposal, ProposalResolved, StreamChunk};
use super::turn::{
    Delta, FileEdits, ForkMarker, GoalState, GoalStatus, MessageAccepted, MessageEvent, ReasoningEnd, Steered, StreamEnd, TurnEnd,
    TurnModelUpdated, UserMessage,
};

/// One outbound frame. Chat events carry `seq`, numbered per chat from 1 without gaps; frames without it are snapshots or personal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Event {
    /// First frame of a connection.
    Ready(Ready),
    /// The connection now hears a chat.
    Attached(Attached),
    /// The cursor given to `attach` cannot be resumed from.
    Resync(Resync),
    /// A prompt somebody sent.
    UserMessage(UserMessage),
    /// The sender's prompt is durable.
    MessageAccepted(MessageAccepted),
    /// Which model the turn uses.
    TurnModelUpdated(TurnModelUpdated),
    /// A turn began to run, or nothing runs any more.
    GoalStatus(GoalStatus),
    /// What the agent works towards.
    GoalState(GoalState),
    /// A piece of reasoning.
    ReasoningDelta(Delta),
    /// The reasoning of this step is complete.
    ReasoningEnd(ReasoningEnd),
    /// A piece of the answer.
    Delta(Delta),
    /// The answer text of this step is complete.
    StreamEnd(StreamEnd),
    /// A complete text: an error, a notice, a command's reply.
    Message(MessageEvent),
    /// Files a tool changes.
    FileEdit(FileEdits),
    /// Prompts that waited are shown to the model with the next step.
    Steered(Steered),
    /// An action waits for a person. Large, and rare.
    Proposal(Box<Proposal>),
    /// A proposal waits no longer.
    ProposalResolved(ProposalResolved),
    /// Output of a command that runs.
    StreamChunk(StreamChunk),
    /// A command in the background has ended.
    CommandEnded(CommandEnded),
    /// Files were changed, or changed back.
    Changes(Changes),
    /// The turn is complete.
    TurnEnd(TurnEnd),
    /// What stands before it was copied from another chat.
    ForkMarker(ForkMarker),
    /// Something in the list of chats changed; sent to every connection.
    SessionUpdated(SessionUpdated),
    /// Live state of all chats, answer to `watch`.
    Watching(Watching),
    /// Live state of one chat changed; sent to connections that watch.
    ChatState(ChatState),
    /// Answer to a `webui_request`.
    WebuiResponse(WebuiResponse),
    /// The list of chats was arranged anew.
    SidebarStateUpdated(SidebarStateUpdated),
    /// Another model answers in chats that chose none.
    RuntimeModelUpdated(RuntimeModelUpdated),
    /// A recording, written down.
    TranscriptionResult(TranscriptionResult),
    /// Why a recording was not written down.
    TranscriptionError(TranscriptionError),
    /// What is wrong with an inbound frame.
    Error(ErrorFrame),
}

/// `ready`: who the connection is and which engine it talks to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Ready {
    /// The default chat of plain-text frames.
    pub chat_id: ChatId,
    /// As declared, or `anon-<12 hex>`.
    pub client_id: String,
    /// New at every engine start; goes with `after_seq`.
    #[serde(default)]
    pub instance: String,
}

/// `attached`: the connection hears the chat from here on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Attached {
    /// The chat.
    pub chat_id: ChatId,
    /// The chat's own preset; null when it follows the active one.
    pub model_preset: Option<String>,
    /// What the last turn cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub usage: Option<Usage>,
    /// The newest event of the chat at this moment; 0 when there is none.
    #[serde(default)]
    pub last_seq: u64,
    /// The turn running now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub run: Option<Run>,
    /// Echo of the id given to `new_chat`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub request_id: Option<String>,
    /// True for a chat that leaves nothing behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub temporary: Option<bool>,
}

/// A turn that runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Run {
    /// The turn, when its prompt named one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_id: Option<TurnId>,
    /// Seconds since the epoch.
    pub started_at: f64,
}

/// `resync`: re-read the thread page, then attach with its `last_seq`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Resync {
    /// The chat.
    pub chat_id: ChatId,
    /// The newest event the thread page covers.
    pub from_seq: u64,
}

/// What about a chat changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum SessionScope {
    /// Title, scope or preset.
    Metadata,
    /// The thread.
    Thread,
}

/// `session_updated`: read the list of chats again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct SessionUpdated {
    /// The chat.
    pub chat_id: ChatId,
    /// What changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<SessionScope>,
    /// The chat's scope, only to whoever asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspace_scope: Option<WorkspaceScope>,
}

/// `sidebar_state_updated`: how the list of chats is arranged now, to every window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SidebarStateUpdated {
    /// As it was kept.
    pub state: SidebarState,
}

/// `runtime_model_updated`: the model of chats that chose none, to every connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct RuntimeModelUpdated {
    /// `provider/model`; empty when none is chosen.
    pub model_name: String,
    /// The preset it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_preset: Option<String>,
}

/// `transcription_result`: a recording, written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TranscriptionResult {
    /// The client's id.
    pub request_id: String,
    /// What was said.
    pub text: String,
}

/// `transcription_error`: why a recording was not written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct TranscriptionError {
    /// The client's id, when it sent a usable one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Why, stable.
    pub detail: String,
    /// The provider that has to be set up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
}

/// Live state of a chat, for the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ChatStateWord {
    /// A turn runs.
    Running,
    /// A turn runs and waits for a person.
    Waiting,
    /// None runs.
    Idle,
    /// None runs and the last one failed.
    Failed,
}

/// `chat_state`: the live state of one chat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct ChatState {
    /// The chat.
    pub chat_id: ChatId,
    /// Its state.
    pub state: ChatStateWord,
    /// When the turn started, seconds since the epoch, only while running.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<f64>,
}

/// `watching`: every chat that is not idle; all others are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Watching {
    /// The chats.
    pub chats: Vec<ChatState>,
}

/// `webui_response`: the answer to one `webui_request`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct WebuiResponse {
    /// The request's id.
    pub request_id: String,
    /// Whether it was carried out.
    pub ok: bool,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "unknown"))]
    pub result: Option<serde_json::Value>,
    /// Why it was not carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<WebuiError>,
}

/// Why a request was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WebuiError {
    /// As in HTTP.
    pub status: u16,
    /// For people.
    pub message: String,
}

impl Event {
    /// The JSON text of the frame.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("frames hold nothing JSON cannot say")
    }

    /// Puts the event into its place in the chat's log. Frames that are not chat events have no place and are left as they are.
    pub fn number(&mut self, at: u64) {
        if let Some(seq) = self.seq_mut() {
            *seq = Some(at);
        }
    }

    /// The kind as stored and as said on the wire.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Ready(_) => "ready",
            Self::Attached(_) => "attached",
            Self::Resync(_) => "resync",
            Self::UserMessage(_) => "user_message",
            Self::MessageAccepted(_) => "message_accepted",
            Self::TurnModelUpdated(_) => "turn_model_updated",
            Self::GoalStatus(_) => "goal_status",
            Self::GoalState(_) => "goal_state",
            Self::ReasoningDelta(_) => "reasoning_delta",
            Self::ReasoningEnd(_) => "reasoning_end",
            Self::Delta(_) => "delta",
            Self::StreamEnd(_) => "stream_end",
            Self::Message(_) => "message",
            Self::FileEdit(_) => "file_edit",
            Self::Steered(_) => "steered",
            Self::Proposal(_) => "proposal",
            Self::ProposalResolved(_) => "proposal_resolved",
            Self::StreamChunk(_) => "stream_chunk",
            Self::CommandEnded(_) => "command_ended",
            Self::Changes(_) => "changes",
            Self::TurnEnd(_) => "turn_end",
            Self::ForkMarker(_) => "fork_marker",
            Self::SessionUpdated(_) => "session_updated",
            Self::Watching(_) => "watching",
            Self::ChatState(_) => "chat_state",
            Self::WebuiResponse(_) => "webui_response",
            Self::SidebarStateUpdated(_) => "sidebar_state_updated",
            Self::RuntimeModelUpdated(_) => "runtime_model_updated",
            Self::TranscriptionResult(_) => "transcription_result",
            Self::TranscriptionError(_) => "transcription_error",
            Self::Error(_) => "error",
        }
    }

    fn seq_mut(&mut self) -> Option<&mut Option<u64>> {
        match self {
            Self::UserMessage(event) => Some(&mut event.seq),
            Self::TurnModelUpdated(event) => Some(&mut event.seq),
            Self::GoalStatus(event) => Some(&mut event.seq),
            Self::GoalState(event) => Some(&mut event.seq),
            Self::ReasoningDelta(event) | Self::Delta(event) => Some(&mut event.seq),
            Self::ReasoningEnd(event) => Some(&mut event.seq),
            Self::StreamEnd(event) => Some(&mut event.seq),
            Self::Message(event) => Some(&mut event.seq),
            Self::FileEdit(event) => Some(&mut event.seq),
            Self::Steered(event) => Some(&mut event.seq),
            Self::Proposal(event) => Some(&mut event.seq),
            Self::ProposalResolved(event) => Some(&mut event.seq),
            Self::StreamChunk(event) => Some(&mut event.seq),
            Self::CommandEnded(event) => Some(&mut event.seq),
            Self::Changes(event) => Some(&mut event.seq),
            Self::TurnEnd(event) => Some(&mut event.seq),
            Self::ForkMarker(event) => Some(&mut event.seq),
            Self::Ready(_)
            | Self::Attached(_)
            | Self::Resync(_)
            | Self::MessageAccepted(_)
            | Self::SessionUpdated(_)
            | Self::Watching(_)
            | Self::ChatState(_)
            | Self::WebuiResponse(_)
            | Self::SidebarStateUpdated(_)
            | Self::RuntimeModelUpdated(_)
            | Self::TranscriptionResult(_)
            | Self::TranscriptionError(_)
            | Self::Error(_) => None,
        }
    }
}
