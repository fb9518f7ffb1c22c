//! Entry paths: one way to write each, and the paths of what an action leaves behind. Never a file's path: bare ones pass untouched.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

/// Characters of the longest entry path.
pub const PATH_MAX: usize = 2048;
/// Characters of a text that become a slug.
const SLUG_MAX: usize = 80;
/// Characters of the longest encoded target a record is named by; a longer one is shortened, so that the whole path fits.
const TARGET_MAX: usize = 512;
/// Bytes of the digest that keeps shortened targets apart.
const SHORT_DIGEST: usize = 6;

/// What stands in a segment as it is; everything else is percent-encoded.
const SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'!').remove(b'~').remove(b'*').remove(b'\'').remove(b'(').remove(b')');

/// The scheme of a path in lower case; `None` for a bare path, which is a file's.
pub fn scheme_of(path: &str) -> Option<String> {
    split(path).map(|(scheme, _)| scheme.to_ascii_lowercase())
}

/// The one way to write an entry path: the scheme in lower case, the rest decoded once and each segment encoded again. What is no
/// valid encoding is taken as it is. Bare paths are untouched.
pub fn normalize(path: &str) -> String {
    let Some((scheme, rest)) = split(path) else {
        return path.to_owned();
    };
    let decoded = decode(rest).unwrap_or_else(|| rest.to_owned());
    format!("{}://{}", scheme.to_ascii_lowercase(), encode(&decoded))
}

/// The name of an entry that was given none: from its text, a comma for each step down.
pub fn slugify(text: &str) -> String {
    let cut: String = text.chars().take(SLUG_MAX).map(|letter| if letter == ',' { '/' } else { letter }).collect();
    let segments = cut.replace(' ', "_");
    let segments: Vec<String> = segments.split('/').filter(|segment| !segment.is_empty()).map(segment).collect();
    segments.join("/")
}

/// What a record's path says of a tool's argument. One that is long or has several lines keeps its beginning and a digest of the whole:
/// it is never refused for its form.
pub fn target(argument: &str) -> String {
    let encoded = encode(argument);
    if encoded.len() <= TARGET_MAX && !argument.chars().any(char::is_control) {
        return encoded;
    }
    let line = argument.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let line: String = line.chars().filter(|letter| !letter.is_control()).take(SLUG_MAX).collect();
    let mut short = encode(&line);
    short.push('~');
    for byte in Sha256::digest(argument.as_bytes()).iter().take(SHORT_DIGEST) {
        let _written = write!(short, "{byte:02x}");
    }
    short
}

/// The record of an action: `log://turn_N/ACTION/TARGET`.
pub fn record(turn: u64, action: &str, argument: &str) -> String {
    format!("log://turn_{turn}/{}/{}", segment(action), target(argument))
}

/// The path with a number behind it when it is taken, so that equal actions of one turn have a record each. `~` keeps the number apart
/// from a channel's.
pub fn unique(path: String, taken: impl Fn(&str) -> bool) -> String {
    if !taken(&path) {
        return path;
    }
    let numbered = (2_u64..).map(|number| format!("{path}~{number}"));
    numbered.into_iter().find(|path| !taken(path)).unwrap_or(path)
}

/// Where the data of a record stands: `log://turn_N/ACTION/REST` is `ACTION://turn_N/REST`; `None` for what is no record.
pub fn log_to_data(path: &str) -> Option<String> {
    let rest = path.strip_prefix("log://turn_")?;
    let (turn, rest) = rest.split_once('/')?;
    let (action, rest) = rest.split_once('/')?;
    let counted = !turn.is_empty() && turn.bytes().all(|digit| digit.is_ascii_digit());
    (counted && !action.is_empty() && !rest.is_empty()).then(|| format!("{action}://turn_{turn}/{rest}"))
}

/// One output channel of a record: 1 is standard output, 2 standard error.
pub fn channel(record: &str, number: u32) -> Option<String> {
    log_to_data(record).map(|base| format!("{base}_{number}"))
}

fn split(path: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = path.split_once("://")?;
    let first = scheme.bytes().next()?.is_ascii_alphabetic();
    let named = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_'));
    (first && named).then_some((scheme, rest))
}

/// All of it or nothing: a stray percent sign means that nothing was encoded.
fn decode(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let stray = |at: usize| !bytes.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    if bytes.iter().enumerate().any(|(at, byte)| *byte == b'%' && stray(at)) {
        return None;
    }
    percent_decode_str(text).decode_utf8().ok().map(|text| text.into_owned())
}

fn encode(text: &str) -> String {
    text.split('/').map(segment).collect::<Vec<_>>().join("/")
}

fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}
