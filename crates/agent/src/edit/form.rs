//! The eight forms in which an edit may be written, told apart as entries §3.3 orders them. What begins like an edit and is none is
//! refused, never taken for a file's whole new content.

use super::refusal::Refusal;
use super::{Block, Edit, Tail, Times, Whole, conflict, pairs, patch, sed};

/// The parts of a `set`, as its tag gives them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Arguments<'a> {
    /// The text between the tags.
    pub text: &'a str,
    /// The attribute `body`.
    pub body: Option<&'a str>,
    /// The attribute `search`.
    pub search: Option<&'a str>,
    /// The attribute `replace`.
    pub replace: Option<&'a str>,
}

/// How an edit was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Conflict blocks.
    Conflict,
    /// A unified diff.
    Diff,
    /// `<old_text>` and `<new_text>`.
    OldNew,
    /// `{"search", "replace"}`.
    Json,
    /// `s/a/b/`.
    Sed,
    /// The attributes search and replace.
    Attributes,
    /// The attribute body, replaced by the text.
    Body,
    /// The whole new content.
    Whole,
}

impl Form {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Conflict => "conflict",
            Self::Diff => "diff",
            Self::OldNew => "old_new",
            Self::Json => "json",
            Self::Sed => "sed",
            Self::Attributes => "attributes",
            Self::Body => "body",
            Self::Whole => "whole",
        }
    }
}

/// The edit of a `set`, and how it was written; absent when there is nothing to edit with.
pub fn read(arguments: Arguments<'_>) -> Result<Option<(Form, Edit)>, Refusal> {
    let text = if arguments.text.trim().is_empty() { arguments.body.unwrap_or_default() } else { arguments.text };
    if let Some(found) = in_text(text)? {
        return Ok(Some(found));
    }
    let every = |search: &str, replace: &str| Edit::Blocks(vec![Block::new(Some(search.to_owned()), replace.to_owned(), Times::Every)]);
    if let Some(search) = arguments.search {
        return Ok(Some((Form::Attributes, every(search, arguments.replace.unwrap_or(text)))));
    }
    if let Some(search) = arguments.body.filter(|_| !arguments.text.trim().is_empty()) {
        return Ok(Some((Form::Body, every(search, arguments.text))));
    }
    if text.trim().is_empty() {
        return Ok(None);
    }
    Ok(Some((Form::Whole, Edit::Whole(Whole { text: text.to_owned(), tail: Tail::Kept }))))
}

/// The forms that a text alone shows: the first five.
pub fn in_text(text: &str) -> Result<Option<(Form, Edit)>, Refusal> {
    if let Some((form, edit)) = blocks(text)? {
        return Ok(Some((form, edit)));
    }
    if let Some((search, replace)) = pairs::object(text) {
        let block = Block::new(Some(pairs::words(search)), pairs::words(replace), Times::Every);
        return Ok(Some((Form::Json, Edit::Blocks(vec![block]))));
    }
    Ok(chain(text)?.map(|chain| (Form::Sed, Edit::Sed(chain))))
}

/// The forms that come as blocks: the first three.
pub(super) fn blocks(text: &str) -> Result<Option<(Form, Edit)>, Refusal> {
    let blocks = conflict::read(text)?;
    if !blocks.is_empty() {
        return Ok(Some((Form::Conflict, Edit::Blocks(blocks))));
    }
    let hunks = patch::hunks(text)?;
    if !hunks.is_empty() {
        return Ok(Some((Form::Diff, Edit::Hunks(hunks))));
    }
    let blocks = pairs::tags(text)?;
    Ok((!blocks.is_empty()).then_some((Form::OldNew, Edit::Blocks(blocks))))
}

/// A chain of `s/…/…/`. Other delimiters count only when the text is the chain and nothing but that.
fn chain(text: &str) -> Result<Option<Vec<sed::Sed>>, Refusal> {
    let text = text.trim();
    let slashes = text.starts_with("s/");
    let others = ["s|", "s#", "s~", "s!", "s@", "s%"].iter().any(|start| text.starts_with(start));
    if !slashes && !others {
        return Ok(None);
    }
    let several_lines = text.contains('\n');
    match sed::read(text) {
        Some((chain, sed::Ended::Yes)) => Ok(Some(chain)),
        Some((chain, sed::Ended::No)) if slashes && !several_lines => Ok(Some(chain)),
        Some((_, sed::Ended::No)) | None => {
            let first = text.lines().next().unwrap_or_default();
            match slashes && first.matches('/').count() >= 3 {
                true => Err(Refusal::Malformed { why: "The text begins like s/a/b/ but goes on as something else.".to_owned() }),
                false => Ok(None),
            }
        }
    }
}
