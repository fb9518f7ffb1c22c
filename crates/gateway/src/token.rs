//! Tokens: one opens one WebSocket, another reads `/api` until it expires (envelope §2.2). Only digests are kept, so comparing leaks
//! nothing about a value.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// How long a token lives.
pub(crate) const TTL: Duration = Duration::from_secs(300);
/// Tokens outstanding at once, of each kind.
const OUTSTANDING: usize = 10_000;
const PREFIX: &str = "nbwt_";

type Hash = [u8; 32];

/// The tokens handed out.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    /// Guards what is outstanding.
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Open one WebSocket each.
    sockets: HashMap<Hash, Instant>,
    /// Read `/api`.
    api: HashMap<Hash, Instant>,
}

/// A pair as bootstrap hands it out.
pub(crate) struct Pair {
    pub(crate) socket: String,
    pub(crate) api: String,
}

impl Tokens {
    /// A new pair, or `None` when too many are outstanding. The socket token reads `/api` too, as early clients expect.
    pub(crate) fn issue(&self, now: Instant) -> Option<Pair> {
        let mut kept = self.lock();
        kept.purge(now);
        if kept.sockets.len() >= OUTSTANDING || kept.api.len() + 2 > 2 * OUTSTANDING {
            return None;
        }
        let pair = Pair { socket: fresh(), api: fresh() };
        let expires = now + TTL;
        kept.sockets.insert(hash(&pair.socket), expires);
        kept.api.insert(hash(&pair.socket), expires);
        kept.api.insert(hash(&pair.api), expires);
        Some(pair)
    }

    /// Uses up a socket token.
    pub(crate) fn open_socket(&self, token: &str, now: Instant) -> bool {
        self.lock().sockets.remove(&hash(token)).is_some_and(|expires| expires > now)
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
    fn purge(&mut self, now: Instant) {
        self.sockets.retain(|_, expires| *expires > now);
        self.api.retain(|_, expires| *expires > now);
    }
}

/// The secret that opens bootstrap on a loopback port. It is made at start and shown once, in the launch address.
pub(crate) struct LaunchSecret(String);

impl LaunchSecret {
    pub(crate) fn new() -> Self {
        Self(URL_SAFE_NO_PAD.encode(alcove_engine::random::<24>()))
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    pub(crate) fn is(&self, given: &str) -> bool {
        hash(given).ct_eq(&hash(&self.0)).into()
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

    #[test]
    fn a_socket_token_works_once_and_an_api_token_until_it_expires() {
        let tokens = Tokens::default();
        let now = Instant::now();
        let pair = tokens.issue(now).expect("room");
        assert!(pair.socket.starts_with("nbwt_"));
        assert!(tokens.open_socket(&pair.socket, now));
        assert!(!tokens.open_socket(&pair.socket, now));
        assert!(!tokens.open_socket(&pair.api, now), "an api token opens no socket");
        assert!(tokens.reads_api(&pair.api, now));
        assert!(tokens.reads_api(&pair.api, now + TTL - Duration::from_secs(1)));
        assert!(!tokens.reads_api(&pair.api, now + TTL));
        assert!(!tokens.reads_api("nbwt_", now));
    }

    #[test]
    fn outstanding_tokens_are_bounded_and_expire() {
        let tokens = Tokens::default();
        let now = Instant::now();
        let issued = (0..OUTSTANDING + 5).filter(|_| tokens.issue(now).is_some()).count();
        assert_eq!(issued, OUTSTANDING);
        assert!(tokens.issue(now + TTL).is_some());
    }
}
