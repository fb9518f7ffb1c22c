//! Lists of what comes later (envelope §2.10, §2.11): each answers as one that is empty, so that clients of the original work.

use std::future::{Ready, ready};

use alcove_engine::settings::is_skill_name;
use axum::Router;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::response::Response;
use axum::routing::get;
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderValue, StatusCode, Uri};
use serde_json::{Value, json as object};

use super::{Shared, json, query, text};

/// The marketplace named when none is.
const MARKETPLACE: &str = "skills_sh";
/// What the page of a sign-in may do: nothing.
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const NO_SIGN_IN: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Alcove</title>\
    <p>This sign-in is unknown or has expired. You can close this page.</p></html>";

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/settings/version-check", get(|| answer(&object!({ "updateAvailable": null }))))
        .route("/api/settings/cli-apps", get(|| answer(&object!({ "apps": [], "installed_count": 0, "catalog_updated_at": null }))))
        .route("/api/settings/mcp-presets", get(|| answer(&object!({ "presets": [], "installed_count": 0 }))))
        .route("/api/settings/nanobot-features", get(|| answer(&object!({ "features": [], "enabled_count": 0 }))))
        .route("/api/settings/pairing", get(|| answer(&object!({ "requests": [] }))))
        .route("/api/settings/mcp-oauth/status", get(sign_in_status))
        .route("/api/webui/automations", get(|| answer(&object!({ "jobs": [] }))))
        .route("/api/webui/skills", get(|| answer(&object!({ "skills": [] }))))
        .route("/api/webui/skills/search", get(search))
        .route("/api/webui/skills/trending", get(trending))
        .route("/api/webui/skills/trends", get(|| answer(&object!({ "trends": {} }))))
        .route("/api/webui/skills/{name}", get(skill))
}

/// Where a provider sends a person back to after a sign-in. Nobody has been sent anywhere yet. Needs no token.
pub(super) async fn sign_in_back() -> Response {
    let mut response = text(StatusCode::BAD_REQUEST, NO_SIGN_IN);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

fn answer(value: &Value) -> Ready<Response> {
    ready(json(value))
}

async fn sign_in_status(uri: Uri) -> Response {
    match query(&uri, "flow_id").filter(|id| !id.is_empty()) {
        None => text(StatusCode::BAD_REQUEST, "missing MCP OAuth flow ID"),
        Some(_) => text(StatusCode::NOT_FOUND, "Unknown or expired MCP OAuth flow"),
    }
}

async fn skill(name: Result<Path<String>, PathRejection>) -> Response {
    match name {
        Ok(Path(name)) if is_skill_name(&name) => text(StatusCode::NOT_FOUND, "skill not found"),
        Ok(_) | Err(_) => text(StatusCode::BAD_REQUEST, "invalid skill name"),
    }
}

/// No marketplace is asked, so nothing is found.
async fn search(uri: Uri) -> Response {
    let wanted = query(&uri, "q").unwrap_or_default();
    json(&object!({ "query": wanted.trim(), "skills": [], "provider": provider(&uri), "install_supported": false }))
}

async fn trending(uri: Uri) -> Response {
    let period = query(&uri, "period").unwrap_or_default();
    json(&object!({ "skills": [], "period": period, "provider": provider(&uri), "install_supported": false }))
}

fn provider(uri: &Uri) -> String {
    query(uri, "provider").filter(|name| !name.is_empty()).unwrap_or_else(|| MARKETPLACE.to_owned())
}
