//! What each provider answers, as results. A result without an http or https address is none.

use reqwest::Url;
use serde_json::Value;

use super::{Hit, Provider};

/// The longest title, in bytes, and the longest snippet.
const TITLE: usize = 300;
const SNIPPET: usize = 1000;

/// The results in an answer; `None` when it is no answer of that provider.
pub(super) fn read(provider: Provider, answer: &Value) -> Option<Vec<Hit>> {
    let (list, address, snippets): (&str, &str, &[&str]) = match provider {
        Provider::Brave => {
            // Without a result it leaves the list out.
            if answer.get("web").is_none_or(Value::is_null) {
                return answer.get("query").map(|_| Vec::new());
            }
            ("/web/results", "url", &["/description"])
        }
        Provider::Tavily | Provider::SearXng => ("/results", "url", &["/content"]),
        Provider::Exa => ("/results", "url", &["/highlights/0", "/summary", "/text"]),
        Provider::Jina => ("/data", "url", &["/description", "/content"]),
        Provider::Kagi => ("/data", "url", &["/snippet"]),
        Provider::Serper => ("/organic", "link", &["/snippet"]),
        Provider::DuckDuckGo => return None,
    };
    let results = answer.pointer(list)?.as_array()?;
    Some(results.iter().filter_map(|result| hit(result, address, snippets)).collect())
}

fn hit(result: &Value, address: &str, snippets: &[&str]) -> Option<Hit> {
    let snippet = snippets.iter().find_map(|path| result.pointer(path)?.as_str().filter(|text| !text.is_empty()));
    make(result.get("title").and_then(Value::as_str).unwrap_or_default(), result.get(address)?.as_str()?, snippet.unwrap_or_default())
}

/// A result with its texts on one line each, without marks.
pub(super) fn make(title: &str, url: &str, snippet: &str) -> Option<Hit> {
    let url = Url::parse(url.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let title = line(title, TITLE);
    let title = if title.is_empty() { url.host_str().unwrap_or_default().to_owned() } else { title };
    Some(Hit { title, url: url.to_string(), snippet: line(snippet, SNIPPET) })
}

/// A text on one line: providers mark found words by tags, and name some letters.
fn line(text: &str, limit: usize) -> String {
    let plain = super::super::html::inline(text);
    let end = plain.floor_char_boundary(limit);
    if end < plain.len() { format!("{}…", plain[..end].trim_end()) } else { plain }
}
