//! The folder in which everything is tried: with all that may lead elsewhere in it, and secrets beside it.

mod change;
#[cfg(target_os = "linux")]
mod fresh;
#[cfg(target_os = "linux")]
mod race;
mod search;
mod shapes;

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use alcove_agent::path::Reach;
use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::{FileError, Own, Tree};

/// A folder for a chat, and what lies around it.
pub(super) struct World {
    _dir: tempfile::TempDir,
    pub(super) path: PathBuf,
}

impl World {
    pub(super) fn new() -> Self {
        Self::beneath(&std::env::temp_dir())
    }

    /// Where there is no disk beneath it: fsync costs nothing there, and files without names are known.
    #[cfg(target_os = "linux")]
    pub(super) fn in_memory() -> Self {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() { Self::beneath(memory) } else { Self::new() }
    }

    pub(super) fn beneath(folder: &Path) -> Self {
        let dir = tempfile::tempdir_in(folder).unwrap();
        let path = dir.path().canonicalize().unwrap();
        let world = Self { _dir: dir, path };
        for folder in ["in/deep/deeper", "in/.git/hooks", "in/sub/.git", "in/data", "in/empty", "out", "own/blobs"] {
            std::fs::create_dir_all(world.at(folder)).unwrap();
        }
        let files = ["secret", "out/o", "own/alcove.db", "own/blobs/1", "in/a", "in/deep/b", "in/deep/deeper/c", "in/data/key"];
        for file in files.into_iter().chain(["in/.git/config", "in/.git/hooks/pre-commit", "in/sub/.git/config", "in/ünï", "in/run.sh"]) {
            world.put(file, Path::new(file).file_name().unwrap().to_str().unwrap());
        }
        std::fs::set_permissions(world.at("in/run.sh"), std::fs::Permissions::from_mode(0o750)).unwrap();
        world.put("in/binary", "a\0b");
        world.links();
        mknodat(CWD, world.at("in/pipe"), FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
        world
    }

    fn links(&self) {
        let link = |target: &str, name: &str| symlink(target.replace('@', self.path.to_str().unwrap()), self.at("in").join(name)).unwrap();
        for (target, name) in [
            ("deep/b", "inner"),
            ("inner", "twice"),
            ("deep", "folder"),
            ("deep/", "folder2"),
            ("../a", "deep/back"),
            ("../secret", "outer"),
            ("../out", "outer_folder"),
            ("@/secret", "absolute"),
            ("@/in/a", "absolute_within"),
            ("@/in/deep", "absolute_folder"),
            ("@/in/../secret", "absolute_up"),
            ("@/input", "absolute_beside"),
            ("../in/a", "out_and_back"),
            ("..", "up"),
            (".", "here"),
            ("loop", "loop"),
            ("pong", "ping"),
            ("ping", "pong"),
            ("none", "dangling"),
            ("none/deep/x", "dangling_deep"),
            ("none/../../secret", "dangling_up"),
            ("/proc/self/root/etc/passwd", "magic"),
            ("/proc/self/cwd", "magic_folder"),
            (".git/config", "config"),
            (".git", "repository"),
            ("../own", "ours"),
            ("@/own/alcove.db", "database"),
            ("data", "ours_within"),
            ("pipe", "piped"),
        ] {
            link(target, name);
        }
        std::fs::hard_link(self.at("in/deep/b"), self.at("in/hard")).unwrap();
        std::fs::hard_link(self.at("own/alcove.db"), self.at("in/hard_own")).unwrap();
        std::fs::hard_link(self.at("own/blobs/1"), self.at("in/deep/hard_blob")).unwrap();
    }

    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    pub(super) fn put(&self, name: &str, text: &str) {
        std::fs::write(self.at(name), text).unwrap();
    }

    pub(super) fn tree(&self, reach: Reach) -> Tree {
        let own = Own::hold(&[&self.at("own"), &self.at("in/data")]).unwrap();
        Tree::open(&self.at("in"), reach, own).unwrap()
    }

    /// `text` with the world's own folder as `@`.
    pub(super) fn told(&self, text: &str) -> String {
        text.replace(self.path.to_str().unwrap(), "@")
    }

    /// Everything in a folder: names, what they are, what they hold and their rights.
    pub(super) fn all(&self, folder: &str) -> String {
        let mut lines = Vec::new();
        look(&self.at(folder), "", &mut lines);
        self.told(&lines.join("\n"))
    }
}

fn look(folder: &Path, before: &str, lines: &mut Vec<String>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = format!("{before}{}", path.file_name().unwrap().to_str().unwrap());
        let about = path.symlink_metadata().unwrap();
        let mode = about.permissions().mode() & 0o777;
        if about.is_dir() {
            lines.push(format!("{name}/"));
            look(&path, &format!("{name}/"), lines);
        } else if about.is_symlink() {
            lines.push(format!("{name} -> {}", std::fs::read_link(&path).unwrap().display()));
        } else if about.is_file() {
            lines.push(format!("{name} {mode:o} {}", std::fs::read_to_string(&path).unwrap()));
        } else {
            lines.push(format!("{name} other"));
        }
    }
}

/// What became of it, in a word.
pub(super) fn word<T>(done: Result<T, FileError>) -> &'static str {
    match done {
        Ok(_) => "done",
        Err(why) => why.code,
    }
}
