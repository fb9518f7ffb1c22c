//! The envelope surface: the WebSocket handshake and its connections (envelope §1).

mod connection;
mod inbound;
mod subscription;
mod wire;

use std::sync::Arc;
use std::time::Instant;

use alcove_proto::limits::MAX_CLIENT_ID_CHARS;
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::gateway::{Context, Ready};
use crate::http::query;
use crate::socket::Socket;

/// Where the WebSocket is.
pub(crate) const WS_PATH: &str = "/";

/// Whether a request asks for a WebSocket (envelope §1.2).
pub(crate) fn is_upgrade(headers: &HeaderMap) -> bool {
    has(headers, UPGRADE, "websocket") && has(headers, CONNECTION, "upgrade")
}

fn has(headers: &HeaderMap, name: http::HeaderName, word: &str) -> bool {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).any(|value| value.to_ascii_lowercase().contains(word))
}

/// Answers a handshake. Every rejection is a plain-text HTTP answer.
pub(crate) fn upgrade(mut request: Request<Incoming>, context: &Arc<Context>, now: Instant) -> Response<Ready> {
    let path = request.uri().path().trim_end_matches('/');
    if path != WS_PATH.trim_end_matches('/') {
        return plain(StatusCode::NOT_FOUND, "Not Found");
    }
    if request.method() != http::Method::GET {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
    }
    let token = query(request.uri(), "token");
    if !token.is_some_and(|token| context.tokens.open_socket(&token, now)) {
        return plain(StatusCode::UNAUTHORIZED, "Unauthorized");
    }
    let version = request.headers().get(SEC_WEBSOCKET_VERSION).is_some_and(|version| version == "13");
    let Some(key) = request.headers().get(SEC_WEBSOCKET_KEY).filter(|_| version).cloned() else {
        return plain(StatusCode::BAD_REQUEST, "Bad Request");
    };
    let client = client_id(query(request.uri(), "client_id"));
    let upgraded = hyper::upgrade::on(&mut request);
    let context = context.clone();
    let tasks = context.tasks.clone();
    tasks.spawn(async move {
        // A client that leaves during the handshake concerns nobody.
        let Ok(upgraded) = upgraded.await else { return };
        let Ok(parts) = upgraded.downcast::<TokioIo<Socket>>() else { return };
        connection::run(context, parts.io.into_inner(), parts.read_buf, client).await;
    });
    switch(&key)
}

fn client_id(given: Option<String>) -> String {
    let given: String = given.unwrap_or_default().chars().take(MAX_CLIENT_ID_CHARS).collect();
    if given.is_empty() { format!("anon-{}", alcove_engine::hex(&alcove_engine::random::<6>())) } else { given }
}

fn switch(key: &HeaderValue) -> Response<Ready> {
    let mut response = Response::new(Full::new(Bytes::new()));
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    if let Ok(accept) = HeaderValue::from_str(&derive_accept_key(key.as_bytes())) {
        headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    }
    response
}

fn plain(status: StatusCode, words: &'static str) -> Response<Ready> {
    let mut response = Response::new(Full::new(Bytes::from_static(words.as_bytes())));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
