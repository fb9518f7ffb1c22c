//! What can be asked about one chat beside its thread (envelope §2.4, §2.9).

use alcove_proto::ChatId;
use alcove_proto::id::SessionKey;
use alcove_proto::session::{FileProbe, SessionAutomations};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{StatusCode, Uri};

use super::{Shared, failed, json, query, text};

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
