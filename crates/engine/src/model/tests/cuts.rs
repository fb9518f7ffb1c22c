//! Answers that end badly while something is being asked for, as native calls and as tags in the text: each ends right, is asked
//! for only once, and hands over nothing of what was cut.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::super::{Limits, ModelCall};
use super::calls::{content, finish, offering, pieces, stream};
use super::server::{Act, Server, head, reply};
use super::{GENEROUS, models, told};

/// What a fault does once the answer has begun, after which head, and how the call ends.
struct Fault {
    name: &'static str,
    head: Head,
    then: Vec<Act>,
    end: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Head {
    /// The body ends with the connection.
    Plain,
    /// The body is announced longer than it is.
    Length,
    /// The body comes in transfer chunks.
    Chunked,
}

fn say(text: impl Into<String>) -> Act {
    Act::Say(text.into().into_bytes())
}

fn event(value: &Value) -> Act {
    say(format!("data: {value}\n\n"))
}

fn plain(name: &'static str, then: Vec<Act>, end: &'static str) -> Fault {
    Fault { name, head: Head::Plain, then, end }
}

fn faults() -> Vec<Fault> {
    let error = |error: Value| event(&json!({ "error": error }));
    let ended = |reason: &str| event(&finish(reason));
    let done = || say("data: [DONE]\n\n");
    let length = |name, then| Fault { name, head: Head::Length, then, end: "failed:broken" };
    let chunked = |name, then| Fault { name, head: Head::Chunked, then, end: "failed:broken" };
    let both = json!({ "choices": [{ "delta": {}, "finish_reason": "error" }], "error": { "message": "m", "code": 502 } });
    vec![
        plain("closed", vec![], "failed:broken"),
        plain("closed in an event", vec![say("data: {\"choices\":[{\"delta\":{\"tool_ca")], "failed:broken"),
        plain("closed after a line", vec![say("data: {\"choices\":[{\"delta\":{}}]}\n")], "failed:broken"),
        plain("closed in its last word", vec![say("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_ca")], "failed:broken"),
        plain("closed after a sign of life", vec![say(": alive\n\n")], "failed:broken"),
        length("short of its length", vec![]),
        length("short of its length, in an event", vec![say("data: {\"choices\"")]),
        chunked("between transfer chunks", vec![]),
        chunked("in a transfer chunk", vec![say("ff\r\ndata: {")]),
        chunked("in a transfer chunk's size", vec![say("f")]),
        chunked("in a transfer chunk without a size", vec![say("zz\r\n")]),
        plain("broken JSON", vec![say("data: {\"choices\":[\n\n"), ended("tool_calls"), done()], "failed:malformed"),
        plain("text", vec![say("data: oops\n\n"), ended("tool_calls"), done()], "failed:malformed"),
        plain("half a [DONE]", vec![say("data: [DONE\n\n")], "failed:malformed"),
        plain("a list", vec![say("data: [1]\n\n"), ended("tool_calls"), done()], "failed:malformed"),
        plain("deep nesting", vec![say(format!("data: {}\n\n", "[".repeat(100_000))), ended("stop"), done()], "failed:malformed"),
        plain("a lone surrogate", vec![say("data: {\"choices\":[{\"delta\":{\"content\":\"\\ud800\"}}]}\n\n"), done()], "failed:malformed"),
        plain("an endless line", vec![Act::Flood(30_000_000)], "failed:line_too_long"),
        plain("an error", vec![error(json!({ "message": "m" })), ended("tool_calls"), done()], "failed:reported"),
        plain("an error word", vec![error(json!("m")), ended("tool_calls"), done()], "failed:reported"),
        plain("overloaded", vec![error(json!({ "type": "overloaded_error", "message": "m" }))], "failed:status:529"),
        plain("a limit", vec![error(json!({ "type": "rate_limit_error", "message": "m" }))], "failed:rate_limited"),
        plain("out of credit", vec![error(json!({ "code": "insufficient_quota", "message": "m" }))], "failed:out_of_credit"),
        plain("out of context", vec![error(json!({ "message": "maximum context length is 8192" }))], "failed:context_too_long"),
        plain("an error with the finish", vec![event(&both), done()], "failed:status:502"),
        plain("an error after the finish", vec![ended("tool_calls"), error(json!({ "message": "m" }))], "failed:reported"),
        plain("text after the finish", vec![ended("tool_calls"), say("data: oops\n\n")], "failed:malformed"),
        plain("length", vec![ended("length"), done()], "length"),
        plain("length, and closed", vec![ended("length")], "length"),
        plain("length in other words", vec![ended("max_tokens"), done()], "length"),
        plain("length, told late", vec![ended("tool_calls"), ended("length"), done()], "length"),
        plain("length, taken back", vec![ended("length"), ended("tool_calls"), done()], "length"),
        plain("filtered", vec![ended("content_filter"), done()], "contentfilter"),
        plain("filtered, told late", vec![ended("stop"), ended("content_filter"), done()], "contentfilter"),
        plain("finish error", vec![ended("error"), done()], "error"),
        plain("finish malformed", vec![ended("MALFORMED_FUNCTION_CALL"), done()], "MALFORMED_FUNCTION_CALL"),
        plain("finish abort", vec![ended("abort")], "abort"),
    ]
}

/// An answer that began with these chunks.
fn begun(head_kind: Head, chunks: &[Value]) -> Vec<Act> {
    let said = stream(chunks);
    let announced =
        |field: &str| say(format!("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n{field}\r\n\r\n"));
    match head_kind {
        Head::Plain => said,
        Head::Length => [vec![announced("Content-Length: 99999")], said[1..].to_vec()].concat(),
        Head::Chunked => {
            let framed = chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).map(|text| say(format!("{:x}\r\n{text}\r\n", text.len())));
            [announced("Transfer-Encoding: chunked")].into_iter().chain(framed).collect()
        }
    }
}

