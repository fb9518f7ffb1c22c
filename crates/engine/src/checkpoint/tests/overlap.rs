//! Commands and tools at the same time: every change has one maker.

use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use super::super::{At, Way, What};
use super::scene::{Scene, refused};

#[test]
fn a_tool_within_a_command_is_told_once() {
    let scene = Scene::new();
    scene.act("w a 1\nw b 1\nw c 1");
    let was = scene.tree();
    let watch = scene.checkpoints.begin(&scene.at(1)).unwrap();
    scene.act("w a 2\nw c 2");
    scene.tool(2, "w a 3\nw b 3\nw n/x 3");
    scene.act("w c 3");
    let ended = watch.end().unwrap();
    assert_eq!(ended.changed.iter().map(|one| one.path.to_str().unwrap()).collect::<Vec<_>>(), ["a", "c"]);
    assert_eq!(scene.told(1), "a changed changed_since, c changed applied");
    assert_eq!(scene.told(2), "a changed applied, b changed applied, n added applied, n/x added applied");
    scene.whole(2, Way::Revert);
    scene.whole(1, Way::Revert);
    assert_eq!(scene.tree(), was);
}

#[test]
fn within_one_turn_it_is_one_change() {
    let scene = Scene::new();
    scene.act("w a 1");
    let was = scene.tree();
    let watch = scene.checkpoints.begin(&scene.at(1)).unwrap();
    scene.act("w a 2");
    scene.tool(1, "w a 3");
    scene.act("w a 4");
    watch.end().unwrap();
    assert_eq!(scene.mixed(), 0);
    scene.whole(1, Way::Revert);
    assert_eq!(scene.tree(), was);
}

/// A tool that is in the middle of its change when a command begins or ends.
#[test]
fn a_command_within_a_tool_is_told_nothing_of_it() {
    let scene = Scene::new();
    scene.act("w a 1");
    let touching = scene.checkpoints.before_change(&scene.at(1), &[Path::new("a"), Path::new("n/x")]).unwrap();
    let first = scene.checkpoints.begin(&scene.at(2)).unwrap();
    scene.act("w a 2\nw n/x 2\nw b 2");
    let second = scene.checkpoints.begin(&scene.at(3)).unwrap();
    assert_eq!(first.end().unwrap().changed.len(), 1, "only b");
    touching.after_change().unwrap();
    assert_eq!(second.end().unwrap().changed, []);
    assert_eq!(scene.told(1), "a changed applied, n added applied, n/x added applied");
    assert_eq!(scene.told(2), "b added applied");
    assert_eq!(scene.told(3), "");
}

#[test]
fn commands_that_overlap_are_told_each_change_once() {
    let scene = Scene::new();
    scene.act("w a 1\nw b 1");
    let was = scene.tree();
    let background = scene.checkpoints.begin(&scene.at(1)).unwrap();
    scene.act("w a 2");
    assert_eq!(scene.command(2, "w b 2"), "b");
    scene.act("w c 2");
    assert_eq!(background.end().unwrap().changed.len(), 2);
    assert_eq!(scene.told(1), "a changed applied, c added applied");
    assert_eq!(scene.told(2), "b changed applied");
    scene.whole(2, Way::Revert);
    scene.whole(1, Way::Revert);
    assert_eq!(scene.tree(), was);
}

#[test]
fn a_tool_in_a_folder_beneath_or_above_is_known() {
    let scene = Scene::new();
    scene.act("w d/a 1\nw b 1");
    let inner = At { chat: "d".to_owned(), folder: scene.folder().join("d"), ..scene.at(1) };
    let outer_watch = scene.checkpoints.begin(&scene.at(1)).unwrap();
    let inner_watch = scene.checkpoints.begin(&inner).unwrap();
    scene.tool(2, "w d/a 2");
    let touching = scene.checkpoints.before_change(&inner, &[Path::new("b")]).unwrap();
    scene.act("w d/b 2");
    touching.after_change().unwrap();
    assert_eq!(outer_watch.end().unwrap().changed, []);
    assert_eq!(inner_watch.end().unwrap().changed, []);
}

