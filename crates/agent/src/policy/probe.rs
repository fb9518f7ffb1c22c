//! One question to policy as a JSON value, and its answer as one. With a `request` it is judged; otherwise `op`, the case's `group` or the beginning of
//! its `id` names one of the small tables. Asks nothing of the machine.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::judge::usual;
use super::{Access, By, Facts, Kind, Level, Mode, Policy, Preset, Request, Restrictions, Rule, Touch, Verdict, Writer};
use super::{default_visibility, may_write, options, tools};
use crate::path::{Bounds, Reach, Refusal, file, scheme_of};
use crate::verdict::may_move;

/// The folder and the chat where the question names none.
const FOLDER: &str = "/project";
const CHAT: &str = "chat";

/// Answers one question; `{"error": …}` says what the question lacks.
pub fn probe(question: &Value) -> Value {
    let answer = match operation(question) {
        "judge" => judged(question),
        "write_permission" => permitted(question),
        "default_visibility" => Ok(json!(default_visibility(text(question, "path").unwrap_or_default()))),
        "tool_set" => mode(question).map(|(mode, without)| json!(tools(mode, without))),
        "run_transitions" => moved(question),
        "ask_user_options" => Ok(json!(options(text(question, "options").unwrap_or_default()))),
        other => Err(format!("unknown question: {other:?}")),
    };
    answer.unwrap_or_else(|why| json!({ "error": why }))
}

fn operation(question: &Value) -> &str {
    let named = text(question, "op").filter(|op| !op.contains(' ')).or_else(|| text(question, "group"));
    let known = |field: &str| question.get(field).is_some();
    match named.or_else(|| text(question, "id").and_then(|id| id.split('-').next())).unwrap_or_default() {
        _ if known("request") => "judge",
        "perm" => "write_permission",
        "dv" => "default_visibility",
        "tool" => "tool_set",
        "tr" => "run_transitions",
        "ask" => "ask_user_options",
        "" if known("writer") => "write_permission",
        "" if known("from") => "run_transitions",
        "" if known("mode") => "tool_set",
        "" if known("options") => "ask_user_options",
        "" if known("path") => "default_visibility",
        named => named,
    }
}

fn permitted(question: &Value) -> Result<Value, String> {
    let writer: Writer = field(question, "writer")?.ok_or("writer is missing")?;
    let scheme = text(question, "scheme").filter(|scheme| !matches!(*scheme, "(file)" | "file"));
    Ok(json!(if may_write(scheme, writer) { "ok" } else { "denied" }))
}

fn moved(question: &Value) -> Result<Value, String> {
    let status = |name: &str| field::<u16>(question, name)?.ok_or(format!("{name} is missing"));
    Ok(json!(if may_move(status("from")?, status("to")?) { "allowed" } else { "refused" }))
}

fn mode(question: &Value) -> Result<(Mode, Restrictions), String> {
    Ok((field(question, "mode")?.unwrap_or_default(), field(question, "flags")?.unwrap_or_default()))
}

fn judged(question: &Value) -> Result<Value, String> {
    let (mode, without) = mode(question)?;
    let facts = Facts {
        chat: text(question, "chat").unwrap_or(CHAT).to_owned(),
        folder: text(question, "folder").unwrap_or(FOLDER).to_owned(),
        full: flag(question, "full"),
        mode,
        without,
        level: field::<Level>(question, "level")?.unwrap_or(Level::L3),
        network: flag(question, "network"),
    };
    let rules: Vec<Rule> = field(question, "rules")?.unwrap_or_default();
    let preset: Preset = field(question, "preset")?.unwrap_or_default();
    let asked = question.get("request").ok_or("request is missing")?;
    Ok(match request(asked, &facts) {
        Ok(request) => told(&Policy { rules, preset }.judge(&request, &facts)),
        Err(refusal) => {
            json!({ "effect": "deny", "by": "path", "code": refusal.code(), "why": refusal.words(), "rules": [], "status": 403 })
        }
    })
}

fn told(verdict: &Verdict) -> Value {
    let (by, rules): (&str, &[String]) = match &verdict.by {
        By::Rules(ids) => ("rule", ids),
        By::Unsure(id) => ("rule", std::slice::from_ref(id)),
        By::Mode => ("mode", &[]),
        By::Scope => ("scope", &[]),
        By::Protected => ("protected", &[]),
        By::Sandbox => ("sandbox", &[]),
        By::Network => ("network", &[]),
        By::Harmless => ("harmless", &[]),
        By::Preset(_) => ("preset", &[]),
    };
    json!({ "effect": verdict.effect, "by": by, "rules": rules, "why": verdict.why, "status": verdict.status() })
}

/// A request as the tools would make it: `path` or `paths`, and `to` for what moves or copies.
fn request(asked: &Value, facts: &Facts) -> Result<Request, Refusal> {
    let tool = text(asked, "tool").unwrap_or_default().to_owned();
    let kind = Kind::of(&tool);
    let named = |name: &str| text(asked, name).into_iter();
    let listed = asked.get("paths").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let sources: Vec<&str> = named("path").chain(listed).collect();
    let entries = !sources.is_empty() && sources.iter().copied().chain(named("to")).all(|path| scheme_of(path).is_some());
    let from = match (tool.as_str(), asked.get("to")) {
        ("mv" | "move_file", Some(_)) => Access::Remove,
        ("cp" | "copy_file", Some(_)) => Access::Read,
        _ => usual(kind, &tool),
    };
    let touches = sources.into_iter().map(|path| (path, from)).chain(named("to").map(|path| (path, Access::Write)));
    let touch = |(path, access)| touch(path, access, asked, facts);
    Ok(Request {
        kind: if entries { Kind::Chat } else { kind },
        touches: if entries { Vec::new() } else { touches.map(touch).collect::<Result<_, _>>()? },
        command: text(asked, "command").map(str::to_owned),
        host: text(asked, "host").map(str::to_owned),
        network: flag(asked, "network"),
        tool,
    })
}

/// A path outside is judged, not refused, so that the answer names the bound that stands in its way.
fn touch(path: &str, access: Access, asked: &Value, facts: &Facts) -> Result<Touch, Refusal> {
    let named = file(path, Bounds { root: &facts.folder, reach: Reach::Anywhere })?;
    let real = text(asked, "real").map(str::to_owned);
    Ok(Touch { path: named.path, real, access, tree: named.folder || flag(asked, "tree"), protected: named.protected })
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

fn flag(value: &Value, name: &str) -> bool {
    value.get(name).and_then(Value::as_bool).unwrap_or(false)
}

fn field<T: DeserializeOwned>(value: &Value, name: &str) -> Result<Option<T>, String> {
    let Some(found) = value.get(name).filter(|found| !found.is_null()) else {
        return Ok(None);
    };
    T::deserialize(found).map(Some).map_err(|why| format!("{name}: {why}"))
}
