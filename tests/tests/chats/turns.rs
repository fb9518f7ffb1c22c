//! A turn from its prompt to its end: which events come, in which order, and what the thread shows afterwards.

use std::time::{Duration, Instant};

use alcove_tests::client::{Client, Frame};
use alcove_tests::http::thread;
use alcove_tests::scene::Scene;
use alcove_tests::story::{assert_gapless, shown, told};
use expect_test::expect;

/// How soon a stopped turn's call is closed.
const STOP_LIMIT: Duration = Duration::from_millis(500);

#[tokio::test]
async fn an_answered_turn() {
    let mut scene = Scene::open().await;
    let heard = scene.answered("t1", "Hello?", &["Hello ", "there."]).await;
    assert_gapless(&heard, 2);
    expect![[r#"
        - message_accepted t1 starts_turn=true
        2 turn_model_updated scripted/scripted
        3 goal_status t1 running
        4 delta t1 turn_seq=2 "Hello "
        5 delta t1 turn_seq=3 "there."
        6 stream_end t1 turn_seq=4
        7 turn_end t1 turn_seq=5
        - session_updated thread
        8 goal_status t1 idle
    "#]]
    .assert_eq(&told(&heard));
    expect![[r#"
        u-0000000000000001 user "Hello?"
        buf-0000000000000004 assistant "Hello there."
    "#]]
    .assert_eq(&shown(&thread(&scene.gateway, &scene.chat).await));
}

#[tokio::test]
async fn a_turn_with_reasoning() {
    let mut scene = Scene::open().await;
    scene.client.say(&scene.chat, "t1", "Think.").await;
    let mut call = scene.model.call().await;
    let mut heard = Vec::new();
    for piece in ["Let me ", "think."] {
        call.think(piece).await;
        heard.extend(scene.client.until_event("reasoning_delta").await);
    }
    call.say("Done.").await;
    heard.extend(scene.client.until_event("delta").await);
    call.end().await;
    heard.extend(scene.client.until(Frame::is_idle).await);
    expect![[r#"
        - message_accepted t1 starts_turn=true
        2 turn_model_updated scripted/scripted
        3 goal_status t1 running
        4 reasoning_delta t1 turn_seq=2 "Let me "
        5 reasoning_delta t1 turn_seq=3 "think."
        6 reasoning_end t1 turn_seq=4
        7 delta t1 turn_seq=5 "Done."
        8 stream_end t1 turn_seq=6
        9 turn_end t1 turn_seq=7
        - session_updated thread
        10 goal_status t1 idle
    "#]]
    .assert_eq(&told(&heard));
    expect![[r#"
        u-0000000000000001 user "Think."
        as-0000000000000004 assistant "Done." thinking "Let me think."
    "#]]
    .assert_eq(&shown(&thread(&scene.gateway, &scene.chat).await));
}

#[tokio::test]
async fn the_model_sees_the_conversation() {
    let mut scene = Scene::open().await;
    scene.answered("t1", "One?", &["1"]).await;
    scene.client.say(&scene.chat, "t2", "Two?").await;
    let call = scene.model.call().await;
    let messages = call.body["messages"].as_array().unwrap().iter().skip(1);
    let said: Vec<String> = messages.map(|message| format!("{}: {}", message["role"], message["content"])).collect();
    assert_eq!(said, [r#""user": "One?""#, r#""assistant": "1""#, r#""user": "Two?""#]);
    assert_eq!((call.body["model"].as_str(), call.body["stream"].as_bool()), (Some("scripted"), Some(true)));
}

#[tokio::test]
async fn a_stopped_turn() {
    let mut scene = Scene::open().await;
    scene.client.say(&scene.chat, "t1", "Talk.").await;
    let mut call = scene.model.call().await;
    call.say("Partial").await;
    let mut heard = scene.client.until_event("delta").await;
    scene.client.say(&scene.chat, "s1", "/stop").await;
    let began = Instant::now();
    call.closed().await;
    let closed = began.elapsed();
    assert!(closed <= STOP_LIMIT, "the call was closed only after {closed:?}");
    heard.extend(scene.client.until(|frame| frame.str("text").starts_with("Stopped")).await);
    expect![[r#"
        - message_accepted t1 starts_turn=true
        2 turn_model_updated scripted/scripted
        3 goal_status t1 running
        4 delta t1 turn_seq=2 "Partial"
        - goal_status t1 running
        - message_accepted s1 starts_turn=false
        5 stream_end t1 turn_seq=3
        6 goal_status t1 idle
        7 message t1 turn_seq=4 "Stopped 1 task(s)." [stopped, retry=true]
    "#]]
    .assert_eq(&told(&heard));
    expect![[r#"
        u-0000000000000001 user "Talk."
        buf-0000000000000004 assistant "Partial"
        buf-0000000000000007 assistant "Stopped 1 task(s)." [stopped]
    "#]]
    .assert_eq(&shown(&thread(&scene.gateway, &scene.chat).await));

    // The chat goes on, and the model is told what it had said.
    scene.client.say(&scene.chat, "t2", "Again.").await;
    let call = scene.model.call().await;
    let partial = call.body["messages"].as_array().unwrap().iter().any(|message| message["content"].as_str() == Some("Partial"));
    assert!(partial, "{}", call.body);
}

#[tokio::test]
async fn a_turn_stopped_before_its_first_word() {
    let mut scene = Scene::open().await;
    scene.client.say(&scene.chat, "t1", "Hang.").await;
    let mut call = scene.model.call().await;
    scene.client.say(&scene.chat, "s1", "/stop").await;
    let began = Instant::now();
    call.closed().await;
    assert!(began.elapsed() <= STOP_LIMIT);
    let heard = scene.client.until(|frame| frame.str("text").starts_with("Stopped")).await;
    expect![[r#"
        - message_accepted t1 starts_turn=true
        2 turn_model_updated scripted/scripted
        3 goal_status t1 running
        - goal_status t1 running
        - message_accepted s1 starts_turn=false
        4 stream_end t1 turn_seq=2
        5 goal_status t1 idle
        6 message t1 turn_seq=3 "Stopped 1 task(s)." [stopped, retry=true]
    "#]]
    .assert_eq(&told(&heard));
}

#[tokio::test]
async fn a_plain_text_clients_turn_has_no_annotations() {
    let mut scene = Scene::open().await;
    let own = scene.client.own_chat.clone();
    scene.client.send_text("Hello from long ago").await;
    let mut call = scene.model.call().await;
    assert_eq!(call.prompt(), "Hello from long ago");
    call.say("Hello.").await;
    let mut heard = scene.client.until_event("delta").await;
    call.end().await;
    heard.extend(scene.client.until(Frame::is_idle).await);
    expect![[r#"
        2 turn_model_updated scripted/scripted
        3 goal_status running
        4 delta "Hello."
        5 stream_end
        6 turn_end
        - session_updated thread
        7 goal_status idle
    "#]]
    .assert_eq(&told(&heard));
    assert!(heard.iter().all(|frame| frame.str("chat_id") == own));
}

#[tokio::test]
async fn without_a_chosen_model_the_chat_says_what_to_do() {
    let home = alcove_tests::gateway::Home::default();
    let gateway = home.unix();
    let mut client = Client::connect(&gateway).await;
    let chat = client.new_chat().await;
    client.say(&chat, "t1", "Hello?").await;
    let heard = client.until(Frame::is_idle).await;
    expect![[r#"
        - message_accepted t1 starts_turn=true
        2 turn_model_updated none
        3 goal_status t1 running
        4 stream_end t1 turn_seq=2
        5 message t1 turn_seq=3 "Error: No model is chosen yet. Choose one in Settings › Models, or send /model demo to try the offline demo." [error, retry=true]
        6 turn_end t1 turn_seq=4
        - session_updated thread
        7 goal_status t1 idle
    "#]].assert_eq(&told(&heard));
}

#[tokio::test]
async fn the_demo_needs_nothing_and_says_what_it_is() {
    let home = alcove_tests::gateway::Home::default();
    let socket = home.socket();
    let gateway = home.start(&["--socket", socket.to_str().unwrap(), "--model", "demo"]);
    let mut client = Client::connect(&gateway).await;
    let chat = client.new_chat().await;
    client.say(&chat, "t1", "Hello?").await;
    let heard = client.until(Frame::is_idle).await;
    assert_gapless(&heard, 2);
    let deltas = heard.iter().filter(|frame| frame.event() == "delta").count();
    assert!(deltas > 5, "the answer streams: {deltas} pieces");
    assert!(heard.iter().any(|frame| frame.event() == "reasoning_delta"));
    assert!(alcove_tests::story::answer(&heard).contains("demo"));
}
