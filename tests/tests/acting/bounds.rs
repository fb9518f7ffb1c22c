//! Where bounds lie: Alcove's own folder, git's, chats that may go anywhere, temporary ones, and those that are deleted.

use std::fs;

use alcove_tests::client::Frame;
use alcove_tests::processes;
use serde_json::{Value, json};

use crate::{Ran, Scene};

#[tokio::test]
async fn what_is_gits_own_is_changed_by_git_only() {
    let mut scene = Scene::freely("native").await;
    let ran = scene.calls(&[("exec", json!({ "command": "git init -q . && git config user.name x; ls .git" }))]).await;
    assert!(ran.results[0].contains("HEAD"), "{:?}", ran.results);
    let config = scene.text(".git/config");
    let calls = [
        ("write_file", json!({ "path": ".git/hooks/pre-commit", "content": "#!/bin/sh\n" })),
        ("write_file", json!({ "path": ".git/config", "content": "x" })),
        ("edit_file", json!({ "path": ".git/config", "old_text": "[core]", "new_text": "[x]" })),
        ("move_file", json!({ "from": ".git", "to": "git" })),
        ("remove_file", json!({ "path": ".git" })),
    ];
    let ran = scene.calls(&calls).await;
    assert_eq!((ran.statuses(), ran.count("proposal")), (vec![403; 5], 0), "{:?}", ran.results);
    assert_eq!((scene.text(".git/config"), scene.text(".git/hooks/pre-commit").as_str()), (config, "-"));
}

#[tokio::test]
async fn a_chat_that_may_go_anywhere_keeps_out_of_alcoves_own_folder() {
    let mut scene = Scene::open().await;
    let scope = json!({ "project_path": scene.folder(), "access_mode": "full" });
    scene.client.send(json!({ "type": "set_workspace_scope", "chat_id": scene.chat, "workspace_scope": scope })).await;
    scene.client.find("session_updated").await;
    let outside = scene.home.path().join("outside.txt");
    let own = scene.home.data().join("alcove.db");
    let before = fs::metadata(&own).unwrap().len();
    scene.prompted("Go.").await.end_with_calls(&[("write_file", json!({ "path": outside, "content": "out\n" }))]).await;
    let proposal = scene.proposal().await;
    assert!(proposal.str_at("/files/0/path").starts_with('/') && proposal.str("why").contains("outside"), "{}", proposal.text);
    scene.accept(&proposal).await;
    scene.finish().await;
    assert_eq!(fs::read_to_string(&outside).unwrap(), "out\n");
    scene.acting(json!({ "preset": "full" })).await;
    let calls = [
        ("read_file", json!({ "path": own })),
        ("write_file", json!({ "path": own, "content": "x" })),
        ("copy_file", json!({ "from": own, "to": "copy.db" })),
        ("move_file", json!({ "from": scene.home.data(), "to": "data" })),
        ("list_dir", json!({ "path": scene.home.data() })),
        ("grep", json!({ "pattern": "SQLite", "path": scene.home.data() })),
    ];
    let ran = scene.calls(&calls).await;
    assert_eq!(ran.statuses(), [403; 6], "{:?}", ran.results);
    assert!(fs::metadata(&own).unwrap().len() >= before && scene.text("copy.db") == "-");
}

#[tokio::test]
async fn a_link_in_the_place_of_the_folder_takes_the_chat_nowhere() {
    let calls = [
        ("exec", json!({ "command": "echo out > out.txt" })),
        ("write_file", json!({ "path": "out.txt", "content": "out" })),
        ("read_file", json!({ "path": "secret.txt" })),
    ];
    for was_used in [true, false] {
        let mut scene = Scene::freely("native").await;
        let elsewhere = scene.home.path().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        fs::write(elsewhere.join("secret.txt"), "secret").unwrap();
        if was_used {
            assert_eq!(scene.calls(&[("list_dir", json!({ "path": "." }))]).await.statuses(), [200]);
        }
        fs::rename(scene.folder(), scene.home.path().join("away")).unwrap();
        std::os::unix::fs::symlink(&elsewhere, scene.folder()).unwrap();
        let mut scene = if was_used { scene } else { scene.killed_and_restarted().await };
        let ran = scene.calls(&calls).await;
        assert_eq!(ran.statuses(), [404; 3], "{:?}", ran.results);
        assert!(ran.results.iter().all(|told| told.contains("a link stands where it was")), "{:?}", ran.results);
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 1, "nothing was written there");
        // With a folder in its place again, the chat works in that one.
        fs::remove_file(scene.folder()).unwrap();
        fs::create_dir(scene.folder()).unwrap();
        let ran = scene.calls(&calls[..2]).await;
        assert_eq!((ran.statuses(), scene.text("out.txt").as_str()), (vec![200; 2], "out"), "{:?}", ran.results);
    }
}

