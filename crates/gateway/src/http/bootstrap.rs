//! `GET /webui/bootstrap`: how a client gets in (envelope §2.2).

use std::time::{Duration, Instant};

use alcove_proto::http::{Bootstrap, Capabilities, Limits};
use axum::extract::State;
use axum::response::Response;
use http::header::HOST;
use http::{HeaderMap, StatusCode};

use super::{Shared, bearer, json, text};
use crate::config::Endpoint;
use crate::envelope::WS_PATH;
use crate::token::TTL;

/// What a wrong secret costs its sender; nobody is locked out.
const WRONG_SECRET_DELAY: Duration = Duration::from_millis(300);

pub(super) async fn bootstrap(State(context): State<Shared>, headers: HeaderMap) -> Response {
    if let Some(secret) = &context.secret {
        let given = bearer(&headers).or_else(|| headers.get("x-nanobot-auth")?.to_str().ok());
        if !given.is_some_and(|given| secret.is(given)) {
            tokio::time::sleep(WRONG_SECRET_DELAY).await;
            return text(StatusCode::UNAUTHORIZED, "Unauthorized");
        }
    }
    let Some(pair) = context.tokens.issue(Instant::now()) else {
        let mut response = json(&serde_json::json!({ "error": "too many outstanding tokens" }));
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        return response;
    };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let host = match &context.endpoint {
        Endpoint::Tcp(_) => host,
        Endpoint::Unix(_) => "localhost",
    };
    json(&Bootstrap {
        token: pair.socket,
        api_token: pair.api,
        ws_path: WS_PATH.to_owned(),
        ws_url: format!("ws://{host}{WS_PATH}"),
        expires_in: TTL.as_secs(),
        model_name: context.engine.active_model_name(),
        runtime_surface: context.surface,
        runtime_capabilities: Capabilities::default(),
        limits: Limits::current(),
        instance: context.engine.instance().to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}
