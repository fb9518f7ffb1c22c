//! Alcove itself: where things are, what chats may reach, what was used.

use serde::{Deserialize, Serialize};

use crate::scope::SandboxStatus;

/// Where things are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RuntimeSettings {
    /// The configuration file.
    pub config_path: String,
    /// The folder of the database.
    pub data_path: String,
    /// The folder of chats that chose none.
    pub workspace_path: String,
    /// Where the gateway listens; empty over a Unix socket.
    pub gateway_host: String,
    /// Its port; 0 over a Unix socket.
    pub gateway_port: u16,
    /// What runs by itself from time to time; nothing does yet.
    pub heartbeat: HeartbeatSettings,
    /// What is sorted while nobody works; nothing is yet.
    pub dream: DreamSettings,
    /// Whether all surfaces share one chat.
    pub unified_session: bool,
}

/// What runs by itself from time to time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct HeartbeatSettings {
    /// Whether it does.
    pub enabled: bool,
    /// Seconds between two runs.
    pub interval_s: u32,
    /// Messages it is shown.
    pub keep_recent_messages: u32,
}

/// What is sorted while nobody works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DreamSettings {
    /// When, for people; empty for never.
    pub schedule: String,
}

/// What chats may reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, as the protocol spells them")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AdvancedSettings {
    /// Whether chats that chose nothing are kept to their folder.
    pub restrict_to_workspace: bool,
    /// What stands behind that.
    pub workspace_sandbox: SandboxStatus,
    /// Whether chats may reach servers on this machine.
    pub webui_allow_local_service_access: bool,
    /// The same, under its early name.
    pub allow_local_preview_access: bool,
    /// `default` or `full`.
    pub webui_default_access_mode: String,
    /// Whether addresses of private networks are refused otherwise.
    pub private_service_protection_enabled: bool,
    /// Addresses that are allowed all the same.
    pub ssrf_whitelist_count: u32,
    /// MCP servers configured.
    pub mcp_server_count: u32,
    /// Whether chats may run commands.
    pub exec_enabled: bool,
    /// What commands run in; null when they do not run.
    pub exec_sandbox: Option<String>,
    /// Whether folders are put before the search path of commands.
    pub exec_path_prepend_set: bool,
    /// Whether folders are put after it.
    pub exec_path_append_set: bool,
}

/// The OpenAI-compatible server over chats; it comes later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ApiSettings {
    /// Where it would listen.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Seconds an answer may take.
    pub timeout: u32,
    /// First and last characters of its key; null when there is none.
    pub api_key_hint: Option<String>,
}

/// `GET /api/settings/api-service`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ApiService {
    /// Whether this version has it.
    pub installed: bool,
    /// Whether it runs.
    pub running: bool,
    /// Whether it was started from here.
    pub managed: bool,
    /// Where it would listen.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Seconds an answer may take.
    pub timeout: u32,
    /// First and last characters of its key; null when there is none.
    pub api_key_hint: Option<String>,
    /// The address clients would use.
    pub endpoint: String,
    /// The command that starts it by hand; empty when there is none.
    pub command: String,
    /// Its log; empty when there is none.
    pub log_path: String,
}

/// Where traces of turns would go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ObservabilitySettings {
    /// Always `langfuse`.
    pub provider: String,
    /// Always false: nothing is sent anywhere.
    pub configured: bool,
    /// Always null.
    pub base_url: Option<String>,
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

/// Where the documentation is; addresses are null while it is only in the source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Docs {
    /// The version it describes.
    pub version: String,
    /// Its first page.
    pub base_url: Option<String>,
    /// The page about other surfaces.
    pub chat_apps_url: Option<String>,
    /// Its newest version.
    pub latest_url: Option<String>,
}

/// `GET /api/settings/usage`: tokens by day (envelope §2.11). Days are local days of the configured time zone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct UsageSummary {
    /// Days something was used on, oldest first; 400 at most.
    pub days: Vec<UsageDay>,
    /// Of all days that are kept.
    pub total_tokens: u64,
    /// Of today and the 29 days before.
    pub total_tokens_30d: u64,
    /// Of today and the 364 days before.
    pub total_tokens_365d: u64,
    /// Of the day with the most.
    pub peak_day_tokens: u64,
    /// Days in a row up to today.
    pub current_streak_days: u64,
    /// Most days in a row.
    pub longest_streak_days: u64,
    /// Of today and the 29 days before, those something was used on.
    pub active_days_30d: u64,
    /// Model calls of today and the 29 days before.
    pub requests_30d: u64,
    /// UTC with a `Z`; null before the first turn.
    pub updated_at: Option<String>,
}

/// What was used on one day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct UsageDay {
    /// `2026-11-21`
    pub date: String,
    /// Tokens of prompts.
    pub prompt_tokens: u64,
    /// Tokens of answers.
    pub completion_tokens: u64,
    /// Of the prompts, what came from a provider's cache.
    pub cached_tokens: u64,
    /// Prompts and answers together.
    pub total_tokens: u64,
    /// Of the total, what providers counted.
    pub provider_tokens: u64,
    /// Of the total, what was estimated.
    pub estimated_tokens: u64,
    /// Model calls.
    pub requests: u64,
}
