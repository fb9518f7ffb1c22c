//! `GET /api/settings`: the sections that are served. Keys are hinted at, never shown.

use std::collections::BTreeMap;

use alcove_proto::http::{
    AgentSettings, Capabilities, PresetRow, ProviderRow, RuntimeSettings, SecretsSettings, Settings, Surface, Version,
};

use crate::catalog::{Catalog, DEMO, Preset, Provider};
use crate::engine::Engine;
use crate::model::address::Address;
use crate::secret::keys::StoreKind;

/// What a change of each section asks for (envelope §6.1).
const RESTARTS: [(&str, &str); 8] = [
    ("appearance", "none"),
    ("models", "none"),
    ("providers", "none"),
    ("runtime", "engineRestart"),
    ("browser", "engineRestart"),
    ("image", "engineRestart"),
    ("apps", "engineRestart"),
    ("advanced", "appRestart"),
];

impl Engine {
    /// Everything a settings page shows.
    pub async fn settings(&self, surface: Surface) -> Settings {
        let catalog = self.shared().shelf.current();
        let mut providers = vec![demo_provider()];
        for provider in &catalog.providers {
            providers.push(self.provider_row(provider).await);
        }
        let kind = self.shared().keys.store_kind();
        Settings {
            agent: agent(&catalog, &providers),
            model_presets: presets(&catalog),
            providers,
            runtime: RuntimeSettings {
                data_path: self.data_dir().display().to_string(),
                workspace_path: self.shared().default_scope.project_path.clone(),
            },
            secrets: SecretsSettings { store: word(&kind).to_owned(), detail: kind.words() },
            version: Version { current: env!("CARGO_PKG_VERSION").to_owned() },
            surface,
            runtime_surface: surface,
            runtime_capabilities: Capabilities::default(),
            requires_restart: false,
            restart_behavior_by_section: RESTARTS
                .iter()
                .map(|(section, what)| ((*section).to_owned(), (*what).to_owned()))
                .collect::<BTreeMap<_, _>>(),
        }
    }

    /// `provider/model` of the active preset, empty when none is chosen.
    pub fn active_model_name(&self) -> String {
        self.shared().shelf.current().active_preset().map(|preset| preset.model_name()).unwrap_or_default()
    }

    async fn provider_row(&self, provider: &Provider) -> ProviderRow {
        let key = match Address::parse(&provider.api_base) {
            Ok(address) => self.shared().keys.get(&provider.name, &address.origin()).await.ok().flatten(),
            Err(_) => None,
        };
        ProviderRow {
            name: provider.name.clone(),
            label: provider.label.clone(),
            configured: true,
            auth_type: "api_key".to_owned(),
            api_key_required: false,
            api_key_hint: key.map(|key| key.hint()),
            api_base: Some(provider.api_base.clone()),
            is_custom: true,
            model_selectable: true,
        }
    }
}

fn word(kind: &StoreKind) -> &'static str {
    match kind {
        StoreKind::Unknown => "unknown",
        StoreKind::Keyring => "keyring",
        StoreKind::File { .. } => "file",
    }
}

fn demo_provider() -> ProviderRow {
    ProviderRow {
        name: DEMO.to_owned(),
        label: "Offline demo".to_owned(),
        configured: true,
        auth_type: "none".to_owned(),
        api_key_required: false,
        api_key_hint: None,
        api_base: None,
        is_custom: false,
        model_selectable: false,
    }
}

fn agent(catalog: &Catalog, providers: &[ProviderRow]) -> AgentSettings {
    let active = catalog.active_preset();
    let provider = active.as_ref().map(|preset| preset.provider.clone());
    let has_api_key = providers.iter().any(|row| Some(&row.name) == provider.as_ref() && row.api_key_hint.is_some());
    AgentSettings {
        model: active.as_ref().map(|preset| preset.model.clone()).unwrap_or_default(),
        provider: provider.clone().unwrap_or_default(),
        resolved_provider: provider,
        has_api_key,
        model_preset: active.as_ref().map(|preset| preset.name.clone()),
        max_tokens: active.as_ref().and_then(|preset| preset.max_tokens),
        context_window_tokens: active.as_ref().and_then(|preset| preset.context_window_tokens),
        temperature: active.as_ref().and_then(|preset| preset.temperature),
        reasoning_effort: active.and_then(|preset| preset.reasoning_effort),
    }
}

fn presets(catalog: &Catalog) -> Vec<PresetRow> {
    let active = catalog.active_preset();
    let default = PresetRow {
        name: "default".to_owned(),
        label: "Default".to_owned(),
        active: active.is_none(),
        is_default: true,
        model: String::new(),
        provider: String::new(),
        max_tokens: None,
        context_window_tokens: None,
        temperature: None,
        reasoning_effort: None,
    };
    let row = |preset: Preset| PresetRow {
        label: preset.label().to_owned(),
        active: active.as_ref().is_some_and(|active| active.name == preset.name),
        is_default: false,
        name: preset.name,
        model: preset.model,
        provider: preset.provider,
        max_tokens: preset.max_tokens,
        context_window_tokens: preset.context_window_tokens,
        temperature: preset.temperature,
        reasoning_effort: preset.reasoning_effort,
    };
    std::iter::once(default).chain(catalog.all_presets().map(row)).collect()
}
