//! Writing a file as a whole: out of sight, then on disk, then in its place. Nobody ever sees a half, and no error leaves anything behind.
//! A file with several names is replaced under this one; the others keep what they had.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::os::fd::OwnedFd;

use rustix::fs::{AtFlags, Mode, Stat};
use rustix::io::Errno;

use super::descend::{make, sync};
use super::error::FileError;
use super::fresh::Fresh;
use super::own::{Hidden, protecting};
use super::place::{Expect, Place, PlaceKind, Spot};
use super::read::{digest, moved};
use super::{TEMPORARY, Tree};

/// The rights of a new file, before the umask.
const NEW: Mode = Mode::from_raw_mode(0o644);
/// Bytes of the longest name.
const NAME_BYTES: usize = 255;

/// On which terms a file is written.
#[derive(Clone, Copy)]
pub(super) struct Terms<'e> {
    pub(super) expect: &'e Expect,
    /// The rights it has when it is new.
    pub(super) rights: Option<Mode>,
}

impl Tree {
    /// Makes these the bytes of a file. Missing folders are made; the rights stay as they were.
    pub(crate) fn write(&self, at: &Place, bytes: &[u8], expect: &Expect) -> Result<(), FileError> {
        self.put(at, Terms { expect, rights: None }, |file| Ok(file.write_all(bytes)?))
    }

    /// The same, by what writes the bytes.
    pub(super) fn put(&self, at: &Place, terms: Terms<'_>, fill: impl FnOnce(&mut File) -> Result<(), FileError>) -> Result<(), FileError> {
        let spot = at.leads.as_ref().map_err(Clone::clone)?;
        self.may_change(at)?;
        if at.named.folder || at.kind == PlaceKind::Folder {
            return Err(FileError::is_folder());
        }
        let mut made = Vec::new();
        let done = self.put_in(spot, &mut made, terms, fill);
        if done.is_err() {
            unmake(made);
        }
        done
    }

    fn put_in(
        &self,
        spot: &Spot,
        made: &mut Vec<(OwnedFd, OsString)>,
        Terms { expect, rights }: Terms<'_>,
        fill: impl FnOnce(&mut File) -> Result<(), FileError>,
    ) -> Result<(), FileError> {
        let (folder, name) = self.changing(spot, made)?;
        let before = self.expected(&folder, name, expect)?;
        if name.len() > NAME_BYTES {
            return Err(Errno::NAMETOOLONG.into());
        }
        let temporary = format!("{TEMPORARY}{}", crate::clock::hex(&crate::clock::random::<8>()));
        let mut fresh = Fresh::make(&folder, temporary.into(), NEW)?;
        fill(&mut fresh.file)?;
        match (before, rights) {
            (Some(before), _) => become_like(&fresh.file, &before)?,
            (None, Some(rights)) => rustix::fs::fchmod(&fresh.file, rights)?,
            (None, None) => {}
        }
        fresh.file.sync_all()?;
        match expect {
            Expect::Absent => fresh.take_free(name).map_err(|why| match why {
                why if why.kind() == ErrorKind::AlreadyExists => FileError::changed(),
                why => why.into(),
            })?,
            Expect::Anything | Expect::Bytes(_) => {
                self.expected(&folder, name, expect)?;
                fresh.take_over(name)?;
            }
        }
        Ok(sync(&folder)?)
    }

    /// The folder in which something is about to be changed; made where it is missing.
    pub(super) fn changing<'s>(&self, spot: &'s Spot, made: &mut Vec<(OwnedFd, OsString)>) -> Result<(OwnedFd, &'s OsStr), FileError> {
        let (folder, name) = match self.parent(spot) {
            Err(why) if why.code == "missing" => {
                let (name, folders) = spot.names.split_last().ok_or_else(FileError::is_folder)?;
                (make(self.base(spot.base)?, folders, made).map_err(moved)?, name.as_os_str())
            }
            found => found?,
        };
        match protecting(&self.own, &folder)? {
            Some(by) => Err(FileError::protected(by)),
            None => Ok((folder, name)),
        }
    }

    /// What stands there, if it is as expected and something that may be replaced.
    pub(super) fn expected(&self, folder: &OwnedFd, name: &OsStr, expect: &Expect) -> Result<Option<Stat>, FileError> {
        let about = match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(about) => about,
            Err(Errno::NOENT) if matches!(expect, Expect::Bytes(_)) => return Err(FileError::changed()),
            Err(Errno::NOENT) => return Ok(None),
            Err(why) => return Err(why.into()),
        };
        match (PlaceKind::of(&about), expect) {
            (PlaceKind::Folder, _) => return Err(FileError::is_folder()),
            (PlaceKind::Other, _) => return Err(FileError::not_a_file()),
            (PlaceKind::Link | PlaceKind::Absent, _) | (PlaceKind::File { .. }, Expect::Absent) => return Err(FileError::changed()),
            (PlaceKind::File { .. }, Expect::Anything) => {}
            (PlaceKind::File { .. }, Expect::Bytes(expected)) => {
                let (file, _) = self.file(folder, name, &Hidden::new(&self.own))?;
                if digest(file)? != *expected {
                    return Err(FileError::changed());
                }
            }
        }
        match self.protecting_file(folder, &about) {
            Some(by) => Err(FileError::protected(by)),
            None => Ok(Some(about)),
        }
    }

    /// What is Alcove's own or a repository's is not changed.
    pub(super) fn may_change(&self, at: &Place) -> Result<(), FileError> {
        match at.protected {
            Some(by) => Err(FileError::protected(by)),
            None => Ok(()),
        }
    }
}

/// Takes away the folders that were made for nothing, innermost first. One that something else is in by now stays.
pub(super) fn unmake(made: Vec<(OwnedFd, OsString)>) {
    for (folder, name) in made.into_iter().rev() {
        let _gone = rustix::fs::unlinkat(folder, name, AtFlags::REMOVEDIR);
    }
}

/// With the owner, where the system allows that, and the rights of the file it takes the place of.
fn become_like(file: &File, before: &Stat) -> Result<(), FileError> {
    let about = rustix::fs::fstat(file)?;
    let same = (about.st_uid, about.st_gid) == (before.st_uid, before.st_gid);
    if !same && std::os::unix::fs::fchown(file, Some(before.st_uid), Some(before.st_gid)).is_err() {
        let _kept = std::os::unix::fs::fchown(file, None, Some(before.st_gid));
    }
    Ok(rustix::fs::fchmod(file, Mode::from_raw_mode(before.st_mode) & Mode::from_raw_mode(0o777))?)
}
