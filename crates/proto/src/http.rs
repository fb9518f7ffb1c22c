//! Bodies of the HTTP routes (envelope §2). Successes are JSON, errors are plain text.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::scope::WorkspaceScope;

/// `GET /webui/bootstrap`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Bootstrap {
    /// Opens one WebSocket.
    pub token: String,
    /// Bearer for `/api`.
    pub api_token: String,
    /// Path of the WebSocket.
    pub ws_path: String,
    /// Address of the WebSocket.
    pub ws_url: String,
    /// Seconds both tokens live.
    pub expires_in: u64,
    /// `provider/model` of the active preset, empty when none is chosen.
    pub model_name: String,
    /// Where the window runs.
    pub runtime_surface: Surface,
    /// What the host can do.
    pub runtime_capabilities: Capabilities,
    /// Sizes a client must keep to.
    pub limits: Limits,
    /// New at every engine start.
    pub instance: String,
    /// Version of Alcove.
    pub version: String,
}

/// Where the window runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Surface {
    /// In a browser.
    Browser,
    /// In Alcove's own window.
    Native,
}

/// What the host around the gateway can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "four independent capabilities, as the protocol spells them")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Capabilities {
    /// Restart the engine without closing the window.
    pub can_restart_engine: bool,
    /// Show a folder dialog.
    pub can_pick_folder: bool,
    /// Show the logs.
    pub can_open_logs: bool,
    /// Write a diagnostics archive.
    pub can_export_diagnostics: bool,
}

/// Sizes a client must keep to, bytes unless named otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Limits {
    /// Of frames.
    pub transport: TransportLimits,
    /// Of texts.
    pub message: MessageLimits,
    /// Of attachments.
    pub attachments: AttachmentLimits,
}

/// Limits of frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TransportLimits {
    /// Largest frame.
    pub max_frame_bytes: usize,
    /// What the envelope itself may take of it.
    pub envelope_reserve_bytes: usize,
}

/// Limits of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MessageLimits {
    /// Longest text.
    pub max_text_bytes: usize,
}

/// Limits of attachments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AttachmentLimits {
    /// Of one message.
    pub max_count: usize,
    /// Each.
    pub max_file_bytes: usize,
    /// Together.
    pub max_total_bytes: usize,
}

impl Limits {
    /// The limits this gateway keeps.
    pub const fn current() -> Self {
        use crate::limits;
        Self {
            transport: TransportLimits { max_frame_bytes: limits::MAX_FRAME_BYTES, envelope_reserve_bytes: limits::ENVELOPE_RESERVE_BYTES },
            message: MessageLimits { max_text_bytes: limits::MAX_TEXT_BYTES },
            attachments: AttachmentLimits {
                max_count: limits::MAX_ATTACHMENTS,
                max_file_bytes: limits::MAX_ATTACHMENT_BYTES,
                max_total_bytes: limits::MAX_ATTACHMENTS_BYTES,
            },
        }
    }
}

/// `GET /api/sessions`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Sessions {
    /// Newest first.
    pub sessions: Vec<SessionRow>,
}

/// One chat in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SessionRow {
    /// `websocket:<chat id>`
    pub key: String,
    /// ISO local time without zone, microseconds.
    pub created_at: String,
    /// The same.
    pub updated_at: String,
    /// Given or made; empty when there is none.
    pub title: String,
    /// First visible text.
    pub preview: String,
    /// The chat's scope.
    pub workspace_scope: WorkspaceScope,
    /// Seconds since the epoch, when a turn runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub run_started_at: Option<f64>,
    /// The chat's own preset; null when it follows the active one.
    pub model_preset: Option<String>,
}

/// `GET /api/commands`
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Commands {
    /// In the order they are shown.
    pub commands: Vec<CommandRow>,
}

/// One slash command (envelope §2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CommandRow {
    /// With its slash.
    pub command: &'static str,
    /// Two or three words.
    pub title: &'static str,
    /// One sentence.
    pub description: &'static str,
    /// Lucide name.
    pub icon: &'static str,
    /// What may follow.
    pub arg_hint: &'static str,
    /// How it relates to a running turn.
    pub lifecycle: &'static str,
    /// Whether anything may follow.
    pub accepts_args: bool,
}

