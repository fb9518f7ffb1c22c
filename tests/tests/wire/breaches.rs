//! Breaches of the WebSocket protocol itself: the connection ends with the code that says why, and nobody else notices.

use alcove_tests::client::{Client, Closed, raw_frame, raw_head};
use alcove_tests::gateway::{Gateway, Home};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::aftermath;

/// The largest message.
const LARGEST: usize = 37_748_736;
const TOO_LARGE: &str = "frame exceeds limit of 37748736 bytes";

const TEXT: u8 = 0x81;
const TEXT_BEGINS: u8 = 0x01;
const GOES_ON: u8 = 0x00;
const ENDS: u8 = 0x80;
const BYTES: u8 = 0x82;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;

/// Frames after which a connection cannot go on, and how it ends.
#[rustfmt::skip]
fn rows() -> Vec<(&'static str, Vec<u8>, u16)> {
    let text = |payload: &[u8]| raw_frame(TEXT, payload);
    let unmasked = |first: u8, payload: &[u8]| [&[first, u8::try_from(payload.len()).unwrap()], payload].concat();
    vec![
        ("text that is not UTF-8", text(b"\xFF\xFE"), 1007),
        ("text cut in a character", text(b"caf\xC3"), 1007),
        ("an overlong encoding", text(b"\xC0\x80"), 1007),
        ("a lone surrogate", text(b"\xED\xA0\x80"), 1007),
        ("bad UTF-8 in the second fragment", [raw_frame(TEXT_BEGINS, b"ok"), raw_frame(ENDS, b"\xFF")].concat(), 1007),
        ("an unmasked frame", unmasked(TEXT, b"hello"), 1002),
        ("an unmasked ping", unmasked(PING, b""), 1002),
        ("reserved opcode 3", raw_frame(0x83, b""), 1002),
        ("reserved opcode 7", raw_frame(0x87, b""), 1002),
        ("reserved control opcode 11", raw_frame(0x8B, b""), 1002),
        ("reserved control opcode 15", raw_frame(0x8F, b""), 1002),
        ("reserved bit 1", raw_frame(0xC1, b"x"), 1002),
        ("reserved bit 2", raw_frame(0xA1, b"x"), 1002),
        ("reserved bit 3", raw_frame(0x91, b"x"), 1002),
        ("a ping in fragments", raw_frame(0x09, b"x"), 1002),
        ("a ping of 126 bytes", raw_frame(PING, &[0; 126]), 1002),
        ("a close of 126 bytes", raw_frame(CLOSE, &[3; 126]), 1002),
        ("a continuation of nothing", raw_frame(ENDS, b"x"), 1002),
        ("an unfinished continuation of nothing", raw_frame(GOES_ON, b"x"), 1002),
        ("a message within a message", [raw_frame(TEXT_BEGINS, b"x"), raw_frame(TEXT, b"y")].concat(), 1002),
        ("bytes within a text", [raw_frame(TEXT_BEGINS, b"x"), raw_frame(BYTES, b"y")].concat(), 1002),
        ("something else altogether", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec(), 1002),
        ("a frame one byte too large", raw_head(TEXT, LARGEST as u64 + 1), 1009),
        ("a frame of four exabytes", raw_head(TEXT, 1 << 62), 1009),
        ("bytes too large", raw_head(BYTES, LARGEST as u64 + 1), 1009),
    ]
}

#[tokio::test]
async fn breaches_end_the_connection_with_their_code() {
    let home = Home::default();
    let gateway = home.unix();
    let mut witness = Client::connect(&gateway).await;
    for (number, (name, bytes, code)) in rows().into_iter().enumerate() {
        let mut client = Client::connect(&gateway).await;
        client.send(json!({ "type": "before" })).await;
        client.find("error").await;
        client.write_raw(&bytes).await;
        let closed = client.hear().await.expect_err(name);
        assert_eq!(closed.code, code, "{name}: {closed:?}");
        if code == 1009 {
            assert_eq!(closed.reason, TOO_LARGE, "{name}");
        }
        aftermath(&mut witness, number).await;
    }
}

