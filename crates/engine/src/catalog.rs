//! Which models a person may choose from: presets and the providers behind them. Keys are not in here; they live with [`crate::secret`].

use std::sync::{Arc, Mutex, PoisonError};

use alcove_agent::verdict::Dialect;
use alcove_store::{Change, Store};
use serde::{Deserialize, Serialize};

use crate::error::{Error, commit};
use crate::model::Endpoint;
use crate::model::address::Address;
use crate::model::extra::Extra;
use crate::provider::{Known, known};
use crate::secret::keys::{self, Keys};

/// The built-in offline preset and its provider.
pub(crate) const DEMO: &str = "demo";
/// The preset made of a model that was set without one.
pub(crate) const DEFAULT: &str = "default";
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
    /// How it says what it wants done; what is not set is found out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) dialect: Option<Dialect>,
}

/// A model set without a preset, as early clients do it. Empty fields say that there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Inline {
    /// Its provider.
    pub(crate) provider: String,
    /// Model id at its provider.
    pub(crate) model: String,
    /// Tokens the model can hold.
    pub(crate) context_window_tokens: Option<u64>,
}

/// What a person set about an OpenAI-compatible server: one of the known ones, or one of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Provider {
    /// Names it.
    pub(crate) name: String,
    /// For people.
    pub(crate) label: String,
    /// Its address; empty for a known one that stays where it is.
    pub(crate) api_base: String,
    /// Whether anything secret may be kept for it, so that nothing is looked up in vain.
    #[serde(default = "yes")]
    pub(crate) keyed: bool,
    /// Whether something is added to its requests, which is kept with the keys.
    #[serde(default)]
    pub(crate) extra: bool,
}

fn yes() -> bool {
    true
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
    /// Presets asked when the active one fails, in this order.
    #[serde(default)]
    pub(crate) fallbacks: Vec<String>,
    /// The model of chats that chose none while no preset is active.
    #[serde(default)]
    pub(crate) inline: Inline,
}

/// A provider that can be asked: known by name, or a person's own.
#[derive(Clone, Debug)]
pub(crate) struct Server<'a> {
    pub(crate) name: &'a str,
    pub(crate) label: &'a str,
    pub(crate) api_base: &'a str,
    /// When it is a known one.
    pub(crate) known: Option<&'static Known>,
    /// What a person set about it.
    pub(crate) own: Option<&'a Provider>,
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

    /// The preset of that name; `default` is the model set without one.
    pub(crate) fn preset(&self, name: &str) -> Option<Preset> {
        if name == DEFAULT { self.inline_preset() } else { self.all_presets().find(|preset| preset.name == name) }
    }

    /// What a person set about the provider of that name.
    pub(crate) fn provider(&self, name: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.name == name)
    }

    /// The provider of that name, wherever it comes from; the demo is none.
    pub(crate) fn server<'a>(&'a self, name: &'a str) -> Option<Server<'a>> {
        let (own, known) = (self.provider(name), known(name));
        let own_base = own.map(|own| own.api_base.as_str()).filter(|base| !base.is_empty());
        Some(Server {
            name,
            label: own.map(|own| own.label.as_str()).filter(|label| !label.is_empty()).or(known.map(|known| known.label))?,
            api_base: own_base.or(known.map(|known| known.api_base))?,
            known,
            own,
        })
    }

    /// The active preset, or the model set without one.
    pub(crate) fn active_preset(&self) -> Option<Preset> {
        match &self.active {
            Some(name) => self.preset(name),
            None => self.inline_preset(),
        }
    }

    /// The model set without a preset.
    pub(crate) fn inline_preset(&self) -> Option<Preset> {
        let Inline { provider, model, context_window_tokens } = self.inline.clone();
        let set = !provider.is_empty() && !model.is_empty();
        set.then(|| Preset { context_window_tokens, ..Preset::new(DEFAULT.to_owned(), provider, model) })
    }

    /// Presets in the order they are asked; empty when none is active.
    pub(crate) fn call_order(&self) -> Vec<String> {
        let Some(active) = &self.active else { return Vec::new() };
        let rest = self.fallbacks.iter().filter(|name| *name != active && self.preset(name).is_some());
        std::iter::once(active).chain(rest).cloned().collect()
    }
}

impl Preset {
    /// A preset that leaves everything else to the server.
    pub(crate) fn new(name: String, provider: String, model: String) -> Self {
        Self {
            name,
            provider,
            model,
            max_tokens: None,
            context_window_tokens: None,
            temperature: None,
            reasoning_effort: None,
            dialect: None,
        }
    }

