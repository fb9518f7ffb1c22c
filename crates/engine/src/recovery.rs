//! What the last run left unfinished is closed before the first client is served: turns found running or waiting are told to be
//! interrupted, in the thread, with what had arrived kept, and commands that ran on in the background to have ended.

use alcove_agent::tool::with_command;
use alcove_proto::envelope::{
    CommandEnded, Event, GoalStatus, GoalWord, MessageEvent, MessageKind, Notice, NoticeKind, Phase, ProposalResolved, ReasoningEnd,
    StreamEnd, ToolEvent, ToolPhase,
};
use alcove_proto::{ChatId, TurnId};
use alcove_store::{Change, ChatRow, EntryRow, EntryState, EventRow, PageStart, Store, TurnRow, TurnState};

use crate::chat::{answer_entry, background_of, end_note, ended_record, under_change};
use crate::clock::now_ms;
use crate::engine::Engine;
use crate::error::Error;
use crate::run::{Run, RunKind};

const CUT_OFF: &str = "Alcove ended before this answer was finished. What had arrived is kept.";
const WAITS: &str = "Alcove ended while something waited for you. It still waits: allow it to go on, or reject it.";
const UNKNOWN: &str = "Alcove ended while this ran. What came of it is not known; nothing is done again by itself.";
const NOT_BEGUN: &str = "Alcove ended before the turn of this prompt came. It was not answered.";
const RAN_ON: &str = "Alcove ended while it ran";
const ELSEWHERE: &str = "it runs elsewhere, if at all";
/// Rows of an unfinished turn read at once.
const ROWS: u32 = 4_096;

/// Closes every unfinished turn, all in one transaction; answers which chats have something that waits for a person. Blocks; runs before
/// anything is served.
pub(crate) fn close_unfinished(store: &Store) -> Result<Vec<ChatId>, Error> {
    let turns = store.read(|reader| reader.unfinished_turns())?;
    let open = close_entries(store, None)?;
    let mut chats: Vec<ChatId> = open.proposed.iter().filter_map(|row| ChatId::parse(&row.chat)).collect();
    chats.dedup();
    close_all(store, &turns, open, RAN_ON)?;
    Ok(chats)
}

/// Closes what is unfinished in a chat whose task never ran: what it is a copy of may go on, but not here.
pub(crate) async fn close_copy(engine: &Engine, chat: &ChatId) -> Result<(), Error> {
    let (store, chat) = (engine.shared().store.clone(), chat.clone());
    let closed = tokio::task::spawn_blocking(move || close_chat(&store, chat.as_str())).await;
    closed.map_err(|_| Error::Closing)?
}

fn close_chat(store: &Store, chat: &str) -> Result<(), Error> {
    let mut turns = store.read(|reader| reader.turns(chat))?;
    turns.retain(|turn| matches!(turn.state, TurnState::Queued | TurnState::Running));
    let open = close_entries(store, Some(chat))?;
    close_all(store, &turns, open, ELSEWHERE)
}

fn close_all(store: &Store, turns: &[TurnRow], open: Open, how: &str) -> Result<(), Error> {
    let mut next_seq: std::collections::HashMap<String, u64> = std::collections::HashMap::new();
    let mut changes = open.closed;
    for record in &open.left {
        let Some(chat) = store.read(|reader| reader.chat(&record.chat))? else { continue };
        let next = next_seq.entry(record.chat.clone()).or_insert(chat.last_seq + 1);
        changes.extend(end_command(record, &chat, next, how));
    }
    for turn in turns {
        let last = store.read(|reader| reader.last_seq(&turn.chat))?;
        let next = next_seq.entry(turn.chat.clone()).or_insert(last + 1);
        changes.extend(close(store, turn, next, &open.proposed)?);
    }
    if !changes.is_empty() {
        store.write_wait(changes)?;
    }
    Ok(())
}

