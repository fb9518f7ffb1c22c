//! What turns changed, told a page at a time.

use std::fs;

use super::super::{Page, Part, Way};
use super::scene::Scene;

/// Each turn: its ordinal, how many files are told, and how many follow.
fn pages(scene: &Scene, part: Part) -> Vec<(u64, usize, usize)> {
    let row = |page: &Page| (page.turn, page.files.len(), page.more);
    scene.checkpoints.pages("c", part).unwrap().iter().map(row).collect()
}

/// A turn whose command makes so many files in a folder of its own.
fn many(scene: &Scene, turn: u64, files: usize) {
    let script: Vec<String> = (0..files).map(|n| format!("w {turn}/{n:03} {n}")).collect();
    scene.command(turn, &script.join("\n"));
}

#[test]
fn a_turn_of_many_files_is_told_in_pages_and_undone_whole() {
    let scene = Scene::new();
    many(&scene, 1, 450);
    scene.command(2, "w a 1");
    assert_eq!(pages(&scene, Part::Newest(9)), [(2, 1, 0), (1, 200, 250)]);
    assert_eq!(pages(&scene, Part::Newest(1)), [(2, 1, 0)]);
    assert_eq!(pages(&scene, Part::Turn(1, 200)), [(1, 200, 50)]);
    assert_eq!(pages(&scene, Part::Turn(1, 400)), [(1, 50, 0)]);
    assert_eq!(pages(&scene, Part::Turn(1, usize::MAX)), [(1, 0, 0)]);
    assert_eq!(pages(&scene, Part::Turn(3, 0)), []);
    let names = |from| scene.checkpoints.pages("c", Part::Turn(1, from)).unwrap()[0].files[0].path.display().to_string();
    assert_eq!([names(0), names(200), names(449)], ["1/000", "1/200", "1/449"], "each once, in one order, and not the folder");
    scene.whole(1, Way::Revert);
    assert!(!scene.folder().join("1").exists());
}

#[test]
fn an_answer_is_bounded_over_all_turns() {
    let scene = Scene::new();
    for turn in 1..=6 {
        many(&scene, turn, 210);
    }
    let newest = pages(&scene, Part::Newest(200));
    assert_eq!(newest, [(6, 200, 10), (5, 200, 10), (4, 200, 10), (3, 200, 10), (2, 200, 10), (1, 0, 210)]);
    assert_eq!(pages(&scene, Part::Turn(1, 0)), [(1, 200, 10)]);
}

/// Lines as long and as many as one difference shows.
#[test]
fn no_file_more_is_told_once_the_differences_are_large() {
    let scene = Scene::new();
    let watch = scene.checkpoints.begin(&scene.at(1)).unwrap();
    for name in ["a", "b", "c", "d", "e", "f"] {
        fs::write(scene.folder().join(name), format!("{}\n", "x".repeat(1000)).repeat(600)).unwrap();
    }
    watch.end().unwrap();
    let found = pages(&scene, Part::Newest(1));
    let (turn, told, more) = found[0];
    assert!(told > 1 && more > 0 && told + more == 6, "{found:?}");
    assert_eq!(pages(&scene, Part::Turn(turn, told)), [(turn, more, 0)]);
}
