//! What happens when somebody says something: a prompt that starts a turn or waits. What stands in [`super::orders`] is answered at once.

use alcove_agent::turn::Input;
use alcove_proto::TurnId;
use alcove_proto::envelope::{Event, SessionScope, SessionUpdated, UserMessage};
use alcove_proto::limits::QUEUE_SLOTS;
use alcove_proto::scope::StoredScope;
use alcove_store::{Change, ChatRow, EntryRow, EntryState, Origin, PageStart, TurnRow, TurnState, Visibility};

use super::actor::{Actor, ScopeAsk};
use super::journal::Say;
use super::turns::Waiting;
use super::{Accepted, Lasting, Prompt, Refusal, Running};
use crate::clock::{fresh_uuid, now_ms};
use crate::command::Command;
use crate::error::{Error, commit, read};
use crate::hub::Audience;
use crate::{media, scope};

/// Characters of the first prompt shown in the list of chats.
const PREVIEW_CHARS: usize = 120;

impl Actor {
    pub(super) async fn say(&mut self, prompt: Prompt) -> Result<Result<Accepted, Refusal>, Error> {
        if let Some(known) = self.known(prompt.turn.as_ref()).await? {
            return Ok(Ok(known));
        }
        if prompt.shell && prompt.text.trim_start().starts_with('!') {
            return self.order(Command::Shell, &prompt).await.map(Ok);
        }
        match Command::read(&prompt.text) {
            Some(command) => self.order(command, &prompt).await.map(Ok),
            None => self.prompt(prompt).await,
        }
    }

    /// The same turn id again: the answer it got, and no second effect.
    async fn known(&mut self, turn: Option<&TurnId>) -> Result<Option<Accepted>, Error> {
        let (Some(turn), true) = (turn, self.exists) else { return Ok(None) };
        let (chat, id, scope) = (self.id.as_str().to_owned(), turn.as_str().to_owned(), self.order_scope());
        let found = read(&self.shared.store, move |reader| {
            let prompted = match reader.turn(&chat, &id)? {
                Some(row) => reader.events(&chat, row.prompt_seq.saturating_sub(1), 1)?.pop(),
                None => None,
            };
            Ok((prompted, reader.answer(&scope, &id)?))
        });
        let (prompted, order) = found.await?;
        let run = self.running();
        if let Some(order) = order {
            let (starts_turn, seq) = serde_json::from_str(&order.answer).unwrap_or((false, None));
            return Ok(Some(Accepted { starts_turn, run, seq }));
        }
        // A row begins a page exactly when its prompt started a turn at once.
        Ok(prompted.map(|row| Accepted { starts_turn: row.boundary == PageStart::Yes, run, seq: Some(row.seq) }))
    }

    async fn prompt(&mut self, prompt: Prompt) -> Result<Result<Accepted, Refusal>, Error> {
        if self.waiting.len() >= QUEUE_SLOTS {
            return Ok(Err(Refusal::QueueFull));
        }
        if let Err(refusal) = self.take_scope(&prompt) {
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
            resumes: None,
        };
        let run = if starts_turn { Some(Running { turn: prompt.turn.clone(), started_at: now as f64 / 1000.0 }) } else { self.running() };
        let say = self.said(&prompt, (starts_turn, run.as_ref()), now);
        let changes = self.prompt_changes(&prompt, &waiting, now);
        let seq = self.journal.next_seq();
        self.journal.append(vec![say], changes).await?;
        if !self.has_preview {
            // The list of everyone else has a new row.
            self.tell_list(SessionScope::Metadata, Audience::Strangers);
        }
        self.exists = self.lasting == Lasting::Kept;
        self.has_preview = true;
        self.turn_count += 1;
        if self.lasting == Lasting::Temporary {
            self.held.extend(prompt.attachments);
        }
        self.waiting.push_back(waiting);
        Ok(Ok(Accepted { starts_turn, run, seq: Some(seq) }))
    }

