//! Requests against a server on loopback: what is sent, what is followed, what is read, and where it ends.

use std::time::{Duration, Instant};

use super::server::{Act, Server, answer, gzip, open_answer, packed, redirect, says};
use crate::web::names::{self, Names};
use crate::web::{Limits, Page, Reach, Web, WebError};

const NEAR: Limits = Limits { reach: Reach::Near, read: 2 << 20, text: 64 << 10, time: Duration::from_secs(20), redirects: 5 };

/// The text of a page, or the refusal's word and status.
type Told = Result<&'static str, (&'static str, u16)>;

async fn fetch(server: &Server, path: &str) -> Result<Page, WebError> {
    Web::new().fetch(&server.at(path), &NEAR).await
}

fn code(result: Result<Page, WebError>) -> (&'static str, u16) {
    let error = result.unwrap_err();
    (error.code, error.status)
}

#[tokio::test]
async fn a_page_is_asked_for_plainly() {
    let server = Server::start(vec![("/a", says("text/html", b"<title>T</title><p>Some text"))]).await;
    let page = fetch(&server, "/a?q=1#part").await.unwrap();
    assert_eq!((page.title.as_str(), page.text.as_str(), page.truncated), ("T", "Some text", false));
    assert_eq!(page.url, server.at("/a?q=1#part"));
    let asked = server.asked().remove(0).to_lowercase();
    assert!(asked.starts_with("get /a?q=1 http/1.1\r\n"), "{asked}");
    assert!(asked.contains(&format!("host: 127.0.0.1:{}", server.port)) && asked.contains("user-agent: alcove/"), "{asked}");
    for unwanted in ["cookie", "referer", "authorization", "accept-language", "#part"] {
        assert!(!asked.contains(unwanted), "{unwanted}: {asked}");
    }
}

#[tokio::test]
async fn this_machine_is_refused_unless_it_is_allowed() {
    let server = Server::start(vec![("/", says("text/plain", b"secret"))]).await;
    let result = Web::new().fetch(&server.at("/"), &Limits::usual(Reach::Public)).await;
    assert_eq!(code(result), ("private_address", 403));
    assert_eq!(server.asked().len(), 0, "no connection was made");
}

#[tokio::test]
async fn the_name_is_kept_and_the_address_is_the_judged_one() {
    let server = Server::start(vec![("/", says("text/plain", b"here"))]).await;
    let told = names::Told::new(&[("site.example", &["127.0.0.1"]), ("site.example", &["127.0.0.2"])]);
    let web = Web::with(Names::Told(std::sync::Arc::clone(&told)));
    let page = web.fetch(&format!("http://site.example:{}/", server.port), &NEAR).await.unwrap();
    assert_eq!(page.text, "here");
    assert!(server.asked()[0].to_lowercase().contains(&format!("host: site.example:{}", server.port)));
    assert_eq!(told.left("site.example"), 1, "it was resolved once");
}

#[tokio::test]
async fn redirects_are_followed_and_judged_anew() {
    let loops: Vec<(String, Vec<Act>)> = (0..7).map(|at| (format!("/{at}"), redirect("302 Found", &format!("/{}", at + 1)))).collect();
    let mut routes: Vec<(&str, Vec<Act>)> = loops.iter().map(|(path, acts)| (path.as_str(), acts.clone())).collect();
    routes.extend([
        ("/7", says("text/plain", b"the end")),
        ("/relative", redirect("301 Moved Permanently", "7?x")),
        ("/metadata", redirect("307 Temporary Redirect", "http://169.254.169.254/latest/")),
        ("/mapped", redirect("303 See Other", "http://[::ffff:127.0.0.1]/")),
        ("/file", redirect("302 Found", "file:///etc/passwd")),
        ("/nowhere", redirect("302 Found", "")),
        ("/choice", vec![Act::Say(answer("300 Multiple Choices", "text/html", b"x"))]),
    ]);
    let server = Server::start(routes).await;
    let page = fetch(&server, "/2").await.unwrap();
    assert_eq!((page.url, page.text.as_str()), (server.at("/7"), "the end"), "five are followed");
    assert_eq!(code(fetch(&server, "/1").await), ("too_many_redirects", 508), "six are not");
    assert_eq!(fetch(&server, "/relative").await.unwrap().url, server.at("/7?x"));
    assert_eq!(code(fetch(&server, "/metadata").await), ("private_address", 403));
    assert_eq!(code(fetch(&server, "/mapped").await), ("private_address", 403));
    assert_eq!(code(fetch(&server, "/file").await), ("bad_url", 400));
    assert_eq!(code(fetch(&server, "/nowhere").await), ("too_many_redirects", 508));
    assert_eq!(code(fetch(&server, "/choice").await), ("http_status", 300));
}