/// What a watched folder's page is held by for as long as the folder is looked at is held by the test here.
#[test]
fn an_edit_does_not_wait_while_another_folder_is_looked_at() {
    let scene = Scene::new();
    scene.act("w one/a 1\nw other/a 1");
    let at = |folder: &str, turn| At { folder: scene.folder().join(folder), ..scene.at(turn) };
    let watch = scene.checkpoints.begin(&at("other", 1)).unwrap();
    let page = scene.checkpoints.inner.ledgers.lock().unwrap()[&scene.folder().join("other")].clone();
    let looking = page.lock().unwrap();
    let (tell, told) = mpsc::sync_channel(1);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let watch = scene.checkpoints.begin(&at("one", 2)).unwrap();
            let touching = scene.checkpoints.before_change(&at("one", 3), &[Path::new("a")]).unwrap();
            scene.act("w one/a 2");
            let changed = touching.after_change().unwrap().changed;
            tell.send((changed.len(), watch.end().unwrap().changed.len())).unwrap();
        });
        let ended = told.recv_timeout(Duration::from_secs(20));
        drop(looking);
        assert_eq!(ended, Ok((1, 0)), "the edit waited for a folder it is not in");
    });
    assert_eq!(watch.end().unwrap().changed, []);
}

#[test]
fn a_command_that_begins_while_an_edit_is_told_is_told_of_it_too() {
    let scene = Scene::new();
    scene.act("w d/a 1");
    let inner = At { folder: scene.folder().join("d"), ..scene.at(1) };
    let inner_watch = scene.checkpoints.begin(&inner).unwrap();
    let page = scene.checkpoints.inner.ledgers.lock().unwrap()[&inner.folder].clone();
    let looking = page.lock().unwrap();
    let known = Arc::strong_count(&page);
    let outer_watch = std::thread::scope(|scope| {
        scope.spawn(|| scene.tool(2, "w d/a 2"));
        // The edit knows who is to be told, and waits for the one there is.
        while Arc::strong_count(&page) == known {
            std::thread::yield_now();
        }
        let watch = scene.checkpoints.begin(&scene.at(3)).unwrap();
        drop(looking);
        watch
    });
    assert_eq!(outer_watch.end().unwrap().changed, []);
    assert_eq!(inner_watch.end().unwrap().changed, []);
}

#[test]
fn undoing_while_a_command_runs_is_not_the_commands_change() {
    let scene = Scene::new();
    scene.act("w d/a 1\nw d/b 1");
    scene.tool(1, "w d/a 2\nrm d/b\nw n/x 2");
    let watch = scene.checkpoints.begin(&scene.at(2)).unwrap();
    scene.act("w c 2");
    scene.whole(1, Way::Revert);
    assert_eq!(watch.end().unwrap().changed.len(), 1);
    assert_eq!(scene.told(2), "c added applied");
    let touching = scene.checkpoints.before_change(&scene.at(3), &[Path::new("d")]).unwrap();
    assert_eq!(refused(&scene.undo(1, What::File("d/a".into()), Way::Redo)), "d/a: It is being changed right now.");
    drop(touching);
    assert_eq!(refused(&scene.undo(1, What::File("d/a".into()), Way::Redo)), "");
}

#[test]
fn what_is_dropped_is_told_nothing_and_leaves_nothing() {
    let scene = Scene::new();
    drop(scene.checkpoints.begin(&scene.at(1)).unwrap());
    drop(scene.checkpoints.before_change(&scene.at(1), &[Path::new("a")]).unwrap());
    scene.act("w a 1");
    assert_eq!(scene.command(1, "w b 1"), "b");
    assert_eq!(scene.told(1), "b added applied");
}
