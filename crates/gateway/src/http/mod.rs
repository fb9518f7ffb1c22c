//! The HTTP routes (envelope §2). Successes are JSON, errors plain text; every answer carries `nosniff`.

mod assets;
mod bootstrap;
mod diagnostics;
mod later;
mod media;
mod moved;
mod packed;
mod range;
mod sessions;
mod settings;
mod threads;
mod uploads;

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, put};
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use serde::Serialize;

use crate::caller::Caller;
use crate::gateway::Context;

pub(crate) use uploads::limit;

pub(crate) type Shared = Arc<Context>;

/// The routes, without WebSocket upgrades, which are taken before them.
pub(crate) fn router(context: Shared) -> Router {
    let api = Router::new()
        .route("/api/sessions", get(threads::sessions).layer(middleware::from_fn(packed::pack)))
        .route("/api/sessions/{key}/webui-thread", get(threads::thread).layer(middleware::from_fn(packed::pack)))
        .route("/api/sessions/{key}/context", get(sessions::context))
        .route("/api/sessions/{key}/automations", get(sessions::automations))
        .route("/api/sessions/{key}/export", get(sessions::export))
        .route("/api/sessions/{key}/file-preview", get(sessions::file_preview))
        .route("/api/media/uploads/{id}", put(uploads::put).get(uploads::get).delete(uploads::delete))
        .merge(settings::routes())
        .merge(later::routes())
        .merge(diagnostics::routes())
        .route_layer(middleware::from_fn_with_state(context.clone(), authorised));
    Router::new()
        .merge(api)
        .route("/api/media/{signature}/{payload}", get(media::media))
        .route("/webui/bootstrap", get(bootstrap::bootstrap))
        .route("/auth/mcp/callback", get(later::sign_in_back))
        .fallback(outside)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn_with_state(context.clone(), issue))
        .layer(middleware::map_response(harden))
        .with_state(context)
}

/// A plain-text answer.
pub(crate) fn text(status: StatusCode, words: impl Into<String>) -> Response {
    let mut response = Response::new(Body::from(words.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

/// A JSON answer.
pub(crate) fn json<T: Serialize>(value: &T) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => {
            let mut response = Response::new(Body::from(body));
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
            response
        }
        Err(_) => text(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
    }
}

/// What failed inside is reported inside; the client learns only that it failed.
pub(crate) fn failed(error: &alcove_engine::Error) -> Response {
    alcove_engine::report::problem("a request failed", error);
    text(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
}

/// The token route, whose path is configured and may be anything.
async fn issue(State(context): State<Shared>, request: Request, next: Next) -> Response {
    let settings = context.settings();
    if settings.token_issue_path.as_deref() != Some(request.uri().path()) {
        return next.run(request).await;
    }
    match (request.method(), request.extensions().get::<Caller>()) {
        (&Method::GET, Some(caller)) => bootstrap::token_issue(&context, caller, request.headers()).await,
        (_, _) => method_not_allowed().await,
    }
}

async fn authorised(State(context): State<Shared>, request: Request, next: Next) -> Response {
    // A former mutation may look like something that is read, as `skills/install` like a skill.
    if moved::is_moved(request.uri().path()) {
        return moved_on();
    }
    if request.extensions().get::<Caller>().is_some_and(|caller| caller.vouched) {
        return next.run(request).await;
    }
    let given = bearer(request.headers()).map(str::to_owned).or_else(|| query(request.uri(), "token"));
    let known = given.is_some_and(|token| context.tokens.reads_api(&token, Instant::now()));
    if known { next.run(request).await } else { text(StatusCode::UNAUTHORIZED, "Unauthorized") }
}

pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

/// The first value of a query parameter, decoded.
pub(crate) fn query(uri: &Uri, name: &str) -> Option<String> {
    let pairs = uri.query()?.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let value = pairs.into_iter().find(|(key, _)| *key == name)?.1;
    let value = value.replace('+', " ");
    Some(percent_encoding::percent_decode_str(&value).decode_utf8_lossy().into_owned())
}

/// What is no route: former mutations, unknown API paths, and the window's files.
async fn outside(request: Request) -> Response {
    let path = request.uri().path();
    if moved::is_moved(path) {
        return moved_on();
    }
    if path == "/api" || path.starts_with("/api/") {
        return text(StatusCode::NOT_FOUND, "API route not found");
    }
    assets::serve(&request)
}

fn moved_on() -> Response {
    text(StatusCode::METHOD_NOT_ALLOWED, "WebUI mutations require an authenticated WebSocket")
}

async fn method_not_allowed() -> Response {
    text(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
}

async fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
