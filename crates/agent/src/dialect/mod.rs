//! How a model without tool calling says what it wants done: a language of tags (entries.md §3). Pure reading: text goes in, actions,
//! loose text and repairs come out. It never decides whether an action may run, and never looks inside a body.

mod action;
mod body;
mod foreign;
mod head;
mod heredoc;
mod probe;
mod reader;
mod repair;
mod settle;
pub mod tags;
mod tool;
