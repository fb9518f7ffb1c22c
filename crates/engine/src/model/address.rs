//! The base address of a model server, parsed once: http or https, a host, a path, and nothing else.
//!
//! It never holds credentials, a query or a fragment, and never adds a path of its own: what a person typed is what
//! is called.

use std::net::IpAddr;

use reqwest::Url;

use super::error::ModelError;
use crate::secret::origin::Origin;

/// A base address such as `http://127.0.0.1:8080/v1`, without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    url: Url,
    text: String,
}

impl Address {
    /// Parses what a person typed or a setting holds. The error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        let wrong = |why: &str| ModelError::BadAddress { why: why.to_owned() };
        let text = text.trim();
        if !text.starts_with("http://") && !text.starts_with("https://") {
            return Err(wrong("it must begin with http:// or https://"));
        }
        let url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
        if url.host_str().is_none_or(str::is_empty) {
            return Err(wrong("it names no host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("it must not hold a name or password: enter the key in its own field"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("it must end with its path: leave out what follows ? or #"));
        }
        let text = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { url, text })
    }

    /// The normalised address, as it is to be stored and shown.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Scheme, host and port: what a key is bound to.
    pub fn origin(&self) -> Origin {
        Origin::of(&self.url)
    }

    /// The address of `path` below the base, for example `/chat/completions`.
    pub(super) fn below(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    /// The address of `path` on the same server, whatever the base's own path.
    pub(super) fn at_root(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// True when the request cannot leave this machine.
    pub(super) fn is_loopback(&self) -> bool {
        match self.ip() {
            Some(ip) => ip.is_loopback(),
            None => self.url.host_str() == Some("localhost"),
        }
    }

    /// True for this machine and for addresses of a private network.
    pub(super) fn is_near(&self) -> bool {
        self.is_loopback()
            || match self.ip() {
                Some(IpAddr::V4(ip)) => ip.is_private(),
                Some(IpAddr::V6(ip)) => ip.is_unique_local(),
                None => false,
            }
    }

    pub(super) fn is_plain_http(&self) -> bool {
        self.url.scheme() == "http"
    }

    fn ip(&self) -> Option<IpAddr> {
        let host = self.url.host_str()?;
        host.trim_start_matches('[').trim_end_matches(']').parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_addresses_are_normalised() {
        for (typed, text, origin) in [
            ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1", "http://127.0.0.1:8080"),
            (" http://127.0.0.1:8080/v1// ", "http://127.0.0.1:8080/v1", "http://127.0.0.1:8080"),
            ("https://API.Example.COM:443/v1/", "https://api.example.com/v1", "https://api.example.com"),
            ("http://localhost:11434", "http://localhost:11434", "http://localhost:11434"),
            ("http://[::1]:1234/v1", "http://[::1]:1234/v1", "http://[::1]:1234"),
        ] {
            let address = Address::parse(typed).unwrap();
            assert_eq!(address.text(), text);
            assert_eq!(address.origin().to_string(), origin);
            assert_eq!(address.below("/models"), format!("{text}/models"));
            assert_eq!(address.at_root("/props"), format!("{origin}/props"));
        }
    }

    #[test]
    fn bad_addresses_say_why() {
        for (typed, why) in [
            ("", "begin with http"),
            ("127.0.0.1:8080", "begin with http"),
            ("localhost:8080/v1", "begin with http"),
            ("ftp://example.com", "begin with http"),
            ("file:///etc/passwd", "begin with http"),
            ("http://", "host"),
            ("http://exa mple.com", "domain name"),
            ("http://example.com:99999", "port"),
            ("https://me:secret@example.com/v1", "name or password"),
            ("https://sk-secret@example.com/v1", "name or password"),
            ("https://example.com/v1?key=secret", "? or #"),
            ("https://example.com/v1#secret", "? or #"),
        ] {
            let words = Address::parse(typed).unwrap_err().to_string();
            assert!(words.contains(why), "{typed}: {words}");
            assert!(!words.contains("secret"), "{typed}: {words}");
        }
    }

    #[test]
    fn loopback_and_near() {
        for (typed, loopback, near) in [
            ("http://127.8.9.1/v1", true, true),
            ("http://[::1]:1/v1", true, true),
            ("http://localhost/v1", true, true),
            ("http://localhost.example.com/v1", false, false),
            ("http://192.168.1.4:11434/v1", false, true),
            ("http://8.8.8.8/v1", false, false),
        ] {
            let address = Address::parse(typed).unwrap();
            assert_eq!((address.is_loopback(), address.is_near()), (loopback, near), "{typed}");
        }
    }
}
