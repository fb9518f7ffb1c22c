//! A chat's log folded to what a person sees (envelope §5.3). Pure: rows in, messages out; the window folds live events by the same
//! rules, so both come to the same picture. What the fold needs to know of the past it reads off the messages themselves.

mod acting;
mod activity;
mod place;
#[cfg(test)]
mod tests;
mod text;
mod told;

use std::collections::{HashMap, HashSet};

use alcove_proto::TurnId;
use alcove_proto::envelope::{GoalWord, MediaUrl, Phase};
use alcove_proto::thread::{ImageRef, Role, UiMessage};
use alcove_store::EventRow;

use crate::error::Error;
use crate::run::{Run, RunKind};
use told::Told;

/// What a stretch of the log looks like.
#[derive(Debug, Default)]
pub(crate) struct Fold {
    /// The messages, oldest first.
    pub(crate) messages: Vec<UiMessage>,
    /// Turns that ended in it.
    pub(crate) completed: Vec<TurnId>,
    /// Messages before the first boundary of a fork.
    pub(crate) fork_boundary: Option<usize>,
    /// What its last event that matters says about the turn.
    pub(crate) tail: Tail,
    /// Files were sent: what is told until the turn ends is about them.
    muted: bool,
    /// The turn of the newest bubble.
    newest: Option<TurnId>,
    closed: HashSet<TurnId>,
    /// What turns are called that go on after their end.
    again: HashMap<TurnId, TurnId>,
}

/// What the newest events say about the turn they belong to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tail {
    /// Nothing is left to be told.
    #[default]
    Settled,
    /// The turn of this id, if it has one, is not at its end.
    Open(Option<TurnId>),
    /// The turn of this id, if it has one, is.
    Ended(Option<TurnId>),
}

/// Folds rows, oldest first.
pub(crate) fn fold(rows: &[EventRow]) -> Result<Fold, Error> {
    let mut fold = Fold::default();
    for row in rows {
        fold.take(row)?;
    }
    Ok(fold)
}

impl Fold {
    fn take(&mut self, row: &EventRow) -> Result<(), Error> {
        if row.kind == RunKind::Delta.word() || row.kind == RunKind::ReasoningDelta.word() {
            let mut run: Run = read(&row.payload)?;
            run.whole.turn_id = self.name(run.whole.turn_id, row.seq);
            self.tail = Tail::Open(run.whole.turn_id.clone());
            match run.kind {
                RunKind::Delta => self.answer(&run),
                RunKind::ReasoningDelta => self.reasoning(&run),
            }
            return Ok(());
        }
        // It is no news of a turn.
        if row.kind == "command_ended" {
            self.command_ended(&read(&row.payload)?);
            return Ok(());
        }
        let told: Told = read(&row.payload)?;
        self.event(told, row)
    }

    fn event(&mut self, mut told: Told, row: &EventRow) -> Result<(), Error> {
        let shown = ["user_message", "reasoning_end", "stream_end", "message", "file_edit", "proposal", "turn_end"];
        let aftermath = row.kind == "message" && self.is_aftermath(&told);
        if shown.contains(&row.kind.as_str()) && !aftermath {
            told.turn_id = self.name(told.turn_id, row.seq);
        }
        let turn = told.turn_id.clone();
        match row.kind.as_str() {
            "user_message" => {
                self.tail = Tail::Settled;
                self.prompt(told, row);
            }
            "reasoning_end" => {
                self.tail = Tail::Open(turn);
                self.reasoning_end(&told, row);
            }
            "stream_end" => {
                self.tail = Tail::Open(turn);
                self.stream_end(told, row);
            }
            "message" if aftermath => self.activity(&told, row),
            "message" if told.kind.is_some() => {
                self.tail = Tail::Open(turn);
                self.activity(&told, row);
            }
            "message" => {
                self.tail = if told.notice.is_some() { self.tail.clone() } else { Tail::Settled };
                self.message(told, row);
            }
            "file_edit" => {
                self.tail = Tail::Open(turn);
                self.file_edit(&told, row);
            }
            "proposal" => {
                self.tail = Tail::Open(turn);
                self.proposal(&told, read(&row.payload)?, row);
            }
            "proposal_resolved" => self.resolved(read(&row.payload)?),
            "stream_chunk" => self.output(&read(&row.payload)?),
            "changes" => self.changes(&told, read(&row.payload)?, row),
            "turn_end" => {
                self.tail = Tail::Ended(turn);
                self.turn_end(told);
            }
            "steered" => self.steered(told.prompts.unwrap_or_default().as_slice(), told.turn_id.as_ref()),
            "goal_status" => match told.status {
                Some(GoalWord::Running) => self.dequeue(turn.as_ref()),
                Some(GoalWord::Idle) | None => {
                    self.tail = Tail::Settled;
                    self.muted = false;
                    self.settle(turn.as_ref());
                }
            },
            "fork_marker" => {
                self.fork_boundary.get_or_insert(self.messages.len());
            }
            // What changes nothing that is seen.
            _ => {}
        }
        Ok(())
    }

