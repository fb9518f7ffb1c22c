//! A chat being made of what stands in a file of the original: numbers its events, keeps its turns and what the model is to know.

use std::collections::HashSet;

use alcove_proto::envelope::Event;
use alcove_proto::{ChatId, TurnId};
use alcove_store::{Change, ChatRow, EntryRow, EntryState, EventRow, Origin, PageStart, TitleSource, TurnRow, TurnState, Visibility};
use serde_json::{Map, Value, json};

use crate::chat::answer_entry;
use crate::clock::{fresh_chat_id, fresh_uuid, now_ms};
use crate::error::Error;
use crate::media::Attachment;
use crate::run::{Run, RunKind};
use crate::thread;

/// Characters of the first prompt shown in the list of chats.
const PREVIEW_CHARS: usize = 120;
/// Turns of one chat.
pub(super) const TURNS: usize = 100_000;
/// Moments beyond this are none.
const LATEST_MS: i64 = 8_640_000_000_000_000;

/// A chat about to be written.
pub(crate) struct ImportedChat {
    pub(crate) id: ChatId,
    pub(crate) title: String,
    pub(crate) messages: usize,
    pub(crate) changes: Vec<Change>,
    /// Keeps the chat's files until they have their rows.
    pub(crate) held: Vec<Attachment>,
}

/// A turn being put together.
struct OpenTurn {
    id: TurnId,
    ordinal: u64,
    prompt_seq: u64,
    prompt: Option<String>,
    answer: String,
    created_at: i64,
}

/// A chat being put together.
pub(super) struct Building {
    pub(super) id: ChatId,
    pub(super) title: (String, TitleSource),
    pub(super) scope: String,
    pub(super) created_at: Option<i64>,
    events: Vec<EventRow>,
    run: Option<Run>,
    /// Text of the segment that streams, as far as it came in pieces.
    streamed: bool,
    turn: Option<OpenTurn>,
    turns: Vec<TurnRow>,
    entries: Vec<EntryRow>,
    used: HashSet<String>,
    next: u64,
    /// The moment of the newest row.
    now: i64,
    preview: String,
}

/// A moment as it may stand in a file.
pub(super) fn moment(at: i64) -> Option<i64> {
    (0..=LATEST_MS).contains(&at).then_some(at)
}

impl Building {
    pub(super) fn new(scope: String) -> Self {
        Self {
            id: fresh_chat_id(),
            title: (String::new(), TitleSource::Generated),
            scope,
            created_at: None,
            events: Vec::new(),
            run: None,
            streamed: false,
            turn: None,
            turns: Vec::new(),
            entries: Vec::new(),
            used: HashSet::new(),
            next: 1,
            now: 0,
            preview: String::new(),
        }
    }

    /// Takes note of when the rows to come were written.
    pub(super) fn at(&mut self, at: Option<i64>) {
        if let Some(at) = at.and_then(moment) {
            self.now = at;
            self.created_at.get_or_insert(at);
        }
    }

    /// Whether there is room for another turn.
    pub(super) fn has_room(&self) -> bool {
        self.turns.len() < TURNS
    }

    /// A person said something: the next turn. `more` are fields of the event beside its text.
    pub(super) fn prompt(&mut self, text: &str, turn: Option<&str>, more: Map<String, Value>) {
        self.end_turn(None);
        if self.preview.is_empty() {
            self.preview = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(PREVIEW_CHARS).collect();
        }
        let id = self.begin(turn, Some(text.to_owned()));
        let plain = json!({ "text": text, "starts_turn": true, "active_turn_id": id, "created_at_ms": self.now });
        let whole = self.made("user_message", plain.clone(), more);
        let event = whole.or_else(|| self.made("user_message", plain, Map::new()));
        self.push(event.expect("a prompt has all it needs"), PageStart::Yes);
    }

    /// An event of this chat and turn; `None` when its fields are not such an event's.
    pub(super) fn made(&self, kind: &str, fields: Value, more: Map<String, Value>) -> Option<Event> {
        let mut all = more;
        if let Value::Object(fields) = fields {
            all.extend(fields);
        }
        all.insert("event".to_owned(), kind.into());
        all.insert("chat_id".to_owned(), self.id.as_str().into());
        if let Some(open) = &self.turn {
            all.insert("turn_id".to_owned(), open.id.as_str().into());
        }
        all.remove("seq");
        serde_json::from_value(Value::Object(all)).ok()
    }

