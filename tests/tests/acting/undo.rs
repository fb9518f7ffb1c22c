//! What a turn changed is listed, taken back and done again, over the wire.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use alcove_tests::http::thread;
use serde_json::{Value, json};

use crate::Scene;

/// Ten lines, so that two changes in them are two hunks.
fn ten() -> String {
    (1..=10).map(|line| format!("line {line}\n")).collect()
}

async fn listed(scene: &mut Scene) -> Vec<Value> {
    let chat = scene.chat.clone();
    scene.ask("changes.list", json!({ "chat_id": chat })).await["turns"].as_array().unwrap().clone()
}

/// A file of the newest turn as it is listed.
async fn file(scene: &mut Scene, path: &str) -> Value {
    let turns = listed(scene).await;
    turns[0]["files"].as_array().unwrap().iter().find(|file| file["path"] == path).expect("it is listed").clone()
}

async fn turned(scene: &mut Scene, action: &str, more: Value) -> Value {
    let mut payload = more;
    payload["chat_id"] = json!(scene.chat);
    scene.ask(action, payload).await
}

/// A turn that edits, adds and removes by tools, and does all three by a command.
async fn changed() -> Scene {
    let mut scene = Scene::freely("native").await;
    scene.put("a.txt", ten());
    for path in ["gone.txt", "by_command.txt", "removed.txt"] {
        scene.put(path, "before\n");
    }
    let command = "echo after > by_command.txt; rm removed.txt; echo made > made.txt; chmod 755 a.txt";
    let edit = |from: &str, to: &str| ("edit_file", json!({ "path": "a.txt", "old_text": from, "new_text": to }));
    let calls = [
        edit("line 1\n", "LINE 1\n"),
        edit("line 10\n", "LINE 10\n"),
        ("write_file", json!({ "path": "new/b.txt", "content": "b\n" })),
        ("remove_file", json!({ "path": "gone.txt" })),
        ("exec", json!({ "command": command })),
    ];
    let ran = scene.calls(&calls).await;
    assert_eq!(ran.statuses(), [200; 5], "{:?}", ran.results);
    let told = ran.heard.iter().find(|frame| frame.event() == "changes").expect("what was changed is told");
    assert_eq!((told.str("action"), &told.json["turn"]), ("made", &json!(1)));
    let paths = json!(["a.txt", "by_command.txt", "gone.txt", "made.txt", "new/b.txt", "removed.txt"]);
    assert_eq!(told.json["paths"], paths, "files, and not the folder that was made");
    scene
}

fn files(paths: &Value) -> usize {
    paths.as_array().unwrap().len()
}

/// How the folder is: each file and what it holds.
fn tree(scene: &Scene) -> Vec<String> {
    let names = ["a.txt", "by_command.txt", "gone.txt", "made.txt", "new/b.txt", "removed.txt"];
    let mode = fs::metadata(scene.folder().join("a.txt")).map_or(0, |found| found.permissions().mode() & 0o777);
    names.iter().map(|name| scene.text(name)).chain([format!("{mode:o}")]).collect()
}

