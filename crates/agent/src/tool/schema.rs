//! What models with tool calling are told of each tool: a line and a JSON schema.

use serde_json::{Value, json};

use super::Tool;

/// What a tool is for, for the model.
pub fn about(tool: Tool) -> &'static str {
    match tool {
        Tool::ReadFile => {
            "Reads a text file, or several. `line` and `limit` read a part of one; a negative `line` counts from the end. Also reads the output of a \
             command by its path (`sh://turn_N/…_1`)."
        }
        Tool::ListDir => "Lists what is in a folder.",
        Tool::Glob => "Finds files by name: `**` crosses folders. Ignored and hidden files are left out.",
        Tool::Grep => "Finds text in files by a regular expression, with line numbers. Ignored and hidden files are left out.",
        Tool::WriteFile => "Writes a whole text file, new or not; missing folders are made.",
        Tool::EditFile => {
            "Replaces a piece of a file. `old_text` must occur exactly once unless `replace_all` is set; give enough lines to make it so."
        }
        Tool::ApplyPatch => "Changes several files by a unified diff or a `*** Begin Patch` patch.",
        Tool::RemoveFile => "Removes a file, or a folder with what is in it.",
        Tool::MoveFile => "Moves or renames a file or a folder.",
        Tool::CopyFile => "Copies a file.",
        Tool::Exec => {
            "Runs a shell script in the project folder and answers with its output and exit code. It has no input. Set `background` for what does not \
             end by itself, such as a server; its output is read later by the path in the answer, and `stop` with that path ends it."
        }
        Tool::Inspect => "Runs a shell command that only looks and changes nothing, such as `git status`.",
        Tool::WebFetch => "Fetches a page and answers with its readable text.",
        Tool::WebSearch => "Searches the web.",
        Tool::AskUser => "Asks the person and waits for the answer. Use it when you cannot go on without a decision.",
        Tool::Message => "Says something to the person now, before the work is done.",
        Tool::Think => "Notes a thought.",
        Tool::Update => "Closes the step.",
    }
}

/// The JSON schema of a tool's arguments.
pub fn parameters(tool: Tool) -> Value {
    let text = |about: &str| json!({ "type": "string", "description": about });
    let number = |about: &str| json!({ "type": "integer", "description": about });
    let flag = |about: &str| json!({ "type": "boolean", "description": about });
    let path = || text("Relative to the project folder.");
    let (properties, required): (Value, &[&str]) = match tool {
        Tool::ReadFile => (
            json!({
                "path": path(),
                "line": number("First line, from 1; negative counts from the end."),
                "limit": number("Lines wanted."),
                "paths": { "type": "array", "items": { "type": "string" }, "description": "Several files instead of one." },
            }),
            &["path"],
        ),
        Tool::ListDir => (json!({ "path": path(), "all": flag("With hidden and ignored files.") }), &["path"]),
        Tool::Glob => (json!({ "pattern": text("Such as `src/**/*.rs`."), "path": text("Beneath this folder.") }), &["pattern"]),
        Tool::Grep => (
            json!({
                "pattern": text("A regular expression."),
                "path": text("In this file, or beneath this folder."),
                "glob": text("Only in files of such names, such as `*.rs`."),
                "literal": flag("The pattern is plain text."),
                "ignore_case": flag("Without regard to case."),
                "context": number("Lines shown around a match."),
            }),
            &["pattern"],
        ),
        Tool::WriteFile => (json!({ "path": path(), "content": text("The whole content.") }), &["path", "content"]),
        Tool::EditFile => (
            json!({
                "path": path(),
                "old_text": text("The piece, exactly as it stands in the file."),
                "new_text": text("What takes its place."),
                "replace_all": flag("Replace it wherever it occurs."),
            }),
            &["path", "old_text", "new_text"],
        ),
        Tool::ApplyPatch => (json!({ "patch": text("The patch.") }), &["patch"]),
        Tool::RemoveFile => (json!({ "path": path() }), &["path"]),
        Tool::MoveFile | Tool::CopyFile => (json!({ "from": path(), "to": path() }), &["from", "to"]),
        Tool::Exec => (
            json!({
                "command": text("The script, for a POSIX shell."),
                "working_dir": text("Where it starts; the project folder when left out."),
                "timeout": number("Seconds it may take; 120 when left out."),
                "background": flag("Go on while it runs."),
                "network": flag("It needs the network."),
                "stop": text("Ends this background command instead of running one."),
            }),
            &[],
        ),
        Tool::Inspect => (json!({ "command": text("The command.") }), &["command"]),
        Tool::WebFetch => (json!({ "url": text("An http or https address.") }), &["url"]),
        Tool::WebSearch => (json!({ "query": text("What to look for."), "count": number("Hits wanted.") }), &["query"]),
        Tool::AskUser => (
            json!({
                "question": text("The question."),
                "options": { "type": "array", "items": { "type": "string" }, "description": "Answers to choose from." },
            }),
            &["question"],
        ),
        Tool::Message => (json!({ "content": text("The text, Markdown.") }), &["content"]),
        Tool::Think => (json!({ "thought": text("The thought.") }), &["thought"]),
        Tool::Update => (json!({ "status": number("200 when done."), "body": text("One line.") }), &["status"]),
    };
    json!({ "type": "object", "properties": properties, "required": required })
}
