//! The gate as tables: listeners, the hosts each is known by, and what a page may say of itself, combined; then the odd ones one by one.

use std::sync::Arc;

use alcove_proto::http::Surface;

use super::*;
use crate::caller::{Door, Peer};
use crate::config::Settings;

const THROUGH: &str = "let through";
const ONE_HOST: &str = "400 Bad Request: one Host is required";
const UNKNOWN: &str = "403 Forbidden: unknown host";
const FOREIGN: &str = "403 Forbidden: foreign origin";
const CROSS: &str = "403 Forbidden: cross-site request";

/// A listener: where it is, by which scheme, who speaks to it, and what is configured.
struct At {
    endpoint: Endpoint,
    scheme: &'static str,
    peer: &'static str,
    settings: Settings,
}

impl At {
    fn new(address: &str, scheme: &'static str, peer: &'static str, config: &str) -> Self {
        let endpoint = address.parse().map_or_else(|_| Endpoint::Unix(address.into()), Endpoint::Tcp);
        Self { endpoint, scheme, peer, settings: Settings::of_text(config).expect("a configuration") }
    }

    fn verdict(&self, head: &str) -> String {
        let mut lines = head.split(" | ");
        let mut first = lines.next().expect("a request line").split(' ');
        let mut request = Request::builder().method(first.next().expect("a method")).uri(first.next().expect("a target"));
        for line in lines {
            let (name, value) = line.split_once(": ").expect("a header");
            request = request.header(name, value);
        }
        let request = request.body(()).expect("a request");
        let door = Door { endpoint: self.endpoint.clone(), scheme: self.scheme, surface: Surface::Browser };
        let peer = Peer { door: Arc::new(door), address: self.peer.parse().ok() };
        let caller = Caller::of(&request, peer, &self.settings.websocket);
        match check(&request, &caller, &self.settings.websocket) {
            Ok(_) => THROUGH.to_owned(),
            Err(refusal) => format!("{} {}", refusal.status.as_u16(), refusal.words),
        }
    }
}

/// Every host with every origin and every Sec-Fetch-Site. `known` are hosts with the scheme their pages have.
fn combine(at: &At, known: &[(&str, &str)], unknown: &[&str]) -> usize {
    let mut rows = 0;
    let sites = [("", true), ("same-origin", true), ("none", true), ("same-site", false), ("cross-site", false)];
    let mut row = |head: String, expected: &str| {
        rows += 1;
        assert_eq!(at.verdict(&head), expected, "{} {head}", at.scheme);
    };
    for (host, scheme) in known {
        let other = if *scheme == "http" { "https" } else { "http" };
        let origins = [
            (String::new(), true),
            (format!(" | Origin: {scheme}://{host}"), true),
            (format!(" | Origin: {other}://{host}"), false),
            (format!(" | Origin: {scheme}://{host}.evil.example"), false),
            (" | Origin: null".to_owned(), false),
        ];
        for (origin, ours) in origins {
            for (site, near) in sites {
                let site = if site.is_empty() { String::new() } else { format!(" | Sec-Fetch-Site: {site}") };
                let expected = if !ours {
                    FOREIGN
                } else if near {
                    THROUGH
                } else {
                    CROSS
                };
                row(format!("GET / | Host: {host}{origin}{site}"), expected);
            }
        }
    }
    for host in unknown {
        for origin in ["", " | Origin: http://", " | Origin: https://"] {
            let origin = if origin.is_empty() { String::new() } else { format!("{origin}{host}") };
            row(format!("GET / | Host: {host}{origin}"), UNKNOWN);
        }
    }
    rows
}

