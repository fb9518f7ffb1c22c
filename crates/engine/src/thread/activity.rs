//! What the agent does: tool calls as lines, files it changes. Calls of one stretch stand in one row; a call that changes files is shown
//! by the files.

use alcove_proto::TurnId;
use alcove_proto::envelope::{FileEdit, ToolEvent};
use alcove_proto::thread::{Role, UiMessage};
use alcove_store::EventRow;
use serde_json::Value;

use super::Fold;
use super::acting::drop_outputs;
use super::place::{quiet, stamp};
use super::told::Told;

/// Tools whose calls are told as file edits.
const EDITORS: &[&str] = &["write_file", "edit_file", "apply_patch"];

impl Fold {
    /// Tool calls or a status line.
    pub(super) fn activity(&mut self, told: &Told, row: &EventRow) {
        let events = told.tool_events.clone().unwrap_or_default();
        let structured = !events.is_empty();
        let text = told.text.clone().unwrap_or_default();
        if self.muted || (!structured && text.is_empty()) {
            return;
        }
        let turn = told.turn_id.as_ref();
        let mut fresh = Vec::new();
        for event in events {
            if !self.is_covered(turn, &event) && !self.goes_on(told, &event) {
                fresh.push(event);
            }
        }
        if structured && fresh.is_empty() {
            return;
        }
        let lines = if structured { lines(&fresh) } else { vec![text] };
        self.demote(turn, row.seq);
        let segment = self.segment_of_work(turn, row.seq);
        let last = self.last_of_turn(turn).filter(|at| {
            let message = &self.messages[*at];
            is_trace(message) && message.activity_segment_id.as_ref().is_none_or(|known| *known == segment)
        });
        let at = last.unwrap_or_else(|| self.insert(trace(told, row)));
        let message = &mut self.messages[at];
        let traces = message.traces.get_or_insert_default();
        for line in lines {
            if !structured || !traces.contains(&line) {
                traces.push(line);
            }
        }
        message.content = traces.last().cloned().unwrap_or_default();
        if structured {
            let known = message.tool_events.get_or_insert_default();
            fresh.into_iter().for_each(|event| merge_call(known, event));
            drop_outputs(message);
        }
        message.activity_segment_id.get_or_insert(segment);
        stamp(message, told.turn_phase, told.turn_seq);
    }

    /// Whether files the call changed are shown already.
    fn is_covered(&self, turn: Option<&TurnId>, event: &ToolEvent) -> bool {
        let edits = |at: usize| self.messages[at].file_edits.iter().flatten().any(|edit| same_call(edit, event));
        EDITORS.contains(&event.name.as_str()) && self.rows_of(turn).into_iter().any(edits)
    }

    /// Takes the news of a call into the row that has its beginning.
    fn goes_on(&mut self, told: &Told, event: &ToolEvent) -> bool {
        let has = |at: &usize| self.messages[*at].tool_events.iter().flatten().any(|known| is_same(known, event));
        let Some(at) = self.rows_of(told.turn_id.as_ref()).into_iter().find(has) else { return false };
        let message = &mut self.messages[at];
        merge_call(message.tool_events.get_or_insert_default(), event.clone());
        drop_outputs(message);
        stamp(message, told.turn_phase, told.turn_seq);
        true
    }

    /// Text told before a tool was called is thought aloud.
    pub(super) fn demote(&mut self, turn: Option<&TurnId>, seq: u64) {
        let Some(at) = self.last_of_turn(turn) else { return };
        let message = &mut self.messages[at];
        let streamed = message.role == Role::Assistant && message.is_streaming.is_some();
        if !streamed || message.media.is_some() || message.notice.is_some() {
            return;
        }
        quiet(message);
        if message.content.trim().is_empty() {
            return;
        }
        let text = std::mem::take(&mut message.content);
        let reasoning = message.reasoning.take().filter(|reasoning| !reasoning.is_empty());
        message.reasoning = Some(reasoning.map_or(text.clone(), |reasoning| format!("{reasoning}\n\n{text}")));
        message.reasoning_streaming = Some(false);
        message.activity_segment_id.get_or_insert_with(|| segment(seq));
    }

    /// The stretch a thought belongs to; files that were changed end one.
    pub(super) fn segment_of_thought(&self, turn: Option<&TurnId>, seq: u64) -> String {
        let last = self.last_of_turn(turn).map(|at| &self.messages[at]);
        last.filter(|message| is_work(message)).and_then(|message| message.activity_segment_id.clone()).unwrap_or_else(|| segment(seq))
    }

    /// The stretch a tool call belongs to; files that were changed meanwhile do not end one.
    pub(super) fn segment_of_work(&self, turn: Option<&TurnId>, seq: u64) -> String {
        let rows = self.rows_of(turn).into_iter().map(|at| &self.messages[at]);
        let before = rows.into_iter().find(|message| !is_edits(message));
        before.filter(|message| is_work(message)).and_then(|message| message.activity_segment_id.clone()).unwrap_or_else(|| segment(seq))
    }

    /// Files that are changed.
    pub(super) fn file_edit(&mut self, told: &Told, row: &EventRow) {
        let edits = told.edits.clone().unwrap_or_default();
        if edits.is_empty() {
            return;
        }
        let turn = told.turn_id.as_ref();
        self.demote(turn, row.seq);
        self.uncall(turn, &edits);
        let at = self.row_of_edits(turn, &edits).unwrap_or_else(|| {
            let mut message = trace(told, row);
            message.activity_segment_id = Some(segment(row.seq));
            self.insert(message)
        });
        let message = &mut self.messages[at];
        let known = message.file_edits.get_or_insert_default();
        edits.into_iter().for_each(|edit| merge_edit(known, edit));
        message.activity_segment_id.get_or_insert_with(|| segment(row.seq));
        stamp(message, told.turn_phase, told.turn_seq);
    }

