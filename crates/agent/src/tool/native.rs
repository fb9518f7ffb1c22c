//! Calls of models with tool calling: a name and a JSON text in, what is meant out. Arguments that are no JSON, or lack what the tool
//! needs, are answered with what is wrong; nothing is guessed where it would act.

use serde_json::{Map, Value};

use super::argument::Arguments;
use super::{Ask, Call, Find, Read, Run, Search, Tool, Unread, Wish};
use crate::edit::{Block, Edit, Tail, Times, Whole, form, patch};
use crate::verdict::Update;

/// Names a command comes under.
pub(super) const COMMAND: [&str; 3] = ["command", "cmd", "script"];
/// Lines around a match at most.
const CONTEXT_MAX: i64 = 20;

/// Reads one call. `id` names it within its turn; `arguments` is the JSON text as it came.
pub fn read(id: &str, name: &str, arguments: &str) -> Wish {
    let unread =
        |arguments: Map<String, Value>, words: String| Wish::Unread(Unread { id: id.to_owned(), name: name.to_owned(), arguments, words });
    let text = if arguments.trim().is_empty() { "{}" } else { arguments };
    let map = match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(map)) => map,
        // Some models wrap the object in a text.
        Ok(Value::String(inner)) if inner.trim_start().starts_with('{') => match serde_json::from_str(&inner) {
            Ok(map) => map,
            Err(error) => return unread(Map::new(), format!("The arguments are no JSON: {error}.")),
        },
        Ok(_) => return unread(Map::new(), "The arguments must be one JSON object.".to_owned()),
        Err(error) => return unread(Map::new(), format!("The arguments are no JSON, so nothing was done: {error}.")),
    };
    let Some(tool) = Tool::named(name) else {
        let names: Vec<&str> = Tool::all().map(Tool::name).filter(|name| !matches!(*name, "think" | "update")).collect();
        return unread(map, format!("There is no tool {name}. The tools are: {}.", names.join(", ")));
    };
    match wish(id, tool, &map) {
        Ok(wish) => wish,
        Err(words) => unread(map, format!("{}: {words}.", tool.name())),
    }
}

fn wish(id: &str, tool: Tool, map: &Map<String, Value>) -> Result<Wish, String> {
    let given = Arguments(map);
    let ask = match tool {
        Tool::Think => return Ok(Wish::Think(given.text(&["thought", "text", "content", "body"])?.unwrap_or_default())),
        Tool::Update => {
            let status = given.count(&["status"])?.map(|status| u16::try_from(status).unwrap_or(u16::MAX));
            return Ok(Wish::Update(Update { status, body: given.text(&["body", "text", "content"])?.unwrap_or_default() }));
        }
        Tool::ReadFile => Ask::Read(reading(&given)?),
        Tool::ListDir => {
            let path = given.text(&["path", "directory"])?.filter(|path| !path.is_empty());
            Ask::List { path: path.unwrap_or_else(|| ".".to_owned()), all: given.flag(&["all", "hidden"])? }
        }
        Tool::Glob => Ask::Find(Find { pattern: given.needed(&["pattern", "glob"])?, path: place(&given)? }),
        Tool::Grep => Ask::Search(searching(&given)?),
        Tool::WriteFile => {
            let text = given.text(&["content", "contents", "text"])?.ok_or("content is missing")?;
            Ask::Edit { path: file(&given)?, edit: Edit::Whole(Whole { text, tail: Tail::AsGiven }) }
        }
        Tool::EditFile => Ask::Edit { path: file(&given)?, edit: editing(&given)? },
        Tool::ApplyPatch => {
            let text = given.needed(&["patch", "input", "diff"])?;
            Ask::Patch(patch::read(&text).map_err(|refusal| refusal.to_string().trim_end_matches('.').to_owned())?)
        }
        Tool::RemoveFile => Ask::Remove { path: file(&given)?, preview: given.flag(&["preview"])? },
        Tool::MoveFile | Tool::CopyFile => {
            let from = given.needed(&["from", "path", "source", "old_path"])?;
            let to = given.needed(&["to", "destination", "new_path"])?;
            if tool == Tool::MoveFile { Ask::Move { from, to } } else { Ask::Copy { from, to } }
        }
        Tool::Exec | Tool::Inspect => running(&given, tool)?,
        Tool::WebFetch => Ask::Fetch { url: given.needed(&["url"])? },
        Tool::WebSearch => {
            let count = given.count(&["count", "results", "max_results"])?.map(|count| u32::try_from(count).unwrap_or(u32::MAX));
            Ask::WebSearch { query: given.needed(&["query"])?, count }
        }
        Tool::AskUser => Ask::Question { text: given.needed(&["question", "text"])?, options: given.texts(&["options", "choices"])? },
        Tool::Message => Ask::Say { text: given.needed(&["content", "text", "message"])? },
    };
    let target = target(&ask);
    Ok(Wish::Act(Box::new(Call { id: id.to_owned(), tool, arguments: map.clone(), ask, target })))
}

