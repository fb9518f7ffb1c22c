//! Output from outside: whoever runs a command for a chat appends to its channels and says how it ended (entries §5). What has ended takes
//! nothing more, and what does not exist is an error.

use alcove_agent::path::{channel, log_to_data};
use alcove_store::{Change, EntryRow, EntryState};
use serde_json::{Map, Value, json};

use super::Refused;
use crate::clock::now_ms;
use crate::engine::Engine;
use crate::error::{commit, read};

/// Bytes of one chunk, and of a channel.
const CHUNK_BYTES: usize = 256 * 1024;
const CHANNEL_BYTES: usize = 8 << 20;
/// Channels of a record that are looked for.
const CHANNELS: u32 = 16;

/// `stream.append`.
pub(super) async fn append(engine: &Engine, payload: &Map<String, Value>) -> Result<Value, Refused> {
    let number = payload.get("channel").and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok());
    let number =
        number.filter(|number| (1..=CHANNELS).contains(number)).ok_or_else(|| Refused::bad(format!("channel must be 1 to {CHANNELS}")))?;
    let chunk = payload.get("chunk").and_then(Value::as_str).ok_or_else(|| Refused::bad("chunk is required"))?;
    if chunk.len() > CHUNK_BYTES {
        return Err(Refused::new(413, format!("a chunk may have {CHUNK_BYTES} bytes")));
    }
    let rows = open(engine, payload).await?;
    let wanted = channel(record(payload)?, number);
    let row = rows.into_iter().find(|row| Some(&row.path) == wanted.as_ref());
    let row = row.ok_or_else(|| Refused::new(404, format!("there is no channel {number} of this command")))?;
    if row.body.len() + chunk.len() > CHANNEL_BYTES {
        return Err(Refused::new(413, format!("a channel may have {CHANNEL_BYTES} bytes")));
    }
    let body = row.body.clone() + chunk;
    commit(&engine.shared().store, vec![Change::PutEntry(EntryRow { body, updated_at: now_ms(), ..row })]).await?;
    Ok(json!({ "status": "ok" }))
}

/// `stream.completed`.
pub(super) async fn completed(engine: &Engine, payload: &Map<String, Value>) -> Result<Value, Refused> {
    let code = payload.get("exit_code").and_then(Value::as_i64).unwrap_or(0);
    let how = if code == 0 { (EntryState::Resolved, None) } else { (EntryState::Failed, Some(format!("exit:{code}"))) };
    close(engine, payload, how).await
}

/// `stream.aborted` and `stream.cancel`.
pub(super) async fn ended(engine: &Engine, payload: &Map<String, Value>, word: &str) -> Result<Value, Refused> {
    let reason = payload.get("reason").and_then(Value::as_str).filter(|reason| !reason.is_empty()).unwrap_or(word);
    close(engine, payload, (EntryState::Cancelled, Some(reason.to_owned()))).await
}

async fn close(engine: &Engine, payload: &Map<String, Value>, how: (EntryState, Option<String>)) -> Result<Value, Refused> {
    let rows = open(engine, payload).await?;
    let count = rows.len();
    let close = |row: EntryRow| Change::PutEntry(EntryRow { state: how.0, outcome: how.1.clone(), updated_at: now_ms(), ..row });
    commit(&engine.shared().store, rows.into_iter().map(close).collect()).await?;
    Ok(json!({ "ok": true, "channels": count }))
}

/// The open channels of a record that nobody here runs.
async fn open(engine: &Engine, payload: &Map<String, Value>) -> Result<Vec<EntryRow>, Refused> {
    let chat = super::acting::chat_of(payload)?;
    let record = record(payload)?;
    if engine.shared().hands.running(&chat).iter().any(|command| command.path == record) {
        return Err(Refused::new(409, "Alcove runs this command itself"));
    }
    let paths: Vec<String> = (1..=CHANNELS).filter_map(|number| channel(record, number)).collect();
    let name = chat.as_str().to_owned();
    let found = read(&engine.shared().store, move |reader| match reader.chat(&name)? {
        Some(_) => paths.iter().map(|path| reader.entry(&name, path)).collect::<Result<Vec<_>, _>>(),
        None => Ok(Vec::new()),
    });
    let rows: Vec<EntryRow> = found.await?.into_iter().flatten().collect();
    if rows.is_empty() {
        return Err(Refused::new(404, "there is no such command"));
    }
    let open: Vec<EntryRow> = rows.into_iter().filter(|row| row.state == EntryState::Streaming).collect();
    if open.is_empty() { Err(Refused::new(409, "this command has ended")) } else { Ok(open) }
}

fn record(payload: &Map<String, Value>) -> Result<&str, Refused> {
    let path = payload.get("path").and_then(Value::as_str).unwrap_or_default();
    log_to_data(path).map(|_| path).ok_or_else(|| Refused::bad("path must be log://turn_N/ACTION/NAME"))
}
