//! What stands at a place, as exactly as a yes to moving, copying or removing it is bound: a file by its bytes, a link by its text, a folder
//! by everything in it. What is too much to be read, or may not be, is held to its length and the times the system keeps of it. It changes
//! nothing, and goes through no link.

use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;

use alcove_agent::edit::Digest;
use alcove_agent::path::Protected;
use rustix::fs::{AtFlags, Stat};
use rustix::io::Errno;
use sha2::{Digest as _, Sha256};

use super::Tree;
use super::descend::{LISTED, open_at};
use super::error::FileError;
use super::list::names;
use super::own::Hidden;
use super::place::{Expect, Place, PlaceKind, Spot};
use super::read::{digest, moved};

/// Bytes of a file that are read for it.
const FILE_BYTES: u64 = 256 << 20;
/// Bytes of all the files of a folder that are read for it.
const FOLDER_BYTES: u64 = 64 << 20;
/// Files and folders in a folder that are looked at.
const NAMES: usize = 20_000;
/// Folders in folders that are gone into.
const DEPTH: usize = 128;

/// What stands somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    Nothing,
    /// A file, by its bytes and its rights.
    File {
        bytes: Digest,
        mode: u32,
    },
    /// A file that was not read: by what the system says of it.
    Stamped(String),
    /// A folder, by everything in it.
    Folder(Inside),
    /// A link, by its text.
    Link(Vec<u8>),
    /// A device, a pipe or a socket.
    Other,
}

/// What is in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Inside {
    /// Of every name, what it is, and what it holds.
    pub(crate) digest: Digest,
    /// Files and folders, all the way down.
    pub(crate) names: usize,
    /// Bytes of all files.
    pub(crate) bytes: u64,
    /// Files that were not read.
    pub(crate) stamped: usize,
    /// There are more names than were looked at.
    pub(crate) more: bool,
}

/// Which of a place's two ends is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The name itself: what is removed or moved.
    Name,
    /// Where its links lead: what is read or written.
    Leads,
}

impl Sight {
    /// What must be so of it, as far as that can be asked for where something is changed.
    pub(crate) fn expect(&self) -> Expect {
        match self {
            Self::Nothing => Expect::Absent,
            Self::File { bytes, .. } => Expect::Bytes(bytes.clone()),
            Self::Stamped(_) | Self::Folder(_) | Self::Link(_) | Self::Other => Expect::Anything,
        }
    }

    /// The digest of it.
    pub(crate) fn digest(&self) -> [u8; 32] {
        Sha256::digest(format!("{self:?}")).into()
    }
}

impl Tree {
    /// What stands at a place now.
    pub(crate) fn sight(&self, at: &Place, end: End) -> Result<Sight, FileError> {
        if at.protected == Some(Protected::Own) {
            return Err(FileError::protected(Protected::Own));
        }
        let spot = match end {
            End::Name => &at.entry,
            End::Leads => at.leads.as_ref().map_err(Clone::clone)?,
        };
        match self.stands(spot) {
            Err(why) if why.code == "missing" => Ok(Sight::Nothing),
            stands => stands,
        }
    }

    /// Whether a place still is as it was seen.
    pub(crate) fn still(&self, at: &Place, end: End, seen: &Sight) -> Result<(), FileError> {
        if self.sight(at, end)? == *seen { Ok(()) } else { Err(FileError::changed()) }
    }

    fn stands(&self, spot: &Spot) -> Result<Sight, FileError> {
        if spot.names.is_empty() {
            return Err(FileError::root());
        }
        let (folder, name) = self.parent(spot)?;
        let about = rustix::fs::statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(match PlaceKind::of(&about) {
            PlaceKind::Absent => Sight::Nothing,
            PlaceKind::File { len, mode, .. } if len <= FILE_BYTES => match self.file(&folder, name, &Hidden::new(&self.own)) {
                Ok((file, _)) => Sight::File { bytes: digest(file)?, mode },
                // What may not be read can still be moved or removed.
                Err(why) if why.code == "denied" => Sight::Stamped(stamp(&about)),
                Err(why) => return Err(why),
            },
            PlaceKind::File { .. } => Sight::Stamped(stamp(&about)),
            PlaceKind::Folder => {
                let mut survey = Survey::new(self);
                survey.folder(&open_at(&folder, name, LISTED).map_err(moved)?, DEPTH)?;
                Sight::Folder(survey.told())
            }
            PlaceKind::Link => Sight::Link(rustix::fs::readlinkat(&folder, name, Vec::new())?.into_bytes()),
            PlaceKind::Other => Sight::Other,
        })
    }
}

