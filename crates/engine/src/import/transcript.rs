//! Rows of a transcript of the original: nearly the events we tell, without numbers; the newer kind keeps whole segments, the older
//! one every piece.

use alcove_store::{PageStart, TurnState};
use serde_json::{Map, Value};

use super::original::{Told, items, text};
use super::rows::Building;
use crate::run::RunKind;

/// Rows that say nothing a thread shows.
const SILENT: &[&str] =
    &["goal_state", "goal_status", "session_updated", "attached", "error", "turn_model_updated", "runtime_model_updated"];
/// Fields that are ours, or point to files that are not there.
const DROPPED: &[&str] = &["media", "media_urls", "media_paths", "notice", "seq", "agent_ui", "buttons", "transcript_incomplete"];

/// Takes one row, or says why not.
pub(super) fn take(building: &mut Building, told: &mut Told, mut row: Map<String, Value>) -> Result<(), &'static str> {
    let Some(kind) = text(&row, "event").map(str::to_owned) else { return Err("it is no event") };
    let at = row.get("created_at_ms").and_then(|at| at.as_i64().or_else(|| at.as_f64().map(|at| at as i64)));
    building.at(at);
    told.attachments += items(&row, "media_paths").len() + items(&row, "media").len();
    let turn = text(&row, "turn_id").map(str::to_owned);
    let turn = turn.as_deref();
    match kind.as_str() {
        "user" => {
            let words = row.get("text").and_then(Value::as_str).unwrap_or_default().to_owned();
            let kept = ["cli_apps", "mcp_presets", "session_mentions"];
            row.retain(|name, value| kept.contains(&name.as_str()) && value.is_array());
            building.prompt(&words, turn, row);
            return Ok(());
        }
        kind if SILENT.contains(&kind) => return Ok(()),
        _ => {}
    }
    told.lost_prompt |= !building.is_open() && kind != "fork_marker" && kind != "turn_end";
    match kind.as_str() {
        "delta" => building.stream(RunKind::Delta, text(&row, "text").unwrap_or_default(), turn),
        "reasoning_delta" => building.stream(RunKind::ReasoningDelta, text(&row, "text").unwrap_or_default(), turn),
        "stream_end" => {
            let flag = |name: &str| row.get(name).and_then(Value::as_bool).filter(|flag| *flag);
            building.stream_end(text(&row, "text"), (flag("resuming"), flag("merge_next")), turn);
        }
        "reasoning_end" => building.reasoning_end(text(&row, "text"), turn),
        "message" if text(&row, "kind") == Some("reasoning") => building.reasoning_end(text(&row, "text"), turn),
        "message" | "file_edit" | "turn_end" | "fork_marker" => return event(building, &kind, row),
        _ => return Err("its kind is not known"),
    }
    Ok(())
}

/// A row that is an event of ours but for its place.
fn event(building: &mut Building, kind: &str, mut row: Map<String, Value>) -> Result<(), &'static str> {
    let turn = text(&row, "turn_id").map(str::to_owned);
    if kind == "fork_marker" {
        building.end_turn(None);
        row.retain(|name, _| name == "source_chat_id");
    } else if kind == "turn_end" && !building.is_open() {
        return Ok(());
    } else {
        building.turn(turn.as_deref());
        row.remove("turn_id");
    }
    row.retain(|name, value| !DROPPED.contains(&name.as_str()) && !value.is_null());
    let made = building.made(kind, Value::Null, row.clone());
    let made = made.or_else(|| {
        // An old or odd cost is no reason to lose the end.
        row.retain(|name, _| !["usage", "goal_state", "context_window_tokens", "latency_ms"].contains(&name.as_str()));
        building.made(kind, Value::Null, row.clone())
    });
    let Some(made) = made else { return Err("it is damaged") };
    let words = text(&row, "text").filter(|_| kind == "message" && text(&row, "kind").is_none()).unwrap_or_default();
    building.push(made, PageStart::No);
    building.answered(words);
    if kind == "turn_end" {
        building.end_turn(Some(TurnState::Done));
    }
    Ok(())
}
