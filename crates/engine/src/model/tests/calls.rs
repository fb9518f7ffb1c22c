//! Tool calls as servers of every kind stream them, and what is handed over.

use serde_json::{Value, json};

use super::super::{Message, ModelCall, ModelEvent, Role, ToolCall, ToolSpec};
use super::server::{Act, Server, head, reply};
use super::{call, models, told};

const DONE: &str = "data: [DONE]\n\n";

/// A call with one tool offered.
pub(super) fn offering(api_base: &str) -> ModelCall {
    let exec = ToolSpec { name: "exec".to_owned(), description: "Runs a command.".to_owned(), parameters: json!({ "type": "object" }) };
    ModelCall { tools: vec![exec], ..call(api_base) }
}

/// A stream of these chunks, without its end.
pub(super) fn stream(chunks: &[Value]) -> Vec<Act> {
    let events = chunks.iter().map(|chunk| Act::Say(format!("data: {chunk}\n\n").into_bytes()));
    [Act::Say(head())].into_iter().chain(events).collect()
}

/// A chunk with these pieces of calls.
pub(super) fn pieces(pieces: impl Into<Value>) -> Value {
    let pieces = pieces.into();
    json!({ "choices": [{ "index": 0, "delta": { "tool_calls": pieces } }] })
}

pub(super) fn finish(reason: &str) -> Value {
    json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": reason }] })
}

pub(super) fn content(text: &str) -> Value {
    json!({ "choices": [{ "index": 0, "delta": { "content": text } }] })
}

/// A chunk in the notation of `calls.txt`.
fn chunk(line: &str) -> Value {
    let (kind, said) = line.split_once(' ').unwrap();
    let value = || serde_json::from_str::<Value>(said).unwrap();
    match kind {
        "text" => content(said),
        "finish" => finish(said),
        "call" => pieces(vec![value()]),
        "calls" => pieces(value()),
        "choice" => json!({ "choices": [value()] }),
        _ => panic!("{line}"),
    }
}

#[tokio::test]
async fn every_shape_of_calls() {
    let table = include_str!("calls.txt");
    let rows: Vec<&str> = table.split("\n# ").skip(1).collect();
    assert!(rows.len() >= 49);
    for row in rows {
        let (name, row) = row.split_once('\n').unwrap();
        let (chunks, expected) = row.split_once("\n= ").unwrap();
        let chunks: Vec<Value> = chunks.lines().map(chunk).collect();
        let script = [stream(&chunks), vec![Act::Say(DONE.as_bytes().to_vec())]].concat();
        let server = Server::scripted(vec![script]).await;
        assert_eq!(told(models().open(offering(&server.api_base))).await, expected.trim_end(), "{name}");
    }
}

#[tokio::test]
async fn a_reply_that_does_not_stream() {
    for (message, expected) in [
        (
            json!({ "content": null, "tool_calls": [{ "id": "a", "function": { "name": "exec", "arguments": "{}" } }] }),
            "calling:exec calls[a=exec{}] toolcalls:1+2=3",
        ),
        (
            json!({ "content": "So.", "function_call": { "name": "exec", "arguments": "{}" } }),
            "a\"So.\" calling:exec calls[call_1=exec{}] toolcalls:1+2=3",
        ),
    ] {
        let body = json!({ "choices": [{ "message": message, "finish_reason": "tool_calls" }], "usage": { "prompt_tokens": 1, "completion_tokens": 2 } });
        let server = Server::scripted(vec![vec![Act::Say(reply("200 OK", "", &body.to_string()))]]).await;
        assert_eq!(told(models().open(offering(&server.api_base))).await, expected, "{message}");
    }
}

#[tokio::test]
async fn ids_of_earlier_calls_are_taken() {
    let earlier = ToolCall { id: "call_1".to_owned(), name: "exec".to_owned(), arguments: "{}".to_owned() };
    let chunk = pieces(
        json!([{ "id": "call_1", "function": { "name": "exec", "arguments": "{}" } }, { "function": { "name": "exec", "arguments": "{}" } }]),
    );
    let script = [stream(&[chunk, finish("tool_calls")]), vec![Act::Say(DONE.as_bytes().to_vec())]].concat();
    let server = Server::scripted(vec![script]).await;
    let mut call = offering(&server.api_base);
    call.messages.push(Message { calls: vec![earlier], ..Message::text(Role::Assistant, "") });
    call.messages.push(Message { call_id: Some("call_1".to_owned()), ..Message::text(Role::Tool, "done") });
    let told = told(models().open(call)).await;
    assert_eq!(told, "calling:exec calling:exec calls[call_2=exec{} call_3=exec{}] toolcalls");
}

#[tokio::test]
async fn a_name_is_told_as_soon_as_it_is_certain() {
    let begin = json!({ "index": 0, "id": "a", "function": { "name": "write_file", "arguments": "" } });
    let goes_on = json!({ "index": 0, "function": { "arguments": "{" } });
    let script = [stream(&[pieces(vec![begin]), pieces(vec![goes_on])]), vec![Act::Hold]].concat();
    let server = Server::scripted(vec![script]).await;
    let mut stream = models().open(offering(&server.api_base));
    assert_eq!(stream.next().await, Some(ModelEvent::Calling { name: "write_file".to_owned() }));
}

#[tokio::test]
async fn refusals_of_tools() {
    let refused = |status: &str, message: &str| vec![Act::Say(reply(status, "", &json!({ "error": { "message": message } }).to_string()))];
    let raw = r#"{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":\"m does not support tools\"}"}}}"#;
    let inside = json!({ "error": { "message": "No endpoints found that support tool use" } });
    let answer = || stream(&[content("x"), finish("stop")]);
    for script in [
        refused("400 Bad Request", "m does not support tools"),
        refused("404 Not Found", "No endpoints found that support tool use."),
        refused("500 Oh", "tools param requires --jinja flag"),
        refused("422 No", "Unsupported parameter: tools"),
        vec![Act::Say(reply("400 Bad Request", "", raw))],
        stream(&[inside]),
    ] {
        let name = format!("{script:?}");
        let server = Server::scripted(vec![script, answer()]).await;
        assert_eq!(told(models().open(offering(&server.api_base))).await, "failed:no_tools", "{name}");
    }
    // Without tools it is a refusal like any other.
    let server = Server::scripted(vec![refused("500 Oh", "tools param requires --jinja flag"), answer()]).await;
    assert_eq!(told(models().open(call(&server.api_base))).await, "retry:2 a\"x\" stop");
}
