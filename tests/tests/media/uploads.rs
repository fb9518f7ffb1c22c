//! Uploads: pieces in order, over broken lines and killed gateways, in bounded memory.

use alcove_tests::gateway::{Gateway, Home};
use alcove_tests::http::{Answer, request};
use alcove_tests::within;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;

use crate::{PNG, api_token, head, kept, read, send, under_way};

const ID: &str = "upload-0123456789";

fn put_line() -> String {
    format!("PUT /api/media/uploads/{ID}")
}

async fn piece(gateway: &Gateway, token: &str, at: usize, bytes: &[u8], total: usize) -> Answer {
    let range = format!("Content-Range: bytes {at}-{}/{total}", at + bytes.len() - 1);
    send(gateway, token, &put_line(), &["Content-Type: image/png", "X-Alcove-Name: My%20cat.png", &range], bytes).await
}

async fn status(gateway: &Gateway, token: &str) -> Answer {
    request(gateway, &format!("GET /api/media/uploads/{ID}"), &[format!("Authorization: Bearer {token}")]).await
}

#[tokio::test]
async fn pieces_make_a_file() {
    let home = Home::default();
    let gateway = home.tcp();
    let token = api_token(&gateway).await;
    let first = piece(&gateway, &token, 0, &PNG[..10], PNG.len()).await;
    assert_eq!(
        first.json(),
        json!({ "id": ID, "received": 10, "total": PNG.len(), "complete": false, "kind": "image", "mime": "image/png", "name": "My cat.png", "bytes": PNG.len() }),
        "{}",
        first.text()
    );
    for at in [0, 9, 11, 20] {
        let wrong = piece(&gateway, &token, at, &PNG[..5], PNG.len()).await;
        assert_eq!((wrong.status, wrong.text().as_str(), wrong.header("x-alcove-received")), (409, "upload continues at 10", "10"), "{at}");
    }
    let last = piece(&gateway, &token, 10, &PNG[10..], PNG.len()).await;
    assert_eq!(last.json()["complete"], true, "{}", last.text());
    let url = last.json()["url"].as_str().expect("an address").to_owned();
    let seen = read(&gateway, &url, &[]).await;
    assert_eq!((seen.status, seen.body.as_slice(), seen.header("content-type")), (200, PNG, "image/png"));
    assert_eq!(status(&gateway, &token).await.json(), last.json());
    assert_eq!(kept(&home).len(), 1);
}

#[tokio::test]
async fn an_upload_goes_on_after_a_kill() {
    let home = Home::default();
    let gateway = home.unix();
    let token = api_token(&gateway).await;
    assert_eq!(piece(&gateway, &token, 0, &PNG[..20], PNG.len()).await.json()["received"], 20);
    // A second piece breaks off in the middle.
    let range = format!("Content-Range: bytes 20-{}/{}", PNG.len() - 1, PNG.len());
    let mut stream = gateway.connect().await;
    let begun = head(&gateway, &token, &put_line(), &["Content-Type: image/png", &range], PNG.len() - 20);
    stream.write_all(&[begun.as_bytes(), &PNG[20..30]].concat()).await.expect("the gateway reads");
    gateway.kill();
    drop(stream);

    let gateway = home.unix();
    let token = api_token(&gateway).await;
    let found = status(&gateway, &token).await.json();
    let received = usize::try_from(found["received"].as_u64().expect("a number")).expect("a small number");
    assert!((20..=30).contains(&received), "{found}");
    let last = piece(&gateway, &token, received, &PNG[received..], PNG.len()).await;
    assert_eq!(last.json()["complete"], true, "{}", last.text());
    let url = last.json()["url"].as_str().expect("an address").to_owned();
    gateway.kill();
    let gateway = home.unix();
    assert_eq!(read(&gateway, &url, &[]).await.body, PNG);
    assert_eq!(status(&gateway, &api_token(&gateway).await).await.json()["url"], url);
}

#[tokio::test]
async fn a_broken_line_keeps_what_had_arrived() {
    let home = Home::default();
    let gateway = home.tcp();
    let token = api_token(&gateway).await;
    let mut stream = gateway.connect().await;
    let fields = ["Content-Type: text/plain", "X-Alcove-Name: long.txt"];
    let begun = head(&gateway, &token, &put_line(), &fields, 1_000_000);
    stream.write_all(&[begun.as_bytes(), &[b'x'; 400_000]].concat()).await.expect("the gateway reads");
    // What is on disk grows without an end of the body.
    let grown = async {
        loop {
            // Before the head has been read nobody knows of it.
            let answer = status(&gateway, &token).await;
            if answer.status == 200 && answer.json()["received"].as_u64() >= Some(256 * 1024) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    within("bytes on disk", grown).await;
    drop(stream);
    // The gateway may still be putting away what it had read; it says where to go on, as to any client.
    let mut at = 0;
    let last = loop {
        let range = format!("Content-Range: bytes {at}-999999/1000000");
        let answer = send(&gateway, &token, &put_line(), &["Content-Type: text/plain", &range], &vec![b'x'; 1_000_000 - at]).await;
        if answer.status != 409 {
            break answer;
        }
        at = answer.header("x-alcove-received").parse().expect("a number");
    };
    assert!(at >= 256 * 1024, "what had arrived was sent again");
    assert_eq!((last.status, &last.json()["complete"]), (200, &json!(true)), "{}", last.text());
}

/// A path, header lines and a body, with the status and words they get.
type Refused<'a> = (&'a str, &'a [&'a str], &'a [u8], u16, &'a str);

