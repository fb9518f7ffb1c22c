//! Slash commands, carried out at once (envelope §1.9, §2.5, §7.9). Each leaves the line that asked for it, but `/stop`, and one message.
//! Where nothing runs, the commands that are not told aside end like a turn does.

use alcove_agent::turn::Input;
use alcove_proto::TurnId;
use alcove_proto::envelope::{Event, GoalBlob, GoalStatus, GoalWord, MessageEvent, Notice, NoticeKind, Phase, SessionScope, TurnEnd};
use alcove_store::{AnswerRow, Change, EntryRow, Origin, Visibility};

use super::actor::Actor;
use super::journal::Say;
use super::{Accepted, Lasting, Prompt};
use crate::clock::now_ms;
use crate::command::{Command, help};
use crate::error::{Error, commit, read};
use crate::settings::ANSWERS_KEPT_MS;

/// Messages `/history` shows when no number is given, and at most.
const HISTORY: usize = 10;
const HISTORY_MAX: usize = 50;
/// Characters shown of each.
const HISTORY_CHARS: usize = 300;

/// How a command stands to turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Beside them: one message and nothing else.
    Aside,
    /// In their place: where nothing runs it ends like one.
    Alone,
}

impl Actor {
    /// Carries a command out, once.
    pub(super) async fn order(&mut self, command: Command, prompt: &Prompt) -> Result<Accepted, Error> {
        let run = self.running();
        if command == Command::Stop && self.active.is_some() {
            let done = self.remember(prompt.turn.as_ref(), (false, None));
            self.leave_outputs();
            self.take_with(Input::Stopped, done).await?;
            return Ok(Accepted { starts_turn: false, run, seq: None });
        }
        let idle = self.active.is_none() && self.waiting.is_empty();
        let standing = if command.is_told_aside() || !idle { Standing::Aside } else { Standing::Alone };
        let starts_turn = standing == Standing::Alone && command.takes_a_turn();
        let restarts = command == Command::Restart;
        let (words, effects) = self.carry_out(&command).await?;
        let shown = command != Command::Stop && prompt.turn.is_some();
        let seq = shown.then(|| self.journal.next_seq());
        let mut said = Vec::new();
        if shown {
            said.push(self.said(prompt, (starts_turn, run.as_ref()), now_ms()));
        }
        said.extend(self.answered(words, prompt.turn.as_ref(), standing));
        let mut changes = if self.exists { Vec::new() } else { vec![Change::CreateChat(self.row(Origin::WebUi))] };
        changes.extend(effects);
        changes.extend(self.remember(prompt.turn.as_ref(), (starts_turn, seq)));
        self.journal.append(said, changes).await?;
        self.exists = self.lasting == Lasting::Kept;
        if restarts {
            self.shared.restart.cancel();
        }
        Ok(Accepted { starts_turn, run, seq })
    }

    async fn carry_out(&mut self, command: &Command) -> Result<(String, Vec<Change>), Error> {
        let words = match command {
            Command::New => return self.begin_anew().await,
            Command::Stop => "No active task to stop.".to_owned(),
            Command::Restart => "Restarting the engine. Turns that run are closed as interrupted.".to_owned(),
            Command::Status => self.status(),
            Command::Model(None) => self.models(),
            Command::Model(Some(name)) => self.choose_model(name).await?,
            Command::History(count) => self.history(*count).await?,
            Command::Help => help(),
            Command::Later(word) => format!("`{word}` is not there yet: what it needs comes in a later version of Alcove."),
            Command::Shell => "Lines for the shell are not there yet: they come in a later version of Alcove.".to_owned(),
            Command::Unknown(word) => format!("Unknown command `{word}`. Send `/help` for the list."),
        };
        Ok((words, Vec::new()))
    }

