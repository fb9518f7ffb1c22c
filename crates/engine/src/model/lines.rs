//! The conversation as chat completions spell it.
//!
//! Pure. What a model got wrong in a call is sent back in a spelling every server takes: some parse the arguments of old calls,
//! and refuse a whole conversation for one that is no JSON.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Image, Message, Role, ToolCall, ToolSpec};

/// The longest name of a function that servers take, in characters.
const MAX_NAME_CHARS: usize = 64;

/// How images are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ImageField {
    /// As `image_url` parts.
    Sent,
    /// Left out, with their names in the text, for models that take none.
    Named,
}

/// One message.
#[derive(Serialize)]
pub(super) struct Line<'a> {
    role: &'static str,
    content: Content<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<Call<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<&'a str>,
}

/// Plain text wherever that says it all: some servers know nothing else.
#[derive(Serialize)]
#[serde(untagged)]
enum Content<'a> {
    Text(&'a str),
    Named(String),
    Parts(Vec<Part<'a>>),
    /// Null, of a message that only makes calls.
    Nothing,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Part<'a> {
    Text { text: &'a str },
    ImageUrl { image_url: Address<'a> },
}

#[derive(Serialize)]
struct Address<'a> {
    url: &'a str,
}

#[derive(Serialize)]
struct Call<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    function: Function<'a>,
}

#[derive(Serialize)]
struct Function<'a> {
    name: Cow<'a, str>,
    arguments: Cow<'a, str>,
}

/// One tool that is offered.
#[derive(Serialize)]
pub(super) struct Tool<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    function: Offer<'a>,
}

#[derive(Serialize)]
struct Offer<'a> {
    name: &'a str,
    description: &'a str,
    parameters: &'a Value,
}

/// The tools as they are offered.
pub(super) fn tools(tools: &[ToolSpec]) -> Vec<Tool<'_>> {
    tools
        .iter()
        .map(|ToolSpec { name, description, parameters }| Tool { kind: "function", function: Offer { name, description, parameters } })
        .collect()
}

/// The messages, oldest first. Tools answer in text alone; pictures they bring follow their answers as a message of the user.
pub(super) fn lines(messages: &[Message], images: ImageField) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut brought: Vec<&Image> = Vec::new();
    for message in messages {
        if message.role != Role::Tool {
            lines.extend(pictures(&mut brought));
        }
        let sent_later = message.role == Role::Tool && images == ImageField::Sent;
        if sent_later {
            brought.extend(&message.images);
        }
        let shown = match sent_later {
            true => &[],
            false => message.images.as_slice(),
        };
        lines.push(Line {
            role: role_word(message.role),
            content: content(message, shown, images),
            tool_calls: message.calls.iter().map(call).collect(),
            tool_call_id: message.call_id.as_deref(),
        });
    }
    lines.extend(pictures(&mut brought));
    lines
}

fn pictures<'a>(brought: &mut Vec<&'a Image>) -> Option<Line<'a>> {
    let images = std::mem::take(brought);
    (!images.is_empty()).then(|| Line {
        role: role_word(Role::User),
        content: Content::Parts(
            [Part::Text { text: "The pictures that the tools brought:" }].into_iter().chain(images.into_iter().map(part)).collect(),
        ),
        tool_calls: Vec::new(),
        tool_call_id: None,
    })
}

fn content<'a>(message: &'a Message, shown: &'a [Image], images: ImageField) -> Content<'a> {
    match images {
        ImageField::Sent | ImageField::Named if shown.is_empty() => match message.content.is_empty() && !message.calls.is_empty() {
            true => Content::Nothing,
            false => Content::Text(&message.content),
        },
        ImageField::Sent => {
            let text = Some(Part::Text { text: &message.content }).filter(|_| !message.content.is_empty());
            Content::Parts(text.into_iter().chain(shown.iter().map(part)).collect())
        }
        ImageField::Named => {
            let names = shown.iter().map(|image| format!("\n\n[Image, not shown: {}]", image.name));
            Content::Named(std::iter::once(message.content.clone()).chain(names).collect())
        }
    }
}

fn part(image: &Image) -> Part<'_> {
    Part::ImageUrl { image_url: Address { url: &image.url } }
}

fn call(call: &ToolCall) -> Call<'_> {
    let function = Function { name: name(&call.name), arguments: arguments(&call.arguments) };
    Call { id: &call.id, kind: "function", function }
}

/// A name servers take: what they would refuse becomes `_`.
fn name(name: &str) -> Cow<'_, str> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    match name.is_empty() {
        true => Cow::Borrowed("unnamed"),
        false if name.chars().all(fits) && name.len() <= MAX_NAME_CHARS => Cow::Borrowed(name),
        false => Cow::Owned(name.chars().map(|c| if fits(c) { c } else { '_' }).take(MAX_NAME_CHARS).collect()),
    }
}

/// Arguments servers take: an object as it was written, and anything else as text within one.
fn arguments(written: &str) -> Cow<'_, str> {
    if written.trim().is_empty() {
        return Cow::Borrowed("{}");
    }
    match serde_json::from_str::<Map<String, Value>>(written) {
        Ok(_) => Cow::Borrowed(written),
        Err(_) => Cow::Owned(json!({ "not_an_object": written }).to_string()),
    }
}

fn role_word(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    }
}