#[tokio::test]
async fn refusals_leave_nothing() {
    let home = Home::default();
    let gateway = home.tcp();
    let token = api_token(&gateway).await;
    let rows: &[Refused<'_>] = &[
        ("/api/media/uploads/short", &["Content-Type: image/png"], PNG, 400, "malformed"),
        ("/api/media/uploads/upload-0123456789", &["Content-Type: image/png"], b"", 400, "malformed"),
        ("/api/media/uploads/upload-0123456789", &["Content-Type: image/png", "Content-Range: bytes 0-3/2"], b"abcd", 400, "malformed"),
        (
            "/api/media/uploads/upload-0123456789",
            &["Content-Type: image/png", "Content-Range: bytes 4-7/9"],
            b"abcd",
            409,
            "upload continues at 0",
        ),
        ("/api/media/uploads/upload-0123456789", &["Content-Type: image/svg+xml"], b"<svg/>", 415, "mime"),
        ("/api/media/uploads/upload-0123456789", &[], PNG, 415, "mime"),
        ("/api/media/uploads/upload-0123456789", &["Content-Type: image/png"], b"<html>", 415, "mime"),
        ("/api/media/uploads/upload-0123456789", &["Content-Type: image/png", "Content-Range: bytes 0-3/6291457"], b"abcd", 413, "size"),
        ("/api/media/uploads/upload-0123456789?purpose=other", &["Content-Type: image/png"], PNG, 400, "malformed"),
    ];
    for (path, fields, body, code, words) in rows {
        let answer = send(&gateway, &token, &format!("PUT {path}"), fields, body).await;
        assert_eq!((answer.status, answer.text().as_str()), (*code, *words), "{path} {fields:?}");
    }
    assert_eq!((kept(&home), under_way(&home)), (Vec::new(), Vec::new()));
    let answer = send(&gateway, "wrong", &put_line(), &["Content-Type: image/png"], PNG).await;
    assert_eq!((answer.status, answer.text().as_str()), (401, "Unauthorized"));
    let unknown = status(&gateway, &token).await;
    assert_eq!((unknown.status, unknown.text().as_str()), (404, "unknown upload"));
}

#[tokio::test]
async fn a_cancelled_upload_is_gone() {
    let home = Home::default();
    let gateway = home.tcp();
    let token = api_token(&gateway).await;
    piece(&gateway, &token, 0, &PNG[..10], PNG.len()).await;
    assert_eq!(under_way(&home).len(), 2);
    let line = format!("DELETE /api/media/uploads/{ID}");
    let fields = [format!("Authorization: Bearer {token}")];
    assert_eq!(request(&gateway, &line, &fields).await.json(), json!({ "deleted": true }));
    assert_eq!(request(&gateway, &line, &fields).await.status, 404);
    assert_eq!(under_way(&home), Vec::<String>::new());
    // A complete one goes too, as long as no message has it.
    piece(&gateway, &token, 0, PNG, PNG.len()).await;
    assert_eq!(kept(&home).len(), 1);
    assert_eq!(request(&gateway, &line, &fields).await.status, 200);
    assert_eq!((kept(&home), under_way(&home)), (Vec::new(), Vec::new()));
}

#[tokio::test]
async fn a_large_file_needs_little_memory() {
    let home = Home::default();
    let gateway = home.tcp();
    let token = api_token(&gateway).await;
    let mut film = b"\0\0\0\x18ftypisom\0\0\0\0isomiso2".to_vec();
    film.resize(20 << 20, 7);
    // A first small file, so that what is only ever needed once is there.
    piece(&gateway, &token, 0, PNG, PNG.len()).await;
    let before = gateway.resident();
    let line = "PUT /api/media/uploads/film-0123456789abc";
    let answer = send(&gateway, &token, line, &["Content-Type: video/mp4", "X-Alcove-Name: film.mp4"], &film).await;
    assert_eq!(answer.json()["complete"], true, "{}", answer.text());
    let after = gateway.resident();
    assert!(after < before + 5 * 1024, "memory rose from {before} to {after} KiB for a file of {} KiB", film.len() / 1024);
    let url = answer.json()["url"].as_str().expect("an address").to_owned();
    assert!(read(&gateway, &url, &[]).await.body == film, "what comes back is not what was sent");
    let after = gateway.resident();
    assert!(after < before + 5 * 1024, "memory rose from {before} to {after} KiB when the file was read");
}
