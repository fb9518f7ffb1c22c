//! Running turns: starts the next one, hands the machine what the model and the tools say, and performs what the machine asks for, in order.

use alcove_agent::turn::{Cut, Effect, Facts, Failure, Finish, Input, NativeCall, Outcome, StepCost, Substitute, Telling, Turn};
use alcove_agent::verdict::{Dialect, Limits};
use alcove_proto::TurnId;
use alcove_proto::envelope::{ChatStateWord, Event, SessionScope, Steered};
use alcove_proto::usage::Usage;
use alcove_store::{Change, EntryRow, EntryState, TurnRow, TurnState, Visibility};

use super::actor::Actor;
use super::acts::{Acts, Resumed};
use super::journal::Say;
use super::prompt::json;
use super::shown::{messages, model_call};
use super::{Lasting, Running};
use crate::catalog::plan;
use crate::clock::{now_ms, now_ns};
use crate::error::Error;
use crate::hub::Audience;
use crate::model::error::ModelError;
use crate::model::{self, ModelCall, ModelEvent, ModelStream};
use crate::run::RunKind;
use crate::settings::usage::counted;

/// A prompt whose turn has not begun.
pub(super) struct Waiting {
    /// The turn in the store.
    pub(super) id: String,
    /// The turn as clients know it.
    pub(super) turn: Option<TurnId>,
    pub(super) ordinal: u64,
    pub(super) prompt_seq: u64,
    pub(super) prompted_at: i64,
    /// What a person allowed after its turn had ended; the turn begins with it.
    pub(super) resumes: Option<Resumed>,
}

/// The turn that runs.
pub(super) struct Active {
    pub(super) machine: Turn,
    model: Option<ModelStream>,
    call: Option<ModelCall>,
    pub(super) row: TurnRow,
    /// Presets that may answer where the one that was called fails, first come first.
    left: Vec<String>,
    /// Calls of the step, as far as the model has sent them.
    calls: Vec<NativeCall>,
    /// What is being carried out.
    pub(super) acts: Acts,
}

impl Active {
    /// The answer so far.
    pub(super) fn answer(&self) -> &str {
        self.machine.answer()
    }

    /// Where news may come from.
    pub(super) fn sources(&mut self) -> (Option<&mut ModelStream>, &mut Acts) {
        (self.model.as_mut(), &mut self.acts)
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
        let preset = planned.as_ref().ok().map(|plan| plan.preset.clone());
        let shown = self.shown(waiting.ordinal, planned.as_ref().ok()).await?;
        let facts = Facts {
            chat: self.id.clone(),
            turn: waiting.turn.clone(),
            stream: format!("{}:{}", self.id.session_key(), now_ns()),
            prompted_at: waiting.prompted_at,
            model_name: preset.as_ref().map_or_else(|| "none".to_owned(), |preset| preset.model_name()),
            preset: preset.as_ref().map(|preset| preset.name.clone()),
            context_window: preset.as_ref().and_then(|preset| preset.context_window_tokens),
            dialect: shown.dialect,
            limits: Limits::default(),
            telling: self.telling(),
        };
        let row = TurnRow { preset: facts.preset.clone(), started_at: Some(now), ..waiting.row(&self.id, TurnState::Running) };
        let run = Running { turn: waiting.turn, started_at: now as f64 / 1000.0 };
        self.set_state(ChatStateWord::Running, Some(run.started_at));
        self.outside.snapshot.send_modify(|snapshot| snapshot.run = Some(run));
        let call = match planned.as_ref().ok() {
            Some(plan) => Some(model_call(plan, messages(&self.shared.media, &shown.packet).await?, shown.tools)),
            None => None,
        };
        let mut left = catalog.call_order();
        left.retain(|name| Some(name) != facts.preset.as_ref());
        let acts = Acts::new(row.ordinal);
        self.active = Some(Active { machine: Turn::new(facts), model: None, call, row: row.clone(), left, calls: Vec::new(), acts });
        let began = match waiting.resumes {
            Some(resumed) => self.resume(resumed),
            None => Input::Began(shown.packet),
        };
        self.take_with(began, vec![Change::PutTurn(row)]).await?;
        match planned {
            Ok(_) => Ok(()),
            Err(words) => self.take(Input::StepFailed(Failure { words, retry: true })).await,
        }
    }

