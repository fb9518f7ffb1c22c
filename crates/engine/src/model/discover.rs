//! Finding models: local servers on their usual ports, a server's model list, a model's context window, and whether
//! a model answers at all.
//!
//! Only [`discover`] contacts anything that was not named to it, and only this machine. No question is repeated, every
//! reply has a size limit, and no key is sent where it does not belong.

use std::time::Duration;

use futures_util::future;
use reqwest::header;
use serde_json::{Value, json};
use tokio::time::{self, Instant};

use super::address::Address;
use super::catalog;
use super::chunk;
use super::demo;
use super::error::{ModelError, Phase};
use super::extra::Extra;
use super::fault::Peer;
use super::openai::bearer;
use super::{Endpoint, Message, ModelCall, ModelEvent, Models, Role};
use crate::secret::Secret;

/// The most of one reply that is read, in bytes.
const MAX_REPLY_BYTES: usize = 4 << 20;

/// For one question to a local server.
const PROBE_LIMIT: Duration = Duration::from_millis(1500);

/// For everything one port is asked.
const PORT_LIMIT: Duration = Duration::from_secs(4);

/// For a question to a server the person named.
const LIST_LIMIT: Duration = Duration::from_secs(15);

/// Ollama models whose window is asked for, each with a question of its own.
const MAX_WINDOWS: usize = 24;

/// The most tokens a test's answer may have.
const TEST_TOKENS: u32 = 16;

/// The kinds of local server that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerKind {
    /// Ollama.
    Ollama,
    /// LM Studio.
    LmStudio,
    /// llama.cpp's own server.
    LlamaCpp,
    /// vLLM.
    Vllm,
    /// Another server that speaks OpenAI's protocol.
    OpenAiCompatible,
}

impl ServerKind {
    /// The stable word for it on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ollama => "ollama",
            Self::LmStudio => "lm_studio",
            Self::LlamaCpp => "llama_cpp",
            Self::Vllm => "vllm",
            Self::OpenAiCompatible => "openai_compatible",
        }
    }

    /// The name people know it by.
    pub fn label(self) -> &'static str {
        match self {
            Self::Ollama => "Ollama",
            Self::LmStudio => "LM Studio",
            Self::LlamaCpp => "llama.cpp",
            Self::Vllm => "vLLM",
            Self::OpenAiCompatible => "OpenAI-compatible server",
        }
    }
}

/// A model server found on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundServer {
    /// What it is.
    pub kind: ServerKind,
    /// Its name for people.
    pub label: String,
    /// The base address for calls.
    pub api_base: String,
    /// What it offers; may be empty.
    pub models: Vec<FoundModel>,
}

/// A model a server offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundModel {
    /// Its name, as calls must give it.
    pub id: String,
    /// Its name for people, when the server has another one.
    pub label: Option<String>,
    /// Who made it, when the server tells.
    pub owned_by: Option<String>,
    /// How many tokens it reads at most as it is served now, when the server tells.
    pub context_window: Option<u64>,
}

/// The ports of 127.0.0.1 that are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    /// Ollama's.
    pub ollama: u16,
    /// LM Studio's.
    pub lm_studio: u16,
    /// llama.cpp's.
    pub llama_cpp: u16,
    /// vLLM's.
    pub vllm: u16,
}

impl Default for Ports {
    fn default() -> Self {
        Self { ollama: 11434, lm_studio: 1234, llama_cpp: 8080, vllm: 8000 }
    }
}

/// What a test of a model brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestReply {
    /// From asking to the first text.
    pub latency: Duration,
    /// The beginning of the answer; for a model that only reasoned, of its reasoning.
    pub reply: String,
}

/// The model servers of this machine, in the order Ollama, LM Studio, llama.cpp, vLLM by port. Takes at most 4 s.
pub async fn discover(models: &Models) -> Vec<FoundServer> {
    discover_on(models, Ports::default()).await
}

/// As [`discover`], on other ports.
pub async fn discover_on(models: &Models, ports: Ports) -> Vec<FoundServer> {
    let ports = [ports.ollama, ports.lm_studio, ports.llama_cpp, ports.vllm];
    let looks = ports.map(|port| time::timeout(PORT_LIMIT, look_at(models, port)));
    future::join_all(looks).await.into_iter().filter_map(|found| found.ok().flatten()).collect()
}

