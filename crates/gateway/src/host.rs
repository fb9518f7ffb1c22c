//! What only a window's process can do: the gateway asks, the host answers. A gateway without a window has nobody to ask.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use alcove_proto::envelope::WebuiError;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

use crate::caller::Reach;

/// The request that opens the folder dialog.
pub(crate) const PICK_FOLDER: &str = "workspace.pick_folder";

/// Something the host is asked.
#[derive(Debug)]
pub enum HostAsk {
    /// Show the folder dialog. `None` when the person chose nothing; an error is told to the person.
    PickFolder {
        /// Takes the answer.
        reply: oneshot::Sender<Result<Option<PathBuf>, String>>,
    },
}

/// Whoever does what only a window can.
#[derive(Debug)]
pub(crate) struct Host {
    asks: Option<mpsc::Sender<HostAsk>>,
    /// Whether a folder dialog is open.
    picking: AtomicBool,
}

fn declined(status: u16, message: impl Into<String>) -> WebuiError {
    WebuiError { status, message: message.into() }
}

impl Host {
    pub(crate) fn new(asks: Option<mpsc::Sender<HostAsk>>) -> Self {
        Self { asks, picking: AtomicBool::new(false) }
    }

    /// Whether a person at this distance can be shown a folder dialog.
    pub(crate) fn picks_folders(&self, reach: Reach) -> bool {
        self.asks.is_some() && reach == Reach::Local
    }

    /// Asks the person for a folder (`workspace.pick_folder`, envelope §2.6).
    pub(crate) async fn pick_folder(&self, reach: Reach) -> Result<Value, WebuiError> {
        let Some(asks) = self.asks.as_ref().filter(|_| reach == Reach::Local) else {
            return Err(declined(403, "native folder picker is unavailable for this connection"));
        };
        if self.picking.swap(true, Ordering::SeqCst) {
            return Err(declined(409, "native folder picker is already open"));
        }
        let _open = Open(&self.picking);
        let (reply, answer) = oneshot::channel();
        let gone = || declined(503, "the window is gone");
        asks.send(HostAsk::PickFolder { reply }).await.map_err(|_| gone())?;
        match answer.await.map_err(|_| gone())? {
            Ok(path) => Ok(json!({ "path": path })),
            Err(why) => Err(declined(503, why)),
        }
    }
}

/// Closes the dialog's mark however asking ends.
struct Open<'a>(&'a AtomicBool);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_dialog_at_a_time_and_only_for_who_sits_here() {
        let nobody = Host::new(None);
        assert_eq!(nobody.pick_folder(Reach::Local).await.map_err(|declined| declined.status), Err(403));
        let (tx, mut rx) = mpsc::channel(1);
        let host = Host::new(Some(tx));
        assert_eq!(host.pick_folder(Reach::Remote).await.map_err(|declined| declined.status), Err(403));
        let first = host.pick_folder(Reach::Local);
        let second = async {
            let HostAsk::PickFolder { reply } = rx.recv().await.expect("an ask");
            let busy = host.pick_folder(Reach::Local).await.map_err(|declined| declined.message);
            assert_eq!(busy, Err("native folder picker is already open".to_owned()));
            reply.send(Ok(Some("/home/me".into()))).expect("somebody waits");
        };
        let (answer, ()) = tokio::join!(first, second);
        assert_eq!(answer, Ok(json!({ "path": "/home/me" })));
        let cancelled = async {
            let HostAsk::PickFolder { reply } = rx.recv().await.expect("an ask");
            reply.send(Ok(None)).expect("somebody waits");
        };
        let (answer, ()) = tokio::join!(host.pick_folder(Reach::Local), cancelled);
        assert_eq!(answer, Ok(json!({ "path": null })), "the mark is gone after an answer");
        let failed = async {
            let HostAsk::PickFolder { reply } = rx.recv().await.expect("an ask");
            reply.send(Err("no portal".to_owned())).expect("somebody waits");
        };
        let (answer, ()) = tokio::join!(host.pick_folder(Reach::Local), failed);
        assert_eq!(answer, Err(declined(503, "no portal")));
        drop(rx);
        assert_eq!(host.pick_folder(Reach::Local).await.map_err(|declined| declined.status), Err(503));
    }
}
