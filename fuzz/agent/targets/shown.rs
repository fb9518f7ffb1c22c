//! Text as a person sees it: the pieces are the text, and nothing hidden passes as plain.
#![no_main]

use alcove_agent::shown::{What, is_plain, pieces, shown};
use alcove_fuzz_agent::in_time;
use libfuzzer_sys::fuzz_target;

/// Blanks in a row that may still be an indentation.
const GAP: usize = 32;

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let parts = in_time("showing", || pieces(&text));
    let joined: String = parts.iter().map(|piece| piece.text.as_str()).collect();
    assert_eq!(joined, text, "nothing is cut");
    for piece in &parts {
        assert!(!piece.text.is_empty(), "{text:?}");
        if piece.what == What::Plain {
            assert_eq!(piece.shown, piece.text);
            let lines = piece.text.replace("\r\n", "\n");
            assert!(!lines.chars().any(is_hidden), "{:?} in {text:?}", piece.text);
            assert!(!lines.contains(&" ".repeat(GAP + 1)), "a gap passes: {text:?}");
        } else {
            assert_ne!(piece.shown, piece.text, "{piece:?} has no mark");
        }
    }
    let seen: String = parts.iter().map(|piece| piece.shown.as_str()).collect();
    assert_eq!(seen, shown(&text));
    assert!(!seen.replace("\r\n", "\n").chars().any(is_hidden), "{seen:?}");
    assert_eq!(is_plain(&text), parts.iter().all(|piece| piece.what == What::Plain));
});

/// What Unicode says has no form, turns the reading, or breaks a line: controls, separators, and what may be left out by default.
fn is_hidden(letter: char) -> bool {
    let code = u32::from(letter);
    let separator = matches!(code, 0xa0 | 0x1680 | 0x2000..=0x200a | 0x2028 | 0x2029 | 0x202f | 0x205f | 0x3000);
    let ignorable = matches!(code, 0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f | 0x200b..=0x200f
        | 0x202a..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff0..=0xfffb | 0x1bca0..=0x1bca3
        | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff);
    let private = matches!(code, 0xe000..=0xf8ff | 0xf0000..=0x10ffff);
    (letter.is_control() && !matches!(letter, '\n' | '\t')) || separator || ignorable || private
}
