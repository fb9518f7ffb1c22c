//! Questions about model servers. Only asked when a person asks.

use alcove_proto::settings::{FoundServerRow, FoundServers, ModelRow, ProviderModels, TestResult};
use serde_json::Value;

use super::Refused;
use super::field::Fields;
use crate::catalog::{DEMO, Server, endpoint, plan};
use crate::engine::Engine;
use crate::model::discover::{FoundModel, FoundServer};
use crate::model::error::ModelError;
use crate::model::extra::Extra;
use crate::model::{self, Endpoint, Limits, ModelCall, discover};
use crate::secret::Secret;

pub(super) async fn discover(engine: &Engine) -> Result<Value, Refused> {
    let found = discover::discover(&engine.shared().models).await;
    json(&FoundServers { servers: found.into_iter().map(server).collect() })
}

fn server(found: FoundServer) -> FoundServerRow {
    FoundServerRow {
        kind: found.kind.word().to_owned(),
        label: found.label,
        api_base: found.api_base,
        models: found.models.into_iter().map(row).collect(),
    }
}

fn row(model: FoundModel) -> ModelRow {
    let FoundModel { id, label, owned_by, context_window } = model;
    ModelRow { label: label.unwrap_or_else(|| id.clone()), id, owned_by, context_window }
}

/// Tests a preset by name, or an address that is not saved yet.
pub(super) async fn test(engine: &Engine, fields: &Fields) -> Result<Value, Refused> {
    let shared = engine.shared();
    let (endpoint, model) = match fields.text("name").filter(|name| !name.is_empty()) {
        Some(name) => {
            let plan = plan(&shared.shelf.current(), &shared.keys, Some(name)).await.map_err(Refused::bad)?;
            (plan.endpoint, plan.preset.model)
        }
        None => (unsaved(engine, fields).await?, fields.required("model", "model is required")?.to_owned()),
    };
    let call = ModelCall {
        endpoint,
        model,
        messages: vec![model::Message::text(model::Role::User, "Say hello in one short sentence.")],
        tools: Vec::new(),
        max_tokens: None,
        temperature: None,
        reasoning_effort: None,
        limits: Limits::default(),
    };
    match discover::test(&shared.models, call).await {
        Ok(reply) => {
            json(&TestResult { ok: true, latency_ms: u64::try_from(reply.latency.as_millis()).unwrap_or(u64::MAX), reply: reply.reply })
        }
        Err(error) => Err(Refused::new(502, error.to_string())),
    }
}

async fn unsaved(engine: &Engine, fields: &Fields) -> Result<Endpoint, Refused> {
    let provider = fields.text("provider").filter(|name| !name.is_empty());
    if provider == Some(DEMO) {
        return Ok(Endpoint::Demo);
    }
    let key = fields.text("api_key").filter(|key| !key.is_empty()).map(Secret::new);
    if let (Some(name), None) = (provider, &key) {
        return saved(engine, name).await;
    }
    let api_base = fields.required("api_base", "API base is required")?.to_owned();
    Ok(Endpoint::OpenAi { api_base, api_key: key, extra: Extra::default() })
}

async fn saved(engine: &Engine, name: &str) -> Result<Endpoint, Refused> {
    let shared = engine.shared();
    let catalog = shared.shelf.current();
    let server = catalog.server(name).ok_or_else(|| Refused::bad("unknown provider"))?;
    endpoint(&shared.keys, &server).await.map_err(Refused::bad)
}

/// What a provider offers, as an advice: a server that cannot be asked is told about in words.
pub(super) async fn list(engine: &Engine, provider: Option<&str>) -> Result<ProviderModels, Refused> {
    let name = provider.map(str::trim).filter(|name| !name.is_empty()).ok_or_else(|| Refused::bad("provider is required"))?;
    let catalog = engine.shared().shelf.current();
    let server = catalog.server(name);
    if name != DEMO && server.is_none() {
        return Err(Refused::bad("unknown provider"));
    }
    let (label, kind) = match &server {
        Some(server) => (server.label, server.known.map_or("custom", |known| known.catalog.word())),
        None => ("Offline demo", "builtin"),
    };
    let offered = offered(engine, server.as_ref()).await;
    let (status, message, models) = match offered {
        Ok(models) => ("available", None, models),
        Err((status, message)) => (status, Some(message), Vec::new()),
    };
    let models: Vec<ModelRow> = models.into_iter().map(row).collect();
    Ok(ProviderModels {
        provider: name.to_owned(),
        label: label.to_owned(),
        catalog_kind: kind.to_owned(),
        model_count: models.len(),
        models,
        message,
        fetched_at: crate::clock::now_ms() as f64 / 1000.0,
        status: status.to_owned(),
    })
}

/// The models, or the status and the words that say why there are none. The demo is no server.
async fn offered(engine: &Engine, server: Option<&Server<'_>>) -> Result<Vec<FoundModel>, (&'static str, String)> {
    let shared = engine.shared();
    let endpoint = match server {
        None => Endpoint::Demo,
        Some(server) => {
            let keyless = server.known.is_none_or(|known| known.is_local()) || server.own.is_some_and(|own| !own.api_base.is_empty());
            if !keyless && engine.server_key(server).await.is_none() {
                return Err(("not_configured", "Configure this provider before loading models.".to_owned()));
            }
            endpoint(&shared.keys, server).await.map_err(|words| ("error", words))?
        }
    };
    discover::list_models(&shared.models, &endpoint).await.map_err(|error| {
        let status = if matches!(error, ModelError::Auth { .. }) { "not_configured" } else { "error" };
        (status, error.to_string())
    })
}

fn json<T: serde::Serialize>(value: &T) -> Result<Value, Refused> {
    serde_json::to_value(value).map_err(|_| Refused::new(502, "WebUI mutation returned an invalid response"))
}
