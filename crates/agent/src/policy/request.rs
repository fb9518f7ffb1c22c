//! What policy is asked about: one action, with everything it touches, as it was parsed; and what is so around it. The engine fills it in.

use serde::{Deserialize, Serialize};

use super::{Kind, Mode, Restrictions};
use crate::path::Protected;

/// How a path is touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Its content or its names are read.
    Read,
    /// It is made or changed.
    Write,
    /// It goes away.
    Remove,
}

impl Access {
    /// Whether something is different afterwards.
    pub fn changes(self) -> bool {
        match self {
            Self::Read => false,
            Self::Write | Self::Remove => true,
        }
    }
}

/// One path an action touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch {
    /// Normalised, relative to the scope, or absolute outside it.
    pub path: String,
    /// Where links on the way lead to, when that is another name: a rule on either name counts.
    pub real: Option<String>,
    /// How.
    pub access: Access,
    /// With everything beneath it.
    pub tree: bool,
    /// It lies in something only its owner changes.
    pub protected: Option<Protected>,
}

impl Touch {
    /// Whether any of its names lies outside the scope.
    pub fn outside(&self) -> bool {
        self.names().any(|name| name.starts_with('/'))
    }

    /// The names it has.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.path.as_str()).chain(self.real.as_deref())
    }
}

/// One action that is about to happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The tool's name.
    pub tool: String,
    /// What it may do.
    pub kind: Kind,
    /// The files it touches; none for commands, whose sandbox bounds them.
    pub touches: Vec<Touch>,
    /// The script or the words of a command, joined as a shell would read them.
    pub command: Option<String>,
    /// The host a web tool reaches.
    pub host: Option<String>,
    /// A command asks for the network.
    pub network: bool,
}

/// How strongly commands are held (security.md, "Files and commands").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    /// Not at all: every command asks.
    L1,
    /// By the kernel's own rules.
    L2,
    /// In a world of their own.
    L3,
}

/// What is so around a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The chat that asks.
    pub chat: String,
    /// Its folder, absolute.
    pub folder: String,
    /// Whether it may leave that folder.
    pub full: bool,
    /// Ask or act.
    pub mode: Mode,
    /// What it does without.
    pub without: Restrictions,
    /// The sandbox in force.
    pub level: Level,
    /// Whether this chat allows its commands the network.
    pub network: bool,
}
