//! What comes with a message (envelope §4.1, §4.2): counted, then taken item by item in order. When one cannot be taken, none is.

use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom};
use std::path::Path;

use alcove_proto::limits::{MAX_ATTACHMENTS, MAX_ATTACHMENTS_BYTES};

use super::data_url::{DataUrl, Trouble};
use super::hold::Hold;
use super::kind::{Kind, MAX_VIDEOS, Type, declared};
use super::{FILES, Media, name, remove};
use crate::clock::{hex, random};
use crate::report;

/// Where an item's bytes are.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// In a data URL, borrowed from the frame.
    DataUrl(&'a str),
    /// In a completed upload, by its id.
    Upload(&'a str),
    /// Nowhere: the item is not one.
    Malformed,
}

/// One item of a message's `media`.
#[derive(Clone, Copy, Debug)]
pub struct MediaItem<'a> {
    /// Where its bytes are.
    pub source: Source<'a>,
    /// What the sender calls it.
    pub name: Option<&'a str>,
}

/// A file that came with a message. It stays for as long as this, or a row of it in the store, does.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// How it is shown.
    pub kind: Kind,
    /// Its path below the folder of media.
    pub file: String,
    /// What people call it.
    pub name: String,
    /// Its type.
    pub mime: String,
    /// Its size.
    pub bytes: u64,
    /// Its signed address.
    pub url: String,
    origin: Origin,
    hold: Hold,
}

/// Whom the file of a refused message belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The message: it goes with it.
    Message,
    /// An upload, which may be named again.
    Upload,
}

/// Why attachments were not taken: the `reason` of `attachment_rejected`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaReason {
    /// An item that is none.
    Malformed,
    /// More images than a message may have.
    TooManyImages,
    /// More videos than a message may have.
    TooManyVideos,
    /// More images and documents than a message may have.
    TooManyAttachments,
    /// Images and documents are too large together.
    TotalSize,
    /// A type that is not taken, or a file that is not of its type.
    Mime,
    /// A file that is too large.
    Size,
    /// Not a data URL, not base64, empty, or an upload that is not there.
    Decode,
    /// The disk did not take it.
    Storage,
}

impl MediaReason {
    /// The text on the wire.
    pub fn text(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::TooManyImages => "too_many_images",
            Self::TooManyVideos => "too_many_videos",
            Self::TooManyAttachments => "too_many_attachments",
            Self::TotalSize => "total_size",
            Self::Mime => "mime",
            Self::Size => "size",
            Self::Decode => "decode",
            Self::Storage => "storage",
        }
    }
}

