//! Carries one file to the gateway: `PUT /api/media/uploads/{id}` in pieces of 1 MiB, each read from disk when it is sent. A
//! connection that breaks is gone on with where the gateway says it stands. Never more than a piece is in memory.

use bytes::Bytes;
use http::header::{CONTENT_RANGE, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::Full;
use serde::{Deserialize, Serialize};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, SeekFrom};

use super::KeyPlace;
use super::check::{Fit, Problem};
use crate::calls::{self, Failure, Key};
use crate::engine::Engine;

/// What one request carries.
const PIECE: u64 = 1024 * 1024;
/// So often one file is gone on with after something went wrong.
const RESUMES: u32 = 3;
/// Where files are put.
const UPLOADS: &str = "/api/media/uploads/";
const NAME: HeaderName = HeaderName::from_static("x-alcove-name");
const RECEIVED: HeaderName = HeaderName::from_static("x-alcove-received");

/// A file the gateway has whole, as the page attaches it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Uploaded {
    upload_id: String,
    name: String,
    mime: String,
    bytes: u64,
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

/// How far an upload is, in the gateway's words.
#[derive(Deserialize)]
struct Status {
    received: u64,
    complete: bool,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    mime: String,
    #[serde(default)]
    name: String,
    url: Option<String>,
}

/// What the gateway made of a request.
enum Outcome {
    Status(Status),
    /// It has so many bytes and wants the next ones.
    GoOn(u64),
    /// The key is void.
    Unauthorised,
    Refused(Problem),
}

/// A file on its way.
struct Carrier<'a> {
    engine: &'a Engine,
    key: &'a mut KeyPlace,
    id: String,
    fit: Fit,
    resumes: u32,
}

/// Carries a file; `progress` is told the bytes the gateway has and the bytes in all.
pub(crate) async fn carry(
    engine: &Engine,
    key: &mut KeyPlace,
    mut fit: Fit,
    progress: &(impl Fn(u64, u64) + Sync),
) -> Result<Uploaded, Problem> {
    let mut file = File::from_std(fit.file.try_clone().map_err(|_| Problem::Unreadable)?);
    let total = fit.bytes;
    let (name, mime) = (std::mem::take(&mut fit.name), fit.mime);
    let mut carrier = Carrier { engine, key, id: fresh_id(), fit, resumes: 0 };
    let described = describe(&name, mime)?;
    let mut at = 0;
    progress(at, total);
    let done = loop {
        let piece = match read(&mut file, at, PIECE.min(total - at)).await {
            Ok(piece) => piece,
            Err(problem) => return Err(carrier.give_up(problem).await),
        };
        let last = at + piece.len() as u64 - 1;
        let mut headers = described.clone();
        headers.insert(CONTENT_RANGE, text(&format!("bytes {at}-{last}/{total}"))?);
        let status = match carrier.ask(Method::PUT, headers, piece).await? {
            Outcome::Status(status) => status,
            Outcome::GoOn(received) if received < total => {
                at = received;
                continue;
            }
            Outcome::GoOn(_) | Outcome::Unauthorised => return Err(stuck()),
            Outcome::Refused(problem) => return Err(problem),
        };
        progress(status.received.min(total), total);
        if status.complete {
            break status;
        }
        if status.received <= at || status.received >= total {
            return Err(stuck());
        }
        at = status.received;
    };
    if carrier.has_changed() {
        return Err(carrier.give_up(Problem::Changed).await);
    }
    let or = |said: String, otherwise: &str| if said.is_empty() { otherwise.to_owned() } else { said };
    let (name, mime) = (or(done.name, &name), or(done.mime, mime));
    Ok(Uploaded { upload_id: carrier.id, name, mime, bytes: total, kind: done.kind, url: done.url })
}

