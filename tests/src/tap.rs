//! A client that reads frames without understanding them, for scenarios with very many: the socket's bytes, cut into frames.

use std::hash::Hasher as _;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::client::raw_frame;
use crate::gateway::{Gateway, Stream};
use crate::http::bootstrap;
use crate::within;

/// Bytes read at once.
const PART: usize = 64 * 1024;

/// What came next.
#[derive(Debug, PartialEq, Eq)]
pub enum Tapped<'a> {
    /// A text frame.
    Text(&'a str),
    /// The gateway closed with this code.
    Closed(u16),
    /// The connection ended without a word.
    Gone,
}

/// A client that only cuts frames.
pub struct Tap {
    stream: Stream,
    bytes: Vec<u8>,
    /// Where the next frame begins.
    at: usize,
}

/// What was heard of one chat: how much, whether in order, and a digest of every byte.
#[derive(Debug, Default)]
pub struct Tally {
    /// The newest number.
    pub last_seq: u64,
    /// Numbered events.
    pub events: u64,
    hasher: std::hash::DefaultHasher,
}

impl Tap {
    /// Bootstraps, shakes hands and attaches to a chat after an event.
    pub async fn attach(gateway: &Gateway, chat: &str, after: u64) -> Self {
        let token = bootstrap(gateway).await["token"].as_str().expect("a token").to_owned();
        let mut stream = gateway.connect().await;
        let head = format!(
            "GET /?token={token} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            gateway.host()
        );
        stream.write_all(head.as_bytes()).await.expect("the connection stands");
        let mut tap = Self { stream, bytes: Vec::new(), at: 0 };
        let end = loop {
            let end = tap.bytes.windows(4).position(|window| window == b"\r\n\r\n");
            match end {
                Some(end) => break end + 4,
                None => assert!(tap.fill().await, "the handshake is answered"),
            }
        };
        assert!(tap.bytes.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&tap.bytes));
        tap.at = end;
        tap.send(&format!(r#"{{"type":"attach","chat_id":"{chat}","after_seq":{after}}}"#)).await;
        tap
    }

    /// Sends a text frame.
    pub async fn send(&mut self, text: &str) {
        self.send_raw(&raw_frame(0x81, text.as_bytes())).await;
    }

    /// Sends bytes as they are.
    pub async fn send_raw(&mut self, bytes: &[u8]) {
        within("bytes are taken", self.stream.write_all(bytes)).await.expect("the connection stands");
    }

    /// The next text frame or the end; pings are answered.
    pub async fn next(&mut self) -> Tapped<'_> {
        loop {
            let Some((first, from, to)) = self.frame() else {
                if within("more bytes", self.fill()).await {
                    continue;
                }
                return Tapped::Gone;
            };
            self.at = to;
            match first {
                0x89 => {
                    let pong = raw_frame(0x8A, &self.bytes[from..to]);
                    // A connection that ends meanwhile shows when it is read.
                    let _ended = within("a pong is taken", self.stream.write_all(&pong)).await;
                }
                0x81 => return Tapped::Text(std::str::from_utf8(&self.bytes[from..to]).expect("text frames are text")),
                0x88 if to - from >= 2 => return Tapped::Closed(u16::from_be_bytes([self.bytes[from], self.bytes[from + 1]])),
                0x88 => return Tapped::Closed(0),
                _ => {}
            }
        }
    }

    /// First byte, beginning and end of the payload of the frame that is here whole.
    fn frame(&self) -> Option<(u8, usize, usize)> {
        let rest = &self.bytes[self.at..];
        let (head, length) = match *rest.get(1)? {
            126 => (4, usize::from(u16::from_be_bytes([*rest.get(2)?, *rest.get(3)?]))),
            127 => (10, usize::try_from(u64::from_be_bytes(rest.get(2..10)?.try_into().ok()?)).expect("a frame fits memory")),
            short => (2, usize::from(short)),
        };
        (rest.len() >= head + length).then_some((rest[0], self.at + head, self.at + head + length))
    }

    async fn fill(&mut self) -> bool {
        self.bytes.drain(..self.at);
        self.at = 0;
        let before = self.bytes.len();
        self.bytes.resize(before + PART, 0);
        let count = self.stream.read(&mut self.bytes[before..]).await.unwrap_or(0);
        self.bytes.truncate(before + count);
        count > 0
    }
}

impl Tally {
    /// Takes a frame into account. Numbers must follow each other.
    pub fn take(&mut self, text: &str) {
        let Some(seq) = seq_of(text) else { return };
        assert!(self.events == 0 || seq == self.last_seq + 1, "{seq} after {}", self.last_seq);
        self.last_seq = seq;
        self.events += 1;
        self.hasher.write(text.as_bytes());
    }

    /// A digest of every byte heard.
    pub fn digest(&self) -> u64 {
        self.hasher.finish()
    }
}

/// The number of a chat event, which is its last field.
fn seq_of(text: &str) -> Option<u64> {
    let digits = text.strip_suffix('}')?.rsplit_once("\"seq\":")?.1;
    digits.parse().ok()
}
