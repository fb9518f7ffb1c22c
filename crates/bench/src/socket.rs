//! A WebSocket client that costs next to nothing, so that what is measured is the server. It never decompresses: a frame is counted as
//! it came.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::error::Error;
use crate::http::find;

/// Bytes read at once.
const READ_BYTES: usize = 256 * 1024;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// Whether the client offers to take compressed frames, as browsers do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deflate {
    /// It does.
    Offered,
    /// It does not.
    Unknown,
}

/// One frame as it came.
pub(crate) struct Frame<'a> {
    /// Its bytes; compressed when the server chose to.
    pub(crate) payload: &'a [u8],
    opcode: u8,
}

/// A client's WebSocket.
pub(crate) struct Socket {
    stream: TcpStream,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl Socket {
    /// Connects and shakes hands.
    pub(crate) fn connect(address: SocketAddr, path: &str, deflate: Deflate) -> Result<Self, Error> {
        let mut stream = TcpStream::connect(address).map_err(Error::io(format!("connect to {address}")))?;
        stream.set_nodelay(true).ok();
        let offer = match deflate {
            Deflate::Offered => "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n",
            Deflate::Unknown => "",
        };
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{offer}\r\n"
        );
        stream.write_all(request.as_bytes()).map_err(Error::io("shake hands"))?;
        let mut socket = Self { stream, buffer: vec![0; 4096], start: 0, end: 0 };
        loop {
            if let Some(end) = find(&socket.buffer[..socket.end], b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&socket.buffer[..end]).into_owned();
                if !head.starts_with("HTTP/1.1 101") {
                    return Err(Error::broken(format!("no WebSocket: {}", head.lines().next().unwrap_or_default())));
                }
                socket.start = end + 4;
                return Ok(socket);
            }
            socket.fill()?;
        }
    }

    /// The stream, to wait on.
    pub(crate) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Sends a text frame.
    pub(crate) fn send(&mut self, value: &Value) -> Result<(), Error> {
        self.send_frame(0x80 | TEXT, value.to_string().as_bytes())
    }

    fn send_frame(&mut self, first: u8, payload: &[u8]) -> Result<(), Error> {
        // Clients must mask; a mask of zeros leaves the bytes as they are.
        let mut frame = vec![first];
        match u16::try_from(payload.len()) {
            Ok(short) if short < 126 => frame.push(0x80 | short as u8),
            Ok(medium) => {
                frame.push(0x80 | 126);
                frame.extend(medium.to_be_bytes());
            }
            Err(_) => {
                frame.push(0x80 | 127);
                frame.extend((payload.len() as u64).to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend_from_slice(payload);
        self.stream.write_all(&frame).map_err(Error::io("send a frame"))
    }

    /// The next text frame as JSON, waited for no longer than the limit.
    pub(crate) fn next(&mut self, limit: Duration) -> Result<Value, Error> {
        let deadline = Instant::now() + limit;
        loop {
            if let Some(text) = self.take_text()? {
                return serde_json::from_slice(&text).map_err(|error| Error::broken(format!("a frame is no JSON: {error}")));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Error::broken("no frame came in time"));
            }
            self.stream.set_read_timeout(Some(left)).ok();
            self.fill()?;
        }
    }

    /// The first frame with this `event`; others are passed over, an `error` event ends the wait.
    pub(crate) fn until(&mut self, event: &str) -> Result<Value, Error> {
        loop {
            let frame = self.next(Duration::from_secs(60))?;
            match frame["event"].as_str() {
                Some(name) if name == event => return Ok(frame),
                Some("error") => return Err(Error::broken(format!("the server said {frame}"))),
                Some(_) | None => {}
            }
        }
    }

    fn take_text(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let mut text = None;
        let mut pings = Vec::new();
        while text.is_none() {
            let Some(frame) = self.take() else { break };
            match frame.opcode {
                TEXT => text = Some(frame.payload.to_vec()),
                PING => pings.push(frame.payload.to_vec()),
                CLOSE => return Err(Error::broken("the server closed the WebSocket")),
                _ => {}
            }
        }
        for ping in pings {
            self.send_frame(0x80 | PONG, &ping)?;
        }
        Ok(text)
    }

    /// Hands on every text frame that is there; reads once, so something must be there.
    pub(crate) fn drain(&mut self, seen: &mut impl FnMut(&[u8])) -> Result<(), Error> {
        self.fill()?;
        let mut pings = 0;
        while let Some(frame) = self.take() {
            match frame.opcode {
                TEXT => seen(frame.payload),
                PING => pings += 1,
                CLOSE => return Err(Error::broken("the server closed a subscriber")),
                _ => {}
            }
        }
        for _ in 0..pings {
            self.send_frame(0x80 | PONG, &[])?;
        }
        Ok(())
    }

    /// Passes over every whole frame that was read already.
    pub(crate) fn forget(&mut self) {
        while self.take().is_some() {}
    }

    fn fill(&mut self) -> Result<(), Error> {
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
        } else if self.end == self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.buffer.len() {
            let longer = (self.buffer.len() * 2).max(READ_BYTES);
            self.buffer.resize(longer, 0);
        }
        let read = self.stream.read(&mut self.buffer[self.end..]).map_err(Error::io("read from the server"))?;
        if read == 0 {
            return Err(Error::broken("the server closed the connection"));
        }
        self.end += read;
        Ok(())
    }

    fn take(&mut self) -> Option<Frame<'_>> {
        let bytes = &self.buffer[self.start..self.end];
        let (&first, &second) = (bytes.first()?, bytes.get(1)?);
        let (head, length) = match second & 0x7f {
            126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
            127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
            short => (2, usize::from(short)),
        };
        if bytes.len() < head + length {
            return None;
        }
        let payload = self.start + head..self.start + head + length;
        self.start = payload.end;
        Some(Frame { payload: &self.buffer[payload], opcode: first & 0x0f })
    }
}
