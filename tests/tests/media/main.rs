//! Files: what comes with messages and where it stays, uploads that go on after anything, and signed addresses.

mod messages;
mod serving;
mod showing;
mod uploads;

use std::path::Path;

use alcove_tests::gateway::{Gateway, Home};
use alcove_tests::http::{Answer, bootstrap, exchange, request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The smallest picture: one pixel.
pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xff\xff?\0\x05\xfe\x02\xfe\xa75\x81\x84\0\0\0\0IEND\xaeB`\x82";

/// `data:<mime>;base64,…`
pub fn data_url(mime: &str, bytes: &[u8]) -> String {
    format!("data:{mime};base64,{}", STANDARD.encode(bytes))
}

/// The files chats have, by name.
pub fn kept(home: &Home) -> Vec<String> {
    names(&home.data().join("media/websocket"))
}

/// What is there of uploads that are under way, by name.
pub fn under_way(home: &Home) -> Vec<String> {
    names(&home.data().join("media/uploads"))
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder of media")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .collect();
    names.sort();
    names
}

/// A token for `/api`.
pub async fn api_token(gateway: &Gateway) -> String {
    bootstrap(gateway).await["api_token"].as_str().expect("a token").to_owned()
}

/// A GET without a token.
pub async fn read(gateway: &Gateway, url: &str, fields: &[&str]) -> Answer {
    let fields: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
    request(gateway, &format!("GET {url}"), &fields).await
}

/// Sends a body with further header lines.
pub async fn send(gateway: &Gateway, token: &str, line: &str, fields: &[&str], body: &[u8]) -> Answer {
    exchange(gateway, &[head(gateway, token, line, fields, body.len()).as_bytes(), body].concat()).await
}

/// The head of such a request.
pub fn head(gateway: &Gateway, token: &str, line: &str, fields: &[&str], length: usize) -> String {
    let mut text = format!("{line} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n", gateway.host());
    for field in fields {
        text.push_str(field);
        text.push_str("\r\n");
    }
    text.push_str(&format!("Content-Length: {length}\r\n\r\n"));
    text
}
