//! A gateway inside the fuzzer's process, so that what it does steers the fuzzer, and plain blocking sockets to it. A panic anywhere in
//! the process ends the run with the input that caused it.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use alcove_gateway::{Config, Endpoint, Flags, Gateway, start};
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

/// How long an answer may take before it counts as a hang.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// How long a token is used; it lives thirty seconds.
const FRESH: Duration = Duration::from_secs(10);

/// A gateway that listens on a Unix socket and on a loopback port.
pub struct Stage {
    socket: PathBuf,
    address: String,
    _gateway: Gateway,
    _runtime: Runtime,
    _folder: tempfile::TempDir,
}

/// A token of the API, renewed in time.
#[derive(Default)]
pub struct ApiToken {
    value: String,
    since: Option<Instant>,
}

/// The one stage of this process.
pub fn stage() -> &'static Stage {
    static STAGE: OnceLock<Stage> = OnceLock::new();
    STAGE.get_or_init(Stage::open)
}

impl Stage {
    fn open() -> Self {
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let socket = folder.path().join("run").join("fuzz.sock");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        let (host, port) = (Some("127.0.0.1".to_owned()), Some("0".to_owned()));
        // Tokens that inputs ask for are outstanding until they expire, and there is room for ten thousand.
        let token_ttl_s = Some("30".to_owned());
        let flags = Flags { host, port, socket: Some(socket.clone()), token_ttl_s, ..Flags::default() };
        let config = Config::serve(folder.path().join("data"), None, flags);
        let gateway = runtime.block_on(async {
            // The fuzzer's `main` is not Rust's: nobody has told the system that a reader who leaves is no reason to end.
            let _heard = signal(SignalKind::pipe()).expect("a signal can be waited for");
            start(config).await.expect("the gateway starts")
        });
        let address = gateway.endpoints().iter().find_map(|endpoint| match endpoint {
            Endpoint::Tcp(address) => Some(address.to_string()),
            Endpoint::Unix(_) => None,
        });
        Self { socket, address: address.unwrap_or_default(), _gateway: gateway, _runtime: runtime, _folder: folder }
    }

    /// A connection to the Unix socket.
    pub fn unix(&self) -> UnixStream {
        let stream = UnixStream::connect(&self.socket).expect("the gateway takes a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket has the option");
        stream
    }

    /// A connection to the loopback port, where there is one.
    pub fn tcp(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("the gateway takes a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket has the option");
        stream
    }

    /// What the port is called in `Host`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Asks for the page over the Unix socket: the gateway still answers.
    pub fn assert_answers(&self) {
        let answer = exchange(self.unix(), b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assert!(answer.starts_with(b"HTTP/1.1 200"), "a fresh request is not answered: {}", String::from_utf8_lossy(&answer));
    }

    /// What bootstrap answers over the Unix socket.
    pub fn bootstrap(&self) -> Value {
        let answer = exchange(self.unix(), b"GET /webui/bootstrap HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let text = String::from_utf8(answer).expect("bootstrap is text");
        let (head, body) = text.split_once("\r\n\r\n").expect("an answer has a head");
        assert!(head.starts_with("HTTP/1.1 200"), "a fresh request is not answered: {head}");
        serde_json::from_str(body).expect("bootstrap is JSON")
    }
}

impl ApiToken {
    /// A token that is good.
    pub fn get(&mut self, stage: &Stage) -> &str {
        if self.since.is_none_or(|since| since.elapsed() > FRESH) {
            self.value = stage.bootstrap()["api_token"].as_str().expect("a token").to_owned();
            self.since = Some(Instant::now());
        }
        &self.value
    }
}

/// Sends bytes and reads until the gateway closes. Silence for longer than [`PATIENCE`] is a hang.
pub fn exchange(mut stream: impl Read + Write, bytes: &[u8]) -> Vec<u8> {
    // The gateway may refuse before it has read everything.
    let _early = stream.write_all(bytes);
    let mut answer = Vec::new();
    let mut part = [0; 16 * 1024];
    loop {
        match stream.read(&mut part) {
            Ok(0) => return answer,
            Ok(count) => answer.extend_from_slice(&part[..count]),
            // The fuzzer looks at its clock by a signal.
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                panic!("no answer and no end within {PATIENCE:?}")
            }
            Err(_reset) => return answer,
        }
    }
}
