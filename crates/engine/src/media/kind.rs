//! What may be attached (envelope §4.1): the media types with their limits, names and first bytes. Pure but for reading the file it judges.

use std::fs::File;
use std::io::{self, Read};

use serde::{Deserialize, Serialize};

/// Largest video.
pub(super) const MAX_VIDEO_BYTES: u64 = 20 << 20;
/// Videos of one message.
pub(super) const MAX_VIDEOS: usize = 1;
/// Bytes that tell a file's type.
const HEAD_BYTES: usize = 512;
/// Bytes of a text looked at in one go.
const TEXT_BYTES: usize = 64 * 1024;

/// Which limits hold for a file and how it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A still or moving picture.
    Image,
    /// A film.
    Video,
    /// Anything else that may be attached.
    Document,
}

impl Kind {
    /// The word clients are told with a file's address.
    pub(super) fn told(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Document => "file",
        }
    }

    /// The largest file of this kind.
    pub fn max_bytes(self) -> u64 {
        match self {
            Self::Image | Self::Document => alcove_proto::limits::MAX_ATTACHMENT_BYTES as u64,
            Self::Video => MAX_VIDEO_BYTES,
        }
    }
}

/// How a file shows that it is what it is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Png,
    Jpeg,
    Webp,
    Gif,
    Mp4,
    Webm,
    QuickTime,
    Pdf,
    Zip,
    /// UTF-8 throughout, without NUL.
    Text,
}

/// One media type.
#[derive(Debug, PartialEq, Eq)]
pub struct Type {
    /// As it is declared, lower case.
    pub mime: &'static str,
    /// Its limits.
    pub kind: Kind,
    /// Its file names' endings, the usual one first.
    pub endings: &'static [&'static str],
    mark: Mark,
}

#[rustfmt::skip]
const TYPES: &[Type] = &[
    Type { mime: "image/png", kind: Kind::Image, endings: &["png"], mark: Mark::Png },
    Type { mime: "image/jpeg", kind: Kind::Image, endings: &["jpg", "jpeg"], mark: Mark::Jpeg },
    Type { mime: "image/webp", kind: Kind::Image, endings: &["webp"], mark: Mark::Webp },
    Type { mime: "image/gif", kind: Kind::Image, endings: &["gif"], mark: Mark::Gif },
    Type { mime: "video/mp4", kind: Kind::Video, endings: &["mp4", "m4v"], mark: Mark::Mp4 },
    Type { mime: "video/webm", kind: Kind::Video, endings: &["webm"], mark: Mark::Webm },
    Type { mime: "video/quicktime", kind: Kind::Video, endings: &["mov", "qt"], mark: Mark::QuickTime },
    Type { mime: "application/json", kind: Kind::Document, endings: &["json"], mark: Mark::Text },
    Type { mime: "application/pdf", kind: Kind::Document, endings: &["pdf"], mark: Mark::Pdf },
    Type { mime: "application/toml", kind: Kind::Document, endings: &["toml"], mark: Mark::Text },
    Type { mime: "application/vnd.openxmlformats-officedocument.presentationml.presentation", kind: Kind::Document, endings: &["pptx"], mark: Mark::Zip },
    Type { mime: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", kind: Kind::Document, endings: &["xlsx"], mark: Mark::Zip },
    Type { mime: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", kind: Kind::Document, endings: &["docx"], mark: Mark::Zip },
    Type { mime: "application/x-yaml", kind: Kind::Document, endings: &["yaml", "yml"], mark: Mark::Text },
    Type { mime: "application/yaml", kind: Kind::Document, endings: &["yaml", "yml"], mark: Mark::Text },
    Type { mime: "application/xhtml+xml", kind: Kind::Document, endings: &["xhtml"], mark: Mark::Text },
    Type { mime: "application/xml", kind: Kind::Document, endings: &["xml"], mark: Mark::Text },
    Type { mime: "text/csv", kind: Kind::Document, endings: &["csv"], mark: Mark::Text },
    Type { mime: "text/html", kind: Kind::Document, endings: &["html", "htm"], mark: Mark::Text },
    Type { mime: "text/markdown", kind: Kind::Document, endings: &["md", "markdown"], mark: Mark::Text },
    Type { mime: "text/plain", kind: Kind::Document, endings: &["txt", "log"], mark: Mark::Text },
    Type { mime: "text/xml", kind: Kind::Document, endings: &["xml"], mark: Mark::Text },
    Type { mime: "text/yaml", kind: Kind::Document, endings: &["yaml", "yml"], mark: Mark::Text },
];

/// The type declared as `mime`, if it may be attached. Parameters and case do not matter.
pub fn declared(mime: &str) -> Option<&'static Type> {
    let name = mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    TYPES.iter().find(|known| known.mime == name)
}

/// What a file is served as, by its name (envelope §4.4); everything else is only bytes.
pub fn served(file: &str) -> &'static str {
    match file.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "svg" => "image/svg+xml",
        "mp4" | "m4v" => "video/mp4",
        "webm" => "video/webm",
        "mov" | "qt" => "video/quicktime",
        _ => "application/octet-stream",
    }
}

impl Type {
    /// Whether the model can be given it as text.
    pub fn is_text(&self) -> bool {
        self.mark == Mark::Text
    }

    /// Whether the file, read from where it stands, is what it is said to be.
    pub fn matches(&self, file: &mut File) -> io::Result<bool> {
        if self.mark == Mark::Text {
            return is_text(file);
        }
        let mut head = Vec::with_capacity(HEAD_BYTES);
        file.take(HEAD_BYTES as u64).read_to_end(&mut head)?;
        Ok(self.mark.shows(&head))
    }
}

