//! A file's bytes as text that can be edited and put back: without its byte order mark, with one kind of line end. What was there
//! comes back; text in another encoding is refused rather than guessed.

use std::borrow::Cow;
use std::ops::Range;

use super::diff;
use super::refusal::Refusal;
use super::{MAX_FILE_BYTES, Tail};

const BOM: &str = "\u{feff}";

/// How the lines of a file end.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Ends {
    /// With a line feed, all of them; or there is none.
    Lf,
    /// With a carriage return and a line feed, all of them.
    CrLf,
    /// As each line says: true for those with a carriage return.
    Mixed(Vec<bool>),
}

/// A file's text.
#[derive(Clone, Debug)]
pub(super) struct Text {
    exists: bool,
    bom: bool,
    ends: Ends,
    raw: String,
    body: String,
}

impl Text {
    /// The text of a file that is not there.
    pub(super) fn none() -> Self {
        Self { exists: false, bom: false, ends: Ends::Lf, raw: String::new(), body: String::new() }
    }

    /// The text of `bytes`, if it is UTF-8 text.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.len() > MAX_FILE_BYTES {
            return Err(Refusal::TooLarge { bytes: bytes.len(), limit: MAX_FILE_BYTES });
        }
        if let Some(encoding) = foreign_mark(bytes) {
            return Err(Refusal::Encoding { encoding: encoding.to_owned(), at: 0 });
        }
        if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
            return Err(Refusal::Binary { at });
        }
        let raw = std::str::from_utf8(bytes)
            .map_err(|error| Refusal::Encoding { encoding: "not UTF-8".to_owned(), at: error.valid_up_to() })?
            .to_owned();
        let bom = raw.starts_with(BOM);
        let text = raw.strip_prefix(BOM).unwrap_or(&raw);
        let ends = ends(text);
        let body = without_returns(text).into_owned();
        Ok(Self { exists: true, bom, ends, raw, body })
    }

    /// The text with line feeds only, without the mark.
    pub(super) fn body(&self) -> &str {
        &self.body
    }

    /// The text as it stands in the file.
    pub(super) fn raw(&self) -> &str {
        &self.raw
    }

    /// Whether there is a file.
    pub(super) fn exists(&self) -> bool {
        self.exists
    }

    /// The bytes of a changed body: mark and line ends as the file has them.
    pub(super) fn write(&self, body: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(body.len() + body.len() / 32 + BOM.len());
        if self.bom {
            bytes.extend_from_slice(BOM.as_bytes());
        }
        match &self.ends {
            Ends::Lf => bytes.extend_from_slice(body.as_bytes()),
            Ends::CrLf => bytes.extend_from_slice(body.replace('\n', "\r\n").as_bytes()),
            Ends::Mixed(returns) => write_mixed(&mut bytes, &self.body, body, returns),
        }
        bytes
    }

    /// The bytes of a whole new content. One that has carriage returns of its own means them.
    pub(super) fn write_whole(&self, content: &str, tail: Tail) -> Vec<u8> {
        let mut content = Cow::Borrowed(content);
        let wants_newline = !self.exists || self.body.is_empty() || self.body.ends_with('\n');
        if tail == Tail::Kept && wants_newline && !content.is_empty() && !content.ends_with('\n') {
            content.to_mut().push('\n');
        }
        if !self.exists || content.contains('\r') {
            return content.into_owned().into_bytes();
        }
        self.write(content.strip_prefix(BOM).filter(|_| self.bom).unwrap_or(&content))
    }
}

/// `text` with line feeds only; carriage returns elsewhere than before a line feed stay.
pub(super) fn without_returns(text: &str) -> Cow<'_, str> {
    if text.contains("\r\n") { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) }
}

fn foreign_mark(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] => Some("UTF-32 LE"),
        [0, 0, 0xfe, 0xff, ..] => Some("UTF-32 BE"),
        [0xff, 0xfe, ..] => Some("UTF-16 LE"),
        [0xfe, 0xff, ..] => Some("UTF-16 BE"),
        _ => None,
    }
}

fn ends(text: &str) -> Ends {
    let returns: Vec<bool> = text.split_inclusive('\n').filter(|line| line.ends_with('\n')).map(|line| line.ends_with("\r\n")).collect();
    match (returns.contains(&true), returns.contains(&false)) {
        (true, true) => Ends::Mixed(returns),
        (true, false) => Ends::CrLf,
        (false, _) => Ends::Lf,
    }
}

/// Lines that stay keep their ends; a line in another's place takes that one's, a new line that of the line before it.
fn write_mixed(bytes: &mut Vec<u8>, before: &str, after: &str, returns: &[bool]) {
    let lines: Vec<&str> = after.split_inclusive('\n').collect();
    let mut own: Vec<Option<usize>> = vec![None; lines.len()];
    let (mut left, mut right) = (0, 0);
    for (removed, added) in diff::changed(before.as_bytes(), after.as_bytes()) {
        keep(&mut own, &mut left, &mut right, removed.start);
        pair(&mut own, &removed, &added);
        (left, right) = (removed.end, added.end);
    }
    while right < own.len() {
        own[right] = Some(left);
        (left, right) = (left + 1, right + 1);
    }
    let mut last = returns.first().copied().unwrap_or(false);
    for (line, source) in lines.iter().zip(own) {
        last = source.and_then(|source| returns.get(source)).copied().unwrap_or(last);
        match line.strip_suffix('\n') {
            Some(line) if last => {
                bytes.extend_from_slice(line.as_bytes());
                bytes.extend_from_slice(b"\r\n");
            }
            Some(_) | None => bytes.extend_from_slice(line.as_bytes()),
        }
    }
}

fn keep(own: &mut [Option<usize>], left: &mut usize, right: &mut usize, until: usize) {
    while *left < until {
        own[*right] = Some(*left);
        (*left, *right) = (*left + 1, *right + 1);
    }
}

fn pair(own: &mut [Option<usize>], removed: &Range<usize>, added: &Range<usize>) {
    for (source, target) in removed.clone().zip(added.clone()) {
        own[target] = Some(source);
    }
}
