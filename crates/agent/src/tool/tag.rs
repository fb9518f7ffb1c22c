//! Actions of the tag language, and calls of other formats that were read as such: what is meant, under the names of the one table.

use serde_json::{Map, Value, json};

use super::native::target;
use super::{Ask, Call, Find, Read, Run, Search, Tool, Unread, Wish};
use crate::dialect::tags::{Action, SetCall, Tool as Tag};
use crate::edit::{Block, Edit, Tail, Times, Whole, form};
use crate::path::scheme_of;

use crate::policy::options;
use crate::verdict::Update;

/// Reads one action. `id` names it within its turn.
pub fn read(id: &str, action: &Action) -> Wish {
    match action.tool {
        Tag::Think => Wish::Think(action.trimmed().or_else(|| action.attribute("body")).unwrap_or_default().to_owned()),
        Tag::Update => update(id, action),
        Tag::Get | Tag::Set | Tag::Env | Tag::Sh | Tag::Rm | Tag::Cp | Tag::Mv | Tag::AskUser | Tag::Search => match meant(action) {
            Ok((tool, ask)) => {
                let (arguments, target) = (told(&ask, action), target(&ask));
                Wish::Act(Box::new(Call { id: id.to_owned(), tool, arguments, ask, target }))
            }
            Err(words) => unread(id, action, words),
        },
    }
}

fn unread(id: &str, action: &Action, words: String) -> Wish {
    let arguments = action.attributes.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    Wish::Unread(Unread { id: id.to_owned(), name: action.tool.tag().to_owned(), arguments, words })
}

fn update(id: &str, action: &Action) -> Wish {
    match action.number("status") {
        Ok(status) => {
            // A number no status can be is kept as one that closes nothing.
            let status = status.map(|status| u16::try_from(status).unwrap_or(0));
            Wish::Update(Update { status, body: action.main().unwrap_or_default().to_owned() })
        }
        Err(words) => unread(id, action, words),
    }
}

fn meant(action: &Action) -> Result<(Tool, Ask), String> {
    let missing = |what: &str| format!("<{}> needs {what}.", action.tool.tag());
    match action.tool {
        Tag::Get => getting(action),
        Tag::Set => setting(action),
        Tag::Env | Tag::Sh => {
            let script = command(action).ok_or_else(|| missing("a command"))?;
            let looks = action.tool == Tag::Env;
            let limit_s = action.number("timeout")?.map(|limit| u64::try_from(limit).unwrap_or(0));
            let (background, network) = (action.flag("background"), action.flag("network"));
            let cwd = action.attribute("cwd").filter(|cwd| !cwd.trim().is_empty()).map(str::to_owned);
            let run = Run { script, cwd, background, limit_s, network, looks };
            Ok((if looks { Tool::Inspect } else { Tool::Exec }, Ask::Run(run)))
        }
        Tag::Rm => {
            let path = action.main().ok_or_else(|| missing("a path"))?.to_owned();
            match scheme_of(&path).as_deref() {
                Some("sh" | "env") => Ok((Tool::Exec, Ask::Halt { path })),
                _ => Ok((Tool::RemoveFile, Ask::Remove { path, preview: action.flag("preview") })),
            }
        }
        Tag::Cp | Tag::Mv => moving(action),
        Tag::AskUser => {
            let text = action.attribute("question").map(str::to_owned);
            let (text, choices) = match text {
                Some(text) => (text, action.attribute("options").or_else(|| action.trimmed()).map(options).unwrap_or_default()),
                None => (action.trimmed().ok_or_else(|| missing("a question"))?.to_owned(), Vec::new()),
            };
            Ok((Tool::AskUser, Ask::Question { text, options: choices }))
        }
        Tag::Search => searching(action),
        Tag::Think | Tag::Update => Err(String::new()),
    }
}

/// The script, byte for byte but for the line ends around it.
fn command(action: &Action) -> Option<String> {
    let body = action.content().filter(|body| !body.trim().is_empty());
    let script = action.attribute("command").or(body)?;
    Some(script.trim_matches(['\n', '\r']).to_owned()).filter(|script| !script.trim().is_empty())
}

