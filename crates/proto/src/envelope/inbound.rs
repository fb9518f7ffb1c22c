//! Frames a client sends (envelope §1.4 to 1.6). Every text has exactly one reading; none can fail.

use serde_json::{Map, Value};

use super::mention;
use crate::error::{Detail, ErrorFrame};
use crate::id::is_request_id;
use crate::limits::MAX_JSON_DEPTH;
use crate::{ChatId, TurnId};

/// What a client's frame turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Frame {
    /// A typed envelope.
    Envelope(Inbound),
    /// Plain text for the connection's default chat.
    Plain(String),
    /// Nothing in it to act on.
    Ignored,
    /// A typed envelope that is wrong; the error goes back and the connection goes on.
    Refused(ErrorFrame),
    /// A request that is wrong but whose id is known, so that it can be answered under it.
    RefusedRequest {
        /// The request's id.
        request_id: String,
        /// As in HTTP.
        status: u16,
        /// For people.
        message: &'static str,
    },
}

/// A well-formed envelope.
#[derive(Clone, Debug, PartialEq)]
pub enum Inbound {
    /// Make a chat and hear it.
    NewChat(NewChat),
    /// Hear a chat.
    Attach(Attach),
    /// Hear the live state of all chats.
    Watch,
    /// Change the folder a chat works in.
    SetWorkspaceScope(SetWorkspaceScope),
    /// Say something in a chat.
    Message(ChatId, Box<Message>),
    /// Change or ask something outside the chats.
    WebuiRequest(WebuiRequest),
    /// Make a chat that leaves nothing behind.
    NewTemporaryChat,
    /// End such a chat.
    DiscardTemporaryChat(ChatId),
    /// Copy the beginning of a chat into a new one.
    ForkChat(ForkChat),
    /// Arrange the list of chats; `None` when no object was sent.
    SetSidebarState(Option<Value>),
    /// Write down a recording.
    TranscribeAudio(TranscribeAudio),
}

/// `new_chat`
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewChat {
    /// The scope asked for, not yet checked.
    pub workspace_scope: Option<Value>,
    /// The client's id for this wish: the same id twice makes one chat.
    pub request_id: Option<String>,
}

/// `attach`
#[derive(Clone, Debug, PartialEq)]
pub struct Attach {
    /// The chat.
    pub chat: ChatId,
    /// The newest event the client has; without it only later ones are sent.
    pub after_seq: Option<u64>,
    /// The engine that event came from, as `ready` named it.
    pub instance: Option<String>,
}

/// `set_workspace_scope`
#[derive(Clone, Debug, PartialEq)]
pub struct SetWorkspaceScope {
    /// The chat.
    pub chat: ChatId,
    /// The scope asked for, not yet checked; null when there is none.
    pub workspace_scope: Value,
}

/// `message`: its fields are checked where it is known what its sender may do, in the order of the contract.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message {
    /// The text; `None` when it is not one.
    pub content: Option<String>,
    /// What comes with it: a list of objects, not yet checked.
    pub media: Option<Value>,
    /// The client's name for the turn as it was sent, for errors.
    pub named: Option<String>,
    /// The same, when it is a usable id.
    pub turn_id: Option<TurnId>,
    /// Whether the client takes part in turn ids, titles and acknowledgements.
    pub webui: bool,
    /// The scope asked for, not yet checked.
    pub workspace_scope: Option<Value>,
    /// Apps the text names, brought into shape.
    pub cli_apps: Vec<Value>,
    /// Chats the text names, brought into shape.
    pub session_mentions: Vec<Value>,
    /// What the text is about; the model is shown it, people are not.
    pub quoted_context: Option<String>,
    /// Whether a text that begins with `!` is a line for the shell.
    pub user_shell: bool,
}

/// `webui_request`
#[derive(Clone, Debug, PartialEq)]
pub struct WebuiRequest {
    /// The client's id; the same id again gets the same answer.
    pub request_id: String,
    /// What to do.
    pub action: String,
    /// With what.
    pub payload: Map<String, Value>,
}

