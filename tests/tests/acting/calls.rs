//! Calls: how they are told, in which order they run, and what is wrong with some.

use alcove_tests::client::Frame;
use alcove_tests::http::thread;
use serde_json::{Value, json};

use crate::{Scene, ends, page_events};

/// A frame in a few words: what it is, and what it says of calls and files.
fn short(frame: &Frame) -> String {
    let events = frame.json["tool_events"].as_array().cloned().unwrap_or_default();
    let told: Vec<String> =
        events.iter().map(|event| format!("{} {}", event["name"].as_str().unwrap(), event["phase"].as_str().unwrap())).collect();
    match (frame.event(), frame.str("kind")) {
        ("message", "") => format!("message {:?}", frame.str("text")),
        ("message", kind) => format!("{kind} {:?} [{}]", frame.str("text"), told.join(", ")),
        ("file_edit", _) => {
            let phases: Vec<&str> = frame.json["edits"].as_array().unwrap().iter().map(|edit| edit["phase"].as_str().unwrap()).collect();
            format!("file_edit {}", phases.join(" "))
        }
        ("stream_end", _) => format!("stream_end resuming={}", frame.json["resuming"] == true),
        (event, _) => event.to_owned(),
    }
}

#[tokio::test]
async fn a_step_is_told_in_the_order_of_the_protocol() {
    let mut scene = Scene::freely("native").await;
    let mut call = scene.prompted("Go.").await;
    call.say("I write.").await;
    call.call("write_file", &json!({ "path": "notes/a.txt", "content": "one\n" })).await;
    call.end_as("tool_calls").await;
    let ran = scene.finish().await;
    let told: Vec<String> = ran.heard.iter().filter(|frame| frame.seq().is_some()).map(short).collect();
    let expected = [
        "turn_model_updated",
        "goal_status",
        "delta",
        "stream_end resuming=true",
        "tool_hint \"write notes/a.txt\" [write_file start]",
        "file_edit start end",
        "progress \"\" [write_file end]",
        "delta",
        "stream_end resuming=false",
        "turn_end",
        "changes",
        "goal_status",
    ];
    assert_eq!(told, expected);
    let edits = ran.heard.iter().find(|frame| frame.event() == "file_edit").unwrap().json["edits"].clone();
    let (start, end) = (&edits[0], &edits[1]);
    assert_eq!((&start["status"], &start["approximate"], &start["diff"]), (&json!("editing"), &json!(true), &Value::Null));
    let absolute = scene.folder().canonicalize().unwrap().join("notes/a.txt");
    let expected = json!({
        "version": 1, "call_id": "scripted_1", "tool": "write_file", "path": "notes/a.txt", "absolute_path": absolute, "phase": "end",
        "added": 1, "deleted": 0, "approximate": false, "status": "done",
        "diff": { "format": "unified", "context": 3, "truncated": false, "text": "--- notes/a.txt\n+++ notes/a.txt\n@@ -0,0 +1 @@\n+one" },
    });
    assert_eq!(*end, expected);
    let event = &ran.ends()[0];
    assert_eq!(
        (&event["version"], &event["call_id"], &event["name"], &event["error"]),
        (&json!(1), &json!("scripted_1"), &json!("write_file"), &Value::Null)
    );
    assert_eq!(event["arguments"], json!({ "path": "notes/a.txt", "content": "one\n" }));
    assert!(event["result"].is_string() && event["files"] == json!([]) && event["embeds"] == json!([]), "{event}");
    // The page shows the same when it is read again.
    let page = thread(&scene.gateway, &scene.chat).await;
    let rows = page["messages"].as_array().unwrap().iter();
    let kept: Vec<Value> = rows.flat_map(|row| row["fileEdits"].as_array().cloned().unwrap_or_default()).collect();
    assert_eq!(kept, std::slice::from_ref(end), "one edit, one row, and no call beside it: {page}");
    assert_eq!(page_events(&page), Vec::<Value>::new());
}

