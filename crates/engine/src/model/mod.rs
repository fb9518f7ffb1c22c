//! Models: one call to a language model, streamed.
//!
//! A [`ModelCall`] goes in, [`ModelEvent`]s come out, and the last of them is always exactly one `Ended` or `Failed`.
//! Two kinds of endpoint stand behind it: OpenAI-compatible servers, and the offline demo. Nothing here knows of
//! chats, turns or settings, stores anything, or calls an address it was not given.

pub mod address;
pub mod demo;
pub mod discover;
pub mod error;
pub mod extra;
pub mod retry;

mod answer;
mod blind;
mod calls;
mod catalog;
mod chunk;
mod client;
mod fault;
mod lines;
mod openai;
mod piece;
mod refusal;
mod request;
pub(crate) mod speech;
mod sse;
#[cfg(test)]
mod tests;
mod think;
mod tour;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use serde_json::Value;

use self::blind::Blind;
use self::client::Clients;
use self::demo::Performance;
use self::error::ModelError;
use self::extra::Extra;
use self::openai::Run;
use self::retry::RetryPlan;
use crate::secret::Secret;

/// The way to every model: the HTTP clients and the retry plan, shared by all clones.
#[derive(Debug, Clone)]
pub struct Models {
    clients: Clients,
    retries: RetryPlan,
    blind: Arc<Blind>,
    /// Calls opened so far: each draws waits of its own.
    calls: Arc<AtomicU64>,
}

/// One call: who is asked, with what, and how long it may take.
#[derive(Debug, Clone)]
pub struct ModelCall {
    /// Where the model is.
    pub endpoint: Endpoint,
    /// The model's name as its server knows it.
    pub model: String,
    /// The conversation, oldest first.
    pub messages: Vec<Message>,
    /// Tools the model may call; none are spoken of when it is empty.
    pub tools: Vec<ToolSpec>,
    /// The most tokens the answer may have; `None` leaves it to the server.
    pub max_tokens: Option<u32>,
    /// Sampling temperature; `None` leaves it to the server.
    pub temperature: Option<f32>,
    /// How much a reasoning model should reason (`low`, `medium`, `high`, …); `None` leaves it to the server.
    pub reasoning_effort: Option<String>,
    /// Time limits.
    pub limits: Limits,
}

/// One message of the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// The text, as Markdown or plain.
    pub content: String,
    /// Pictures shown with it.
    pub images: Vec<Image>,
    /// The calls the model made with it; only its own messages have some.
    pub calls: Vec<ToolCall>,
    /// The call this answers; only tools' messages have one.
    pub call_id: Option<String>,
}

impl Message {
    /// A message that is nothing but text.
    pub fn text(role: Role, content: impl Into<String>) -> Self {
        Self { role, content: content.into(), images: Vec::new(), calls: Vec::new(), call_id: None }
    }
}

/// A tool as a model is told of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolSpec {
    /// What it is called: letters, digits, `_` and `-`, at most 64.
    pub name: String,
    /// What it does, for the model.
    pub description: String,
    /// The JSON schema of its arguments, an object.
    pub parameters: Value,
}

/// A call of a tool as the model wrote it. Nothing of it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolCall {
    /// Which call it is: unique in the conversation, given by the server or as `call_<n>`.
    pub id: String,
    /// The tool's name; may be unknown, or empty.
    pub name: String,
    /// The arguments as they came: JSON of an object, if the model made no mistake. Empty where there were none.
    pub arguments: String,
}

/// A picture as a model is shown it.
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    /// What people call it; told in its place to a model that takes no images.
    pub name: String,
    /// A data URL.
    pub url: Arc<str>,
}

impl std::fmt::Debug for Image {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Image({:?})", self.name)
    }
}

/// Who speaks in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Standing instructions.
    System,
    /// The person.
    User,
    /// The model, earlier.
    Assistant,
    /// A tool, answering a call.
    Tool,
}

/// Where a model is.
#[derive(Debug, Clone)]
pub enum Endpoint {
    /// The offline demo; nothing is contacted.
    Demo,
    /// A server that speaks OpenAI's chat completions.
    OpenAi {
        /// The base address, for example `http://127.0.0.1:8080/v1`; see [`address::Address::parse`].
        api_base: String,
        /// The key, sent as bearer to this address and nowhere else.
        api_key: Option<Secret>,
        /// What is added to every request.
        extra: Extra,
    },
}

/// Time limits of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For one connection to come about.
    pub connect: Duration,
    /// For the server to send anything at all, be it a sign of life.
    pub idle: Duration,
    /// For the whole call with its retries.
    pub total: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), idle: Duration::from_secs(120), total: Duration::from_secs(60 * 60) }
    }
}