#[tokio::test]
async fn a_redirect_to_another_host_is_told_and_not_followed() {
    let server = Server::start(vec![("/here", says("text/plain", b"here"))]).await;
    let other = format!("http://other.example:{}/here?q=1#part", server.port);
    let from = Server::start(vec![
        ("/other", redirect("302 Found", &other)),
        ("/www", redirect("301 Moved Permanently", &format!("http://www.site.example:{}/here", server.port))),
        // The same host, at another port.
        ("/port", redirect("308 Permanent Redirect", &format!("http://site.example:{}/here", server.port))),
    ])
    .await;
    // Everything is one machine, so that whatever is followed is answered.
    let told = || {
        let names = ["site.example", "site.example", "www.site.example", "other.example"];
        let answers: Vec<(&str, &[&str])> = names.into_iter().map(|name| (name, &["127.0.0.1"] as &[&str])).collect();
        Web::with(Names::Told(names::Told::new(&answers)))
    };
    let at = |path: &str| format!("http://site.example:{}{path}", from.port);
    let error = told().fetch(&at("/other"), &NEAR).await.unwrap_err();
    assert_eq!((error.code, error.status), ("elsewhere", 302));
    assert!(error.words.ends_with(&other), "the whole address is told: {}", error.words);
    assert_eq!(code(told().fetch(&at("/www"), &NEAR).await), ("elsewhere", 301), "www is another host");
    assert_eq!(server.asked().len(), 0, "nobody else was reached");
    assert_eq!(told().fetch(&at("/port"), &NEAR).await.unwrap().text, "here");
}

#[tokio::test]
async fn what_is_no_text_is_refused_with_words() {
    let mut image = b"\x89PNG\r\n\x1a\n".to_vec();
    image.extend([0; 64]);
    let table: Vec<(&str, &str, &[u8], Told)> = vec![
        ("/plain", "text/plain", b"a < b", Ok("a < b")),
        ("/csv", "text/csv; charset=utf-8", b"a,b\n1,2\n", Ok("a,b\n1,2\n")),
        ("/json", "application/json", b"{\"a\": [1, 2]}", Ok("{\"a\": [1, 2]}")),
        ("/problem", "application/problem+json", b"{}", Ok("{}")),
        ("/feed", "application/atom+xml", b"<feed/>", Ok("<feed/>")),
        ("/html", "TEXT/HTML;Charset=UTF-8", b"<p>hi", Ok("hi")),
        ("/xhtml", "application/xhtml+xml", b"<p>hi</p>", Ok("hi")),
        ("/untold", "", b"<!doctype html><p>hi", Ok("hi")),
        ("/raw", "application/octet-stream", b"key = 1\n", Ok("key = 1\n")),
        ("/escape", "text/plain", b"a\x1b[31mb\x00c\r\nd", Ok("a[31mbc\nd")),
        ("/bytes", "application/octet-stream", &image, Err(("unsupported_type", 415))),
        ("/image", "image/png", &image, Err(("unsupported_type", 415))),
        ("/pdf", "application/pdf", b"%PDF-1.7", Err(("unsupported_type", 415))),
        ("/zip", "application/zip", b"PK", Err(("unsupported_type", 415))),
        ("/video", "video/mp4", b"x", Err(("unsupported_type", 415))),
        ("/empty", "text/html", b"", Ok("")),
    ];
    let server = Server::start(table.iter().map(|(path, kind, body, _)| (*path, says(kind, body))).collect()).await;
    for (path, _, _, expected) in &table {
        let told = fetch(&server, path).await;
        assert_eq!(told.as_ref().map(|page| page.text.as_str()).map_err(|error| (error.code, error.status)), *expected, "{path}");
    }
    let words = fetch(&server, "/image").await.unwrap_err().words;
    assert_eq!(words, "only pages and text can be read, and this is image/png");
}

