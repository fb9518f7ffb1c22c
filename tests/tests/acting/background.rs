//! Commands in the background: their end is told, kept and shown, however it came, and begins nothing.

use alcove_tests::client::{Client, Frame};
use alcove_tests::http::{get, thread};
use alcove_tests::processes;
use serde_json::{Value, json};

use crate::commands::until;
use crate::{DONE, Scene, page_events};

/// Goes on until the file is there, and then ends by itself.
const WAITS: &str = "echo begun; until [ -e go ]; do sleep 0.02; done; echo over; exit 3";

fn background(command: &str) -> (&'static str, Value) {
    ("exec", json!({ "command": command, "background": true }))
}

/// A turn that leaves a command behind; gives its record.
async fn left(scene: &mut Scene, dialect: &str, command: &str) -> String {
    let ran = match dialect {
        "native" => scene.calls(&[background(command)]).await,
        _ => scene.write(&format!("<sh background>{command}</sh><update status=\"102\">On.</update>")).await,
    };
    assert_eq!((&ran.ends()[0]["background"], ran.count("command_ended")), (&json!(true), 0), "{:?}", ran.ends());
    ran.ends()[0]["path"].as_str().unwrap().to_owned()
}

/// How a call of the chat is shown, and how its entry reads.
async fn shown(scene: &Scene, call: usize) -> Value {
    let page = thread(&scene.gateway, &scene.chat).await;
    let (run, tail) = (&page["active_turn_id"], &page["has_pending_tool_calls"]);
    assert_eq!((run, tail), (&Value::Null, &json!(false)), "no turn is opened by it");
    page_events(&page)[call].clone()
}

async fn commands(scene: &mut Scene) -> Value {
    let chat = scene.chat.clone();
    scene.ask("chat.acting", json!({ "chat_id": chat })).await["commands"].clone()
}

async fn stop(scene: &mut Scene, record: &str) -> Value {
    let payload = json!({ "chat_id": scene.chat, "path": record });
    scene.ask("command.stop", payload).await["stopped"].clone()
}

#[tokio::test]
async fn an_end_is_told_with_its_exit_code_and_the_model_hears_of_it() {
    for dialect in ["native", "tags"] {
        let mut scene = Scene::freely(dialect).await;
        let record = left(&mut scene, dialect, WAITS).await;
        assert_eq!(commands(&mut scene).await[0]["path"], record.as_str());
        scene.put("go", "");
        let ended = scene.client.find("command_ended").await;
        assert_eq!((ended.str("path"), ended.str("turn_id"), ended.str("how")), (record.as_str(), "t1", "exit code 3"), "{}", ended.text);
        assert_eq!((&ended.json["status"], &ended.json["exit_code"]), (&json!(200), &json!(3)), "{}", ended.text);
        assert!(ended.seq().is_some() && ended.json["duration_ms"].is_u64() && ended.json["call_id"].is_string(), "{}", ended.text);
        assert_eq!(commands(&mut scene).await, json!([]));
        let call = shown(&scene, 0).await;
        assert_eq!((&call["background"], &call["exit_code"], &call["phase"]), (&json!(false), &json!(3), &json!("end")), "{call}");
        assert_eq!(call["duration_ms"], ended.json["duration_ms"]);
        let output = scene.ask("command.output", json!({ "chat_id": scene.chat.clone(), "path": record, "channel": 1 })).await;
        assert_eq!((&output["text"], &output["running"]), (&json!("begun\nover\n"), &json!(false)), "{output}");
        // Somebody who was away hears the same.
        let mut late = Client::connect(&scene.gateway).await;
        late.attach_after(&scene.chat, ended.seq().unwrap() - 1).await;
        assert_eq!(late.find("command_ended").await.text, ended.text);
        let next = scene.prompted("And now?").await;
        let told = next.body["messages"].to_string();
        assert!(told.contains(&format!("[Alcove] The command in the background {record} has ended: exit code 3.")), "{dialect}: {told}");
        scene.done(next).await;
        scene.rest().await;
    }
}