#[tokio::test]
async fn a_message_of_many_fragments_has_the_same_limit() {
    let home = Home::default();
    let gateway = home.unix();
    let mut client = Client::connect(&gateway).await;
    let part = vec![b'x'; LARGEST / 4];
    client.write_raw(&raw_frame(TEXT_BEGINS, &part)).await;
    for _ in 0..3 {
        client.write_raw(&raw_frame(GOES_ON, &part)).await;
    }
    client.write_raw(&raw_head(ENDS, 1)).await;
    client.write_raw(b"x").await;
    assert_eq!(client.hear().await.unwrap_err(), Closed { code: 1009, reason: TOO_LARGE.to_owned() });
}

#[tokio::test]
async fn the_largest_message_is_read() {
    let home = Home::default();
    let gateway = home.unix();
    let mut client = Client::connect(&gateway).await;
    let mut text = json!({ "type": "largest", "x": "" }).to_string();
    text.truncate(text.len() - 2);
    let fill = LARGEST - text.len() - 2;
    text.push_str(&"x".repeat(fill));
    text.push_str("\"}");
    assert_eq!(text.len(), LARGEST);
    client.send_text(&text).await;
    assert_eq!(client.find("error").await.str("detail"), "unknown type: 'largest'");
    aftermath(&mut client, 0).await;
}

#[tokio::test]
async fn fragments_make_one_message_with_pings_in_between() {
    let home = Home::default();
    let gateway = home.unix();
    let mut client = Client::connect(&gateway).await;
    let text = json!({ "type": "größer" }).to_string();
    let bytes = text.as_bytes();
    for (number, byte) in bytes.iter().enumerate() {
        let first = if number == 0 { TEXT_BEGINS } else { GOES_ON };
        client.write_raw(&raw_frame(first, &[*byte])).await;
        client.write_raw(&raw_frame(PING, b"still there?")).await;
        client.write_raw(&raw_frame(GOES_ON, b"")).await;
    }
    client.write_raw(&raw_frame(ENDS, b"")).await;
    assert_eq!(client.find("error").await.str("detail"), "unknown type: 'größer'");
}

#[tokio::test]
async fn a_flood_of_pings_is_only_pings() {
    let home = Home::default();
    let gateway = home.unix();
    let mut client = Client::connect(&gateway).await;
    let flood = raw_frame(PING, &[7; 125]).repeat(1_000);
    let before = gateway.resident();
    for _ in 0..50 {
        client.write_raw(&flood).await;
        aftermath(&mut client, 0).await;
    }
    let grown = gateway.resident().saturating_sub(before);
    assert!(grown < 8 * 1024, "{grown} KiB more after 50,000 pings");
}

/// How a client says goodbye, and what it is answered.
#[tokio::test]
async fn goodbyes() {
    let home = Home::default();
    let gateway = home.unix();
    let close = |payload: &[u8]| raw_frame(CLOSE, payload);
    let rows = [
        ("nothing said", close(b""), 0),
        ("1000", close(&1000_u16.to_be_bytes()), 1000),
        ("1001 with a reason", close(b"\x03\xE9bye"), 1001),
        ("an own code", close(&4000_u16.to_be_bytes()), 4000),
        ("a code that must not be sent", close(&1005_u16.to_be_bytes()), 1002),
        ("code 999", close(&999_u16.to_be_bytes()), 1002),
        ("half a code", close(b"\x03"), 1002),
        ("a reason that is not UTF-8", close(b"\x03\xE8\xFF"), 1007),
    ];
    for (name, bytes, code) in rows {
        let mut client = Client::connect(&gateway).await;
        client.write_raw(&bytes).await;
        assert_eq!(client.hear().await.unwrap_err().code, code, "{name}");
    }
    assert_no_connections(&gateway).await;
}

#[tokio::test]
async fn clients_that_vanish_leave_nothing_behind() {
    let home = Home::default();
    let gateway = home.unix();
    for bytes in [raw_head(TEXT, 1000), raw_frame(TEXT_BEGINS, b"half a mess"), vec![TEXT], Vec::new()] {
        for _ in 0..25 {
            let mut client = Client::connect(&gateway).await;
            client.attach("shared").await;
            client.write_raw(&bytes).await;
        }
    }
    assert_no_connections(&gateway).await;
    let mut client = Client::connect(&gateway).await;
    client.send_message(Message::text(r#"{"type":"last"}"#)).await;
    client.find("error").await;
}

/// Waits until the gateway holds no more descriptors than it needs for itself.
async fn assert_no_connections(gateway: &Gateway) {
    alcove_tests::until("the connections' descriptors are given back", || gateway.descriptors() <= 40).await;
}
