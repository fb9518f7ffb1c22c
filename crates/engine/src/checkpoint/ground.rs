//! A folder held open, and what lies beneath it: looked at, read, written and removed by name from descriptors, never through a link. A
//! repository's own files and Alcove's are never touched. All of the room's access to people's files is here.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Component, Path, PathBuf};

use alcove_store::{CheckpointKind as Kind, CheckpointSide as Side};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use crate::files::{Fresh, Git, Rules};

/// Folders a path may go through.
pub(super) const DEPTH: usize = 256;
/// Permission bits, with those that change who runs a file.
const BITS: u32 = 0o7777;
/// What a folder is made with when nobody said.
const FOLDER_MODE: u32 = 0o755;

/// A folder that is held.
#[derive(Debug)]
pub(super) struct Ground {
    fd: OwnedFd,
    path: PathBuf,
    device: u64,
    /// Alcove's data folder, by what it is and not by its name.
    own: Option<(u64, u64)>,
}

/// What the system says about a path, links not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Meta {
    pub(super) kind: Kind,
    pub(super) mode: u32,
    pub(super) device: u64,
    pub(super) inode: u64,
    pub(super) size: u64,
    /// When the content changed, in nanoseconds since the epoch.
    pub(super) changed: i64,
    /// When anything about it changed, in nanoseconds since the epoch.
    pub(super) touched: i64,
}

impl Meta {
    #[expect(clippy::unnecessary_cast, reason = "the fields have other widths on other systems")]
    fn of(stat: &Stat) -> Self {
        let kind = match FileType::from_raw_mode(stat.st_mode as _) {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Folder,
            FileType::Symlink => Kind::Link,
            FileType::Fifo | FileType::Socket | FileType::CharacterDevice | FileType::BlockDevice | FileType::Unknown => Kind::Other,
        };
        let nanos = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
        Self {
            kind,
            mode: if matches!(kind, Kind::File | Kind::Folder) { stat.st_mode as u32 & BITS } else { 0 },
            device: stat.st_dev as u64,
            inode: stat.st_ino as u64,
            size: u64::try_from(stat.st_size).unwrap_or_default(),
            changed: nanos(stat.st_mtime as i64, stat.st_mtime_nsec as i64),
            touched: nanos(stat.st_ctime as i64, stat.st_ctime_nsec as i64),
        }
    }

    /// What is there, as far as it can be said without its content.
    pub(super) fn side(&self) -> Side {
        let file = self.kind == Kind::File;
        let (bytes, stamp) = if file { (self.size, self.changed) } else { (0, 0) };
        Side { kind: self.kind, mode: self.mode, hash: None, bytes, stamp, target: None }
    }
}

/// What there is where nothing is.
pub(super) fn absent() -> Side {
    Side { kind: Kind::Absent, mode: 0, hash: None, bytes: 0, stamp: 0, target: None }
}

/// Whether a name is one that is left alone.
pub(super) fn untouchable(name: &OsStr) -> bool {
    alcove_agent::path::protected(&name.to_string_lossy()).is_some()
}

