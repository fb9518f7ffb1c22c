//! Two small forms of search and replace: `<old_text>` with `<new_text>`, and a JSON object, also as models write it without being
//! JSON (entries §3.3). They are read; what is neither is left to other forms.

use serde_json::{Map, Value};

use super::conflict::MAX_BLOCKS;
use super::refusal::Refusal;
use super::{Block, Times};

/// The pairs of `<old_text>` and `<new_text>` in `text`; none when it does not begin with one.
pub(super) fn tags(text: &str) -> Result<Vec<Block>, Refusal> {
    let mut rest = text.trim();
    let mut blocks = Vec::new();
    while rest.starts_with("<old_text>") {
        let number = blocks.len() + 1;
        let (old, after) = part(rest, "<old_text>", "</old_text>", number)?;
        let (new, after) = part(after.trim_start(), "<new_text>", "</new_text>", number)?;
        blocks.push(Block::new(Some(unframed(old).to_owned()), unframed(new).to_owned(), Times::Every));
        if blocks.len() > MAX_BLOCKS {
            return Err(Refusal::Malformed { why: format!("An edit may have {MAX_BLOCKS} blocks.") });
        }
        rest = after.trim_start();
    }
    Ok(blocks)
}

fn part<'a>(text: &'a str, open: &str, close: &str, number: usize) -> Result<(&'a str, &'a str), Refusal> {
    text.strip_prefix(open)
        .and_then(|text| text.split_once(close))
        .ok_or_else(|| Refusal::Malformed { why: format!("Block {number} has no {open} that is closed.") })
}

/// Without the newlines that only set the tags apart.
fn unframed(text: &str) -> &str {
    let text = text.strip_prefix("\r\n").or_else(|| text.strip_prefix('\n')).unwrap_or(text);
    text.strip_suffix("\r\n").or_else(|| text.strip_suffix('\n')).unwrap_or(text)
}

/// `{search, replace}` of a JSON object, or of what a model takes for one; absent when it is another object or none.
pub(super) fn object(text: &str) -> Option<(Value, Value)> {
    let text = text.trim();
    if !text.starts_with('{') || !text.ends_with('}') {
        return None;
    }
    let mut map = match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(map)) => map,
        Ok(_) => return None,
        Err(_) => loose(text)?,
    };
    let search = map.remove("search")?;
    match map.remove("replace") {
        Some(replace) => Some((search, replace)),
        // With other names and no replacement it is somebody's file.
        None => map.is_empty().then(|| (search, Value::from(""))),
    }
}

/// A value as the text that is looked for or put in.
pub(super) fn words(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        value @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => value.to_string(),
    }
}

/// `{search="…", replace='…'}`: names without quotes, an equals sign or a colon, quotes of either kind.
fn loose(text: &str) -> Option<Map<String, Value>> {
    let mut rest = text.strip_prefix('{')?.strip_suffix('}')?.trim();
    let mut map = Map::new();
    while !rest.is_empty() {
        let bare = rest.trim_start_matches(['"', '\'']);
        let name: String = bare.chars().take_while(|char| char.is_ascii_alphabetic()).collect();
        let after = bare[name.len()..].trim_start_matches(['"', '\'']).trim_start();
        let after = after.strip_prefix(['=', ':'])?.trim_start();
        let quote = after.chars().next().filter(|char| matches!(char, '"' | '\''))?;
        let (value, length) = quoted(&after[1..], quote)?;
        if name.is_empty() || map.insert(name, Value::String(value)).is_some() {
            return None;
        }
        rest = after[1 + length..].trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
    Some(map)
}

/// A quoted text from behind its first quote, and how long it is with its last one.
fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        if char == quote {
            return Some((value, at + 1));
        }
        if char != '\\' {
            value.push(char);
            continue;
        }
        match chars.next()?.1 {
            'n' => value.push('\n'),
            't' => value.push('\t'),
            'r' => value.push('\r'),
            mark @ ('"' | '\'' | '\\' | '/') => value.push(mark),
            other => value.extend(['\\', other]),
        }
    }
    None
}
