//! The gate of a loopback port, as bytes on a real connection: what a web page, a rebound name or a second parser could send is refused
//! before anything is looked up.

use alcove_tests::gateway::Home;
use alcove_tests::http::{bootstrap, exchange};

/// A whole request, `{H}` being the right Host and `{T}` a right token; the status and the beginning of the body. 0 is a connection
/// closed without an answer.
#[rustfmt::skip]
const ROWS: &[(&str, u16, &str)] = &[
    // Host.
    ("GET / HTTP/1.1\r\nHost: {H}\r\n", 200, ""),
    ("GET / HTTP/1.1\r\nhost: {H}\r\n", 200, ""),
    ("GET / HTTP/1.1\r\nHost: localhost:{P}\r\n", 200, ""),
    ("GET / HTTP/1.1\r\n", 400, "Bad Request: one Host is required"),
    ("GET / HTTP/1.1\r\nHost:\r\n", 400, "Bad Request: one Host is required"),
    ("GET / HTTP/1.1\r\nHost: {H}\r\nHost: {H}\r\n", 400, "Bad Request: one Host is required"),
    ("GET / HTTP/1.1\r\nHost: {H}\r\nHost: evil.example\r\n", 400, "Bad Request: one Host is required"),
    ("GET / HTTP/1.0\r\n", 400, "Bad Request: one Host is required"),
    ("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n", 403, "Forbidden: unknown host"),
    ("GET / HTTP/1.1\r\nHost: localhost\r\n", 403, "Forbidden: unknown host"),
    ("GET / HTTP/1.1\r\nHost: evil.example\r\n", 403, "Forbidden: unknown host"),
    ("GET / HTTP/1.1\r\nHost: evil.example:{P}\r\n", 403, "Forbidden: unknown host"),
    ("GET / HTTP/1.1\r\nHost: evil.example:{P}\r\nOrigin: http://evil.example:{P}\r\n", 403, "Forbidden: unknown host"),
    ("GET / HTTP/1.1\r\nHost: 0.0.0.0:{P}\r\n", 403, "Forbidden: unknown host"),
    ("GET / HTTP/1.1\r\nHost: [::1]:{P}\r\n", 403, "Forbidden: unknown host"),
    ("GET / HTTP/1.1\r\nHost: 127.1:{P}\r\n", 403, "Forbidden: unknown host"),
    ("GET / HTTP/1.1\r\nHost: 127.0.0.1:1\r\n", 403, "Forbidden: unknown host"),
    ("GET / HTTP/1.1\r\nHost: {H}.\r\n", 403, "Forbidden: unknown host"),
    ("GET / HTTP/1.1\r\nHost: user@{H}\r\n", 403, "Forbidden: unknown host"),
    ("GET / HTTP/1.1\r\nHost: {H}, evil.example\r\n", 403, "Forbidden: unknown host"),
    ("GET / HTTP/1.1\r\nHost: localhost.evil.example:{P}\r\n", 403, "Forbidden: unknown host"),
    ("GET / HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: {H}\r\n", 403, "Forbidden: unknown host"),
    ("GET http://evil.example/ HTTP/1.1\r\nHost: {H}\r\n", 400, "Bad Request: one Host is required"),
    ("GET http://{H}/ HTTP/1.1\r\nHost: {H}\r\n", 200, ""),
    ("GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n", 403, "Forbidden: unknown host"),
    // Origin and where a page says it comes from.
    ("GET / HTTP/1.1\r\nHost: {H}\r\nOrigin: http://{H}\r\n", 200, ""),
    ("GET / HTTP/1.1\r\nHost: {H}\r\nOrigin: http://localhost:{P}\r\n", 403, "Forbidden: foreign origin"),
    ("GET / HTTP/1.1\r\nHost: {H}\r\nOrigin: https://{H}\r\n", 403, "Forbidden: foreign origin"),
    ("GET / HTTP/1.1\r\nHost: {H}\r\nOrigin: null\r\n", 403, "Forbidden: foreign origin"),
    ("GET / HTTP/1.1\r\nHost: {H}\r\nOrigin:\r\n", 403, "Forbidden: foreign origin"),
    ("GET / HTTP/1.1\r\nHost: {H}\r\nOrigin: http://evil.example\r\n", 403, "Forbidden: foreign origin"),
    ("GET / HTTP/1.1\r\nHost: {H}\r\nOrigin: http://127.0.0.1:3000\r\n", 403, "Forbidden: foreign origin"),
    ("GET / HTTP/1.1\r\nHost: {H}\r\nOrigin: http://{H}\r\nOrigin: http://evil.example\r\n", 403, "Forbidden: foreign origin"),
    ("GET / HTTP/1.1\r\nHost: {H}\r\nOrigin: http://{H}/\r\n", 403, "Forbidden: foreign origin"),
    ("GET / HTTP/1.1\r\nHost: {H}\r\nSec-Fetch-Site: none\r\n", 200, ""),
    ("GET / HTTP/1.1\r\nHost: {H}\r\nSec-Fetch-Site: same-origin\r\n", 200, ""),
    ("GET / HTTP/1.1\r\nHost: {H}\r\nSec-Fetch-Site: same-site\r\n", 403, "Forbidden: cross-site request"),
    ("GET / HTTP/1.1\r\nHost: {H}\r\nSec-Fetch-Site: cross-site\r\n", 403, "Forbidden: cross-site request"),
    ("GET / HTTP/1.1\r\nHost: {H}\r\nSec-Fetch-Site: Same-Origin\r\n", 403, "Forbidden: cross-site request"),
    ("GET / HTTP/1.1\r\nHost: {H}\r\nSec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site\r\n", 403, "Forbidden: cross-site request"),
    // The gate stands before the token, whoever has it.
    ("GET /api/sessions HTTP/1.1\r\nHost: {H}\r\nAuthorization: Bearer {T}\r\n", 200, "{"),
    ("GET /api/sessions HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer {T}\r\n", 403, "Forbidden: unknown host"),
    ("GET /api/sessions?token={T} HTTP/1.1\r\nHost: {H}\r\nOrigin: http://evil.example\r\n", 403, "Forbidden: foreign origin"),
    ("GET /api/sessions?token={T} HTTP/1.1\r\nHost: {H}\r\nSec-Fetch-Site: cross-site\r\n", 403, "Forbidden: cross-site request"),
    ("GET /webui/bootstrap HTTP/1.1\r\nHost: {H}\r\nOrigin: http://evil.example\r\nAuthorization: Bearer {S}\r\n", 403, "Forbidden: foreign origin"),
    ("OPTIONS /api/sessions HTTP/1.1\r\nHost: {H}\r\nOrigin: http://evil.example\r\nAccess-Control-Request-Method: GET\r\n", 403, "Forbidden: foreign origin"),
    // Framing that two parsers could read differently.
    ("GET / HTTP/1.1\r\nHost: {H}\r\nContent-Length: 0\r\n", 200, ""),
    ("GET / HTTP/1.1\r\nHost: {H}\r\nContent-Length: 3\r\n\r\nabc", 400, "Bad Request: unexpected body"),
    ("GET / HTTP/1.1\r\nHost: {H}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", 400, "Bad Request: unexpected body"),
    ("POST / HTTP/1.1\r\nHost: {H}\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", 405, "Method Not Allowed"),
    ("POST / HTTP/1.1\r\nHost: {H}\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 405, "Method Not Allowed"),
    ("POST / HTTP/1.1\r\nHost: {H}\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400, ""),
    ("POST / HTTP/1.1\r\nHost: {H}\r\nContent-Length: 3, 3\r\n\r\nabc", 400, ""),
    ("POST / HTTP/1.1\r\nHost: {H}\r\nContent-Length: +3\r\n\r\nabc", 400, ""),
    ("POST / HTTP/1.1\r\nHost: {H}\r\nContent-Length: -1\r\n", 400, ""),
    ("POST / HTTP/1.1\r\nHost: {H}\r\nContent-Length: 0x3\r\n\r\nabc", 400, ""),
    ("POST / HTTP/1.1\r\nHost: {H}\r\nContent-Length: 99999999999999999999999\r\n", 400, ""),
    ("POST / HTTP/1.1\r\nHost: {H}\r\nTransfer-Encoding: gzip\r\n", 400, ""),
    ("POST / HTTP/1.1\r\nHost: {H}\r\nTransfer-Encoding: chunked, gzip\r\n", 400, ""),
    ("GET / HTTP/1.1\r\nHost : {H}\r\n", 400, ""),
    ("GET / HTTP/1.1\r\nHost: {H}\r\n folded\r\n", 400, ""),
    ("GET / HTTP/1.1\r\n Host: {H}\r\n", 400, ""),
    ("GET / HTTP/1.1\r\nHost: {H}\r\nX: a\0b\r\n", 400, ""),
    ("GET / HTTP/1.1\r\nHost: {H}\r\nno colon\r\n", 400, ""),
    ("GET / HTTP/1.1\r\nHost: {H}\rX: y\r\n", 400, ""),
    ("GET  / HTTP/1.1\r\nHost: {H}\r\n", 400, ""),
    ("GET /\tx HTTP/1.1\r\nHost: {H}\r\n", 400, ""),
    ("GET / HTTP/2.0\r\nHost: {H}\r\n", 400, ""),
    ("GET / HTTP/9.9\r\nHost: {H}\r\n", 400, ""),
    ("GET /\r\nHost: {H}\r\n", 400, ""),
    ("G\0T / HTTP/1.1\r\nHost: {H}\r\n", 400, ""),
    ("PRI * HTTP/2.0\r\n\r\nSM\r\n", 400, ""),
    ("\x16\x03\x01\x02\x00\x01\x00\x01\r\n", 400, ""),
    ("CONNECT {H} HTTP/1.1\r\nHost: {H}\r\n", 405, "Method Not Allowed"),
];

#[tokio::test]
async fn requests_as_bytes() {
    let home = Home::default();
    let gateway = home.tcp();
    let token = bootstrap(&gateway).await["api_token"].as_str().unwrap().to_owned();
    let host = gateway.host();
    let port = host.rsplit(':').next().unwrap();
    let mut failed = Vec::new();
    for (row, status, body) in ROWS {
        let filled = row.replace("{H}", &host).replace("{P}", port).replace("{T}", &token).replace("{S}", &gateway.secret);
        let line_end = if filled.contains('\r') { "\r\n" } else { "\n" };
        // After the answer the connection is to end by itself; where the head is right it is asked to.
        let (head, rest) = filled.split_once("\r\n\r\n").unwrap_or((filled.trim_end_matches(['\r', '\n']), ""));
        let bytes = format!("{head}{line_end}Connection: close{line_end}{line_end}{rest}");
        let answer = exchange(&gateway, bytes.as_bytes()).await;
        let said = answer.text();
        if answer.status != *status || !said.starts_with(body) {
            failed.push(format!("{row:?}: {} {said:.80} instead of {status} {body}", answer.status));
        }
        for header in ["access-control-allow-origin", "set-cookie", "server"] {
            assert_eq!(answer.header(header), "", "{row:?}");
        }
    }
    assert!(failed.is_empty(), "{} of {} rows:\n{}", failed.len(), ROWS.len(), failed.join("\n"));
}

#[tokio::test]
async fn sizes_have_limits() {
    let home = Home::default();
    let gateway = home.tcp();
    let host = gateway.host();
    let head = |more: String| format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n");
    let fields = |count: usize| (0..count).map(|number| format!("X-{number}: y\r\n")).collect::<String>();
    let rows = [
        ("a header of 8 KiB", head(format!("X: {}\r\n", "y".repeat(8 * 1024))), 200),
        ("a header of 32 KiB", head(format!("X: {}\r\n", "y".repeat(32 * 1024))), 431),
        ("a header of 4 MiB", head(format!("X: {}\r\n", "y".repeat(4 << 20))), 431),
        ("a name of 32 KiB", head(format!("{}: x\r\n", "y".repeat(32 * 1024))), 431),
        ("60 fields", head(fields(60)), 200),
        ("65 fields", head(fields(65)), 431),
        ("10,000 fields", head(fields(10_000)), 431),
        ("a target of 9 KiB", format!("GET /{} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n", "a".repeat(9 * 1024)), 414),
        ("a method of 32 KiB", format!("{} / HTTP/1.1\r\nHost: {host}\r\n\r\n", "A".repeat(32 * 1024)), 431),
        ("a method of 100 bytes", format!("{} / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n", "A".repeat(100)), 405),
    ];
    for (name, bytes, status) in rows {
        let answer = exchange(&gateway, bytes.as_bytes()).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.text());
    }
}
