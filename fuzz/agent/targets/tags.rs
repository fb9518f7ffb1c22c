//! Replies in the tag language: however they are cut, they mean the same.
#![no_main]

use alcove_fuzz_agent::reply;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| reply::check(&String::from_utf8_lossy(input)));
