//! What one chunk says of tool calls, read leniently.
//!
//! Pure. The calls stand in `delta.tool_calls`, in `message.tool_calls`, or as a single `function_call` of either; a call's name and
//! arguments stand in its `function` or beside its id; arguments are a text, a piece of one, or the value itself.

use serde_json::Value;

/// A piece of one call; what is missing is empty.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct CallPiece {
    /// Which call it belongs to, as its server counts.
    pub(super) index: Option<u64>,
    pub(super) id: String,
    pub(super) name: String,
    /// JSON text, or a piece of it.
    pub(super) arguments: String,
    /// It belongs to no call that has begun.
    pub(super) apart: bool,
}

/// The pieces of one chunk.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct CallPieces {
    /// In the order they are told.
    pub(super) pieces: Vec<CallPiece>,
    /// They come from a `message`, which repeats what deltas have said.
    pub(super) repeated: bool,
}

/// The pieces in the first choice of a chunk or a reply.
pub(super) fn pieces_of(choice: &Value) -> CallPieces {
    let pieces = pieces_in(&choice["delta"]);
    if !pieces.is_empty() {
        return CallPieces { pieces, repeated: false };
    }
    let whole = pieces_in(&choice["message"]).into_iter().map(|piece| CallPiece { apart: true, ..piece });
    CallPieces { pieces: whole.collect(), repeated: true }
}

fn pieces_in(said: &Value) -> Vec<CallPiece> {
    let calls = match &said["tool_calls"] {
        Value::Array(calls) => calls.as_slice(),
        call @ Value::Object(_) => std::slice::from_ref(call),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => &[],
    };
    let pieces: Vec<CallPiece> = calls.iter().enumerate().filter_map(|(place, call)| piece_of(call, place)).collect();
    if !pieces.is_empty() {
        return pieces;
    }
    let single = piece_of(&said["function_call"], 0);
    single.map(|piece| CallPiece { index: Some(0), ..piece }).into_iter().collect()
}

fn piece_of(call: &Value, place: usize) -> Option<CallPiece> {
    let function = match &call["function"] {
        function @ Value::Object(_) => function,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => call,
    };
    let index = call["index"].as_u64().or_else(|| call["index"].as_str()?.parse().ok());
    let name = word_of(&function["name"]);
    let piece = CallPiece {
        apart: index.is_none() && place > 0 && !name.is_empty(),
        index,
        id: word_of(&call["id"]),
        name,
        arguments: match word_of(&function["arguments"]) {
            text if text.is_empty() => word_of(&function["parameters"]),
            text => text,
        },
    };
    let says_something = !(piece.id.is_empty() && piece.name.is_empty() && piece.arguments.is_empty());
    says_something.then_some(piece)
}

/// A text as it is, and any other value as its JSON text.
fn word_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}
