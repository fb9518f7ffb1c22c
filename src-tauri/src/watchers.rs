//! Who of the page listens to the shell: at most one channel a topic, of the page that is shown. What is told while nobody listens
//! is lost, and nothing is kept for later.

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tauri::ipc::{Channel, InvokeResponseBody};

/// What a page may listen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Topic {
    /// What becomes of the engine.
    Status,
    /// What is dragged over the window and dropped on it.
    Drop,
}

/// The page's channels.
#[derive(Default)]
pub(crate) struct Watchers {
    /// Guards only the two places; never held while something is told.
    places: Mutex<Places>,
}

#[derive(Default)]
struct Places {
    status: Option<Channel<InvokeResponseBody>>,
    drop: Option<Channel<InvokeResponseBody>>,
}

impl Places {
    fn at(&mut self, topic: Topic) -> &mut Option<Channel<InvokeResponseBody>> {
        match topic {
            Topic::Status => &mut self.status,
            Topic::Drop => &mut self.drop,
        }
    }
}

impl Watchers {
    fn places(&self) -> std::sync::MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The page listens through this channel from now on.
    pub(crate) fn add(&self, topic: Topic, channel: Channel<InvokeResponseBody>) {
        *self.places().at(topic) = Some(channel);
    }

    /// The page that listened is gone.
    pub(crate) fn clear(&self) {
        *self.places() = Places::default();
    }

    /// Whether anyone listens.
    pub(crate) fn listens(&self, topic: Topic) -> bool {
        self.places().at(topic).is_some()
    }

    /// Tells whoever listens.
    pub(crate) fn tell(&self, topic: Topic, event: &impl Serialize) {
        let Some(channel) = self.places().at(topic).clone() else { return };
        let json = serde_json::to_string(event).expect("what the page is told always serialises");
        // A page that is gone hears nothing more.
        let _ = channel.send(InvokeResponseBody::Json(json));
    }
}
