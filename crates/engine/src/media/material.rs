//! What a model is given of the files that came with a prompt: short texts in full, images as such, of everything else where it is.

use std::io::Read as _;
use std::sync::Arc;

use alcove_agent::packet;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::kind::{Kind, declared};
use super::{Attachment, Media};
use crate::model;

/// The longest text a model is given in full, in bytes.
const TEXT_BYTES: u64 = 64 * 1024;
/// The most image bytes one call carries.
const IMAGES_BYTES: u64 = 24 << 20;

/// What a prompt's entry remembers of one file.
#[derive(serde::Serialize, Deserialize)]
struct Remembered {
    file: String,
    name: String,
    mime: String,
    kind: Kind,
}

#[derive(Default, serde::Serialize, Deserialize)]
struct Attributes {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    media: Vec<Remembered>,
}

/// What a prompt's entry remembers of its attachments: JSON text.
pub(crate) fn attributes(attachments: &[Attachment]) -> String {
    let remember = |one: &Attachment| Remembered { file: one.file.clone(), name: one.name.clone(), mime: one.mime.clone(), kind: one.kind };
    let attributes = Attributes { media: attachments.iter().map(remember).collect() };
    serde_json::to_string(&attributes).expect("attributes hold nothing JSON cannot say")
}

impl Media {
    /// Adds to a prompt's text what came with it; the images come back. Blocks.
    pub(crate) fn material(&self, attributes: &str, body: &mut String) -> Vec<packet::Image> {
        // What is not ours to read adds nothing.
        let Ok(Attributes { media }) = serde_json::from_str(attributes) else { return Vec::new() };
        let mut images = Vec::new();
        for one in media {
            let added = match one.kind {
                Kind::Image => {
                    images.push(packet::Image { file: one.file, name: one.name, mime: one.mime });
                    continue;
                }
                Kind::Document => self.text(&one).unwrap_or_else(|| self.named(&one)),
                Kind::Video => self.named(&one),
            };
            if !body.is_empty() {
                body.push_str("\n\n");
            }
            body.push_str(&added);
        }
        images
    }

    fn named(&self, one: &Remembered) -> String {
        format!("[Attached file {} ({}): {}]", one.name, one.mime, self.path(&one.file).display())
    }

    /// A short text with its name, fenced by more backticks than it holds in a row.
    fn text(&self, one: &Remembered) -> Option<String> {
        if !declared(&one.mime)?.is_text() {
            return None;
        }
        let file = self.read(&one.file).ok()?;
        let mut text = String::new();
        file.take(TEXT_BYTES + 1).read_to_string(&mut text).ok().filter(|read| *read as u64 <= TEXT_BYTES)?;
        let longest = text.split(|char| char != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        Some(format!("Attached file {} ({}):\n\n{fence}\n{}\n{fence}", one.name, one.mime, text.trim_end_matches('\n')))
    }

    /// The images of a packet's message as a model takes them; of those that are gone or too much, the text says so. Blocks.
    pub(crate) fn shown(&self, message: &packet::Message, room: &mut u64) -> (String, Vec<model::Image>) {
        let (mut content, mut images) = (message.content.clone(), Vec::new());
        for image in &message.images {
            match self.data_url(image, *room) {
                Some((url, bytes)) => {
                    *room -= bytes;
                    images.push(model::Image { name: image.name.clone(), url });
                }
                None => content.push_str(&format!("\n\n[Image, not shown: {}]", image.name)),
            }
        }
        (content, images)
    }

    /// Room for the images of one call.
    pub(crate) fn image_room() -> u64 {
        IMAGES_BYTES
    }

    fn data_url(&self, image: &packet::Image, most: u64) -> Option<(Arc<str>, u64)> {
        let file = self.read(&image.file).ok()?;
        let mut bytes = Vec::new();
        file.take(most + 1).read_to_end(&mut bytes).ok()?;
        let length = bytes.len() as u64;
        (length <= most).then(|| {
            let mut url = format!("data:{};base64,", image.mime);
            STANDARD.encode_string(&bytes, &mut url);
            (url.into(), length)
        })
    }
}
