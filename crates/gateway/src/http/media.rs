//! Files by their signed addresses (envelope §2.8, §4.4). The address is the permission: it names one file and asks for no token. A file
//! is read as it is sent, never as a whole.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use alcove_engine::media::{BadAddress, Served};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use http::header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RANGE};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::range::{self, Wanted};
use super::{Shared, text};

/// Bytes read at once.
const PIECE: u64 = 64 * 1024;
const KEEP: &str = "private, max-age=31536000, immutable";
/// A drawing may style itself and nothing else.
const DRAWING_POLICY: &str = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; sandbox";
const DRAWING: &str = "image/svg+xml";

pub(super) async fn media(
    State(context): State<Shared>,
    Path((signature, payload)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let media = context.engine.media().clone();
    let found = tokio::task::spawn_blocking(move || media.serve(&signature, &payload)).await;
    match found {
        Ok(Ok(Some(served))) => answer(served, headers.get(RANGE).and_then(|range| range.to_str().ok())),
        Ok(Ok(None)) => text(StatusCode::NOT_FOUND, "not found"),
        Ok(Err(BadAddress::Signature)) => text(StatusCode::UNAUTHORIZED, "invalid signature"),
        Ok(Err(BadAddress::Payload)) => text(StatusCode::BAD_REQUEST, "invalid payload"),
        Err(_) => text(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
    }
}

fn answer(served: Served, range: Option<&str>) -> Response {
    let size = served.bytes;
    let (status, first, length) = match range::read(range, size) {
        Wanted::Whole => (StatusCode::OK, 0, size),
        Wanted::Part(part) => (StatusCode::PARTIAL_CONTENT, *part.start(), part.end() - part.start() + 1),
        Wanted::Unsatisfiable => {
            let mut response = text(StatusCode::RANGE_NOT_SATISFIABLE, "range not satisfiable");
            put(&mut response, CONTENT_RANGE, &format!("bytes */{size}"));
            return response;
        }
    };
    let mut response = Response::new(body(served.file, first, length));
    *response.status_mut() = status;
    put(&mut response, CONTENT_TYPE, served.mime);
    put(&mut response, CONTENT_LENGTH, &length.to_string());
    put(&mut response, ACCEPT_RANGES, "bytes");
    put(&mut response, CACHE_CONTROL, KEEP);
    if status == StatusCode::PARTIAL_CONTENT {
        put(&mut response, CONTENT_RANGE, &format!("bytes {first}-{}/{size}", first + length - 1));
    }
    if served.mime == DRAWING {
        put(&mut response, CONTENT_SECURITY_POLICY, DRAWING_POLICY);
    }
    response
}

fn put(response: &mut Response, name: http::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// Reads a piece when the last one has gone.
fn body(file: File, first: u64, length: u64) -> Body {
    let file = Arc::new(file);
    Body::from_stream(stream::unfold((first, length), move |(at, left)| {
        let file = file.clone();
        async move {
            if left == 0 {
                return None;
            }
            let read = tokio::task::spawn_blocking(move || piece(&file, at, left.min(PIECE))).await;
            let read = read.unwrap_or_else(|_| Err(io::Error::other("the reader ended")));
            let count = read.as_ref().map_or(left, |bytes| bytes.len() as u64);
            Some((read, (at + count, left - count)))
        }
    }))
}

fn piece(file: &File, at: u64, length: u64) -> io::Result<Bytes> {
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
    file.read_exact_at(&mut bytes, at)?;
    Ok(bytes.into())
}
