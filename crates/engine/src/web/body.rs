//! The body of an answer: read up to a limit and unpacked up to the same limit, so that neither a long one nor one packed a thousand
//! times small costs more than that.

use std::io::Read as _;

use reqwest::Response;
use reqwest::header::CONTENT_ENCODING;

use super::error::{WebError, quoted};

/// A body that says it is so many times the limit is not begun.
const HOPELESS: u64 = 16;

/// Bytes as they came, and whether there were more.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) bytes: Vec<u8>,
    pub(super) cut: bool,
}

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    None,
    Gzip,
}

/// How the answer's body is packed; only what was asked for is taken.
pub(super) fn packing(response: &Response) -> Result<Packing, WebError> {
    let mut packing = Packing::None;
    for value in response.headers().get_all(CONTENT_ENCODING) {
        let word = String::from_utf8_lossy(value.as_bytes()).trim().to_ascii_lowercase();
        match (word.as_str(), packing) {
            ("" | "identity", _) => {}
            ("gzip" | "x-gzip", Packing::None) => packing = Packing::Gzip,
            _ => {
                return Err(WebError::new(
                    "unsupported_type",
                    415,
                    format!("the answer is packed in a way not asked for: {}", quoted(&word)),
                ));
            }
        }
    }
    Ok(packing)
}

/// Reads at most `limit` bytes. The caller limits the time.
pub(super) async fn read(response: &mut Response, limit: usize, host: &str) -> Result<Body, WebError> {
    if let Some(length) = response.content_length().filter(|length| *length > HOPELESS * limit as u64) {
        return Err(WebError::new("too_large", 413, format!("the answer is {length} bytes, and {limit} are read")));
    }
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(None) => return Ok(Body { bytes, cut: false }),
            Ok(Some(chunk)) if bytes.len() + chunk.len() > limit => {
                bytes.extend_from_slice(&chunk[..limit - bytes.len()]);
                return Ok(Body { bytes, cut: true });
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Err(error) => return Err(WebError::broken(host, &super::root_cause(&error))),
        }
    }
}

/// Unpacks at most `limit` bytes; blocking.
pub(super) fn unpack(body: Body, packing: Packing, limit: usize) -> Result<Body, WebError> {
    if packing == Packing::None {
        return Ok(body);
    }
    let mut bytes = Vec::new();
    let mut unpacked = flate2::read::MultiGzDecoder::new(body.bytes.as_slice()).take(limit as u64 + 1);
    // A pack that was cut gives what it holds until there.
    let whole = unpacked.read_to_end(&mut bytes);
    if whole.is_err() && !body.cut && bytes.len() <= limit {
        return Err(WebError::new("broken", 502, "the answer says it is packed by gzip, and cannot be unpacked"));
    }
    let cut = body.cut || bytes.len() > limit;
    bytes.truncate(limit);
    Ok(Body { bytes, cut })
}
