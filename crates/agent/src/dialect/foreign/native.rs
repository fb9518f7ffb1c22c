//! `<|tool_call>call:NAME{key:"value"}<tool_call|>`: the marks some models were trained on. The mark at the end is dropped elsewhere.

use serde_json::Value;

use super::{Call, Found, json};
use crate::dialect::head::Sight;
use crate::dialect::repair::Format;

const OPENS: &str = "<|tool_call>";
/// How one family of models writes a quotation mark.
const QUOTE: &str = "<|\"|>";

/// A call at the front of the text, which begins with `<|`.
pub(in crate::dialect) fn call(text: &str, end: bool) -> Sight<Found> {
    let Some(rest) = text.strip_prefix(OPENS) else {
        return if OPENS.starts_with(text) && !end { Sight::More } else { Sight::Other };
    };
    let broken = Found { len: OPENS.len(), format: Format::Native, calls: Vec::new(), leftover: "" };
    // The name stands before the brace; a line end or a mark first means that there is none.
    let Some(brace) = rest.find(['{', '\n', '<']) else {
        return if end { Sight::Seen(broken) } else { Sight::More };
    };
    if rest.as_bytes()[brace] != b'{' {
        return Sight::Other;
    }
    let name = rest[..brace].trim();
    let name = name.strip_prefix("call:").unwrap_or(name).trim();
    match pairs(&rest[brace..]) {
        Some((arguments, len)) => {
            let calls = arguments.map(|arguments| Call { name: name.to_owned(), arguments }).into_iter().collect();
            Sight::Seen(Found { len: OPENS.len() + brace + len, format: Format::Native, calls, leftover: "" })
        }
        None if end => Sight::Seen(broken),
        None => Sight::More,
    }
}

type Pairs = Option<Vec<(String, String)>>;

/// The arguments in braces and their length; no length while the brace is open, no arguments when they cannot be read.
fn pairs(text: &str) -> Option<(Pairs, usize)> {
    let mut out = Vec::new();
    let mut at = 1;
    loop {
        at += text[at..].len() - text[at..].trim_start_matches([' ', '\t', '\r', '\n', ',']).len();
        match text.as_bytes().get(at)? {
            b'}' => return Some((Some(out), at + 1)),
            _ => {
                let colon = at + text[at..].find([':', '=', '}'])?;
                if text.as_bytes()[colon] == b'}' {
                    return Some((None, colon + 1));
                }
                let key = text[at..colon].trim().trim_matches(['"', '\'']).to_owned();
                let start = colon + 1 + text[colon + 1..].len() - text[colon + 1..].trim_start().len();
                let (value, len) = value(&text[start..])?;
                out.push((key, value));
                at = start + len;
            }
        }
    }
}

/// One value and its length; none while it is open.
fn value(text: &str) -> Option<(String, usize)> {
    if let Some(inside) = text.strip_prefix(QUOTE) {
        let len = inside.find(QUOTE)?;
        return Some((inside[..len].to_owned(), QUOTE.len() * 2 + len));
    }
    // The five bytes of the mark may still be coming.
    if QUOTE.starts_with(text) {
        return None;
    }
    match text.as_bytes()[0] {
        quote @ (b'"' | b'\'') => string(text, quote),
        b'{' | b'[' => {
            let len = json::balanced(text)?;
            Some((text[..len].to_owned(), len))
        }
        _ => {
            let len = text.find([',', '}'])?;
            Some((text[..len].trim().to_owned(), len))
        }
    }
}

fn string(text: &str, quote: u8) -> Option<(String, usize)> {
    let mut escaped = false;
    let len = text.bytes().skip(1).position(|byte| {
        let ends = !escaped && byte == quote;
        escaped = !escaped && byte == b'\\';
        ends
    })?;
    let inside = &text[1..=len];
    let json = format!("\"{}\"", if quote == b'\'' { inside.replace('"', "\\\"") } else { inside.to_owned() });
    let value = match serde_json::from_str::<Value>(&json.replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t")) {
        Ok(Value::String(value)) => value,
        Ok(_) | Err(_) => inside.to_owned(),
    };
    Some((value, len + 2))
}
