//! What can be asked about one chat beside its thread (envelope §2.4, §2.9).

use alcove_engine::Format;
use alcove_proto::ChatId;
use alcove_proto::id::SessionKey;
use alcove_proto::session::{FileProbe, SessionAutomations};
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use futures_util::stream;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderValue, StatusCode, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Shared, failed, json, query, text};

/// What a file's name may hold in a header as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

/// The key in a path, as it was decoded.
pub(super) type Key = Result<Path<String>, PathRejection>;

/// The chat a key names, or what to answer instead.
#[expect(clippy::result_large_err, reason = "the answer is on its way out")]
pub(super) fn chat(key: Key) -> Result<ChatId, Response> {
    // A key that does not even decode is none.
    match key.map_or(SessionKey::Malformed, |Path(key)| SessionKey::parse(&key)) {
        SessionKey::Chat(chat) => Ok(chat),
        SessionKey::Malformed => Err(text(StatusCode::BAD_REQUEST, "invalid session key")),
        SessionKey::Foreign => Err(text(StatusCode::NOT_FOUND, "session not found")),
    }
}

pub(super) async fn context(State(context): State<Shared>, key: Key) -> Response {
    let chat = match chat(key) {
        Ok(chat) => chat,
        Err(answer) => return answer,
    };
    match context.engine.context(&chat).await {
        Ok(Some(found)) => json(&found),
        Ok(None) => text(StatusCode::NOT_FOUND, "session not found"),
        Err(error) => failed(&error),
    }
}

pub(super) async fn automations(key: Key) -> Response {
    match chat(key) {
        Ok(_) => json(&SessionAutomations::default()),
        Err(answer) => answer,
    }
}

pub(super) async fn file_preview(State(context): State<Shared>, key: Key, uri: Uri) -> Response {
    let chat = match chat(key) {
        Ok(chat) => chat,
        Err(answer) => return answer,
    };
    let path = query(&uri, "path");
    let answer = match query(&uri, "probe").as_deref() {
        Some("1") => context.engine.previewable(&chat, path.as_deref()).await.map(|available| json(&FileProbe { available })),
        Some(_) | None => context.engine.preview(&chat, path.as_deref()).await.map(|shown| json(&shown)),
    };
    answer.unwrap_or_else(|refused| {
        let status = StatusCode::from_u16(refused.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        text(status, refused.message)
    })
}

/// A chat as a file, told a piece at a time.
pub(super) async fn export(State(context): State<Shared>, key: Key, uri: Uri) -> Response {
    let chat = match chat(key) {
        Ok(chat) => chat,
        Err(answer) => return answer,
    };
    let Some(format) = query(&uri, "format").as_deref().and_then(Format::parse) else {
        return text(StatusCode::BAD_REQUEST, "invalid format");
    };
    let export = match context.engine.export(&chat, format).await {
        Ok(Some(export)) => export,
        Ok(None) => return text(StatusCode::NOT_FOUND, "session not found"),
        Err(error) => return failed(&error),
    };
    let disposition = disposition(&export.name);
    // An error ends the answer before its end, which is how a client sees that the file is not whole.
    let pieces = stream::unfold(export, |mut export| async move { export.next().await.map(|piece| (piece, export)) });
    let mut response = Response::new(Body::from_stream(pieces));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(format.mime()));
    response.headers_mut().insert(CONTENT_DISPOSITION, disposition);
    response
}

/// The name for old readers, with what they do not know replaced, and for all others as it is.
fn disposition(name: &str) -> HeaderValue {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' }).collect();
    let text = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, PLAIN));
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("attachment"))
}
