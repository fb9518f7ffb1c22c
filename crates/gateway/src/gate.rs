//! The gate before every request, on every listener: each step answers before anything later is looked at. Pure: a request's head in,
//! a refusal or the scheme out. On a port it is what keeps web pages, rebound names and other local ports away; over the Unix socket,
//! which no page can reach, the steps that still mean something are kept.

use std::net::{IpAddr, SocketAddr};

use http::header::{CONTENT_LENGTH, HOST, ORIGIN, TRANSFER_ENCODING};
use http::{HeaderMap, Method, Request, StatusCode};

use crate::caller::Caller;
use crate::config::{AllowedHost, Endpoint, Websocket};

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

/// Lets a request's head through or says why not. What it gives is the scheme the client sees, `http` or `https`.
pub(crate) fn check<B>(request: &Request<B>, caller: &Caller, settings: &Websocket) -> Result<&'static str, Refusal> {
    let headers = request.headers();
    size(request)?;
    framing(request)?;
    let host = host(request)?;
    match &caller.peer.door.endpoint {
        Endpoint::Unix(_) => unix_origin(headers).map(|()| caller.scheme),
        Endpoint::Tcp(address) => {
            let Some(known) = known_host(host, *address, caller.peer.door.scheme, &settings.allowed_hosts) else {
                return Err(Refusal { status: StatusCode::FORBIDDEN, words: "Forbidden: unknown host" });
            };
            let scheme = caller.forwarded.unwrap_or(known);
            origin(headers, scheme, host)?;
            fetch_site(headers)?;
            Ok(scheme)
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

/// The scheme of pages of this host, when it is one of ours: names somebody configured; on a loopback address exactly that address and
/// `localhost`; elsewhere any address with our port, which no name can be rebound to, except the one that means none in particular.
fn known_host(host: &str, own: SocketAddr, scheme: &'static str, allowed: &[AllowedHost]) -> Option<&'static str> {
    let (name, port) = split(host)?;
    if let Some(found) = allowed.iter().find_map(|allowed| allowed.scheme_of((name, port), (scheme, own.port()))) {
        return Some(found);
    }
    let usual = if scheme == "https" { 443 } else { 80 };
    if port.unwrap_or(usual) != own.port() {
        return None;
    }
    let literal = |name: &str| name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
    let ours = if own.ip().is_loopback() {
        name.eq_ignore_ascii_case(&bracketed(own.ip()))
    } else {
        literal(name).is_some_and(|address| !address.to_canonical().is_unspecified())
    };
    (ours || name.eq_ignore_ascii_case("localhost")).then_some(scheme)
}

fn bracketed(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// A host's name, in brackets where it is an IPv6 address, and its port, which is written in one way only.
fn split(host: &str) -> Option<(&str, Option<u16>)> {
    let end = if host.starts_with('[') { host.find(']')? + 1 } else { host.find(':').unwrap_or(host.len()) };
    let (name, rest) = host.split_at(end);
    match rest.strip_prefix(':') {
        None if rest.is_empty() => Some((name, None)),
        None => None,
        Some(port) => port.parse::<u16>().ok().filter(|read| read.to_string() == port).map(|port| (name, Some(port))),
    }
}

fn origin(headers: &HeaderMap, scheme: &str, host: &str) -> Result<(), Refusal> {
    let foreign = refuse(StatusCode::FORBIDDEN, "Forbidden: foreign origin");
    let mut origins = headers.get_all(ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (None, _) => Ok(()),
        (Some(origin), None) if origin.as_bytes().eq_ignore_ascii_case(format!("{scheme}://{host}").as_bytes()) => Ok(()),
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
mod tests;
