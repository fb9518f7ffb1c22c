//! Paths into JSON text: keys, indexes, wildcards, recursive descent (entries §3.5). Text that is no JSON holds nothing.

use serde_json::Value;

/// Steps a path may have.
const MAX_STEPS: usize = 32;
/// Places one step may reach.
const MAX_PLACES: usize = 100_000;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(i64),
    Every,
    Anywhere,
}

/// A path into JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct JsonPath(Vec<Step>);

impl JsonPath {
    /// The path `text` is; absent when it is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut rest = text.strip_prefix('$').filter(|rest| rest.starts_with(['.', '[']) && !rest.contains('/'))?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let descends = rest.starts_with("..");
            if descends {
                steps.push(Step::Anywhere);
                rest = &rest[2..];
            }
            let (step, after) = match rest.strip_prefix('[') {
                Some(inner) => bracket(inner)?,
                None => name(if descends { rest } else { rest.strip_prefix('.')? })?,
            };
            steps.push(step);
            rest = after;
            if steps.len() > MAX_STEPS {
                return None;
            }
        }
        Some(Self(steps))
    }

    /// The first thing it leads to: a text as it is, anything else as JSON.
    pub(super) fn find(&self, text: &str) -> Option<String> {
        let root: Value = serde_json::from_str(text).ok()?;
        let mut places = vec![&root];
        for step in &self.0 {
            places = next(&places, step);
        }
        places.first().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }
}

fn name(text: &str) -> Option<(Step, &str)> {
    if let Some(rest) = text.strip_prefix('*') {
        return Some((Step::Every, rest));
    }
    let fits = |char: char| char.is_alphanumeric() || matches!(char, '_' | '-' | '$' | '@');
    let end = text.find(|char| !fits(char)).unwrap_or(text.len());
    (end > 0 && (end == text.len() || text[end..].starts_with(['.', '[']))).then(|| (Step::Key(text[..end].to_owned()), &text[end..]))
}

fn bracket(text: &str) -> Option<(Step, &str)> {
    for quote in ['\'', '"'] {
        if let Some(inner) = text.strip_prefix(quote) {
            let (key, rest) = inner.split_once(quote)?;
            return Some((Step::Key(key.to_owned()), rest.strip_prefix(']')?));
        }
    }
    let (inner, rest) = text.split_once(']')?;
    match inner.trim() {
        "*" => Some((Step::Every, rest)),
        number => Some((Step::Index(number.parse().ok()?), rest)),
    }
}

fn next<'v>(places: &[&'v Value], step: &Step) -> Vec<&'v Value> {
    let mut found: Vec<&'v Value> = Vec::new();
    for place in places {
        match step {
            Step::Key(key) => found.extend(place.get(key.as_str())),
            Step::Index(index) => found.extend(at(place, *index)),
            Step::Every => found.extend(children(place)),
            Step::Anywhere => within(place, &mut found),
        }
        if found.len() > MAX_PLACES {
            break;
        }
    }
    if matches!(step, Step::Anywhere) {
        // What lies within two places that lie within each other counts once.
        let mut seen = std::collections::HashSet::new();
        found.retain(|value| seen.insert(std::ptr::from_ref::<Value>(value)));
    }
    found
}

fn at(place: &Value, index: i64) -> Option<&Value> {
    let list = place.as_array()?;
    let index =
        if index < 0 { list.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?)? } else { usize::try_from(index).ok()? };
    list.get(index)
}

fn children(place: &Value) -> Vec<&Value> {
    match place {
        Value::Array(list) => list.iter().collect(),
        Value::Object(map) => map.values().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// A place and all below it; JSON is never deeper than its reader allows.
fn within<'v>(place: &'v Value, found: &mut Vec<&'v Value>) {
    if found.len() > MAX_PLACES {
        return;
    }
    found.push(place);
    for child in children(place) {
        within(child, found);
    }
}
