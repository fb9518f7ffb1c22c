//! The HTTP clients: one for each kind of server and connect limit, made when first needed.
//!
//! They follow no redirect, so a key never leaves for another origin. Requests to this machine pass no proxy and keep no
//! connection: a new one costs nothing there, and a kept one may be closed by the server as it is used. No cookies, no
//! compression, no retries of their own.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::address::Address;
use super::error::ModelError;

/// How long an unused connection is kept for the next call.
const KEEP_IDLE: Duration = Duration::from_secs(30);

/// Clients kept at the same time; more are needed only when settings differ in their connect limits.
const MAX_CLIENTS: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// This machine without TLS: no proxy and no root certificates to load.
    LoopbackPlain,
    /// This machine with TLS: no proxy.
    LoopbackTls,
    /// Everywhere else: the environment's proxy and the system's certificates.
    Remote,
}

/// The clients made so far, shared by all clones.
#[derive(Debug, Clone, Default)]
pub(super) struct Clients {
    /// Guards the list only while it is looked through; making a client touches no network.
    made: Arc<Mutex<Vec<(Kind, Duration, reqwest::Client)>>>,
}

impl Clients {
    /// The client for `address` that gives up connecting after `connect`.
    pub(super) fn for_address(&self, address: &Address, connect: Duration) -> Result<reqwest::Client, ModelError> {
        let kind = match (address.is_loopback(), address.is_plain_http()) {
            (true, true) => Kind::LoopbackPlain,
            (true, false) => Kind::LoopbackTls,
            (false, _) => Kind::Remote,
        };
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, _, client)) = made.iter().find(|(k, limit, _)| (*k, *limit) == (kind, connect)) {
            return Ok(client.clone());
        }
        let client = build(kind, connect)
            .map_err(|error| ModelError::Connect { address: address.text().to_owned(), why: super::fault::root_cause(&error) })?;
        if made.len() == MAX_CLIENTS {
            made.remove(0);
        }
        made.push((kind, connect, client.clone()));
        Ok(client)
    }
}

fn build(kind: Kind, connect: Duration) -> reqwest::Result<reqwest::Client> {
    let builder = reqwest::Client::builder()
        .user_agent(concat!("Alcove/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(connect)
        .pool_idle_timeout(KEEP_IDLE);
    match kind {
        Kind::LoopbackPlain => builder.no_proxy().pool_max_idle_per_host(0).tls_certs_only([]).build(),
        Kind::LoopbackTls => builder.no_proxy().pool_max_idle_per_host(0).build(),
        Kind::Remote => builder.build(),
    }
}
