//! Messages with files: told to peers, kept in the thread and over a restart, shown to the model; and refused ones, which leave nothing.

use alcove_tests::client::{Client, Frame};
use alcove_tests::http::{request, thread};
use alcove_tests::scene::Scene;
use serde_json::{Value, json};

use crate::{PNG, api_token, data_url, kept, read, send};

const ID: &str = "message-0123456789";

async fn say(scene: &mut Scene, turn: &str, content: &str, media: Value) {
    let chat = scene.chat.clone();
    let frame = json!({ "type": "message", "chat_id": chat, "content": content, "webui": true, "turn_id": turn, "media": media });
    scene.client.send(frame).await;
}

/// Lets the model answer; gives what it was asked.
async fn answered(scene: &mut Scene) -> Value {
    let call = scene.model.call().await;
    let body = call.body.clone();
    call.end_with("I see.").await;
    scene.client.until(Frame::is_idle).await;
    body
}

fn last_message(body: &Value) -> &Value {
    body["messages"].as_array().and_then(|messages| messages.last()).expect("messages")
}

#[tokio::test]
async fn a_picture_reaches_peers_the_thread_and_the_model() {
    let mut scene = Scene::open().await;
    let mut peer = Client::connect(&scene.gateway).await;
    peer.attach(&scene.chat).await;
    let url = data_url("image/png", PNG);
    say(&mut scene, "t1", "What is this?", json!([{ "data_url": url, "name": "My cat.png" }])).await;
    scene.client.find("message_accepted").await;
    let told = peer.find("user_message").await.json;
    let media = &told["media_urls"];
    assert_eq!(
        (&media[0]["kind"], &media[0]["name"], media.as_array().map(Vec::len)),
        (&json!("image"), &json!("My cat.png"), Some(1)),
        "{told}"
    );
    let address = media[0]["url"].as_str().expect("an address").to_owned();
    assert_eq!(read(&scene.gateway, &address, &[]).await.body, PNG);
    let asked = answered(&mut scene).await;
    assert_eq!(
        last_message(&asked)["content"],
        json!([{ "type": "text", "text": "What is this?" }, { "type": "image_url", "image_url": { "url": url } }])
    );

    scene.gateway.kill();
    scene.gateway = scene.home.unix();
    let thread = thread(&scene.gateway, &scene.chat).await;
    let shown = &thread["messages"][0]["media"];
    assert_eq!(shown[0]["url"], address, "{}", thread["messages"][0]);
    assert_eq!(read(&scene.gateway, &address, &[]).await.body, PNG, "the old address is still good");
}

#[tokio::test]
async fn a_message_may_be_only_a_picture() {
    let mut scene = Scene::open().await;
    say(&mut scene, "t1", "", json!([{ "data_url": data_url("image/png", PNG) }])).await;
    scene.client.find("message_accepted").await;
    let asked = answered(&mut scene).await;
    assert_eq!(last_message(&asked)["content"][0]["type"], "image_url", "{asked}");
    say(&mut scene, "t2", "  ", json!([])).await;
    assert_eq!(scene.client.find("error").await.json["detail"], "missing content");
}

#[tokio::test]
async fn a_short_text_is_shown_and_a_film_is_named() {
    let mut scene = Scene::open().await;
    let film = data_url("video/mp4", b"\0\0\0\x18ftypisom\0\0\0\0");
    let text = data_url("text/markdown", "# Über\n\n```\ncode\n```\n".as_bytes());
    say(&mut scene, "t1", "Read.", json!([{ "data_url": text, "name": "notes.md" }, { "data_url": film, "name": "f.mp4" }])).await;
    let asked = answered(&mut scene).await;
    let content = last_message(&asked)["content"].as_str().expect("plain text").to_owned();
    assert!(content.starts_with("Read.\n\nAttached file notes.md (text/markdown):\n\n````\n# Über\n\n```\ncode\n```\n````\n\n[Attached file f.mp4 (video/mp4): /"), "{content}");
}

