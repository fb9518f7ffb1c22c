//! Prompts that come while a turn runs: they wait, in order, as turns of their own; and the same turn id is one prompt, however often
//! it is sent.

use alcove_tests::client::{Client, Frame};
use alcove_tests::http::thread;
use alcove_tests::scene::Scene;
use alcove_tests::story::{shown, told};
use expect_test::expect;

/// Prompts that may wait.
const SLOTS: usize = 20;

#[tokio::test]
async fn prompts_wait_and_run_in_order() {
    let mut scene = Scene::open().await;
    scene.client.say(&scene.chat, "t1", "First.").await;
    let mut call = scene.model.call().await;
    call.say("One ").await;
    let mut heard = scene.client.until_event("delta").await;
    scene.client.say(&scene.chat, "t2", "Second.").await;
    heard.extend(scene.client.until_event("message_accepted").await);
    call.say("more.").await;
    heard.extend(scene.client.until_event("delta").await);
    let waiting = shown(&thread(&scene.gateway, &scene.chat).await);
    call.end().await;
    let mut call = scene.model.call().await;
    assert_eq!(call.prompt(), "Second.");
    call.say("Two.").await;
    heard.extend(scene.client.until(|frame| frame.is_idle() && frame.str("turn_id") == "t1").await);
    heard.extend(scene.client.until_event("delta").await);
    call.end().await;
    heard.extend(scene.client.until(Frame::is_idle).await);
    expect![[r#"
        - message_accepted t1 starts_turn=true
        2 turn_model_updated scripted/scripted
        3 goal_status t1 running
        4 delta t1 turn_seq=2 "One "
        - goal_status t1 running
        - message_accepted t2 starts_turn=false
        6 delta t1 turn_seq=3 "more."
        7 stream_end t1 turn_seq=4
        8 turn_end t1 turn_seq=5
        - session_updated thread
        9 goal_status t1 idle
        10 turn_model_updated scripted/scripted
        11 goal_status t2 running
        12 delta t2 turn_seq=2 "Two."
        13 stream_end t2 turn_seq=3
        14 turn_end t2 turn_seq=4
        - session_updated thread
        15 goal_status t2 idle
    "#]]
    .assert_eq(&told(&heard));
    expect![[r#"
        u-0000000000000001 user "First."
        buf-0000000000000004 assistant "One " streaming
        u-0000000000000005 user "Second." queued
    "#]]
    .assert_eq(&waiting);
    expect![[r#"
        u-0000000000000001 user "First."
        buf-0000000000000004 assistant "One more."
        u-0000000000000005 user "Second."
        buf-000000000000000c assistant "Two."
    "#]]
    .assert_eq(&shown(&thread(&scene.gateway, &scene.chat).await));
}

#[tokio::test]
async fn twenty_prompts_wait_and_one_more_is_refused() {
    let mut scene = Scene::open().await;
    scene.client.say(&scene.chat, "running", "Run.").await;
    let call = scene.model.call().await;
    for number in 0..SLOTS {
        scene.client.say(&scene.chat, &format!("q{number}"), &format!("Prompt {number}")).await;
        let accepted = scene.client.until(|frame| frame.event() == "message_accepted" && frame.str("turn_id") != "running").await;
        let accepted = accepted.last().unwrap();
        assert_eq!((accepted.str("turn_id"), &accepted.json["starts_turn"]), (format!("q{number}").as_str(), &false.into()));
        assert_eq!(accepted.str("active_turn_id"), "running");
    }
    scene.client.say(&scene.chat, "one-more", "Too much").await;
    let refused = scene.client.find("error").await;
    let expected =
        format!(r#"{{"event":"error","detail":"message_rejected","reason":"queue_full","chat_id":"{}","turn_id":"one-more"}}"#, scene.chat);
    assert_eq!(refused.text, expected);
    // One that waits already is no new one.
    scene.client.say(&scene.chat, "q3", "Prompt 3").await;
    assert_eq!(scene.client.find("message_accepted").await.str("turn_id"), "q3");

    call.end_with("Ran.").await;
    for number in 0..SLOTS {
        let call = scene.model.call().await;
        assert_eq!(call.prompt(), format!("Prompt {number}"));
        call.end_with("Done.").await;
        scene.client.until(|frame| frame.is_idle() && frame.str("turn_id") == format!("q{number}")).await;
    }
    // There is room again.
    scene.client.say(&scene.chat, "one-more", "Not too much").await;
    assert_eq!(scene.client.find("message_accepted").await.json["starts_turn"], true);
    scene.model.call().await.end_with("Done.").await;
    scene.client.until(Frame::is_idle).await;
}

#[tokio::test]
async fn stop_ends_the_running_turn_and_the_next_prompt_runs() {
    let mut scene = Scene::open().await;
    scene.client.say(&scene.chat, "t1", "First.").await;
    let mut call = scene.model.call().await;
    call.say("Half").await;
    let mut heard = scene.client.until_event("delta").await;
    scene.client.say(&scene.chat, "t2", "Second.").await;
    heard.extend(scene.client.until_event("message_accepted").await);
    scene.client.say(&scene.chat, "s1", "/stop").await;
    call.closed().await;
    let call = scene.model.call().await;
    assert_eq!(call.prompt(), "Second.");
    call.end_with("Two.").await;
    heard.extend(scene.client.until(|frame| frame.is_idle() && frame.str("turn_id") == "t2").await);
    expect![[r#"
        - message_accepted t1 starts_turn=true
        2 turn_model_updated scripted/scripted
        3 goal_status t1 running
        4 delta t1 turn_seq=2 "Half"
        - goal_status t1 running
        - message_accepted t2 starts_turn=false
        - goal_status t1 running
        - message_accepted s1 starts_turn=false
        6 stream_end t1 turn_seq=3
        7 goal_status t1 idle
        8 message t1 turn_seq=4 "Stopped 1 task(s)." [stopped, retry=true]
        9 turn_model_updated scripted/scripted
        10 goal_status t2 running
        11 delta t2 turn_seq=2 "Two."
        12 stream_end t2 turn_seq=3
        13 turn_end t2 turn_seq=4
        - session_updated thread
        14 goal_status t2 idle
    "#]]
    .assert_eq(&told(&heard));
    expect![[r#"
        u-0000000000000001 user "First."
        buf-0000000000000004 assistant "Half"
        buf-0000000000000008 assistant "Stopped 1 task(s)." [stopped]
        u-0000000000000005 user "Second."
        buf-000000000000000b assistant "Two."
    "#]]
    .assert_eq(&shown(&thread(&scene.gateway, &scene.chat).await));
}

#[tokio::test]
async fn the_same_turn_id_is_the_same_prompt() {
    let mut scene = Scene::open().await;
    let mut other = Client::connect(&scene.gateway).await;
    other.attach(&scene.chat).await;
    scene.client.say(&scene.chat, "t1", "Once.").await;
    scene.client.say(&scene.chat, "t1", "Once.").await;
    other.say(&scene.chat, "t1", "Once.").await;
    let mut call = scene.model.call().await;
    let first = scene.client.find("message_accepted").await;
    let again = scene.client.find("message_accepted").await;
    let elsewhere = other.find("message_accepted").await;
    for accepted in [&first, &again, &elsewhere] {
        assert_eq!((accepted.str("turn_id"), &accepted.json["seq"]), ("t1", &1.into()));
        assert_eq!(accepted.json["starts_turn"], true, "{}", accepted.text);
    }
    call.say("Answered once.").await;
    call.end().await;
    scene.client.until(Frame::is_idle).await;
    scene.client.say(&scene.chat, "t1", "Once.").await;
    assert_eq!(scene.client.find("message_accepted").await.json["seq"], 1);
    let before = shown(&thread(&scene.gateway, &scene.chat).await);

    let (gateway, _home, mut model, chat) = scene.killed_and_restarted();
    let mut client = Client::connect(&gateway).await;
    client.attach(&chat).await;
    client.say(&chat, "t1", "Once.").await;
    assert_eq!(client.find("message_accepted").await.json["seq"], 1);
    assert_eq!(shown(&thread(&gateway, &chat).await), before);
    assert!(!model.has_call());
}

#[tokio::test]
async fn a_stop_sent_twice_stops_once() {
    let mut scene = Scene::open().await;
    scene.client.say(&scene.chat, "t1", "First.").await;
    let mut first = scene.model.call().await;
    scene.client.say(&scene.chat, "t2", "Second.").await;
    scene.client.say(&scene.chat, "s1", "/stop").await;
    first.closed().await;
    let second = scene.model.call().await;
    // A client that lost its connection sends again what was not acknowledged.
    scene.client.say(&scene.chat, "s1", "/stop").await;
    scene.client.until(|frame| frame.event() == "message_accepted" && frame.str("turn_id") == "s1").await;
    scene.client.until(|frame| frame.event() == "message_accepted" && frame.str("turn_id") == "s1").await;
    second.end_with("Two.").await;
    let heard = scene.client.until(|frame| frame.is_idle() && frame.str("turn_id") == "t2").await;
    assert!(heard.iter().any(|frame| frame.event() == "turn_end"), "the second turn was not meant: {}", told(&heard));
}

#[tokio::test]
async fn what_waits_is_closed_after_a_kill_and_says_so() {
    let mut scene = Scene::open().await;
    scene.client.say(&scene.chat, "t1", "First.").await;
    let mut call = scene.model.call().await;
    call.say("Half an answer").await;
    scene.client.find("delta").await;
    scene.client.say(&scene.chat, "t2", "Second.").await;
    scene.client.find("message_accepted").await;
    // The next final event is behind the piece on its way to the disk.
    scene.client.say(&scene.chat, "c1", "/status").await;
    scene.client.until(|frame| frame.str("turn_id") == "c1" && frame.event() == "message").await;

    let (gateway, _home, _model, chat) = scene.killed_and_restarted();
    let page = thread(&gateway, &chat).await;
    let shown: String = shown(&page).lines().filter(|line| !line.contains("Alcove 0")).map(|line| format!("{line}\n")).collect();
    expect![[r#"
        u-0000000000000001 user "First."
        buf-0000000000000004 assistant "Half an answer"
        buf-0000000000000009 assistant "Alcove ended before this answer was finished. What had arrived is kept." [interrupted]
        u-0000000000000005 user "Second."
        buf-000000000000000b assistant "Alcove ended before the turn of this prompt came. It was not answered." [interrupted]
        u-0000000000000006 user "/status"
    "#]]
    .assert_eq(&shown);
    assert_eq!(page["active_turn_id"], serde_json::Value::Null);
    let mut client = Client::connect(&gateway).await;
    client.attach_after(&chat, 0).await;
    let last = page["last_seq"].as_u64().unwrap();
    let heard = client.until(|frame| frame.seq() == Some(last)).await;
    let closing: Vec<Frame> = heard.into_iter().filter(|frame| frame.seq() > Some(7)).collect();
    expect![[r#"
        8 stream_end t1 turn_seq=3
        9 message t1 turn_seq=4 "Alcove ended before this answer was finished. What had arrived is kept." [interrupted, retry=true]
        10 goal_status t1 idle
        11 message t2 turn_seq=2 "Alcove ended before the turn of this prompt came. It was not answered." [interrupted, retry=true]
    "#]]
    .assert_eq(&told(&closing));
}

#[tokio::test]
async fn plain_text_prompts_that_wait_keep_their_answers_apart_after_a_kill() {
    let mut scene = Scene::open().await;
    let own = scene.client.own_chat.clone();
    scene.client.send_text("First.").await;
    let mut call = scene.model.call().await;
    scene.client.send_text("Second.").await;
    scene.client.send_text("/status").await;
    scene.client.until(|frame| frame.event() == "message").await;
    call.say("The first's answer.").await;
    scene.client.find("delta").await;
    scene.client.send_text("/status").await;
    scene.client.until(|frame| frame.event() == "message").await;

    let (gateway, _home, mut model, _) = scene.killed_and_restarted();
    let page = thread(&gateway, &own).await;
    let shown: String = shown(&page).lines().filter(|line| !line.contains("Alcove 0")).map(|line| format!("{line}\n")).collect();
    expect![[r#"
        u-0000000000000001 user "First."
        u-0000000000000004 user "Second."
        buf-0000000000000006 assistant "The first's answer."
        buf-0000000000000009 assistant "Alcove ended before this answer was finished. What had arrived is kept." [interrupted]
        buf-000000000000000b assistant "Alcove ended before the turn of this prompt came. It was not answered." [interrupted]
    "#]]
    .assert_eq(&shown);
    let mut client = Client::connect(&gateway).await;
    client.attach_after(&own, 0).await;
    let last = page["last_seq"].as_u64().unwrap();
    let heard = client.until(|frame| frame.seq() == Some(last)).await;
    assert_eq!(heard.iter().filter(|frame| frame.event() == "stream_end").count(), 1, "{}", told(&heard));
    // What the model is told next holds the answer once, after its own prompt.
    client.say(&own, "t3", "Third.").await;
    let call = model.call().await;
    let messages = call.body["messages"].as_array().unwrap().iter().skip(1);
    let said: Vec<String> = messages.map(|message| message["content"].as_str().unwrap_or_default().to_owned()).collect();
    assert_eq!(said, ["First.", "The first's answer.", "Second.\n\nThird."]);
}
