//! The one thread that writes. It takes what is queued, commits it together, answers, and takes again: no timer, so a
//! lone batch waits for nothing and a crowd shares one fsync. It never answers before COMMIT returned.

use std::sync::Arc;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

use crate::queue::{Job, Queue};
use crate::table::mark;
use crate::{Change, Error};

/// Commits after which the log is copied into the database; each adds a few pages to it.
const CHECKPOINT_COMMITS: usize = 1_024;
/// Bytes of changes after which it is.
const CHECKPOINT_BYTES: usize = 4 << 20;

/// How the run before this one ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    /// In order; the log was copied into the database.
    Closed,
    /// Cut off; the log is still there, as long as it had grown by then.
    Cut,
}

/// Runs until the queue is closed and empty, then leaves the mark of an orderly end.
pub(crate) fn run(queue: &Queue, db: Connection, before: Before) {
    let _shut = Shut { queue };
    // A log left by a run that was cut off is copied after the first commit: runs cut off again and again would pile it up otherwise.
    let commits = match before {
        Before::Closed => 0,
        Before::Cut => CHECKPOINT_COMMITS,
    };
    let mut writer = Writer { db, broken: None, commits, bytes: 0 };
    loop {
        let group = queue.take();
        if group.is_empty() {
            break;
        }
        writer.commit(group);
        writer.checkpoint();
    }
    if writer.broken.is_none() {
        // A missing mark costs a check at the next start, nothing else.
        let _unmarked = mark::put_clean(&writer.db);
    }
}

/// However the thread ends, nobody waits for it in vain.
struct Shut<'q> {
    queue: &'q Queue,
}

impl Drop for Shut<'_> {
    fn drop(&mut self) {
        self.queue.close();
        loop {
            let left = self.queue.take();
            if left.is_empty() {
                return;
            }
            left.into_iter().for_each(|job| (job.done)(Err(Error::Closed)));
        }
    }
}

struct Writer {
    db: Connection,
    /// The first failure of the disk. After one, what the system claims to have written cannot be believed.
    broken: Option<Arc<rusqlite::Error>>,
    /// Commits since the last checkpoint.
    commits: usize,
    /// Bytes of changes since the last checkpoint.
    bytes: usize,
}

impl Writer {
    fn commit(&mut self, group: Vec<Job>) {
        if let Some(why) = &self.broken {
            return group.into_iter().for_each(|job| (job.done)(Err(Error::ReadOnly { why: why.clone() })));
        }
        self.commits += 1;
        self.bytes += group.iter().map(Job::bytes).sum::<usize>();
        let batches: Vec<&[Change]> = group.iter().map(|job| job.batch.as_slice()).collect();
        match transact(&mut self.db, &batches) {
            Ok(outcomes) => group.into_iter().zip(outcomes).for_each(|(job, outcome)| (job.done)(outcome)),
            Err(why) => self.lose(group, why),
        }
    }

    /// The whole group is gone.
    fn lose(&mut self, group: Vec<Job>, why: rusqlite::Error) {
        let breaking = is_breaking(&why);
        let why = Arc::new(why);
        if breaking {
            self.stop(why.clone());
        }
        for job in group {
            let why = why.clone();
            (job.done)(Err(if breaking { Error::ReadOnly { why } } else { Error::Lost { why } }));
        }
    }

    /// Copies the log into the database, now that nobody waits for what is in it. SQLite would do so by itself inside a COMMIT,
    /// but keep a failed fsync to itself; and once it failed, another that succeeds says nothing.
    fn checkpoint(&mut self) {
        if self.broken.is_some() || (self.commits < CHECKPOINT_COMMITS && self.bytes < CHECKPOINT_BYTES) {
            return;
        }
        (self.commits, self.bytes) = (0, 0);
        match mark::checkpoint(&self.db) {
            Err(Error::Sqlite { source, .. }) if is_breaking(&source) => self.stop(Arc::new(source)),
            // A reader in the way, or a full disk: the log is whole, and the next checkpoint copies it.
            Ok(()) | Err(_) => {}
        }
    }

    fn stop(&mut self, why: Arc<rusqlite::Error>) {
        self.broken = Some(why);
        // The log may be all there is of the last commits: closing must not copy and delete it. If that cannot be said, there is
        // nothing else to do about it.
        let _deaf = self.db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
    }
}

/// Whether the disk or the file is at fault. A full disk, a busy database or too few descriptors may get better.
fn is_breaking(why: &rusqlite::Error) -> bool {
    use ErrorCode::{DatabaseCorrupt, NotADatabase, ReadOnly, SystemIoFailure};
    matches!(why.sqlite_error_code(), Some(SystemIoFailure | DatabaseCorrupt | NotADatabase | ReadOnly))
}

/// One transaction for all; each batch stands or falls alone. `Err` means that nothing of any batch was kept.
fn transact(db: &mut Connection, batches: &[&[Change]]) -> rusqlite::Result<Vec<Result<(), Error>>> {
    let mut tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut outcomes = Vec::with_capacity(batches.len());
    for batch in batches {
        let outcome = apply(&mut tx, batch);
        // Some failures make SQLite end the whole transaction by itself: the batches before this one are gone too.
        if tx.is_autocommit() {
            return Err(match outcome {
                Err(Error::Sqlite { source, .. }) => source,
                Ok(()) | Err(_) => rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT), None),
            });
        }
        outcomes.push(outcome);
    }
    tx.commit()?;
    Ok(outcomes)
}

fn apply(tx: &mut Transaction<'_>, batch: &[Change]) -> Result<(), Error> {
    let failed = Error::sql("keep a batch together");
    // Dropped without its commit, a savepoint takes back what was done since.
    let savepoint = tx.savepoint().map_err(failed)?;
    batch.iter().try_for_each(|change| change.apply(&savepoint))?;
    savepoint.commit().map_err(failed)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use expect_test::{Expect, expect};
    use rusqlite::ffi;

    use super::*;
    use crate::{connection, migration};

    /// Loses a group to `code`, then writes again; prints both answers.
    #[expect(clippy::needless_pass_by_value, reason = "every call makes its own expectation")]
    fn check(code: i32, expect: Expect) {
        let dir = tempfile::tempdir().unwrap();
        let mut db = connection::writer(&connection::prepare(dir.path(), "db").unwrap()).unwrap();
        migration::migrate(&mut db).unwrap();
        let mut writer = Writer { db, broken: None, commits: 0, bytes: 0 };
        let (tx, rx) = sync_channel(2);
        let job = || {
            let tx = tx.clone();
            let batch = vec![Change::PutSetting { key: "k".to_owned(), value: "1".to_owned() }];
            vec![Job::new(batch, Box::new(move |went| tx.send(went.map_or_else(|e| e.to_string(), |()| "ok".to_owned())).unwrap()))]
        };
        writer.lose(job(), rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        writer.commit(job());
        expect.assert_eq(&format!("{}\n{}", rx.recv().unwrap(), rx.recv().unwrap()));
    }

    #[test]
    fn nothing_is_written_after_the_disk_failed() {
        check(
            ffi::SQLITE_IOERR_FSYNC,
            expect![[r#"
            nothing more can be saved until the next start: Error code 1034: disk I/O error
            nothing more can be saved until the next start: Error code 1034: disk I/O error"#]],
        );
    }

    #[test]
    fn a_full_disk_may_get_room_again() {
        check(
            ffi::SQLITE_FULL,
            expect![[r#"
            the transaction was lost: Error code 13: database or disk is full
            ok"#]],
        );
    }
}
