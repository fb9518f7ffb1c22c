//! How chats act: rules, the preset that holds where none speaks, each chat's mode and network, and the dialect each model turned out to
//! speak. Kept as one setting; only a person's request changes it, but for the dialects.

use std::collections::BTreeMap;

use alcove_agent::policy::{Mode, Policy, Preset, Rule, Span};
use alcove_agent::verdict::Dialect;
use alcove_proto::acting::ApprovalPreset;
use serde::{Deserialize, Serialize};

/// The setting it is kept under.
pub(crate) const SETTING: &str = "acting";
/// Rules a person may have.
pub(crate) const RULES_MAX: usize = 500;

/// How chats act.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Acting {
    /// Of chats that chose none.
    pub(crate) preset: Preset,
    /// Oldest first.
    pub(crate) rules: Vec<Rule>,
    /// What chats chose, by their ids; those that chose nothing are not here.
    pub(crate) chats: BTreeMap<String, Own>,
    /// The dialect of models that were found out, by `provider/model`.
    pub(crate) dialects: BTreeMap<String, Dialect>,
}

/// What one chat chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Own {
    pub(crate) mode: Mode,
    pub(crate) preset: Option<Preset>,
    /// Whether commands have the network.
    pub(crate) network: bool,
}

impl Acting {
    /// What a chat chose.
    pub(crate) fn of(&self, chat: &str) -> Own {
        self.chats.get(chat).copied().unwrap_or_default()
    }

    /// Forgets what a chat that is gone chose, and its rules: its id may come again.
    pub(crate) fn forget(&mut self, chat: &str) {
        self.chats.remove(chat);
        self.rules.retain(|rule| rule.span != Span::Chat(chat.to_owned()));
    }

    /// The rules and the preset a chat acts under.
    pub(crate) fn policy(&self, chat: &str) -> Policy {
        Policy { rules: self.rules.clone(), preset: self.of(chat).preset.unwrap_or(self.preset) }
    }
}

/// A preset as clients know it.
pub(crate) fn preset_word(preset: Preset) -> ApprovalPreset {
    match preset {
        Preset::Ask => ApprovalPreset::Ask,
        Preset::EditFreely => ApprovalPreset::EditFreely,
        Preset::Full => ApprovalPreset::Full,
    }
}
