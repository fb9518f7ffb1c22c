//! The files of one chat's folder: the only way in which file tools touch the disk. A [`Tree`] holds the folder open since it was chosen;
//! [`Tree::place`] says where a path really leads and what policy must know of it, and everything else works on that place, from
//! descriptors and through no link, so that a race never leads elsewhere: what has become another thing meanwhile is refused as changed.
//! It decides nothing about who may do what, but what is Alcove's own or a repository's is never changed here, and Alcove's own never read.
//!
//! All calls block.

mod change;
mod descend;
mod error;
mod find;
mod fit;
mod glob;
mod grep;
mod hit;
mod ignored;
mod limit;
mod list;
mod own;
mod place;
mod read;
mod remove;
mod resolve;
#[cfg(test)]
mod tests;
mod walk;
mod write;

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use alcove_agent::path::Reach;
use rustix::fs::CWD;

use descend::{FOLDER, open_at};
use own::Id;

pub(crate) use error::FileError;
pub(crate) use fit::Words;
pub(crate) use glob::Names;
pub(crate) use grep::{Asked, Found, Letters, Query};
pub(crate) use limit::{Limits, Look, Waiting};
pub(crate) use own::Own;
pub(crate) use place::{Expect, Place, PlaceKind};

/// What the names of files begin with that have no place yet; sixteen hexadecimal digits follow.
const TEMPORARY: &str = ".alcove-";

/// A chat's folder, held open since it was chosen.
#[derive(Debug)]
pub(crate) struct Tree {
    root: OwnedFd,
    /// What the folder is.
    id: Id,
    /// Where it was when it was taken hold of, without links.
    path: String,
    reach: Reach,
    /// The top of the system, where the chat may go anywhere.
    system: Option<OwnedFd>,
    own: Own,
}

impl Tree {
    /// Takes hold of a folder. A path with links is held where they lead.
    pub(crate) fn open(root: &Path, reach: Reach, own: Own) -> io::Result<Self> {
        let path = root.canonicalize()?.into_os_string().into_string().map_err(|_| io::ErrorKind::InvalidFilename)?;
        let root = open_at(CWD, path.as_str(), FOLDER)?;
        let id = Id::of_open(&root)?;
        let system = match reach {
            Reach::Scope => None,
            Reach::Anywhere => Some(open_at(CWD, "/", FOLDER)?),
        };
        Ok(Self { root, id, path, reach, system, own })
    }

    /// Where the folder was when it was taken hold of.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Whether that path still leads to it, by no link: what goes by the path, as commands do, works in no other folder then.
    pub(crate) fn is_in_place(&self) -> bool {
        let path = Path::new(&self.path);
        let there = open_at(CWD, self.path.as_str(), FOLDER).and_then(Id::of_open);
        there.is_ok_and(|id| id == self.id) && path.canonicalize().is_ok_and(|real| real == path)
    }
}
