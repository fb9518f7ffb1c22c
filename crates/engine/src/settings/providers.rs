//! Changes to the model servers a person may choose from. What is secret goes where keys go, for the address it was given with.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::field::{Fields, Wish};
use super::{ROWS_MAX, Refused, slug};
use crate::catalog::{Catalog, DEMO, Provider, Server, extra, extra_name};
use crate::engine::Engine;
use crate::model::address::Address;
use crate::model::extra::Extra;
use crate::provider::KNOWN;
use crate::secret::Secret;

const LABEL_CHARS: usize = 80;
/// Characters of a provider's name.
const NAME_CHARS: usize = 56;
/// Stands for a value that is kept and not shown.
const MASK: &str = "••••••••";
/// Fields the contract has that none of our servers take.
const FOREIGN: [&str; 4] = ["thinking_style", "region", "profile", "proxy"];
/// Ends of names whose values are secret, in small letters and digits only.
const SECRET_ENDS: [&str; 13] = [
    "key",
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "cookie",
    "credential",
    "credentials",
    "signature",
    "authorization",
    "auth",
    "bearer",
];

/// Adds a server. The label of a known one that is not set up yet sets that one up.
pub(super) async fn create(engine: &Engine, fields: &Fields) -> Result<(), Refused> {
    let label = fields.required("name", "provider name is required")?;
    if label.chars().count() > LABEL_CHARS {
        return Err(Refused::bad("provider name must be 80 characters or fewer"));
    }
    let address = address(fields.required("api_base", "API base is required")?)?;
    refuse_foreign(fields)?;
    let extra = changed(fields, &Extra::default())?;
    let name = KNOWN.iter().find(|known| same(known.label, label)).map_or_else(|| slug(label, NAME_CHARS), |known| known.name.to_owned());
    let name = if name.is_empty() { "provider".to_owned() } else { name };
    let key = fields.text("api_key").filter(|key| !key.is_empty()).map(Secret::new);
    let provider = Provider {
        name: name.clone(),
        label: label.to_owned(),
        api_base: address.text().to_owned(),
        keyed: key.is_some(),
        extra: extra.as_ref().is_some_and(|extra| !extra.is_empty()),
    };
    let change = engine.shared().shelf.change(move |catalog| {
        let taken = provider.name == DEMO || catalog.provider(&provider.name).is_some();
        if taken || is_labelled(catalog, &provider.label, &provider.name) {
            return Err(Refused::new(409, "provider already exists"));
        }
        if catalog.providers.len() >= ROWS_MAX {
            return Err(Refused::new(409, "too many rows: delete one first"));
        }
        catalog.providers.push(provider);
        Ok(())
    });
    change.await?;
    if let Some(key) = key {
        keep(engine, &name, &address, &key).await?;
    }
    keep_extra(engine, &name, &address, extra).await
}

/// An omitted key stays, an empty one is removed. A key is kept for the address it was given with, so a new address needs it again.
pub(super) async fn update(engine: &Engine, fields: &Fields) -> Result<(), Refused> {
    let name = fields.required("provider", "provider is required")?.to_owned();
    let catalog = engine.shared().shelf.current();
    let server = catalog.server(&name).ok_or_else(|| Refused::bad("unknown provider"))?;
    let base = match fields.text("api_base") {
        None => server.own.map(|own| own.api_base.clone()).unwrap_or_default(),
        Some("") if server.known.is_some() => String::new(),
        Some("") => return Err(Refused::bad("API base is required")),
        Some(base) => address(base)?.text().to_owned(),
    };
    let address = address(if base.is_empty() { server.api_base_of_its_own() } else { &base })?;
    refuse_foreign(fields)?;
    let label = label(fields, &catalog, &server)?;
    let before = extra(&engine.shared().keys, &server, &address).await.unwrap_or_default();
    let extra = changed(fields, &before)?;
    let key = fields.text("api_key").map(Secret::new);
    let keyed = key.as_ref().map(|key| !key.is_empty());
    let added = extra.as_ref().map(|extra| !extra.is_empty());
    let changed_name = name.clone();
    let change = engine.shared().shelf.change(move |catalog| {
        let index = catalog.providers.iter().position(|provider| provider.name == changed_name);
        let index = index.unwrap_or_else(|| {
            let fresh = Provider { name: changed_name, label: String::new(), api_base: String::new(), keyed: false, extra: false };
            catalog.providers.push(fresh);
            catalog.providers.len() - 1
        });
        let own = &mut catalog.providers[index];
        own.api_base = base;
        own.label = label.unwrap_or(std::mem::take(&mut own.label));
        own.keyed = keyed.unwrap_or(own.keyed);
        own.extra = added.unwrap_or(own.extra);
        Ok::<(), Refused>(())
    });
    change.await?;
    match key {
        None => {}
        Some(key) if key.is_empty() => forget(engine, &name).await?,
        Some(key) => keep(engine, &name, &address, &key).await?,
    }
    keep_extra(engine, &name, &address, extra).await
}

/// Removes a server no preset uses; a known one goes back to what it was.
pub(super) async fn delete(engine: &Engine, fields: &Fields) -> Result<(), Refused> {
    let name = fields.required("provider", "provider is required")?.to_owned();
    let gone = name.clone();
    let change = engine.shared().shelf.change(move |catalog| {
        if catalog.provider(&gone).is_none() {
            return Err(Refused::bad("unknown provider"));
        }
        if catalog.presets.iter().any(|preset| preset.provider == gone) {
            return Err(Refused::new(409, "remove the model presets of this provider first"));
        }
        catalog.providers.retain(|provider| provider.name != gone);
        Ok(())
    });
    change.await?;
    forget(engine, &name).await?;
    forget(engine, &extra_name(&name)).await
}

