//! What was heard, told in short lines that a scenario can compare.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::client::Frame;

/// One line a frame: its kind and what matters about it. Numbers are kept, ids and times are not.
pub fn told(frames: &[Frame]) -> String {
    let mut out = String::new();
    for frame in frames {
        writeln!(out, "{}", line(frame)).expect("a string takes everything");
    }
    out
}

fn line(frame: &Frame) -> String {
    let mut line = frame.seq().map_or_else(|| "-".to_owned(), |seq| seq.to_string());
    write!(line, " {}", frame.event()).expect("a string takes everything");
    for field in ["turn_id", "status", "scope", "detail", "reason", "state", "model_name", "starts_turn", "kind", "turn_seq", "text"] {
        match &frame.json[field] {
            Value::Null => {}
            Value::String(text) if field == "text" => write!(line, " {text:?}").expect("a string takes everything"),
            Value::String(text) => write!(line, " {text}").expect("a string takes everything"),
            other => write!(line, " {field}={other}").expect("a string takes everything"),
        }
    }
    if let Some(notice) = frame.json["notice"].as_object() {
        write!(line, " [{}, retry={}]", notice["kind"].as_str().unwrap_or_default(), notice["retry"]).expect("a string takes everything");
    }
    line
}

/// The numbered frames of one chat.
pub fn of_chat<'a>(frames: &'a [Frame], chat: &'a str) -> impl Iterator<Item = &'a Frame> {
    frames.iter().filter(move |frame| frame.seq().is_some() && frame.str("chat_id") == chat)
}

/// Numbered frames by number; a number told twice with different bytes fails the scenario.
pub fn by_seq<'a>(frames: impl IntoIterator<Item = &'a Frame>) -> BTreeMap<u64, String> {
    let mut out = BTreeMap::new();
    for frame in frames {
        let Some(seq) = frame.seq() else { continue };
        if let Some(before) = out.insert(seq, frame.text.clone()) {
            assert_eq!(before, frame.text, "event {seq} was told in two ways");
        }
    }
    out
}

/// Fails unless the numbers are `from`, `from + 1`, … up to the last.
pub fn assert_gapless(frames: &[Frame], from: u64) {
    let seqs: Vec<u64> = frames.iter().filter_map(Frame::seq).collect();
    let wanted: Vec<u64> = (from..).take(seqs.len()).collect();
    assert_eq!(seqs, wanted, "each event once and in order");
}

/// The answer text that was streamed.
pub fn answer(frames: &[Frame]) -> String {
    frames.iter().filter(|frame| frame.event() == "delta").map(|frame| frame.str("text")).collect()
}

/// What a thread page shows: one line a message.
pub fn shown(thread: &Value) -> String {
    let mut out = String::new();
    for message in thread["messages"].as_array().into_iter().flatten() {
        let text = |field: &str| message[field].as_str().unwrap_or_default().to_owned();
        write!(out, "{} {} {:?}", text("id"), text("role"), text("content")).expect("a string takes everything");
        if !text("reasoning").is_empty() {
            write!(out, " thinking {:?}", text("reasoning")).expect("a string takes everything");
        }
        if message["notice"].is_object() {
            write!(out, " [{}]", message["notice"]["kind"].as_str().unwrap_or_default()).expect("a string takes everything");
        }
        if message["isStreaming"] == true {
            out.push_str(" streaming");
        }
        if message["queued"] == true {
            out.push_str(" queued");
        }
        out.push('\n');
    }
    out
}
