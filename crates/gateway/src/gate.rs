//! The gate before every request, on every listener: each step answers before anything later is looked at. Pure: a request's head in,
//! a refusal or nothing out. On a loopback port it is what keeps web pages, rebound names and other local ports away; over the Unix
//! socket, which no page can reach, the steps that still mean something are kept.

use std::net::SocketAddr;

use http::header::{CONTENT_LENGTH, HOST, ORIGIN, TRANSFER_ENCODING};
use http::{HeaderMap, Method, Request, StatusCode};

use crate::config::Endpoint;

/// The origin of Alcove's own window.
const WINDOW_ORIGIN: &str = "alcove://localhost";
/// Longest request target.
const TARGET_BYTES: usize = 8 * 1024;

/// Why a request is turned away. The body is plain text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) words: &'static str,
}

const fn refuse(status: StatusCode, words: &'static str) -> Result<(), Refusal> {
    Err(Refusal { status, words })
}

/// Lets a request's head through or says why not.
pub(crate) fn check<B>(request: &Request<B>, endpoint: &Endpoint) -> Result<(), Refusal> {
    let headers = request.headers();
    size(request)?;
    framing(request)?;
    let host = host(request)?;
    match endpoint {
        Endpoint::Unix(_) => unix_origin(headers),
        Endpoint::Tcp(address) => {
            let ours = names(*address);
            if !ours.iter().any(|name| name.eq_ignore_ascii_case(host)) {
                return refuse(StatusCode::FORBIDDEN, "Forbidden: unknown host");
            }
            origin(headers, host)?;
            fetch_site(headers)
        }
    }
}

fn size<B>(request: &Request<B>) -> Result<(), Refusal> {
    let long = request.uri().path_and_query().is_some_and(|target| target.as_str().len() > TARGET_BYTES);
    if long { refuse(StatusCode::URI_TOO_LONG, "URI Too Long") } else { Ok(()) }
}

/// Message framing that two parsers could read differently is refused.
fn framing<B>(request: &Request<B>) -> Result<(), Refusal> {
    let headers = request.headers();
    let lengths = headers.get_all(CONTENT_LENGTH).iter().count();
    let chunked = headers.contains_key(TRANSFER_ENCODING);
    if lengths > 1 || (lengths == 1 && chunked) {
        return refuse(StatusCode::BAD_REQUEST, "Bad Request: ambiguous length");
    }
    let bodied = chunked || headers.get(CONTENT_LENGTH).is_some_and(|length| length != "0");
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if reads && bodied { refuse(StatusCode::BAD_REQUEST, "Bad Request: unexpected body") } else { Ok(()) }
}

/// The one Host, which an absolute target must agree with.
fn host<B>(request: &Request<B>) -> Result<&str, Refusal> {
    let wrong = Refusal { status: StatusCode::BAD_REQUEST, words: "Bad Request: one Host is required" };
    let mut hosts = request.headers().get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return Err(wrong) };
    let host = host.to_str().ok().filter(|host| !host.is_empty()).ok_or(wrong)?;
    match request.uri().authority() {
        Some(authority) if authority.as_str() != host => Err(wrong),
        Some(_) | None => Ok(host),
    }
}

fn names(address: SocketAddr) -> [String; 2] {
    [address.to_string(), format!("localhost:{}", address.port())]
}

fn origin(headers: &HeaderMap, host: &str) -> Result<(), Refusal> {
    let foreign = refuse(StatusCode::FORBIDDEN, "Forbidden: foreign origin");
    let mut origins = headers.get_all(ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (None, _) => Ok(()),
        (Some(origin), None) if origin.as_bytes().eq_ignore_ascii_case(format!("http://{host}").as_bytes()) => Ok(()),
        (Some(_), _) => foreign,
    }
}

fn unix_origin(headers: &HeaderMap) -> Result<(), Refusal> {
    let known = headers.get_all(ORIGIN).iter().all(|origin| origin == WINDOW_ORIGIN);
    if known { Ok(()) } else { refuse(StatusCode::FORBIDDEN, "Forbidden: foreign origin") }
}

