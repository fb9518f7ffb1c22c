//! From bytes to text: a byte order mark wins, then what the server said, then what the page says of itself, then UTF-8 where it is
//! that, and windows-1252 otherwise. Never fails: what is wrong becomes U+FFFD.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::kind::Kind;

/// Bytes in which a page may say what it is written in.
const LOOKED_AT: usize = 1024;

/// The text of a body.
pub(super) fn decode(body: &[u8], said: Option<&str>, kind: Kind) -> String {
    let said = said.and_then(|label| Encoding::for_label(label.as_bytes()));
    let encoding = said.or_else(|| if kind == Kind::Html { own_word(body) } else { None }).unwrap_or_else(|| guess(body));
    // Looks for a byte order mark first.
    encoding.decode(body).0.into_owned()
}

/// `charset=` within a page's first kibibyte.
fn own_word(body: &[u8]) -> Option<&'static Encoding> {
    let beginning = String::from_utf8_lossy(&body[..body.len().min(LOOKED_AT)]).to_ascii_lowercase();
    let (_, rest) = beginning.split_once("charset")?;
    let value = rest.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = value.find(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | ';' | '>' | '/')).unwrap_or(value.len());
    let encoding = Encoding::for_label(&value.as_bytes()[..end])?;
    // It was read as ASCII, so it is not that.
    Some(if encoding == UTF_16BE || encoding == UTF_16LE { UTF_8 } else { encoding })
}

/// UTF-8 when it is that up to where it was cut.
fn guess(body: &[u8]) -> &'static Encoding {
    match std::str::from_utf8(body) {
        Ok(_) => UTF_8,
        Err(error) if error.error_len().is_none() => UTF_8,
        Err(_) => WINDOWS_1252,
    }
}
