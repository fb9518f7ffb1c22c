//! Uploads: files that come in pieces over HTTP before the message they belong to. What has arrived stays where it is over a broken
//! line and over a restart; a complete one is a file like any other, which a message names by the upload's id.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alcove_proto::upload::{UploadKind, UploadStatus};
use serde::{Deserialize, Serialize};

use super::hold::{Hold, Holds};
use super::incoming::{Attachment, MediaReason, Origin};
use super::kind::{Kind, Type, declared};
use super::{Media, name, remove};
use crate::clock::{hex, now_ms, random};
use crate::report;

/// Uploads that may be under way at once.
pub const UPLOADS_OPEN: usize = 64;
/// Complete uploads remembered; beyond that the oldest are forgotten.
const UPLOADS_KEPT: usize = 256;
/// The largest file that may be uploaded to be imported.
const IMPORT_BYTES: u64 = 256 << 20;
/// An upload no message named is forgotten after a day.
const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;
/// An upload nobody went on with for an hour gives way when there is no room for another.
const IDLE_MS: i64 = 60 * 60 * 1_000;
/// Shortest and longest id.
const ID_CHARS: std::ops::RangeInclusive<usize> = 16..=64;

/// What a file is uploaded for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// To be attached to a message.
    Attach,
    /// To be imported.
    Import,
}

/// A piece of a file that is about to come.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The type the sender declares.
    pub mime: String,
    /// What the sender calls the file.
    pub name: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Where the piece begins.
    pub start: u64,
    /// How long it is.
    pub length: u64,
    /// How long the whole file is.
    pub total: u64,
}

/// Why a piece is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadRefusal {
    /// Numbers, an id or a name that do not fit together, or another file than the one begun under this id.
    Malformed,
    /// Nobody began it, or it is forgotten.
    Unknown,
    /// The piece does not begin where the last one ended, which is here.
    Elsewhere(u64),
    /// Larger than its type may be.
    Size,
    /// A type that is not taken, or a file that is not of its type.
    Mime,
    /// [`UPLOADS_OPEN`] are under way.
    TooMany,
    /// The disk did not take it.
    Storage,
}

/// What is written beside the bytes, so that they can be gone on with after a restart.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Card {
    mime: String,
    name: String,
    total: u64,
    purpose: Purpose,
    created_at: i64,
    /// The file it became.
    file: Option<String>,
}

/// One upload.
struct Slot {
    card: Card,
    received: u64,
    /// When something last came, in milliseconds since the epoch.
    touched: i64,
    /// Counts those who wrote; only the newest may go on.
    writer: u64,
    complete: bool,
    gone: bool,
    /// Keeps the file it became.
    hold: Option<Hold>,
}

/// Every upload that is remembered.
pub(super) struct Uploads {
    folder: PathBuf,
    /// Guards which uploads there are.
    slots: Mutex<HashMap<String, Arc<Mutex<Slot>>>>,
}

/// Takes in one piece. Whoever begins another piece of the same upload takes over from it.
pub struct Writing {
    media: Media,
    id: String,
    slot: Arc<Mutex<Slot>>,
    writer: u64,
    file: File,
    left: u64,
}

/// A file that was uploaded to be imported.
#[derive(Debug)]
pub(crate) struct Imported {
    pub(crate) path: PathBuf,
    pub(crate) name: String,
}

