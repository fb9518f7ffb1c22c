//! A scripted gateway for tests: answers one connection after the other with the bytes it was given, and keeps what was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;

use crate::engine::{self, Engine};

/// The gateway, with the engine handle that leads to it.
pub(crate) struct Script {
    pub(crate) engine: Engine,
    asked: Arc<Mutex<Vec<Vec<u8>>>>,
    serving: JoinSet<()>,
    _folder: tempfile::TempDir,
}

/// An answer of these very bytes.
pub(crate) fn raw(answer: &str) -> Vec<u8> {
    answer.as_bytes().to_vec()
}

/// An answer with this JSON.
pub(crate) fn json(status: u16, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

impl Script {
    /// Answers as many connections as there are answers, in order.
    pub(crate) fn start(answers: Vec<Vec<u8>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gateway.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let mut serving = JoinSet::new();
        let kept = asked.clone();
        let mut answers = VecDeque::from(answers);
        serving.spawn(async move {
            while let Some(answer) = answers.pop_front() {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = read_request(&mut stream).await;
                kept.lock().unwrap().push(request);
                stream.write_all(&answer).await.unwrap();
            }
        });
        Self { engine: engine::ready_at(path), asked, serving, _folder: folder }
    }

    /// What was asked, when all answers are given.
    pub(crate) async fn asked(mut self) -> Vec<String> {
        self.serving.join_next().await.unwrap().unwrap();
        let asked = self.asked.lock().unwrap();
        asked.iter().map(|request| String::from_utf8_lossy(request).into_owned()).collect()
    }
}

/// One request: its head, and a body as long as the head says.
async fn read_request(stream: &mut UnixStream) -> Vec<u8> {
    let mut request = Vec::new();
    loop {
        if let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<usize>().ok());
            if request.len() >= end + 4 + length.unwrap_or(0) {
                return request;
            }
        }
        if stream.read_buf(&mut request).await.unwrap() == 0 {
            return request;
        }
    }
}
