//! The tag language as JSON, for debugging and for corpora: `{"input": text, "max_commands"?: n}` in; commands, text and warnings out.

use serde_json::{Map, Value, json};

use super::action::{Action, SetCall};
use super::reader::ACTIONS_MAX;
use super::tags::parse_capped;
use super::tool::Tool;
use crate::edit::form::{self, Arguments, Form};
use crate::edit::{Edit, probe as edits};

/// A closing signal without a status means that the turn goes on.
const GOING_ON: u64 = 102;

/// Reads `input` (or the value itself, when it is a text) and gives `{"commands", "unparsed", "warning_kinds"}`, and with
/// `"repairs": true` also the lines for the model. Anything that is no text reads as nothing.
#[must_use]
pub fn probe(value: &Value) -> Value {
    let input = value.get("input").unwrap_or(value).as_str().unwrap_or_default();
    let cap = value.get("max_commands").and_then(Value::as_u64).and_then(|cap| usize::try_from(cap).ok());
    let parsed = parse_capped(input, cap.unwrap_or(ACTIONS_MAX));
    let kinds: Vec<&str> = parsed.repairs.iter().filter(|repair| repair.is_fault()).map(|repair| repair.kind()).collect();
    let mut out = json!({
        "commands": parsed.actions.iter().map(command).collect::<Vec<_>>(),
        "unparsed": parsed.unparsed.trim(),
        "warning_kinds": kinds,
    });
    if value.get("repairs").and_then(Value::as_bool) == Some(true) {
        out["repairs"] = parsed.repairs.iter().map(|repair| json!({"kind": repair.kind(), "line": repair.line()})).collect();
    }
    out
}

fn command(action: &Action) -> Value {
    let mut out: Map<String, Value> = Map::new();
    for (key, value) in &action.attributes {
        out.insert(key.clone(), json!(value));
    }
    match action.tool {
        Tool::Set => set(action, &mut out),
        Tool::Get | Tool::Rm => {
            let filter = action.filter().map(str::to_owned);
            fill(action, "path", &mut out);
            out.extend(filter.map(|filter| ("body".to_owned(), json!(filter))));
        }
        Tool::Env | Tool::Sh => fill(action, "command", &mut out),
        Tool::Cp | Tool::Mv => {
            fill(action, "to", &mut out);
            out.entry("to").or_insert(Value::Null);
        }
        Tool::AskUser if action.attribute("question").is_none() => fill(action, "question", &mut out),
        Tool::AskUser => fill(action, "options", &mut out),
        Tool::Search => {
            let query = action.attribute("path").or_else(|| action.attribute("query")).or_else(|| action.trimmed());
            out.extend(query.map(|query| ("path".to_owned(), json!(query))));
            out.remove("query");
            let results = action.attribute("results").and_then(|results| results.trim().parse::<i64>().ok());
            out.insert("results".to_owned(), json!(results));
        }
        Tool::Update => {
            let status = action.attribute("status").map(|status| status.trim().parse::<u64>().ok());
            out.insert("status".to_owned(), json!(status.unwrap_or(Some(GOING_ON))));
            fill(action, "body", &mut out);
        }
        Tool::Think => fill(action, "body", &mut out),
    }
    out.insert("name".to_owned(), json!(action.tool.tag()));
    Value::Object(out)
}

/// The main argument: the attribute, else the body.
fn fill(action: &Action, key: &str, out: &mut Map<String, Value>) {
    if let Some(value) = action.main().or_else(|| action.trimmed()) {
        out.entry(key).or_insert_with(|| json!(value));
    }
}

fn set(action: &Action, out: &mut Map<String, Value>) {
    match action.set_call() {
        Some(SetCall::Edit(parts)) => edit(action, parts, out),
        Some(SetCall::Empty) => {
            out.insert("body".to_owned(), json!(""));
        }
        Some(SetCall::Visibility(_) | SetCall::Nothing) | None => {}
    }
}

/// One substitution and one pair stand beside the path, several and conflict blocks in a list.
fn edit(action: &Action, parts: Arguments<'_>, out: &mut Map<String, Value>) {
    let text = if parts.text.trim().is_empty() { parts.body.unwrap_or_default() } else { parts.text };
    let text = if is_entry(action) { text.trim() } else { text };
    match form::read(parts) {
        Ok(Some((Form::Whole, _)) | None) => {
            out.insert("body".to_owned(), json!(text));
        }
        Ok(Some((form, edit))) => {
            out.retain(|key, _| !matches!(key.as_str(), "body" | "search" | "replace"));
            match (edits::pieces(&edit), listed(form, &edit)) {
                (Value::Array(mut pieces), false) => {
                    out.extend(pieces.pop().and_then(|piece| piece.as_object().cloned()).into_iter().flatten())
                }
                (pieces, _) => {
                    out.insert("blocks".to_owned(), pieces);
                }
            }
        }
        Err(refusal) => {
            out.insert("body".to_owned(), json!(text));
            out.insert("refusal".to_owned(), refusal.to_value());
        }
    }
}

fn listed(form: Form, edit: &Edit) -> bool {
    match (form, edit) {
        (Form::Conflict | Form::Diff | Form::OldNew, _) => true,
        (_, Edit::Sed(chain)) => chain.len() > 1,
        (_, Edit::Blocks(blocks)) => blocks.len() > 1,
        (_, Edit::Hunks(_) | Edit::Whole(_)) => true,
    }
}

/// An entry is a note, whose surrounding space means nothing; a file is kept to the byte.
fn is_entry(action: &Action) -> bool {
    action.attribute("path").is_some_and(|path| path.contains("://") || path.starts_with("/:"))
}
