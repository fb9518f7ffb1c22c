//! Moving and copying: through the descriptors of the folders the names stand in. A link is moved itself, never what it
//! leads to.

use std::ffi::{OsStr, OsString};
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;

use rustix::fs::{AtFlags, FileType, Mode, Stat};
use rustix::io::Errno;
use sha2::{Digest as _, Sha256};

use super::Tree;
use super::descend::sync;
use super::error::FileError;
use super::own::{Id, lies_in, protecting};
use super::place::{Expect, Place, PlaceKind};
use super::read::CHUNK_BYTES;
use super::write::{Terms, unmake};

/// Bytes of the largest file that is copied.
const COPY_MAX_BYTES: u64 = 1 << 30;

/// A name in a folder.
pub(super) type Entry<'e> = (&'e OwnedFd, &'e OsStr);

impl Tree {
    /// Moves a file, a link or a folder with all beneath it. `onto` speaks of what stands at `to`; a folder is never replaced. Missing
    /// folders on the way to `to` are made.
    pub(crate) fn rename(&self, from: &Place, to: &Place, onto: &Expect) -> Result<(), FileError> {
        self.may_change(from)?;
        self.may_change(to)?;
        let (source, name) = self.entry(from)?;
        let about = rustix::fs::statat(&source, name, AtFlags::SYMLINK_NOFOLLOW)?;
        self.may_move(&about)?;
        let mut made = Vec::new();
        let done = self.rename_to((&source, name), to, onto, &mut made);
        if done.is_err() {
            unmake(made);
        }
        done
    }

    fn rename_to(&self, from: Entry<'_>, to: &Place, onto: &Expect, made: &mut Vec<(OwnedFd, OsString)>) -> Result<(), FileError> {
        let (target, name) = self.changing(&to.entry, made)?;
        let across = |why: Errno| match why {
            Errno::XDEV => FileError::new("other_device", 409, "it would lie on another file system: copy it, then remove it"),
            Errno::ISDIR | Errno::NOTDIR => FileError::exists(),
            why => why.into(),
        };
        match onto {
            Expect::Absent => move_free(from, (&target, name)).map_err(across)?,
            Expect::Anything | Expect::Bytes(_) => {
                self.replaceable(&target, name, onto)?;
                rustix::fs::renameat(from.0, from.1, &target, name).map_err(across)?;
            }
        }
        sync(&target)?;
        Ok(sync(from.0)?)
    }

    /// A link is replaced like a file where anything may stand.
    fn replaceable(&self, folder: &OwnedFd, name: &OsStr, onto: &Expect) -> Result<(), FileError> {
        let about = rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW);
        let link = about.is_ok_and(|about| PlaceKind::of(&about) == PlaceKind::Link);
        if link && *onto == Expect::Anything {
            return Ok(());
        }
        self.expected(folder, name, onto).map(drop)
    }

    /// Copies a file that is `as_seen`, with its rights where the copy is a new file. `onto` speaks of what stands at `to`.
    pub(crate) fn copy(&self, (from, as_seen): (&Place, &Expect), to: &Place, onto: &Expect) -> Result<(), FileError> {
        let (mut file, about) = self.reading(from)?;
        let len = u64::try_from(about.st_size).unwrap_or_default();
        if len > COPY_MAX_BYTES {
            return Err(FileError::too_large(len, COPY_MAX_BYTES));
        }
        if *onto == Expect::Absent && to.kind != PlaceKind::Absent {
            return Err(FileError::exists());
        }
        let rights = Some(Mode::from_raw_mode(about.st_mode) & Mode::from_raw_mode(0o777));
        self.put(to, Terms { expect: onto, rights }, |copy| {
            let (mut chunk, mut total, mut hasher) = (vec![0; CHUNK_BYTES], 0, Sha256::new());
            loop {
                let count = file.read(&mut chunk)?;
                total += count as u64;
                if total > COPY_MAX_BYTES {
                    return Err(FileError::too_large(total, COPY_MAX_BYTES));
                }
                if count == 0 {
                    break;
                }
                hasher.update(&chunk[..count]);
                copy.write_all(&chunk[..count])?;
            }
            match as_seen {
                // The very bytes that were copied are compared: nothing can come in between.
                Expect::Bytes(expected) if crate::clock::hex(&hasher.finalize()) != expected.as_str() => Err(FileError::changed()),
                Expect::Absent => Err(FileError::changed()),
                Expect::Anything | Expect::Bytes(_) => Ok(()),
            }
        })
    }

    /// The name itself, in a folder where something may be changed.
    pub(super) fn entry<'p>(&self, at: &'p Place) -> Result<(OwnedFd, &'p OsStr), FileError> {
        if at.entry.names.is_empty() {
            return Err(FileError::root());
        }
        let (folder, name) = self.parent(&at.entry)?;
        match protecting(&self.own, &folder)? {
            Some(by) => Err(FileError::protected(by)),
            None => Ok((folder, name)),
        }
    }

    /// Neither the chat's folder nor Alcove's own leave their place, not with a folder above them either.
    pub(super) fn may_move(&self, about: &Stat) -> Result<(), FileError> {
        if FileType::from_raw_mode(about.st_mode) != FileType::Directory {
            return Ok(());
        }
        let id = Id::of(about);
        if self.own.lies_in(id)? {
            return Err(FileError::protected(alcove_agent::path::Protected::Own));
        }
        if lies_in(&self.root, id)? { Err(FileError::root()) } else { Ok(()) }
    }
}

/// Moves to where nothing is; the system sees to that where it can.
pub(super) fn move_free(from: Entry<'_>, to: Entry<'_>) -> Result<(), Errno> {
    #[cfg(target_os = "linux")]
    match rustix::fs::renameat_with(from.0, from.1, to.0, to.1, rustix::fs::RenameFlags::NOREPLACE) {
        // A file system or a kernel that does not know how.
        Err(Errno::INVAL | Errno::NOSYS) => {}
        done => return done,
    }
    let about = rustix::fs::statat(from.0, from.1, AtFlags::SYMLINK_NOFOLLOW)?;
    if FileType::from_raw_mode(about.st_mode) == FileType::RegularFile {
        rustix::fs::linkat(from.0, from.1, to.0, to.1, AtFlags::empty())?;
        return rustix::fs::unlinkat(from.0, from.1, AtFlags::empty());
    }
    match rustix::fs::statat(to.0, to.1, AtFlags::SYMLINK_NOFOLLOW) {
        Err(Errno::NOENT) => rustix::fs::renameat(from.0, from.1, to.0, to.1),
        Ok(_) => Err(Errno::EXIST),
        Err(why) => Err(why),
    }
}
