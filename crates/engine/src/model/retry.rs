//! When a failed attempt is tried again, and how long is waited before it.
//!
//! Pure: the clock and the dice are arguments. It never decides *whether* an error may be retried after text was
//! shown; the caller stops asking once there was any.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

/// Attempts in all, the first included.
pub const MAX_ATTEMPTS: u32 = 4;

/// The first wait is drawn from zero to this; each later one from twice as much.
pub const BACKOFF_BASE: Duration = Duration::from_millis(500);

/// No drawn wait is longer.
pub const BACKOFF_CAP: Duration = Duration::from_secs(8);

/// A server's `Retry-After` is honoured up to this.
pub const RETRY_AFTER_CAP: Duration = Duration::from_secs(60);

/// How often and how patiently a call is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPlan {
    /// Attempts in all; 1 means no retry.
    pub attempts: u32,
    /// Upper end of the first wait.
    pub base: Duration,
    /// Upper end of every wait.
    pub cap: Duration,
    /// The most a server's `Retry-After` can ask for.
    pub retry_after_cap: Duration,
    /// Decides every drawn wait.
    pub seed: u64,
}

/// What an error allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// Trying again would not help, or must not happen.
    No,
    /// After a wait drawn from the plan.
    Backoff,
    /// After the wait the server asked for.
    After(Duration),
}

impl RetryPlan {
    /// The usual plan, drawing its waits from `seed`.
    pub fn seeded(seed: u64) -> Self {
        Self { attempts: MAX_ATTEMPTS, base: BACKOFF_BASE, cap: BACKOFF_CAP, retry_after_cap: RETRY_AFTER_CAP, seed }
    }

    /// This plan with a single attempt.
    pub(super) fn once(self) -> Self {
        Self { attempts: 1, ..self }
    }

    /// This plan for the call numbered `call`: other waits, equally determined.
    pub(super) fn for_call(self, call: u64) -> Self {
        Self { seed: mix(self.seed ^ mix(call)), ..self }
    }

    /// The wait before the attempt after `attempt` (1 is the first), or `None` when there is no further one.
    pub(super) fn wait(&self, attempt: u32, again: Again) -> Option<Duration> {
        if attempt >= self.attempts {
            return None;
        }
        match again {
            Again::No => None,
            Again::After(asked) => Some(asked.min(self.retry_after_cap)),
            Again::Backoff => {
                let doubled = self.base.saturating_mul(1 << (attempt - 1).min(16)).min(self.cap);
                Some(doubled.mul_f64(fraction(self.seed.wrapping_add(u64::from(attempt)))))
            }
        }
    }
}

/// The wait a `Retry-After` header asks for: seconds or an HTTP date; `None` when it is neither.
pub(super) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let at = DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO))
}

/// A number from 0 up to 1, decided by `seed`.
fn fraction(seed: u64) -> f64 {
    (mix(seed) >> 11) as f64 / (1_u64 << 53) as f64
}

/// One round of SplitMix64.
fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_drawn_below_a_doubling_ceiling() {
        for seed in 0..1000 {
            let plan = RetryPlan::seeded(seed);
            for (attempt, ceiling) in [(1, 500), (2, 1000), (3, 2000)] {
                let wait = plan.wait(attempt, Again::Backoff).unwrap();
                assert!(wait <= Duration::from_millis(ceiling), "seed {seed}: {wait:?}");
                assert_eq!(plan.wait(attempt, Again::Backoff), Some(wait), "seed {seed} decides");
            }
            assert_eq!(plan.wait(4, Again::Backoff), None);
        }
    }

    #[test]
    fn waits_fill_their_range() {
        let waits: Vec<_> = (0..1000).filter_map(|call| RetryPlan::seeded(7).for_call(call).wait(1, Again::Backoff)).collect();
        assert!(waits.iter().any(|wait| *wait < Duration::from_millis(20)));
        assert!(waits.iter().any(|wait| *wait > Duration::from_millis(480)));
    }

    #[test]
    fn the_server_may_ask_for_a_wait_up_to_the_cap() {
        let plan = RetryPlan::seeded(1);
        let seconds = Duration::from_secs;
        assert_eq!(plan.wait(1, Again::After(seconds(7))), Some(seconds(7)));
        assert_eq!(plan.wait(1, Again::After(seconds(86_400))), Some(RETRY_AFTER_CAP));
        assert_eq!(plan.wait(1, Again::No), None);
        assert_eq!(plan.once().wait(1, Again::After(seconds(7))), None);
    }

    #[test]
    fn retry_after_reads_seconds_and_dates() {
        let now: Timestamp = "2026-03-04T05:06:07Z".parse().unwrap();
        for (value, wait) in [
            ("3", Some(3.0)),
            (" 0.5 ", Some(0.5)),
            ("0", Some(0.0)),
            ("Wed, 04 Mar 2026 05:06:17 GMT", Some(10.0)),
            ("Wed, 04 Mar 2026 05:06:00 GMT", Some(0.0)),
            ("-3", None),
            ("NaN", None),
            ("1e300", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(retry_after(value, now), wait.map(Duration::from_secs_f64), "{value}");
        }
    }
}
