//! Edits: every accepted one changes the file, byte for byte as it was shown.

use std::fs;

use serde_json::{Value, json};

use crate::Scene;

/// What every edited file holds before.
const BEFORE: &str = "alpha\nbeta\ngamma\n";
/// What it holds after.
const AFTER: &str = "alpha\nBETA\ngamma\n";

#[tokio::test]
async fn row1_accepted_edits_change_the_file_in_every_native_form() {
    let edits = [
        ("edit_file", json!({ "old_text": "beta", "new_text": "BETA" })),
        ("edit_file", json!({ "old_string": "beta", "new_string": "BETA", "replace_all": true })),
        ("edit_file", json!({ "edit": "<<<<<<< SEARCH\nbeta\n=======\nBETA\n>>>>>>> REPLACE\n" })),
        ("edit_file", json!({ "edit": "s/beta/BETA/" })),
        ("edit_file", json!({ "edit": "@@ -1,3 +1,3 @@\n alpha\n-beta\n+BETA\n gamma\n" })),
        ("write_file", json!({ "content": AFTER })),
    ];
    let mut scene = Scene::open().await;
    for (number, (tool, edit)) in edits.into_iter().enumerate() {
        let path = format!("f{number}.txt");
        scene.put(&path, BEFORE);
        let mut arguments = edit;
        arguments["path"] = json!(path);
        scene.prompted("Go.").await.end_with_calls(&[(tool, arguments.clone())]).await;
        check(&mut scene, &path, &arguments.to_string()).await;
    }
    scene.put("f.txt", BEFORE);
    let patch = "*** Begin Patch\n*** Update File: f.txt\n@@\n alpha\n-beta\n+BETA\n gamma\n*** End Patch";
    scene.prompted("Go.").await.end_with_calls(&[("apply_patch", json!({ "patch": patch }))]).await;
    check(&mut scene, "f.txt", patch).await;
}

#[tokio::test]
async fn row1_accepted_edits_change_the_file_in_every_tag_form() {
    let edits = [
        "<set path=\"PATH\">\n<<<<<<< SEARCH\nbeta\n=======\nBETA\n>>>>>>> REPLACE\n</set>",
        "<set path=\"PATH\">\n@@ -1,3 +1,3 @@\n alpha\n-beta\n+BETA\n gamma\n</set>",
        "<set path=\"PATH\"><old_text>beta</old_text><new_text>BETA</new_text></set>",
        "<set path=\"PATH\">{\"search\": \"beta\", \"replace\": \"BETA\"}</set>",
        "<set path=\"PATH\">s/beta/BETA/</set>",
        "<set path=\"PATH\" search=\"beta\" replace=\"BETA\"/>",
        "<set path=\"PATH\" search=\"beta\">BETA</set>",
        "<set path=\"PATH\">\nalpha\nBETA\ngamma\n</set>",
    ];
    let mut scene = Scene::tags().await;
    for (number, edit) in edits.into_iter().enumerate() {
        let path = format!("f{number}.txt");
        scene.put(&path, BEFORE);
        let reply = edit.replace("PATH", &path) + "\n<update status=\"102\">Editing.</update>";
        scene.prompted("Go.").await.end_with(&reply).await;
        check(&mut scene, &path, edit).await;
    }
}

/// What is proposed is shown and not done yet; once it is accepted the file is so, and everybody is told.
async fn check(scene: &mut Scene, path: &str, what: &str) {
    let proposal = scene.proposal().await;
    let file = &proposal.json["files"][0];
    assert_eq!((file["path"].as_str(), &file["added"], &file["deleted"]), (Some(path), &json!(1), &json!(1)), "{what}: {}", proposal.text);
    let shown = file["diff"]["text"].as_str().unwrap().to_owned();
    assert!(shown.contains("-beta\n+BETA"), "{what}: {shown}");
    assert_eq!(scene.text(path), BEFORE, "{what}: not before the answer");
    let answered = scene.accept(&proposal).await;
    assert_eq!(answered["state"], "accepted", "{what}: {answered}");
    let ran = scene.finish().await;
    assert_eq!(scene.text(path), AFTER, "{what}");
    assert_eq!(ran.statuses(), [200], "{what}");
    let edits: Vec<Value> =
        ran.heard.iter().filter(|frame| frame.event() == "file_edit").map(|frame| frame.json["edits"].clone()).collect();
    let end = edits.iter().flat_map(|edits| edits.as_array().unwrap()).find(|edit| edit["phase"] == "end").expect("its end is told");
    assert_eq!((&end["path"], &end["added"], &end["deleted"]), (&json!(path), &json!(1), &json!(1)), "{what}: {end}");
    assert!(end["diff"]["text"].as_str().unwrap().contains("-beta\n+BETA"), "{what}: what was shown is what was done: {end}");
    assert_eq!(ran.count("changes"), 1, "{what}");
}

