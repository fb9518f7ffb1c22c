//! The one error of the engine: what failed, on what, and the source.

use std::fmt;
use std::path::PathBuf;

/// Why the engine could not do what it was asked.
#[derive(Debug)]
pub enum Error {
    /// The database could not be opened, read or written.
    Store(alcove_store::Error),
    /// A folder could not be made.
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// What is stored cannot be read as what it should be.
    Unreadable {
        /// What was being read.
        what: &'static str,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// More than can be held at once.
    TooLarge {
        /// What it was.
        what: &'static str,
    },
    /// What turns changed cannot be captured.
    Checkpoints(Box<dyn std::error::Error + Send + Sync>),
    /// The engine is shutting down.
    Closing,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(_) => write!(f, "the database could not be used"),
            Self::Folder { path, .. } => write!(f, "the folder {} could not be made", path.display()),
            Self::Unreadable { what, .. } => write!(f, "{what} in the database cannot be read"),
            Self::TooLarge { what } => write!(f, "{what} is too large"),
            Self::Checkpoints(_) => write!(f, "what turns change could not be captured"),
            Self::Closing => write!(f, "the engine is shutting down"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Store(source) => Some(source),
            Self::Folder { source, .. } => Some(source),
            Self::Unreadable { source, .. } => Some(source),
            Self::Checkpoints(source) => Some(source.as_ref()),
            Self::TooLarge { .. } | Self::Closing => None,
        }
    }
}

impl From<alcove_store::Error> for Error {
    fn from(source: alcove_store::Error) -> Self {
        Self::Store(source)
    }
}

/// Reads from the store without holding up the event loop.
pub(crate) async fn read<T: Send + 'static>(
    store: &alcove_store::Store,
    query: impl FnOnce(&alcove_store::Reader<'_>) -> Result<T, alcove_store::Error> + Send + 'static,
) -> Result<T, Error> {
    let store = store.clone();
    match tokio::task::spawn_blocking(move || store.read(query)).await {
        Ok(found) => Ok(found?),
        Err(_) => Err(Error::Closing),
    }
}

/// Writes a batch and waits until it is on disk.
pub(crate) async fn commit(store: &alcove_store::Store, batch: Vec<alcove_store::Change>) -> Result<(), Error> {
    let (tx, rx) = tokio::sync::oneshot::channel();
    let told = move |outcome| {
        // The asker may have gone; what was asked is done all the same.
        let _gone = tx.send(outcome);
    };
    match store.write(batch, told) {
        Ok(()) => Ok(rx.await.map_err(|_| Error::Closing)??),
        Err(alcove_store::QueueFull(batch)) => {
            let store = store.clone();
            let waited = tokio::task::spawn_blocking(move || store.write_wait(batch)).await;
            Ok(waited.map_err(|_| Error::Closing)??)
        }
    }
}
