//! Rows of a session file of the original: the conversation as its model saw it, in the form of chat completions.

use alcove_store::{PageStart, TitleSource, TurnState};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::original::{Told, items, text};
use super::rows::Building;
use crate::engine::Engine;
use crate::run::RunKind;
use crate::title;

/// Rows nobody wrote, or that people were never shown.
const HIDDEN: &[&str] = &["_hidden_history", "injected_event", "subagent_task_id", "_channel_delivery"];
/// Characters of a tool's result that are kept.
const RESULT_CHARS: usize = 4_000;
/// What was added to a prompt for the model begins with this.
const ADDED: &str = "[Runtime Context";

/// Takes one row, or says why not.
pub(super) fn take(building: &mut Building, told: &mut Told, row: &Map<String, Value>, engine: &Engine) -> Result<(), &'static str> {
    if text(row, "_type").is_some() {
        if text(row, "_type") == Some("metadata") {
            about(building, row, engine.zone());
        }
        return Ok(());
    }
    let Some(role) = text(row, "role") else { return Err("it says nothing") };
    building.at(text(row, "timestamp").and_then(|iso| moment(iso, engine.zone())));
    if HIDDEN.iter().any(|name| row.get(*name).is_some_and(|value| !value.is_null() && value != &Value::Bool(false))) {
        return Ok(());
    }
    told.attachments += items(row, "media").len();
    match role {
        "user" => {
            finish(building);
            told.calls.clear();
            let mut more = row.clone();
            more.retain(|name, value| ["cli_apps", "mcp_presets"].contains(&name.as_str()) && value.is_array());
            building.prompt(&said(row), None, more);
        }
        "assistant" => answer(building, told, row),
        "tool" => result(building, told, row),
        "system" => {}
        _ => return Err("its role is not known"),
    }
    Ok(())
}

/// A turn's last row has no mark; the next prompt ends it.
pub(super) fn finish(building: &mut Building) {
    if building.is_open() {
        building.end_turn(Some(TurnState::Done));
    }
}

fn about(building: &mut Building, row: &Map<String, Value>, zone: &TimeZone) {
    building.at(text(row, "created_at").and_then(|iso| moment(iso, zone)));
    let Some(Value::Object(metadata)) = row.get("metadata") else { return };
    let title = title::tidy(text(metadata, "title").unwrap_or_default());
    let by_person = metadata.get("title_user_edited").and_then(Value::as_bool).unwrap_or(false) && !title.is_empty();
    building.title = (title, if by_person { TitleSource::Person } else { TitleSource::Generated });
}

/// Local time without a zone, or a moment with one.
fn moment(iso: &str, zone: &TimeZone) -> Option<i64> {
    if let Ok(at) = iso.parse::<jiff::Timestamp>() {
        return Some(at.as_millisecond());
    }
    let local: DateTime = iso.parse().ok()?;
    Some(local.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond())
}

/// The text of a row as a person wrote or read it.
fn said(row: &Map<String, Value>) -> String {
    let text = match row.get("content") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            let texts = parts.iter().filter_map(|part| part.get("text").and_then(Value::as_str));
            texts.collect::<Vec<_>>().join("\n\n")
        }
        Some(_) | None => String::new(),
    };
    let suffix = row.get("_runtime_context").and_then(|marker| marker.get("suffix")).and_then(Value::as_str);
    let text = suffix.and_then(|suffix| text.strip_suffix(suffix)).unwrap_or(&text);
    text.split(ADDED).next().unwrap_or_default().trim_end().to_owned()
}

fn answer(building: &mut Building, told: &mut Told, row: &Map<String, Value>) {
    told.lost_prompt |= !building.is_open();
    building.turn(None);
    if let Some(thought) = text(row, "reasoning_content") {
        building.reasoning_end(Some(thought), None);
    }
    let calls = items(row, "tool_calls");
    let words = said(row);
    if !words.is_empty() || !calls.is_empty() {
        building.stream(RunKind::Delta, &words, None);
        building.stream_end(None, ((!calls.is_empty()).then_some(true), None), None);
    }
    let events: Vec<Value> = calls.iter().filter_map(started).collect();
    for event in &events {
        told.calls.insert(event["call_id"].as_str().unwrap_or_default().to_owned(), event.clone());
    }
    hint(building, "tool_hint", &events);
}

fn started(call: &Value) -> Option<Value> {
    let function = call.get("function")?;
    let arguments = function.get("arguments").and_then(Value::as_str).and_then(|text| serde_json::from_str::<Value>(text).ok());
    let arguments = arguments.filter(Value::is_object).unwrap_or_else(|| json!({}));
    Some(tool(call.get("id")?.as_str()?, function.get("name")?.as_str()?, &arguments))
}

fn tool(id: &str, name: &str, arguments: &Value) -> Value {
    json!({ "version": 1, "phase": "start", "call_id": id, "name": name, "arguments": arguments, "result": null, "error": null, "files": [], "embeds": [] })
}

fn result(building: &mut Building, told: &mut Told, row: &Map<String, Value>) {
    let Some(id) = text(row, "tool_call_id") else { return };
    let begun = told.calls.remove(id);
    let mut event = begun.unwrap_or_else(|| tool(id, text(row, "name").unwrap_or("tool"), &json!({})));
    event["phase"] = "end".into();
    event["result"] = said(row).chars().take(RESULT_CHARS).collect::<String>().into();
    building.turn(None);
    hint(building, "progress", &[event]);
}

fn hint(building: &mut Building, kind: &str, events: &[Value]) {
    if events.is_empty() {
        return;
    }
    let made = building.made("message", json!({ "text": "", "kind": kind, "tool_events": events }), Map::new());
    if let Some(made) = made {
        building.push(made, PageStart::No);
    }
}
