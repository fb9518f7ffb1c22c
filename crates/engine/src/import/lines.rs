//! A file read line by line. Lines that are too long, no UTF-8 or no JSON object are handed on as what they are.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::Path;

use serde_json::Value;

/// The longest line. The largest attachment fits, written as text.
pub(super) const LINE_BYTES: u64 = 48 << 20;
/// Lines a file may have.
pub(super) const LINES: usize = 2_000_000;
/// Lines looked at to tell what a file is.
const LOOKED_AT: usize = 20;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An export of ours.
    Own,
    /// A session file of the original: what its model saw.
    Session,
    /// A transcript of the original: what people saw.
    Transcript,
    /// Something else.
    Unknown,
}

/// One line.
pub(super) enum Text {
    /// Its number from 1 and its text.
    Line(usize, String),
    /// Its number from 1 and what is wrong with it.
    Bad(usize, &'static str),
}

/// Hands each line that is not blank to `take`, until it says stop.
pub(super) fn each(path: &Path, mut take: impl FnMut(Text) -> io::Result<Go>) -> io::Result<()> {
    let mut reader = BufReader::new(File::open(path)?);
    for number in 1..=LINES {
        let mut bytes = Vec::new();
        let count = reader.by_ref().take(LINE_BYTES).read_until(b'\n', &mut bytes)?;
        if count == 0 {
            return Ok(());
        }
        let whole = bytes.last() == Some(&b'\n') || (count as u64) < LINE_BYTES;
        let text = if whole {
            match String::from_utf8(bytes) {
                Ok(text) if text.trim().is_empty() => continue,
                Ok(text) => Text::Line(number, text),
                Err(_) => Text::Bad(number, "it is not UTF-8"),
            }
        } else {
            pass(&mut reader)?;
            Text::Bad(number, "it is too long")
        };
        match take(text)? {
            Go::On => {}
            Go::Stop => return Ok(()),
        }
    }
    Ok(())
}

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Go {
    /// With the next line.
    On,
    /// No further.
    Stop,
}

/// Leaves the rest of a line behind.
fn pass(reader: &mut BufReader<File>) -> io::Result<()> {
    loop {
        let (end, length) = {
            let buffer = reader.fill_buf()?;
            (buffer.iter().position(|byte| *byte == b'\n'), buffer.len())
        };
        match end {
            Some(at) => {
                reader.consume(at + 1);
                return Ok(());
            }
            None if length == 0 => return Ok(()),
            None => reader.consume(length),
        }
    }
}

/// What the first lines that can be read say the file is.
pub(super) fn kind(path: &Path) -> io::Result<Kind> {
    let (mut kind, mut left) = (Kind::Unknown, LOOKED_AT);
    each(path, |text| {
        left -= 1;
        if let Text::Line(_, text) = text
            && let Ok(Value::Object(fields)) = serde_json::from_str(&text)
        {
            kind = match () {
                () if fields.get("chat").is_some_and(|chat| chat.get("version").is_some()) => Kind::Own,
                () if fields.get("_type").is_some_and(|kind| kind == "metadata") => Kind::Session,
                () if fields.get("event").is_some_and(Value::is_string) => Kind::Transcript,
                () if fields.get("role").is_some_and(Value::is_string) => Kind::Session,
                () => Kind::Unknown,
            };
        }
        Ok(if kind == Kind::Unknown && left > 0 { Go::On } else { Go::Stop })
    })?;
    Ok(kind)
}
