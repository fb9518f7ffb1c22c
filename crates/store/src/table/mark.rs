//! The file as a whole: its version, its checks, its log, and the mark of an orderly end. Never anything about chats.

use rusqlite::Connection;

use super::{execute, first};
use crate::Error;

pub(crate) const V1: &str = "
CREATE TABLE marks (
    name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
";

/// Leaves the mark of an orderly end.
pub(crate) fn put_clean(db: &Connection) -> Result<(), Error> {
    execute(db, "mark an orderly end", "INSERT INTO marks (name) VALUES ('clean') ON CONFLICT (name) DO NOTHING", [])?;
    Ok(())
}

/// Takes the mark of an orderly end away; answers whether it was there.
pub(crate) fn take_clean(db: &Connection) -> Result<bool, Error> {
    Ok(execute(db, "take the mark of an orderly end", "DELETE FROM marks WHERE name = 'clean'", [])? > 0)
}

/// What SQLite's whole check (with indexes) finds; nothing if the database is sound.
pub(crate) fn integrity(db: &Connection) -> Result<Vec<String>, Error> {
    complaints(db, "PRAGMA integrity_check")
}

/// What SQLite's check without indexes finds; nothing if the database is sound.
pub(crate) fn quick(db: &Connection) -> Result<Vec<String>, Error> {
    complaints(db, "PRAGMA quick_check")
}

/// Copies as much of the log into the database as no reader needs, and makes it durable.
pub(crate) fn checkpoint(db: &Connection) -> Result<(), Error> {
    first(db, "copy the log into the database", "PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
    Ok(())
}

fn complaints(db: &Connection, sql: &str) -> Result<Vec<String>, Error> {
    let mut found = super::rows(db, "check the database", sql, [], |row| row.get::<_, String>(0))?;
    found.retain(|line| line != "ok");
    Ok(found)
}

/// The version of the schema in the file.
pub(crate) fn version(db: &Connection) -> Result<u32, Error> {
    let found = first(db, "read the schema's version", "PRAGMA user_version", [], |row| row.get(0))?;
    Ok(found.unwrap_or(0))
}

/// The database in numbers; nothing that anybody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Census {
    /// The version of the schema.
    pub version: u32,
    /// Bytes of the file without its log.
    pub bytes: u64,
    /// Bytes of it that nothing uses.
    pub free_bytes: u64,
    /// Every table with its number of rows, by name.
    pub rows: Vec<(String, u64)>,
}

/// Counts every table. Takes as long as reading their keys.
pub(crate) fn census(db: &Connection) -> Result<Census, Error> {
    const DOING: &str = "count the database";
    let number = |sql: &str| first(db, DOING, sql, [], |row| row.get::<_, u64>(0)).map(Option::unwrap_or_default);
    let page = number("PRAGMA page_size")?;
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name";
    let names = super::rows(db, DOING, sql, [], |row| row.get::<_, String>(0))?;
    let count = |name: String| {
        // The name is one of our own tables; a quote in it would be an error of SQLite's, not a command.
        let rows = number(&format!("SELECT count(*) FROM \"{name}\""))?;
        Ok((name, rows))
    };
    Ok(Census {
        version: version(db)?,
        bytes: number("PRAGMA page_count")? * page,
        free_bytes: number("PRAGMA freelist_count")? * page,
        rows: names.into_iter().map(count).collect::<Result<_, Error>>()?,
    })
}
