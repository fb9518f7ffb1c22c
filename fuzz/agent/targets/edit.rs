//! Edits in every form: a file, the text of a `set`, and its attributes, parted by the byte 0xff.
#![no_main]

use alcove_agent::edit::form::{self, Arguments};
use alcove_fuzz_agent::{edits, fields, in_time};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let [file, text, body, search, replace] = fields(input);
    let [text, body, search, replace] = [text, body, search, replace].map(|field| String::from_utf8_lossy(field));
    let given = |field: &'static str, value: &str| (!value.is_empty()).then(|| (field, value.to_owned()));
    let [body, search, replace] = [given("body", &body), given("search", &search), given("replace", &replace)];
    let value = |field: &Option<(&'static str, String)>| field.as_ref().map(|(_, value)| value.clone());
    let (body, search, replace) = (value(&body), value(&search), value(&replace));
    let arguments = Arguments { text: &text, body: body.as_deref(), search: search.as_deref(), replace: replace.as_deref() };
    match in_time("reading an edit", || form::read(arguments)) {
        Ok(Some((form, edit))) => {
            assert!(!form.name().is_empty());
            edits::check(edits::file(file), &edit);
        }
        Ok(None) => {}
        Err(refusal) => edits::told(&refusal),
    }
});
