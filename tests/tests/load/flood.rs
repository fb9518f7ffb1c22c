//! Clients that send more, larger or wronger than anybody should: the connection gets its answer or its end, everybody else is served as
//! if nothing were, and the gateway's memory comes back.

use alcove_tests::client::{Client, raw_frame, raw_head};
use alcove_tests::dice::Dice;
use alcove_tests::gateway::{Gateway, Home, Stream};
use alcove_tests::http::exchange;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;

use crate::ALONE;
use crate::abuse::assert_quick;

/// Connections of each kind: as many idle clients as half-open ones.
const CROWD: usize = 1_000;
/// Clients that flood at once.
const FLOODING: usize = 16;
/// How much more memory the gateway may hold afterwards, in KiB.
const KEPT: u64 = 64 * 1024;
/// Tokens that may be outstanding.
const TOKENS: usize = 10_000;
/// Requests sent on one connection without reading an answer.
const PIPELINED: usize = 250;

const TEXT: u8 = 0x81;
const TEXT_BEGINS: u8 = 0x01;
const GOES_ON: u8 = 0x00;
const PING: u8 = 0x89;

/// Fails when the gateway holds much more memory than before.
fn assert_bounded(gateway: &Gateway, before: u64, after: &str) {
    let grown = gateway.resident().saturating_sub(before);
    eprintln!("{grown} KiB more after {after}");
    assert!(grown < KEPT, "{grown} KiB more after {after}");
}

/// Sends the probe and waits for its answer: what was sent before has been acted on.
async fn settled(client: &mut Client) {
    client.send(json!({ "type": "settled" })).await;
    client.until(|frame| frame.str("detail") == "unknown type: 'settled'").await;
}

