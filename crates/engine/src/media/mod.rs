//! Media: the files that belong to chats. What comes in is checked and kept under a name of its own, what goes out is staged here, and
//! either is read through a signed address only. No file is held in memory as a whole, and a file nobody's chat has a row for goes.

pub(crate) mod data_url;
mod hold;
mod incoming;
mod kind;
mod markdown;
mod material;
mod name;
mod outgoing;
mod restore;
mod sign;
mod sweep;
#[cfg(test)]
mod tests;
mod upload;

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use alcove_proto::ChatId;
use alcove_proto::envelope::MediaUrl;
use alcove_store::{Change, MediaRow, Store};
use serde_json::json;

pub use incoming::{Attachment, MediaItem, MediaReason, Source};
pub use kind::{Kind, Type, declared, served};
pub use sign::{BadAddress, MEDIA_PATH};
pub use upload::{Offer, Purpose, UPLOADS_OPEN, UploadRefusal, Writing};

pub(crate) use material::attributes;
pub(crate) use name::shown as shown_name;

use crate::beneath::{Beneath, Unopened};
use crate::clock::{hex, random};
use crate::error::Error;
use hold::Holds;
use sign::Signer;
use upload::Uploads;

/// The folder of media in the data folder.
const ROOT: &str = "media";
/// Where files of chats are, below it.
const FILES: &str = "websocket";
/// Where uploads arrive, below it.
const UPLOADS: &str = "uploads";
/// The setting that keeps the signing secret.
const SECRET: &str = "media.secret";
/// Bytes of the signing secret.
const SECRET_BYTES: usize = 32;

/// The media of all chats. Clones are cheap and the same.
#[derive(Clone)]
pub struct Media {
    inner: Arc<Inner>,
}

struct Inner {
    root: PathBuf,
    folder: Beneath,
    files: Beneath,
    signer: Signer,
    store: Store,
    holds: Arc<Holds>,
    uploads: Uploads,
}

/// A file that may be read.
#[derive(Debug)]
pub struct Served {
    /// Open, at its beginning.
    pub file: File,
    /// Its size.
    pub bytes: u64,
    /// What it is served as.
    pub mime: &'static str,
}

impl Media {
    /// Makes the folders and the signing secret where they are missing. Blocks.
    pub(crate) fn open(data_dir: &Path, store: &Store) -> Result<Self, Error> {
        let root = data_dir.join(ROOT);
        let failed = |source| Error::Folder { path: root.clone(), source };
        for name in [FILES, UPLOADS] {
            DirBuilder::new().recursive(true).mode(0o700).create(root.join(name)).map_err(failed)?;
        }
        let folder = Beneath::hold(&root).map_err(failed)?;
        let files = Beneath::hold(&root.join(FILES)).map_err(failed)?;
        let signer = Signer::new(&secret(store)?);
        let holds = Arc::default();
        let uploads = Uploads::load(root.join(UPLOADS), &holds).map_err(failed)?;
        Ok(Self { inner: Arc::new(Inner { folder, files, signer, store: store.clone(), holds, uploads, root }) })
    }

    /// The file a signed address names; `Ok(None)` when it is not there any more. Blocks.
    pub fn serve(&self, signature: &str, payload: &str) -> Result<Option<Served>, BadAddress> {
        let path = self.inner.signer.file(signature, payload)?;
        let file = match self.inner.folder.file(Path::new(&path)) {
            Ok(file) => file,
            Err(Unopened::Failed(error)) => {
                crate::report::problem("a file of media could not be opened", &error);
                return Ok(None);
            }
            Err(Unopened::Outside | Unopened::Missing | Unopened::Invalid) => return Ok(None),
        };
        let Ok(meta) = file.metadata() else { return Ok(None) };
        Ok(Some(Served { file, bytes: meta.len(), mime: served(&path) }))
    }

    /// A file that belongs to a chat, to be read, by its path below the folder of media. Blocks.
    pub(crate) fn read(&self, file: &str) -> Result<File, Unopened> {
        self.inner.folder.file(Path::new(file))
    }

    /// Where a file is, for those that are told paths.
    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.inner.root.join(file)
    }

    /// Forgets files that a deleted chat had: those no other chat has go. Blocks.
    pub fn forget(&self, files: &[String]) {
        for file in files {
            self.inner.remove_unused(file);
        }
    }
}

impl Inner {
    /// A new file of ours, private, to be written.
    fn create(&self, path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).read(true).create_new(true).mode(0o600).open(path)
    }

    /// Removes a file unless a chat has it or somebody is about to give it to one.
    fn remove_unused(&self, file: &str) {
        self.holds.unless_held(file, || match self.store.read(|reader| reader.media_used(file)) {
            Ok(false) => remove(&self.root.join(file)),
            Ok(true) => {}
            // The next sweep asks again.
            Err(error) => crate::report::problem("a file of media could not be looked up", &error),
        });
    }
}

fn remove(path: &Path) {
    match fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => crate::report::problem("a file of media could not be removed", &error),
    }
}

/// The secret that signs addresses. It is made once: an address in a thread is good as long as its file is there.
fn secret(store: &Store) -> Result<Vec<u8>, Error> {
    let kept = store.read(|reader| reader.setting(SECRET))?;
    let text = kept.and_then(|json| serde_json::from_str::<String>(&json).ok());
    if let Some(bytes) = text.as_deref().and_then(unhex).filter(|bytes| bytes.len() == SECRET_BYTES) {
        return Ok(bytes);
    }
    let fresh = random::<SECRET_BYTES>();
    store.write_wait(vec![Change::PutSetting { key: SECRET.to_owned(), value: json!(hex(&fresh)).to_string() }])?;
    Ok(fresh.to_vec())
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks_exact(2);
    if !digits.remainder().is_empty() {
        return None;
    }
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// What clients are told of attachments.
pub(crate) fn told(attachments: &[Attachment]) -> Vec<MediaUrl> {
    let told = |one: &Attachment| MediaUrl { kind: one.kind.told().to_owned(), url: one.url.clone(), name: one.name.clone() };
    attachments.iter().map(told).collect()
}

/// The rows that give attachments to a chat, for the transaction of the prompt they came with.
pub(crate) fn rows(chat: &ChatId, attachments: &[Attachment], at: i64) -> Vec<Change> {
    let row = |attachment: &Attachment| {
        Change::PutMedia(MediaRow {
            chat: chat.as_str().to_owned(),
            file: attachment.file.clone(),
            name: attachment.name.clone(),
            mime: attachment.mime.clone(),
            bytes: attachment.bytes,
            created_at: at,
        })
    };
    attachments.iter().map(row).collect()
}
