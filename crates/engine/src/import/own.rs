//! An export of ours read back: every event is the same byte for byte but for the chat's id, as long as every line is there. What does
//! not fit is left out and what follows numbered anew.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::Path;

use alcove_proto::ChatId;
use alcove_proto::envelope::{Event, table};
use alcove_proto::scope::StoredScope;
use alcove_proto::usage::Usage;
use alcove_store::{Change, ChatRow, EntryRow, EntryState, EventRow, MediaRow, Origin, PageStart, TitleSource, TurnRow, TurnState};
use serde_json::Value;

use super::Report;
use super::lines::{self, Go, Text};
use super::rows::{ImportedChat, TURNS, moment};
use crate::clock::{fresh_chat_id, fresh_uuid, now_ms};
use crate::engine::Engine;
use crate::export::line::{self, ChatLine, EndLine, EntryLine, EventLine, Line, MediaLine, TurnLine};
use crate::fork::Moved;
use crate::media::Attachment;
use crate::run::{Run, RunKind};
use crate::{thread, title};

/// Characters of a name that stands in a file.
const WORD_CHARS: usize = 256;

/// What was read of a file.
#[derive(Default)]
struct Read {
    chat: Option<ChatLine>,
    turns: Vec<TurnLine>,
    entries: Vec<EntryLine>,
    events: Vec<EventLine>,
    /// Files by the names they had.
    files: HashMap<String, (Attachment, i64)>,
    end: Option<EndLine>,
}

pub(super) fn read(engine: &Engine, path: &Path, report: &mut Report) -> io::Result<Option<ImportedChat>> {
    let mut read = Read::default();
    lines::each(path, |text| {
        match text {
            Text::Bad(number, why) => report.skip(format!("line {number}"), why),
            Text::Line(number, text) => {
                if let Err(why) = read.take(engine, &text) {
                    report.skip(format!("line {number}"), why);
                }
            }
        }
        Ok(Go::On)
    })?;
    let Some(chat) = read.chat.take() else {
        report.skip("the file", "its first line, which says what chat it is, cannot be read");
        return Ok(None);
    };
    let there = EndLine {
        turns: read.turns.len() as u64,
        entries: read.entries.len() as u64,
        events: read.events.len() as u64,
        media: read.files.len() as u64,
    };
    match read.end {
        None => report.warn("The file ends before its end; what there is was taken."),
        Some(end) if end != there => report.warn("Parts of the file are missing; what there is was taken."),
        Some(_) => {}
    }
    read.chat_of(engine, chat, report)
}

impl Read {
    fn take(&mut self, engine: &Engine, text: &str) -> Result<(), &'static str> {
        let line: Line = serde_json::from_str(text).map_err(|_| "it is damaged")?;
        match line {
            Line::Chat(chat) if chat.version != line::VERSION => return Err("it was written by another version of Alcove"),
            Line::Chat(_) if self.chat.is_some() => return Err("the file holds one chat only"),
            Line::Chat(chat) => self.chat = Some(*chat),
            Line::Turn(turn) => self.turns.push(turn),
            Line::Entry(entry) => self.entries.push(entry),
            Line::Event(event) => self.events.push(event),
            Line::Media(media) => return self.file(engine, media),
            Line::End(end) => self.end = Some(end),
        }
        Ok(())
    }

    fn file(&mut self, engine: &Engine, line: MediaLine) -> Result<(), &'static str> {
        let Some(base64) = &line.base64 else { return Err("the file was gone when the chat was exported") };
        let kept = engine.media().restore(&line.file, (&line.name, &line.mime), base64)?;
        self.files.insert(line.file, (kept, line.created_at));
        Ok(())
    }

    fn chat_of(self, engine: &Engine, chat: ChatLine, report: &mut Report) -> io::Result<Option<ImportedChat>> {
        let id = fresh_chat_id();
        let files: HashMap<&str, &Attachment> = self.files.iter().map(|(name, (kept, _))| (name.as_str(), kept)).collect();
        let mut events = Events { from: &chat.id, moved: Moved::to(&id), rows: Vec::new(), report };
        for event in self.events {
            events.take(event, |text| engine.media().readdress(text, &files));
        }
        let Events { moved, rows, report, .. } = events;
        let Ok(fold) = thread::fold(&rows) else {
            report.skip("the chat", "its events do not make a thread");
            return Ok(None);
        };
        let (turns, ordinals) = turns(&id, self.turns, &moved, report);
        let mut changes = vec![Change::CreateChat(row(engine, &id, &chat, report))];
        let title = if chat.title.is_empty() { chat.preview } else { title::tidy(&chat.title) };
        changes.push(Change::AppendEvents { chat: id.as_str().to_owned(), rows });
        changes.extend(turns.into_iter().map(Change::PutTurn));
        let mut paths = HashSet::new();
        for entry in self.entries {
            let path = entry.path.clone();
            match self::entry(&id, entry, (&moved, ordinals), &files) {
                Some(row) if paths.insert(row.path.clone()) => changes.push(Change::PutEntry(row)),
                Some(_) | None => report.skip(format!("entry {path}"), "it is damaged"),
            }
        }
        let held: Vec<Attachment> = self.files.values().map(|(kept, _)| kept.clone()).collect();
        changes.extend(self.files.into_values().map(|(kept, at)| {
            let created_at = moment(at).unwrap_or_default();
            Change::PutMedia(MediaRow {
                chat: id.as_str().to_owned(),
                file: kept.file,
                name: kept.name,
                mime: kept.mime,
                bytes: kept.bytes,
                created_at,
            })
        }));
        Ok(Some(ImportedChat { id, title, messages: fold.messages.len(), changes, held }))
    }
}

