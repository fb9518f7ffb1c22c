//! One question about a path as a JSON value, and its answer as one. The question is `{"op": NAME, "input": TEXT}`; where `op` is missing, the case's
//! `group` or the beginning of its `id` names it. Asks nothing of the machine.

use serde_json::{Value, json};

use super::{Bounds, Reach, State, channel, file, log_to_data, normalize, record, scheme_of, slugify, status, target};

/// The folder where the question names none.
const ROOT: &str = "/project";

/// Answers one question; `{"error": …}` says what the question lacks.
pub fn probe(question: &Value) -> Value {
    if let Value::String(text) = question {
        return all(text);
    }
    let input = question.get("input").or_else(|| question.get("path")).and_then(Value::as_str);
    match (operation(question), input) {
        (Some("scheme_of"), input) => input.and_then(scheme_of).map_or(Value::Null, Value::String),
        (Some("slugify"), input) => Value::String(slugify(input.unwrap_or_default())),
        (Some("log_to_data"), input) => input.and_then(log_to_data).map_or(Value::Null, Value::String),
        (Some("state_to_status"), _) => state(question),
        (Some("normalize_path"), input) => input.map_or(Value::Null, |path| Value::String(normalize(path))),
        (Some("target"), Some(argument)) => Value::String(target(argument)),
        (Some("record"), Some(argument)) => recorded(question, argument),
        (Some("file"), input) => named(question, input.unwrap_or_default()),
        (None, Some(path)) => all(path),
        (Some(operation), _) => json!({ "error": format!("unknown or incomplete: {operation}") }),
        (None, None) => json!({ "error": "a question has `op` and `input`" }),
    }
}

fn operation(question: &Value) -> Option<&str> {
    let named = question.get("op").or_else(|| question.get("group")).and_then(Value::as_str);
    let named = named.or_else(|| question.get("id").and_then(Value::as_str).map(|id| id.split('-').next().unwrap_or(id)))?;
    Some(match named {
        "sch" | "scheme" => "scheme_of",
        "slug" => "slugify",
        "norm" | "normalize" | "normalise" => "normalize_path",
        "l2d" => "log_to_data",
        "st" | "status" => "state_to_status",
        other => other,
    })
}

/// Everything a path's text tells.
fn all(path: &str) -> Value {
    json!({ "scheme": scheme_of(path), "path": normalize(path), "data": log_to_data(path), "slug": slugify(path), "file": named(&Value::Null, path) })
}

fn state(question: &Value) -> Value {
    let state = question.get("state").cloned().unwrap_or_default();
    let outcome = question.get("outcome").and_then(Value::as_str);
    match serde_json::from_value::<State>(state) {
        Ok(state) => json!(status(state, outcome)),
        Err(why) => json!({ "error": why.to_string() }),
    }
}

fn recorded(question: &Value, argument: &str) -> Value {
    let turn = question.get("turn").and_then(Value::as_u64).unwrap_or(1);
    let action = question.get("action").and_then(Value::as_str).unwrap_or("set");
    let path = record(turn, action, argument);
    json!({ "path": path, "data": log_to_data(&path), "channels": [channel(&path, 1), channel(&path, 2)] })
}

fn named(question: &Value, text: &str) -> Value {
    let root = question.get("root").and_then(Value::as_str).unwrap_or(ROOT);
    let reach = if question.get("reach").and_then(Value::as_str) == Some("anywhere") { Reach::Anywhere } else { Reach::Scope };
    match file(text, Bounds { root, reach }) {
        Ok(named) => {
            json!({ "path": named.path, "folder": named.folder, "protected": named.protected.map(|kind| kind.word()) })
        }
        Err(refusal) => json!({ "refused": refusal.code(), "why": refusal.words() }),
    }
}
