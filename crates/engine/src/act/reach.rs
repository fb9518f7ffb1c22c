//! Asking the web, as the person set it up.

use std::time::Duration;

use alcove_agent::tool::{Ask, Call};
use alcove_agent::turn::Settled;

use super::settle::{done, failed};
use super::{Done, Hands};
use crate::model::address::Address;
use crate::settings::search;
use crate::web::{Limits, Provider, Reach, Searching, WebError};

/// Links of a page the model is told.
const LINKS: usize = 40;

impl Hands {
    pub(super) async fn reach(&self, call: &Call, ask: Ask) -> Done {
        let settled = match ask {
            Ask::Fetch { url } => self.fetch(call, &url).await,
            Ask::WebSearch { query, count } => self.search(call, &query, count).await,
            Ask::Read(_)
            | Ask::List { .. }
            | Ask::Find(_)
            | Ask::Search(_)
            | Ask::Edit { .. }
            | Ask::Patch(_)
            | Ask::Remove { .. }
            | Ask::Move { .. }
            | Ask::Copy { .. }
            | Ask::Show { .. }
            | Ask::Run(_)
            | Ask::Halt { .. }
            | Ask::Question { .. }
            | Ask::Say { .. } => Ok(failed(call, 422, "This is no address.")),
        };
        Done::of(settled.unwrap_or_else(|error| match error.status {
            // Where else to look is an answer, and no failure.
            300..400 => Settled { status: error.status, ..done(call, error.words) },
            status => failed(call, status, error.words),
        }))
    }

    async fn fetch(&self, call: &Call, url: &str) -> Result<Settled, WebError> {
        let reach = if self.preferences.current().allow_local_services { Reach::Near } else { Reach::Public };
        let page = self.web.fetch(url.trim(), &Limits::usual(reach)).await?;
        let mut text = format!("{}\n{}\n\n{}", page.url, page.title, page.text);
        if page.truncated {
            text.push_str("\n\n… the rest of the page was left out …");
        }
        if !page.links.is_empty() {
            text.push_str("\n\nLinks:\n");
            text.push_str(&page.links.iter().take(LINKS).cloned().collect::<Vec<_>>().join("\n"));
        }
        Ok(done(call, text))
    }

    async fn search(&self, call: &Call, query: &str, count: Option<u32>) -> Result<Settled, WebError> {
        let chosen = self.preferences.current().search.clone();
        let Some(provider) = Provider::of_name(&chosen.provider) else {
            return Ok(failed(call, 501, "No search provider is set up. Choose one in Settings › Web."));
        };
        let engine = search::engine(&chosen.provider).filter(|engine| engine.credential == search::Credential::Key);
        let key = match engine.and_then(|engine| Address::parse(engine.origin).ok()) {
            Some(address) => self.keys.get(&search::key_name(&chosen.provider), &address.origin()).await.ok().flatten(),
            None => None,
        };
        let with = Searching {
            provider,
            base_url: chosen.base_url,
            key,
            max_results: count.unwrap_or(chosen.max_results).min(chosen.max_results.max(1)),
            timeout: Duration::from_secs(u64::from(chosen.timeout.max(1))),
        };
        let hits = self.web.search(query, &with).await?;
        if hits.is_empty() {
            return Ok(done(call, "Nothing was found."));
        }
        let lines: Vec<String> = hits.iter().map(|hit| format!("{}\n{}\n{}", hit.title, hit.url, hit.snippet)).collect();
        Ok(done(call, lines.join("\n\n")))
    }
}
