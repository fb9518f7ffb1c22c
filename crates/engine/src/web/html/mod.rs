//! A web page as text: what a reader would call its content, in Markdown's simplest marks. HTML is read in one pass over its tokens,
//! with a bounded memory of open elements, so that no page takes longer than its length. Runs no script and loads nothing.

mod choose;
mod element;
mod outline;
mod render;

use reqwest::Url;

use super::Page;

/// The readable text of a page, at most `limit` bytes of it.
pub(super) fn page(html: &str, url: &Url, limit: usize) -> Page {
    let outline = outline::read(html);
    let base = outline.base.as_deref().and_then(|base| url.join(base).ok()).unwrap_or_else(|| url.clone());
    let chosen = choose::content(&outline.pieces);
    let mut rendered = render::text(chosen, &base, limit);
    let truncated = shorten(&mut rendered.text, limit) || rendered.stopped;
    Page { url: url.to_string(), title: outline.title, text: rendered.text, links: rendered.links, truncated }
}

/// Cuts a text to at most `limit` bytes, at a line's end where one is near. True when something was cut.
pub(super) fn shorten(text: &mut String, limit: usize) -> bool {
    if text.len() <= limit {
        return false;
    }
    let end = text.floor_char_boundary(limit);
    let line = text[..end].rfind('\n').filter(|line| line * 10 > end * 9);
    text.truncate(line.unwrap_or(end));
    text.truncate(text.trim_end().len());
    true
}

/// A piece of HTML as one line without marks.
pub(super) fn inline(html: &str) -> String {
    let mut line = String::new();
    for Ok(token) in html5gum::Tokenizer::new(html) {
        if let html5gum::Token::String(text) = token {
            line.push_str(&String::from_utf8_lossy(&text));
        }
    }
    let line: String = line.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
