//! Reading: a few read-only connections, each question on a snapshot of its own. Nothing here waits for the writer.

use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use crate::table::{answer, chat, checkpoint, entry, event, mark, media, setting, token, turn, usage};
use crate::{
    AnswerRow, Census, ChatRow, CheckpointAge, CheckpointRow, EntryRow, Error, EventRow, MediaRow, Page, TokenRow, TurnRow, UsageRow,
    connection,
};

/// Read-only connections at most; they are opened when first needed.
pub const READERS: usize = 4;

/// One snapshot of the database. Functions that take a chat answer [`Error::NoChat`] for an unknown one, unless they say otherwise.
pub struct Reader<'db> {
    db: &'db Connection,
}

impl Reader<'_> {
    /// Every chat, last updated first.
    pub fn chats(&self) -> Result<Vec<ChatRow>, Error> {
        chat::all(self.db)
    }

    /// At most `limit` chats, last updated first, after the one with this `(updated_at, id)`.
    pub fn chats_page(&self, limit: u32, after: Option<(i64, &str)>) -> Result<Vec<ChatRow>, Error> {
        match after {
            Some((updated_at, id)) => chat::older(self.db, limit, updated_at, id),
            None => chat::newest(self.db, limit),
        }
    }

    /// One chat; `None` for an unknown one.
    pub fn chat(&self, id: &str) -> Result<Option<ChatRow>, Error> {
        chat::get(self.db, id)
    }

    /// The number of a chat's newest event, 0 before the first.
    pub fn last_seq(&self, chat: &str) -> Result<u64, Error> {
        Ok(chat::place(self.db, chat)?.last_seq)
    }

    /// How many turns a chat has.
    pub fn turn_count(&self, chat: &str) -> Result<u64, Error> {
        let found = chat::get(self.db, chat)?.ok_or_else(|| Error::NoChat { chat: chat.to_owned() })?;
        Ok(found.turn_count)
    }

    /// At most `limit` rows that reach beyond `after_seq`, oldest first. The first may begin at or before `after_seq`, if it is a
    /// folded run that `after_seq` lies in. [`Error::Damaged`] if a checksum does not match.
    pub fn events(&self, chat: &str, after_seq: u64, limit: u32) -> Result<Vec<EventRow>, Error> {
        event::after(self.db, chat, after_seq, limit)
    }

    /// The `turns` (at least one) newest turns below `before_seq`, or of the whole chat. The first page also holds whatever
    /// precedes the first page start. [`Error::Damaged`] if a checksum does not match.
    pub fn page(&self, chat: &str, before_seq: Option<u64>, turns: u32) -> Result<Page, Error> {
        event::page(self.db, chat, before_seq, turns)
    }

    /// Entries of all chats that wait for a person or were being made.
    pub fn unfinished_entries(&self) -> Result<Vec<EntryRow>, Error> {
        entry::unfinished(self.db)
    }

    /// A chat's entries, by `seq`.
    pub fn entries(&self, chat: &str) -> Result<Vec<EntryRow>, Error> {
        entry::of_chat(self.db, chat)
    }

    /// A chat's visible entries up to the turn of this ordinal, by turn and `seq`.
    pub fn visible_entries(&self, chat: &str, turn: u64) -> Result<Vec<EntryRow>, Error> {
        entry::visible(self.db, chat, turn)
    }

    /// One entry; `None` for an unknown path.
    pub fn entry(&self, chat: &str, path: &str) -> Result<Option<EntryRow>, Error> {
        entry::get(self.db, chat, path)
    }

    /// One turn; `None` for an unknown chat or turn.
    pub fn turn(&self, chat: &str, id: &str) -> Result<Option<TurnRow>, Error> {
        turn::get(self.db, chat, id)
    }

    /// The files of a chat, by path.
    pub fn media(&self, chat: &str) -> Result<Vec<MediaRow>, Error> {
        media::of_chat(self.db, chat)
    }

    /// Whether a file belongs to any chat.
    pub fn media_used(&self, file: &str) -> Result<bool, Error> {
        media::is_used(self.db, file)
    }

    /// What a chat's turns made of files, by turn, step, folder and path.
    pub fn checkpoints(&self, chat: &str) -> Result<Vec<CheckpointRow>, Error> {
        checkpoint::of_chat(self.db, chat)
    }

    /// What one turn made of files, by step, folder and path.
    pub fn turn_checkpoints(&self, chat: &str, turn: u64) -> Result<Vec<CheckpointRow>, Error> {
        checkpoint::of_turn(self.db, chat, turn)
    }

    /// The hashes of all contents that checkpoints keep, each once.
    pub fn checkpoint_hashes(&self) -> Result<Vec<String>, Error> {
        checkpoint::hashes(self.db)
    }

    /// Turns whose checkpoints keep contents, the oldest first.
    pub fn checkpoint_ages(&self) -> Result<Vec<CheckpointAge>, Error> {
        checkpoint::ages(self.db)
    }

    /// The last step of a turn's checkpoints; 0 when nothing was overwritten while undoing it.
    pub fn checkpoint_step(&self, chat: &str, turn: u64) -> Result<u64, Error> {
        checkpoint::last_step(self.db, chat, turn)
    }

    /// A chat's turns in their order; none for an unknown chat.
    pub fn turns(&self, chat: &str) -> Result<Vec<TurnRow>, Error> {
        turn::of_chat(self.db, chat)
    }

    /// Every queued or running turn of every chat, each chat's in their order.
    pub fn unfinished_turns(&self) -> Result<Vec<TurnRow>, Error> {
        turn::unfinished(self.db)
    }

    /// A setting's JSON text.
    pub fn setting(&self, key: &str) -> Result<Option<String>, Error> {
        setting::get(self.db, key)
    }

    /// Every setting with its JSON text, by key.
    pub fn settings(&self) -> Result<Vec<(String, String)>, Error> {
        setting::all(self.db)
    }

    /// The token with this hash, void or not.
    pub fn token(&self, hash: &str) -> Result<Option<TokenRow>, Error> {
        token::get(self.db, hash)
    }

    /// The answer given to the request with this key.
    pub fn answer(&self, scope: &str, key: &str) -> Result<Option<AnswerRow>, Error> {
        answer::get(self.db, scope, key)
    }

    /// Every day something was used on, oldest first; [`crate::USAGE_DAYS`] at most.
    pub fn usage(&self) -> Result<Vec<UsageRow>, Error> {
        usage::all(self.db)
    }

    /// What SQLite's whole check finds; empty if the database is sound. Reads everything.
    pub fn integrity(&self) -> Result<Vec<String>, Error> {
        mark::integrity(self.db)
    }

    /// The database in numbers. Reads the keys of every table.
    pub fn census(&self) -> Result<Census, Error> {
        mark::census(self.db)
    }

    /// What SQLite's check without indexes finds; empty if the database is sound. Reads everything.
    pub fn quick_check(&self) -> Result<Vec<String>, Error> {
        mark::quick(self.db)
    }
}

