//! The words errors are told with: stable strings a client may act on (envelope §1.5 to 1.7).

use serde::{Deserialize, Serialize};

use crate::ChatId;

/// The `detail` of an `error` frame. Clients act on these; their texts never change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// A chat id that is not one.
    InvalidChatId,
    /// A message without text or attachments.
    MissingContent,
    /// A message that cannot be taken; the reason says why.
    MessageRejected,
    /// An attachment that cannot be taken; the reason says why.
    AttachmentRejected,
    /// A workspace scope that cannot be had; the reason says why.
    WorkspaceScopeRejected,
    /// This connection may not do that.
    AccessDenied,
    /// A `webui_request` whose id is not one.
    InvalidRequestId,
    /// Temporary chats are not to be had here, or this is nobody's.
    TemporaryChatUnavailable,
    /// A command a temporary chat does not know.
    TemporaryChatCommandRejected,
    /// A temporary chat works in the default folder only.
    TemporaryChatWorkspaceRejected,
    /// A chat id that cannot be a temporary chat's.
    InvalidTemporaryChatId,
    /// A chat id to fork from that is not one.
    InvalidSourceChatId,
    /// A prompt to fork before that is not counted from 0.
    InvalidUserIndex,
    /// Why a chat was not forked.
    Fork(&'static str),
    /// How the list of chats is to be arranged is not an object, or too large.
    InvalidSidebarState,
    /// A frame type nobody knows.
    UnknownType(String),
    /// A frame nested deeper than [`crate::limits::MAX_JSON_DEPTH`].
    TooDeep,
    /// The store cannot take anything at the moment.
    StorageUnavailable,
}

impl Detail {
    /// The text on the wire.
    pub fn text(&self) -> String {
        match self {
            Self::InvalidChatId => "invalid chat_id".to_owned(),
            Self::MissingContent => "missing content".to_owned(),
            Self::MessageRejected => "message_rejected".to_owned(),
            Self::AttachmentRejected => "attachment_rejected".to_owned(),
            Self::WorkspaceScopeRejected => "workspace_scope_rejected".to_owned(),
            Self::AccessDenied => "access_denied".to_owned(),
            Self::InvalidRequestId => "invalid webui request_id".to_owned(),
            Self::TemporaryChatUnavailable => "temporary_chat_unavailable".to_owned(),
            Self::TemporaryChatCommandRejected => "temporary_chat_command_rejected".to_owned(),
            Self::TemporaryChatWorkspaceRejected => "temporary_chat_workspace_rejected".to_owned(),
            Self::InvalidTemporaryChatId => "invalid temporary chat_id".to_owned(),
            Self::InvalidSourceChatId => "invalid source_chat_id".to_owned(),
            Self::InvalidUserIndex => "invalid before_user_index".to_owned(),
            Self::Fork(why) => (*why).to_owned(),
            Self::InvalidSidebarState => "invalid_sidebar_state".to_owned(),
            Self::UnknownType(name) => format!("unknown type: {}", quoted(name)),
            Self::TooDeep => "too deeply nested".to_owned(),
            Self::StorageUnavailable => "storage_unavailable".to_owned(),
        }
    }
}

/// The `reason` of a refused message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Longer than [`crate::limits::MAX_TEXT_BYTES`].
    TextTooLarge,
    /// [`crate::limits::QUEUE_SLOTS`] prompts wait already.
    QueueFull,
    /// Not a list, or not of the right shape.
    Malformed,
    /// A turn runs in this chat.
    ChatRunning,
}

impl Reason {
    /// The text on the wire.
    pub fn text(self) -> &'static str {
        match self {
            Self::TextTooLarge => "text_too_large",
            Self::QueueFull => "queue_full",
            Self::Malformed => "malformed",
            Self::ChatRunning => "chat_running",
        }
    }
}

/// An `error` frame: what is wrong with one inbound frame. The connection goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct ErrorFrame {
    /// What is wrong, stable.
    pub detail: String,
    /// Why, where there is more than one way to be wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The chat it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat_id: Option<ChatId>,
    /// The turn it concerns, as the client named it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_id: Option<String>,
}

impl ErrorFrame {
    /// An error that concerns no chat.
    pub fn new(detail: &Detail) -> Self {
        Self { detail: detail.text(), reason: None, chat_id: None, turn_id: None }
    }

    /// The same, with a reason.
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// The same, about a chat and the turn the client named.
    pub fn about(mut self, chat: &ChatId, turn: Option<&str>) -> Self {
        self.chat_id = Some(chat.clone());
        self.turn_id = turn.filter(|text| !text.is_empty()).map(str::to_owned);
        self
    }
}

/// Quotes a value the way the contract's error texts do: single quotes, unless it holds one and no double quote.
fn quoted(text: &str) -> String {
    const SHOWN: usize = 100;
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for character in text.chars().take(SHOWN) {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            plain if plain == quote => {
                out.push('\\');
                out.push(plain);
            }
            control if control.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(control))),
            plain => out.push(plain),
        }
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_types_are_quoted() {
        let text = |name: &str| Detail::UnknownType(name.to_owned()).text();
        assert_eq!(text("nope"), "unknown type: 'nope'");
        assert_eq!(text("it's"), "unknown type: \"it's\"");
        assert_eq!(text("a\n\u{1}"), "unknown type: 'a\\n\\x01'");
        assert_eq!(text("'\""), "unknown type: '\\'\"'");
    }
}