impl Ground {
    /// Takes hold of a folder, by its path without links. `data` is Alcove's data folder.
    pub(super) fn hold(folder: &Path, data: &Path) -> io::Result<Self> {
        let path = folder.canonicalize()?;
        let fd = rustix::fs::open(&path, folder_flags(), Mode::empty())?;
        let own = rustix::fs::stat(data).ok().map(|stat| Meta::of(&stat)).map(|meta| (meta.device, meta.inode));
        let device = Meta::of(&rustix::fs::fstat(&fd)?).device;
        Ok(Self { fd, path, device, own })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What rules call a path: whole, without the first slash.
    pub(super) fn ruled(&self, path: &Path) -> OsString {
        let names = self.path.join(path);
        names.components().filter(|name| matches!(name, Component::Normal(_))).collect::<PathBuf>().into_os_string()
    }

    /// What a path is called from here once every link in it but the last is followed; `None` when it does not lie beneath or may not be
    /// touched.
    pub(super) fn name(&self, path: &Path) -> Option<PathBuf> {
        let whole = self.path.join(path);
        let (parent, last) = (whole.parent()?, whole.file_name()?);
        let mut rest = vec![last];
        let mut real = parent;
        let found = loop {
            match real.canonicalize() {
                Ok(found) => break found,
                Err(_) => {
                    rest.push(real.file_name()?);
                    real = real.parent()?;
                }
            }
        };
        let real: PathBuf = std::iter::once(found.as_os_str()).chain(rest.into_iter().rev()).collect();
        let name = real.strip_prefix(&self.path).ok()?;
        let own = |above: &Path| rustix::fs::stat(above).is_ok_and(|stat| self.is_own(&Meta::of(&stat)));
        let free = !name.as_os_str().is_empty()
            && !name.iter().any(untouchable)
            && !real.ancestors().take_while(|above| *above != self.path).any(own);
        free.then(|| name.to_owned())
    }

    /// Where the link at a path leads, when that is a place beneath.
    pub(super) fn led(&self, path: &Path) -> Option<PathBuf> {
        let real = self.path.join(path).canonicalize().ok()?;
        self.name(&real)
    }

    /// What is there; `None` when nothing is, or when what leads there is no folder.
    pub(super) fn meta(&self, path: &Path) -> io::Result<Option<Meta>> {
        let found = self.parent(path).and_then(|(parent, name)| Ok(Some(stat_at(&parent, name)?)));
        match found {
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => Ok(None),
            found => Ok(found?),
        }
    }

    /// Opens a regular file for reading; it never waits. A file its owner may not read is opened all the same, when the owner is this user.
    pub(super) fn open(&self, path: &Path) -> io::Result<File> {
        let (parent, name) = self.parent(path)?;
        let opened = open_at(&parent, name);
        let Err(Errno::ACCESS) = opened else { return Ok(File::from(opened?)) };
        let meta = stat_at(&parent, name)?;
        self.set_mode(path, meta.mode | 0o400)?;
        let opened = open_at(&parent, name);
        self.set_mode(path, meta.mode)?;
        Ok(File::from(opened?))
    }

    /// Where a link says it leads.
    pub(super) fn read_link(&self, path: &Path) -> io::Result<Vec<u8>> {
        let (parent, name) = self.parent(path)?;
        Ok(rustix::fs::readlinkat(&parent, name, Vec::new())?.into_bytes())
    }

    /// The folder itself, for a walk.
    pub(super) fn root(&self) -> io::Result<Folder<'_>> {
        let fd = rustix::fs::openat(&self.fd, ".", folder_flags(), Mode::empty())?;
        Ok(Folder { ground: self, fd, path: PathBuf::new() })
    }

    /// A folder beneath, for a walk.
    pub(super) fn folder(&self, path: &Path) -> io::Result<Folder<'_>> {
        let (parent, name) = self.parent(path)?;
        Ok(Folder { ground: self, fd: rustix::fs::openat(&parent, name, folder_flags(), Mode::empty())?, path: path.to_owned() })
    }

    /// Whether what was stated is another file system, or Alcove's own folder.
    fn is_foreign(&self, meta: &Meta) -> bool {
        meta.kind == Kind::Folder && (meta.device != self.device || self.is_own(meta))
    }

    fn is_own(&self, meta: &Meta) -> bool {
        self.own == Some((meta.device, meta.inode))
    }

    /// The folder a path lies in, reached through folders only, and the path's last name.
    fn parent<'p>(&self, path: &'p Path) -> Result<(OwnedFd, &'p OsStr), Errno> {
        let mut at = rustix::fs::openat(&self.fd, ".", passing(), Mode::empty())?;
        let mut names = path.components().peekable();
        for _ in 0..DEPTH {
            let Some(Component::Normal(name)) = names.next() else { return Err(Errno::INVAL) };
            if untouchable(name) {
                return Err(Errno::PERM);
            }
            if names.peek().is_none() {
                return Ok((at, name));
            }
            at = rustix::fs::openat(&at, name, passing(), Mode::empty())?;
            if self.is_foreign(&Meta::of(&rustix::fs::fstat(&at)?)) {
                return Err(Errno::PERM);
            }
        }
        Err(Errno::NAMETOOLONG)
    }
}