impl Mark {
    fn shows(self, head: &[u8]) -> bool {
        let at = |from: usize, bytes: &[u8]| head.get(from..).is_some_and(|rest| rest.starts_with(bytes));
        match self {
            Self::Png => at(0, b"\x89PNG\r\n\x1a\n"),
            Self::Jpeg => at(0, b"\xff\xd8\xff"),
            Self::Webp => at(0, b"RIFF") && at(8, b"WEBP"),
            Self::Gif => at(0, b"GIF87a") || at(0, b"GIF89a"),
            Self::Mp4 => at(4, b"ftyp") && !STILLS.iter().any(|brand| at(8, *brand)),
            Self::QuickTime => (at(4, b"ftyp") && !STILLS.iter().any(|brand| at(8, *brand))) || OLD_ATOMS.iter().any(|atom| at(4, *atom)),
            Self::Webm => at(0, b"\x1a\x45\xdf\xa3") && head.windows(4).any(|word| word == b"webm"),
            Self::Pdf => at(0, b"%PDF-"),
            Self::Zip => at(0, b"PK\x03\x04"),
            Self::Text => !head.contains(&0) && std::str::from_utf8(head).is_ok(),
        }
    }
}

/// Brands of pictures that use the container of films.
const STILLS: &[&[u8; 4]] = &[b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis"];
/// What QuickTime films began with before brands.
const OLD_ATOMS: &[&[u8; 4]] = &[b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"];

/// UTF-8 to its end and no NUL, read a piece at a time.
fn is_text(file: &mut File) -> io::Result<bool> {
    let mut piece = vec![0; TEXT_BYTES];
    // Bytes of a character whose end is in the next piece.
    let mut open = 0;
    loop {
        let count = file.read(&mut piece[open..])?;
        if count == 0 {
            return Ok(open == 0);
        }
        let read = &piece[..open + count];
        if read.contains(&0) {
            return Ok(false);
        }
        match std::str::from_utf8(read) {
            Ok(_) => open = 0,
            Err(error) if error.error_len().is_none() => {
                let (valid, end) = (error.valid_up_to(), read.len());
                piece.copy_within(valid..end, 0);
                open = end - valid;
            }
            Err(_) => return Ok(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, Write as _};

    use super::*;

    fn check(mime: &str, bytes: &[u8], expected: bool) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.rewind().unwrap();
        let kind = declared(mime).unwrap_or_else(|| panic!("{mime} is not known"));
        assert_eq!(kind.matches(&mut file).unwrap(), expected, "{mime} {:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(24)]));
    }

    #[test]
    fn first_bytes_tell_the_type() {
        let png: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        let jpeg: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF";
        let webp: &[u8] = b"RIFF\x10\0\0\0WEBPVP8 ";
        let gif: &[u8] = b"GIF89a\x01\0";
        let mp4: &[u8] = b"\0\0\0\x18ftypisom\0\0";
        let mov: &[u8] = b"\0\0\0\x14ftypqt  \0\0";
        let old_mov: &[u8] = b"\0\0\0\x08wide\0\0\0\0mdat";
        let heic: &[u8] = b"\0\0\0\x18ftypheic\0\0";
        let webm: &[u8] = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm";
        let mkv: &[u8] = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x88matroska";
        let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        let rows: &[(&str, &[u8], bool)] = &[
            ("image/png", png, true),
            ("IMAGE/PNG; charset=x", png, true),
            ("image/png", jpeg, false),
            ("image/png", b"<html>", false),
            ("image/png", b"\x89PN", false),
            ("image/jpeg", jpeg, true),
            ("image/jpeg", png, false),
            ("image/webp", webp, true),
            ("image/webp", b"RIFF\x10\0\0\0AVI ", false),
            ("image/gif", gif, true),
            ("image/gif", b"GIF90a", false),
            ("video/mp4", mp4, true),
            ("video/mp4", heic, false),
            ("video/mp4", webm, false),
            ("video/quicktime", mov, true),
            ("video/quicktime", old_mov, true),
            ("video/quicktime", png, false),
            ("video/webm", webm, true),
            ("video/webm", mkv, false),
            ("application/pdf", b"%PDF-1.7\n", true),
            ("application/pdf", b"<script>%PDF-1.7", false),
            (docx, b"PK\x03\x04\x14\0", true),
            (docx, b"PK\x05\x06", false),
            ("text/plain", "Grüße".as_bytes(), true),
            ("text/plain", b"a\0b", false),
            ("text/plain", b"\xff\xfea\0", false),
            ("application/json", b"{}", true),
            ("application/json", png, false),
            ("text/html", b"<p>", true),
        ];
        for (mime, bytes, expected) in rows {
            check(mime, bytes, *expected);
        }
    }

    #[test]
    fn long_texts_are_read_to_their_end() {
        // A character that lies across every edge of a piece.
        let text = "€".repeat(TEXT_BYTES);
        check("text/plain", text.as_bytes(), true);
        check("text/plain", format!("x{text}").as_bytes(), true);
        check("text/plain", &text.as_bytes()[..text.len() - 1], false);
        check("text/plain", format!("{text}\0").as_bytes(), false);
    }

    #[test]
    fn what_may_not_be_attached_is_not_known() {
        for mime in ["image/svg+xml", "image/bmp", "application/zip", "application/octet-stream", "text/javascript", "video/x-matroska", ""]
        {
            assert_eq!(declared(mime), None, "{mime}");
        }
    }
}
