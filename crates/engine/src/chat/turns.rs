//! Running turns: starts the next one, hands the machine what the model says, and performs what the machine asks for, in order.

use alcove_agent::packet::{self, Budget, EntryKind, Packet};
use alcove_agent::turn::{Cut, Effect, Facts, Failure, Finish, Input, Outcome, StepCost, Substitute, Telling, Turn};
use alcove_proto::TurnId;
use alcove_proto::envelope::{ChatStateWord, Event, SessionScope};
use alcove_proto::usage::Usage;
use alcove_store::{Change, EntryRow, EntryState, TurnRow, TurnState, Visibility};

use super::actor::Actor;
use super::journal::Say;
use super::prompt::json;
use super::{Lasting, Running};
use crate::catalog::{Plan, plan};
use crate::clock::{now_ms, now_ns};
use crate::error::Error;
use crate::hub::Audience;
use crate::media::Media;
use crate::model::{self, ModelCall, ModelEvent, ModelStream};
use crate::run::RunKind;
use crate::settings::usage::counted;

/// What every model is told first.
const INSTRUCTION: &str = "You are the assistant in Alcove, a desktop app. Answer in Markdown, in the language of the person. \
                           Be direct and accurate; say so when you do not know. You have no tools here: you cannot read files, run commands or browse.";

/// A prompt whose turn has not begun.
pub(super) struct Waiting {
    /// The turn in the store.
    pub(super) id: String,
    /// The turn as clients know it.
    pub(super) turn: Option<TurnId>,
    pub(super) ordinal: u64,
    pub(super) prompt_seq: u64,
    pub(super) prompted_at: i64,
}

/// The turn that runs.
pub(super) struct Active {
    machine: Turn,
    model: Option<ModelStream>,
    call: Option<ModelCall>,
    row: TurnRow,
    /// Presets that may answer where the one that was called fails, first come first.
    left: Vec<String>,
}

impl Active {
    /// The answer so far.
    pub(super) fn answer(&self) -> &str {
        self.machine.answer()
    }

    pub(super) fn model(&mut self) -> Option<&mut ModelStream> {
        self.model.as_mut()
    }
}

impl Actor {
    /// Starts the oldest waiting prompt's turn, when none runs.
    pub(super) async fn start_next(&mut self) -> Result<(), Error> {
        while self.active.is_none() {
            let Some(waiting) = self.waiting.pop_front() else { return Ok(()) };
            self.start(waiting).await?;
        }
        Ok(())
    }

    async fn start(&mut self, waiting: Waiting) -> Result<(), Error> {
        let now = now_ms();
        let chosen = self.outside.snapshot.borrow().preset.clone();
        let catalog = self.shared.shelf.current();
        let planned = plan(&catalog, &self.shared.keys, chosen.as_deref()).await;
        let packet = self.packet(waiting.ordinal, planned.as_ref().ok()).await?;
        let preset = planned.as_ref().ok().map(|plan| plan.preset.clone());
        let facts = Facts {
            chat: self.id.clone(),
            turn: waiting.turn.clone(),
            stream: format!("{}:{}", self.id.session_key(), now_ns()),
            prompted_at: waiting.prompted_at,
            model_name: preset.as_ref().map_or_else(|| "none".to_owned(), |preset| preset.model_name()),
            preset: preset.as_ref().map(|preset| preset.name.clone()),
            context_window: preset.as_ref().and_then(|preset| preset.context_window_tokens),
            telling: Telling { places: self.lasting == Lasting::Kept, ..self.shared.telling },
        };
        let row = TurnRow { preset: facts.preset.clone(), started_at: Some(now), ..waiting.row(&self.id, TurnState::Running) };
        let run = Running { turn: waiting.turn, started_at: now as f64 / 1000.0 };
        self.set_state(ChatStateWord::Running, Some(run.started_at));
        self.outside.snapshot.send_modify(|snapshot| snapshot.run = Some(run));
        let call = match planned.as_ref().ok() {
            Some(plan) => Some(model_call(plan, messages(&self.shared.media, &packet).await?)),
            None => None,
        };
        let mut left = catalog.call_order();
        left.retain(|name| Some(name) != facts.preset.as_ref());
        self.active = Some(Active { machine: Turn::new(facts), model: None, call, row: row.clone(), left });
        self.take_with(Input::Began(packet), vec![Change::PutTurn(row)]).await?;
        match planned {
            Ok(_) => Ok(()),
            Err(words) => self.take(Input::StepFailed(Failure { words, retry: true })).await,
        }
    }

