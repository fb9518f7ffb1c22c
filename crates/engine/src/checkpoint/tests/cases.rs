//! Every kind of change, by a tool and by a command, undone and done again.

use std::fs;
use std::path::PathBuf;

use super::super::hunks::Standing;
use super::super::{Way, What};
use super::scene::Scene;

/// What there was, what is done, and what is told of it.
const CASES: &[(&str, &str, &str)] = &[
    ("", "w a hello", "a added applied"),
    ("w a hello", "w a bye", "a changed applied"),
    ("w a hello", "w a hello", ""),
    ("w a hello", "rm a", "a deleted applied"),
    ("w a hello", "chmod 755 a", "a mode applied"),
    ("w a hello\nchmod 755 a", "w a bye\nchmod 600 a", "a changed applied"),
    ("w a x", "mv a b", "a deleted applied, b added applied"),
    ("", "w d/e/f x", "d added applied, d/e added applied, d/e/f added applied"),
    ("", "mkdir d/e", "d added applied, d/e added applied"),
    ("mkdir d", "chmod 700 d", "d mode applied"),
    ("mkdir d", "rm d", "d deleted applied"),
    (
        "w d/a x\nw d/e/b y\nmkdir d/f",
        "rm d",
        "d deleted applied, d/a deleted applied, d/e deleted applied, d/e/b deleted applied, d/f deleted applied",
    ),
    ("w d/a x", "mv d e", "d deleted applied, d/a deleted applied, e added applied, e/a added applied"),
    ("", "ln nowhere l", "l added applied"),
    ("ln one l", "rm l\nln two l", "l link applied"),
    ("ln one l", "rm l", "l deleted applied"),
    ("w a x\nln a l", "rm l\nw l y", "l changed applied"),
    ("w a x", "rm a\nln b a", "a changed applied"),
    ("w a x", "rm a\nw a/b y", "a changed applied, a/b added applied"),
    ("w a x", "rm a\nmkdir a", "a changed applied"),
    ("w d/a x\nw d/b/c y", "rm d\nw d z", "d changed applied, d/a deleted applied, d/b deleted applied, d/b/c deleted applied"),
    ("w d/a x", "rm d\nln d d", "d changed applied, d/a deleted applied"),
    ("ln a l", "rm l\nw l/x y", "l changed applied, l/x added applied"),
    ("w a x\nchmod 4755 a", "w a y\nchmod 2711 a", "a changed applied"),
    ("w a x\nchmod 400 a", "rm a", "a deleted applied"),
    ("w d/a x\nchmod 500 d", "chmod 700 d\nrm d", "d deleted applied, d/a deleted applied"),
    ("w d/a x", "rm d/a\nchmod 500 d", "d mode applied, d/a deleted applied"),
    ("w d/a x\nchmod 555 d", "chmod 755 d\nw d/b y\nchmod 555 d", "d/b added applied"),
    ("w .hidden x", "w .hidden y", ".hidden changed applied"),
    ("w a", "w a x", "a changed applied"),
];

fn check(before: &str, script: &str, told: &str, change: impl Fn(&Scene, &str)) {
    let scene = Scene::new();
    scene.act(before);
    let was = scene.tree();
    change(&scene, script);
    let is = scene.tree();
    assert_eq!(scene.told(1), told, "{before:?} then {script:?}");
    for _ in 0..2 {
        scene.whole(1, Way::Revert);
        assert_eq!(scene.tree(), was, "{before:?} then {script:?}, reverted");
        assert_eq!(scene.told(1), told.replace("applied", "reverted"), "{before:?} then {script:?}");
        scene.whole(1, Way::Redo);
        assert_eq!(scene.tree(), is, "{before:?} then {script:?}, done again");
    }
}