/// The models the server of `endpoint` offers.
pub async fn list_models(models: &Models, endpoint: &Endpoint) -> Result<Vec<FoundModel>, ModelError> {
    let (address, key, extra) = match endpoint {
        Endpoint::Demo => {
            let window = Some(demo::CONTEXT_WINDOW);
            return Ok(vec![FoundModel { id: demo::MODEL.to_owned(), label: None, owned_by: None, context_window: window }]);
        }
        Endpoint::OpenAi { api_base, api_key, extra } => (Address::parse(api_base)?, api_key.as_ref(), extra),
    };
    let server = Server { models, address: &address, key, extra: Some(extra), limit: LIST_LIMIT };
    let reply = server.get(&address.below("/models")).await?;
    catalog::openai_models(&reply).ok_or_else(|| ModelError::Malformed {
        address: address.text().to_owned(),
        what: "something other than a list of models".to_owned(),
    })
}

/// How many tokens `model` reads at most as it is served now; `None` when the server does not tell.
pub async fn context_window(models: &Models, endpoint: &Endpoint, model: &str) -> Option<u64> {
    let listed = list_models(models, endpoint).await.ok()?;
    if let Some(window) = listed.iter().find(|found| found.id == model).and_then(|found| found.context_window) {
        return Some(window);
    }
    let Endpoint::OpenAi { api_base, api_key, extra } = endpoint else {
        return None;
    };
    let address = Address::parse(api_base).ok()?;
    // Questions of one kind of local server are not put to a provider somewhere.
    if !address.is_near() {
        return None;
    }
    let server = Server { models, address: &address, key: api_key.as_ref(), extra: Some(extra), limit: PROBE_LIMIT };
    if let Some(window) = server.ollama_window(model).await {
        return Some(window);
    }
    let studio = server.get(&address.at_root("/api/v0/models")).await.ok();
    let studio = studio.and_then(|reply| catalog::lm_studio_models(&reply)).unwrap_or_default();
    if let Some(found) = studio.into_iter().find(|found| found.id == model) {
        return found.context_window;
    }
    catalog::llama_cpp_window(&server.get(&address.at_root("/props")).await.ok()?)
}

/// Asks the model of `call` for a word or two, whatever messages the call holds.
pub async fn test(models: &Models, call: ModelCall) -> Result<TestReply, ModelError> {
    let asked = ModelCall {
        messages: vec![Message::text(Role::User, "Say hello in one short sentence.")],
        tools: Vec::new(),
        max_tokens: Some(TEST_TOKENS),
        ..call
    };
    let began = Instant::now();
    let mut stream = models.without_retries().open(asked);
    let (mut latency, mut reasoning, mut answer) = (None, String::new(), String::new());
    while let Some(event) = stream.next().await {
        match event {
            ModelEvent::Retrying { .. } | ModelEvent::Calling { .. } | ModelEvent::Calls(_) => {}
            ModelEvent::Reasoning(text) => reasoning.push_str(&text),
            ModelEvent::Answer(text) => answer.push_str(&text),
            ModelEvent::Ended(_) => break,
            ModelEvent::Failed(error) => return Err(error),
        }
        latency = latency.or(Some(began.elapsed()));
    }
    let reply = match answer.trim() {
        "" => reasoning.trim(),
        answer => answer,
    };
    Ok(TestReply { latency: latency.unwrap_or_else(|| began.elapsed()), reply: reply.chars().take(200).collect() })
}

/// What listens on `port`, if it is a model server.
async fn look_at(models: &Models, port: u16) -> Option<FoundServer> {
    let address = Address::parse(&format!("http://127.0.0.1:{port}/v1")).ok()?;
    let server = Server { models, address: &address, key: None, extra: None, limit: PROBE_LIMIT };
    // Every kind answers this one; where it fails, the server is left alone.
    let listed = server.get(&address.below("/models")).await.ok()?;
    let offered = catalog::openai_models(&listed)?;
    let (kind, models) = server.identify(&listed, offered).await;
    Some(FoundServer { kind, label: kind.label().to_owned(), api_base: address.text().to_owned(), models })
}

/// A server being asked questions.
pub(super) struct Server<'a> {
    pub(super) models: &'a Models,
    pub(super) address: &'a Address,
    pub(super) key: Option<&'a Secret>,
    /// What is added to every question.
    pub(super) extra: Option<&'a Extra>,
    /// For the whole question.
    pub(super) limit: Duration,
}

