//! A model server that does what the scenario says: each call waits in the scenario's hands, which streams pieces, refuses, goes
//! silent, cuts the connection or sees it closed. Nothing happens by the clock.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::within;

/// Calls that may wait for the scenario.
const CALLS_WAITING: usize = 256;
/// How a request for a chat's title begins. These wait in a queue of their own, and nobody has to answer them.
const TITLES: &str = "You name conversations.";
/// Chunked, so that pieces stay apart however they travel.
const EVENTS: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";

/// The server; it ends with the scenario.
pub struct ModelServer {
    address: SocketAddr,
    calls: mpsc::Receiver<Call>,
    titles: mpsc::Receiver<Call>,
    _tasks: JoinSet<()>,
}

/// One call of the gateway.
pub struct Call {
    /// What was asked.
    pub body: Value,
    stream: TcpStream,
    began: bool,
    /// Tool calls streamed so far.
    made: usize,
}

impl ModelServer {
    /// Listens on a free loopback port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (tx, calls) = mpsc::channel(CALLS_WAITING);
        let (title_tx, titles) = mpsc::channel(CALLS_WAITING);
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, tx, title_tx));
        Self { address, calls, titles, _tasks: tasks }
    }

    /// The base address to enter in the settings.
    pub fn base(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The next call.
    pub async fn call(&mut self) -> Call {
        within("the gateway calls the model", self.calls.recv()).await.expect("the server listens")
    }

    /// The next request for a title.
    pub async fn title_call(&mut self) -> Call {
        within("the gateway asks for a title", self.titles.recv()).await.expect("the server listens")
    }

    /// Whether a request for a title waits that nobody took.
    pub fn has_title_call(&mut self) -> bool {
        !self.titles.is_empty()
    }

    /// Whether a call waits that nobody took.
    pub fn has_call(&mut self) -> bool {
        !self.calls.is_empty()
    }

    /// Answers every call by itself from now on, as many at once as there are.
    pub fn play<F>(self, script: impl Fn(Call) -> F + Send + 'static) -> JoinSet<()>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let Self { mut calls, _tasks: mut playing, .. } = self;
        playing.spawn(async move {
            let mut running = JoinSet::new();
            while let Some(call) = calls.recv().await {
                running.spawn(script(call));
                while running.try_join_next().is_some() {}
            }
        });
        playing
    }
}

async fn accept(listener: TcpListener, tx: mpsc::Sender<Call>, titles: mpsc::Sender<Call>) {
    let mut reading = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        // Pieces are to arrive one by one.
        stream.set_nodelay(true).expect("a TCP socket has the option");
        let (tx, titles) = (tx.clone(), titles.clone());
        reading.spawn(async move {
            match read(stream).await {
                // Beyond the bound the connection is closed, which is an answer too.
                Some(call) if call.asks_for_title() => drop(titles.try_send(call)),
                // The scenario may be over.
                Some(call) => drop(tx.send(call).await),
                None => {}
            }
        });
        while reading.try_join_next().is_some() {}
    }
}

async fn read(mut stream: TcpStream) -> Option<Call> {
    let mut bytes = Vec::new();
    loop {
        let mut part = [0; 16 * 1024];
        let count = stream.read(&mut part).await.ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&part[..count]);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:")).and_then(|value| value.trim().parse().ok());
        if bytes.len() >= end + 4 + length.unwrap_or(0) {
            let body = serde_json::from_slice(&bytes[end + 4..]).unwrap_or(Value::Null);
            return Some(Call { body, stream, began: false, made: 0 });
        }
    }
}

impl Call {
    /// The last message of the conversation.
    pub fn prompt(&self) -> String {
        let messages = self.body["messages"].as_array().cloned().unwrap_or_default();
        messages.last().and_then(|message| message["content"].as_str()).unwrap_or_default().to_owned()
    }

    /// The whole conversation, oldest first.
    pub fn messages(&self) -> &[Value] {
        self.body["messages"].as_array().map_or(&[], Vec::as_slice)
    }

    /// The names of the tools that are offered, in their order; none in the tag dialect.
    pub fn tools(&self) -> Vec<&str> {
        let tools = self.body["tools"].as_array().map_or(&[][..], Vec::as_slice);
        tools.iter().filter_map(|tool| tool["function"]["name"].as_str()).collect()
    }

    /// What the tools said since the model last spoke: the call's id and the text.
    pub fn results(&self) -> Vec<(&str, &str)> {
        let said = self.messages().rsplit(|message| message["role"] != "tool").next().unwrap_or_default();
        said.iter().map(|message| (text_of(&message["tool_call_id"]), text_of(&message["content"]))).collect()
    }

    fn asks_for_title(&self) -> bool {
        self.body["messages"][0]["content"].as_str().is_some_and(|text| text.starts_with(TITLES))
    }

    /// Streams a piece of the answer.
    pub async fn say(&mut self, text: &str) {
        self.event(&json!({ "choices": [{ "delta": { "content": text } }] })).await;
    }

    /// Streams a piece of reasoning.
    pub async fn think(&mut self, text: &str) {
        self.event(&json!({ "choices": [{ "delta": { "reasoning_content": text } }] })).await;
    }

