//! How a call is told in one short line (envelope §7.1), and in words for a person who is asked.

use serde_json::{Map, Value};

use super::{Ask, Call};

/// Characters of an argument that clients are told in full; longer ones are cut with a mark.
const ARGUMENT_CHARS: usize = 16_384;

/// The hint of one call, of at most `max` characters.
pub fn hint(call: &Call, max: usize) -> String {
    let line = match &call.ask {
        Ask::Run(run) => format!("$ {}", run.script.split_whitespace().collect::<Vec<_>>().join(" ")),
        Ask::Halt { path } => format!("stop {path}"),
        Ask::Edit { path, edit: crate::edit::Edit::Whole(_) } => format!("write {path}"),
        Ask::Edit { path, .. } => format!("edit {path}"),
        Ask::Read(read) => format!("read {}", read.paths.join(", ")),
        Ask::Search(search) => format!("grep \"{}\"", search.pattern),
        Ask::Find(find) => format!("glob \"{}\"", find.pattern),
        Ask::WebSearch { query, .. } => format!("search \"{query}\""),
        Ask::Fetch { url } => url.clone(),
        Ask::List { path, .. } => format!("list {path}"),
        Ask::Remove { path, .. } => format!("remove {path}"),
        Ask::Move { from, to } => format!("move {from} → {to}"),
        Ask::Copy { from, to } => format!("copy {from} → {to}"),
        Ask::Patch(files) => match files.as_slice() {
            [file] => format!("patch {}", file.path),
            files => format!("patch {} files", files.len()),
        },
        Ask::Show { path, visibility } => format!("{visibility} {path}"),
        Ask::Question { .. } | Ask::Say { .. } => format!("{}(\"{}\")", call.tool.name(), call.target),
    };
    cut(&line, max)
}

/// The hints of one step, equal neighbours counted.
pub fn hints(calls: &[&Call], max: usize) -> String {
    let mut lines: Vec<(String, usize)> = Vec::new();
    for call in calls {
        let line = hint(call, max);
        match lines.last_mut() {
            Some((last, count)) if *last == line => *count += 1,
            Some(_) | None => lines.push((line, 1)),
        }
    }
    let told = lines.into_iter().map(|(line, count)| if count > 1 { format!("{line} × {count}") } else { line });
    told.collect::<Vec<_>>().join(", ")
}

/// What a person is asked, in one line.
pub fn title(call: &Call) -> String {
    match &call.ask {
        Ask::Run(run) if run.looks => "Run a command that only looks".to_owned(),
        Ask::Run(run) if run.background => "Run a command in the background".to_owned(),
        Ask::Run(_) => "Run a command".to_owned(),
        Ask::Halt { .. } => "Stop a command".to_owned(),
        Ask::Question { .. } => "A question".to_owned(),
        Ask::Fetch { .. } => "Fetch a page".to_owned(),
        Ask::WebSearch { .. } => "Search the web".to_owned(),
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
        | Ask::Say { .. } => {
            let line = hint(call, 120);
            let mut letters = line.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        }
    }
}

/// The arguments as clients are told: long texts are cut, and say so.
pub fn shown_arguments(arguments: &Map<String, Value>) -> Map<String, Value> {
    arguments.iter().map(|(name, value)| (name.clone(), shortened(value))).collect()
}

fn shortened(value: &Value) -> Value {
    match value {
        Value::String(text) if text.len() > ARGUMENT_CHARS => {
            let count = text.chars().count();
            let kept: String = text.chars().take(ARGUMENT_CHARS).collect();
            Value::String(format!("{kept}\n… {} more characters", count.saturating_sub(ARGUMENT_CHARS)))
        }
        Value::Array(list) => Value::Array(list.iter().map(shortened).collect()),
        Value::Object(map) => Value::Object(shown_arguments(map)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn cut(line: &str, max: usize) -> String {
    if line.chars().count() <= max {
        return line.to_owned();
    }
    let kept: String = line.chars().take(max.saturating_sub(1)).collect();
    format!("{kept}…")
}
