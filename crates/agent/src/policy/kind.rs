//! What a tool may do to the world, which is all that policy knows of it. A name nobody knows is judged like a command.

use serde::{Deserialize, Serialize};

use crate::tool::kinds;

/// What a tool may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Reads files.
    Read,
    /// Writes, moves, copies or removes files.
    Edit,
    /// Runs a command.
    Command,
    /// Runs a command that is meant to look only.
    Inspect,
    /// Reaches the network from Alcove itself.
    Network,
    /// Asks the person something.
    Question,
    /// Touches nothing but the chat.
    Chat,
}

impl Kind {
    /// What a tool may do, by either of its names. A tag that may do several things is taken for its first.
    pub fn of(tool: &str) -> Self {
        let native = kinds().find(|(native, _, _)| *native == tool);
        let found = native.or_else(|| kinds().find(|(_, tag, _)| *tag == tool));
        found.map_or(Self::Command, |(_, _, kind)| kind)
    }

    /// The kind of this name, as rules write it.
    pub fn named(word: &str) -> Option<Self> {
        Some(match word {
            "read" => Self::Read,
            "edit" => Self::Edit,
            "command" => Self::Command,
            "inspect" => Self::Inspect,
            "network" => Self::Network,
            "question" => Self::Question,
            "chat" => Self::Chat,
            _ => return None,
        })
    }

    /// Its name in rules and lines.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Edit => "edit",
            Self::Command => "command",
            Self::Inspect => "inspect",
            Self::Network => "network",
            Self::Question => "question",
            Self::Chat => "chat",
        }
    }

    /// Its actions as a sentence names them.
    pub(super) fn actions(self) -> &'static str {
        match self {
            Self::Read => "reading",
            Self::Edit => "edits",
            Self::Command => "commands",
            Self::Inspect => "commands that look",
            Self::Network => "reaching the network",
            Self::Question => "questions",
            Self::Chat => "messages",
        }
    }

    /// Whether it starts a process.
    pub fn runs(self) -> bool {
        matches!(self, Self::Command | Self::Inspect)
    }
}

/// Whether a rule's word for a tool means this one: its name in either dialect, or what it may do.
pub(super) fn means(word: &str, tool: &str, kind: Kind) -> bool {
    word == "*"
        || word == tool
        || Kind::named(word) == Some(kind)
        || kinds().any(|(native, tag, of)| of == kind && (native == tool && tag == word || tag == tool && native == word))
}
