//! Chats: one row each, with what a list of chats shows. Its `no` stands for the chat's id in the other tables.

use rusqlite::{Connection, Row, ToSql, params};

use super::{execute, first, rows};
use crate::Error;
use crate::word::word;

pub(crate) const V1: &str = "
CREATE TABLE chats (
    no           INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    title        TEXT NOT NULL,
    title_source TEXT NOT NULL CHECK (title_source IN ('generated', 'person')),
    preview      TEXT NOT NULL,
    scope        TEXT NOT NULL,
    preset       TEXT,
    origin       TEXT NOT NULL CHECK (origin IN ('webui', 'plain')),
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    last_seq     INTEGER NOT NULL,
    turn_count   INTEGER NOT NULL,
    usage        TEXT
) STRICT;
CREATE INDEX chats_by_update ON chats (updated_at, id);
";

/// Who gave a chat its title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TitleSource {
    /// Made from the conversation; gives way to a person's.
    Generated,
    /// A person; a generated one never replaces it.
    Person,
}
word!(TitleSource { Generated = "generated", Person = "person" });

/// Which kind of client opened a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The web interface.
    WebUi,
    /// Any other client.
    Plain,
}
word!(Origin { WebUi = "webui", Plain = "plain" });

/// One chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatRow {
    /// The chat's id.
    pub id: String,
    /// Its title; may be empty.
    pub title: String,
    /// Who gave it.
    pub title_by_person: TitleSource,
    /// A line of its newest content; may be empty.
    pub preview: String,
    /// Where it works and how far it may go: JSON text, may be `null`.
    pub scope: String,
    /// The model preset chosen for this chat.
    pub preset: Option<String>,
    /// Which kind of client opened it.
    pub webui: Origin,
    /// When it was made, in milliseconds since the epoch.
    pub created_at: i64,
    /// When something last happened in it, in milliseconds since the epoch.
    pub updated_at: i64,
    /// The number of its newest event, 0 before the first. Kept by the store: a new chat starts at 0 whatever stands here.
    pub last_seq: u64,
    /// How many turns it has. Kept by the store: a new chat starts at 0 whatever stands here.
    pub turn_count: u64,
    /// What it used: JSON text.
    pub usage: Option<String>,
}

impl ChatRow {
    /// A chat nothing has happened in yet, made at `at` (milliseconds since the epoch), without a title, a scope and a preset of its own.
    pub fn new(id: &str, webui: Origin, at: i64) -> Self {
        Self {
            id: id.to_owned(),
            title: String::new(),
            title_by_person: TitleSource::Generated,
            preview: String::new(),
            scope: "null".to_owned(),
            preset: None,
            webui,
            created_at: at,
            updated_at: at,
            last_seq: 0,
            turn_count: 0,
            usage: None,
        }
    }
}

/// A chat's number and that of its newest event.
pub(crate) struct Place {
    pub(crate) no: i64,
    pub(crate) last_seq: u64,
}

pub(crate) fn create(db: &Connection, row: &ChatRow) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO chats (id, title, title_source, preview, scope, preset, origin, created_at, updated_at,
            last_seq, turn_count, usage)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, 0, ?10) ON CONFLICT (id) DO NOTHING";
    let values = params![
        row.id,
        row.title,
        row.title_by_person,
        row.preview,
        row.scope,
        row.preset,
        row.webui,
        row.created_at,
        row.updated_at,
        row.usage
    ];
    match execute(db, "create a chat", SQL, values)? {
        0 => Err(Error::ChatExists { chat: row.id.clone() }),
        _ => Ok(()),
    }
}

/// A person's title is replaced by a person's only.
pub(crate) fn set_title(db: &Connection, chat: &str, title: &str, source: TitleSource) -> Result<(), Error> {
    const SQL: &str = "UPDATE chats SET
            title = CASE WHEN title_source = 'person' AND ?3 = 'generated' THEN title ELSE ?2 END,
            title_source = CASE WHEN title_source = 'person' THEN 'person' ELSE ?3 END
        WHERE id = ?1";
    one(chat, execute(db, "set a chat's title", SQL, params![chat, title, source])?)
}

pub(crate) fn set_preview(db: &Connection, chat: &str, preview: &str) -> Result<(), Error> {
    set(db, "UPDATE chats SET preview = ?2 WHERE id = ?1", chat, preview)
}

