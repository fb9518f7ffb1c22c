//! A folder held open, and files opened beneath it: what a path means is decided by the system from that descriptor, so that neither
//! `..`, a link nor a rename in between leads outside. Only regular files are given out; opening one never waits. Writes nothing.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

/// How often an opening is tried again when a rename elsewhere got in its way.
#[cfg(target_os = "linux")]
const TRIES: usize = 8;
/// Folders a path may go through.
const DEPTH: usize = 256;

/// A folder held open since it was chosen.
#[derive(Debug)]
pub(crate) struct Beneath {
    fd: OwnedFd,
    path: PathBuf,
}

/// Why a file was not opened.
#[derive(Debug)]
pub(crate) enum Unopened {
    /// The path leads out of the folder.
    Outside,
    /// There is nothing of that name, or it is no regular file.
    Missing,
    /// No file can have that name.
    Invalid,
    /// The system refused.
    Failed(io::Error),
}

impl Beneath {
    /// Takes hold of a folder.
    pub(crate) fn hold(path: &Path) -> io::Result<Self> {
        let fd = rustix::fs::open(path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        Ok(Self { fd, path: path.to_owned() })
    }

    /// Where the folder was when it was taken hold of.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What an absolute path is called from here; `None` when its text does not lie beneath. A relative one is called what it is.
    pub(crate) fn relative<'a>(&self, path: &'a Path) -> Option<&'a Path> {
        if path.is_absolute() { path.strip_prefix(&self.path).ok() } else { Some(path) }
    }

    /// Opens a regular file beneath it, for reading.
    pub(crate) fn file(&self, relative: &Path) -> Result<File, Unopened> {
        if relative.as_os_str().is_empty() {
            return Err(Unopened::Missing);
        }
        if relative.is_absolute() {
            return Err(Unopened::Outside);
        }
        let file = File::from(self.descend(relative).map_err(unopened)?);
        let about = file.metadata().map_err(Unopened::Failed)?;
        if about.is_file() { Ok(file) } else { Err(Unopened::Missing) }
    }

    /// Puts on disk what was made or renamed in it.
    pub(crate) fn sync(&self) -> io::Result<()> {
        Ok(rustix::fs::fsync(&self.fd)?)
    }

    #[cfg(target_os = "linux")]
    fn descend(&self, relative: &Path) -> Result<OwnedFd, Errno> {
        use rustix::fs::ResolveFlags;
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        for _ in 0..TRIES {
            match rustix::fs::openat2(&self.fd, relative, reading(), Mode::empty(), resolve) {
                Err(Errno::AGAIN | Errno::INTR) => {}
                // An old kernel, or a filter that does not know the call.
                Err(Errno::NOSYS | Errno::PERM) => return self.walk(relative),
                opened => return opened,
            }
        }
        Err(Errno::AGAIN)
    }

    #[cfg(not(target_os = "linux"))]
    fn descend(&self, relative: &Path) -> Result<OwnedFd, Errno> {
        self.walk(relative)
    }

    /// The same, one name at a time and through no link at all.
    fn walk(&self, relative: &Path) -> Result<OwnedFd, Errno> {
        let mut names = relative.components().filter(|name| *name != Component::CurDir).peekable();
        let mut through: Vec<OwnedFd> = Vec::new();
        while let Some(name) = names.next() {
            let Component::Normal(name) = name else {
                through.pop().ok_or(Errno::XDEV)?;
                continue;
            };
            let at = through.last().unwrap_or(&self.fd);
            let last = names.peek().is_none();
            let how = if last { reading() } else { OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC };
            let opened = rustix::fs::openat(at, name, how | OFlags::NOFOLLOW, Mode::empty())?;
            if last {
                return Ok(opened);
            }
            if through.len() >= DEPTH {
                return Err(Errno::NAMETOOLONG);
            }
            through.push(opened);
        }
        // What ends in `..` or is only dots names a folder.
        Err(Errno::ISDIR)
    }
}

/// Never waits for a writer, never takes a terminal.
fn reading() -> OFlags {
    OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC
}