/// What there was, what a command did, and what a person is told of, when it is done and when it is undone.
#[test]
fn folders_are_told_where_there_is_no_file() {
    let cases = [
        ("", "w new/a 1", "new/a"),
        ("w d/a 1\nw b 1", "rm d\nw b 2\nmkdir e", "b d/a"),
        ("", "mkdir d/e\nmkdir f", "d/e/ f/"),
        ("w a 1", "rm a\nmkdir a", "a"),
    ];
    for (before, script, told) in cases {
        let scene = Scene::new();
        scene.act(before);
        scene.command(1, script);
        assert_eq!(scene.turns()[0].paths().join(" "), told, "{script:?}");
        let undone = scene.undo(1, What::Whole, Way::Revert).told().join(" ");
        assert_eq!(undone, told, "{script:?}");
    }
}

#[test]
fn what_a_command_did_is_undone() {
    for (before, script, told) in CASES {
        check(before, script, told, |scene, script| {
            scene.command(1, script);
        });
    }
}

#[test]
fn what_tools_did_is_undone() {
    for (before, script, told) in CASES {
        check(before, script, told, |scene, script| scene.tool(1, script));
    }
}

#[test]
fn a_turn_of_both_is_undone() {
    for (before, script, told) in CASES {
        check(before, script, told, |scene, script| {
            for (index, line) in script.lines().enumerate() {
                match index % 2 {
                    0 => scene.tool(1, line),
                    _ => drop(scene.command(1, line)),
                }
            }
        });
    }
}

#[test]
fn a_tool_that_writes_through_a_link_changes_its_target() {
    let scene = Scene::new();
    scene.act("w a x\nln a l\nw d/b y\nln d e");
    let was = scene.tree();
    scene.tool(1, "w l z\nw e/b z\nw e/new z");
    assert_eq!(scene.told(1), "a changed applied, d/b changed applied, d/new added applied");
    scene.whole(1, Way::Revert);
    assert_eq!(scene.tree(), was);
}

#[test]
fn ignored_files_are_left_alone_by_commands_and_not_by_tools() {
    let scene = Scene::new();
    scene.act("w .gitignore build/\\n*.log\nw d/.gitignore !keep.log\nw build/x 1\nw a.log 1\nw d/keep.log 1\nw .git/config 1");
    assert_eq!(scene.command(1, "w build/x 2\nw a.log 2\nw d/keep.log 2\nw .git/config 2\nw new.log 2\nw e/b.log 2"), "d/keep.log e");
    scene.tool(2, "w a.log 3");
    assert_eq!(scene.told(2), "a.log changed applied");
    // What is ignored only since the command began was not there by its hand, and what is no longer ignored neither.
    let rows = "w .gitignore d/\\n*.txt\nw d/keep.log 4\nw late.txt 4";
    assert_eq!(scene.command(3, rows), ".gitignore d/keep.log");
    scene.whole(3, Way::Revert);
    assert_eq!(scene.tree()["a.log"], "644 3");
    assert_eq!(scene.tree()["late.txt"], "644 4");
}

#[test]
fn a_file_is_undone_with_the_folders_it_needs_and_those_only_it_needed() {
    let scene = Scene::new();
    scene.act("w d/a 1\nw d/b 2\nw f 3");
    scene.command(1, "rm d\nrm f\nw f/x/y 4\nw n/m/o 5\nw n/p 6");
    let file = |path: &str, way| {
        let undone = scene.undo(1, What::File(PathBuf::from(path)), way);
        assert!(undone.refused.is_empty(), "{path}: {undone:?}");
    };
    file("d/a", Way::Revert);
    assert_eq!(scene.tree().keys().filter(|path| path.starts_with('d')).collect::<Vec<_>>(), ["d", "d/a"]);
    file("d/a", Way::Redo);
    assert!(!scene.tree().contains_key("d"), "the folder went with its last file");
    file("n/m/o", Way::Revert);
    assert_eq!(scene.tree().keys().filter(|path| path.starts_with('n')).collect::<Vec<_>>(), ["n", "n/p"]);
    file("n/m/o", Way::Redo);
    file("n", Way::Revert);
    file("f", Way::Revert);
    assert_eq!(scene.tree()["f"], "644 3");
    file("f/x/y", Way::Redo);
    assert_eq!(scene.tree()["f/x/y"], "644 4");
}

