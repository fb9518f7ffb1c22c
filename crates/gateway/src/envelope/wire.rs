//! One client's WebSocket: reads messages, and writes many ready frames in one call without copying them.

use std::io::IoSlice;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::{CapacityError, Error as WsError};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use crate::socket::Socket;

/// The longest a client may not take what is written before it is let go.
const STALL_LIMIT: Duration = Duration::from_secs(5);
/// How long a client that was let go may still fetch the reason.
const GRACE: Duration = Duration::from_secs(30);
/// The longest a close is waited for.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);
/// Memory for reading; grows for large messages and shrinks again.
const READ_BUFFER: usize = 4 * 1024;
/// What pongs and closes may pile up to.
const WRITE_BUFFER_MAX: usize = 64 * 1024;
/// Frames in one system call: two slices each, and the system takes 1,024.
const FRAMES_PER_CALL: usize = 512;
/// Longest head of an unmasked frame.
const HEAD_MAX: usize = 10;
/// Final text frame.
const TEXT: u8 = 0x81;

/// Closed because it did not read.
const TOO_SLOW: u16 = 4408;

/// What came from the client.
pub(super) enum Heard {
    /// Text, or bytes that are text.
    Text(String),
    /// Nothing to act on: a ping, a pong, bytes that are no text.
    Sign,
    /// The connection is over.
    Gone,
    /// The client broke the protocol and was told so.
    Broken,
}

/// Why nothing more can be written.
pub(super) enum Lost {
    /// The connection is over.
    Gone,
    /// The client does not read; these bytes complete what was begun.
    Slow(Vec<u8>),
}

/// One client's WebSocket.
pub(super) struct Wire {
    ws: WebSocketStream<Socket>,
    /// Largest message it takes.
    limit: usize,
}

