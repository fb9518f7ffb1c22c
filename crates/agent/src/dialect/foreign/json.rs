//! Calls as JSON: OpenAI's `{"name", "arguments"}` and its wrappings, lists of them, and Mistral's `[TOOL_CALLS]`.

use serde_json::Value;

use super::{Call, Found};
use crate::dialect::head::Sight;
use crate::dialect::repair::Format;

/// Keys a call's object can begin with.
const FIRST_KEYS: [&str; 10] = ["name", "arguments", "parameters", "input", "function", "type", "id", "tool_calls", "tool", "tool_name"];
/// Calls read from one list.
const LIST_MAX: usize = 1_000;
/// What stands before Mistral's lists.
const MISTRAL: &str = "[TOOL_CALLS]";

/// A call's object at the front of the text, which begins with `{`. JSON that is no call is none of ours.
pub(in crate::dialect) fn call(text: &str, end: bool) -> Sight<Found> {
    match begins(text) {
        Sight::Seen(()) => {}
        Sight::More if !end => return Sight::More,
        Sight::More | Sight::Other => return Sight::Other,
    }
    let Some(len) = balanced(text) else {
        return if end { Sight::Other } else { Sight::More };
    };
    match serde_json::from_str::<Value>(&text[..len]).ok().and_then(|value| calls(&value)) {
        Some(calls) => Sight::Seen(Found { len, format: Format::OpenAi, calls, leftover: "" }),
        None => Sight::Other,
    }
}

/// Whether a text that is no readable call was meant as one.
pub(in crate::dialect) fn meant_as_call(text: &str) -> bool {
    let shown = &text[..balanced(text).unwrap_or(text.len())];
    begins(text) == Sight::Seen(()) && shown.contains("\"name\"") && shown.contains("\"arguments\"")
}

/// Mistral's list at the front of the text, which begins with `[`.
pub(in crate::dialect) fn mistral(text: &str, end: bool) -> Sight<Found> {
    let Some(rest) = text.strip_prefix(MISTRAL) else {
        return if MISTRAL.starts_with(text) && !end { Sight::More } else { Sight::Other };
    };
    let list = rest.trim_start();
    let before = text.len() - list.len();
    if list.is_empty() {
        return if end { Sight::Other } else { Sight::More };
    }
    if !list.starts_with(['[', '{']) {
        return Sight::Other;
    }
    let broken = Found { len: MISTRAL.len(), format: Format::Mistral, calls: Vec::new(), leftover: "" };
    let Some(len) = balanced(list) else {
        return if end { Sight::Seen(broken) } else { Sight::More };
    };
    match serde_json::from_str::<Value>(&list[..len]).ok().and_then(|value| calls(&value)) {
        Some(calls) => Sight::Seen(Found { len: before + len, format: Format::Mistral, calls, leftover: "[TOOL_CALLS] []" }),
        None => Sight::Seen(broken),
    }
}

/// The calls a JSON value holds; none when it is something else.
pub(in crate::dialect) fn calls(value: &Value) -> Option<Vec<Call>> {
    match value {
        Value::Array(list) if !list.is_empty() && list.len() <= LIST_MAX => list.iter().map(one).collect(),
        Value::Object(object) => match object.get("tool_calls") {
            Some(Value::Array(list)) if !list.is_empty() && list.len() <= LIST_MAX => list.iter().map(one).collect(),
            Some(_) | None => Some(vec![one(value)?]),
        },
        Value::Array(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

fn one(value: &Value) -> Option<Call> {
    let value = value.get("function").filter(|inner| inner.is_object()).unwrap_or(value);
    let name = ["name", "tool", "tool_name"].iter().find_map(|key| value.get(*key)?.as_str())?;
    let given = ["arguments", "parameters", "input"].iter().find_map(|key| value.get(*key))?;
    Some(Call { name: name.to_owned(), arguments: arguments(given)? })
}

/// The arguments of a call: an object, the same as a string of JSON, or nothing.
pub(in crate::dialect) fn arguments(given: &Value) -> Option<Vec<(String, String)>> {
    match given {
        Value::Object(object) => Some(object.iter().map(|(key, value)| (key.clone(), text(key, value))).collect()),
        Value::String(inner) if inner.trim().is_empty() => Some(Vec::new()),
        Value::String(inner) => match serde_json::from_str::<Value>(inner) {
            Ok(value @ Value::Object(_)) => arguments(&value),
            Ok(_) | Err(_) => Some(vec![(String::new(), inner.clone())]),
        },
        Value::Null => Some(Vec::new()),
        Value::Array(_) | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// An argument as text: lists of words become a command line or a list of options, other structures stay JSON.
fn text(key: &str, value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Array(list) if list.iter().all(Value::is_string) => {
            let words = list.iter().filter_map(Value::as_str);
            match key {
                "command" | "cmd" | "argv" => words.map(quoted).collect::<Vec<_>>().join(" "),
                _ => words.collect::<Vec<_>>().join("; "),
            }
        }
        Value::Array(_) | Value::Object(_) | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// A word as a shell reads it back.
fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-./=:,+@%".contains(letter);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

/// Whether an object at the front begins like a call's.
pub(in crate::dialect) fn begins(text: &str) -> Sight<()> {
    let inside = text[1..].trim_start();
    if inside.is_empty() {
        return Sight::More;
    }
    let Some(key) = inside.strip_prefix('"') else { return Sight::Other };
    match key.split_once('"') {
        Some((key, _)) if FIRST_KEYS.contains(&key) => Sight::Seen(()),
        None if FIRST_KEYS.iter().any(|known| known.starts_with(key)) => Sight::More,
        Some(_) | None => Sight::Other,
    }
}

/// The length of the bracketed text at the front, strings respected.
pub(in crate::dialect) fn balanced(text: &str) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}
