//! Calls in this foreign format, whole, cut off and broken; see `calls`.
#![no_main]

use alcove_agent::dialect::tags::Format;
use alcove_fuzz_agent::calls;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| calls::check(Format::Fence, input));
