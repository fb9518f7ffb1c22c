//! One socket of the page: an ordinary WebSocket client on the gateway's Unix socket, whose frames cross to the page in
//! batches. Frames that are there together travel together; a page that does not take its batches stops the reading, so
//! what it left waits in the gateway's bounded log and not here. It never looks into a frame.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use serde::Serialize;
use tauri::ipc::{Channel, InvokeResponseBody};
use tokio::net::UnixStream;
use tokio::sync::{Semaphore, mpsc};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;

/// Frames of the page that may wait for the socket.
pub(crate) const OUTGOING_LIMIT: usize = 16;
/// Batches the page may leave unacknowledged before reading stops.
pub(crate) const BATCHES_AHEAD: usize = 32;
/// Frames are joined up to this many bytes; Tauri evaluates messages under 8 KiB and lets the page fetch larger ones.
const BATCH_BYTES: usize = 64 * 1024;
/// The largest frame either way, the contract's 40 MiB.
const FRAME_LIMIT: usize = 40 * 1024 * 1024;
const READ_BUFFER: usize = 16 * 1024;
/// From connecting to the end of the handshake.
const OPEN_LIMIT: Duration = Duration::from_secs(15);
/// How long a closing socket may take to say so.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);
/// Nobody said anything: the connection ended without a close frame.
const ABNORMAL: u16 = 1006;
const NORMAL: u16 = 1000;

type Line = WebSocketStream<UnixStream>;

/// What the page is told, in the shape of the host bridge; the socket's id is added there.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Event<'a> {
    Open,
    Message { data: &'a str },
    Error { message: &'a str },
    Close { code: u16, reason: &'a str },
}

/// The page's ends of a socket.
pub(crate) struct Ends {
    pub(crate) outgoing: mpsc::Receiver<String>,
    pub(crate) credit: Arc<Semaphore>,
    pub(crate) closed: CancellationToken,
    pub(crate) channel: Channel<InvokeResponseBody>,
}

/// How a socket ended.
struct End {
    code: u16,
    reason: String,
    error: Option<String>,
}

impl End {
    fn failed(error: &impl ToString) -> Self {
        Self { code: ABNORMAL, reason: String::new(), error: Some(error.to_string()) }
    }

    fn said(frame: Option<CloseFrame>) -> Self {
        let (code, reason) = frame.map_or((ABNORMAL, String::new()), |frame| (frame.code.into(), frame.reason.to_string()));
        Self { code, reason, error: None }
    }
}

/// Opens a socket, carries frames both ways until either side ends it, and tells the page how it ended.
pub(crate) async fn run(engine: Engine, address: String, mut ends: Ends) {
    let closed = ends.closed.clone();
    let opened = tokio::select! {
        () = closed.cancelled() => return,
        opened = open(&engine, address) => opened,
    };
    let end = match opened {
        Ok(line) => {
            tell(&ends.channel, &[Event::Open]);
            carry(line, &mut ends).await
        }
        Err(why) => End::failed(&why),
    };
    let mut events = Vec::with_capacity(2);
    if let Some(message) = &end.error {
        events.push(Event::Error { message });
    }
    events.push(Event::Close { code: end.code, reason: &end.reason });
    tell(&ends.channel, &events);
}

async fn open(engine: &Engine, address: String) -> Result<Line, String> {
    let opening = async {
        let stream = engine.connect().await?;
        let config =
            WebSocketConfig::default().read_buffer_size(READ_BUFFER).max_message_size(Some(FRAME_LIMIT)).max_frame_size(Some(FRAME_LIMIT));
        let shaken = tokio_tungstenite::client_async_with_config(address, stream, Some(config)).await;
        shaken.map(|(line, _)| line).map_err(|error| error.to_string())
    };
    tokio::time::timeout(OPEN_LIMIT, opening).await.unwrap_or_else(|_| Err("the engine did not answer in time".to_owned()))
}

async fn carry(line: Line, ends: &mut Ends) -> End {
    let (mut sink, mut stream) = line.split();
    // Whichever direction ends first ends the socket; a frame half read or half written then has no reader any more.
    let end = tokio::select! {
        end = read(&mut stream, &ends.channel, &ends.credit) => end,
        end = write(&mut sink, &mut ends.outgoing) => end,
        () = ends.closed.cancelled() => End { code: NORMAL, reason: String::new(), error: None },
    };
    let goodbye = CloseFrame { code: CloseCode::Normal, reason: "".into() };
    let _ = tokio::time::timeout(CLOSE_LIMIT, sink.send(Message::Close(Some(goodbye)))).await;
    end
}

async fn write(sink: &mut SplitSink<Line, Message>, outgoing: &mut mpsc::Receiver<String>) -> End {
    while let Some(frame) = outgoing.recv().await {
        if let Err(error) = sink.send(Message::text(frame)).await {
            return End::failed(&error);
        }
    }
    End { code: NORMAL, reason: String::new(), error: None }
}

async fn read(stream: &mut SplitStream<Line>, channel: &Channel<InvokeResponseBody>, credit: &Semaphore) -> End {
    loop {
        match credit.acquire().await {
            Ok(permit) => permit.forget(),
            Err(_) => return End { code: NORMAL, reason: String::new(), error: None },
        }
        let mut batch = Batch::new();
        let mut next = stream.next().await;
        let end = loop {
            if let Some(end) = batch.take(next) {
                break Some(end);
            }
            if batch.full() {
                break None;
            }
            match stream.next().now_or_never() {
                Some(ready) => next = ready,
                None => break None,
            }
        };
        if batch.frames == 0 {
            credit.add_permits(1);
        } else if channel.send(batch.into_body()).is_err() {
            return End { code: NORMAL, reason: String::new(), error: None };
        }
        if let Some(end) = end {
            return end;
        }
    }
}

/// Frames on their way to the page, already as one JSON array.
struct Batch {
    json: String,
    frames: usize,
}

impl Batch {
    fn new() -> Self {
        Self { json: "[".to_owned(), frames: 0 }
    }

    fn full(&self) -> bool {
        self.json.len() >= BATCH_BYTES
    }

    /// Adds what was read; an end of the stream is given back.
    fn take(&mut self, read: Option<Result<Message, Error>>) -> Option<End> {
        match read {
            Some(Ok(Message::Text(text))) => self.push(text.as_str()),
            Some(Ok(Message::Close(frame))) => return Some(End::said(frame)),
            // The gateway sends text; pings are answered by the protocol itself.
            Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
            Some(Err(error)) => return Some(End::failed(&error)),
            None => return Some(End::said(None)),
        }
        None
    }

    fn push(&mut self, data: &str) {
        if self.frames > 0 {
            self.json.push(',');
        }
        self.frames += 1;
        self.json.push_str(&event_json(&Event::Message { data }));
    }

    fn into_body(mut self) -> InvokeResponseBody {
        self.json.push(']');
        InvokeResponseBody::Json(self.json)
    }
}

fn event_json(event: &Event<'_>) -> String {
    serde_json::to_string(event).expect("strings and numbers always serialise")
}

fn tell(channel: &Channel<InvokeResponseBody>, events: &[Event<'_>]) {
    let json: Vec<String> = events.iter().map(event_json).collect();
    // A page that is gone hears nothing more; its sockets are closed by the page load that replaced it.
    let _ = channel.send(InvokeResponseBody::Json(format!("[{}]", json.join(","))));
}

#[cfg(test)]
mod tests;