/// What is added to requests, with secret values masked.
pub(super) async fn shown_extra(engine: &Engine, server: &Server<'_>) -> [Option<BTreeMap<String, Value>>; 3] {
    let found = match Address::parse(server.api_base) {
        Ok(address) => extra(&engine.shared().keys, server, &address).await.unwrap_or_default(),
        Err(_) => Extra::default(),
    };
    [found.headers, found.body, found.query]
        .map(|fields| (!fields.is_empty()).then(|| fields.iter().map(|(name, value)| (name.clone(), masked(name, value))).collect()))
}

impl Server<'_> {
    /// Its address when a person sets none.
    fn api_base_of_its_own(&self) -> &str {
        self.known.map_or(self.api_base, |known| known.api_base)
    }
}

fn label(fields: &Fields, catalog: &Catalog, server: &Server<'_>) -> Result<Option<String>, Refused> {
    let Some(label) = fields.text("display_name").filter(|label| !label.is_empty()) else { return Ok(None) };
    if label.chars().count() > LABEL_CHARS {
        return Err(Refused::bad("provider name must be 80 characters or fewer"));
    }
    if is_labelled(catalog, label, server.name) {
        return Err(Refused::new(409, "provider already exists"));
    }
    Ok(Some(label.to_owned()))
}

/// Whether another provider has this label, in whatever case.
fn is_labelled(catalog: &Catalog, label: &str, except: &str) -> bool {
    let known = KNOWN.iter().any(|known| known.name != except && same(known.label, label));
    known || catalog.providers.iter().any(|own| own.name != except && same(&own.label, label))
}

fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn refuse_foreign(fields: &Fields) -> Result<(), Refused> {
    match fields.text("api_type").unwrap_or_default() {
        "" | "auto" | "chat_completions" => {}
        "responses" => return Err(Refused::bad("api_type is not supported for this provider")),
        _ => return Err(Refused::bad("api_type must be auto, chat_completions, or responses")),
    }
    for key in ["extra_headers", "extra_body", "extra_query"] {
        fields.object(key)?;
    }
    match FOREIGN.iter().find(|key| fields.text(key).is_some_and(|text| !text.is_empty())) {
        Some(key) => Err(Refused::bad(format!("{key} is not supported for this provider"))),
        None => Ok(()),
    }
}

/// What is added from now on; `None` when nothing is said about it. A masked value stays what it was.
fn changed(fields: &Fields, before: &Extra) -> Result<Option<Extra>, Refused> {
    let mut said = false;
    let mut read = |key: &str, old: &Map<String, Value>| {
        Ok::<_, Refused>(match fields.object(key)? {
            Wish::Keep => old.clone(),
            Wish::Clear => {
                said = true;
                Map::new()
            }
            Wish::Set(new) => {
                said = true;
                new.into_iter().map(|(name, value)| (name.clone(), unmasked(&name, value, old.get(&name)))).collect()
            }
        })
    };
    let extra = Extra {
        headers: read("extra_headers", &before.headers)?,
        body: read("extra_body", &before.body)?,
        query: read("extra_query", &before.query)?,
    };
    match extra.unsendable() {
        Some(name) => Err(Refused::bad(format!("“{name}” cannot be sent: it needs a plain name and a text, number or bool"))),
        None => Ok(said.then_some(extra)),
    }
}

fn is_secret(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    SECRET_ENDS.iter().any(|end| plain.ends_with(end))
}

fn masked(name: &str, value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(fields.iter().map(|(name, value)| (name.clone(), masked(name, value))).collect()),
        Value::Array(items) => Value::Array(items.iter().map(|item| masked(name, item)).collect()),
        Value::Null => Value::Null,
        Value::Bool(_) | Value::Number(_) | Value::String(_) if is_secret(name) => Value::String(MASK.to_owned()),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn unmasked(name: &str, value: Value, old: Option<&Value>) -> Value {
    match value {
        Value::String(text) if text == MASK && is_secret(name) => old.cloned().unwrap_or(Value::String(text)),
        Value::Object(fields) => {
            let inner = |(name, value): (String, Value)| (name.clone(), unmasked(&name, value, old.and_then(|old| old.get(&name))));
            Value::Object(fields.into_iter().map(inner).collect())
        }
        Value::Array(items) => {
            let items = items.into_iter().enumerate();
            Value::Array(items.map(|(index, item)| unmasked(name, item, old.and_then(|old| old.get(index)))).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

async fn keep_extra(engine: &Engine, name: &str, address: &Address, extra: Option<Extra>) -> Result<(), Refused> {
    match extra {
        None => Ok(()),
        Some(extra) if extra.is_empty() => forget(engine, &extra_name(name)).await,
        Some(extra) => {
            let text = serde_json::to_string(&extra).expect("what was read from JSON can be said in JSON");
            keep(engine, &extra_name(name), address, &Secret::new(&text)).await
        }
    }
}

async fn keep(engine: &Engine, name: &str, address: &Address, key: &Secret) -> Result<(), Refused> {
    let kept = engine.shared().keys.set(name, &address.origin(), key).await;
    kept.map_err(|error| Refused::new(500, error.to_string()))
}

async fn forget(engine: &Engine, name: &str) -> Result<(), Refused> {
    engine.shared().keys.remove(name).await.map_err(|error| Refused::new(500, error.to_string()))
}

fn address(text: &str) -> Result<Address, Refused> {
    Address::parse(text).map_err(|error| Refused::bad(error.to_string()))
}