    /// Whether a turn goes on.
    pub(super) fn is_open(&self) -> bool {
        self.turn.is_some()
    }

    /// The turn that goes on; one whose prompt was lost begins here.
    pub(super) fn turn(&mut self, named: Option<&str>) -> TurnId {
        match &self.turn {
            Some(open) => open.id.clone(),
            None => self.begin(named, None),
        }
    }

    fn begin(&mut self, named: Option<&str>, prompt: Option<String>) -> TurnId {
        let id = self.unused(named);
        let ordinal = self.turns.len() as u64 + 1;
        self.close_run();
        self.turn = Some(OpenTurn { id: id.clone(), ordinal, prompt_seq: self.next, prompt, answer: String::new(), created_at: self.now });
        id
    }

    /// The id itself, or one made of it when it was used before.
    fn unused(&mut self, named: Option<&str>) -> TurnId {
        let named = named.and_then(TurnId::parse);
        let again = named.as_ref().and_then(|id| TurnId::parse(&format!("{id}:replay:{}", self.next)));
        let fresh = TurnId::parse(&fresh_uuid());
        let id = [named, again, fresh].into_iter().flatten().find(|id| !self.used.contains(id.as_str()));
        let id = id.expect("a fresh id is not used");
        self.used.insert(id.as_str().to_owned());
        id
    }

    /// A piece of streamed text.
    pub(super) fn stream(&mut self, kind: RunKind, text: &str, turn: Option<&str>) {
        if text.is_empty() {
            return;
        }
        let turn_id = self.turn(turn);
        self.streamed |= kind == RunKind::Delta;
        if kind == RunKind::Delta
            && let Some(open) = &mut self.turn
        {
            open.answer.push_str(text);
        }
        match &mut self.run {
            Some(run) if run.kind == kind => run.add(text),
            Some(_) | None => {
                self.close_run();
                let piece = json!({ "chat_id": self.id, "text": text, "turn_id": turn_id, "seq": self.next });
                let piece = serde_json::from_value(piece).expect("a piece has all it needs");
                self.run = Some(Run::begin(kind, piece, self.now));
            }
        }
        self.next += 1;
    }

    /// The text of an answer's step is complete; `text` is all of it when it did not come in pieces, or replaces them.
    pub(super) fn stream_end(&mut self, text: Option<&str>, end: (Option<bool>, Option<bool>), turn: Option<&str>) {
        self.turn(turn);
        let replaced = match text {
            Some(text) if !self.streamed => {
                self.stream(RunKind::Delta, text, turn);
                None
            }
            Some(text) => Some(text.to_owned()),
            None => None,
        };
        self.streamed = false;
        if let Some(open) = &mut self.turn
            && end.0 == Some(true)
            && !open.answer.is_empty()
        {
            open.answer.push_str("\n\n");
        }
        let mut fields = Map::new();
        fields.extend(replaced.map(|text| ("text".to_owned(), text.into())));
        fields.extend(end.0.map(|word| ("resuming".to_owned(), word.into())));
        fields.extend(end.1.map(|word| ("merge_next".to_owned(), word.into())));
        let event = self.made("stream_end", Value::Null, fields);
        self.push(event.expect("an end has all it needs"), PageStart::No);
    }

    /// The reasoning of a step is complete; `text` is all of it when it did not come in pieces.
    pub(super) fn reasoning_end(&mut self, text: Option<&str>, turn: Option<&str>) {
        let streams = self.run.as_ref().is_some_and(|run| run.kind == RunKind::ReasoningDelta);
        if let (Some(text), false) = (text, streams) {
            self.stream(RunKind::ReasoningDelta, text, turn);
        }
        self.turn(turn);
        let event = self.made("reasoning_end", Value::Null, Map::new());
        self.push(event.expect("an end has all it needs"), PageStart::No);
    }

    /// A complete text of the model.
    pub(super) fn answered(&mut self, text: &str) {
        if let Some(open) = &mut self.turn {
            if !open.answer.is_empty() && !text.is_empty() {
                open.answer.push_str("\n\n");
            }
            open.answer.push_str(text);
        }
    }

