//! Which addresses the web may be asked at: text in, verdict out. A name's own addresses are judged here too, after it was resolved.
//! Asks nobody itself.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;
use reqwest::header::HeaderValue;

use super::error::WebError;

/// The longest address, in bytes.
const LONGEST: usize = 8 * 1024;

/// How far a request may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Reach {
    /// Only addresses of the public internet.
    #[default]
    Public,
    /// This machine and private networks as well, as a person allowed in the settings. What no web page is ever served from, such as
    /// the addresses clouds tell secrets at, stays refused.
    Near,
}

/// Reads an address a model or a page gave. Credentials, other schemes and refused literal addresses are errors; a name still has to be
/// resolved.
pub(super) fn read(text: &str, reach: Reach) -> Result<Url, WebError> {
    if text.len() > LONGEST {
        return Err(WebError::bad_url("it is longer than 8 KiB"));
    }
    let text = text.trim();
    if !text.contains(':') {
        return Err(WebError::bad_url("it must begin with http:// or https://"));
    }
    let url = Url::parse(text).map_err(|error| WebError::bad_url(&error.to_string()))?;
    check(&url, reach)?;
    Ok(url)
}

/// Where a redirect leads, judged like any other address.
pub(super) fn redirect(from: &Url, location: &HeaderValue, reach: Reach) -> Result<Url, WebError> {
    let location = std::str::from_utf8(location.as_bytes()).map_err(|_| WebError::bad_url("it redirects to no text"))?;
    if location.len() > LONGEST {
        return Err(WebError::bad_url("it redirects to an address longer than 8 KiB"));
    }
    let url = from.join(location).map_err(|error| WebError::bad_url(&format!("it redirects to no address: {error}")))?;
    check(&url, reach)?;
    Ok(url)
}

fn check(url: &Url, reach: Reach) -> Result<(), WebError> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(WebError::bad_url("only http and https are fetched"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(WebError::bad_url("it must not hold a name or password"));
    }
    let Some(host) = url.host_str().filter(|host| !host.is_empty()) else {
        return Err(WebError::bad_url("it names no host"));
    };
    if url.port() == Some(0) {
        return Err(WebError::bad_url("nothing is served at port 0"));
    }
    match literal(host) {
        Some(ip) => refused(ip, reach).map_or(Ok(()), |what| Err(WebError::private(host, what))),
        None if reach == Reach::Public && is_own_name(host) => Err(WebError::private(host, "it names this machine")),
        None => Ok(()),
    }
}

/// The address a host is written as, when it is no name.
fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

fn is_own_name(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost")
}

/// Why nothing is fetched from an address; `None` when it may be.
pub(super) fn refused(ip: IpAddr, reach: Reach) -> Option<&'static str> {
    let (near, never) = match ip {
        IpAddr::V4(ip) => (near_v4(ip), never_v4(ip)),
        IpAddr::V6(ip) => (near_v6(ip), never_v6(ip)),
    };
    never.or(near.filter(|_| reach == Reach::Public))
}

/// What a person can allow.
fn near_v4(ip: Ipv4Addr) -> Option<&'static str> {
    match ip.octets() {
        [127, ..] => Some("the address is this machine's own"),
        [10, ..] | [192, 168, ..] => Some("the address is of a private network"),
        [172, second, ..] if second & 0xf0 == 16 => Some("the address is of a private network"),
        _ => None,
    }
}

fn never_v4(ip: Ipv4Addr) -> Option<&'static str> {
    match ip.octets() {
        [0, ..] => Some("the address means no host"),
        [100, second, ..] if second & 0xc0 == 64 => Some("the address is shared behind a provider"),
        [169, 254, ..] => Some("the address is link-local"),
        [192, 0, 0, _] => Some("the address is reserved for protocols"),
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Some("the address is for documentation"),
        [192, 88, 99, _] => Some("the address is of a 6to4 relay"),
        [198, second, ..] if second & 0xfe == 18 => Some("the address is for benchmarks"),
        [224..=239, ..] => Some("the address is multicast"),
        [240..=255, ..] => Some("the address is reserved"),
        _ => None,
    }
}

fn near_v6(ip: Ipv6Addr) -> Option<&'static str> {
    match ip.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => Some("the address is this machine's own"),
        [first, ..] if first & 0xfe00 == 0xfc00 => Some("the address is of a private network"),
        _ => None,
    }
}

/// Of IPv6, only 2000::/3 is the public internet, and not all of that.
fn never_v6(ip: Ipv6Addr) -> Option<&'static str> {
    match ip.segments() {
        // Where a cloud tells its machines their secrets.
        [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254] => Some("the address is for a cloud's own machines"),
        _ if near_v6(ip).is_some() => None,
        [0, 0, 0, 0, 0, 0xffff, ..] => Some("the address hides an IPv4 one"),
        [0, 0, 0, 0, 0, 0, ..] => Some("the address means no host"),
        [0x64, 0xff9b, ..] => Some("the address is translated to an IPv4 one"),
        [0x2002, ..] => Some("the address is a 6to4 one"),
        [0x2001, 0, ..] => Some("the address is a Teredo one"),
        [0x2001, 0xdb8, ..] => Some("the address is for documentation"),
        [0x2001, second, ..] if second < 0x200 => Some("the address is reserved for protocols"),
        [0x3fff, second, ..] if second < 0x1000 => Some("the address is for documentation"),
        [first, ..] if first & 0xffc0 == 0xfe80 => Some("the address is link-local"),
        [first, ..] if first & 0xff00 == 0xff00 => Some("the address is multicast"),
        [first, ..] if first & 0xe000 != 0x2000 => Some("the address is reserved"),
        _ => None,
    }
}