/// No state between two statements is wrong, so poison means nothing.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Uploads {
    /// Finds what the last run left.
    pub(super) fn load(folder: PathBuf, holds: &Arc<Holds>) -> io::Result<Self> {
        let mut slots = HashMap::new();
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let id = path.file_stem().and_then(|stem| stem.to_str()).filter(|id| is_id(id)).map(str::to_owned);
            let (Some(id), Some("json")) = (id, path.extension().and_then(|ending| ending.to_str())) else { continue };
            let card: Option<Card> = fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok());
            let Some(card) = card else { continue };
            let arrived = fs::metadata(part(&folder, &id)).map_or(0, |meta| meta.len()).min(card.total);
            let complete = card.file.is_some() || (card.purpose == Purpose::Import && arrived == card.total);
            let received = if complete { card.total } else { arrived };
            let hold = card.file.as_deref().map(|file| holds.hold(file));
            slots.insert(
                id,
                Arc::new(Mutex::new(Slot { touched: card.created_at, card, received, writer: 0, complete, gone: false, hold })),
            );
        }
        Ok(Self { folder, slots: Mutex::new(slots) })
    }

    fn find(&self, id: &str) -> Option<Arc<Mutex<Slot>>> {
        locked(&self.slots).get(id).cloned()
    }

    /// Whether a file in the folder belongs to an upload.
    pub(super) fn knows(&self, file: &str) -> bool {
        file.split_once('.').is_some_and(|(id, _)| self.find(id).is_some())
    }

    /// The slot of an id, made when there is room.
    fn find_or_begin(&self, id: &str, card: &Card) -> Result<Arc<Mutex<Slot>>, UploadRefusal> {
        let mut slots = locked(&self.slots);
        if let Some(slot) = slots.get(id) {
            return Ok(slot.clone());
        }
        if slots.values().filter(|slot| !locked(slot).complete).count() >= UPLOADS_OPEN {
            return Err(UploadRefusal::TooMany);
        }
        write_card(&self.folder, id, card).map_err(|error| failed(&error))?;
        let slot = Arc::new(Mutex::new(Slot {
            card: card.clone(),
            received: 0,
            touched: card.created_at,
            writer: 0,
            complete: false,
            gone: false,
            hold: None,
        }));
        slots.insert(id.to_owned(), slot.clone());
        Ok(slot)
    }

    fn ids(&self) -> Vec<(String, i64, bool)> {
        let slots = locked(&self.slots);
        let mut ids: Vec<_> =
            slots.iter().map(|(id, slot)| (id, locked(slot))).map(|(id, slot)| (id.clone(), slot.card.created_at, slot.complete)).collect();
        ids.sort_by_key(|(_, at, _)| *at);
        ids
    }
}

impl Media {
    /// Begins to take a piece of an upload. Blocks.
    pub fn begin(&self, id: &str, offer: &Offer) -> Result<Writing, UploadRefusal> {
        let card = card(id, offer)?;
        let uploads = &self.inner.uploads;
        if uploads.find(id).is_none() && offer.start != 0 {
            return Err(UploadRefusal::Elsewhere(0));
        }
        let slot = match uploads.find_or_begin(id, &card) {
            Err(UploadRefusal::TooMany) if self.drop_idle(card.created_at) => uploads.find_or_begin(id, &card)?,
            found => found?,
        };
        let mut open = locked(&slot);
        let same = (&open.card.mime, open.card.total, open.card.purpose) == (&card.mime, card.total, card.purpose);
        match () {
            () if open.gone => return Err(UploadRefusal::Unknown),
            () if !same => return Err(UploadRefusal::Malformed),
            () if open.complete || offer.start != open.received => return Err(UploadRefusal::Elsewhere(open.received)),
            () => {}
        }
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(part(&uploads.folder, id));
        let file = file.map_err(|error| failed(&error))?;
        open.writer += 1;
        open.touched = card.created_at;
        let writer = open.writer;
        drop(open);
        Ok(Writing { media: self.clone(), id: id.to_owned(), slot, writer, file, left: offer.length })
    }

    /// How far an upload is. Blocks.
    pub fn upload(&self, id: &str) -> Result<UploadStatus, UploadRefusal> {
        let slot = self.inner.uploads.find(id).ok_or(UploadRefusal::Unknown)?;
        let mut open = locked(&slot);
        match () {
            () if open.gone => Err(UploadRefusal::Unknown),
            // The last run ended between the last byte and the look at it.
            () if !open.complete && open.received == open.card.total => self.complete(id, &mut open),
            () => Ok(self.status(id, &open)),
        }
    }

    /// Forgets an upload; its file goes unless a chat has it. Answers whether there was one. Blocks.
    pub fn cancel(&self, id: &str) -> bool {
        let Some(slot) = locked(&self.inner.uploads.slots).remove(id) else { return false };
        let file = {
            let mut open = locked(&slot);
            open.gone = true;
            open.hold = None;
            open.card.file.clone()
        };
        remove(&card_path(&self.inner.uploads.folder, id));
        remove(&part(&self.inner.uploads.folder, id));
        if let Some(file) = file {
            self.inner.remove_unused(&file);
        }
        true
    }

