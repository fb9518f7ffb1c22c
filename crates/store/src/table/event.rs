//! Events: what every client of a chat was told, numbered from 1 without gaps. A row is one event, or a run of deltas that
//! became one. Each carries a checksum that every read verifies. Rows are appended and folded, never changed otherwise.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row, params};

use super::{chat, execute, first, rows};
use crate::Error;

/// The key clusters a chat's events, so that a page is one stretch of the file; the two partial indexes hold only what they find.
pub(crate) const V1: &str = "
CREATE TABLE events (
    chat       INTEGER NOT NULL REFERENCES chats (no) ON DELETE CASCADE,
    seq        INTEGER NOT NULL,
    last       INTEGER NOT NULL CHECK (last >= seq),
    turn       TEXT,
    kind       TEXT NOT NULL,
    page_start INTEGER NOT NULL CHECK (page_start IN (0, 1)),
    payload    TEXT NOT NULL,
    at         INTEGER NOT NULL,
    crc        INTEGER NOT NULL,
    PRIMARY KEY (chat, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX events_page_starts ON events (chat, seq) WHERE page_start = 1;
CREATE INDEX events_user_messages ON events (chat, seq) WHERE kind = 'user_message';
";

/// Whether a page of a chat may begin with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageStart {
    /// It may: a turn begins here.
    Yes,
    /// It may not.
    No,
}

/// One event, or a run of deltas folded into one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// The chat's id.
    pub chat: String,
    /// Its number, or the first one of the run.
    pub seq: u64,
    /// The last number of the run; `seq` for a single event.
    pub last: u64,
    /// The turn it belongs to.
    pub turn: Option<String>,
    /// What kind of event it is; `user_message` is counted by [`Page::user_messages_before`].
    pub kind: String,
    /// Whether a page may begin with it.
    pub boundary: PageStart,
    /// JSON text, kept verbatim.
    pub payload: String,
    /// When it happened, in milliseconds since the epoch.
    pub at: i64,
}

/// A stretch of whole turns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The events, oldest first.
    pub rows: Vec<EventRow>,
    /// The number of the first one; 0 if there is none. Pages back as the next page's `before_seq`.
    pub first_seq: u64,
    /// Whether there are older pages.
    pub more_before: bool,
    /// How many events of the kind `user_message` lie before this page.
    pub user_messages_before: u64,
}

impl ToSql for PageStart {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(i64::from(*self == PageStart::Yes).into())
    }
}

impl FromSql for PageStart {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_i64()? {
            0 => Ok(PageStart::No),
            1 => Ok(PageStart::Yes),
            other => Err(FromSqlError::OutOfRange(other)),
        }
    }
}

/// Appends an event right after the chat's last one.
pub(crate) fn append(db: &Connection, row: &EventRow) -> Result<(), Error> {
    let place = chat::place(db, &row.chat)?;
    let expected = place.last_seq + 1;
    if row.seq != expected {
        return Err(Error::Gap { chat: row.chat.clone(), expected, found: row.seq });
    }
    if row.last < row.seq {
        return Err(Error::Backwards { chat: row.chat.clone(), seq: row.seq, last: row.last });
    }
    insert(db, place.no, row)?;
    chat::set_last_seq(db, place.no, row.last)
}

/// Appends events one after another. All of one chat, which is looked up and numbered once.
pub(crate) fn append_all(db: &Connection, chat: &str, rows: &[EventRow]) -> Result<(), Error> {
    let place = chat::place(db, chat)?;
    let mut last = place.last_seq;
    for row in rows {
        if row.chat != chat {
            return Err(Error::NoChat { chat: row.chat.clone() });
        }
        if row.seq != last + 1 {
            return Err(Error::Gap { chat: chat.to_owned(), expected: last + 1, found: row.seq });
        }
        if row.last < row.seq {
            return Err(Error::Backwards { chat: chat.to_owned(), seq: row.seq, last: row.last });
        }
        insert(db, place.no, row)?;
        last = row.last;
    }
    chat::set_last_seq(db, place.no, last)
}