/// Writes until it is refused, or everything is written; what the gateway said meanwhile.
async fn pour(mut stream: Stream, head: Vec<u8>, part: Vec<u8>, parts: usize) -> Vec<u8> {
    let mut answer = Vec::new();
    if stream.write_all(&head).await.is_ok() {
        for _ in 0..parts {
            if stream.write_all(&part).await.is_err() {
                break;
            }
        }
    }
    let _ended = stream.read_to_end(&mut answer).await;
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn giant_headers_are_refused_and_forgotten() {
    let _alone = ALONE.lock().await;
    let home = Home::default();
    let gateway = home.tcp();
    let before = gateway.resident();
    let mut pouring = JoinSet::new();
    for number in 0..FLOODING * 4 {
        let head = format!("GET / HTTP/1.1\r\nHost: {}\r\n", gateway.host());
        let part = match number % 3 {
            // One field without an end, many fields, one name without an end.
            0 => b"X: ".iter().copied().chain([b'y'; 64 * 1024]).collect(),
            1 => b"X-Field: value\r\n".repeat(4096),
            _ => vec![b'n'; 64 * 1024],
        };
        pouring.spawn(pour(gateway.connect().await, head.into_bytes(), part, 64));
    }
    assert_quick(&gateway, "giant headers").await;
    for answer in alcove_tests::within("every giant is answered", pouring.join_all()).await {
        let said = String::from_utf8_lossy(&answer);
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 431"), "{said}");
    }
    assert_quick(&gateway, "giant headers").await;
    assert_bounded(&gateway, before, "giant headers");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_too_large_and_never_ending_ones() {
    let _alone = ALONE.lock().await;
    let home = Home::default();
    let gateway = home.unix();
    let mut witness = Client::connect(&gateway).await;
    let before = gateway.resident();
    let mut standing = Vec::new();
    for number in 0..FLOODING {
        let mut client = Client::connect(&gateway).await;
        match number % 4 {
            // Announced and not sent; sent in bytes; begun and never ended; too large from the first byte on.
            0 => client.write_raw(&raw_head(TEXT, 37_000_000)).await,
            1 => {
                client.write_raw(&raw_frame(TEXT_BEGINS, b"x")).await;
                client.write_raw(&raw_frame(GOES_ON, b"y").repeat(20_000)).await;
            }
            2 => {
                client.write_raw(&raw_frame(TEXT_BEGINS, b"")).await;
                let part = [raw_frame(GOES_ON, b""), raw_frame(PING, b"?")].concat();
                client.write_raw(&part.repeat(5_000)).await;
            }
            _ => {
                client.write_raw(&raw_head(TEXT, 37_748_737)).await;
                assert_eq!(client.hear().await.expect_err("it is too large").code, 1009);
                continue;
            }
        }
        standing.push(client);
        settled(&mut witness).await;
    }
    assert_quick(&gateway, "frames that never end").await;
    drop(standing);
    settled(&mut witness).await;
    assert_bounded(&gateway, before, "frames that never end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_bad_frames_and_the_connection_is_still_good() {
    let _alone = ALONE.lock().await;
    let home = Home::default();
    let gateway = home.unix();
    let mut dice = Dice::seeded("bad frames");
    let mut client = Client::connect(&gateway).await;
    let before = gateway.resident();
    for round in 0..2_000 {
        let length = usize::try_from(dice.draw(1..200)).expect("a small number");
        let mut bytes: Vec<u8> = (0..length).map(|_| u8::try_from(dice.draw(0..256)).expect("a byte")).collect();
        // Never UTF-8, so it is ignored; or an envelope that is none.
        bytes.push(0xFF);
        match round % 4 {
            0 => client.send_message(Message::binary(bytes)).await,
            1 => client.send_text(&json!({ "type": "attach", "chat_id": bytes }).to_string()).await,
            2 => client.send_text(&json!({ "type": "message", "chat_id": "c", "content": bytes, "media": bytes }).to_string()).await,
            _ => client.send_text(&json!({ "type": String::from_utf8_lossy(&bytes) }).to_string()).await,
        }
        if round % 100 == 99 {
            settled(&mut client).await;
        }
    }
    assert_quick(&gateway, "two thousand bad frames").await;
    assert_bounded(&gateway, before, "two thousand bad frames");
    // Text that is no UTF-8 ends its own connection, and only that.
    for _ in 0..100 {
        let mut bad = Client::connect(&gateway).await;
        bad.write_raw(&raw_frame(TEXT, b"\xC3\x28")).await;
        assert_eq!(bad.hear().await.expect_err("it is no text").code, 1007);
    }
    settled(&mut client).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pings_from_all_sides() {
    let _alone = ALONE.lock().await;
    let home = Home::default();
    let gateway = home.tcp();
    let before = gateway.resident();
    let mut pinging = JoinSet::new();
    for _ in 0..FLOODING {
        let mut client = Client::connect(&gateway).await;
        pinging.spawn(async move {
            let flood = raw_frame(PING, &[7; 125]).repeat(500);
            for _ in 0..20 {
                client.write_raw(&flood).await;
                settled(&mut client).await;
            }
        });
    }
    assert_quick(&gateway, "pings from all sides").await;
    pinging.join_all().await;
    assert_bounded(&gateway, before, "160,000 pings");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_requests_than_are_answered() {
    let _alone = ALONE.lock().await;
    let home = Home::default();
    let gateway = home.unix();
    let mut witness = Client::connect(&gateway).await;
    let before = gateway.resident();
    let mut flooding = JoinSet::new();
    for number in 0..4 {
        let mut client = Client::connect(&gateway).await;
        flooding.spawn(async move {
            let (mut answered, mut refused) = (0, 0);
            for batch in 0..10 {
                for request in 0..200 {
                    let id = format!("flood-{number}-{batch}-{request}");
                    let frame = json!({ "type": "webui_request", "request_id": id, "action": "settings.agent.update", "payload": { "model_preset": "nobody" } });
                    client.send(frame).await;
                }
                for _ in 0..200 {
                    match client.find("webui_response").await.json["error"]["status"].as_u64() {
                        Some(429) => refused += 1,
                        Some(400) => answered += 1,
                        other => panic!("{other:?}"),
                    }
                }
            }
            (answered, refused)
        });
    }
    assert_quick(&gateway, "a flood of requests").await;
    let answer = witness.request("settings.agent.update", json!({ "model_preset": "default" })).await;
    assert_eq!(answer["ok"], true, "{answer}");
    for (answered, refused) in flooding.join_all().await {
        assert_eq!(answered + refused, 2_000, "each request has one answer");
        assert!(answered > 0);
    }
    assert_bounded(&gateway, before, "a flood of requests");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_connections_idle_and_half_open() {
    let _alone = ALONE.lock().await;
    let home = Home::default();
    let gateway = home.tcp();
    let before = gateway.resident();
    let mut idle = Vec::new();
    let mut half_open = JoinSet::new();
    for _ in 0..CROWD {
        idle.push(Client::connect(&gateway).await);
        let mut stream = gateway.connect().await;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: loc").await.expect("a new connection takes bytes");
        half_open.spawn(async move {
            let mut rest = Vec::new();
            let _ended = stream.read_to_end(&mut rest).await;
        });
    }
    assert_quick(&gateway, "two thousand connections").await;
    assert_bounded(&gateway, before, "two thousand connections");
    alcove_tests::within("the half-open ones are closed", half_open.join_all()).await;
    let (first, last) = (0, idle.len() - 1);
    for number in [first, last / 2, last] {
        settled(&mut idle[number]).await;
    }
    drop(idle);
    assert_quick(&gateway, "two thousand connections that went").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_tokens_and_no_more() {
    let _alone = ALONE.lock().await;
    let home = Home::default();
    let gateway = home.unix();
    let ask = format!("GET /webui/bootstrap HTTP/1.1\r\nHost: {}\r\n\r\n", gateway.host());
    let mut stream = gateway.connect().await;
    for _ in 0..TOKENS / PIPELINED {
        stream.write_all(ask.repeat(PIPELINED).as_bytes()).await.expect("requests are taken");
        let mut bytes = Vec::new();
        while bytes.windows(12).filter(|window| *window == b"HTTP/1.1 200").count() < PIPELINED {
            let mut part = [0; 64 * 1024];
            let count = alcove_tests::within("answers", stream.read(&mut part)).await.expect("the connection stands");
            assert!(
                count > 0 && !String::from_utf8_lossy(&part[..count]).contains("HTTP/1.1 4"),
                "{}",
                String::from_utf8_lossy(&part[..count])
            );
            bytes.extend_from_slice(&part[..count]);
        }
    }
    let refused = exchange(&gateway, ask.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").as_bytes()).await;
    assert_eq!((refused.status, refused.text().as_str()), (429, r#"{"error":"too many outstanding tokens"}"#));
}