/// The ways something is asked for: the chunks, and what is told of them.
fn asking() -> [(&'static str, Vec<Value>, &'static str); 4] {
    let begin = json!([{ "index": 0, "id": "a", "function": { "name": "exec", "arguments": "" } }]);
    let piece = |text: &str| pieces(json!([{ "index": 0, "function": { "arguments": text } }]));
    let whole = vec![content("Go."), pieces(begin), piece("{\"command\":\"rm -rf x\""), piece("}")];
    let second = pieces(json!([{ "index": 1, "id": "b", "function": { "name": "exec", "arguments": "{\"command\":\"rm -rf y" } }]));
    [
        ("half a call", whole[..3].to_vec(), "a\"Go.\" calling:exec"),
        ("one and a half", [whole.clone(), vec![second]].concat(), "a\"Go.\" calling:exec calling:exec"),
        ("a whole call", whole, "a\"Go.\" calling:exec"),
        ("tags", vec![content("Go.\n<sh>rm -rf x"), content(" y</sh>")], "a\"Go.\\n<sh>rm -rf x y</sh>\""),
    ]
}

async fn check(limits: Limits, name: &str, script: Vec<Act>, expected: &str) {
    // Whoever asked again would hear this.
    let again = [stream(&[content("again"), finish("stop")]), vec![say("data: [DONE]\n\n")]].concat();
    let server = Server::scripted(vec![script, again]).await;
    let call = ModelCall { limits, ..offering(&server.api_base) };
    assert_eq!(told(models().open(call)).await, expected, "{name}");
}

#[tokio::test]
async fn nothing_cut_is_handed_over() {
    assert!(faults().len() >= 30);
    for (way, chunks, before) in asking() {
        let cut = match way {
            "tags" => "",
            "one and a half" => "(cut 2)",
            _ => "(cut 1)",
        };
        for Fault { name, head, then, end } in faults() {
            let script = [begun(head, &chunks), then].concat();
            let cut = if end.starts_with("failed") { "" } else { cut };
            check(GENEROUS, &format!("{way}, {name}"), script, &format!("{before} {end}{cut}")).await;
        }
    }
}

#[tokio::test]
async fn nothing_is_handed_over_of_an_answer_that_fell_silent() {
    let short = Limits { idle: Duration::from_secs(1), ..GENEROUS };
    let total = Limits { total: Duration::from_millis(300), ..GENEROUS };
    let mut checks = Vec::new();
    for (way, chunks, before) in asking() {
        for (limits, name, act, end) in [
            (short, "silent", Act::Hold, "failed:timeout:Idle"),
            (total, "alive for ever", Act::Repeat(b": alive\n\n".to_vec()), "failed:timeout:Total"),
        ] {
            let script = [begun(Head::Plain, &chunks), vec![act]].concat();
            checks.push(async move { check(limits, &format!("{way}, {name}"), script, &format!("{before} {end}")).await });
        }
    }
    join_all(checks).await;
}

