//! Changes to the models a person may choose from. Each is checked whole before anything is written.

use serde_json::{Map, Value};

use super::Refused;
use super::field::{Wish, count, required, temperature, text};
use crate::catalog::{Catalog, DEMO, Preset, Provider};
use crate::engine::Engine;
use crate::model::address::Address;
use crate::secret::Secret;

const PRESET_NAME_CHARS: usize = 48;
const PROVIDER_NAME_CHARS: usize = 80;
const MODEL_CHARS: usize = 200;
/// Presets and providers each; more is a runaway client.
const ROWS_MAX: usize = 200;

type Payload = Map<String, Value>;

pub(super) async fn agent(engine: &Engine, payload: &Payload) -> Result<(), Refused> {
    let Some(name) = text(payload, "model_preset")?.map(str::to_owned) else {
        return Err(Refused::bad("model_preset is required"));
    };
    engine
        .shared()
        .shelf
        .change(move |catalog| {
            let chosen = !name.is_empty() && name != "default";
            if chosen && catalog.preset(&name).is_none() {
                return Err(Refused::bad("unknown model preset"));
            }
            catalog.active = chosen.then_some(name);
            Ok(())
        })
        .await
}

pub(super) async fn create_preset(engine: &Engine, payload: &Payload) -> Result<(), Refused> {
    let name = preset_name(required(payload, "name", "configuration name is required")?)?;
    let mut preset = Preset {
        name,
        provider: required(payload, "provider", "provider is required")?.to_owned(),
        model: model(required(payload, "model", "model is required")?)?,
        max_tokens: None,
        context_window_tokens: None,
        temperature: None,
        reasoning_effort: None,
    };
    tune(&mut preset, payload)?;
    engine
        .shared()
        .shelf
        .change(move |catalog| {
            if catalog.preset(&preset.name).is_some() {
                return Err(Refused::new(409, "configuration already exists"));
            }
            room(catalog.presets.len())?;
            known_provider(catalog, &preset.provider)?;
            catalog.presets.push(preset);
            Ok(())
        })
        .await
}

pub(super) async fn update_preset(engine: &Engine, payload: &Payload) -> Result<(), Refused> {
    let name = required(payload, "name", "model configuration is required")?.to_owned();
    let renamed = text(payload, "new_name")?.filter(|text| !text.is_empty()).map(preset_name).transpose()?;
    let payload = payload.clone();
    engine
        .shared()
        .shelf
        .change(move |catalog| {
            if renamed.as_ref().is_some_and(|new| *new != name && catalog.preset(new).is_some()) {
                return Err(Refused::new(409, "configuration already exists"));
            }
            let found = catalog.presets.iter().position(|preset| preset.name == name);
            let index = found.ok_or_else(|| Refused::bad("unknown model configuration"))?;
            let mut preset = catalog.presets[index].clone();
            if let Some(provider) = text(&payload, "provider")?.filter(|text| !text.is_empty()) {
                known_provider(catalog, provider)?;
                provider.clone_into(&mut preset.provider);
            }
            if let Some(id) = text(&payload, "model")?.filter(|text| !text.is_empty()) {
                preset.model = model(id)?;
            }
            tune(&mut preset, &payload)?;
            if let Some(new) = renamed {
                if catalog.active.as_deref() == Some(name.as_str()) {
                    catalog.active = Some(new.clone());
                }
                preset.name = new;
            }
            catalog.presets[index] = preset;
            Ok(())
        })
        .await
}

pub(super) async fn delete_preset(engine: &Engine, payload: &Payload) -> Result<(), Refused> {
    let name = required(payload, "name", "model configuration is required")?.to_owned();
    engine
        .shared()
        .shelf
        .change(move |catalog| {
            let before = catalog.presets.len();
            catalog.presets.retain(|preset| preset.name != name);
            if catalog.presets.len() == before {
                return Err(Refused::bad("unknown model configuration"));
            }
            if catalog.active.as_deref() == Some(name.as_str()) {
                catalog.active = None;
            }
            Ok(())
        })
        .await
}

pub(super) async fn create_provider(engine: &Engine, payload: &Payload) -> Result<(), Refused> {
    let label = required(payload, "name", "provider name is required")?;
    if label.chars().count() > PROVIDER_NAME_CHARS {
        return Err(Refused::bad("provider name must be 80 characters or fewer"));
    }
    let address = address(required(payload, "api_base", "API base is required")?)?;
    let provider = Provider { name: slug(label), label: label.to_owned(), api_base: address.text().to_owned(), keyed: true };
    let name = provider.name.clone();
    let key = text(payload, "api_key")?.filter(|key| !key.is_empty()).map(Secret::new);
    engine
        .shared()
        .shelf
        .change(move |catalog| {
            if provider.name == DEMO || catalog.provider(&provider.name).is_some() {
                return Err(Refused::new(409, "provider already exists"));
            }
            room(catalog.providers.len())?;
            catalog.providers.push(provider);
            Ok(())
        })
        .await?;
    match key {
        Some(key) => keep_key(engine, &name, &address, &key).await,
        None => Ok(()),
    }
}