    /// What the model said, or that it is gone.
    pub(super) async fn heard(&mut self, event: Option<ModelEvent>) -> Result<(), Error> {
        if let Some(ModelEvent::Failed(error)) = &event
            && self.replace_model(&error.to_string()).await?
        {
            return Ok(());
        }
        let input = match event {
            Some(ModelEvent::Answer(text)) => Input::Answer(text),
            Some(ModelEvent::Reasoning(text)) => Input::Reasoning(text),
            Some(ModelEvent::Retrying { wait, reason, .. }) if wait.is_zero() => Input::Retrying(reason),
            Some(ModelEvent::Retrying { attempt, wait, reason }) => {
                Input::Retrying(format!("{reason} Trying again in {:.1} s (attempt {attempt}).", wait.as_secs_f32()))
            }
            // No tools are offered.
            Some(ModelEvent::Calling { .. } | ModelEvent::Calls(_)) => return Ok(()),
            Some(ModelEvent::Ended(end)) => ended(&end),
            Some(ModelEvent::Failed(error)) => Input::StepFailed(Failure { words: error.to_string(), retry: error.retryable_by_person() }),
            None => Input::StepFailed(Failure { words: "The model ended without a word.".to_owned(), retry: true }),
        };
        self.take(input).await?;
        self.start_next().await
    }