/// Events on their way into the new chat.
struct Events<'a> {
    from: &'a str,
    moved: Moved<'a>,
    rows: Vec<EventRow>,
    report: &'a mut Report,
}

impl Events<'_> {
    fn take(&mut self, event: EventLine, readdress: impl Fn(&str) -> String) {
        let seq = event.seq;
        let row = EventRow {
            chat: self.from.to_owned(),
            seq,
            last: event.last,
            turn: event.turn,
            kind: event.kind,
            boundary: if event.page_start { PageStart::Yes } else { PageStart::No },
            payload: readdress(event.payload.get()),
            at: moment(event.at).unwrap_or_default(),
        };
        let later = self.rows.last().is_none_or(|last| seq > last.seq);
        match (later && is_event(&row)).then(|| self.moved.event(&row)) {
            Some(Ok(row)) => self.rows.push(row),
            Some(Err(_)) | None => self.report.skip(format!("event {seq}"), "it is damaged"),
        }
    }
}

/// Whether a row is what we would have written ourselves.
fn is_event(row: &EventRow) -> bool {
    let turn = row.turn.as_deref().is_none_or(|turn| alcove_proto::TurnId::parse(turn).is_some());
    let page = row.boundary == PageStart::No || row.kind == "user_message";
    turn && page && row.seq <= row.last && (is_run(row) || is_single(row))
}

fn is_run(row: &EventRow) -> bool {
    let Ok(run) = serde_json::from_str::<Run>(&row.payload) else { return false };
    let cuts: usize = run.cuts.iter().map(|cut| *cut as usize).sum();
    run.kind.word() == row.kind
        && run.whole.chat_id.as_str() == row.chat
        && !run.cuts.is_empty()
        && (run.first(), run.last()) == (row.seq, row.last)
        && cuts == run.whole.text.len()
        && run.pieces_after(0).count() == run.cuts.len()
}

fn is_single(row: &EventRow) -> bool {
    let streamed = [RunKind::Delta.word(), RunKind::ReasoningDelta.word()].contains(&row.kind.as_str());
    let logged = table::EVENTS.iter().any(|known| known.logged && known.name == row.kind);
    let (Ok(event), Ok(fields)) = (serde_json::from_str::<Event>(&row.payload), serde_json::from_str::<Value>(&row.payload)) else {
        return false;
    };
    logged
        && !streamed
        && row.seq == row.last
        && event.kind() == row.kind
        && fields["chat_id"].as_str() == Some(&row.chat)
        && fields["seq"].as_u64() == Some(row.seq)
}

/// The turns, numbered without gaps: a missing one is told to have been cut off. Answers how many there are, too.
fn turns(id: &ChatId, lines: Vec<TurnLine>, moved: &Moved<'_>, report: &mut Report) -> (Vec<TurnRow>, u64) {
    let mut rows: Vec<TurnRow> = Vec::new();
    let mut names = HashSet::new();
    for line in lines {
        let name = line.id.clone();
        let next = rows.len() as u64 + 1;
        let fits = line.ordinal >= next && line.ordinal <= TURNS as u64 && names.insert(name.clone());
        let Some(row) = fits.then(|| turn(id, line, moved)).flatten() else {
            report.skip(format!("turn {name}"), "it is damaged");
            continue;
        };
        while (rows.len() as u64) + 1 < row.ordinal {
            let lost = TurnRow {
                id: fresh_uuid(),
                ordinal: rows.len() as u64 + 1,
                state: TurnState::Interrupted,
                usage: None,
                outcome: None,
                ..row.clone()
            };
            rows.push(lost);
        }
        rows.push(row);
    }
    let count = rows.len() as u64;
    (rows, count)
}