fn fetch_site(headers: &HeaderMap) -> Result<(), Refusal> {
    let ours = headers.get_all("sec-fetch-site").iter().all(|site| site == "same-origin" || site == "none");
    if ours { Ok(()) } else { refuse(StatusCode::FORBIDDEN, "Forbidden: cross-site request") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(endpoint: &Endpoint, head: &str) -> String {
        let mut lines = head.split(" | ");
        let mut first = lines.next().expect("a request line").split(' ');
        let mut request = Request::builder().method(first.next().expect("a method")).uri(first.next().expect("a target"));
        for line in lines {
            let (name, value) = line.split_once(": ").expect("a header");
            request = request.header(name, value);
        }
        match check(&request.body(()).expect("a request"), endpoint) {
            Ok(()) => "let through".to_owned(),
            Err(refusal) => format!("{} {}", refusal.status.as_u16(), refusal.words),
        }
    }

    #[test]
    fn the_gate_of_a_loopback_port() {
        let endpoint = Endpoint::Tcp("127.0.0.1:7777".parse().expect("an address"));
        let through = "let through";
        let one_host = "400 Bad Request: one Host is required";
        let unknown = "403 Forbidden: unknown host";
        let foreign = "403 Forbidden: foreign origin";
        let cross = "403 Forbidden: cross-site request";
        let rows = [
            ("GET / | Host: 127.0.0.1:7777", through),
            ("GET / | Host: localhost:7777", through),
            ("GET / | Host: LOCALHOST:7777", through),
            ("GET /", one_host),
            ("GET / | Host: ", one_host),
            ("GET / | Host: 127.0.0.1:7777 | Host: 127.0.0.1:7777", one_host),
            ("GET http://evil.example/ | Host: 127.0.0.1:7777", one_host),
            ("GET http://127.0.0.1:7777/ | Host: 127.0.0.1:7777", through),
            ("GET / | Host: 127.0.0.1", unknown),
            ("GET / | Host: 127.0.0.1:8888", unknown),
            ("GET / | Host: 0.0.0.0:7777", unknown),
            ("GET / | Host: evil.example:7777", unknown),
            ("GET / | Host: evil.example:7777 | Origin: http://evil.example:7777", unknown),
            ("GET / | Host: localhost.evil.example:7777", unknown),
            ("GET / | Host: 127.0.0.1:7777 | Origin: http://127.0.0.1:7777", through),
            ("GET / | Host: localhost:7777 | Origin: http://localhost:7777", through),
            ("GET / | Host: 127.0.0.1:7777 | Origin: http://localhost:7777", foreign),
            ("GET / | Host: 127.0.0.1:7777 | Origin: https://127.0.0.1:7777", foreign),
            ("GET / | Host: 127.0.0.1:7777 | Origin: http://127.0.0.1:3000", foreign),
            ("GET / | Host: 127.0.0.1:7777 | Origin: null", foreign),
            ("GET / | Host: 127.0.0.1:7777 | Origin: http://evil.example", foreign),
            ("GET / | Host: 127.0.0.1:7777 | Origin: http://127.0.0.1:7777 | Origin: http://evil.example", foreign),
            ("GET / | Host: 127.0.0.1:7777 | Sec-Fetch-Site: none", through),
            ("GET / | Host: 127.0.0.1:7777 | Sec-Fetch-Site: same-origin", through),
            ("GET / | Host: 127.0.0.1:7777 | Sec-Fetch-Site: same-site", cross),
            ("GET / | Host: 127.0.0.1:7777 | Sec-Fetch-Site: cross-site", cross),
            ("GET / | Host: 127.0.0.1:7777 | Sec-Fetch-Site: none | Sec-Fetch-Site: cross-site", cross),
            ("GET / | Host: 127.0.0.1:7777 | Content-Length: 3", "400 Bad Request: unexpected body"),
            ("GET / | Host: 127.0.0.1:7777 | Content-Length: 0", through),
            ("GET / | Host: 127.0.0.1:7777 | Transfer-Encoding: chunked", "400 Bad Request: unexpected body"),
            ("POST / | Host: 127.0.0.1:7777 | Content-Length: 3 | Content-Length: 3", "400 Bad Request: ambiguous length"),
            ("POST / | Host: 127.0.0.1:7777 | Content-Length: 3 | Transfer-Encoding: chunked", "400 Bad Request: ambiguous length"),
        ];
        for (head, expected) in rows {
            assert_eq!(verdict(&endpoint, head), expected, "{head}");
        }
        let long = format!("GET /{} | Host: 127.0.0.1:7777", "a".repeat(TARGET_BYTES));
        assert_eq!(verdict(&endpoint, &long), "414 URI Too Long");
    }

    #[test]
    fn the_gate_of_the_unix_socket() {
        let endpoint = Endpoint::Unix("/run/a.sock".into());
        for (head, expected) in [
            ("GET / | Host: localhost", "let through"),
            ("GET /", "400 Bad Request: one Host is required"),
            ("GET / | Host: localhost | Origin: alcove://localhost", "let through"),
            ("GET / | Host: localhost | Origin: http://localhost", "403 Forbidden: foreign origin"),
        ] {
            assert_eq!(verdict(&endpoint, head), expected, "{head}");
        }
    }
}
