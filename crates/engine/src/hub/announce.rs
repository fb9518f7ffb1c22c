//! What concerns every connection: the list of chats changed, a chat began or ended a turn. A connection that misses some of it is
//! told to look again; nothing here is a truth of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use alcove_proto::ChatId;
use alcove_proto::envelope::{ChatState, ChatStateWord, Event};
use bytes::Bytes;
use tokio::sync::broadcast;

use super::log::ConnectionId;

/// Announcements a slow connection may be behind before it is told to look again.
const BACKLOG: usize = 256;
/// Failed chats remembered; the oldest are forgotten first.
const FAILED_KEPT: usize = 512;

/// Something every connection may want to know.
#[derive(Clone, Debug)]
pub struct Announcement {
    /// The chat it concerns, if it concerns one.
    pub chat: Option<ChatId>,
    /// JSON text.
    pub text: Bytes,
    /// Who is meant.
    pub audience: Audience,
}

/// Who is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Every connection that does not hear the chat itself.
    Strangers,
    /// Every connection.
    All,
    /// Every connection but this one, which was answered directly.
    AllBut(ConnectionId),
    /// Every connection that watches the list.
    Watchers,
    /// Every connection of a window.
    Windows,
}

/// The one channel, and the live state of chats that are not idle.
#[derive(Clone, Debug)]
pub(crate) struct Announcer {
    tx: broadcast::Sender<Announcement>,
    /// Guards the states a newcomer is told.
    states: Arc<Mutex<HashMap<ChatId, ChatState>>>,
}

impl Announcer {
    pub(crate) fn new() -> Self {
        Self { tx: broadcast::channel(BACKLOG).0, states: Arc::default() }
    }

    pub(crate) fn listen(&self) -> broadcast::Receiver<Announcement> {
        self.tx.subscribe()
    }

    pub(crate) fn tell(&self, chat: &ChatId, event: &Event, audience: Audience) {
        let announcement = Announcement { chat: Some(chat.clone()), text: Bytes::from(event.to_json()), audience };
        // An error only says that nobody listens.
        let _unheard = self.tx.send(announcement);
    }

    /// Tells every connection something that concerns no chat.
    pub(crate) fn tell_all(&self, event: &Event) {
        let announcement = Announcement { chat: None, text: Bytes::from(event.to_json()), audience: Audience::All };
        // An error only says that nobody listens.
        let _unheard = self.tx.send(announcement);
    }

    /// Tells every window something that concerns no chat.
    pub(crate) fn tell_windows(&self, event: &Event) {
        let announcement = Announcement { chat: None, text: Bytes::from(event.to_json()), audience: Audience::Windows };
        // An error only says that nobody listens.
        let _unheard = self.tx.send(announcement);
    }

    pub(crate) fn set_state(&self, chat: &ChatId, state: ChatStateWord, started_at: Option<f64>) {
        let state = ChatState { chat_id: chat.clone(), state, started_at };
        {
            let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
            match state.state {
                ChatStateWord::Idle => {
                    states.remove(chat);
                }
                ChatStateWord::Running | ChatStateWord::Waiting | ChatStateWord::Failed => {
                    make_room(&mut states);
                    states.insert(chat.clone(), state.clone());
                }
            }
        }
        self.tell(chat, &Event::ChatState(state), Audience::Watchers);
    }

    pub(crate) fn states(&self) -> Vec<ChatState> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    pub(crate) fn started_at(&self) -> HashMap<ChatId, f64> {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.iter().filter_map(|(chat, state)| Some((chat.clone(), state.started_at?))).collect()
    }
}

fn make_room(states: &mut HashMap<ChatId, ChatState>) {
    let failed = states.iter().filter(|(_, state)| state.state == ChatStateWord::Failed).count();
    if failed >= FAILED_KEPT {
        let oldest = states.iter().find(|(_, state)| state.state == ChatStateWord::Failed).map(|(chat, _)| chat.clone());
        if let Some(chat) = oldest {
            states.remove(&chat);
        }
    }
}
