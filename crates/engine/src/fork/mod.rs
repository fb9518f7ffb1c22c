//! A chat that goes on where another stood (envelope §1.6): whole turns are copied, in one transaction, and what runs or waits is left
//! behind. Never changes the chat it copies from.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};

use alcove_proto::ChatId;
use alcove_proto::envelope::{Event, ForkMarker, GoalWord, SessionScope, SessionUpdated};
use alcove_proto::id::SESSION_PREFIX;
use alcove_store::{Change, ChatRow, EntryRow, EventRow, MediaRow, Origin, PageStart, TitleSource, TurnRow, TurnState};

use crate::clock::{fresh_chat_id, now_ms};
use crate::engine::Engine;
use crate::error::{Error, commit, read};
use crate::hub::Audience;
use crate::recovery;
use crate::run::{Run, RunKind};
use crate::title;

/// Where a copy ends, in its log.
const MARKER: &str = "fork_marker";
/// The most text a copied chat may have; it is held in memory and written at once.
const COPIED_BYTES: usize = 256 << 20;

/// Why a chat was not copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForkRefused {
    /// There is no such chat, or it has fewer prompts.
    Invalid,
    /// It could not be read or written.
    Failed,
}

impl ForkRefused {
    /// As the protocol says it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Invalid => "invalid fork source or index",
            Self::Failed => "fork_chat_failed",
        }
    }
}

/// Everything kept of a chat, as it stood at one moment.
struct Source {
    row: ChatRow,
    events: Vec<EventRow>,
    entries: Vec<EntryRow>,
    turns: Vec<TurnRow>,
    media: Vec<MediaRow>,
}

impl Engine {
    /// Makes a chat of everything before the prompt with this index, counted from 0; the number of prompts copies all.
    pub async fn fork(&self, source: &ChatId, before_user_index: u64, title: Option<&str>) -> Result<ChatId, ForkRefused> {
        let target = fresh_chat_id();
        let title = title.map(title::tidy).unwrap_or_default();
        let changes = self.copied(source, before_user_index, (&target, title)).await.map_err(|error| {
            crate::report::problem("a chat could not be copied", &error);
            ForkRefused::Failed
        })?;
        let Some(changes) = changes else { return Err(ForkRefused::Invalid) };
        let saved = commit(&self.shared().store, changes).await;
        let closed = match saved {
            Ok(()) => recovery::close_copy(self, &target).await,
            failed => failed,
        };
        closed.map_err(|error| {
            crate::report::problem("a copied chat could not be saved", &error);
            ForkRefused::Failed
        })?;
        let news = SessionUpdated { chat_id: target.clone(), scope: Some(SessionScope::Metadata), workspace_scope: None };
        self.shared().announcer.tell(&target, &Event::SessionUpdated(news), Audience::Strangers);
        Ok(target)
    }

    /// What makes the copy; `None` when there is nothing to copy from, or not that much.
    async fn copied(&self, source: &ChatId, before: u64, target: (&ChatId, String)) -> Result<Option<Vec<Change>>, Error> {
        let name = source.as_str().to_owned();
        let found = read(&self.shared().store, move |reader| {
            let Some(row) = reader.chat(&name)? else { return Ok(None) };
            let events = reader.events(&name, 0, u32::MAX)?;
            let (entries, turns, media) = (reader.entries(&name)?, reader.turns(&name)?, reader.media(&name)?);
            Ok(Some(Source { row, events, entries, turns, media }))
        });
        let Some(found) = found.await? else { return Ok(None) };
        if found.bytes() > COPIED_BYTES {
            return Err(Error::TooLarge { what: "a chat to be copied" });
        }
        let (chat, title) = (target.0.clone(), target.1);
        // A long chat takes a while to copy.
        let copied = tokio::task::spawn_blocking(move || found.copy(before, &chat, title));
        copied.await.map_err(|_| Error::Closing)?
    }
}

