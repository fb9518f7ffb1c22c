//! Where the arguments of a foreign call belong: the names other dialects use, translated to a tag's attributes and its body.

use crate::dialect::tool::Tool;

const PATHS: [&str; 8] = ["path", "file", "file_path", "filepath", "filename", "target_file", "url", "uri"];

/// A call's arguments as a tag's attributes and body. Unknown names stay attributes, except that the first fills the main argument.
pub(super) fn placed(tool: Tool, arguments: Vec<(String, String)>) -> (Vec<(String, String)>, Option<String>) {
    let mut attributes: Vec<(String, String)> = Vec::new();
    let mut body = None;
    let mut unknown = Vec::new();
    for (name, value) in arguments {
        let key = name.trim().to_ascii_lowercase();
        match known(tool, &key) {
            Some("body") if body.is_none() => body = Some(value),
            Some(attribute) if attributes.iter().all(|(taken, _)| taken != attribute) => {
                attributes.push((attribute.to_owned(), value));
            }
            Some(_) | None => unknown.push((key, value)),
        }
    }
    for (key, value) in unknown {
        match tool.main_attribute() {
            Some(main) if attributes.iter().all(|(taken, _)| taken != main) => attributes.push((main.to_owned(), value)),
            None if body.is_none() && tool != Tool::Set => body = Some(value),
            Some(_) | None => attributes.push((key, value)),
        }
    }
    (attributes, body)
}

/// The attribute a name means for this tool; `body` is the body.
fn known(tool: Tool, key: &str) -> Option<&'static str> {
    let names: &[(&[&str], &'static str)] = match tool {
        Tool::Think => &[(&["body", "thought", "thinking", "text", "content"], "body")],
        Tool::Update => &[(&["body", "message", "text", "content", "summary"], "body"), (&["status"], "status")],
        Tool::Get => &[
            (&PATHS, "path"),
            (&["line", "offset", "start_line"], "line"),
            (&["limit"], "limit"),
            (&["preview"], "preview"),
            (&["visibility"], "visibility"),
            (&["body", "filter"], "body"),
        ],
        Tool::Set => &[
            (&PATHS, "path"),
            (&["body", "content", "contents", "text", "file_text", "patch", "diff", "input"], "body"),
            (&["search", "old_text", "old_string", "old_str"], "search"),
            (&["replace", "new_text", "new_string", "new_str"], "replace"),
            (&["summary"], "summary"),
            (&["visibility"], "visibility"),
            (&["filter"], "filter"),
        ],
        Tool::Env | Tool::Sh => &[(&["command", "cmd", "script", "code"], "command")],
        Tool::Rm => &[(&PATHS, "path"), (&["body", "filter"], "body")],
        Tool::Cp | Tool::Mv => &[
            (&["path", "source", "src", "from", "old_path", "source_path"], "path"),
            (&["to", "destination", "dest", "dst", "target", "new_path", "destination_path"], "to"),
            (&["visibility"], "visibility"),
        ],
        Tool::AskUser => &[(&["question", "prompt"], "question"), (&["options", "choices"], "options")],
        Tool::Search => &[(&["query", "q", "pattern"], "path"), (&["results", "count", "max_results"], "results")],
    };
    names.iter().find(|(keys, _)| keys.contains(&key)).map(|(_, attribute)| *attribute)
}
