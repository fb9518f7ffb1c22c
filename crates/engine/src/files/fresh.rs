//! A file that has no place yet. On Linux it has no name either until it is whole and on disk, so that nothing of it is left whatever ends
//! the process; where there are no such files it stands beside its place under a temporary name. It goes away with its value.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Seek as _};
use std::os::fd::{AsRawFd as _, OwnedFd};

use rustix::fs::{AtFlags, CWD, Mode, OFlags};
use rustix::io::Errno;

use super::change::move_free;

/// The file, to be filled and synced before it takes a place.
pub(crate) struct Fresh<'f> {
    pub(crate) file: File,
    folder: &'f OwnedFd,
    /// What it is called while it has a name and no place.
    temporary: OsString,
    stands: Stands,
    /// Whether all of it is on disk when it was synced without a name.
    lasts: bool,
}

/// Where it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    Nowhere,
    Beside,
    InPlace,
}

impl<'f> Fresh<'f> {
    /// Makes one for this folder, with these rights before the umask.
    pub(crate) fn make(folder: &'f OwnedFd, temporary: OsString, rights: Mode) -> Result<Self, Errno> {
        let (file, stands) = match unnamed(folder, rights) {
            Ok(file) => (file, Stands::Nowhere),
            // If that is not for want of such files, the usual way is told why as well.
            Err(_) => (named(folder, &temporary, rights)?, Stands::Beside),
        };
        let lasts = lasts_unnamed(&file);
        Ok(Self { file, folder, temporary, stands, lasts })
    }

    /// Takes the place of what is there. The folder is to be synced then.
    pub(crate) fn take_over(mut self, name: &OsStr) -> io::Result<()> {
        self.stand_beside()?;
        rustix::fs::renameat(self.folder, &self.temporary, self.folder, name)?;
        self.settle()
    }

    /// Takes a place where nothing is; the system itself sees to that. The folder is to be synced then.
    pub(crate) fn take_free(mut self, name: &OsStr) -> io::Result<()> {
        if self.stands == Stands::Nowhere && self.lasts {
            match self.link(name) {
                Ok(()) => return self.settle(),
                Err(Errno::EXIST) => return Err(Errno::EXIST.into()),
                Err(_) => {}
            }
        }
        self.stand_beside()?;
        move_free((self.folder, &self.temporary), (self.folder, name))?;
        self.settle()
    }

    /// A name can be given to a file, but not taken from another: whoever replaces one needs a name for the moment before.
    fn stand_beside(&mut self) -> io::Result<()> {
        if self.stands != Stands::Nowhere {
            return Ok(());
        }
        match self.link(&self.temporary) {
            Ok(()) => {
                self.stands = Stands::Beside;
                if self.lasts { Ok(()) } else { self.file.sync_all() }
            }
            Err(_) => self.write_again(),
        }
    }

    /// It is synced once more: that it has a name now is news of its own where there is no journal.
    fn settle(&mut self) -> io::Result<()> {
        self.stands = Stands::InPlace;
        self.file.sync_all()
    }

    /// Gives it a name in its folder. There is no call that does this by the descriptor alone for everybody; what `/proc` names is this very
    /// file.
    fn link(&self, name: &OsStr) -> Result<(), Errno> {
        let itself = format!("/proc/self/fd/{}", self.file.as_raw_fd());
        rustix::fs::linkat(CWD, itself, self.folder, name, AtFlags::SYMLINK_FOLLOW)
    }

    /// Not everywhere does a file without a name get one: there is no `/proc`, or something confines this process. Then it is written once
    /// more, under the temporary name.
    fn write_again(&mut self) -> io::Result<()> {
        let about = rustix::fs::fstat(&self.file)?;
        let beside = named(self.folder, &self.temporary, Mode::RUSR | Mode::WUSR)?;
        self.stands = Stands::Beside;
        let mut unnamed = std::mem::replace(&mut self.file, beside);
        unnamed.rewind()?;
        io::copy(&mut unnamed, &mut self.file)?;
        // Whoever made it somebody else's can do so again; it stays ours where that was not allowed.
        let _kept = std::os::unix::fs::fchown(&self.file, Some(about.st_uid), Some(about.st_gid));
        rustix::fs::fchmod(&self.file, Mode::from_raw_mode(about.st_mode))?;
        self.file.sync_all()
    }
}

impl Drop for Fresh<'_> {
    fn drop(&mut self) {
        if self.stands == Stands::Beside {
            let _gone = rustix::fs::unlinkat(self.folder, &self.temporary, AtFlags::empty());
        }
    }
}

/// A file of a folder that has no name.
#[cfg(target_os = "linux")]
fn unnamed(folder: &OwnedFd, rights: Mode) -> Result<File, Errno> {
    rustix::fs::openat(folder, ".", OFlags::RDWR | OFlags::TMPFILE | OFlags::CLOEXEC, rights).map(File::from)
}

#[cfg(not(target_os = "linux"))]
fn unnamed(_: &OwnedFd, _: Mode) -> Result<File, Errno> {
    Err(Errno::NOTSUP)
}

/// A new file of this name.
fn named(folder: &OwnedFd, name: &OsStr, rights: Mode) -> Result<File, Errno> {
    let how = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::io::retry_on_intr(|| rustix::fs::openat(folder, name, how, rights)).map(File::from)
}

/// Whether a file of this file system is on disk once it was synced without a name. btrfs long took that for pointless, and another file
/// system may lie on one: only those that are known are trusted.
#[cfg(target_os = "linux")]
fn lasts_unnamed(file: &File) -> bool {
    use rustix::fs::FsWord;
    const EXT: FsWord = 0xef53;
    const XFS: FsWord = 0x5846_5342;
    const TMPFS: FsWord = 0x0102_1994;
    rustix::fs::fstatfs(file).is_ok_and(|about| matches!(about.f_type, EXT | XFS | TMPFS))
}

#[cfg(not(target_os = "linux"))]
fn lasts_unnamed(_: &File) -> bool {
    false
}
