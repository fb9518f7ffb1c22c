//! The list of chats and a chat's thread (envelope §2.4).

use alcove_engine::ThreadAsk;
use axum::extract::State;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{StatusCode, Uri};
use serde_json::{Value, json as object};

use super::sessions::{Key, chat};
use super::{Shared, failed, json, query, text};

pub(super) async fn sessions(State(context): State<Shared>) -> Response {
    match context.engine.sessions().await {
        Ok(sessions) => json(&sessions),
        Err(error) => failed(&error),
    }
}

pub(super) async fn thread(State(context): State<Shared>, key: Key, uri: Uri) -> Response {
    let chat = match chat(key) {
        Ok(chat) => chat,
        Err(answer) => return answer,
    };
    let ask = match ask(&uri) {
        Ok(ask) => ask,
        Err(words) => return text(StatusCode::BAD_REQUEST, words),
    };
    match context.engine.thread(&chat, &ask).await {
        Ok(Some(mut thread)) => {
            if let Some(page) = &mut thread.page {
                page.before_cursor = page.before_cursor.take().map(|seq| cursor(&seq));
            }
            json(&thread)
        }
        Ok(None) => text(StatusCode::NOT_FOUND, "webui thread not found"),
        Err(error) => failed(&error),
    }
}

fn ask(uri: &Uri) -> Result<ThreadAsk, &'static str> {
    let (limit, direction, before) = (query(uri, "limit"), query(uri, "direction"), query(uri, "before"));
    let paged = limit.is_some() || direction.is_some() || before.is_some();
    let limit = match limit {
        None => None,
        Some(text) => Some(text.parse::<i64>().map_err(|_| "invalid limit")?),
    };
    if direction.is_some_and(|direction| direction != "latest") {
        return Err("invalid direction");
    }
    let before = match before {
        None => None,
        Some(text) => Some(read_cursor(&text).ok_or("invalid cursor")?),
    };
    let limit = limit.map(|limit| u32::try_from(limit.max(1)).unwrap_or(u32::MAX));
    Ok(ThreadAsk { limit, before, paged })
}

/// Cursors are opaque to clients.
fn cursor(seq: &str) -> String {
    let before: Value = seq.parse::<u64>().map_or(Value::Null, Value::from);
    URL_SAFE_NO_PAD.encode(object!({ "before_seq": before }).to_string())
}

fn read_cursor(text: &str) -> Option<u64> {
    let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?;
    serde_json::from_slice::<Value>(&bytes).ok()?.get("before_seq")?.as_u64()
}