/// The commands served.
#[rustfmt::skip]
pub const COMMANDS: &[CommandRow] = &[
    CommandRow { command: "/stop", title: "Stop", description: "Stop the turn that runs; what has arrived is kept.", icon: "square", arg_hint: "", lifecycle: "stop_active_turn", accepts_args: false },
    CommandRow { command: "/status", title: "Status", description: "Tell the model, the context used and whether a turn runs.", icon: "activity", arg_hint: "", lifecycle: "side_channel", accepts_args: false },
    CommandRow { command: "/model", title: "Model", description: "Show this chat's model, or choose another preset for it.", icon: "brain", arg_hint: "[preset]", lifecycle: "side_channel", accepts_args: true },
    CommandRow { command: "/help", title: "Help", description: "List the commands.", icon: "circle-help", arg_hint: "", lifecycle: "side_channel", accepts_args: false },
];

/// `GET /api/workspaces`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Workspaces {
    /// Always 1.
    pub schema_version: u32,
    /// `default` or `full`.
    pub default_access_mode: String,
    /// The scope of a chat that chose none.
    pub default_scope: WorkspaceScope,
    /// What this client may change.
    pub controls: WorkspaceControls,
}

/// What a client may change about scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WorkspaceControls {
    /// The folder.
    pub can_change_project: bool,
    /// The mode.
    pub can_use_full_access: bool,
    /// By a folder dialog.
    pub can_pick_folder: bool,
}

/// `GET /api/settings`: the sections served (envelope §2.7).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Settings {
    /// The active model.
    pub agent: AgentSettings,
    /// All presets; the first row is the synthetic `default`.
    pub model_presets: Vec<PresetRow>,
    /// All providers.
    pub providers: Vec<ProviderRow>,
    /// Where things are.
    pub runtime: RuntimeSettings,
    /// Where keys are kept.
    pub secrets: SecretsSettings,
    /// Version of Alcove.
    pub version: Version,
    /// Where the window runs.
    pub surface: Surface,
    /// The same, under its later name.
    pub runtime_surface: Surface,
    /// What the host can do.
    pub runtime_capabilities: Capabilities,
    /// Whether something waits for a restart.
    pub requires_restart: bool,
    /// What a change of each section asks for.
    pub restart_behavior_by_section: BTreeMap<String, String>,
}

/// The active model.
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
    /// The active preset; null when nothing is chosen.
    pub model_preset: Option<String>,
    /// Longest answer in tokens.
    pub max_tokens: Option<u32>,
    /// Tokens the model can hold.
    pub context_window_tokens: Option<u64>,
    /// Sampling temperature.
    pub temperature: Option<f32>,
    /// As the provider names it.
    pub reasoning_effort: Option<String>,
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
    /// Longest answer in tokens.
    pub max_tokens: Option<u32>,
    /// Tokens the model can hold.
    pub context_window_tokens: Option<u64>,
    /// Sampling temperature.
    pub temperature: Option<f32>,
    /// As the provider names it.
    pub reasoning_effort: Option<String>,
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
    /// `api_key` or `none`.
    pub auth_type: String,
    /// Whether it needs a key.
    pub api_key_required: bool,
    /// First and last characters of the key; null when there is none.
    pub api_key_hint: Option<String>,
    /// Its address.
    pub api_base: Option<String>,
    /// Whether a person added it.
    pub is_custom: bool,
    /// Whether presets may use it.
    pub model_selectable: bool,
}

/// Where things are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RuntimeSettings {
    /// The folder of the database.
    pub data_path: String,
    /// The folder of chats that chose none.
    pub workspace_path: String,
}

/// Where keys are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SecretsSettings {
    /// `keyring`, `file`, or `unknown` before the first key.
    pub store: String,
    /// One sentence for people.
    pub detail: String,
}

/// Version of Alcove.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Version {
    /// As in the release.
    pub current: String,
}

/// A model a server offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ModelRow {
    /// As the server names it.
    pub id: String,
    /// For people.
    pub label: String,
    /// Tokens it can hold; null when the server does not tell.
    pub context_window: Option<u64>,
}

/// `GET /api/settings/provider-models`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ProviderModels {
    /// The provider.
    pub provider: String,
    /// For people.
    pub label: String,
    /// What it offers.
    pub models: Vec<ModelRow>,
    /// How many.
    pub model_count: usize,
    /// Why there are none, for people.
    pub message: Option<String>,
    /// `available` or `error`.
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
