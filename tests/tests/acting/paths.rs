//! Files by their paths: moved, copied, removed, and never outside the chat's folder.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::json;

use crate::Scene;

#[tokio::test]
async fn row2_files_are_moved_and_copied() {
    let mut scene = Scene::open().await;
    scene.put("a.txt", "a");
    scene.put("folder/keep", "");
    let ran = scene.calls(&[("copy_file", json!({ "from": "a.txt", "to": "new/b.txt" }))]).await;
    assert_eq!((ran.statuses(), ran.count("proposal")), (vec![200], 1));
    assert_eq!((scene.text("a.txt"), scene.text("new/b.txt")), ("a".to_owned(), "a".to_owned()));
    scene.calls(&[("move_file", json!({ "from": "a.txt", "to": "c.txt" }))]).await;
    assert_eq!((scene.text("a.txt"), scene.text("c.txt")), ("-".to_owned(), "a".to_owned()));
    // Into a folder it keeps its name.
    scene.calls(&[("move_file", json!({ "from": "c.txt", "to": "folder" }))]).await;
    assert_eq!((scene.text("c.txt"), scene.text("folder/c.txt")), ("-".to_owned(), "a".to_owned()));
    let ran =
        scene.calls(&[("move_file", json!({ "from": "none", "to": "x" })), ("copy_file", json!({ "from": "none", "to": "x" }))]).await;
    assert_eq!(ran.statuses(), [404, 404], "what is not there is told: {:?}", ran.results);
}

#[tokio::test]
async fn row2_files_are_moved_and_copied_by_tags() {
    let mut scene = Scene::tags().await;
    scene.put("a.txt", "a");
    scene.put("old.txt", "old");
    scene.prompted("Go.").await.end_with("<cp path=\"a.txt\" to=\"old.txt\"/><update status=\"102\">On.</update>").await;
    let proposal = scene.proposal().await;
    let file = &proposal.json["files"][0];
    assert_eq!((file["operation"].as_str(), file["to"].as_str()), (Some("copy"), Some("old.txt")));
    assert!(file["notes"][0].as_str().unwrap().contains("is replaced"), "{file}");
    assert_eq!(scene.text("old.txt"), "old");
    scene.accept(&proposal).await;
    scene.finish().await;
    assert_eq!(scene.text("old.txt"), "a");
    scene.write("<mv path=\"a.txt\">b.txt</mv><update status=\"102\">On.</update>").await;
    assert_eq!((scene.text("a.txt"), scene.text("b.txt")), ("-".to_owned(), "a".to_owned()));
}

/// A yes is for what stood at both ends: whatever is changed meanwhile, also to something of the same length, is neither copied, moved,
/// replaced nor removed.
#[tokio::test]
async fn a_yes_to_move_copy_or_remove_is_for_the_contents_that_were_there() {
    let rows = [
        ("copy_file", json!({ "from": "a.txt", "to": "new.txt" }), "a.txt"),
        ("copy_file", json!({ "from": "a.txt", "to": "b.txt" }), "b.txt"),
        ("copy_file", json!({ "from": "link", "to": "new.txt" }), "a.txt"),
        ("move_file", json!({ "from": "a.txt", "to": "new.txt" }), "a.txt"),
        ("move_file", json!({ "from": "a.txt", "to": "b.txt" }), "b.txt"),
        ("move_file", json!({ "from": "folder", "to": "new" }), "folder/deep/c.txt"),
        ("remove_file", json!({ "path": "a.txt" }), "a.txt"),
        ("remove_file", json!({ "path": "folder" }), "folder/deep/c.txt"),
        ("remove_file", json!({ "path": "folder" }), "folder/deep/fresh.txt"),
        (
            "apply_patch",
            json!({ "patch": "*** Begin Patch\n*** Update File: a.txt\n*** Move to: b.txt\n@@\n-one\n+two\n*** End Patch" }),
            "b.txt",
        ),
    ];
    for (tool, arguments, swapped) in rows {
        let mut scene = Scene::open().await;
        for path in ["a.txt", "b.txt", "folder/deep/c.txt"] {
            scene.put(path, "one\n");
        }
        symlink("a.txt", scene.folder().join("link")).unwrap();
        scene.prompted("Go.").await.end_with_calls(&[(tool, arguments.clone())]).await;
        let proposal = scene.proposal().await;
        scene.put(swapped, "ONE\n");
        scene.accept(&proposal).await;
        let ran = scene.finish().await;
        assert_eq!(ran.statuses(), [409], "{tool} {arguments}: {:?}", ran.results);
        for path in ["a.txt", "b.txt", "folder/deep/c.txt", swapped] {
            assert_eq!(scene.text(path), if path == swapped { "ONE\n" } else { "one\n" }, "{tool} {arguments}: {path}");
        }
        assert_eq!((scene.text("new.txt").as_str(), scene.text("new/deep/c.txt").as_str()), ("-", "-"), "{tool} {arguments}");
        // Shown anew and allowed, it is done.
        let ran = scene.calls(&[(tool, arguments.clone())]).await;
        assert_eq!(ran.statuses(), [200], "{tool} {arguments}: {:?}", ran.results);
    }
}