fn getting(action: &Action) -> Result<(Tool, Ask), String> {
    let path = action.main().ok_or("<get> needs a path.")?.to_owned();
    if matches!(scheme_of(&path).as_deref(), Some("http" | "https")) {
        return Ok((Tool::WebFetch, Ask::Fetch { url: path }));
    }
    let limit = action.number("limit")?.map(|limit| u64::try_from(limit).unwrap_or(1).max(1));
    let (line, preview) = (action.number("line")?, action.flag("preview"));
    let filter = action.filter().filter(|filter| !filter.is_empty()).map(str::to_owned);
    if (path.contains('*') || filter.is_some()) && (line.is_some() || limit.is_some()) {
        return Err("line and limit are for one file, not for a pattern.".to_owned());
    }
    if path.contains('*') && preview && filter.is_none() && scheme_of(&path).is_none() {
        return Ok((Tool::Glob, Ask::Find(Find { pattern: path, path: ".".to_owned() })));
    }
    // A line per path; a path with a blank in it stays whole.
    let paths = path.lines().map(str::trim).filter(|path| !path.is_empty()).map(str::to_owned).collect();
    Ok((Tool::ReadFile, Ask::Read(Read { paths, line, limit, preview, filter })))
}

fn setting(action: &Action) -> Result<(Tool, Ask), String> {
    let path = action.attribute("path").filter(|path| !path.trim().is_empty()).ok_or("<set> needs a path.")?.trim().to_owned();
    match action.set_call() {
        Some(SetCall::Edit(arguments)) => {
            let read = form::read(arguments).map_err(|refusal| refusal.to_string())?;
            let (form, edit) = read.ok_or("<set> has nothing to write.")?;
            Ok((if form == form::Form::Whole { Tool::WriteFile } else { Tool::EditFile }, Ask::Edit { path, edit }))
        }
        Some(SetCall::Visibility(visibility)) => match visibility {
            "visible" | "summarized" | "archived" => Ok((Tool::WriteFile, Ask::Show { path, visibility: visibility.to_owned() })),
            _ => Err(format!("A visibility is visible, summarized or archived, not `{visibility}`.")),
        },
        Some(SetCall::Empty) => {
            let edit = Edit::Whole(Whole { text: String::new(), tail: Tail::AsGiven });
            Ok((Tool::WriteFile, Ask::Edit { path, edit }))
        }
        Some(SetCall::Nothing) | None => Err("<set> has neither content nor visibility.".to_owned()),
    }
}

fn moving(action: &Action) -> Result<(Tool, Ask), String> {
    let tag = action.tool.tag();
    let from = action.attribute("path").or_else(|| action.attribute("from")).ok_or_else(|| format!("<{tag}> needs a path."))?.to_owned();
    let to = action.main().filter(|to| !to.trim().is_empty()).map(str::to_owned);
    match (action.tool, to, action.attribute("visibility")) {
        (Tag::Cp, Some(to), _) => Ok((Tool::CopyFile, Ask::Copy { from, to })),
        (_, Some(to), _) => Ok((Tool::MoveFile, Ask::Move { from, to })),
        (Tag::Mv, None, Some(visibility)) => Ok((Tool::MoveFile, Ask::Show { path: from, visibility: visibility.to_owned() })),
        (_, None, _) => Err(format!("<{tag}> needs where to: the attribute `to`.")),
    }
}

fn searching(action: &Action) -> Result<(Tool, Ask), String> {
    let written = action.attribute("query").or_else(|| action.attribute("pattern")).or_else(|| action.trimmed());
    let path = action.attribute("path").filter(|path| !path.trim().is_empty());
    let (pattern, path) = match (written, path) {
        (Some(pattern), path) => (pattern.to_owned(), path.unwrap_or(".").to_owned()),
        (None, Some(pattern)) => (pattern.to_owned(), ".".to_owned()),
        (None, None) => return Err("<search> needs a query.".to_owned()),
    };
    let count = action.number("results")?.map(|count| u32::try_from(count).unwrap_or(1).max(1));
    if action.flag("web") || action.attribute("in") == Some("web") {
        return Ok((Tool::WebSearch, Ask::WebSearch { query: pattern, count }));
    }
    let context = action.number("context")?.unwrap_or(0).clamp(0, 20);
    Ok((
        Tool::Grep,
        Ask::Search(Search {
            pattern,
            path,
            glob: action.attribute("glob").map(str::to_owned),
            literal: action.flag("literal"),
            ignore_case: action.flag("ignore_case"),
            context: u32::try_from(context).unwrap_or(0),
            files_only: action.flag("preview"),
            limit: count,
        }),
    ))
}

