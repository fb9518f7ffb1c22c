//! The envelope surface: the WebSocket handshake and its connections (envelope §1).

mod connection;
mod heart;
mod inbound;
mod message;
mod request;
mod special;
mod subscription;
mod wire;

use std::sync::Arc;
use std::time::{Duration, Instant};

use alcove_proto::http::Surface;
use alcove_proto::limits::MAX_CLIENT_ID_CHARS;
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::caller::{Caller, Reach};
use crate::config::Websocket;
use crate::gateway::{Context, Ready};
use crate::http::query;
use crate::socket::Socket;
use crate::token::{Audience, Tokens};

/// What a wrong token costs its sender where a person chose the token; nobody is locked out.
const WRONG_TOKEN_DELAY: Duration = Duration::from_millis(300);

/// Who a connection belongs to, as its handshake told.
struct Client {
    /// As it calls itself, or a name it was given.
    id: String,
    audience: Audience,
    reach: Reach,
    surface: Surface,
}

/// Whether a request asks for a WebSocket (envelope §1.2).
pub(crate) fn is_upgrade(headers: &HeaderMap) -> bool {
    has(headers, UPGRADE, "websocket") && has(headers, CONNECTION, "upgrade")
}

fn has(headers: &HeaderMap, name: http::HeaderName, word: &str) -> bool {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).any(|value| value.to_ascii_lowercase().contains(word))
}

/// Answers a handshake. Every rejection is a plain-text HTTP answer.
pub(crate) async fn upgrade(mut request: Request<Incoming>, caller: &Caller, context: &Arc<Context>, now: Instant) -> Response<Ready> {
    let settings = context.settings();
    if !settings.is_path(request.uri().path()) {
        return plain(StatusCode::NOT_FOUND, "Not Found");
    }
    if request.method() != http::Method::GET {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
    }
    let client: String = query(request.uri(), "client_id").unwrap_or_default().chars().take(MAX_CLIENT_ID_CHARS).collect();
    if !settings.allows(&client) {
        return plain(StatusCode::FORBIDDEN, "Forbidden");
    }
    let Some(audience) = audience(query(request.uri(), "token").as_deref(), caller, (&settings, &context.tokens), now) else {
        if settings.token.is_some() {
            tokio::time::sleep(WRONG_TOKEN_DELAY).await;
        }
        return plain(StatusCode::UNAUTHORIZED, "Unauthorized");
    };
    let version = request.headers().get(SEC_WEBSOCKET_VERSION).is_some_and(|version| version == "13");
    let Some(key) = request.headers().get(SEC_WEBSOCKET_KEY).filter(|_| version).cloned() else {
        return plain(StatusCode::BAD_REQUEST, "Bad Request");
    };
    let client = Client { id: named(client), audience, reach: caller.reach, surface: caller.surface() };
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

/// What the connection may do, or `None` when it may not be at all. A token that was issued is used up whatever it is needed for.
fn audience(token: Option<&str>, caller: &Caller, (settings, tokens): (&Websocket, &Tokens), now: Instant) -> Option<Audience> {
    if caller.vouched {
        return Some(Audience::Webui);
    }
    if let (Some(fixed), Some(given)) = (&settings.token, token)
        && fixed.is(given)
    {
        return Some(Audience::None);
    }
    let issued = token.and_then(|token| tokens.open_socket(token, now));
    let required = settings.token.is_some() || settings.requires_token;
    issued.or((!required).then_some(Audience::None))
}

fn named(client: String) -> String {
    if client.is_empty() { format!("anon-{}", alcove_engine::hex(&alcove_engine::random::<6>())) } else { client }
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
