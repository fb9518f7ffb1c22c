//! Models: the active one, the presets, the providers behind them, and what a provider offers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The active model, and what concerns every chat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AgentSettings {
    /// Model id at its provider; empty when nothing is chosen.
    pub model: String,
    /// Its provider; empty when nothing is chosen.
    pub provider: String,
    /// The same after resolution; null when nothing is chosen.
    pub resolved_provider: Option<String>,
    /// Whether the provider has a key.
    pub has_api_key: bool,
    /// The active preset, `default` for a model set without one; null when nothing is chosen.
    pub model_preset: Option<String>,
    /// Longest answer in tokens; the room kept for one where none was set.
    pub max_tokens: u64,
    /// Tokens the model can hold; what is assumed where nothing was set.
    pub context_window_tokens: u64,
    /// Sampling temperature.
    pub temperature: Option<f32>,
    /// As the provider names it.
    pub reasoning_effort: Option<String>,
    /// IANA name, for example `Europe/Berlin`; days are counted in it.
    pub timezone: String,
    /// Longest hint of a tool call in characters, 20 to 500.
    pub tool_hint_max_length: u32,
    /// What early clients call the agent.
    pub bot_name: String,
    /// The sign early clients show for it.
    pub bot_icon: String,
}

/// How a model says what it wants done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum PresetDialect {
    /// By its server's tool calls; where the server takes none, by tags, which is remembered.
    #[default]
    Auto,
    /// By its server's tool calls.
    Native,
    /// By tags in its text.
    Tags,
}

/// One preset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PresetRow {
    /// Names it.
    pub name: String,
    /// For people.
    pub label: String,
    /// Whether it is the active one.
    pub active: bool,
    /// Whether it is the synthetic first row.
    pub is_default: bool,
    /// Model id at its provider.
    pub model: String,
    /// Its provider.
    pub provider: String,
    /// The same after resolution; null when there is no such provider.
    pub resolved_provider: Option<String>,
    /// Longest answer in tokens; the room kept for one where none was set.
    pub max_tokens: u64,
    /// Tokens the model can hold; what is assumed where nothing was set.
    pub context_window_tokens: u64,
    /// Sampling temperature.
    pub temperature: Option<f32>,
    /// As the provider names it.
    pub reasoning_effort: Option<String>,
    /// What the effort can be chosen from; empty text leaves it to the provider.
    pub reasoning_effort_values: Vec<String>,
    /// How it says what it wants done.
    pub dialect: PresetDialect,
    /// Which of `max_tokens` and `context_window_tokens` nobody set: early clients need numbers in their places.
    pub unset: Vec<String>,
}

/// One provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, as the protocol spells them")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ProviderRow {
    /// Names it.
    pub name: String,
    /// For people.
    pub label: String,
    /// Whether it can be used.
    pub configured: bool,
    /// `api_key`, `oauth`, or `none`.
    pub auth_type: String,
    /// Whether it needs a key.
    pub api_key_required: bool,
    /// First and last characters of the key; null when there is none.
    pub api_key_hint: Option<String>,
    /// Its address, when a person set one.
    pub api_base: Option<String>,
    /// Its address otherwise; null when it has none of its own.
    pub default_api_base: Option<String>,
    /// `auto`, `chat_completions` or `responses`.
    pub api_type: String,
    /// The account signed in; always null, there is no sign-in yet.
    pub oauth_account: Option<String>,
    /// When the sign-in ends, milliseconds since the epoch; always null.
    pub oauth_expires_at: Option<u64>,
    /// Whether one can sign in; always false.
    pub oauth_login_supported: bool,
    /// Whether a person added it.
    pub is_custom: bool,
    /// Whether presets may use it.
    pub model_selectable: bool,
    /// Where its list of models comes from: `official`, `catalog`, `local`, `custom`, `builtin` or `unsupported`.
    pub model_catalog: String,
    /// Which of the fields below it takes.
    pub advanced_fields: Vec<String>,
    /// Header fields sent with every request; values of secret names are masked.
    #[cfg_attr(feature = "ts", ts(type = "{ [key in string]: unknown } | null"))]
    pub extra_headers: Option<BTreeMap<String, Value>>,
    /// Fields added to the body of every request; values of secret names are masked.
    #[cfg_attr(feature = "ts", ts(type = "{ [key in string]: unknown } | null"))]
    pub extra_body: Option<BTreeMap<String, Value>>,
    /// Query parameters of every request; values of secret names are masked.
    #[cfg_attr(feature = "ts", ts(type = "{ [key in string]: unknown } | null"))]
    pub extra_query: Option<BTreeMap<String, Value>>,
    /// How reasoning is asked for, as the provider spells it.
    pub thinking_style: Option<String>,
    /// Region of a cloud; null, no provider of this list has one.
    pub region: Option<String>,
    /// Profile of a cloud; null, no provider of this list has one.
    pub profile: Option<String>,
    /// Address of a proxy for this provider.
    pub proxy: Option<String>,
}

/// A model a server offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ModelRow {
    /// As the server names it.
    pub id: String,
    /// For people.
    pub label: String,
    /// Who made it; null when the server does not tell.
    pub owned_by: Option<String>,
    /// Tokens it can hold; null when the server does not tell.
    pub context_window: Option<u64>,
}

/// `GET /api/settings/provider-models`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ProviderModels {
    /// The provider.
    pub provider: String,
    /// For people.
    pub label: String,
    /// As `model_catalog` of the provider.
    pub catalog_kind: String,
    /// What it offers.
    pub models: Vec<ModelRow>,
    /// How many.
    pub model_count: usize,
    /// Why there are none, for people.
    pub message: Option<String>,
    /// When it was asked, seconds since the epoch.
    pub fetched_at: f64,
    /// `available`, `not_configured`, `missing_api_base` or `error`.
    pub status: String,
}

/// Result of `models.discover`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FoundServers {
    /// Model servers that answered on this machine.
    pub servers: Vec<FoundServerRow>,
}

/// A model server on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FoundServerRow {
    /// `ollama`, `lm_studio`, `llama_cpp`, `vllm` or `openai_compatible`.
    pub kind: String,
    /// For people.
    pub label: String,
    /// Its address.
    pub api_base: String,
    /// What it offers.
    pub models: Vec<ModelRow>,
}

/// Result of `models.test`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TestResult {
    /// Always true; failures are errors.
    pub ok: bool,
    /// From the request to the answer.
    pub latency_ms: u64,
    /// What the model said.
    pub reply: String,
}
