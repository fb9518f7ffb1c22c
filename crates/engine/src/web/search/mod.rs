//! Searching the web with the provider a person chose in the settings. A key goes only to its provider's own origin, in a header, and
//! no redirect is followed, so that it goes nowhere else.

mod answer;
mod duckduckgo;
mod request;

use std::time::Duration;

use reqwest::{Client, Response};
use serde_json::Value;

use super::body;
use super::error::{WebError, quoted};
use crate::secret::Secret;

/// Bytes of an answer that are read.
const READ: usize = 2 << 20;
/// The longest query, in characters.
const QUERY: usize = 400;

/// Who can be asked; the names are those of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Provider {
    DuckDuckGo,
    Brave,
    Tavily,
    Exa,
    Jina,
    Kagi,
    Serper,
    SearXng,
}

/// Whom to ask, and how.
#[derive(Clone, Debug)]
pub(crate) struct Searching {
    pub(crate) provider: Provider,
    /// The server of one's own, where the provider is one (SearXNG).
    pub(crate) base_url: Option<String>,
    /// The key, where the provider wants one.
    pub(crate) key: Option<Secret>,
    /// How many results are wanted; 1 to 10.
    pub(crate) max_results: u32,
    /// For the whole search.
    pub(crate) timeout: Duration,
}

/// One result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) title: String,
    pub(crate) url: String,
    /// What the provider shows of the page; may be empty.
    pub(crate) snippet: String,
}

impl Provider {
    /// The provider of that name; `None` for one that is not known.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Some(match name {
            "duckduckgo" => Self::DuckDuckGo,
            "brave" => Self::Brave,
            "tavily" => Self::Tavily,
            "exa" => Self::Exa,
            "jina" => Self::Jina,
            "kagi" => Self::Kagi,
            "serper" => Self::Serper,
            "searxng" => Self::SearXng,
            _ => return None,
        })
    }

    /// For people.
    fn label(self) -> &'static str {
        match self {
            Self::DuckDuckGo => "DuckDuckGo",
            Self::Brave => "Brave Search",
            Self::Tavily => "Tavily",
            Self::Exa => "Exa",
            Self::Jina => "Jina",
            Self::Kagi => "Kagi",
            Self::Serper => "Serper",
            Self::SearXng => "SearXNG",
        }
    }

    /// Where it answers; `None` for a server of one's own.
    pub(super) fn home(self) -> Option<&'static str> {
        Some(match self {
            Self::DuckDuckGo => "https://html.duckduckgo.com",
            Self::Brave => "https://api.search.brave.com",
            Self::Tavily => "https://api.tavily.com",
            Self::Exa => "https://api.exa.ai",
            Self::Jina => "https://s.jina.ai",
            Self::Kagi => "https://kagi.com",
            Self::Serper => "https://google.serper.dev",
            Self::SearXng => return None,
        })
    }

    fn wants_key(self) -> bool {
        !matches!(self, Self::DuckDuckGo | Self::SearXng)
    }
}

/// The client for searches: like that for models, it uses the environment's proxy.
pub(super) fn client() -> reqwest::Result<Client> {
    super::follows_nothing().build()
}

/// Asks a provider. The caller limits the time.
pub(super) async fn ask(client: &Client, query: &str, with: &Searching) -> Result<Vec<Hit>, WebError> {
    let home = with.provider.home().or(with.base_url.as_deref()).filter(|base| !base.trim().is_empty());
    let home = home.ok_or_else(|| unconfigured(with.provider, "the address of its server"))?;
    ask_at(client, home, query, with).await
}

/// Asks a provider where it is said to answer.
pub(super) async fn ask_at(client: &Client, home: &str, query: &str, with: &Searching) -> Result<Vec<Hit>, WebError> {
    let query = query.trim();
    if query.is_empty() || query.chars().count() > QUERY {
        return Err(WebError::new("bad_query", 400, format!("a search needs 1 to {QUERY} characters")));
    }
    if with.provider.wants_key() && with.key.as_ref().is_none_or(Secret::is_empty) {
        return Err(unconfigured(with.provider, "its key"));
    }
    let count = with.max_results.clamp(1, 10);
    let request = request::make(client, home, query, with, count)?;
    let label = with.provider.label();
    let mut response = request.send().await.map_err(|error| super::unanswered(label, &error))?;
    let status = response.status().as_u16();
    let body = body::read(&mut response, READ, label).await?;
    if status != 200 {
        return Err(reported(with, &response, status, &body.bytes));
    }
    let mut hits = match with.provider {
        Provider::DuckDuckGo => duckduckgo::read(&String::from_utf8_lossy(&body.bytes))?,
        Provider::Brave | Provider::Tavily | Provider::Exa | Provider::Jina | Provider::Kagi | Provider::Serper | Provider::SearXng => {
            let value: Value = serde_json::from_slice(&body.bytes).map_err(|_| no_json(with.provider))?;
            answer::read(with.provider, &value).ok_or_else(|| no_json(with.provider))?
        }
    };
    hits.truncate(count as usize);
    Ok(hits)
}

fn unconfigured(provider: Provider, what: &str) -> WebError {
    let words = format!("web search is not set up: {} needs {what} (Settings, Web search)", provider.label());
    WebError::new("not_configured", 501, words)
}

fn no_json(provider: Provider) -> WebError {
    let hint = if provider == Provider::SearXng { "; its settings must allow the format json" } else { "" };
    WebError::new("bad_answer", 502, format!("{} answered with no list of results{hint}", provider.label()))
}

/// What a provider says when it does not answer.
fn reported(with: &Searching, response: &Response, status: u16, body: &[u8]) -> WebError {
    let label = with.provider.label();
    let said: Value = serde_json::from_slice(body).unwrap_or_default();
    let texts = ["/error/message", "/error/detail", "/error", "/detail/error", "/detail", "/message", "/readableMessage", "/error/0/msg"];
    let said = texts.iter().find_map(|path| said.pointer(path)?.as_str()).unwrap_or_default();
    let said = with.key.as_ref().map_or_else(|| said.to_owned(), |key| key.redact(said));
    let said = if said.is_empty() { String::new() } else { format!(": {}", quoted(&said)) };
    match status {
        401 | 403 if with.provider.wants_key() => WebError::new("key_refused", status, format!("{label} refused the key{said}")),
        429 => WebError::new("rate_limited", 429, format!("{label} was asked too often{said}")),
        202 | 403 if with.provider == Provider::DuckDuckGo => duckduckgo::challenged(),
        403 if with.provider == Provider::SearXng => no_json(with.provider),
        301 | 302 | 303 | 307 | 308 => {
            let host = response.url().host_str().unwrap_or(label).to_owned();
            WebError::new("bad_answer", 502, format!("{} sends searches elsewhere, which is not followed", quoted(&host)))
        }
        _ => WebError::new("http_status", status, format!("{label} answered {status}{said}")),
    }
}