/// The connections for reading.
pub(crate) struct Pool {
    path: PathBuf,
    /// Guards the connections nobody reads with, and how many there are in all.
    shelf: Mutex<Shelf>,
    /// Told when a connection comes back.
    back: Condvar,
}

#[derive(Default)]
struct Shelf {
    idle: Vec<Connection>,
    opened: usize,
}

impl Pool {
    pub(crate) fn new(path: PathBuf) -> Pool {
        Pool { path, shelf: Mutex::default(), back: Condvar::new() }
    }

    /// Asks on a snapshot of its own, waiting for a connection if all are in use.
    pub(crate) fn read<T>(&self, query: impl FnOnce(&Reader<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let lease = self.lease()?;
        let db = lease.db.as_ref().expect("a lease holds its connection until it is dropped");
        // Dropped, the transaction ends without having changed anything.
        let snapshot = db.unchecked_transaction().map_err(Error::sql("begin to read"))?;
        query(&Reader { db: &snapshot })
    }

    fn lease(&self) -> Result<Lease<'_>, Error> {
        let none = |shelf: &mut Shelf| shelf.idle.is_empty() && shelf.opened >= READERS;
        let mut shelf = self.back.wait_while(self.lock(), none).unwrap_or_else(PoisonError::into_inner);
        let idle = shelf.idle.pop();
        if idle.is_none() {
            shelf.opened += 1;
        }
        drop(shelf);
        let mut lease = Lease { pool: self, db: idle };
        if lease.db.is_none() {
            lease.db = Some(connection::reader(&self.path)?);
        }
        Ok(lease)
    }

    /// No state between two statements is wrong, so poison means nothing.
    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection on loan; it comes back however the question ends. Without one, its place comes back.
struct Lease<'p> {
    pool: &'p Pool,
    db: Option<Connection>,
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let mut shelf = self.pool.lock();
        match self.db.take() {
            Some(db) => shelf.idle.push(db),
            None => shelf.opened -= 1,
        }
        self.pool.back.notify_one();
    }
}