    /// Any other event, with its place and the id of the turn already in it.
    pub(super) fn push(&mut self, mut event: Event, boundary: PageStart) {
        self.close_run();
        event.number(self.next);
        let turn = self.turn.as_ref().map(|open| open.id.as_str().to_owned());
        self.events.push(EventRow {
            chat: self.id.as_str().to_owned(),
            seq: self.next,
            last: self.next,
            turn,
            kind: event.kind().to_owned(),
            boundary,
            payload: event.to_json(),
            at: self.now,
        });
        self.next += 1;
    }

    fn close_run(&mut self) {
        let Some(run) = self.run.take() else { return };
        self.events.push(EventRow {
            chat: self.id.as_str().to_owned(),
            seq: run.first(),
            last: run.last(),
            turn: run.whole.turn_id.as_ref().map(|id| id.as_str().to_owned()),
            kind: run.kind.word().to_owned(),
            boundary: PageStart::No,
            payload: serde_json::to_string(&run).expect("a run holds nothing JSON cannot say"),
            at: run.began,
        });
    }

    /// The turn is over; without an end of its own it was cut off.
    pub(super) fn end_turn(&mut self, state: Option<TurnState>) {
        self.close_run();
        self.streamed = false;
        let Some(open) = &self.turn else { return };
        let idle = json!({ "event": "goal_status", "chat_id": self.id, "status": "idle", "turn_id": open.id });
        self.push(serde_json::from_value(idle).expect("an end has all it needs"), PageStart::No);
        let Some(open) = self.turn.take() else { return };
        let state = state.unwrap_or(TurnState::Interrupted);
        let chat = self.id.as_str().to_owned();
        self.turns.push(TurnRow {
            chat: chat.clone(),
            id: open.id.as_str().to_owned(),
            ordinal: open.ordinal,
            state,
            prompt_seq: open.prompt_seq,
            preset: None,
            usage: None,
            outcome: None,
            created_at: open.created_at,
            started_at: Some(open.created_at),
            ended_at: Some(self.now),
        });
        if let Some(prompt) = open.prompt {
            self.entries.push(EntryRow {
                chat,
                path: format!("prompt://{}", open.ordinal),
                state: EntryState::Resolved,
                outcome: None,
                visibility: Visibility::Visible,
                body: prompt,
                attributes: "{}".to_owned(),
                turn: open.ordinal,
                seq: open.prompt_seq,
                created_at: open.created_at,
                updated_at: open.created_at,
            });
        }
        let answer = open.answer.trim();
        if !answer.is_empty() {
            let how = match state {
                TurnState::Interrupted | TurnState::Stopped => (EntryState::Cancelled, Some("interrupted".to_owned())),
                TurnState::Failed => (EntryState::Failed, Some("error".to_owned())),
                TurnState::Done | TurnState::Queued | TurnState::Running => (EntryState::Resolved, None),
            };
            self.entries.push(answer_entry(&self.id, open.ordinal, how, (answer, self.next)));
        }
    }

    /// The chat, ready to be written; nothing when nothing stood in it.
    pub(super) fn finish(mut self) -> Result<Option<ImportedChat>, Error> {
        self.end_turn(None);
        if self.events.is_empty() {
            return Ok(None);
        }
        let messages = thread::fold(&self.events)?.messages.len();
        let now = now_ms();
        let chat = || self.id.as_str().to_owned();
        let mut changes = vec![Change::CreateChat(ChatRow {
            title: self.title.0.clone(),
            title_by_person: self.title.1,
            preview: self.preview.clone(),
            scope: self.scope.clone(),
            created_at: self.created_at.unwrap_or(now),
            ..ChatRow::new(self.id.as_str(), Origin::WebUi, now)
        })];
        changes.push(Change::AppendEvents { chat: chat(), rows: std::mem::take(&mut self.events) });
        changes.extend(self.turns.drain(..).map(Change::PutTurn));
        changes.extend(self.entries.drain(..).map(Change::PutEntry));
        let title = if self.title.0.is_empty() { self.preview } else { self.title.0 };
        Ok(Some(ImportedChat { id: self.id, title, messages, changes, held: Vec::new() }))
    }
}