#[test]
fn every_listener_knows_its_own_names_and_no_others() {
    let rebound = ["evil.example:7777", "localhost.evil.example:7777", "127.0.0.1.evil.example:7777", "127.1:7777", "user@127.0.0.1:7777"];
    let other_ports = ["127.0.0.1", "localhost", "127.0.0.1:8888", "localhost:80", "127.0.0.1:07777", "127.0.0.1:+7777", "127.0.0.1:"];
    let open = "token = \"t\"\n";
    let mut rows = 0;

    let loopback = At::new("127.0.0.1:7777", "http", "127.0.0.1", "");
    let known = [("127.0.0.1:7777", "http"), ("localhost:7777", "http"), ("LOCALHOST:7777", "http")];
    rows += combine(&loopback, &known, &rebound);
    rows += combine(&loopback, &[], &other_ports);
    rows += combine(&loopback, &[], &["0.0.0.0:7777", "[::1]:7777", "127.0.0.2:7777", "192.168.1.5:7777", "[::]:7777", "127.0.0.1:7777."]);

    let six = At::new("[::1]:7777", "http", "::1", "");
    rows += combine(&six, &[("[::1]:7777", "http"), ("localhost:7777", "http")], &["127.0.0.1:7777", "[::2]:7777", "::1:7777", "[::1]"]);

    let secured = At::new("127.0.0.1:7777", "https", "127.0.0.1", "");
    rows += combine(&secured, &[("127.0.0.1:7777", "https"), ("localhost:7777", "https")], &rebound);

    let usual = At::new("127.0.0.1:80", "http", "127.0.0.1", "");
    rows += combine(&usual, &[("127.0.0.1", "http"), ("localhost", "http"), ("127.0.0.1:80", "http")], &["localhost:443", "evil.example"]);
    let usual = At::new("127.0.0.1:443", "https", "127.0.0.1", "");
    rows += combine(&usual, &[("127.0.0.1", "https"), ("localhost:443", "https")], &["localhost:80", "evil.example"]);

    let everywhere = At::new("0.0.0.0:7777", "http", "10.0.0.9", open);
    let literals = [("127.0.0.1:7777", "http"), ("192.168.1.5:7777", "http"), ("[fd00::5]:7777", "http"), ("localhost:7777", "http")];
    rows += combine(&everywhere, &literals, &rebound);
    rows += combine(
        &everywhere,
        &[],
        &["0.0.0.0:7777", "[::]:7777", "[::ffff:0.0.0.0]:7777", "192.168.1.5:8888", "192.168.1.5", "alcove.lan:7777"],
    );
    let everywhere = At::new("[::]:7777", "https", "fd00::9", open);
    rows += combine(&everywhere, &[("[fd00::5]:7777", "https"), ("10.1.2.3:7777", "https")], &rebound);

    let public = At::new("192.168.1.5:7777", "http", "192.168.1.9", open);
    rows += combine(&public, &[("192.168.1.5:7777", "http"), ("localhost:7777", "http")], &["alcove.lan:7777", "192.168.1.5:1"]);
    assert!(rows >= 400, "{rows} rows");
}

#[test]
fn configured_names_are_known_too() {
    let public = "publicWsUrl = \"wss://alcove.example/\"\n";
    let at = At::new("127.0.0.1:7777", "http", "127.0.0.1", public);
    let known = [("alcove.example", "https"), ("ALCOVE.example", "https"), ("localhost:7777", "http")];
    combine(&at, &known, &["alcove.example:8443", "alcove.example:80", "x.alcove.example", "alcove.example.evil.example"]);

    let at = At::new("127.0.0.1:7777", "http", "127.0.0.1", "publicWsUrl = \"ws://alcove.example:9000/\"\n");
    combine(&at, &[("alcove.example:9000", "http")], &["alcove.example", "alcove.example:7777"]);

    let names = "allowedHosts = [\"box.lan\", \"other.lan:99\", \"https://proxied.lan\"]\ntoken = \"t\"\n";
    let at = At::new("0.0.0.0:7777", "http", "10.0.0.9", names);
    let known =
        [("box.lan:7777", "http"), ("box.lan", "http"), ("other.lan:99", "http"), ("proxied.lan", "https"), ("proxied.lan:7777", "https")];
    combine(&at, &known, &["box.lan:99", "other.lan", "other.lan:7777", "proxied.lan:80", "foreign.lan:7777"]);
}

#[test]
fn only_a_trusted_proxy_says_which_scheme_the_client_speaks() {
    let proxy =
        "trustedProxyAuth = { trustedPeerCidrs = [\"10.0.0.0/8\"], assertionHeader = \"X-User\" }\nallowedHosts = [\"alcove.example\"]\n";
    let head = "GET / | Host: alcove.example | Origin: https://alcove.example | X-Forwarded-Proto: https";
    for (peer, expected) in [("10.0.0.1", THROUGH), ("::ffff:10.0.0.1", THROUGH), ("11.0.0.1", FOREIGN), ("127.0.0.1", FOREIGN)] {
        let at = At::new("0.0.0.0:80", "http", peer, proxy);
        assert_eq!(at.verdict(head), expected, "{peer}");
    }
    let at = At::new("0.0.0.0:80", "http", "10.0.0.1", proxy);
    for (proto, origin, expected) in [
        ("https", "http", FOREIGN),
        ("https, http", "https", THROUGH),
        ("wss", "https", THROUGH),
        ("http", "http", THROUGH),
        ("http, https", "https", FOREIGN),
        ("gopher", "https", FOREIGN),
        ("gopher", "http", THROUGH),
    ] {
        let head = format!("GET / | Host: alcove.example | Origin: {origin}://alcove.example | X-Forwarded-Proto: {proto}");
        assert_eq!(at.verdict(&head), expected, "{head}");
    }
}