/// Changing what lies beneath.
impl Ground {
    /// Puts a file in the place of what is there, whole or not at all, with these permission bits. Folders are not replaced.
    pub(super) fn put_file(&self, path: &Path, content: &mut impl Read, mode: u32) -> io::Result<()> {
        let (parent, name) = self.parent(path)?;
        let part = part_name(name);
        discard(&parent, &part)?;
        let mut fresh = Fresh::make(&parent, part, Mode::RUSR | Mode::WUSR)?;
        io::copy(content, &mut fresh.file)?;
        rustix::fs::fchmod(&fresh.file, bits(mode))?;
        fresh.file.sync_all()?;
        fresh.take_over(name)
    }

    /// Puts a link in the place of what is there. Folders are not replaced.
    pub(super) fn put_link(&self, path: &Path, target: &[u8]) -> io::Result<()> {
        let (parent, name) = self.parent(path)?;
        let part = part_name(name);
        discard(&parent, &part)?;
        rustix::fs::symlinkat(OsStr::from_bytes(target), &parent, &part)?;
        let renamed = rustix::fs::renameat(&parent, &part, &parent, name);
        if renamed.is_err() {
            discard(&parent, &part)?;
        }
        Ok(renamed?)
    }

    /// Makes a folder and the folders it needs; one that is there is no error.
    pub(super) fn make_folder(&self, path: &Path) -> io::Result<()> {
        if path.as_os_str().is_empty() {
            return Ok(());
        }
        match self.meta(path)?.map(|meta| meta.kind) {
            Some(Kind::Folder) => return Ok(()),
            Some(_) => return Err(Errno::NOTDIR.into()),
            None => {}
        }
        if let Some(above) = path.parent() {
            self.make_folder(above)?;
        }
        let (parent, name) = self.parent(path)?;
        Ok(rustix::fs::mkdirat(&parent, name, bits(FOLDER_MODE))?)
    }

    /// Every name in a folder, those that are never touched as well.
    pub(super) fn names(&self, path: &Path) -> io::Result<Vec<OsString>> {
        names(&self.folder(path)?.fd)
    }

    /// Removes a file or a link.
    pub(super) fn remove_file(&self, path: &Path) -> io::Result<()> {
        let (parent, name) = self.parent(path)?;
        Ok(rustix::fs::unlinkat(&parent, name, AtFlags::empty())?)
    }

    /// Removes a folder that is empty; `false` when it is not.
    pub(super) fn remove_folder(&self, path: &Path) -> io::Result<bool> {
        let (parent, name) = self.parent(path)?;
        match rustix::fs::unlinkat(&parent, name, AtFlags::REMOVEDIR) {
            Ok(()) => Ok(true),
            Err(Errno::NOTEMPTY | Errno::EXIST) => Ok(false),
            Err(why) => Err(why.into()),
        }
    }

    /// Sets the permission bits of a file or a folder, never of what a link leads to.
    pub(super) fn set_mode(&self, path: &Path, mode: u32) -> io::Result<()> {
        let (parent, name) = self.parent(path)?;
        Ok(chmod(&parent, name, mode)?)
    }

    /// Puts on disk which names a folder has.
    pub(super) fn sync(&self, path: &Path) -> io::Result<()> {
        let folder = if path.as_os_str().is_empty() { self.root()? } else { self.folder(path)? };
        Ok(rustix::fs::fsync(&folder.fd)?)
    }
}

/// A folder that is being walked.
pub(super) struct Folder<'g> {
    ground: &'g Ground,
    fd: OwnedFd,
    path: PathBuf,
}

/// A name in a folder.
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) meta: Meta,
    /// Whether it is left alone: another file system, or Alcove's own folder.
    pub(super) foreign: bool,
}

