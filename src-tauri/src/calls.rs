//! The shell's own requests to the gateway: one request over one connection to its Unix socket, with a token the shell fetched
//! itself, and an answer that is read piece by piece. The page never sees that token, and nothing here looks into a body.

use std::pin::Pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{AUTHORIZATION, CONNECTION, HOST, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::UnixStream;

use crate::engine::Engine;

/// Where every token comes from.
pub(crate) const BOOTSTRAP: &str = "/webui/bootstrap";
/// Carries the configured secret to it (envelope §2.2).
pub(crate) const SECRET: HeaderName = HeaderName::from_static("x-nanobot-auth");
/// From the first byte sent to the head of the answer, and from one piece of its body to the next.
const WAIT_LIMIT: Duration = Duration::from_secs(60);
/// The largest answer that is kept in memory.
const ANSWER_LIMIT: usize = 256 * 1024;
/// A refusal's text shown to a person.
const WORDS_LIMIT: usize = 400;

/// Why a request failed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No gateway could be reached.
    Unavailable(String),
    /// It did not go on in time.
    TimedOut,
    /// The exchange broke off.
    Broken(String),
    /// The gateway said no.
    Refused { status: StatusCode, words: String },
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unavailable(why) => write!(f, "the engine cannot be reached: {why}"),
            Self::TimedOut => f.write_str("the engine did not answer in time"),
            Self::Broken(why) => write!(f, "the engine's answer broke off: {why}"),
            Self::Refused { status, words } if words.is_empty() => write!(f, "the engine answered {status}"),
            Self::Refused { words, .. } => f.write_str(words),
        }
    }
}

/// An answer whose body is still to come. Dropping it closes the connection.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    body: Incoming,
    line: Line,
}

/// The connection, driven by whoever waits for something on it: no task outlives its request.
struct Line {
    connection: Pin<Box<http1::Connection<TokioIo<UnixStream>, Full<Bytes>>>>,
    ended: bool,
}

impl Line {
    /// Waits for something that comes over this connection.
    async fn drive<T>(&mut self, waited_for: impl Future<Output = T>) -> T {
        tokio::pin!(waited_for);
        loop {
            if self.ended {
                return waited_for.await;
            }
            // Both arms are polled in place, so neither loses anything when the other is ready.
            tokio::select! {
                got = &mut waited_for => return got,
                // How it ended is told by the exchange as well.
                _ = &mut self.connection => self.ended = true,
            }
        }
    }
}

/// Sends a request whose body is there and waits for the head of its answer.
pub(crate) async fn send(engine: &Engine, request: Request<Full<Bytes>>) -> Result<Answer, Failure> {
    let stream = engine.connect().await.map_err(Failure::Unavailable)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|error| broken(&error))?;
    let mut line = Line { connection: Box::pin(connection), ended: false };
    let answer = in_time(line.drive(sender.send_request(request))).await?.map_err(|error| broken(&error))?;
    let (parts, body) = answer.into_parts();
    Ok(Answer { status: parts.status, headers: parts.headers, body, line })
}

impl Answer {
    /// The next piece of the body; `None` after the last.
    pub(crate) async fn piece(&mut self) -> Result<Option<Bytes>, Failure> {
        loop {
            let Some(frame) = in_time(self.line.drive(self.body.frame())).await? else { return Ok(None) };
            // What is no data is a trailer, which nobody here reads.
            if let Ok(data) = frame.map_err(|error| broken(&error))?.into_data() {
                return Ok(Some(data));
            }
        }
    }

    /// The whole body, if it is not longer than `limit`.
    pub(crate) async fn whole(mut self, limit: usize) -> Result<Vec<u8>, Failure> {
        let mut whole = BytesMut::new();
        while let Some(piece) = self.piece().await? {
            if whole.len() + piece.len() > limit {
                return Err(Failure::Broken(format!("it is longer than {limit} bytes")));
            }
            whole.extend_from_slice(&piece);
        }
        Ok(whole.into())
    }

    /// This answer if it is a success; otherwise what the gateway said instead.
    pub(crate) async fn success(self) -> Result<Self, Failure> {
        if self.status.is_success() {
            return Ok(self);
        }
        let status = self.status;
        let body = self.whole(ANSWER_LIMIT).await.unwrap_or_default();
        let words = String::from_utf8_lossy(&body).trim().chars().take(WORDS_LIMIT).collect();
        Err(Failure::Refused { status, words })
    }
}

/// What opens the gateway's API for the shell.
pub(crate) struct Key(HeaderValue);

/// Of bootstrap's answer, what the shell needs.
#[derive(Deserialize)]
struct Bootstrap {
    api_token: String,
}

impl Key {
    /// Asks the gateway for a token of the shell's own.
    pub(crate) async fn fetch(engine: &Engine) -> Result<Self, Failure> {
        let mut request = Request::new(Full::default());
        *request.uri_mut() = http::Uri::from_static(BOOTSTRAP);
        if let Some(secret) = engine.secret().await {
            request.headers_mut().insert(SECRET, secret);
        }
        let body = send(engine, addressed(request)).await?.success().await?.whole(ANSWER_LIMIT).await?;
        let bootstrap: Bootstrap = serde_json::from_slice(&body).map_err(|error| Failure::Broken(error.to_string()))?;
        let mut value =
            HeaderValue::from_str(&format!("Bearer {}", bootstrap.api_token)).map_err(|error| Failure::Broken(error.to_string()))?;
        value.set_sensitive(true);
        Ok(Self(value))
    }

    /// A request with this key, its body still to be set.
    pub(crate) fn request(&self, method: Method, path: &str) -> Result<Request<Full<Bytes>>, Failure> {
        let mut request = Request::new(Full::default());
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().map_err(|error: http::uri::InvalidUri| Failure::Broken(error.to_string()))?;
        request.headers_mut().insert(AUTHORIZATION, self.0.clone());
        Ok(addressed(request))
    }
}

/// Asks and reads the whole of a small answer, whatever its status.
pub(crate) async fn ask(engine: &Engine, request: Request<Full<Bytes>>) -> Result<(StatusCode, HeaderMap, Vec<u8>), Failure> {
    let mut answer = send(engine, request).await?;
    let (status, headers) = (answer.status, std::mem::take(&mut answer.headers));
    Ok((status, headers, answer.whole(ANSWER_LIMIT).await?))
}

fn addressed(mut request: Request<Full<Bytes>>) -> Request<Full<Bytes>> {
    request.headers_mut().insert(HOST, HeaderValue::from_static("localhost"));
    request.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    request
}

async fn in_time<T>(waited_for: impl Future<Output = T>) -> Result<T, Failure> {
    tokio::time::timeout(WAIT_LIMIT, waited_for).await.map_err(|_| Failure::TimedOut)
}

fn broken(error: &hyper::Error) -> Failure {
    Failure::Broken(error.to_string())
}