#[tokio::test]
async fn an_end_while_the_turn_runs_is_told_with_its_next_step() {
    let mut scene = Scene::freely("native").await;
    // One that ends at once is told to go on first.
    scene.prompted("Go.").await.end_with_calls(&[background("exit 3")]).await;
    let heard = scene.client.until_event("command_ended").await;
    let goes_on =
        |frame: &Frame| frame.json["tool_events"].as_array().is_some_and(|events| events.iter().any(|event| event["background"] == true));
    assert!(heard.iter().any(goes_on), "{heard:?}");
    scene.model.call().await.end_with_calls(&[("exec", json!({ "command": "echo next" }))]).await;
    let step = scene.model.call().await;
    assert!(step.body["messages"].to_string().contains("has ended: exit code 3."), "{}", step.body);
    scene.done(step).await;
    let ran = scene.rest().await;
    assert_eq!((ran.count("turn_end"), shown(&scene, 0).await["exit_code"].clone()), (1, json!(3)));
}

#[tokio::test]
async fn stop_is_answered_when_the_command_has_ended() {
    let mut scene = Scene::freely("native").await;
    let mark = format!("86395.{}", scene.gateway.id());
    let record = left(&mut scene, "native", &format!("echo begun; sleep {mark}")).await;
    assert_eq!(stop(&mut scene, &record).await, true);
    assert!(processes::of(&mark).is_empty(), "it has ended by then");
    assert_eq!((commands(&mut scene).await, stop(&mut scene, &record).await), (json!([]), json!(false)));
    let call = shown(&scene, 0).await;
    assert_eq!((&call["background"], &call["status"], &call["error"]), (&json!(false), &json!(499), &json!("stopped")), "{call}");
    let ended = scene.client.find("command_ended").await;
    assert_eq!((&ended.json["status"], &ended.json["exit_code"]), (&json!(499), &Value::Null), "{}", ended.text);
    // The record is final.
    let read = scene.calls(&[("read_file", json!({ "path": record }))]).await;
    assert!(read.results[0].contains("(status 499)") && read.results[0].contains("[stopped, "), "{:?}", read.results);
}

#[tokio::test]
async fn an_end_by_its_limit_is_told() {
    let mut scene = Scene::freely("native").await;
    let command = json!({ "command": "echo begun; sleep 600", "timeout": 3 });
    scene.prompted("Go.").await.end_with_calls(&[("exec", command)]).await;
    let payload = json!({ "chat_id": scene.chat, "path": scene.client.find("stream_chunk").await.str("path") });
    scene.ask("command.background", payload).await;
    let ran = scene.finish().await;
    assert!(ran.results[0].contains("for at most 3 s."), "{:?}", ran.results);
    let ended = scene.client.find("command_ended").await;
    assert_eq!((&ended.json["status"], ended.str("how")), (&json!(408), "ended: its time was over"), "{}", ended.text);
    assert_eq!(shown(&scene, 0).await["phase"], "error");
}

#[tokio::test]
async fn a_command_of_an_older_page_is_shown_as_it_ended() {
    let mut scene = Scene::freely("native").await;
    left(&mut scene, "native", WAITS).await;
    scene.write("Here.").await;
    scene.put("go", "");
    scene.client.find("command_ended").await;
    let chat = scene.chat.clone();
    let page = async |query: &str| get(&scene.gateway, &format!("/api/sessions/websocket%3A{chat}/webui-thread?{query}")).await.json();
    let newest = page("limit=2").await;
    assert_eq!(page_events(&newest), Vec::<Value>::new(), "{newest}");
    let older = page(&format!("limit=2&before={}", newest["page"]["before_cursor"].as_str().unwrap())).await;
    let events = page_events(&older);
    assert_eq!((&events[0]["background"], &events[0]["exit_code"]), (&json!(false), &json!(3)), "{older}");
}