/// A command that ran on in the background: nothing of it is left.
fn end_command(record: &EntryRow, chat: &ChatRow, next_seq: &mut u64, how: &str) -> Vec<Change> {
    let (Some((turn_id, call_id)), Some(chat_id)) = (background_of(record), ChatId::parse(&record.chat)) else { return Vec::new() };
    let now = now_ms();
    let ended = CommandEnded {
        chat_id,
        path: record.path.clone(),
        call_id,
        status: 499,
        how: how.to_owned(),
        exit_code: None,
        duration_ms: None,
        turn_id: turn_id.clone(),
        created_at_ms: Some(now),
        seq: Some(*next_seq),
    };
    let body = format!("{}\n[{how}]", record.body);
    let kept = interrupted(ended_record(record, &ended, body), now);
    let note = end_note(chat.turn_count + 1, *next_seq, &ended);
    let event = row(&record.chat, &Event::CommandEnded(ended), (*next_seq, now), turn_id.as_ref());
    *next_seq += 1;
    vec![Change::AppendEvent(event), Change::PutEntry(kept), Change::PutEntry(note)]
}

fn interrupted(row: EntryRow, at: i64) -> EntryRow {
    EntryRow { state: EntryState::Cancelled, outcome: Some("interrupted".to_owned()), updated_at: at, ..row }
}

fn close(store: &Store, turn: &TurnRow, next_seq: &mut u64, proposed: &[EntryRow]) -> Result<Vec<Change>, Error> {
    let told = Told::read(store, turn)?;
    let now = now_ms();
    let closed = Change::PutTurn(TurnRow { state: TurnState::Interrupted, ended_at: Some(now), ..turn.clone() });
    // An id that nobody can ask for has no thread to say anything in.
    let Some(chat) = ChatId::parse(&turn.chat) else { return Ok(vec![closed]) };
    let mut closing = Closing { chat: chat.clone(), turn: told.turn.clone(), turn_seq: told.turn_seq };
    let mut events = Vec::new();
    if told.thinking {
        events.push(closing.reasoning_end());
    }
    if told.open {
        events.push(closing.stream_end(told.stream));
    }
    let waiting: Vec<&str> = proposed.iter().filter(|row| row.chat == turn.chat).map(|row| row.attributes.as_str()).collect();
    for call in told.running {
        let mark = serde_json::json!(call.call_id).to_string();
        if !waiting.iter().any(|attributes| attributes.contains(&format!("\"call\":{mark}"))) {
            events.push(closing.unknown(call, now));
        }
    }
    let words = match (turn.state, waiting.is_empty()) {
        (TurnState::Running, true) => CUT_OFF,
        (TurnState::Running, false) => WAITS,
        _ => NOT_BEGUN,
    };
    // What waits for a person goes on from there; asking again would do it twice.
    events.push(closing.notice(words, words != WAITS, now));
    if turn.state == TurnState::Running {
        events.push(closing.idle());
    }
    let mut changes = Vec::with_capacity(events.len() + 2);
    for mut event in events {
        event.number(*next_seq);
        changes.push(Change::AppendEvent(row(&turn.chat, &event, (*next_seq, now), told.turn.as_ref())));
        *next_seq += 1;
    }
    if !told.answer.is_empty() {
        let how = (EntryState::Cancelled, Some("interrupted".to_owned()));
        changes.push(Change::PutEntry(answer_entry(&chat, turn.ordinal, how, (&told.answer, *next_seq))));
    }
    changes.push(closed);
    Ok(changes)
}

fn row(chat: &str, event: &Event, at: (u64, i64), turn: Option<&TurnId>) -> EventRow {
    EventRow {
        chat: chat.to_owned(),
        seq: at.0,
        last: at.0,
        turn: turn.map(|id| id.as_str().to_owned()),
        kind: event.kind().to_owned(),
        boundary: PageStart::No,
        payload: event.to_json(),
        at: at.1,
    }
}

