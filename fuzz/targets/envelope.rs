//! Frames of a client: each is read twice the same, and then sent over a real connection of a real gateway, which must answer the next
//! frame whatever this one was.
#![no_main]

use std::cell::RefCell;
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::net::UnixStream;

use alcove_fuzz::stage;
use alcove_proto::envelope::read;
use libfuzzer_sys::fuzz_target;

/// Frames after which a connection is replaced by a fresh one.
const FRAMES: usize = 256;
/// The frame that shows that the connection goes on, and what it is answered.
const PROBE: &[u8] = br#"{"type":"fuzz-probe"}"#;
const PROBED: &[u8] = b"unknown type: 'fuzz-probe'";

thread_local! {
    static CLIENT: RefCell<Option<Client>> = const { RefCell::new(None) };
}

struct Client {
    stream: UnixStream,
    frames: usize,
}

fuzz_target!(|input: &[u8]| {
    if let Ok(text) = std::str::from_utf8(input) {
        assert_eq!(read(text), read(text), "one reading");
    }
    CLIENT.with_borrow_mut(|client| {
        if client.as_ref().is_none_or(|client| client.frames >= FRAMES) {
            *client = Some(Client::open());
        }
        if let Some(client) = client.as_mut() {
            client.take(input);
        }
    });
});

impl Client {
    fn open() -> Self {
        let stage = stage();
        let token = stage.bootstrap()["token"].as_str().expect("a token").to_owned();
        let mut stream = stage.unix();
        let head = format!(
            "GET /?token={token} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).expect("the connection stands");
        let mut client = Self { stream, frames: 0 };
        client.read_until(b"\"event\":\"ready\"");
        client
    }

    fn take(&mut self, input: &[u8]) {
        self.frames += 1;
        // Text where it is text, else bytes, which are ignored.
        let kind = if std::str::from_utf8(input).is_ok() { 0x81 } else { 0x82 };
        let bytes = [frame(kind, input), frame(0x81, PROBE)].concat();
        self.stream.write_all(&bytes).expect("the connection stands");
        self.read_until(PROBED);
    }

    fn read_until(&mut self, wanted: &[u8]) {
        let mut heard = Vec::new();
        let mut part = [0; 16 * 1024];
        while !heard.windows(wanted.len()).any(|window| window == wanted) {
            let count = match self.stream.read(&mut part) {
                Ok(count) => count,
                // The fuzzer looks at its clock by a signal.
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => panic!("the connection does not answer: {error}"),
            };
            assert!(count > 0, "the connection ended after {}", String::from_utf8_lossy(&heard));
            // What is looked for may be cut in two.
            let kept = heard.len().saturating_sub(wanted.len());
            heard.drain(..kept);
            heard.extend_from_slice(&part[..count]);
        }
    }
}

/// A masked frame; a mask of zeros leaves the payload as it is.
fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind];
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(short @ 0..126), _) => bytes.push(0x80 | short),
        (_, Ok(medium)) => {
            bytes.push(0x80 | 126);
            bytes.extend_from_slice(&medium.to_be_bytes());
        }
        (_, Err(_)) => {
            bytes.push(0x80 | 127);
            bytes.extend_from_slice(&(payload.len() as u64).to_be_bytes());
        }
    }
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(payload);
    bytes
}
