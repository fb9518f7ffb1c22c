//! What waits for a restart, and what the engine cannot know by itself: where it runs and who can do what around it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use alcove_proto::http::{Capabilities, Surface};

use crate::engine::Engine;

/// What a change needs to take effect.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Restart {
    /// Nothing.
    None,
    /// A restart, for this section's sake.
    Of(&'static str),
}

/// What the engine cannot know by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// What the window's host can do; `None` is everything. A browser's can do nothing.
    pub native: Option<Capabilities>,
    /// The configuration file, when there is one.
    pub config_path: Option<PathBuf>,
    /// Host and port of the gateway's TCP listener.
    pub listener: Option<(String, u16)>,
    /// Sections in which the configuration differs from the one that was started with.
    pub changed: Vec<String>,
}

/// What the settings remember from one request to the next, until the engine ends.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    /// Guards both; held only for a moment.
    inner: Mutex<(Surroundings, BTreeSet<String>)>,
}

impl Restart {
    pub(super) fn when(changed: bool, section: &'static str) -> Self {
        if changed { Self::Of(section) } else { Self::None }
    }

    /// The section stays in `restart_required_sections` until the process restarts.
    pub(super) fn remember(self, engine: &Engine) {
        match self {
            Self::None => {}
            Self::Of(section) => {
                engine.desk().inner.lock().unwrap_or_else(PoisonError::into_inner).1.insert(section.to_owned());
            }
        }
    }
}

impl Engine {
    /// Tells what the engine cannot know by itself; the settings show it.
    pub fn surround(&self, surroundings: Surroundings) {
        self.desk().inner.lock().unwrap_or_else(PoisonError::into_inner).0 = surroundings;
    }

    pub(super) fn surroundings(&self) -> Surroundings {
        self.desk().inner.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// Sections whose change waits for a restart.
    pub(super) fn waiting(&self) -> Vec<String> {
        let (around, mut waiting) = self.desk().inner.lock().unwrap_or_else(PoisonError::into_inner).clone();
        waiting.extend(around.changed);
        waiting.into_iter().collect()
    }
}

impl Surroundings {
    /// What the host can do, on this surface.
    pub(super) fn capabilities(&self, surface: Surface) -> Capabilities {
        let all = Capabilities { can_restart_engine: true, can_pick_folder: true, can_open_logs: true, can_export_diagnostics: true };
        match surface {
            Surface::Native => self.native.unwrap_or(all),
            Surface::Browser => Capabilities::default(),
        }
    }
}