#[tokio::test]
async fn a_temporary_chat_acts_and_leaves_nothing_with_alcove() {
    let mut scene = Scene::open().await;
    scene.client.send(json!({ "type": "new_temporary_chat" })).await;
    scene.chat = scene.client.find("attached").await.str("chat_id").to_owned();
    let calls = [("exec", json!({ "command": "echo ran" })), ("read_file", json!({ "path": "log://turn_1/sh/echo%20ran" }))];
    scene.prompted("Go.").await.end_with_calls(&calls).await;
    let proposal = scene.proposal().await;
    assert_eq!(scene.waiting().await.len(), 1, "it is listed to whoever asks for this chat");
    let all = scene.ask("proposal.list", json!({})).await;
    assert_eq!(all["proposals"], json!([]), "and to nobody else");
    scene.accept(&proposal).await;
    let ran = scene.finish().await;
    assert!(ran.results[0].contains("ran\n[exit code 0"), "{:?}", ran.results);
    assert_eq!(ran.statuses(), [200, 501], "{:?}", ran.results);
    let chat = scene.chat.clone();
    assert_eq!(scene.ask("changes.list", json!({ "chat_id": chat })).await["turns"], json!([]));
    assert_eq!(scene.refused("changes.revert", json!({ "chat_id": chat, "turn": 1 })).await.0, 404);
}

#[tokio::test]
async fn a_deleted_chat_takes_what_waits_and_what_runs_with_it() {
    let mut scene = Scene::open().await;
    let mark = format!("86396.{}", scene.gateway.id());
    let command = json!({ "command": format!("sleep {mark}"), "background": true });
    scene.calls(&[("exec", command)]).await;
    assert!(!processes::of(&mark).is_empty());
    scene.prompted("Go.").await.end_with_calls(&[("exec", json!({ "command": "echo never > never.txt" }))]).await;
    let proposal = scene.proposal().await;
    let key = format!("websocket:{}", scene.chat);
    assert_eq!(scene.ask("session.delete", json!({ "key": key })).await["deleted"], true);
    processes::gone(&mark).await;
    assert_eq!(scene.ask("proposal.list", json!({})).await["proposals"], json!([]));
    let late = scene.accept(&proposal).await;
    assert_eq!(late["state"], "cancelled", "{late}");
    assert!(!scene.model.has_call() && scene.text("never.txt") == "-");
}

#[tokio::test]
async fn a_step_has_so_many_calls_and_no_more() {
    let mut scene = Scene::freely("native").await;
    scene.put("a.txt", "a\n");
    let many = vec![("read_file", json!({ "path": "a.txt" })); 120];
    let call = scene.prompted("Go.").await;
    let mut call = call;
    call.calls(&many).await;
    call.end_as("tool_calls").await;
    let ran = scene.finish().await;
    assert_eq!((ran.ends().len(), ran.statuses()), (99, vec![200; 99]));
    assert!(ran.lines().iter().any(|line| line.contains("21 calls beyond 99")), "{:?}", ran.lines());

    let mut scene = Scene::freely("tags").await;
    scene.put("a.txt", "a\n");
    let ran = scene.write(&format!("{}<update status=\"102\">On.</update>", "<get path=\"a.txt\"/>".repeat(120))).await;
    assert!(ran.ends().len() < 120 && !ran.lines().is_empty(), "{} {:?}", ran.ends().len(), ran.lines());
}

#[tokio::test]
async fn several_are_allowed_at_once_after_a_restart_and_each_is_done_once() {
    let mut scene = Scene::open().await;
    let calls: Vec<(&str, Value)> = (0..3).map(|number| ("exec", json!({ "command": format!("echo {number} >> runs.txt") }))).collect();
    scene.prompted("Go.").await.end_with_calls(&calls).await;
    for _ in 0..3 {
        scene.proposal().await;
    }
    let mut scene = scene.killed_and_restarted().await;
    let chat = scene.chat.clone();
    let yes = |proposal: &Value| json!({ "chat_id": chat, "proposal_id": proposal["proposal_id"], "answer": "accept", "digest": proposal["digest"] });
    let answers: Vec<Value> = scene.waiting().await.iter().map(yes).collect();
    scene.ask("proposal.answer", json!({ "answers": answers })).await;
    let mut ran = Ran { heard: Vec::new(), results: Vec::new() };
    while ran.statuses().len() < 3 {
        let part = scene.finish().await;
        ran.heard.extend(part.heard);
    }
    assert_eq!((ran.statuses(), scene.text("runs.txt").as_str()), (vec![200; 3], "0\n1\n2\n"));
    assert!(ran.heard.last().is_some_and(Frame::is_idle) && !scene.model.has_call());
}
