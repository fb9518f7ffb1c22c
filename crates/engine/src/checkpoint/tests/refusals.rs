//! What is not done: later changes are not overwritten, and nothing outside is touched.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::super::{Ask, Insist, Way, What};
use super::scene::{Scene, refused};

/// What there was, what a command did, what happened since, and why what is refused.
const CASES: &[(&str, &str, &str, &str)] = &[
    ("w a 1", "w a 2", "w a 3", "a: It has changed since."),
    ("w a 1", "w a 2", "rm a", "a: It has gone since."),
    ("w a 1", "w a 2", "chmod 755 a", "a: It has changed since."),
    ("w a 1", "rm a", "w a 3", "a: It has changed since."),
    ("", "w a 2", "w a 3", "a: It has changed since."),
    ("w a 1", "w a 2", "rm a\nln b a", "a: It has changed since."),
    ("w a 1", "w a 2", "rm a\nmkdir a", "a: It has changed since."),
    ("ln x l", "rm l\nln y l", "rm l\nln z l", "l: It has changed since."),
    ("w d/a 1", "rm d", "w d 3", "d: It has changed since.\nd/a: Something else is where its folder was."),
    ("w d 1", "rm d\nw d/a 2", "w d/b 3", "d: There are other files in the folder that is in its place."),
    ("w a 1\nw b 1", "w a 2\nw b 2", "w b 3", "b: It has changed since."),
];

#[test]
fn later_changes_are_not_overwritten() {
    for (before, script, later, why) in CASES {
        let scene = Scene::new();
        scene.act(before);
        scene.command(1, script);
        scene.act(later);
        let is = scene.tree();
        let undone = scene.undo(1, What::Whole, Way::Revert);
        assert_eq!(refused(&undone), *why, "{before:?} then {script:?} then {later:?}");
        assert!(undone.done.is_empty());
        assert_eq!(scene.tree(), is, "nothing is done");
    }
}

#[test]
fn who_insists_can_go_back_as_well() {
    let scene = Scene::new();
    scene.act("w a 1\nw b 1\nln x l");
    scene.command(1, "w a 2\nrm b\nrm l");
    scene.act("w a 3\nchmod 755 a\nw b 3\nw l 3");
    let later = scene.tree();
    let insisting = Ask { insist: Insist::Overwrite, ..scene.ask(1, What::Whole, Way::Revert) };
    let undone = scene.checkpoints.undo(&insisting).unwrap();
    assert_eq!((refused(&undone).as_str(), undone.step, undone.way), ("", Some(1), Way::Revert));
    assert_eq!(scene.tree().values().map(String::as_str).collect::<Vec<_>>(), ["644 1", "644 1", "-> x"]);
    assert_eq!(scene.turns().iter().map(|one| (one.turn, one.step, one.files.len())).collect::<Vec<_>>(), [(1, 0, 3), (1, 1, 3)]);
    let come_back = || scene.page().overwritten.iter().map(|one| one.step).collect::<Vec<_>>();
    assert_eq!(come_back(), [1]);
    let back = scene.checkpoints.undo(&Ask { step: 1, ..scene.ask(1, What::Whole, Way::Revert) }).unwrap();
    assert_eq!((refused(&back).as_str(), back.way), ("", Way::Redo), "the turn is undone no more");
    assert_eq!(come_back(), [0; 0], "it is back");
    assert_eq!(scene.tree(), later);
    // What was overwritten while the turn was done again.
    let insisting = Ask { way: Way::Redo, ..insisting };
    assert_eq!(scene.checkpoints.undo(&insisting).unwrap().step, Some(2));
    assert_eq!(come_back(), [2]);
    scene.act("w b 4");
    assert_eq!(come_back(), [0; 0], "a part of it is something else by now");
    scene.act("rm b");
    assert_eq!(come_back(), [2]);
    let back = scene.checkpoints.undo(&Ask { step: 2, ..scene.ask(1, What::Whole, Way::Revert) }).unwrap();
    assert_eq!((back.way, scene.tree()), (Way::Revert, later));
}

#[test]
fn a_change_of_somebody_else_within_a_turn_is_not_lost_silently() {
    let scene = Scene::new();
    scene.act("w a 1");
    scene.tool(1, "w a 2");
    scene.act("w a person");
    scene.tool(1, "w a 3");
    assert_eq!(scene.mixed(), 1);
    let undone = scene.undo(1, What::Whole, Way::Revert);
    assert_eq!(refused(&undone), "a: Somebody else changed it while the turn was going on; that would be lost as well.");
}

