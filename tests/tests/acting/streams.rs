//! Output from outside: whoever runs a command for a chat appends to its channels and says how it ended (entries §5).

use std::time::Duration;

use alcove_tests::client::Client;
use serde_json::{Value, json};

use crate::Scene;

#[expect(clippy::disallowed_methods, reason = "what nobody runs yet is put where it would be kept")]
pub(crate) fn database(scene: &Scene) -> rusqlite::Connection {
    let database = rusqlite::Connection::open(scene.home.data().join("alcove.db")).unwrap();
    database.busy_timeout(Duration::from_secs(10)).unwrap();
    database
}

/// Leaves a record with open channels, as somebody who runs commands from outside does.
fn opened(scene: &Scene, record: &str, channels: &[&str]) {
    let base = database(scene);
    for path in channels.iter().chain([&record]) {
        let sql = "INSERT INTO entries SELECT no, ?2, 'streaming', NULL, 'archived', '', '{}', 1, 0, 0, 0 FROM chats WHERE id = ?1";
        assert_eq!(base.execute(sql, [&scene.chat, *path]).unwrap(), 1);
    }
}

fn of(scene: &Scene, record: &str, more: &Value) -> Value {
    let mut payload = json!({ "chat_id": scene.chat, "path": record });
    payload.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    payload
}

