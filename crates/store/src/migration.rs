//! The one ordered list of schema versions. It is only ever appended to: what a released version did is never changed.

use rusqlite::{Connection, TransactionBehavior};

use crate::Error;
use crate::table::{answer, chat, entry, event, mark, setting, token, turn};

/// What each version adds; a database's version is how many of them it has seen.
const VERSIONS: &[&[&str]] =
    &[&[mark::V1, chat::V1, event::V1, entry::V1, turn::V1, setting::V1, token::V1, answer::V1]];

/// The newest version this build knows.
pub(crate) fn known() -> u32 {
    VERSIONS.len() as u32
}

/// Brings a database up to date in one transaction; one from a newer Alcove is refused before anything is written.
pub(crate) fn migrate(db: &mut Connection) -> Result<(), Error> {
    let found = check(db)?;
    if found == known() {
        return Ok(());
    }
    let failed = Error::sql("bring the database up to date");
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let found = check(&tx)?;
    for step in VERSIONS.iter().skip(found as usize).copied().flatten() {
        tx.execute_batch(step).map_err(failed)?;
    }
    tx.pragma_update(None, "user_version", known()).map_err(failed)?;
    tx.commit().map_err(failed)
}

/// The database's version, unless it is newer than this build.
pub(crate) fn check(db: &Connection) -> Result<u32, Error> {
    match mark::version(db)? {
        found if found > known() => Err(Error::Newer { found, known: known() }),
        found => Ok(found),
    }
}
