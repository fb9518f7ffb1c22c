//! The store as others see it: open, write, read. The last clone to go waits for the writer to finish.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use crate::queue::{Job, Queue, Refused};
use crate::reader::Pool;
use crate::table::mark;
use crate::writer::Before;
use crate::{Change, Error, QueueFull, Reader, connection, migration, writer};

/// The database's file name in the data folder.
pub const DATABASE: &str = "alcove.db";

/// The database. Clones are cheap and share it; dropping the last one waits until everything queued is on disk.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    /// Taken when the last clone goes, before the writer ends, so that the writer's connection is the last to close.
    readers: Option<Pool>,
    queue: Arc<Queue>,
    writer: Option<JoinHandle<()>>,
    ended_cleanly: bool,
}

impl Store {
    /// Opens the database in `dir`, making both where they are missing, and starts the writer. What it does takes as long for
    /// many chats as for none. A database from a newer Alcove is [`Error::Newer`] and stays as it is.
    pub fn open(dir: &Path) -> Result<Store, Error> {
        let path = connection::prepare(dir, DATABASE)?;
        // Looked at through a connection that cannot write, so that what is refused is not touched.
        let is_new = migration::check(&connection::reader(&path)?)? == 0;
        let mut db = connection::writer(&path)?;
        migration::migrate(&mut db)?;
        let ended_cleanly = mark::take_clean(&db)? || is_new;
        let queue = Arc::new(Queue::new());
        let before = if ended_cleanly { Before::Closed } else { Before::Cut };
        let writer = start(queue.clone(), db, before)?;
        let readers = Some(Pool::new(path));
        Ok(Store { inner: Arc::new(Inner { readers, queue, writer: Some(writer), ended_cleanly }) })
    }

    /// Queues a batch that is applied whole or not at all, after everything queued before it. Never waits. `done` is called on
    /// the writer's thread, with `Ok` once the batch is on disk; until it returns nothing else is saved, so it must be short and
    /// must not call [`Store::write_wait`]. With a full queue the batch comes back and `done` is dropped uncalled.
    pub fn write(&self, batch: Vec<Change>, done: impl FnOnce(Result<(), Error>) + Send + 'static) -> Result<(), QueueFull> {
        match self.inner.queue.push(Job::new(batch, Box::new(done))) {
            Ok(()) => Ok(()),
            Err(Refused::Full(job)) => Err(QueueFull(job.batch)),
            Err(Refused::Closed(job)) => {
                (job.done)(Err(Error::Closed));
                Ok(())
            }
        }
    }

    /// Writes a batch and waits until it is on disk, also for room in the queue. Never to be called from a `done`.
    pub fn write_wait(&self, batch: Vec<Change>) -> Result<(), Error> {
        let (tx, rx) = sync_channel(1);
        let done = move |outcome| {
            // Whoever waits on the other side cannot have gone.
            let _gone = tx.send(outcome);
        };
        match self.inner.queue.push_wait(Job::new(batch, Box::new(done))) {
            Ok(()) => rx.recv().unwrap_or(Err(Error::Closed)),
            Err(_) => Err(Error::Closed),
        }
    }

    /// Asks questions of one snapshot, which holds everything whose `done` was called before. Waits for one of
    /// [`READERS`](crate::READERS) connections, never for the writer; a query must not call `read` again.
    pub fn read<T>(&self, query: impl FnOnce(&Reader<'_>) -> Result<T, Error>) -> Result<T, Error> {
        match &self.inner.readers {
            Some(readers) => readers.read(query),
            None => Err(Error::Closed),
        }
    }

    /// Whether the database was closed in order before it was opened this time. If not, [`Store::quick_check`] is due, some time
    /// after the start.
    pub fn ended_cleanly(&self) -> bool {
        self.inner.ended_cleanly
    }

    /// What a check of the whole file finds; empty if it is sound. Takes as long as reading the file.
    pub fn quick_check(&self) -> Result<Vec<String>, Error> {
        self.read(|reader| reader.quick_check())
    }
}

fn start(queue: Arc<Queue>, db: Connection, before: Before) -> Result<JoinHandle<()>, Error> {
    thread::Builder::new().name("store".to_owned()).spawn(move || writer::run(&queue, db, before)).map_err(Error::Thread)
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.readers = None;
        self.queue.close();
        let Some(writer) = self.writer.take() else { return };
        // The last clone may go inside a `done`: that is the writer's own thread, which ends by itself.
        if writer.thread().id() != thread::current().id() {
            // A panic there was reported when it happened.
            let _panicked = writer.join();
        }
    }
}