#[test]
fn the_head_is_whole_and_has_one_reading() {
    let at = At::new("127.0.0.1:7777", "http", "127.0.0.1", "");
    let rows = [
        ("GET /", ONE_HOST),
        ("GET / | Host: ", ONE_HOST),
        ("GET / | Host: 127.0.0.1:7777 | Host: 127.0.0.1:7777", ONE_HOST),
        ("GET / | Host: 127.0.0.1:7777 | Host: evil.example", ONE_HOST),
        ("GET http://evil.example/ | Host: 127.0.0.1:7777", ONE_HOST),
        ("GET http://127.0.0.1:7777/ | Host: 127.0.0.1:7777", THROUGH),
        ("GET / | Host: 127.0.0.1:7777 | Origin: http://localhost:7777", FOREIGN),
        ("GET / | Host: 127.0.0.1:7777 | Origin: http://127.0.0.1:3000", FOREIGN),
        ("GET / | Host: 127.0.0.1:7777 | Origin: http://127.0.0.1:7777/", FOREIGN),
        ("GET / | Host: 127.0.0.1:7777 | Origin: ", FOREIGN),
        ("GET / | Host: 127.0.0.1:7777 | Origin: HTTP://127.0.0.1:7777", THROUGH),
        ("GET / | Host: 127.0.0.1:7777 | Origin: http://127.0.0.1:7777 | Origin: http://127.0.0.1:7777", FOREIGN),
        ("GET / | Host: 127.0.0.1:7777 | Origin: http://127.0.0.1:7777 | Origin: http://evil.example", FOREIGN),
        ("GET / | Host: 127.0.0.1:7777 | Sec-Fetch-Site: none | Sec-Fetch-Site: cross-site", CROSS),
        ("GET / | Host: 127.0.0.1:7777 | Sec-Fetch-Site: Same-Origin", CROSS),
        ("GET / | Host: 127.0.0.1:7777 | Sec-Fetch-Site: ", CROSS),
        ("GET / | Host: evil.example | X-Forwarded-Host: 127.0.0.1:7777", UNKNOWN),
        ("GET / | Host: 127.0.0.1:7777 | Content-Length: 3", "400 Bad Request: unexpected body"),
        ("HEAD / | Host: 127.0.0.1:7777 | Content-Length: 3", "400 Bad Request: unexpected body"),
        ("GET / | Host: 127.0.0.1:7777 | Content-Length: 0", THROUGH),
        ("PUT / | Host: 127.0.0.1:7777 | Content-Length: 3", THROUGH),
        ("GET / | Host: 127.0.0.1:7777 | Transfer-Encoding: chunked", "400 Bad Request: unexpected body"),
        ("POST / | Host: 127.0.0.1:7777 | Content-Length: 3 | Content-Length: 3", "400 Bad Request: ambiguous length"),
        ("POST / | Host: 127.0.0.1:7777 | Content-Length: 3 | Transfer-Encoding: chunked", "400 Bad Request: ambiguous length"),
        // What is wrong with the framing is said before anything about the host.
        ("POST / | Host: evil.example | Content-Length: 3 | Content-Length: 3", "400 Bad Request: ambiguous length"),
        ("GET / | Host: evil.example | Origin: http://evil.example | Sec-Fetch-Site: cross-site", UNKNOWN),
        ("GET / | Host: 127.0.0.1:7777 | Origin: http://evil.example | Sec-Fetch-Site: cross-site", FOREIGN),
    ];
    for (head, expected) in rows {
        assert_eq!(at.verdict(head), expected, "{head}");
    }
    let long = format!("GET /{} | Host: 127.0.0.1:7777", "a".repeat(TARGET_BYTES));
    assert_eq!(at.verdict(&long), "414 URI Too Long");
}

#[test]
fn the_unix_socket_keeps_what_still_means_something() {
    let at = At::new("/run/a.sock", "http", "", "");
    for (head, expected) in [
        ("GET / | Host: localhost", THROUGH),
        ("GET / | Host: anything", THROUGH),
        ("GET /", ONE_HOST),
        ("GET / | Host: a | Host: b", ONE_HOST),
        ("GET / | Host: localhost | Origin: alcove://localhost", THROUGH),
        ("GET / | Host: localhost | Origin: http://localhost", FOREIGN),
        ("GET / | Host: localhost | Origin: null", FOREIGN),
        ("GET / | Host: localhost | Origin: alcove://localhost | Origin: http://evil.example", FOREIGN),
        ("GET / | Host: localhost | Content-Length: 3", "400 Bad Request: unexpected body"),
    ] {
        assert_eq!(at.verdict(head), expected, "{head}");
    }
}
