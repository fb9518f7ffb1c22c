//! What a turn leaves in the chat's entries: its steps, a record for each action, its output (entries §1.2, §1.4).

use alcove_agent::path;
use alcove_agent::turn::{Settled, StepRecord};
use alcove_agent::verdict::{Dialect, Line};
use alcove_store::{Change, EntryRow, EntryState, Visibility};
use serde_json::{Value, json};

use super::actor::Actor;
use crate::clock::now_ms;

impl Actor {
    /// A step as an entry; calls that could not be read have their records at once.
    pub(super) fn keep_step(&mut self, step: &StepRecord) -> Vec<Change> {
        let Some(ordinal) = self.active.as_ref().map(|active| active.row.ordinal) else { return Vec::new() };
        let calls: Vec<Value> =
            step.calls.iter().map(|call| json!({ "id": call.id, "name": call.name, "arguments": call.arguments })).collect();
        let dialect = if step.dialect == Dialect::Tags { "tags" } else { "native" };
        let attributes = json!({ "dialect": dialect, "raw": step.raw, "calls": calls });
        let path = format!("assistant://{ordinal}/{}", step.step);
        let mut rows = vec![self.entry(ordinal, path, (EntryState::Resolved, None), (&step.text, &attributes))];
        for call in &step.calls {
            let Some(words) = &call.unread else { continue };
            let path = self.fresh_record(ordinal, call.action, &call.target);
            let attributes = json!({ "call": call.id, "tool": call.name, "arguments": call.arguments });
            let how = (EntryState::Failed, Some("validation:422".to_owned()));
            rows.push(self.entry(ordinal, path, how, (words, &attributes)));
        }
        rows.into_iter().map(Change::PutEntry).collect()
    }

    /// Lines the model is told with its next step.
    pub(super) fn keep_lines(&mut self, lines: &[Line]) -> Vec<Change> {
        let Some(ordinal) = self.active.as_ref().map(|active| active.row.ordinal) else { return Vec::new() };
        let mut changes = Vec::with_capacity(lines.len());
        for line in lines {
            let path = self.fresh_record(ordinal, "error", &line.text);
            let how = (EntryState::Failed, Some(format!("status:{}", line.status)));
            changes.push(Change::PutEntry(self.entry(ordinal, path, how, (&line.text, &json!({})))));
        }
        changes
    }

    /// The path of a record that no other of this turn has.
    pub(super) fn fresh_record(&mut self, ordinal: u64, action: &str, target: &str) -> String {
        let path = path::record(ordinal, action, target);
        let Some(active) = &mut self.active else { return path };
        let taken = &mut active.acts.records;
        let path = path::unique(path, |path| taken.contains(path));
        taken.insert(path.clone());
        path
    }

    /// An entry as it is written now: how it stands with the word for why, its text and what else is kept of it.
    pub(super) fn entry(&self, turn: u64, path: String, how: (EntryState, Option<String>), (body, attributes): (&str, &Value)) -> EntryRow {
        let now = now_ms();
        EntryRow {
            chat: self.id.as_str().to_owned(),
            path,
            state: how.0,
            outcome: how.1,
            visibility: Visibility::Visible,
            body: body.to_owned(),
            attributes: attributes.to_string(),
            turn,
            seq: self.journal.next_seq(),
            created_at: now,
            updated_at: now,
        }
    }
}

/// The state a record ends in, and the word for why; that of a command that goes on is open until its end.
pub(super) fn end_of(settled: &Settled) -> (EntryState, Option<String>) {
    if settled.background {
        return (EntryState::Streaming, None);
    }
    match (settled.status, settled.exit_code) {
        (499, _) => (EntryState::Cancelled, Some("aborted".to_owned())),
        (_, Some(code)) if code != 0 => (EntryState::Failed, Some(format!("exit:{code}"))),
        (100..=399, _) => (EntryState::Resolved, None),
        (403, _) => (EntryState::Failed, Some("permission".to_owned())),
        (404, _) => (EntryState::Failed, Some("not_found:404".to_owned())),
        (409, _) => (EntryState::Failed, Some("conflict:409".to_owned())),
        (422, _) => (EntryState::Failed, Some("validation:422".to_owned())),
        (500, _) => (EntryState::Failed, Some("error".to_owned())),
        (status, _) => (EntryState::Failed, Some(format!("status:{status}"))),
    }
}

/// What the model is told of a call, beneath what a person made of its command, where they changed it; its record's attributes say so.
pub(crate) fn under_change(attributes: &Value, body: String) -> String {
    match attributes.get("changed").and_then(Value::as_str) {
        Some(command) => format!("The person changed the command to: {command}\n{body}"),
        None => body,
    }
}
