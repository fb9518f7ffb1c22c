//! The bounded queue between whoever writes and the writer. It holds batches in their order and applies nothing.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::{Change, Error};

/// Batches that may wait for the writer.
pub const QUEUE_BATCHES: usize = 4_096;
/// Bytes that may wait for the writer; a batch that alone is larger is taken when nothing else waits.
pub const QUEUE_BYTES: usize = 32 << 20;
/// Batches that are committed together at most.
const GROUP_BATCHES: usize = 512;
/// Bytes that are committed together at most, unless one batch alone is larger.
const GROUP_BYTES: usize = 4 << 20;

/// The queue was full; this is the batch that did not fit.
#[derive(Debug)]
pub struct QueueFull(pub Vec<Change>);

impl fmt::Display for QueueFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "too much is waiting to be saved")
    }
}

impl std::error::Error for QueueFull {}

/// A batch, and who is told how it went.
pub(crate) struct Job {
    pub(crate) batch: Vec<Change>,
    pub(crate) done: Box<dyn FnOnce(Result<(), Error>) + Send>,
    bytes: usize,
}

impl Job {
    pub(crate) fn new(batch: Vec<Change>, done: Box<dyn FnOnce(Result<(), Error>) + Send>) -> Job {
        let bytes = batch.iter().map(Change::bytes).sum();
        Job { batch, done, bytes }
    }

    /// Its size in the queue.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Why a job was not taken.
pub(crate) enum Refused {
    Full(Job),
    Closed(Job),
}

pub(crate) struct Queue {
    /// Guards what waits and whether more may come.
    waiting: Mutex<Waiting>,
    /// Told when there is a job to take, and when the queue closes.
    some: Condvar,
    /// Told when jobs were taken, and when the queue closes.
    room: Condvar,
}

#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    bytes: usize,
    closed: bool,
}

impl Waiting {
    fn fits(&self, job: &Job) -> bool {
        self.jobs.is_empty() || (self.jobs.len() < QUEUE_BATCHES && self.bytes + job.bytes <= QUEUE_BYTES)
    }

    fn push(&mut self, job: Job) {
        self.bytes += job.bytes;
        self.jobs.push_back(job);
    }

    fn pop(&mut self, room: usize) -> Option<Job> {
        if self.jobs.front()?.bytes > room {
            return None;
        }
        let job = self.jobs.pop_front()?;
        self.bytes -= job.bytes;
        Some(job)
    }
}

impl Queue {
    pub(crate) fn new() -> Queue {
        Queue { waiting: Mutex::default(), some: Condvar::new(), room: Condvar::new() }
    }

    /// Puts a job at the end; never waits.
    pub(crate) fn push(&self, job: Job) -> Result<(), Refused> {
        let mut waiting = self.lock();
        if waiting.closed {
            return Err(Refused::Closed(job));
        }
        if !waiting.fits(&job) {
            return Err(Refused::Full(job));
        }
        waiting.push(job);
        self.some.notify_one();
        Ok(())
    }

    /// Puts a job at the end, waiting for room; gives it back if the queue is closed.
    pub(crate) fn push_wait(&self, job: Job) -> Result<(), Job> {
        let full = |waiting: &mut Waiting| !waiting.closed && !waiting.fits(&job);
        let mut waiting = self.room.wait_while(self.lock(), full).unwrap_or_else(PoisonError::into_inner);
        if waiting.closed {
            return Err(job);
        }
        waiting.push(job);
        self.some.notify_one();
        Ok(())
    }

    /// Waits for jobs and takes what may be committed together, in order; nothing once the queue is closed and empty.
    pub(crate) fn take(&self) -> Vec<Job> {
        let idle = |waiting: &mut Waiting| waiting.jobs.is_empty() && !waiting.closed;
        let mut waiting = self.some.wait_while(self.lock(), idle).unwrap_or_else(PoisonError::into_inner);
        let Some(first) = waiting.pop(usize::MAX) else { return Vec::new() };
        let mut room = GROUP_BYTES.saturating_sub(first.bytes);
        let mut group = vec![first];
        while group.len() < GROUP_BATCHES
            && let Some(job) = waiting.pop(room)
        {
            room -= job.bytes;
            group.push(job);
        }
        self.room.notify_all();
        group
    }

    /// Lets nothing more in. What waits can still be taken.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.some.notify_all();
        self.room.notify_all();
    }

    /// Nothing panics while it holds this lock, and no state between two statements is wrong, so poison means nothing.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
