//! The messages a turn tells: texts, lines, calls that begin and end, files that change.

use alcove_proto::envelope::{Event, FileEdit, FileEdits, MessageEvent, MessageKind, Notice, Phase, StreamEnd, ToolEvent, ToolPhase};
use serde_json::{Map, Value};

use super::{Effect, Settled, Turn};
use crate::tool::shown_arguments;

/// What a message is beside its text.
#[derive(Default)]
pub(super) struct Of {
    pub(super) kind: Option<MessageKind>,
    pub(super) notice: Option<Notice>,
    pub(super) tool_events: Option<Vec<ToolEvent>>,
    pub(super) latency_ms: Option<u64>,
}

pub(super) fn message(turn: &mut Turn, text: String, of: Of, now: i64) -> Effect {
    let phase = if of.kind.is_some() { Phase::Activity } else { Phase::Answer };
    let (turn_id, turn_phase, turn_seq) = turn.annotate(phase);
    Effect::Append(Event::Message(MessageEvent {
        chat_id: turn.facts.chat.clone(),
        text,
        latency_ms: of.latency_ms,
        kind: of.kind,
        notice: of.notice,
        media_urls: None,
        reply_to: None,
        tool_events: of.tool_events,
        source: None,
        turn_id,
        turn_phase,
        turn_seq,
        created_at_ms: Some(now),
        seq: None,
    }))
}

/// A line on how it goes.
pub(super) fn progress(turn: &mut Turn, text: String, now: i64) -> Option<Effect> {
    let of = Of { kind: Some(MessageKind::Progress), ..Of::default() };
    turn.facts.telling.progress.then(|| message(turn, text, of, now))
}

/// The end of the step's stream.
pub(super) fn stream_end(turn: &mut Turn, resuming: bool) -> Option<Effect> {
    if turn.reply.closed || !turn.facts.telling.streams {
        return None;
    }
    turn.reply.closed = true;
    let stream_id = Some(turn.stream_id());
    let (turn_id, turn_phase, turn_seq) = turn.annotate(Phase::Answer);
    Some(Effect::Append(Event::StreamEnd(StreamEnd {
        chat_id: turn.facts.chat.clone(),
        text: None,
        stream_id,
        resuming: resuming.then_some(true),
        merge_next: None,
        source: None,
        turn_id,
        turn_phase,
        turn_seq,
        seq: None,
    })))
}

/// Calls that begin.
pub(super) fn begun(turn: &mut Turn, text: String, events: Vec<ToolEvent>, now: i64) -> Option<Effect> {
    turn.facts.telling.hints?;
    let of = Of { kind: Some(MessageKind::ToolHint), tool_events: Some(events), ..Of::default() };
    Some(message(turn, text, of, now))
}

/// A call that ended.
pub(super) fn over(turn: &mut Turn, event: ToolEvent, now: i64) -> Effect {
    let of = Of { kind: Some(MessageKind::Progress), tool_events: Some(vec![event]), ..Of::default() };
    message(turn, String::new(), of, now)
}

pub(super) fn file_edits(turn: &mut Turn, edits: Vec<FileEdit>, now: i64) -> Effect {
    let (turn_id, turn_phase, turn_seq) = turn.annotate(Phase::Activity);
    let chat_id = turn.facts.chat.clone();
    Effect::Append(Event::FileEdit(FileEdits { chat_id, edits, turn_id, turn_phase, turn_seq, created_at_ms: Some(now), seq: None }))
}

pub(super) fn start_event(id: &str, name: &str, arguments: &Map<String, Value>) -> ToolEvent {
    ToolEvent {
        version: 1,
        phase: ToolPhase::Start,
        call_id: id.to_owned(),
        name: name.to_owned(),
        arguments: Value::Object(shown_arguments(arguments)),
        result: Value::Null,
        error: Value::Null,
        files: Vec::new(),
        embeds: Vec::new(),
        path: None,
        status: None,
        why: None,
        exit_code: None,
        duration_ms: None,
        background: None,
    }
}

pub(super) fn end_event(start: ToolEvent, settled: &Settled) -> ToolEvent {
    let text = Value::String(settled.result.clone());
    let (phase, result, error) = if settled.well { (ToolPhase::End, text, Value::Null) } else { (ToolPhase::Error, Value::Null, text) };
    ToolEvent {
        phase,
        result,
        error,
        path: (!settled.record.is_empty()).then(|| settled.record.clone()),
        status: Some(settled.status),
        why: settled.why.clone(),
        exit_code: settled.exit_code,
        duration_ms: settled.duration_ms,
        background: settled.background.then_some(true),
        ..start
    }
}
