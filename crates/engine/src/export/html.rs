//! Messages as parts of a web page. Markdown becomes the few elements it means; every tag in it stays text, links lead to the web or a
//! mailbox only, and pictures are in the page or not at all.

use std::fmt::Write as _;

use alcove_proto::thread::{Role, UiMessage};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

use super::bytes_of;
use super::page::escape;
use crate::media::{MEDIA_PATH, Media, served};

/// The largest picture put into a page.
const PICTURE_BYTES: u64 = 8 << 20;
/// Where links may lead.
const SCHEMES: &[&str] = &["https:", "http:", "mailto:"];

pub(super) fn messages(messages: &[UiMessage], when: &dyn Fn(&UiMessage) -> String, media: &Media) -> String {
    let mut out = String::new();
    for message in messages {
        one(&mut out, message, &when(message), media).expect("a string takes everything");
    }
    out
}

fn one(out: &mut String, message: &UiMessage, when: &str, media: &Media) -> std::fmt::Result {
    let (class, who) = match (message.role, message.notice) {
        (Role::Tool, _) => return tools(out, message),
        (Role::User, _) => ("user", "You"),
        (Role::Assistant, None) => ("assistant", "Assistant"),
        (Role::Assistant, Some(_)) => ("notice", "Alcove"),
    };
    write!(out, "<article class=\"{class}\"><p class=\"who\">{who} <time>{}</time></p>\n<div>", escape(when))?;
    if let Some(reasoning) = message.reasoning.as_deref().filter(|text| !text.trim().is_empty()) {
        writeln!(out, "<div class=\"reasoning\">{}</div>", escape(reasoning.trim()))?;
    }
    match message.role {
        Role::User => write!(out, "<p style=\"white-space:pre-wrap\">{}</p>", escape(&message.content))?,
        Role::Assistant | Role::Tool => out.push_str(&rendered(&message.content, media)),
    }
    for file in message.media.iter().flatten() {
        match picture(&file.url, media) {
            Some(data) => write!(out, "<p><img alt=\"{}\" src=\"{data}\"></p>", escape(&file.name))?,
            None => write!(out, "<p>Attached: {}</p>", escape(&file.name))?,
        }
    }
    out.push_str("</div></article>\n");
    Ok(())
}

fn tools(out: &mut String, message: &UiMessage) -> std::fmt::Result {
    out.push_str("<ul class=\"tools\">");
    for line in message.traces.iter().flatten() {
        write!(out, "<li>{}</li>", escape(line))?;
    }
    for edit in message.file_edits.iter().flatten() {
        write!(out, "<li>{} +{} −{}</li>", escape(&edit.path), edit.added, edit.deleted)?;
    }
    out.push_str("</ul>\n");
    Ok(())
}

/// Markdown as elements.
fn rendered(text: &str, media: &Media) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut out = String::new();
    html::push_html(&mut out, Parser::new_ext(text, options).filter_map(|event| harmless(event, media)));
    out
}

/// The event as it may stand in the page.
fn harmless<'a>(event: Event<'a>, media: &Media) -> Option<Event<'a>> {
    match event {
        Event::Html(tag) | Event::InlineHtml(tag) => Some(Event::Text(tag)),
        Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => None,
        Event::Start(mut tag) => {
            lead(&mut tag, media);
            Some(Event::Start(tag))
        }
        Event::End(_)
        | Event::Text(_)
        | Event::Code(_)
        | Event::InlineMath(_)
        | Event::DisplayMath(_)
        | Event::FootnoteReference(_)
        | Event::SoftBreak
        | Event::HardBreak
        | Event::Rule
        | Event::TaskListMarker(_) => Some(event),
    }
}

/// Gives a link or a picture the address it may have.
fn lead(tag: &mut Tag<'_>, media: &Media) {
    if let Tag::Link { dest_url, .. } = tag
        && !leads_out(dest_url)
    {
        *dest_url = CowStr::Borrowed("#");
    }
    if let Tag::Image { dest_url, .. } = tag {
        *dest_url = picture(dest_url, media).map_or(CowStr::Borrowed("data:,"), CowStr::from);
    }
}

fn leads_out(url: &str) -> bool {
    let lower = url.trim_start().to_ascii_lowercase();
    SCHEMES.iter().any(|scheme| lower.starts_with(scheme))
}

/// A picture of ours as it stands in a page.
fn picture(url: &str, media: &Media) -> Option<String> {
    if !url.starts_with(MEDIA_PATH) {
        return None;
    }
    let bytes = bytes_of(media, url, PICTURE_BYTES)?;
    let mime = match bytes.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => served("a.png"),
        [0xff, 0xd8, 0xff, ..] => served("a.jpg"),
        [b'G', b'I', b'F', b'8', ..] => served("a.gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => served("a.webp"),
        _ => return None,
    };
    Some(format!("data:{mime};base64,{}", STANDARD.encode(&bytes)))
}
