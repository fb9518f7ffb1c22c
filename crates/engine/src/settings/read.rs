//! `GET /api/settings`: the whole object. Keys are hinted at, never shown.

use std::collections::BTreeMap;

use alcove_proto::http::Surface;
use alcove_proto::settings::{
    AdvancedSettings, ApiService, ApiSettings, ApplyState, ApplyWord, Docs, DreamSettings, FetchSettings, HeartbeatSettings,
    ImageProviderRow, ImageSettings, ObservabilitySettings, ProviderRow, RuntimeSettings, SearchLimits, SearchProviderRow, SearchSettings,
    SecretsSettings, Settings, TranscriptionProviderRow, TranscriptionSettings, Version, WebSettings,
};

use super::preferences::Preferences;
use super::restart::Surroundings;
use super::rows::{agent, demo_provider, presets};
use super::search::{self, ENGINES};
use crate::engine::Engine;
use crate::provider::KNOWN;
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
/// Where images go, inside the data folder.
const IMAGES: &str = "media/generated";
/// Where the API service would listen.
const API_PORT: u16 = 8900;
/// Seconds an answer of it might take.
const API_SECONDS: u32 = 120;
/// The configuration file, inside the data folder.
const CONFIG: &str = "config.toml";

impl Engine {
    /// Everything a settings page shows.
    pub async fn settings(&self, surface: Surface) -> Settings {
        let catalog = self.shared().shelf.current();
        let preferences = self.shared().preferences.current();
        let providers = self.provider_rows(&catalog).await;
        let kind = self.shared().keys.store_kind();
        let waiting = self.waiting();
        let around = self.surroundings();
        Settings {
            agent: agent(&catalog, &preferences, &providers),
            model_presets: presets(&catalog),
            model_call_order: catalog.call_order(),
            model_call_order_editable: catalog.active.is_some() || catalog.inline_preset().is_none(),
            web_search: self.search(&preferences).await,
            web: web(&preferences),
            image_generation: self.image(&preferences, &providers),
            transcription: transcription(&preferences, &providers),
            providers: std::iter::once(demo_provider()).chain(providers).collect(),
            runtime: self.runtime(&around),
            advanced: self.advanced(&preferences),
            api: api(),
            observability: ObservabilitySettings { provider: "langfuse".to_owned(), configured: false, base_url: None },
            usage: self.usage_or_none().await,
            secrets: SecretsSettings { store: word(&kind).to_owned(), detail: kind.words() },
            version: Version { current: env!("CARGO_PKG_VERSION").to_owned() },
            docs: Docs { version: env!("CARGO_PKG_VERSION").to_owned(), base_url: None, chat_apps_url: None, latest_url: None },
            requires_restart: !waiting.is_empty(),
            surface,
            runtime_surface: surface,
            runtime_capabilities: around.capabilities(surface),
            restart_behavior_by_section: RESTARTS
                .iter()
                .map(|(section, what)| ((*section).to_owned(), (*what).to_owned()))
                .collect::<BTreeMap<_, _>>(),
            apply_state: ApplyState {
                status: if waiting.is_empty() { ApplyWord::Idle } else { ApplyWord::Pending },
                sections: waiting.clone(),
            },
            restart_required_sections: waiting,
        }
    }

    /// `provider/model` of the active preset, empty when none is chosen.
    pub fn active_model_name(&self) -> String {
        self.shared().shelf.current().active_preset().map(|preset| preset.model_name()).unwrap_or_default()
    }

    /// `GET /api/settings/api-service`: there is none yet.
    pub fn api_service(&self) -> ApiService {
        let ApiSettings { host, port, timeout, api_key_hint } = api();
        ApiService {
            installed: false,
            running: false,
            managed: false,
            endpoint: format!("http://{host}:{port}/v1"),
            host,
            port,
            timeout,
            api_key_hint,
            command: String::new(),
            log_path: String::new(),
        }
    }

    async fn search(&self, preferences: &Preferences) -> SearchSettings {
        let search = &preferences.search;
        let key = self.search_key(&search.provider).await;
        SearchSettings {
            provider: search.provider.clone(),
            api_key_hint: key.map(|key| key.hint()),
            base_url: search.base_url.clone(),
            max_results: search.max_results,
            timeout: search.timeout,
            providers: ENGINES
                .iter()
                .map(|engine| SearchProviderRow {
                    name: engine.name.to_owned(),
                    label: engine.label.to_owned(),
                    credential: engine.credential.word().to_owned(),
                })
                .collect(),
        }
    }

    /// The key of a search provider; only one that was kept is looked up.
    pub(super) async fn search_key(&self, provider: &str) -> Option<crate::secret::Secret> {
        let engine = search::engine(provider).filter(|engine| engine.credential == search::Credential::Key)?;
        let origin = crate::model::address::Address::parse(engine.origin).ok()?.origin();
        self.shared().keys.get(&search::key_name(provider), &origin).await.ok().flatten()
    }

