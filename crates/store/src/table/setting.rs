//! Settings: a key and its JSON text. Never a secret.

use rusqlite::{Connection, params};

use super::{execute, first, rows};
use crate::Error;

pub(crate) const V1: &str = "
CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
";

pub(crate) fn put(db: &Connection, key: &str, value: &str) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    execute(db, "save a setting", SQL, params![key, value])?;
    Ok(())
}

pub(crate) fn delete(db: &Connection, key: &str) -> Result<(), Error> {
    execute(db, "delete a setting", "DELETE FROM settings WHERE key = ?1", params![key])?;
    Ok(())
}

pub(crate) fn get(db: &Connection, key: &str) -> Result<Option<String>, Error> {
    first(db, "read a setting", "SELECT value FROM settings WHERE key = ?1", params![key], |row| row.get(0))
}

pub(crate) fn all(db: &Connection) -> Result<Vec<(String, String)>, Error> {
    let sql = "SELECT key, value FROM settings ORDER BY key";
    rows(db, "read the settings", sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
}