#[test]
fn hunks_are_undone_one_by_one() {
    let scene = Scene::new();
    let line = |n: usize| format!("line {n}\n");
    let text = |odd: &[usize]| (0..40).map(|n| if odd.contains(&n) { format!("other {n}\n") } else { line(n) }).collect::<String>();
    let put = |odd: &[usize]| fs::write(scene.folder().join("a"), text(odd)).unwrap();
    put(&[]);
    let touching = scene.checkpoints.before_change(&scene.at(1), &["a".as_ref()]).unwrap();
    put(&[5, 20, 35]);
    touching.after_change().unwrap();
    let file = &scene.turns()[0].files[0];
    assert_eq!(
        file.hunks.iter().map(|hunk| hunk.header.as_str()).collect::<Vec<_>>(),
        ["@@ -3,7 +3,7 @@", "@@ -18,7 +18,7 @@", "@@ -33,7 +33,7 @@"]
    );
    assert_eq!(file.diff.as_ref().map(|diff| (diff.added, diff.deleted)), Some((3, 3)));
    let hunk = |index, way| scene.undo(1, What::Hunk(PathBuf::from("a"), index), way);
    let first = hunk(1, Way::Revert);
    assert!(first.refused.is_empty());
    assert_eq!((first.partly, scene.undo(1, What::File(PathBuf::from("a")), Way::Redo).partly), (Some(true), None));
    assert_eq!([0, 2, 1].map(|index| hunk(index, Way::Revert).partly), [Some(true), Some(true), Some(false)], "the last of them");
    assert_eq!([2, 1, 0].map(|index| hunk(index, Way::Redo).partly), [Some(true), Some(true), Some(false)], "and again");
    assert_eq!([1, 1].map(|index| hunk(index, Way::Revert).partly), [Some(true); 2], "also when it stands so already");
    assert_eq!(fs::read_to_string(scene.folder().join("a")).unwrap(), text(&[5, 35]));
    assert_eq!(scene.told(1), "a changed partly");
    let standing = |scene: &Scene| scene.turns()[0].files[0].hunks.iter().map(|hunk| hunk.standing).collect::<Vec<_>>();
    assert_eq!(standing(&scene), [Standing::Applied, Standing::Reverted, Standing::Applied]);
    // A later change elsewhere in the file is nobody's loss.
    put(&[5, 12, 35]);
    assert_eq!(scene.told(1), "a changed changed_since");
    assert!(hunk(2, Way::Revert).refused.is_empty());
    assert!(hunk(1, Way::Redo).refused.is_empty());
    assert_eq!(fs::read_to_string(scene.folder().join("a")).unwrap(), text(&[5, 12, 20]));
    // One beside a piece is in its way.
    put(&[5, 34, 35]);
    assert_eq!(hunk(2, Way::Revert).refused.len(), 1);
    assert_eq!(hunk(9, Way::Revert).refused.len(), 1);
    put(&[5, 20]);
    scene.whole(1, Way::Revert);
    assert_eq!(fs::read_to_string(scene.folder().join("a")).unwrap(), text(&[]));
}

#[test]
fn names_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt as _;
    let scene = Scene::new();
    let odd = scene.folder().join(std::ffi::OsStr::from_bytes(b"\xff\n"));
    let watch = scene.checkpoints.begin(&scene.at(1)).unwrap();
    fs::write(&odd, [0, 159, 146, 150]).unwrap();
    assert_eq!(watch.end().unwrap().changed.len(), 1);
    assert!(scene.turns()[0].files[0].binary);
    scene.whole(1, Way::Revert);
    assert!(!odd.exists());
    scene.whole(1, Way::Redo);
    assert_eq!(fs::read(&odd).unwrap(), [0, 159, 146, 150]);
}
