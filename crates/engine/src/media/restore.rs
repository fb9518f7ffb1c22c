//! Files that come back with an imported chat: under the names they had where that is possible, and with addresses that open here.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::prelude::BASE64_STANDARD;
use base64::read::DecoderReader;

use super::incoming::{Attachment, Origin};
use super::kind::declared;
use super::{FILES, MEDIA_PATH, Media, remove};
use crate::clock::{hex, random};

/// Bytes copied at once.
const PIECE_BYTES: usize = 64 * 1024;

impl Media {
    /// Takes a file back: under its old name when that is free, or already this very file; otherwise under a new one. Blocks.
    pub(crate) fn restore(&self, old: &str, what: (&str, &str), base64: &str) -> Result<Attachment, &'static str> {
        let (name, mime) = what;
        let plain = old.strip_prefix(FILES).and_then(|rest| rest.strip_prefix('/')).filter(|file| is_plain(file));
        let kind = declared(mime).ok_or("files of its type are not taken")?;
        let Some(plain) = plain else { return Err("its file's name is none of ours") };
        let part = self.path(FILES).join(format!(".{}.part", hex(&random::<12>())));
        let failed = |error: &io::Error| {
            crate::report::problem("an imported file could not be kept", error);
            remove(&part);
            "its file could not be written"
        };
        let mut file = self.inner.create(&part).map_err(|error| failed(&error))?;
        let mut bytes = 0;
        let mut decoder = DecoderReader::new(base64.as_bytes(), &BASE64_STANDARD);
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            let count = match decoder.read(&mut piece) {
                Ok(0) => break,
                Ok(count) => count,
                Err(_) => {
                    remove(&part);
                    return Err("its file is damaged");
                }
            };
            bytes += count as u64;
            file.write_all(&piece[..count]).map_err(|error| failed(&error))?;
        }
        io::Seek::rewind(&mut file).map_err(|error| failed(&error))?;
        let fits = bytes > 0 && bytes <= kind.kind.max_bytes() && kind.matches(&mut file).map_err(|error| failed(&error))?;
        if !fits {
            remove(&part);
            return Err("its file is not of its type, or too large");
        }
        file.sync_data().map_err(|error| failed(&error))?;
        drop(file);
        let wanted = format!("{FILES}/{plain}");
        let hold = self.inner.holds.hold(&wanted);
        // A link is made only where nothing is yet; a rename would take the place of another chat's file.
        let there = match fs::hard_link(&part, self.path(&wanted)) {
            Ok(()) => true,
            Err(_) => self.is_same(&part, &wanted).unwrap_or(false),
        };
        let file = if there {
            remove(&part);
            wanted
        } else {
            drop(hold);
            return self.keep(&part, kind, Some(name), bytes).map_err(|error| failed(&error));
        };
        Ok(self.attach((kind.kind, kind.mime), (file, bytes), Some(name), (Origin::Message, hold)))
    }

    fn is_same(&self, part: &std::path::Path, file: &str) -> io::Result<bool> {
        let Ok(other) = self.read(file) else { return Ok(false) };
        let mine = fs::File::open(part)?;
        if mine.metadata()?.len() != other.metadata()?.len() {
            return Ok(false);
        }
        let (mut mine, mut other) = (io::BufReader::new(mine).bytes(), io::BufReader::new(other).bytes());
        loop {
            match (mine.next().transpose()?, other.next().transpose()?) {
                (None, None) => return Ok(true),
                (one, two) if one == two => {}
                (_, _) => return Ok(false),
            }
        }
    }

    /// The text with addresses of files that came along changed to those that open here; others are left as they are.
    pub(crate) fn readdress(&self, text: &str, files: &HashMap<&str, &Attachment>) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(MEDIA_PATH) {
            let (before, address) = rest.split_at(at + MEDIA_PATH.len());
            let end = address.find(|c: char| !(c.is_ascii_alphanumeric() || "-_/".contains(c))).unwrap_or(address.len());
            let file = address[..end].split_once('/').and_then(|(_, payload)| file_of(payload));
            match file.as_deref().and_then(|file| files.get(file)) {
                Some(kept) => {
                    out.push_str(&before[..at]);
                    out.push_str(&kept.url);
                }
                None => {
                    out.push_str(before);
                    out.push_str(&address[..end]);
                }
            }
            rest = &address[end..];
        }
        out.push_str(rest);
        out
    }
}

fn file_of(payload: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

/// A name as we give them: no folder, nothing hidden.
fn is_plain(file: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    !file.is_empty() && file.len() <= 255 && !file.starts_with('.') && file.chars().all(plain)
}
