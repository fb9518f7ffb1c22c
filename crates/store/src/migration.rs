//! The one ordered list of schema versions. It is only ever appended to: what a released version did is never changed.

use rusqlite::{Connection, TransactionBehavior};

use crate::Error;
use crate::table::{answer, chat, checkpoint, entry, event, mark, media, setting, token, turn, usage};

/// What each version adds; a database's version is how many of them it has seen.
const VERSIONS: &[&[&str]] = &[
    &[mark::V1, chat::V1, event::V1, entry::V1, turn::V1, setting::V1, token::V1, answer::V1],
    &[media::V1],
    &[usage::V1],
    &[checkpoint::V1],
    &[entry::V2],
];

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

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{DATABASE, Store, connection};

    /// A database as the build that knew `version` versions left it.
    fn old(dir: &std::path::Path, version: usize) {
        let path = connection::prepare(dir, DATABASE).unwrap();
        let db = connection::writer(&path).unwrap();
        VERSIONS[..version].iter().copied().flatten().for_each(|step| db.execute_batch(step).unwrap());
        db.pragma_update(None, "user_version", version as u32).unwrap();
    }

    /// Everything the schema consists of.
    fn schema(dir: &std::path::Path) -> Vec<String> {
        let db = connection::reader(&dir.join(DATABASE)).unwrap();
        let mut statement = db.prepare("SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn every_old_version_becomes_the_newest() {
        let fresh = tempfile::tempdir().unwrap();
        drop(Store::open(fresh.path()).unwrap());
        for version in 0..=VERSIONS.len() {
            let dir = tempfile::tempdir().unwrap();
            old(dir.path(), version);
            let store = Store::open(dir.path()).unwrap();
            assert_eq!(store.read(|r| r.integrity()).unwrap(), Vec::<String>::new());
            drop(store);
            assert_eq!(schema(dir.path()), schema(fresh.path()), "from version {version}");
            let db = connection::reader(&dir.path().join(DATABASE)).unwrap();
            assert_eq!(check(&db).unwrap(), known());
        }
    }

    /// A line may be added here, none may change.
    #[test]
    fn released_versions_stay_as_they_are() {
        let sum = |steps: &&[&str]| format!("{:08x}\n", crc32fast::hash(steps.concat().as_bytes()));
        let seen: String = VERSIONS.iter().map(sum).collect();
        expect![[r#"
            48a5c292
            ffa05e94
            b5717a94
            3fd633db
            aa608963
        "#]]
        .assert_eq(&seen);
    }
}
