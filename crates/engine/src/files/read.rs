//! Reading: regular files only, opened without waiting, up to a size. Never through a link, never Alcove's own.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::fd::OwnedFd;

use alcove_agent::edit::Digest;
use alcove_agent::path::Protected;
use rustix::fs::{AtFlags, FileType, OFlags, Stat};
use rustix::io::Errno;
use sha2::{Digest as _, Sha256};

use super::Tree;
use super::descend::{descend, open_at};
use super::error::FileError;
use super::own::{Hidden, protecting};
use super::place::{Place, Spot};

/// Bytes in which a file shows that it is no text.
const SNIFFED_BYTES: usize = 8 * 1024;
/// Bytes that are hashed or copied at a time.
pub(super) const CHUNK_BYTES: usize = 64 * 1024;

/// A piece of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// The bytes.
    pub(crate) bytes: Vec<u8>,
    /// How many the file has.
    pub(crate) total: u64,
}

/// Whether bytes are no text: a NUL near their beginning.
pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    bytes.iter().take(SNIFFED_BYTES).any(|byte| *byte == 0)
}

impl Tree {
    /// The bytes of a file; `too_large` when there are more than `cap`.
    pub(crate) fn read(&self, at: &Place, cap: u64) -> Result<Vec<u8>, FileError> {
        let (file, about) = self.reading(at)?;
        let len = u64::try_from(about.st_size).unwrap_or_default();
        if len > cap {
            return Err(FileError::too_large(len, cap));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(len).unwrap_or_default());
        // It may grow while it is read.
        file.take(cap.saturating_add(1)).read_to_end(&mut bytes)?;
        let found = bytes.len() as u64;
        if found > cap { Err(FileError::too_large(found, cap)) } else { Ok(bytes) }
    }

    /// A file, to be read from its beginning.
    pub(crate) fn opened(&self, at: &Place) -> Result<File, FileError> {
        self.reading(at).map(|(file, _)| file)
    }

    /// The bytes of a file that holds text; `binary` when it does not.
    pub(crate) fn text(&self, at: &Place, cap: u64) -> Result<Vec<u8>, FileError> {
        let begin = self.part(at, 0, SNIFFED_BYTES as u64)?;
        if is_binary(&begin.bytes) {
            return Err(FileError::binary());
        }
        self.read(at, cap)
    }

    /// Up to `len` bytes of a file from the byte `from` on.
    pub(crate) fn part(&self, at: &Place, from: u64, len: u64) -> Result<Part, FileError> {
        let (mut file, about) = self.reading(at)?;
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(from))?;
        file.take(len).read_to_end(&mut bytes)?;
        Ok(Part { bytes, total: u64::try_from(about.st_size).unwrap_or_default() })
    }

    pub(super) fn reading(&self, at: &Place) -> Result<(File, Stat), FileError> {
        if at.protected == Some(Protected::Own) {
            return Err(FileError::protected(Protected::Own));
        }
        let spot = at.leads.as_ref().map_err(Clone::clone)?;
        let (folder, name) = self.parent(spot)?;
        if protecting(&self.own, &folder)? == Some(Protected::Own) {
            return Err(FileError::protected(Protected::Own));
        }
        self.file(&folder, name, &Hidden::new(&self.own))
    }

    /// The folder in which a name stands, and the name.
    pub(super) fn parent<'s>(&self, spot: &'s Spot) -> Result<(OwnedFd, &'s OsStr), FileError> {
        let (name, folders) = spot.names.split_last().ok_or_else(FileError::is_folder)?;
        let folder = descend(self.base(spot.base)?, folders).map_err(moved)?;
        Ok((folder, name))
    }

    /// Opens a regular file of a folder for reading.
    pub(super) fn file(&self, folder: &OwnedFd, name: &OsStr, hidden: &Hidden<'_>) -> Result<(File, Stat), FileError> {
        // Even opening some devices does something.
        regular(&rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?)?;
        let how = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = open_at(folder, name, how).map_err(moved)?;
        let about = rustix::fs::fstat(&file)?;
        regular(&about)?;
        if hidden.hides(&about) {
            return Err(FileError::protected(Protected::Own));
        }
        if is_systems_own(&file)? {
            return Err(FileError::not_a_file());
        }
        Ok((File::from(file), about))
    }
}

/// The digest of all that can be read.
pub(super) fn digest(mut file: File) -> Result<Digest, FileError> {
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match file.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => hasher.update(&chunk[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Digest::parse(&crate::clock::hex(&hasher.finalize())).expect("a SHA-256 has 64 digits"))
}

/// A link or a file where a folder without links was found.
pub(super) fn moved(why: Errno) -> FileError {
    match why {
        Errno::LOOP | Errno::NOTDIR => FileError::changed(),
        why => why.into(),
    }
}

fn regular(about: &Stat) -> Result<(), FileError> {
    match FileType::from_raw_mode(about.st_mode) {
        FileType::RegularFile => Ok(()),
        FileType::Directory => Err(FileError::is_folder()),
        FileType::Symlink => Err(FileError::changed()),
        FileType::Fifo | FileType::Socket | FileType::CharacterDevice | FileType::BlockDevice | FileType::Unknown => {
            Err(FileError::not_a_file())
        }
    }
}

/// Whether a file is one of those in which the system shows processes, their memory among it.
#[cfg(target_os = "linux")]
fn is_systems_own(file: &OwnedFd) -> Result<bool, Errno> {
    Ok(rustix::fs::fstatfs(file)?.f_type == rustix::fs::PROC_SUPER_MAGIC)
}

#[cfg(not(target_os = "linux"))]
fn is_systems_own(_: &OwnedFd) -> Result<bool, Errno> {
    Ok(false)
}
