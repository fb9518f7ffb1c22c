//! From what went wrong on the wire to a [`ModelError`] and whether it may be tried again.
//!
//! Pure. Server words are cleaned here, and only here: no key, no control characters, at most 300 characters.

use std::error::Error;
use std::time::Duration;

use super::chunk::ServerError;
use super::error::{ModelError, Phase};
use super::retry::Again;
use crate::secret::Secret;

/// The most characters of a server's message that are kept.
const MAX_MESSAGE_CHARS: usize = 300;

/// A failed attempt.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) error: ModelError,
    pub(super) again: Again,
}

impl Fault {
    pub(super) fn last(error: ModelError) -> Self {
        Self { error, again: Again::No }
    }
}

/// Whom an attempt spoke to: what an error says about it, and what it must not say.
#[derive(Debug, Clone)]
pub(super) struct Peer {
    pub(super) address: String,
    pub(super) model: String,
    pub(super) key: Option<Secret>,
}

impl Peer {
    /// A request that brought no response.
    pub(super) fn no_response(&self, error: &reqwest::Error, connect: Duration) -> Fault {
        let address = self.address.clone();
        let why = root_cause(error);
        match (error.is_connect(), error.is_timeout()) {
            (true, true) => Fault { error: ModelError::Timeout { address, phase: Phase::Connect, limit: connect }, again: Again::Backoff },
            (true, false) => Fault { error: ModelError::Connect { address, why }, again: Again::Backoff },
            (false, _) => Fault::last(ModelError::Broken { address, why }),
        }
    }

    /// A response cut off while it was read.
    pub(super) fn cut(&self, error: &reqwest::Error) -> Fault {
        Fault::last(ModelError::Broken { address: self.address.clone(), why: root_cause(error) })
    }

    /// An error the server reported: with its status, or inside an answer, where `status` is `None`.
    pub(super) fn reported(&self, status: Option<u16>, said: &ServerError, after: Option<Duration>) -> Fault {
        let address = self.address.clone();
        let message = self.clean(&said.message);
        let words = format!("{} {}", said.kind, said.message).to_lowercase();
        let code = status.or(said.status).or_else(|| status_of_kind(&said.kind));
        let again = match after {
            Some(wait) => Again::After(wait),
            None => Again::Backoff,
        };
        if code == Some(402) || is_quota(&words) {
            return Fault::last(ModelError::OutOfCredit { address, message });
        }
        if code == Some(413) || (code != Some(429) && is_context(&words)) {
            return Fault::last(ModelError::ContextTooLong { address, message });
        }
        if is_missing_model(code, &words) {
            let model = self.model.clone();
            return Fault::last(ModelError::ModelNotFound { address, model, message });
        }
        match code {
            Some(401 | 403) => Fault::last(ModelError::Auth { address, message }),
            Some(429) => Fault { error: ModelError::RateLimited { address, message }, again },
            Some(code @ (408 | 409 | 500 | 502 | 503 | 504 | 529)) => Fault { error: ModelError::Status { address, code, message }, again },
            Some(code) => Fault::last(ModelError::Status { address, code, message }),
            None => Fault::last(ModelError::Reported { address, message }),
        }
    }

    /// Something that is not an answer.
    pub(super) fn malformed(&self, what: &str) -> Fault {
        Fault::last(ModelError::Malformed { address: self.address.clone(), what: self.clean(what) })
    }

    /// A server's words, fit to be shown, stored and logged.
    pub(super) fn clean(&self, words: &str) -> String {
        let words = match &self.key {
            Some(key) => key.redact(words),
            None => words.to_owned(),
        };
        let shown: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        match shown.char_indices().nth(MAX_MESSAGE_CHARS) {
            Some(_) => shown.chars().take(MAX_MESSAGE_CHARS - 1).chain(['…']).collect(),
            None => shown,
        }
    }
}

/// The innermost cause, which names the trouble; the outer ones only say that there was some.
pub(super) fn root_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

fn is_quota(words: &str) -> bool {
    ["insufficient_quota", "billing", "exceeded your current quota", "insufficient balance", "insufficient credit"]
        .iter()
        .any(|word| words.contains(word))
}

