//! Ask and act mode, and what a chat is started without (entries §2.8): one list says which tools there are, and what is not on it is
//! refused also when a model calls it all the same.

use serde::{Deserialize, Serialize};

use super::{Kind, Request};

/// Whether a chat may change things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It looks and answers.
    Ask,
    /// It acts.
    #[default]
    Act,
}

/// What a chat does without. It stays for the whole chat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "four switches of the contract that are set apart from each other")]
pub struct Restrictions {
    /// No files of a project.
    pub no_repo: bool,
    /// No questions to the person.
    pub no_interaction: bool,
    /// No web.
    pub no_web: bool,
    /// Nothing that waits for a person.
    pub no_proposals: bool,
}

/// The tags in the order a model is told of them.
const TAGS: &[&str] = &["think", "get", "set", "env", "sh", "rm", "cp", "mv", "ask_user", "search", "update"];

/// The tags of a chat.
pub fn tools(mode: Mode, without: Restrictions) -> Vec<&'static str> {
    TAGS.iter().copied().filter(|tag| !hidden(tag, Kind::of(tag), mode, without)).collect()
}

/// Whether a chat of this mode has no such tool.
fn hidden(tool: &str, kind: Kind, mode: Mode, without: Restrictions) -> bool {
    match kind {
        Kind::Command => mode == Mode::Ask || without.no_proposals,
        Kind::Inspect => without.no_proposals,
        Kind::Question => without.no_proposals || without.no_interaction,
        Kind::Network => without.no_web,
        // The tag that searches is the web's; the native tool of that tag reads files.
        Kind::Read => tool == "search" && without.no_web,
        Kind::Edit | Kind::Chat => false,
    }
}

/// Why a request cannot be in this mode; `None` when it can. The same test serves every form of an edit.
pub(super) fn refusal(request: &Request, mode: Mode, without: Restrictions) -> Option<String> {
    let tool = &request.tool;
    if hidden(tool, request.kind, mode, without) {
        return Some(match (request.kind, mode) {
            (Kind::Command, Mode::Ask) => format!("ask mode runs no commands: {tool}"),
            (..) => format!("this chat has no tool {tool}"),
        });
    }
    if without.no_repo && !request.touches.is_empty() {
        return Some(format!("this chat was started without files: {tool}"));
    }
    let changes = request.kind == Kind::Edit && request.touches.iter().any(|touch| touch.access.changes());
    (mode == Mode::Ask && changes).then(|| format!("ask mode changes no files: {tool}"))
}
