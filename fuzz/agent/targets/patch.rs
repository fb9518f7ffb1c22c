//! Patches of both kinds: a file and a patch, parted by the byte 0xff; each change in the patch is tried on the file.
#![no_main]

use alcove_agent::edit::Edit;
use alcove_agent::edit::patch::{MAX_FILES, What, read};
use alcove_fuzz_agent::{edits, fields, in_time};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let [file, text] = fields(input);
    let text = String::from_utf8_lossy(text);
    let files = match in_time("reading a patch", || read(&text)) {
        Ok(files) => files,
        Err(refusal) => return edits::told(&refusal),
    };
    assert!(!files.is_empty() && files.len() <= MAX_FILES);
    for patch in files {
        match patch.what {
            What::Add(edit) => edits::check(None, &edit),
            What::Change(edit) | What::Move { edit: Some(edit), .. } => {
                if let Edit::Hunks(hunks) = &edit {
                    assert!(!hunks.is_empty(), "a change changes something: {text:?}");
                }
                edits::check(edits::file(file), &edit);
            }
            What::Delete | What::Move { edit: None, .. } => {}
        }
    }
});
