//! Bytes at the gateway's sockets: whatever they are, they get an answer or an end, never a failure of the gateway's own, and the next
//! request is answered. `{H}` stands for the right Host and `{T}` for a good token, so that inputs reach what is behind the gate.
#![no_main]

use std::cell::RefCell;
use std::io::Write as _;
use std::net::Shutdown;

use alcove_fuzz::{ApiToken, exchange, stage};
use libfuzzer_sys::fuzz_target;

/// Inputs after which a fresh request is made.
const BATCH: usize = 128;
/// Of so many inputs one goes to the loopback port, where a wrong secret costs time.
const LOOPBACK: usize = 16;

#[derive(Default)]
struct Run {
    token: ApiToken,
    inputs: usize,
}

thread_local! {
    static RUN: RefCell<Run> = RefCell::default();
}

fuzz_target!(|input: &[u8]| {
    RUN.with_borrow_mut(|run| run.take(input));
});

impl Run {
    fn take(&mut self, input: &[u8]) {
        let stage = stage();
        self.inputs += 1;
        let token = self.token.get(stage).to_owned();
        let loopback = self.inputs.is_multiple_of(LOOPBACK);
        let host = if loopback { stage.address() } else { "localhost" };
        let bytes = filled(&filled(input, b"{H}", host.as_bytes()), b"{T}", token.as_bytes());
        let answer = if loopback {
            let mut stream = stage.tcp();
            let _early = stream.write_all(&bytes);
            let _gone = stream.shutdown(Shutdown::Write);
            exchange(stream, b"")
        } else {
            let mut stream = stage.unix();
            let _early = stream.write_all(&bytes);
            let _gone = stream.shutdown(Shutdown::Write);
            exchange(stream, b"")
        };
        check(&answer);
        if self.inputs.is_multiple_of(BATCH) {
            stage.assert_answers();
        }
    }
}

/// An answer is HTTP, and is never the gateway's own failure; 101 ends HTTP, 503 says what is not there yet.
fn check(answer: &[u8]) {
    if answer.is_empty() {
        return;
    }
    let status = answer.strip_prefix(b"HTTP/1.").and_then(|rest| rest.get(2..5)).and_then(|digits| std::str::from_utf8(digits).ok());
    let status: u16 = status.and_then(|digits| digits.parse().ok()).unwrap_or(0);
    let good = matches!(status, 100 | 101 | 200..=499 | 503);
    assert!(good, "answered {}", String::from_utf8_lossy(&answer[..answer.len().min(300)]));
}

fn filled(input: &[u8], mark: &[u8], value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(input.len() + value.len());
    let mut rest = input;
    while let Some(at) = rest.windows(mark.len()).position(|window| window == mark) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(value);
        rest = &rest[at + mark.len()..];
    }
    out.extend_from_slice(rest);
    out
}
