//! DuckDuckGo's page for browsers without scripts: the one it offers to those without a key. Its results are links of the class
//! `result__a`, each followed by a `result__snippet`.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use reqwest::Url;

use super::Hit;
use super::answer;
use crate::web::error::WebError;

/// What is being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Elsewhere,
    Title,
    Snippet,
}

#[derive(Default)]
struct Found {
    title: String,
    url: String,
    snippet: String,
}

/// The results on a page; an error when it asks for a proof of being a person instead.
pub(super) fn read(page: &str) -> Result<Vec<Hit>, WebError> {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut found: Vec<Found> = Vec::new();
    let (mut place, mut element) = (Place::Elsewhere, Vec::new());
    for Ok(token) in Tokenizer::new_with_emitter(page, emitter) {
        match token {
            Token::StartTag(tag) if place == Place::Elsewhere => {
                place = place_of(&tag);
                element.clone_from(&tag.name);
                if place == Place::Title {
                    found.push(Found { url: target(&tag), ..Found::default() });
                }
            }
            Token::EndTag(tag) if tag.name == element => place = Place::Elsewhere,
            Token::String(text) => {
                let text = String::from_utf8_lossy(&text);
                match (place, found.last_mut()) {
                    (Place::Title, Some(found)) => found.title.push_str(&text),
                    (Place::Snippet, Some(found)) => found.snippet.push_str(&text),
                    (Place::Elsewhere, _) | (_, None) => {}
                }
            }
            Token::StartTag(_) | Token::EndTag(_) | Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    if found.is_empty() && (page.contains("anomaly-modal") || page.contains("anomaly.js")) {
        return Err(challenged());
    }
    Ok(found.iter().filter_map(|found| answer::make(&escaped(&found.title), &found.url, &escaped(&found.snippet))).collect())
}

/// What is told when it takes the search for a machine's.
pub(super) fn challenged() -> WebError {
    let words = "DuckDuckGo wants a proof that a person is searching; choose a provider with a key in Settings, Web search";
    WebError::new("rate_limited", 429, words)
}

fn place_of(tag: &StartTag<()>) -> Place {
    let class = tag.attributes.get(b"class".as_slice()).map(|class| String::from_utf8_lossy(class).into_owned()).unwrap_or_default();
    // Advertisements are told apart by where they lead.
    match class.split_whitespace().find(|class| matches!(*class, "result__a" | "result__snippet")) {
        Some("result__a") if !target(tag).is_empty() => Place::Title,
        Some("result__snippet") => Place::Snippet,
        _ => Place::Elsewhere,
    }
}

/// Where a result leads: its own address, or the one its counting link names; empty for an advertisement.
fn target(tag: &StartTag<()>) -> String {
    let href = tag.attributes.get(b"href".as_slice()).map(|href| String::from_utf8_lossy(href).into_owned()).unwrap_or_default();
    let Ok(url) = Url::parse("https://duckduckgo.com/").and_then(|base| base.join(&href)) else { return String::new() };
    let is_own = url.host_str().is_some_and(|host| host == "duckduckgo.com" || host.ends_with(".duckduckgo.com"));
    match (is_own, url.path()) {
        (false, _) => url.to_string(),
        (true, "/l/") => url.query_pairs().find(|(name, _)| name == "uddg").map(|(_, target)| target.into_owned()).unwrap_or_default(),
        (true, _) => String::new(),
    }
}

/// A text that is not HTML any more, as HTML says it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