impl Folder<'_> {
    /// What rules above it say of what it holds.
    pub(super) fn rules_above(&self) -> Rules {
        Rules::above(&self.fd, &self.ground.ruled(&self.path), Git::Everywhere)
    }

    /// Adds its own rules, for as long as it is walked.
    pub(super) fn enter_rules(&self, rules: &mut Rules) {
        let length = self.ground.ruled(&self.path).len();
        // There is a slash between it and what it holds, but at the very top.
        rules.enter(&self.fd, if length == 0 { 0 } else { length + 1 });
    }

    /// What it holds, by name; without what is never touched. What goes meanwhile is not there.
    pub(super) fn list(&self) -> io::Result<Vec<Found>> {
        let mut names = names(&self.fd)?;
        names.retain(|name| !untouchable(name));
        names.sort();
        let found = |name: OsString| {
            let meta = stat_at(&self.fd, &name).ok()?;
            Some(Found { path: self.path.join(name), foreign: self.ground.is_foreign(&meta), meta })
        };
        Ok(names.into_iter().filter_map(found).collect())
    }

    /// A folder in it.
    pub(super) fn enter(&self, found: &Found) -> io::Result<Self> {
        let name = found.path.file_name().ok_or(Errno::INVAL)?;
        let fd = rustix::fs::openat(&self.fd, name, folder_flags(), Mode::empty())?;
        Ok(Self { ground: self.ground, fd, path: found.path.clone() })
    }

    /// Opens a regular file in it.
    pub(super) fn open(&self, name: &OsStr) -> io::Result<File> {
        Ok(File::from(open_at(&self.fd, name)?))
    }

    /// Where a link in it says it leads.
    pub(super) fn read_link(&self, name: &OsStr) -> io::Result<Vec<u8>> {
        Ok(rustix::fs::readlinkat(&self.fd, name, Vec::new())?.into_bytes())
    }
}

fn names(folder: impl AsFd) -> io::Result<Vec<OsString>> {
    let mut names = Vec::new();
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if name != "." && name != ".." {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

fn stat_at(folder: impl AsFd, name: &OsStr) -> Result<Meta, Errno> {
    Ok(Meta::of(&rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?))
}

/// What is known of an open file.
pub(super) fn stat(file: &File) -> io::Result<Meta> {
    Ok(Meta::of(&rustix::fs::fstat(file)?))
}

fn open_at(folder: impl AsFd, name: &OsStr) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let fd = rustix::fs::openat(folder, name, flags, Mode::empty())?;
    match Meta::of(&rustix::fs::fstat(&fd)?).kind {
        Kind::File => Ok(fd),
        Kind::Absent | Kind::Link | Kind::Folder | Kind::Other => Err(Errno::INVAL),
    }
}

fn folder_flags() -> OFlags {
    OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC
}

/// To go through a folder; it need not be readable.
fn passing() -> OFlags {
    #[cfg(target_os = "linux")]
    let how = OFlags::PATH;
    #[cfg(not(target_os = "linux"))]
    let how = OFlags::RDONLY;
    how | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC
}

fn bits(mode: u32) -> Mode {
    Mode::from_raw_mode((mode & BITS) as _)
}

/// The name of what needs one before it has its place; the same for the same place, so that one that a crash left is found again.
fn part_name(name: &OsStr) -> OsString {
    let digest = alcove_agent::edit::Digest::of(name.as_bytes());
    OsString::from(format!(".alcove-undo-{}.part", &digest.as_str()[..16]))
}

fn discard(folder: impl AsFd, part: &OsStr) -> io::Result<()> {
    match rustix::fs::unlinkat(folder, part, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(why) => Err(why.into()),
    }
}

#[cfg(target_os = "linux")]
fn chmod(folder: impl AsFd, name: &OsStr, mode: u32) -> Result<(), Errno> {
    use std::os::fd::AsRawFd as _;
    let held = rustix::fs::openat(folder, name, OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())?;
    match Meta::of(&rustix::fs::fstat(&held)?).kind {
        Kind::File | Kind::Folder => {}
        Kind::Absent | Kind::Link | Kind::Other => return Err(Errno::INVAL),
    }
    // A descriptor that only holds a place has its mode set through its name in /proc, which leads to that very place.
    rustix::fs::chmod(format!("/proc/self/fd/{}", held.as_raw_fd()), bits(mode))
}

#[cfg(not(target_os = "linux"))]
fn chmod(folder: impl AsFd, name: &OsStr, mode: u32) -> Result<(), Errno> {
    rustix::fs::chmodat(folder, name, bits(mode), AtFlags::SYMLINK_NOFOLLOW)
}
