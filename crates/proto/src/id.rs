//! Ids that crossed the wire and were checked: a value of these types is always well-formed.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The prefix a chat id wears where a session key is asked for (envelope §2.1).
pub const SESSION_PREFIX: &str = "websocket:";

/// How the ids of chats begin that leave nothing behind: one that is gone is known as such for ever, and never kept by mistake.
pub const TEMPORARY_PREFIX: &str = "temporary:";

const CHAT_ID_MAX: usize = 64;
const TURN_ID_MAX: usize = 128;
const SESSION_KEY_MAX: usize = 128;
const REQUEST_ID_MAX: usize = 128;

/// Names one chat: 1 to 64 characters of `[A-Za-z0-9_:-]`. Cloning is cheap.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
pub struct ChatId(Arc<str>);

impl ChatId {
    /// The id, or `None` when the text is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=CHAT_ID_MAX).contains(&text.len());
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'-'));
        (fits && plain).then(|| Self(text.into()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it names a chat that leaves nothing behind.
    pub fn is_temporary(&self) -> bool {
        self.0.starts_with(TEMPORARY_PREFIX)
    }

    /// The session key of this chat: `websocket:<chat id>`.
    pub fn session_key(&self) -> String {
        format!("{SESSION_PREFIX}{}", self.0)
    }
}

/// What a session key in a path turned out to be (envelope §2.1).
#[derive(Debug, PartialEq, Eq)]
pub enum SessionKey {
    /// Names a chat of this gateway.
    Chat(ChatId),
    /// Well-formed, but of a channel that is not served here.
    Foreign,
    /// Not a session key at all.
    Malformed,
}

impl SessionKey {
    /// Reads a percent-decoded key: `[A-Za-z0-9_:.-]{1,128}`.
    pub fn parse(text: &str) -> Self {
        let fits = (1..=SESSION_KEY_MAX).contains(&text.len());
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'.' | b'-'));
        if !(fits && plain) {
            return Self::Malformed;
        }
        match text.strip_prefix(SESSION_PREFIX).map(ChatId::parse) {
            Some(Some(chat)) => Self::Chat(chat),
            Some(None) | None => Self::Foreign,
        }
    }
}

impl fmt::Debug for ChatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChatId({})", self.0)
    }
}

impl fmt::Display for ChatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for ChatId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for ChatId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("invalid chat id"))
    }
}

/// Names one turn: 1 to 128 characters of `[A-Za-z0-9._:-]`, minted by the client; also the idempotency id of its prompt.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
pub struct TurnId(Arc<str>);

impl TurnId {
    /// The id, or `None` when the text is not one.
    pub fn parse(text: &str) -> Option<Self> {
        is_token(text, TURN_ID_MAX).then(|| Self(text.into()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TurnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for TurnId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("invalid turn id"))
    }
}

/// Whether the text may name a `webui_request`: 1 to 128 characters of `[A-Za-z0-9._:-]` (envelope §1.6).
pub fn is_request_id(text: &str) -> bool {
    is_token(text, REQUEST_ID_MAX)
}

fn is_token(text: &str, max: usize) -> bool {
    let fits = (1..=max).contains(&text.len());
    fits && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chat_ids_keep_to_their_alphabet_and_length() {
        let long = "x".repeat(64);
        for good in ["a", "A_b:c-9", long.as_str()] {
            assert_eq!(ChatId::parse(good).map(|id| id.as_str().to_owned()), Some(good.to_owned()));
        }
        let too_long = "x".repeat(65);
        for bad in ["", " ", "a b", "a/b", "a.b", "é", "a\n", too_long.as_str()] {
            assert_eq!(ChatId::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn session_keys_tell_malformed_from_foreign() {
        assert_eq!(SessionKey::parse("websocket:a"), SessionKey::Chat(ChatId::parse("a").expect("an id")));
        assert_eq!(SessionKey::parse("telegram:a"), SessionKey::Foreign);
        assert_eq!(SessionKey::parse("websocket:a.b"), SessionKey::Foreign);
        for bad in ["", "a/b", "..%2f", &"x".repeat(129)] {
            assert_eq!(SessionKey::parse(bad), SessionKey::Malformed, "{bad:?}");
        }
    }
}
