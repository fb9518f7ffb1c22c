//! Commands and tools at the same time: every change has one maker.

use std::path::Path;

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
    let file = &scene.turns()[0].files[0];
    assert!(!file.mixed);
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
