//! What goes out (envelope §4.3, §4.5): files of a project that a finished text shows are copied here once, by their content, and get a
//! signed address. Nothing outside the project is ever read.

use std::fs::{self, File};
use std::io::{self, Read, Seek as _, SeekFrom, Write};
use std::path::Path;

use percent_encoding::percent_decode_str;
use sha2::{Digest as _, Sha256};

use super::incoming::Origin;
use super::kind::{Kind, declared, served};
use super::{Attachment, FILES, Media, markdown, name, remove};
use crate::beneath::Beneath;
use crate::clock::{hex, random};
use crate::report;

/// The largest file that is shown.
const SHOWN_BYTES: u64 = 64 << 20;
/// Images of one text that are shown; those after them stay as they are.
const SHOWN_IMAGES: usize = 32;
/// Hexadecimal digits of the content's hash in a name.
const HASH_DIGITS: usize = 20;
/// Bytes copied at once.
const PIECE: usize = 128 * 1024;

/// A text whose images can be shown.
#[derive(Debug)]
pub(crate) struct Illustrated {
    /// The text with signed addresses.
    pub(crate) text: String,
    /// The files they name, each once.
    pub(crate) files: Vec<Attachment>,
}

impl Media {
    /// The text with the images of a project made visible; `None` when it shows none. Blocks.
    pub(crate) fn illustrate(&self, text: &str, project: &Path) -> Option<Illustrated> {
        if !text.contains("![") {
            return None;
        }
        let project = Beneath::hold(project).ok()?;
        let mut files: Vec<Attachment> = Vec::new();
        let text = markdown::replaced(text, |path| {
            if files.len() >= SHOWN_IMAGES {
                return None;
            }
            let staged = self.stage(&project, path)?;
            let url = staged.url.clone();
            if !files.iter().any(|file| file.file == staged.file) {
                files.push(staged);
            }
            Some(url)
        })?;
        Some(Illustrated { text, files })
    }

    /// Copies a file of the project, unless the same content is here already under the same name.
    fn stage(&self, project: &Beneath, path: &str) -> Option<Attachment> {
        let decoded = percent_decode_str(path).decode_utf8().ok()?;
        let open = |path: &str| project.file(project.relative(Path::new(path))?).ok().map(|file| (file, path.to_owned()));
        // An escape may be part of the name.
        let (mut file, path) = open(path).or_else(|| open(&decoded))?;
        let bytes = file.metadata().ok().map(|meta| meta.len()).filter(|bytes| (1..=SHOWN_BYTES).contains(bytes))?;
        match self.copy(&mut file, &path, bytes) {
            Ok(staged) => Some(staged),
            Err(error) => {
                report::problem("an image of an answer could not be kept", &error);
                None
            }
        }
    }

    /// Takes a picture of a project, so that a model can be shown it; `None` when it is none that models are shown. Blocks.
    pub(crate) fn picture(&self, source: &mut File, path: &str) -> io::Result<Option<Attachment>> {
        let Some(kind) = declared(served(path)).filter(|kind| kind.kind == Kind::Image) else { return Ok(None) };
        let bytes = source.metadata()?.len();
        if !(1..=kind.kind.max_bytes()).contains(&bytes) || !kind.matches(source)? {
            return Ok(None);
        }
        source.seek(SeekFrom::Start(0))?;
        self.copy(source, path, bytes).map(Some)
    }

    fn copy(&self, source: &mut File, path: &str, bytes: u64) -> io::Result<Attachment> {
        let hash = copy_hashed(source, &mut io::sink(), bytes)?;
        let staged = self.staged(&hash, path, bytes);
        if fs::metadata(self.path(&staged.file)).is_ok_and(|there| there.len() == bytes) {
            return Ok(staged);
        }
        source.seek(SeekFrom::Start(0))?;
        let part = self.path(FILES).join(format!(".{}.part", hex(&random::<12>())));
        let copied = self.inner.create(&part).and_then(|mut file| {
            let hash = copy_hashed(source, &mut file, bytes)?;
            file.sync_data()?;
            Ok(hash)
        });
        // The file may have changed since: its name is that of what was copied.
        let kept = copied.and_then(|hash| {
            let staged = self.staged(&hash, path, bytes);
            fs::rename(&part, self.path(&staged.file))?;
            self.inner.files.sync()?;
            Ok(staged)
        });
        if kept.is_err() {
            remove(&part);
        }
        kept
    }

    /// `<20 hex>-<name>`, held from now on.
    fn staged(&self, hash: &str, path: &str, bytes: u64) -> Attachment {
        let given = path.rsplit('/').next().unwrap_or_default();
        let ending = name::ending(given).unwrap_or_default();
        let file = format!("{FILES}/{hash}-{}.{ending}", name::stem(given));
        let mime = served(&file);
        let kind = if mime.starts_with("video/") { Kind::Video } else { Kind::Image };
        let hold = self.inner.holds.hold(&file);
        self.attach((kind, mime), (file, bytes), Some(given), (Origin::Message, hold))
    }
}

/// Copies exactly `bytes`, a piece at a time; the hash's first digits come back.
fn copy_hashed(from: &mut File, to: &mut impl Write, bytes: u64) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut piece = vec![0; PIECE];
    let mut from = from.take(bytes);
    let mut left = bytes;
    while left > 0 {
        let count = from.read(&mut piece)?;
        if count == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file became shorter while it was read"));
        }
        hash.update(&piece[..count]);
        to.write_all(&piece[..count])?;
        left -= count as u64;
    }
    let mut digits = hex(&hash.finalize());
    digits.truncate(HASH_DIGITS);
    Ok(digits)
}
