//! Writing a file as a whole: beside it, then on disk, then in its place. Nobody ever sees a half, and no error leaves anything behind.
//! A file with several names is replaced under this one; the others keep what they had.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Write as _;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;

use rustix::fs::{AtFlags, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::descend::{make, sync};
use super::error::FileError;
use super::own::{Hidden, protecting};
use super::place::{Expect, Place, PlaceKind, Spot};
use super::read::{digest, moved};
use super::{TEMPORARY, Tree};

/// The rights of a new file, before the umask.
const NEW: u32 = 0o644;
/// How often another temporary name is tried.
const TRIES: usize = 8;

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
        let mut fresh = Fresh::make(&folder, name)?;
        fill(&mut fresh.file)?;
        match (before, rights) {
            (Some(before), _) => fresh.become_like(&before)?,
            (None, Some(rights)) => rustix::fs::fchmod(&fresh.file, rights)?,
            (None, None) => {}
        }
        fresh.file.sync_all()?;
        match expect {
            Expect::Absent => fresh.take_free(),
            Expect::Anything | Expect::Bytes(_) => {
                self.expected(&folder, name, expect)?;
                fresh.take_over()
            }
        }
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

/// A file that has no place yet. It goes away with its value.
struct Fresh<'f> {
    file: File,
    folder: &'f OwnedFd,
    temporary: String,
    name: &'f OsStr,
    placed: bool,
}

impl<'f> Fresh<'f> {
    fn make(folder: &'f OwnedFd, name: &'f OsStr) -> Result<Self, FileError> {
        if name.as_bytes().len() > 255 {
            return Err(Errno::NAMETOOLONG.into());
        }
        let how = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        for _ in 0..TRIES {
            let temporary = format!("{TEMPORARY}{}", crate::clock::hex(&crate::clock::random::<8>()));
            match rustix::fs::openat(folder, &temporary, how, Mode::from_raw_mode(NEW)) {
                Err(Errno::EXIST | Errno::INTR) => {}
                opened => return Ok(Self { file: File::from(opened?), folder, temporary, name, placed: false }),
            }
        }
        Err(Errno::AGAIN.into())
    }

    /// With the owner, where the system allows that, and the rights of the file it takes the place of.
    fn become_like(&self, before: &Stat) -> Result<(), FileError> {
        let about = rustix::fs::fstat(&self.file)?;
        let same = (about.st_uid, about.st_gid) == (before.st_uid, before.st_gid);
        if !same && std::os::unix::fs::fchown(&self.file, Some(before.st_uid), Some(before.st_gid)).is_err() {
            let _kept = std::os::unix::fs::fchown(&self.file, None, Some(before.st_gid));
        }
        Ok(rustix::fs::fchmod(&self.file, Mode::from_raw_mode(before.st_mode) & Mode::from_raw_mode(0o777))?)
    }

    /// In the place of what is there.
    fn take_over(mut self) -> Result<(), FileError> {
        rustix::fs::renameat(self.folder, &self.temporary, self.folder, self.name)?;
        self.placed = true;
        Ok(sync(self.folder)?)
    }

    /// Where nothing is; the system itself sees to that.
    fn take_free(mut self) -> Result<(), FileError> {
        super::change::move_free((self.folder, OsStr::new(&self.temporary)), (self.folder, self.name)).map_err(|why| match why {
            Errno::EXIST => FileError::changed(),
            why => why.into(),
        })?;
        self.placed = true;
        Ok(sync(self.folder)?)
    }
}

impl Drop for Fresh<'_> {
    fn drop(&mut self) {
        if !self.placed {
            let _gone = rustix::fs::unlinkat(self.folder, &self.temporary, AtFlags::empty());
        }
    }
}
