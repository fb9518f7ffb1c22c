//! Removing a file, a link or a folder with all beneath it, through descriptors. A link goes away itself, never what it leads to.

use std::ffi::{CStr, CString, OsStr};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;

use alcove_agent::path::{Protected, protected};
use rustix::fs::{AtFlags, FileType};
use rustix::io::Errno;

use super::Tree;
use super::descend::{LISTED, entries, open_at, sync};
use super::error::FileError;
use super::own::{Hidden, Id};
use super::place::{Expect, Place, PlaceKind};
use super::read::{digest, moved};

/// Files and folders that are removed at once.
const REMOVED_MAX: usize = 20_000;
/// Folders in folders that are gone into.
const DEPTH: usize = 128;

impl Tree {
    /// Removes what has this name. A folder goes with all beneath it, unless something in it is protected; then nothing is removed.
    pub(crate) fn remove(&self, at: &Place, expect: &Expect) -> Result<(), FileError> {
        self.may_change(at)?;
        let (folder, name) = self.entry(at)?;
        let about = rustix::fs::statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
        match (PlaceKind::of(&about), expect) {
            (_, Expect::Absent) => return Err(FileError::changed()),
            (PlaceKind::File { .. }, Expect::Bytes(expected)) => {
                if digest(self.file(&folder, name, &Hidden::new(&self.own))?.0)? != *expected {
                    return Err(FileError::changed());
                }
            }
            (PlaceKind::Absent | PlaceKind::Folder | PlaceKind::Link | PlaceKind::Other, Expect::Bytes(_)) => {
                return Err(FileError::changed());
            }
            (_, Expect::Anything) => {}
        }
        if let Some(by) = self.protecting_file(&folder, &about) {
            return Err(FileError::protected(by));
        }
        // What was looked at as a file is not removed as a folder.
        let tree = PlaceKind::of(&about) == PlaceKind::Folder;
        if tree != (at.kind == PlaceKind::Folder && at.link.is_none()) {
            return Err(FileError::changed());
        }
        if tree {
            self.may_move(&about)?;
            let inner = open_at(&folder, name, LISTED).map_err(moved)?;
            self.survey(&inner, DEPTH, &mut 0)?;
            clear(&inner, DEPTH)?;
            rustix::fs::unlinkat(&folder, name, AtFlags::REMOVEDIR)?;
        } else {
            rustix::fs::unlinkat(&folder, name, AtFlags::empty())?;
        }
        Ok(sync(&folder)?)
    }

    /// Whether all of it may go.
    fn survey(&self, folder: &OwnedFd, depth: usize, count: &mut usize) -> Result<(), FileError> {
        for (name, kind) in names(folder)? {
            *count += 1;
            if *count > REMOVED_MAX {
                return Err(FileError::too_many("files in it", REMOVED_MAX));
            }
            if let Some(by) = protected(&OsStr::from_bytes(name.to_bytes()).to_string_lossy()) {
                return Err(FileError::protected(by));
            }
            if kind != FileType::Directory {
                continue;
            }
            if depth == 0 {
                return Err(FileError::too_many("folders in folders", DEPTH));
            }
            let inner = open_at(folder, name.as_c_str(), LISTED).map_err(moved)?;
            if self.own.is(Id::of_open(&inner)?) {
                return Err(FileError::protected(Protected::Own));
            }
            self.survey(&inner, depth - 1, count)?;
        }
        Ok(())
    }
}

fn clear(folder: &OwnedFd, depth: usize) -> Result<(), FileError> {
    for (name, kind) in names(folder)? {
        if kind != FileType::Directory {
            rustix::fs::unlinkat(folder, name.as_c_str(), AtFlags::empty())?;
            continue;
        }
        let deeper = depth.checked_sub(1).ok_or_else(FileError::changed)?;
        clear(&open_at(folder, name.as_c_str(), LISTED).map_err(moved)?, deeper)?;
        rustix::fs::unlinkat(folder, name.as_c_str(), AtFlags::REMOVEDIR)?;
    }
    Ok(())
}

/// What is in a folder, and what each is.
fn names(folder: &OwnedFd) -> Result<Vec<(CString, FileType)>, Errno> {
    let mut names = Vec::new();
    for entry in entries(folder)? {
        let entry = entry?;
        let kind = kind(folder, entry.file_name(), entry.file_type())?;
        names.push((entry.file_name().to_owned(), kind));
    }
    Ok(names)
}

/// Not every file system says with the name what it is.
fn kind(folder: &OwnedFd, name: &CStr, told: FileType) -> Result<FileType, Errno> {
    if told != FileType::Unknown {
        return Ok(told);
    }
    Ok(FileType::from_raw_mode(rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?.st_mode))
}
