//! Commands: told while they run, ended whole, and bounded in every way.

use std::time::{Duration, Instant};

use alcove_tests::client::Frame;
use alcove_tests::http::thread;
use alcove_tests::{processes, within};
use serde_json::{Value, json};

use crate::streams::database;
use crate::{Scene, ends};

/// How soon a stopped turn has ended, and everything its command began, beside all that is tested at the same time; alone it takes less than
/// half a second.
const STOP_LIMIT: Duration = Duration::from_secs(5);
/// How much more memory the gateway may hold because of a command's output, in KiB.
const GROWTH_LIMIT: u64 = 30 << 10;

fn exec(command: &str) -> (&'static str, Value) {
    ("exec", json!({ "command": command }))
}

/// What was streamed of one channel.
fn streamed(frames: &[Frame], channel: u64) -> String {
    let chunks = frames.iter().filter(|frame| frame.event() == "stream_chunk" && frame.json["channel"] == channel);
    chunks.map(|frame| frame.str("text").to_owned()).collect()
}

#[tokio::test]
async fn output_is_told_while_it_comes_and_kept_in_channels() {
    let mut scene = Scene::freely("native").await;
    let ran = scene.calls(&[exec("echo one; echo wrong >&2; sleep 0.3; echo two; exit 3")]).await;
    assert_eq!((streamed(&ran.heard, 1).as_str(), streamed(&ran.heard, 2).as_str()), ("one\ntwo\n", "wrong\n"));
    let chunks: Vec<usize> = ran.heard.iter().enumerate().filter(|(_, frame)| frame.event() == "stream_chunk").map(|(at, _)| at).collect();
    let end = ran.heard.iter().position(|frame| !ends(std::slice::from_ref(frame)).is_empty()).unwrap();
    assert!(chunks.len() >= 3 && chunks.iter().all(|chunk| *chunk < end), "it comes in pieces, and before its end");
    let event = &ran.ends()[0];
    assert_eq!((&event["exit_code"], &event["phase"], &event["status"]), (&json!(3), &json!("end"), &json!(200)), "{event}");
    assert!(event["duration_ms"].as_u64().unwrap() >= 300, "{event}");
    let record = event["path"].as_str().unwrap().to_owned();
    assert!(ran.heard.iter().filter(|frame| frame.event() == "stream_chunk").all(|frame| frame.str("path") == record));
    assert!(ran.results[0].contains("one\ntwo\nstderr:\nwrong\n[exit code 3"), "{:?}", ran.results);
    for (channel, text) in [(1, "one\ntwo\n"), (2, "wrong\n")] {
        let payload = json!({ "chat_id": scene.chat, "path": record, "channel": channel });
        let output = scene.ask("command.output", payload).await;
        assert_eq!((output["text"].as_str(), &output["running"]), (Some(text), &json!(false)), "{output}");
    }
    let payload = json!({ "chat_id": scene.chat, "path": record, "channel": 3 });
    assert_eq!(scene.refused("command.output", payload).await.0, 404);
}

#[tokio::test]
async fn row17_long_commands_and_those_of_several_lines_run() {
    let script = "for n in 1 2 3; do\n  echo \"line $n\" >> lines.txt\ndone\n\nif grep -q 'line 2' lines.txt; then\n  echo found\nfi\n";
    let long = format!("# {}\necho 'the end' > long.txt\n", "x".repeat(100 * 1024));
    for dialect in ["native", "tags"] {
        let mut scene = Scene::freely(dialect).await;
        let ran = match dialect {
            "native" => scene.calls(&[exec(script), exec(&long)]).await,
            _ => scene.write(&format!("<sh>\n{script}</sh><sh>{long}</sh><update status=\"102\">On.</update>")).await,
        };
        assert_eq!(ran.statuses(), [200, 200], "{dialect}: {:?}", ran.results);
        assert!(ran.results[0].contains("found\n[exit code 0"), "{dialect}: {:?}", ran.results);
        assert_eq!(
            (scene.text("lines.txt").as_str(), scene.text("long.txt").as_str()),
            ("line 1\nline 2\nline 3\n", "the end\n"),
            "{dialect}"
        );
        let records: Vec<Value> = ran.ends().iter().map(|event| event["path"].clone()).collect();
        assert!(records.iter().all(|record| record.as_str().unwrap().len() < 2048), "records have names of bearable length");
    }
    // What no system takes is told.
    let mut scene = Scene::freely("native").await;
    let ran = scene.calls(&[exec(&format!("# {}", "x".repeat(200 * 1024)))]).await;
    assert_eq!(ran.statuses(), [413], "{:?}", ran.results);
}