#[tokio::test]
async fn what_a_server_answers_instead() {
    let server = Server::start(vec![
        ("/gone", vec![Act::Say(answer("410 Gone", "text/html", b"x"))]),
        ("/login", vec![Act::Say(answer("401 Unauthorized", "text/html", b"x"))]),
        ("/down", vec![Act::Say(answer("503 Service Unavailable", "text/html", b"x"))]),
        ("/nothing", vec![Act::Say(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n".to_vec())]),
        ("/ssh", vec![Act::Say(b"SSH-2.0-OpenSSH_9.9\r\n".to_vec())]),
        ("/head", vec![Act::Say([b"HTTP/1.1 200 OK\r\nX: ".to_vec(), vec![b'x'; 1 << 20]].concat())]),
        ("/short", vec![Act::Say(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 50\r\n\r\nhalf".to_vec())]),
        ("/silent", vec![]),
    ])
    .await;
    for (path, expected) in [
        ("/none", ("http_status", 404)),
        ("/gone", ("http_status", 410)),
        ("/login", ("http_status", 401)),
        ("/down", ("http_status", 503)),
        ("/ssh", ("unreachable", 502)),
        ("/head", ("unreachable", 502)),
        ("/short", ("broken", 502)),
        ("/silent", ("unreachable", 502)),
    ] {
        assert_eq!(code(fetch(&server, path).await), expected, "{path}");
    }
    assert_eq!(fetch(&server, "/nothing").await.unwrap().text, "");
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(code(Web::new().fetch(&format!("http://{nobody}/"), &NEAR).await), ("unreachable", 502));
    assert_eq!(code(Web::new().fetch(&server.at("/").replace("http:", "https:"), &NEAR).await), ("unreachable", 502));
}

#[tokio::test]
async fn time_is_limited() {
    let server = Server::start(vec![
        ("/silent", vec![Act::Hold]),
        ("/drip", vec![open_answer("text/plain"), Act::Drip]),
        ("/half", vec![Act::Say(b"HTTP/1.1 200 OK\r\nContent-".to_vec()), Act::Hold]),
    ])
    .await;
    let limits = Limits { time: Duration::from_millis(300), ..NEAR };
    for path in ["/silent", "/drip", "/half"] {
        let began = Instant::now();
        let error = Web::new().fetch(&server.at(path), &limits).await.unwrap_err();
        assert_eq!((error.code, error.status, error.words.as_str()), ("timed_out", 504, "no whole answer within 0.3 s"), "{path}");
        assert!(began.elapsed() < Duration::from_secs(5), "{path}");
    }
}

#[tokio::test]
async fn size_is_limited() {
    let declared = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 999999999\r\n\r\n".to_vec();
    let bomb = gzip(&vec![b'x'; 16 << 20]);
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    let lines = "a line of text\n".repeat(10_000);
    let server = Server::start(vec![
        ("/flood", vec![open_answer("text/plain"), Act::Flood(4096)]),
        ("/page", vec![open_answer("text/html"), Act::Flood(4096)]),
        ("/declared", vec![Act::Say(declared), Act::Flood(4096)]),
        ("/bomb", packed("text/plain", &vec![b'x'; 16 << 20])),
        ("/nested", says("text/plain", &gzip(&bomb))),
        ("/lines", says("text/plain", lines.as_bytes())),
        ("/packed", packed("text/html; charset=utf-8", "<p>päcked".as_bytes())),
        ("/false", vec![Act::Say(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nplain".to_vec())]),
        ("/brotli", vec![Act::Say(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx".to_vec())]),
        ("/twice", vec![Act::Say(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Encoding: gzip\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx".to_vec())]),
    ])
    .await;
    for path in ["/flood", "/page", "/bomb", "/lines"] {
        let page = fetch(&server, path).await.unwrap();
        assert!(page.truncated && page.text.len() <= 64 << 10 && page.text.len() > 60 << 10, "{path}: {}", page.text.len());
    }
    assert!(fetch(&server, "/lines").await.unwrap().text.ends_with("text"), "cut at a line's end");
    assert_eq!(code(fetch(&server, "/declared").await), ("too_large", 413));
    assert_eq!(code(fetch(&server, "/false").await), ("broken", 502));
    assert_eq!(code(fetch(&server, "/brotli").await), ("unsupported_type", 415));
    assert_eq!(code(fetch(&server, "/twice").await), ("unsupported_type", 415));
    assert_eq!(fetch(&server, "/packed").await.unwrap().text, "päcked");
}

#[tokio::test]
async fn charsets() {
    let utf16: Vec<u8> = [vec![0xff, 0xfe], "<p>Grüße".encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
    let table: Vec<(&str, &str, &[u8], &str)> = vec![
        ("/utf8", "text/html", "<p>Grüße, мир".as_bytes(), "Grüße, мир"),
        ("/latin", "text/html; charset=ISO-8859-1", b"<p>Gr\xfc\xdfe", "Grüße"),
        ("/quoted", "text/html; charset=\"windows-1251\"", b"<p>\xcc\xe8\xf0", "Мир"),
        ("/meta", "text/html", b"<meta charset=\"shift_jis\"><p>\x93\xfa\x96{", "日本"),
        ("/equiv", "text/html", b"<meta http-equiv=content-type content='text/html; charset=euc-kr'><p>\xc7\xd1", "한"),
        ("/mark", "text/html; charset=iso-8859-1", &utf16, "Grüße"),
        ("/unknown", "text/html; charset=nonsense", "<p>Grüße".as_bytes(), "Grüße"),
        ("/untold", "text/html", b"<p>Gr\xfc\xdfe", "Grüße"),
        ("/wrong", "text/html; charset=utf-8", b"<p>Gr\xfc\xdfe", "Gr\u{fffd}\u{fffd}e"),
        ("/plain", "text/plain", b"meta charset=shift_jis \xfc", "meta charset=shift_jis ü"),
    ];
    let server = Server::start(table.iter().map(|(path, kind, body, _)| (*path, says(kind, body))).collect()).await;
    for (path, _, _, text) in &table {
        assert_eq!(fetch(&server, path).await.unwrap().text, *text, "{path}");
    }
}

/// Who drops the future closes the connection.
#[tokio::test]
async fn a_fetch_can_be_left() {
    let server = Server::start(vec![("/", vec![Act::Hold])]).await;
    let web = Web::new();
    let url = server.at("/");
    tokio::select! {
        fetched = web.fetch(&url, &NEAR) => panic!("it was not waiting: {fetched:?}"),
        () = server.hears() => {}
    }
    tokio::time::timeout(NEAR.time, server.is_left()).await.expect("the connection is closed");
}