/// A look at everything in a folder.
struct Survey<'t> {
    tree: &'t Tree,
    hidden: Hidden<'t>,
    hasher: Sha256,
    names: usize,
    bytes: u64,
    /// Bytes that were read.
    read: u64,
    stamped: usize,
    more: bool,
}

impl<'t> Survey<'t> {
    fn new(tree: &'t Tree) -> Self {
        let hidden = Hidden::new(&tree.own);
        Self { tree, hidden, hasher: Sha256::new(), names: 0, bytes: 0, read: 0, stamped: 0, more: false }
    }

    fn told(self) -> Inside {
        let digest = Digest::parse(&crate::clock::hex(&self.hasher.finalize())).expect("a SHA-256 has 64 digits");
        Inside { digest, names: self.names, bytes: self.bytes, stamped: self.stamped, more: self.more }
    }

    fn folder(&mut self, folder: &OwnedFd, depth: usize) -> Result<(), FileError> {
        let mut found = names(folder)?;
        found.sort_unstable();
        for name in found {
            if self.names >= NAMES || depth == 0 {
                self.more = true;
                return Ok(());
            }
            // What goes away meanwhile is not there.
            let Ok(about) = rustix::fs::statat(folder, &name, AtFlags::SYMLINK_NOFOLLOW) else { continue };
            self.names += 1;
            self.part(name.as_bytes());
            match PlaceKind::of(&about) {
                // It changes all the time, and stays where it is.
                PlaceKind::Folder if self.hidden.hides(&about) => self.part(b"Alcove's own"),
                PlaceKind::Folder => {
                    self.part(b"folder");
                    match open_at(folder, name.as_os_str(), LISTED) {
                        Ok(inner) => self.folder(&inner, depth - 1)?,
                        Err(Errno::ACCESS) => self.stamp(&about),
                        Err(why) => return Err(moved(why)),
                    }
                    self.part(b"its end");
                }
                PlaceKind::File { len, .. } => self.file(folder, &name, (len, &about))?,
                PlaceKind::Link => {
                    self.part(b"link");
                    self.part(rustix::fs::readlinkat(folder, &name, Vec::new())?.to_bytes());
                }
                PlaceKind::Other | PlaceKind::Absent => self.part(b"other"),
            }
        }
        Ok(())
    }

    fn file(&mut self, folder: &OwnedFd, name: &OsStr, (len, about): (u64, &Stat)) -> Result<(), FileError> {
        self.part(b"file");
        self.bytes += len;
        if self.read + len > FOLDER_BYTES {
            self.stamp(about);
            return Ok(());
        }
        match self.tree.file(folder, name, &self.hidden) {
            Ok((file, _)) => {
                self.read += len;
                let bytes = digest(file)?;
                self.part(bytes.as_str().as_bytes());
            }
            // What may not be read, Alcove's own among it.
            Err(_) => self.stamp(about),
        }
        Ok(())
    }

    fn stamp(&mut self, about: &Stat) {
        self.stamped += 1;
        self.part(stamp(about).as_bytes());
    }

    /// Every part is hashed with its length, so that no two folders read the same.
    fn part(&mut self, part: &[u8]) {
        self.hasher.update((part.len() as u64).to_be_bytes());
        self.hasher.update(part);
    }
}

/// What the system says of a file: which it is, how long, and when it was last touched.
fn stamp(about: &Stat) -> String {
    let changed = (about.st_mtime, about.st_mtime_nsec, about.st_ctime, about.st_ctime_nsec);
    format!("{} {} {} {changed:?}", about.st_dev, about.st_ino, about.st_size)
}
