//! The settings a person reads and changes (envelope §2.7): one object with a section each, and the small answers around it.
//! A key is hinted at and never shown.

mod capabilities;
mod models;
mod system;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use capabilities::{
    FetchSettings, ImageProviderRow, ImageSettings, SearchLimits, SearchProviderRow, SearchSettings, TranscriptionProviderRow,
    TranscriptionSettings, WebSettings,
};
pub use models::{
    AgentSettings, FoundServerRow, FoundServers, ModelRow, PresetDialect, PresetRow, ProviderModels, ProviderRow, TestResult,
};
pub use system::{
    AdvancedSettings, ApiService, ApiSettings, Docs, DreamSettings, HeartbeatSettings, ObservabilitySettings, RuntimeSettings,
    SecretsSettings, UsageDay, UsageSummary, Version,
};

use crate::http::{Capabilities, Surface};

/// `GET /api/settings`, and the result of every `settings.…` action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Settings {
    /// The active model, and what concerns every chat.
    pub agent: AgentSettings,
    /// All presets; the first row is the synthetic `default`.
    pub model_presets: Vec<PresetRow>,
    /// Presets in the order they are asked, the primary first; empty when none is chosen.
    pub model_call_order: Vec<String>,
    /// Whether the order can be changed; a model that is set without a preset has to become one first.
    pub model_call_order_editable: bool,
    /// All providers: the built-in ones, then those a person added.
    pub providers: Vec<ProviderRow>,
    /// Who is asked when the web is searched.
    pub web_search: SearchSettings,
    /// How the web is reached.
    pub web: WebSettings,
    /// Who draws images.
    pub image_generation: ImageSettings,
    /// Where things are.
    pub runtime: RuntimeSettings,
    /// What chats may reach.
    pub advanced: AdvancedSettings,
    /// The OpenAI-compatible server over chats.
    pub api: ApiSettings,
    /// Where traces of turns would go.
    pub observability: ObservabilitySettings,
    /// Who writes down what is spoken.
    pub transcription: TranscriptionSettings,
    /// Tokens by day.
    pub usage: UsageSummary,
    /// Where keys are kept.
    pub secrets: SecretsSettings,
    /// Version of Alcove.
    pub version: Version,
    /// Where its documentation is.
    pub docs: Docs,
    /// Whether something waits for a restart.
    pub requires_restart: bool,
    /// Where the window runs.
    pub surface: Surface,
    /// The same, under its later name.
    pub runtime_surface: Surface,
    /// What the host can do.
    pub runtime_capabilities: Capabilities,
    /// What a change of each section asks for: `none`, `engineRestart` or `appRestart`.
    pub restart_behavior_by_section: BTreeMap<String, String>,
    /// Sections whose last change waits for a restart.
    pub restart_required_sections: Vec<String>,
    /// The same as one word.
    pub apply_state: ApplyState,
}

/// Whether changes wait for a restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ApplyState {
    /// Whether any does.
    pub status: ApplyWord,
    /// The sections that do.
    pub sections: Vec<String>,
}

/// Whether changes wait for a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ApplyWord {
    /// None does.
    Idle,
    /// Some do.
    Pending,
}
