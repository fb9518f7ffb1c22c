//! Start-up milestones on stderr, for measuring; silent unless `ALCOVE_TRACE_START` is set. It records nothing else.

use std::sync::OnceLock;
use std::time::Instant;

static BEGAN: OnceLock<Option<Instant>> = OnceLock::new();

/// Remembers when the process began; called first thing in `main`.
pub(crate) fn begin() {
    BEGAN.get_or_init(|| std::env::var_os("ALCOVE_TRACE_START").map(|_| Instant::now()));
}

/// Prints how long after the start a milestone was reached.
pub(crate) fn mark(milestone: &str) {
    if let Some(Some(began)) = BEGAN.get() {
        eprintln!("alcove-start {:7.1} ms {milestone}", began.elapsed().as_secs_f64() * 1000.0);
    }
}
