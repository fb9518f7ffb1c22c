//! Tokens: one opens one WebSocket, another reads `/api` until it expires (envelope §2.2). Only digests are kept, so comparing leaks
//! nothing about a value.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Tokens outstanding at once, of each kind.
const OUTSTANDING: usize = 10_000;
const PREFIX: &str = "nbwt_";

type Hash = [u8; 32];

/// What a connection may do, by the token that opened it (envelope §1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// A page: everything.
    Webui,
    /// A program with a token of the token route: chats.
    Client,
    /// The static token, or none: chats.
    None,
}

/// The tokens handed out.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    /// Guards what is outstanding.
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Open one WebSocket each.
    sockets: HashMap<Hash, Ticket>,
    /// Read `/api`.
    api: HashMap<Hash, Instant>,
}

#[derive(Clone, Copy, Debug)]
struct Ticket {
    expires: Instant,
    audience: Audience,
}

/// A pair as bootstrap hands it out.
pub(crate) struct Pair {
    pub(crate) socket: String,
    pub(crate) api: String,
}

impl Tokens {
    /// A new pair, or `None` when too many are outstanding. The socket token reads `/api` too, as early clients expect.
    pub(crate) fn issue(&self, now: Instant, ttl: Duration) -> Option<Pair> {
        let mut kept = self.lock();
        if kept.sockets.len() >= OUTSTANDING || kept.api.len() + 2 > 2 * OUTSTANDING {
            kept.purge(now);
        }
        if kept.sockets.len() >= OUTSTANDING || kept.api.len() + 2 > 2 * OUTSTANDING {
            return None;
        }
        let pair = Pair { socket: fresh(), api: fresh() };
        let expires = now + ttl;
        kept.sockets.insert(hash(&pair.socket), Ticket { expires, audience: Audience::Webui });
        kept.api.insert(hash(&pair.socket), expires);
        kept.api.insert(hash(&pair.api), expires);
        Some(pair)
    }

    /// A new token that opens a WebSocket and nothing else, or `None` when too many are outstanding.
    pub(crate) fn issue_client(&self, now: Instant, ttl: Duration) -> Option<String> {
        let mut kept = self.lock();
        if kept.sockets.len() >= OUTSTANDING {
            kept.purge(now);
        }
        if kept.sockets.len() >= OUTSTANDING {
            return None;
        }
        let token = fresh();
        kept.sockets.insert(hash(&token), Ticket { expires: now + ttl, audience: Audience::Client });
        Some(token)
    }

    /// Uses up a socket token.
    pub(crate) fn open_socket(&self, token: &str, now: Instant) -> Option<Audience> {
        self.lock().sockets.remove(&hash(token)).filter(|ticket| ticket.expires > now).map(|ticket| ticket.audience)
    }

    /// Whether a token reads `/api`.
    pub(crate) fn reads_api(&self, token: &str, now: Instant) -> bool {
        self.lock().api.get(&hash(token)).is_some_and(|expires| *expires > now)
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Called when there is no room: what has expired is refused by itself, and what is kept of it is bounded.
    fn purge(&mut self, now: Instant) {
        self.sockets.retain(|_, ticket| ticket.expires > now);
        self.api.retain(|_, expires| *expires > now);
    }
}

/// A word that opens something. It is compared in constant time and never told.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// One that nobody can guess.
    pub(crate) fn random() -> Self {
        Self(URL_SAFE_NO_PAD.encode(alcove_engine::random::<24>()))
    }

    /// For whoever has to be told.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    pub(crate) fn is(&self, given: &str) -> bool {
        hash(given).ct_eq(&hash(&self.0)).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(not shown)")
    }
}

fn fresh() -> String {
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(alcove_engine::random::<32>()))
}

fn hash(token: &str) -> Hash {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TTL: Duration = Duration::from_secs(300);

    #[test]
    fn a_socket_token_works_once_and_an_api_token_until_it_expires() {
        let tokens = Tokens::default();
        let now = Instant::now();
        let pair = tokens.issue(now, TTL).expect("room");
        assert!(pair.socket.starts_with("nbwt_"));
        assert_eq!(tokens.open_socket(&pair.socket, now), Some(Audience::Webui));
        assert_eq!(tokens.open_socket(&pair.socket, now), None);
        assert_eq!(tokens.open_socket(&pair.api, now), None, "an api token opens no socket");
        assert!(tokens.reads_api(&pair.socket, now), "early clients read the api with the socket's token, used or not");
        assert!(tokens.reads_api(&pair.api, now));
        assert!(tokens.reads_api(&pair.api, now + TTL - Duration::from_secs(1)));
        assert!(!tokens.reads_api(&pair.api, now + TTL));
        assert!(!tokens.reads_api("nbwt_", now));
    }

    #[test]
    fn a_client_token_opens_one_socket_and_never_the_api() {
        let tokens = Tokens::default();
        let now = Instant::now();
        let token = tokens.issue_client(now, TTL).expect("room");
        assert!(token.starts_with("nbwt_") && token.len() == "nbwt_".len() + 43, "{token}");
        assert!(!tokens.reads_api(&token, now));
        assert_eq!(tokens.open_socket(&token, now), Some(Audience::Client));
        assert_eq!(tokens.open_socket(&token, now), None);
        assert!(!tokens.reads_api(&token, now));
        let late = tokens.issue_client(now, TTL).expect("room");
        assert_eq!(tokens.open_socket(&late, now + TTL), None, "it has expired");
        assert_eq!(tokens.open_socket(&late, now), None, "and was used up by the attempt");
    }

    #[test]
    fn a_token_lives_as_long_as_was_configured_when_it_was_made() {
        let tokens = Tokens::default();
        let now = Instant::now();
        for seconds in [30, 86_400] {
            let ttl = Duration::from_secs(seconds);
            let pair = tokens.issue(now, ttl).expect("room");
            assert!(tokens.reads_api(&pair.api, now + ttl - Duration::from_millis(1)));
            assert!(!tokens.reads_api(&pair.api, now + ttl));
        }
    }

    #[test]
    fn outstanding_tokens_of_both_kinds_are_bounded_and_expire() {
        let tokens = Tokens::default();
        let now = Instant::now();
        let clients = (0..4_000).filter(|_| tokens.issue_client(now, TTL).is_some()).count();
        let pairs = (0..OUTSTANDING).filter(|_| tokens.issue(now, TTL).is_some()).count();
        assert_eq!(clients + pairs, OUTSTANDING);
        assert_eq!(tokens.issue_client(now, TTL), None);
        assert!(tokens.issue(now + TTL, TTL).is_some(), "the expired make room");
    }

    #[test]
    fn a_used_token_makes_room_for_a_client_but_its_api_half_still_counts() {
        let tokens = Tokens::default();
        let now = Instant::now();
        let pairs: Vec<_> = (0..OUTSTANDING).map(|_| tokens.issue(now, TTL).expect("room")).collect();
        assert!(tokens.issue_client(now, TTL).is_none());
        tokens.open_socket(&pairs[0].socket, now);
        assert!(tokens.issue(now, TTL).is_none(), "its api token is outstanding");
        assert!(tokens.issue_client(now, TTL).is_some());
    }

    #[test]
    fn a_secret_is_compared_whole_and_never_shown() {
        let secret = Secret::new("hunter2".to_owned());
        for (given, expected) in [("hunter2", true), ("hunter", false), ("hunter22", false), ("Hunter2", false), ("", false)] {
            assert_eq!(secret.is(given), expected, "{given}");
        }
        assert!(!format!("{secret:?}").contains("hunter2"));
        assert_ne!(Secret::random().text(), Secret::random().text());
    }
}