impl Media {
    /// Takes a message's items, all or none, in their order. Blocks until they are on disk.
    pub fn take(&self, items: &[MediaItem<'_>]) -> Result<Vec<Attachment>, MediaReason> {
        count(items.iter().filter_map(|item| self.declared(item.source)).map(|kind| kind.kind))?;
        let mut taken: Vec<Attachment> = Vec::with_capacity(items.len());
        for item in items {
            let total: u64 = taken.iter().filter(|one| one.kind != Kind::Video).map(|one| one.bytes).sum();
            match self.take_one(item) {
                Ok(one) if one.kind != Kind::Video && total + one.bytes > MAX_ATTACHMENTS_BYTES as u64 => {
                    taken.push(one);
                    self.discard(&taken);
                    return Err(MediaReason::TotalSize);
                }
                Ok(one) => taken.push(one),
                Err(reason) => {
                    self.discard(&taken);
                    return Err(reason);
                }
            }
        }
        if !taken.is_empty() {
            self.inner.files.sync().map_err(|error| self.failed(&taken, &error))?;
        }
        Ok(taken)
    }

    /// Removes the files of a message that was refused after all, or had been said already. What a chat has by now stays, and so does an
    /// upload, which the next message may name, and what somebody else still keeps, as a chat that is not stored does. It may be called
    /// after every answer. Blocks.
    pub fn discard(&self, attachments: &[Attachment]) {
        for attachment in attachments {
            match self.inner.store.read(|reader| reader.media_used(&attachment.file)) {
                Ok(false) if attachment.origin == Origin::Message && attachment.hold.is_last() => remove(&self.path(&attachment.file)),
                Ok(_) => {}
                Err(error) => report::problem("a refused attachment could not be looked up", &error),
            }
        }
    }

    fn failed(&self, taken: &[Attachment], error: &std::io::Error) -> MediaReason {
        report::problem("an attachment could not be kept", error);
        self.discard(taken);
        MediaReason::Storage
    }

    /// The type an item is said to be of, when it is one that is taken.
    fn declared(&self, source: Source<'_>) -> Option<&'static Type> {
        match source {
            Source::DataUrl(text) => declared(&DataUrl::parse(text)?.mime),
            Source::Upload(id) => self.uploaded_kind(id),
            Source::Malformed => None,
        }
    }

    fn take_one(&self, item: &MediaItem<'_>) -> Result<Attachment, MediaReason> {
        match item.source {
            Source::Malformed | Source::DataUrl("") => Err(MediaReason::Malformed),
            Source::DataUrl(text) => self.take_data(text, item.name),
            Source::Upload(id) => self.take_upload(id, item.name),
        }
    }

    fn take_data(&self, text: &str, given: Option<&str>) -> Result<Attachment, MediaReason> {
        let url = DataUrl::parse(text).ok_or(MediaReason::Decode)?;
        let kind = declared(&url.mime).ok_or(MediaReason::Mime)?;
        let part = self.path(FILES).join(format!(".{}.part", hex(&random::<12>())));
        let mut file = self.inner.create(&part).map_err(|error| self.failed(&[], &error))?;
        let written = write(&url, kind, &mut file);
        drop(file);
        let kept = written.and_then(|bytes| self.keep(&part, kind, given, bytes).map_err(|error| self.failed(&[], &error)));
        if kept.is_err() {
            remove(&part);
        }
        kept
    }

    /// Gives a file that is on disk its name for good.
    pub(super) fn keep(&self, part: &Path, kind: &'static Type, given: Option<&str>, bytes: u64) -> std::io::Result<Attachment> {
        let file = format!("{FILES}/{}", file_name(kind, given));
        // Held first, so that nobody sweeps it away between its name and its row.
        let hold = self.inner.holds.hold(&file);
        fs::rename(part, self.path(&file))?;
        Ok(self.attachment(kind, (file, bytes), given, (Origin::Message, hold)))
    }

    pub(super) fn attachment(&self, kind: &Type, file: (String, u64), given: Option<&str>, kept: (Origin, Hold)) -> Attachment {
        self.attach((kind.kind, kind.mime), file, given, kept)
    }

    pub(super) fn attach(&self, kind: (Kind, &str), file: (String, u64), given: Option<&str>, kept: (Origin, Hold)) -> Attachment {
        let ((kind, mime), (file, bytes), (origin, hold)) = (kind, file, kept);
        let name = given.and_then(name::shown).unwrap_or_else(|| file.rsplit('/').next().unwrap_or_default().to_owned());
        let url = self.inner.signer.url(&file);
        Attachment { kind, file, name, mime: mime.to_owned(), bytes, url, origin, hold }
    }
}

/// Counts come before anything is decoded.
fn count(kinds: impl Iterator<Item = Kind>) -> Result<(), MediaReason> {
    let (mut images, mut videos, mut documents) = (0, 0, 0);
    for kind in kinds {
        match kind {
            Kind::Image => images += 1,
            Kind::Video => videos += 1,
            Kind::Document => documents += 1,
        }
    }
    match () {
        () if images > MAX_ATTACHMENTS => Err(MediaReason::TooManyImages),
        () if videos > MAX_VIDEOS => Err(MediaReason::TooManyVideos),
        () if images + documents > MAX_ATTACHMENTS => Err(MediaReason::TooManyAttachments),
        () => Ok(()),
    }
}

/// Writes a data URL's bytes and looks whether they are what they are said to be.
fn write(url: &DataUrl<'_>, kind: &Type, file: &mut File) -> Result<u64, MediaReason> {
    let io = |error: &std::io::Error| {
        report::problem("an attachment could not be written", error);
        MediaReason::Storage
    };
    let bytes = url.write(file, kind.kind.max_bytes()).map_err(|trouble| match trouble {
        Trouble::Malformed => MediaReason::Decode,
        Trouble::TooLarge => MediaReason::Size,
        Trouble::Io(error) => io(&error),
    })?;
    file.seek(SeekFrom::Start(0)).map_err(|error| io(&error))?;
    if !kind.matches(file).map_err(|error| io(&error))? {
        return Err(MediaReason::Mime);
    }
    file.sync_data().map_err(|error| io(&error))?;
    Ok(bytes)
}

/// `<12 hex>.<ending>`, for documents `<12 hex>_<stem>.<ending>` (envelope §4.2).
fn file_name(kind: &Type, given: Option<&str>) -> String {
    let unique = hex(&random::<6>());
    let usual = kind.endings.first().copied().unwrap_or("bin");
    match kind.kind {
        Kind::Image | Kind::Video => format!("{unique}.{usual}"),
        Kind::Document => {
            let given = given.unwrap_or_default();
            let ending = name::ending(given).and_then(|own| kind.endings.iter().copied().find(|known| *known == own)).unwrap_or(usual);
            format!("{unique}_{}.{ending}", name::stem(given))
        }
    }
}
