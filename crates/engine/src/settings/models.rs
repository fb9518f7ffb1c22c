//! Changes to the presets and the order they are asked in. Each is checked whole before anything is written.

use alcove_agent::verdict::Dialect;
use serde_json::Value;

use super::field::{Fields, Wish};
use super::{ROWS_MAX, Refused, slug};
use crate::catalog::{Catalog, DEFAULT, DEMO, Preset};
use crate::engine::Engine;

const NAME_CHARS: usize = 48;
const MODEL_CHARS: usize = 200;

/// Adds a preset. One that is given a label instead of a name is named after it, takes what it leaves out from the active preset and
/// becomes the active one, as early clients expect.
pub(super) async fn create(engine: &Engine, fields: &Fields) -> Result<(), Refused> {
    let catalog = engine.shared().shelf.current();
    let label = fields.text("label").filter(|_| fields.text("name").is_none());
    let name = match label {
        Some(label) => name(&slug(label, NAME_CHARS))?,
        None => name(fields.text("name").unwrap_or_default())?,
    };
    free(&catalog, &name, None)?;
    let provider = fields.required("provider", "provider is required")?.to_owned();
    let model = model(fields.required("model", "model is required")?)?;
    let fresh = Preset::new(name, provider, model);
    let mut preset = match catalog.active_preset().filter(|_| label.is_some()) {
        Some(active) => Preset { name: fresh.name, provider: fresh.provider, model: fresh.model, ..active },
        None => fresh,
    };
    tune(&mut preset, fields)?;
    usable(engine, &catalog, &preset.provider).await?;
    let chosen = label.is_some();
    let change = engine.shared().shelf.change(move |catalog| {
        free(catalog, &preset.name, None)?;
        if catalog.presets.len() >= ROWS_MAX {
            return Err(Refused::new(409, "too many rows: delete one first"));
        }
        if chosen {
            catalog.active = Some(preset.name.clone());
        }
        catalog.presets.push(preset);
        Ok(())
    });
    change.await
}

pub(super) async fn update(engine: &Engine, fields: &Fields) -> Result<(), Refused> {
    let old = fields.text("name").filter(|name| !name.is_empty() && *name != DEFAULT);
    let old = old.ok_or_else(|| Refused::bad("model configuration is required"))?.to_owned();
    let catalog = engine.shared().shelf.current();
    let mut preset = own(&catalog, &old)?;
    fields.filled("label", "label is required")?;
    if let Some(new) = fields.text("new_name") {
        preset.name = name(new)?;
        free(&catalog, &preset.name, Some(&old))?;
    }
    if let Some(id) = fields.filled("model", "model is required")? {
        preset.model = model(id)?;
    }
    if let Some(provider) = fields.filled("provider", "provider is required")? {
        usable(engine, &catalog, provider).await?;
        provider.clone_into(&mut preset.provider);
    }
    tune(&mut preset, fields)?;
    let change = engine.shared().shelf.change(move |catalog| {
        free(catalog, &preset.name, Some(&old))?;
        let index = catalog.presets.iter().position(|preset| preset.name == old);
        let index = index.ok_or_else(|| Refused::bad("unknown model configuration"))?;
        let named = catalog.active.iter_mut().chain(&mut catalog.fallbacks).filter(|name| **name == old);
        named.for_each(|name| preset.name.clone_into(name));
        catalog.presets[index] = preset;
        Ok(())
    });
    change.await
}

pub(super) async fn delete(engine: &Engine, fields: &Fields) -> Result<(), Refused> {
    let name = fields.text("name").filter(|name| !name.is_empty() && *name != DEFAULT);
    let name = name.ok_or_else(|| Refused::bad("model configuration is required"))?.to_owned();
    let change = engine.shared().shelf.change(move |catalog| {
        own(catalog, &name)?;
        if catalog.call_order().contains(&name) {
            return Err(Refused::new(409, "remove the model preset from the call order first"));
        }
        catalog.presets.retain(|preset| preset.name != name);
        catalog.fallbacks.retain(|fallback| *fallback != name);
        Ok(())
    });
    change.await
}

/// Makes a preset of the model that was set without one.
pub(super) async fn migrate(engine: &Engine) -> Result<(), Refused> {
    let change = engine.shared().shelf.change(|catalog| {
        if catalog.active.is_some() {
            return Ok(());
        }
        let Some(inline) = catalog.inline_preset() else {
            return Err(Refused::new(409, "there is no legacy model configuration to convert"));
        };
        let base = slug(inline.model.rsplit('/').next().unwrap_or_default(), NAME_CHARS - 4);
        let base = if base.is_empty() || name(&base).is_err() { "model".to_owned() } else { base };
        let numbered = (2..).map(|number| format!("{base}-{number}"));
        let found = std::iter::once(base.clone()).chain(numbered).find(|name| free(catalog, name, None).is_ok());
        let name = found.expect("there are more numbers than presets");
        catalog.presets.push(Preset { name: name.clone(), ..inline });
        catalog.active = Some(name);
        catalog.inline = crate::catalog::Inline::default();
        Ok(())
    });
    change.await
}

