//! Calls between tags of their own: `<tool_use><name>…</name><input>…</input></tool_use>` and `<tool_call>{…}</tool_call>`.

use serde_json::Value;

use super::{Call, Found, json};
use crate::dialect::head::Sight;
use crate::dialect::repair::Format;

/// A call at the front of the text, which begins with a whole tag of this name.
pub(in crate::dialect) fn call(text: &str, name: &str, end: bool) -> Sight<Found> {
    let (format, close) = match name {
        "tool_use" => (Format::Anthropic, "</tool_use>"),
        "tool_call" => (Format::Hermes, "</tool_call>"),
        _ => return Sight::Other,
    };
    let Some(start) = text.find('>').map(|at| at + 1) else {
        return if end { Sight::Other } else { Sight::More };
    };
    let found = |len, calls| Sight::Seen(Found { len, format, calls, leftover: "" });
    let Some(len) = text[start..].find(close) else {
        return match (end, name) {
            (false, _) => Sight::More,
            // What was cut off is never run; what stands in it is read on as text.
            (true, "tool_use") => found(start, Vec::new()),
            (true, _) => Sight::Other,
        };
    };
    let inside = &text[start..start + len];
    if name == "tool_use" {
        return found(start + len + close.len(), named(inside).into_iter().collect());
    }
    // Anything but JSON between these tags is read as if they were not there.
    match serde_json::from_str::<Value>(inside.trim()).ok().and_then(|value| json::calls(&value)) {
        Some(calls) => found(start + len + close.len(), calls),
        None => Sight::Other,
    }
}

fn named(inside: &str) -> Option<Call> {
    let name = between(inside, "<name>", "</name>")?.trim();
    let given = between(inside, "<input>", "</input>").or_else(|| between(inside, "<arguments>", "</arguments>"));
    let given = given.unwrap_or_default().trim();
    let arguments = if given.is_empty() {
        Vec::new()
    } else if given.starts_with('{') {
        json::arguments(&serde_json::from_str(given).ok()?)?
    } else {
        elements(given)
    };
    Some(Call { name: name.to_owned(), arguments })
}

/// `<key>value</key>` pairs; a text without any is the one argument.
fn elements(given: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut rest = given;
    while let Some((key, after)) = rest.split_once('<').and_then(|(_, after)| after.split_once('>')) {
        let Some((value, after)) = after.split_once(&format!("</{key}>")) else { break };
        out.push((key.to_owned(), value.to_owned()));
        rest = after;
    }
    if out.is_empty() {
        out.push((String::new(), given.to_owned()));
    }
    out
}

/// The text from the first opening to the last closing mark.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let start = text.find(open)? + open.len();
    let len = text[start..].rfind(close)?;
    Some(&text[start..start + len])
}