    /// Takes the scope a prompt asks for. While a turn runs it must be the one the chat has.
    fn take_scope(&mut self, prompt: &Prompt) -> Result<(), Refusal> {
        let Some(asked) = &prompt.scope else { return Ok(()) };
        let scope = scope::read(asked, &self.scope).map_err(Refusal::Scope)?;
        scope::allowed(prompt.controls, &self.scope, &scope).map_err(Refusal::Scope)?;
        if scope != self.scope && self.active.is_some() {
            return Err(Refusal::Scope("chat_running"));
        }
        self.scope = scope;
        self.shared.hands.hold(self.at(0, ""));
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
            changes.push(Change::SetChatPreview { chat: chat.clone(), preview: preview(prompt) });
        }
        changes.push(Change::PutTurn(waiting.row(&self.id, TurnState::Queued)));
        changes.push(Change::PutEntry(EntryRow {
            chat,
            path: format!("prompt://{}", waiting.ordinal),
            state: EntryState::Resolved,
            outcome: None,
            visibility: Visibility::Visible,
            body: body(prompt),
            attributes: media::attributes(&prompt.attachments),
            turn: waiting.ordinal,
            seq: waiting.prompt_seq,
            created_at: now,
            updated_at: now,
        }));
        changes.extend(media::rows(&self.id, &prompt.attachments, now));
        changes
    }

    /// The event of a prompt; its sender is answered directly.
    pub(super) fn said(&self, prompt: &Prompt, (starts_turn, run): (bool, Option<&Running>), now: i64) -> Say {
        let listed = |list: &[serde_json::Value]| (!list.is_empty()).then(|| list.to_vec());
        let event = Event::UserMessage(UserMessage {
            chat_id: self.id.clone(),
            text: prompt.text.clone(),
            starts_turn,
            turn_id: prompt.turn.clone(),
            active_turn_id: run.and_then(|run| run.turn.clone()),
            started_at: run.map(|run| run.started_at),
            created_at_ms: Some(now),
            media_urls: (!prompt.attachments.is_empty()).then(|| media::told(&prompt.attachments)),
            cli_apps: listed(&prompt.cli_apps),
            mcp_presets: None,
            session_mentions: listed(&prompt.session_mentions),
            provenance: None,
            seq: None,
        });
        match prompt.sender {
            Some(sender) => Say::LoggedExcept(event, sender),
            None => Say::Logged(event),
        }
    }

    /// Changes the folder the chat works in; never while a turn runs.
    pub(super) async fn set_scope(&mut self, ask: &ScopeAsk) -> Result<Result<StoredScope, Refusal>, Error> {
        if self.active.is_some() || !self.waiting.is_empty() {
            return Ok(Err(Refusal::Scope("chat_running")));
        }
        let asked = scope::read(&ask.asked, &self.scope).and_then(|to| scope::allowed(ask.controls, &self.scope, &to).map(|()| to));
        let scope = match asked {
            Ok(scope) => scope,
            Err(reason) => return Ok(Err(Refusal::Scope(reason))),
        };
        self.scope = scope.clone();
        self.shared.hands.hold(self.at(0, ""));
        let change = if self.exists {
            Change::SetChatScope { chat: self.id.as_str().to_owned(), scope: json(&scope) }
        } else {
            Change::CreateChat(self.row(Origin::WebUi))
        };
        commit(&self.shared.store, vec![change]).await?;
        self.exists = true;
        self.tell_list(SessionScope::Metadata, Audience::AllBut(ask.asker));
        Ok(Ok(scope))
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
        if !self.exists && self.lasting == Lasting::Kept {
            return Ok(false);
        }
        self.waiting.clear();
        self.leave_outputs();
        self.take(Input::Stopped).await?;
        self.journal.end_run().await?;
        self.deleted = true;
        if self.lasting == Lasting::Temporary {
            return Ok(true);
        }
        commit(&self.shared.store, vec![Change::DeleteChat { chat: self.id.as_str().to_owned() }]).await?;
        self.exists = false;
        Ok(true)
    }

    pub(super) fn row(&self, origin: Origin) -> ChatRow {
        let preset = self.outside.snapshot.borrow().preset.clone();
        ChatRow { scope: json(&self.scope), preset, ..ChatRow::new(self.id.as_str(), origin, now_ms()) }
    }

    /// Tells every connection that the list of chats changed.
    pub(super) fn announce(&self, scope: SessionScope) {
        self.tell_list(scope, Audience::All);
    }

    /// Tells connections that the list of chats changed; of a temporary chat nobody is told.
    pub(super) fn tell_list(&self, scope: SessionScope, audience: Audience) {
        if self.lasting == Lasting::Kept {
            self.shared.announcer.tell(&self.id, &self.updated(scope), audience);
        }
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

/// What the model is told: the text, and what it is about.
fn body(prompt: &Prompt) -> String {
    match &prompt.quoted {
        Some(quoted) => format!("{}\n\n<quoted_context>\n{quoted}\n</quoted_context>", prompt.text),
        None => prompt.text.clone(),
    }
}

/// The first line of the list: the text, or what came with it.
fn preview(prompt: &Prompt) -> String {
    let named = prompt.attachments.first().map(|attachment| attachment.name.as_str());
    let text = if prompt.text.trim().is_empty() { named.unwrap_or_default() } else { &prompt.text };
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(PREVIEW_CHARS).collect()
}
