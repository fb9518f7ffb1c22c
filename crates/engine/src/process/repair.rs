//! Text out of bytes that come in pieces: a character cut in two is put together, and what is no UTF-8 becomes U+FFFD.

#[derive(Debug, Default)]
pub(super) struct Repair {
    /// The beginning of a character whose rest has not come yet: at most three bytes.
    begun: Vec<u8>,
}

impl Repair {
    /// Adds the text of a piece.
    pub(super) fn push(&mut self, bytes: &[u8], text: &mut String) {
        if self.begun.is_empty() {
            self.begun = add(bytes, text);
        } else {
            self.begun.extend_from_slice(bytes);
            self.begun = add(&std::mem::take(&mut self.begun), text);
        }
    }

    /// Nothing more comes: a character that was begun stays incomplete.
    pub(super) fn finish(&mut self, text: &mut String) {
        if !std::mem::take(&mut self.begun).is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
}

/// Adds what is whole; what is left is the beginning of a character.
fn add(bytes: &[u8], text: &mut String) -> Vec<u8> {
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        let invalid = chunk.invalid();
        if invalid.is_empty() {
            continue;
        }
        let at_end = std::ptr::eq(invalid.as_ptr_range().end, bytes.as_ptr_range().end);
        if at_end && std::str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none()) {
            return invalid.to_vec();
        }
        text.push(char::REPLACEMENT_CHARACTER);
    }
    Vec::new()
}
