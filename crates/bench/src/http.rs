//! The smallest HTTP client that asks a server on loopback: one connection a request, nothing kept.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::error::Error;

/// The longest an answer is waited for.
const LIMIT: Duration = Duration::from_secs(120);

/// What ends a head.
const HEAD_END: &[u8] = b"\r\n\r\n";

/// An answer.
pub(crate) struct Answer {
    /// Its status.
    pub(crate) status: u16,
    /// Its body.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; another status than 200 is an error.
    pub(crate) fn json(&self, what: &str) -> Result<serde_json::Value, Error> {
        if self.status != 200 {
            let words = String::from_utf8_lossy(&self.body);
            return Err(Error::broken(format!(
                "{what} was answered with {}: {}",
                self.status,
                words.chars().take(200).collect::<String>()
            )));
        }
        serde_json::from_slice(&self.body).map_err(|error| Error::broken(format!("{what} was not answered with JSON: {error}")))
    }
}

/// Asks for a path; `bearer` goes into `Authorization`.
pub(crate) fn get(address: SocketAddr, path: &str, bearer: Option<&str>) -> Result<Answer, Error> {
    let authorization = bearer.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    exchange(address, ("GET", path), &authorization, &[])
}

/// Sends a body of this type to a path.
pub(crate) fn put(address: SocketAddr, path: &str, bearer: &str, (mime, body): (&str, &[u8])) -> Result<Answer, Error> {
    let fields = format!("Authorization: Bearer {bearer}\r\nContent-Type: {mime}\r\nContent-Length: {}\r\n", body.len());
    exchange(address, ("PUT", path), &fields, body)
}

/// Sends JSON to a path.
pub(crate) fn post(address: SocketAddr, path: &str, body: &serde_json::Value) -> Result<Answer, Error> {
    let body = body.to_string();
    let fields = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    exchange(address, ("POST", path), &fields, body.as_bytes())
}

fn exchange(address: SocketAddr, (method, path): (&str, &str), fields: &str, body: &[u8]) -> Result<Answer, Error> {
    let what = || format!("{method} {address}{}", path.split('?').next().unwrap_or(path));
    let mut stream = TcpStream::connect(address).map_err(Error::io(what()))?;
    stream.set_nodelay(true).ok();
    stream.set_read_timeout(Some(LIMIT)).ok();
    let request = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\n{fields}Connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).and_then(|()| stream.write_all(body)).map_err(Error::io(what()))?;
    let mut raw = Vec::new();
    let mut piece = vec![0; 64 * 1024];
    let mut whole = None;
    while whole.is_none_or(|whole| raw.len() < whole) {
        let read = stream.read(&mut piece).map_err(Error::io(what()))?;
        if read == 0 {
            break;
        }
        raw.extend_from_slice(&piece[..read]);
        whole = whole.or_else(|| length(&raw));
    }
    let end = find(&raw, HEAD_END).ok_or_else(|| Error::broken(format!("{} was not answered with HTTP", what())))?;
    let head = String::from_utf8_lossy(&raw[..end]);
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    let body = raw.split_off(end + HEAD_END.len());
    Ok(Answer { status, body })
}

/// How long head and body are together, once the head is there and says it; otherwise the answer ends with the connection.
fn length(raw: &[u8]) -> Option<usize> {
    let end = find(raw, HEAD_END)?;
    let head = String::from_utf8_lossy(&raw[..end]).to_ascii_lowercase();
    let body: usize = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())?;
    Some(end + HEAD_END.len() + body)
}

/// Where the needle begins.
pub(crate) fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).position(|window| window == needle)
}
