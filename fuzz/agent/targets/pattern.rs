//! Patterns of every shape: a pattern, a text and a replacement, parted by the byte 0xff. What is found is where it says, and nothing takes
//! long.
#![no_main]

use alcove_agent::edit::sed;
use alcove_agent::edit::{Edit, MAX_RESULT_BYTES};
use alcove_agent::pattern::{Kind, Pattern, kind, words};
use alcove_fuzz_agent::{edits, fields, in_time};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let [pattern, text, replacement] = fields(input);
    let [pattern, text, replacement] = [pattern, text, replacement].map(|field| String::from_utf8_lossy(field));
    let read = in_time("reading a pattern", || Pattern::parse(&pattern));
    assert_eq!(read.kind(), kind(&pattern), "{pattern:?}");
    let found = in_time("a search", || read.search(&text));
    let matches = in_time("a match", || read.matches(&text));
    if let Some(found) = &found
        && !matches!(read.kind(), Kind::JsonPath | Kind::XPath)
    {
        assert_eq!(text.get(found.at..found.at + found.text.len()), Some(found.text.as_str()), "{pattern:?} in {text:?}");
    }
    assert!(read.fault().is_none() || (found.is_none() && !matches), "{pattern:?} is none and fits {text:?}");
    let replaced = in_time("a replacement", || read.replace(&text, &replacement));
    assert!(replaced.as_ref().is_none_or(|made| made.len() <= MAX_RESULT_BYTES));
    if found.is_none() {
        assert_eq!(replaced, None, "{pattern:?} is not in {text:?}");
    }
    let list: Vec<&str> = text.split_whitespace().collect();
    let _fits = in_time("words", || words::matches(&pattern, &list));
    if let Some((chain, _)) = in_time("reading a chain", || sed::read(&pattern)) {
        assert!(!chain.is_empty() && chain.len() <= sed::MAX_CHAIN);
        edits::check(Some(text.as_bytes()), &Edit::Sed(chain));
    }
});