pub(crate) fn set_scope(db: &Connection, chat: &str, scope: &str) -> Result<(), Error> {
    set(db, "UPDATE chats SET scope = ?2 WHERE id = ?1", chat, scope)
}

pub(crate) fn set_preset(db: &Connection, chat: &str, preset: Option<&str>) -> Result<(), Error> {
    set(db, "UPDATE chats SET preset = ?2 WHERE id = ?1", chat, preset)
}

pub(crate) fn set_usage(db: &Connection, chat: &str, usage: &str) -> Result<(), Error> {
    set(db, "UPDATE chats SET usage = ?2 WHERE id = ?1", chat, usage)
}

pub(crate) fn touch(db: &Connection, chat: &str, at: i64) -> Result<(), Error> {
    set(db, "UPDATE chats SET updated_at = ?2 WHERE id = ?1", chat, at)
}

/// Deletes a chat with its events, entries and turns; one that is not there is no error.
pub(crate) fn delete(db: &Connection, chat: &str) -> Result<(), Error> {
    execute(db, "delete a chat", "DELETE FROM chats WHERE id = ?1", params![chat])?;
    Ok(())
}

pub(crate) fn set_last_seq(db: &Connection, no: i64, last_seq: u64) -> Result<(), Error> {
    execute(db, "number an event", "UPDATE chats SET last_seq = ?2 WHERE no = ?1", params![no, last_seq])?;
    Ok(())
}

pub(crate) fn add_turn(db: &Connection, no: i64) -> Result<(), Error> {
    execute(db, "count a turn", "UPDATE chats SET turn_count = turn_count + 1 WHERE no = ?1", params![no])?;
    Ok(())
}

/// Where a chat stands, or [`Error::NoChat`].
pub(crate) fn place(db: &Connection, chat: &str) -> Result<Place, Error> {
    let sql = "SELECT no, last_seq FROM chats WHERE id = ?1";
    let found = first(db, "find a chat", sql, params![chat], |row| Ok(Place { no: row.get(0)?, last_seq: row.get(1)? }))?;
    found.ok_or_else(|| Error::NoChat { chat: chat.to_owned() })
}

const NEWEST: &str = "SELECT id, title, title_source, preview, scope, preset, origin, created_at, updated_at, last_seq,
        turn_count, usage
    FROM chats ORDER BY updated_at DESC, id DESC";

pub(crate) fn all(db: &Connection) -> Result<Vec<ChatRow>, Error> {
    rows(db, "list the chats", NEWEST, [], from_row)
}

pub(crate) fn newest(db: &Connection, limit: u32) -> Result<Vec<ChatRow>, Error> {
    rows(db, "list chats", &format!("{NEWEST} LIMIT ?1"), params![limit], from_row)
}

/// What follows the chat `id` that was last updated at `updated_at`.
pub(crate) fn older(db: &Connection, limit: u32, updated_at: i64, id: &str) -> Result<Vec<ChatRow>, Error> {
    const SQL: &str = "SELECT id, title, title_source, preview, scope, preset, origin, created_at, updated_at, last_seq,
            turn_count, usage
        FROM chats WHERE (updated_at, id) < (?2, ?3) ORDER BY updated_at DESC, id DESC LIMIT ?1";
    rows(db, "list older chats", SQL, params![limit, updated_at, id], from_row)
}

pub(crate) fn get(db: &Connection, chat: &str) -> Result<Option<ChatRow>, Error> {
    const SQL: &str = "SELECT id, title, title_source, preview, scope, preset, origin, created_at, updated_at, last_seq,
            turn_count, usage
        FROM chats WHERE id = ?1";
    first(db, "read a chat", SQL, params![chat], from_row)
}

fn set(db: &Connection, sql: &str, chat: &str, value: impl ToSql) -> Result<(), Error> {
    one(chat, execute(db, "change a chat", sql, params![chat, value])?)
}

fn one(chat: &str, changed: usize) -> Result<(), Error> {
    match changed {
        0 => Err(Error::NoChat { chat: chat.to_owned() }),
        _ => Ok(()),
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<ChatRow> {
    Ok(ChatRow {
        id: row.get(0)?,
        title: row.get(1)?,
        title_by_person: row.get(2)?,
        preview: row.get(3)?,
        scope: row.get(4)?,
        preset: row.get(5)?,
        webui: row.get(6)?,
        created_at: row.get(7)?,
        updated_at: row.get(8)?,
        last_seq: row.get(9)?,
        turn_count: row.get(10)?,
        usage: row.get(11)?,
    })
}
