//! Output from outside: whoever runs a command for a chat appends to its channels and says how it ended (entries §5). What has ended takes
//! nothing more, and what does not exist is an error.

use alcove_agent::path::{channel, log_to_data};
use alcove_proto::envelope::{CommandEnded, Event};
use alcove_proto::{ChatId, TurnId};
use alcove_store::{Change, EntryRow, EntryState};
use serde_json::{Map, Value, json};

use super::Refused;
use crate::chat::ended_record;
use crate::clock::now_ms;
use crate::engine::Engine;
use crate::error::{Error, commit, read};

/// Bytes of one chunk, and of a channel.
const CHUNK_BYTES: usize = 256 * 1024;
const CHANNEL_BYTES: usize = 8 << 20;
/// Channels of a record that are looked for.
const CHANNELS: u32 = 16;
/// Bytes of a reason or a duration.
const WORDS_BYTES: usize = 1024;

/// A command that runs outside: its record, and its channels that are open.
struct Outside {
    chat: ChatId,
    record: Option<EntryRow>,
    path: String,
    channels: Vec<EntryRow>,
}

/// How such a command ended.
struct End {
    state: EntryState,
    outcome: Option<String>,
    exit_code: Option<i32>,
    /// In words.
    how: String,
    /// How long it ran, in the words of who ran it.
    took: Option<String>,
}

/// `stream.append`.
pub(super) async fn append(engine: &Engine, payload: &Map<String, Value>) -> Result<Value, Refused> {
    let number = payload.get("channel").and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok());
    let number =
        number.filter(|number| (1..=CHANNELS).contains(number)).ok_or_else(|| Refused::bad(format!("channel must be 1 to {CHANNELS}")))?;
    let chunk = payload.get("chunk").and_then(Value::as_str).ok_or_else(|| Refused::bad("chunk is required"))?;
    if chunk.len() > CHUNK_BYTES {
        return Err(Refused::new(413, format!("a chunk may have {CHUNK_BYTES} bytes")));
    }
    let Outside { chat, path, channels, .. } = open(engine, payload).await?;
    let wanted = channel(&path, number);
    let row = channels.into_iter().find(|row| Some(&row.path) == wanted.as_ref());
    let row = row.ok_or_else(|| Refused::new(404, format!("there is no channel {number} of this command")))?;
    let full = || Refused::new(413, format!("a channel may have {CHANNEL_BYTES} bytes"));
    if row.body.len() + chunk.len() > CHANNEL_BYTES {
        return Err(full());
    }
    let (chat, text, at) = (chat.as_str().to_owned(), chunk.to_owned(), now_ms());
    let added = commit(&engine.shared().store, vec![Change::ExtendEntry { chat, path: row.path, text, most: CHANNEL_BYTES, at }]).await;
    if let Err(Error::Store(alcove_store::Error::Final { .. })) = added {
        // Somebody else ended or filled it since it was looked at.
        open(engine, payload).await?;
        return Err(full());
    }
    added?;
    Ok(json!({ "status": "ok" }))
}

/// `stream.completed`.
pub(super) async fn completed(engine: &Engine, payload: &Map<String, Value>) -> Result<Value, Refused> {
    let code = match payload.get("exit_code") {
        None | Some(Value::Null) => 0,
        Some(code) => {
            code.as_i64().and_then(|code| i32::try_from(code).ok()).ok_or_else(|| Refused::bad("exit_code must be a whole number"))?
        }
    };
    let (state, outcome) = if code == 0 { (EntryState::Resolved, None) } else { (EntryState::Failed, Some(format!("exit:{code}"))) };
    close(
        engine,
        payload,
        End { state, outcome, exit_code: Some(code), how: format!("exit code {code}"), took: text(payload, "duration")? },
    )
    .await
}

/// `stream.aborted` and `stream.cancel`. The chat is told either way, so that whoever runs it hears that it is to end.
pub(super) async fn ended(engine: &Engine, payload: &Map<String, Value>, word: &str) -> Result<Value, Refused> {
    let reason = text(payload, "reason")?.unwrap_or_else(|| word.to_owned());
    let (state, how, took) = (EntryState::Cancelled, reason.clone(), text(payload, "duration")?);
    close(engine, payload, End { state, outcome: Some(reason), exit_code: None, how, took }).await
}

/// A text that need not be there.
fn text(payload: &Map<String, Value>, key: &str) -> Result<Option<String>, Refused> {
    match payload.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.len() <= WORDS_BYTES => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
        Some(_) => Err(Refused::bad(format!("{key} must be a text of at most {WORDS_BYTES} bytes"))),
    }
}