/// `fork_chat`
#[derive(Clone, Debug, PartialEq)]
pub struct ForkChat {
    /// The chat to copy from.
    pub source: ChatId,
    /// Everything before this prompt is copied, counted from 0.
    pub before_user_index: u64,
    /// What the new chat is called.
    pub title: Option<String>,
}

/// `transcribe_audio`
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TranscribeAudio {
    /// The client's id, 1 to 80 characters; `None` when it is not one.
    pub request_id: Option<String>,
    /// The recording as a data URL.
    pub data_url: Option<String>,
    /// How long it is, as the client measured.
    pub duration_ms: Option<f64>,
}

/// Longest `request_id` of `transcribe_audio`, in characters.
const RECORDING_ID_CHARS: usize = 80;

/// Reads one frame. An envelope is a JSON object with a string `type`; anything else is plain text (envelope §1.4).
pub fn read(text: &str) -> Frame {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Frame::Ignored;
    }
    if !trimmed.starts_with('{') {
        return Frame::Plain(text.to_owned());
    }
    if is_too_deep(trimmed) {
        return Frame::Refused(ErrorFrame::new(&Detail::TooDeep));
    }
    let Ok(Value::Object(mut fields)) = serde_json::from_str(trimmed) else {
        return Frame::Plain(text.to_owned());
    };
    match fields.remove("type") {
        Some(Value::String(kind)) => envelope(&kind, fields),
        Some(_) | None => plain(&fields),
    }
}

fn plain(fields: &Map<String, Value>) -> Frame {
    let text = ["content", "text", "message"].iter().filter_map(|key| fields.get(*key)?.as_str()).find(|text| !text.trim().is_empty());
    text.map_or(Frame::Ignored, |text| Frame::Plain(text.to_owned()))
}

fn envelope(kind: &str, mut fields: Map<String, Value>) -> Frame {
    let read = match kind {
        "new_chat" => Ok(Inbound::NewChat(NewChat {
            workspace_scope: fields.remove("workspace_scope").filter(|value| !value.is_null()),
            request_id: text(&mut fields, "request_id").filter(|id| is_request_id(id)),
        })),
        "attach" => attach(&mut fields),
        "watch" => Ok(Inbound::Watch),
        "set_workspace_scope" => set_workspace_scope(&mut fields),
        "message" => return message(fields),
        "webui_request" => return webui_request(&mut fields),
        "new_temporary_chat" => Ok(Inbound::NewTemporaryChat),
        "discard_temporary_chat" => {
            chat(&fields, "chat_id").map(Inbound::DiscardTemporaryChat).ok_or_else(|| ErrorFrame::new(&Detail::InvalidTemporaryChatId))
        }
        "fork_chat" => fork_chat(&mut fields),
        "set_sidebar_state" => Ok(Inbound::SetSidebarState(fields.remove("state").filter(Value::is_object))),
        "transcribe_audio" => Ok(Inbound::TranscribeAudio(TranscribeAudio {
            request_id: text(&mut fields, "request_id").filter(|id| (1..=RECORDING_ID_CHARS).contains(&id.chars().count())),
            data_url: text(&mut fields, "data_url"),
            duration_ms: fields.get("duration_ms").and_then(Value::as_f64),
        })),
        unknown => Err(ErrorFrame::new(&Detail::UnknownType(unknown.to_owned()))),
    };
    match read {
        Ok(inbound) => Frame::Envelope(inbound),
        Err(error) => Frame::Refused(error),
    }
}

fn attach(fields: &mut Map<String, Value>) -> Result<Inbound, ErrorFrame> {
    Ok(Inbound::Attach(Attach {
        chat: own_chat(fields)?,
        after_seq: fields.get("after_seq").and_then(Value::as_u64),
        instance: text(fields, "instance"),
    }))
}

