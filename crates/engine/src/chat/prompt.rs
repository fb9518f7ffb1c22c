//! What happens when somebody says something: a prompt that starts a turn or waits, or a command that is answered at once.

use alcove_agent::turn::Input;
use alcove_proto::TurnId;
use alcove_proto::envelope::{Event, MessageEvent, Notice, NoticeKind, Phase, SessionScope, SessionUpdated, UserMessage};
use alcove_proto::limits::QUEUE_SLOTS;
use alcove_proto::scope::StoredScope;
use alcove_store::{AnswerRow, Change, ChatRow, EntryRow, EntryState, Origin, PageStart, TitleSource, TurnRow, TurnState, Visibility};

use super::actor::Actor;
use super::journal::Say;
use super::turns::Waiting;
use super::{Accepted, Prompt, Refusal, Running};
use crate::clock::{fresh_uuid, now_ms};
use crate::command::{Command, help};
use crate::error::{Error, commit, read};
use crate::hub::Audience;
use crate::settings::ANSWERS_KEPT_MS;

/// Characters of the first prompt shown in the list of chats.
const PREVIEW_CHARS: usize = 120;

impl Actor {
    pub(super) async fn say(&mut self, prompt: Prompt) -> Result<Result<Accepted, Refusal>, Error> {
        if let Some(known) = self.known(prompt.turn.as_ref()).await? {
            return Ok(Ok(known));
        }
        match Command::read(&prompt.text) {
            Some(command) => self.command(command, prompt.turn).await.map(Ok),
            None => self.prompt(prompt).await,
        }
    }

    /// The same turn id again: the answer it got, and no second effect.
    async fn known(&mut self, turn: Option<&TurnId>) -> Result<Option<Accepted>, Error> {
        let (Some(turn), true) = (turn, self.exists) else { return Ok(None) };
        let (chat, id, scope) = (self.id.as_str().to_owned(), turn.as_str().to_owned(), self.command_scope());
        let found = read(&self.shared.store, move |reader| {
            let prompted = match reader.turn(&chat, &id)? {
                Some(row) => reader.events(&chat, row.prompt_seq.saturating_sub(1), 1)?.pop(),
                None => None,
            };
            Ok((prompted, reader.answer(&scope, &id)?))
        });
        let (prompted, command) = found.await?;
        let run = self.running();
        if command.is_some() {
            return Ok(Some(Accepted { starts_turn: false, run, seq: None }));
        }
        // A row begins a page exactly when its prompt started a turn at once.
        Ok(prompted.map(|row| Accepted { starts_turn: row.boundary == PageStart::Yes, run, seq: Some(row.seq) }))
    }

    /// Remembers that a command was carried out, with its effect: one sent again must not stop the turn after the one it meant.
    fn remember(&self, turn: Option<&TurnId>) -> Vec<Change> {
        let Some(turn) = turn else { return Vec::new() };
        let now = now_ms();
        let row =
            AnswerRow { scope: self.command_scope(), key: turn.as_str().to_owned(), digest: String::new(), answer: String::new(), at: now };
        vec![Change::PurgeAnswers { before: now - ANSWERS_KEPT_MS }, Change::PutAnswer(row)]
    }

    fn command_scope(&self) -> String {
        format!("command:{}", self.id.as_str())
    }

    async fn prompt(&mut self, prompt: Prompt) -> Result<Result<Accepted, Refusal>, Error> {
        if self.waiting.len() >= QUEUE_SLOTS {
            return Ok(Err(Refusal::QueueFull));
        }
        if let Err(refusal) = self.take_scope(prompt.scope.as_ref()) {
            return Ok(Err(refusal));
        }
        let now = now_ms();
        let starts_turn = self.active.is_none() && self.waiting.is_empty();
        let waiting = Waiting {
            id: prompt.turn.as_ref().map_or_else(fresh_uuid, |turn| turn.as_str().to_owned()),
            turn: prompt.turn.clone(),
            ordinal: self.turn_count + 1,
            prompt_seq: self.journal.next_seq(),
            prompted_at: now,
        };
        let run = if starts_turn { Some(Running { turn: prompt.turn.clone(), started_at: now as f64 / 1000.0 }) } else { self.running() };
        let event = Event::UserMessage(UserMessage {
            chat_id: self.id.clone(),
            text: prompt.text.clone(),
            starts_turn,
            turn_id: prompt.turn.clone(),
            active_turn_id: run.as_ref().and_then(|run| run.turn.clone()),
            started_at: run.as_ref().map(|run| run.started_at),
            created_at_ms: Some(now),
            media_urls: None,
            cli_apps: None,
            mcp_presets: None,
            session_mentions: None,
            provenance: None,
            seq: None,
        });
        let changes = self.prompt_changes(&prompt, &waiting, now);
        let say = match prompt.sender {
            Some(sender) => Say::LoggedExcept(event, sender),
            None => Say::Logged(event),
        };
        let seq = self.journal.next_seq();
        self.journal.append(vec![say], changes).await?;
        if !self.has_preview {
            // The list of everyone else has a new row.
            self.shared.announcer.tell(&self.id, &self.updated(SessionScope::Metadata), Audience::Strangers);
        }
        self.exists = true;
        self.has_preview = true;
        self.turn_count += 1;
        self.waiting.push_back(waiting);
        Ok(Ok(Accepted { starts_turn, run, seq: Some(seq) }))
    }