async fn close(engine: &Engine, payload: &Map<String, Value>, end: End) -> Result<Value, Refused> {
    let outside = open(engine, payload).await?;
    let (chat, at) = (outside.chat.as_str(), now_ms());
    let close = |row: &EntryRow| Change::EndEntry {
        chat: chat.to_owned(),
        path: row.path.clone(),
        state: end.state,
        outcome: end.outcome.clone(),
        at,
    };
    let mut changes: Vec<Change> = outside.channels.iter().map(close).collect();
    let event = outside.told(&end, at);
    changes.extend(outside.record.as_ref().map(|record| {
        let known = EntryRow { updated_at: at, ..ended_record(record, &event, outside.summary(record, &end)) };
        let open = record.state == EntryState::Streaming;
        Change::PutEntry(if open { EntryRow { state: end.state, outcome: end.outcome.clone(), ..known } } else { known })
    }));
    let closed = commit(&engine.shared().store, changes).await;
    if let Err(Error::Store(alcove_store::Error::Final { .. })) = closed {
        return Err(over());
    }
    closed?;
    // It is kept by now; a chat that can tell nothing any more is read anew by its clients.
    let _told = engine.chat(&outside.chat).await?.tell(Event::CommandEnded(event)).await;
    Ok(json!({ "ok": true, "channels": outside.channels.len() }))
}

impl Outside {
    /// What clients are told of the end.
    fn told(&self, end: &End, at: i64) -> CommandEnded {
        let attributes: Map<String, Value> =
            self.record.as_ref().and_then(|record| serde_json::from_str(&record.attributes).ok()).unwrap_or_default();
        let word = |key: &str| attributes.get(key).and_then(Value::as_str);
        CommandEnded {
            chat_id: self.chat.clone(),
            path: self.path.clone(),
            call_id: word("call").unwrap_or_default().to_owned(),
            status: if end.exit_code.is_some() { 200 } else { 499 },
            how: end.how.clone(),
            exit_code: end.exit_code,
            duration_ms: None,
            turn_id: word("turn_id").and_then(TurnId::parse),
            created_at_ms: Some(at),
            seq: None,
        }
    }

    /// The text of a record whose command has ended: the command, how it ended, and how much it put out.
    fn summary(&self, record: &EntryRow, end: &End) -> String {
        let attributes: Value = serde_json::from_str(&record.attributes).unwrap_or_default();
        let command = attributes["arguments"]["command"].as_str().map(|command| format!("{command}\n")).unwrap_or_default();
        let took = end.took.as_ref().map(|took| format!(", {took}")).unwrap_or_default();
        let sizes: String = self.channels.iter().map(|row| format!("\n[{}: {} bytes]", row.path, row.body.len())).collect();
        format!("{command}[{}{took}]{sizes}", end.how)
    }
}

/// The open channels of a record that nobody here runs.
async fn open(engine: &Engine, payload: &Map<String, Value>) -> Result<Outside, Refused> {
    let chat = super::acting::chat_of(payload)?;
    let path = record(payload)?.to_owned();
    if engine.shared().hands.running(&chat).iter().any(|command| command.path == path) {
        return Err(Refused::new(409, "Alcove runs this command itself"));
    }
    let paths: Vec<String> = (1..=CHANNELS).filter_map(|number| channel(&path, number)).collect();
    let (name, record) = (chat.as_str().to_owned(), path.clone());
    let found = read(&engine.shared().store, move |reader| match reader.chat(&name)? {
        Some(_) => {
            let channels = paths.iter().map(|path| reader.entry(&name, path)).collect::<Result<Vec<_>, _>>()?;
            Ok((channels, reader.entry(&name, &record)?))
        }
        None => Ok((Vec::new(), None)),
    });
    let (channels, record) = found.await?;
    let channels: Vec<EntryRow> = channels.into_iter().flatten().collect();
    if channels.is_empty() {
        return Err(Refused::new(404, "there is no such command"));
    }
    let channels: Vec<EntryRow> = channels.into_iter().filter(|row| row.state == EntryState::Streaming).collect();
    if channels.is_empty() { Err(over()) } else { Ok(Outside { chat, record, path, channels }) }
}

fn over() -> Refused {
    Refused::new(409, "this command has ended")
}

fn record(payload: &Map<String, Value>) -> Result<&str, Refused> {
    let path = payload.get("path").and_then(Value::as_str).unwrap_or_default();
    log_to_data(path).map(|_| path).ok_or_else(|| Refused::bad("path must be log://turn_N/ACTION/NAME"))
}