#[tokio::test]
async fn a_folder_is_shown_with_how_much_is_in_it() {
    let mut scene = Scene::open().await;
    scene.put("folder/a.txt", "four");
    scene.put("folder/deep/b.txt", "three");
    scene.prompted("Go.").await.end_with_calls(&[("remove_file", json!({ "path": "folder" }))]).await;
    let proposal = scene.proposal().await;
    let note = proposal.str_at("/files/0/notes/0");
    assert!(note.contains("everything in it: 3 files and folders, 9 bytes"), "{note}");
    scene.accept(&proposal).await;
    assert_eq!((scene.finish().await.statuses(), scene.text("folder/a.txt").as_str()), (vec![200], "-"));
}

#[tokio::test]
async fn a_pattern_that_means_as_many_files_as_may_be_is_followed_and_one_more_is_not() {
    let mut scene = Scene::freely("tags").await;
    let put = |scene: &Scene, count: usize| (0..count).for_each(|number| scene.put(&format!("built/{number}.o"), "x"));
    let remove = "<rm path=\"built/*.o\"/><update status=\"102\">On.</update>";
    put(&scene, 501);
    let ran = scene.write(remove).await;
    assert_eq!((ran.statuses(), scene.text("built/0.o").as_str()), (vec![413], "x"), "{:?}", ran.results);
    assert!(ran.results[0].contains("More than 500 files match"), "{:?}", ran.results);
    fs::remove_file(scene.folder().join("built/500.o")).unwrap();
    let ran = scene.write(remove).await;
    assert_eq!((ran.statuses(), fs::read_dir(scene.folder().join("built")).unwrap().count()), (vec![200], 0));
}

#[tokio::test]
async fn row3_a_preview_removes_nothing() {
    let mut scene = Scene::freely("tags").await;
    for path in ["a.txt", "b.txt", "c.md"] {
        scene.put(path, "x");
    }
    for (tag, names) in [("<rm path=\"*.txt\" preview/>", "a.txt\nb.txt"), ("<rm path=\"c.md\" preview=\"true\"/>", "c.md")] {
        let ran = scene.write(&format!("{tag}<update status=\"102\">On.</update>")).await;
        assert_eq!((ran.statuses(), ran.count("changes")), (vec![200], 0), "{tag}");
        assert!(ran.results[0].contains(names), "{tag}: {}", ran.results[0]);
        assert_eq!([scene.text("a.txt"), scene.text("b.txt"), scene.text("c.md")], ["x", "x", "x"], "{tag}");
    }
    let ran = scene.write("<rm path=\"*.txt\"/><update status=\"102\">On.</update>").await;
    assert_eq!(
        (ran.statuses(), scene.text("a.txt"), scene.text("b.txt"), scene.text("c.md")),
        (vec![200], "-".into(), "-".into(), "x".into())
    );

    let mut scene = Scene::freely("native").await;
    scene.put("a.txt", "x");
    let ran = scene.calls(&[("remove_file", json!({ "path": "a.txt", "preview": true }))]).await;
    assert_eq!((ran.statuses(), scene.text("a.txt").as_str()), (vec![200], "x"));
}