#[tokio::test]
async fn stop_ends_a_command_with_everything_it_began() {
    let mut scene = Scene::freely("native").await;
    let mark = format!("86399.{}1", scene.gateway.id());
    let script = format!("echo begun; sleep {mark} & (setsid sleep {mark} &) ; trap '' TERM; sleep {mark}; sleep {mark}");
    scene.prompted("Go.").await.end_with_calls(&[exec(&script)]).await;
    scene.client.find("stream_chunk").await;
    assert!(processes::of(&mark).len() >= 3);
    let began = Instant::now();
    scene.say("/stop").await;
    let ran = scene.rest().await;
    let idle = began.elapsed();
    processes::gone(&mark).await;
    let all = began.elapsed();
    assert!(idle <= STOP_LIMIT && all <= STOP_LIMIT, "idle after {idle:?}, gone after {all:?}");
    assert_eq!((ran.statuses(), ran.count("turn_end")), (vec![499], 0));
    assert!(ran.ends()[0]["error"].as_str().unwrap().contains("begun"), "what it had said is kept: {:?}", ran.ends());
    let page = thread(&scene.gateway, &scene.chat).await;
    assert_eq!(page["has_pending_tool_calls"], false);
    let call = scene.prompted("And now?").await;
    assert!(call.body["messages"].to_string().contains("begun"), "the model is told how far it came");
    scene.done(call).await;
    scene.rest().await;
}

#[tokio::test]
async fn a_person_ends_a_command_and_the_turn_goes_on() {
    let mut scene = Scene::freely("native").await;
    let mark = format!("86399.{}2", scene.gateway.id());
    scene.prompted("Go.").await.end_with_calls(&[exec(&format!("echo begun; sleep {mark}")), exec("echo next")]).await;
    let record = scene.client.find("stream_chunk").await.str("path").to_owned();
    let payload = json!({ "chat_id": scene.chat, "path": record });
    assert_eq!(scene.ask("command.stop", payload.clone()).await["stopped"], true);
    let ran = scene.finish().await;
    assert_eq!(ran.statuses(), [499, 200], "{:?}", ran.results);
    assert!(ran.results[0].contains("begun") && ran.results[0].contains("stopped") && ran.results[1].contains("next"), "{:?}", ran.results);
    processes::gone(&mark).await;
    assert_eq!(scene.ask("command.stop", payload).await["stopped"], false);
}

#[tokio::test]
async fn a_command_has_its_time() {
    let mut scene = Scene::freely("native").await;
    let mark = format!("86399.{}3", scene.gateway.id());
    let ran = scene.calls(&[("exec", json!({ "command": format!("echo begun; sleep {mark}"), "timeout": 1 }))]).await;
    assert_eq!(ran.statuses(), [408]);
    assert!(ran.results[0].contains("begun") && ran.results[0].contains("its time was over"), "{:?}", ran.results);
    processes::gone(&mark).await;
}

#[tokio::test]
async fn a_command_in_the_background_lets_the_turn_go_on_and_is_read_by_its_tail() {
    let mut scene = Scene::freely("native").await;
    let mark = format!("86399.{}4", scene.gateway.id());
    let script = format!("seq 1 300; echo ready; echo wrong >&2; sleep {mark}");
    let ran = scene.calls(&[("exec", json!({ "command": script, "background": true }))]).await;
    let event = ran.ends()[0].clone();
    assert_eq!((&event["background"], &event["status"]), (&json!(true), &json!(200)), "{event}");
    let record = event["path"].as_str().unwrap().to_owned();
    let payload =
        |channel: u64, lines: u64| json!({ "chat_id": ran.heard[0].str("chat_id"), "path": record, "channel": channel, "lines": lines });
    let tail = until(&mut scene, payload(1, 3), |output| output["text"].as_str().unwrap().ends_with("ready\n")).await;
    assert!(tail["text"].as_str().unwrap().ends_with("299\n300\nready\n") && tail["running"] == true, "{tail}");
    until(&mut scene, payload(2, 3), |output| output["text"] == "wrong\n").await;
    // The model reads it by the channel's path, as it was told.
    let channel = ran.results[0].split_whitespace().find(|word| word.starts_with("sh://")).unwrap().to_owned();
    let read = scene.calls(&[("read_file", json!({ "path": channel, "line": -2 }))]).await;
    assert!(read.results[0].contains("300\nready\n") && !read.results[0].contains("\n297\n"), "{:?}", read.results);
    // The model ends it; the record and the channels are final.
    let ended = scene.calls(&[("exec", json!({ "stop": record }))]).await;
    assert_eq!(ended.statuses(), [200], "{:?}", ended.results);
    processes::gone(&mark).await;
    let last = until(&mut scene, payload(1, 3), |output| output["running"] == false).await;
    assert!(last["text"].as_str().unwrap().contains("ready"), "{last}");
    let read = scene.calls(&[("read_file", json!({ "path": channel })), ("read_file", json!({ "path": record }))]).await;
    assert!(read.results[0].contains("(status 499)") && read.results[0].contains("ready"), "{:?}", read.results[0]);
    assert!(!read.results[1].contains("(status 102)"), "{:?}", read.results[1]);
    let chat = scene.chat.clone();
    assert_eq!(scene.ask("chat.acting", json!({ "chat_id": chat })).await["commands"], json!([]));
}