    /// What clients are told of a turn of this chat.
    fn telling(&self) -> Telling {
        let telling = self.shared.telling;
        let most = self.shared.preferences.current().tool_hint_max_length as usize;
        Telling { places: self.lasting == Lasting::Kept, hints: telling.hints.map(|_| most), ..telling }
    }

    /// What the model said, or that it is gone.
    pub(super) async fn heard(&mut self, event: Option<ModelEvent>) -> Result<(), Error> {
        if let Some(ModelEvent::Failed(error)) = &event {
            let told_again = matches!(error, ModelError::NoTools { .. }) && self.retell().await?;
            if told_again || self.replace_model(&error.to_string()).await? {
                return Ok(());
            }
        }
        if matches!(&event, Some(ModelEvent::Ended(_) | ModelEvent::Failed(_)) | None) {
            self.drop_model();
        }
        let input = match event {
            Some(ModelEvent::Answer(text)) => Input::Answer(text),
            Some(ModelEvent::Reasoning(text)) => Input::Reasoning(text),
            Some(ModelEvent::Retrying { wait, reason, .. }) if wait.is_zero() => Input::Retrying(reason),
            Some(ModelEvent::Retrying { attempt, wait, reason }) => {
                Input::Retrying(format!("{reason} Trying again in {:.1} s (attempt {attempt}).", wait.as_secs_f32()))
            }
            Some(ModelEvent::Calling { .. }) => return Ok(()),
            Some(ModelEvent::Calls(calls)) => {
                self.take_calls(calls);
                return Ok(());
            }
            Some(ModelEvent::Ended(end)) => ended(&end, self.given_calls()),
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
            let shown = self.shown(ordinal, Some(&plan)).await?;
            let call = model_call(&plan, messages(&self.shared.media, &shown.packet).await?, shown.tools);
            let Some(active) = &mut self.active else { return Ok(false) };
            active.call = Some(call);
            active.row.preset = Some(plan.preset.name.clone());
            let words = format!("{why} The preset “{}” answers instead.", plan.preset.label());
            let substitute = Substitute {
                model_name: plan.preset.model_name(),
                preset: Some(plan.preset.name.clone()),
                context_window: plan.preset.context_window_tokens,
                dialect: shown.dialect,
                packet: shown.packet,
            };
            self.take(Input::Replaced(substitute, words)).await?;
            return Ok(true);
        }
        Ok(false)
    }

    /// The server knows no tool calls: the same model is told the tag language instead, now and from now on.
    async fn retell(&mut self) -> Result<bool, Error> {
        let Some(active) = &self.active else { return Ok(false) };
        if !active.machine.is_silent() || active.machine.facts().dialect == Dialect::Tags {
            return Ok(false);
        }
        let (ordinal, preset, model) = (active.row.ordinal, active.row.preset.clone(), active.machine.facts().model_name.clone());
        let Ok(plan) = plan(&self.shared.shelf.current(), &self.shared.keys, preset.as_deref()).await else { return Ok(false) };
        if plan.preset.dialect == Some(Dialect::Native) {
            return Ok(false);
        }
        let learned = self.shared.acting.change(|acting| {
            acting.dialects.insert(model, Dialect::Tags);
            Ok::<(), Error>(())
        });
        learned.await?;
        let shown = self.shown(ordinal, Some(&plan)).await?;
        let call = model_call(&plan, messages(&self.shared.media, &shown.packet).await?, shown.tools);
        if let Some(active) = &mut self.active {
            active.call = Some(call);
        }
        let words = "This model's server takes no tool calls. It is asked again in Alcove's tag language.".to_owned();
        self.take(Input::Retold(shown.packet, shown.dialect, words)).await?;
        Ok(true)
    }

    fn take_calls(&mut self, calls: Vec<model::ToolCall>) {
        if let Some(active) = &mut self.active {
            active.calls = calls.into_iter().map(|call| NativeCall { id: call.id, name: call.name, arguments: call.arguments }).collect();
        }
    }

    fn given_calls(&mut self) -> Vec<NativeCall> {
        self.active.as_mut().map(|active| std::mem::take(&mut active.calls)).unwrap_or_default()
    }