impl Wire {
    pub(super) async fn new(socket: Socket, read: Bytes, limit: usize) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(0)
            .max_write_buffer_size(WRITE_BUFFER_MAX)
            .max_message_size(Some(limit))
            .max_frame_size(Some(limit));
        Self { ws: WebSocketStream::from_partially_read(socket, read.to_vec(), Role::Server, Some(config)).await, limit }
    }

    /// The next message. Cancel-safe: a message half read stays in the stream.
    pub(super) async fn hear(&mut self) -> Heard {
        match self.ws.next().await {
            Some(Ok(Message::Text(text))) => Heard::Text(text.as_str().to_owned()),
            Some(Ok(Message::Binary(bytes))) => match String::from_utf8(bytes.to_vec()) {
                Ok(text) => Heard::Text(text),
                Err(_) => Heard::Sign,
            },
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Heard::Sign,
            Some(Ok(Message::Close(_))) => {
                // The goodbye is answered; the protocol has the answer ready.
                let _late = timeout(CLOSE_LIMIT, self.ws.flush()).await;
                Heard::Gone
            }
            None => Heard::Gone,
            Some(Err(error)) => self.explain(&error).await,
        }
    }

    async fn explain(&mut self, error: &WsError) -> Heard {
        let (code, reason) = match error {
            WsError::Capacity(CapacityError::MessageTooLong { .. }) => {
                (CloseCode::Size, format!("frame exceeds limit of {} bytes", self.limit))
            }
            WsError::Utf8(_) => (CloseCode::Invalid, "text is not UTF-8".to_owned()),
            WsError::Protocol(_) => (CloseCode::Protocol, "protocol error".to_owned()),
            WsError::ConnectionClosed
            | WsError::AlreadyClosed
            | WsError::Io(_)
            | WsError::Tls(_)
            | WsError::Capacity(_)
            | WsError::WriteBufferFull(_)
            | WsError::AttackAttempt
            | WsError::Url(_)
            | WsError::Http(_)
            | WsError::HttpFormat(_) => return Heard::Gone,
        };
        self.close(code, &reason).await;
        Heard::Broken
    }

    /// Writes text frames in order.
    pub(super) async fn write(&mut self, texts: &[Bytes]) -> Result<(), Lost> {
        for batch in texts.chunks(FRAMES_PER_CALL) {
            self.write_batch(batch).await?;
        }
        Ok(())
    }

    async fn write_batch(&mut self, batch: &[Bytes]) -> Result<(), Lost> {
        // Pongs wait in the protocol's own buffer; they go out first, whole. A client that does not take even those is let go.
        match timeout(STALL_LIMIT, self.ws.flush()).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return Err(Lost::Gone),
        }
        let heads: Vec<Head> = batch.iter().map(|text| Head::of(text.len())).collect();
        let mut slices = Vec::with_capacity(batch.len() * 2);
        for (head, text) in heads.iter().zip(batch) {
            slices.push(IoSlice::new(head.bytes()));
            slices.push(IoSlice::new(text));
        }
        let mut left = slices.as_mut_slice();
        while !left.is_empty() {
            match timeout(STALL_LIMIT, self.ws.get_mut().write_vectored(left)).await {
                Ok(Ok(0) | Err(_)) => return Err(Lost::Gone),
                Ok(Ok(written)) => IoSlice::advance_slices(&mut left, written),
                Err(_stalled) => return Err(Lost::Slow(left.iter().flat_map(|slice| slice.iter().copied()).collect())),
            }
        }
        // Over TLS what was taken may still wait to be sent.
        match timeout(STALL_LIMIT, self.ws.get_mut().flush()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Lost::Gone),
            Err(_stalled) => Err(Lost::Slow(Vec::new())),
        }
    }

    /// Tells a client that stopped reading why it was let go, should it begin to read again.
    pub(super) async fn let_go(&mut self, rest: &[u8]) {
        let goodbye = async {
            if self.ws.get_mut().write_all(rest).await.is_ok() {
                self.close(CloseCode::Library(TOO_SLOW), "too slow").await;
            }
        };
        let _never = timeout(GRACE, goodbye).await;
    }

    /// Asks for a sign of life.
    pub(super) async fn ping(&mut self) -> Result<(), ()> {
        match timeout(STALL_LIMIT, self.ws.send(Message::Ping(Bytes::new()))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(()),
        }
    }

    /// Says goodbye and waits a moment for the client to say it too.
    pub(super) async fn close(&mut self, code: CloseCode, reason: &str) {
        let frame = CloseFrame { code, reason: Utf8Bytes::from(reason.to_owned()) };
        let goodbye = async {
            if self.ws.close(Some(frame)).await.is_ok() {
                while let Some(Ok(_)) = self.ws.next().await {}
            }
        };
        let _late = timeout(CLOSE_LIMIT, goodbye).await;
    }
}

/// The head of an unmasked text frame.
struct Head {
    bytes: [u8; HEAD_MAX],
    length: usize,
}

impl Head {
    fn of(payload: usize) -> Self {
        let mut bytes = [0; HEAD_MAX];
        bytes[0] = TEXT;
        let length = match (u8::try_from(payload), u16::try_from(payload)) {
            (Ok(short), _) if short < 126 => {
                bytes[1] = short;
                2
            }
            (_, Ok(medium)) => {
                bytes[1] = 126;
                bytes[2..4].copy_from_slice(&medium.to_be_bytes());
                4
            }
            (_, Err(_)) => {
                bytes[1] = 127;
                bytes[2..10].copy_from_slice(&(payload as u64).to_be_bytes());
                10
            }
        };
        Self { bytes, length }
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_have_the_three_lengths() {
        let cases: [(usize, &[u8]); 5] = [
            (0, &[0x81, 0]),
            (125, &[0x81, 125]),
            (126, &[0x81, 126, 0, 126]),
            (65_535, &[0x81, 126, 255, 255]),
            (65_536, &[0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ];
        for (payload, expected) in cases {
            assert_eq!(Head::of(payload).bytes(), expected, "{payload}");
        }
    }
}
