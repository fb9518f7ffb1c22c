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
pub(super) fn pieces(pieces: Value) -> Value {
    json!({ "choices": [{ "index": 0, "delta": { "tool_calls": pieces } }] })
}

fn piece(piece: Value) -> Value {
    pieces(json!([piece]))
}

pub(super) fn finish(reason: &str) -> Value {
    json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": reason }] })
}

pub(super) fn content(text: &str) -> Value {
    json!({ "choices": [{ "index": 0, "delta": { "content": text } }] })
}

async fn check(name: &str, chunks: &[Value], expected: &str) {
    let script = [stream(chunks), vec![Act::Say(DONE.as_bytes().to_vec())]].concat();
    let server = Server::scripted(vec![script]).await;
    assert_eq!(told(models().open(offering(&server.api_base))).await, expected, "{name}");
}

#[tokio::test]
async fn calls_in_pieces() {
    let begin = |index: u64, id: &str, name: &str| {
        piece(json!({ "index": index, "id": id, "type": "function", "function": { "name": name, "arguments": "" } }))
    };
    let more = |index: u64, text: &str| piece(json!({ "index": index, "function": { "arguments": text } }));
    let one = r#"calling:exec calls[a=exec{"x":1}] toolcalls"#;
    let rows: &[(&str, &[Value], &str)] = &[
        ("as OpenAI", &[begin(0, "a", "exec"), more(0, "{\"x\""), more(0, ":1}"), finish("tool_calls")], one),
        (
            "text before",
            &[content("Let me see."), begin(0, "a", "exec"), more(0, "{\"x\":1}"), finish("tool_calls")],
            &format!("a\"Let me see.\" {one}"),
        ),
        (
            "reasoning before",
            &[
                json!({ "choices": [{ "delta": { "reasoning_content": "why" } }] }),
                begin(0, "a", "exec"),
                more(0, "{\"x\":1}"),
                finish("tool_calls"),
            ],
            &format!("r\"why\" {one}"),
        ),
        (
            "thinking never closed",
            &[content("<think>why"), begin(0, "a", "exec"), more(0, "{\"x\":1}"), finish("tool_calls")],
            &format!("r\"why\" {one}"),
        ),
        (
            "text after",
            &[begin(0, "a", "exec"), more(0, "{\"x\":1}"), content("Done."), finish("tool_calls")],
            "calling:exec a\"Done.\" calls[a=exec{\"x\":1}] toolcalls",
        ),
        (
            "two, one after the other",
            &[begin(0, "a", "exec"), more(0, "{}"), begin(1, "b", "read_file"), more(1, "{\"path\":\"p\"}"), finish("tool_calls")],
            r#"calling:exec calling:read_file calls[a=exec{} b=read_file{"path":"p"}] toolcalls"#,
        ),
        (
            "two, woven",
            &[
                begin(0, "a", "exec"),
                begin(1, "b", "read_file"),
                more(1, "{\"p\""),
                more(0, "{\"x\""),
                more(1, ":2}"),
                more(0, ":1}"),
                finish("tool_calls"),
            ],
            r#"calling:exec calling:read_file calls[a=exec{"x":1} b=read_file{"p":2}] toolcalls"#,
        ),
        ("indices from 1, as LiteLLM", &[begin(1, "a", "exec"), more(1, "{\"x\":1}"), finish("tool_calls")], one),
        (
            "an index as text",
            &[piece(json!({ "index": "0", "id": "a", "function": { "name": "exec" } })), more(0, "{\"x\":1}"), finish("tool_calls")],
            one,
        ),
        ("finish stop", &[begin(0, "a", "exec"), more(0, "{\"x\":1}"), finish("stop")], one),
        ("finish in capitals", &[begin(0, "a", "exec"), more(0, "{\"x\":1}"), finish("STOP")], one),
        ("finish function_call", &[begin(0, "a", "exec"), more(0, "{\"x\":1}"), finish("function_call")], one),
        ("no finish at all", &[begin(0, "a", "exec"), more(0, "{\"x\":1}")], one),
        (
            "the name late",
            &[
                piece(json!({ "index": 0, "id": "a" })),
                more(0, "{\"x\""),
                piece(json!({ "index": 0, "function": { "name": "exec", "arguments": ":1}" } })),
                finish("tool_calls"),
            ],
            one,
        ),
        (
            "the name in pieces",
            &[begin(0, "a", "ex"), piece(json!({ "index": 0, "function": { "name": "ec" } })), more(0, "{\"x\":1}"), finish("tool_calls")],
            one,
        ),
        ("the name as far as it is known", &[begin(0, "a", "ex"), begin(0, "a", "exec"), more(0, "{\"x\":1}"), finish("tool_calls")], one),
        (
            "the name and an id of its own in every piece, as vLLM",
            &[
                piece(json!({ "index": 0, "id": "a", "function": { "name": "exec", "arguments": "{\"x\"" } })),
                piece(json!({ "index": 0, "id": "b", "function": { "name": "exec", "arguments": ":1}" } })),
                finish("tool_calls"),
            ],
            one,
        ),
        (
            "null fields",
            &[
                begin(0, "a", "exec"),
                piece(json!({ "index": 0, "id": null, "type": null, "function": { "name": null, "arguments": "{\"x\":1}" } })),
                finish("tool_calls"),
            ],
            one,
        ),
        (
            "an empty object first",
            &[
                piece(json!({ "index": 0, "id": "a", "function": { "name": "exec", "arguments": "{}" } })),
                more(0, "{\"x\""),
                more(0, ":1}"),
                finish("tool_calls"),
            ],
            one,
        ),
        (
            "told once more whole",
            &[
                begin(0, "a", "exec"),
                more(0, "{\"x\":1}"),
                piece(json!({ "index": 0, "id": "a", "function": { "name": "exec", "arguments": "{\"x\":1}" } })),
                finish("tool_calls"),
            ],
            one,
        ),
        ("no arguments at all", &[begin(0, "a", "exec"), finish("tool_calls")], "calling:exec calls[a=exec] toolcalls"),
        (
            "arguments that are no JSON, in a whole answer",
            &[begin(0, "a", "exec"), more(0, "{\"x\":"), finish("tool_calls")],
            "calling:exec calls[a=exec{\"x\":] toolcalls",
        ),
        (
            "braces in texts",
            &[begin(0, "a", "exec"), more(0, "{\"x\":\"}{\\\"\""), begin(0, "a", "exec"), more(0, "}"), finish("tool_calls")],
            r#"calling:exec calls[a=exec{"x":"}{\""}] toolcalls"#,
        ),
        (
            "no id",
            &[piece(json!({ "index": 0, "function": { "name": "exec", "arguments": "{\"x\"" } })), more(0, ":1}"), finish("stop")],
            r#"calling:exec calls[call_1=exec{"x":1}] toolcalls"#,
        ),
        (
            "neither index nor id, in pieces",
            &[
                piece(json!({ "function": { "name": "exec", "arguments": "" } })),
                piece(json!({ "function": { "arguments": "{\"x\"" } })),
                piece(json!({ "function": { "arguments": ":1}" } })),
                finish("stop"),
            ],
            r#"calling:exec calls[call_1=exec{"x":1}] toolcalls"#,
        ),
        ("the index only later", &[piece(json!({ "id": "a", "function": { "name": "exec" } })), more(0, "{\"x\":1}"), finish("stop")], one),
        (
            "noise",
            &[
                pieces(json!([])),
                pieces(json!(null)),
                pieces(json!([null])),
                pieces(json!([{ "index": 0, "function": { "arguments": "" } }])),
                begin(0, "a", "exec"),
                more(0, "{\"x\":1}"),
                finish("tool_calls"),
            ],
            one,
        ),
    ];
    for (name, chunks, expected) in rows {
        check(name, chunks, expected).await;
    }
}

