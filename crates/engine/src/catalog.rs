//! Which models a person may choose from: presets and the providers behind them. Keys are not in here; they live with [`crate::secret`].

use std::sync::{Arc, Mutex, PoisonError};

use alcove_store::{Change, Store};
use serde::{Deserialize, Serialize};

use crate::error::{Error, commit};
use crate::model::Endpoint;
use crate::model::address::Address;
use crate::secret::keys::Keys;

/// The built-in offline preset and its provider.
pub(crate) const DEMO: &str = "demo";
/// The setting the catalog is kept under.
const SETTING: &str = "models.catalog";
/// What a person calls the demo.
const DEMO_LABEL: &str = "Demo (offline, scripted)";
/// Tokens the demo pretends to hold.
const DEMO_CONTEXT: u64 = 32_768;

/// A named model with its provider and settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Preset {
    /// Names it.
    pub(crate) name: String,
    /// Its provider.
    pub(crate) provider: String,
    /// Model id at its provider.
    pub(crate) model: String,
    /// Longest answer in tokens.
    pub(crate) max_tokens: Option<u32>,
    /// Tokens the model can hold.
    pub(crate) context_window_tokens: Option<u64>,
    /// Sampling temperature.
    pub(crate) temperature: Option<f32>,
    /// As the provider names it.
    pub(crate) reasoning_effort: Option<String>,
}

/// An OpenAI-compatible server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Provider {
    /// Names it.
    pub(crate) name: String,
    /// For people.
    pub(crate) label: String,
    /// Its address.
    pub(crate) api_base: String,
}

/// Everything a person may choose from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Catalog {
    /// In the order they were added.
    pub(crate) presets: Vec<Preset>,
    /// In the order they were added.
    pub(crate) providers: Vec<Provider>,
    /// The preset of chats that chose none; `None` until a person chose.
    pub(crate) active: Option<String>,
}

/// What one turn needs to know of its model.
pub(crate) struct Plan {
    pub(crate) preset: Preset,
    pub(crate) endpoint: Endpoint,
}

impl Catalog {
    /// The built-in preset first, then the person's own.
    pub(crate) fn all_presets(&self) -> impl Iterator<Item = Preset> + '_ {
        std::iter::once(demo_preset()).chain(self.presets.iter().cloned())
    }

    /// The preset of that name.
    pub(crate) fn preset(&self, name: &str) -> Option<Preset> {
        self.all_presets().find(|preset| preset.name == name)
    }

    /// The provider of that name.
    pub(crate) fn provider(&self, name: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.name == name)
    }

    /// The active preset.
    pub(crate) fn active_preset(&self) -> Option<Preset> {
        self.preset(self.active.as_deref()?)
    }
}

impl Preset {
    /// `provider/model`
    pub(crate) fn model_name(&self) -> String {
        format!("{}/{}", self.provider, self.model)
    }

    /// For people.
    pub(crate) fn label(&self) -> &str {
        if self.name == DEMO { DEMO_LABEL } else { &self.name }
    }
}

fn demo_preset() -> Preset {
    Preset {
        name: DEMO.to_owned(),
        provider: DEMO.to_owned(),
        model: "offline-demo".to_owned(),
        max_tokens: None,
        context_window_tokens: Some(DEMO_CONTEXT),
        temperature: None,
        reasoning_effort: None,
    }
}

/// The catalog in use and the one place it is changed.
pub(crate) struct Shelf {
    store: Store,
    /// Guards the copy readers take.
    current: Mutex<Arc<Catalog>>,
    /// Held over a whole change, so that two changes cannot lose each other; holds the catalog as a person left it, without what the
    /// command line chose for this run.
    kept: tokio::sync::Mutex<Catalog>,
}

impl Shelf {
    pub(crate) fn load(store: &Store, forced: Option<String>) -> Result<Self, Error> {
        let stored = store.read(|reader| reader.setting(SETTING))?;
        let kept: Catalog = match stored {
            Some(text) => serde_json::from_str(&text).map_err(|source| Error::Unreadable { what: "the list of models", source })?,
            None => Catalog::default(),
        };
        let active = forced.or_else(|| kept.active.clone());
        let current = Mutex::new(Arc::new(Catalog { active, ..kept.clone() }));
        Ok(Self { store: store.clone(), current, kept: tokio::sync::Mutex::new(kept) })
    }

    pub(crate) fn current(&self) -> Arc<Catalog> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes the catalog: on disk first, then for everyone. Choosing a preset ends what the command line chose.
    pub(crate) async fn change<E: From<Error>>(&self, change: impl FnOnce(&mut Catalog) -> Result<(), E>) -> Result<(), E> {
        let mut kept = self.kept.lock().await;
        let before = self.current();
        let mut catalog = Catalog::clone(&before);
        change(&mut catalog)?;
        let active = if catalog.active == before.active { kept.active.clone() } else { catalog.active.clone() };
        let next = Catalog { active, ..catalog.clone() };
        let value = serde_json::to_string(&next).expect("a catalog holds nothing JSON cannot say");
        commit(&self.store, vec![Change::PutSetting { key: SETTING.to_owned(), value }]).await?;
        *kept = next;
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(catalog);
        Ok(())
    }
}

/// The plan for a turn, or words for the person who has to choose first.
pub(crate) async fn plan(catalog: &Catalog, keys: &Keys, chosen: Option<&str>) -> Result<Plan, String> {
    let Some(name) = chosen.or(catalog.active.as_deref()) else {
        return Err("No model is chosen yet. Choose one in Settings › Models, or send /model demo to try the offline demo.".to_owned());
    };
    let Some(preset) = catalog.preset(name) else {
        return Err(format!("The model preset “{name}” no longer exists. Choose another in Settings › Models."));
    };
    if preset.provider == DEMO {
        return Ok(Plan { preset, endpoint: Endpoint::Demo });
    }
    let Some(provider) = catalog.provider(&preset.provider) else {
        return Err(format!("The provider “{}” of this model no longer exists. Add it again in Settings › Models.", preset.provider));
    };
    let endpoint = endpoint(keys, &provider.name, &provider.api_base).await?;
    Ok(Plan { preset, endpoint })
}

/// The way to a provider's server, with its key.
pub(crate) async fn endpoint(keys: &Keys, name: &str, api_base: &str) -> Result<Endpoint, String> {
    let address = Address::parse(api_base).map_err(|error| error.to_string())?;
    let api_key = keys.get(name, &address.origin()).await.map_err(|error| error.to_string())?;
    Ok(Endpoint::OpenAi { api_base: address.text().to_owned(), api_key })
}
