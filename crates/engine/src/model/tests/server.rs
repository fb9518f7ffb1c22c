//! A server on loopback that says what a script tells it, byte by byte, and reports what it saw.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// What a server does on a connection once it has read the request. It closes at the script's end.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// Sends these bytes.
    Say(Vec<u8>),
    /// Sends that many bytes of `x`.
    Flood(usize),
    /// Sends these bytes for as long as the client takes them.
    Repeat(Vec<u8>),
    /// Sends nothing until the client closes.
    Hold,
    /// Ends the connection by a reset.
    Reset,
}

/// What a server saw.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// A request: head and body.
    Request(String),
    /// The client closed the connection while the server held it.
    Closed,
}

/// A running server. Its tasks end with it.
pub(super) struct Server {
    pub(super) api_base: String,
    pub(super) port: u16,
    pub(super) seen: mpsc::Receiver<Seen>,
    _tasks: JoinSet<()>,
}

impl Server {
    /// Plays one script a connection, in order, and refuses connections after the last.
    pub(super) async fn scripted(scripts: Vec<Vec<Act>>) -> Self {
        Self::start(move |listener, seen| async move {
            for script in scripts {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = read_request(&mut stream).await;
                seen.send(Seen::Request(request)).await.unwrap();
                for act in script {
                    // A client that has gone ends the script, which some scripts wait for.
                    if perform(&mut stream, act, &seen).await.is_err() {
                        break;
                    }
                }
            }
        })
        .await
    }

    /// Answers every request by its path; other paths get 404.
    pub(super) async fn routed(routes: Vec<(&'static str, String)>) -> Self {
        Self::start(move |listener, seen| async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = read_request(&mut stream).await;
                let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
                seen.send(Seen::Request(request)).await.unwrap();
                let reply = match routes.iter().find(|(route, _)| *route == path) {
                    Some((_, json)) => reply("200 OK", "", json),
                    None => reply("404 Not Found", "", "{\"error\":\"no such page\"}"),
                };
                let _ = stream.write_all(&reply).await;
            }
        })
        .await
    }

    async fn start<F: Future<Output = ()> + Send + 'static>(serve: impl FnOnce(TcpListener, mpsc::Sender<Seen>) -> F) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (report, seen) = mpsc::channel(64);
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, report));
        Self { api_base: format!("http://127.0.0.1:{port}/v1"), port, seen, _tasks: tasks }
    }

    pub(super) async fn request(&mut self) -> String {
        match self.seen.recv().await {
            Some(Seen::Request(request)) => request,
            other @ (Some(Seen::Closed) | None) => panic!("{other:?} instead of a request"),
        }
    }
}

/// A port nobody listens on.
pub(super) async fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

/// A JSON reply, whole.
pub(super) fn reply(status: &str, head: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n{head}\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// The head of an event stream that ends with its connection.
pub(super) fn head() -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nConnection: close\r\n\r\n".to_vec()
}

async fn perform(stream: &mut TcpStream, act: Act, seen: &mpsc::Sender<Seen>) -> std::io::Result<()> {
    match act {
        Act::Say(bytes) => stream.write_all(&bytes).await,
        Act::Flood(mut left) => {
            let block = vec![b'x'; 64 << 10];
            while left > 0 {
                let part = left.min(block.len());
                stream.write_all(&block[..part]).await?;
                left -= part;
            }
            Ok(())
        }
        Act::Repeat(bytes) => loop {
            stream.write_all(&bytes).await?;
        },
        Act::Hold => {
            let mut byte = [0];
            // An end or a reset: either way the client has closed.
            let _ = stream.read(&mut byte).await;
            let _ = seen.send(Seen::Closed).await;
            Ok(())
        }
        Act::Reset => {
            stream.set_zero_linger()?;
            Err(std::io::ErrorKind::ConnectionReset.into())
        }
    }
}

/// Head and body, by its Content-Length.
async fn read_request(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    let mut block = vec![0; 16 << 10];
    loop {
        if let Some(body) = body_start(&read) {
            let head = String::from_utf8_lossy(&read[..body]).to_lowercase();
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok());
            if read.len() >= body + length.unwrap_or(0_usize) {
                return String::from_utf8_lossy(&read).into_owned();
            }
        }
        match stream.read(&mut block).await {
            Ok(count) if count > 0 => read.extend_from_slice(&block[..count]),
            Ok(_) | Err(_) => return String::from_utf8_lossy(&read).into_owned(),
        }
    }
}

fn body_start(read: &[u8]) -> Option<usize> {
    read.windows(4).position(|end| end == b"\r\n\r\n").map(|at| at + 4)
}