    /// What a turn is called here: one that goes on after its end is another one.
    fn name(&mut self, turn: Option<TurnId>, seq: u64) -> Option<TurnId> {
        let turn = turn?;
        if !self.closed.contains(&turn) {
            return Some(turn);
        }
        let again = self
            .again
            .entry(turn)
            .or_insert_with_key(|turn| TurnId::parse(&format!("{turn}:replay:{seq}")).unwrap_or_else(|| turn.clone()));
        Some(again.clone())
    }

    fn prompt(&mut self, told: Told, row: &EventRow) {
        let starts_turn = told.starts_turn.unwrap_or(true);
        if starts_turn {
            let before = self.newest.take();
            self.settle(before.as_ref());
            self.muted = false;
        }
        let mut message = UiMessage::begun("u", row.seq, Role::User);
        message.content = told.text.unwrap_or_default();
        message.created_at = Some(told.created_at_ms.unwrap_or(row.at));
        message.turn_phase = told.turn_id.as_ref().map(|_| Phase::User);
        message.turn_seq = told.turn_id.as_ref().map(|_| 1);
        message.turn_id = told.turn_id;
        message.queued = (!starts_turn).then_some(true);
        message.media = files(told.media_urls);
        message.images = message.media.as_deref().and_then(pictures);
        message.cli_apps = told.cli_apps.filter(|apps| !apps.is_empty());
        message.mcp_presets = told.mcp_presets.filter(|presets| !presets.is_empty());
        message.session_mentions = told.session_mentions.filter(|mentions| !mentions.is_empty());
        message.session_message = told.provenance.and_then(|mut from| from.get_mut("session_message").map(serde_json::Value::take));
        self.messages.push(message);
    }

    fn turn_end(&mut self, told: Told) {
        self.muted = false;
        let turn = told.turn_id.as_ref();
        self.settle(turn);
        self.prune(turn);
        let last = self.messages.iter_mut().rev().find(|message| message.role == Role::Assistant && message.turn_id.as_ref() == turn);
        if let Some(last) = last {
            last.latency_ms = told.latency_ms.or(last.latency_ms);
            last.usage = told.usage.or(last.usage);
            last.context_window_tokens = told.context_window_tokens.or(last.context_window_tokens);
        }
        let Some(turn) = told.turn_id else { return };
        if !self.again_ended(&turn) {
            self.closed.insert(turn.clone());
        }
        self.completed.push(turn);
    }

    /// Whether the turn was one that went on after its end; then that is over, too.
    fn again_ended(&mut self, turn: &TurnId) -> bool {
        let before = self.again.len();
        self.again.retain(|_, again| again != turn);
        self.again.len() < before
    }
}

/// The files of a message, each with its kind.
fn files(urls: Option<Vec<MediaUrl>>) -> Option<Vec<MediaUrl>> {
    let mut files = urls.filter(|urls| !urls.is_empty())?;
    for file in &mut files {
        if file.kind.is_empty() {
            file.kind = kind_of(&file.name).to_owned();
        }
    }
    Some(files)
}

fn kind_of(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).as_deref() {
        Some("png" | "jpg" | "jpeg" | "webp" | "gif" | "svg") => "image",
        Some("mp4" | "mov" | "webm") => "video",
        Some(_) | None => "file",
    }
}

fn pictures(files: &[MediaUrl]) -> Option<Vec<ImageRef>> {
    let all = files.iter().all(|file| file.kind == "image");
    all.then(|| files.iter().map(|file| ImageRef { url: file.url.clone(), name: file.name.clone() }).collect())
}

fn read<T: serde::de::DeserializeOwned>(payload: &str) -> Result<T, Error> {
    serde_json::from_str(payload).map_err(|source| Error::Unreadable { what: "an event", source })
}
