//! How a chat goes: with what runs in it, for everyone, and so that its id is a new one.

use alcove_tests::client::{Client, Frame};
use alcove_tests::http::thread;
use alcove_tests::scene::Scene;
use alcove_tests::story::shown;
use serde_json::json;

#[tokio::test]
async fn a_chat_that_runs_is_stopped_and_gone() {
    let mut scene = Scene::open().await;
    let mut other = Client::connect(&scene.gateway).await;
    other.attach(&scene.chat).await;
    scene.client.say(&scene.chat, "t1", "Talk.").await;
    let mut call = scene.model.call().await;
    call.say("Half").await;
    scene.client.say(&scene.chat, "t2", "And then?").await;
    other.until(|frame| frame.str("turn_id") == "t2").await;
    let key = format!("websocket:{}", scene.chat);
    let deleted = scene.client.request("session.delete", json!({ "key": key })).await;
    assert_eq!(deleted["result"], json!({ "deleted": true }));
    call.closed().await;
    assert!(!scene.model.has_call(), "what waited is not asked any more");
    let heard = other.until(|frame| frame.event() == "session_updated" && frame.str("scope") == "metadata").await;
    assert!(heard.iter().any(Frame::is_idle), "everyone hears that the turn ended");
    assert_eq!(scene.row(&scene.chat).await, None);
    assert_eq!(scene.ask(&scene.chat, "webui-thread").await.status, 404);
    assert_eq!(scene.ask(&scene.chat, "context").await.status, 404);
    let again = scene.client.request("session.delete", json!({ "key": key })).await;
    assert_eq!(again["result"], json!({ "deleted": false }));
}

#[tokio::test]
async fn a_deleted_id_is_a_new_one() {
    let mut scene = Scene::open().await;
    scene.answered("t1", "One?", &["1"]).await;
    let key = format!("websocket:{}", scene.chat);
    scene.client.request("session.delete", json!({ "key": key })).await;
    assert_eq!(scene.client.attach(&scene.chat.clone()).await, 0);
    assert_eq!(scene.row(&scene.chat).await, None, "attaching makes nothing");
    // The same turn id, in a chat that never heard it.
    scene.answered("t1", "Again?", &["2"]).await;
    assert_eq!(
        shown(&thread(&scene.gateway, &scene.chat).await),
        "u-0000000000000001 user \"Again?\"\nbuf-0000000000000004 assistant \"2\"\n"
    );
}

#[tokio::test]
async fn who_hears_a_chat_that_goes_hears_it_when_it_is_there_again() {
    let mut scene = Scene::open().await;
    scene.answered("t1", "One?", &["1"]).await;
    let key = format!("websocket:{}", scene.chat);
    scene.client.request("session.delete", json!({ "key": key })).await;
    // Without attaching anew.
    scene.answered("t9", "Still there?", &["Yes."]).await;
    assert!(scene.row(&scene.chat).await.is_some());
}

#[tokio::test]
async fn deleting_says_what_is_wrong() {
    let mut scene = Scene::open().await;
    let cases = [
        (json!({}), json!({ "status": 400, "message": "invalid session key" })),
        (json!({ "key": 7 }), json!({ "status": 400, "message": "invalid session key" })),
        (json!({ "key": "../x" }), json!({ "status": 400, "message": "invalid session key" })),
        (json!({ "key": "telegram:1" }), json!({ "status": 404, "message": "session not found" })),
    ];
    for (payload, error) in cases {
        assert_eq!(scene.client.request("session.delete", payload.clone()).await["error"], error, "{payload}");
    }
    let unknown = scene.client.request("session.delete", json!({ "key": "websocket:nobody" })).await;
    assert_eq!(unknown["result"], json!({ "deleted": false }));
}

#[tokio::test]
async fn what_the_model_sees_is_counted() {
    let mut scene = Scene::open().await;
    assert_eq!(scene.ask("nobody", "context").await.text(), "session not found");
    scene.answered("t1", "One?", &["1"]).await;
    let context = scene.ask(&scene.chat, "context").await.json();
    let keys: Vec<&String> = context.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "archived_messages",
            "archived_summary",
            "archived_summary_at",
            "estimated_replay_tokens",
            "estimated_session_tokens",
            "estimated_summary_tokens",
            "last_usage",
            "replay_messages",
            "schema_version",
            "session_key",
            "total_messages"
        ]
    );
    assert_eq!((&context["total_messages"], &context["replay_messages"], &context["schema_version"]), (&json!(2), &json!(2), &json!(1)));
    assert_eq!(context["last_usage"]["total_tokens"], 10);
    assert_eq!(scene.ask(&scene.chat, "automations").await.json(), json!({ "jobs": [] }));
    assert_eq!(scene.ask("nobody", "automations").await.json(), json!({ "jobs": [] }));
}
