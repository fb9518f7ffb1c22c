//! The end of what its turn did not wait for. Of a command in the background, its record and its output are final, everybody is told, and
//! the model with what it is shown next; of what was cut off with its turn, it is told what the turn changed. Nothing begins with it.

use alcove_agent::path;
use alcove_proto::TurnId;
use alcove_proto::envelope::{CommandEnded, Event};
use alcove_store::{Change, EntryRow, EntryState, Visibility};
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;

use super::actor::Actor;
use super::journal::Say;
use super::records::{end_of, under_change};
use crate::act::{KeptEntry, Late, LateEnd, LateStop};
use crate::clock::now_ms;
use crate::error::Error;

/// Ends that may wait for the chat's task.
const LATE: usize = 16;

/// The action of a record that tells the model of an end.
pub(crate) const NOTE: &str = "ended";

/// Where the ends are heard of what its turn did not wait for.
pub(super) struct LateEnds {
    pub(super) tell: mpsc::Sender<Late>,
    pub(super) heard: mpsc::Receiver<Late>,
}

impl LateEnds {
    pub(super) fn new() -> Self {
        let (tell, heard) = mpsc::channel(LATE);
        Self { tell, heard }
    }
}

impl Actor {
    /// Something has ended that its turn did not wait for.
    pub(super) async fn late(&mut self, late: Late) -> Result<(), Error> {
        match late {
            Late::Ended(end) => self.ended_late(&end).await,
            Late::Stopped(stop) => self.stopped_late(&stop).await,
        }
    }

    /// What was cut off when its turn was stopped is over: only now it is known what the turn changed. Whoever waits to take it back hears
    /// of it with `stop`, which is held until here.
    async fn stopped_late(&mut self, stop: &LateStop) -> Result<(), Error> {
        match self.changes_of(stop.turn, stop.turn_id.clone()).await {
            Some(made) => self.journal.append(vec![made], Vec::new()).await,
            None => Ok(()),
        }
    }

    /// A command in the background has ended.
    async fn ended_late(&mut self, end: &LateEnd) -> Result<(), Error> {
        end.listed.leave();
        // Without one there is nothing to be kept, but those who see the call are told.
        let record = self.open_entry(&end.settled.record).await?;
        let event = CommandEnded {
            chat_id: self.id.clone(),
            path: end.settled.record.clone(),
            call_id: end.settled.call.clone(),
            status: end.settled.status,
            how: end.how.clone(),
            exit_code: end.settled.exit_code,
            duration_ms: end.settled.duration_ms,
            turn_id: record.as_ref().and_then(background_of).and_then(|(turn_id, _)| turn_id),
            created_at_ms: Some(now_ms()),
            seq: None,
        };
        let mut rows: Vec<EntryRow> = Vec::new();
        if let Some(record) = record {
            let (state, outcome) = end_of(&end.settled);
            let attributes = serde_json::from_str(&record.attributes).unwrap_or_default();
            let body = under_change(&attributes, end.settled.body.clone());
            rows.push(closed(ended_record(&record, &event, body), state, &outcome));
            for kept in &end.entries {
                rows.extend(self.open_entry(&kept.path).await?.map(|known| final_output(known, kept)));
            }
            let turn = self.active.as_ref().map_or(self.turn_count + 1, |active| active.row.ordinal);
            rows.extend((record.visibility == Visibility::Visible).then(|| end_note(turn, self.journal.next_seq(), &event)));
        }
        let changes = rows.into_iter().map(Change::PutEntry).collect();
        // Whoever waited for its end hears of it with `end`, which is held until here.
        self.journal.append(vec![Say::Logged(Event::CommandEnded(event))], changes).await
    }

    async fn open_entry(&mut self, path: &str) -> Result<Option<EntryRow>, Error> {
        Ok(self.kept_entry(path).await?.filter(|row| row.state == EntryState::Streaming))
    }

    /// The engine ends, and every command with it: what its turn did not wait for is told to its end.
    pub(super) async fn hear_late_ends(&mut self) -> Result<(), Error> {
        // What the turn began is heard by nobody any more, so that nothing waits to be.
        self.active = None;
        let LateEnds { tell, mut heard } = std::mem::replace(&mut self.late_ends, LateEnds::new());
        drop(tell);
        while let Some(late) = heard.recv().await {
            self.late(late).await?;
        }
        Ok(())
    }
}

/// What a channel has put out in all; the model reads it by its path.
fn final_output(row: EntryRow, kept: &KeptEntry) -> EntryRow {
    let row = EntryRow { body: kept.body.clone(), attributes: kept.attributes.to_string(), visibility: Visibility::Archived, ..row };
    closed(row, kept.state, &kept.outcome)
}

fn closed(row: EntryRow, state: EntryState, outcome: &Option<String>) -> EntryRow {
    EntryRow { state, outcome: outcome.clone(), updated_at: now_ms(), ..row }
}

/// The record of a command that has ended, but for how it stands; the event is kept in it for pages that do not reach as far as the log's end.
pub(crate) fn ended_record(row: &EntryRow, event: &CommandEnded, body: String) -> EntryRow {
    let mut attributes: Map<String, Value> = serde_json::from_str(&row.attributes).unwrap_or_default();
    attributes.insert("exit_code".to_owned(), json!(event.exit_code));
    attributes.insert("duration_ms".to_owned(), json!(event.duration_ms));
    attributes.insert("ended".to_owned(), json!(event));
    EntryRow { body, attributes: Value::Object(attributes).to_string(), ..row.clone() }
}

/// A line for the model, in the turn that runs or in the next one; `seq` is the event's.
pub(crate) fn end_note(turn: u64, seq: u64, event: &CommandEnded) -> EntryRow {
    let now = now_ms();
    EntryRow {
        chat: event.chat_id.as_str().to_owned(),
        path: path::record(turn, NOTE, &seq.to_string()),
        state: EntryState::Resolved,
        outcome: None,
        visibility: Visibility::Visible,
        body: format!("The command in the background {} has ended: {}.", event.path, event.how),
        attributes: "{}".to_owned(),
        turn,
        seq,
        created_at: now,
        updated_at: now,
    }
}

/// How the command of a record ended that ran in the background.
pub(crate) fn ended_of(row: &EntryRow) -> Option<CommandEnded> {
    let mut attributes: Map<String, Value> = serde_json::from_str(&row.attributes).ok()?;
    serde_json::from_value(attributes.remove("ended")?).ok()
}

/// The turn of a record whose command runs in the background, as clients know it, and its call; `None` for any other.
pub(crate) fn background_of(row: &EntryRow) -> Option<(Option<TurnId>, String)> {
    let attributes: Map<String, Value> = serde_json::from_str(&row.attributes).ok()?;
    let text = |key: &str| attributes.get(key).and_then(Value::as_str);
    let runs = row.state == EntryState::Streaming && attributes.get("background") == Some(&Value::Bool(true));
    runs.then(|| (text("turn_id").and_then(TurnId::parse), text("call").unwrap_or_default().to_owned()))
}