fn is_context(words: &str) -> bool {
    [
        "context_length_exceeded",
        "exceed_context_size",
        "context length",
        "context size",
        "context window",
        "maximum context",
        "prompt is too long",
    ]
    .iter()
    .any(|word| words.contains(word))
}

fn is_missing_model(code: Option<u16>, words: &str) -> bool {
    let says_so = words.contains("model_not_found") || words.contains("model_not_exist");
    let missing = ["not found", "not exist", "no such", "unknown model", "invalid model", "not a valid model"];
    let about_model = words.contains("model") && missing.iter().any(|word| words.contains(word));
    match code {
        Some(404) => says_so || about_model,
        Some(400) => says_so || words.contains("not a valid model") || words.contains("unknown model"),
        Some(_) | None => says_so,
    }
}

/// The status that an error's type word stands for, for errors inside an answer.
fn status_of_kind(kind: &str) -> Option<u16> {
    let kind = kind.to_lowercase();
    let table =
        [("overloaded", 529), ("rate_limit", 429), ("authentication", 401), ("permission", 403), ("server_error", 500), ("internal", 500)];
    table.iter().find(|(word, _)| kind.contains(word)).map(|&(_, status)| status)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer() -> Peer {
        Peer { address: "https://api.example.com/v1".to_owned(), model: "m".to_owned(), key: Some(Secret::new("sk-0123456789abcdef")) }
    }

    #[test]
    fn reports_are_told_apart() {
        let backoff = Again::Backoff;
        for (status, kind, message, expected, again) in [
            (Some(401), "", "", "auth", Again::No),
            (Some(403), "", "not in your country", "auth", Again::No),
            (Some(402), "", "", "out_of_credit", Again::No),
            (Some(429), "insufficient_quota", "", "out_of_credit", Again::No),
            (Some(429), "", "Check your plan and billing details", "out_of_credit", Again::No),
            (Some(429), "rate_limit_exceeded", "Limit 10000 tokens per min", "rate_limited", backoff),
            (Some(404), "", "The model `m` does not exist", "model_not_found", Again::No),
            (Some(404), "", "model 'm' not found", "model_not_found", Again::No),
            (Some(404), "", "Not Found", "status", Again::No),
            (Some(400), "model_not_found", "", "model_not_found", Again::No),
            (Some(400), "", "m is not a valid model ID", "model_not_found", Again::No),
            (Some(400), "context_length_exceeded", "", "context_too_long", Again::No),
            (Some(400), "exceed_context_size_error", "", "context_too_long", Again::No),
            (Some(400), "", "This model's maximum context length is 8192", "context_too_long", Again::No),
            (Some(413), "", "", "context_too_long", Again::No),
            (Some(400), "", "bad temperature", "status", Again::No),
            (Some(408), "", "", "status", backoff),
            (Some(409), "", "", "status", backoff),
            (Some(500), "", "", "status", backoff),
            (Some(501), "", "", "status", Again::No),
            (Some(502), "", "", "status", backoff),
            (Some(503), "", "Loading model", "status", backoff),
            (Some(504), "", "", "status", backoff),
            (Some(529), "", "", "status", backoff),
            (None, "overloaded_error", "Overloaded", "status", backoff),
            (None, "", "something", "reported", Again::No),
        ] {
            let said = ServerError { status: None, kind: kind.to_owned(), message: message.to_owned() };
            let fault = peer().reported(status, &said, None);
            assert_eq!((fault.error.kind(), fault.again), (expected, again), "{status:?} {kind} {message}");
        }
    }

    #[test]
    fn messages_are_cleaned() {
        let peer = peer();
        assert_eq!(peer.clean("key sk-0123456789abcdef is\n\u{1b}[1m bad"), "key •••• is [1m bad");
        let long = format!("{}sk-0123456789abcdef", "x".repeat(290));
        let cleaned = peer.clean(&long);
        assert!(cleaned.chars().count() <= MAX_MESSAGE_CHARS && !cleaned.contains("sk-"), "{cleaned}");
        assert_eq!(peer.clean(&"é".repeat(1000)).chars().count(), MAX_MESSAGE_CHARS);
    }
}
