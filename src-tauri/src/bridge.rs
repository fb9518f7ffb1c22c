//! The sockets of the page behind the host bridge. The page names a socket by a number; it can only
//! ever open one to the gateway. All of a page's sockets end when another page load begins.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tauri::ipc::{Channel, InvokeResponseBody};
use tauri::{State, Url};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use crate::shell::Shell;
use crate::socket::{self, BATCHES_AHEAD, Ends, OUTGOING_LIMIT};

/// The script that makes `window.alcoveHost`.
pub(crate) const SCRIPT: &str = include_str!("bridge.js");

/// A page needs one socket, and a second while it reconnects.
const SOCKETS_LIMIT: usize = 8;

/// What a socket's address begins with: as pages of the contract know it (envelope §6.3), and by our own name.
const SCHEMES: [&str; 2] = ["nanobot-host", "alcove-host"];

/// The shell's end of one socket.
struct Socket {
    outgoing: mpsc::Sender<String>,
    credit: Arc<Semaphore>,
    closed: CancellationToken,
}

/// The sockets of the page that is shown.
#[derive(Default)]
pub(crate) struct Sockets {
    last_id: AtomicU32,
    /// Guards only the map; never held across an await.
    open: Mutex<HashMap<u32, Socket>>,
}

impl Sockets {
    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<u32, Socket>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, channel: Channel<InvokeResponseBody>, closed: CancellationToken) -> Result<(u32, Ends), String> {
        let mut open = self.open();
        if open.len() >= SOCKETS_LIMIT {
            return Err("too many sockets are open".to_owned());
        }
        let id = self.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        let (tx, rx) = mpsc::channel(OUTGOING_LIMIT);
        let credit = Arc::new(Semaphore::new(BATCHES_AHEAD));
        open.insert(id, Socket { outgoing: tx, credit: credit.clone(), closed: closed.clone() });
        Ok((id, Ends { outgoing: rx, credit, closed, channel }))
    }

    fn remove(&self, id: u32) {
        if let Some(socket) = self.open().remove(&id) {
            socket.closed.cancel();
        }
    }

    fn outgoing(&self, id: u32) -> Option<mpsc::Sender<String>> {
        self.open().get(&id).map(|socket| socket.outgoing.clone())
    }

    /// The page took `batches` more; never more than were given.
    fn acknowledge(&self, id: u32, batches: usize) {
        if let Some(socket) = self.open().get(&id) {
            let given = BATCHES_AHEAD.saturating_sub(socket.credit.available_permits());
            socket.credit.add_permits(batches.min(given));
        }
    }

    /// Ends them all: their page is gone.
    pub(crate) fn close_all(&self) {
        for (_, socket) in self.open().drain() {
            socket.closed.cancel();
        }
    }
}

/// Where the page may connect: the gateway's WebSocket path with a token, nothing else of the address is kept.
fn gateway_address(url: &str) -> Result<String, String> {
    let url = Url::parse(url).map_err(|error| error.to_string())?;
    let plain = url.username().is_empty() && url.password().is_none() && url.port().is_none() && url.fragment().is_none();
    if !SCHEMES.contains(&url.scheme()) || url.host_str() != Some("engine") || !plain {
        return Err("only nanobot-host://engine is a socket of this window".to_owned());
    }
    let mut address = Url::parse("ws://localhost/").map_err(|error| error.to_string())?;
    address.set_path(url.path());
    for (name, value) in url.query_pairs() {
        if name == "token" || name == "client_id" {
            address.query_pairs_mut().append_pair(&name, &value);
        }
    }
    Ok(address.into())
}

/// Opens a socket to the gateway; its events come through `channel`, the first of them after this has answered.
#[tauri::command]
pub(crate) async fn open_socket(shell: State<'_, Arc<Shell>>, url: String, channel: Channel<InvokeResponseBody>) -> Result<u32, String> {
    let address = gateway_address(&url)?;
    let (id, ends) = shell.sockets.add(channel, shell.stop_token())?;
    let owner = Arc::clone(&shell);
    shell.spawn_stopping(async move {
        socket::run(owner.engine.clone(), address, ends).await;
        owner.sockets.remove(id);
    });
    Ok(id)
}

/// Queues frames on a socket, in order; answers when there was room for all, which is the page's back-pressure.
#[tauri::command]
pub(crate) async fn send_socket(shell: State<'_, Arc<Shell>>, id: u32, frames: Vec<String>) -> Result<(), String> {
    let outgoing = shell.sockets.outgoing(id).ok_or("no such socket")?;
    for frame in frames {
        outgoing.send(frame).await.map_err(|_| "the socket is closed")?;
    }
    Ok(())
}

/// The page has taken so many batches of a socket.
#[tauri::command]
pub(crate) async fn ack_socket(shell: State<'_, Arc<Shell>>, id: u32, batches: usize) -> Result<(), ()> {
    shell.sockets.acknowledge(id, batches);
    Ok(())
}

/// Closes a socket; its `close` event follows.
#[tauri::command]
pub(crate) async fn close_socket(shell: State<'_, Arc<Shell>>, id: u32) -> Result<(), ()> {
    shell.sockets.remove(id);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_and_token_are_kept() {
        let address = gateway_address("alcove-host://engine/ws?token=a%20b&other=1&client_id=c");
        assert_eq!(address.as_deref(), Ok("ws://localhost/ws?token=a+b&client_id=c"));
        assert_eq!(gateway_address("alcove-host://engine/").as_deref(), Ok("ws://localhost/"));
        assert_eq!(gateway_address("nanobot-host://engine/?token=t").as_deref(), Ok("ws://localhost/?token=t"));
    }

    #[test]
    fn no_other_address_is_a_socket() {
        let bad = [
            "ws://localhost/",
            "alcove-host://other/",
            "alcove-host://u:p@engine/",
            "alcove-host://engine:80/",
            "alcove-host://engine/#x",
            "alcove-host:engine",
            "nanobot-host://u:p@engine/",
            "nanobot-host://engine.example.org/",
            "nanobot-host://engine:1/",
            "",
            "https://example.org/",
        ];
        for url in bad {
            assert!(gateway_address(url).is_err(), "{url}");
        }
    }

    #[test]
    fn sockets_are_few_and_credit_never_grows() {
        let sockets = Sockets::default();
        let channel = || Channel::new(|_| Ok(()));
        let (id, ends) = sockets.add(channel(), CancellationToken::new()).unwrap();
        sockets.acknowledge(id, usize::MAX);
        assert_eq!(ends.credit.available_permits(), BATCHES_AHEAD);
        for _ in 1..SOCKETS_LIMIT {
            sockets.add(channel(), CancellationToken::new()).unwrap();
        }
        assert!(sockets.add(channel(), CancellationToken::new()).is_err());
        sockets.close_all();
        assert!(ends.closed.is_cancelled());
        assert!(sockets.add(channel(), CancellationToken::new()).is_ok());
    }
}
