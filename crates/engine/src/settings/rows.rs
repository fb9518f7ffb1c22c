//! The rows of the settings that come from the catalog: the active model, presets and providers.

use alcove_agent::packet::{DEFAULT_CONTEXT_TOKENS, answer_room};
use alcove_agent::verdict::Dialect;
use alcove_proto::settings::{AgentSettings, PresetDialect, PresetRow, ProviderRow};
use jiff::tz::TimeZone;

use super::preferences::Preferences;
use super::providers::shown_extra;
use crate::catalog::{Catalog, DEFAULT, DEMO, Preset, Server};
use crate::engine::Engine;
use crate::model::address::Address;
use crate::provider::KNOWN;
use crate::secret::Secret;

/// What a reasoning effort can be chosen from where nothing else is known; empty leaves it to the server.
const EFFORTS: [&str; 4] = ["", "low", "medium", "high"];
/// What every OpenAI-compatible server takes beside address and key.
const ADVANCED: [&str; 3] = ["extra_headers", "extra_body", "extra_query"];

impl Engine {
    /// The known providers, then those a person added.
    pub(super) async fn provider_rows(&self, catalog: &Catalog) -> Vec<ProviderRow> {
        let known = KNOWN.iter().map(|known| known.name);
        let own = catalog.providers.iter().map(|own| own.name.as_str()).filter(|name| KNOWN.iter().all(|known| known.name != *name));
        let mut rows = Vec::new();
        for name in known.chain(own) {
            if let Some(server) = catalog.server(name) {
                rows.push(self.provider_row(&server).await);
            }
        }
        rows
    }

    /// Whether presets can use a provider: it has its key, or needs none and was set up.
    pub(super) async fn is_configured(&self, catalog: &Catalog, name: &str) -> bool {
        match catalog.server(name) {
            Some(server) => is_configured(&server, self.server_key(&server).await.as_ref()),
            None => name == DEMO,
        }
    }

    /// The key of a provider, for the address it has now.
    pub(super) async fn server_key(&self, server: &Server<'_>) -> Option<Secret> {
        let address = Address::parse(server.api_base).ok()?;
        if !server.own.is_some_and(|own| own.keyed) {
            return None;
        }
        self.shared().keys.get(server.name, &address.origin()).await.ok().flatten()
    }

    async fn provider_row(&self, server: &Server<'_>) -> ProviderRow {
        let key = self.server_key(server).await;
        let [extra_headers, extra_body, extra_query] = shown_extra(self, server).await;
        let own_base = server.own.map(|own| own.api_base.clone()).filter(|base| !base.is_empty());
        ProviderRow {
            name: server.name.to_owned(),
            label: server.label.to_owned(),
            configured: is_configured(server, key.as_ref()),
            api_key_required: server.known.is_some_and(|known| !known.is_local()),
            api_key_hint: key.map(|key| key.hint()),
            api_base: own_base,
            default_api_base: server.known.map(|known| known.api_base.to_owned()),
            is_custom: server.known.is_none(),
            model_catalog: server.known.map_or("custom", |known| known.catalog.word()).to_owned(),
            advanced_fields: ADVANCED.map(str::to_owned).to_vec(),
            extra_headers,
            extra_body,
            extra_query,
            ..bare_row()
        }
    }
}

fn is_configured(server: &Server<'_>, key: Option<&Secret>) -> bool {
    match server.known {
        // Somewhere else than usual it may be anybody's server, with or without keys.
        Some(known) if !known.is_local() => key.is_some() || server.own.is_some_and(|own| !own.api_base.is_empty()),
        Some(_) => server.own.is_some(),
        None => true,
    }
}

/// The offline demo as a provider.
pub(super) fn demo_provider() -> ProviderRow {
    ProviderRow {
        name: DEMO.to_owned(),
        label: "Offline demo".to_owned(),
        configured: true,
        auth_type: "none".to_owned(),
        model_selectable: false,
        model_catalog: "builtin".to_owned(),
        ..bare_row()
    }
}

