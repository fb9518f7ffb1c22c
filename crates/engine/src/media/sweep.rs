//! Keeping house: what nobody's chat has goes. It runs a while after the start and then every hour, never in the way of anything.

use std::fs;
use std::time::{Duration, SystemTime};

use tokio_util::sync::CancellationToken;

use super::{FILES, Media, UPLOADS, remove};
use crate::clock::now_ms;
use crate::report;

/// From the start to the first round.
const FIRST_AFTER: Duration = Duration::from_secs(60);
/// From one round to the next.
const EVERY: Duration = Duration::from_secs(60 * 60);
/// A file that is being written is not left alone for longer.
const WRITING_LIMIT: Duration = Duration::from_secs(60 * 60);

impl Media {
    /// Keeps house until it is cancelled.
    pub(crate) async fn keep_house(self, cancel: CancellationToken) {
        let mut pause = FIRST_AFTER;
        loop {
            tokio::select! {
                () = cancel.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
            pause = EVERY;
            let media = self.clone();
            let swept = tokio::task::spawn_blocking(move || media.sweep(SystemTime::now())).await;
            if let Err(error) = swept {
                report::problem("media could not be tidied", &error);
            }
        }
    }

    /// Forgets old uploads, removes files no chat has and what was left half-written or half-forgotten. Blocks.
    pub(super) fn sweep(&self, now: SystemTime) {
        self.purge_uploads(now_ms());
        for name in [FILES, UPLOADS] {
            let Ok(entries) = fs::read_dir(self.path(name)) else { continue };
            for entry in entries.flatten() {
                let Ok(file) = entry.file_name().into_string() else { continue };
                let age = entry.metadata().and_then(|meta| meta.modified()).ok().and_then(|at| now.duration_since(at).ok());
                let left = file.starts_with('.') || (name == UPLOADS && !self.inner.uploads.knows(&file));
                match () {
                    () if left && age.is_some_and(|age| age > WRITING_LIMIT) => remove(&entry.path()),
                    () if !left && name == FILES => self.inner.remove_unused(&format!("{FILES}/{file}")),
                    () => {}
                }
            }
        }
    }
}
