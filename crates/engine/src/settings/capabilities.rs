//! Changes to what chats may use beside their model: the web, images, the spoken word, servers nearby.

use std::ops::RangeInclusive;

use super::Refused;
use super::field::Fields;
use super::restart::Restart;
use super::search::{self, Credential};
use crate::engine::Engine;
use crate::error::Error;
use crate::model::address::Address;
use crate::provider::known;
use crate::secret::Secret;

const RESULTS: RangeInclusive<u32> = 1..=10;
const SEARCH_SECONDS: RangeInclusive<u32> = 1..=120;
const IMAGES: RangeInclusive<u32> = 1..=8;
const RECORDING_SECONDS: RangeInclusive<u32> = 1..=600;
const RECORDING_MIB: RangeInclusive<u32> = 1..=100;
const MODEL_CHARS: usize = 200;
const SIZE_CHARS: usize = 32;
const RATIOS: [&str; 8] = ["1:1", "3:4", "9:16", "4:3", "16:9", "3:2", "2:3", "21:9"];

/// What is not said stays as it is; another provider needs its own key or address.
pub(super) async fn search(engine: &Engine, fields: &Fields) -> Result<Restart, Refused> {
    let before = engine.shared().preferences.current();
    let name = fields.text("provider").map_or_else(|| before.search.provider.clone(), str::to_lowercase);
    let chosen = search::engine(&name).ok_or_else(|| Refused::bad("unknown web search provider"))?;
    let stays = before.search.provider == name;
    let base_url = match chosen.credential {
        Credential::None | Credential::Key => None,
        Credential::Address => {
            let given = fields.text("base_url").filter(|text| !text.is_empty()).map(str::to_owned);
            let base = given.or_else(|| before.search.base_url.clone().filter(|_| stays));
            let base = base.ok_or_else(|| Refused::bad("base_url is required"))?;
            Some(Address::parse(&base).map_err(|_| Refused::bad("base_url must be an http or https address"))?.text().to_owned())
        }
    };
    let key = fields.text("api_key").filter(|_| chosen.credential == Credential::Key).map(Secret::new);
    if chosen.credential == Credential::Key {
        let has = match &key {
            Some(key) => !key.is_empty(),
            None => engine.search_key(&name).await.is_some(),
        };
        if !has {
            return Err(Refused::bad("api_key is required"));
        }
    }
    let results = fields.within("max_results", RESULTS)?;
    let timeout = fields.within("timeout", SEARCH_SECONDS)?;
    let reader = fields.flag("use_jina_reader")?;
    if let Some(key) = key {
        let origin = Address::parse(chosen.origin).map_err(|error| Refused::bad(error.to_string()))?.origin();
        let kept = engine.shared().keys.set(&search::key_name(&name), &origin, &key).await;
        kept.map_err(|error| Refused::new(500, error.to_string()))?;
    }
    let change = engine.shared().preferences.change(move |preferences| {
        let search = &mut preferences.search;
        search.provider = name;
        search.base_url = base_url;
        search.max_results = results.unwrap_or(search.max_results);
        search.timeout = timeout.unwrap_or(search.timeout);
        let read_before = preferences.use_jina_reader;
        preferences.use_jina_reader = reader.unwrap_or(read_before);
        Ok::<_, Error>(Restart::when(preferences.use_jina_reader != read_before, "browser"))
    });
    Ok(change.await?)
}

