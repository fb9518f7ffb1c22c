//! The keys of model servers: kept in the system's keyring, or in a file where there is none.
//!
//! Each key rests with the origin it was saved for and is given out for that origin only. Both places are asked on
//! threads of their own, never from an async task. When a keyring fails or takes longer than two seconds, the file is
//! used for as long as this process runs, and [`Keys::store_kind`] says so.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

use super::Secret;
use super::file::KeyFile;
use super::origin::Origin;
use super::ring::{self, Ask, RING_LIMIT, Ring};

/// Requests that may wait for the keys' thread.
const QUEUE: usize = 32;

/// The environment variable that, set to `file`, keeps keys out of the keyring.
const PLACE_VARIABLE: &str = "ALCOVE_KEYS";

/// Where keys may rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The system's keyring where there is one, else the file.
    Keyring,
    /// The file, always.
    File,
}

/// Where keys rest, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreKind {
    /// No key has been asked for yet.
    Unknown,
    /// The system's keyring.
    Keyring,
    /// The key file.
    File {
        /// The file, whether it exists yet or not.
        path: PathBuf,
        /// Why the keyring is not used; `None` when the file was asked for.
        reason: Option<String>,
    },
}

impl StoreKind {
    /// One or two sentences for the settings page.
    pub fn words(&self) -> String {
        match self {
            Self::Unknown => "Keys will be kept in the system keyring if there is one.".to_owned(),
            Self::Keyring => "Keys are kept in the system keyring.".to_owned(),
            Self::File { path, reason: None } => {
                format!("Keys are kept in {}, which only you can read.", path.display())
            }
            Self::File { path, reason: Some(reason) } => {
                format!("Keys are kept in {}, which only you can read, because {reason}.", path.display())
            }
        }
    }
}

/// Why a key could not be read or kept. Never holds a key.
#[derive(Debug)]
pub enum Error {
    /// The key was saved for another address and is not given out for this one.
    OtherOrigin {
        /// The key's name.
        name: String,
        /// The origin it was saved for.
        saved_for: Origin,
    },
    /// The key file could not be read or written.
    File(io::Error),
    /// The keys' thread could not be started or has ended.
    Closed,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherOrigin { name, saved_for } => {
                write!(f, "the key of “{name}” was saved for {saved_for}; enter it again for the new address")
            }
            Self::File(error) => write!(f, "the keys could not be reached: {error}"),
            Self::Closed => write!(f, "the keys cannot be reached: their thread has ended"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File(error) => Some(error),
            Self::OtherOrigin { .. } | Self::Closed => None,
        }
    }
}

/// A key at rest. One without a key says that it was removed, in case an older one stays behind elsewhere.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Record {
    origin: Option<Origin>,
    key: Option<String>,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Record {{ origin: {:?} }}", self.origin)
    }
}

impl Record {
    pub(super) fn removed() -> Self {
        Self { origin: None, key: None }
    }
}

/// The keys, shared by all clones. Their thread ends with the last one.
#[derive(Debug, Clone)]
pub struct Keys {
    requests: mpsc::Sender<Request>,
    /// Guards only the word for where keys rest; written by the keys' thread.
    kind: Arc<Mutex<StoreKind>>,
}

#[derive(Debug)]
enum Request {
    Get(String, oneshot::Sender<Result<Option<Record>, Error>>),
    Put(String, Record, oneshot::Sender<Result<(), Error>>),
}

impl Keys {
    /// Keys of the data directory `data_dir`, which nobody else uses. Touches neither keyring nor key file yet.
    pub fn open(data_dir: &Path) -> Result<Self, Error> {
        match std::env::var_os(PLACE_VARIABLE).is_some_and(|value| value == "file") {
            true => Self::open_in(data_dir, Place::File),
            false => Self::open_in(data_dir, Place::Keyring),
        }
    }

    /// As [`Keys::open`], whatever the environment says.
    pub fn open_in(data_dir: &Path, place: Place) -> Result<Self, Error> {
        let ring = match place {
            Place::Keyring => RingState::Untried(|| Ring::start(RING_LIMIT, ring::system)),
            Place::File => RingState::Off,
        };
        Self::start(KeyFile::new(data_dir), ring)
    }

    fn start(file: KeyFile, ring: RingState) -> Result<Self, Error> {
        let (requests, incoming) = mpsc::channel(QUEUE);
        let kind = Arc::new(Mutex::new(match &ring {
            RingState::Untried(_) | RingState::On(_) => StoreKind::Unknown,
            RingState::Off => StoreKind::File { path: file.path(), reason: None },
        }));
        let places = Places { ring, file, kind: Arc::clone(&kind) };
        // The thread ends when the last sender is dropped, so nothing has to join it.
        thread::Builder::new().name("alcove-keys".to_owned()).spawn(move || places.serve(incoming)).map_err(|_| Error::Closed)?;
        Ok(Self { requests, kind })
    }

