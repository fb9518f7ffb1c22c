//! One turn as a pure state machine: what happened goes in as an [`Input`], what to do comes out as [`Effect`]s, in order.
//!
//! The states stand in their own files: [`waiting`] until the model says something, [`speaking`] while it does, [`stepping`] when a step is
//! complete, [`acting`] while its calls are carried out, [`ending`] for the ways it ends. Nothing else drives a turn.

mod acting;
mod ending;
mod speaking;
mod stepping;
mod tell;
mod waiting;

use std::collections::BTreeSet;

use alcove_proto::envelope::{Delta, Event, FileEdit, Phase};
use alcove_proto::usage::Usage;
use alcove_proto::{ChatId, TurnId};
use serde_json::{Map, Value};

use crate::dialect::tags::Reader;
use crate::packet::Packet;
use crate::tool::Call;
use crate::verdict::{Dialect, Limits, Line, Update, Verdicts};

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
    /// How the model says what it wants done.
    pub dialect: Dialect,
    /// How much is borne with.
    pub limits: Limits,
    /// What clients are told of it.
    pub telling: Telling,
}

/// What clients are told of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent choices, each a key of the configuration or of the chat")]
pub struct Telling {
    /// The answer while it is written; otherwise it is one message at the end.
    pub streams: bool,
    /// What the model thinks.
    pub reasoning: bool,
    /// How it goes, in lines of text, and how calls end.
    pub progress: bool,
    /// Which calls begin, in at most so many characters; none tells nothing.
    pub hints: Option<usize>,
    /// Each event's part of the turn and place in it; those of temporary chats do not say.
    pub places: bool,
}

impl Telling {
    /// Everything.
    pub const ALL: Self = Self { streams: true, reasoning: true, progress: true, hints: Some(40), places: true };
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
    /// How it says what it wants done.
    pub dialect: Dialect,
    /// What it is shown.
    pub packet: Packet,
}

/// A call as a model with tool calling sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NativeCall {
    /// Names it; may be empty or come twice.
    pub id: String,
    /// The tool.
    pub name: String,
    /// The arguments: a JSON text.
    pub arguments: String,
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
    /// The turn begins with calls that a person allowed after an earlier turn had ended.
    Resumed(Vec<Call>),
    /// The model thinks.
    Reasoning(String),
    /// The model answers.
    Answer(String),
    /// The model call is repeated after a passing fault; the words say why and when.
    Retrying(String),
    /// The model failed before its first word, and another answers in its place; the words say why.
    Replaced(Substitute, String),
    /// The same model is asked again in another dialect.
    Retold(Packet, Dialect, String),
    /// The model call is complete, with the calls it asks for.
    StepEnded(StepCost, Cut, Vec<NativeCall>),
    /// A call has ended, or goes on without being waited for.
    Settled(Settled),
    /// What the next step is shown.
    Next(Packet),
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

/// What came of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    /// The call.
    pub call: String,
    /// As in HTTP (entries §1.2).
    pub status: u16,
    /// What the model is told.
    pub body: String,
    /// What clients are told; the same, unless it is long.
    pub result: String,
    /// Whether clients are told that it went well.
    pub well: bool,
    /// Whether it counts against the model (entries §2.5).
    pub strike: bool,
    /// Files it changed.
    pub edits: Vec<FileEdit>,
    /// Its record.
    pub record: String,
    /// Why it was allowed, or was not.
    pub why: Option<String>,
    /// How a command ended.
    pub exit_code: Option<i32>,
    /// How long it took, milliseconds.
    pub duration_ms: Option<u64>,
    /// Whether it goes on in the background.
    pub background: bool,
    /// What it says to the person.
    pub said: Option<String>,
}

/// A step as it is kept: what the model said, and what it asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct StepRecord {
    /// The step, counted from 0.
    pub step: u32,
    /// How it was said.
    pub dialect: Dialect,
    /// The text beside the calls.
    pub text: String,
    /// The whole reply, where its text alone does not say it.
    pub raw: Option<String>,
    /// The calls, in order.
    pub calls: Vec<RecordedCall>,
}

