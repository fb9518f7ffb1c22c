//! A client of the envelope protocol: bootstraps, opens a WebSocket over whichever place the gateway has, and hears every frame as the
//! text it was sent as.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderName;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::gateway::{Gateway, Stream};
use crate::http::bootstrap;
use crate::within;

/// One frame as it came.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Byte for byte.
    pub text: String,
    /// The same, read.
    pub json: Value,
}

impl Frame {
    fn read(text: &str) -> Self {
        let json = serde_json::from_str(text).unwrap_or_else(|error| panic!("a frame that is no JSON ({error}): {text}"));
        Self { text: text.to_owned(), json }
    }

    /// The kind of event.
    pub fn event(&self) -> &str {
        self.json["event"].as_str().unwrap_or_default()
    }

    /// Its number in the chat, when it has one and is not an acknowledgement of another event.
    pub fn seq(&self) -> Option<u64> {
        if self.event() == "message_accepted" { None } else { self.json["seq"].as_u64() }
    }

    /// A field that is text, or an empty one.
    pub fn str(&self, field: &str) -> &str {
        self.json[field].as_str().unwrap_or_default()
    }

    /// The text at a JSON pointer, or an empty one.
    pub fn str_at(&self, pointer: &str) -> String {
        self.json.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// Whether it is the last event of a turn.
    pub fn is_idle(&self) -> bool {
        self.event() == "goal_status" && self.str("status") == "idle"
    }
}

/// How a connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The close code; 0 when there was none.
    pub code: u16,
    /// The reason.
    pub reason: String,
}

/// A connected client.
pub struct Client {
    ws: WebSocketStream<Stream>,
    /// The connection's own chat.
    pub own_chat: String,
    /// What the gateway calls it.
    pub client_id: String,
    /// The engine it talks to.
    pub instance: String,
    requests: u64,
}

impl Client {
    /// Bootstraps and connects.
    pub async fn connect(gateway: &Gateway) -> Self {
        let token = bootstrap(gateway).await["token"].as_str().expect("a token").to_owned();
        let stream = gateway.connect().await;
        Self::open(gateway, stream, &token).await.expect("the handshake succeeds")
    }

    /// Opens a WebSocket on a stream with this token.
    pub async fn open(gateway: &Gateway, stream: Stream, token: &str) -> Result<Self, tungstenite::Error> {
        Self::open_at(gateway, stream, &format!("/?token={token}&client_id=scenario")).await
    }

    /// Opens a WebSocket on a stream at this path and query.
    pub async fn open_at(gateway: &Gateway, stream: Stream, target: &str) -> Result<Self, tungstenite::Error> {
        Self::open_with(gateway, stream, target, None).await
    }

    /// The same, with one more header.
    pub async fn open_with(
        gateway: &Gateway,
        stream: Stream,
        target: &str,
        field: Option<(&str, &str)>,
    ) -> Result<Self, tungstenite::Error> {
        let mut request = format!("ws://{}{target}", gateway.host()).into_client_request()?;
        if let Some((name, value)) = field {
            let name: HeaderName = name.parse().expect("a header's name");
            request.headers_mut().insert(name, value.parse().expect("a header's value"));
        }
        let config = WebSocketConfig::default().read_buffer_size(16 * 1024).write_buffer_size(0);
        let (ws, _) = within("a handshake", client_async_with_config(request, stream, Some(config))).await?;
        let mut client = Self { ws, own_chat: String::new(), client_id: String::new(), instance: String::new(), requests: 0 };
        let ready = client.next().await;
        assert_eq!(ready.event(), "ready", "{}", ready.text);
        client.own_chat = ready.str("chat_id").to_owned();
        client.client_id = ready.str("client_id").to_owned();
        client.instance = ready.str("instance").to_owned();
        Ok(client)
    }

    /// Sends an envelope.
    pub async fn send(&mut self, frame: Value) {
        self.send_text(&frame.to_string()).await;
    }

    /// Sends an envelope to a gateway that may be gone.
    pub async fn offer(&mut self, frame: &Value) {
        // Whether it arrived shows in what is heard.
        let _gone = within("a frame is taken or refused", self.ws.send(Message::text(frame.to_string()))).await;
    }

    /// Sends a text frame.
    pub async fn send_text(&mut self, text: &str) {
        within("a frame is taken", self.ws.send(Message::text(text))).await.expect("the connection stands");
    }

    /// Sends a message of any kind.
    pub async fn send_message(&mut self, message: Message) {
        within("a frame is taken", self.ws.send(message)).await.expect("the connection stands");
    }

    /// Writes bytes past the protocol. A connection that ends meanwhile shows when it is read.
    pub async fn write_raw(&mut self, bytes: &[u8]) {
        let _ended = within("bytes are taken", self.ws.get_mut().write_all(bytes)).await;
    }