    /// Streams a call of a tool in pieces: its name, then its arguments in two halves. Returns the call's id, which no other call of
    /// the conversation has.
    pub async fn call(&mut self, name: &str, arguments: &Value) -> String {
        let (id, index) = self.begin_call(name).await;
        let (first, second) = halves(arguments);
        self.arguments(index, &first).await;
        self.arguments(index, &second).await;
        id
    }

    /// Streams several calls whole, in one chunk, as some servers do. Returns their ids.
    pub async fn calls(&mut self, calls: &[(&str, Value)]) -> Vec<String> {
        let (mut ids, mut told) = (Vec::new(), Vec::new());
        for (name, arguments) in calls {
            let (id, index) = self.next_call();
            let function = json!({ "name": name, "arguments": arguments.to_string() });
            told.push(json!({ "index": index, "id": id, "type": "function", "function": function }));
            ids.push(id);
        }
        self.event(&json!({ "choices": [{ "delta": { "tool_calls": told } }] })).await;
        ids
    }

    /// Streams a call up to the middle of its arguments. How it goes on is the scenario's: `end_as("length")`, `hang_up`, `cut`.
    pub async fn half_call(&mut self, name: &str, arguments: &Value) {
        let (_, index) = self.begin_call(name).await;
        self.arguments(index, &halves(arguments).0).await;
    }

    async fn begin_call(&mut self, name: &str) -> (String, usize) {
        let (id, index) = self.next_call();
        let call = json!({ "index": index, "id": id, "type": "function", "function": { "name": name, "arguments": "" } });
        self.event(&json!({ "choices": [{ "delta": { "tool_calls": [call] } }] })).await;
        (id, index)
    }

    /// Streams a piece of the arguments of the call at `index`.
    pub async fn arguments(&mut self, index: usize, piece: &str) {
        let call = json!({ "index": index, "function": { "arguments": piece } });
        self.event(&json!({ "choices": [{ "delta": { "tool_calls": [call] } }] })).await;
    }

    fn next_call(&mut self) -> (String, usize) {
        let earlier = |message: &Value| message["tool_calls"].as_array().map_or(0, Vec::len);
        let before: usize = self.messages().iter().map(earlier).sum();
        let index = self.made;
        self.made += 1;
        (format!("scripted_{}", before + index + 1), index)
    }

    /// Ends the answer as servers do.
    pub async fn end(self) {
        self.end_as("stop").await;
    }

    /// Answers with these calls, whole, one after the other.
    pub async fn end_with_calls(mut self, calls: &[(&str, Value)]) {
        for (name, arguments) in calls {
            self.call(name, arguments).await;
        }
        self.end_as("tool_calls").await;
    }

    /// Ends the answer with this finish reason.
    pub async fn end_as(mut self, finish: &str) {
        self.event(&json!({ "choices": [{ "delta": {}, "finish_reason": finish }] })).await;
        self.event(&json!({ "choices": [], "usage": { "prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10 } })).await;
        self.raw(b"data: [DONE]\n\n").await;
        self.write(b"0\r\n\r\n").await;
    }

    /// Answers with this text, whole.
    pub async fn end_with(mut self, text: &str) {
        self.say(text).await;
        self.end().await;
    }

    /// Streams one chunk.
    pub async fn event(&mut self, chunk: &Value) {
        self.raw(format!("data: {chunk}\n\n").as_bytes()).await;
    }

    /// Streams bytes as they are, after the head of a stream of events.
    pub async fn raw(&mut self, bytes: &[u8]) {
        if !self.began {
            self.began = true;
            self.write(EVENTS.as_bytes()).await;
        }
        let chunk = [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
        self.write(&chunk).await;
    }

    /// Answers with a status and a JSON body instead of a stream.
    pub async fn refuse(mut self, status: &str, body: &str) {
        let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close", body.len());
        self.write(format!("{head}\r\n\r\n{body}").as_bytes()).await;
    }

    /// Answers with a page of this kind instead of a stream.
    pub async fn page(&mut self, kind: &str, body: &str) {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close", body.len());
        self.write(format!("{head}\r\n\r\n{body}").as_bytes()).await;
    }

    /// Streams one line of this many bytes, or as much of it as is taken.
    pub async fn flood(&mut self, bytes: usize) {
        let part = [b'x'; 64 * 1024];
        self.raw(b"data: ").await;
        for _ in 0..bytes.div_ceil(part.len()) {
            self.raw(&part).await;
        }
    }

    /// Resolves when the gateway has closed the connection.
    pub async fn closed(&mut self) {
        let mut part = [0; 1024];
        let closed = async { while let Ok(1..) = self.stream.read(&mut part).await {} };
        within("the gateway closes its call", closed).await;
    }

    /// Closes the connection in the middle of the answer; what was streamed before arrives.
    pub fn hang_up(self) {}

    /// Cuts the connection at once; what was streamed last may be lost with it.
    pub fn cut(self) {
        // Without lingering the other side sees a reset.
        let _unsupported = self.stream.set_zero_linger();
    }

    async fn write(&mut self, bytes: &[u8]) {
        // A gateway that hung up shows elsewhere.
        let _gone = self.stream.write_all(bytes).await;
    }
}

/// The text of a value in two pieces, cut within the value.
fn halves(value: &Value) -> (String, String) {
    let text = value.to_string();
    let middle = (text.len() / 2..).find(|at| text.is_char_boundary(*at)).expect("a text ends at a boundary");
    (text[..middle].to_owned(), text[middle..].to_owned())
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
