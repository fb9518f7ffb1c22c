//! Copies of chats: at every place, while they run, and what is said when there is nothing to copy.

use alcove_tests::client::Frame;
use alcove_tests::http::thread;
use alcove_tests::scene::Scene;
use alcove_tests::story::shown;
use serde_json::{Value, json};

async fn fork(scene: &mut Scene, index: Value) -> Frame {
    let source = scene.chat.clone();
    scene.client.send(json!({ "type": "fork_chat", "source_chat_id": source, "before_user_index": index })).await;
    let mut heard = scene.client.until(|frame| frame.event() == "attached" || frame.event() == "error").await;
    heard.pop().unwrap()
}

#[tokio::test]
async fn a_copy_at_every_place_goes_on_by_itself() {
    let mut scene = Scene::open().await;
    scene.answered("t1", "One?", &["1"]).await;
    scene.answered("t2", "Two?", &["2"]).await;
    for index in 0..=2_usize {
        let attached = fork(&mut scene, json!(index)).await;
        assert_eq!(attached.event(), "attached", "{}", attached.text);
        let updated = scene.client.find("session_updated").await;
        assert_eq!(updated.str("scope"), "metadata");
        assert!(updated.json["workspace_scope"].is_object(), "{}", updated.text);
        let copy = attached.str("chat_id").to_owned();
        assert_ne!(copy, scene.chat);
        let page = thread(&scene.gateway, &copy).await;
        assert_eq!(page["messages"].as_array().unwrap().len(), index * 2, "{}", shown(&page));
        assert_eq!(page["fork_boundary_message_count"], json!(index * 2));
        // The copy goes on, with what was copied in the model's mind; the source does not.
        scene.client.say(&copy, "n1", "Next?").await;
        let call = scene.model.call().await;
        assert_eq!(call.body["messages"].as_array().unwrap().len(), 2 + index * 2);
        call.end_with("N").await;
        scene.client.until(Frame::is_idle).await;
        assert_eq!(thread(&scene.gateway, &copy).await["messages"].as_array().unwrap().len(), index * 2 + 2);
        assert_eq!(thread(&scene.gateway, &scene.chat).await["messages"].as_array().unwrap().len(), 4);
    }
}

#[tokio::test]
async fn what_runs_is_left_behind() {
    let mut scene = Scene::open().await;
    scene.answered("t1", "One?", &["1"]).await;
    scene.client.say(&scene.chat, "t2", "Two?").await;
    let mut call = scene.model.call().await;
    call.say("half").await;
    scene.client.until_event("delta").await;
    for index in [1, 2] {
        let attached = fork(&mut scene, json!(index)).await;
        let page = thread(&scene.gateway, attached.str("chat_id")).await;
        assert_eq!(page["messages"].as_array().unwrap().len(), 2, "{}", shown(&page));
        assert_eq!((&page["has_pending_tool_calls"], &page["active_turn_id"]), (&json!(false), &Value::Null));
    }
    call.end_with(" whole").await;
    scene.client.until(Frame::is_idle).await;
    assert!(shown(&thread(&scene.gateway, &scene.chat).await).contains("half whole"));
}

#[tokio::test]
async fn copying_says_what_is_wrong() {
    let mut scene = Scene::open().await;
    scene.answered("t1", "One?", &["1"]).await;
    for (index, detail) in [
        (json!(2), "invalid fork source or index"),
        (json!(-1), "invalid before_user_index"),
        (json!(true), "invalid before_user_index"),
        (json!("1"), "invalid before_user_index"),
        (Value::Null, "invalid before_user_index"),
    ] {
        let error = fork(&mut scene, index.clone()).await;
        assert_eq!((error.event(), error.str("detail")), ("error", detail), "{index}");
        assert!(error.json.get("chat_id").is_none(), "{}", error.text);
    }
    for (source, detail) in
        [(json!("nobody"), "invalid fork source or index"), (json!("a b"), "invalid source_chat_id"), (json!(7), "invalid source_chat_id")]
    {
        scene.client.send(json!({ "type": "fork_chat", "source_chat_id": source, "before_user_index": 0 })).await;
        let error = scene.client.find("error").await;
        assert_eq!(error.str("detail"), detail, "{source}");
    }
}