/// What happens during a call, in order. Text events are never empty.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelEvent {
    /// An attempt failed before any text or call; the next one follows after `wait`.
    Retrying {
        /// The number of the attempt to come, 2 or more.
        attempt: u32,
        /// How long it is waited for; zero when the next attempt differs from the last.
        wait: Duration,
        /// Why the last attempt failed, in words.
        reason: String,
    },
    /// More of the model's reasoning.
    Reasoning(String),
    /// More of the answer.
    Answer(String),
    /// A call began to arrive, and this is its tool. One for each call.
    Calling {
        /// The tool's name, unchecked.
        name: String,
    },
    /// The calls of an answer that ended whole, never empty; right before `Ended`. A call that was cut, or came in a cut answer,
    /// is in no such event.
    Calls(Vec<ToolCall>),
    /// The answer is complete. Terminal.
    Ended(StepEnd),
    /// The call failed; text that came before it stands. Terminal.
    Failed(ModelError),
}

/// How a complete answer ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepEnd {
    /// Why the model stopped; `ToolCalls` whenever calls were handed over, and neither that nor `Stop` when some were not.
    pub finish: Finish,
    /// Calls that had begun to arrive and were not handed over, because the answer was cut.
    pub cut_calls: usize,
    /// Tokens used, when the server told.
    pub usage: Option<TokenUsage>,
    /// From sending the request that was answered to its first text or call; `None` when there was none.
    pub ttft: Option<Duration>,
    /// From the first text or call (or, without any, the request) to the end.
    pub generation: Duration,
}

/// Why the model stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finish {
    /// It was done.
    Stop,
    /// The answer reached its token limit, or the context was full.
    Length,
    /// It wants tools to be called.
    ToolCalls,
    /// The provider's filter cut it.
    ContentFilter,
    /// A reason this version does not know, in the server's word.
    Other(String),
}

/// Tokens one call used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenUsage {
    /// Tokens of the conversation sent.
    pub prompt: u64,
    /// Tokens of the answer, reasoning included.
    pub completion: u64,
    /// Both together, as the server counted.
    pub total: u64,
    /// Of `prompt`, those served from the server's cache, when it told.
    pub cached: Option<u64>,
}

impl Default for Models {
    fn default() -> Self {
        Self::new()
    }
}

impl Models {
    /// Touches neither the network nor the disk: HTTP clients are made when a call first needs them.
    pub fn new() -> Self {
        // Without randomness, retries merely lose their spread.
        Self::with_retries(RetryPlan::seeded(getrandom::u64().unwrap_or(0)))
    }

    /// As [`Models::new`], with its own waits and its own seed.
    pub fn with_retries(retries: RetryPlan) -> Self {
        Self { clients: Clients::default(), retries, blind: Arc::default(), calls: Arc::default() }
    }

    fn plan_for_call(&self) -> RetryPlan {
        self.retries.for_call(self.calls.fetch_add(1, Ordering::Relaxed))
    }

    /// These models without retries, for questions a person waits on.
    pub(crate) fn without_retries(&self) -> Self {
        Self { retries: self.retries.once(), ..self.clone() }
    }

    /// Prepares a call. Nothing happens before the stream is first polled.
    pub fn open(&self, call: ModelCall) -> ModelStream {
        let source = match call.endpoint {
            Endpoint::Demo => Source::Demo(Performance::new(&call)),
            Endpoint::OpenAi { .. } => Source::OpenAi(Box::new(Run::new(self, call))),
        };
        let events = stream::unfold(source, |mut source| async move {
            let event = source.next().await?;
            Some((event, source))
        });
        ModelStream { events: events.fuse().boxed() }
    }
}

/// A running call. Dropping it closes the connection, which ends the server's generation.
pub struct ModelStream {
    /// Holds the pending step between polls, which makes [`ModelStream::next`] cancel-safe.
    events: BoxStream<'static, ModelEvent>,
}

impl ModelStream {
    /// The next event; `None` after the terminal one. Cancel-safe: dropping the returned future loses nothing.
    pub async fn next(&mut self) -> Option<ModelEvent> {
        self.events.next().await
    }
}

/// Where the events come from.
enum Source {
    Demo(Performance),
    OpenAi(Box<Run>),
}

impl Source {
    async fn next(&mut self) -> Option<ModelEvent> {
        match self {
            Self::Demo(performance) => performance.next().await,
            Self::OpenAi(run) => run.next().await,
        }
    }
}
