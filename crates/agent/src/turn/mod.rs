//! One turn as a pure state machine: what happened goes in as an [`Input`], what to do comes out as [`Effect`]s, in order.
//!
//! The states stand in their own files: [`waiting`] until the model says something, [`speaking`] while it does, [`ending`] for the ways
//! it ends. Nothing else drives a turn.

mod ending;
mod speaking;
mod waiting;

use alcove_proto::envelope::{Delta, Event, Phase};
use alcove_proto::usage::Usage;
use alcove_proto::{ChatId, TurnId};

use crate::packet::Packet;

/// What is known when a turn begins.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The chat.
    pub chat: ChatId,
    /// The turn as clients know it; absent for plain-text clients, whose events carry no annotations.
    pub turn: Option<TurnId>,
    /// `websocket:<chat id>:<ns>`; the step's number is appended.
    pub stream: String,
    /// When the prompt was taken, milliseconds since the epoch.
    pub prompted_at: i64,
    /// `provider/model`.
    pub model_name: String,
    /// The preset it came from.
    pub preset: Option<String>,
    /// Tokens the model can hold.
    pub context_window: Option<u64>,
    /// What clients are told of it.
    pub telling: Telling,
}

/// What clients are told of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four independent choices, each a key of the configuration or of the chat")]
pub struct Telling {
    /// The answer while it is written; otherwise it is one message at the end.
    pub streams: bool,
    /// What the model thinks.
    pub reasoning: bool,
    /// How it goes, in lines of text.
    pub progress: bool,
    /// Each event's part of the turn and place in it; those of temporary chats do not say.
    pub places: bool,
}

impl Telling {
    /// Everything.
    pub const ALL: Self = Self { streams: true, reasoning: true, progress: true, places: true };
}

/// Another model that takes the place of one that failed.
#[derive(Clone, Debug)]
pub struct Substitute {
    /// `provider/model`.
    pub model_name: String,
    /// The preset it came from.
    pub preset: Option<String>,
    /// Tokens the model can hold.
    pub context_window: Option<u64>,
    /// What it is shown.
    pub packet: Packet,
}

/// What a model call cost, as far as the provider or the clock told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepCost {
    /// Prompt tokens, as counted by the provider.
    pub prompt: Option<u64>,
    /// Answer tokens, as counted by the provider.
    pub completion: Option<u64>,
    /// Prompt tokens from the provider's cache.
    pub cached: Option<u64>,
    /// Milliseconds to the first token.
    pub ttft_ms: Option<u64>,
    /// Milliseconds from the first token to the last.
    pub generation_ms: u64,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// The turn begins with this packet.
    Began(Packet),
    /// The model thinks.
    Reasoning(String),
    /// The model answers.
    Answer(String),
    /// The model call is repeated after a passing fault; the words say why and when.
    Retrying(String),
    /// The model failed before its first word, and another answers in its place; the words say why.
    Replaced(Substitute, String),
    /// The model call is complete.
    StepEnded(StepCost, Cut),
    /// The model call failed; the words are for people.
    StepFailed(Failure),
    /// A person stopped the turn.
    Stopped,
}

/// Whether the answer ran into its length limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// It ended by itself.
    No,
    /// The model's limit cut it.
    Length,
}

/// Why a model call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// One or two sentences: what happened, what to do.
    pub words: String,
    /// Whether sending the prompt again may help.
    pub retry: bool,
}

/// How a turn ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The model answered.
    Done,
    /// The model failed.
    Failed(String),
    /// A person stopped it.
    Stopped,
}

/// What to do, in the order given.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Call the model with this packet.
    CallModel(Packet),
    /// End the model call at once.
    DropModel,
    /// Tell a piece of reasoning: to the clients at once, to the store soon.
    StreamReasoning(Delta),
    /// Tell a piece of the answer: to the clients at once, to the store soon.
    StreamAnswer(Delta),
    /// Tell a final event: to the store first, then to the clients.
    Append(Event),
    /// The turn is over: keep the answer so far and the cost.
    Finish(Finish),
}

/// What a turn leaves behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Finish {
    /// How it ended.
    pub outcome: Outcome,
    /// The answer, whole or as far as it came.
    pub answer: String,
    /// What it cost.
    pub usage: Usage,
}

/// Where a turn stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The model was called and has said nothing yet.
    Waiting,
    /// The model thinks.
    Reasoning,
    /// The model answers.
    Answering,
    /// Nothing happens any more.
    Ended,
}

/// One turn.
#[derive(Debug)]
pub struct Turn {
    facts: Facts,
    state: State,
    step: u32,
    turn_seq: u64,
    packet_tokens: u64,
    answer: String,
    usage: Usage,
}

impl Turn {
    /// A turn about to begin. The prompt itself is event 1 of the turn.
    pub fn new(facts: Facts) -> Self {
        Self { facts, state: State::Waiting, step: 0, turn_seq: 1, packet_tokens: 0, answer: String::new(), usage: Usage::default() }
    }

    /// Takes in what happened at `now` (milliseconds since the epoch) and says what to do. After the end nothing has an effect.
    pub fn take(&mut self, input: Input, now: i64) -> Vec<Effect> {
        if self.state == State::Ended {
            return Vec::new();
        }
        match input {
            Input::Began(packet) => waiting::begin(self, packet, now),
            Input::Retrying(words) => waiting::retrying(self, words, now),
            Input::Replaced(substitute, words) => waiting::replaced(self, substitute, words, now),
            Input::Reasoning(text) => speaking::reasoning(self, text),
            Input::Answer(text) => speaking::answer(self, text),
            Input::StepEnded(cost, cut) => ending::completed(self, cost, cut, now),
            Input::StepFailed(failure) => ending::failed(self, failure, now),
            Input::Stopped => ending::stopped(self, now),
        }
    }

    /// The facts it began with.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Whether the model has said nothing yet, so that another may answer in its place.
    pub fn is_silent(&self) -> bool {
        self.state == State::Waiting && self.answer.is_empty()
    }

    /// The answer so far.
    pub fn answer(&self) -> &str {
        &self.answer
    }

    fn stream_id(&self) -> String {
        format!("{}:{}", self.facts.stream, self.step)
    }

    /// The annotations of the turn's next event; absent when the turn has no id (envelope §1.8).
    fn annotate(&mut self, phase: Phase) -> (Option<TurnId>, Option<Phase>, Option<u64>) {
        let Some(turn) = self.facts.turn.clone() else {
            return (None, None, None);
        };
        if !self.facts.telling.places {
            return (Some(turn), None, None);
        }
        self.turn_seq += 1;
        (Some(turn), Some(phase), Some(self.turn_seq))
    }

    fn delta(&mut self, phase: Phase, text: String, stream_id: Option<String>) -> Delta {
        let (turn_id, turn_phase, turn_seq) = self.annotate(phase);
        Delta { chat_id: self.facts.chat.clone(), text, stream_id, turn_id, turn_phase, turn_seq, seq: None }
    }
}