#[tokio::test]
async fn calls_told_whole() {
    let exec = |index: Value, id: Value, arguments: Value| json!({ "index": index, "id": id, "type": "function", "function": { "name": "exec", "arguments": arguments } });
    let two = r#"calling:exec calling:exec calls[a=exec{"x":1} b=exec{"x":2}] toolcalls"#;
    let unnamed = r#"calling:exec calling:exec calls[call_1=exec{"x":1} call_2=exec{"x":2}] toolcalls"#;
    let (first, second) = ("{\"x\":1}", "{\"x\":2}");
    let single = r#"calling:exec calls[call_1=exec{"x":1}] toolcalls"#;
    let rows: &[(&str, &[Value], &str)] = &[
        (
            "in one chunk",
            &[pieces(json!([exec(json!(0), json!("a"), json!(first)), exec(json!(1), json!("b"), json!(second))])), finish("tool_calls")],
            two,
        ),
        (
            "in a chunk each",
            &[piece(exec(json!(0), json!("a"), json!(first))), piece(exec(json!(1), json!("b"), json!(second))), finish("tool_calls")],
            two,
        ),
        (
            "in a chunk each, all with index 0, as old Ollama",
            &[piece(exec(json!(0), json!("a"), json!(first))), piece(exec(json!(0), json!("b"), json!(second))), finish("stop")],
            two,
        ),
        (
            "without index",
            &[piece(exec(json!(null), json!("a"), json!(first))), piece(exec(json!(null), json!("b"), json!(second))), finish("stop")],
            two,
        ),
        (
            "index 0 and empty ids, as Gemini",
            &[piece(exec(json!(0), json!(""), json!(first))), piece(exec(json!(0), json!(""), json!(second))), finish("stop")],
            unnamed,
        ),
        (
            "neither index nor id, in one chunk",
            &[pieces(json!([exec(json!(null), json!(null), json!(first)), exec(json!(null), json!(null), json!(second))])), finish("stop")],
            unnamed,
        ),
        (
            "neither index nor id, in a chunk each",
            &[piece(exec(json!(null), json!(null), json!(first))), piece(exec(json!(null), json!(null), json!(second))), finish("stop")],
            unnamed,
        ),
        (
            "the same id twice",
            &[pieces(json!([exec(json!(0), json!("a"), json!(first)), exec(json!(1), json!("a"), json!(second))])), finish("stop")],
            r#"calling:exec calling:exec calls[a=exec{"x":1} call_2=exec{"x":2}] toolcalls"#,
        ),
        (
            "an id like those that are given",
            &[pieces(json!([exec(json!(0), json!("call_2"), json!(first)), exec(json!(1), json!(""), json!(second))])), finish("stop")],
            r#"calling:exec calling:exec calls[call_2=exec{"x":1} call_3=exec{"x":2}] toolcalls"#,
        ),
        (
            "a number as id",
            &[piece(exec(json!(0), json!(7), json!(first))), finish("stop")],
            r#"calling:exec calls[7=exec{"x":1}] toolcalls"#,
        ),
        ("arguments as an object", &[piece(exec(json!(0), json!(null), json!({ "x": 1 }))), finish("stop")], single),
        (
            "arguments as an object, called parameters and without function",
            &[piece(json!({ "name": "exec", "parameters": { "x": 1 } })), finish("stop")],
            single,
        ),
        ("a single call in place of the list", &[pieces(exec(json!(0), json!(null), json!(first))), finish("stop")], single),
        (
            "the finish in the same chunk",
            &[
                json!({ "choices": [{ "delta": { "tool_calls": [exec(json!(0), json!(null), json!(first))] }, "finish_reason": "tool_calls" }] }),
            ],
            single,
        ),
        (
            "the finish before",
            &[content("x"), finish("stop"), piece(exec(json!(0), json!(null), json!(first)))],
            &format!("a\"x\" {single}"),
        ),
        (
            "legacy function_call",
            &[json!({ "choices": [{ "delta": { "function_call": { "name": "exec", "arguments": first } } }] }), finish("function_call")],
            single,
        ),
        (
            "legacy function_call in pieces",
            &[
                json!({ "choices": [{ "delta": { "function_call": { "name": "exec", "arguments": "" } } }] }),
                json!({ "choices": [{ "delta": { "function_call": { "arguments": "{\"x\"" } } }] }),
                json!({ "choices": [{ "delta": { "function_call": { "arguments": ":1}" } } }] }),
                finish("function_call"),
            ],
            single,
        ),
        (
            "both spellings",
            &[
                json!({ "choices": [{ "delta": { "tool_calls": [exec(json!(0), json!(null), json!(first))], "function_call": { "name": "exec", "arguments": first } } }] }),
                finish("stop"),
            ],
            single,
        ),
        (
            "in a last message only",
            &[
                content("x"),
                json!({ "choices": [{ "delta": {}, "message": { "tool_calls": [exec(json!(null), json!(null), json!(first))] }, "finish_reason": "stop" }] }),
            ],
            &format!("a\"x\" {single}"),
        ),
        (
            "in a last message once more",
            &[
                piece(exec(json!(0), json!(null), json!(first))),
                json!({ "choices": [{ "delta": {}, "message": { "tool_calls": [exec(json!(0), json!("z"), json!(first))] }, "finish_reason": "stop" }] }),
            ],
            single,
        ),
        (
            "without a name",
            &[piece(json!({ "index": 0, "id": "a", "function": { "arguments": "{}" } })), finish("tool_calls")],
            "calls[a={}] toolcalls",
        ),
        ("none, though promised", &[finish("tool_calls")], "toolcalls"),
    ];
    for (name, chunks, expected) in rows {
        check(name, chunks, expected).await;
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
    let script = [stream(&[piece(begin), piece(json!({ "index": 0, "function": { "arguments": "{" } }))]), vec![Act::Hold]].concat();
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