/// A call of a step as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedCall {
    /// Names it within its turn.
    pub id: String,
    /// The tool.
    pub name: String,
    /// Its arguments.
    pub arguments: Map<String, Value>,
    /// What its record is named by: the action's tag and the target.
    pub action: &'static str,
    /// The target.
    pub target: String,
    /// Why it cannot be read, when it cannot.
    pub unread: Option<String>,
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
    /// Keep the step.
    Keep(StepRecord),
    /// Keep lines that the model is told.
    Note(Vec<Line>),
    /// Carry these calls out; each comes back as settled.
    Act(Vec<Call>),
    /// End what is being carried out.
    DropActs,
    /// Build the packet of the next step.
    NextStep,
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
    /// Calls are carried out, or the next packet is made.
    Acting,
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
    /// The visible text of the step.
    answer: String,
    usage: Usage,
    verdicts: Verdicts,
    /// Of the step that is being said or carried out.
    reply: Reply,
    /// Calls that are being carried out.
    acts: Vec<Act>,
    /// Names that calls of this turn have.
    names: BTreeSet<String>,
}

/// What a step has said so far, beside its visible text.
#[derive(Debug, Default)]
struct Reply {
    /// Reads the tag language.
    reader: Option<Box<Reader>>,
    /// The whole of it.
    raw: String,
    calls: Vec<Called>,
    updates: Vec<Update>,
    /// What had to be mended or is wrong, for the model.
    lines: Vec<Line>,
    /// How much of it counts against the model.
    faults: u32,
    /// Whether its stream was told to be at its end.
    closed: bool,
    /// Whether it is kept as a step, with its text.
    kept: bool,
}

/// A call of the step.
#[derive(Debug)]
enum Called {
    Meant(Call),
    Unread(crate::tool::Unread),
}

/// A call that is being carried out.
#[derive(Debug)]
struct Act {
    id: String,
    name: String,
    arguments: Map<String, Value>,
    /// The same as a person changed them. Whether the model repeats itself is judged by its own.
    changed: Option<Map<String, Value>>,
    settled: bool,
    /// What it has put out so far, as it is told should the turn be stopped.
    output: String,
}

impl Turn {
    /// A turn about to begin. The prompt itself is event 1 of the turn.
    pub fn new(facts: Facts) -> Self {
        Self {
            verdicts: Verdicts::new(facts.limits),
            facts,
            state: State::Waiting,
            step: 0,
            turn_seq: 1,
            packet_tokens: 0,
            answer: String::new(),
            usage: Usage::default(),
            reply: Reply::default(),
            acts: Vec::new(),
            names: BTreeSet::new(),
        }
    }

    /// Takes in what happened at `now` (milliseconds since the epoch) and says what to do. After the end nothing has an effect.
    pub fn take(&mut self, input: Input, now: i64) -> Vec<Effect> {
        if self.state == State::Ended {
            return Vec::new();
        }
        match input {
            Input::Began(packet) => waiting::begin(self, packet, now),
            Input::Resumed(calls) => waiting::resume(self, calls, now),
            Input::Retrying(words) => waiting::retrying(self, words, now),
            Input::Replaced(substitute, words) => waiting::replaced(self, substitute, words, now),
            Input::Retold(packet, dialect, words) => waiting::retold(self, packet, dialect, words, now),
            Input::Reasoning(text) => speaking::reasoning(self, text),
            Input::Answer(text) => speaking::answer(self, text),
            Input::StepEnded(cost, cut, calls) => stepping::ended(self, cost, cut, calls, now),
            Input::Settled(settled) => acting::settled(self, &settled, now),
            Input::Next(packet) => waiting::next(self, packet, now),
            Input::StepFailed(failure) => ending::failed(self, failure, now),
            Input::Stopped => ending::stopped(self, now),
        }
    }

    /// The facts it began with.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Whether the model has said nothing yet in this step, so that another may answer in its place.
    pub fn is_silent(&self) -> bool {
        self.state == State::Waiting && self.answer.is_empty() && self.reply.raw.is_empty()
    }

    /// The visible text of the step so far.
    pub fn answer(&self) -> &str {
        &self.answer
    }

    /// What a call has put out so far: it is told should the turn be stopped now.
    pub fn leave(&mut self, call: &str, output: String) {
        if let Some(act) = self.acts.iter_mut().find(|act| act.id == call) {
            act.output = output;
        }
    }

    /// A person changed what a call asks for: its end is told with these arguments.
    pub fn change(&mut self, call: &str, arguments: Map<String, Value>) {
        if let Some(act) = self.acts.iter_mut().find(|act| act.id == call) {
            act.changed = Some(arguments);
        }
    }

    /// The step that is being said or carried out, counted from 0.
    pub fn step(&self) -> u32 {
        self.step
    }

    fn stream_id(&self) -> String {
        format!("{}:{}", self.facts.stream, self.step)
    }

    /// The annotations of the turn's next event; absent when the turn has no id (envelope §1.8).
    pub fn annotate(&mut self, phase: Phase) -> (Option<TurnId>, Option<Phase>, Option<u64>) {
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
