//! Turns: one prompt and how its answering went.

use rusqlite::{Connection, Row, params};

use super::{chat, execute, first, rows};
use crate::Error;
use crate::word::word;

pub(crate) const V1: &str = "
CREATE TABLE turns (
    chat       INTEGER NOT NULL REFERENCES chats (no) ON DELETE CASCADE,
    id         TEXT NOT NULL,
    ordinal    INTEGER NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'stopped', 'interrupted')),
    prompt_seq INTEGER NOT NULL,
    preset     TEXT,
    usage      TEXT,
    outcome    TEXT,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at   INTEGER,
    PRIMARY KEY (chat, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX turns_unfinished ON turns (chat, ordinal) WHERE state IN ('queued', 'running');
";

/// How far a turn is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnState {
    /// Waits for the turn before it.
    Queued,
    /// Is being answered.
    Running,
    /// Answered.
    Done,
    /// Ended by an error.
    Failed,
    /// Ended by a person.
    Stopped,
    /// Cut by the end of the process.
    Interrupted,
}
word!(TurnState {
    Queued = "queued",
    Running = "running",
    Done = "done",
    Failed = "failed",
    Stopped = "stopped",
    Interrupted = "interrupted",
});

/// One turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnRow {
    /// The chat's id.
    pub chat: String,
    /// The turn's id, unique in the chat.
    pub id: String,
    /// Its place in the order of the chat's turns.
    pub ordinal: u64,
    /// How far it is.
    pub state: TurnState,
    /// The number of the event that holds its prompt.
    pub prompt_seq: u64,
    /// The model preset that answered.
    pub preset: Option<String>,
    /// What it used: JSON text.
    pub usage: Option<String>,
    /// How it ended; the engine's word.
    pub outcome: Option<String>,
    /// When the prompt came, in milliseconds since the epoch.
    pub created_at: i64,
    /// When answering began, in milliseconds since the epoch.
    pub started_at: Option<i64>,
    /// When it ended, in milliseconds since the epoch.
    pub ended_at: Option<i64>,
}

/// Makes or replaces a turn; a new one is counted in its chat.
pub(crate) fn put(db: &Connection, row: &TurnRow) -> Result<(), Error> {
    let no = chat::place(db, &row.chat)?.no;
    const CHANGE: &str = "UPDATE turns SET ordinal = ?3, state = ?4, prompt_seq = ?5, preset = ?6, usage = ?7, outcome = ?8,
            created_at = ?9, started_at = ?10, ended_at = ?11
        WHERE chat = ?1 AND id = ?2";
    const MAKE: &str = "INSERT INTO turns (chat, id, ordinal, state, prompt_seq, preset, usage, outcome,
            created_at, started_at, ended_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    let values = params![
        no,
        row.id,
        row.ordinal,
        row.state,
        row.prompt_seq,
        row.preset,
        row.usage,
        row.outcome,
        row.created_at,
        row.started_at,
        row.ended_at
    ];
    if execute(db, "change a turn", CHANGE, values)? > 0 {
        return Ok(());
    }
    execute(db, "save a turn", MAKE, values)?;
    chat::add_turn(db, no)
}

pub(crate) fn get(db: &Connection, chat: &str, id: &str) -> Result<Option<TurnRow>, Error> {
    const SQL: &str = "SELECT c.id, t.id, t.ordinal, t.state, t.prompt_seq, t.preset, t.usage, t.outcome,
            t.created_at, t.started_at, t.ended_at
        FROM turns t JOIN chats c ON c.no = t.chat WHERE c.id = ?1 AND t.id = ?2";
    first(db, "read a turn", SQL, params![chat, id], from_row)
}

/// A chat's turns in their order.
pub(crate) fn of_chat(db: &Connection, chat: &str) -> Result<Vec<TurnRow>, Error> {
    const SQL: &str = "SELECT c.id, t.id, t.ordinal, t.state, t.prompt_seq, t.preset, t.usage, t.outcome,
            t.created_at, t.started_at, t.ended_at
        FROM turns t JOIN chats c ON c.no = t.chat WHERE c.id = ?1 ORDER BY t.ordinal";
    rows(db, "read a chat's turns", SQL, params![chat], from_row)
}

/// Every turn that is queued or running, by chat and in order.
pub(crate) fn unfinished(db: &Connection) -> Result<Vec<TurnRow>, Error> {
    const SQL: &str = "SELECT c.id, t.id, t.ordinal, t.state, t.prompt_seq, t.preset, t.usage, t.outcome,
            t.created_at, t.started_at, t.ended_at
        FROM turns t JOIN chats c ON c.no = t.chat WHERE t.state IN ('queued', 'running')
        ORDER BY t.chat, t.ordinal";
    rows(db, "find unfinished turns", SQL, [], from_row)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<TurnRow> {
    Ok(TurnRow {
        chat: row.get(0)?,
        id: row.get(1)?,
        ordinal: row.get(2)?,
        state: row.get(3)?,
        prompt_seq: row.get(4)?,
        preset: row.get(5)?,
        usage: row.get(6)?,
        outcome: row.get(7)?,
        created_at: row.get(8)?,
        started_at: row.get(9)?,
        ended_at: row.get(10)?,
    })
}