#[tokio::test]
async fn bad_items_leave_nothing() {
    let mut scene = Scene::open().await;
    let good = json!({ "data_url": data_url("image/png", PNG), "name": "good.png" });
    let film = json!({ "data_url": data_url("video/mp4", b"\0\0\0\x18ftypisom") });
    let text = json!({ "data_url": data_url("text/plain", b"x") });
    let large = json!({ "data_url": data_url("image/png", &[PNG, &vec![0; 6 << 20]].concat()) });
    let rows = [
        (json!("x"), "malformed"),
        (json!([good, "x"]), "malformed"),
        (json!([good, { "name": "x" }]), "malformed"),
        (json!([good, { "data_url": 7 }]), "malformed"),
        (json!([good, good, good, good, good]), "too_many_images"),
        (json!([film, film]), "too_many_videos"),
        (json!([good, good, text, text, text]), "too_many_attachments"),
        (json!([good, { "data_url": "data:image/png,x" }]), "decode"),
        (json!([good, { "data_url": "data:image/png;base64,!!!" }]), "decode"),
        (json!([good, { "data_url": data_url("image/svg+xml", b"<svg/>") }]), "mime"),
        (json!([good, { "data_url": data_url("image/png", b"<html>") }]), "mime"),
        (json!([good, large]), "size"),
        (json!([good, { "upload_id": "unknown-0123456789" }]), "decode"),
    ];
    for (media, reason) in rows {
        say(&mut scene, "t1", "See", media).await;
        let error = scene.client.find("error").await.json;
        assert_eq!(
            (&error["detail"], &error["reason"], &error["turn_id"]),
            (&json!("attachment_rejected"), &json!(reason), &json!("t1")),
            "{error}"
        );
        assert_eq!(kept(&scene.home), Vec::<String>::new(), "{reason}");
    }
}

#[tokio::test]
async fn an_upload_is_taken_by_its_id() {
    let mut scene = Scene::open().await;
    let token = api_token(&scene.gateway).await;
    let fields = ["Content-Type: image/png", "X-Alcove-Name: cat.png"];
    let uploaded = send(&scene.gateway, &token, &format!("PUT /api/media/uploads/{ID}"), &fields, PNG).await.json();
    let item = json!([{ "upload_id": ID }]);
    say(&mut scene, "t1", "See", item.clone()).await;
    let accepted = scene.client.find("message_accepted").await.json;
    // The answer got lost: the same message again.
    say(&mut scene, "t1", "See", item.clone()).await;
    assert_eq!(scene.client.find("message_accepted").await.json["seq"], accepted["seq"]);
    answered(&mut scene).await;
    say(&mut scene, "t2", "Again", item).await;
    answered(&mut scene).await;
    assert_eq!(kept(&scene.home).len(), 1);
    let line = format!("DELETE /api/media/uploads/{ID}");
    assert_eq!(request(&scene.gateway, &line, &[format!("Authorization: Bearer {token}")]).await.status, 200);
    let seen = thread(&scene.gateway, &scene.chat).await;
    let address = seen["messages"][0]["media"][0]["url"].as_str().expect("an address");
    assert_eq!(address, uploaded["url"]);
    assert_eq!(read(&scene.gateway, address, &[]).await.body, PNG, "a chat has it, so it stays");
}

#[tokio::test]
async fn a_message_said_twice_keeps_its_files_once() {
    let mut scene = Scene::open().await;
    let media = json!([{ "data_url": data_url("image/png", PNG), "name": "cat.png" }]);
    say(&mut scene, "t1", "See", media.clone()).await;
    scene.client.find("message_accepted").await;
    say(&mut scene, "t1", "See", media).await;
    scene.client.find("message_accepted").await;
    assert_eq!(kept(&scene.home).len(), 1);
    answered(&mut scene).await;
}

#[tokio::test]
async fn a_model_that_takes_no_images_is_asked_without() {
    let mut scene = Scene::open().await;
    say(&mut scene, "t1", "See", json!([{ "data_url": data_url("image/png", PNG), "name": "cat.png" }])).await;
    let call = scene.model.call().await;
    call.refuse("400 Bad Request", r#"{"error":{"message":"This model does not support image input"}}"#).await;
    let progress = scene.client.until(|frame| frame.str("kind") == "progress").await.pop().expect("a line");
    assert!(progress.str("text").ends_with("Asking again without the images."), "{}", progress.text);
    let asked = answered(&mut scene).await;
    assert_eq!(last_message(&asked)["content"], "See\n\n[Image, not shown: cat.png]");
    // It is remembered: the picture is still in the chat, and no second refusal is asked for.
    say(&mut scene, "t2", "And?", json!([])).await;
    let asked = answered(&mut scene).await;
    assert_eq!(asked["messages"][1]["content"], "See\n\n[Image, not shown: cat.png]");
}
