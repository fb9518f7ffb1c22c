//! Who a request comes from, as far as its connection and its head tell.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use alcove_proto::http::Surface;
use http::header::HOST;
use http::{HeaderMap, Request};

use crate::config::{Endpoint, Websocket};

/// Headers in which proxies write whom they speak for.
const FORWARDED_FOR: [&str; 4] = ["x-forwarded-for", "x-real-ip", "cf-connecting-ip", "true-client-ip"];
const FORWARDED: &str = "forwarded";
const FORWARDED_HOST: &str = "x-forwarded-host";
const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// How far away somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// On this machine: over the Unix socket, or a loopback address without a proxy between.
    Local,
    /// Elsewhere, or nobody can tell.
    Remote,
}

/// One listener, as its connections see it.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) endpoint: Endpoint,
    /// `http` or `https`.
    pub(crate) scheme: &'static str,
    pub(crate) surface: Surface,
}

/// The other end of a connection.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    pub(crate) door: Arc<Door>,
    /// Absent over a Unix socket.
    pub(crate) address: Option<IpAddr>,
}

/// Who a request comes from.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) peer: Peer,
    pub(crate) reach: Reach,
    /// Whether a trusted proxy says that it knows who this is.
    pub(crate) vouched: bool,
    /// What a trusted proxy says the client speaks to it, `http` or `https`.
    pub(crate) forwarded: Option<&'static str>,
    /// `http` or `https`, as the client sees it.
    pub(crate) scheme: &'static str,
}

impl Caller {
    pub(crate) fn of<B>(request: &Request<B>, peer: Peer, settings: &Websocket) -> Self {
        let headers = request.headers();
        let proxy = settings.trusted_proxy.as_ref().filter(|proxy| peer.address.is_some_and(|address| proxy.is(address)));
        let vouched = proxy.is_some_and(|proxy| headers.get(&proxy.header).is_some_and(|value| !value.is_empty()));
        let forwarded = proxy.and_then(|_| forwarded_scheme(headers));
        let scheme = forwarded.unwrap_or(peer.door.scheme);
        Self { reach: reach(headers, &peer), peer, vouched, forwarded, scheme }
    }

    /// What the client is told about where it runs.
    pub(crate) fn surface(&self) -> Surface {
        self.peer.door.surface
    }

    /// Whether the system itself says that it is this user.
    pub(crate) fn is_this_user(&self) -> bool {
        matches!(self.peer.door.endpoint, Endpoint::Unix(_))
    }
}

fn reach(headers: &HeaderMap, peer: &Peer) -> Reach {
    let near = match peer.address {
        None => true,
        Some(address) => address.to_canonical().is_loopback() && names_loopback(headers),
    };
    if near && speaks_for_loopback(headers) { Reach::Local } else { Reach::Remote }
}

fn names_loopback(headers: &HeaderMap) -> bool {
    headers.get(HOST).and_then(|host| host.to_str().ok()).is_some_and(is_loopback_name)
}

/// Whether a host, with or without a port, is this machine.
fn is_loopback_name(name: &str) -> bool {
    let Ok(authority) = name.parse::<http::uri::Authority>() else { return false };
    authority.host().eq_ignore_ascii_case("localhost") || is_loopback(authority.host())
}

fn is_loopback(text: &str) -> bool {
    let text = text.trim().trim_matches('"');
    let plain = |text: &str| text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
    let address = plain(text).or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.is_some_and(|address| address.to_canonical().is_loopback())
}

/// Whether every proxy that says anything speaks for this machine.
fn speaks_for_loopback(headers: &HeaderMap) -> bool {
    let values = |name: &str| headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default().to_owned()).collect::<Vec<_>>();
    let addresses = FORWARDED_FOR.iter().flat_map(|name| values(name)).all(|value| value.split(',').all(is_loopback));
    let named = values(FORWARDED_HOST).iter().all(|value| value.split(',').all(|name| is_loopback_name(name.trim())));
    addresses && named && values(FORWARDED).iter().all(|value| value.split(',').all(forwarded_element))
}

