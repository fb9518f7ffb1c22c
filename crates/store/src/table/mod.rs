//! The tables: one file each, with its migrations, its row, its reads and its writes. No SQL stands anywhere else.

pub(crate) mod answer;
pub(crate) mod chat;
pub(crate) mod checkpoint;
pub(crate) mod entry;
pub(crate) mod event;
pub(crate) mod mark;
pub(crate) mod media;
pub(crate) mod setting;
pub(crate) mod token;
pub(crate) mod turn;
pub(crate) mod usage;

use rusqlite::{CachedStatement, Connection, Params, Row};

use crate::Error;

/// Runs a cached statement that changes rows; answers how many.
fn execute(db: &Connection, doing: &'static str, sql: &str, params: impl Params) -> Result<usize, Error> {
    prepared(db, doing, sql)?.execute(params).map_err(Error::sql(doing))
}

/// Reads every row of a cached statement.
fn rows<T>(
    db: &Connection,
    doing: &'static str,
    sql: &str,
    params: impl Params,
    row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, Error> {
    let mut statement = prepared(db, doing, sql)?;
    let rows = statement.query_map(params, row).map_err(Error::sql(doing))?;
    rows.collect::<rusqlite::Result<_>>().map_err(Error::sql(doing))
}

/// Reads the first row of a cached statement, if there is one.
fn first<T>(
    db: &Connection,
    doing: &'static str,
    sql: &str,
    params: impl Params,
    row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, Error> {
    let mut statement = prepared(db, doing, sql)?;
    let mut rows = statement.query_map(params, row).map_err(Error::sql(doing))?;
    rows.next().transpose().map_err(Error::sql(doing))
}

fn prepared<'db>(db: &'db Connection, doing: &'static str, sql: &str) -> Result<CachedStatement<'db>, Error> {
    db.prepare_cached(sql).map_err(Error::sql(doing))
}
