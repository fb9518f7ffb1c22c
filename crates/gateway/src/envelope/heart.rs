//! Whether a client is still there: it is asked at set times, and what it says in time, whatever it is, is a sign of life.

use std::time::Duration;

use tokio::time::Instant;

/// Whether a client is still there.
#[derive(Debug)]
pub(super) struct Heart {
    interval: Duration,
    timeout: Duration,
    next: Instant,
    /// When it was asked and has said nothing since.
    asked: Option<Instant>,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beat {
    /// Ask it.
    Ask,
    /// Nothing yet.
    Wait,
    /// It is gone.
    Dead,
}

impl Heart {
    pub(super) fn new(now: Instant, interval: Duration, timeout: Duration) -> Self {
        Self { interval, timeout, next: now + interval, asked: None }
    }

    /// When to look again, at the latest.
    pub(super) fn due(&self) -> Instant {
        self.asked.map_or(self.next, |asked| self.next.min(asked + self.timeout))
    }

    /// It said something.
    pub(super) fn sign(&mut self) {
        self.asked = None;
    }

    /// What is to be done now.
    pub(super) fn beat(&mut self, now: Instant) -> Beat {
        if self.asked.is_some_and(|asked| now >= asked + self.timeout) {
            return Beat::Dead;
        }
        if now < self.next {
            return Beat::Wait;
        }
        self.next = now + self.interval;
        self.asked.get_or_insert(now);
        Beat::Ask
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds at which it is looked at, with the sign that came just before, and what was done.
    fn check(interval: u64, timeout: u64, steps: &[(u64, bool, Beat)]) {
        let start = Instant::now();
        let mut heart = Heart::new(start, Duration::from_secs(interval), Duration::from_secs(timeout));
        for (second, sign, expected) in steps {
            if *sign {
                heart.sign();
            }
            assert_eq!(heart.beat(start + Duration::from_secs(*second)), *expected, "{interval}/{timeout} at {second}");
        }
    }

    #[test]
    fn a_silent_client_is_dead_a_timeout_after_it_was_asked() {
        use Beat::{Ask, Dead, Wait};
        check(20, 20, &[(5, false, Wait), (20, false, Ask), (39, false, Wait), (40, false, Dead)]);
        check(20, 20, &[(20, false, Ask), (21, true, Wait), (40, false, Ask), (41, true, Wait), (60, false, Ask), (80, false, Dead)]);
        check(5, 300, &[(5, false, Ask), (10, false, Ask), (300, false, Ask), (304, false, Wait), (305, false, Dead)]);
        check(300, 5, &[(299, false, Wait), (300, false, Ask), (305, true, Wait), (600, false, Ask), (605, false, Dead)]);
    }

    #[test]
    fn it_is_looked_at_in_time() {
        let start = Instant::now();
        let mut heart = Heart::new(start, Duration::from_secs(20), Duration::from_secs(5));
        assert_eq!(heart.due(), start + Duration::from_secs(20));
        heart.beat(heart.due());
        assert_eq!(heart.due(), start + Duration::from_secs(25));
        heart.sign();
        assert_eq!(heart.due(), start + Duration::from_secs(40));
    }
}
