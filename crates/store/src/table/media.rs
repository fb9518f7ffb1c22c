//! Media: which files belong to which chat. The files themselves are somebody else's; a row goes with its chat.

use rusqlite::{Connection, Row, params};

use super::{chat, execute, first, rows};
use crate::Error;

pub(crate) const V1: &str = "
CREATE TABLE media (
    chat       INTEGER NOT NULL REFERENCES chats (no) ON DELETE CASCADE,
    file       TEXT NOT NULL,
    name       TEXT NOT NULL,
    mime       TEXT NOT NULL,
    bytes      INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (chat, file)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_by_file ON media (file);
";

/// One file of one chat. The same file may belong to several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaRow {
    /// The chat's id.
    pub chat: String,
    /// Its path below the folder of media.
    pub file: String,
    /// What people call it.
    pub name: String,
    /// What kind of file it is.
    pub mime: String,
    /// Its size.
    pub bytes: u64,
    /// When it came into the chat, in milliseconds since the epoch.
    pub created_at: i64,
}

/// Says that a file belongs to a chat; that it does already changes nothing.
pub(crate) fn put(db: &Connection, row: &MediaRow) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO media (chat, file, name, mime, bytes, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (chat, file) DO NOTHING";
    let no = chat::place(db, &row.chat)?.no;
    execute(db, "save an attachment", SQL, params![no, row.file, row.name, row.mime, row.bytes, row.created_at])?;
    Ok(())
}

/// The files of a chat, by path.
pub(crate) fn of_chat(db: &Connection, chat: &str) -> Result<Vec<MediaRow>, Error> {
    const SQL: &str = "SELECT file, name, mime, bytes, created_at FROM media WHERE chat = ?1 ORDER BY file";
    let no = chat::place(db, chat)?.no;
    rows(db, "read a chat's attachments", SQL, params![no], |row| from_row(chat, row))
}

/// Whether the file belongs to any chat.
pub(crate) fn is_used(db: &Connection, file: &str) -> Result<bool, Error> {
    let found = first(db, "look for an attachment", "SELECT 1 FROM media WHERE file = ?1 LIMIT 1", params![file], |_| Ok(()))?;
    Ok(found.is_some())
}

fn from_row(chat: &str, row: &Row<'_>) -> rusqlite::Result<MediaRow> {
    Ok(MediaRow {
        chat: chat.to_owned(),
        file: row.get(0)?,
        name: row.get(1)?,
        mime: row.get(2)?,
        bytes: row.get(3)?,
        created_at: row.get(4)?,
    })
}
