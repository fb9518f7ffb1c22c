//! What the agent wants to do, is allowed to do and has done, beside the tool calls themselves: proposals and their answers, the output
//! of commands, the changes of a turn.

use serde::{Deserialize, Serialize};

use super::activity::FileDiff;
use super::turn::Phase;
use crate::acting::ApprovalPreset;
use crate::{ChatId, TurnId};

/// What a proposal is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ProposalKind {
    /// A command is to run.
    Command,
    /// Files are to be written, moved, copied or removed.
    Edit,
    /// A file is to be read that does not lie in the chat's folder, or that a rule asks about.
    Read,
    /// A page is to be fetched, or a search made.
    Network,
    /// The model asks something.
    Question,
}

/// A command that is to run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ProposedCommand {
    /// The script, byte for byte as it will run.
    pub script: String,
    /// The same as it is to be read: what hides in text is made visible, nothing is cut.
    pub shown: String,
    /// Where it starts, absolute.
    pub cwd: String,
    /// Whether it has the network.
    pub network: bool,
    /// Whether the turn goes on while it runs.
    pub background: bool,
    /// The time it may take, seconds.
    pub limit_s: u64,
    /// What holds it, in words.
    pub sandbox: String,
}

/// What becomes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum FileOperation {
    /// It is new.
    Add,
    /// Its content changes.
    Change,
    /// It goes away.
    Remove,
    /// It gets another name.
    Move,
    /// It is there twice.
    Copy,
    /// Its mode changes.
    Mode,
    /// It is read.
    Read,
}

/// A file that is to be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct ProposedFile {
    /// The file, relative when it lies in the project.
    pub path: String,
    /// What becomes of it.
    pub operation: FileOperation,
    /// Its other name, when it is moved or copied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Lines added.
    pub added: u64,
    /// Lines removed.
    pub deleted: u64,
    /// What changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<FileDiff>,
    /// What a person must know beside that, such as a place that was found by looking past differences.
    pub notes: Vec<String>,
}

/// A question of the model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ProposedQuestion {
    /// The question.
    pub text: String,
    /// Answers to choose from; any other may be written.
    pub options: Vec<String>,
}

/// What a rule speaks of; everything it names must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct RuleSubject {
    /// A tool's name, or what it may do: `read`, `edit`, `command`, `inspect`, `network`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// Paths, written as in an ignore file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// A command with `*` for any text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// A host; `*.example.org` for those beneath it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
}

/// A rule that would have answered the proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RuleOffer {
    /// The rule in words, without where it holds.
    pub words: String,
    /// What it speaks of.
    pub subject: RuleSubject,
}

/// Why an action waits, for clients with words of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Because {
    /// The preset asks about such actions.
    Preset {
        /// The preset.
        preset: ApprovalPreset,
        /// What it asks about: `read`, `edit`, `command`, `inspect`, `network`.
        about: String,
        /// Whether the action leaves the chat's folder.
        outside: bool,
    },
    /// A rule asks.
    Rule {
        /// What it speaks of.
        rule: RuleSubject,
        /// Whether it is known to mean this action; of a command that hides what it does it is not.
        sure: bool,
    },
    /// The chat is in ask mode.
    Mode,
    /// Nothing holds commands on this machine.
    Sandbox,
    /// The command wants the network, which the chat does not have.
    Network,
    /// The model asks the person.
    Question,
}

/// `proposal`: an action waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Proposal {
    /// The chat.
    pub chat_id: ChatId,
    /// Names it: the path of the action's record.
    pub proposal_id: String,
    /// The tool call.
    pub call_id: String,
    /// The tool.
    pub tool: String,
    /// What it is about.
    pub kind: ProposalKind,
    /// The same in one line.
    pub title: String,
    /// The command, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<ProposedCommand>,
    /// The files, when it changes some.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<ProposedFile>>"))]
    pub files: Vec<ProposedFile>,
    /// The question, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<ProposedQuestion>,
    /// The address, when the network is reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Why it is asked.
    pub why: String,
    /// The same without words: `{by}`, with `preset`, `about` and `outside` of a preset, `rule` and `sure` of a rule; otherwise `mode`,
    /// `sandbox`, `network` or `question`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<Because>,
    /// Digest of everything that decides what will happen: a yes is given to it.
    pub digest: String,
    /// Rules a person may make of the answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<RuleOffer>>"))]
    pub rules: Vec<RuleOffer>,
    /// The turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_id: Option<TurnId>,
    /// Always activity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_phase: Option<Phase>,
    /// Counts the events of the turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_seq: Option<u64>,
    /// When it was made, milliseconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at_ms: Option<i64>,
    /// Place in the chat's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// What became of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ProposalState {
    /// It waits.
    Open,
    /// A person said yes.
    Accepted,
    /// A person said no.
    Rejected,
    /// The turn was stopped, or the chat moved on.
    Cancelled,
    /// What it would do is no longer what was shown.
    Changed,
}