    fn image(&self, preferences: &Preferences, providers: &[ProviderRow]) -> ImageSettings {
        let image = &preferences.image;
        let row = |row: &ProviderRow, models: &[&str]| ImageProviderRow {
            name: row.name.clone(),
            label: row.label.clone(),
            configured: row.configured,
            auth_type: row.auth_type.clone(),
            api_key_hint: row.api_key_hint.clone(),
            api_base: row.api_base.clone(),
            default_api_base: row.default_api_base.clone(),
            models: models.iter().map(|model| (*model).to_owned()).collect(),
            default_model: models.first().map(|model| (*model).to_owned()),
        };
        let drawing = KNOWN.iter().filter(|known| !known.draws.is_empty());
        let rows: Vec<ImageProviderRow> =
            drawing.filter_map(|known| Some(row(providers.iter().find(|provider| provider.name == known.name)?, known.draws))).collect();
        ImageSettings {
            enabled: image.enabled,
            provider: image.provider.clone(),
            provider_configured: rows.iter().any(|row| row.name == image.provider && row.configured),
            model: image.model.clone(),
            default_aspect_ratio: image.aspect_ratio.clone(),
            default_image_size: image.size.clone(),
            max_images_per_turn: image.max_per_turn,
            save_dir: self.data_dir().join(IMAGES).display().to_string(),
            providers: rows,
        }
    }

    fn runtime(&self, around: &Surroundings) -> RuntimeSettings {
        let config_path = around.config_path.clone().unwrap_or_else(|| self.data_dir().join(CONFIG));
        let (host, port) = around.listener.clone().unwrap_or_default();
        RuntimeSettings {
            config_path: config_path.display().to_string(),
            data_path: self.data_dir().display().to_string(),
            workspace_path: self.shared().home.clone(),
            gateway_host: host,
            gateway_port: port,
            heartbeat: HeartbeatSettings { enabled: false, interval_s: 0, keep_recent_messages: 0 },
            dream: DreamSettings { schedule: String::new() },
            unified_session: false,
        }
    }

    fn advanced(&self, preferences: &Preferences) -> AdvancedSettings {
        let scope = self.shared().default_scope().payload(self.held().as_ref());
        AdvancedSettings {
            restrict_to_workspace: scope.restrict_to_workspace,
            workspace_sandbox: scope.sandbox_status,
            webui_allow_local_service_access: preferences.allow_local_services,
            allow_local_preview_access: preferences.allow_local_services,
            webui_default_access_mode: preferences.access_word().to_owned(),
            private_service_protection_enabled: true,
            ssrf_whitelist_count: 0,
            mcp_server_count: 0,
            exec_enabled: false,
            exec_sandbox: None,
            exec_path_prepend_set: false,
            exec_path_append_set: false,
        }
    }
}

fn api() -> ApiSettings {
    ApiSettings { host: "127.0.0.1".to_owned(), port: API_PORT, timeout: API_SECONDS, api_key_hint: None }
}

fn web(preferences: &Preferences) -> WebSettings {
    WebSettings {
        // No chat can reach the web yet, whatever is set.
        enable: false,
        proxy: None,
        user_agent: None,
        search: SearchLimits { max_results: preferences.search.max_results, timeout: preferences.search.timeout },
        fetch: FetchSettings { use_jina_reader: preferences.use_jina_reader },
    }
}

fn transcription(preferences: &Preferences, providers: &[ProviderRow]) -> TranscriptionSettings {
    let transcription = &preferences.transcription;
    let model = |row: &ProviderRow| KNOWN.iter().find(|known| known.name == row.name).map(|known| known.transcribes);
    // A person's own server may well have such a model; only they know its name.
    let able = providers.iter().filter(|row| row.is_custom || model(row).flatten().is_some());
    let rows: Vec<TranscriptionProviderRow> = able
        .map(|row| TranscriptionProviderRow {
            name: row.name.clone(),
            label: row.label.clone(),
            configured: row.configured,
            api_key_hint: row.api_key_hint.clone(),
            api_base: row.api_base.clone(),
            default_api_base: row.default_api_base.clone(),
            default_model: model(row).flatten().filter(|model| !model.is_empty()).map(str::to_owned),
        })
        .collect();
    let chosen = rows.iter().find(|row| row.name == transcription.provider);
    TranscriptionSettings {
        enabled: transcription.enabled,
        provider: transcription.provider.clone(),
        provider_configured: chosen.is_some_and(|row| row.configured),
        model: transcription.model.clone().or_else(|| chosen?.default_model.clone()),
        language: transcription.language.clone(),
        max_duration_sec: transcription.max_duration_sec,
        max_upload_mb: transcription.max_upload_mb,
        providers: rows,
    }
}

fn word(kind: &StoreKind) -> &'static str {
    match kind {
        StoreKind::Unknown => "unknown",
        StoreKind::Keyring => "keyring",
        StoreKind::File { .. } => "file",
    }
}