#[test]
fn a_turn_is_undone_after_those_that_follow() {
    let scene = Scene::new();
    scene.act("w a 1");
    scene.tool(1, "w a 2");
    scene.tool(2, "w a 3");
    let newest = |count: usize| scene.checkpoints.turns("c", count).unwrap().iter().map(|one| one.turn).collect::<Vec<_>>();
    assert_eq!([newest(0), newest(1), newest(3)], [vec![], vec![2], vec![1, 2]]);
    assert_eq!(scene.told(1), "a changed changed_since");
    assert_eq!(refused(&scene.undo(1, What::Whole, Way::Revert)), "a: It has changed since.");
    scene.whole(2, Way::Revert);
    scene.whole(1, Way::Revert);
    assert_eq!(scene.tree()["a"], "644 1");
}

#[test]
fn what_a_crash_left_half_done_is_finished() {
    let scene = Scene::new();
    scene.act("w a 1\nw b 1\nw d/c 1\nchmod 555 d\nw e 1");
    let was = scene.tree();
    scene.command(1, "w a 2\nrm b\nchmod 755 d\nrm d/c\nw n/o 2\nchmod 500 n\nrm e\nw e/f 2");
    // What was done by then: a file, a folder that is open, a new folder that is empty, and a part of a file.
    scene.act("w a 1\nchmod 700 n\nrm n/o\nrm e/f");
    scene.act("w .alcove-undo-0000000000000000.part half\nrm .alcove-undo-0000000000000000.part");
    scene.whole(1, Way::Revert);
    assert_eq!(scene.tree(), was);
    scene.whole(1, Way::Revert);
    assert_eq!(scene.tree(), was, "again, nothing changes");
}

#[test]
fn too_big_files_are_told_and_left() {
    let scene = Scene::new();
    let big = scene.folder().join("big");
    let fill = |byte: u8| fs::write(&big, vec![byte; 9 << 20]).unwrap();
    fill(1);
    let watch = scene.checkpoints.begin(&scene.at(1)).unwrap();
    fill(2);
    let ended = watch.end().unwrap();
    assert_eq!(ended.notes, ["1 of the files the command changed were too big to be kept: those changes cannot be undone."]);
    let file = &scene.turns()[0].files[0];
    assert!(file.too_big && file.diff.is_none() && !file.binary);
    let insisting = Ask { insist: Insist::Overwrite, ..scene.ask(1, What::Whole, Way::Revert) };
    assert_eq!(refused(&scene.checkpoints.undo(&insisting).unwrap()), "big: It was changed, but it is too big to undo.");
    assert_eq!(scene.command(2, "w other 1"), "other", "what did not change is not told");
}

const TOO_BIG: &str = "It was changed, but it is too big to undo.";

/// What there was beside a big file, what a command did beside changing it, what happened since, and what undoing the turn leaves.
const BESIDE: &[(&str, &str, &str, &str)] = &[
    ("w a 1", "w a 2", "", "big"),
    ("", "w new/a 1", "", "big"),
    ("w d/a 1", "rm d", "", "big"),
    ("w a 1\nw b 1", "w a 2\nw b 2", "w b 3", "b: It has changed since.\nbig"),
    ("w a 1", "rm a\nmkdir a\nmv big a/big", "", "a/big\nbig\na: There are other files in the folder that is in its place."),
];

#[test]
fn what_was_never_kept_stays_and_the_rest_of_the_turn_is_undone() {
    for (before, script, later, left) in BESIDE {
        let scene = Scene::new();
        let fill = |byte: u8| fs::write(scene.folder().join("big"), vec![byte; 9 << 20]).unwrap();
        scene.act(before);
        let small = || scene.tree().into_iter().filter(|(path, _)| !path.contains("big")).collect::<Vec<_>>();
        let was = small();
        fill(1);
        let watch = scene.checkpoints.begin(&scene.at(1)).unwrap();
        fill(2);
        scene.act(script);
        watch.end().unwrap();
        scene.act(later);
        let is = small();
        let undone = scene.undo(1, What::Whole, Way::Revert);
        assert_eq!(refused(&undone).replace(&format!(": {TOO_BIG}"), ""), *left, "{before:?} then {script:?}");
        assert!(undone.refused.iter().all(|one| one.can_insist == (one.path == Path::new("b"))), "{undone:?}");
        if later.is_empty() && left == &"big" {
            assert_eq!(small(), was, "{script:?}");
            scene.undo(1, What::Whole, Way::Redo);
        }
        assert_eq!(small(), is, "{script:?}");
        assert_eq!(fs::read(scene.folder().join("big")).map_or(2, |content| content[0]), 2, "it is as the turn left it");
    }
}