#[tokio::test]
async fn a_reset_hands_over_nothing() {
    for (way, chunks, before) in asking() {
        let server = Server::scripted(vec![[begun(Head::Plain, &chunks), vec![Act::Reset]].concat()]).await;
        let end = told(models().open(offering(&server.api_base))).await;
        // What had arrived before a reset may be lost with it, in the system's own buffers.
        let kept = end.strip_suffix("failed:broken").map(str::trim_end);
        assert!(kept.is_some_and(|kept| before.starts_with(kept)), "{way}: {end}");
    }
}

#[tokio::test]
async fn calls_after_the_finish_count_only_with_the_end() {
    let late = pieces(json!([{ "index": 0, "id": "a", "function": { "name": "exec", "arguments": "{}" } }]));
    let chunks = [content("Go."), finish("stop"), late];
    check(GENEROUS, "closed", begun(Head::Plain, &chunks), "a\"Go.\" calling:exec length(cut 1)").await;
    check(GENEROUS, "short", begun(Head::Length, &chunks), "a\"Go.\" calling:exec length(cut 1)").await;
    let ended = [begun(Head::Plain, &chunks), vec![say("data: [DONE]\n\n")]].concat();
    check(GENEROUS, "ended", ended, "a\"Go.\" calling:exec calls[a=exec{}] toolcalls").await;
}

#[tokio::test]
async fn floods_of_calls() {
    let call = |index: usize| json!({ "index": index, "function": { "name": "x", "arguments": "{}" } });
    let many: Vec<Value> = (0..129).map(call).collect();
    let server = Server::scripted(vec![stream(&[pieces(json!(many)), finish("tool_calls")])]).await;
    let end = told(models().open(offering(&server.api_base))).await;
    assert!(end.starts_with("calling:x") && end.ends_with("failed:too_much") && !end.contains("calls["), "{end}");
    let most = pieces(json!(many[..128]));
    let server = Server::scripted(vec![stream(&[most, finish("tool_calls")])]).await;
    assert!(told(models().open(offering(&server.api_base))).await.ends_with("toolcalls"));

    let part = format!("data: {}\n\n", pieces(json!([{ "index": 0, "function": { "name": "x", "arguments": "x".repeat(500_000) } }])));
    let server = Server::scripted(vec![vec![Act::Say(head()), Act::Repeat(part.into_bytes())]]).await;
    assert_eq!(told(models().open(offering(&server.api_base))).await, "calling:x failed:too_much");
}

#[tokio::test]
async fn replies_that_do_not_stream_are_cut_as_well() {
    let body = |reason: &str| {
        let call = json!({ "id": "a", "function": { "name": "exec", "arguments": "{\"command\":\"rm -rf x\"}" } });
        json!({ "choices": [{ "message": { "content": null, "tool_calls": [call] }, "finish_reason": reason }] }).to_string()
    };
    let short = |text: &str| format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n{text}");
    for (name, script, expected) in [
        ("length", Act::Say(reply("200 OK", "", &body("length"))), "calling:exec length(cut 1)"),
        ("filtered", Act::Say(reply("200 OK", "", &body("content_filter"))), "calling:exec contentfilter(cut 1)"),
        ("short of its length", say(short(&body("tool_calls"))), "failed:broken"),
        ("half", Act::Say(reply("200 OK", "", &body("tool_calls")[..120])), "failed:malformed"),
    ] {
        check(GENEROUS, name, vec![script], expected).await;
    }
}

#[tokio::test]
async fn a_call_is_tried_again_only_until_it_begins_to_arrive() {
    let overloaded = event(&json!({ "error": { "type": "overloaded_error", "message": "m" } }));
    let before = vec![Act::Say(head()), overloaded.clone()];
    check(GENEROUS, "before", before, "retry:2 a\"again\" stop").await;
    // Not even its name is known.
    let begun = [stream(&[pieces(json!([{ "index": 0, "id": "a" }]))]), vec![overloaded]].concat();
    check(GENEROUS, "after", begun, "failed:status:529").await;
}
