//! What was used by day.

use alcove_store::{Change, USAGE_DAYS, UsageRow};

use crate::rows::store;

fn used(day: &str, tokens: u64) -> UsageRow {
    UsageRow {
        day: day.to_owned(),
        prompt_tokens: tokens,
        completion_tokens: 1,
        cached_tokens: 2,
        total_tokens: tokens.saturating_add(1),
        provider_tokens: 3,
        estimated_tokens: 4,
        requests: 1,
        updated_at: 7,
    }
}

#[test]
fn days_add_up_and_come_in_order() {
    let (_dir, store) = store();
    let add = |row| store.write_wait(vec![Change::AddUsage(row)]).unwrap();
    add(used("2026-11-21", 10));
    add(used("2026-11-19", 5));
    add(UsageRow { updated_at: 3, ..used("2026-11-21", 20) });
    let expected = UsageRow {
        day: "2026-11-21".to_owned(),
        prompt_tokens: 30,
        completion_tokens: 2,
        cached_tokens: 4,
        total_tokens: 32,
        provider_tokens: 6,
        estimated_tokens: 8,
        requests: 2,
        updated_at: 7,
    };
    assert_eq!(store.read(|reader| reader.usage()).unwrap(), [used("2026-11-19", 5), expected]);
}

#[test]
fn no_number_grows_beyond_what_clients_can_count_with() {
    let (_dir, store) = store();
    let most = (1 << 53) - 1;
    for _ in 0..3 {
        store.write_wait(vec![Change::AddUsage(used("2026-11-21", u64::MAX))]).unwrap();
    }
    let days = store.read(|reader| reader.usage()).unwrap();
    assert_eq!((days[0].prompt_tokens, days[0].total_tokens, days[0].requests), (most, most, 3));
}

#[test]
fn the_oldest_days_go() {
    let (_dir, store) = store();
    let day = |n: u32| format!("{:04}-{:02}-{:02}", 2000 + n / 300, 1 + n / 28 % 12, 1 + n % 28);
    let mut days: Vec<String> = (0..USAGE_DAYS + 50).map(day).collect();
    for day in &days {
        store.write_wait(vec![Change::AddUsage(used(day, 1))]).unwrap();
    }
    days.sort();
    days.dedup();
    let kept: Vec<String> = store.read(|reader| reader.usage()).unwrap().into_iter().map(|row| row.day).collect();
    assert_eq!(kept, days[days.len() - USAGE_DAYS as usize..]);
}
