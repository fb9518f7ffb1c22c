//! What is at a path, with its content kept: each file is read when it may have changed since it was read last, and never beyond a limit.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::sync::Mutex;

use alcove_store::{CheckpointKind as Kind, CheckpointSide as Side};

use super::blobs::Blobs;
use super::ground::{Meta, stat};
use super::guard;
use crate::clock::now_ns;

/// Bytes a file may have for its content to be kept.
pub(super) const FILE_BYTES: u64 = 8 << 20;
/// A file that changed so shortly before it was read may change again without its times showing it, in nanoseconds.
const QUIET: i64 = 2_000_000_000;
/// Files whose hash is remembered; beyond that all are forgotten.
const REMEMBERED: usize = 200_000;
/// How often a file that changes while it is read is read again.
const TRIES: usize = 3;

/// What was at a path, and what the system said about it then.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) side: Side,
    pub(super) meta: Option<Meta>,
}

/// Hashes of files that have not changed since.
#[derive(Default)]
pub(super) struct Cache {
    /// Guards which file, as the system describes it, had which hash.
    hashes: Mutex<HashMap<Meta, String>>,
}

impl Cache {
    fn get(&self, meta: &Meta) -> Option<String> {
        guard::lock(&self.hashes).get(meta).cloned()
    }

    /// Remembers the hash of a file that was read at `at`, if it was quiet by then.
    fn put(&self, meta: &Meta, hash: &str, at: i64) {
        if meta.changed.max(meta.touched).saturating_add(QUIET) > at {
            return;
        }
        let mut hashes = guard::lock(&self.hashes);
        if hashes.len() >= REMEMBERED {
            hashes.clear();
        }
        hashes.insert(*meta, hash.to_owned());
    }
}

/// What reads contents and keeps them.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) blobs: &'a Blobs,
    pub(super) cache: &'a Cache,
}

impl Reader<'_> {
    /// A file with its content, which is kept; without, when it is too large or cannot be read.
    pub(super) fn file(&self, meta: &Meta, open: impl Fn() -> io::Result<File>) -> io::Result<Seen> {
        if meta.size > FILE_BYTES {
            return Ok(stated(meta));
        }
        if let Some(hash) = self.cache.get(meta).filter(|hash| self.blobs.has(hash, meta.size)) {
            return Ok(Seen { side: kept(meta, hash, meta.size), meta: Some(*meta) });
        }
        let mut last = *meta;
        for _ in 0..TRIES {
            let at = i64::try_from(now_ns()).unwrap_or(i64::MAX);
            let mut file = match open() {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Ok(stated(meta)),
                Err(error) => return Err(error),
            };
            let mut content = Vec::new();
            let before = stat(&file)?;
            (&mut file).take(FILE_BYTES + 1).read_to_end(&mut content)?;
            last = stat(&file)?;
            if content.len() as u64 > FILE_BYTES {
                return Ok(stated(&last));
            }
            if before == last && last.size == content.len() as u64 {
                let hash = self.blobs.put(&content)?;
                self.cache.put(&last, &hash, at);
                return Ok(Seen { side: kept(&last, hash, last.size), meta: Some(last) });
            }
        }
        // It is being written all the time; what it is now cannot be said.
        Ok(stated(&last))
    }
}

/// What is there, without a content.
pub(super) fn stated(meta: &Meta) -> Seen {
    Seen { side: meta.side(), meta: Some(*meta) }
}

fn kept(meta: &Meta, hash: String, bytes: u64) -> Side {
    Side { kind: Kind::File, mode: meta.mode, hash: Some(hash), bytes, stamp: 0, target: None }
}