pub(super) async fn image(engine: &Engine, fields: &Fields) -> Result<Restart, Refused> {
    let mut image = engine.shared().preferences.current().image.clone();
    if let Some(name) = fields.filled("provider", "image generation provider is required")? {
        let name = name.to_lowercase();
        let drawing = known(&name).is_some_and(|known| !known.draws.is_empty());
        image.provider = drawing.then_some(name).ok_or_else(|| Refused::bad("unknown image generation provider"))?;
    }
    image.enabled = fields.flag("enabled")?.unwrap_or(image.enabled);
    if let Some(model) = fields.filled("model", "image generation model is required")? {
        image.model = short(model, "image generation model is too long")?;
    }
    if let Some(ratio) = fields.text("default_aspect_ratio") {
        let known = RATIOS.contains(&ratio);
        image.aspect_ratio = known.then(|| ratio.to_owned()).ok_or_else(|| Refused::bad("unsupported image generation aspect ratio"))?;
    }
    if let Some(size) = fields.filled("default_image_size", "default image size is required")? {
        let letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, ':' | '_' | '-');
        let plain = size.len() <= SIZE_CHARS && size.chars().all(letter);
        image.size = plain.then(|| size.to_owned()).ok_or_else(|| Refused::bad("unsupported image generation size"))?;
    }
    image.max_per_turn = fields.within("max_images_per_turn", IMAGES)?.unwrap_or(image.max_per_turn);
    if image.enabled && !engine.is_configured(&engine.shared().shelf.current(), &image.provider).await {
        return Err(Refused::bad("image generation provider is not configured"));
    }
    let change = engine.shared().preferences.change(move |preferences| {
        let changed = preferences.image != image;
        preferences.image = image;
        Ok::<_, Error>(Restart::when(changed, "image"))
    });
    Ok(change.await?)
}

pub(super) async fn transcription(engine: &Engine, fields: &Fields) -> Result<(), Refused> {
    let mut wanted = engine.shared().preferences.current().transcription.clone();
    wanted.enabled = fields.flag("enabled")?.unwrap_or(wanted.enabled);
    if let Some(name) = fields.text("provider") {
        let name = name.to_lowercase();
        let catalog = engine.shared().shelf.current();
        let able = match known(&name) {
            Some(known) => known.transcribes.is_some(),
            None => catalog.server(&name).is_some(),
        };
        wanted.provider = able.then_some(name).ok_or_else(|| Refused::bad("unknown transcription provider"))?;
    }
    if let Some(model) = fields.text("model") {
        let model = short(model, "transcription model is too long")?;
        wanted.model = (!model.is_empty()).then_some(model);
    }
    if let Some(language) = fields.text("language") {
        let language = language.to_lowercase();
        let plain = matches!(language.len(), 2 | 3) && language.bytes().all(|letter| letter.is_ascii_lowercase());
        if !language.is_empty() && !plain {
            return Err(Refused::bad("transcription language must be 2-3 lowercase letters"));
        }
        wanted.language = (!language.is_empty()).then_some(language);
    }
    wanted.max_duration_sec = fields.within("max_duration_sec", RECORDING_SECONDS)?.unwrap_or(wanted.max_duration_sec);
    wanted.max_upload_mb = fields.within("max_upload_mb", RECORDING_MIB)?.unwrap_or(wanted.max_upload_mb);
    let change = engine.shared().preferences.change(move |preferences| {
        preferences.transcription = wanted;
        Ok::<_, Error>(())
    });
    Ok(change.await?)
}

pub(super) async fn network(engine: &Engine, fields: &Fields) -> Result<(), Refused> {
    let early = fields.text("webui_allow_local_service_access").is_none();
    let near = if early { "allow_local_preview_access" } else { "webui_allow_local_service_access" };
    let mode = fields.text("webui_default_access_mode").map(str::to_lowercase);
    if fields.text(near).is_none() && mode.is_none() {
        return Err(Refused::bad("webui_allow_local_service_access or webui_default_access_mode is required"));
    }
    let near = fields.flag(near).map_err(|_| Refused::bad("webui_allow_local_service_access must be boolean"))?;
    let full = match mode.as_deref() {
        None => None,
        Some("default" | "restricted") => Some(false),
        Some("full") => Some(true),
        Some(_) => return Err(Refused::bad("webui_default_access_mode must be default or full")),
    };
    let change = engine.shared().preferences.change(move |preferences| {
        preferences.allow_local_services = near.unwrap_or(preferences.allow_local_services);
        preferences.default_full_access = full.unwrap_or(preferences.default_full_access);
        Ok::<_, Error>(())
    });
    Ok(change.await?)
}

fn short(text: &str, long: &str) -> Result<String, Refused> {
    if text.chars().count() > MODEL_CHARS { Err(Refused::bad(long)) } else { Ok(text.to_owned()) }
}
