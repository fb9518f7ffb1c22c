//! Who may write which entries, and how they are shown when the writer does not say (entries §1.1, §1.3, §1.4). The same holds for every
//! way of writing: bodies, states, attributes, patterns and removals.

use serde::{Deserialize, Serialize};

use crate::path::scheme_of;

/// Who writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Writer {
    /// Alcove itself.
    System,
    /// A tool of Alcove.
    Plugin,
    /// A person's client.
    Client,
    /// The model.
    Model,
}

/// How much of an entry a packet has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// All of it.
    Visible,
    /// Its path and a short form.
    Summarized,
    /// Nothing.
    Archived,
}

/// A scheme, who writes it, and how it is shown.
type Row = (&'static str, &'static [Writer], Visibility);

const TOOLS: &[Writer] = &[Writer::Model, Writer::Plugin];
const RECORDS: &[Writer] = &[Writer::System, Writer::Plugin, Writer::Model];

/// Bare paths are `file`. What is not listed nobody writes.
const SCHEMES: &[Row] = &[
    ("file", TOOLS, Visibility::Summarized),
    ("known", TOOLS, Visibility::Summarized),
    ("skill", TOOLS, Visibility::Visible),
    ("sh", TOOLS, Visibility::Summarized),
    ("env", TOOLS, Visibility::Summarized),
    ("http", TOOLS, Visibility::Summarized),
    ("https", TOOLS, Visibility::Summarized),
    ("unknown", TOOLS, Visibility::Visible),
    ("prompt", &[Writer::Plugin], Visibility::Visible),
    ("log", RECORDS, Visibility::Visible),
    ("get", TOOLS, Visibility::Visible),
    ("set", TOOLS, Visibility::Visible),
    ("rm", TOOLS, Visibility::Visible),
    ("cp", TOOLS, Visibility::Visible),
    ("mv", TOOLS, Visibility::Visible),
    ("ask_user", TOOLS, Visibility::Visible),
    ("search", TOOLS, Visibility::Visible),
    ("update", TOOLS, Visibility::Visible),
    ("error", TOOLS, Visibility::Visible),
    ("think", TOOLS, Visibility::Visible),
    ("run", &[Writer::System, Writer::Plugin, Writer::Client], Visibility::Visible),
    ("instructions", &[Writer::System], Visibility::Summarized),
    ("system", &[Writer::System], Visibility::Summarized),
    ("user", &[Writer::System], Visibility::Summarized),
    ("assistant", &[Writer::System], Visibility::Summarized),
    ("reasoning", &[Writer::System], Visibility::Summarized),
    ("model", &[Writer::System], Visibility::Summarized),
    ("content", &[Writer::System], Visibility::Summarized),
];

/// Whether this writer may write entries of a scheme; `None` is a bare path's.
pub fn may_write(scheme: Option<&str>, writer: Writer) -> bool {
    let scheme = scheme.unwrap_or("file");
    SCHEMES.iter().any(|(name, writers, _)| *name == scheme && writers.contains(&writer))
}

/// How an entry is shown when nobody said.
pub fn default_visibility(path: &str) -> Visibility {
    let scheme = scheme_of(path);
    let scheme = scheme.as_deref().unwrap_or("file");
    SCHEMES.iter().find(|(name, _, _)| *name == scheme).map_or(Visibility::Summarized, |(_, _, shown)| *shown)
}