    /// The next frame, or how the connection ended.
    pub async fn hear(&mut self) -> Result<Frame, Closed> {
        let hearing = async {
            loop {
                let gone = Closed { code: 0, reason: String::new() };
                match self.ws.next().await {
                    Some(Ok(Message::Text(text))) => return Ok(Frame::read(text.as_str())),
                    Some(Ok(Message::Close(Some(close)))) => {
                        return Err(Closed { code: close.code.into(), reason: close.reason.as_str().to_owned() });
                    }
                    Some(Ok(Message::Close(None))) | None | Some(Err(_)) => return Err(gone),
                    Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_))) => {}
                }
            }
        };
        // Pings are no news.
        within("a frame", hearing).await
    }

    /// The next frame of a connection that stands.
    pub async fn next(&mut self) -> Frame {
        self.hear().await.unwrap_or_else(|closed| panic!("the gateway closed the connection: {closed:?}"))
    }

    /// Every frame up to and with the first that is looked for.
    pub async fn until(&mut self, mut found: impl FnMut(&Frame) -> bool) -> Vec<Frame> {
        let mut heard = Vec::new();
        loop {
            let frame = self.next().await;
            let last = found(&frame);
            heard.push(frame);
            if last {
                return heard;
            }
        }
    }

    /// Every frame up to and with the next of this kind.
    pub async fn until_event(&mut self, event: &str) -> Vec<Frame> {
        self.until(|frame| frame.event() == event).await
    }

    /// The next frame of this kind; others are passed over.
    pub async fn find(&mut self, event: &str) -> Frame {
        self.until_event(event).await.pop().expect("until ends with what was looked for")
    }

    /// Makes a chat.
    pub async fn new_chat(&mut self) -> String {
        self.send(json!({ "type": "new_chat" })).await;
        let attached = self.find("attached").await;
        self.find("session_updated").await;
        attached.str("chat_id").to_owned()
    }

    /// Hears a chat from now on; gives its newest number.
    pub async fn attach(&mut self, chat: &str) -> u64 {
        self.send(json!({ "type": "attach", "chat_id": chat })).await;
        self.find("attached").await.json["last_seq"].as_u64().expect("attached says last_seq")
    }

    /// Hears a chat after an event.
    pub async fn attach_after(&mut self, chat: &str, after: u64) {
        let instance = self.instance.clone();
        self.send(json!({ "type": "attach", "chat_id": chat, "after_seq": after, "instance": instance })).await;
    }

    /// Says something.
    pub async fn say(&mut self, chat: &str, turn: &str, content: &str) {
        self.send(json!({ "type": "message", "chat_id": chat, "content": content, "webui": true, "turn_id": turn })).await;
    }

    /// Asks for something and waits for the answer.
    pub async fn request(&mut self, action: &str, payload: Value) -> Value {
        self.requests += 1;
        let id = format!("{}-{}", self.own_chat, self.requests);
        self.send(json!({ "type": "webui_request", "request_id": id, "action": action, "payload": payload })).await;
        let heard = self.until(|frame| frame.event() == "webui_response" && frame.str("request_id") == id).await;
        heard.into_iter().next_back().expect("until ends with what was looked for").json
    }

    /// Makes a provider at this address with a preset of the same name, and chooses it.
    pub async fn choose_model(&mut self, name: &str, api_base: &str) {
        let steps = [
            ("settings.provider.create", json!({ "name": name, "api_base": api_base })),
            ("settings.model_configuration.create", json!({ "name": name, "provider": name, "model": "scripted" })),
            ("settings.agent.update", json!({ "model_preset": name })),
        ];
        for (action, payload) in steps {
            let answer = self.request(action, payload).await;
            assert_eq!(answer["ok"], true, "{action}: {answer}");
        }
    }
}

/// A masked frame as bytes, right or wrong.
pub fn raw_frame(first_byte: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = raw_head(first_byte, payload.len() as u64);
    // A mask of zeros leaves the payload as it is.
    bytes.extend_from_slice(payload);
    bytes
}

/// The head of a masked frame that announces this many bytes.
pub fn raw_head(first_byte: u8, length: u64) -> Vec<u8> {
    let mut bytes = vec![first_byte];
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ 0..126), _) => bytes.push(0x80 | short),
        (_, Ok(medium)) => {
            bytes.push(0x80 | 126);
            bytes.extend_from_slice(&medium.to_be_bytes());
        }
        (_, Err(_)) => {
            bytes.push(0x80 | 127);
            bytes.extend_from_slice(&length.to_be_bytes());
        }
    }
    bytes.extend_from_slice(&[0; 4]);
    bytes
}
