//! Uploads: a file in pieces, before the message it belongs to. Bytes go to the disk as they come; a slow sender may take as long as it
//! likes as long as something comes.

use std::time::{Duration, Instant};

use alcove_engine::media::{Media, Offer, Purpose, UploadRefusal, Writing};
use alcove_proto::upload::UploadDeleted;
use axum::body::{Body, BodyDataStream};
use axum::extract::{Path, Request, State};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use http::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use percent_encoding::percent_decode_str;

use super::{Shared, json, query, text};

/// Where uploads are; requests below it keep their own pace.
const UPLOADS_PATH: &str = "/api/media/uploads/";
/// What the sender calls the file, percent-encoded.
const NAME: &str = "x-alcove-name";
/// Where the next piece begins, with a refusal that says so.
const RECEIVED: &str = "x-alcove-received";
/// The largest piece of a file that comes in several.
const PIECE_MAX: u64 = 4 << 20;
/// Bytes gathered before they are written.
const WRITE_BYTES: usize = 128 * 1024;
/// The longest a piece of a file may take at any pace.
const SENDING: Duration = Duration::from_secs(24 * 60 * 60);
/// Slowest pace, in bytes a second.
const PACE: u64 = 1024;
/// What a sender may be late before the pace counts.
const GRACE: Duration = Duration::from_secs(10);

/// The longest a request may take: its sender's pace decides for a file, `usual` for everything else.
pub(crate) fn limit<B>(request: &Request<B>, usual: Duration) -> Duration {
    let sends_file = request.method() == Method::PUT && request.uri().path().starts_with(UPLOADS_PATH);
    if sends_file { SENDING } else { usual }
}

pub(super) async fn put(State(context): State<Shared>, Path(id): Path<String>, request: Request) -> Response {
    let media = context.engine.media().clone();
    let begun = match offer(&request) {
        Ok(offer) => {
            let (media, id) = (media.clone(), id.clone());
            blocking(move || media.begin(&id, &offer)).await
        }
        Err(refusal) => Err(refusal),
    };
    let mut body = request.into_body().into_data_stream();
    let taken = match begun {
        Ok(writing) => take(writing, &mut body).await,
        Err(refusal) => Err(Trouble::Refused(refusal)),
    };
    if let Err(Trouble::Refused(_)) = &taken {
        drain(&mut body).await;
    }
    match taken {
        Ok(writing) => match blocking(move || writing.finish()).await {
            Ok(status) => json(&status),
            Err(refusal) => refused(refusal),
        },
        Err(Trouble::Refused(refusal)) => refused(refusal),
        Err(Trouble::Slow) => text(StatusCode::REQUEST_TIMEOUT, "too slow"),
        Err(Trouble::Cut) => cut(media, id).await,
    }
}

pub(super) async fn get(State(context): State<Shared>, Path(id): Path<String>) -> Response {
    let media = context.engine.media().clone();
    match blocking(move || media.upload(&id)).await {
        Ok(status) => json(&status),
        Err(refusal) => refused(refusal),
    }
}

pub(super) async fn delete(State(context): State<Shared>, Path(id): Path<String>) -> Response {
    let media = context.engine.media().clone();
    match blocking(move || if media.cancel(&id) { Ok(()) } else { Err(UploadRefusal::Unknown) }).await {
        Ok(()) => json(&UploadDeleted { deleted: true }),
        Err(refusal) => refused(refusal),
    }
}

/// Why a piece did not come whole.
enum Trouble {
    Refused(UploadRefusal),
    Slow,
    Cut,
}

/// Takes in the body, a bounded part of it in memory at a time.
async fn take(mut writing: Writing, body: &mut BodyDataStream) -> Result<Writing, Trouble> {
    let began = Instant::now();
    let mut received = 0;
    let mut waiting = BytesMut::with_capacity(WRITE_BYTES);
    loop {
        let allowed = GRACE + Duration::from_secs(received / PACE);
        let next = tokio::time::timeout(allowed.saturating_sub(began.elapsed()), body.next()).await;
        // What has arrived is kept, however the body ends.
        let (ended, bytes) = match next {
            Ok(Some(Ok(bytes))) => (None, bytes),
            Ok(None) => (Some(Ok(())), Bytes::new()),
            Ok(Some(Err(_))) => (Some(Err(Trouble::Cut)), Bytes::new()),
            Err(_late) => (Some(Err(Trouble::Slow)), Bytes::new()),
        };
        received += bytes.len() as u64;
        waiting.extend_from_slice(&bytes);
        if waiting.len() >= WRITE_BYTES || (ended.is_some() && !waiting.is_empty()) {
            let piece = waiting.split();
            writing = write(writing, piece).await.map_err(Trouble::Refused)?;
            waiting.reserve(WRITE_BYTES);
        }
        match ended {
            Some(Ok(())) => return Ok(writing),
            Some(Err(trouble)) => return Err(trouble),
            None => {}
        }
    }
}

/// A refusal is read only by a sender who is done, so a piece is let run out: a connection that breaks meanwhile would hide it.
async fn drain(body: &mut BodyDataStream) {
    let all = async {
        let mut left = PIECE_MAX;
        while let (Some(Ok(bytes)), 1..) = (body.next().await, left) {
            left = left.saturating_sub(bytes.len() as u64);
        }
    };
    // A slow one is not waited for.
    let _late = tokio::time::timeout(GRACE, all).await;
}

async fn write(mut writing: Writing, piece: BytesMut) -> Result<Writing, UploadRefusal> {
    blocking(move || writing.write(&piece).map(|()| writing)).await
}