#[tokio::test]
async fn hints_are_the_ones_of_the_protocol() {
    let mut scene = Scene::freely("native").await;
    scene.put("a.txt", "a\n");
    let calls = [
        ("exec", json!({ "command": "echo hi" }), "$ echo hi"),
        ("read_file", json!({ "path": "a.txt" }), "read a.txt"),
        ("write_file", json!({ "path": "notes/a.txt", "content": "x" }), "write notes/a.txt"),
        ("grep", json!({ "pattern": "x" }), "grep \"x\""),
        ("glob", json!({ "pattern": "*.rs" }), "glob \"*.rs\""),
        ("list_dir", json!({ "path": "." }), "list ."),
        ("message", json!({ "content": "hello" }), "message(\"hello\")"),
        ("read_file", json!({ "path": format!("{}.txt", "n".repeat(60)) }), "…"),
    ];
    let asked: Vec<(&str, Value)> = calls.iter().map(|(tool, arguments, _)| (*tool, arguments.clone())).collect();
    let ran = scene.calls(&asked).await;
    let hint = ran.heard.iter().find(|frame| frame.str("kind") == "tool_hint").unwrap();
    for (_, _, expected) in &calls {
        assert!(hint.str("text").contains(expected), "{expected} in {}", hint.str("text"));
    }
    assert_eq!(hint.json["tool_events"].as_array().unwrap().len(), calls.len(), "one frame for the step");
    let ran = scene.calls(&[("read_file", json!({ "path": "a.txt" })), ("read_file", json!({ "path": "a.txt" }))]).await;
    assert_eq!(ran.heard.iter().find(|frame| frame.str("kind") == "tool_hint").unwrap().str("text"), "read a.txt × 2");
}

#[tokio::test]
async fn what_only_looks_runs_beside_each_other_and_the_rest_in_order() {
    let mut scene = Scene::freely("native").await;
    scene.put("a.txt", "a\n");
    scene.put("b.txt", "b\n");
    scene.ask("rule.add", json!({ "effect": "ask", "span": "always", "subject": { "tool": "read", "path": "/a.txt" } })).await;
    let read = |path: &str| ("read_file", json!({ "path": path }));
    scene.prompted("Go.").await.end_with_calls(&[read("a.txt"), read("b.txt"), ("exec", json!({ "command": "cat a.txt" }))]).await;
    let proposal = scene.proposal().await;
    // The first waits for a person; the second looks meanwhile.
    let heard = scene.client.until(|frame| frame.text.contains("\"phase\":\"end\"")).await;
    assert_eq!(ends(&heard)[0]["call_id"], "scripted_2");
    scene.accept(&proposal).await;
    let ran = scene.finish().await;
    let order: Vec<&str> = ran.heard.iter().filter_map(|frame| frame.json["tool_events"][0]["call_id"].as_str()).collect();
    assert_eq!(order, ["scripted_1", "scripted_3"], "what acts waits for those before it");
    assert_eq!(ran.results, ["a\n", "b\n", ran.results[2].as_str()], "the model is told in its own order");
}

#[tokio::test]
async fn unknown_tools_and_broken_arguments_are_told() {
    let mut scene = Scene::freely("native").await;
    let rows = [
        ("launch_rocket", "{}", "There is no tool launch_rocket"),
        ("write_file", "{\"path\": \"a.txt\", \"content\": ", "no JSON"),
        ("write_file", "[1, 2]", "one JSON object"),
        ("write_file", "{\"path\": \"a.txt\"}", "content is missing"),
        ("write_file", "{\"content\": \"x\"}", "path is missing"),
        ("exec", "{\"command\": {\"a\": 1}}", "command"),
        ("edit_file", "{\"path\": \"a.txt\", \"old_text\": \"\", \"new_text\": \"x\"}", "old_text is empty"),
        ("read_file", "", "path is missing"),
    ];
    for (number, (tool, arguments, words)) in rows.into_iter().enumerate() {
        let mut call = scene.prompted("Go.").await;
        let function = json!({ "name": tool, "arguments": arguments });
        let id = format!("c{number}");
        call.event(
            &json!({ "choices": [{ "delta": { "tool_calls": [{ "index": 0, "id": id, "type": "function", "function": function }] } }] }),
        )
        .await;
        call.end_as("tool_calls").await;
        let ran = scene.finish().await;
        assert_eq!(ran.statuses(), [422], "{tool} {arguments}: {:?}", ran.results);
        assert!(ran.results[0].contains(words), "{tool} {arguments}: {:?}", ran.results);
        assert_eq!(scene.text("a.txt"), "-", "{tool} {arguments}");
    }
    let page = thread(&scene.gateway, &scene.chat).await;
    assert_eq!(page_events(&page).iter().filter(|event| event["status"] == 422).count(), 8, "each has its row in the thread");
}

