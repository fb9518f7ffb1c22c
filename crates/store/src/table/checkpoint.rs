//! Checkpoints: what a turn made of which path, so that it can be undone and done again. Contents are somebody else's and named by their
//! hash; a row goes with its chat.

use rusqlite::{Connection, Row, params};

use super::{chat, execute, first, rows};
use crate::Error;
use crate::word::word;

pub(crate) const V1: &str = "
CREATE TABLE checkpoints (
    chat          INTEGER NOT NULL REFERENCES chats (no) ON DELETE CASCADE,
    turn          INTEGER NOT NULL,
    step          INTEGER NOT NULL,
    folder        BLOB NOT NULL,
    path          BLOB NOT NULL,
    before_kind   TEXT NOT NULL CHECK (before_kind IN ('absent', 'file', 'link', 'folder', 'other')),
    before_mode   INTEGER NOT NULL,
    before_hash   TEXT,
    before_bytes  INTEGER NOT NULL,
    before_stamp  INTEGER NOT NULL,
    before_target BLOB,
    after_kind    TEXT NOT NULL CHECK (after_kind IN ('absent', 'file', 'link', 'folder', 'other')),
    after_mode    INTEGER NOT NULL,
    after_hash    TEXT,
    after_bytes   INTEGER NOT NULL,
    after_stamp   INTEGER NOT NULL,
    after_target  BLOB,
    how           TEXT NOT NULL CHECK (how IN ('tool', 'command', 'undo')),
    mixed         INTEGER NOT NULL,
    kept          INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    PRIMARY KEY (chat, turn, step, folder, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX checkpoints_by_age ON checkpoints (at) WHERE kept = 1;
";

/// What there is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckpointKind {
    /// Nothing.
    Absent,
    /// A regular file.
    File,
    /// A symbolic link.
    Link,
    /// A folder.
    Folder,
    /// Something else: a pipe, a socket, a device.
    Other,
}
word!(CheckpointKind { Absent = "absent", File = "file", Link = "link", Folder = "folder", Other = "other" });

/// Who changed a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckpointHow {
    /// A file tool.
    Tool,
    /// A command.
    Command,
    /// A person who went back or forth over something newer.
    Undo,
}
word!(CheckpointHow { Tool = "tool", Command = "command", Undo = "undo" });

/// What was at a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CheckpointSide {
    /// What it was.
    pub kind: CheckpointKind,
    /// Its permission bits; 0 for what has none.
    pub mode: u32,
    /// The hash of a file's content; absent when the content was not kept.
    pub hash: Option<String>,
    /// A file's size.
    pub bytes: u64,
    /// When a file whose content was not kept was last changed, in nanoseconds since the epoch; else 0.
    pub stamp: i64,
    /// Where a link led.
    pub target: Option<Vec<u8>>,
}

/// What one turn made of one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointRow {
    /// The chat's id.
    pub chat: String,
    /// The ordinal of the turn.
    pub turn: u64,
    /// 0 for what the turn did; what a person overwrote while undoing it counts from 1.
    pub step: u64,
    /// The folder the path lies beneath.
    pub folder: Vec<u8>,
    /// The path, beneath the folder.
    pub path: Vec<u8>,
    /// What was there first.
    pub before: CheckpointSide,
    /// What was there last.
    pub after: CheckpointSide,
    /// Who changed it last.
    pub how: CheckpointHow,
    /// Whether somebody else changed it in between. Kept by the store: a new row starts as not mixed whatever stands here.
    pub mixed: bool,
    /// Whether the contents are kept still.
    pub kept: bool,
    /// When it was last changed, in milliseconds since the epoch.
    pub at: i64,
}

/// The age of one turn's checkpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointAge {
    /// The chat's id.
    pub chat: String,
    /// The ordinal of the turn.
    pub turn: u64,
    /// When it last changed something, in milliseconds since the epoch.
    pub at: i64,
}

/// Adds what became of a path to what its turn had made of it before: the first before and the last after. A row that comes to nothing goes.
pub(crate) fn put(db: &Connection, row: &CheckpointRow) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO checkpoints (chat, turn, step, folder, path,
            before_kind, before_mode, before_hash, before_bytes, before_stamp, before_target,
            after_kind, after_mode, after_hash, after_bytes, after_stamp, after_target, how, mixed, kept, at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, 0, ?19, ?20)
        ON CONFLICT (chat, turn, step, folder, path) DO UPDATE SET
            mixed = mixed OR after_kind <> excluded.before_kind OR after_mode <> excluded.before_mode
                OR after_hash IS NOT excluded.before_hash OR after_bytes <> excluded.before_bytes
                OR after_stamp <> excluded.before_stamp OR after_target IS NOT excluded.before_target,
            after_kind = excluded.after_kind, after_mode = excluded.after_mode, after_hash = excluded.after_hash,
            after_bytes = excluded.after_bytes, after_stamp = excluded.after_stamp, after_target = excluded.after_target,
            how = excluded.how, kept = kept AND excluded.kept, at = max(at, excluded.at)";
    const NOTHING: &str = "DELETE FROM checkpoints WHERE chat = ?1 AND turn = ?2 AND step = ?3 AND folder = ?4 AND path = ?5
            AND before_kind = after_kind AND before_mode = after_mode AND before_hash IS after_hash
            AND before_bytes = after_bytes AND before_stamp = after_stamp AND before_target IS after_target";
    let no = chat::place(db, &row.chat)?.no;
    let (before, after) = (&row.before, &row.after);
    let values = params![
        no,
        row.turn,
        row.step,
        row.folder,
        row.path,
        before.kind,
        before.mode,
        before.hash,
        before.bytes,
        before.stamp,
        before.target,
        after.kind,
        after.mode,
        after.hash,
        after.bytes,
        after.stamp,
        after.target,
        row.how,
        row.kept,
        row.at
    ];
    execute(db, "save a checkpoint", SQL, values)?;
    execute(db, "drop an empty checkpoint", NOTHING, params![no, row.turn, row.step, row.folder, row.path])?;
    Ok(())
}

