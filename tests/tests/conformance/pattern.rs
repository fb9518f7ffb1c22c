//! What a frame or a body must look like: a JSON value in which texts that begin with `$` stand for more than themselves. An object
//! names the fields that count; others may be there.

use std::collections::BTreeMap;

use serde_json::Value;

/// Names and what they stand for.
pub type Names = BTreeMap<String, String>;

/// Puts known names into a text: `$chat`, `$home`, ….
pub fn fill(text: &str, names: &Names) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let length = after.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        match names.get(&after[..length]) {
            Some(value) => out.push_str(value),
            None => out.push_str(&rest[at..=at + length]),
        }
        rest = &after[length..];
    }
    out.push_str(rest);
    out
}

/// Compares; what `$=name` stands for is added to `names`. The error says where and what.
pub fn matches(pattern: &Value, found: Option<&Value>, names: &mut Names) -> Result<(), String> {
    at("", pattern, found, names)
}

fn at(path: &str, pattern: &Value, found: Option<&Value>, names: &mut Names) -> Result<(), String> {
    let shown = || found.map_or("nothing".to_owned(), |found| short(&found.to_string()));
    let wrong = || Err(format!("{}: {} instead of {pattern}", if path.is_empty() { "it" } else { path }, shown()));
    match (pattern, found) {
        (Value::String(word), _) if word.starts_with('$') => match special(word, found, names)? {
            true => Ok(()),
            false => wrong(),
        },
        (Value::Object(fields), Some(Value::Object(there))) => {
            if fields.contains_key("$only") {
                let extra: Vec<&String> = there.keys().filter(|key| !fields.contains_key(*key)).collect();
                if !extra.is_empty() {
                    return Err(format!("{path}: has also {extra:?}"));
                }
            }
            for (key, value) in fields.iter().filter(|(key, _)| *key != "$only") {
                at(&format!("{path}.{key}"), value, there.get(key), names)?;
            }
            Ok(())
        }
        (Value::Array(items), Some(Value::Array(there))) => list(path, items, there, names),
        (Value::Number(left), Some(Value::Number(right))) if left.as_f64() == right.as_f64() => Ok(()),
        (_, Some(found)) if pattern == found => Ok(()),
        _ => wrong(),
    }
}

/// `["$some", p]`, `["$all", p]`, `["$none", p]`, or each item by its place.
fn list(path: &str, items: &[Value], there: &[Value], names: &mut Names) -> Result<(), String> {
    let quantifier = items.first().and_then(Value::as_str).filter(|word| ["$some", "$all", "$none"].contains(word));
    if let (Some(quantifier), [_, pattern]) = (quantifier, items) {
        let mut tried = names.clone();
        // The item that is told of is the one that is right in its first fields.
        let mut nearest = String::new();
        let mut hits = 0;
        for item in there {
            let mut own = names.clone();
            match at(path, pattern, Some(item), &mut own) {
                Ok(()) => {
                    tried = own;
                    hits += 1;
                }
                Err(why) if nearest.is_empty() || !why.contains(".key: ") => nearest = why,
                Err(_) => {}
            }
        }
        *names = tried;
        let right = match quantifier {
            "$some" => hits > 0,
            "$all" => hits == there.len(),
            _ => hits == 0,
        };
        return if right { Ok(()) } else { Err(format!("{path}: {hits} of {} are {pattern}, not {quantifier}; {nearest}", there.len())) };
    }
    if items.len() != there.len() {
        return Err(format!(
            "{path}: {} items instead of {}: {}",
            there.len(),
            items.len(),
            short(&Value::Array(there.to_vec()).to_string())
        ));
    }
    for (number, (item, found)) in items.iter().zip(there).enumerate() {
        at(&format!("{path}[{number}]"), item, Some(found), names)?;
    }
    Ok(())
}

fn special(word: &str, found: Option<&Value>, names: &mut Names) -> Result<bool, String> {
    if word == "$absent" {
        return Ok(found.is_none());
    }
    let Some(found) = found else { return Ok(false) };
    let (kind, rest) = word.split_once(':').unwrap_or((word, ""));
    let text = found.as_str().unwrap_or_default();
    Ok(match kind {
        "$any" => true,
        "$set" => !found.is_null(),
        "$str" => found.is_string() && !text.is_empty(),
        "$text" => found.is_string(),
        "$num" => found.is_number(),
        "$int" => found.is_i64() || found.is_u64(),
        "$float" => found.is_f64(),
        "$bool" => found.is_boolean(),
        "$obj" => found.is_object(),
        "$arr" => found.is_array(),
        "$numbers" => found.as_object().is_some_and(|fields| !fields.is_empty() && fields.values().all(Value::is_number)),
        "$nonulls" => !holds_null(found),
        "$uuid" => text.len() == 36 && text.split('-').map(str::len).eq([8, 4, 4, 4, 12]),
        "$begins" => text.starts_with(rest),
        "$ends" => text.ends_with(rest),
        "$has" => text.contains(rest),
        "$hasnot" => found.is_string() && !text.contains(rest),
        "$not" => text != rest,
        "$oneof" => rest.split('|').any(|one| one == text),
        "$len" => rest.parse() == Ok(found.as_array().map_or(text.chars().count(), Vec::len)),
        "$more" => found.as_f64().zip(rest.parse().ok()).is_some_and(|(found, least): (f64, f64)| found > least),
        other => match other.strip_prefix("$=") {
            Some(name) => {
                names.insert(name.to_owned(), found.as_str().map_or_else(|| found.to_string(), str::to_owned));
                true
            }
            None => return Err(format!("{word} is no name and no pattern")),
        },
    })
}

fn holds_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(holds_null),
        Value::Object(fields) => fields.values().any(holds_null),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn short(text: &str) -> String {
    const SHOWN: usize = 400;
    if text.chars().count() <= SHOWN { text.to_owned() } else { format!("{}…", text.chars().take(SHOWN).collect::<String>()) }
}
