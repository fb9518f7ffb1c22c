//! What a search leaves out, and what is not watched while a command runs: `.gitignore` and `.ignore` of each folder and of those above it
//! up to the repository's, by ripgrep's rules: `.ignore` counts before `.gitignore`, that before `.git/info/exclude`, a deeper folder before
//! a higher one. They are read from descriptors and nothing is waited for; whoever keeps rules in a link has none, and what a person told
//! git for all their repositories is not asked.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read as _;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use rustix::fs::{AtFlags, OFlags};

use super::descend::{FOLDER, descend, open_at};

/// Bytes of rules that are read of one file.
const RULES_BYTES: u64 = 1 << 20;
/// Folders above the search whose rules are read.
const ABOVE: usize = 64;

/// Where `.gitignore` counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Git {
    /// Within a repository.
    Repositories,
    /// In a folder that is in no repository as well, from that folder down; nothing above it counts then. What a project builds may be
    /// large before anybody made a repository of it.
    Everywhere,
}

/// The rules of one folder.
struct Level {
    /// Where the names beneath this folder begin in a whole path, in bytes.
    from: usize,
    ignore: Gitignore,
    git: Gitignore,
    exclude: Gitignore,
    is_repository: bool,
}

/// The rules of the folders on the way to where the search is, the highest first.
pub(crate) struct Rules {
    levels: Vec<Level>,
    git: Git,
}

/// What rules say of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    /// Nothing.
    Nothing,
    /// It is left out.
    Out,
    /// It is looked at, with a dot before it too.
    In,
}

impl Rules {
    /// The rules above a folder whose path, without the first slash, is `path`.
    pub(crate) fn above(folder: &OwnedFd, path: &OsStr, git: Git) -> Self {
        let mut levels: Vec<Level> = Vec::new();
        let slashes = path.as_bytes().iter().enumerate().filter(|(_, byte)| **byte == b'/');
        let ends: Vec<usize> = std::iter::once(0).chain(slashes.map(|(at, _)| at + 1)).collect();
        let mut at = open_at(folder, "..", FOLDER).ok();
        let mut within = !is_repository(folder) && !path.is_empty();
        for from in ends.into_iter().rev().take(ABOVE) {
            let Some(above) = at.filter(|_| within) else { break };
            let level = Level::read(&above, from);
            within = !level.is_repository;
            levels.push(level);
            at = open_at(&above, "..", FOLDER).ok();
        }
        levels.reverse();
        if git == Git::Everywhere && !levels.iter().any(|level| level.is_repository) {
            levels.clear();
        }
        Self { levels, git }
    }

    /// Goes into a folder beneath which names begin at `from`.
    pub(crate) fn enter(&mut self, folder: &OwnedFd, from: usize) {
        self.levels.push(Level::read(folder, from));
    }

    /// Comes back from the folder gone into last.
    pub(crate) fn leave(&mut self) {
        self.levels.pop();
    }

    /// What is said of a whole path, without its first slash.
    pub(crate) fn say(&self, path: &OsStr, is_folder: bool) -> Says {
        let in_repository = self.levels.iter().any(|level| level.is_repository);
        let (mut ignore, mut git, mut exclude) = (Says::Nothing, Says::Nothing, Says::Nothing);
        let mut applies = in_repository || self.git == Git::Everywhere;
        for level in self.levels.iter().rev() {
            let name = Path::new(OsStr::from_bytes(path.as_bytes().get(level.from..).unwrap_or_default()));
            let say = |rules: &Gitignore, before: Says| {
                if before == Says::Nothing { said(&rules.matched(name, is_folder)) } else { before }
            };
            ignore = say(&level.ignore, ignore);
            if applies {
                git = say(&level.git, git);
                exclude = say(&level.exclude, exclude);
            }
            applies &= !level.is_repository;
        }
        [ignore, git, exclude].into_iter().find(|says| *says != Says::Nothing).unwrap_or(Says::Nothing)
    }
}

fn said<T>(found: &Match<T>) -> Says {
    match found {
        Match::None => Says::Nothing,
        Match::Ignore(_) => Says::Out,
        Match::Whitelist(_) => Says::In,
    }
}

impl Level {
    fn read(folder: &OwnedFd, from: usize) -> Self {
        let is_repository = is_repository(folder);
        let info = || descend(folder, &[OsString::from(".git"), OsString::from("info")]).ok();
        let exclude = is_repository.then(info).flatten().map_or_else(Gitignore::empty, |info| rules(&info, "exclude"));
        Self { from, ignore: rules(folder, ".ignore"), git: rules(folder, ".gitignore"), exclude, is_repository }
    }
}

fn is_repository(folder: &OwnedFd) -> bool {
    rustix::fs::statat(folder, ".git", AtFlags::SYMLINK_NOFOLLOW).is_ok()
}

/// What stands in a file of rules. Lines that are none, and files that cannot be read, say nothing.
fn rules(folder: &OwnedFd, name: &str) -> Gitignore {
    let how = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let Ok(file) = open_at(folder, OsStr::new(name), how).map(File::from) else { return Gitignore::empty() };
    if !file.metadata().is_ok_and(|about| about.is_file()) {
        return Gitignore::empty();
    }
    let mut text = Vec::new();
    if file.take(RULES_BYTES).read_to_end(&mut text).is_err() {
        return Gitignore::empty();
    }
    let mut builder = GitignoreBuilder::new("");
    for line in String::from_utf8_lossy(&text).trim_start_matches('\u{feff}').lines() {
        let _read = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}