/// The primary first, then those that are asked when it fails.
pub(super) async fn order(engine: &Engine, fields: &Fields) -> Result<(), Refused> {
    let text = fields.text("order").or_else(|| fields.text("preset_names"));
    let text = text.ok_or_else(|| Refused::bad("model call order is required"))?;
    let list: Value = serde_json::from_str(text).map_err(|_| Refused::bad("model call order must be a JSON array"))?;
    let list = list.as_array().ok_or_else(|| Refused::bad("model call order must be a JSON array"))?;
    let named: Option<Vec<String>> = list.iter().map(|name| Some(name.as_str()?.trim().to_owned())).collect();
    let named = named.filter(|named| !named.is_empty() && named.iter().all(|name| !name.is_empty()));
    let mut named = named.ok_or_else(|| Refused::bad("model call order must contain at least one preset"))?;
    let change = engine.shared().shelf.change(move |catalog| {
        if let Some(unknown) = named.iter().find(|name| *name == DEFAULT || catalog.preset(name).is_none()) {
            return Err(Refused::bad(format!("unknown model preset: {unknown}")));
        }
        if catalog.active.is_none() && catalog.inline_preset().is_some() {
            return Err(Refused::new(409, "convert the existing model configuration to presets first"));
        }
        catalog.active = Some(named.remove(0));
        catalog.fallbacks = Vec::new();
        for name in named {
            if catalog.active.as_ref() != Some(&name) && !catalog.fallbacks.contains(&name) {
                catalog.fallbacks.push(name);
            }
        }
        Ok::<(), Refused>(())
    });
    change.await
}

/// Presets can use this provider.
pub(super) async fn usable(engine: &Engine, catalog: &Catalog, provider: &str) -> Result<(), Refused> {
    if provider != DEMO && catalog.server(provider).is_none() {
        return Err(Refused::bad("unknown provider"));
    }
    match engine.is_configured(catalog, provider).await {
        true => Ok(()),
        false => Err(Refused::bad("provider is not configured")),
    }
}

/// A model id of bearable length.
pub(super) fn model(id: &str) -> Result<String, Refused> {
    if id.chars().count() > MODEL_CHARS { Err(Refused::bad("model must be 200 characters or fewer")) } else { Ok(id.to_owned()) }
}

fn own(catalog: &Catalog, name: &str) -> Result<Preset, Refused> {
    let found = catalog.presets.iter().find(|preset| preset.name == name);
    found.cloned().ok_or_else(|| Refused::bad("unknown model configuration"))
}

/// No other preset has this name, in whatever case.
fn free(catalog: &Catalog, name: &str, except: Option<&str>) -> Result<(), Refused> {
    let lower = name.to_lowercase();
    let taken = catalog.presets.iter().any(|preset| Some(preset.name.as_str()) != except && preset.name.to_lowercase() == lower);
    if taken { Err(Refused::new(409, "configuration already exists")) } else { Ok(()) }
}

fn name(name: &str) -> Result<String, Refused> {
    let reserved = [DEFAULT, DEMO];
    if name.is_empty() {
        return Err(Refused::bad("configuration name is required"));
    }
    if reserved.iter().any(|reserved| name.eq_ignore_ascii_case(reserved)) {
        return Err(Refused::bad("configuration name is reserved"));
    }
    if name.chars().count() > NAME_CHARS {
        return Err(Refused::bad("configuration name must be 48 characters or fewer"));
    }
    if name.chars().any(unseen) {
        return Err(Refused::bad("configuration name contains unsupported characters"));
    }
    Ok(name.to_owned())
}

/// Characters that cannot be told from nothing, or turn what stands beside them.
fn unseen(letter: char) -> bool {
    let hidden = matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    hidden || letter.is_control()
}

fn tune(preset: &mut Preset, fields: &Fields) -> Result<(), Refused> {
    match fields.count("max_tokens")? {
        Wish::Keep => {}
        Wish::Clear => preset.max_tokens = None,
        Wish::Set(tokens) => preset.max_tokens = Some(u32::try_from(tokens).unwrap_or(u32::MAX)),
    }
    fields.count("context_window_tokens")?.apply(&mut preset.context_window_tokens);
    fields.temperature()?.apply(&mut preset.temperature);
    if let Some(effort) = fields.text("reasoning_effort") {
        preset.reasoning_effort = (!effort.is_empty()).then(|| effort.to_owned());
    }
    if let Some(word) = fields.text("dialect") {
        preset.dialect = match word {
            "" | "auto" => None,
            "native" => Some(Dialect::Native),
            "tags" => Some(Dialect::Tags),
            _ => return Err(Refused::bad("dialect must be auto, native or tags")),
        };
    }
    Ok(())
}
