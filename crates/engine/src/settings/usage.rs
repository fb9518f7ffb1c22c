//! Tokens by day: what a turn adds, and the sums a person is shown (envelope §2.11). Days are local days of the time zone that was
//! configured when the engine started.

use std::collections::BTreeSet;

use alcove_proto::settings::{UsageDay, UsageSummary};
use alcove_proto::usage::Usage;
use alcove_store::{Change, UsageRow};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::clock::now_ms;
use crate::engine::Engine;
use crate::error::{Error, read};

/// Days of the short sums, today included.
const MONTH: i64 = 30;
/// Days of the long one.
const YEAR: i64 = 365;

/// What a turn that ended at `at` adds to its day; nothing when no model was asked.
pub(crate) fn counted(usage: &Usage, at: i64, zone: &TimeZone) -> Option<Change> {
    if usage.request_count == 0 && usage.total_tokens == 0 {
        return None;
    }
    Some(Change::AddUsage(UsageRow {
        day: day(at, zone).to_string(),
        prompt_tokens: usage.prompt_tokens,
        completion_tokens: usage.completion_tokens,
        cached_tokens: usage.cached_tokens.unwrap_or(0),
        total_tokens: usage.total_tokens,
        provider_tokens: usage.provider_tokens,
        estimated_tokens: usage.estimated_tokens.unwrap_or(0),
        requests: usage.request_count,
        updated_at: at,
    }))
}

impl Engine {
    /// `GET /api/settings/usage`
    pub async fn usage(&self) -> Result<UsageSummary, Error> {
        let rows = read(&self.shared().store, |reader| reader.usage()).await?;
        Ok(summary(&rows, day(now_ms(), &self.shared().zone)))
    }

    /// The same for a page that is better shown without it than not at all.
    pub(super) async fn usage_or_none(&self) -> UsageSummary {
        self.usage().await.unwrap_or_else(|error| {
            crate::report::problem("what was used could not be read", &error);
            UsageSummary::default()
        })
    }
}

fn day(at: i64, zone: &TimeZone) -> Date {
    Timestamp::from_millisecond(at).unwrap_or_default().to_zoned(zone.clone()).date()
}

fn summary(rows: &[UsageRow], today: Date) -> UsageSummary {
    let since = |days: i64| today.saturating_sub((days - 1).days()).to_string();
    let (month, year, end) = (since(MONTH), since(YEAR), today.to_string());
    let within = |row: &&UsageRow, start: &str| row.day.as_str() >= start && row.day <= end;
    let tokens = |rows: &mut dyn Iterator<Item = &UsageRow>| rows.map(|row| row.total_tokens).sum();
    let lately = || rows.iter().filter(|row| within(row, &month));
    let active: BTreeSet<Date> = rows.iter().filter(|row| row.total_tokens > 0).filter_map(|row| row.day.parse().ok()).collect();
    let updated = rows.iter().map(|row| row.updated_at).max();
    UsageSummary {
        days: rows.iter().map(shown).collect(),
        total_tokens: tokens(&mut rows.iter()),
        total_tokens_30d: tokens(&mut lately()),
        total_tokens_365d: tokens(&mut rows.iter().filter(|row| within(row, &year))),
        peak_day_tokens: rows.iter().map(|row| row.total_tokens).max().unwrap_or(0),
        current_streak_days: streak(&active, today),
        longest_streak_days: active.iter().map(|last| streak(&active, *last)).max().unwrap_or(0),
        active_days_30d: lately().filter(|row| row.total_tokens > 0).count() as u64,
        requests_30d: lately().map(|row| row.requests).sum(),
        updated_at: updated.map(utc),
    }
}

/// Days in a row that end with `last`.
fn streak(active: &BTreeSet<Date>, last: Date) -> u64 {
    let mut days = 0;
    let mut cursor = Some(last);
    while let Some(day) = cursor.filter(|day| active.contains(day)) {
        days += 1;
        cursor = day.yesterday().ok();
    }
    days
}

/// Seconds are enough for people, as the contract has it.
pub(super) fn utc(at: i64) -> String {
    Timestamp::from_millisecond(at).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn shown(row: &UsageRow) -> UsageDay {
    UsageDay {
        date: row.day.clone(),
        prompt_tokens: row.prompt_tokens,
        completion_tokens: row.completion_tokens,
        cached_tokens: row.cached_tokens,
        total_tokens: row.total_tokens,
        provider_tokens: row.provider_tokens,
        estimated_tokens: row.estimated_tokens,
        requests: row.requests,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn row(day: &str, tokens: u64) -> UsageRow {
        UsageRow { day: day.to_owned(), total_tokens: tokens, requests: 2, updated_at: 1_795_226_940_000, ..UsageRow::default() }
    }

    #[test]
    fn sums_streaks_and_windows() {
        let rows = [
            row("2025-11-21", 1),
            row("2025-11-22", 2),
            row("2026-10-22", 4),
            row("2026-10-23", 8),
            row("2026-11-18", 0),
            row("2026-11-19", 16),
            row("2026-11-20", 32),
            row("2026-11-21", 64),
            row("2026-11-25", 128),
        ];
        let found = summary(&rows, date(2026, 11, 21));
        assert_eq!(found.days.len(), 9);
        assert_eq!(found.total_tokens, 255);
        assert_eq!(found.total_tokens_30d, 8 + 16 + 32 + 64, "today and 29 days before, nothing of the future");
        assert_eq!(found.total_tokens_365d, 2 + 4 + 8 + 16 + 32 + 64);
        assert_eq!(found.peak_day_tokens, 128);
        assert_eq!((found.current_streak_days, found.longest_streak_days), (3, 3));
        assert_eq!((found.active_days_30d, found.requests_30d), (4, 10));
        assert_eq!(found.updated_at.as_deref(), Some("2026-11-21T02:09:00Z"));
    }

    #[test]
    fn nothing_used_is_all_noughts() {
        assert_eq!(summary(&[], date(2026, 11, 21)), UsageSummary::default());
        assert_eq!(counted(&Usage::default(), 0, &TimeZone::UTC), None);
    }

    #[test]
    fn a_streak_that_ended_yesterday_is_none_today_but_may_be_the_longest() {
        let rows = [row("2026-02-27", 1), row("2026-02-28", 1), row("2026-03-01", 1)];
        let found = summary(&rows, date(2026, 3, 2));
        assert_eq!((found.current_streak_days, found.longest_streak_days), (0, 3));
    }

    #[test]
    fn a_turn_counts_for_the_local_day() {
        let usage =
            Usage { request_count: 1, prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, provider_tokens: 15, ..Usage::default() };
        let day = |zone: &str| match counted(&usage, 1_795_215_600_000, &TimeZone::get(zone).unwrap()) {
            Some(Change::AddUsage(row)) => (row.day, row.total_tokens, row.requests),
            other => panic!("{other:?}"),
        };
        assert_eq!(day("UTC"), ("2026-11-20".to_owned(), 15, 1));
        assert_eq!(day("Europe/Berlin"), ("2026-11-21".to_owned(), 15, 1));
    }
}