    /// Asks the model for the next step, with what has come of this one, and with prompts that came meanwhile.
    async fn next_step(&mut self) -> Result<(), Error> {
        self.steer().await?;
        let Some(active) = &self.active else { return Ok(()) };
        let (ordinal, preset) = (active.row.ordinal, active.row.preset.clone());
        let plan = match plan(&self.shared.shelf.current(), &self.shared.keys, preset.as_deref()).await {
            Ok(plan) => plan,
            Err(words) => {
                self.inputs.push_back((Input::StepFailed(Failure { words, retry: true }), Vec::new()));
                return Ok(());
            }
        };
        let shown = self.shown(ordinal, Some(&plan)).await?;
        let call = model_call(&plan, messages(&self.shared.media, &shown.packet).await?, shown.tools);
        if let Some(active) = &mut self.active {
            active.call = Some(call);
        }
        self.inputs.push_back((Input::Next(shown.packet), Vec::new()));
        Ok(())
    }

    /// Prompts that came while the turn ran are shown to the model with its next step, and have no turn of their own (envelope §1.9).
    async fn steer(&mut self) -> Result<(), Error> {
        let Some(active) = &self.active else { return Ok(()) };
        let (ordinal, seq, now) = (active.row.ordinal, self.journal.next_seq(), now_ms());
        let mut changes = Vec::new();
        let (steering, waiting): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.waiting).into_iter().partition(|waiting| waiting.resumes.is_none());
        self.waiting = waiting.into();
        let mut prompts = Vec::new();
        for waiting in steering {
            prompts.extend(waiting.turn.clone());
            let path = format!("prompt://{}", waiting.ordinal);
            let Some(row) = self.kept_entry(&path).await? else { continue };
            changes.push(Change::PutEntry(EntryRow { turn: ordinal, seq, updated_at: now, ..row }));
            let outcome = Some("steered".to_owned());
            changes.push(Change::PutTurn(TurnRow { ended_at: Some(now), outcome, ..waiting.row(&self.id, TurnState::Done) }));
        }
        if changes.is_empty() {
            return Ok(());
        }
        let turn_id = self.active.as_ref().and_then(|active| active.machine.facts().turn.clone());
        let event = Event::Steered(Steered { chat_id: self.id.clone(), prompts, turn_id, seq: None });
        self.journal.append(vec![Say::Logged(event)], changes).await
    }

    /// Hands the machine what happened and does what it asks for.
    pub(super) async fn take(&mut self, input: Input) -> Result<(), Error> {
        self.take_with(input, Vec::new()).await
    }

    pub(super) async fn take_with(&mut self, input: Input, more: Vec<Change>) -> Result<(), Error> {
        self.inputs.push_back((input, more));
        self.drive().await
    }

    /// Works off what happened, and what follows from it, until something must be waited for.
    pub(super) async fn drive(&mut self) -> Result<(), Error> {
        loop {
            while let Some((input, more)) = self.inputs.pop_front() {
                if self.perform(input, more).await? {
                    self.next_step().await?;
                }
            }
            self.advance();
            if self.inputs.is_empty() {
                return Ok(());
            }
        }
    }

    /// Does what the machine asks for; answers whether it wants another step.
    async fn perform(&mut self, input: Input, more: Vec<Change>) -> Result<bool, Error> {
        let Some(active) = &mut self.active else { return Ok(false) };
        let effects = active.machine.take(input, now_ms());
        let (mut said, mut changes, mut finished, mut wants_step) = (Vec::new(), more, None, false);
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
                Effect::Keep(step) => changes.extend(self.keep_step(&step)),
                Effect::Note(lines) => changes.extend(self.keep_lines(&lines)),
                Effect::Act(calls) => self.begin_acts(calls),
                Effect::DropActs => self.drop_acts(&mut said, &mut changes).await,
                Effect::NextStep => wants_step = true,
                Effect::Finish(finish) => {
                    said.extend(self.changes_made().await);
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
        Ok(wants_step)
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
    fn rest(&mut self, finish: &Finish) {
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
    pub(super) fn set_state(&mut self, state: ChatStateWord, started_at: Option<f64>) {
        self.told_state = Some(state);
        if self.lasting == Lasting::Kept {
            self.shared.announcer.set_state(&self.id, state, started_at);
        }
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

fn ended(end: &model::StepEnd, calls: Vec<NativeCall>) -> Input {
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
    Input::StepEnded(cost, cut, calls)
}
