//! Requests outside the chats: the settings a person reads and changes, and questions about model servers (envelope §1.6, §2.7).
//! The same request id again has no second effect and gets the same answer.

pub(crate) mod acting;
mod agent;
mod capabilities;
mod field;
mod files;
mod later;
mod models;
pub(crate) mod preferences;
mod providers;
mod read;
mod restart;
mod rows;
pub(crate) mod search;
mod servers;
pub(crate) mod sidebar;
mod streams;
#[cfg(test)]
mod tests;
pub(crate) mod usage;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use alcove_proto::envelope::{Event, RuntimeModelUpdated, WebuiError, WebuiRequest, table};
use alcove_proto::http::Surface;
use alcove_proto::settings::ProviderModels;
use alcove_store::{AnswerRow, Change};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use self::field::Fields;
pub use self::later::is_skill_name;
pub(crate) use self::restart::Desk;
pub use self::restart::Surroundings;
use crate::checkpoint::Way;
use crate::clock::{hex, now_ms};
use crate::engine::Engine;
use crate::error::{Error, commit, read};
use crate::scope::Controls;

/// How long an answer is kept for a repeated request.
pub(crate) const ANSWERS_KEPT_MS: i64 = 300_000;
/// How many answers are kept at most; the oldest go first.
const ANSWERS_KEPT: u32 = 256;
/// Presets and providers each; more is a runaway client.
const ROWS_MAX: usize = 200;
/// Owner of the idempotency keys.
const OWNER: &str = "webui_request";

/// Why a request was refused: a status as in HTTP, and words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// As in HTTP.
    pub status: u16,
    /// For people.
    pub message: String,
}

/// Looks, and is asked with every letter a person types: its answers are not kept. Each would cost a sync of the disk, push out one that
/// matters, and leave names with Alcove that a temporary chat must not.
const FIND: &str = "files.find";

/// Requests under way, so that a repetition waits for the first instead of running beside it.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    /// Guards which ids are under way; each id's own lock is held while it runs.
    under_way: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Refused {
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        crate::report::problem("a request failed", &error);
        Self::new(500, "WebUI mutation failed")
    }
}

impl From<Refused> for WebuiError {
    fn from(refused: Refused) -> Self {
        Self { status: refused.status, message: refused.message }
    }
}

impl Engine {
    /// Carries out a request, once, for a client with these controls.
    pub async fn request(&self, request: &WebuiRequest, surface: Surface, controls: Controls) -> Result<Value, Refused> {
        let known = table::ACTIONS.iter().map(|row| row.name).chain(table::LATER.iter().copied());
        if !known.into_iter().any(|name| name == request.action) {
            return Err(Refused::new(404, "unknown WebUI mutation action"));
        }
        let turn = self.requests().enter(&request.request_id);
        let held = turn.lock().await;
        let answer = self.once(request, surface, controls).await;
        drop(held);
        self.requests().leave(&request.request_id, &turn);
        answer
    }

    async fn once(&self, request: &WebuiRequest, surface: Surface, controls: Controls) -> Result<Value, Refused> {
        let digest = digest(request);
        let key = request.request_id.clone();
        let store = &self.shared().store;
        let known = read(store, move |reader| reader.answer(OWNER, &key)).await?;
        if let Some(known) = known.filter(|known| known.at > now_ms() - ANSWERS_KEPT_MS) {
            if known.digest != digest {
                return Err(Refused::new(409, "request_id was already used for a different WebUI mutation"));
            }
            return replay(&known.answer);
        }
        if request.action == FIND {
            return files::find(self, &request.payload, controls).await;
        }
        let before = self.active_model();
        let answer = self.act(&request.action, &request.payload, surface).await;
        let model = self.active_model();
        if model != before {
            self.shared().announcer.tell_all(&Event::RuntimeModelUpdated(model));
        }
        let now = now_ms();
        let row = AnswerRow { scope: OWNER.to_owned(), key: request.request_id.clone(), digest, answer: kept(&answer), at: now };
        let purge = Change::PurgeAnswers { before: now - ANSWERS_KEPT_MS };
        let limit = Change::LimitAnswers { scope: OWNER.to_owned(), newest: ANSWERS_KEPT };
        commit(store, vec![purge, Change::PutAnswer(row), limit]).await?;
        answer
    }

    /// The model of chats that chose none.
    fn active_model(&self) -> RuntimeModelUpdated {
        let preset = self.shared().shelf.current().active_preset();
        RuntimeModelUpdated {
            model_name: preset.as_ref().map(|preset| preset.model_name()).unwrap_or_default(),
            model_preset: preset.map(|preset| preset.name),
        }
    }

