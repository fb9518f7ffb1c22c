//! The system's keyring, asked from a thread of its own with a time limit.
//!
//! A keyring may hang for ever, for instance behind an unlock dialog nobody sees. Then its thread is left behind and
//! the keyring is not asked again while this process runs.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// The service name entries are kept under.
const SERVICE: &str = "Alcove";

/// How long one request to the keyring may take.
pub(super) const RING_LIMIT: Duration = Duration::from_secs(2);

/// What the keyring can be asked. Every request names an entry.
#[derive(Clone)]
pub(super) enum Ask {
    Get(String),
    Set(String, String),
    Remove(String),
}

/// What the keyring answered: the text of the entry, or `None` where there is none or nothing to tell.
pub(super) type Told = Result<Option<String>, String>;

/// The keyring's thread, seen from outside. It ends when this is dropped, unless the keyring holds it.
pub(super) struct Ring {
    asks: SyncSender<Ask>,
    answers: Receiver<Told>,
    limit: Duration,
}

impl Ring {
    /// Starts a thread that answers with `answer`; production passes [`system`].
    pub(super) fn start(limit: Duration, mut answer: impl FnMut(Ask) -> Told + Send + 'static) -> std::io::Result<Self> {
        let (asks, incoming) = sync_channel::<Ask>(1);
        let (outgoing, answers) = sync_channel(1);
        thread::Builder::new().name("alcove-keyring".to_owned()).spawn(move || {
            while let Ok(ask) = incoming.recv() {
                if outgoing.send(answer(ask)).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self { asks, answers, limit })
    }

    /// Asks and waits. After an error this ring must not be asked again: a late answer would be taken for the next.
    pub(super) fn ask(&self, ask: Ask) -> Told {
        let gone = || "the system keyring stopped answering".to_owned();
        self.asks.try_send(ask).map_err(|_| gone())?;
        match self.answers.recv_timeout(self.limit) {
            Ok(told) => told,
            Err(RecvTimeoutError::Timeout) => Err(format!("the system keyring did not answer within {} s", self.limit.as_secs_f64())),
            Err(RecvTimeoutError::Disconnected) => Err(gone()),
        }
    }
}

/// Asks the operating system's keyring. Blocks for as long as it likes.
pub(super) fn system(ask: Ask) -> Told {
    if let Err(error) = keyring::Entry::store_status() {
        return Err(words(error));
    }
    let answer = match ask {
        Ask::Get(name) => entry(&name)?.get_password().map(Some),
        Ask::Set(name, text) => entry(&name)?.set_password(&text).map(|()| None),
        Ask::Remove(name) => entry(&name)?.delete_credential().map(|()| None),
    };
    match answer {
        Ok(told) => Ok(told),
        Err(keyring::Error::NoEntry) => Ok(None),
        Err(error) => Err(words(&error)),
    }
}

fn entry(name: &str) -> Result<keyring::Entry, String> {
    keyring::Entry::new(SERVICE, name).map_err(|error| words(&error))
}

/// Only the platform's own words: other variants may carry what was stored.
fn words(error: &keyring::Error) -> String {
    if let keyring::Error::PlatformFailure(cause) | keyring::Error::NoStorageAccess(cause) = error {
        return format!("the system keyring is not available ({cause})");
    }
    "the system keyring cannot be used".to_owned()
}
