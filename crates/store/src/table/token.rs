//! Access tokens, kept as hashes only. Never a token itself.

use rusqlite::{Connection, params};

use super::{execute, first};
use crate::Error;

pub(crate) const V1: &str = "
CREATE TABLE tokens (
    hash       TEXT PRIMARY KEY,
    purpose    TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_by_expiry ON tokens (expires_at) WHERE expires_at IS NOT NULL;
";

/// One access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// The token's hash in hexadecimal; which hash is the caller's choice.
    pub hash: String,
    /// What the token opens; the caller's word.
    pub purpose: String,
    /// When it was made, in milliseconds since the epoch.
    pub created_at: i64,
    /// From when on it is void, in milliseconds since the epoch; `None` is never.
    pub expires_at: Option<i64>,
}

pub(crate) fn put(db: &Connection, row: &TokenRow) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO tokens (hash, purpose, created_at, expires_at) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (hash) DO UPDATE SET
            purpose = excluded.purpose, created_at = excluded.created_at, expires_at = excluded.expires_at";
    execute(db, "save a token", SQL, params![row.hash, row.purpose, row.created_at, row.expires_at])?;
    Ok(())
}

pub(crate) fn delete(db: &Connection, hash: &str) -> Result<(), Error> {
    execute(db, "delete a token", "DELETE FROM tokens WHERE hash = ?1", params![hash])?;
    Ok(())
}

/// Deletes what is void at `now`.
pub(crate) fn purge(db: &Connection, now: i64) -> Result<(), Error> {
    execute(db, "purge tokens", "DELETE FROM tokens WHERE expires_at <= ?1", params![now])?;
    Ok(())
}

pub(crate) fn get(db: &Connection, hash: &str) -> Result<Option<TokenRow>, Error> {
    let sql = "SELECT hash, purpose, created_at, expires_at FROM tokens WHERE hash = ?1";
    first(db, "read a token", sql, params![hash], |row| {
        Ok(TokenRow { hash: row.get(0)?, purpose: row.get(1)?, created_at: row.get(2)?, expires_at: row.get(3)? })
    })
}
