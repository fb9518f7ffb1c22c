//! Models that turned out to take no images, so that each is asked only once in a run.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::address::Address;

/// Models remembered; beyond that the oldest is asked again.
const REMEMBERED: usize = 64;

/// The models, by address and name.
#[derive(Debug, Default)]
pub(super) struct Blind {
    /// Guards the list; nothing panics while it is held.
    known: Mutex<VecDeque<(String, String)>>,
}

impl Blind {
    pub(super) fn knows(&self, address: &Address, model: &str) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().any(|(at, name)| at == address.text() && name == model)
    }

    pub(super) fn remember(&self, address: &Address, model: &str) {
        if self.knows(address, model) {
            return;
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.pop_front();
        }
        known.push_back((address.text().to_owned(), model.to_owned()));
    }
}
