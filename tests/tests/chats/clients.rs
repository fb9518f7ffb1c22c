//! Many clients of one chat: each hears the same events with the same bytes; only the sender is answered instead of told.

use alcove_tests::client::{Client, Frame};
use alcove_tests::scene::Scene;
use alcove_tests::story::{by_seq, told};
use expect_test::expect;
use serde_json::json;

#[tokio::test]
async fn a_second_client_sees_the_same_chat_live() {
    let mut scene = Scene::open().await;
    let mut other = Client::connect(&scene.gateway).await;
    assert_eq!(other.attach(&scene.chat).await, 0);
    let heard = scene.answered("t1", "Hello?", &["Hello ", "there."]).await;
    let seen = other.until(Frame::is_idle).await;
    expect![[r#"
        1 user_message t1 starts_turn=true "Hello?"
        2 turn_model_updated scripted/scripted
        3 goal_status t1 running
        4 delta t1 turn_seq=2 "Hello "
        5 delta t1 turn_seq=3 "there."
        6 stream_end t1 turn_seq=4
        7 turn_end t1 turn_seq=5
        - session_updated thread
        8 goal_status t1 idle
    "#]]
    .assert_eq(&told(&seen));
    let (mut mine, theirs) = (by_seq(&heard), by_seq(&seen));
    let prompt = theirs.first_key_value().unwrap();
    assert!(prompt.1.contains("user_message") && *prompt.0 == 1);
    mine.insert(1, prompt.1.clone());
    assert_eq!(mine, theirs);

    // Now the other one speaks.
    other.say(&scene.chat, "t2", "And you?").await;
    scene.model.call().await.end_with("Fine.").await;
    let heard = scene.client.until(|frame| frame.is_idle() && frame.str("turn_id") == "t2").await;
    assert_eq!(heard[0].event(), "user_message");
    assert_eq!((heard[0].str("text"), heard[0].str("turn_id")), ("And you?", "t2"));
    let seen = other.until(|frame| frame.is_idle() && frame.str("turn_id") == "t2").await;
    assert!(!seen.iter().any(|frame| frame.event() == "user_message"), "the sender is answered, not told");
}

#[tokio::test]
async fn clients_come_and_go_and_the_turn_goes_on() {
    let mut scene = Scene::open().await;
    let chat = scene.chat.clone();
    scene.client.say(&chat, "t1", "Talk.").await;
    let mut call = scene.model.call().await;
    call.say("One ").await;
    scene.client.find("delta").await;
    // Everybody leaves.
    drop(scene.client);
    call.say("two ").await;
    let mut late = Client::connect(&scene.gateway).await;
    late.attach_after(&chat, 0).await;
    let attached = late.find("attached").await;
    assert_eq!(attached.json["run"]["turn_id"], "t1", "{}", attached.text);
    late.until(|frame| frame.event() == "delta" && frame.str("text") == "two ").await;
    call.say("three.").await;
    call.end().await;
    let heard = late.until(Frame::is_idle).await;
    assert!(heard.iter().any(|frame| frame.str("text") == "three."));
}

#[tokio::test]
async fn a_newcomer_is_told_what_runs() {
    let mut scene = Scene::open().await;
    scene.client.say(&scene.chat, "t1", "Talk.").await;
    let call = scene.model.call().await;
    let mut other = Client::connect(&scene.gateway).await;
    other.send(json!({ "type": "attach", "chat_id": scene.chat })).await;
    let heard = other.until_event("goal_status").await;
    let status = heard.last().unwrap();
    assert_eq!((status.str("status"), status.str("turn_id"), status.seq()), ("running", "t1", None));
    assert!(status.json["started_at"].is_f64());
    call.end_with("Done.").await;
    other.until(Frame::is_idle).await;
}

#[tokio::test]
async fn chats_of_one_connection_keep_apart() {
    let mut scene = Scene::open().await;
    let first = scene.chat.clone();
    let second = scene.client.new_chat().await;
    for (chat, turn) in [(&first, "a"), (&second, "b")] {
        scene.client.say(chat, turn, turn).await;
    }
    let (mut one, mut two) = (scene.model.call().await, scene.model.call().await);
    if one.prompt() == "b" {
        std::mem::swap(&mut one, &mut two);
    }
    for number in 0..20 {
        one.say(&format!("a{number} ")).await;
        two.say(&format!("b{number} ")).await;
    }
    one.end().await;
    two.end().await;
    let mut idle = 0;
    let heard = scene.client.until(|frame| {
        idle += usize::from(frame.is_idle());
        idle == 2
    });
    let heard = heard.await;
    for (chat, letter) in [(&first, "a"), (&second, "b")] {
        let own: Vec<Frame> = alcove_tests::story::of_chat(&heard, chat).cloned().collect();
        alcove_tests::story::assert_gapless(&own, 2);
        let expected: String = (0..20).map(|number| format!("{letter}{number} ")).collect();
        assert_eq!(alcove_tests::story::answer(&own), expected);
    }
}

#[tokio::test]
async fn everybody_learns_what_concerns_the_list() {
    let mut scene = Scene::open().await;
    let mut watcher = Client::connect(&scene.gateway).await;
    watcher.send(json!({ "type": "watch" })).await;
    assert_eq!(watcher.find("watching").await.json["chats"], json!([]));
    let mut plain = Client::connect(&scene.gateway).await;
    scene.answered("t1", "Hello?", &["Hi."]).await;
    let heard = watcher.until(|frame| frame.str("state") == "idle").await;
    let states: Vec<&str> = heard.iter().filter(|frame| frame.event() == "chat_state").map(|frame| frame.str("state")).collect();
    assert_eq!(states, ["running", "idle"]);
    let updated = plain.until(|frame| frame.event() == "session_updated" && frame.str("scope") == "thread").await;
    assert!(updated.iter().all(|frame| frame.str("chat_id") == scene.chat && frame.seq().is_none()), "{}", told(&updated));

    scene.client.say(&scene.chat, "t2", "Run.").await;
    let call = scene.model.call().await;
    let mut late = Client::connect(&scene.gateway).await;
    late.send(json!({ "type": "watch" })).await;
    let watching = late.find("watching").await;
    assert_eq!((&watching.json["chats"][0]["chat_id"], &watching.json["chats"][0]["state"]), (&json!(scene.chat), &json!("running")));
    call.refuse("401 Unauthorized", "{}").await;
    late.until(|frame| frame.str("state") == "failed").await;
}
