//! `cargo xtask probe pattern`: one case in, one result out, in the shape of the entries contract's cases. It holds no rule of its own.

use serde_json::{Value, json};

use super::{Kind, Pattern, words};

/// The result of one case: `{op, args: {pattern, text, replacement}}`, also without `args`. `match` answers true or false, `search`
/// `{found, match, index}` with the index in UTF-16 units as JavaScript counts, `replace` the new text or null, `kind` a name,
/// `command` (with `words`) true or false.
pub fn probe(case: &Value) -> Value {
    let args = case.get("args").unwrap_or(case);
    let Some(pattern) = args.get("pattern").and_then(Value::as_str) else {
        return json!({ "error": "a case has a `pattern`" });
    };
    let text = args.get("text").and_then(Value::as_str);
    match case.get("op").and_then(Value::as_str).unwrap_or("match") {
        "match" => json!(text.is_some_and(|text| Pattern::parse(pattern).matches(text))),
        "search" => text.map_or_else(|| json!({ "found": false }), |text| search(pattern, text)),
        "replace" => {
            let replacement = args.get("replacement").and_then(Value::as_str).unwrap_or_default();
            json!(text.and_then(|text| Pattern::parse(pattern).replace(text, replacement)))
        }
        "kind" => json!(name(super::kind(pattern))),
        "command" => {
            let list = args.get("words").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let list: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
            json!(words::matches(pattern, &list))
        }
        other => json!({ "error": format!("no such op: {other}") }),
    }
}

fn search(pattern: &str, text: &str) -> Value {
    match Pattern::parse(pattern).search(text) {
        Some(found) => json!({ "found": true, "match": found.text, "index": text[..found.at].encode_utf16().count() }),
        None => json!({ "found": false }),
    }
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Sed => "sed",
        Kind::Regex => "regex",
        Kind::JsonPath => "jsonpath",
        Kind::XPath => "xpath",
        Kind::Glob => "glob",
        Kind::Literal => "literal",
    }
}
