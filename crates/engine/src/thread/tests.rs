//! The fold as data: the cases the window folds too.

use alcove_proto::envelope::Delta;
use alcove_store::{EventRow, PageStart};
use serde_json::Value;

use super::fold;
use crate::run::{Run, RunKind};

/// The cases the window folds too: frames as they are told, messages as they are seen.
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../proto/tests/folds.json");

fn row(frame: &Value, at: u64) -> EventRow {
    let mut frame = frame.clone();
    frame["seq"] = at.into();
    let kind = frame["event"].as_str().expect("a kind").to_owned();
    let run = |kind: RunKind| {
        let piece: Delta = serde_json::from_value(frame.clone()).expect("a piece");
        serde_json::to_string(&Run::begin(kind, piece, 0)).expect("JSON")
    };
    let payload = match kind.as_str() {
        "delta" => run(RunKind::Delta),
        "reasoning_delta" => run(RunKind::ReasoningDelta),
        _ => frame.to_string(),
    };
    EventRow { chat: "c".to_owned(), seq: at, last: at, turn: None, kind, boundary: PageStart::No, payload, at: 0 }
}

#[test]
fn folds_are_what_the_window_sees() {
    let text = std::fs::read_to_string(CASES).expect("the cases");
    let mut cases: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    for case in &mut cases {
        let rows: Vec<EventRow> = case["frames"].as_array().expect("frames").iter().zip(1..).map(|(frame, at)| row(frame, at)).collect();
        let mut messages = serde_json::to_value(fold(&rows).expect("a fold").messages).expect("JSON");
        for message in messages.as_array_mut().expect("messages") {
            // The window takes its own clock for what streams.
            let message = message.as_object_mut().expect("a message");
            message.remove("createdAt");
            message.remove("reasoningMs");
        }
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            case["messages"] = messages;
        } else {
            assert_eq!(case["messages"], messages, "{}", case["name"]);
        }
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let text = serde_json::to_string_pretty(&cases).expect("JSON");
        std::fs::write(CASES, text + "\n").expect("the cases are writable");
    }
}