#[tokio::test]
async fn a_person_lets_the_turn_go_on_while_a_command_runs() {
    let mut scene = Scene::freely("native").await;
    let mark = format!("86399.{}5", scene.gateway.id());
    scene.prompted("Go.").await.end_with_calls(&[exec(&format!("echo begun; sleep {mark}"))]).await;
    let record = scene.client.find("stream_chunk").await.str("path").to_owned();
    let payload = json!({ "chat_id": scene.chat, "path": record });
    assert_eq!(scene.ask("command.background", payload.clone()).await["background"], true);
    let ran = scene.finish().await;
    assert!(ran.ends()[0]["background"] == true && ran.results[0].contains("in the background, for at most 24 h."), "{:?}", ran.results);
    assert!(!processes::of(&mark).is_empty(), "it runs on");
    assert_eq!(scene.ask("command.stop", payload).await["stopped"], true);
    processes::gone(&mark).await;
}

/// Asks for a command's output until it is as wanted.
pub(super) async fn until(scene: &mut Scene, payload: Value, wanted: impl Fn(&Value) -> bool) -> Value {
    let asking = async {
        loop {
            let output = scene.ask("command.output", payload.clone()).await;
            if wanted(&output) {
                return output;
            }
        }
    };
    within("the output is as wanted", asking).await
}

#[tokio::test]
async fn a_flood_of_output_is_bounded_and_stopped_at_once() {
    let mut scene = Scene::freely("native").await;
    // What a first command makes the gateway hold is no part of the flood.
    scene.calls(&[exec("seq 1 100000")]).await;
    let before = scene.gateway.peak();
    let ran = scene.calls(&[exec("yes 0123456789012345678901234567890123456789012345678901234567890123456789 | head -c 200000000")]).await;
    let grown = scene.gateway.peak() - before;
    assert!(grown < GROWTH_LIMIT, "200 MB of output made the gateway hold {grown} KiB more");
    let event = &ran.ends()[0];
    assert_eq!(event["status"], 200, "{event}");
    let payload = json!({ "chat_id": scene.chat, "path": event["path"], "channel": 1, "lines": 2 });
    let output = scene.ask("command.output", payload).await;
    assert_eq!(output["bytes"], 200_000_000, "all of it was counted");
    assert!(ran.results[0].len() < 64 * 1024 && ran.results[0].contains("left out"), "{}", ran.results[0].len());
    let told: usize = ran.heard.iter().map(|frame| frame.text.len()).sum();
    assert!(told < 16 << 20, "clients are told the newest, not everything: {told} bytes");

    let mark = format!("flood {}", scene.gateway.id());
    scene.prompted("Go.").await.end_with_calls(&[exec(&format!("yes '{mark}'"))]).await;
    scene.client.until(|frame| frame.event() == "stream_chunk" && frame.json["skipped"].is_number()).await;
    let began = Instant::now();
    scene.say("/stop").await;
    scene.rest().await;
    let idle = began.elapsed();
    processes::gone(&mark).await;
    assert!(idle <= STOP_LIMIT && began.elapsed() <= STOP_LIMIT, "idle after {idle:?}, gone after {:?}", began.elapsed());
    let grown = scene.gateway.peak() - before;
    assert!(grown < GROWTH_LIMIT, "{grown} KiB more");
}

#[tokio::test]
async fn a_chat_that_can_keep_nothing_any_more_leaves_no_command_running() {
    let mut scene = Scene::freely("native").await;
    let mark = format!("86391.{}", scene.gateway.id());
    scene.prompted("Go.").await.end_with_calls(&[exec(&format!("echo begun; sleep {mark}"))]).await;
    scene.client.find("stream_chunk").await;
    assert!(!processes::of(&mark).is_empty());
    let full = "CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'full'); END";
    database(&scene).execute_batch(full).unwrap();
    scene.say("And this.").await;
    processes::gone(&mark).await;
}