#[tokio::test]
async fn a_fault_in_the_middle_of_a_call_executes_nothing() {
    let mut scene = Scene::freely("native").await;
    let arguments = json!({ "command": "echo ran >> ran.txt" });
    for (number, how) in ["hang_up", "cut", "length", "error"].into_iter().enumerate() {
        let mut call = scene.prompted("Go.").await;
        call.say("I run it.").await;
        call.half_call("exec", &arguments).await;
        match how {
            "hang_up" => call.hang_up(),
            "cut" => call.cut(),
            "length" => call.end_as("length").await,
            _ => {
                call.event(&json!({ "error": { "message": "the server is out of memory", "code": 500 } })).await;
                call.hang_up();
            }
        }
        let ran = scene.finish().await;
        assert_eq!((scene.text("ran.txt").as_str(), ran.ends().len()), ("-", 0), "{how}: {:?}", ran.lines());
        assert_eq!(ran.notices().len(), 1, "{how} is told, number {number}: {:?}", ran.notices());
    }
    // A whole call before a half one is not run either: the reply was not whole.
    let mut call = scene.prompted("Go.").await;
    call.call("exec", &arguments).await;
    call.half_call("exec", &arguments).await;
    call.hang_up();
    assert_eq!((scene.finish().await.ends().len(), scene.text("ran.txt").as_str()), (0, "-"));
}

#[tokio::test]
async fn the_message_tool_speaks_before_the_end() {
    let mut scene = Scene::freely("native").await;
    let ran = scene.calls(&[("message", json!({ "content": "Half of it is done." }))]).await;
    let told: Vec<String> = ran.heard.iter().filter(|frame| frame.event() == "message").map(short).collect();
    let expected = [
        "tool_hint \"message(\\\"Half of it is done.\\\")\" [message start]",
        "message \"Half of it is done.\"",
        "progress \"\" [message end]",
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn row14_equal_calls_have_a_record_and_channels_each() {
    for dialect in ["native", "tags"] {
        let mut scene = Scene::freely(dialect).await;
        let script = "echo x >> n.txt; wc -l < n.txt";
        let ran = match dialect {
            "native" => scene.calls(&vec![("exec", json!({ "command": script })); 3]).await,
            _ => scene.write(&format!("{}<update status=\"102\">On.</update>", format!("<sh>{script}</sh>").repeat(3))).await,
        };
        let records: Vec<String> = ran.ends().iter().map(|event| event["path"].as_str().unwrap().to_owned()).collect();
        assert!(records.len() == 3 && records[0] != records[1] && records[1] != records[2] && records[0] != records[2], "{records:?}");
        for (number, record) in records.iter().enumerate() {
            let payload = json!({ "chat_id": scene.chat, "path": record, "channel": 1 });
            let output = scene.ask("command.output", payload).await;
            assert_eq!(output["text"], format!("{}\n", number + 1), "{dialect} {record}: {output}");
        }
    }
}

#[tokio::test]
async fn row13_what_is_read_stays_what_it_is() {
    let mut scene = Scene::freely("native").await;
    let ran = scene.calls(&[("read_file", json!({ "path": "none.txt" })), ("exec", json!({ "command": "exit 7" }))]).await;
    let records: Vec<String> = ran.ends().iter().map(|event| event["path"].as_str().unwrap().to_owned()).collect();
    for _ in 0..2 {
        let calls: Vec<(&str, Value)> = records.iter().map(|record| ("read_file", json!({ "path": record }))).collect();
        let ran = scene.calls(&calls).await;
        assert!(ran.results[0].contains("(status 404)"), "{:?}", ran.results);
        assert!(!ran.results[1].contains("(status 200)"), "{:?}", ran.results);
    }
    // A command that runs goes on running however often its output is read.
    let ran = scene.calls(&[("exec", json!({ "command": "echo begun; sleep 600", "background": true }))]).await;
    let record = ran.ends()[0]["path"].as_str().unwrap().to_owned();
    let channel = ran.results[0].split_whitespace().find(|word| word.starts_with("sh://")).unwrap().to_owned();
    for _ in 0..2 {
        let ran = scene.calls(&[("read_file", json!({ "path": channel })), ("read_file", json!({ "path": channel, "line": -50 }))]).await;
        assert!(ran.results.iter().all(|told| told.contains("(status 102)") && told.contains("it runs")), "{:?}", ran.results);
    }
    let chat = scene.chat.clone();
    let acting = scene.ask("chat.acting", json!({ "chat_id": chat })).await;
    assert_eq!(acting["commands"][0]["path"], json!(record), "{acting}");
}
