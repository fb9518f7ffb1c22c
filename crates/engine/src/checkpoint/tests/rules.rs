//! What is ignored: the same to a search and to a command that is watched.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use alcove_agent::path::Reach;

use super::scene::{Scene, act};
use crate::files::{Limits, Look, Names, Own, Tree};

/// What there is, what is written, and what of that is seen.
const CASES: &[(&str, &str, &str)] = &[
    ("w .git/x\nw .gitignore a\\nd/", "w a 1\nw b 1\nw d/c 1\nw e/a 1", "b"),
    ("w .git/info/exclude a", "w a 1\nw b 1", "b"),
    // What is nearer wins, and `.ignore` before `.gitignore` wherever it lies.
    ("w .git/x\nw .gitignore *.x\nw d/.gitignore !a.x", "w a.x 1\nw d/a.x 1\nw d/b.x 1", "d/a.x"),
    ("w .git/x\nw .ignore *.x\nw d/.gitignore !a.x", "w a.x 1\nw d/a.x 1\nw d/b 1", "d/b"),
    ("w .git/x\nw .gitignore /a\nw .ignore !/a", "w a 1", "a"),
    // A repository within another has rules of its own.
    ("w .git/x\nw .gitignore *.x\nw d/.git/x\nw d/.gitignore b", "w a.x 1\nw d/a.x 1\nw d/b 1", "d/a.x"),
    ("w .git/x\nw .ignore *.x\nw d/.git/x", "w a.x 1\nw d/a.x 1\nw d/b 1", "d/b"),
    // Rules are files, not links, and never waited for.
    ("w .git/x\nw rules a\nln rules .gitignore", "w a 1\nw b 1", "a b"),
    ("w .git/x\nfifo .gitignore\nmkdir .ignore", "w a 1", "a"),
    ("w .ignore a", "w a 1\nw b 1", "b"),
];

fn check(scene: &Scene, folder: &str, before: &str, script: &str) -> [String; 2] {
    let at = scene.folder().join(folder);
    act(&at, before);
    let there = found(&at);
    let watch = scene.checkpoints.begin(&super::super::At { folder: at.clone(), ..scene.at(1) }).unwrap();
    act(&at, script);
    let changed = watch.end().unwrap().changed;
    let files = changed.iter().filter(|one| !at.join(&one.path).is_dir()).map(|one| one.path.display().to_string());
    let searched: Vec<String> = found(&at).into_iter().filter(|path| !there.contains(path)).collect();
    [files.collect::<Vec<_>>().join(" "), searched.join(" ")]
}

/// What a search finds, hidden files as well.
fn found(at: &Path) -> Vec<String> {
    static GO_ON: AtomicBool = AtomicBool::new(false);
    let tree = Tree::open(at, Reach::Scope, Own::default()).unwrap();
    let look = Look { hidden: true, ignored: false, limits: Limits::GLOB, cancel: &GO_ON };
    let found = tree.glob(&tree.place(".").unwrap(), &Names::read("**").unwrap(), &look, |_| true).unwrap();
    let mut files: Vec<String> = found.files.into_iter().map(|(path, _)| path).filter(|path| !path.ends_with("/")).collect();
    files.sort();
    files
}

#[test]
fn a_search_and_a_command_mind_the_same_rules() {
    for (before, script, seen) in CASES {
        let scene = Scene::new();
        assert_eq!(check(&scene, "", before, script), [*seen, *seen], "{before:?} then {script:?}");
    }
}

#[test]
fn rules_above_count_up_to_the_repository() {
    let scene = Scene::new();
    scene.act("w .gitignore *.y\nw p/.git/x\nw p/.gitignore *.x\nw p/d/.ignore b");
    assert_eq!(check(&scene, "p/d", "", "w a.x 1\nw a.y 1\nw b 1\nw c 1"), ["a.y c", "a.y c"]);
}

/// Outside repositories only a search looks past `.gitignore`, and what lies above counts for nobody's undoing.
#[test]
fn a_command_minds_what_git_would_ignore_where_there_is_no_repository() {
    let scene = Scene::new();
    fs::write(scene.folder().join(".gitignore"), "*.x\n").unwrap();
    fs::write(scene.folder().join(".ignore"), "*.y\n").unwrap();
    assert_eq!(check(&scene, "d", "w .gitignore built/", "w built/a 1\nw b.x 1\nw c.y 1"), ["b.x c.y", "b.x built/a"]);
}
