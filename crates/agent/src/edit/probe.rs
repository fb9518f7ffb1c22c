//! `cargo xtask probe edit`: one case in, one result out, in the shapes of the entries contract's cases. It holds no rule of its own.

use serde_json::{Value, json};

use super::form::{self, Arguments, Form};
use super::{Block, Change, Digest, Edit, File, Seen, Tail, Times, Whole, apply, pairs, patch, refusal::Refusal, sed};

/// The result of one case. What the case is, is told by its `group` (`edit_blocks`, `json_edit`, `sed_parse`), by the beginning of
/// its `id`, or by its fields: with `file` an edit is applied; with `input` alone the text decides.
pub fn probe(case: &Value) -> Value {
    if let Some(text) = case.as_str() {
        return parsed(text);
    }
    if case.get("file").is_some() || case.get("file_base64").is_some() || case.get("edit").is_some() {
        return applied(case).unwrap_or_else(|refusal| json!({ "ok": false, "refusal": refusal.to_value() }));
    }
    let named = ["group", "op", "id"].iter().filter_map(|key| case.get(key)?.as_str());
    let kind = named.map(|name| name.split('-').next().unwrap_or(name)).find_map(kind);
    let Some(input) = case.get("input").or_else(|| case.get("text")) else {
        return json!({ "error": "a case has `input`, or `file` and an edit" });
    };
    let Some(input) = input.as_str() else {
        return Value::Null;
    };
    match kind {
        Some(Kind::Blocks) => blocks(input),
        Some(Kind::Json) => object(input),
        Some(Kind::Sed) => chain(input),
        Some(Kind::Patch) => files(input),
        None => parsed(input),
    }
}

enum Kind {
    Blocks,
    Json,
    Sed,
    Patch,
}

fn kind(name: &str) -> Option<Kind> {
    match name {
        "edit" | "edit_blocks" | "blocks" => Some(Kind::Blocks),
        "json" | "json_edit" => Some(Kind::Json),
        "sed" | "sed_parse" => Some(Kind::Sed),
        "patch" => Some(Kind::Patch),
        _ => None,
    }
}

fn parsed(text: &str) -> Value {
    let start = text.trim_start();
    if start.starts_with('{') {
        return object(text);
    }
    if start.starts_with('s') {
        return chain(text);
    }
    blocks(text)
}

fn blocks(text: &str) -> Value {
    match form::blocks(text) {
        Ok(Some((_, edit))) => pieces(&edit),
        Ok(None) => json!([]),
        Err(refusal) => json!({ "error": refusal.to_value() }),
    }
}

fn object(text: &str) -> Value {
    pairs::object(text).map_or(Value::Null, |(search, replace)| json!({ "search": search, "replace": replace }))
}

fn chain(text: &str) -> Value {
    sed::read(text).map_or(Value::Null, |(chain, _)| pieces(&Edit::Sed(chain)))
}

/// The pieces of an edit as the cases write them: `[{search, replace}]`, for sed with its flags.
pub fn pieces(edit: &Edit) -> Value {
    let block = |block: &Block| json!({ "search": block.search, "replace": block.replace });
    match edit {
        Edit::Whole(whole) => json!([{ "search": null, "replace": whole.text }]),
        Edit::Blocks(blocks) => blocks.iter().map(block).collect(),
        Edit::Hunks(hunks) => {
            hunks.iter().map(|hunk| json!({ "search": hunk.old().join("\n"), "replace": hunk.new_lines().join("\n") })).collect()
        }
        Edit::Sed(chain) => chain
            .iter()
            .map(|command| json!({ "search": command.search, "replace": command.replace, "flags": command.flags, "sed": true }))
            .collect(),
    }
}

fn files(text: &str) -> Value {
    match patch::read(text) {
        Ok(files) => files
            .iter()
            .map(|file| match &file.what {
                patch::What::Add(edit) => json!({ "path": file.path, "action": "add", "edits": pieces(edit) }),
                patch::What::Change(edit) => json!({ "path": file.path, "action": "change", "edits": pieces(edit) }),
                patch::What::Delete => json!({ "path": file.path, "action": "delete" }),
                patch::What::Move { to, edit } => {
                    json!({ "path": file.path, "action": "move", "to": to, "edits": edit.as_ref().map(pieces) })
                }
            })
            .collect(),
        Err(refusal) => json!({ "error": refusal.to_value() }),
    }
}

fn text<'a>(case: &'a Value, key: &str) -> Option<&'a str> {
    case.get(key).and_then(Value::as_str)
}

/// The edit of a case: as a tag gives it (`input`, `body`, `search`, `replace`), or as the tools do (`content`; `old_text`,
/// `new_text`, `replace_all`).
fn edit(case: &Value) -> Result<Option<(Form, Edit)>, Refusal> {
    let inner = case.get("edit").filter(|edit| edit.is_object()).unwrap_or(case);
    if let Some(content) = text(inner, "content") {
        return Ok(Some((Form::Whole, Edit::Whole(Whole { text: content.to_owned(), tail: Tail::AsGiven }))));
    }
    if let (Some(old), Some(new)) = (text(inner, "old_text"), text(inner, "new_text")) {
        let times = if inner.get("replace_all") == Some(&Value::Bool(true)) { Times::Every } else { Times::Once };
        return Ok(Some((Form::OldNew, Edit::Blocks(vec![Block::new(Some(old.to_owned()), new.to_owned(), times)]))));
    }
    form::read(Arguments {
        text: text(inner, "input").or_else(|| text(inner, "text")).or_else(|| text(case, "edit")).unwrap_or_default(),
        body: text(inner, "body"),
        search: text(inner, "search"),
        replace: text(inner, "replace"),
    })
}

/// `file`: text, `{"hex"}` for bytes, or null; `seen`: a digest, or null for a file that was not there.
fn applied(case: &Value) -> Result<Value, Refusal> {
    let bytes = match case.get("file") {
        Some(Value::String(text)) => Some(text.clone().into_bytes()),
        Some(Value::Object(file)) => file.get("hex").and_then(Value::as_str).and_then(unhex),
        _ => None,
    };
    let seen = match case.get("seen") {
        Some(Value::Null) => Seen::Absent,
        Some(Value::String(digest)) => match Digest::parse(digest) {
            Some(digest) => Seen::Bytes(digest, None),
            None => Seen::Bytes(Digest::of(digest.as_bytes()), Some(digest.clone().into_bytes())),
        },
        _ => Seen::Never,
    };
    let Some((form, edit)) = edit(case)? else {
        return Ok(json!({ "ok": true, "form": null }));
    };
    let file = File { path: text(case, "path").unwrap_or("file"), bytes: bytes.as_deref(), seen: &seen };
    Ok(shown(form, &apply(&file, &edit)?))
}

fn shown(form: Form, change: &Change) -> Value {
    let after = match std::str::from_utf8(&change.after) {
        Ok(text) => json!(text),
        Err(_) => json!({ "hex": change.after.iter().map(|byte| format!("{byte:02x}")).collect::<String>() }),
    };
    let notes: Vec<Value> = change.notes.iter().map(super::note::Note::to_value).collect();
    json!({
        "ok": true,
        "form": form.name(),
        "after": after,
        "added": change.diff.added,
        "deleted": change.diff.deleted,
        "fuzzy": change.is_fuzzy(),
        "notes": notes,
        "diff": change.diff.to_value(),
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|char| char.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    digits.filter(|digits| digits.len().is_multiple_of(2)).map(|digits| digits.chunks(2).map(|pair| pair[0] * 16 + pair[1]).collect())
}