#[tokio::test]
async fn a_turn_is_taken_back_and_done_again() {
    let mut scene = changed().await;
    let after = tree(&scene);
    let turns = listed(&mut scene).await;
    assert_eq!((turns.len(), &turns[0]["turn"], turns[0]["prompt"].as_str()), (1, &json!(1), Some("Go.")));
    let rows: Vec<(String, String, bool)> = turns[0]["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (file["path"].as_str().unwrap().to_owned(), file["operation"].as_str().unwrap().to_owned(), file["by_command"] == true))
        .collect();
    let row = |path: &str| rows.iter().find(|row| row.0 == path).cloned().unwrap();
    assert_eq!((row("gone.txt").1.as_str(), row("new/b.txt").1.as_str(), row("by_command.txt").1.as_str()), ("remove", "add", "change"));
    assert!(row("made.txt").2 && row("removed.txt").2 && !row("gone.txt").2, "{rows:?}");

    let done = turned(&mut scene, "changes.revert", json!({ "turn": 1 })).await;
    assert_eq!((files(&done["done"]), &done["refused"]), (6, &json!([])), "{done}");
    let before = vec![ten(), "before\n".into(), "before\n".into(), "-".into(), "-".into(), "before\n".into(), "644".into()];
    assert_eq!(tree(&scene), before);
    assert!(!scene.folder().join("new").exists(), "a folder it made goes with it");
    let told = scene.client.find("changes").await;
    assert_eq!((told.str("action"), files(&told.json["paths"])), ("reverted", 6));
    assert!(listed(&mut scene).await[0]["files"].as_array().unwrap().iter().all(|file| file["standing"] == "reverted"));

    turned(&mut scene, "changes.redo", json!({ "turn": 1 })).await;
    assert_eq!(tree(&scene), after);
    assert_eq!(scene.client.find("changes").await.str("action"), "redone");
    // Also after a restart.
    let mut scene = scene.killed_and_restarted().await;
    turned(&mut scene, "changes.revert", json!({ "turn": 1 })).await;
    assert_eq!(tree(&scene), before);
}

#[tokio::test]
async fn a_file_or_a_hunk_is_taken_back_by_itself() {
    let mut scene = changed().await;
    let edited = file(&mut scene, "a.txt").await;
    assert_eq!((&edited["hunks"], &edited["standing"]), (&json!(2), &json!("applied")), "{edited}");
    turned(&mut scene, "changes.revert", json!({ "turn": 1, "path": "a.txt", "hunk": 0 })).await;
    assert_eq!(scene.text("a.txt"), ten().replace("line 10\n", "LINE 10\n"));
    turned(&mut scene, "changes.redo", json!({ "turn": 1, "path": "a.txt", "hunk": 0 })).await;
    turned(&mut scene, "changes.revert", json!({ "turn": 1, "path": "a.txt", "hunk": 1 })).await;
    assert_eq!(scene.text("a.txt"), ten().replace("line 1\n", "LINE 1\n"));
    turned(&mut scene, "changes.revert", json!({ "turn": 1, "path": "gone.txt" })).await;
    assert_eq!((scene.text("gone.txt").as_str(), scene.text("new/b.txt").as_str()), ("before\n", "b\n"));
    assert_eq!(scene.refused("changes.revert", json!({ "chat_id": scene.chat, "turn": 1, "hunk": 1 })).await.0, 400);
    assert_eq!(scene.refused("changes.revert", json!({ "chat_id": scene.chat })).await.0, 400);
}

#[tokio::test]
async fn how_much_was_taken_back_is_told() {
    let mut scene = changed().await;
    let rows = [
        ("changes.revert", json!({ "turn": 1, "path": "a.txt", "hunk": 0 }), "reverted", json!(["a.txt"]), json!("hunk"), json!(true)),
        ("changes.revert", json!({ "turn": 1, "path": "a.txt", "hunk": 1 }), "reverted", json!(["a.txt"]), json!("hunk"), json!(false)),
        ("changes.redo", json!({ "turn": 1, "path": "a.txt" }), "redone", json!(["a.txt"]), json!("file"), Value::Null),
        (
            "changes.revert",
            json!({ "turn": 1, "path": "new/b.txt", "hunk": 0 }),
            "reverted",
            json!(["new/b.txt"]),
            json!("file"),
            Value::Null,
        ),
    ];
    for (action, asked, word, paths, extent, partly) in rows {
        turned(&mut scene, action, asked.clone()).await;
        let told = scene.client.find("changes").await;
        assert_eq!((told.str("action"), &told.json["paths"]), (word, &paths), "{asked}");
        assert_eq!((&told.json["extent"], &told.json["partly"]), (&extent, &partly), "{asked}");
    }
    turned(&mut scene, "changes.revert", json!({ "turn": 1 })).await;
    assert_eq!(scene.client.find("changes").await.json["extent"], "turn");

    scene.put("gone.txt", "somebody else's\n");
    let forced = turned(&mut scene, "changes.redo", json!({ "turn": 1, "path": "gone.txt", "force": true })).await;
    assert_eq!(scene.client.find("changes").await.json["extent"], "file");
    turned(&mut scene, "changes.revert", json!({ "turn": 1, "step": forced["step"] })).await;
    let told = scene.client.find("changes").await;
    assert_eq!((told.str("action"), &told.json["extent"]), ("reverted", &json!("overwritten")));
}

#[tokio::test]
async fn each_hunk_of_a_file_is_told_as_it_stands() {
    let mut scene = changed().await;
    let whole = file(&mut scene, "a.txt").await;
    assert_eq!((&whole["standing"], whole.get("hunk_standings")), (&json!("applied"), None), "as the file does");
    turned(&mut scene, "changes.revert", json!({ "turn": 1, "path": "a.txt", "hunk": 1 })).await;
    // Also after a restart.
    let mut scene = scene.killed_and_restarted().await;
    let partly = file(&mut scene, "a.txt").await;
    assert_eq!((&partly["standing"], &partly["hunk_standings"]), (&json!("applied"), &json!(["applied", "reverted"])), "{partly}");
    // The whole file goes either way from there.
    turned(&mut scene, "changes.redo", json!({ "turn": 1, "path": "a.txt" })).await;
    assert_eq!(scene.text("a.txt"), ten().replace("line 1\n", "LINE 1\n").replace("line 10\n", "LINE 10\n"));
    turned(&mut scene, "changes.revert", json!({ "turn": 1, "path": "a.txt", "hunk": 0 })).await;
    turned(&mut scene, "changes.revert", json!({ "turn": 1, "path": "a.txt" })).await;
    assert_eq!(scene.text("a.txt"), ten());
    let undone = file(&mut scene, "a.txt").await;
    assert_eq!((&undone["standing"], undone.get("hunk_standings")), (&json!("reverted"), None), "as the file does");

    turned(&mut scene, "changes.redo", json!({ "turn": 1, "path": "a.txt" })).await;
    scene.put("a.txt", scene.text("a.txt").replace("LINE 10", "mine"));
    let since = file(&mut scene, "a.txt").await;
    assert_eq!((&since["standing"], &since["hunk_standings"]), (&json!("changed_since"), &json!(["applied", "lost"])), "{since}");
}

#[tokio::test]
async fn a_later_change_is_not_overwritten_unless_a_person_insists() {
    let mut scene = changed().await;
    scene.put("gone.txt", "somebody else's\n");
    let gone = file(&mut scene, "gone.txt").await;
    assert_eq!(gone["standing"], "changed_since", "{gone}");
    let after = tree(&scene);
    let done = turned(&mut scene, "changes.revert", json!({ "turn": 1 })).await;
    assert_eq!((&done["done"], &done["refused"][0]["path"]), (&json!([]), &json!("gone.txt")), "{done}");
    assert!(!done["refused"][0]["why"].as_str().unwrap().is_empty() && done["refused"][0]["can_insist"] == true, "{done}");
    assert_eq!(tree(&scene), after, "all of it or nothing");
    let done = turned(&mut scene, "changes.revert", json!({ "turn": 1, "force": true })).await;
    assert_eq!((files(&done["done"]), &done["refused"]), (6, &json!([])), "{done}");
    assert_eq!((scene.text("gone.txt").as_str(), scene.text("made.txt").as_str()), ("before\n", "-"));
    assert_eq!(scene.client.find("changes").await.str("action"), "reverted");

    // What was overwritten comes back, and only that; also after a restart.
    assert_eq!(done["step"], json!(1), "{done}");
    let mut scene = scene.killed_and_restarted().await;
    let offered = listed(&mut scene).await[0]["overwritten"].clone();
    assert_eq!(
        (&offered[0]["step"], &offered[0]["files"], offered[0]["at_ms"].is_i64()),
        (&json!(1), &json!(["gone.txt"]), true),
        "{offered}"
    );
    let back = turned(&mut scene, "changes.revert", json!({ "turn": 1, "step": 1 })).await;
    assert_eq!(listed(&mut scene).await[0].get("overwritten"), None, "it is back");
    assert_eq!(back, json!({ "done": ["gone.txt"], "refused": [] }));
    assert_eq!((scene.text("gone.txt").as_str(), scene.text("made.txt").as_str()), ("somebody else's\n", "-"));
    let told = scene.client.find("changes").await;
    assert_eq!((told.str("action"), &told.json["paths"]), ("redone", &json!(["gone.txt"])), "it is undone no more");
}

#[tokio::test]
async fn a_hunk_whose_lines_are_gone_is_refused_whoever_insists() {
    let mut scene = changed().await;
    scene.put("a.txt", "nothing of it\n");
    for force in [false, true] {
        let done = turned(&mut scene, "changes.revert", json!({ "turn": 1, "path": "a.txt", "hunk": 0, "force": force })).await;
        assert_eq!((&done["done"], &done["refused"][0]["can_insist"]), (&json!([]), &json!(false)), "{done}");
    }
    assert_eq!(scene.text("a.txt"), "nothing of it\n");
}

#[tokio::test]
async fn a_folder_with_somebody_elses_file_stays_and_that_is_said() {
    let mut scene = changed().await;
    scene.put("new/mine.txt", "mine\n");
    let done = turned(&mut scene, "changes.revert", json!({ "turn": 1 })).await;
    assert_eq!((files(&done["done"]), &done["refused"]), (6, &json!([])), "{done}");
    assert_eq!(done["notes"], json!(["The folder new stays: there are other files in it."]));
    assert_eq!((scene.text("new/mine.txt").as_str(), scene.text("new/b.txt").as_str()), ("mine\n", "-"));
}

#[tokio::test]
async fn folders_are_told_where_nothing_else_changed() {
    let mut scene = Scene::freely("native").await;
    let ran = scene.calls(&[("exec", json!({ "command": "mkdir -p deep/er flat" }))]).await;
    let told = ran.heard.iter().find(|frame| frame.event() == "changes").expect("what was changed is told");
    assert_eq!(told.json["paths"], json!(["deep/er/", "flat/"]));
    let done = turned(&mut scene, "changes.revert", json!({ "turn": 1 })).await;
    assert_eq!(done["done"], json!(["deep/er/", "flat/"]));
    assert_eq!(scene.client.find("changes").await.json["paths"], done["done"]);
    assert!(!scene.folder().join("deep").exists() && !scene.folder().join("flat").exists());
}

#[tokio::test]
async fn what_was_too_big_to_be_kept_stays_and_the_rest_is_taken_back() {
    let mut scene = Scene::freely("native").await;
    scene.put("big.bin", vec![1; 9 << 20]);
    scene.put("a.txt", "before\n");
    let command = "head -c 9437184 /dev/zero > big.bin; echo after > a.txt; mkdir new; echo b > new/b.txt";
    scene.calls(&[("exec", json!({ "command": command }))]).await;
    let is_big = json!([{ "path": "big.bin", "why": "It was changed, but it is too big to undo.", "can_insist": false }]);
    assert_eq!(file(&mut scene, "big.bin").await["too_big"], true);
    let done = turned(&mut scene, "changes.revert", json!({ "turn": 1 })).await;
    assert_eq!(done, json!({ "done": ["a.txt", "new/b.txt"], "refused": is_big }));
    assert_eq!((scene.text("a.txt").as_str(), scene.folder().join("new").exists()), ("before\n", false));
    turned(&mut scene, "changes.redo", json!({ "turn": 1 })).await;
    assert_eq!((scene.text("a.txt").as_str(), scene.text("new/b.txt").as_str()), ("after\n", "b\n"));

    // What was changed since stops all of it still.
    scene.put("a.txt", "mine\n");
    let done = turned(&mut scene, "changes.revert", json!({ "turn": 1 })).await;
    assert_eq!((&done["done"], files(&done["refused"])), (&json!([]), 2), "{done}");
    assert_eq!((scene.text("a.txt").as_str(), scene.text("new/b.txt").as_str()), ("mine\n", "b\n"));
    let done = turned(&mut scene, "changes.revert", json!({ "turn": 1, "force": true })).await;
    assert_eq!((&done["refused"], &done["step"]), (&is_big, &json!(1)), "{done}");
    assert_eq!((scene.text("a.txt").as_str(), scene.text("new/b.txt").as_str()), ("before\n", "-"));
    assert_eq!(fs::read(scene.folder().join("big.bin")).unwrap(), vec![0; 9 << 20]);
}

#[tokio::test]
async fn nothing_is_taken_back_under_a_turn_that_runs() {
    let mut scene = changed().await;
    let call = scene.prompted("Go on.").await;
    assert_eq!(scene.refused("changes.revert", json!({ "chat_id": scene.chat, "turn": 1 })).await.0, 409);
    scene.done(call).await;
    scene.rest().await;
    turned(&mut scene, "changes.revert", json!({ "turn": 1 })).await;
    assert_eq!(scene.text("gone.txt"), "before\n");
}

#[tokio::test]
async fn what_a_stopped_command_changed_is_told_and_can_be_taken_back_at_once() {
    let mut scene = Scene::freely("native").await;
    scene.put("a.txt", "before\n");
    scene.put("b.txt", "before\n");
    let edit = ("write_file", json!({ "path": "b.txt", "content": "after\n" }));
    // It does not end before it is killed.
    let script = "trap '' TERM; echo after > a.txt; echo begun; while :; do sleep 0.02; done";
    scene.prompted("Go.").await.end_with_calls(&[edit, ("exec", json!({ "command": script }))]).await;
    scene.client.find("stream_chunk").await;
    scene.say("/stop").await;
    let stopped = scene.rest().await;
    assert_eq!(stopped.count("changes"), 0, "what it changed is not known yet");
    let done = turned(&mut scene, "changes.revert", json!({ "turn": 1 })).await;
    assert_eq!(done, json!({ "done": ["a.txt", "b.txt"], "refused": [] }));
    assert_eq!((scene.text("a.txt").as_str(), scene.text("b.txt").as_str()), ("before\n", "before\n"));
    let made = scene.client.find("changes").await;
    assert_eq!((made.str("action"), &made.json["turn"], made.str("turn_id")), ("made", &json!(1), "t1"), "{}", made.text);
    assert_eq!(made.json["paths"], json!(["a.txt", "b.txt"]), "all that the turn changed, once");
    assert_eq!(scene.client.find("changes").await.str("action"), "reverted");
    let page = thread(&scene.gateway, &scene.chat).await;
    assert_eq!((&page["active_turn_id"], &page["has_pending_tool_calls"]), (&Value::Null, &json!(false)), "no turn is opened by it");
}

#[tokio::test]
async fn what_a_stopped_command_changed_is_told_beside_the_next_turn() {
    let mut scene = Scene::freely("native").await;
    let script = "trap '' TERM; echo after > a.txt; echo begun; while :; do sleep 0.02; done";
    scene.prompted("Go.").await.end_with_calls(&[("exec", json!({ "command": script }))]).await;
    scene.client.find("stream_chunk").await;
    scene.say("/stop").await;
    scene.rest().await;
    scene.prompted("And now?").await.end_with_calls(&[("write_file", json!({ "path": "b.txt", "content": "b\n" }))]).await;
    let mut heard = scene.finish().await.heard;
    heard.retain(|frame| frame.event() == "changes");
    while heard.len() < 2 {
        heard.push(scene.client.find("changes").await);
    }
    let mut told: Vec<(u64, Value)> = heard.iter().map(|one| (one.json["turn"].as_u64().unwrap(), one.json["paths"].clone())).collect();
    told.sort_by_key(|(turn, _)| *turn);
    assert_eq!(told, [(1, json!(["a.txt"])), (2, json!(["b.txt"]))]);
}

#[tokio::test]
async fn a_turn_that_changed_many_files_is_told_in_part_and_taken_back_whole() {
    let mut scene = Scene::freely("native").await;
    let command = "for n in $(seq 100 549); do echo $n > made_$n; done";
    let ran = scene.calls(&[("exec", json!({ "command": command }))]).await;
    let told = ran.heard.iter().find(|frame| frame.event() == "changes").expect("what was changed is told");
    assert_eq!((files(&told.json["paths"]), &told.json["more"], &told.json["added"]), (200, &json!(250), &json!(450)));
    let turn = listed(&mut scene).await.remove(0);
    assert_eq!((files(&turn["files"]), &turn["more"]), (200, &json!(250)));
    let chat = scene.chat.clone();
    let rest = scene.ask("changes.list", json!({ "chat_id": chat, "turn": 1, "from": 400 })).await;
    let rest = &rest["turns"][0];
    assert_eq!((files(&rest["files"]), rest.get("more"), &rest["files"][0]["path"]), (50, None, &json!("made_500")));
    turned(&mut scene, "changes.revert", json!({ "turn": 1 })).await;
    let back = scene.client.find("changes").await;
    assert_eq!((&back.json["paths"], &back.json["more"]), (&told.json["paths"], &told.json["more"]));
    assert_eq!(fs::read_dir(scene.folder()).unwrap().filter(|entry| entry.as_ref().is_ok_and(|entry| entry.path().is_file())).count(), 0);
}