/// Texts that tools have stumbled over.
const HARD: &[(&str, &str)] = &[
    ("dollar signs", "price: $& and $1 and $$ and \\1 and &\n"),
    ("no last newline", "one\ntwo"),
    ("several last newlines", "one\n\n\n"),
    ("carriage returns", "one\r\ntwo\r\n"),
    ("conflict markers", "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> main\n"),
    ("blocks of our own", "a\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\nb\n"),
    ("a patch", "@@ -1 +1 @@\n-a\n+b\n"),
    ("tags", "<set path=\"x\">no</set>\n<sh>no</sh>\n"),
    ("a byte order mark", "\u{feff}text\n"),
    ("blanks and a tab", "  \t \n"),
];

#[tokio::test]
async fn row5_new_text_arrives_byte_for_byte() {
    let mut scene = Scene::freely("native").await;
    for (number, (what, text)) in HARD.iter().enumerate() {
        let path = format!("w{number}.txt");
        let ran = scene.calls(&[("write_file", json!({ "path": path, "content": text }))]).await;
        assert_eq!((scene.text(&path).as_str(), ran.statuses()), (*text, vec![200]), "written: {what}");
        // The same in the middle of a file, beside text that must stay as it is.
        let path = format!("e{number}.txt");
        scene.put(&path, format!("<<<<<<< HEAD\n$1\n=======\nMARK>>>>>>> end\n{text}"));
        scene.calls(&[("edit_file", json!({ "path": path, "old_text": "MARK", "new_text": text }))]).await;
        // A file's own line ends are kept.
        let edited = text.replace("\r\n", "\n");
        assert_eq!(scene.text(&path), format!("<<<<<<< HEAD\n$1\n=======\n{edited}>>>>>>> end\n{text}"), "edited: {what}");
    }
}

#[tokio::test]
async fn row5_new_text_arrives_byte_for_byte_by_tags() {
    let mut scene = Scene::freely("tags").await;
    scene.put("a.txt", "<<<<<<< HEAD\n$1\nold\n>>>>>>> end\nlast line, no newline");
    let block = "<set path=\"a.txt\">\n<<<<<<< SEARCH\nold\n=======\n$& $1 \\1 & $$\n>>>>>>> REPLACE\n</set>";
    scene.write(&format!("{block}<update status=\"102\">On.</update>")).await;
    assert_eq!(scene.text("a.txt"), "<<<<<<< HEAD\n$1\n$& $1 \\1 & $$\n>>>>>>> end\nlast line, no newline");
    scene.write("<set path=\"a.txt\" search=\"last line\" replace=\"$& end\"/><update status=\"102\">On.</update>").await;
    assert_eq!(scene.text("a.txt"), "<<<<<<< HEAD\n$1\n$& $1 \\1 & $$\n>>>>>>> end\n$& end, no newline");
    scene.write("<set path=\"b.txt\">\none\n\ntwo\n</set><update status=\"102\">On.</update>").await;
    assert_eq!(scene.text("b.txt"), "one\n\ntwo\n");
}

#[tokio::test]
async fn what_does_not_fit_is_told_and_nothing_is_changed() {
    let mut scene = Scene::freely("native").await;
    scene.put("a.txt", "one\ntwo\none\n");
    scene.put("b.bin", [0, 159, 146, 150, 0, 255]);
    let rows = [
        ("edit_file", json!({ "path": "a.txt", "old_text": "three", "new_text": "x" }), 409, "three"),
        ("edit_file", json!({ "path": "a.txt", "old_text": "one", "new_text": "x" }), 409, "a.txt was not changed"),
        ("edit_file", json!({ "path": "none.txt", "old_text": "one", "new_text": "x" }), 404, "none.txt"),
        ("edit_file", json!({ "path": "b.bin", "old_text": "one", "new_text": "x" }), 415, "b.bin"),
        ("apply_patch", json!({ "patch": "*** Begin Patch\n*** Add File: a.txt\n+x\n*** End Patch" }), 409, "there already"),
    ];
    for (tool, arguments, status, words) in rows {
        let ran = scene.calls(&[(tool, arguments.clone())]).await;
        assert_eq!(ran.statuses(), [status], "{arguments}: {:?}", ran.results);
        assert!(ran.results[0].contains(words), "{arguments}: {:?}", ran.results);
        assert_eq!(ran.ends()[0]["phase"], "error", "{arguments}");
        assert_eq!((scene.text("a.txt").as_str(), ran.count("changes")), ("one\ntwo\none\n", 0), "{arguments}");
    }
}

