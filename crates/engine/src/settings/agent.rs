//! `settings.agent.update`: the active model, and what concerns every chat.

use jiff::tz::TimeZone;

use super::Refused;
use super::field::{Fields, Wish};
use super::restart::Restart;
use crate::catalog::DEFAULT;
use crate::engine::Engine;
use crate::error::Error;

/// Context windows early clients let a person choose from.
const WINDOWS: [u64; 5] = [65_536, 200_000, 262_144, 500_000, 1_048_576];
const HINT_CHARS: std::ops::RangeInclusive<u32> = 20..=500;
const NAME_CHARS: usize = 80;

/// Everything is looked at before anything is written.
pub(super) async fn update(engine: &Engine, fields: &Fields) -> Result<Restart, Refused> {
    let catalog = engine.shared().shelf.current();
    let preset = fields.text("model_preset").map(|name| (!name.is_empty() && name != DEFAULT).then(|| name.to_owned()));
    if let Some(Some(name)) = &preset {
        catalog.preset(name).ok_or_else(|| Refused::bad("unknown model preset"))?;
    }
    let model = fields.filled("model", "model is required")?.map(super::models::model).transpose()?;
    let provider = fields.filled("provider", "provider is required")?.map(str::to_owned);
    if let Some(provider) = &provider {
        super::models::usable(engine, &catalog, provider).await?;
    }
    let window = match fields.integer("context_window_tokens")? {
        None => Wish::Keep,
        Some(tokens) => match WINDOWS.iter().find(|window| i64::try_from(**window) == Ok(tokens)) {
            Some(window) => Wish::Set(*window),
            None => return Err(Refused::bad("context_window_tokens must be 65536, 200000, 262144, 500000, or 1048576")),
        },
    };
    let restart = everyone(engine, fields).await?;
    let change = engine.shared().shelf.change(move |catalog| {
        if let Some(preset) = preset {
            if preset.as_ref().is_some_and(|name| catalog.preset(name).is_none()) {
                return Err(Refused::bad("unknown model preset"));
            }
            catalog.active = preset;
        }
        catalog.inline.model = model.unwrap_or(std::mem::take(&mut catalog.inline.model));
        catalog.inline.provider = provider.unwrap_or(std::mem::take(&mut catalog.inline.provider));
        window.apply(&mut catalog.inline.context_window_tokens);
        Ok(())
    });
    change.await?;
    Ok(restart)
}

/// What is no model.
async fn everyone(engine: &Engine, fields: &Fields) -> Result<Restart, Refused> {
    let timezone = fields.filled("timezone", "timezone is required")?.map(str::to_owned);
    if let Some(name) = &timezone {
        TimeZone::get(name).map_err(|_| Refused::bad("invalid timezone"))?;
    }
    let hint = fields.within("tool_hint_max_length", HINT_CHARS)?;
    let name = fields.filled("bot_name", "bot_name is required")?.map(cut);
    let icon = fields.text("bot_icon").map(cut);
    if timezone.is_none() && hint.is_none() && name.is_none() && icon.is_none() {
        return Ok(Restart::None);
    }
    let change = engine.shared().preferences.change(move |preferences| {
        let before = preferences.clone();
        preferences.timezone = timezone.or(preferences.timezone.take());
        preferences.tool_hint_max_length = hint.unwrap_or(preferences.tool_hint_max_length);
        preferences.bot_name = name.unwrap_or(std::mem::take(&mut preferences.bot_name));
        preferences.bot_icon = icon.unwrap_or(std::mem::take(&mut preferences.bot_icon));
        Ok::<_, Error>(if *preferences == before { Restart::None } else { Restart::Of("runtime") })
    });
    Ok(change.await?)
}

fn cut(text: &str) -> String {
    text.chars().take(NAME_CHARS).collect()
}