fn file(given: &Arguments<'_>) -> Result<String, String> {
    given.needed(&["path", "file_path", "file", "filename"])
}

fn place(given: &Arguments<'_>) -> Result<String, String> {
    Ok(given.text(&["path", "directory"])?.filter(|path| !path.is_empty()).unwrap_or_else(|| ".".to_owned()))
}

fn reading(given: &Arguments<'_>) -> Result<Read, String> {
    let mut paths = given.texts(&["paths", "files"])?;
    if let Some(path) = given.text(&["path", "file_path", "file", "filename"])? {
        paths.insert(0, path);
    }
    paths.retain(|path| !path.trim().is_empty());
    if paths.is_empty() {
        return Err("path is missing".to_owned());
    }
    let line = given.number(&["line", "offset", "start_line"])?;
    Ok(Read { paths, line, limit: given.count(&["limit", "lines"])?, preview: false, filter: None })
}

fn searching(given: &Arguments<'_>) -> Result<Search, String> {
    let context = given.number(&["context", "context_lines"])?.unwrap_or(0).clamp(0, CONTEXT_MAX);
    Ok(Search {
        pattern: given.needed(&["pattern", "query", "regex"])?,
        path: place(given)?,
        glob: given.text(&["glob", "include", "file_pattern"])?.filter(|glob| !glob.is_empty()),
        literal: given.flag(&["literal", "fixed_strings"])?,
        ignore_case: given.flag(&["ignore_case", "case_insensitive"])?,
        context: u32::try_from(context).unwrap_or(0),
        files_only: given.flag(&["files_only"])?,
        limit: given.count(&["limit", "max_results"])?.map(|limit| u32::try_from(limit).unwrap_or(u32::MAX)),
    })
}

fn editing(given: &Arguments<'_>) -> Result<Edit, String> {
    let old = given.text(&["old_text", "old_string", "search", "old_str"])?;
    let new = given.text(&["new_text", "new_string", "replace", "new_str"])?;
    if let Some(old) = old {
        let times = if given.flag(&["replace_all"])? { Times::Every } else { Times::Once };
        let new = new.ok_or("new_text is missing")?;
        if old.is_empty() {
            return Err("old_text is empty: write_file writes a whole file".to_owned());
        }
        return Ok(Edit::Blocks(vec![Block::new(Some(old), new, times)]));
    }
    let text = given.text(&["edit", "diff", "patch", "content"])?.ok_or("old_text is missing")?;
    let read = form::in_text(&text).map_err(|refusal| refusal.to_string().trim_end_matches('.').to_owned())?;
    read.map(|(_, edit)| edit).ok_or_else(|| "old_text is missing".to_owned())
}

fn running(given: &Arguments<'_>, tool: Tool) -> Result<Ask, String> {
    if let Some(path) = given.text(&["stop"])?.filter(|path| !path.is_empty()) {
        return Ok(Ask::Halt { path });
    }
    let script = match given.0.get("command") {
        // A list is a command in words.
        Some(Value::Array(_)) => given.texts(&["command"])?.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "),
        _ => given.needed(&COMMAND)?,
    };
    Ok(Ask::Run(Run {
        script,
        cwd: given.text(&["working_dir", "cwd", "workdir", "directory"])?.filter(|cwd| !cwd.trim().is_empty()),
        background: given.flag(&["background", "run_in_background"])?,
        limit_s: given.count(&["timeout", "timeout_s", "limit_s"])?,
        network: given.flag(&["network"])?,
        looks: tool == Tool::Inspect,
    }))
}

fn quoted(word: &str) -> String {
    let plain = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./=:,@%+".contains(&byte));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// The text a record is named by.
pub(super) fn target(ask: &Ask) -> String {
    match ask {
        Ask::Read(read) => read.paths.join(" "),
        Ask::Find(find) => find.pattern.clone(),
        Ask::Search(search) => search.pattern.clone(),
        Ask::Patch(files) => files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>().join(" "),
        Ask::Run(run) => run.script.clone(),
        Ask::Question { text, .. } | Ask::Say { text } => text.clone(),
        Ask::Fetch { url } => url.clone(),
        Ask::WebSearch { query, .. } => query.clone(),
        Ask::Move { from, .. } | Ask::Copy { from, .. } => from.clone(),
        Ask::List { path, .. } | Ask::Edit { path, .. } | Ask::Remove { path, .. } | Ask::Show { path, .. } | Ask::Halt { path } => {
            path.clone()
        }
    }
}
