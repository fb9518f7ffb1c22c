//! The metadata of repositories in a chat's folder: what git runs or reads its rules from is not the chat's to change. Looks, and takes
//! away one file that has no business there; changes nothing else.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// How a repository's metadata are called.
const METADATA: &str = ".git";
/// Folders that may be repositories, the outer ones first.
const FOLDERS_LIMIT: usize = 2_000;
/// Of these, how many are looked into for more.
const LOOKED_INTO: usize = 1_000;
/// What is looked at in one of them.
const ENTRIES_LIMIT: usize = 10_000;
/// Folders of tools, which are full of others and where nobody has a repository.
const PASSED_OVER: [&str; 4] = ["node_modules", "target", "__pycache__", "venv"];
/// Repositories that are held in parts; further ones are read-only as a whole.
const REPOSITORIES_LIMIT: usize = 64;

/// One thing to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// It stays where it is; what is in it may change.
    InPlace(PathBuf),
    /// It is only read.
    Fixed(PathBuf),
    /// There is no such folder, and there shall be none with anything in it.
    Empty(PathBuf),
}

/// The metadata of a folder's repositories, its own and those in the folders below, outer ones first. A folder that is no repository is
/// not among them: one may be made there.
pub(super) fn repositories(scope: &Path) -> Vec<PathBuf> {
    let mut folders = vec![scope.to_owned()];
    let mut next = 0;
    while let Some(folder) = folders.get(next).filter(|_| next < LOOKED_INTO) {
        let room = FOLDERS_LIMIT.saturating_sub(folders.len());
        let below: Vec<PathBuf> = below(folder).take(room).collect();
        folders.extend(below);
        next += 1;
    }
    folders.into_iter().map(|folder| folder.join(METADATA)).filter(|metadata| metadata.symlink_metadata().is_ok()).collect()
}

/// The folders in a folder that may be somebody's work.
fn below(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().take(ENTRIES_LIMIT).flatten();
    let worth = |name: &OsStr| name != METADATA && !PASSED_OVER.iter().any(|passed| name == *passed);
    entries.filter(move |entry| entry.file_type().is_ok_and(|kind| kind.is_dir()) && worth(&entry.file_name())).map(|entry| entry.path())
}

/// What of these repositories is held.
pub(super) fn held(repositories: &[PathBuf]) -> Vec<Held> {
    let (few, more) = repositories.split_at(repositories.len().min(REPOSITORIES_LIMIT));
    few.iter().flat_map(|metadata| of(metadata)).chain(more.iter().cloned().map(Held::Fixed)).collect()
}

/// The places where git would look for its rules elsewhere, if there were a file: only worktrees have one.
pub(super) fn detours(repositories: &[PathBuf]) -> Vec<PathBuf> {
    let places = repositories.iter().filter(|metadata| is_folder(metadata)).map(|metadata| metadata.join("commondir"));
    places.filter(|path| path.symlink_metadata().is_err()).collect()
}

fn of(metadata: &Path) -> Vec<Held> {
    let plain = |name: &str| metadata.join(name).symlink_metadata();
    if !is_folder(metadata) {
        // The file of a worktree, which says where the metadata are. A link is followed: what it leads to is held.
        return vec![Held::Fixed(metadata.to_owned())];
    }
    let hooks = match plain("hooks") {
        Ok(about) if about.is_dir() => Held::Fixed(metadata.join("hooks")),
        Ok(_odd) => return vec![Held::Fixed(metadata.to_owned())],
        Err(_absent) => Held::Empty(metadata.join("hooks")),
    };
    if !plain("config").is_ok_and(|about| about.is_file()) {
        return vec![Held::Fixed(metadata.to_owned())];
    }
    let mut held = vec![Held::InPlace(metadata.to_owned()), hooks, Held::Fixed(metadata.join("config"))];
    let more = ["config.worktree", "modules", "worktrees", "commondir"].map(|name| metadata.join(name));
    held.extend(more.into_iter().filter(|path| path.symlink_metadata().is_ok()).map(Held::Fixed));
    held
}

fn is_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|about| about.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hooks_and_rules_are_held() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        let folders = [".git/hooks", "inner/.git", "bare/.git/modules", "plain", "linked", "deep/er/still/.git", "node_modules/tool/.git"];
        for folder in folders {
            std::fs::create_dir_all(at(folder)).unwrap();
        }
        for file in [".git/config", "bare/.git/config", "linked/.git"] {
            std::fs::write(at(file), "").unwrap();
        }
        let repositories = repositories(place.path());
        let mut found = held(&repositories);
        found.sort_by_key(|held| match held {
            Held::InPlace(path) | Held::Fixed(path) | Held::Empty(path) => path.clone(),
        });
        let expected = [
            Held::InPlace(at(".git")),
            Held::Fixed(at(".git/config")),
            Held::Fixed(at(".git/hooks")),
            Held::InPlace(at("bare/.git")),
            Held::Fixed(at("bare/.git/config")),
            Held::Empty(at("bare/.git/hooks")),
            Held::Fixed(at("bare/.git/modules")),
            Held::Fixed(at("deep/er/still/.git")),
            Held::Fixed(at("inner/.git")),
            Held::Fixed(at("linked/.git")),
        ];
        assert_eq!(found, expected);
        let mut detours = detours(&repositories);
        detours.sort();
        let expected = [".git", "bare/.git", "deep/er/still/.git", "inner/.git"].map(|metadata| at(metadata).join("commondir"));
        assert_eq!(detours, expected);
    }

    #[test]
    fn outer_repositories_are_found_in_a_wide_folder() {
        let place = tempfile::tempdir().unwrap();
        for number in 0..=FOLDERS_LIMIT {
            std::fs::create_dir(place.path().join(number.to_string())).unwrap();
        }
        std::fs::create_dir(place.path().join(".git")).unwrap();
        assert_eq!(repositories(place.path()), [place.path().join(".git")]);
    }
}
