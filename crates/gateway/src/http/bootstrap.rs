//! How a client gets in: `GET /webui/bootstrap` (envelope §2.2) and the token route (§2.3).

use std::time::{Duration, Instant};

use alcove_proto::http::{Bootstrap, Capabilities, Limits, Surface, TokenIssue};
use axum::extract::{Extension, State};
use axum::response::Response;
use http::header::{CACHE_CONTROL, HOST};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::{Shared, bearer, json, text};
use crate::caller::{Caller, Reach};
use crate::config::Websocket;
use crate::gateway::Context;

/// What a wrong secret costs its sender; nobody is locked out.
const WRONG_SECRET_DELAY: Duration = Duration::from_millis(300);

pub(super) async fn bootstrap(State(context): State<Shared>, Extension(caller): Extension<Caller>, headers: HeaderMap) -> Response {
    context.live.look();
    let settings = context.settings();
    let pair = if caller.vouched {
        None
    } else {
        if let Err(refused) = admitted(&context, &settings, &caller, &headers).await {
            return refused;
        }
        match context.tokens.issue(Instant::now(), settings.token_ttl) {
            Some(pair) => Some(pair),
            None => return too_many(),
        }
    };
    let (token, api_token) = pair.map_or((None, None), |pair| (Some(pair.socket), Some(pair.api)));
    unkept(json(&Bootstrap {
        token,
        api_token,
        ws_path: settings.path.clone(),
        ws_url: ws_url(&settings, &caller, &headers),
        expires_in: settings.token_ttl.as_secs(),
        model_name: context.engine.active_model_name(),
        runtime_surface: caller.surface(),
        runtime_capabilities: capabilities(&context, &caller),
        limits: limits(&settings),
        instance: context.engine.instance().to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }))
}

/// `GET <tokenIssuePath>`: a token that opens one WebSocket and nothing else.
pub(super) async fn token_issue(context: &Context, caller: &Caller, headers: &HeaderMap) -> Response {
    let settings = context.settings();
    if !caller.vouched
        && let Err(refused) = admitted(context, &settings, caller, headers).await
    {
        return refused;
    }
    match context.tokens.issue_client(Instant::now(), settings.token_ttl) {
        Some(token) => unkept(json(&TokenIssue { token, expires_in: settings.token_ttl.as_secs() })),
        None => too_many(),
    }
}

/// Whether the caller knows the secret: the configured one, which is asked for everywhere, else the launch secret, which opens the gateway
/// only from this machine. Over the Unix socket the system says who it is.
async fn admitted(context: &Context, settings: &Websocket, caller: &Caller, headers: &HeaderMap) -> Result<(), Response> {
    let secret = match settings.secret() {
        Some(secret) => secret,
        None if caller.is_this_user() => return Ok(()),
        None if caller.reach == Reach::Remote => return Err(text(StatusCode::FORBIDDEN, "bootstrap is localhost-only")),
        None => &context.launch,
    };
    let given = bearer(headers).or_else(|| headers.get("x-nanobot-auth")?.to_str().ok());
    if given.is_some_and(|given| secret.is(given)) {
        return Ok(());
    }
    tokio::time::sleep(WRONG_SECRET_DELAY).await;
    Err(text(StatusCode::UNAUTHORIZED, "Unauthorized"))
}

/// Where the client finds the WebSocket: as configured, else where it found this.
fn ws_url(settings: &Websocket, caller: &Caller, headers: &HeaderMap) -> String {
    if let Some(public) = &settings.public_ws_url {
        return public.clone();
    }
    let scheme = if caller.scheme == "https" { "wss" } else { "ws" };
    // The gate let only hosts through that are ours; over the Unix socket any name does.
    let given = headers.get(HOST).and_then(|host| host.to_str().ok()).filter(|_| !caller.is_this_user());
    format!("{scheme}://{}{}", given.unwrap_or("localhost"), settings.path)
}

pub(super) fn capabilities(context: &Context, caller: &Caller) -> Capabilities {
    match caller.surface() {
        Surface::Browser => Capabilities::default(),
        Surface::Native => Capabilities {
            can_restart_engine: true,
            can_pick_folder: context.host.picks_folders(caller.reach),
            can_open_logs: true,
            can_export_diagnostics: true,
        },
    }
}

fn limits(settings: &Websocket) -> Limits {
    let mut limits = Limits::current();
    limits.transport.max_frame_bytes = settings.max_message_bytes;
    limits
}

fn too_many() -> Response {
    let mut response = json(&serde_json::json!({ "error": "too many outstanding tokens" }));
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    response
}

/// What opens something is kept nowhere on its way.
fn unkept(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
