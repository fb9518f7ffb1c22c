//! The metadata of repositories in a chat's folder: what git runs or reads its rules from is not the chat's to change. Looks, and takes
//! away one file that has no business there; changes nothing else.

use std::path::{Path, PathBuf};

/// Folders of the scope that are looked into for repositories of their own.
const NESTED_LIMIT: usize = 10_000;
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

/// What of the repositories at the scope's root and one folder down is held, outer folders first. A folder that is no repository is not:
/// one may be made there.
pub(super) fn held(scope: &Path) -> Vec<Held> {
    let repositories = repositories(scope);
    let (few, more) = repositories.split_at(repositories.len().min(REPOSITORIES_LIMIT));
    few.iter().flat_map(|metadata| of(metadata)).chain(more.iter().cloned().map(Held::Fixed)).collect()
}

/// The places where git would look for its rules elsewhere, if there were a file: only worktrees have one.
pub(super) fn detours(scope: &Path) -> Vec<PathBuf> {
    let detour = |metadata: PathBuf| metadata.join("commondir");
    repositories(scope)
        .into_iter()
        .filter(|metadata| is_folder(metadata))
        .map(detour)
        .filter(|path| path.symlink_metadata().is_err())
        .collect()
}

fn repositories(scope: &Path) -> Vec<PathBuf> {
    let nested = std::fs::read_dir(scope).into_iter().flatten().take(NESTED_LIMIT).flatten();
    let folders = nested.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path());
    let every = std::iter::once(scope.to_owned()).chain(folders).map(|folder| folder.join(".git"));
    every.filter(|metadata| metadata.symlink_metadata().is_ok()).collect()
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
        for folder in [".git/hooks", "inner/.git", "bare/.git/modules", "plain", "linked"] {
            std::fs::create_dir_all(at(folder)).unwrap();
        }
        for file in [".git/config", "bare/.git/config", "linked/.git"] {
            std::fs::write(at(file), "").unwrap();
        }
        let mut found = held(place.path());
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
            Held::Fixed(at("inner/.git")),
            Held::Fixed(at("linked/.git")),
        ];
        assert_eq!(found, expected);
        let mut detours = detours(place.path());
        detours.sort();
        assert_eq!(detours, [at(".git/commondir"), at("bare/.git/commondir"), at("inner/.git/commondir")]);
    }
}