/// A body that ended early: what has arrived stays, and the sender, if it still hears, learns where to go on.
async fn cut(media: Media, id: String) -> Response {
    match blocking(move || media.upload(&id)).await {
        Ok(status) => refused(UploadRefusal::Elsewhere(status.received)),
        Err(refusal) => refused(refusal),
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, UploadRefusal> + Send + 'static) -> Result<T, UploadRefusal> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(UploadRefusal::Storage))
}

/// What a request's head says about its piece.
fn offer(request: &Request<Body>) -> Result<Offer, UploadRefusal> {
    let headers = request.headers();
    let length = field(headers, CONTENT_LENGTH.as_str()).and_then(|text| text.parse().ok()).ok_or(UploadRefusal::Malformed)?;
    let (start, total) = match field(headers, CONTENT_RANGE.as_str()) {
        None => (0, length),
        Some(text) => piece(text, length)?,
    };
    let purpose = match query(request.uri(), "purpose").as_deref() {
        None | Some("attach") => Purpose::Attach,
        Some("import") => Purpose::Import,
        Some(_) => return Err(UploadRefusal::Malformed),
    };
    let name = percent_decode_str(field(headers, NAME).unwrap_or_default()).decode_utf8().map_err(|_| UploadRefusal::Malformed)?;
    let mime = field(headers, CONTENT_TYPE.as_str()).unwrap_or_default().to_owned();
    Ok(Offer { mime, name: name.into_owned(), purpose, start, length, total })
}

fn field<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// `bytes a-b/total`, which must be as long as the body.
fn piece(text: &str, length: u64) -> Result<(u64, u64), UploadRefusal> {
    let numbers = || {
        let (range, total) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let number = |text: &str| if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse::<u64>().ok() } else { None };
        Some((number(first)?, number(last)?, number(total)?))
    };
    let (first, last, total) = numbers().ok_or(UploadRefusal::Malformed)?;
    if last.checked_sub(first).and_then(|span| span.checked_add(1)) != Some(length) || last >= total {
        return Err(UploadRefusal::Malformed);
    }
    if length > PIECE_MAX { Err(UploadRefusal::Size) } else { Ok((first, total)) }
}

fn refused(refusal: UploadRefusal) -> Response {
    let words = |status, words: &str| text(status, words);
    match refusal {
        UploadRefusal::Malformed => words(StatusCode::BAD_REQUEST, "malformed"),
        UploadRefusal::Unknown => words(StatusCode::NOT_FOUND, "unknown upload"),
        UploadRefusal::Size => words(StatusCode::PAYLOAD_TOO_LARGE, "size"),
        UploadRefusal::Mime => words(StatusCode::UNSUPPORTED_MEDIA_TYPE, "mime"),
        UploadRefusal::TooMany => words(StatusCode::TOO_MANY_REQUESTS, "too many uploads"),
        UploadRefusal::Storage => words(StatusCode::INSUFFICIENT_STORAGE, "the disk did not take it"),
        UploadRefusal::Elsewhere(received) => {
            let mut response = words(StatusCode::CONFLICT, &format!("upload continues at {received}"));
            response.headers_mut().insert(RECEIVED, HeaderValue::from(received));
            response
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fields: &[(&str, &str)], expected: Result<(u64, u64, u64), UploadRefusal>) {
        let mut request = Request::builder().uri("/api/media/uploads/x?purpose=attach");
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        let read = offer(&request.body(Body::empty()).expect("a request")).map(|offer| (offer.start, offer.length, offer.total));
        assert_eq!(read, expected, "{fields:?}");
    }

    #[test]
    fn heads_of_pieces() {
        let malformed = Err(UploadRefusal::Malformed);
        check(&[("content-length", "5")], Ok((0, 5, 5)));
        check(&[("content-length", "5"), ("content-range", "bytes 0-4/10")], Ok((0, 5, 10)));
        check(&[("content-length", "5"), ("content-range", "bytes 5-9/10")], Ok((5, 5, 10)));
        check(&[("content-length", "5"), ("content-range", "bytes 6-10/10")], malformed);
        check(&[("content-length", "5"), ("content-range", "bytes 0-5/10")], malformed);
        check(&[("content-length", "5"), ("content-range", "bytes 4-0/10")], malformed);
        check(&[("content-length", "5"), ("content-range", "bytes 0-4/*")], malformed);
        check(&[("content-length", "5"), ("content-range", "bytes */10")], malformed);
        check(&[("content-length", "5"), ("content-range", "bytes +0-4/10")], malformed);
        check(&[("content-length", "5"), ("content-range", "items 0-4/10")], malformed);
        check(&[("content-length", "1"), ("content-range", "bytes 0-18446744073709551615/1")], malformed);
        check(&[("content-length", "4194305"), ("content-range", "bytes 0-4194304/9000000")], Err(UploadRefusal::Size));
        check(&[("content-length", "4194304"), ("content-range", "bytes 0-4194303/9000000")], Ok((0, 4_194_304, 9_000_000)));
        check(&[], malformed);
        check(&[("content-length", "5"), ("x-alcove-name", "%ff")], malformed);
    }

    #[test]
    fn only_sending_a_file_may_take_long() {
        let limited = |method: &str, path: &str| {
            let request = Request::builder().method(method).uri(path).body(()).expect("a request");
            limit(&request, GRACE) == GRACE
        };
        assert!(!limited("PUT", "/api/media/uploads/x"));
        assert!(limited("GET", "/api/media/uploads/x"));
        assert!(limited("PUT", "/api/media/x/y"));
    }
}
