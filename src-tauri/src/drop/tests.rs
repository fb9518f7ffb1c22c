//! Drops carried to a scripted gateway on a temporary Unix socket: what it is sent, and what the page is told.

use std::sync::Mutex;

use serde_json::{Value, json};

use super::*;
use crate::scripted::{self, Script};

/// Everything the page is told about files of these names and contents, and what the gateway was asked.
async fn drop_on(script: Script, files: &[(&str, Vec<u8>)]) -> (Vec<Value>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let place = |(name, content): &(&str, Vec<u8>)| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let paths = files.iter().map(place).collect();
    let told = Mutex::new(Vec::new());
    take(&script.engine, paths, &|event| told.lock().unwrap().push(serde_json::to_value(event).unwrap())).await;
    (told.into_inner().unwrap(), script.asked().await)
}

fn bootstrap() -> Vec<u8> {
    scripted::json(200, r#"{"api_token":"nbwt_shell"}"#)
}

fn status(received: u64, total: u64) -> Vec<u8> {
    let status = json!({
        "id": "x", "received": received, "total": total, "complete": received == total, "kind": "image", "mime": "image/png",
        "name": "a.png", "bytes": total, "url": if received == total { json!("/api/media/s/p") } else { Value::Null },
    });
    scripted::json(200, &status.to_string())
}

/// The head of a request, without the body.
fn head(request: &str) -> &str {
    request.split("\r\n\r\n").next().unwrap_or_default()
}

/// A header's value.
fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    head(request).lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn a_file_travels_in_pieces_and_the_page_sees_it_grow() {
    let total = 2 * MIB + 5;
    let script = Script::start(vec![
        bootstrap(),
        status(MIB as u64, total as u64),
        status(2 * MIB as u64, total as u64),
        status(total as u64, total as u64),
    ]);
    let (told, asked) = drop_on(script, &[("ä b.png", vec![7; total])]).await;
    let ranges: Vec<_> = asked[1..].iter().map(|request| header(request, "content-range").unwrap()).collect();
    assert_eq!(ranges, ["bytes 0-1048575/2097157", "bytes 1048576-2097151/2097157", "bytes 2097152-2097156/2097157"]);
    let id = head(&asked[1]).strip_prefix("PUT /api/media/uploads/").and_then(|rest| rest.split(' ').next()).unwrap();
    assert_eq!(id.len(), 32);
    assert!(asked[1..].iter().all(|request| request.starts_with(&format!("PUT /api/media/uploads/{id} HTTP/1.1\r\n"))));
    assert!(asked[1..].iter().all(|request| header(request, "authorization") == Some("Bearer nbwt_shell")));
    assert_eq!(header(&asked[1], "x-alcove-name"), Some("%C3%A4%20b.png"));
    assert_eq!(header(&asked[1], "content-type"), Some("image/png"));
    let progress = |received: usize| json!({ "type": "progress", "name": "ä b.png", "received": received, "total": total });
    let item = json!({ "upload_id": id, "name": "a.png", "mime": "image/png", "bytes": total, "kind": "image", "url": "/api/media/s/p" });
    let expected = [progress(0), progress(MIB), progress(2 * MIB), progress(total), json!({ "type": "drop", "items": [item], "more": 0 })];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn an_upload_goes_on_where_the_gateway_stands() {
    let total = 2 * MIB;
    let script = Script::start(vec![
        bootstrap(),
        // The connection breaks without an answer; the gateway had half of the piece.
        Vec::new(),
        status(MIB as u64 / 2, total as u64),
        b"HTTP/1.1 409 Conflict\r\nX-Alcove-Received: 600000\r\nContent-Length: 0\r\n\r\n".to_vec(),
        status(total as u64, total as u64),
    ]);
    let (told, asked) = drop_on(script, &[("a.png", vec![7; total])]).await;
    assert!(asked[2].starts_with("GET /api/media/uploads/"), "{}", head(&asked[2]));
    assert_eq!(header(&asked[3], "content-range"), Some("bytes 524288-1572863/2097152"));
    assert_eq!(header(&asked[4], "content-range"), Some("bytes 600000-1648575/2097152"));
    assert_eq!(told.last().unwrap()["items"][0]["bytes"], total);
}

#[tokio::test]
async fn a_void_key_is_fetched_anew() {
    let script = Script::start(vec![
        bootstrap(),
        scripted::raw("HTTP/1.1 401 Unauthorized\r\nContent-Length: 12\r\n\r\nUnauthorized"),
        bootstrap(),
        status(3, 3),
    ]);
    let (told, asked) = drop_on(script, &[("a.png", vec![7; 3])]).await;
    assert!(asked[2].starts_with("GET /webui/bootstrap"), "{}", head(&asked[2]));
    assert_eq!(told.last().unwrap()["items"][0]["kind"], "image");
}

#[tokio::test]
async fn the_gateways_refusals_are_the_pages_words() {
    for (answer, error, detail) in [
        ("HTTP/1.1 413 X\r\nContent-Length: 4\r\n\r\nsize", "size", Value::Null),
        ("HTTP/1.1 415 X\r\nContent-Length: 4\r\n\r\nmime", "mime", Value::Null),
        ("HTTP/1.1 429 X\r\nContent-Length: 16\r\n\r\ntoo many uploads", "too_many_uploads", Value::Null),
        ("HTTP/1.1 400 X\r\nContent-Length: 9\r\n\r\nmalformed", "engine", json!("malformed")),
        ("HTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\nno", "engine", json!("the engine's answer could not be read")),
    ] {
        let (told, _) = drop_on(Script::start(vec![bootstrap(), scripted::raw(answer)]), &[("a.png", vec![7; 3])]).await;
        assert_eq!(told.last().unwrap()["items"], json!([{ "name": "a.png", "error": error, "detail": detail }]), "{answer}");
    }
}

#[tokio::test]
async fn a_gateway_that_never_goes_on_is_given_up() {
    let stands_still = || status(0, 3);
    let script = Script::start(vec![bootstrap(), stands_still()]);
    let (told, _) = drop_on(script, &[("a.png", vec![7; 3])]).await;
    assert_eq!(told.last().unwrap()["items"][0]["error"], "engine");
    let broken = vec![Vec::new(), status(0, 3), Vec::new(), status(0, 3), Vec::new(), status(0, 3), Vec::new()];
    let script = Script::start([vec![bootstrap()], broken].concat());
    let (told, _) = drop_on(script, &[("a.png", vec![7; 3])]).await;
    assert_eq!(told.last().unwrap()["items"][0]["error"], "engine");
}

#[tokio::test]
async fn one_bad_file_does_not_keep_the_others_back() {
    let script = Script::start(vec![bootstrap(), status(3, 3), status(3, 3)]);
    let files = [("a.png", vec![7; 3]), ("b.exe", vec![7; 3]), ("c.png", vec![7; 3]), ("d.png", Vec::new())];
    let (told, _) = drop_on(script, &files).await;
    let items = told.last().unwrap()["items"].as_array().unwrap().clone();
    let words: Vec<_> = items.iter().map(|item| item["error"].as_str().unwrap_or("uploaded")).collect();
    assert_eq!(words, ["uploaded", "mime", "uploaded", "empty"]);
}

#[tokio::test]
async fn more_files_than_are_looked_at_are_counted() {
    let paths = (0..1000).map(|n| PathBuf::from(format!("/nonexistent/{n}.png"))).collect();
    let told = Mutex::new(Vec::new());
    let engine = crate::engine::ready_at("/nonexistent/gateway.sock".into());
    take(&engine, paths, &|event| told.lock().unwrap().push(serde_json::to_value(event).unwrap())).await;
    let told = told.into_inner().unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["items"].as_array().unwrap().len(), FILES_LIMIT);
    assert_eq!(told[0]["more"], 1000 - FILES_LIMIT);
}

#[test]
fn what_hovers_is_counted_by_kind_without_touching_it() {
    let paths: Vec<PathBuf> =
        ["a.png", "b.JPG", "c.pdf", "d.mov", "e.exe", "folder"].iter().map(|name| PathBuf::from("/nonexistent").join(name)).collect();
    assert_eq!(Kinds::of(&paths), Kinds { image: 2, document: 1, video: 1, other: 2 });
    let event = serde_json::to_value(Event::Enter { count: 6, kinds: Kinds::of(&paths) }).unwrap();
    assert_eq!(event, json!({ "type": "enter", "count": 6, "kinds": { "image": 2, "document": 1, "video": 1, "other": 2 } }));
}