    /// Takes away the lines of calls that the files now stand for.
    fn uncall(&mut self, turn: Option<&TurnId>, edits: &[FileEdit]) {
        for at in self.rows_of(turn) {
            let message = &mut self.messages[at];
            let Some(events) = message.tool_events.take() else { continue };
            let covered = |event: &ToolEvent| EDITORS.contains(&event.name.as_str()) && edits.iter().any(|edit| same_call(edit, event));
            let (gone, kept): (Vec<_>, Vec<_>) = events.into_iter().partition(covered);
            message.tool_events = (!kept.is_empty()).then_some(kept);
            if gone.is_empty() {
                continue;
            }
            let gone = lines(&gone);
            let traces = message.traces.get_or_insert_default();
            traces.retain(|line| !gone.contains(line));
            message.content = traces.last().cloned().unwrap_or_default();
            let empty = traces.is_empty() && message.tool_events.is_none() && message.file_edits.is_none();
            if message.role == Role::Tool && empty {
                self.messages.remove(at);
            }
        }
    }

    /// The row of the stretch's edits, or an older one that has one of these.
    fn row_of_edits(&self, turn: Option<&TurnId>, edits: &[FileEdit]) -> Option<usize> {
        let mut stretch = true;
        for at in self.rows_of(turn) {
            let message = &self.messages[at];
            stretch &= message.role == Role::Tool;
            let Some(known) = &message.file_edits else { continue };
            if stretch || edits.iter().any(|edit| known.iter().any(|old| key(old) == key(edit) || was_pending(old, edit))) {
                return Some(at);
            }
        }
        None
    }
}

fn segment(seq: u64) -> String {
    format!("activity-{seq}")
}

/// Whether a row belongs to work that goes on: calls, what waits for a person, or a thought without an answer.
fn is_work(message: &UiMessage) -> bool {
    match message.role {
        Role::Tool => !is_edits(message),
        Role::Assistant => message.content.trim().is_empty() && message.reasoning.is_some(),
        Role::User => false,
    }
}

/// Whether a row holds calls or files, rather than a proposal.
fn is_trace(message: &UiMessage) -> bool {
    message.role == Role::Tool && message.proposal.is_none()
}

fn is_edits(message: &UiMessage) -> bool {
    is_trace(message) && message.tool_events.is_none() && message.traces.as_ref().is_none_or(Vec::is_empty)
}

fn trace(told: &Told, row: &EventRow) -> UiMessage {
    let mut message = UiMessage::begun("tr", row.seq, Role::Tool);
    message.kind = Some("trace".to_owned());
    message.traces = Some(Vec::new());
    message.created_at = Some(told.created_at_ms.unwrap_or(row.at));
    message.turn_id.clone_from(&told.turn_id);
    message
}

/// One line a call; the same call twice is one.
fn lines(events: &[ToolEvent]) -> Vec<String> {
    let mut out = Vec::new();
    for (at, event) in events.iter().enumerate() {
        if events[..at].iter().all(|before| !is_same(before, event)) {
            out.push(line(event));
        }
    }
    out
}

/// `name(<json args>)`
fn line(event: &ToolEvent) -> String {
    match &event.arguments {
        Value::String(text) if !text.trim().is_empty() => format!("{}({text})", event.name),
        Value::Object(fields) if !fields.is_empty() => format!("{}({})", event.name, event.arguments),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            format!("{}()", event.name)
        }
    }
}

fn is_same(one: &ToolEvent, other: &ToolEvent) -> bool {
    one.call_id == other.call_id && (!one.call_id.is_empty() || line(one) == line(other))
}

/// The further news of a call replaces the earlier.
fn merge_call(known: &mut Vec<ToolEvent>, event: ToolEvent) {
    match known.iter_mut().find(|old| is_same(old, &event)) {
        Some(old) if event.phase >= old.phase => *old = event,
        Some(_) => {}
        None => known.push(event),
    }
}

fn same_call(edit: &FileEdit, event: &ToolEvent) -> bool {
    !event.call_id.is_empty() && edit.call_id == event.call_id && edit.tool == event.name
}

fn key(edit: &FileEdit) -> (&str, &str, &str) {
    (&edit.call_id, &edit.tool, &edit.path)
}

/// Whether the edit gives its path to one that had none yet.
fn was_pending(old: &FileEdit, edit: &FileEdit) -> bool {
    old.path.is_empty() && old.pending == Some(true) && (&old.call_id, &old.tool) == (&edit.call_id, &edit.tool)
}

fn merge_edit(known: &mut Vec<FileEdit>, edit: FileEdit) {
    let at = known.iter().position(|old| key(old) == key(&edit));
    let at = at.or_else(|| if edit.path.is_empty() { None } else { known.iter().position(|old| was_pending(old, &edit)) });
    let Some(at) = at else { return known.push(edit) };
    let old = known[at].clone();
    let pending = if edit.path.is_empty() { edit.pending.or(old.pending) } else { edit.pending };
    known[at] = FileEdit {
        absolute_path: edit.absolute_path.or(old.absolute_path),
        operation: edit.operation.or(old.operation),
        binary: edit.binary.or(old.binary),
        error: edit.error.or(old.error),
        diff: edit.diff.or(old.diff),
        pending,
        ..edit
    };
}
