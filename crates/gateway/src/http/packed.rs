//! Long JSON is sent packed to those who can unpack it (envelope §2.1).

use std::io::Write as _;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, VARY};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::text;

/// Shorter answers are sent as they are.
const LEAST: usize = 4 << 10;

/// Packs the answer, when it is long JSON and the client takes gzip.
pub(super) async fn pack(request: Request, next: Next) -> Response {
    let taken = takes_gzip(request.headers());
    let response = next.run(request).await;
    let is_json = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if response.status() != StatusCode::OK || !is_json {
        return response;
    }
    let (mut head, body) = response.into_parts();
    // The body is whole and in memory already, as every JSON answer of ours.
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return text(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error");
    };
    if bytes.len() < LEAST {
        return Response::from_parts(head, Body::from(bytes));
    }
    head.headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    let plain = bytes.clone();
    let packed = if taken { tokio::task::spawn_blocking(move || gzip(&plain)).await.ok().flatten() } else { None };
    let Some(packed) = packed else { return Response::from_parts(head, Body::from(bytes)) };
    head.headers.remove(CONTENT_LENGTH);
    head.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    Response::from_parts(head, Body::from(packed))
}

fn gzip(plain: &Bytes) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok()
}

/// `gzip` or `*`, unless its weight is nought.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let weights = values.flat_map(|value| value.split(',')).filter_map(|coding| {
        let (name, parameters) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = parameters.trim().strip_prefix("q=").map_or(Some(1.0), |weight| weight.parse::<f32>().ok())?;
        Some((name.trim().to_ascii_lowercase(), weight))
    });
    let weights: Vec<(String, f32)> = weights.collect();
    let of = |wanted: &str| weights.iter().find(|(name, _)| name == wanted).map(|(_, weight)| *weight);
    of("gzip").or_else(|| of("*")).is_some_and(|weight| weight > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_takes_gzip() {
        for (given, taken) in [
            ("gzip", true),
            ("br, GZIP;q=0.5, *;q=0", true),
            ("*", true),
            ("gzip;q=0", false),
            ("gzip; q=0, *", false),
            ("gzip;q=", false),
            ("br", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(given));
            assert_eq!(takes_gzip(&headers), taken, "{given:?}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
