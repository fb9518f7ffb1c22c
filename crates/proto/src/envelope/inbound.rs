//! Frames a client sends (envelope §1.4 to 1.6). Every text has exactly one reading; none can fail.

use serde_json::{Map, Value};

use crate::error::{Detail, ErrorFrame, Reason};
use crate::id::is_request_id;
use crate::limits::{MAX_JSON_DEPTH, MAX_TEXT_BYTES};
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
    /// Say something in a chat.
    Message(Message),
    /// Change or ask something outside the chats.
    WebuiRequest(WebuiRequest),
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

/// `message`
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The chat.
    pub chat: ChatId,
    /// The text, not blank.
    pub content: String,
    /// The client's id for the turn, when it sent a usable one.
    pub turn_id: Option<TurnId>,
    /// Whether the client takes part in turn ids, titles and acknowledgements.
    pub webui: bool,
    /// The scope asked for, not yet checked.
    pub workspace_scope: Option<Value>,
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
        "message" => message(&mut fields),
        "webui_request" => return webui_request(&mut fields),
        unknown => Err(ErrorFrame::new(&Detail::UnknownType(unknown.to_owned()))),
    };
    match read {
        Ok(inbound) => Frame::Envelope(inbound),
        Err(error) => Frame::Refused(error),
    }
}

fn attach(fields: &mut Map<String, Value>) -> Result<Inbound, ErrorFrame> {
    Ok(Inbound::Attach(Attach {
        chat: chat(fields)?,
        after_seq: fields.get("after_seq").and_then(Value::as_u64),
        instance: text(fields, "instance"),
    }))
}

fn message(fields: &mut Map<String, Value>) -> Result<Inbound, ErrorFrame> {
    let chat = chat(fields)?;
    let named = text(fields, "turn_id");
    let refuse = |detail: Detail| ErrorFrame::new(&detail).about(&chat, named.as_deref());
    let Some(content) = text(fields, "content") else {
        return Err(refuse(Detail::MissingContent));
    };
    if content.len() > MAX_TEXT_BYTES {
        return Err(refuse(Detail::MessageRejected).because(Reason::TextTooLarge.text()));
    }
    match fields.get("media") {
        None | Some(Value::Null) => {}
        Some(Value::Array(items)) if items.is_empty() => {}
        Some(Value::Array(_)) => return Err(refuse(Detail::AttachmentRejected).because(Reason::Mime.text())),
        Some(_) => return Err(refuse(Detail::AttachmentRejected).because(Reason::Malformed.text())),
    }
    if content.trim().is_empty() {
        return Err(refuse(Detail::MissingContent));
    }
    Ok(Inbound::Message(Message {
        turn_id: named.as_deref().and_then(TurnId::parse),
        chat,
        content,
        webui: fields.get("webui") == Some(&Value::Bool(true)),
        workspace_scope: fields.remove("workspace_scope").filter(|value| !value.is_null()),
    }))
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

fn chat(fields: &mut Map<String, Value>) -> Result<ChatId, ErrorFrame> {
    fields.get("chat_id").and_then(Value::as_str).and_then(ChatId::parse).ok_or_else(|| ErrorFrame::new(&Detail::InvalidChatId))
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
