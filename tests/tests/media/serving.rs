//! Files by their signed addresses: who has the address may read that file, in parts too, and nothing else.

use alcove_tests::gateway::{Gateway, Home};
use expect_test::expect;

use crate::{PNG, api_token, read, send};

async fn upload(gateway: &Gateway, id: &str, mime: &str, bytes: &[u8]) -> String {
    let token = api_token(gateway).await;
    let fields = [format!("Content-Type: {mime}"), "X-Alcove-Name: a%20b".to_owned()];
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let answer = send(gateway, &token, &format!("PUT /api/media/uploads/{id}"), &fields, bytes).await;
    answer.json()["url"].as_str().unwrap_or_else(|| panic!("no address: {}", answer.text())).to_owned()
}

fn named(field: &str) -> &str {
    if field.is_empty() { "none" } else { field }
}

#[tokio::test]
async fn ranges_of_a_file() {
    let home = Home::default();
    let gateway = home.tcp();
    let url = upload(&gateway, "ranges-0123456789", "text/plain", b"0123456789").await;
    let mut told = String::new();
    for range in [
        "",
        "bytes=0-",
        "bytes=2-4",
        "bytes=-3",
        "bytes=8-99",
        "bytes=-99",
        "bytes=10-",
        "bytes=4-2",
        "bytes=0-1,3-4",
        "bytes=x",
        "lines=1-2",
    ] {
        let field = format!("Range: {range}");
        let fields = if range.is_empty() { Vec::new() } else { vec![field.as_str()] };
        let answer = read(&gateway, &url, &fields).await;
        let part = named(answer.header("content-range"));
        told.push_str(&format!("{range:14} {} {part:14} {} {:?}\n", answer.status, answer.header("content-length"), answer.text()));
    }
    expect![[r#"
                       200 none           10 "0123456789"
        bytes=0-       206 bytes 0-9/10   10 "0123456789"
        bytes=2-4      206 bytes 2-4/10   3 "234"
        bytes=-3       206 bytes 7-9/10   3 "789"
        bytes=8-99     206 bytes 8-9/10   2 "89"
        bytes=-99      206 bytes 0-9/10   10 "0123456789"
        bytes=10-      416 bytes */10     21 "range not satisfiable"
        bytes=4-2      416 bytes */10     21 "range not satisfiable"
        bytes=0-1,3-4  416 bytes */10     21 "range not satisfiable"
        bytes=x        416 bytes */10     21 "range not satisfiable"
        lines=1-2      200 none           10 "0123456789"
    "#]]
    .assert_eq(&told);
}

#[tokio::test]
async fn what_a_file_is_served_as() {
    let home = Home::default();
    let gateway = home.tcp();
    let picture = upload(&gateway, "picture-0123456789", "image/png", PNG).await;
    let answer = read(&gateway, &picture, &[]).await;
    let shown = ["content-type", "accept-ranges", "cache-control", "x-content-type-options", "content-security-policy"]
        .map(|name| format!("{name}: {}\n", named(answer.header(name))));
    expect![[r#"
        content-type: image/png
        accept-ranges: bytes
        cache-control: private, max-age=31536000, immutable
        x-content-type-options: nosniff
        content-security-policy: none
    "#]]
    .assert_eq(&shown.concat());
    // A page that somebody attached is bytes, and never a page of ours.
    let page = upload(&gateway, "page-0123456789abc", "text/html", b"<script>alert(1)</script>").await;
    let answer = read(&gateway, &page, &[]).await;
    assert_eq!((answer.header("content-type"), answer.header("x-content-type-options")), ("application/octet-stream", "nosniff"));
}

#[tokio::test]
async fn only_signed_addresses_open() {
    let home = Home::default();
    let gateway = home.tcp();
    let url = upload(&gateway, "signed-0123456789", "image/png", PNG).await;
    let (start, payload) = url.rsplit_once('/').expect("an address");
    let signature = start.rsplit_once('/').expect("an address").1;
    let other = "Li4vYWxjb3ZlLmRi";
    let rows = [
        (format!("/api/media/{signature}/{other}"), 401, "invalid signature"),
        (format!("/api/media/AAAAAAAAAAAAAAAAAAAAAA/{payload}"), 401, "invalid signature"),
        (format!("/api/media/{}/{payload}", &signature[..10]), 401, "invalid signature"),
        (format!("/api/media/%21/{payload}"), 401, "invalid signature"),
        (format!("/api/media/{payload}"), 404, "API route not found"),
    ];
    for (path, status, words) in rows {
        let answer = read(&gateway, &path, &[]).await;
        assert_eq!((answer.status, answer.text().as_str()), (status, words), "{path}");
    }
    let file = std::fs::read_dir(home.data().join("media/websocket")).unwrap().next().unwrap().unwrap().path();
    std::fs::remove_file(file).unwrap();
    let answer = read(&gateway, &url, &[]).await;
    assert_eq!((answer.status, answer.text().as_str()), (404, "not found"));
}
