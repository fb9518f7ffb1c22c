//! Every text has exactly one reading. The rows of `reading.jsonl` are texts as they may come over the socket, hostile ones included,
//! each with what it is read as; a text may be given in pieces, a piece being `{"repeat": …, "times": …}`.

use std::collections::BTreeSet;

use alcove_proto::envelope::{Event, Frame, Inbound, WebuiError, WebuiResponse, read};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::golden;

const ROWS: &str = "reading.jsonl";
/// Longer texts are told by their length.
const SHOWN: usize = 200;

#[derive(Serialize, Deserialize)]
struct Row {
    name: String,
    text: Text,
    #[serde(default)]
    reads: Value,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Text {
    Whole(String),
    Pieces(Vec<Piece>),
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Piece {
    Plain(String),
    Repeated { repeat: String, times: usize },
}

impl Text {
    fn whole(&self) -> String {
        match self {
            Self::Whole(text) => text.clone(),
            Self::Pieces(pieces) => pieces.iter().map(Piece::whole).collect(),
        }
    }
}

impl Piece {
    fn whole(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Repeated { repeat, times } => repeat.repeat(*times),
        }
    }
}

fn rows() -> Vec<Row> {
    let text = golden::text(ROWS);
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"))).collect()
}

#[test]
fn every_text_has_its_one_reading() {
    let mut rows = rows();
    if golden::updating() {
        rows.iter_mut().for_each(|row| row.reads = rendered(&read(&row.text.whole())));
        let lines: Vec<String> = rows.iter().map(|row| serde_json::to_string(row).expect("a row is JSON")).collect();
        golden::write(ROWS, &format!("{}\n", lines.join("\n")));
    }
    for row in rows {
        assert_eq!(rendered(&read(&row.text.whole())), row.reads, "{}", row.name);
    }
}

#[test]
fn rows_have_names_of_their_own() {
    let rows = rows();
    let names: BTreeSet<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names.len(), rows.len());
    assert!(rows.len() >= 60, "{} rows", rows.len());
}

#[test]
fn a_frame_cut_anywhere_is_read_as_something() {
    let whole = golden::text("in/message.json");
    for (at, _) in whole.char_indices() {
        assert!(!matches!(read(&whole[..at]), Frame::Envelope(_)) || whole[at..].trim().is_empty(), "cut at {at}");
    }
}

/// What a frame was read as; a refusal is the frame that goes back.
pub(crate) fn rendered(frame: &Frame) -> Value {
    match frame {
        Frame::Envelope(inbound) => envelope(inbound),
        Frame::Plain(text) => json!({ "plain": shown(text) }),
        Frame::Ignored => json!("ignored"),
        Frame::Refused(error) => as_sent(&Event::Error(error.clone())),
        Frame::RefusedRequest { request_id, status, message } => {
            let error = WebuiError { status: *status, message: (*message).to_owned() };
            as_sent(&Event::WebuiResponse(WebuiResponse { request_id: request_id.clone(), ok: false, result: None, error: Some(error) }))
        }
    }
}

fn as_sent(event: &Event) -> Value {
    serde_json::from_str(&event.to_json()).expect("a frame is JSON")
}

fn envelope(inbound: &Inbound) -> Value {
    match inbound {
        Inbound::NewChat(wish) => json!({ "envelope": "new_chat", "request_id": wish.request_id, "workspace_scope": wish.workspace_scope }),
        Inbound::Attach(wish) => json!({
            "after_seq": wish.after_seq,
            "chat": wish.chat.as_str(),
            "envelope": "attach",
            "instance": wish.instance,
        }),
        Inbound::Watch => json!({ "envelope": "watch" }),
        Inbound::SetWorkspaceScope(wish) => {
            json!({ "chat": wish.chat.as_str(), "envelope": "set_workspace_scope", "workspace_scope": wish.workspace_scope })
        }
        Inbound::Message(chat, said) => json!({
            "chat": chat.as_str(),
            "cli_apps": said.cli_apps,
            "content": said.content.as_deref().map(shown),
            "envelope": "message",
            "media": said.media,
            "named": said.named,
            "quoted_context": said.quoted_context.as_deref().map(shown),
            "session_mentions": said.session_mentions,
            "turn_id": said.turn_id,
            "user_shell": said.user_shell,
            "webui": said.webui,
            "workspace_scope": said.workspace_scope,
        }),
        Inbound::NewTemporaryChat => json!({ "envelope": "new_temporary_chat" }),
        Inbound::DiscardTemporaryChat(chat) => json!({ "chat": chat.as_str(), "envelope": "discard_temporary_chat" }),
        Inbound::ForkChat(wish) => json!({
            "before_user_index": wish.before_user_index,
            "envelope": "fork_chat",
            "source": wish.source.as_str(),
            "title": wish.title,
        }),
        Inbound::SetSidebarState(state) => json!({ "envelope": "set_sidebar_state", "state": state }),
        Inbound::TranscribeAudio(wish) => json!({
            "data_url": wish.data_url.as_deref().map(shown),
            "duration_ms": wish.duration_ms,
            "envelope": "transcribe_audio",
            "request_id": wish.request_id,
        }),
        Inbound::WebuiRequest(request) => json!({
            "action": request.action,
            "envelope": "webui_request",
            "payload": request.payload,
            "request_id": request.request_id,
        }),
    }
}

fn shown(text: &str) -> String {
    if text.len() <= SHOWN { text.to_owned() } else { format!("{} bytes", text.len()) }
}