#[tokio::test]
async fn row4_nothing_is_written_outside_the_folder() {
    let mut scene = Scene::freely("native").await;
    let outside = scene.home.path().join("outside");
    fs::create_dir_all(&outside).unwrap();
    fs::write(outside.join("there.txt"), "safe\n").unwrap();
    scene.put("in.txt", "in\n");
    symlink(&outside, scene.folder().join("link")).unwrap();
    symlink(outside.join("there.txt"), scene.folder().join("filelink")).unwrap();
    symlink("../outside", scene.folder().join("relative")).unwrap();
    let absolute = outside.join("there.txt").to_str().unwrap().to_owned();
    let places = [
        "../outside/there.txt",
        "folder/../../outside/there.txt",
        "./../outside/there.txt",
        "link/there.txt",
        "relative/there.txt",
        "filelink",
        absolute.as_str(),
    ];
    for place in places {
        // One strike each time: what is refused counts once a step.
        let ran = scene
            .calls(&[
                ("write_file", json!({ "path": place, "content": "written\n" })),
                ("edit_file", json!({ "path": place, "old_text": "safe", "new_text": "edited" })),
                (
                    "apply_patch",
                    json!({ "patch": format!("*** Begin Patch\n*** Update File: {place}\n@@\n-safe\n+patched\n*** End Patch") }),
                ),
                ("copy_file", json!({ "from": "in.txt", "to": place })),
                ("move_file", json!({ "from": "in.txt", "to": place })),
                ("copy_file", json!({ "from": place, "to": "stolen.txt" })),
                ("read_file", json!({ "path": place })),
            ])
            .await;
        assert!(ran.statuses().iter().all(|status| matches!(status, 403 | 422)), "{place}: {:?} {:?}", ran.statuses(), ran.results);
        assert_eq!(fs::read_to_string(outside.join("there.txt")).unwrap(), "safe\n", "{place}");
        assert_eq!((scene.text("in.txt").as_str(), scene.text("stolen.txt").as_str(), ran.count("proposal")), ("in\n", "-", 0), "{place}");
        assert!(ran.results.iter().all(|told| !told.contains("safe\n")), "{place}: {:?}", ran.results);
    }
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1, "nothing new lies there");
    // A link is removed, not what it leads to.
    let ran =
        scene.calls(&[("remove_file", json!({ "path": "filelink" })), ("remove_file", json!({ "path": "../outside/there.txt" }))]).await;
    assert_eq!(fs::read_to_string(outside.join("there.txt")).unwrap(), "safe\n", "{:?}", ran.results);
}

#[tokio::test]
async fn row4_folders_are_made_and_what_cannot_be_written_is_told() {
    let mut scene = Scene::freely("native").await;
    scene.put("file.txt", "x");
    fs::create_dir_all(scene.folder().join("folder")).unwrap();
    let long = format!("{}.txt", "n".repeat(300));
    let write = |path: &str| ("write_file", json!({ "path": path, "content": "new\n" }));
    let ran = scene.calls(&[write("a/b/c/d.txt"), write("file.txt/x.txt"), write("folder"), write(&long)]).await;
    assert_eq!(scene.text("a/b/c/d.txt"), "new\n");
    let mut statuses = ran.statuses();
    statuses.sort_unstable();
    assert!(statuses[0] == 200 && statuses[1..].iter().all(|status| (400..500).contains(status)), "{statuses:?} {:?}", ran.results);
    assert_eq!((ran.results.len(), scene.text("file.txt").as_str()), (4, "x"));
    for (told, words) in ran.results.iter().zip(["Wrote a/b/c/d.txt", "no folder", "is a folder", "longer than 255 bytes"]) {
        assert!(told.contains(words), "{told}");
    }
    // By tags too, and what fails does not end the step.
    let mut scene = Scene::freely("tags").await;
    scene.put("file.txt", "x");
    let reply = "<set path=\"file.txt/x\">no</set><set path=\"deep/er/e.txt\">yes</set><set path=\"../o.txt\">no</set><update status=\"102\">On.</update>";
    let ran = scene.write(reply).await;
    assert_eq!((scene.text("deep/er/e.txt").as_str(), ran.statuses().len()), ("yes\n", 3), "{:?}", ran.results);
    assert!(!scene.home.path().join("o.txt").exists());
}