    /// Takes the scope a prompt asks for. While a turn runs it must be the one the chat has.
    fn take_scope(&mut self, asked: Option<&serde_json::Value>) -> Result<(), Refusal> {
        let Some(asked) = asked else { return Ok(()) };
        let scope = crate::scope::read(asked, &self.scope).map_err(Refusal::Scope)?;
        if scope != self.scope && self.active.is_some() {
            return Err(Refusal::Scope("chat_running"));
        }
        self.scope = scope;
        Ok(())
    }

    fn prompt_changes(&self, prompt: &Prompt, waiting: &Waiting, now: i64) -> Vec<Change> {
        let chat = self.id.as_str().to_owned();
        let mut changes = Vec::with_capacity(5);
        if self.exists {
            changes.push(Change::TouchChat { chat: chat.clone(), at: now });
            changes.push(Change::SetChatScope { chat: chat.clone(), scope: json(&self.scope) });
        } else {
            changes.push(Change::CreateChat(self.row(if prompt.webui { Origin::WebUi } else { Origin::Plain })));
        }
        if !self.has_preview {
            changes.push(Change::SetChatPreview { chat: chat.clone(), preview: preview(&prompt.text) });
        }
        changes.push(Change::PutTurn(waiting.row(&self.id, TurnState::Queued)));
        changes.push(Change::PutEntry(EntryRow {
            chat,
            path: format!("prompt://{}", waiting.ordinal),
            state: EntryState::Resolved,
            outcome: None,
            visibility: Visibility::Visible,
            body: prompt.text.clone(),
            attributes: "{}".to_owned(),
            turn: waiting.ordinal,
            seq: waiting.prompt_seq,
            created_at: now,
            updated_at: now,
        }));
        changes
    }

    /// Makes the chat in the store, if it is not there.
    pub(super) async fn create(&mut self, scope: Option<StoredScope>) -> Result<(), Error> {
        if self.exists {
            return Ok(());
        }
        self.scope = scope.unwrap_or_else(|| self.scope.clone());
        commit(&self.shared.store, vec![Change::CreateChat(self.row(Origin::WebUi))]).await?;
        self.exists = true;
        Ok(())
    }

    /// Stops what runs, forgets what waits and deletes the chat.
    pub(super) async fn delete(&mut self) -> Result<bool, Error> {
        if !self.exists {
            return Ok(false);
        }
        self.waiting.clear();
        self.take(Input::Stopped).await?;
        self.journal.end_run().await?;
        commit(&self.shared.store, vec![Change::DeleteChat { chat: self.id.as_str().to_owned() }]).await?;
        self.exists = false;
        self.deleted = true;
        Ok(true)
    }

    fn row(&self, origin: Origin) -> ChatRow {
        let now = now_ms();
        ChatRow {
            id: self.id.as_str().to_owned(),
            title: String::new(),
            title_by_person: TitleSource::Generated,
            preview: String::new(),
            scope: json(&self.scope),
            preset: self.outside.snapshot.borrow().preset.clone(),
            webui: origin,
            created_at: now,
            updated_at: now,
            last_seq: 0,
            turn_count: 0,
            usage: None,
        }
    }

    async fn command(&mut self, command: Command, turn: Option<TurnId>) -> Result<Accepted, Error> {
        let accepted = Accepted { starts_turn: false, run: self.running(), seq: None };
        let done = self.remember(turn.as_ref());
        let words = match command {
            Command::Stop if self.active.is_some() => {
                self.take_with(Input::Stopped, done).await?;
                return Ok(accepted);
            }
            Command::Stop => "No active task to stop.".to_owned(),
            Command::Status => self.status(),
            Command::Model(None) => self.models(),
            Command::Model(Some(name)) => self.choose_model(&name).await?,
            Command::Help => help(),
            Command::Unknown(word) => format!("Unknown command `{word}`. Send `/help` for the list."),
        };
        let message = Event::Message(MessageEvent {
            chat_id: self.id.clone(),
            text: words,
            latency_ms: None,
            kind: None,
            notice: Some(Notice { kind: NoticeKind::Command, retry: false }),
            media_urls: None,
            reply_to: None,
            tool_events: None,
            source: None,
            turn_phase: turn.as_ref().map(|_| Phase::Answer),
            turn_seq: turn.as_ref().map(|_| 2),
            turn_id: turn,
            created_at_ms: Some(now_ms()),
            seq: None,
        });
        let mut changes = if self.exists { Vec::new() } else { vec![Change::CreateChat(self.row(Origin::WebUi))] };
        changes.extend(done);
        self.journal.append(vec![Say::Logged(message)], changes).await?;
        self.exists = true;
        Ok(accepted)
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

    /// Tells every connection that the list of chats changed.
    pub(super) fn announce(&self, scope: SessionScope) {
        self.shared.announcer.tell(&self.id, &self.updated(scope), Audience::All);
    }

    pub(super) fn updated(&self, scope: SessionScope) -> Event {
        Event::SessionUpdated(SessionUpdated { chat_id: self.id.clone(), scope: Some(scope), workspace_scope: None })
    }

    pub(super) fn running(&self) -> Option<Running> {
        self.outside.snapshot.borrow().run.clone()
    }
}

impl Waiting {
    pub(super) fn row(&self, chat: &alcove_proto::ChatId, state: TurnState) -> TurnRow {
        TurnRow {
            chat: chat.as_str().to_owned(),
            id: self.id.clone(),
            ordinal: self.ordinal,
            state,
            prompt_seq: self.prompt_seq,
            preset: None,
            usage: None,
            outcome: None,
            created_at: self.prompted_at,
            started_at: None,
            ended_at: None,
        }
    }
}

pub(super) fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("rows hold nothing JSON cannot say")
}

fn preview(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(PREVIEW_CHARS).collect()
}
