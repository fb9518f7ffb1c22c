//! What only its owner changes, known by what it is and not by its name: Alcove's own folders, and a repository's. Whatever spelling, link or
//! mount leads there, the descriptor of a folder says where it lies. Changes nothing.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::sync::Arc;

use alcove_agent::path::Protected;
use rustix::fs::{AtFlags, Dev, FileType, Stat};
use rustix::io::Errno;

use super::descend::{FOLDER, LISTED, entries, open_at};

/// Folders that are climbed through at most.
const CLIMBED: usize = 512;
/// Folders beneath Alcove's own that are looked into.
const DEPTH: usize = 12;

/// What a file or folder is, under any name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Id {
    dev: Dev,
    ino: u64,
}

impl Id {
    pub(super) fn of(about: &Stat) -> Self {
        Self { dev: about.st_dev, ino: about.st_ino }
    }

    pub(super) fn of_open(fd: impl AsFd) -> Result<Self, Errno> {
        Ok(Self::of(&rustix::fs::fstat(fd)?))
    }
}

/// Alcove's own folders, held open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Own {
    folders: Arc<[(OwnedFd, Id)]>,
    /// A folder among them that is none of them: where chats work that chose no folder.
    spared: Option<Id>,
}

impl Own {
    /// Takes hold of the folders, which exist.
    pub(crate) fn hold(folders: &[&Path]) -> io::Result<Self> {
        let hold = |path: &&Path| {
            let fd = open_at(rustix::fs::CWD, *path, FOLDER)?;
            let id = Id::of_open(&fd)?;
            Ok((fd, id))
        };
        Ok(Self { folders: folders.iter().map(hold).collect::<io::Result<_>>()?, spared: None })
    }

    /// The same but for one folder, which exists.
    pub(crate) fn but(self, spared: &Path) -> io::Result<Self> {
        let spared = Id::of_open(&open_at(rustix::fs::CWD, spared, FOLDER)?)?;
        Ok(Self { spared: Some(spared), ..self })
    }

    /// Whether the folder is Alcove's own.
    pub(super) fn is(&self, id: Id) -> bool {
        self.folders.iter().any(|(_, own)| *own == id)
    }

    /// Whether one of Alcove's own folders lies in this one, or is it.
    pub(super) fn lies_in(&self, id: Id) -> Result<bool, Errno> {
        for (fd, _) in self.folders.iter() {
            if lies_in(fd, id)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// All files of Alcove's own.
    fn files(&self) -> Result<HashSet<Id>, Errno> {
        let mut files = HashSet::new();
        for (fd, id) in self.folders.iter() {
            gather(&open_at(fd, ".", LISTED)?, (id.dev, self.spared), DEPTH, &mut files)?;
        }
        Ok(files)
    }
}

fn gather(folder: &OwnedFd, (dev, spared): (Dev, Option<Id>), depth: usize, files: &mut HashSet<Id>) -> Result<(), Errno> {
    for entry in entries(folder)? {
        let entry = entry?;
        if entry.file_type() != FileType::Directory {
            files.insert(Id { dev, ino: entry.ino() });
        } else if depth > 0 && spared != Some(Id { dev, ino: entry.ino() }) {
            // What goes away meanwhile is no longer ours.
            let Ok(inner) = open_at(folder, entry.file_name(), LISTED) else { continue };
            gather(&inner, (dev, spared), depth - 1, files)?;
        }
    }
    Ok(())
}

/// What is not shown of a folder: Alcove's own, looked up once however many files are asked about.
pub(super) struct Hidden<'o> {
    own: &'o Own,
    files: OnceCell<HashSet<Id>>,
}

impl<'o> Hidden<'o> {
    pub(super) fn new(own: &'o Own) -> Self {
        Self { own, files: OnceCell::new() }
    }

    /// Whether this is Alcove's own. What cannot be told is.
    pub(super) fn hides(&self, about: &Stat) -> bool {
        match FileType::from_raw_mode(about.st_mode) {
            FileType::Directory => self.own.is(Id::of(about)),
            FileType::RegularFile if about.st_nlink > 1 && !self.own.folders.is_empty() => match self.files.get() {
                Some(files) => files.contains(&Id::of(about)),
                None => match self.own.files() {
                    Ok(files) => self.files.get_or_init(|| files).contains(&Id::of(about)),
                    Err(_) => true,
                },
            },
            FileType::RegularFile
            | FileType::Symlink
            | FileType::Fifo
            | FileType::Socket
            | FileType::CharacterDevice
            | FileType::BlockDevice
            | FileType::Unknown => false,
        }
    }
}

/// What protects a folder by where it lies: it is Alcove's own or a repository's, or beneath one.
pub(super) fn protecting(own: &Own, folder: impl AsFd) -> Result<Option<Protected>, Errno> {
    let mut found = None;
    climb(folder, |here, above| {
        found = if own.is(here) { Some(Protected::Own) } else { is_git(above, here).then_some(Protected::Git) };
        found.is_some() || own.spared == Some(here)
    })?;
    Ok(found)
}

/// Whether `.git` of this folder is the thing, however it was named.
pub(super) fn is_git(folder: impl AsFd, id: Id) -> bool {
    rustix::fs::statat(folder, OsStr::new(".git"), AtFlags::SYMLINK_NOFOLLOW).is_ok_and(|about| Id::of(&about) == id)
}

/// Whether a folder lies in the one that is `id`, or is it.
pub(super) fn lies_in(folder: impl AsFd, id: Id) -> Result<bool, Errno> {
    let mut found = false;
    climb(folder, |here, _| {
        found = here == id;
        found
    })?;
    Ok(found)
}

/// Asks about a folder, the one above it, and so on up to the top; what is asked gets the folder's identity and the folder above it.
fn climb(folder: impl AsFd, mut enough: impl FnMut(Id, &OwnedFd) -> bool) -> Result<(), Errno> {
    let mut id = Id::of_open(&folder)?;
    let mut above = open_at(&folder, "..", FOLDER);
    for _ in 0..CLIMBED {
        // Above a folder that may not be passed through nothing can be reached from here either.
        let Some(upper) = not_denied(above)? else { return Ok(()) };
        let next = Id::of_open(&upper)?;
        if enough(id, &upper) || next == id {
            return Ok(());
        }
        id = next;
        above = open_at(&upper, "..", FOLDER);
    }
    Err(Errno::NAMETOOLONG)
}

fn not_denied(opened: Result<OwnedFd, Errno>) -> Result<Option<OwnedFd>, Errno> {
    match opened {
        Err(Errno::ACCESS) => Ok(None),
        opened => opened.map(Some),
    }
}