    async fn act(&self, action: &str, payload: &Map<String, Value>, surface: Surface) -> Result<Value, Refused> {
        let fields = Fields::of(payload);
        match action {
            "settings.agent.update" => agent::update(self, &fields).await?.remember(self),
            "settings.model_configuration.create" => models::create(self, &fields).await?,
            "settings.model_configuration.update" => models::update(self, &fields).await?,
            "settings.model_configuration.delete" => models::delete(self, &fields).await?,
            "settings.model_configuration.migrate" => models::migrate(self).await?,
            "settings.model_call_order.update" => models::order(self, &fields).await?,
            "settings.provider.create" => providers::create(self, &fields).await?,
            "settings.provider.update" => providers::update(self, &fields).await?,
            "settings.provider.delete" => providers::delete(self, &fields).await?,
            "settings.web_search.update" => capabilities::search(self, &fields).await?.remember(self),
            "settings.image_generation.update" => capabilities::image(self, &fields).await?.remember(self),
            "settings.transcription.update" => capabilities::transcription(self, &fields).await?,
            "settings.network_safety.update" => capabilities::network(self, &fields).await?,
            "sidebar.update" => return self.set_sidebar(payload.get("state").unwrap_or(&Value::Null)).await,
            "session.delete" => return crate::session::delete(self, payload).await,
            "session.rename" => return crate::session::rename(self, payload).await,
            "session.import" => return crate::import::import(self, payload).await,
            "proposal.list" => return acting::proposals(self, payload).await,
            "proposal.answer" => return acting::answer(self, payload).await,
            "approvals.get" => return Ok(acting::approvals(self).await),
            "approvals.update" => return acting::update(self, payload).await,
            "rule.add" => return acting::add_rule(self, payload).await,
            "rule.remove" => return acting::remove_rule(self, payload).await,
            "chat.acting" => return acting::chat_acting(self, payload).await,
            "chat.acting.update" => return acting::update_chat(self, payload).await,
            "changes.list" => return acting::changes(self, payload).await,
            "changes.revert" => return acting::turn_back(self, payload, Way::Revert).await,
            "changes.redo" => return acting::turn_back(self, payload, Way::Redo).await,
            "command.stop" => return acting::stop(self, payload).await,
            "command.background" => return acting::background(self, payload),
            "command.output" => return acting::output(self, payload).await,
            "stream.append" => return streams::append(self, payload).await,
            "stream.completed" => return streams::completed(self, payload).await,
            "stream.aborted" => return streams::ended(self, payload, "aborted").await,
            "stream.cancel" => return streams::ended(self, payload, "cancelled").await,
            "models.discover" => return servers::discover(self).await,
            "models.test" => return servers::test(self, &fields).await,
            "settings.api_service.start" if !matches!(payload.get("api_key"), None | Some(Value::Null | Value::String(_))) => {
                return Err(Refused::bad("API service API key must be a string"));
            }
            later => {
                let unknown = || Refused::new(404, "unknown WebUI mutation action");
                return Err(later::refusal(later, &fields).unwrap_or_else(unknown));
            }
        }
        let settings = self.settings(surface).await;
        Ok(serde_json::to_value(settings).expect("settings hold nothing JSON cannot say"))
    }

    /// The models a provider offers.
    pub async fn provider_models(&self, provider: Option<&str>) -> Result<ProviderModels, Refused> {
        servers::list(self, provider).await
    }
}

impl Requests {
    fn enter(&self, id: &str) -> Arc<tokio::sync::Mutex<()>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).entry(id.to_owned()).or_default().clone()
    }

    fn leave(&self, id: &str, turn: &Arc<tokio::sync::Mutex<()>>) {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        // The map and this caller hold it; anybody else still waits for it.
        if Arc::strong_count(turn) == 2 {
            under_way.remove(id);
        }
    }
}

/// A name of small letters, digits and dashes; may be empty.
fn slug(text: &str, chars: usize) -> String {
    let plain: String = text.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' }).collect();
    let mut slug = plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    slug.truncate(chars);
    slug.trim_end_matches('-').to_owned()
}

fn digest(request: &WebuiRequest) -> String {
    let mut sha = Sha256::new();
    sha.update(request.action.as_bytes());
    sha.update([0]);
    sha.update(Value::Object(request.payload.clone()).to_string().as_bytes());
    hex(&sha.finalize())
}

fn kept(answer: &Result<Value, Refused>) -> String {
    match answer {
        Ok(value) => serde_json::json!({ "ok": value }).to_string(),
        Err(refused) => serde_json::json!({ "status": refused.status, "message": refused.message }).to_string(),
    }
}

fn replay(kept: &str) -> Result<Value, Refused> {
    let mut kept: Value = serde_json::from_str(kept).map_err(|source| Error::Unreadable { what: "a kept answer", source })?;
    match kept.get_mut("ok") {
        Some(value) => Ok(value.take()),
        None => {
            let status = kept["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(500);
            Err(Refused::new(status, kept["message"].as_str().unwrap_or("WebUI mutation failed")))
        }
    }
}