    /// The model failed. Where it had said nothing, the next one of the call order answers in its place; false when there is none.
    async fn replace_model(&mut self, why: &str) -> Result<bool, Error> {
        let catalog = self.shared.shelf.current();
        while let Some(active) = &mut self.active {
            if !active.machine.is_silent() || active.left.is_empty() {
                return Ok(false);
            }
            let (name, ordinal) = (active.left.remove(0), active.row.ordinal);
            // One that cannot even be called is no help.
            let Ok(plan) = plan(&catalog, &self.shared.keys, Some(&name)).await else { continue };
            let packet = self.packet(ordinal, Some(&plan)).await?;
            let call = model_call(&plan, messages(&self.shared.media, &packet).await?);
            let Some(active) = &mut self.active else { return Ok(false) };
            active.call = Some(call);
            active.row.preset = Some(plan.preset.name.clone());
            let words = format!("{why} The preset “{}” answers instead.", plan.preset.label());
            let substitute = Substitute {
                model_name: plan.preset.model_name(),
                preset: Some(plan.preset.name.clone()),
                context_window: plan.preset.context_window_tokens,
                packet,
            };
            self.take(Input::Replaced(substitute, words)).await?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Hands the machine what happened and does what it asks for.
    pub(super) async fn take(&mut self, input: Input) -> Result<(), Error> {
        self.take_with(input, Vec::new()).await
    }

    pub(super) async fn take_with(&mut self, input: Input, more: Vec<Change>) -> Result<(), Error> {
        let Some(active) = &mut self.active else { return Ok(()) };
        let effects = active.machine.take(input, now_ms());
        let (mut said, mut changes, mut finished) = (Vec::new(), more, None);
        // Kept until their rows are on disk.
        let mut shown = Vec::new();
        for effect in effects {
            match effect {
                Effect::StreamReasoning(piece) => {
                    self.tell(&mut said, &mut changes).await?;
                    self.journal.stream(RunKind::ReasoningDelta, piece).await?;
                }
                Effect::StreamAnswer(piece) => {
                    self.tell(&mut said, &mut changes).await?;
                    self.journal.stream(RunKind::Delta, piece).await?;
                }
                Effect::Append(mut event) => {
                    shown.extend(self.illustrate(&mut event, &mut changes).await);
                    let ends = matches!(event, Event::TurnEnd(_));
                    said.push(Say::Logged(event));
                    if ends {
                        said.push(Say::Passing(self.updated(SessionScope::Thread)));
                    }
                }
                Effect::DropModel => self.drop_model(),
                Effect::CallModel(_packet) => {
                    self.tell(&mut said, &mut changes).await?;
                    self.call_model();
                }
                Effect::Finish(finish) => {
                    changes.extend(self.finish_changes(&finish));
                    finished = Some(finish);
                }
            }
        }
        // Whoever reads the list or attaches when it is told that nothing runs must find it so.
        if let Some(finish) = &finished {
            self.rest(finish);
        }
        self.tell(&mut said, &mut changes).await?;
        if let Some(finish) = finished {
            self.finished(&finish);
        }
        Ok(())
    }

    async fn tell(&mut self, said: &mut Vec<Say>, changes: &mut Vec<Change>) -> Result<(), Error> {
        if said.is_empty() && changes.is_empty() {
            return Ok(());
        }
        self.journal.append(std::mem::take(said), std::mem::take(changes)).await
    }

    fn call_model(&mut self) {
        let Some(active) = &mut self.active else { return };
        active.model = active.call.take().map(|call| self.shared.models.open(call));
    }

    fn drop_model(&mut self) {
        if let Some(active) = &mut self.active {
            active.model = None;
        }
    }

    fn finish_changes(&self, finish: &Finish) -> Vec<Change> {
        let Some(active) = &self.active else { return Vec::new() };
        let now = now_ms();
        let (state, entry, outcome) = match &finish.outcome {
            Outcome::Done => (TurnState::Done, EntryState::Resolved, None),
            Outcome::Failed(words) => (TurnState::Failed, EntryState::Failed, Some(words.clone())),
            Outcome::Stopped => (TurnState::Stopped, EntryState::Cancelled, None),
        };
        let row = TurnRow { state, usage: Some(json(&finish.usage)), outcome, ended_at: Some(now), ..active.row.clone() };
        let ordinal = row.ordinal;
        let mut changes = vec![Change::PutTurn(row), Change::TouchChat { chat: self.id.as_str().to_owned(), at: now }];
        if !finish.answer.is_empty() {
            let outcome = match entry {
                EntryState::Failed => Some("error".to_owned()),
                EntryState::Cancelled => Some("aborted".to_owned()),
                EntryState::Resolved | EntryState::Proposed | EntryState::Streaming => None,
            };
            changes.push(Change::PutEntry(answer_entry(&self.id, ordinal, (entry, outcome), (&finish.answer, self.journal.next_seq()))));
        }
        changes.extend(counted(&finish.usage, now, &self.shared.zone));
        if finish.usage.request_count > 0 {
            changes.push(Change::SetChatUsage { chat: self.id.as_str().to_owned(), usage: json(&finish.usage) });
        }
        changes
    }

    /// Shows that the turn runs no more. With prompts waiting the chat goes on running; nobody is to take the moment between two turns for
    /// the end.
    fn rest(&self, finish: &Finish) {
        let state = match finish.outcome {
            Outcome::Done | Outcome::Stopped => ChatStateWord::Idle,
            Outcome::Failed(_) => ChatStateWord::Failed,
        };
        self.outside.snapshot.send_modify(|snapshot| {
            snapshot.run = None;
            if finish.usage != Usage::default() {
                snapshot.usage = Some(finish.usage);
            }
        });
        if self.waiting.is_empty() {
            self.set_state(state, None);
        }
    }

    fn finished(&mut self, finish: &Finish) {
        let ended = self.active.take();
        if let (Outcome::Done, Some(ended)) = (&finish.outcome, ended) {
            self.titling.answered(&self.shared, &self.id, ended.row.preset.as_deref());
        }
        self.tell_list(SessionScope::Thread, Audience::Strangers);
    }

    /// Tells the list how the chat is; of a temporary chat nobody is told.
    fn set_state(&self, state: ChatStateWord, started_at: Option<f64>) {
        if self.lasting == Lasting::Kept {
            self.shared.announcer.set_state(&self.id, state, started_at);
        }
    }

    /// What the model is shown: the entries of the chat up to this turn.
    async fn packet(&mut self, ordinal: u64, plan: Option<&Plan>) -> Result<Packet, Error> {
        let mut rows = self.entries().await?;
        rows.retain(|row| row.turn <= ordinal && row.visibility == Visibility::Visible);
        rows.sort_by_key(|row| (row.turn, row.seq));
        let entries = entries(&self.shared.media, rows).await?;
        let budget = Budget {
            context: plan.and_then(|plan| plan.preset.context_window_tokens),
            answer: plan.and_then(|plan| plan.preset.max_tokens).map(u64::from),
        };
        Ok(packet::build(INSTRUCTION, &entries, budget))
    }
}

/// The record of an answer, whole or as far as it came.
pub(crate) fn answer_entry(chat: &alcove_proto::ChatId, ordinal: u64, how: (EntryState, Option<String>), text: (&str, u64)) -> EntryRow {
    let now = now_ms();
    EntryRow {
        chat: chat.as_str().to_owned(),
        path: format!("log://turn_{ordinal}/update/answer"),
        state: how.0,
        outcome: how.1,
        visibility: Visibility::Visible,
        body: text.0.to_owned(),
        attributes: "{}".to_owned(),
        turn: ordinal,
        seq: text.1,
        created_at: now,
        updated_at: now,
    }
}

/// What the model can be shown of a chat's rows, with what came with the prompts.
pub(crate) async fn entries(media: &Media, rows: Vec<EntryRow>) -> Result<Vec<packet::Entry>, Error> {
    let media = media.clone();
    let read = tokio::task::spawn_blocking(move || rows.into_iter().filter_map(|row| entry(row, &media)).collect());
    read.await.map_err(|_| Error::Closing)
}

fn entry(row: EntryRow, media: &Media) -> Option<packet::Entry> {
    let kind = if row.path.starts_with("prompt://") {
        EntryKind::Prompt
    } else if row.path.ends_with("/update/answer") {
        EntryKind::Answer
    } else {
        return None;
    };
    let mut body = row.body;
    let images = media.material(&row.attributes, &mut body);
    Some(packet::Entry { kind, turn: row.turn, body, images })
}

/// The packet as a model takes it. Where images are too much together, the newest are shown.
async fn messages(media: &Media, packet: &Packet) -> Result<Vec<model::Message>, Error> {
    let (media, packet) = (media.clone(), packet.messages.clone());
    let read = tokio::task::spawn_blocking(move || {
        let mut room = Media::image_room();
        let message = |message: &packet::Message| {
            let role = match message.role {
                packet::Role::System => model::Role::System,
                packet::Role::User => model::Role::User,
                packet::Role::Assistant => model::Role::Assistant,
            };
            let (content, images) = media.shown(message, &mut room);
            model::Message { images, ..model::Message::text(role, content) }
        };
        let mut messages: Vec<model::Message> = packet.iter().rev().map(message).collect();
        messages.reverse();
        messages
    });
    read.await.map_err(|_| Error::Closing)
}

fn model_call(plan: &Plan, messages: Vec<model::Message>) -> ModelCall {
    ModelCall {
        endpoint: plan.endpoint.clone(),
        model: plan.preset.model.clone(),
        messages,
        tools: Vec::new(),
        max_tokens: plan.preset.max_tokens,
        temperature: plan.preset.temperature,
        reasoning_effort: plan.preset.reasoning_effort.clone(),
        limits: model::Limits::default(),
    }
}

fn ended(end: &model::StepEnd) -> Input {
    let ms = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let cost = StepCost {
        prompt: end.usage.map(|usage| usage.prompt),
        completion: end.usage.map(|usage| usage.completion),
        cached: end.usage.and_then(|usage| usage.cached),
        ttft_ms: end.ttft.map(ms),
        generation_ms: ms(end.generation),
    };
    let cut = match end.finish {
        model::Finish::Length => Cut::Length,
        model::Finish::Stop | model::Finish::ToolCalls | model::Finish::ContentFilter | model::Finish::Other(_) => Cut::No,
    };
    Input::StepEnded(cost, cut)
}
