//! One channel of a running command: its pipe, what is told of it, and what is kept of it.

use std::future::pending;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::unix::pipe::Receiver;
use tokio::time::Instant;

use super::Told;
use super::keep::Keep;
use super::telling::Telling;

/// Bytes read at a time: what a pipe holds.
const CHUNK: usize = 64 << 10;
/// Bytes read at most after the end; a pipe holds no more.
const REST: usize = 1 << 20;
/// Lines and bytes told of what is skipped.
const NEWEST: (usize, usize) = (16, 2 << 10);

/// What a command and those who ask for its newest lines share.
pub(super) type SharedKeep = Arc<Mutex<Keep>>;

/// No state between two statements under it is wrong, so poison means nothing.
pub(super) fn lock(keep: &SharedKeep) -> MutexGuard<'_, Keep> {
    keep.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug)]
pub(super) struct Channel {
    /// None after its end.
    pipe: Option<Receiver>,
    buffer: Vec<u8>,
    keep: SharedKeep,
    telling: Telling,
}

impl Channel {
    pub(super) fn new(pipe: Receiver, keep: SharedKeep, telling: Telling) -> Self {
        Self { pipe: Some(pipe), buffer: vec![0; CHUNK], keep, telling }
    }

    pub(super) fn is_open(&self) -> bool {
        self.pipe.is_some()
    }

    /// Reads once, and lets others have their turn: a pipe that is never empty would keep a worker of the runtime, and with it the one
    /// that hears the network, for as long as the command prints. Cancel-safe.
    pub(super) async fn read(&mut self) {
        match &self.pipe {
            Some(pipe) => {
                let _ready = pipe.readable().await;
                self.read_now(Receiver::try_read);
                tokio::task::yield_now().await;
            }
            None => pending().await,
        }
    }

    /// Reads what is there already, when all who could write are gone. Asks the system itself, as the runtime may not have looked yet.
    pub(super) fn read_rest(&mut self) {
        let mut rest = REST;
        while rest > 0 {
            let bytes = self.read_now(|pipe, buffer| Ok(rustix::io::read(pipe, buffer)?));
            if bytes == 0 {
                break;
            }
            rest = rest.saturating_sub(bytes);
        }
        self.pipe = None;
        self.telling.finish();
    }

    fn read_now(&mut self, read: impl Fn(&Receiver, &mut [u8]) -> io::Result<usize>) -> usize {
        let Some(pipe) = &self.pipe else { return 0 };
        match read(pipe, &mut self.buffer) {
            Ok(0) => self.pipe = None,
            Ok(bytes) => {
                let bytes = &self.buffer[..bytes];
                lock(&self.keep).take(bytes);
                self.telling.take(bytes, Instant::now());
                return bytes.len();
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
            Err(_) => self.pipe = None,
        }
        0
    }

    pub(super) fn due(&self) -> Option<Instant> {
        self.telling.due()
    }

    /// What is to be told now.
    pub(super) fn next(&mut self, now: Instant) -> Option<Told> {
        let (lines, bytes) = NEWEST;
        self.telling.next(now, || lock(&self.keep).newest(lines, bytes))
    }

    /// What is still to be told after the end, but not that more was skipped.
    pub(super) fn last(&mut self) -> Option<Told> {
        self.telling.piece()
    }
}
