//! Databases full of chats. One real turn is had through the gateway, and its rows are repeated through the store's own interface, so
//! that a fixture is whatever the gateway writes today.

use std::net::SocketAddr;
use std::path::Path;

use alcove_store::{Change, ChatRow, EntryRow, EventRow, Store, TurnRow};
use serde_json::Value;

use crate::door::{new_chat, prompt};
use crate::error::Error;
use crate::gateway::Gateway;
use crate::model::Script;
use crate::socket::Deflate;

/// Changes in one batch.
const BATCH: usize = 2_000;

/// A chat with one turn, as the gateway left it.
pub(crate) struct Mould {
    chat: ChatRow,
    events: Vec<EventRow>,
    entries: Vec<EntryRow>,
    turn: TurnRow,
}

/// The chat of a number.
pub(crate) fn chat_id(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

/// Has one real turn of so many streamed events in a new data folder, with the scripted model chosen.
pub(crate) fn cast(data: &Path, model: SocketAddr, pieces: u32) -> Result<Mould, Error> {
    let gateway = Gateway::start_scripted(data, model)?;
    let mut socket = gateway.door.connect(Deflate::Unknown)?;
    let chat = new_chat(&mut socket)?;
    // Slow enough that each chunk is read, and told, by itself.
    prompt(&mut socket, &chat, Script { chunks: pieces, rate: 500, size: 6, stamp: false }, 1)?;
    let turn = loop {
        let frame = socket.until("turn_end")?;
        if let Some(turn) = frame["turn_id"].as_str() {
            break turn.to_owned();
        }
    };
    // The turn's last event follows its end.
    socket.until("goal_status")?;
    gateway.process.end();
    let store = Store::open(data)?;
    let mould = store.read(|reader| {
        let chat_row = reader.chat(&chat)?;
        let turns = reader.events(&chat, 0, 1000)?;
        let stored = turns.iter().find_map(|row| row.turn.clone()).unwrap_or(turn);
        Ok((chat_row, turns, reader.entries(&chat)?, reader.turn(&chat, &stored)?))
    })?;
    store.write_wait(vec![Change::DeleteChat { chat }])?;
    match mould {
        (Some(chat), events, entries, Some(turn)) => Ok(Mould { chat, events, entries, turn }),
        (..) => Err(Error::broken("the turn that was had is not in the store")),
    }
}

impl Mould {
    /// Events of one turn.
    pub(crate) fn events(&self) -> u64 {
        self.events.last().map_or(0, |row| row.last)
    }

    /// Writes `chats` chats of `turns` turns each.
    pub(crate) fn fill(&self, data: &Path, chats: u32, turns: u32) -> Result<(), Error> {
        let store = Store::open(data)?;
        let mut batch = Vec::new();
        for number in 0..chats {
            let id = chat_id(number);
            let title = format!("Chat {number}");
            batch.push(Change::CreateChat(ChatRow {
                id: id.clone(),
                title,
                created_at: 1,
                updated_at: i64::from(number),
                ..self.chat.clone()
            }));
            for turn in 0..turns {
                self.turn(&id, turn, &mut batch);
                if batch.len() >= BATCH {
                    store.write_wait(std::mem::take(&mut batch))?;
                }
            }
        }
        store.write_wait(batch)?;
        Ok(())
    }

    fn turn(&self, chat: &str, number: u32, batch: &mut Vec<Change>) {
        let shift = self.events() * u64::from(number);
        let turn = format!("turn-{number}");
        for row in &self.events {
            let payload: Value = serde_json::from_str(&row.payload).unwrap_or_default();
            batch.push(Change::AppendEvent(EventRow {
                chat: chat.to_owned(),
                seq: row.seq + shift,
                last: row.last + shift,
                turn: row.turn.as_ref().map(|_| turn.clone()),
                payload: moved(payload, chat, &turn, shift).to_string(),
                ..row.clone()
            }));
        }
        batch.push(Change::PutTurn(TurnRow {
            chat: chat.to_owned(),
            id: turn,
            ordinal: u64::from(number) + 1,
            prompt_seq: self.turn.prompt_seq + shift,
            ..self.turn.clone()
        }));
        for entry in &self.entries {
            batch.push(Change::PutEntry(EntryRow {
                chat: chat.to_owned(),
                path: path(&entry.path, number + 1),
                turn: u64::from(number) + 1,
                seq: entry.seq + shift,
                ..entry.clone()
            }));
        }
    }
}

/// An entry's path in another turn than the first.
fn path(of_first: &str, ordinal: u32) -> String {
    match of_first {
        "prompt://1" => format!("prompt://{ordinal}"),
        other => other.replace("://turn_1/", &format!("://turn_{ordinal}/")),
    }
}

/// An event's JSON in another chat and turn, so many numbers later.
fn moved(value: Value, chat: &str, turn: &str, shift: u64) -> Value {
    let Value::Object(fields) = value else { return value };
    let fields = fields.into_iter().map(|(name, value)| {
        let value = match (name.as_str(), &value) {
            ("chat_id", Value::String(_)) => chat.into(),
            ("turn_id", Value::String(_)) => turn.into(),
            ("stream_id", Value::String(_)) => format!("websocket:{chat}:{turn}:0").into(),
            ("seq", Value::Number(number)) => number.as_u64().map_or(Value::Null, |number| (number + shift).into()),
            ("whole", Value::Object(_)) => moved(value, chat, turn, shift),
            _ => value,
        };
        (name, value)
    });
    Value::Object(fields.collect())
}
