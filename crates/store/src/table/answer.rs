//! Idempotency keys: the answer a request was given, so that its repetition gets the same one and has no second effect.

use rusqlite::{Connection, params};

use super::{execute, first};
use crate::Error;

pub(crate) const V1: &str = "
CREATE TABLE answers (
    scope  TEXT NOT NULL,
    key    TEXT NOT NULL,
    digest TEXT NOT NULL,
    answer TEXT NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX answers_by_age ON answers (at);
";

/// The answer a request was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRow {
    /// Whose key it is: a client, a surface, a chat; the caller's word.
    pub scope: String,
    /// The id the client made.
    pub key: String,
    /// A digest of the request; another one under the same key is another request.
    pub digest: String,
    /// The answer, JSON text, kept verbatim.
    pub answer: String,
    /// When it was given, in milliseconds since the epoch.
    pub at: i64,
}

/// Keeps the first answer: a second one for the same key is [`Error::Answered`], for another request [`Error::KeyReused`].
pub(crate) fn put(db: &Connection, row: &AnswerRow) -> Result<(), Error> {
    if let Some(kept) = get(db, &row.scope, &row.key)? {
        let (scope, key) = (row.scope.clone(), row.key.clone());
        return Err(if kept.digest == row.digest { Error::Answered { scope, key } } else { Error::KeyReused { scope, key } });
    }
    const SQL: &str = "INSERT INTO answers (scope, key, digest, answer, at) VALUES (?1, ?2, ?3, ?4, ?5)";
    execute(db, "save an answer", SQL, params![row.scope, row.key, row.digest, row.answer, row.at])?;
    Ok(())
}

/// Deletes what was given before `before`.
pub(crate) fn purge(db: &Connection, before: i64) -> Result<(), Error> {
    execute(db, "purge answers", "DELETE FROM answers WHERE at < ?1", params![before])?;
    Ok(())
}

/// Deletes all but the newest answers of a scope.
pub(crate) fn limit(db: &Connection, scope: &str, newest: u32) -> Result<(), Error> {
    const SQL: &str = "DELETE FROM answers WHERE scope = ?1 AND key NOT IN (
        SELECT key FROM answers WHERE scope = ?1 ORDER BY at DESC, key LIMIT ?2)";
    execute(db, "forget old answers", SQL, params![scope, newest])?;
    Ok(())
}

pub(crate) fn get(db: &Connection, scope: &str, key: &str) -> Result<Option<AnswerRow>, Error> {
    let sql = "SELECT scope, key, digest, answer, at FROM answers WHERE scope = ?1 AND key = ?2";
    first(db, "read an answer", sql, params![scope, key], |row| {
        Ok(AnswerRow { scope: row.get(0)?, key: row.get(1)?, digest: row.get(2)?, answer: row.get(3)?, at: row.get(4)? })
    })
}
