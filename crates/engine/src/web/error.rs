//! Why the web gave nothing. Every kind has a stable word and a status as in HTTP; the sentence is for people and models, and never
//! holds a key.

use std::fmt;
use std::time::Duration;

use reqwest::Url;

/// The most bytes of a foreign text that a sentence repeats.
const QUOTED: usize = 200;

/// Why a page or a search brought nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WebError {
    /// A stable word, for records and tests: `bad_url`, `private_address`, `no_such_host`, `unreachable`, `too_many_redirects`,
    /// `elsewhere`, `timed_out`, `too_large`, `unsupported_type`, `http_status`, `broken`, `not_configured`, `key_refused`, `rate_limited`,
    /// `bad_answer`, `bad_query`.
    pub(crate) code: &'static str,
    /// As in HTTP; that of the server where it answered with one.
    pub(crate) status: u16,
    /// One sentence.
    pub(crate) words: String,
}

impl WebError {
    pub(super) fn new(code: &'static str, status: u16, words: impl Into<String>) -> Self {
        Self { code, status, words: words.into() }
    }

    /// An address that cannot be asked for, whoever answers there.
    pub(super) fn bad_url(why: &str) -> Self {
        Self::new("bad_url", 400, format!("this address cannot be fetched: {why}"))
    }

    /// A place on this machine or a network that is not the public one.
    pub(super) fn private(host: &str, what: &str) -> Self {
        Self::new("private_address", 403, format!("{} is refused: {what}", quoted(host)))
    }

    /// It leads to another host, which was not asked for. The address is told whole, so that it can be.
    pub(super) fn elsewhere(status: u16, from: &Url, to: &Url) -> Self {
        let words = format!(
            "{} leads to another host, which is not followed by itself. Fetch this address if you want it: {to}",
            quoted(from.host_str().unwrap_or_default())
        );
        Self::new("elsewhere", status, words)
    }

    pub(super) fn no_such_host(host: &str) -> Self {
        Self::new("no_such_host", 404, format!("there is no host {}", quoted(host)))
    }

    pub(super) fn unreachable(host: &str, why: &str) -> Self {
        Self::new("unreachable", 502, format!("{} cannot be reached: {}", quoted(host), quoted(why)))
    }

    pub(super) fn timed_out(limit: Duration) -> Self {
        Self::new("timed_out", 504, format!("no whole answer within {} s", limit.as_secs_f64()))
    }

    pub(super) fn broken(host: &str, why: &str) -> Self {
        Self::new("broken", 502, format!("the answer of {} broke off: {}", quoted(host), quoted(why)))
    }
}

impl fmt::Display for WebError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl std::error::Error for WebError {}

/// A foreign text as a sentence may hold it: one line, without control characters, short.
pub(super) fn quoted(text: &str) -> String {
    let clean: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let clean = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    match clean.len() > QUOTED {
        true => format!("{}…", &clean[..clean.floor_char_boundary(QUOTED)]),
        false => clean,
    }
}