/// `proposal_resolved`: a proposal waits no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct ProposalResolved {
    /// The chat.
    pub chat_id: ChatId,
    /// Which one.
    pub proposal_id: String,
    /// The tool call.
    pub call_id: String,
    /// What became of it.
    pub state: ProposalState,
    /// The person's reason, or answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The command as the person changed it, where they did: it runs instead of what was proposed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// The rule that was made with it, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_id: Option<TurnId>,
    /// Place in the chat's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// `stream_chunk`: output of a command that runs. What is numbered is whole; beyond the first 128 KiB of a channel only the newest
/// output passes by, without a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct StreamChunk {
    /// The chat.
    pub chat_id: ChatId,
    /// The record of the command: `log://turn_N/sh/…`.
    pub path: String,
    /// The tool call.
    pub call_id: String,
    /// 1 is standard output, 2 standard error.
    pub channel: u8,
    /// The text.
    pub text: String,
    /// Bytes between what was told before and this text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<u64>,
    /// The turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_id: Option<TurnId>,
    /// Place in the chat's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// `command_ended`: a command that ran on in the background has ended, by itself or not. It belongs to no turn that runs: nothing begins
/// with it, and nothing else ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct CommandEnded {
    /// The chat.
    pub chat_id: ChatId,
    /// The record of the command: `log://turn_N/sh/…`.
    pub path: String,
    /// The tool call.
    pub call_id: String,
    /// How it ended, as in HTTP: 200 with a code of its own, 408 by its limit, 499 by being stopped, 500 by a signal or unseen.
    pub status: u16,
    /// The same in words: `exit code 3`, `stopped`.
    pub how: String,
    /// Its exit code; 128 and the signal's number for one that a signal ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// How long it took, milliseconds; absent when nobody saw its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// The turn that began it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_id: Option<TurnId>,
    /// When, milliseconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at_ms: Option<i64>,
    /// Place in the chat's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// Why the changes of a chat are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ChangesWord {
    /// A turn changed files.
    Made,
    /// Some of it was taken back.
    Reverted,
    /// Some of it was done again.
    Redone,
}

/// How much a person changed back, or again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ChangesExtent {
    /// A whole turn.
    Turn,
    /// One path of it, with what is beneath a folder.
    File,
    /// One hunk of a file.
    Hunk,
    /// What had been overwritten to change the turn back, or again: it is there again.
    Overwritten,
}

/// `changes`: files of the chat's folder were changed by a turn, or changed back by a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Changes {
    /// The chat.
    pub chat_id: ChatId,
    /// What happened.
    pub action: ChangesWord,
    /// The turn's ordinal in its chat, counted from 1.
    pub turn: u64,
    /// The files, by path; where nothing but folders changed, those, each with `/` at its end. At most 200.
    pub paths: Vec<String>,
    /// How many more there are than `paths` names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<u64>,
    /// How much of the turn it is about, when a person did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extent: Option<ChangesExtent>,
    /// Of a hunk: whether other hunks of its file stand the other way now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partly: Option<bool>,
    /// Lines added.
    pub added: u64,
    /// Lines removed.
    pub deleted: u64,
    /// What a person must know, such as files that are too big to be restored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_id: Option<TurnId>,
    /// When, milliseconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at_ms: Option<i64>,
    /// Place in the chat's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

impl Changes {
    /// Paths that one event names.
    pub const PATHS: usize = 200;

    /// So many of these paths as an event names, and how many more there are.
    pub fn named(mut paths: Vec<String>) -> (Vec<String>, Option<u64>) {
        let more = paths.len().saturating_sub(Self::PATHS);
        paths.truncate(Self::PATHS);
        (paths, u64::try_from(more).ok().filter(|more| *more > 0))
    }
}
