//! Keys: what they are, and where they rest.
//!
//! A [`Secret`] never shows itself: not in debug prints, not in messages, not through serde. Reading it takes a call
//! to `Secret::expose`, of which there are three: for the request's header, for the record at rest, and for what a person adds to
//! requests.

pub mod keys;
pub mod origin;

mod file;
mod ring;

use std::fmt;

/// What stands for a secret wherever one might be shown.
const MASK: &str = "••••";

/// Secrets up to this many characters are hinted at by the mask alone.
const MAX_SHORT_CHARS: usize = 12;

/// A key. Its memory is overwritten when it is dropped, as far as safe code can.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a key as a person pasted it: white space around it is not part of it.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// True when there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many bytes it has.
    pub(crate) fn length(&self) -> usize {
        self.0.len()
    }

    /// The key itself, for the one place that needs it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Enough to recognise the key by: the first and last four characters, or only the mask when it is short.
    pub fn hint(&self) -> String {
        let chars: Vec<char> = self.0.chars().collect();
        if chars.len() <= MAX_SHORT_CHARS {
            return MASK.to_owned();
        }
        let first: String = chars[..4].iter().collect();
        let last: String = chars[chars.len() - 4..].iter().collect();
        format!("{first}{MASK}{last}")
    }

    /// `words` with every occurrence of the key masked.
    pub fn redact(&self, words: &str) -> String {
        match self.0.is_empty() {
            true => words.to_owned(),
            false => words.replace(&self.0, MASK),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.0).into_bytes();
        bytes.fill(0);
        // Keeps the compiler from leaving out a write that nothing reads.
        std::hint::black_box(&bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_shows_itself() {
        let secret = Secret::new(" sk-0123456789abcdef\n");
        assert_eq!(format!("{secret} {secret:?} {:?}", Some(&secret)), "•••• •••• Some(••••)");
        assert_eq!(secret.expose(), "sk-0123456789abcdef");
    }

    #[test]
    fn hints_tell_long_keys_apart_and_short_ones_not() {
        for (key, hint) in [
            ("", "••••"),
            ("abc", "••••"),
            ("123456789012", "••••"),
            ("1234567890123", "1234••••0123"),
            ("ключ-очень-длинный", "ключ••••нный"),
        ] {
            assert_eq!(Secret::new(key).hint(), hint);
        }
    }

    #[test]
    fn redaction_masks_every_occurrence() {
        assert_eq!(Secret::new("abc").redact("abc, xabcx"), "••••, x••••x");
        assert_eq!(Secret::new("").redact("abc"), "abc");
    }
}
