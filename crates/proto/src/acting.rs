//! What requests about acting answer with: open proposals, rules, how a chat acts, its changes, its commands.

use serde::{Deserialize, Serialize};

use crate::ChatId;
use crate::envelope::{FileDiff, FileOperation, Proposal, ProposalState, RuleSubject};

/// `proposal.list`: what waits for a person, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Proposals {
    /// The proposals.
    pub proposals: Vec<Proposal>,
}

/// `proposal.answer`: what became of each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Answered {
    /// One for each answer, in order.
    pub answered: Vec<AnsweredOne>,
}

/// What became of one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct AnsweredOne {
    /// The proposal.
    pub proposal_id: String,
    /// What it is now; somebody else may have been first.
    pub state: ProposalState,
    /// Why the answer did not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What a rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum RuleEffect {
    /// It happens.
    Allow,
    /// A person is asked.
    Ask,
    /// It does not happen.
    Deny,
}

/// Where a rule holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum RuleSpan {
    /// In one chat.
    Chat,
    /// In chats of one folder and of those beneath it.
    Folder,
    /// Everywhere.
    Always,
}

/// A rule as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct RuleRow {
    /// Names it.
    pub id: String,
    /// What it says.
    pub effect: RuleEffect,
    /// What it speaks of.
    pub subject: RuleSubject,
    /// Where it holds.
    pub span: RuleSpan,
    /// The chat or the folder it holds in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The rule in words.
    pub words: String,
}

/// What holds where no rule speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ApprovalPreset {
    /// Reading is free, everything else asks.
    Ask,
    /// Files of the scope are changed freely, commands and the network ask.
    EditFreely,
    /// Nothing asks within the scope.
    Full,
}

/// `approvals.get`, `approvals.update`, `rule.add`, `rule.remove`: what is asked about, everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Approvals {
    /// Of chats that chose none.
    pub preset: ApprovalPreset,
    /// Every rule, oldest first.
    pub rules: Vec<RuleRow>,
    /// How commands are held here.
    pub sandbox: SandboxStanding,
}

/// How commands are held on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SandboxStanding {
    /// 1: not at all, every command asks. 2: by the kernel's own rules. 3: in a world of their own.
    pub level: u8,
    /// By what, in words; empty at level 1.
    pub provider: String,
    /// Why no higher level is in force, a line each.
    pub missing: Vec<String>,
}

/// Whether a chat may change things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ChatMode {
    /// It looks and answers.
    Ask,
    /// It acts.
    Act,
}

/// `chat.acting`, `chat.acting.update`: how a chat acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ChatActing {
    /// The chat.
    pub chat_id: ChatId,
    /// Whether it may change things.
    pub mode: ChatMode,
    /// What is asked about: the chat's own choice, or everybody's.
    pub preset: ApprovalPreset,
    /// Whether the chat chose it.
    pub own_preset: bool,
    /// Whether its commands have the network.
    pub network: bool,
    /// How commands are held.
    pub sandbox: SandboxStanding,
    /// Commands that run.
    pub commands: Vec<RunningCommand>,
}

/// A command that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RunningCommand {
    /// Its record: `log://turn_N/sh/…`.
    pub path: String,
    /// The tool call.
    pub call_id: String,
    /// The script.
    pub script: String,
    /// Whether the turn goes on while it runs.
    pub background: bool,
    /// Since when, milliseconds since the epoch.
    pub started_at_ms: i64,
}

/// `changes.list`: what the turns of a chat changed, newest first. An answer holds 200 turns at most, 200 files of each and 1000 in all, and
/// no file more once their differences come to 2 MiB.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ChangeList {
    /// The turns that changed something.
    pub turns: Vec<TurnChanges>,
}

/// What one turn changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct TurnChanges {
    /// The turn's ordinal, counted from 1.
    pub turn: u64,
    /// The first line of its prompt.
    pub prompt: String,
    /// When it began, milliseconds since the epoch.
    pub at_ms: i64,
    /// The files, by path; from `from` on, where the request had it.
    pub files: Vec<ChangedFile>,
    /// How many more files follow these; `changes.list` with `turn` and `from` answers them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<u64>,
    /// What could not be captured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What was overwritten when a person insisted, and can be brought back as things stand; newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<Overwritten>>"))]
    pub overwritten: Vec<Overwritten>,
}

/// What was overwritten while a turn was changed back, or again: `changes.revert` with its step brings it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Overwritten {
    /// The step of the turn, counted from 1.
    pub step: u64,
    /// When it was overwritten, milliseconds since the epoch.
    pub at_ms: i64,
    /// The files; where only folders are, those, each with `/` at its end.
    pub files: Vec<String>,
}

/// How a change stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ChangeStanding {
    /// It stands, or nothing but some of its hunks was taken back.
    Applied,
    /// It was taken back.
    Reverted,
    /// Something else happened to the file since.
    ChangedSince,
}

/// How one hunk of a change stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum HunkStanding {
    /// Its new lines are there.
    Applied,
    /// Its old lines are there.
    Reverted,
    /// Neither are, or several times, so that it can be turned neither way.
    Lost,
}

/// One file a turn changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct ChangedFile {
    /// The file, relative to the chat's folder.
    pub path: String,
    /// What became of it.
    pub operation: FileOperation,
    /// Lines added.
    pub added: u64,
    /// Lines removed.
    pub deleted: u64,
    /// How it stands now.
    pub standing: ChangeStanding,
    /// Whether it has no lines.
    pub binary: bool,
    /// Whether it is too big to be restored.
    pub too_big: bool,
    /// Whether a command did it, rather than a file tool.
    pub by_command: bool,
    /// What changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<FileDiff>,
    /// How many hunks can be taken back one by one, counted from 0.
    pub hunks: u32,
    /// How each of them stands now, in their order; empty where all stand as the file does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<HunkStanding>>"))]
    pub hunk_standings: Vec<HunkStanding>,
}

/// `changes.revert`, `changes.redo`: what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct ChangesDone {
    /// Files that are now as asked for; where only folders are, those, each with `/` at its end.
    pub done: Vec<String>,
    /// Files that were left alone.
    pub refused: Vec<ChangeRefused>,
    /// What a person should know besides, a sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<String>>"))]
    pub notes: Vec<String>,
    /// What was overwritten is kept as this step of the turn; taking the step back brings it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<u64>,
}

/// A file that was left alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ChangeRefused {
    /// The file.
    pub path: String,
    /// Why.
    pub why: String,
    /// Whether it is done when it is forced.
    pub can_insist: bool,
}

/// `command.output`: output of a command, running or ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CommandOutput {
    /// 1 is standard output, 2 standard error.
    pub channel: u8,
    /// The newest of it; what was left out before is counted in its first line.
    pub text: String,
    /// Bytes in all.
    pub bytes: u64,
    /// Whether more may come.
    pub running: bool,
}
