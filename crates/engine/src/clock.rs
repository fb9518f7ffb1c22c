//! The time, and ids nobody has used before. The only place of the engine that reads a clock or a die.

use std::time::{SystemTime, UNIX_EPOCH};

use alcove_proto::ChatId;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Milliseconds since the epoch.
pub(crate) fn now_ms() -> i64 {
    i64::try_from(since_epoch().as_millis()).unwrap_or(i64::MAX)
}

/// Nanoseconds since the epoch.
pub(crate) fn now_ns() -> u128 {
    since_epoch().as_nanos()
}

fn since_epoch() -> std::time::Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// A random UUID (version 4).
pub fn fresh_uuid() -> String {
    let mut bytes = random::<16>();
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let text = hex(&bytes);
    format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
}

/// A chat id nobody has used before.
pub fn fresh_chat_id() -> ChatId {
    ChatId::parse(&fresh_uuid()).expect("a UUID is a chat id")
}

/// `N` random bytes from the operating system.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    bytes
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Local time for people: `2026-11-21 05:30`.
pub(crate) fn local_minute(ms: i64, zone: &TimeZone) -> String {
    let moment = Timestamp::from_millisecond(ms).unwrap_or_default().to_zoned(zone.clone());
    moment.strftime("%Y-%m-%d %H:%M").to_string()
}

/// Local time without zone, microseconds: `2026-11-21T05:30:00.123000`, as the list of chats has it (envelope §2.4).
pub(crate) fn local_iso(ms: i64, zone: &TimeZone) -> String {
    let moment = Timestamp::from_millisecond(ms).unwrap_or_default().to_zoned(zone.clone());
    moment.strftime("%Y-%m-%dT%H:%M:%S.%6f").to_string()
}
