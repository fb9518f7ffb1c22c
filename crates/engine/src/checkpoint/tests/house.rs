//! Contents: private, each once, gone when no row names them, and bounded in all.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use alcove_store::Change;

use super::super::{At, Way, What};
use super::scene::{Scene, refused};

fn contents(scene: &Scene) -> Vec<PathBuf> {
    let root = scene.data.path().join("checkpoints");
    let folders = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = folders.flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path())).collect();
    files.sort();
    files
}

#[test]
fn contents_are_private_and_each_is_there_once() {
    let scene = Scene::new();
    scene.act("w a same\nw b same\nw c other");
    scene.command(1, "w a new\nw b new");
    let files = contents(&scene);
    assert_eq!(files.len(), 3);
    for file in files {
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
        let name = file.file_name().unwrap().to_str().unwrap();
        assert_eq!(alcove_agent::edit::Digest::of(&fs::read(&file).unwrap()).as_str(), name);
        assert!(file.parent().unwrap().ends_with(&name[..2]));
    }
}

#[test]
fn what_no_row_names_goes() {
    let mut scene = Scene::new();
    scene.act("w a 1\nw b 1b");
    scene.command(1, "w a 2");
    scene.tool(2, "w a 3");
    assert_eq!(contents(&scene).len(), 4);
    scene.restarted();
    // Left by a process that was killed.
    let left = contents(&scene)[0].with_file_name(".0123456789abcdef01234567.part");
    fs::write(&left, "half").unwrap();
    let watch = scene.checkpoints.begin(&scene.at(3)).unwrap();
    scene.checkpoints.sweep().unwrap();
    assert_eq!(contents(&scene).len(), 4, "a command that runs needs what was there");
    drop(watch);
    scene.checkpoints.sweep().unwrap();
    assert_eq!(contents(&scene).len(), 3);
    scene.whole(2, Way::Revert);
    scene.store.write_wait(vec![Change::DeleteChat { chat: "c".to_owned() }]).unwrap();
    scene.checkpoints.sweep().unwrap();
    assert_eq!(contents(&scene).len(), 0);
}

#[test]
fn the_oldest_turns_of_other_chats_go_first() {
    let scene = Scene::new();
    let other = |turn| At { chat: "d".to_owned(), ..scene.at(turn) };
    let text = |n: usize| n.to_string().repeat(1000);
    let put = |at: &At, n: usize| {
        let touching = scene.checkpoints.before_change(at, &[Path::new("a")]).unwrap();
        scene.act(&format!("w a {}", text(n)));
        touching.after_change().unwrap();
    };
    for (index, at) in [scene.at(1), other(1), other(2), scene.at(2)].iter().enumerate() {
        put(at, index);
    }
    assert_eq!(contents(&scene).len(), 4);
    // Room for two of four: both turns of the other chat and the older one of this give way, the newest stays.
    assert_eq!(scene.checkpoints.let_go(&scene.at(2), 2500).unwrap(), 3);
    assert_eq!(contents(&scene).len(), 2);
    let turns = scene.turns();
    assert_eq!(turns.iter().map(|turn| turn.files[0].kept).collect::<Vec<_>>(), [false, true]);
    assert_eq!(scene.checkpoints.let_go(&scene.at(2), 0).unwrap(), 0, "a turn that goes on keeps what it has");
    scene.whole(2, Way::Revert);
    let why = refused(&scene.undo(1, What::Whole, Way::Revert));
    assert_eq!(why, "a: What it held is not kept any more.");
}

/// What a tool's call is told besides what it changed.
#[test]
fn a_budget_that_is_spent_is_told_of_edits_too() {
    let mut scene = Scene::new();
    scene.act("w b 1");
    scene.tool(1, "w a 1");
    let notes = |scene: &Scene, path: &str, bytes: u64| {
        let touching = scene.checkpoints.before_change(&scene.at(2), &[Path::new(path)]).unwrap();
        fs::File::create(scene.folder().join(path)).unwrap().set_len(bytes).unwrap();
        touching.after_change().unwrap().notes
    };
    assert_eq!(notes(&scene, "b", 9), Vec::<String>::new());
    let big = "1 of these files could not be kept, they were too big: that cannot be undone.";
    assert_eq!(notes(&scene, "big", (8 << 20) + 1), [big]);
    // As if the older turn had kept all there is room for.
    let file = contents(&scene).into_iter().find(|file| fs::read(file).unwrap() == b"1").unwrap();
    fs::File::options().write(true).open(file).unwrap().set_len((1 << 30) + 1).unwrap();
    scene.restarted();
    let room = "What 1 older turns had changed can no longer be undone: more than 1 GiB would have been kept.";
    assert_eq!(notes(&scene, "c", 1), [room]);
}

#[test]
fn a_content_that_was_harmed_is_not_there() {
    let scene = Scene::new();
    scene.act("w a 1");
    scene.tool(1, "w a 2");
    let first = contents(&scene).into_iter().find(|file| fs::read(file).unwrap() == b"1").unwrap();
    fs::write(&first, "x").unwrap();
    let undone = scene.undo(1, What::Whole, Way::Revert);
    assert_eq!(refused(&undone), "a: It could not be put back: what it held is not kept any more.");
    assert_eq!(scene.tree()["a"], "644 2");
    fs::remove_file(&first).unwrap();
    assert_eq!(refused(&scene.undo(1, What::Whole, Way::Revert)), "a: What it held is not kept any more.");
}

/// A file that is changed and put back to its old times, at once.
#[test]
fn a_change_that_hides_its_time_is_seen() {
    let scene = Scene::new();
    scene.act("w a 1");
    let file = scene.folder().join("a");
    let modified = fs::metadata(&file).unwrap().modified().unwrap();
    let watch = scene.checkpoints.begin(&scene.at(1)).unwrap();
    fs::write(&file, "2").unwrap();
    fs::File::options().write(true).open(&file).unwrap().set_modified(modified).unwrap();
    assert_eq!(watch.end().unwrap().changed.len(), 1);
    scene.whole(1, Way::Revert);
    assert_eq!(fs::read_to_string(&file).unwrap(), "1");
}