    /// The reply, and the end of what stood in a turn's place.
    fn answered(&self, words: String, turn: Option<&TurnId>, standing: Standing) -> Vec<Say> {
        let places = turn.filter(|_| self.lasting == Lasting::Kept);
        let mut said = vec![Say::Logged(Event::Message(MessageEvent {
            chat_id: self.id.clone(),
            text: words,
            latency_ms: None,
            kind: None,
            notice: Some(Notice { kind: NoticeKind::Command, retry: false }),
            media_urls: None,
            reply_to: None,
            tool_events: None,
            source: None,
            turn_phase: places.map(|_| Phase::Answer),
            turn_seq: places.map(|_| 2),
            turn_id: turn.cloned(),
            created_at_ms: Some(now_ms()),
            seq: None,
        }))];
        if standing == Standing::Aside {
            return said;
        }
        said.push(Say::Logged(Event::TurnEnd(TurnEnd {
            chat_id: self.id.clone(),
            turn_id: turn.cloned(),
            latency_ms: None,
            goal_state: Some(GoalBlob { active: false }),
            usage: None,
            context_window_tokens: None,
            turn_phase: places.map(|_| Phase::Complete),
            turn_seq: places.map(|_| 3),
            seq: None,
        })));
        said.push(Say::Passing(self.updated(SessionScope::Thread)));
        let status = GoalWord::Idle;
        said.push(Say::Logged(Event::GoalStatus(GoalStatus {
            chat_id: self.id.clone(),
            status,
            started_at: None,
            turn_id: turn.cloned(),
            seq: None,
        })));
        said
    }

    /// Remembers that a command was carried out, with its effect: one sent again must not stop the turn after the one it meant.
    fn remember(&self, turn: Option<&TurnId>, answer: (bool, Option<u64>)) -> Vec<Change> {
        let Some(turn) = turn else { return Vec::new() };
        let now = now_ms();
        let row = AnswerRow {
            scope: self.order_scope(),
            key: turn.as_str().to_owned(),
            digest: String::new(),
            answer: super::prompt::json(&answer),
            at: now,
        };
        vec![Change::PurgeAnswers { before: now - ANSWERS_KEPT_MS }, Change::PutAnswer(row)]
    }

    /// Owner of the ids of this chat's commands.
    pub(super) fn order_scope(&self) -> String {
        format!("command:{}", self.id.as_str())
    }

    /// `/new`: what was said is no longer shown to the model; it stays in the thread.
    async fn begin_anew(&mut self) -> Result<(String, Vec<Change>), Error> {
        self.take(Input::Stopped).await?;
        let first_waiting = self.waiting.front().map_or(u64::MAX, |waiting| waiting.ordinal);
        let rows = self.entries().await?.into_iter().filter(|row| row.turn < first_waiting && row.visibility != Visibility::Archived);
        let archived = rows.map(|row| Change::PutEntry(EntryRow { visibility: Visibility::Archived, updated_at: now_ms(), ..row }));
        Ok(("New session started.".to_owned(), archived.collect()))
    }

    /// `/history`: the newest messages the model knows of.
    async fn history(&mut self, count: Option<usize>) -> Result<String, Error> {
        let rows = self.visible(u64::MAX).await?;
        let count = count.unwrap_or(HISTORY).clamp(1, HISTORY_MAX);
        let lines: Vec<String> = rows.iter().filter_map(line).collect();
        if lines.is_empty() {
            return Ok("Nothing was said yet.".to_owned());
        }
        let first = lines.len().saturating_sub(count);
        Ok(format!("The newest {} messages:\n\n{}", lines.len() - first, lines[first..].join("\n")))
    }

    fn status(&self) -> String {
        let catalog = self.shared.shelf.current();
        let snapshot = self.outside.snapshot.borrow();
        let name = snapshot.preset.as_deref().or(catalog.active.as_deref());
        let model = name.and_then(|name| catalog.preset(name));
        let model = model.map_or_else(|| "none chosen".to_owned(), |preset| format!("{} ({})", preset.label(), preset.model_name()));
        let turn = if self.active.is_some() { "running" } else { "idle" };
        let used = snapshot.usage.map_or_else(|| "nothing yet".to_owned(), |usage| format!("{} tokens", usage.context_tokens));
        format!(
            "- Alcove {}\n- Model: {model}\n- Context used: {used}\n- Turn: {turn}, {} waiting\n- Folder: `{}`",
            env!("CARGO_PKG_VERSION"),
            self.waiting.len(),
            self.scope.project_path
        )
    }

