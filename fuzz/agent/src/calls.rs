//! Calls in a foreign format. The first byte of an input says how the rest is used: as it is, inside the format's marks, cut off, several
//! times, or as the content of a call that is written without a fault and must arrive unchanged.

use alcove_agent::dialect::tags::{Format, Tool, parse};
use serde_json::json;

use crate::reply;

/// Fails when a reply in this format breaks a promise.
pub fn check(format: Format, input: &[u8]) {
    let Some((way, rest)) = input.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    let (open, close) = marks(format);
    match way % 6 {
        0 => reply::check(&text),
        1 => reply::check(&format!("{open}{text}{close}")),
        2 => reply::check(&format!("{open}{text}")),
        3 => reply::check(&format!("Before.\n{open}{text}{close}\nBetween {open}{text}{close}<update status=\"200\">after</update>")),
        4 => {
            let call = written(format, &json!({ "path": "a.txt", "content": text }), &text);
            let cut = call.floor_char_boundary(text.len() % (call.len() + 1));
            reply::check(&call[..cut]);
        }
        _ => whole(format, &text),
    }
}

fn marks(format: Format) -> (&'static str, &'static str) {
    match format {
        Format::OpenAi => ("{\"name\": ", "}"),
        Format::Fence => ("```tool_code\n", "\n```\n"),
        Format::Native => ("<|tool_call>call:write_file{", "}<tool_call|>"),
        Format::Anthropic => ("<tool_use>", "</tool_use>"),
        Format::Mistral => ("[TOOL_CALLS] [", "]"),
        Format::Hermes => ("<tool_call>\n", "\n</tool_call>"),
    }
}

/// A call of `write_file` as the format has it.
fn written(format: Format, arguments: &serde_json::Value, content: &str) -> String {
    let call = json!({ "name": "write_file", "arguments": arguments });
    match format {
        Format::OpenAi => call.to_string(),
        Format::Fence => format!("```tool_code\n<set path=\"a.txt\">{content}</set>\n```\n"),
        Format::Native => {
            let quote = "<|\"|>";
            format!("<|tool_call>call:write_file{{path:{quote}a.txt{quote},content:{quote}{content}{quote}}}<tool_call|>")
        }
        Format::Anthropic => format!("<tool_use><name>write_file</name><input>{arguments}</input></tool_use>"),
        Format::Mistral => format!("[TOOL_CALLS] [{call}]"),
        Format::Hermes => format!("<tool_call>\n{call}\n</tool_call>"),
    }
}

/// A call without a fault gives one action with the content as it was.
fn whole(format: Format, content: &str) {
    // What ends the form itself cannot stand in it.
    let ends = ["</tool_use>", "</tool_call>", "</input>", "<|\"|>", "<tool_use>", "<input>", "<name>", "</name>"];
    let tags = format == Format::Fence && content.contains(['<', '`', '&']);
    if content.trim().is_empty() || tags || ends.iter().any(|mark| content.contains(mark)) {
        return;
    }
    let reply = written(format, &json!({ "path": "a.txt", "content": content }), content);
    reply::check(&reply);
    let parsed = parse(&reply);
    let [action] = parsed.actions.as_slice() else { panic!("one action of {reply:?}: {parsed:?}") };
    assert_eq!((action.tool, action.attribute("path")), (Tool::Set, Some("a.txt")), "{reply:?}");
    assert_eq!(action.body.as_deref(), Some(content), "{reply:?}");
}
