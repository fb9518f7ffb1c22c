//! Calls written in other formats than tags (entries.md §3.2), read into the same actions. A call that is unknown, empty, broken or cut
//! off becomes a line for the model and never an action.

mod arguments;
pub(super) mod json;
pub(super) mod marked;
mod native;

pub(super) use native::call as native;

use std::ops::Range;

use super::action::{Action, Ending, Origin};
use super::repair::{Format, Repair};
use super::tool::Tool;

/// A call as it was written: the name, and arguments as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) name: String,
    pub(super) arguments: Vec<(String, String)>,
}

/// What stood in a foreign format.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Bytes it took.
    pub(super) len: usize,
    pub(super) format: Format,
    /// The calls in it; an empty list is a broken one.
    pub(super) calls: Vec<Call>,
    /// What is left of the form itself.
    pub(super) leftover: &'static str,
}

/// The action a call means, or why it means none.
pub(super) fn action(call: Call, format: Format, at: Range<usize>) -> Result<Action, Repair> {
    let Some(tool) = Tool::of_call(&call.name) else { return Err(Repair::UnknownCall(format, call.name)) };
    let (attributes, body) = arguments::placed(tool, call.arguments);
    if attributes.iter().all(|(_, value)| value.is_empty()) && body.as_deref().unwrap_or_default().is_empty() {
        return Err(Repair::EmptyCall(format, tool));
    }
    Ok(Action { tool, attributes, body, ending: Ending::Closed, origin: Origin::Foreign(format), at })
}