/// How far the turn's own events got. Turns of plain-text clients share one name, so what counts is the part since the turn began to run.
#[derive(Default)]
struct Told {
    turn: Option<TurnId>,
    turn_seq: u64,
    stream: Option<String>,
    answer: String,
    thinking: bool,
    open: bool,
    /// Calls that began and did not end.
    running: Vec<ToolEvent>,
}

impl Told {
    fn read(store: &Store, turn: &TurnRow) -> Result<Self, Error> {
        let mut told = Self { turn_seq: 1, ..Self::default() };
        // A turn that never began has told nothing but its prompt.
        let limit = if turn.state == TurnState::Running { ROWS } else { 1 };
        let mut after = turn.prompt_seq.saturating_sub(1);
        loop {
            let rows = store.read(|reader| reader.events(&turn.chat, after, limit))?;
            told.take_all(turn, &rows)?;
            match rows.last() {
                Some(row) if limit == ROWS => after = row.last,
                Some(_) | None => return Ok(told),
            }
        }
    }

    fn take_all(&mut self, turn: &TurnRow, rows: &[EventRow]) -> Result<(), Error> {
        for row in rows {
            if row.seq == turn.prompt_seq {
                // A plain-text client's turn has an id in the store only; its events carry none.
                self.turn = row.turn.as_deref().and_then(TurnId::parse);
            } else if turn.state == TurnState::Running && row.turn.as_deref() == self.turn.as_ref().map(TurnId::as_str) {
                self.take(row)?;
            }
        }
        Ok(())
    }

    fn take(&mut self, row: &EventRow) -> Result<(), Error> {
        match row.kind.as_str() {
            "delta" | "reasoning_delta" => {
                let run: Run = serde_json::from_str(&row.payload).map_err(|source| Error::Unreadable { what: "an event", source })?;
                self.turn_seq = run.whole.turn_seq.map_or(self.turn_seq, |first| first + run.cuts.len() as u64 - 1);
                self.open = true;
                match run.kind {
                    RunKind::Delta => {
                        self.answer.push_str(&run.whole.text);
                        self.stream = run.whole.stream_id;
                        self.thinking = false;
                    }
                    RunKind::ReasoningDelta => self.thinking = true,
                }
            }
            "reasoning_end" => {
                self.turn_seq += 1;
                self.thinking = false;
            }
            "stream_end" => {
                self.turn_seq += 1;
                self.open = false;
                if parse::<StreamEnd>(row)?.resuming == Some(true) {
                    // What was said is kept with its step.
                    self.answer.clear();
                }
            }
            "message" => {
                self.turn_seq += 1;
                self.calls(parse::<MessageEvent>(row)?.tool_events.unwrap_or_default());
            }
            "file_edit" | "proposal" | "turn_end" => self.turn_seq += 1,
            "proposal_resolved" => self.change(parse::<ProposalResolved>(row)?),
            "goal_status" => *self = Self { turn: self.turn.take(), turn_seq: 1, ..Self::default() },
            _ => {}
        }
        Ok(())
    }
}

impl Told {
    /// A call whose command a person changed ends as the one that ran.
    fn change(&mut self, resolved: ProposalResolved) {
        let Some(command) = resolved.command else { return };
        for event in self.running.iter_mut().filter(|event| event.call_id == resolved.call_id) {
            let arguments = event.arguments.as_object().cloned().unwrap_or_default();
            event.arguments = with_command(&arguments, &command).into();
        }
    }

    /// Keeps the calls that have begun and not ended.
    fn calls(&mut self, events: Vec<ToolEvent>) {
        for event in events {
            self.running.retain(|known| known.call_id != event.call_id);
            if event.phase == ToolPhase::Start {
                self.running.push(event);
            }
        }
    }
}

fn parse<T: serde::de::DeserializeOwned>(row: &EventRow) -> Result<T, Error> {
    serde_json::from_str(&row.payload).map_err(|source| Error::Unreadable { what: "an event", source })
}

