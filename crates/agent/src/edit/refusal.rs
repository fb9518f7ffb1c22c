//! Why nothing comes of an edit, with both sides: what was looked for and what is there. A refusal leaves the file as it is.

use std::fmt;

use serde_json::{Value, json};

use super::Digest;
use super::diff::Diff;
use super::note::listed;

/// A place in the file that resembles what was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its first line, from 1.
    pub line: usize,
    /// Its text.
    pub text: String,
    /// How much it resembles, in percent.
    pub likeness: u8,
}

/// Why nothing comes of an edit. Pieces and lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such file to change.
    Missing,
    /// The file is no text.
    Binary {
        /// Where its first zero byte is.
        at: usize,
    },
    /// The file is text, but not in UTF-8.
    Encoding {
        /// What it is, as far as it says.
        encoding: String,
        /// Where the first byte is that is not UTF-8.
        at: usize,
    },
    /// The file is too large, or would be.
    TooLarge {
        /// Its bytes.
        bytes: usize,
        /// The bytes it may have.
        limit: usize,
    },
    /// The file is not what it was when the edit was shown.
    Changed {
        /// What it was; absent when there was none.
        expected: Option<Digest>,
        /// What it is; absent when there is none.
        found: Option<Digest>,
        /// What happened to it since, where that is known.
        diff: Option<Diff>,
    },
    /// A piece is not in the file.
    NoMatch {
        /// Which piece.
        piece: usize,
        /// What was looked for.
        search: String,
        /// What resembles it, the likest first.
        nearest: Vec<Candidate>,
    },
    /// A piece that may occur once occurs more often.
    Several {
        /// Which piece.
        piece: usize,
        /// What was looked for.
        search: String,
        /// Where it occurs.
        lines: Vec<usize>,
    },
    /// The edit itself cannot be read.
    Malformed {
        /// What is wrong, a sentence.
        why: String,
    },
}

impl Refusal {
    /// The kind, for those that ask by name.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Binary { .. } => "binary",
            Self::Encoding { .. } => "encoding",
            Self::TooLarge { .. } => "too_large",
            Self::Changed { .. } => "changed",
            Self::NoMatch { .. } => "no_match",
            Self::Several { .. } => "several",
            Self::Malformed { .. } => "malformed",
        }
    }

    /// The outcome of the action's record (entries §1.1).
    pub fn outcome(&self) -> &'static str {
        match self {
            Self::Missing => "not_found",
            Self::Binary { .. } | Self::Encoding { .. } | Self::TooLarge { .. } | Self::Malformed { .. } => "validation",
            Self::Changed { .. } | Self::NoMatch { .. } | Self::Several { .. } => "conflict",
        }
    }

    /// `{kind, outcome, text, …}` with both sides, for the window.
    pub fn to_value(&self) -> Value {
        let mut value = json!({ "kind": self.kind(), "outcome": self.outcome(), "text": self.to_string() });
        let sides = match self {
            Self::Missing | Self::Malformed { .. } => json!({}),
            Self::Binary { at } => json!({ "at": at }),
            Self::Encoding { encoding, at } => json!({ "encoding": encoding, "at": at }),
            Self::TooLarge { bytes, limit } => json!({ "bytes": bytes, "limit": limit }),
            Self::Changed { expected, found, diff } => json!({
                "expected": expected.as_ref().map(Digest::as_str),
                "found": found.as_ref().map(Digest::as_str),
                "diff": diff.as_ref().map(Diff::to_value),
            }),
            Self::NoMatch { piece, search, nearest } => {
                let nearest: Vec<Value> =
                    nearest.iter().map(|near| json!({ "line": near.line, "text": near.text, "likeness": near.likeness })).collect();
                json!({ "piece": piece, "search": search, "nearest": nearest })
            }
            Self::Several { piece, search, lines } => json!({ "piece": piece, "search": search, "lines": lines }),
        };
        if let (Some(value), Value::Object(sides)) = (value.as_object_mut(), sides) {
            value.extend(sides);
        }
        value
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => write!(f, "There is no such file to change."),
            Self::Binary { at } => write!(f, "The file is binary (a zero byte at {at}); it was not changed."),
            Self::Encoding { encoding, at } => {
                write!(f, "The file is not in UTF-8 ({encoding}, byte {at}); it was not changed.")
            }
            Self::TooLarge { bytes, limit } => write!(f, "The file has {bytes} bytes, more than the {limit} an edit takes."),
            Self::Changed { expected, found, .. } => match (expected, found) {
                (None, _) => write!(f, "The file has come into being since the edit was shown; it was not changed."),
                (Some(_), None) => write!(f, "The file has gone since the edit was shown; nothing was written."),
                (Some(_), Some(_)) => write!(f, "The file has changed since the edit was shown; it was not changed again."),
            },
            Self::NoMatch { piece, search, nearest } => {
                write!(f, "Edit {piece} is not in the file. Looked for:\n{search}")?;
                for near in nearest {
                    write!(f, "\nLine {} is {} % alike:\n{}", near.line, near.likeness, near.text)?;
                }
                Ok(())
            }
            Self::Several { piece, search, lines } => {
                write!(f, "Edit {piece} is in the file {} times, {}. Looked for:\n{search}", lines.len(), listed(lines))
            }
            Self::Malformed { why } => write!(f, "{why}"),
        }
    }
}
