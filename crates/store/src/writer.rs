//! The one thread that writes. It takes what is queued, commits it together, answers, and takes again: no timer, so a
//! lone batch waits for nothing and a crowd shares one fsync. It never answers before COMMIT returned.

use std::sync::Arc;

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

use crate::queue::{Job, Queue};
use crate::table::mark;
use crate::{Change, Error};

/// Runs until the queue is closed and empty, then leaves the mark of an orderly end.
pub(crate) fn run(queue: &Queue, db: Connection) {
    let _shut = Shut { queue };
    let mut writer = Writer { db, broken: None };
    loop {
        let group = queue.take();
        if group.is_empty() {
            break;
        }
        writer.commit(group);
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
}

impl Writer {
    fn commit(&mut self, group: Vec<Job>) {
        if let Some(why) = &self.broken {
            return group.into_iter().for_each(|job| (job.done)(Err(Error::ReadOnly { why: why.clone() })));
        }
        let batches: Vec<&[Change]> = group.iter().map(|job| job.batch.as_slice()).collect();
        match transact(&mut self.db, &batches) {
            Ok(outcomes) => group.into_iter().zip(outcomes).for_each(|(job, outcome)| (job.done)(outcome)),
            Err(why) => self.lose(group, Arc::new(why)),
        }
    }

    /// The whole group is gone. A full disk and a busy database may get better; any other failure is taken for the disk's.
    fn lose(&mut self, group: Vec<Job>, why: Arc<rusqlite::Error>) {
        let passing = matches!(
            why.sqlite_error_code(),
            Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::OutOfMemory)
        );
        if !passing {
            self.broken = Some(why.clone());
        }
        for job in group {
            let why = why.clone();
            (job.done)(Err(if passing { Error::Lost { why } } else { Error::ReadOnly { why } }));
        }
    }
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
                _ => rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT), None),
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
