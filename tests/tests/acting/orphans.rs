//! `kill -9` of the gateway while commands run: nothing of them is left, and nothing is told to run that does not.

use std::time::{Duration, Instant};

use alcove_tests::client::Client;
use alcove_tests::http::thread;
use alcove_tests::processes;
use serde_json::{Value, json};

use crate::{Scene, page_events};

/// How soon the children of a gateway that was killed are gone.
const GONE_LIMIT: Duration = Duration::from_secs(2);

#[tokio::test]
async fn a_killed_gateway_leaves_no_command_and_nothing_that_runs() {
    let mut scene = Scene::freely("native").await;
    let mark = format!("86398.{}", scene.gateway.id());
    let script = format!("echo begun; (setsid sleep {mark} &); trap '' TERM HUP; sleep {mark}; sleep {mark}");
    // One in the background, and one that the turn waits for.
    scene.calls(&[("exec", json!({ "command": format!("echo back; sleep {mark}"), "background": true }))]).await;
    scene
        .prompted("Go.")
        .await
        .end_with_calls(&[("exec", json!({ "command": script })), ("exec", json!({ "command": "touch never.txt" }))])
        .await;
    let record = scene.client.find("stream_chunk").await.str("path").to_owned();
    assert!(processes::of(&mark).len() >= 3);
    let Scene { gateway, home, chat, .. } = scene;
    gateway.kill();
    let killed = Instant::now();
    processes::gone(&mark).await;
    assert!(killed.elapsed() <= GONE_LIMIT, "gone after {:?}", killed.elapsed());

    let gateway = home.unix();
    let page = thread(&gateway, &chat).await;
    assert_eq!((&page["has_pending_tool_calls"], &page["active_turn_id"]), (&json!(false), &Value::Null));
    let events = page_events(&page);
    let open: Vec<&Value> = events.iter().filter(|event| event["phase"] == "start").collect();
    assert!(open.is_empty(), "nothing is shown as running: {open:?}");
    let left: Vec<&Value> = events.iter().filter(|event| event["background"].is_boolean()).collect();
    assert_eq!((left.len(), &left[0]["background"], &left[0]["status"]), (1, &json!(false), &json!(499)), "{left:?}");
    let unknown: Vec<&Value> =
        events.iter().filter(|event| event["error"].as_str().is_some_and(|why| why.contains("is not known"))).collect();
    assert_eq!(unknown.len(), 2, "what had begun, and what had not ended: {events:?}");
    assert!(unknown.iter().all(|event| event["status"] == 499));
    let mut hand = Client::connect(&gateway).await;
    let acting = hand.request("chat.acting", json!({ "chat_id": chat })).await;
    assert_eq!(acting["result"]["commands"], json!([]), "{acting}");
    for path in [record.as_str(), "log://turn_1/sh/none"] {
        let output = hand.request("command.output", json!({ "chat_id": chat, "path": path, "channel": 1 })).await;
        assert!(output["ok"] == false || output["result"]["running"] == false, "{output}");
    }
    let states = hand.request("proposal.list", json!({})).await;
    assert_eq!(states["result"]["proposals"], json!([]), "{states}");
    assert!(!home.path().join("project/never.txt").exists());
}

#[tokio::test]
async fn a_gateway_that_ends_takes_its_commands_with_it() {
    let mut scene = Scene::freely("native").await;
    let mark = format!("86397.{}", scene.gateway.id());
    scene.calls(&[("exec", json!({ "command": format!("trap '' TERM; sleep {mark}; sleep {mark}"), "background": true }))]).await;
    assert!(!processes::of(&mark).is_empty());
    let Scene { gateway, .. } = scene;
    let (status, took) = gateway.terminate();
    assert!(status.success() && took < GONE_LIMIT, "{status} after {took:?}");
    assert!(processes::of(&mark).is_empty());
}