    /// `provider/model`
    pub(crate) fn model_name(&self) -> String {
        format!("{}/{}", self.provider, self.model)
    }

    /// For people.
    pub(crate) fn label(&self) -> &str {
        match self.name.as_str() {
            DEMO => DEMO_LABEL,
            DEFAULT => "Default",
            name => name,
        }
    }
}

fn demo_preset() -> Preset {
    let preset = Preset::new(DEMO.to_owned(), DEMO.to_owned(), "offline-demo".to_owned());
    Preset { context_window_tokens: Some(DEMO_CONTEXT), ..preset }
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
    let preset = match chosen.or(catalog.active.as_deref()) {
        Some(name) => catalog
            .preset(name)
            .ok_or_else(|| format!("The model preset “{name}” no longer exists. Choose another in Settings › Models."))?,
        None => catalog.inline_preset().ok_or_else(|| {
            "No model is chosen yet. Choose one in Settings › Models, or send /model demo to try the offline demo.".to_owned()
        })?,
    };
    if preset.provider == DEMO {
        return Ok(Plan { preset, endpoint: Endpoint::Demo });
    }
    let Some(server) = catalog.server(&preset.provider) else {
        return Err(format!("The provider “{}” of this model no longer exists. Add it again in Settings › Models.", preset.provider));
    };
    let endpoint = endpoint(keys, &server).await?;
    Ok(Plan { preset, endpoint })
}

/// The way to a provider's server, with its key.
pub(crate) async fn endpoint(keys: &Keys, server: &Server<'_>) -> Result<Endpoint, String> {
    let address = Address::parse(server.api_base).map_err(|error| error.to_string())?;
    let api_key = match server.own.is_some_and(|own| own.keyed) {
        true => keys.get(server.name, &address.origin()).await.map_err(|error| error.to_string())?,
        false => None,
    };
    let extra = extra(keys, server, &address).await.map_err(|error| error.to_string())?;
    Ok(Endpoint::OpenAi { api_base: address.text().to_owned(), api_key, extra })
}

/// What is added to requests to a provider at this address.
pub(crate) async fn extra(keys: &Keys, server: &Server<'_>, address: &Address) -> Result<Extra, keys::Error> {
    if !server.own.is_some_and(|own| own.extra) {
        return Ok(Extra::default());
    }
    let kept = keys.get(&extra_name(server.name), &address.origin()).await?;
    Ok(kept.and_then(|kept| serde_json::from_str(kept.expose()).ok()).unwrap_or_default())
}

/// The name it is kept under.
pub(crate) fn extra_name(provider: &str) -> String {
    format!("{provider}.extra")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_earlier_version_kept_is_read() {
        let text = r#"{"presets":[{"name":"p","provider":"home","model":"m","max_tokens":null,"context_window_tokens":8192,
            "temperature":0.5,"reasoning_effort":null}],
            "providers":[{"name":"home","label":"Home","api_base":"http://127.0.0.1:9/v1"}],"active":"p"}"#;
        let catalog: Catalog = serde_json::from_str(text).expect("a catalog");
        assert_eq!(catalog.call_order(), ["p"]);
        let home = catalog.server("home").expect("a server");
        assert!(home.own.is_some_and(|own| own.keyed && !own.extra), "it may have a key, and adds nothing");
        assert_eq!((home.label, home.api_base, home.known), ("Home", "http://127.0.0.1:9/v1", None));
        assert_eq!(catalog.active_preset().map(|preset| preset.model_name()).as_deref(), Some("home/m"));
    }

    #[test]
    fn a_known_server_can_be_elsewhere_and_called_otherwise() {
        let own = Provider { name: "openai".to_owned(), label: String::new(), api_base: String::new(), keyed: true, extra: false };
        let mut catalog = Catalog { providers: vec![own], ..Catalog::default() };
        let shown = |catalog: &Catalog| catalog.server("openai").map(|server| (server.label.to_owned(), server.api_base.to_owned()));
        assert_eq!(shown(&catalog), Some(("OpenAI".to_owned(), "https://api.openai.com/v1".to_owned())));
        catalog.providers[0].label = "Work".to_owned();
        catalog.providers[0].api_base = "https://proxy.example/v1".to_owned();
        assert_eq!(shown(&catalog), Some(("Work".to_owned(), "https://proxy.example/v1".to_owned())));
        assert!(catalog.server("demo").is_none() && catalog.server("nobody").is_none());
    }
}
