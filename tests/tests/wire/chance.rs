//! Frames and requests by chance: what the cases send, mutated. Whatever comes out, the gateway does not panic, answers the frame after
//! it, and a fresh request. The long runs are `cargo xtask fuzz`.

use alcove_proto::envelope::read;
use alcove_tests::client::Client;
use alcove_tests::dice::Dice;
use alcove_tests::gateway::{Gateway, Home};
use alcove_tests::http::bootstrap;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_tungstenite::tungstenite::Message;

use crate::aftermath;

/// Texts that are read.
const READINGS: usize = 200_000;
/// Frames that are sent to a gateway.
const FRAMES: usize = 6_000;
/// Frames sent before the connection has to show that it goes on.
const BATCH: usize = 40;
/// Requests that are sent to a gateway.
const REQUESTS: usize = 3_000;
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance/cases");

/// Lines of all cases.
fn lines() -> Vec<String> {
    let files = std::fs::read_dir(CASES).expect("the cases are there").map(|entry| entry.expect("a file has a name").path());
    let mut files: Vec<_> = files.collect();
    files.sort();
    let read = |path| std::fs::read_to_string(path).expect("a case is text");
    files.into_iter().map(read).flat_map(|source| source.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn frames() -> Vec<Vec<u8>> {
    let frames = lines().into_iter().filter_map(|line| line.split_once("> {").map(|(_, rest)| format!("{{{rest}").into_bytes()));
    frames.collect()
}

fn requests() -> Vec<Vec<u8>> {
    let asked = |line: String| {
        let (head, body) = line.split_once(" || ").unwrap_or((&line, ""));
        let mut parts = head.trim_start_matches("api ").split(" | ");
        let first = parts.next().filter(|first| first.starts_with("GET ") || first.starts_with("PUT "))?;
        let fields: String = parts.map(|part| format!("{part}\r\n")).collect();
        Some(format!("{first} HTTP/1.1\r\nHost: {{H}}\r\nAuthorization: Bearer {{T}}\r\n{fields}\r\n{body}").into_bytes())
    };
    lines().into_iter().filter_map(asked).collect()
}

fn index(dice: &mut Dice, length: usize) -> usize {
    usize::try_from(dice.draw(0..length.max(1) as u64)).expect("an index")
}

/// A few changes to one of the inputs: bytes flipped, parts cut out, doubled, or taken from another.
fn mutated(dice: &mut Dice, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = corpus[index(dice, corpus.len())].clone();
    for _ in 0..dice.draw(0..6) {
        let at = index(dice, bytes.len() + 1);
        let end = (at + index(dice, 24)).min(bytes.len());
        match dice.draw(0..6) {
            0 if at < bytes.len() => bytes[at] = u8::try_from(dice.draw(0..256)).expect("a byte"),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part.repeat(index(dice, 8)));
            }
            3 => {
                let other = &corpus[index(dice, corpus.len())];
                let from = index(dice, other.len());
                bytes.splice(at..at, other[from..(from + 40).min(other.len())].to_vec());
            }
            4 => bytes.splice(at..at, b"\"\\{}[]:,0-9eE\0\xFF"[index(dice, 15)..].iter().copied().take(1)).for_each(drop),
            _ => bytes.truncate(end),
        }
    }
    bytes
}

#[test]
fn every_text_has_one_reading() {
    let mut dice = Dice::seeded("readings");
    let corpus = frames();
    let mut texts = 0;
    for _ in 0..READINGS {
        let bytes = mutated(&mut dice, &corpus);
        let text = String::from_utf8_lossy(&bytes);
        let read = read(&text);
        texts += usize::from(matches!(read, alcove_proto::envelope::Frame::Envelope(_)));
    }
    assert!(texts > READINGS / 50, "{texts} of {READINGS} still were envelopes");
}

#[tokio::test]
async fn a_connection_outlives_every_frame() {
    let home = Home::default();
    let gateway = home.unix();
    let mut dice = Dice::seeded("frames");
    let corpus = frames();
    let mut client = Client::connect(&gateway).await;
    for batch in 0..FRAMES / BATCH {
        for _ in 0..BATCH {
            let bytes = mutated(&mut dice, &corpus);
            client
                .send_message(match String::from_utf8(bytes) {
                    Ok(text) => Message::text(text),
                    Err(error) => Message::binary(error.into_bytes()),
                })
                .await;
        }
        aftermath(&mut client, batch).await;
        if batch % 50 == 49 {
            client = Client::connect(&gateway).await;
        }
    }
    bootstrap(&gateway).await;
}

#[tokio::test]
async fn every_request_gets_an_answer_or_an_end() {
    let home = Home::default();
    let gateway = home.unix();
    let mut dice = Dice::seeded("requests");
    let corpus = requests();
    let token = bootstrap(&gateway).await["api_token"].as_str().expect("a token").to_owned();
    for number in 0..REQUESTS {
        let bytes = mutated(&mut dice, &corpus);
        check(&gateway, &filled(&bytes, &token)).await;
        if number % 200 == 199 {
            bootstrap(&gateway).await;
        }
    }
}

/// A request that is not whole is ended by closing our side, so that nothing waits for the rest of it.
async fn check(gateway: &Gateway, bytes: &[u8]) {
    let mut stream = gateway.connect().await;
    // The gateway may refuse before it has read everything.
    let _early = stream.write_all(bytes).await;
    let _gone = stream.shutdown().await;
    let mut answer = Vec::new();
    let _ended = alcove_tests::within("an answer or an end", stream.read_to_end(&mut answer)).await;
    let status = answer.strip_prefix(b"HTTP/1.").and_then(|rest| std::str::from_utf8(rest.get(2..5)?).ok()?.parse::<u16>().ok());
    let good = answer.is_empty() || matches!(status, Some(100 | 101 | 200..=499 | 503));
    assert!(good, "{} to {}", String::from_utf8_lossy(&answer), String::from_utf8_lossy(bytes));
}

fn filled(bytes: &[u8], token: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some(&byte) = rest.first() {
        let (value, length): (&[u8], usize) = match rest {
            [b'{', b'H', b'}', ..] => (b"localhost", 3),
            [b'{', b'T', b'}', ..] => (token.as_bytes(), 3),
            _ => (&[byte], 1),
        };
        out.extend_from_slice(value);
        rest = &rest[length..];
    }
    out
}
