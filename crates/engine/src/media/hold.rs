//! Files that somebody is about to give to a chat. Between the file and its row in the store there is a moment in which nobody but its
//! holder knows of it; whoever removes unused files asks here first.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Which files are held, and how often.
#[derive(Default)]
pub(super) struct Holds {
    /// Guards the counts; held while a file is removed, so that it cannot be taken up meanwhile.
    counts: Mutex<HashMap<String, usize>>,
}

/// Keeps a file from being removed until it is dropped. Clones keep the same file.
#[derive(Clone)]
pub(super) struct Hold {
    held: Arc<Held>,
}

struct Held {
    holds: Arc<Holds>,
    file: String,
}

impl Holds {
    pub(super) fn hold(self: &Arc<Self>, file: &str) -> Hold {
        *self.lock().entry(file.to_owned()).or_default() += 1;
        Hold { held: Arc::new(Held { holds: self.clone(), file: file.to_owned() }) }
    }

    /// Does `work` unless the file is held; nobody can take hold of it meanwhile.
    pub(super) fn unless_held(&self, file: &str, work: impl FnOnce()) {
        let counts = self.lock();
        if !counts.contains_key(file) {
            work();
        }
    }

    /// No state between two statements is wrong, so poison means nothing.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hold {
    /// Whether no clone of it is left anywhere else.
    pub(super) fn is_last(&self) -> bool {
        Arc::strong_count(&self.held) == 1
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut counts = self.holds.lock();
        match counts.get_mut(&self.file) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) | None => {
                counts.remove(&self.file);
            }
        }
    }
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hold")
    }
}
