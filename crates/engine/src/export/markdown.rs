//! A chat as Markdown: who said what when, thoughts as quotations, tools as lists.

use std::fmt::Write as _;

use alcove_proto::thread::{Role, UiMessage};

pub(super) fn head(title: &str, began: &str) -> String {
    let title = if title.is_empty() { "Chat" } else { title };
    format!("# {}\n\n{began}\n", title.replace('\n', " "))
}

pub(super) fn messages(messages: &[UiMessage], when: &dyn Fn(&UiMessage) -> String) -> String {
    let mut out = String::new();
    for message in messages {
        one(&mut out, message, &when(message)).expect("a string takes everything");
    }
    out
}

fn one(out: &mut String, message: &UiMessage, when: &str) -> std::fmt::Result {
    match (message.role, message.notice) {
        (Role::Tool, _) => return tools(out, message),
        (Role::User, _) => write!(out, "\n## You")?,
        (Role::Assistant, None) => write!(out, "\n## Assistant")?,
        (Role::Assistant, Some(_)) => write!(out, "\n## Alcove")?,
    }
    writeln!(out, "{}{when}\n", if when.is_empty() { "" } else { ", " })?;
    if let Some(reasoning) = message.reasoning.as_deref().filter(|text| !text.trim().is_empty()) {
        for line in reasoning.trim().lines() {
            writeln!(out, "> {line}")?;
        }
        out.push('\n');
    }
    let text = message.content.trim_end();
    if !text.is_empty() {
        writeln!(out, "{text}")?;
    }
    for file in message.media.iter().flatten() {
        writeln!(out, "\n- Attached: {}", file.name.replace('\n', " "))?;
    }
    Ok(())
}

fn tools(out: &mut String, message: &UiMessage) -> std::fmt::Result {
    out.push('\n');
    for line in message.traces.iter().flatten() {
        writeln!(out, "- `{}`", line.replace('`', "'").replace('\n', " "))?;
    }
    for edit in message.file_edits.iter().flatten() {
        writeln!(out, "- `{}` +{} −{}", edit.path.replace('`', "'"), edit.added, edit.deleted)?;
    }
    Ok(())
}