fn unopened(why: Errno) -> Unopened {
    match why {
        Errno::XDEV | Errno::LOOP => Unopened::Outside,
        Errno::NOENT | Errno::NOTDIR | Errno::ISDIR | Errno::NXIO => Unopened::Missing,
        Errno::INVAL | Errno::NAMETOOLONG | Errno::ILSEQ => Unopened::Invalid,
        other => Unopened::Failed(other.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::os::unix::fs::symlink;

    use super::*;

    fn told(opened: Result<File, Unopened>) -> String {
        match opened {
            Ok(mut file) => {
                let mut text = String::new();
                file.read_to_string(&mut text).unwrap();
                text
            }
            Err(Unopened::Outside) => "outside".to_owned(),
            Err(Unopened::Missing) => "missing".to_owned(),
            Err(Unopened::Invalid) => "invalid".to_owned(),
            Err(Unopened::Failed(error)) => error.kind().to_string(),
        }
    }

    /// A folder with everything in it that may lead elsewhere.
    fn place() -> tempfile::TempDir {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        std::fs::create_dir_all(at("in/deep")).unwrap();
        std::fs::write(at("secret"), "secret").unwrap();
        std::fs::write(at("in/a"), "a").unwrap();
        std::fs::write(at("in/deep/b"), "b").unwrap();
        symlink("deep/b", at("in/inner")).unwrap();
        symlink("../secret", at("in/outer")).unwrap();
        symlink(at("secret"), at("in/absolute")).unwrap();
        symlink("..", at("in/up")).unwrap();
        symlink("loop", at("in/loop")).unwrap();
        symlink("/proc/self/root/etc/passwd", at("in/magic")).unwrap();
        rustix::fs::mknodat(rustix::fs::CWD, at("in/pipe"), rustix::fs::FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
        place
    }

    /// A path, what opening gives, and what the walk without links gives where that differs.
    const CASES: &[(&str, &str, Option<&str>)] = &[
        ("a", "a", None),
        ("./a", "a", None),
        ("deep/b", "b", None),
        ("deep//b", "b", None),
        ("deep/../a", "a", None),
        ("deep/../deep/b", "b", None),
        ("inner", "b", Some("outside")),
        ("outer", "outside", None),
        ("absolute", "outside", None),
        ("magic", "outside", None),
        ("loop", "outside", None),
        ("up/secret", "outside", Some("missing")),
        ("../secret", "outside", None),
        ("deep/../../secret", "outside", None),
        ("..", "outside", None),
        ("/etc/passwd", "outside", None),
        ("", "missing", None),
        (".", "missing", None),
        ("deep", "missing", None),
        ("deep/", "missing", None),
        ("a/", "missing", Some("a")),
        ("a/b", "missing", None),
        ("none", "missing", None),
        ("none/../a", "missing", None),
        ("pipe", "missing", None),
        ("a\0b", "invalid", None),
    ];

    #[test]
    fn nothing_outside_is_opened() {
        let place = place();
        let folder = Beneath::hold(&place.path().join("in")).unwrap();
        for (path, expected, walked) in CASES {
            assert_eq!(told(folder.file(Path::new(path))), *expected, "{path:?}");
            if path.is_empty() || path.starts_with('/') {
                continue;
            }
            let walk = folder.walk(Path::new(path)).map_err(unopened).map(File::from);
            let walk = match walk {
                Ok(file) if !file.metadata().unwrap().is_file() => "missing".to_owned(),
                walk => told(walk),
            };
            assert_eq!(walk, walked.unwrap_or(expected), "{path:?} without links");
        }
        assert_eq!(told(folder.file(Path::new(&"x".repeat(300)))), "invalid");
    }

    #[test]
    fn the_folder_is_the_one_that_was_chosen() {
        let place = place();
        let path = place.path().join("in");
        let folder = Beneath::hold(&path).unwrap();
        std::fs::rename(&path, place.path().join("moved")).unwrap();
        std::fs::create_dir(&path).unwrap();
        std::fs::write(path.join("a"), "another").unwrap();
        assert_eq!(told(folder.file(Path::new("a"))), "a");
    }

    /// A link that changes its mind all the time never leads outside.
    #[test]
    fn a_race_is_won_by_nobody() {
        let place = place();
        let folder = Beneath::hold(&place.path().join("in")).unwrap();
        let over = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|threads| {
            threads.spawn(|| {
                let (link, fresh) = (place.path().join("in/race"), place.path().join("fresh"));
                while !over.load(std::sync::atomic::Ordering::Relaxed) {
                    for target in ["../secret", "a"] {
                        symlink(target, &fresh).unwrap();
                        std::fs::rename(&fresh, &link).unwrap();
                    }
                }
            });
            let found: Vec<String> = (0..20_000).map(|_| told(folder.file(Path::new("race")))).collect();
            over.store(true, std::sync::atomic::Ordering::Relaxed);
            let odd = found.iter().find(|found| !["a", "outside", "missing"].contains(&found.as_str()));
            assert_eq!(odd, None);
        });
    }
}