/// `for=127.0.0.1;proto=http`
fn forwarded_element(element: &str) -> bool {
    let mut pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.all(|(key, value)| match key.to_ascii_lowercase().as_str() {
        "for" => is_loopback(value),
        "host" => is_loopback_name(value.trim_matches('"')),
        _ => true,
    })
}

fn forwarded_scheme(headers: &HeaderMap) -> Option<&'static str> {
    let first = headers.get(FORWARDED_PROTO)?.to_str().ok()?.split(',').next()?.trim();
    match first.to_ascii_lowercase().as_str() {
        "https" | "wss" => Some("https"),
        "http" | "ws" => Some("http"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach_of(peer: &str, head: &str) -> Reach {
        let mut request = Request::builder();
        for line in head.split(" | ").filter(|line| !line.is_empty()) {
            let (name, value) = line.split_once(": ").expect("a header");
            request = request.header(name, value);
        }
        let endpoint = if peer.is_empty() { Endpoint::Unix("/run/a".into()) } else { Endpoint::Tcp(([127, 0, 0, 1], 80).into()) };
        let door = Arc::new(Door { endpoint, scheme: "http", surface: Surface::Browser });
        reach(request.body(()).expect("a request").headers(), &Peer { door, address: peer.parse().ok() })
    }

    #[test]
    fn local_is_this_machine_without_a_proxy_between() {
        use Reach::{Local, Remote};
        let rows = [
            ("", "Host: localhost", Local),
            ("", "Host: anything", Local),
            ("", "Host: anything | X-Forwarded-For: 10.0.0.1", Remote),
            ("127.0.0.1", "Host: 127.0.0.1:80", Local),
            ("127.0.0.1", "Host: localhost", Local),
            ("::1", "Host: [::1]:80", Local),
            ("::ffff:127.0.0.1", "Host: 127.0.0.1", Local),
            ("127.0.0.1", "Host: alcove.example", Remote),
            ("127.0.0.1", "Host: localhost.evil.example", Remote),
            ("10.0.0.1", "Host: localhost", Remote),
            ("127.0.0.1", "Host: localhost | X-Forwarded-For: 127.0.0.1", Local),
            ("127.0.0.1", "Host: localhost | X-Forwarded-For: 127.0.0.1:4711", Local),
            ("127.0.0.1", "Host: localhost | X-Forwarded-For: 127.0.0.1, 10.0.0.1", Remote),
            ("127.0.0.1", "Host: localhost | X-Forwarded-For: 127.0.0.1 | X-Forwarded-For: 8.8.8.8", Remote),
            ("127.0.0.1", "Host: localhost | X-Forwarded-For: unknown", Remote),
            ("127.0.0.1", "Host: localhost | X-Forwarded-For: ", Remote),
            ("127.0.0.1", "Host: localhost | X-Real-IP: ::1", Local),
            ("127.0.0.1", "Host: localhost | X-Real-IP: 192.168.0.9", Remote),
            ("127.0.0.1", "Host: localhost | CF-Connecting-IP: 1.1.1.1", Remote),
            ("127.0.0.1", "Host: localhost | Forwarded: for=127.0.0.1;proto=https", Local),
            ("127.0.0.1", "Host: localhost | Forwarded: for=\"[::1]:99\"", Local),
            ("127.0.0.1", "Host: localhost | Forwarded: for=127.0.0.1, for=10.9.8.7", Remote),
            ("127.0.0.1", "Host: localhost | Forwarded: For=_hidden", Remote),
            ("127.0.0.1", "Host: localhost | Forwarded: host=alcove.example", Remote),
            ("127.0.0.1", "Host: localhost | X-Forwarded-Host: alcove.example", Remote),
        ];
        for (peer, head, expected) in rows {
            assert_eq!(reach_of(peer, head), expected, "{peer} {head}");
        }
    }
}
