//! What was used by day. Days are local days of whoever counts; deleting a chat takes nothing back.

use rusqlite::{Connection, Row, params};

use super::{execute, rows};
use crate::Error;

pub(crate) const V1: &str = "
CREATE TABLE usage_days (
    day               TEXT PRIMARY KEY,
    prompt_tokens     INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cached_tokens     INTEGER NOT NULL,
    total_tokens      INTEGER NOT NULL,
    provider_tokens   INTEGER NOT NULL,
    estimated_tokens  INTEGER NOT NULL,
    requests          INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
";

/// Days that are kept; the oldest go first.
pub const USAGE_DAYS: u32 = 400;
/// The largest number a day holds: what every client can still count with.
const MOST: u64 = (1 << 53) - 1;

/// What was used on one day, or is to be added to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsageRow {
    /// `2026-11-21`
    pub day: String,
    /// Tokens of prompts.
    pub prompt_tokens: u64,
    /// Tokens of answers.
    pub completion_tokens: u64,
    /// Of the prompts, what came from a provider's cache.
    pub cached_tokens: u64,
    /// Prompts and answers together.
    pub total_tokens: u64,
    /// Of the total, what providers counted.
    pub provider_tokens: u64,
    /// Of the total, what was estimated.
    pub estimated_tokens: u64,
    /// Model calls.
    pub requests: u64,
    /// When it was last added to, in milliseconds since the epoch.
    pub updated_at: i64,
}

/// Adds to the row's day.
pub(crate) fn add(db: &Connection, row: &UsageRow) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO usage_days (day, prompt_tokens, completion_tokens, cached_tokens, total_tokens, provider_tokens,
            estimated_tokens, requests, updated_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        ON CONFLICT (day) DO UPDATE SET
            prompt_tokens = min(prompt_tokens + excluded.prompt_tokens, ?10),
            completion_tokens = min(completion_tokens + excluded.completion_tokens, ?10),
            cached_tokens = min(cached_tokens + excluded.cached_tokens, ?10),
            total_tokens = min(total_tokens + excluded.total_tokens, ?10),
            provider_tokens = min(provider_tokens + excluded.provider_tokens, ?10),
            estimated_tokens = min(estimated_tokens + excluded.estimated_tokens, ?10),
            requests = min(requests + excluded.requests, ?10),
            updated_at = max(updated_at, excluded.updated_at)";
    const OLD: &str = "DELETE FROM usage_days WHERE day < (SELECT day FROM usage_days ORDER BY day DESC LIMIT 1 OFFSET ?1)";
    let at_most = |count: u64| count.min(MOST);
    let values = params![
        row.day,
        at_most(row.prompt_tokens),
        at_most(row.completion_tokens),
        at_most(row.cached_tokens),
        at_most(row.total_tokens),
        at_most(row.provider_tokens),
        at_most(row.estimated_tokens),
        at_most(row.requests),
        row.updated_at,
        MOST,
    ];
    execute(db, "count what was used", SQL, values)?;
    execute(db, "forget what was used long ago", OLD, params![USAGE_DAYS - 1])?;
    Ok(())
}

/// Every day something was used on, oldest first.
pub(crate) fn all(db: &Connection) -> Result<Vec<UsageRow>, Error> {
    const SQL: &str = "SELECT day, prompt_tokens, completion_tokens, cached_tokens, total_tokens, provider_tokens, estimated_tokens,
            requests, updated_at
        FROM usage_days ORDER BY day";
    rows(db, "read what was used", SQL, [], from_row)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<UsageRow> {
    Ok(UsageRow {
        day: row.get(0)?,
        prompt_tokens: row.get(1)?,
        completion_tokens: row.get(2)?,
        cached_tokens: row.get(3)?,
        total_tokens: row.get(4)?,
        provider_tokens: row.get(5)?,
        estimated_tokens: row.get(6)?,
        requests: row.get(7)?,
        updated_at: row.get(8)?,
    })
}
