//! Checkpoints: what turns change is captured by content hash, edits and commands alike, so that a hunk, a file or a whole turn can be
//! undone and done again, in git and outside it. What changed since is never overwritten silently, and nothing outside a scope's folder,
//! in a repository's own files or in Alcove's is ever touched. Everything here blocks.

mod apply;
mod blobs;
mod capture;
mod ground;
mod guard;
mod hand;
mod hunks;
mod ledger;
mod look;
mod pages;
mod plan;
mod room;
mod scan;
#[cfg(test)]
mod tests;
mod turns;
mod undo;

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};

use alcove_store::{CheckpointHow, CheckpointKind, CheckpointSide, Store};

pub(crate) use capture::{Ended, Touching, Watch};
pub(crate) use hunks::Standing;
pub(crate) use pages::{Overwriting, Page, Part};
pub(crate) use turns::{FileChange, Operation, State};
pub(crate) use undo::{Ask, Insist, Way, What};

use blobs::Blobs;
use ground::Ground;
use hand::Held;
use ledger::Ledger;
use look::{Cache, Reader};
use turns::Differences;

/// The folder of contents in the data folder.
const ROOT: &str = "checkpoints";

/// The checkpoints of all chats. Clones are cheap and the same.
#[derive(Clone)]
pub(crate) struct Checkpoints {
    inner: Arc<Inner>,
}

struct Inner {
    data: PathBuf,
    store: Store,
    blobs: Blobs,
    cache: Cache,
    /// Taken shared while contents are kept that no row names yet, alone while contents are removed.
    gate: RwLock<()>,
    /// Guards the folders commands run in, by their path.
    ledgers: Mutex<HashMap<PathBuf, Arc<Mutex<Ledger>>>>,
    /// Guards what is being changed by hands that are known.
    hands: Mutex<Vec<Arc<Held>>>,
    /// Guards differences that were made already.
    differences: Mutex<Differences>,
    next: AtomicU64,
}

/// Whose change it is, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct At {
    /// The chat's id.
    pub(crate) chat: String,
    /// The ordinal of its turn.
    pub(crate) turn: u64,
    /// 0, except for what a person overwrote while undoing the turn.
    pub(crate) step: u64,
    /// The chat's folder; for files elsewhere, `/`.
    pub(crate) folder: PathBuf,
}

/// What became of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Changed {
    /// Beneath the folder.
    pub(crate) path: PathBuf,
    /// What was there.
    pub(crate) before: CheckpointSide,
    /// What is there.
    pub(crate) after: CheckpointSide,
    /// By whom.
    pub(crate) how: CheckpointHow,
}

impl Changed {
    /// Whether a content was not kept.
    pub(crate) fn is_too_big(&self) -> bool {
        [&self.before, &self.after].iter().any(|side| side.kind == CheckpointKind::File && side.hash.is_none())
    }
}

/// Why something could not be captured or undone.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The database.
    Store(alcove_store::Error),
    /// A file or a folder.
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Fault {
    fn io(path: &Path) -> impl Fn(io::Error) -> Self + Copy {
        move |source| Self::Io { path: path.to_owned(), source }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(_) => write!(f, "the database could not be used"),
            Self::Io { path, .. } => write!(f, "{} could not be captured or put back", path.display()),
        }
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Store(source) => Some(source),
            Self::Io { source, .. } => Some(source),
        }
    }
}

impl From<alcove_store::Error> for Fault {
    fn from(source: alcove_store::Error) -> Self {
        Self::Store(source)
    }
}

impl Checkpoints {
    /// Makes the folder of contents where it is missing.
    pub(crate) fn open(data: &Path, store: &Store) -> Result<Self, Fault> {
        let root = data.join(ROOT);
        let blobs = Blobs::open(root.clone()).map_err(Fault::io(&root))?;
        let inner = Inner {
            data: data.to_owned(),
            store: store.clone(),
            blobs,
            cache: Cache::default(),
            gate: RwLock::default(),
            ledgers: Mutex::default(),
            hands: Mutex::default(),
            differences: Mutex::default(),
            next: AtomicU64::new(1),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    fn hold(&self, folder: &Path) -> io::Result<Ground> {
        Ground::hold(folder, &self.inner.data)
    }

    /// The folder that rows name, unless it is gone or that path leads elsewhere by now.
    fn hold_named(&self, folder: &[u8]) -> Option<Ground> {
        let folder = path_of(folder);
        self.hold(folder).ok().filter(|ground| ground.path() == folder)
    }

    fn reader(&self) -> Reader<'_> {
        Reader { blobs: &self.inner.blobs, cache: &self.inner.cache }
    }

    fn next(&self) -> u64 {
        self.inner.next.fetch_add(1, Ordering::Relaxed)
    }
}

/// A path as rows have it.
fn bytes(path: &Path) -> Vec<u8> {
    path.as_os_str().as_bytes().to_vec()
}

/// The path in a row.
fn path_of(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}
