//! A folder, a chat, and short ways to change files and to say what there is.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use alcove_store::{Change, ChatRow, Origin, Store};
use rustix::fs::{CWD, FileType, Mode};
use tempfile::TempDir;

use super::super::turns::TurnChanges;
use super::super::undo::Undone;
use super::super::{Ask, At, Checkpoints, Insist, Page, Part, Way, What};

pub(super) struct Scene {
    pub(super) data: TempDir,
    place: TempDir,
    pub(super) store: Store,
    pub(super) checkpoints: Checkpoints,
}

/// Everything in a folder: permission bits and content, target or `/`.
pub(super) type Tree = BTreeMap<String, String>;

pub(super) fn chat(id: &str) -> Change {
    Change::CreateChat(ChatRow::new(id, Origin::WebUi, 1))
}

impl Scene {
    pub(super) fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        store.write_wait(vec![chat("c"), chat("d")]).unwrap();
        let checkpoints = Checkpoints::open(data.path(), &store).unwrap();
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("in")).unwrap();
        Self { data, place, store, checkpoints }
    }

    /// As after a start.
    pub(super) fn restarted(&mut self) {
        self.checkpoints = Checkpoints::open(self.data.path(), &self.store).unwrap();
    }

    pub(super) fn folder(&self) -> PathBuf {
        self.place.path().canonicalize().unwrap().join("in")
    }

    pub(super) fn at(&self, turn: u64) -> At {
        At { chat: "c".to_owned(), turn, step: 0, folder: self.folder() }
    }

    /// Changes files as a person or a command does. `w path text`, `rm`, `mkdir`, `chmod bits path`, `ln target path`, `mv from to`, `fifo path`.
    pub(super) fn act(&self, script: &str) {
        act(&self.folder(), script);
    }

    /// A file tool's change.
    pub(super) fn tool(&self, turn: u64, script: &str) {
        let folder = self.folder();
        for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let paths = touched(line);
            let paths: Vec<&Path> = paths.iter().map(Path::new).collect();
            let touching = self.checkpoints.before_change(&self.at(turn), &paths).unwrap();
            act(&folder, line);
            touching.after_change().unwrap();
        }
    }

    /// A command's change; answers what it is told to have changed.
    pub(super) fn command(&self, turn: u64, script: &str) -> String {
        let watch = self.checkpoints.begin(&self.at(turn)).unwrap();
        self.act(script);
        let ended = watch.end().unwrap();
        let paths: Vec<_> = ended.changed.iter().map(|one| one.path.display().to_string()).collect();
        paths.join(" ")
    }

    pub(super) fn turns(&self) -> Vec<TurnChanges> {
        self.checkpoints.turns("c", usize::MAX).unwrap()
    }

    /// How many files of the newest turn somebody else changed too while it went on.
    pub(super) fn mixed(&self) -> usize {
        self.page().mixed
    }

    /// What a person is told of the newest turn.
    pub(super) fn page(&self) -> Page {
        self.checkpoints.pages("c", Part::Newest(1)).unwrap().remove(0)
    }

    /// A turn's changes: `path operation state`, by path.
    pub(super) fn told(&self, turn: u64) -> String {
        let turns = self.turns();
        let files = turns.iter().filter(|one| (one.turn, one.step) == (turn, 0)).flat_map(|one| &one.files);
        let told: Vec<_> = files.map(|file| format!("{} {} {}", file.path.display(), word(&file.operation), word(&file.state))).collect();
        told.join(", ")
    }

    pub(super) fn ask(&self, turn: u64, what: What, way: Way) -> Ask {
        Ask { chat: "c".to_owned(), turn, step: 0, what, way, insist: Insist::No }
    }

    pub(super) fn undo(&self, turn: u64, what: What, way: Way) -> Undone {
        self.checkpoints.undo(&self.ask(turn, what, way)).unwrap()
    }

    /// A whole turn, which has to succeed.
    pub(super) fn whole(&self, turn: u64, way: Way) {
        let undone = self.undo(turn, What::Whole, way);
        assert!(undone.refused.is_empty() && undone.notes.is_empty(), "{way:?} of {turn}: {undone:#?}");
    }

    pub(super) fn tree(&self) -> Tree {
        let mut tree = Tree::new();
        grow(&self.folder(), &self.folder(), &mut tree);
        tree
    }
}

/// The name of a variant, as tables write it.
fn word(variant: &impl std::fmt::Debug) -> String {
    match format!("{variant:?}").as_str() {
        "ChangedSince" => "changed_since".to_owned(),
        other => other.to_ascii_lowercase(),
    }
}

/// Why paths were refused: `path: why`.
pub(super) fn refused(undone: &Undone) -> String {
    let told: Vec<_> = undone.refused.iter().map(|one| format!("{}: {}", one.path.display(), one.why)).collect();
    told.join("\n")
}

fn grow(root: &Path, folder: &Path, tree: &mut Tree) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let meta = fs::symlink_metadata(&path).unwrap();
        let mode = meta.mode() & 0o7777;
        let told = match () {
            () if meta.is_symlink() => format!("-> {}", fs::read_link(&path).unwrap().display()),
            () if meta.is_dir() => format!("{mode:o} /"),
            () => format!("{mode:o} {}", String::from_utf8_lossy(&fs::read(&path).unwrap())),
        };
        tree.insert(path.strip_prefix(root).unwrap().display().to_string(), told);
        if meta.is_dir() {
            grow(root, &path, tree);
        }
    }
}

pub(super) fn act(folder: &Path, script: &str) {
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.splitn(3, ' ').collect();
        let at = |index: usize| folder.join(words[index]);
        match words[0] {
            "w" => {
                fs::create_dir_all(at(1).parent().unwrap()).unwrap();
                fs::write(at(1), words.get(2).copied().unwrap_or_default().replace("\\n", "\n")).unwrap();
            }
            "rm" if fs::symlink_metadata(at(1)).unwrap().is_dir() => fs::remove_dir_all(at(1)).unwrap(),
            "rm" => fs::remove_file(at(1)).unwrap(),
            "mkdir" => fs::create_dir_all(at(1)).unwrap(),
            "chmod" => fs::set_permissions(at(2), Permissions::from_mode(u32::from_str_radix(words[1], 8).unwrap())).unwrap(),
            "ln" => symlink(words[1], at(2)).unwrap(),
            "mv" => fs::rename(at(1), at(2)).unwrap(),
            "fifo" => rustix::fs::mknodat(CWD, at(1), FileType::Fifo, Mode::RWXU, 0).unwrap(),
            other => panic!("{other}"),
        }
    }
}

/// What a line of a script changes.
fn touched(line: &str) -> Vec<String> {
    let words: Vec<&str> = line.splitn(3, ' ').collect();
    let names = match words[0] {
        "mv" => &words[1..3],
        "chmod" | "ln" => &words[2..3],
        _ => &words[1..2],
    };
    names.iter().map(ToString::to_string).collect()
}
