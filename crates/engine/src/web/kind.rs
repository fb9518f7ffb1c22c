//! What the body of an answer is, by its content type, or by its beginning where the server did not say.

use super::error::{WebError, quoted};

/// Bytes looked at where nothing was said.
const LOOKED_AT: usize = 512;

/// A body that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Html,
    /// Anything that is text as it stands.
    Text,
}

/// A content type, split: `text/html` in lower case, and the charset when one is named.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ContentType {
    pub(super) essence: String,
    pub(super) charset: Option<String>,
}

impl ContentType {
    pub(super) fn read(text: &str) -> Self {
        let mut parts = text.split(';');
        let essence = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let charset = parts.find_map(|part| {
            let (name, value) = part.split_once('=')?;
            name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']).to_owned())
        });
        Self { essence, charset }
    }

    /// What the type says the body is; `None` when only the body can tell.
    pub(super) fn kind(&self) -> Result<Option<Kind>, WebError> {
        let essence = self.essence.as_str();
        match essence {
            "" | "application/octet-stream" | "binary/octet-stream" | "application/unknown" | "unknown/unknown" => Ok(None),
            "text/html" | "application/xhtml+xml" => Ok(Some(Kind::Html)),
            "application/json"
            | "application/xml"
            | "application/javascript"
            | "application/x-javascript"
            | "application/ecmascript"
            | "application/x-sh"
            | "application/toml"
            | "application/yaml"
            | "application/x-yaml"
            | "application/sql"
            | "application/x-ndjson"
            | "application/jsonlines"
            | "application/rtf"
            | "application/x-tex"
            | "image/svg+xml" => Ok(Some(Kind::Text)),
            _ if essence.starts_with("text/") || essence.ends_with("+json") || essence.ends_with("+xml") || essence.ends_with("+yaml") => {
                Ok(Some(Kind::Text))
            }
            _ => Err(unreadable(essence)),
        }
    }
}

/// What a body is whose server did not say.
pub(super) fn guess(body: &[u8]) -> Result<Kind, WebError> {
    let beginning = &body[..body.len().min(LOOKED_AT)];
    let text = String::from_utf8_lossy(beginning).to_ascii_lowercase();
    let text = text.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}');
    if ["<!doctype html", "<html", "<head", "<body"].iter().any(|mark| text.starts_with(mark)) {
        return Ok(Kind::Html);
    }
    let control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
    if beginning.iter().any(control) { Err(unreadable("bytes that are no text")) } else { Ok(Kind::Text) }
}

fn unreadable(what: &str) -> WebError {
    WebError::new("unsupported_type", 415, format!("only pages and text can be read, and this is {}", quoted(what)))
}
