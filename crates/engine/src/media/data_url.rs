//! Data URLs (envelope §4.2): the grammar, and strict decoding straight from the borrowed text. Never a copy of the whole.

use std::io::{self, Write};

use base64::engine::general_purpose::STANDARD;
use base64::{DecodeSliceError, Engine as _};

/// Characters decoded at once; a multiple of four.
const PIECE: usize = 64 * 1024;

/// A data URL, apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DataUrl<'a> {
    /// Lower case, without parameters.
    pub(crate) mime: String,
    payload: &'a str,
}

/// Why a payload could not be written out.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Not base64, or nothing in it.
    Malformed,
    /// More than allowed.
    TooLarge,
    /// The system failed.
    Io(io::Error),
}

impl<'a> DataUrl<'a> {
    /// `data:<mime>[;params];base64,<payload>`, or `None`.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (head, payload) = text.strip_prefix("data:")?.split_once(',')?;
        let params = head.strip_suffix(";base64")?;
        let mime = params.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        (!mime.is_empty()).then_some(Self { mime, payload })
    }

    /// Writes out what it holds; answers how many bytes. What does not fit `most` is not begun.
    pub(crate) fn write(&self, out: &mut impl Write, most: u64) -> Result<u64, Trouble> {
        let text = self.payload.as_bytes();
        if text.is_empty() {
            return Err(Trouble::Malformed);
        }
        let padding = text.iter().rev().take(2).filter(|byte| **byte == b'=').count();
        if (text.len() as u64 / 4 * 3).saturating_sub(padding as u64) > most {
            return Err(Trouble::TooLarge);
        }
        let mut bytes = vec![0; PIECE / 4 * 3];
        let mut written = 0;
        let pieces = text.chunks(PIECE);
        let last = pieces.len() - 1;
        for (index, piece) in pieces.enumerate() {
            // Padding ends the text; in the middle it would hide a second one.
            if index < last && piece.ends_with(b"=") {
                return Err(Trouble::Malformed);
            }
            let count = STANDARD.decode_slice(piece, &mut bytes).map_err(|error| match error {
                DecodeSliceError::DecodeError(_) | DecodeSliceError::OutputSliceTooSmall => Trouble::Malformed,
            })?;
            out.write_all(&bytes[..count]).map_err(Trouble::Io)?;
            written += count as u64;
        }
        Ok(written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let mut out = Vec::new();
        let told = match DataUrl::parse(text) {
            None => "no data URL".to_owned(),
            Some(url) => match url.write(&mut out, 64) {
                Ok(count) => format!("{} {count} {:?}", url.mime, String::from_utf8_lossy(&out)),
                Err(trouble) => format!("{} {trouble:?}", url.mime),
            },
        };
        assert_eq!(told, expected, "{text}");
    }

    #[test]
    fn the_grammar_and_strictness() {
        let none = "no data URL";
        let bad = "text/plain Malformed";
        let rows = [
            ("data:text/plain;base64,aGk=", "text/plain 2 \"hi\""),
            ("data:Text/Plain;base64,aGk=", "text/plain 2 \"hi\""),
            ("data: text/plain ;base64,aGk=", "text/plain 2 \"hi\""),
            ("data:text/plain;charset=utf-8;base64,aGkh", "text/plain 3 \"hi!\""),
            ("data:text/plain;name=a;x=y;base64,aGk=", "text/plain 2 \"hi\""),
            ("data:text/plain,hi", none),
            ("data:text/plain;base64", none),
            ("data:;base64,aGk=", none),
            ("data:base64,aGk=", none),
            ("DATA:text/plain;base64,aGk=", none),
            ("https://example.org/a.png", none),
            ("", none),
            ("data:text/plain;base64,", bad),
            ("data:text/plain;base64,!!!", bad),
            ("data:text/plain;base64,aGk", bad),
            ("data:text/plain;base64,aG k=", bad),
            ("data:text/plain;base64,aGk=\n", bad),
            ("data:text/plain;base64,aGk==", bad),
            ("data:text/plain;base64,aGl=", bad),
            ("data:text/plain;base64,aGk=aGk=", bad),
            ("data:text/plain;base64,a-_=", bad),
            ("data:text/plain;base64,====", bad),
        ];
        for (text, expected) in rows {
            check(text, expected);
        }
    }

    #[test]
    fn what_is_too_large_is_not_begun() {
        let url = |bytes: usize| format!("data:a/b;base64,{}", STANDARD.encode(vec![7; bytes]));
        let write = |text: &str| {
            let mut out = Vec::new();
            let went = DataUrl::parse(text).unwrap().write(&mut out, 64);
            (went.ok(), out.len())
        };
        assert_eq!(write(&url(64)), (Some(64), 64));
        assert_eq!(write(&url(65)), (None, 0));
    }

    #[test]
    fn long_payloads_come_in_pieces() {
        let bytes: Vec<u8> = (0..PIECE * 3).map(|n| (n % 251) as u8).collect();
        let text = format!("data:a/b;base64,{}", STANDARD.encode(&bytes));
        let mut out = Vec::new();
        assert_eq!(DataUrl::parse(&text).unwrap().write(&mut out, u64::MAX).unwrap(), bytes.len() as u64);
        assert_eq!(out, bytes);
        // Padding at the end of a piece that is not the last.
        let mut broken = text.into_bytes();
        broken["data:a/b;base64,".len() + PIECE - 1] = b'=';
        let broken = String::from_utf8(broken).unwrap();
        assert!(matches!(DataUrl::parse(&broken).unwrap().write(&mut Vec::new(), u64::MAX), Err(Trouble::Malformed)));
    }
}