impl Source {
    fn copy(self, before: u64, chat: &ChatId, title: String) -> Result<Option<Vec<Change>>, Error> {
        let owners = owners(&self.events)?;
        let prompts = self.events.iter().filter(|row| row.kind == "user_message").count();
        let Ok(before) = usize::try_from(before) else { return Ok(None) };
        if before > prompts || self.events.is_empty() {
            return Ok(None);
        }
        let kept = before.min(self.finished());
        let mut moved = Moved::to(chat);
        let mut events = Vec::new();
        for (row, owner) in self.events.iter().zip(owners) {
            if owner.is_none_or(|owner| owner < kept) && row.kind != MARKER {
                events.push(moved.event(row)?);
            }
        }
        let last_at = events.last().map_or(0, |row| row.at);
        let turns: Vec<&TurnRow> = self.turns.iter().filter(|turn| moved.has(turn.prompt_seq)).collect();
        let ordinals: std::collections::HashSet<u64> = turns.iter().map(|turn| turn.ordinal).collect();
        events.push(moved.marker(&self.row.id));
        let now = now_ms();
        let mut changes = vec![Change::CreateChat(ChatRow {
            id: chat.as_str().to_owned(),
            title_by_person: if title.is_empty() { TitleSource::Generated } else { TitleSource::Person },
            title,
            preview: if turns.is_empty() { String::new() } else { self.row.preview.clone() },
            scope: self.row.scope.clone(),
            preset: self.row.preset.clone(),
            webui: Origin::WebUi,
            created_at: now,
            updated_at: now,
            last_seq: 0,
            turn_count: 0,
            usage: turns.iter().rev().find_map(|turn| turn.usage.clone()),
        })];
        let name = || chat.as_str().to_owned();
        changes.push(Change::AppendEvents { chat: name(), rows: events });
        changes.extend(turns.iter().map(|turn| {
            let prompt_seq = moved.place(turn.prompt_seq);
            Change::PutTurn(TurnRow { chat: name(), prompt_seq, ..(*turn).clone() })
        }));
        let entries = self.entries.iter().filter(|entry| ordinals.contains(&entry.turn));
        changes.extend(entries.map(|entry| Change::PutEntry(EntryRow { chat: name(), seq: moved.place(entry.seq), ..entry.clone() })));
        let media = self.media.iter().filter(|media| media.created_at <= last_at);
        changes.extend(media.map(|media| Change::PutMedia(MediaRow { chat: name(), ..media.clone() })));
        Ok(Some(changes))
    }

    /// How much text there is.
    fn bytes(&self) -> usize {
        self.events.iter().map(|row| row.payload.len()).sum::<usize>() + self.entries.iter().map(|row| row.body.len()).sum::<usize>()
    }

    /// Prompts before the first whose turn runs or waits.
    fn finished(&self) -> usize {
        let open = self.turns.iter().find(|turn| matches!(turn.state, TurnState::Queued | TurnState::Running));
        let prompts = self.events.iter().filter(|row| row.kind == "user_message");
        prompts.take_while(|row| open.is_none_or(|open| row.seq < open.prompt_seq)).count()
    }
}

/// For each event the index of the prompt it belongs to; none for what came before the first.
fn owners(events: &[EventRow]) -> Result<Vec<Option<usize>>, Error> {
    let mut prompts = 0_usize;
    let mut by_turn: HashMap<&str, usize> = HashMap::new();
    let mut waiting: VecDeque<(Option<&str>, usize)> = VecDeque::new();
    let mut running: Option<usize> = None;
    let mut owners = Vec::with_capacity(events.len());
    for row in events {
        let turn = row.turn.as_deref();
        let newest = prompts.checked_sub(1);
        let owner = match row.kind.as_str() {
            "user_message" => {
                turn.map(|turn| by_turn.insert(turn, prompts));
                waiting.push_back((turn, prompts));
                prompts += 1;
                Some(prompts - 1)
            }
            "goal_status" if begins(row)? => {
                let at = waiting.iter().position(|(waiting, _)| *waiting == turn);
                running = at.and_then(|at| waiting.remove(at)).map(|(_, prompt)| prompt);
                running.or(newest)
            }
            "goal_status" => running.take().or(newest),
            // What is said of no turn belongs to the one that runs, or stands where it came.
            _ => turn.and_then(|turn| by_turn.get(turn).copied()).or(running).or(newest),
        };
        owners.push(owner);
    }
    Ok(owners)
}

