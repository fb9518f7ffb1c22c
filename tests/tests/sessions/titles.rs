//! Titles: asked for once, after the first answer, and never in anybody's way.

use alcove_tests::client::Frame;
use alcove_tests::http::get;
use alcove_tests::scene::Scene;
use serde_json::json;

#[tokio::test]
async fn a_chat_is_named_after_its_first_answer() {
    let mut scene = Scene::open().await;
    assert!(!scene.model.has_title_call());
    scene.answered("t1", "How do I plan a garden?", &["Begin with the soil."]).await;
    let call = scene.model.title_call().await;
    let asked = call.prompt();
    assert!(asked.contains("How do I plan a garden?") && asked.contains("Begin with the soil."), "{asked}");
    assert_eq!(call.body["model"], "scripted");
    call.end_with("Title: \"Planning a garden.\"").await;
    let told = scene.client.find("session_updated").await;
    assert_eq!((told.str("scope"), told.str("chat_id")), ("metadata", scene.chat.as_str()));
    assert_eq!(scene.row(&scene.chat.clone()).await.unwrap()["title"], "Planning a garden");
    // Once is enough.
    scene.answered("t2", "And water?", &["Every day."]).await;
    assert!(!scene.model.has_title_call());
}

#[tokio::test]
async fn the_next_turn_waits_for_no_title() {
    let mut scene = Scene::open().await;
    scene.answered("t1", "One?", &["1"]).await;
    let call = scene.model.title_call().await;
    scene.answered("t2", "Two?", &["2"]).await;
    call.refuse("500 Internal Server Error", "{}").await;
    scene.answered("t3", "Three?", &["3"]).await;
    assert!(!scene.model.has_title_call(), "a title that cannot be had is not asked for again");
    assert_eq!(scene.row(&scene.chat.clone()).await.unwrap()["title"], "");
}

#[tokio::test]
async fn a_persons_title_stays() {
    let mut scene = Scene::open().await;
    scene.answered("t1", "One?", &["1"]).await;
    let call = scene.model.title_call().await;
    let key = format!("websocket:{}", scene.chat);
    let renamed = scene.client.request("session.rename", json!({ "key": key, "title": "  Mine \n now " })).await;
    assert_eq!(renamed["result"], json!({ "key": key, "title": "Mine now" }));
    call.end_with("Theirs").await;
    let told = scene.client.until(|frame| frame.event() == "session_updated" && frame.str("scope") == "metadata").await;
    assert!(!told.is_empty());
    assert_eq!(scene.row(&scene.chat.clone()).await.unwrap()["title"], "Mine now");
}

#[tokio::test]
async fn failures_stops_and_plain_text_make_no_title() {
    let mut scene = Scene::open().await;
    scene.client.say(&scene.chat, "t1", "Fail.").await;
    scene.model.call().await.refuse("400 Bad Request", r#"{"error":{"message":"no"}}"#).await;
    scene.client.until(Frame::is_idle).await;
    scene.client.say(&scene.chat, "t2", "Talk.").await;
    let mut call = scene.model.call().await;
    call.say("Half").await;
    scene.client.until_event("delta").await;
    scene.client.say(&scene.chat, "s", "/stop").await;
    call.closed().await;
    scene.client.until(Frame::is_idle).await;
    scene.client.send_text("plain text").await;
    scene.model.call().await.end_with("plain answer").await;
    scene.client.until(Frame::is_idle).await;
    assert!(!scene.model.has_title_call());
}

#[tokio::test]
async fn renaming_says_what_is_wrong() {
    let mut scene = Scene::open().await;
    let key = format!("websocket:{}", scene.chat);
    let cases = [
        (json!({ "key": key }), 400, "title is required"),
        (json!({ "key": key, "title": " \n" }), 400, "title is required"),
        (json!({ "key": key, "title": 7 }), 400, "title is required"),
        (json!({ "key": "a b", "title": "x" }), 400, "invalid session key"),
        (json!({ "title": "x" }), 400, "invalid session key"),
        (json!({ "key": "telegram:1", "title": "x" }), 404, "session not found"),
        (json!({ "key": "websocket:nobody", "title": "x" }), 404, "session not found"),
    ];
    for (payload, status, message) in cases {
        let answer = scene.client.request("session.rename", payload.clone()).await;
        assert_eq!(answer["error"], json!({ "status": status, "message": message }), "{payload}");
    }
    let answer = scene.client.request("session.rename", json!({ "key": key, "title": "x".repeat(500) })).await;
    assert_eq!(answer["result"]["title"].as_str().unwrap().len(), 160);
    assert_eq!(get(&scene.gateway, "/api/sessions").await.json()["sessions"][0]["title"].as_str().unwrap().len(), 160);
}