#[test]
fn a_file_that_was_never_kept_is_refused_by_itself() {
    let scene = Scene::new();
    scene.act("mkdir d");
    fs::write(scene.folder().join("d/big"), vec![1; 9 << 20]).unwrap();
    scene.command(1, "rm d");
    let undone = scene.undo(1, What::File(PathBuf::from("d/big")), Way::Revert);
    assert_eq!((refused(&undone), scene.tree().len()), (format!("d/big: {TOO_BIG}"), 0), "nor is its folder made");
}

#[test]
fn nothing_outside_is_captured_or_touched() {
    let scene = Scene::new();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("x"), "secret").unwrap();
    symlink(outside.path(), scene.folder().join("out")).unwrap();
    let secret = outside.path().join("x");
    for path in [Path::new("out/x"), &secret, Path::new("../y"), Path::new(".git/config"), Path::new("")] {
        let touching = scene.checkpoints.before_change(&scene.at(1), &[path]).unwrap();
        fs::write(&secret, "other").unwrap();
        assert_eq!(touching.after_change().unwrap().changed, [], "{path:?}");
        fs::write(&secret, "secret").unwrap();
    }
    // A folder that became a link since leads nowhere.
    scene.act("w d/x 1");
    scene.command(2, "w d/x 2");
    scene.act("rm d");
    symlink(outside.path(), scene.folder().join("d")).unwrap();
    let insisting = Ask { insist: Insist::Overwrite, ..scene.ask(2, What::File(PathBuf::from("d/x")), Way::Revert) };
    assert_eq!(refused(&scene.checkpoints.undo(&insisting).unwrap()), "d/x: Something else is where its folder was.");
    assert_eq!(fs::read_to_string(&secret).unwrap(), "secret");
}

#[test]
fn the_data_folder_is_left_alone() {
    let mut scene = Scene::new();
    let data = scene.folder().join("data");
    fs::create_dir(&data).unwrap();
    scene.checkpoints = super::super::Checkpoints::open(&data, &scene.store).unwrap();
    assert_eq!(scene.command(1, "w a 1\nw data/x 1"), "a");
    scene.tool(1, "w data/y 1");
    assert_eq!(scene.told(1), "a added applied");
}

/// Chats without a folder of their own work in one beneath the data folder.
#[test]
fn a_folder_within_the_data_folder_is_like_any_other() {
    let scene = Scene::new();
    let folder = scene.data.path().canonicalize().unwrap().join("workspace");
    fs::create_dir(&folder).unwrap();
    let at = |turn| super::super::At { folder: folder.clone(), ..scene.at(turn) };
    let touching = scene.checkpoints.before_change(&at(1), &[Path::new("a")]).unwrap();
    fs::write(folder.join("a"), "1").unwrap();
    assert_eq!(touching.after_change().unwrap().changed.len(), 1);
    let watch = scene.checkpoints.begin(&at(2)).unwrap();
    fs::write(folder.join("a"), "2").unwrap();
    assert_eq!(watch.end().unwrap().changed.len(), 1);
    scene.whole(2, Way::Revert);
    scene.whole(1, Way::Revert);
    assert!(!folder.join("a").exists());
    let touching = scene.checkpoints.before_change(&at(3), &[Path::new("../checkpoints/x")]).unwrap();
    assert_eq!(touching.after_change().unwrap().changed, []);
}

#[test]
fn a_folder_that_is_elsewhere_by_now_is_not_looked_for() {
    let scene = Scene::new();
    scene.command(1, "w a 1");
    let folder = scene.folder();
    fs::rename(&folder, folder.with_file_name("moved")).unwrap();
    assert_eq!(scene.told(1), "a added changed_since");
    assert_eq!(refused(&scene.undo(1, What::Whole, Way::Revert)), "a: The folder it was in is not there any more.");
    symlink("moved", &folder).unwrap();
    assert_eq!(refused(&scene.undo(1, What::Whole, Way::Revert)), "a: The folder it was in is not there any more.");
}
