//! An edit of a file: what was shown is what is made, all of it or none.

use alcove_agent::edit::diff::{self, Limits};
use alcove_agent::edit::patch::{self, What};
use alcove_agent::edit::refusal::Refusal;
use alcove_agent::edit::{Change, Digest, Edit, File, MAX_RESULT_BYTES, Seen, apply};

use crate::in_time;

/// A file as an input gives it: the byte 0xfe first says that there is none.
pub fn file(field: &[u8]) -> Option<&[u8]> {
    (field.first() != Some(&0xfe)).then_some(field)
}

/// Applies an edit and fails when a promise is broken.
pub fn check(bytes: Option<&[u8]>, edit: &Edit) {
    let now = File { path: "dir/a.txt", bytes, seen: &Seen::Never };
    let shown = in_time("an edit", || apply(&now, edit));
    assert_eq!(shown, apply(&now, edit), "the same edit is the same");
    let change = match shown {
        Ok(change) => change,
        Err(refusal) => return told(&refusal),
    };
    assert!(change.after.len() <= MAX_RESULT_BYTES);
    assert_eq!(change.before, bytes.map(Digest::of));
    // What was shown is what is written, as long as the file is what it was.
    let seen = change.seen(bytes);
    assert_eq!(apply(&File { seen: &seen, ..now }, edit).as_ref(), Ok(&change), "shown and applied");
    let other = [bytes.unwrap_or_default(), b"\nelse"].concat();
    let changed = apply(&File { bytes: Some(&other), seen: &seen, ..now }, edit);
    assert!(matches!(changed, Err(Refusal::Changed { .. })), "a change meanwhile is told");
    for note in &change.notes {
        assert!(!note.kind().is_empty() && note.to_value().is_object());
    }
    difference(bytes.unwrap_or_default(), &change);
}

/// The whole difference, read as a patch, makes the same bytes.
fn difference(before: &[u8], change: &Change) {
    let whole = diff::unified("dir/a.txt", before, &change.after, Limits::NONE);
    assert_eq!((whole.added, whole.deleted), (change.diff.added, change.diff.deleted));
    assert_eq!(whole.text.is_empty(), before == change.after, "a difference is shown where there is one");
    assert!(!whole.truncated);
    assert!(change.diff.text.lines().count() <= diff::MAX_LINES + 8, "{} lines are shown", change.diff.text.lines().count());
    // An odd carriage return is a line's text in one place and its end in another: such files are compared by their difference only.
    let (Ok(text), Ok(after)) = (std::str::from_utf8(before), std::str::from_utf8(&change.after)) else { return };
    let plain = |text: &str| !text.contains(['\r', '\0', '\u{feff}', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']);
    if whole.text.is_empty() || !plain(text) || !plain(after) || before.is_empty() || after.is_empty() {
        return;
    }
    let files = patch::read(&format!("{}\n", whole.text)).unwrap_or_else(|refusal| panic!("{refusal:?} of {}", whole.text));
    let [file] = files.as_slice() else { panic!("one file in {}", whole.text) };
    let What::Change(edit) = &file.what else { panic!("a change of {}", whole.text) };
    let again = apply(&File { path: "dir/a.txt", bytes: Some(before), seen: &Seen::Never }, edit);
    let again = again.unwrap_or_else(|refusal| panic!("{refusal:?} of {}", whole.text));
    assert_eq!(String::from_utf8_lossy(&again.after), after, "the difference makes it: {}", whole.text);
}

/// A refusal has words and a stable kind.
pub fn told(refusal: &Refusal) {
    assert!(!refusal.kind().is_empty() && !refusal.outcome().is_empty());
    assert!(refusal.to_value().is_object() && !refusal.to_string().is_empty());
}