/// What the model has read and somebody else has changed since is not edited blindly: both sides are told, and then it may be.
#[tokio::test]
async fn a_file_that_changed_since_it_was_read_is_not_edited_before_that_is_told() {
    let mut scene = Scene::freely("native").await;
    let read = || ("read_file", json!({ "path": "a.txt" }));
    let edit = || ("edit_file", json!({ "path": "a.txt", "old_text": "beta", "new_text": "BETA" }));
    let whole = || ("write_file", json!({ "path": "a.txt", "content": "all new\n" }));
    for again in [edit, whole] {
        scene.put("a.txt", BEFORE);
        assert_eq!(scene.calls(&[read()]).await.statuses(), [200]);
        scene.put("a.txt", "ALPHA\nbeta\ngamma\n");
        let ran = scene.calls(&[again()]).await;
        assert_eq!((ran.statuses(), scene.text("a.txt").as_str()), (vec![409], "ALPHA\nbeta\ngamma\n"), "{:?}", ran.results);
        assert!(ran.results[0].contains("not what you read") && ran.results[0].contains("-alpha\n+ALPHA"), "{:?}", ran.results);
        // Who was told what has changed knows the file.
        assert_eq!(scene.calls(&[again()]).await.statuses(), [200], "{:?}", again());
    }
    // Its own edits are known to it, one after the other; what a command makes of them is not.
    scene.put("a.txt", BEFORE);
    scene.calls(&[read()]).await;
    let ran = scene.calls(&[edit(), ("edit_file", json!({ "path": "a.txt", "old_text": "gamma", "new_text": "GAMMA" }))]).await;
    assert_eq!((ran.statuses(), scene.text("a.txt").as_str()), (vec![200; 2], "alpha\nBETA\nGAMMA\n"), "{:?}", ran.results);
    scene.calls(&[("exec", json!({ "command": "tr a-z A-Z < a.txt > b.txt; cat b.txt > a.txt" }))]).await;
    let ran = scene.calls(&[("edit_file", json!({ "path": "a.txt", "old_text": "BETA", "new_text": "beta" }))]).await;
    assert_eq!(ran.statuses(), [409], "{:?}", ran.results);
    assert!(ran.results[0].contains("-alpha") && ran.results[0].contains("+ALPHA"), "{:?}", ran.results);
    // What is gone is told once, and may then be made anew.
    fs::remove_file(scene.folder().join("a.txt")).unwrap();
    let ran = scene.calls(&[whole()]).await;
    assert!(ran.statuses() == [409] && ran.results[0].contains("gone since you read it"), "{:?}", ran.results);
    assert_eq!((scene.calls(&[whole()]).await.statuses(), scene.text("a.txt").as_str()), (vec![200], "all new\n"));
    // And what it never read it may still change by what it finds in it.
    scene.put("c.txt", BEFORE);
    assert_eq!(scene.calls(&[("edit_file", json!({ "path": "c.txt", "edit": "s/beta/BETA/" }))]).await.statuses(), [200]);
}

#[tokio::test]
async fn one_kind_of_refusal_has_one_status() {
    let mut scene = Scene::freely("native").await;
    scene.put("folder/a.txt", "one\n");
    let rows = [
        ("write_file", json!({ "path": "folder", "content": "x" }), 409),
        ("copy_file", json!({ "from": "folder", "to": "new" }), 409),
        ("list_dir", json!({ "path": "folder/a.txt" }), 409),
        ("edit_file", json!({ "path": "known://none", "edit": "s/a/b/" }), 404),
        ("edit_file", json!({ "path": "none.txt", "edit": "s/a/b/" }), 404),
    ];
    for (tool, arguments, status) in rows {
        let ran = scene.calls(&[(tool, arguments.clone())]).await;
        assert_eq!(ran.statuses(), [status], "{tool} {arguments}: {:?}", ran.results);
    }
}