/// What a channel holds, and its state as the store has it.
fn kept(scene: &Scene, path: &str) -> (String, String, String) {
    let base = database(scene);
    let sql = "SELECT body, state, coalesce(outcome, '') FROM entries WHERE path = ?1";
    base.query_row(sql, [path], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap()
}

#[tokio::test]
async fn channels_take_output_until_they_end_and_nothing_after() {
    let mut scene = Scene::freely("native").await;
    scene.prompted("Go.").await.end_with("Here.").await;
    scene.rest().await;
    let rows = [
        ("one", "stream.completed", json!({}), ("resolved", "")),
        ("two", "stream.completed", json!({ "exit_code": 0, "duration": "2s" }), ("resolved", "")),
        ("three", "stream.completed", json!({ "exit_code": 7 }), ("failed", "exit:7")),
        ("four", "stream.aborted", json!({}), ("cancelled", "aborted")),
        ("five", "stream.aborted", json!({ "reason": "too slow" }), ("cancelled", "too slow")),
        ("six", "stream.cancel", json!({}), ("cancelled", "cancelled")),
    ];
    for (name, action, how, expected) in rows {
        let record = format!("log://turn_1/sh/{name}");
        let (out, err) = (format!("sh://turn_1/{name}_1"), format!("sh://turn_1/{name}_2"));
        // Another command whose name is this one's and a number is left alone.
        let neighbour = format!("sh://turn_1/{name}_1_1");
        opened(&scene, &record, &[&out, &err, &neighbour]);
        for (channel, chunk) in [(1, "a"), (2, "wrong\n"), (1, "b\n")] {
            let payload = of(&scene, &record, &json!({ "channel": channel, "chunk": chunk }));
            assert_eq!(scene.ask("stream.append", payload).await, json!({ "status": "ok" }), "{name}");
        }
        let output = scene.ask("command.output", of(&scene, &record, &json!({ "channel": 1 }))).await;
        assert_eq!((output["text"].as_str(), &output["running"]), (Some("ab\n"), &json!(true)), "{name}: {output}");
        let code = (action == "stream.completed").then(|| how["exit_code"].as_i64().unwrap_or(0));
        let payload = of(&scene, &record, &how);
        assert_eq!(scene.ask(action, payload.clone()).await, json!({ "ok": true, "channels": 2 }), "{name}");
        let told = scene.client.find("command_ended").await;
        assert_eq!((told.str("path"), told.json["exit_code"].as_i64()), (record.as_str(), code), "{name}");
        let (body, state, outcome) = kept(&scene, &record);
        assert_eq!((state.as_str(), outcome.as_str()), expected, "{name}");
        assert!(body.ends_with(&format!("]\n[{out}: 3 bytes]\n[{err}: 6 bytes]")), "{name}: {body}");
        for (path, text) in [(&out, "ab\n"), (&err, "wrong\n")] {
            assert_eq!(kept(&scene, path), (text.to_owned(), expected.0.to_owned(), expected.1.to_owned()), "{name}");
        }
        assert_eq!(kept(&scene, &neighbour).1, "streaming", "{name}");
        // It has ended, and stays so.
        let late = of(&scene, &record, &json!({ "channel": 1, "chunk": "late" }));
        assert_eq!(scene.refused("stream.append", late).await.0, 409, "{name}");
        for again in ["stream.completed", "stream.aborted", "stream.cancel"] {
            assert_eq!(scene.refused(again, of(&scene, &record, &json!({}))).await.0, 409, "{name} {again}");
        }
        assert_eq!(kept(&scene, &out), ("ab\n".to_owned(), expected.0.to_owned(), expected.1.to_owned()), "{name}");
    }
}

#[tokio::test]
async fn nothing_is_lost_when_several_append_at_once() {
    let mut scene = Scene::freely("native").await;
    scene.prompted("Go.").await.end_with("Here.").await;
    scene.rest().await;
    let record = "log://turn_1/sh/one";
    opened(&scene, record, &["sh://turn_1/one_1"]);
    let (scene, gateway) = (&scene, &scene.gateway);
    let writers = (b'a'..=b'f').map(|letter| async move {
        let mut hand = Client::connect(gateway).await;
        for _ in 0..20 {
            let payload = of(scene, record, &json!({ "channel": 1, "chunk": char::from(letter).to_string() }));
            assert_eq!(hand.request("stream.append", payload).await["ok"], true);
        }
    });
    futures_util::future::join_all(writers).await;
    let mut text = kept(scene, "sh://turn_1/one_1").0.into_bytes();
    text.sort_unstable();
    assert_eq!(String::from_utf8(text).unwrap(), ["a", "b", "c", "d", "e", "f"].map(|letter| letter.repeat(20)).concat());
}

#[tokio::test]
async fn what_is_not_there_is_an_error() {
    let mut scene = Scene::freely("native").await;
    scene.prompted("Go.").await.end_with("Here.").await;
    scene.rest().await;
    opened(&scene, "log://turn_1/sh/one", &["sh://turn_1/one_1"]);
    let append = |more: Value| ("stream.append", more);
    let rows = [
        (append(json!({ "path": "log://turn_1/sh/none", "channel": 1, "chunk": "x" })), 404),
        (append(json!({ "path": "log://turn_1/sh/one", "channel": 3, "chunk": "x" })), 404),
        (append(json!({ "path": "log://turn_1/sh/one", "channel": 0, "chunk": "x" })), 400),
        (append(json!({ "path": "log://turn_1/sh/one", "channel": "1", "chunk": "x" })), 400),
        (append(json!({ "path": "log://turn_1/sh/one", "channel": 1 })), 400),
        (append(json!({ "path": "sh://turn_1/one_1", "channel": 1, "chunk": "x" })), 400),
        (append(json!({ "path": "../one", "channel": 1, "chunk": "x" })), 400),
        (append(json!({ "path": "log://turn_1/sh/one", "channel": 1, "chunk": "x".repeat(300 * 1024) })), 413),
        (("stream.completed", json!({ "path": "log://turn_1/sh/none" })), 404),
        (("stream.aborted", json!({ "path": "log://turn_9/sh/one" })), 404),
        (("stream.cancel", json!({ "path": "nothing" })), 400),
        (("stream.completed", json!({ "path": "log://turn_1/sh/one", "exit_code": "7" })), 400),
        (("stream.completed", json!({ "path": "log://turn_1/sh/one", "exit_code": 1u64 << 40 })), 400),
        (("stream.aborted", json!({ "path": "log://turn_1/sh/one", "reason": 7 })), 400),
    ];
    for ((action, more), status) in rows {
        let payload = of(&scene, "", &more);
        assert_eq!(scene.refused(action, payload).await.0, status, "{action} {}", more.to_string().chars().take(90).collect::<String>());
    }
    let elsewhere = json!({ "chat_id": "no-such-chat", "path": "log://turn_1/sh/one", "channel": 1, "chunk": "x" });
    assert_eq!(scene.refused("stream.append", elsewhere).await.0, 404, "each chat has its own");
    assert_eq!(kept(&scene, "sh://turn_1/one_1").0, "");
}

#[tokio::test]
async fn nobody_writes_into_commands_that_alcove_runs() {
    let mut scene = Scene::freely("native").await;
    let ran = scene
        .calls(&[("exec", json!({ "command": "echo own; sleep 600", "background": true })), ("exec", json!({ "command": "echo over" }))])
        .await;
    for event in ran.ends() {
        let record = event["path"].as_str().unwrap().to_owned();
        let late = of(&scene, &record, &json!({ "channel": 1, "chunk": "forged" }));
        assert_eq!(scene.refused("stream.append", late).await.0, 409, "{record}");
        assert_eq!(scene.refused("stream.completed", of(&scene, &record, &json!({}))).await.0, 409, "{record}");
        let output = scene.ask("command.output", of(&scene, &record, &json!({ "channel": 1 }))).await;
        assert!(!output["text"].as_str().unwrap().contains("forged"), "{output}");
    }
}
