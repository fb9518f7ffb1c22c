//! A server on loopback that answers each path by a script and keeps what it was asked.

use std::collections::HashMap;
use std::io::Write as _;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What is done when a path is asked for; the connection ends afterwards.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// Sends these bytes.
    Say(Vec<u8>),
    /// Sends that many times 64 KiB of `x `.
    Flood(usize),
    /// Sends a byte every ten milliseconds until the client leaves.
    Drip,
    /// Sends nothing and waits until the client leaves.
    Hold,
}

/// What has happened at a server.
#[derive(Clone, Default)]
struct Log {
    asked: watch::Sender<Vec<String>>,
    /// Clients that left while nothing was sent to them.
    left: watch::Sender<usize>,
}

/// A running server; it ends with this.
pub(super) struct Server {
    pub(super) port: u16,
    log: Log,
    _tasks: JoinSet<()>,
}

impl Server {
    pub(super) async fn start(routes: Vec<(&str, Vec<Act>)>) -> Self {
        let routes: HashMap<String, Vec<Act>> = routes.into_iter().map(|(path, acts)| (path.to_owned(), acts)).collect();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let log = Log::default();
        let kept = log.clone();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                connections.spawn(serve(stream, routes.clone(), kept.clone()));
            }
        });
        Self { port, log, _tasks: tasks }
    }

    pub(super) fn at(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// What it was asked, head and body.
    pub(super) fn asked(&self) -> Vec<String> {
        self.log.asked.borrow().clone()
    }

    /// Waits until it was asked for something.
    pub(super) async fn hears(&self) {
        self.log.asked.subscribe().wait_for(|asked| !asked.is_empty()).await.unwrap();
    }

    /// Waits until a client it held has left.
    pub(super) async fn is_left(&self) {
        self.log.left.subscribe().wait_for(|left| *left > 0).await.unwrap();
    }
}

async fn serve(mut stream: TcpStream, routes: HashMap<String, Vec<Act>>, log: Log) {
    let request = request(&mut stream).await;
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    log.asked.send_modify(|asked| asked.push(request));
    let path = path.split('?').next().unwrap_or_default();
    let missing = vec![Act::Say(answer("404 Not Found", "text/plain", b"no such page"))];
    for act in routes.get(path).cloned().unwrap_or(missing) {
        if perform(&mut stream, act, &log).await.is_err() {
            return;
        }
    }
}

async fn perform(stream: &mut TcpStream, act: Act, log: &Log) -> std::io::Result<()> {
    match act {
        Act::Say(bytes) => stream.write_all(&bytes).await,
        Act::Flood(blocks) => {
            let block = b"x ".repeat(32 << 10);
            for _ in 0..blocks {
                stream.write_all(&block).await?;
            }
            Ok(())
        }
        Act::Drip => {
            let mut pace = tokio::time::interval(Duration::from_millis(10));
            loop {
                pace.tick().await;
                stream.write_all(b"x").await?;
            }
        }
        Act::Hold => {
            // An end or a reset: either way the client has left.
            let _ = stream.read(&mut [0]).await;
            log.left.send_modify(|left| *left += 1);
            Ok(())
        }
    }
}

async fn request(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    let mut block = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&read).into_owned();
        // The beginning of TLS.
        if read.first() == Some(&0x16) {
            return text;
        }
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_lowercase();
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok());
            if body.len() >= length.unwrap_or(0_usize) {
                return text;
            }
        }
        match stream.read(&mut block).await {
            Ok(count) if count > 0 => read.extend_from_slice(&block[..count]),
            Ok(_) | Err(_) => return text,
        }
    }
}

/// An answer, whole.
pub(super) fn answer(status: &str, content_type: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// An answer without a length, whose body the next acts send.
pub(super) fn open_answer(content_type: &str) -> Act {
    Act::Say(format!("HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nConnection: close\r\n\r\n").into_bytes())
}

/// A page that says where else to look.
pub(super) fn redirect(status: &str, location: &str) -> Vec<Act> {
    vec![Act::Say(format!("HTTP/1.1 {status}\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").into_bytes())]
}

/// A page.
pub(super) fn says(content_type: &str, body: &[u8]) -> Vec<Act> {
    vec![Act::Say(answer("200 OK", content_type, body))]
}

/// A packed page.
pub(super) fn packed(content_type: &str, body: &[u8]) -> Vec<Act> {
    let packed = gzip(body);
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        packed.len()
    );
    vec![Act::Say([head.into_bytes(), packed].concat())]
}

pub(super) fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}
