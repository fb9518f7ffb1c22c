//! When output is told, at given instants: gathered for a moment, then at a pace, and what is not told less often.

use std::time::Duration;

use tokio::time::Instant;

use super::super::Told;
use super::super::telling::Telling;

/// What is told of a channel of which `cap` bytes are told, as `10 text` or `10 +bytes`, each with its millisecond, up to `until`; asked
/// once a millisecond.
fn told(cap: usize, came: &[(u64, &str)], until: u64) -> String {
    let start = Instant::now();
    let mut telling = Telling::new(1, cap);
    let mut told = Vec::new();
    for ms in 0..=until {
        let now = start + Duration::from_millis(ms);
        came.iter().filter(|(at, _)| *at == ms).for_each(|(_, text)| telling.take(text.as_bytes(), now));
        if telling.due().is_some_and(|due| due <= now) {
            told.extend(telling.next(now, String::new).map(|one| word(ms, &one)));
        }
    }
    told.join(", ")
}

fn word(ms: u64, told: &Told) -> String {
    match told {
        Told::Output { text, .. } => format!("{ms} {text}"),
        Told::Skipped { bytes, .. } => format!("{ms} +{bytes}"),
        Told::Ended(_) => "the end".to_owned(),
    }
}

#[test]
fn text_is_gathered_and_told_at_a_pace() {
    assert_eq!(told(99, &[], 1000), "");
    assert_eq!(told(99, &[(5, "a")], 1000), "15 a");
    assert_eq!(told(99, &[(5, "a"), (14, "b"), (16, "c")], 1000), "15 ab, 90 c");
    assert_eq!(told(99, &[(0, "a"), (500, "b")], 1000), "10 a, 510 b");
    let each: Vec<(u64, &str)> = (0..400).step_by(10).map(|ms| (ms, "x")).collect();
    assert_eq!(told(99, &each, 1000), "10 xx, 85 xxxxxxx, 160 xxxxxxxx, 235 xxxxxxx, 310 xxxxxxxx, 385 xxxxxxx, 460 x");
}

#[test]
fn what_is_not_told_is_counted_twice_a_second() {
    assert_eq!(told(1, &[(0, "ab")], 1000), "10 a, 510 +1");
    assert_eq!(told(0, &[(0, "ab")], 1000), "0 +2");
    let each: Vec<(u64, &str)> = (0..1200).step_by(10).map(|ms| (ms, "x")).collect();
    assert_eq!(told(3, &each, 3000), "10 xx, 85 x, 585 +56, 1085 +106, 1585 +117");
}