fn turn(id: &ChatId, line: TurnLine, moved: &Moved<'_>) -> Option<TurnRow> {
    use TurnState::{Done, Failed, Interrupted, Queued, Running, Stopped};
    let state = [Queued, Running, Done, Failed, Stopped, Interrupted].into_iter().find(|state| state.as_str() == line.state)?;
    alcove_proto::TurnId::parse(&line.id)?;
    let usage = line.usage.filter(|usage| serde_json::from_str::<Usage>(usage.get()).is_ok());
    Some(TurnRow {
        chat: id.as_str().to_owned(),
        id: line.id,
        ordinal: line.ordinal,
        state,
        prompt_seq: moved.place(line.prompt_seq),
        preset: line.preset.filter(|preset| preset.len() <= WORD_CHARS),
        usage: usage.map(|usage| usage.get().to_owned()),
        outcome: line.outcome,
        created_at: moment(line.created_at)?,
        started_at: line.started_at.and_then(moment),
        ended_at: line.ended_at.and_then(moment),
    })
}

fn entry(id: &ChatId, line: EntryLine, place: (&Moved<'_>, u64), files: &HashMap<&str, &Attachment>) -> Option<EntryRow> {
    use EntryState::{Cancelled, Failed, Proposed, Resolved, Streaming};
    let state = [Proposed, Streaming, Resolved, Failed, Cancelled].into_iter().find(|state| state.as_str() == line.state)?;
    let known = line.path.starts_with("prompt://") || line.path.starts_with("log://");
    if !known || line.path.len() > WORD_CHARS || line.turn == 0 || line.turn > place.1 {
        return None;
    }
    Some(EntryRow {
        chat: id.as_str().to_owned(),
        path: line.path,
        state,
        outcome: line.outcome.filter(|word| word.len() <= WORD_CHARS),
        visibility: line::visibility(&line.visibility)?,
        body: line.body,
        attributes: attributes(line.attributes.get(), files)?,
        turn: line.turn,
        seq: place.0.place(line.seq),
        created_at: moment(line.created_at)?,
        updated_at: moment(line.updated_at)?,
    })
}

/// What an entry says about itself, with the files it names under the names they have here. Files that did not come along are left out:
/// a file must not give a chat what belongs to another one.
fn attributes(text: &str, files: &HashMap<&str, &Attachment>) -> Option<String> {
    let mut fields: Value = serde_json::from_str(text).ok()?;
    let Some(media) = fields.as_object_mut()?.get_mut("media") else { return Some(text.to_owned()) };
    let before = media.clone();
    let items = media.as_array_mut()?;
    items.retain(|item| item["file"].as_str().is_some_and(|file| files.contains_key(file)));
    for item in items {
        let file = item["file"].as_str().and_then(|file| files.get(file)).map(|kept| kept.file.clone());
        item["file"] = file.into();
    }
    Some(if *media == before { text.to_owned() } else { fields.to_string() })
}

fn row(engine: &Engine, id: &ChatId, chat: &ChatLine, report: &mut Report) -> ChatRow {
    let catalog = engine.shared().shelf.current();
    let preset = chat.preset.clone().filter(|name| {
        let known = catalog.preset(name).is_some();
        if !known {
            report.warn("The chat's model preset is not known here; it follows the active one.");
        }
        known
    });
    let title = title::tidy(&chat.title);
    let usage = chat.usage.as_ref().filter(|usage| serde_json::from_str::<Usage>(usage.get()).is_ok());
    ChatRow {
        id: id.as_str().to_owned(),
        title_by_person: line::title_source(&chat.title_source).filter(|_| !title.is_empty()).unwrap_or(TitleSource::Generated),
        title,
        preview: chat.preview.chars().take(WORD_CHARS).collect(),
        scope: scope(engine, chat, report),
        preset,
        webui: if chat.origin == Origin::Plain.as_str() { Origin::Plain } else { Origin::WebUi },
        created_at: moment(chat.created_at).unwrap_or_default(),
        updated_at: now_ms(),
        last_seq: 0,
        turn_count: 0,
        usage: usage.map(|usage| usage.get().to_owned()),
    }
}

/// The scope it had, if a person gave just that to a chat here before; a file gives no rights.
fn scope(engine: &Engine, chat: &ChatLine, report: &mut Report) -> String {
    let shared = engine.shared();
    let default = shared.default_scope();
    let asked: Option<StoredScope> = serde_json::from_str(chat.scope.get()).ok();
    let text = |scope: &StoredScope| serde_json::to_string(scope).expect("a scope holds nothing JSON cannot say");
    let Some(asked) = asked.filter(|asked| *asked != default) else { return text(&default) };
    let wanted = text(&asked);
    let given = shared.store.read(|reader| Ok(reader.chats()?.iter().any(|row| row.scope == wanted)));
    if given.unwrap_or(false) {
        return wanted;
    }
    report.warn("The chat's folder was not chosen here before; it works in the default one.");
    text(&default)
}
