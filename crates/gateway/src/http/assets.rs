//! The window's files, embedded in the binary. Files whose name carries a hash may be kept for ever; everything else is asked for again.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderValue, Method, StatusCode};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::text;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../ui/dist"]
#[allow_missing = true]
struct Files;

const PAGE: &str = "index.html";
const KEEP: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";
const NOT_BUILT: &str =
    "The window's files are not in this build. Build them with `npm ci && npm run build` in ui/, then build Alcove again.";
/// What the page may do: its own files, nothing else, and no text ever becomes markup.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; \
                      media-src 'self' blob:; connect-src 'self'; frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types app";

pub(super) fn serve(request: &Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return text(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
    }
    let path = request.uri().path().trim_start_matches('/');
    if path.split('/').any(|segment| segment == "..") {
        return text(StatusCode::FORBIDDEN, "Forbidden");
    }
    let name = if is_page(path) { PAGE } else { path };
    match Files::get(name) {
        Some(file) => answer(name, file, request),
        None if name == PAGE => text(StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT),
        None => text(StatusCode::NOT_FOUND, "Not Found"),
    }
}

/// The page itself, and paths a person may type; a file that is missing is missing.
fn is_page(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    path.is_empty() || !(last.contains('.') || path.starts_with("assets/"))
}

fn answer(name: &str, file: EmbeddedFile, request: &Request) -> Response {
    let tag = format!("\"{}\"", alcove_engine::hex(&file.metadata.sha256_hash()[..16]));
    let known = request.headers().get(IF_NONE_MATCH).is_some_and(|given| given.as_bytes() == tag.as_bytes());
    let mut response = if known { Response::new(Body::empty()) } else { Response::new(Body::from(file.data)) };
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind(name)));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(if name.starts_with("assets/") { KEEP } else { ASK_AGAIN }));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    response
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "webmanifest" => "application/json; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