fn set_workspace_scope(fields: &mut Map<String, Value>) -> Result<Inbound, ErrorFrame> {
    let workspace_scope = fields.remove("workspace_scope").unwrap_or_default();
    Ok(Inbound::SetWorkspaceScope(SetWorkspaceScope { chat: own_chat(fields)?, workspace_scope }))
}

fn message(mut fields: Map<String, Value>) -> Frame {
    let chat = match own_chat(&fields) {
        Ok(chat) => chat,
        Err(error) => return Frame::Refused(error),
    };
    let named = text(&mut fields, "turn_id").filter(|name| !name.is_empty());
    let message = Message {
        content: text(&mut fields, "content"),
        media: fields.remove("media").filter(|media| !media.is_null()),
        turn_id: named.as_deref().and_then(TurnId::parse),
        named,
        webui: fields.get("webui") == Some(&Value::Bool(true)),
        workspace_scope: fields.remove("workspace_scope").filter(|value| !value.is_null()),
        cli_apps: mention::apps(fields.get("cli_apps")),
        session_mentions: mention::sessions(fields.get("session_mentions")),
        quoted_context: text(&mut fields, "quoted_context").and_then(|text| mention::quoted(&text)),
        user_shell: fields.get("user_shell") == Some(&Value::Bool(true)),
    };
    Frame::Envelope(Inbound::Message(chat, Box::new(message)))
}

fn fork_chat(fields: &mut Map<String, Value>) -> Result<Inbound, ErrorFrame> {
    let source = chat(fields, "source_chat_id").ok_or_else(|| ErrorFrame::new(&Detail::InvalidSourceChatId))?;
    let before_user_index = fields.get("before_user_index").and_then(Value::as_u64);
    let before_user_index = before_user_index.ok_or_else(|| ErrorFrame::new(&Detail::InvalidUserIndex))?;
    Ok(Inbound::ForkChat(ForkChat { source, before_user_index, title: text(fields, "title") }))
}

fn webui_request(fields: &mut Map<String, Value>) -> Frame {
    let Some(request_id) = text(fields, "request_id").filter(|id| is_request_id(id)) else {
        return Frame::Refused(ErrorFrame::new(&Detail::InvalidRequestId));
    };
    let refuse = |message| Frame::RefusedRequest { request_id: request_id.clone(), status: 400, message };
    let Some(action) = text(fields, "action").filter(|action| is_action(action)) else {
        return refuse("invalid WebUI mutation action");
    };
    match fields.remove("payload") {
        None => Frame::Envelope(Inbound::WebuiRequest(WebuiRequest { request_id, action, payload: Map::new() })),
        Some(Value::Object(payload)) => Frame::Envelope(Inbound::WebuiRequest(WebuiRequest { request_id, action, payload })),
        Some(_) => refuse("WebUI mutation payload must be an object"),
    }
}

fn own_chat(fields: &Map<String, Value>) -> Result<ChatId, ErrorFrame> {
    chat(fields, "chat_id").ok_or_else(|| ErrorFrame::new(&Detail::InvalidChatId))
}

fn chat(fields: &Map<String, Value>, key: &str) -> Option<ChatId> {
    fields.get(key).and_then(Value::as_str).and_then(ChatId::parse)
}

fn text(fields: &mut Map<String, Value>, key: &str) -> Option<String> {
    match fields.remove(key) {
        Some(Value::String(text)) => Some(text),
        Some(_) | None => None,
    }
}

/// `[a-z][a-z0-9_.]{0,127}`
fn is_action(text: &str) -> bool {
    let starts = text.bytes().next().is_some_and(|first| first.is_ascii_lowercase());
    starts
        && text.len() <= 128
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'.'))
}

/// Whether brackets outside strings nest deeper than allowed. A plain scan, so that a hostile frame never reaches a recursive parser.
fn is_too_deep(text: &str) -> bool {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => depth += 1,
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_JSON_DEPTH {
            return true;
        }
    }
    false
}
