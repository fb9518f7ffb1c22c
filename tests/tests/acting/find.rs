//! What a person types of a file's path is looked for in the folder of their chat, and nowhere else.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::{Value, json};

use crate::Scene;

/// What was found, folders with a slash behind them.
fn told(found: &Value) -> String {
    let path = |file: &Value| format!("{}{}", file["path"].as_str().unwrap(), if file["folder"] == true { "/" } else { "" });
    found["files"].as_array().unwrap().iter().map(path).collect::<Vec<_>>().join(" ")
}

async fn found(scene: &mut Scene, query: &str) -> String {
    let chat = scene.chat.clone();
    told(&scene.ask("files.find", json!({ "chat_id": chat, "query": query })).await)
}

#[tokio::test]
async fn names_are_found_in_the_chats_folder_only() {
    let mut scene = Scene::open().await;
    for path in ["src/main.rs", "src/a b/main notes.md", "README.md", ".git/main", "target/main.o", ".env.main"] {
        scene.put(path, "");
    }
    scene.put(".gitignore", "target/\n");
    let beside = scene.home.path().join("beside");
    fs::create_dir_all(&beside).unwrap();
    fs::write(beside.join("main.secret"), "").unwrap();
    symlink(&beside, scene.folder().join("out")).unwrap();
    symlink(beside.join("main.secret"), scene.folder().join("main.link")).unwrap();
    assert_eq!(found(&mut scene, "main").await, "src/main.rs src/a b/main notes.md");
    assert_eq!(found(&mut scene, "MAIN notes").await, "src/a b/main notes.md");
    assert_eq!(found(&mut scene, "").await, "src/ README.md");
    assert_eq!(found(&mut scene, "src/").await, "src/a b/ src/main.rs src/a b/main notes.md");
    assert_eq!(found(&mut scene, ".main").await, ".env.main");
    assert_eq!(found(&mut scene, "secret").await, "");
    // A chat that may go anywhere is offered what lies in its folder, too.
    scene.client.send(json!({ "type": "set_workspace_scope", "chat_id": scene.chat, "workspace_scope": { "access_mode": "full" } })).await;
    scene.client.find("session_updated").await;
    assert_eq!(found(&mut scene, "main").await, "src/main.rs src/a b/main notes.md");
    assert_eq!(found(&mut scene, "secret").await, "");
}

#[tokio::test]
async fn each_chat_has_its_own_folder_and_one_not_begun_the_one_it_asks_for() {
    let mut scene = Scene::open().await;
    scene.put("mine.txt", "");
    let other = scene.home.path().join("other");
    fs::create_dir_all(other.join("deep")).unwrap();
    fs::write(other.join("deep/theirs.txt"), "").unwrap();
    let scope = json!({ "project_path": other, "access_mode": "restricted" });
    scene.client.send(json!({ "type": "new_chat", "workspace_scope": scope })).await;
    let second = scene.client.find("attached").await.str("chat_id").to_owned();
    assert_eq!(found(&mut scene, "txt").await, "mine.txt");
    assert_eq!(told(&scene.ask("files.find", json!({ "chat_id": second, "query": "txt" })).await), "deep/theirs.txt");
    assert_eq!(told(&scene.ask("files.find", json!({ "workspace_scope": scope, "query": "txt" })).await), "deep/theirs.txt");
    // The folder of chats that chose none is Alcove's to give, and holds nothing of its own.
    assert_eq!(told(&scene.ask("files.find", json!({ "workspace_scope": {}, "query": "alcove" })).await), "");
    let own = json!({ "project_path": scene.home.data() });
    assert_eq!(scene.refused("files.find", json!({ "workspace_scope": own, "query": "alcove" })).await.0, 403);
    fs::remove_dir_all(&other).unwrap();
    let gone = json!("project_path must be an existing directory");
    let refused = scene.hand.request("files.find", json!({ "workspace_scope": scope })).await;
    assert_eq!(refused["error"], json!({ "status": 400, "message": gone }));
}

#[tokio::test]
async fn so_many_are_given_and_what_cannot_be_asked_is_refused() {
    let mut scene = Scene::open().await;
    for number in 0..120 {
        scene.put(&format!("n{number:03}.txt"), "");
    }
    let chat = scene.chat.clone();
    for (limit, given, truncated) in [(Value::Null, 20, true), (json!(1), 1, true), (json!(100), 100, true)] {
        let found = scene.ask("files.find", json!({ "chat_id": chat, "query": "txt", "limit": limit })).await;
        assert_eq!((found["files"].as_array().unwrap().len(), &found["truncated"]), (given, &json!(truncated)), "{limit}");
    }
    let one = scene.ask("files.find", json!({ "chat_id": chat, "query": "n007" })).await;
    assert_eq!(one["files"], json!([{ "path": "n007.txt", "folder": false }]));
    for (payload, words) in [
        (json!({}), "invalid chat_id"),
        (json!({ "chat_id": 1 }), "invalid chat_id"),
        (json!({ "chat_id": "a b" }), "invalid chat_id"),
        (json!({ "chat_id": chat, "query": 1 }), "query must be a string"),
        (json!({ "chat_id": chat, "query": "x".repeat(401) }), "query may have 400 characters"),
        (json!({ "chat_id": chat, "limit": 0 }), "limit must be 1 to 100"),
        (json!({ "chat_id": chat, "limit": 101 }), "limit must be 1 to 100"),
        (json!({ "chat_id": chat, "limit": "9" }), "limit must be 1 to 100"),
        (json!({ "chat_id": chat, "workspace_scope": {} }), "give chat_id or workspace_scope, not both"),
        (json!({ "workspace_scope": 1 }), "workspace_scope must be an object"),
        (json!({ "workspace_scope": { "project_path": "a" } }), "project_path must be absolute"),
    ] {
        assert_eq!(scene.refused("files.find", payload.clone()).await, (400, words.to_owned()), "{payload}");
    }
}