fn begins(row: &EventRow) -> Result<bool, Error> {
    match serde_json::from_str(&row.payload) {
        Ok(Event::GoalStatus(status)) => Ok(status.status == GoalWord::Running),
        Ok(_) => Ok(false),
        Err(source) => Err(Error::Unreadable { what: "an event", source }),
    }
}

/// Events on their way into another chat, numbered anew where rows were left out.
pub(crate) struct Moved<'a> {
    chat: &'a ChatId,
    next: u64,
    /// First number of each row that was taken, old and new.
    passed: Vec<(u64, u64)>,
}

impl<'a> Moved<'a> {
    pub(crate) fn to(chat: &'a ChatId) -> Self {
        Self { chat, next: 1, passed: Vec::new() }
    }

    pub(crate) fn event(&mut self, row: &EventRow) -> Result<EventRow, Error> {
        let seq = self.next;
        let payload = moved(row, self.chat, seq).map_err(|source| Error::Unreadable { what: "an event", source })?;
        let last = seq + (row.last - row.seq);
        self.passed.push((row.seq, seq));
        self.next = last + 1;
        Ok(EventRow { chat: self.chat.as_str().to_owned(), seq, last, payload, ..row.clone() })
    }

    /// Where the copy ends and the new chat goes on.
    fn marker(&mut self, source: &str) -> EventRow {
        let seq = self.next;
        self.next += 1;
        let marker = ForkMarker { chat_id: self.chat.clone(), source_chat_id: ChatId::parse(source), seq: Some(seq) };
        EventRow {
            chat: self.chat.as_str().to_owned(),
            seq,
            last: seq,
            turn: None,
            kind: MARKER.to_owned(),
            boundary: PageStart::No,
            payload: Event::ForkMarker(marker).to_json(),
            at: now_ms(),
        }
    }

    fn has(&self, seq: u64) -> bool {
        self.passed.binary_search_by_key(&seq, |(old, _)| *old).is_ok()
    }

    /// The place of what stood at `seq`: that of the row taken there, or after the last one before it.
    pub(crate) fn place(&self, seq: u64) -> u64 {
        match self.passed.binary_search_by_key(&seq, |(old, _)| *old) {
            Ok(at) => self.passed[at].1,
            Err(0) => 1,
            Err(at) => self.passed.get(at).map_or(self.next, |(_, new)| *new),
        }
    }
}

/// The payload as the other chat tells it.
fn moved(row: &EventRow, chat: &ChatId, seq: u64) -> Result<String, serde_json::Error> {
    let text = renamed(&row.payload, &row.chat, chat);
    if row.seq == seq {
        return Ok(text);
    }
    if row.kind == RunKind::Delta.word() || row.kind == RunKind::ReasoningDelta.word() {
        let mut run: Run = serde_json::from_str(&text)?;
        run.whole.seq = Some(seq);
        return serde_json::to_string(&run);
    }
    let mut event: Event = serde_json::from_str(&text)?;
    event.number(seq);
    Ok(event.to_json())
}

/// The text of an event with another chat's id, in its stream's name too. The first such pair is the event's own: the fields before it hold
/// no objects, and in a text the quotes would be escaped.
fn renamed(payload: &str, from: &str, to: &ChatId) -> String {
    let text = payload.replacen(&format!("\"chat_id\":\"{from}\""), &format!("\"chat_id\":\"{to}\""), 1);
    let stream = |chat: &str| format!("\"stream_id\":\"{SESSION_PREFIX}{chat}:");
    text.replacen(&stream(from), &stream(to.as_str()), 1)
}