/// The arguments under their native names, as clients are told.
fn told(ask: &Ask, action: &Action) -> Map<String, Value> {
    let value = match ask {
        Ask::Read(read) if read.paths.len() == 1 => {
            json!({ "path": read.paths.first(), "line": read.line, "limit": read.limit, "filter": read.filter })
        }
        Ask::Read(read) => json!({ "paths": read.paths, "filter": read.filter }),
        Ask::List { path, all } => json!({ "path": path, "all": all }),
        Ask::Find(find) => json!({ "pattern": find.pattern, "path": find.path }),
        Ask::Search(search) => json!({ "pattern": search.pattern, "path": search.path, "glob": search.glob }),
        Ask::Edit { path, edit: Edit::Whole(whole) } => json!({ "path": path, "content": whole.text }),
        Ask::Edit { path, edit } => edited(path, edit, action),
        Ask::Patch(_) => json!({ "patch": action.content() }),
        Ask::Remove { path, preview } => json!({ "path": path, "preview": preview.then_some(true) }),
        Ask::Move { from, to } | Ask::Copy { from, to } => json!({ "from": from, "to": to }),
        Ask::Show { path, visibility } => json!({ "path": path, "visibility": visibility }),
        Ask::Run(run) => {
            json!({ "command": run.script, "working_dir": run.cwd, "background": run.background.then_some(true), "network": run.network.then_some(true), "timeout": run.limit_s })
        }
        Ask::Halt { path } => json!({ "stop": path }),
        Ask::Fetch { url } => json!({ "url": url }),
        Ask::WebSearch { query, count } => json!({ "query": query, "count": count }),
        Ask::Question { text, options } => json!({ "question": text, "options": options }),
        Ask::Say { text } => json!({ "content": text }),
    };
    match value {
        Value::Object(mut map) => {
            map.retain(|_, value| !value.is_null());
            map
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}

/// One piece that is replaced everywhere under the native names, so that it reads as the same edit again; other forms as they were written.
fn edited(path: &str, edit: &Edit, action: &Action) -> Value {
    if let Edit::Blocks(blocks) = edit
        && let [block] = blocks.as_slice()
        && let Some(old) = &block.search
        && *block == Block::new(Some(old.clone()), block.replace.clone(), Times::Every)
    {
        return json!({ "path": path, "old_text": old, "new_text": block.replace, "replace_all": true });
    }
    let text = action.content().filter(|text| !text.trim().is_empty()).or_else(|| action.attribute("body"));
    json!({ "path": path, "edit": text })
}

/// A native call in the tag language, for a model of that dialect that takes over a chat.
pub fn as_tag(name: &str, arguments: &Map<String, Value>) -> String {
    let text = |key: &str| arguments.get(key).and_then(Value::as_str).unwrap_or_default();
    let attribute = |value: &str| value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    let path = attribute(text("path"));
    match Tool::named(name) {
        Some(Tool::Exec) => format!("<sh>{}</sh>", text("command")),
        Some(Tool::Inspect) => format!("<env>{}</env>", text("command")),
        Some(Tool::WriteFile) => format!("<set path=\"{path}\">\n{}</set>", text("content")),
        Some(Tool::EditFile) => {
            format!("<set path=\"{path}\">\n<<<<<<< SEARCH\n{}\n=======\n{}\n>>>>>>> REPLACE\n</set>", text("old_text"), text("new_text"))
        }
        Some(Tool::ReadFile | Tool::ListDir) => format!("<get path=\"{path}\"/>"),
        Some(Tool::Glob) => format!("<get path=\"{}\" preview/>", attribute(text("pattern"))),
        Some(Tool::Grep) => format!("<search path=\"{path}\">{}</search>", text("pattern")),
        Some(Tool::RemoveFile) => format!("<rm path=\"{path}\"/>"),
        Some(Tool::MoveFile) => format!("<mv path=\"{}\" to=\"{}\"/>", attribute(text("from")), attribute(text("to"))),
        Some(Tool::CopyFile) => format!("<cp path=\"{}\" to=\"{}\"/>", attribute(text("from")), attribute(text("to"))),
        Some(Tool::WebFetch) => format!("<get path=\"{}\"/>", attribute(text("url"))),
        Some(Tool::AskUser) => format!("<ask_user question=\"{}\"/>", attribute(text("question"))),
        Some(Tool::ApplyPatch | Tool::WebSearch | Tool::Message | Tool::Think | Tool::Update) | None => {
            format!("<tool_call>{}</tool_call>", json!({ "name": name, "arguments": arguments }))
        }
    }
}
