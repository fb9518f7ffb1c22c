//! Watches that a page load ends in a painted page. It only counts the time and reports; what to do about a page that stays
//! blank is the shell's business.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// A page that has not painted by then shows nothing.
const PAINT_LIMIT: Duration = Duration::from_secs(3);

/// The watch over the page load that is going on.
#[derive(Default)]
pub(crate) struct Heartbeat {
    /// Cancelled by the paint or by the next page load.
    watch: Mutex<CancellationToken>,
}

impl Heartbeat {
    /// A page load begins: watches it instead of any earlier one, and answers true if it did not paint in time.
    pub(crate) fn begin(&self) -> impl Future<Output = bool> + Send + use<> {
        let watch = CancellationToken::new();
        self.replace(watch.clone()).cancel();
        async move { watch.run_until_cancelled(tokio::time::sleep(PAINT_LIMIT)).await.is_some() }
    }

    /// The page has painted.
    pub(crate) fn painted(&self) {
        self.replace(CancellationToken::new()).cancel();
    }

    fn replace(&self, with: CancellationToken) -> CancellationToken {
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *watch, with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_page_that_stays_blank_is_reported() {
        assert!(Heartbeat::default().begin().await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_paint_or_a_next_load_ends_the_watch() {
        let heartbeat = Heartbeat::default();
        let first = heartbeat.begin();
        let second = heartbeat.begin();
        assert!(!first.await);
        heartbeat.painted();
        assert!(!second.await);
    }
}