impl Carrier<'_> {
    /// Asks about the upload; after a broken connection or with a void key once more, from where the gateway stands.
    async fn ask(&mut self, method: Method, headers: HeaderMap, body: Bytes) -> Result<Outcome, Problem> {
        while self.resumes <= RESUMES {
            let asked = match self.request(method.clone(), headers.clone(), body.clone()).await {
                Ok(request) => calls::ask(self.engine, request).await,
                Err(failure) => Err(failure),
            };
            let outcome = asked.map(|(status, headers, body)| read_answer(status, &headers, &body));
            match outcome {
                Ok(outcome @ (Outcome::Status(_) | Outcome::Refused(_))) => return Ok(outcome),
                Ok(Outcome::Unauthorised) => *self.key = None,
                Ok(outcome @ Outcome::GoOn(_)) => {
                    self.resumes += 1;
                    return Ok(outcome);
                }
                Err(failure) if self.resumes == RESUMES => return Err(engine_said(&failure)),
                Err(_failure) => {
                    self.resumes += 1;
                    return self.standing().await;
                }
            }
            self.resumes += 1;
        }
        Err(stuck())
    }

    /// Where the gateway stands after a connection broke.
    async fn standing(&mut self) -> Result<Outcome, Problem> {
        let request = self.request(Method::GET, HeaderMap::new(), Bytes::new()).await.map_err(|failure| engine_said(&failure))?;
        let (status, headers, body) = calls::ask(self.engine, request).await.map_err(|failure| engine_said(&failure))?;
        Ok(match read_answer(status, &headers, &body) {
            Outcome::Status(status) if !status.complete => Outcome::GoOn(status.received),
            // It was restarted and knows nothing of this upload.
            Outcome::Refused(_) if status == StatusCode::NOT_FOUND => Outcome::GoOn(0),
            outcome @ (Outcome::Status(_) | Outcome::GoOn(_) | Outcome::Unauthorised | Outcome::Refused(_)) => outcome,
        })
    }

    async fn request(&mut self, method: Method, headers: HeaderMap, body: Bytes) -> Result<Request<Full<Bytes>>, Failure> {
        let key = match self.key.take() {
            Some(key) => key,
            None => Key::fetch(self.engine).await?,
        };
        let key = self.key.insert(key);
        let mut request = key.request(method, &format!("{UPLOADS}{}", self.id))?;
        request.headers_mut().extend(headers);
        *request.body_mut() = Full::new(body);
        Ok(request)
    }

    /// Whether the file was written to since it was checked.
    fn has_changed(&self) -> bool {
        let now = self.fit.file.metadata();
        !now.is_ok_and(|now| now.len() == self.fit.bytes && now.modified().ok() == self.fit.changed)
    }

    /// Takes back what was sent.
    async fn give_up(&mut self, problem: Problem) -> Problem {
        if let Ok(request) = self.request(Method::DELETE, HeaderMap::new(), Bytes::new()).await {
            // What stays behind is thrown away by the gateway itself, a day later.
            let _kept = calls::ask(self.engine, request).await;
        }
        problem
    }
}

/// The piece at `at`, whole; a file that has become shorter has changed.
async fn read(file: &mut File, at: u64, length: u64) -> Result<Bytes, Problem> {
    let length = usize::try_from(length).map_err(|_| Problem::Size)?;
    file.seek(SeekFrom::Start(at)).await.map_err(|_| Problem::Unreadable)?;
    let mut piece = vec![0; length];
    match file.read_exact(&mut piece).await {
        Ok(_) => Ok(piece.into()),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Err(Problem::Changed),
        Err(_) => Err(Problem::Unreadable),
    }
}

fn read_answer(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Outcome {
    let words = || String::from_utf8_lossy(body).trim().to_owned();
    match status {
        StatusCode::UNAUTHORIZED => Outcome::Unauthorised,
        StatusCode::CONFLICT => match headers.get(RECEIVED).and_then(|value| value.to_str().ok()?.parse().ok()) {
            Some(received) => Outcome::GoOn(received),
            None => Outcome::Refused(Problem::Engine(words())),
        },
        StatusCode::PAYLOAD_TOO_LARGE => Outcome::Refused(Problem::Size),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Outcome::Refused(Problem::Mime),
        StatusCode::TOO_MANY_REQUESTS => Outcome::Refused(Problem::TooManyUploads),
        status if status.is_success() => match serde_json::from_slice(body) {
            Ok(status) => Outcome::Status(status),
            Err(_) => Outcome::Refused(Problem::Engine("the engine's answer could not be read".to_owned())),
        },
        _ => Outcome::Refused(Problem::Engine(words())),
    }
}

fn stuck() -> Problem {
    Problem::Engine("the upload did not go on".to_owned())
}

fn engine_said(failure: &Failure) -> Problem {
    Problem::Engine(failure.to_string())
}

fn describe(name: &str, mime: &str) -> Result<HeaderMap, Problem> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, text(mime)?);
    headers.insert(NAME, text(&encoded(name))?);
    Ok(headers)
}

fn text(value: &str) -> Result<HeaderValue, Problem> {
    HeaderValue::from_str(value).map_err(|error| Problem::Engine(error.to_string()))
}

/// Percent-encoded, so that a name of any script travels in a header.
fn encoded(name: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    let one = |byte: u8| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    name.bytes().map(one).collect()
}

fn fresh_id() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