    /// The file that was uploaded to be imported, when all of it is there.
    pub(crate) fn imported(&self, id: &str) -> Option<Imported> {
        let slot = self.inner.uploads.find(id)?;
        let open = locked(&slot);
        let here = open.complete && !open.gone && open.card.purpose == Purpose::Import;
        here.then(|| Imported { path: part(&self.inner.uploads.folder, id), name: open.card.name.clone() })
    }

    /// The type of an upload that may be attached.
    pub(super) fn uploaded_kind(&self, id: &str) -> Option<&'static Type> {
        let slot = self.inner.uploads.find(id)?;
        let open = locked(&slot);
        if open.card.purpose == Purpose::Attach { declared(&open.card.mime) } else { None }
    }

    /// A complete upload as an attachment. The same one again is the same file.
    pub(super) fn take_upload(&self, id: &str, given: Option<&str>) -> Result<Attachment, MediaReason> {
        if !is_id(id) {
            return Err(MediaReason::Malformed);
        }
        let slot = self.inner.uploads.find(id).ok_or(MediaReason::Decode)?;
        let open = locked(&slot);
        let kind = if open.card.purpose == Purpose::Attach { declared(&open.card.mime) } else { None };
        let kind = kind.ok_or(MediaReason::Mime)?;
        // Held while the slot is locked: whoever forgets the upload comes after, and leaves the file alone.
        let file = open.card.file.clone().filter(|_| !open.gone).ok_or(MediaReason::Decode)?;
        let hold = self.inner.holds.hold(&file);
        Ok(self.attachment(kind, (file, open.card.total), given.or(Some(&open.card.name)), (Origin::Upload, hold)))
    }

    /// Forgets uploads that are too old, and the oldest complete ones when there are too many. Blocks.
    pub(super) fn purge_uploads(&self, now: i64) {
        let ids = self.inner.uploads.ids();
        let mut spare = ids.iter().filter(|(_, _, complete)| *complete).count().saturating_sub(UPLOADS_KEPT);
        for (id, created_at, complete) in ids {
            let surplus = complete && spare > 0;
            if surplus {
                spare -= 1;
            }
            if surplus || now - created_at > KEPT_MS {
                self.cancel(&id);
            }
        }
    }

    /// Forgets the upload nobody went on with for longest; answers whether there was one.
    pub(super) fn drop_idle(&self, now: i64) -> bool {
        let oldest = {
            let slots = locked(&self.inner.uploads.slots);
            let open = slots.iter().map(|(id, slot)| (id, locked(slot))).filter(|(_, slot)| !slot.complete);
            open.map(|(id, slot)| (slot.touched, id.clone())).min().filter(|(touched, _)| now - touched > IDLE_MS)
        };
        oldest.is_some_and(|(_, id)| self.cancel(&id))
    }

    fn status(&self, id: &str, slot: &Slot) -> UploadStatus {
        let kind = match (slot.card.purpose, declared(&slot.card.mime).map(|kind| kind.kind)) {
            (Purpose::Import, _) | (_, None) => UploadKind::Import,
            (Purpose::Attach, Some(Kind::Image)) => UploadKind::Image,
            (Purpose::Attach, Some(Kind::Video)) => UploadKind::Video,
            (Purpose::Attach, Some(Kind::Document)) => UploadKind::Document,
        };
        UploadStatus {
            id: id.to_owned(),
            received: slot.received,
            total: slot.card.total,
            complete: slot.complete,
            kind,
            mime: slot.card.mime.clone(),
            name: slot.card.name.clone(),
            bytes: slot.card.total,
            url: slot.card.file.as_deref().map(|file| self.inner.signer.url(file)),
        }
    }

    /// Looks at a file that has arrived whole and gives it its place; one that is not of its type is forgotten.
    fn complete(&self, id: &str, slot: &mut Slot) -> Result<UploadStatus, UploadRefusal> {
        let folder = &self.inner.uploads.folder;
        let path = part(folder, id);
        let mut file = File::open(&path).map_err(|error| failed(&error))?;
        file.sync_data().map_err(|error| failed(&error))?;
        if slot.card.purpose == Purpose::Attach {
            let kind = declared(&slot.card.mime).ok_or(UploadRefusal::Mime)?;
            if !kind.matches(&mut file).map_err(|error| failed(&error))? {
                slot.gone = true;
                // The slot is locked here, and whoever looks at the list locks it first.
                remove(&path);
                remove(&card_path(folder, id));
                return Err(UploadRefusal::Mime);
            }
            let kept = self.keep(&path, kind, Some(&slot.card.name), slot.card.total).map_err(|error| failed(&error))?;
            slot.card.file = Some(kept.file.clone());
            slot.hold = Some(self.inner.holds.hold(&kept.file));
            write_card(folder, id, &slot.card).and_then(|()| self.inner.files.sync()).map_err(|error| failed(&error))?;
        }
        slot.complete = true;
        Ok(self.status(id, slot))
    }

    /// Takes an upload that proved to be something else off the list.
    fn drop_gone(&self, id: &str) {
        locked(&self.inner.uploads.slots).remove(id);
    }
}

