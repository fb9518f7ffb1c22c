//! Folders opened from a descriptor, name by name and through no link at all: what was found out about a path holds for the folder that is
//! opened, or it is not opened. Makes folders where it is told to.

use std::ffi::{OsStr, OsString};
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{Dir, DirEntry, Mode, OFlags};
use rustix::io::Errno;

/// How often an opening is tried again when something got in its way.
const TRIES: usize = 8;

/// To go on from, and to ask about.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
pub(super) const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
pub(super) const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// To read the names in it, and to put it on disk; never through a link.
pub(super) const LISTED: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Opens, tries again when a signal came in between.
pub(super) fn open_at<P: rustix::path::Arg + Copy>(at: impl AsFd, path: P, how: OFlags) -> Result<OwnedFd, Errno> {
    for _ in 0..TRIES {
        match rustix::fs::openat(&at, path, how, Mode::empty()) {
            Err(Errno::INTR) => {}
            opened => return opened,
        }
    }
    Err(Errno::INTR)
}

/// The folder of these names beneath `base`. A link on the way is `LOOP` or `NOTDIR`.
pub(super) fn descend(base: impl AsFd, names: &[OsString]) -> Result<OwnedFd, Errno> {
    if names.is_empty() {
        return open_at(base, ".", FOLDER);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::ResolveFlags;
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        let path = names.join(OsStr::new("/"));
        for _ in 0..TRIES {
            match rustix::fs::openat2(&base, &path, FOLDER, Mode::empty(), resolve) {
                Err(Errno::AGAIN | Errno::INTR) => {}
                // An old kernel, a filter that does not know the call, or a path longer than it takes.
                Err(Errno::NOSYS | Errno::PERM | Errno::NAMETOOLONG) => break,
                opened => return opened,
            }
        }
    }
    walk(base, names)
}

/// The same, one name at a time.
pub(super) fn walk(base: impl AsFd, names: &[OsString]) -> Result<OwnedFd, Errno> {
    let mut at = open_at(base, ".", FOLDER)?;
    for name in names {
        at = step(&at, name)?;
    }
    Ok(at)
}

/// One folder in another.
pub(super) fn step(at: impl AsFd, name: &OsStr) -> Result<OwnedFd, Errno> {
    // No name has a slash: `..` and `.` are the only ones that are not one step down.
    if name == ".." || name == "." || name.is_empty() {
        return Err(Errno::INVAL);
    }
    open_at(at, name, FOLDER | OFlags::NOFOLLOW)
}

/// The folder of these names beneath `base`; those that are missing are made. Whoever made any is told which, outermost first.
pub(super) fn make(base: impl AsFd, names: &[OsString], made: &mut Vec<(OwnedFd, OsString)>) -> Result<OwnedFd, Errno> {
    let mut at = open_at(base, ".", FOLDER)?;
    for name in names {
        at = match step(&at, name) {
            Err(Errno::NOENT) => {
                match rustix::fs::mkdirat(&at, name.as_os_str(), Mode::from_raw_mode(0o777)) {
                    Ok(()) => {
                        sync(&at)?;
                        let inner = step(&at, name);
                        made.push((at, name.clone()));
                        inner?
                    }
                    // Somebody else was quicker.
                    Err(Errno::EXIST) => step(&at, name)?,
                    Err(why) => return Err(why),
                }
            }
            opened => opened?,
        };
    }
    Ok(at)
}

/// What a folder holds, without itself and the one above it.
pub(super) fn entries(folder: &OwnedFd) -> Result<impl Iterator<Item = Result<DirEntry, Errno>>, Errno> {
    let inside = |entry: &Result<DirEntry, Errno>| !entry.as_ref().is_ok_and(|entry| matches!(entry.file_name().to_bytes(), b"." | b".."));
    Ok(Dir::read_from(folder)?.filter(inside))
}

/// Puts on disk what was made, renamed or removed in a folder. One that cannot be read cannot be synced; it still was written.
pub(super) fn sync(folder: impl AsFd) -> Result<(), Errno> {
    match open_at(folder, ".", LISTED) {
        Ok(folder) => rustix::fs::fsync(folder).or_else(|why| if why == Errno::INVAL { Ok(()) } else { Err(why) }),
        Err(Errno::ACCESS) => Ok(()),
        Err(why) => Err(why),
    }
}