#[tokio::test]
async fn in_a_copy_of_the_chat_it_does_not_go_on() {
    let mut scene = Scene::freely("native").await;
    let record = left(&mut scene, "native", WAITS).await;
    scene.hand.send(json!({ "type": "fork_chat", "source_chat_id": scene.chat, "before_user_index": 1 })).await;
    let copy = scene.hand.find("attached").await.str("chat_id").to_owned();
    let page = thread(&scene.gateway, &copy).await;
    assert_eq!(page_events(&page)[0]["status"], 499, "{page}");
    assert_eq!(commands(&mut scene).await[0]["path"], record.as_str(), "where it runs, it goes on");
    scene.put("go", "");
    assert_eq!(scene.client.find("command_ended").await.json["exit_code"], 3);
}

#[tokio::test]
async fn a_temporary_chat_is_told() {
    let mut scene = Scene::freely("native").await;
    scene.ask("approvals.update", json!({ "preset": "full" })).await;
    scene.client.send(json!({ "type": "new_temporary_chat" })).await;
    scene.chat = scene.client.find("attached").await.str("chat_id").to_owned();
    let record = left(&mut scene, "native", "exit 3").await;
    let ended = scene.client.find("command_ended").await;
    assert_eq!((ended.str("path"), &ended.json["exit_code"]), (record.as_str(), &json!(3)), "{}", ended.text);
    let next = scene.prompted("And now?").await;
    assert!(next.body["messages"].to_string().contains("has ended: exit code 3."), "{}", next.body);
    scene.done(next).await;
    scene.rest().await;
}

#[tokio::test]
async fn in_a_temporary_chat_it_is_read_while_it_runs() {
    let mut scene = Scene::freely("native").await;
    scene.ask("approvals.update", json!({ "preset": "full" })).await;
    scene.client.send(json!({ "type": "new_temporary_chat" })).await;
    scene.chat = scene.client.find("attached").await.str("chat_id").to_owned();
    let ran = scene.calls(&[background("echo one; echo begun; sleep 600")]).await;
    let record = ran.ends()[0]["path"].as_str().unwrap().to_owned();
    let channel = ran.results[0].split_whitespace().find(|word| word.starts_with("sh://")).unwrap().to_owned();
    let payload = json!({ "chat_id": scene.chat, "path": record, "channel": 1 });
    until(&mut scene, payload, |output| output["text"] == "one\nbegun\n").await;
    let read = ("read_file", json!({ "path": channel, "line": -1 }));
    let told = scene.calls(std::slice::from_ref(&read)).await;
    assert!(told.results[0].contains("(status 102)\nbegun\n") && !told.results[0].contains("\none\n"), "{:?}", told.results);
    assert_eq!(stop(&mut scene, &record).await, true);
    assert_eq!(scene.calls(&[read]).await.statuses(), [501]);
}

#[tokio::test]
async fn at_the_next_start_it_has_ended() {
    // Killed, and ended in order.
    for killed in [true, false] {
        let mut scene = Scene::freely("tags").await;
        let record = left(&mut scene, "tags", WAITS).await;
        let mut scene = if killed { scene.killed_and_restarted().await } else { scene.ended_and_restarted().await };
        let call = shown(&scene, 0).await;
        let why = if killed { "Alcove ended while it ran" } else { "stopped" };
        assert_eq!((&call["background"], &call["status"], &call["error"]), (&json!(false), &json!(499), &json!(why)), "{call}");
        assert_eq!(commands(&mut scene).await, json!([]));
        let output = scene.ask("command.output", json!({ "chat_id": scene.chat.clone(), "path": record, "channel": 1 })).await;
        assert_eq!((&output["text"] == "begun\n", &output["running"]), (!killed, &json!(false)), "{output}");
        let call = scene.prompted("And now?").await;
        assert!(call.body["messages"].to_string().contains(&format!("{record} has ended: {why}.")), "the model is told: {}", call.body);
        call.end_with(DONE).await;
        scene.rest().await;
    }
}
