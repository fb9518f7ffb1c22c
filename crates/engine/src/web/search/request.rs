//! How each provider is asked.

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Client, RequestBuilder, Url};
use serde_json::json;

use super::{Provider, Searching};
use crate::secret::Secret;
use crate::web::error::WebError;

/// Makes the request for `count` results at a provider's home.
pub(super) fn make(client: &Client, home: &str, query: &str, with: &Searching, count: u32) -> Result<RequestBuilder, WebError> {
    let number = count.to_string();
    let request = match with.provider {
        Provider::DuckDuckGo => {
            let body = Url::parse_with_params("https://form/", [("q", query)]).map_err(|error| WebError::bad_url(&error.to_string()))?;
            let form = HeaderValue::from_static("application/x-www-form-urlencoded");
            client.post(at(home, "/html/", &[])?).header(CONTENT_TYPE, form).body(body.query().unwrap_or_default().to_owned())
        }
        Provider::Brave => client.get(at(home, "/res/v1/web/search", &[("q", query), ("count", &number)])?),
        Provider::Tavily => client.post(at(home, "/search", &[])?).json(&json!({"query": query, "max_results": count})),
        Provider::Exa => {
            let body = json!({"query": query, "numResults": count, "contents": {"highlights": true}});
            client.post(at(home, "/search", &[])?).json(&body)
        }
        // Without the pages themselves, which are fetched only when they are asked for.
        Provider::Jina => client.get(at(home, "/", &[("q", query), ("num", &number)])?).header("X-Respond-With", "no-content"),
        Provider::Kagi => client.get(at(home, "/api/v0/search", &[("q", query), ("limit", &number)])?),
        Provider::Serper => client.post(at(home, "/search", &[])?).json(&json!({"q": query, "num": count})),
        Provider::SearXng => client.get(at(home, "/search", &[("q", query), ("format", "json")])?),
    };
    let accepted = if with.provider == Provider::DuckDuckGo { "text/html" } else { "application/json" };
    let request = request.header(ACCEPT, accepted);
    Ok(match &with.key {
        Some(key) if with.provider.wants_key() => {
            let (name, value) = credential(with.provider, key)?;
            request.header(name, value)
        }
        _ => request,
    })
}

fn credential(provider: Provider, key: &Secret) -> Result<(HeaderName, HeaderValue), WebError> {
    let (name, prefix) = match provider {
        Provider::Brave => (HeaderName::from_static("x-subscription-token"), ""),
        Provider::Exa | Provider::Serper => (HeaderName::from_static("x-api-key"), ""),
        Provider::Kagi => (AUTHORIZATION, "Bot "),
        Provider::DuckDuckGo | Provider::Tavily | Provider::Jina | Provider::SearXng => (AUTHORIZATION, "Bearer "),
    };
    let value = HeaderValue::from_str(&format!("{prefix}{}", key.expose()));
    let mut value = value.map_err(|_| WebError::new("not_configured", 501, "the key of the web search holds characters no key has"))?;
    value.set_sensitive(true);
    Ok((name, value))
}

/// The address of a path at a provider's home, which may have a path of its own.
fn at(home: &str, path: &str, parameters: &[(&str, &str)]) -> Result<Url, WebError> {
    let text = format!("{}{path}", home.trim_end_matches('/'));
    let wrong = |why: String| WebError::new("not_configured", 501, format!("the address of the web search is none: {why}"));
    let mut url = Url::parse(&text).map_err(|error| wrong(error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("it must be http or https".to_owned()));
    }
    if !parameters.is_empty() {
        url.query_pairs_mut().extend_pairs(parameters);
    }
    Ok(url)
}