fn bare_row() -> ProviderRow {
    ProviderRow {
        name: String::new(),
        label: String::new(),
        configured: false,
        auth_type: "api_key".to_owned(),
        api_key_required: false,
        api_key_hint: None,
        api_base: None,
        default_api_base: None,
        api_type: "auto".to_owned(),
        oauth_account: None,
        oauth_expires_at: None,
        oauth_login_supported: false,
        is_custom: false,
        model_selectable: true,
        model_catalog: "custom".to_owned(),
        advanced_fields: Vec::new(),
        extra_headers: None,
        extra_body: None,
        extra_query: None,
        thinking_style: None,
        region: None,
        profile: None,
        proxy: None,
    }
}

/// The active model, and what concerns every chat.
pub(super) fn agent(catalog: &Catalog, preferences: &Preferences, providers: &[ProviderRow]) -> AgentSettings {
    let active = catalog.active_preset();
    let provider = active.as_ref().map(|preset| preset.provider.clone());
    let has_api_key = providers.iter().any(|row| Some(&row.name) == provider.as_ref() && row.api_key_hint.is_some());
    let (max_tokens, context_window_tokens) = limits(active.as_ref());
    AgentSettings {
        model: active.as_ref().map(|preset| preset.model.clone()).unwrap_or_default(),
        provider: provider.clone().unwrap_or_default(),
        resolved_provider: provider,
        has_api_key,
        model_preset: active.as_ref().map(|preset| preset.name.clone()),
        max_tokens,
        context_window_tokens,
        temperature: active.as_ref().and_then(|preset| preset.temperature),
        reasoning_effort: active.and_then(|preset| preset.reasoning_effort),
        timezone: preferences.timezone.clone().unwrap_or_else(system_timezone),
        tool_hint_max_length: preferences.tool_hint_max_length,
        bot_name: preferences.bot_name.clone(),
        bot_icon: preferences.bot_icon.clone(),
    }
}

/// The longest answer and the context, as they are reckoned with: pages of the contract save no preset without numbers.
fn limits(preset: Option<&Preset>) -> (u64, u64) {
    let context = preset.and_then(|preset| preset.context_window_tokens).unwrap_or(DEFAULT_CONTEXT_TOKENS);
    let answer = preset.and_then(|preset| preset.max_tokens).map(u64::from);
    (answer.unwrap_or_else(|| answer_room(context).max(1)), context)
}

/// The limits nobody set.
fn unset(preset: &Preset) -> Vec<String> {
    let limits = [("max_tokens", preset.max_tokens.is_none()), ("context_window_tokens", preset.context_window_tokens.is_none())];
    limits.into_iter().filter(|(_, unset)| *unset).map(|(name, _)| name.to_owned()).collect()
}

/// The system's time zone by name.
pub(super) fn system_timezone() -> String {
    TimeZone::system().iana_name().unwrap_or("UTC").to_owned()
}

/// All presets, the synthetic default first.
pub(super) fn presets(catalog: &Catalog) -> Vec<PresetRow> {
    let active = catalog.active_preset().map(|preset| preset.name);
    let empty = || Preset::new(DEFAULT.to_owned(), catalog.inline.provider.clone(), catalog.inline.model.clone());
    let default = catalog.inline_preset().unwrap_or_else(empty);
    let row = |preset: Preset| PresetRow {
        label: preset.label().to_owned(),
        active: active.as_ref().is_none_or(|active| *active == preset.name) && (active.is_some() || preset.name == DEFAULT),
        is_default: preset.name == DEFAULT,
        resolved_provider: resolved(catalog, &preset.provider),
        reasoning_effort_values: EFFORTS.map(str::to_owned).to_vec(),
        dialect: match preset.dialect {
            None => PresetDialect::Auto,
            Some(Dialect::Native) => PresetDialect::Native,
            Some(Dialect::Tags) => PresetDialect::Tags,
        },
        max_tokens: limits(Some(&preset)).0,
        context_window_tokens: limits(Some(&preset)).1,
        unset: unset(&preset),
        name: preset.name,
        model: preset.model,
        provider: preset.provider,
        temperature: preset.temperature,
        reasoning_effort: preset.reasoning_effort,
    };
    std::iter::once(default).chain(catalog.all_presets()).map(row).collect()
}

fn resolved(catalog: &Catalog, provider: &str) -> Option<String> {
    let there = provider == DEMO || catalog.server(provider).is_some();
    there.then(|| provider.to_owned())
}