impl Server<'_> {
    async fn identify(&self, listed: &Value, offered: Vec<FoundModel>) -> (ServerKind, Vec<FoundModel>) {
        if catalog::is_vllm(listed) {
            return (ServerKind::Vllm, offered);
        }
        let props = self.get(&self.address.at_root("/props")).await.unwrap_or_default();
        let served = catalog::llama_cpp_window(&props);
        if catalog::is_llama_cpp(listed) || served.is_some() {
            let with_window = |found: FoundModel| FoundModel { context_window: found.context_window.or(served), ..found };
            return (ServerKind::LlamaCpp, offered.into_iter().map(with_window).collect());
        }
        let studio = self.get(&self.address.at_root("/api/v0/models")).await.unwrap_or_default();
        if let Some(models) = catalog::lm_studio_models(&studio) {
            return (ServerKind::LmStudio, models);
        }
        let tags = self.get(&self.address.at_root("/api/tags")).await.unwrap_or_default();
        if let Some(mut models) = catalog::ollama_models(&tags) {
            let asked = models.iter().take(MAX_WINDOWS).map(|found| self.ollama_window(&found.id));
            let windows = future::join_all(asked).await;
            for (found, window) in models.iter_mut().zip(windows) {
                found.context_window = window;
            }
            return (ServerKind::Ollama, models);
        }
        (ServerKind::OpenAiCompatible, offered)
    }

    async fn ollama_window(&self, model: &str) -> Option<u64> {
        let running = self.get(&self.address.at_root("/api/ps")).await.ok();
        if let Some(window) = running.and_then(|reply| catalog::ollama_running_window(&reply, model)) {
            return Some(window);
        }
        let shown = self.post(&self.address.at_root("/api/show"), &json!({ "model": model })).await.ok()?;
        catalog::ollama_window(&shown)
    }

    async fn get(&self, url: &str) -> Result<Value, ModelError> {
        self.ask(self.client()?.get(self.address_of(url))).await
    }

    async fn post(&self, url: &str, body: &Value) -> Result<Value, ModelError> {
        self.ask(self.client()?.post(self.address_of(url)).json(body)).await
    }

    /// Sends a form.
    pub(super) async fn send(&self, url: &str, form: reqwest::multipart::Form) -> Result<Value, ModelError> {
        self.ask(self.client()?.post(self.address_of(url)).multipart(form)).await
    }

    fn address_of(&self, url: &str) -> String {
        self.extra.map_or_else(|| url.to_owned(), |extra| extra.address(url))
    }

    fn client(&self) -> Result<reqwest::Client, ModelError> {
        self.models.clients.for_address(self.address, self.limit)
    }

    async fn ask(&self, request: reqwest::RequestBuilder) -> Result<Value, ModelError> {
        let address = self.address.text().to_owned();
        let request = match self.key {
            Some(key) => request.header(header::AUTHORIZATION, bearer(key, &address)?),
            None => request,
        };
        let request = match self.extra {
            Some(extra) => extra.add_headers(request),
            None => request,
        };
        match time::timeout(self.limit, self.exchange(request)).await {
            Ok(reply) => reply,
            Err(_) => Err(ModelError::Timeout { address, phase: Phase::Total, limit: self.limit }),
        }
    }

    async fn exchange(&self, request: reqwest::RequestBuilder) -> Result<Value, ModelError> {
        let peer = Peer { address: self.address.text().to_owned(), model: String::new(), key: self.key.cloned() };
        let mut response = request.send().await.map_err(|error| peer.no_response(&error, self.limit).error)?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(bytes) = response.chunk().await.map_err(|error| peer.cut(&error).error)? {
            if body.len() + bytes.len() > MAX_REPLY_BYTES {
                return Err(ModelError::TooMuch { address: peer.address });
            }
            body.extend_from_slice(&bytes);
        }
        if !status.is_success() {
            let said = chunk::error_of_reply(&String::from_utf8_lossy(&body));
            return Err(peer.reported(Some(status.as_u16()), &said, None).error);
        }
        serde_json::from_slice(&body).map_err(|error| peer.malformed(&error.to_string()).error)
    }
}
