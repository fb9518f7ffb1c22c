//! Which dropped files may be attached (envelope §4.1): regular files of a known type within the limits of size and number. What
//! a file is called decides here; what is in it, the gateway looks at again. No file is read here.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::path::Path;
use std::time::SystemTime;

use serde::Serialize;
use serde::ser::Serializer;

/// The largest image or document.
const FILE_BYTES: u64 = 6 * 1024 * 1024;
/// The largest video.
const VIDEO_BYTES: u64 = 20 * 1024 * 1024;
/// All images and documents of one message.
const TOTAL_BYTES: u64 = 24 * 1024 * 1024;
/// Images and documents of one message.
const ATTACHMENTS: usize = 4;
/// Videos of one message.
const VIDEOS: usize = 1;
/// The longest name the page is told, in characters.
const NAME_CHARS: usize = 255;

/// What a file is to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Image,
    Document,
    Video,
}

/// Why a file is not attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    Missing,
    Unreadable,
    Folder,
    Link,
    /// A device, a socket or a pipe.
    Special,
    Mime,
    Empty,
    Size,
    TooManyAttachments,
    TooManyVideos,
    TotalSize,
    TooManyUploads,
    /// It was written to while it was read.
    Changed,
    /// What the engine said, or that it said nothing.
    Engine(String),
}

impl Problem {
    /// The word the page knows it by; the contract's where it has one.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
            Self::Folder => "folder",
            Self::Link => "link",
            Self::Special => "special",
            Self::Mime => "mime",
            Self::Empty => "empty",
            Self::Size => "size",
            Self::TooManyAttachments => "too_many_attachments",
            Self::TooManyVideos => "too_many_videos",
            Self::TotalSize => "total_size",
            Self::TooManyUploads => "too_many_uploads",
            Self::Changed => "changed",
            Self::Engine(_) => "engine",
        }
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// A file that may be attached, held open: what is carried is what was checked.
pub(crate) struct Fit {
    pub(crate) name: String,
    pub(crate) mime: &'static str,
    pub(crate) bytes: u64,
    pub(crate) changed: Option<SystemTime>,
    pub(crate) file: File,
}

/// What the check found.
pub(crate) enum Checked {
    Fit(Fit),
    Refused { name: String, problem: Problem },
}

/// What has been let through so far.
#[derive(Default)]
struct Tally {
    attachments: usize,
    videos: usize,
    bytes: u64,
}

/// Checks files in their order; the first that fit are taken. Blocks as long as the disk does.
pub(crate) fn all(paths: &[impl AsRef<Path>]) -> Vec<Checked> {
    let mut tally = Tally::default();
    let check = |path: &Path| match one(path, &mut tally) {
        Ok(fit) => Checked::Fit(fit),
        Err(problem) => Checked::Refused { name: name_of(path), problem },
    };
    paths.iter().map(AsRef::as_ref).map(check).collect()
}

fn one(path: &Path, tally: &mut Tally) -> Result<Fit, Problem> {
    let seen = fs::symlink_metadata(path).map_err(|error| of_io(&error))?;
    if seen.is_symlink() {
        return Err(Problem::Link);
    }
    if seen.is_dir() {
        return Err(Problem::Folder);
    }
    if !seen.is_file() {
        return Err(Problem::Special);
    }
    let (kind, mime) = kind_of(path).ok_or(Problem::Mime)?;
    tally.has_room(kind, seen.len())?;
    // Looked at again through the open file: the path may lead elsewhere by now.
    let file = open(path).map_err(|error| of_io(&error))?;
    let opened = file.metadata().map_err(|error| of_io(&error))?;
    if !opened.is_file() {
        return Err(Problem::Special);
    }
    tally.has_room(kind, opened.len())?;
    tally.add(kind, opened.len());
    Ok(Fit { name: name_of(path), mime, bytes: opened.len(), changed: opened.modified().ok(), file })
}

impl Tally {
    fn has_room(&self, kind: Kind, bytes: u64) -> Result<(), Problem> {
        let (room, largest) = match kind {
            Kind::Image | Kind::Document if self.attachments >= ATTACHMENTS => return Err(Problem::TooManyAttachments),
            Kind::Image | Kind::Document => (TOTAL_BYTES - self.bytes, FILE_BYTES),
            Kind::Video if self.videos >= VIDEOS => return Err(Problem::TooManyVideos),
            Kind::Video => (VIDEO_BYTES, VIDEO_BYTES),
        };
        match bytes {
            0 => Err(Problem::Empty),
            bytes if bytes > largest => Err(Problem::Size),
            bytes if bytes > room => Err(Problem::TotalSize),
            _ => Ok(()),
        }
    }

    fn add(&mut self, kind: Kind, bytes: u64) {
        match kind {
            Kind::Image | Kind::Document => {
                self.attachments += 1;
                self.bytes += bytes;
            }
            Kind::Video => self.videos += 1,
        }
    }
}

/// Follows no link in the last step and waits for nobody at the other end of a pipe.
#[cfg(target_os = "linux")]
fn open(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;

    use rustix::fs::OFlags;
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY).bits();
    OpenOptions::new().read(true).custom_flags(flags.cast_signed()).open(path)
}

#[cfg(not(target_os = "linux"))]
fn open(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

/// Whatever else a disk may say, the person reads that the file could not be read.
fn of_io(error: &std::io::Error) -> Problem {
    let missing = matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidInput);
    if missing { Problem::Missing } else { Problem::Unreadable }
}

/// The file's own name, as the page may show it.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().chars().take(NAME_CHARS).collect()
}

/// What a file of this name is, and its MIME type; `None` for what no message takes.
pub(crate) fn kind_of(path: &Path) -> Option<(Kind, &'static str)> {
    let extension = path.extension().and_then(OsStr::to_str)?.to_ascii_lowercase();
    TYPES.iter().find(|(known, _, _)| *known == extension).map(|(_, kind, mime)| (*kind, *mime))
}

#[rustfmt::skip]
const TYPES: &[(&str, Kind, &str)] = &[
    ("png", Kind::Image, "image/png"),
    ("jpg", Kind::Image, "image/jpeg"),
    ("jpeg", Kind::Image, "image/jpeg"),
    ("webp", Kind::Image, "image/webp"),
    ("gif", Kind::Image, "image/gif"),
    ("mp4", Kind::Video, "video/mp4"),
    ("webm", Kind::Video, "video/webm"),
    ("mov", Kind::Video, "video/quicktime"),
    ("json", Kind::Document, "application/json"),
    ("pdf", Kind::Document, "application/pdf"),
    ("toml", Kind::Document, "application/toml"),
    ("pptx", Kind::Document, "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("xlsx", Kind::Document, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("docx", Kind::Document, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("yaml", Kind::Document, "application/x-yaml"),
    ("yml", Kind::Document, "application/x-yaml"),
    ("xhtml", Kind::Document, "application/xhtml+xml"),
    ("xml", Kind::Document, "application/xml"),
    ("csv", Kind::Document, "text/csv"),
    ("html", Kind::Document, "text/html"),
    ("htm", Kind::Document, "text/html"),
    ("md", Kind::Document, "text/markdown"),
    ("markdown", Kind::Document, "text/markdown"),
    ("txt", Kind::Document, "text/plain"),
    ("text", Kind::Document, "text/plain"),
    ("log", Kind::Document, "text/plain"),
];

#[cfg(test)]
mod tests;