/// Says that the contents of a turn are not kept any more.
pub(crate) fn let_go(db: &Connection, chat: &str, turn: u64) -> Result<(), Error> {
    const SQL: &str = "UPDATE checkpoints SET kept = 0 WHERE chat = ?1 AND turn = ?2";
    let no = chat::place(db, chat)?.no;
    execute(db, "let go of checkpoints", SQL, params![no, turn])?;
    Ok(())
}

/// A chat's checkpoints by turn, step, folder and path.
pub(crate) fn of_chat(db: &Connection, chat: &str) -> Result<Vec<CheckpointRow>, Error> {
    const SQL: &str = "SELECT turn, step, folder, path,
            before_kind, before_mode, before_hash, before_bytes, before_stamp, before_target,
            after_kind, after_mode, after_hash, after_bytes, after_stamp, after_target, how, mixed, kept, at
        FROM checkpoints WHERE chat = ?1 ORDER BY turn, step, folder, path";
    let no = chat::place(db, chat)?.no;
    rows(db, "read checkpoints", SQL, params![no], |row| from_row(chat, row))
}

/// One turn's checkpoints by step, folder and path.
pub(crate) fn of_turn(db: &Connection, chat: &str, turn: u64) -> Result<Vec<CheckpointRow>, Error> {
    const SQL: &str = "SELECT turn, step, folder, path,
            before_kind, before_mode, before_hash, before_bytes, before_stamp, before_target,
            after_kind, after_mode, after_hash, after_bytes, after_stamp, after_target, how, mixed, kept, at
        FROM checkpoints WHERE chat = ?1 AND turn = ?2 ORDER BY step, folder, path";
    let no = chat::place(db, chat)?.no;
    rows(db, "read a turn's checkpoints", SQL, params![no, turn], |row| from_row(chat, row))
}

/// The hashes of all contents that are kept, each once.
pub(crate) fn hashes(db: &Connection) -> Result<Vec<String>, Error> {
    const SQL: &str = "SELECT before_hash FROM checkpoints WHERE kept = 1 AND before_hash IS NOT NULL
        UNION SELECT after_hash FROM checkpoints WHERE kept = 1 AND after_hash IS NOT NULL";
    rows(db, "read the hashes of checkpoints", SQL, [], |row| row.get(0))
}

/// Turns whose contents are kept, the oldest first.
pub(crate) fn ages(db: &Connection) -> Result<Vec<CheckpointAge>, Error> {
    const SQL: &str = "SELECT c.id, k.turn, max(k.at) FROM checkpoints k JOIN chats c ON c.no = k.chat
        WHERE k.kept = 1 GROUP BY k.chat, k.turn ORDER BY 3, 1, 2";
    rows(db, "read the ages of checkpoints", SQL, [], |row| Ok(CheckpointAge { chat: row.get(0)?, turn: row.get(1)?, at: row.get(2)? }))
}

/// The last step of a turn; 0 when nothing was overwritten.
pub(crate) fn last_step(db: &Connection, chat: &str, turn: u64) -> Result<u64, Error> {
    const SQL: &str = "SELECT coalesce(max(step), 0) FROM checkpoints WHERE chat = ?1 AND turn = ?2";
    let no = chat::place(db, chat)?.no;
    Ok(first(db, "count the steps of a turn", SQL, params![no, turn], |row| row.get(0))?.unwrap_or_default())
}

fn from_row(chat: &str, row: &Row<'_>) -> rusqlite::Result<CheckpointRow> {
    Ok(CheckpointRow {
        chat: chat.to_owned(),
        turn: row.get(0)?,
        step: row.get(1)?,
        folder: row.get(2)?,
        path: row.get(3)?,
        before: side(row, 4)?,
        after: side(row, 10)?,
        how: row.get(16)?,
        mixed: row.get(17)?,
        kept: row.get(18)?,
        at: row.get(19)?,
    })
}

fn side(row: &Row<'_>, from: usize) -> rusqlite::Result<CheckpointSide> {
    Ok(CheckpointSide {
        kind: row.get(from)?,
        mode: row.get(from + 1)?,
        hash: row.get(from + 2)?,
        bytes: row.get(from + 3)?,
        stamp: row.get(from + 4)?,
        target: row.get(from + 5)?,
    })
}
