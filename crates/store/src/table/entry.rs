//! Entries: what the model can be shown. State and visibility are separate; a terminal state is final.

use rusqlite::{Connection, Row, params};

use super::{chat, execute, first, rows};
use crate::Error;
use crate::word::word;

pub(crate) const V1: &str = "
CREATE TABLE entries (
    chat       INTEGER NOT NULL REFERENCES chats (no) ON DELETE CASCADE,
    path       TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('proposed', 'streaming', 'resolved', 'failed', 'cancelled')),
    outcome    TEXT,
    visibility TEXT NOT NULL CHECK (visibility IN ('visible', 'summarized', 'archived')),
    body       TEXT NOT NULL,
    attributes TEXT NOT NULL,
    turn       INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (chat, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX entries_in_order ON entries (chat, seq);
";

/// Few entries are unfinished, and they are asked for across all chats.
pub(crate) const V2: &str = "
CREATE INDEX entries_unfinished ON entries (state) WHERE state IN ('proposed', 'streaming');
";

/// How far an entry is. The last three are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryState {
    /// Waits for a person.
    Proposed,
    /// Is being made.
    Streaming,
    /// Done.
    Resolved,
    /// Ended by an error.
    Failed,
    /// Ended by a person or by the end of its turn.
    Cancelled,
}
word!(EntryState {
    Proposed = "proposed",
    Streaming = "streaming",
    Resolved = "resolved",
    Failed = "failed",
    Cancelled = "cancelled",
});

/// How the model is shown an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// In full.
    Visible,
    /// As a summary.
    Summarized,
    /// Not at all.
    Archived,
}
word!(Visibility { Visible = "visible", Summarized = "summarized", Archived = "archived" });

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// The chat's id.
    pub chat: String,
    /// Its path, unique in the chat.
    pub path: String,
    /// How far it is.
    pub state: EntryState,
    /// How it ended; the engine's word.
    pub outcome: Option<String>,
    /// How the model is shown it.
    pub visibility: Visibility,
    /// Its text.
    pub body: String,
    /// More about it: JSON text.
    pub attributes: String,
    /// The ordinal of its turn.
    pub turn: u64,
    /// Its place in the order of the chat's entries.
    pub seq: u64,
    /// When it was made, in milliseconds since the epoch.
    pub created_at: i64,
    /// When it last changed, in milliseconds since the epoch.
    pub updated_at: i64,
}

/// Makes or replaces an entry; one in a terminal state may change everything but that ([`Error::Final`]).
pub(crate) fn put(db: &Connection, row: &EntryRow) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO entries (chat, path, state, outcome, visibility, body, attributes, turn, seq,
            created_at, updated_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        ON CONFLICT (chat, path) DO UPDATE SET
            state = excluded.state, outcome = excluded.outcome, visibility = excluded.visibility, body = excluded.body,
            attributes = excluded.attributes, turn = excluded.turn, seq = excluded.seq,
            created_at = excluded.created_at, updated_at = excluded.updated_at
        WHERE state IN ('proposed', 'streaming') OR state = excluded.state";
    let values = params![
        chat::place(db, &row.chat)?.no,
        row.path,
        row.state,
        row.outcome,
        row.visibility,
        row.body,
        row.attributes,
        row.turn,
        row.seq,
        row.created_at,
        row.updated_at
    ];
    taken(execute(db, "save an entry", SQL, values)?, (&row.chat, &row.path))
}

/// Adds to the text of an entry that is being made.
pub(crate) fn extend(db: &Connection, (chat, path): (&str, &str), text: &str, (most, at): (usize, i64)) -> Result<(), Error> {
    const SQL: &str = "UPDATE entries SET body = body || ?3, updated_at = ?5
        WHERE chat = ?1 AND path = ?2 AND state = 'streaming' AND octet_length(body) + octet_length(?3) <= ?4";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let changed = execute(db, "add to an entry", SQL, params![chat::place(db, chat)?.no, path, text, most, at])?;
    taken(changed, (chat, path))
}

/// Ends an entry that has not ended.
pub(crate) fn end(db: &Connection, (chat, path): (&str, &str), how: (EntryState, Option<&str>), at: i64) -> Result<(), Error> {
    const SQL: &str = "UPDATE entries SET state = ?3, outcome = ?4, updated_at = ?5
        WHERE chat = ?1 AND path = ?2 AND state IN ('proposed', 'streaming')";
    let changed = execute(db, "end an entry", SQL, params![chat::place(db, chat)?.no, path, how.0, how.1, at])?;
    taken(changed, (chat, path))
}

