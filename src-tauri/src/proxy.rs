//! The page's own scheme: carries every request of the page (its files, bootstrap, `/api`) to the gateway's Unix socket and
//! the answer back, under the page's policy. Requests and answers are whole, bounded and timed; of the headers only those
//! named here travel. It changes bootstrap alone: a configured secret goes with it, and its socket address becomes the host bridge's.

use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request, Response, StatusCode, Uri};
use http_body_util::Full;
use tauri::Url;

use crate::calls::{self, BOOTSTRAP, Failure, SECRET};
use crate::engine::Engine;
use crate::{page, stand_in};

/// The socket address the page is given; it leads to the host bridge.
pub(crate) const SOCKET_ADDRESS: &str = "nanobot-host://engine";

/// The largest body a page may send in one request.
const REQUEST_LIMIT: usize = 40 * 1024 * 1024;
/// The largest answer the page is given.
const RESPONSE_LIMIT: usize = 64 * 1024 * 1024;
/// From the first byte asked to the last byte answered.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// Of the page's headers, these reach the gateway.
const TO_GATEWAY: [HeaderName; 9] = [
    header::ACCEPT,
    header::ACCEPT_LANGUAGE,
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    header::IF_MODIFIED_SINCE,
    header::IF_NONE_MATCH,
    header::RANGE,
    SECRET,
    HeaderName::from_static("x-request-id"),
];

/// Of the gateway's headers, these reach the page.
const TO_PAGE: [HeaderName; 9] = [
    header::ACCEPT_RANGES,
    header::CACHE_CONTROL,
    header::CONTENT_DISPOSITION,
    header::CONTENT_LANGUAGE,
    header::CONTENT_RANGE,
    header::CONTENT_TYPE,
    header::ETAG,
    header::LAST_MODIFIED,
    header::RETRY_AFTER,
];

/// Why a request was answered here and not by the gateway.
enum Refusal {
    NotOurs,
    Method,
    TooLarge,
    Unavailable(String),
    TimedOut,
    Broken(String),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unavailable(why) => Self::Unavailable(why),
            Failure::TimedOut => Self::TimedOut,
            Failure::Broken(why) | Failure::Refused { words: why, .. } => Self::Broken(why),
        }
    }
}

/// Answers one request of the page.
pub(crate) async fn answer(engine: &Engine, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
    let wants_page = request.uri().path() == "/";
    if request.uri().path() == stand_in::STYLE_PATH {
        return of_kind("text/css; charset=utf-8", stand_in::STYLE.to_owned());
    }
    let result = match tokio::time::timeout(TIME_LIMIT, forward(engine, request)).await {
        Ok(result) => result,
        Err(_) => Err(Refusal::TimedOut),
    };
    let mut response = result.unwrap_or_else(|refusal| refusal.response(wants_page));
    page::guard(response.headers_mut());
    response
}

async fn forward(engine: &Engine, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Refusal> {
    let (parts, body) = request.into_parts();
    if !Url::parse(&parts.uri.to_string()).is_ok_and(|url| page::is_own(&url)) {
        return Err(Refusal::NotOurs);
    }
    if !known(&parts.method) {
        return Err(Refusal::Method);
    }
    if body.len() > REQUEST_LIMIT {
        return Err(Refusal::TooLarge);
    }
    let bootstrap = parts.uri.path() == BOOTSTRAP;
    let mut onward = onward(&parts, body)?;
    // The page sits in front of this machine's person, who may read the configuration; it need not know what stands there.
    if bootstrap && let Some(secret) = engine.secret().await {
        onward.headers_mut().insert(SECRET, secret);
    }
    let mut answer = calls::send(engine, onward).await?;
    let (status, headers) = (answer.status, std::mem::take(&mut answer.headers));
    let body = answer.whole(RESPONSE_LIMIT).await?;
    let body = if bootstrap && status.is_success() { point_to_bridge(body) } else { body };
    Ok(inward(status, &headers, body))
}

fn known(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE].contains(method)
}

fn onward(parts: &http::request::Parts, body: Vec<u8>) -> Result<Request<Full<Bytes>>, Refusal> {
    let path = parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let mut onward = Request::new(Full::new(Bytes::from(body)));
    *onward.method_mut() = parts.method.clone();
    *onward.uri_mut() = path.parse::<Uri>().map_err(|error| Refusal::Broken(error.to_string()))?;
    copy(&TO_GATEWAY, &parts.headers, onward.headers_mut());
    onward.headers_mut().insert(header::HOST, HeaderValue::from_static("localhost"));
    onward.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    Ok(onward)
}

fn inward(status: StatusCode, headers: &HeaderMap, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    copy(&TO_PAGE, headers, response.headers_mut());
    response
}

fn copy(names: &[HeaderName], from: &HeaderMap, to: &mut HeaderMap) {
    for name in names {
        for value in from.get_all(name) {
            to.append(name, value.clone());
        }
    }
}

/// Bootstrap as the native window needs it: its socket is the bridge. Anything that is not a JSON object passes untouched.
fn point_to_bridge(body: Vec<u8>) -> Vec<u8> {
    let Ok(serde_json::Value::Object(mut object)) = serde_json::from_slice(&body) else {
        return body;
    };
    let path = object.get("ws_path").and_then(serde_json::Value::as_str).unwrap_or("/").to_owned();
    object.insert("ws_url".to_owned(), format!("{SOCKET_ADDRESS}{path}").into());
    object.insert("runtime_surface".to_owned(), "native".into());
    serde_json::to_vec(&object).unwrap_or(body)
}

fn of_kind(kind: &'static str, body: String) -> Response<Vec<u8>> {
    let mut response = Response::new(body.into_bytes());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    page::guard(response.headers_mut());
    response
}

impl Refusal {
    fn response(self, wants_page: bool) -> Response<Vec<u8>> {
        let (status, text) = match self {
            Refusal::NotOurs => (StatusCode::NOT_FOUND, "Not Found".to_owned()),
            Refusal::Method => (StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed".to_owned()),
            Refusal::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large".to_owned()),
            Refusal::Unavailable(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("Engine unavailable: {why}")),
            Refusal::TimedOut => (StatusCode::GATEWAY_TIMEOUT, "The engine did not answer in time".to_owned()),
            Refusal::Broken(why) => (StatusCode::BAD_GATEWAY, format!("The engine's answer broke off: {why}")),
        };
        let (kind, body) =
            if wants_page { ("text/html; charset=utf-8", stand_in::page(&text)) } else { ("text/plain; charset=utf-8", text) };
        let mut response = of_kind(kind, body);
        *response.status_mut() = status;
        response
    }
}

#[cfg(test)]
mod tests;