    /// The key saved as `name`, if it was saved for `origin`.
    pub async fn get(&self, name: &str, origin: &Origin) -> Result<Option<Secret>, Error> {
        let (reply, answer) = oneshot::channel();
        self.requests.send(Request::Get(name.to_owned(), reply)).await.map_err(|_| Error::Closed)?;
        let Some(Record { origin: Some(saved_for), key: Some(key) }) = answer.await.map_err(|_| Error::Closed)?? else {
            return Ok(None);
        };
        let secret = Secret(key);
        crate::report::conceal(&secret);
        match saved_for == *origin {
            true => Ok(Some(secret)),
            false => Err(Error::OtherOrigin { name: name.to_owned(), saved_for }),
        }
    }

    /// Saves a key for `origin`, in place of any other of that name. When this returns, it is kept.
    pub async fn set(&self, name: &str, origin: &Origin, secret: &Secret) -> Result<(), Error> {
        crate::report::conceal(secret);
        let record = Record { origin: Some(origin.clone()), key: Some(secret.expose().to_owned()) };
        self.put(name, record).await
    }

    /// Forgets the key saved as `name`. No key of that name is no error.
    pub async fn remove(&self, name: &str) -> Result<(), Error> {
        self.put(name, Record::removed()).await
    }

    /// Where keys rest, as far as it is known by now.
    pub fn store_kind(&self) -> StoreKind {
        self.kind.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn put(&self, name: &str, record: Record) -> Result<(), Error> {
        let (reply, answer) = oneshot::channel();
        self.requests.send(Request::Put(name.to_owned(), record, reply)).await.map_err(|_| Error::Closed)?;
        answer.await.map_err(|_| Error::Closed)?
    }
}

enum RingState {
    Untried(fn() -> io::Result<Ring>),
    On(Ring),
    /// Not to be asked, because it failed or was not wanted.
    Off,
}

/// The keys' thread: both places, one request at a time.
struct Places {
    ring: RingState,
    file: KeyFile,
    kind: Arc<Mutex<StoreKind>>,
}

impl Places {
    fn serve(mut self, mut requests: mpsc::Receiver<Request>) {
        if let Err(error) = self.file.sweep() {
            crate::report::problem("what was left of an older key file could not be removed", &error);
        }
        while let Some(request) = requests.blocking_recv() {
            // A reply nobody waits for any more is dropped.
            match request {
                Request::Get(name, reply) => drop(reply.send(self.get(&name))),
                Request::Put(name, record, reply) => drop(reply.send(self.put(&name, record))),
            }
        }
    }

    /// The file speaks first: it holds a record only since the keyring last failed to take one.
    fn get(&mut self, name: &str) -> Result<Option<Record>, Error> {
        let in_ring = self.ask_ring(Ask::Get(name.to_owned())).flatten();
        let in_file = self.file.read().map_err(Error::File)?.keys.remove(name);
        Ok(in_file.or_else(|| serde_json::from_str(&in_ring?).ok()))
    }

    fn put(&mut self, name: &str, record: Record) -> Result<(), Error> {
        let ask = match &record.key {
            Some(_) => Ask::Set(name.to_owned(), serde_json::to_string(&record).map_err(|e| Error::File(e.into()))?),
            None => Ask::Remove(name.to_owned()),
        };
        let in_ring = self.ask_ring(ask).is_some();
        let mut records = self.file.read().map_err(Error::File)?;
        if in_ring && !records.keys.contains_key(name) {
            return Ok(());
        }
        match in_ring {
            true => records.keys.remove(name),
            false => records.keys.insert(name.to_owned(), record),
        };
        self.file.write(&records).map_err(Error::File)
    }

    /// The keyring's answer, or `None` when it is not used. Its first failure takes it out of use.
    fn ask_ring(&mut self, ask: Ask) -> Option<Option<String>> {
        if let RingState::Untried(start) = &self.ring {
            match start() {
                Ok(ring) => self.ring = RingState::On(ring),
                Err(error) => self.give_up(error.to_string()),
            }
        }
        let RingState::On(ring) = &self.ring else {
            return None;
        };
        match ring.ask(ask) {
            Ok(told) => {
                self.note(StoreKind::Keyring);
                Some(told)
            }
            Err(why) => {
                self.give_up(why);
                None
            }
        }
    }

    fn give_up(&mut self, why: String) {
        self.ring = RingState::Off;
        self.note(StoreKind::File { path: self.file.path(), reason: Some(why) });
    }

    fn note(&self, kind: StoreKind) {
        *self.kind.lock().unwrap_or_else(PoisonError::into_inner) = kind;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::time::Duration;

    use super::*;

    fn origin(text: &str) -> Origin {
        Origin::of(&text.parse().unwrap())
    }

    fn keys_with(dir: &Path, limit: Duration, answer: impl FnMut(Ask) -> ring::Told + Send + 'static) -> Keys {
        Keys::start(KeyFile::new(dir), RingState::On(Ring::start(limit, answer).unwrap())).unwrap()
    }

    /// A keyring in memory.
    fn working() -> impl FnMut(Ask) -> ring::Told + Send + 'static {
        let mut entries = HashMap::new();
        move |ask| {
            Ok(match ask {
                Ask::Get(name) => entries.get(&name).cloned(),
                Ask::Set(name, text) => {
                    entries.insert(name, text);
                    None
                }
                Ask::Remove(name) => entries.remove(&name).map(|_| String::new()),
            })
        }
    }

