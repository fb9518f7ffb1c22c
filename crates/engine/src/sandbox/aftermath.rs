//! What a command leaves behind outside its folder, and who clears it up: its private folders where it has no world of its own, and what it
//! may have put beside a repository's rules.

use std::ffi::OsStr;
use std::fs::{DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::FlockOperation;
use rustix::io::Errno;
use rustix::process::Pid;

use crate::clock::random;

/// How the folder of all private folders is called, before whose it is and what makes it the only one.
const PREFIX: &str = "alcove-commands-";
/// Tries to find a name nobody has.
const TRIES: usize = 16;

/// The folder in which commands have their private folders; goes away with the last of them.
#[derive(Debug)]
pub(super) struct Grounds {
    path: PathBuf,
    /// Locked as long as it is in use: one that can be locked was left by a process that was killed.
    _lock: File,
}

impl Grounds {
    /// Makes it, and takes away those that were left over.
    pub(super) fn new(parent: &Path) -> io::Result<Arc<Self>> {
        sweep(parent);
        let path = fresh(parent, &format!("{PREFIX}{}-", std::process::id()))?;
        let lock = File::open(&path)?;
        rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive)?;
        Ok(Arc::new(Self { path, _lock: lock }))
    }

    /// Two empty private folders: a home, and one for temporary files.
    pub(super) fn private(self: &Arc<Self>) -> io::Result<Private> {
        let path = fresh(&self.path, "")?;
        let private = Private { path, _grounds: Arc::clone(self) };
        for folder in [private.home(), private.temporary()] {
            DirBuilder::new().mode(0o700).create(folder)?;
        }
        Ok(private)
    }
}

impl Drop for Grounds {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// The private folders of one command.
#[derive(Debug)]
pub(super) struct Private {
    path: PathBuf,
    _grounds: Arc<Grounds>,
}

impl Private {
    pub(super) fn home(&self) -> PathBuf {
        self.path.join("home")
    }

    pub(super) fn temporary(&self) -> PathBuf {
        self.path.join("tmp")
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// Keep it until the command and all it started have ended; dropping it clears up. Blocks for as long as that takes.
#[derive(Debug, Default)]
pub struct Aftermath {
    pub(super) private: Option<Private>,
    /// Files that were not there before, and must not be afterwards.
    pub(super) detours: Vec<PathBuf>,
}

impl Drop for Aftermath {
    fn drop(&mut self) {
        for detour in &self.detours {
            let _absent = std::fs::remove_file(detour);
        }
    }
}

fn fresh(parent: &Path, prefix: &str) -> io::Result<PathBuf> {
    for _ in 0..TRIES {
        let path = parent.join(format!("{prefix}{}", crate::clock::hex(&random::<8>())));
        match DirBuilder::new().mode(0o700).create(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|()| path),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Takes away what a killed process left.
fn sweep(parent: &Path) {
    let us = rustix::process::getuid().as_raw();
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        let about = entry.path().symlink_metadata();
        if !is_left(&entry.file_name()) || !about.is_ok_and(|about| about.is_dir() && about.uid() == us) {
            continue;
        }
        let unused = |folder: File| rustix::fs::flock(&folder, FlockOperation::NonBlockingLockExclusive).is_ok();
        if File::open(entry.path()).is_ok_and(unused) {
            remove(&entry.path());
        }
    }
}

/// Whether a name is that of such a folder whose process is gone: one that is just being made has no lock yet.
fn is_left(name: &OsStr) -> bool {
    let process = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split_once('-')?.0.parse().ok()).and_then(Pid::from_raw);
    process.is_some_and(|process| rustix::process::test_kill_process(process) == Err(Errno::SRCH))
}

/// Removes a folder with all that is in it, also when its folders were closed.
fn remove(path: &Path) {
    if std::fs::remove_dir_all(path).is_err() {
        unlock(path);
        let _left = std::fs::remove_dir_all(path);
    }
}

fn unlock(folder: &Path) {
    let _not_ours = std::fs::set_permissions(folder, Permissions::from_mode(0o700));
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            unlock(&entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left() {
        let place = tempfile::tempdir().unwrap();
        let names = || std::fs::read_dir(place.path()).unwrap().count();
        // Left by a process that was killed.
        std::fs::create_dir_all(place.path().join(format!("{PREFIX}{}-old/x/home", i32::MAX))).unwrap();
        let grounds = Grounds::new(place.path()).unwrap();
        assert_eq!(names(), 1);
        let private = grounds.private().unwrap();
        let other = grounds.private().unwrap();
        let closed = private.home().join("closed/inner");
        std::fs::create_dir_all(&closed).unwrap();
        std::fs::set_permissions(closed.parent().unwrap(), Permissions::from_mode(0o000)).unwrap();
        drop(Aftermath { private: Some(private), detours: vec![] });
        assert!(other.temporary().is_dir());
        // Another engine leaves it alone.
        drop(Grounds::new(place.path()).unwrap());
        assert!(other.temporary().is_dir());
        drop(grounds);
        drop(other);
        assert_eq!(names(), 0);
    }
}
