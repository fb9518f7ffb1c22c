//! What a message says it is about (envelope §1.5): lists from outside, brought into shape. What is wrong in them is left out silently.

use serde_json::{Map, Value};

/// Items of one list.
const MENTIONED: usize = 8;
/// Characters of a field.
const FIELD_CHARS: usize = 160;
/// Characters of an address of a logo.
const LOGO_CHARS: usize = 512;
/// Characters of a name.
const NAME_CHARS: usize = 64;
/// Characters of what a message quotes.
const QUOTED_CHARS: usize = 4_000;

/// Apps a message names: the known fields, each within its length, one row a name.
pub(super) fn apps(list: Option<&Value>) -> Vec<Value> {
    const FIELDS: [&str; 4] = ["display_name", "category", "entry_point", "brand_color"];
    let mut kept: Vec<Value> = Vec::new();
    for item in items(list) {
        let Some(name) = item.get("name").and_then(Value::as_str).map(|name| name.trim().to_lowercase()).filter(|name| is_name(name))
        else {
            continue;
        };
        if kept.len() == MENTIONED || kept.iter().any(|one| one["name"] == name.as_str()) {
            continue;
        }
        let mut row = Map::new();
        row.insert("name".to_owned(), name.into());
        for field in FIELDS {
            keep(&mut row, item, field, FIELD_CHARS);
        }
        keep(&mut row, item, "logo_url", LOGO_CHARS);
        kept.push(Value::Object(row));
    }
    kept
}

/// Chats a message names.
pub(super) fn sessions(list: Option<&Value>) -> Vec<Value> {
    let mut kept = Vec::new();
    for item in items(list) {
        let mut row = Map::new();
        for field in ["name", "session_key", "title", "id"] {
            keep(&mut row, item, field, FIELD_CHARS);
        }
        if kept.len() < MENTIONED && row.contains_key("name") && row.contains_key("session_key") {
            kept.push(Value::Object(row));
        }
    }
    kept
}

/// What a message quotes, at most [`QUOTED_CHARS`] characters of it.
pub(super) fn quoted(text: &str) -> Option<String> {
    let text: String = text.trim().chars().take(QUOTED_CHARS).collect();
    (!text.is_empty()).then_some(text)
}

fn items(list: Option<&Value>) -> impl Iterator<Item = &Map<String, Value>> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

fn keep(row: &mut Map<String, Value>, item: &Map<String, Value>, field: &str, chars: usize) {
    let text = item.get(field).and_then(Value::as_str).map(|text| text.trim().chars().take(chars).collect::<String>());
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        row.insert(field.to_owned(), text.into());
    }
}

/// `[a-z0-9][a-z0-9_-]{0,63}`
fn is_name(name: &str) -> bool {
    let starts = name.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric());
    starts && name.len() <= NAME_CHARS && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn apps_are_brought_into_shape() {
        let list = json!([{"name": "GH", "display_name": " GitHub ", "logo_url": "x".repeat(600), "evil": 1}, {"name": "gh"}, {"name": "-x"}, 3, {}]);
        let kept = apps(Some(&list));
        assert_eq!(kept, vec![json!({"name": "gh", "display_name": "GitHub", "logo_url": "x".repeat(512)})]);
        let many: Vec<Value> = (0..20).map(|n| json!({"name": format!("a{n}")})).collect();
        assert_eq!(apps(Some(&Value::Array(many))).len(), MENTIONED);
        assert_eq!(apps(Some(&json!("no list"))), Vec::<Value>::new());
    }

    #[test]
    fn chats_need_a_name_and_a_key() {
        let list = json!([{"name": "a", "session_key": "websocket:a", "title": "A", "more": true}, {"name": "b"}]);
        assert_eq!(sessions(Some(&list)), vec![json!({"name": "a", "session_key": "websocket:a", "title": "A"})]);
    }

    #[test]
    fn quotes_are_cut() {
        assert_eq!(quoted("  "), None);
        assert_eq!(quoted(&"ä".repeat(5_000)).map(|text| text.chars().count()), Some(QUOTED_CHARS));
    }
}