    fn models(&self) -> String {
        let catalog = self.shared.shelf.current();
        let chosen = self.outside.snapshot.borrow().preset.clone();
        let mut text = String::from("Model presets:\n\n");
        for preset in catalog.all_presets() {
            let own = chosen.as_deref() == Some(preset.name.as_str());
            let active = chosen.is_none() && catalog.active.as_deref() == Some(preset.name.as_str());
            let mark = if own || active { " ← this chat" } else { "" };
            text.push_str(&format!("- `{}`: {}{mark}\n", preset.name, preset.model_name()));
        }
        text.push_str("\nSend `/model NAME` to choose one for this chat, `/model default` to follow the active one.");
        text
    }

    async fn choose_model(&mut self, name: &str) -> Result<String, Error> {
        let catalog = self.shared.shelf.current();
        let preset = (name != "default").then(|| name.to_owned());
        if preset.is_some() && catalog.preset(name).is_none() {
            return Ok(format!("There is no model preset named `{name}`. Send `/model` for the list."));
        }
        if self.exists {
            let chat = self.id.as_str().to_owned();
            commit(&self.shared.store, vec![Change::SetChatPreset { chat, preset: preset.clone() }]).await?;
        }
        self.outside.snapshot.send_modify(|snapshot| snapshot.preset.clone_from(&preset));
        self.announce(SessionScope::Metadata);
        Ok(match preset {
            Some(name) => format!("This chat now uses the model preset `{name}`."),
            None => "This chat now follows the active model preset.".to_owned(),
        })
    }

    /// What the model is shown of this chat, up to the turn of this ordinal, in its order.
    pub(super) async fn visible(&mut self, turn: u64) -> Result<Vec<EntryRow>, Error> {
        if let Some(rows) = self.journal.memory() {
            let mut rows = rows.to_vec();
            rows.retain(|row| row.turn <= turn && row.visibility == Visibility::Visible);
            rows.sort_by_key(|row| (row.turn, row.seq));
            return Ok(rows);
        }
        if !self.exists {
            return Ok(Vec::new());
        }
        let chat = self.id.as_str().to_owned();
        read(&self.shared.store, move |reader| reader.visible_entries(&chat, turn)).await
    }

    /// One entry of this chat.
    pub(super) async fn kept_entry(&mut self, path: &str) -> Result<Option<EntryRow>, Error> {
        if let Some(rows) = self.journal.memory() {
            return Ok(rows.iter().find(|row| row.path == path).cloned());
        }
        if !self.exists {
            return Ok(None);
        }
        let (chat, path) = (self.id.as_str().to_owned(), path.to_owned());
        read(&self.shared.store, move |reader| reader.entry(&chat, &path)).await
    }

    /// Every entry of this chat.
    async fn entries(&mut self) -> Result<Vec<EntryRow>, Error> {
        if let Some(rows) = self.journal.memory() {
            return Ok(rows.to_vec());
        }
        if !self.exists {
            return Ok(Vec::new());
        }
        let chat = self.id.as_str().to_owned();
        read(&self.shared.store, move |reader| reader.entries(&chat)).await
    }
}

fn line(row: &EntryRow) -> Option<String> {
    let who = if row.path.starts_with("prompt://") {
        "You"
    } else if row.path.ends_with("/update/answer") {
        "Assistant"
    } else {
        return None;
    };
    let text = row.body.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown: String = text.chars().take(HISTORY_CHARS).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    Some(format!("- **{who}:** {shown}{more}"))
}
