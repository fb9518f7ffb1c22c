//! A rule as it is stored and shown: what it says, about what, and for how long. A rule is made by a person; a chat cannot write one.

use serde::{Deserialize, Serialize};

/// What happens to an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It happens.
    Allow,
    /// A person is asked.
    Ask,
    /// It does not happen.
    Deny,
}

/// Where a rule holds. "Once" is no rule: it is an approval of one exact action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// In one chat.
    Chat(String),
    /// In chats of one folder and of those beneath it.
    Folder(String),
    /// Everywhere.
    Always,
}

/// One rule. Everything it names must hold. A word that is not known here makes it no rule at all, lest it say more than was meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Names it in verdicts.
    pub id: String,
    /// What it says.
    pub effect: Effect,
    /// A tool's name in either dialect, what it may do (`read`, `edit`, `command`, `inspect`, `network`), or `*`, which none is too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// Paths, written as in an ignore file: `src/**`, `*.pem`, `/README.md`; a folder's name covers what is beneath it. `//etc/**` is a
    /// path of the machine; without it a rule allows nothing outside the chat's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// A command with `*` for any text: `cargo test *` is also `cargo test`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// A host; `*.example.org` for those beneath it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Where it holds.
    pub span: Span,
}

impl Rule {
    /// The rule in words, for "why was this asked / allowed?".
    pub fn words(&self) -> String {
        let effect = match self.effect {
            Effect::Allow => "allow",
            Effect::Ask => "ask for",
            Effect::Deny => "deny",
        };
        let mut words = format!("{effect} {}", self.tool.as_deref().filter(|tool| *tool != "*").unwrap_or("everything"));
        for (before, pattern) in [(" in ", &self.path), (": ", &self.command), (" to ", &self.host)] {
            if let Some(pattern) = pattern {
                words.push_str(before);
                words.push_str(pattern);
            }
        }
        words.push_str(&match &self.span {
            Span::Chat(_) => ", in this chat".to_owned(),
            Span::Folder(folder) => format!(", in {folder}"),
            Span::Always => ", always".to_owned(),
        });
        words
    }
}

/// What holds where no rule speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Reading is free, everything else asks.
    #[default]
    Ask,
    /// Files of the scope are changed freely, commands and the network ask.
    EditFreely,
    /// Nothing asks within the scope.
    Full,
}

impl Preset {
    /// Its name as a person reads it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Ask => "Ask",
            Self::EditFreely => "Edit freely",
            Self::Full => "Full",
        }
    }
}