/// Entries that the last run left open.
struct Open {
    /// They wait for a person, and go on waiting.
    proposed: Vec<EntryRow>,
    /// All others, as they are closed.
    closed: Vec<Change>,
    /// Records of commands that ran on in the background, for [`end_command`].
    left: Vec<EntryRow>,
}

/// Entries that were being made when the last run ended: nobody knows what came of them.
fn close_entries(store: &Store, chat: Option<&str>) -> Result<Open, Error> {
    let mut rows = store.read(|reader| reader.unfinished_entries())?;
    rows.retain(|row| chat.is_none_or(|chat| row.chat == chat));
    let (proposed, made): (Vec<EntryRow>, Vec<EntryRow>) = rows.into_iter().partition(|row| row.state == EntryState::Proposed);
    let (left, made): (Vec<EntryRow>, Vec<EntryRow>) = made.into_iter().partition(|row| background_of(row).is_some());
    let closed = made.into_iter().map(|row| {
        let unknown = || under_change(&serde_json::from_str(&row.attributes).unwrap_or_default(), UNKNOWN.to_owned());
        let body = if row.body.is_empty() { unknown() } else { row.body.clone() };
        Change::PutEntry(interrupted(EntryRow { body, ..row }, now_ms()))
    });
    Ok(Open { proposed, closed: closed.collect(), left })
}

/// Makes the events that close a turn.
struct Closing {
    chat: ChatId,
    turn: Option<TurnId>,
    turn_seq: u64,
}

impl Closing {
    fn annotate(&mut self, phase: Phase) -> (Option<TurnId>, Option<Phase>, Option<u64>) {
        let Some(turn) = self.turn.clone() else { return (None, None, None) };
        self.turn_seq += 1;
        (Some(turn), Some(phase), Some(self.turn_seq))
    }

    fn reasoning_end(&mut self) -> Event {
        let (turn_id, turn_phase, turn_seq) = self.annotate(Phase::Reasoning);
        Event::ReasoningEnd(ReasoningEnd { chat_id: self.chat.clone(), turn_id, turn_phase, turn_seq, seq: None })
    }

    fn stream_end(&mut self, stream_id: Option<String>) -> Event {
        let (turn_id, turn_phase, turn_seq) = self.annotate(Phase::Answer);
        Event::StreamEnd(StreamEnd {
            chat_id: self.chat.clone(),
            text: None,
            stream_id,
            resuming: None,
            merge_next: None,
            source: None,
            turn_id,
            turn_phase,
            turn_seq,
            seq: None,
        })
    }

    fn notice(&mut self, words: &str, retry: bool, now: i64) -> Event {
        let notice = Some(Notice { kind: NoticeKind::Interrupted, retry });
        Event::Message(MessageEvent { text: words.to_owned(), notice, ..self.message(Phase::Answer, now) })
    }

    /// The end of a call nobody saw.
    fn unknown(&mut self, call: ToolEvent, now: i64) -> Event {
        let ended = ToolEvent { phase: ToolPhase::Error, error: UNKNOWN.into(), status: Some(499), ..call };
        let (kind, tool_events) = (Some(MessageKind::Progress), Some(vec![ended]));
        Event::Message(MessageEvent { kind, tool_events, ..self.message(Phase::Activity, now) })
    }

    /// A message that says nothing yet.
    fn message(&mut self, phase: Phase, now: i64) -> MessageEvent {
        let (turn_id, turn_phase, turn_seq) = self.annotate(phase);
        MessageEvent {
            chat_id: self.chat.clone(),
            text: String::new(),
            latency_ms: None,
            kind: None,
            notice: None,
            media_urls: None,
            reply_to: None,
            tool_events: None,
            source: None,
            turn_id,
            turn_phase,
            turn_seq,
            created_at_ms: Some(now),
            seq: None,
        }
    }

    fn idle(&self) -> Event {
        Event::GoalStatus(GoalStatus {
            chat_id: self.chat.clone(),
            status: GoalWord::Idle,
            started_at: None,
            turn_id: self.turn.clone(),
            seq: None,
        })
    }
}