fn taken(changed: usize, (chat, path): (&str, &str)) -> Result<(), Error> {
    if changed == 0 { Err(Error::Final { chat: chat.to_owned(), path: path.to_owned() }) } else { Ok(()) }
}

/// Removes an entry; one that is not there is gone already.
pub(crate) fn remove(db: &Connection, chat: &str, path: &str) -> Result<(), Error> {
    const SQL: &str = "DELETE FROM entries WHERE chat = ?1 AND path = ?2";
    execute(db, "remove an entry", SQL, params![chat::place(db, chat)?.no, path])?;
    Ok(())
}

/// The states are written as in the index, which is used only so.
const UNFINISHED: &str =
    "SELECT chats.id, path, state, outcome, visibility, body, attributes, turn, seq, entries.created_at, entries.updated_at
    FROM entries JOIN chats ON chats.no = entries.chat WHERE state IN ('proposed', 'streaming') ORDER BY entries.chat, seq, path";

/// Entries of all chats that are in one of the states that are not final.
pub(crate) fn unfinished(db: &Connection) -> Result<Vec<EntryRow>, Error> {
    let row = |row: &Row<'_>| {
        Ok(EntryRow {
            chat: row.get(0)?,
            path: row.get(1)?,
            state: row.get(2)?,
            outcome: row.get(3)?,
            visibility: row.get(4)?,
            body: row.get(5)?,
            attributes: row.get(6)?,
            turn: row.get(7)?,
            seq: row.get(8)?,
            created_at: row.get(9)?,
            updated_at: row.get(10)?,
        })
    };
    rows(db, "read unfinished entries", UNFINISHED, params![], row)
}

/// A chat's entries in their order.
pub(crate) fn of_chat(db: &Connection, chat: &str) -> Result<Vec<EntryRow>, Error> {
    const SQL: &str = "SELECT path, state, outcome, visibility, body, attributes, turn, seq, created_at, updated_at
        FROM entries WHERE chat = ?1 ORDER BY seq, path";
    let no = chat::place(db, chat)?.no;
    rows(db, "read entries", SQL, params![no], |row| from_row(chat, row))
}

/// A chat's entries the model is shown in full, up to this turn, in their order. Those it is not shown are not read.
pub(crate) fn visible(db: &Connection, chat: &str, turn: u64) -> Result<Vec<EntryRow>, Error> {
    const SQL: &str = "SELECT path, state, outcome, visibility, body, attributes, turn, seq, created_at, updated_at
        FROM entries WHERE chat = ?1 AND visibility = 'visible' AND turn <= ?2 ORDER BY turn, seq, path";
    let no = chat::place(db, chat)?.no;
    // A turn has no such number; SQLite's numbers end there.
    let turn = i64::try_from(turn).unwrap_or(i64::MAX);
    rows(db, "read entries", SQL, params![no, turn], |row| from_row(chat, row))
}

pub(crate) fn get(db: &Connection, chat: &str, path: &str) -> Result<Option<EntryRow>, Error> {
    const SQL: &str = "SELECT path, state, outcome, visibility, body, attributes, turn, seq, created_at, updated_at
        FROM entries WHERE chat = ?1 AND path = ?2";
    let no = chat::place(db, chat)?.no;
    first(db, "read an entry", SQL, params![no, path], |row| from_row(chat, row))
}

fn from_row(chat: &str, row: &Row<'_>) -> rusqlite::Result<EntryRow> {
    Ok(EntryRow {
        chat: chat.to_owned(),
        path: row.get(0)?,
        state: row.get(1)?,
        outcome: row.get(2)?,
        visibility: row.get(3)?,
        body: row.get(4)?,
        attributes: row.get(5)?,
        turn: row.get(6)?,
        seq: row.get(7)?,
        created_at: row.get(8)?,
        updated_at: row.get(9)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DATABASE, Store, connection};

    #[test]
    fn unfinished_entries_are_found_without_looking_at_the_others() {
        let dir = tempfile::tempdir().unwrap();
        drop(Store::open(dir.path()).unwrap());
        let db = connection::reader(&dir.path().join(DATABASE)).unwrap();
        let mut statement = db.prepare(&format!("EXPLAIN QUERY PLAN {UNFINISHED}")).unwrap();
        let plan: Vec<String> = statement.query_map([], |row| row.get(3)).unwrap().collect::<Result<_, _>>().unwrap();
        assert!(plan.iter().any(|step| step.contains("entries_unfinished")), "{plan:?}");
        assert!(!plan.iter().any(|step| step.starts_with("SCAN")), "{plan:?}");
    }
}