impl Writing {
    /// Takes in bytes that follow the last. Blocks.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), UploadRefusal> {
        let mut slot = locked(&self.slot);
        if slot.gone {
            return Err(UploadRefusal::Unknown);
        }
        if slot.writer != self.writer {
            return Err(UploadRefusal::Elsewhere(slot.received));
        }
        if bytes.len() as u64 > self.left {
            return Err(UploadRefusal::Malformed);
        }
        self.file.write_all_at(bytes, slot.received).map_err(|error| failed(&error))?;
        slot.received += bytes.len() as u64;
        slot.touched = now_ms();
        self.left -= bytes.len() as u64;
        Ok(())
    }

    /// The piece is over. When it was the last, the file is looked at. Blocks.
    pub fn finish(self) -> Result<UploadStatus, UploadRefusal> {
        let told = {
            let mut slot = locked(&self.slot);
            match () {
                () if slot.gone => Err(UploadRefusal::Unknown),
                () if slot.writer != self.writer => Err(UploadRefusal::Elsewhere(slot.received)),
                () if !slot.complete && slot.received == slot.card.total => self.media.complete(&self.id, &mut slot),
                () => Ok(self.media.status(&self.id, &slot)),
            }
        };
        if told == Err(UploadRefusal::Mime) {
            self.media.drop_gone(&self.id);
        }
        told
    }
}

/// Checks what a piece says about its file before any of it is read.
fn card(id: &str, offer: &Offer) -> Result<Card, UploadRefusal> {
    let mime = offer.mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (most, shown) = match offer.purpose {
        Purpose::Attach => (declared(&mime).ok_or(UploadRefusal::Mime)?.kind.max_bytes(), name::shown(&offer.name)),
        Purpose::Import => (IMPORT_BYTES, name::shown(&offer.name)),
    };
    let end = offer.start.checked_add(offer.length).ok_or(UploadRefusal::Malformed)?;
    if !is_id(id) || offer.length == 0 || end > offer.total {
        return Err(UploadRefusal::Malformed);
    }
    if offer.total > most {
        return Err(UploadRefusal::Size);
    }
    let name = shown.unwrap_or_else(|| "file".to_owned());
    Ok(Card { mime, name, total: offer.total, purpose: offer.purpose, created_at: now_ms(), file: None })
}

/// `[A-Za-z0-9_-]{16,64}`
fn is_id(id: &str) -> bool {
    ID_CHARS.contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn part(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}.part"))
}

fn card_path(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}.json"))
}

/// Replaced whole, so that a card can always be read.
fn write_card(folder: &Path, id: &str, card: &Card) -> io::Result<()> {
    let fresh = folder.join(format!(".{}.part", hex(&random::<12>())));
    fs::write(&fresh, serde_json::to_vec(card)?)?;
    fs::rename(&fresh, card_path(folder, id))
}

fn failed(error: &io::Error) -> UploadRefusal {
    report::problem("an upload could not be kept", error);
    UploadRefusal::Storage
}