    async fn check_keeping(keys: &Keys) {
        let home = origin("https://api.example.com/v1");
        assert_eq!(keys.get("one", &home).await.unwrap(), None);
        keys.remove("one").await.unwrap();
        keys.set("one", &home, &Secret::new("first-key")).await.unwrap();
        keys.set("one", &home, &Secret::new("second-key")).await.unwrap();
        keys.set("two", &home, &Secret::new("other-key")).await.unwrap();
        assert_eq!(keys.get("one", &home).await.unwrap(), Some(Secret::new("second-key")));
        for foreign in ["http://api.example.com/v1", "https://api.example.com:8443/", "https://api.example.org"] {
            let error = keys.get("one", &origin(foreign)).await.unwrap_err();
            assert!(matches!(error, Error::OtherOrigin { .. }), "{foreign}");
            assert!(!format!("{error} {error:?}").contains("second-key"));
        }
        keys.remove("one").await.unwrap();
        assert_eq!(keys.get("one", &home).await.unwrap(), None);
        assert_eq!(keys.get("two", &home).await.unwrap(), Some(Secret::new("other-key")));
    }

    #[tokio::test]
    async fn keys_are_kept_in_the_file_when_asked() {
        let dir = tempfile::tempdir().unwrap();
        let keys = Keys::open_in(dir.path(), Place::File).unwrap();
        check_keeping(&keys).await;
        let path = dir.path().join("keys.json");
        assert_eq!(keys.store_kind(), StoreKind::File { path: path.clone(), reason: None });
        drop(keys);
        let again = Keys::open_in(dir.path(), Place::File).unwrap();
        let home = origin("https://api.example.com");
        assert_eq!(again.get("two", &home).await.unwrap(), Some(Secret::new("other-key")), "after reopening");
    }

    #[tokio::test]
    async fn keys_are_kept_in_the_keyring_where_there_is_one() {
        let dir = tempfile::tempdir().unwrap();
        let keys = keys_with(dir.path(), RING_LIMIT, working());
        assert_eq!(keys.store_kind(), StoreKind::Unknown);
        check_keeping(&keys).await;
        assert_eq!(keys.store_kind(), StoreKind::Keyring);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "no file");
    }

    #[tokio::test]
    async fn a_failing_keyring_gives_way_to_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let mut asked = 0;
        let keys = keys_with(dir.path(), RING_LIMIT, move |_| {
            asked += 1;
            assert_eq!(asked, 1, "not asked again");
            Err("the system keyring is locked".to_owned())
        });
        check_keeping(&keys).await;
        let words = keys.store_kind().words();
        assert!(words.contains("keys.json") && words.contains("because the system keyring is locked"), "{words}");
    }

    #[tokio::test]
    async fn a_hanging_keyring_gives_way_to_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let (_held, never) = std::sync::mpsc::sync_channel::<()>(1);
        let keys = keys_with(dir.path(), Duration::from_millis(20), move |_| {
            let _ = never.recv();
            Ok(None)
        });
        check_keeping(&keys).await;
        assert!(keys.store_kind().words().contains("did not answer within 0.02 s"));
    }

    #[tokio::test]
    async fn the_file_speaks_before_a_keyring_that_came_back() {
        let dir = tempfile::tempdir().unwrap();
        let home = origin("https://api.example.com");
        let away = keys_with(dir.path(), RING_LIMIT, |_| Err("away".to_owned()));
        away.set("kept", &home, &Secret::new("from-file")).await.unwrap();
        away.remove("gone").await.unwrap();
        drop(away);

        let mut entries = working();
        for name in ["kept", "gone"] {
            let stale = Record { origin: Some(home.clone()), key: Some("stale".to_owned()) };
            entries(Ask::Set(name.to_owned(), serde_json::to_string(&stale).unwrap())).unwrap();
        }
        let back = keys_with(dir.path(), RING_LIMIT, entries);
        assert_eq!(back.get("kept", &home).await.unwrap(), Some(Secret::new("from-file")));
        assert_eq!(back.get("gone", &home).await.unwrap(), None);
        back.set("kept", &home, &Secret::new("newest")).await.unwrap();
        assert_eq!(back.get("kept", &home).await.unwrap(), Some(Secret::new("newest")));
        let file = std::fs::read_to_string(dir.path().join("keys.json")).unwrap();
        assert!(!file.contains("kept") && !file.contains("from-file"), "{file}");
    }

    #[tokio::test]
    async fn an_unsafe_file_is_an_error_and_not_a_loss() {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/nowhere", dir.path().join("keys.json")).unwrap();
        let keys = Keys::open_in(dir.path(), Place::File).unwrap();
        let home = origin("https://api.example.com");
        let error = keys.set("one", &home, &Secret::new("planted-key")).await.unwrap_err();
        assert!(error.to_string().contains("symbolic link"), "{error}");
        assert!(!format!("{error} {error:?}").contains("planted-key"));
    }
}