/// An omitted key stays, an empty one is removed. A key is kept for the address it was given with, so a new address needs it again.
pub(super) async fn update_provider(engine: &Engine, payload: &Payload) -> Result<(), Refused> {
    let name = required(payload, "provider", "provider is required")?.to_owned();
    let known = engine.shared().shelf.current().provider(&name).cloned().ok_or_else(|| Refused::bad("unknown provider"))?;
    let asked = text(payload, "api_base")?.filter(|base| !base.is_empty()).unwrap_or(&known.api_base);
    let new_address = address(asked)?;
    let api_base = new_address.text().to_owned();
    let changed = name.clone();
    engine
        .shared()
        .shelf
        .change(move |catalog| {
            let provider = catalog.providers.iter_mut().find(|provider| provider.name == changed);
            provider.ok_or_else(|| Refused::bad("unknown provider"))?.api_base = api_base;
            Ok::<(), Refused>(())
        })
        .await?;
    match text(payload, "api_key")? {
        None => Ok(()),
        Some("") => engine.shared().keys.remove(&name).await.map_err(|error| Refused::new(500, error.to_string())),
        Some(key) => keep_key(engine, &name, &new_address, &Secret::new(key)).await,
    }
}

pub(super) async fn delete_provider(engine: &Engine, payload: &Payload) -> Result<(), Refused> {
    let name = required(payload, "provider", "provider is required")?.to_owned();
    let gone = name.clone();
    engine
        .shared()
        .shelf
        .change(move |catalog| {
            if catalog.provider(&gone).is_none() {
                return Err(Refused::bad("unknown provider"));
            }
            if catalog.presets.iter().any(|preset| preset.provider == gone) {
                return Err(Refused::new(409, "remove the model presets of this provider first"));
            }
            catalog.providers.retain(|provider| provider.name != gone);
            Ok(())
        })
        .await?;
    engine.shared().keys.remove(&name).await.map_err(|error| Refused::new(500, error.to_string()))
}

async fn keep_key(engine: &Engine, name: &str, address: &Address, key: &Secret) -> Result<(), Refused> {
    let kept = engine.shared().keys.set(name, &address.origin(), key).await;
    kept.map_err(|error| Refused::new(500, error.to_string()))
}

fn address(text: &str) -> Result<Address, Refused> {
    Address::parse(text).map_err(|error| Refused::bad(error.to_string()))
}

fn tune(preset: &mut Preset, payload: &Payload) -> Result<(), Refused> {
    match count(payload, "max_tokens")? {
        Wish::Keep => {}
        Wish::Clear => preset.max_tokens = None,
        Wish::Set(tokens) => preset.max_tokens = Some(u32::try_from(tokens).unwrap_or(u32::MAX)),
    }
    count(payload, "context_window_tokens")?.apply(&mut preset.context_window_tokens);
    temperature(payload)?.apply(&mut preset.temperature);
    if let Some(effort) = text(payload, "reasoning_effort")? {
        preset.reasoning_effort = (!effort.is_empty()).then(|| effort.to_owned());
    }
    Ok(())
}

fn preset_name(name: &str) -> Result<String, Refused> {
    if name == "default" || name == DEMO {
        return Err(Refused::bad("configuration name is reserved"));
    }
    if name.chars().count() > PRESET_NAME_CHARS {
        return Err(Refused::bad("configuration name must be 48 characters or fewer"));
    }
    let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '.' | '_' | '-' | ':' | '/' | '(' | ')' | '+'));
    if plain { Ok(name.to_owned()) } else { Err(Refused::bad("configuration name contains unsupported characters")) }
}

fn model(id: &str) -> Result<String, Refused> {
    if id.chars().count() > MODEL_CHARS { Err(Refused::bad("model must be 200 characters or fewer")) } else { Ok(id.to_owned()) }
}

fn known_provider(catalog: &Catalog, name: &str) -> Result<(), Refused> {
    let known = name == DEMO || catalog.server(name).is_some();
    if known { Ok(()) } else { Err(Refused::bad("unknown provider")) }
}

fn room(rows: usize) -> Result<(), Refused> {
    if rows < ROWS_MAX { Ok(()) } else { Err(Refused::new(409, "too many rows: delete one first")) }
}

fn slug(label: &str) -> String {
    let plain = label.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    let text: String = plain.collect();
    let text = text.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    if text.is_empty() { "provider".to_owned() } else { text }
}
