//! Slash commands: answered at once, beside the turns.

use alcove_tests::client::{Client, Frame};
use alcove_tests::http::get;
use alcove_tests::scene::Scene;

/// Sends a command; gives what it said.
async fn reply(scene: &mut Scene, turn: &str, command: &str) -> Frame {
    scene.client.say(&scene.chat, turn, command).await;
    let (mut said, mut accepted) = (None, None);
    while said.is_none() || accepted.is_none() {
        let frame = scene.client.until(|frame| frame.str("turn_id") == turn).await.into_iter().next_back().unwrap();
        match frame.event() {
            "message" => said = Some(frame),
            "message_accepted" => accepted = Some(frame),
            "turn_end" | "goal_status" => {}
            other => panic!("{command} was answered with {other}"),
        }
    }
    let accepted = accepted.unwrap();
    // What asked stands in the thread, but for a stop.
    assert_eq!(accepted.json["seq"].is_null(), command == "/stop", "{}", accepted.text);
    said.unwrap()
}

#[tokio::test]
async fn commands_are_answered_at_once() {
    let mut scene = Scene::open().await;
    let rows = [
        ("/stop", "No active task to stop."),
        ("/status", "- Alcove "),
        ("/status please", "- Alcove "),
        ("/help", "Commands:"),
        ("/model", "Model presets:"),
        ("/model nothing", "There is no model preset named `nothing`."),
        ("/model demo", "This chat now uses the model preset `demo`."),
        ("/model default", "This chat now follows the active model preset."),
        ("/dance", "Unknown command `/dance`."),
        ("/dream-log", "`/dream-log` is not there yet"),
        ("/history", "Nothing was said yet."),
        ("  /help  ", "Commands:"),
    ];
    for (number, (command, expected)) in rows.into_iter().enumerate() {
        let said = reply(&mut scene, &format!("c{number}"), command).await;
        assert!(said.str("text").starts_with(expected), "{command}: {}", said.text);
        assert_eq!(said.json["notice"]["kind"], "command", "{}", said.text);
    }
    assert!(!scene.model.has_call(), "no command reached the model");
}

#[tokio::test]
async fn what_only_looks_like_a_command_is_a_prompt() {
    let mut scene = Scene::open().await;
    for (number, prompt) in ["/usr/bin is a folder", "/ stop", "stop /stop", "/Stop", "\\/stop"].into_iter().enumerate() {
        let turn = format!("t{number}");
        scene.client.say(&scene.chat, &turn, prompt).await;
        let call = scene.model.call().await;
        assert_eq!(call.prompt(), prompt);
        call.end_with("Fine.").await;
        scene.client.until(Frame::is_idle).await;
    }
}

#[tokio::test]
async fn a_command_while_a_turn_runs_does_not_disturb_it() {
    let mut scene = Scene::open().await;
    scene.client.say(&scene.chat, "t1", "Talk.").await;
    let mut call = scene.model.call().await;
    call.say("Before, ").await;
    scene.client.find("delta").await;
    let said = reply(&mut scene, "c1", "/status").await;
    assert!(said.str("text").contains("- Turn: running, 0 waiting"), "{}", said.text);
    call.say("after.").await;
    call.end().await;
    scene.client.until(Frame::is_idle).await;
    let page = alcove_tests::http::thread(&scene.gateway, &scene.chat).await;
    let answer = page["messages"].as_array().unwrap().iter().find(|message| message["turnId"] == "t1" && message["role"] == "assistant");
    assert_eq!(answer.unwrap()["content"], "Before, after.");
}

#[tokio::test]
async fn a_chats_own_model_is_kept_and_told() {
    let mut scene = Scene::open().await;
    reply(&mut scene, "c1", "/model demo").await;
    scene.client.say(&scene.chat, "t1", "Hello?").await;
    let heard = scene.client.until(|frame| frame.is_idle() && frame.str("turn_id") == "t1").await;
    let model = heard.iter().find(|frame| frame.event() == "turn_model_updated").unwrap();
    assert_eq!((model.str("model_preset"), model.str("model_name")), ("demo", "demo/offline-demo"));
    let row = |sessions: &serde_json::Value, chat: &str| {
        let rows = sessions["sessions"].as_array().unwrap().iter();
        rows.clone().find(|row| row["key"] == format!("websocket:{chat}")).unwrap()["model_preset"].clone()
    };
    assert_eq!(row(&get(&scene.gateway, "/api/sessions").await.json(), &scene.chat), "demo");

    let (gateway, _home, _model, chat) = scene.killed_and_restarted();
    assert_eq!(row(&get(&gateway, "/api/sessions").await.json(), &chat), "demo");
    let mut client = Client::connect(&gateway).await;
    client.send(serde_json::json!({ "type": "attach", "chat_id": chat })).await;
    assert_eq!(client.find("attached").await.str("model_preset"), "demo");
}

#[tokio::test]
async fn a_command_in_a_turns_place_ends_like_one_and_the_others_do_not() {
    let mut scene = Scene::open().await;
    for (command, starts, ends) in [("/help", false, true), ("/status", false, false), ("/dance", true, true), ("/new", true, true)] {
        let turn = format!("c{}", &command[1..]);
        scene.client.say(&scene.chat, &turn, command).await;
        let last = if ends { "goal_status" } else { "message" };
        let heard = scene.client.until(|frame| frame.event() == last && frame.str("turn_id") == turn).await;
        let told: Vec<&str> =
            heard.iter().map(Frame::event).filter(|event| !["message_accepted", "session_updated", "chat_state"].contains(event)).collect();
        assert_eq!(told, if ends { vec!["message", "turn_end", "goal_status"] } else { vec!["message"] }, "{command}");
        if let Some(accepted) = heard.iter().find(|frame| frame.event() == "message_accepted") {
            assert_eq!(accepted.json["starts_turn"], starts, "{command}");
        }
    }
}

#[tokio::test]
async fn a_new_session_forgets_what_was_said_and_the_thread_keeps_it() {
    let mut scene = Scene::open().await;
    scene.answered("t1", "My name is Ada.", &["Hello Ada."]).await;
    let history = reply(&mut scene, "c1", "/history").await;
    assert!(history.str("text").contains("- **You:** My name is Ada.\n- **Assistant:** Hello Ada."), "{}", history.text);
    reply(&mut scene, "c2", "/new").await;
    scene.client.say(&scene.chat, "t2", "Who am I?").await;
    let call = scene.model.call().await;
    assert!(!call.body.to_string().contains("Ada"), "the model is shown what was forgotten");
    call.end_with("I do not know.").await;
    scene.client.until(|frame| frame.is_idle() && frame.str("turn_id") == "t2").await;
    let page = alcove_tests::http::thread(&scene.gateway, &scene.chat).await;
    assert!(page["messages"].to_string().contains("Hello Ada."));
}