/// Replaces the rows that exactly cover `first..=last` by one that does.
pub(crate) fn fold(db: &Connection, chat: &str, (from, to): (u64, u64), row: &EventRow) -> Result<(), Error> {
    let refused = || Error::Fold { chat: chat.to_owned(), first: from, last: to };
    if row.chat != chat || row.seq != from || row.last != to || to < from {
        return Err(refused());
    }
    let place = chat::place(db, chat)?;
    const COVER: &str = "SELECT min(seq), max(last), sum(last - seq + 1) FROM events WHERE chat = ?1 AND seq BETWEEN ?2 AND ?3";
    let cover: Option<(Option<u64>, Option<u64>, Option<u64>)> =
        first(db, "measure a run", COVER, params![place.no, from, to], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    if cover != Some((Some(from), Some(to), Some(to - from + 1))) {
        return Err(refused());
    }
    const CLEAR: &str = "DELETE FROM events WHERE chat = ?1 AND seq BETWEEN ?2 AND ?3";
    execute(db, "clear a run", CLEAR, params![place.no, from, to])?;
    insert(db, place.no, row)
}

/// Rows that reach beyond `after_seq`, oldest first; the first may begin before it, if it is a run that `after_seq` lies in.
pub(crate) fn after(db: &Connection, chat: &str, after_seq: u64, limit: u32) -> Result<Vec<EventRow>, Error> {
    const SQL: &str = "SELECT seq, last, turn, kind, page_start, payload, at, crc FROM events
        WHERE chat = ?1 AND last > ?2
            AND seq >= (SELECT coalesce(max(seq), 0) FROM events WHERE chat = ?1 AND seq <= ?2)
        ORDER BY seq LIMIT ?3";
    let no = chat::place(db, chat)?.no;
    let found = rows(db, "read events", SQL, params![no, after_seq, limit], |row| from_row(chat, row))?;
    sound(found)
}

/// The `turns` newest turns below `before_seq` (all, if `None`). What precedes the first page start belongs to the first page.
pub(crate) fn page(db: &Connection, chat: &str, before_seq: Option<u64>, turns: u32) -> Result<Page, Error> {
    let place = chat::place(db, chat)?;
    let before = before_seq.unwrap_or(place.last_seq + 1);
    const START: &str = "SELECT seq FROM events WHERE chat = ?1 AND page_start = 1 AND seq < ?2
        ORDER BY seq DESC LIMIT 1 OFFSET ?3";
    let nth = params![place.no, before, turns.max(1) - 1];
    let start: Option<u64> = first(db, "find a page's start", START, nth, |row| row.get(0))?;
    let more_before = match start {
        Some(start) => has_page_start_before(db, place.no, start)?,
        None => false,
    };
    let from = if more_before { start.unwrap_or(0) } else { 0 };
    const ROWS: &str = "SELECT seq, last, turn, kind, page_start, payload, at, crc FROM events
        WHERE chat = ?1 AND seq >= ?2 AND seq < ?3 ORDER BY seq";
    let found = rows(db, "read a page", ROWS, params![place.no, from, before], |row| from_row(chat, row))?;
    let rows = sound(found)?;
    Ok(Page {
        first_seq: rows.first().map_or(0, |row| row.seq),
        rows,
        more_before,
        user_messages_before: user_messages_before(db, place.no, from)?,
    })
}

fn has_page_start_before(db: &Connection, no: i64, seq: u64) -> Result<bool, Error> {
    const SQL: &str = "SELECT seq FROM events WHERE chat = ?1 AND page_start = 1 AND seq < ?2 ORDER BY seq DESC LIMIT 1";
    let found: Option<u64> = first(db, "find an older page", SQL, params![no, seq], |row| row.get(0))?;
    Ok(found.is_some())
}

fn user_messages_before(db: &Connection, no: i64, seq: u64) -> Result<u64, Error> {
    const SQL: &str = "SELECT count(*) FROM events WHERE chat = ?1 AND kind = 'user_message' AND seq < ?2";
    let found = first(db, "count the prompts before a page", SQL, params![no, seq], |row| row.get(0))?;
    Ok(found.unwrap_or(0))
}

fn insert(db: &Connection, no: i64, row: &EventRow) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO events (chat, seq, last, turn, kind, page_start, payload, at, crc)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let values = params![no, row.seq, row.last, row.turn, row.kind, row.boundary, row.payload, row.at, checksum(row)];
    execute(db, "append an event", SQL, values)?;
    Ok(())
}

/// Over every column. Texts are preceded by their lengths, so that nothing can move from one into the next unnoticed.
fn checksum(row: &EventRow) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    for text in [Some(&row.chat), row.turn.as_ref(), Some(&row.kind), Some(&row.payload)] {
        match text {
            Some(text) => {
                sum.update(&(text.len() as u64).to_le_bytes());
                sum.update(text.as_bytes());
            }
            None => sum.update(&u64::MAX.to_le_bytes()),
        }
    }
    sum.update(&row.seq.to_le_bytes());
    sum.update(&row.last.to_le_bytes());
    sum.update(&[u8::from(row.boundary == PageStart::Yes)]);
    sum.update(&row.at.to_le_bytes());
    sum.finalize()
}

/// A row with the checksum stored beside it.
fn from_row(chat: &str, row: &Row<'_>) -> rusqlite::Result<(EventRow, u32)> {
    let event = EventRow {
        chat: chat.to_owned(),
        seq: row.get(0)?,
        last: row.get(1)?,
        turn: row.get(2)?,
        kind: row.get(3)?,
        boundary: row.get(4)?,
        payload: row.get(5)?,
        at: row.get(6)?,
    };
    Ok((event, row.get(7)?))
}

fn sound(found: Vec<(EventRow, u32)>) -> Result<Vec<EventRow>, Error> {
    let check = |(row, crc): (EventRow, u32)| match checksum(&row) == crc {
        true => Ok(row),
        false => Err(Error::Damaged { chat: row.chat, seq: row.seq }),
    };
    found.into_iter().map(check).collect()
}
