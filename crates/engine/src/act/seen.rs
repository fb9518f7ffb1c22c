//! What the model has read of files, so that its edit of one that is something else by now is refused, with what has changed. In memory only
//! and within bounds: what is forgotten counts as never read.

use std::sync::{Mutex, MutexGuard, PoisonError};

use alcove_agent::edit::{Digest, Seen};
use alcove_proto::ChatId;

use crate::files::Place;

/// Chats whose files are remembered.
const CHATS: usize = 64;
/// Files of a chat that are remembered.
const FILES: usize = 200;
/// Bytes of a file that are kept beside their digest, to show what has changed.
const FILE_BYTES: usize = 256 << 10;
/// Bytes that are kept of all files of a chat.
const CHAT_BYTES: usize = 4 << 20;

/// What was read, by chat.
#[derive(Default)]
pub(super) struct Reads {
    /// Guards the files of each chat, both in the order of their use, the latest last.
    chats: Mutex<Vec<(ChatId, Vec<Known>)>>,
}

/// A file as the model knows it.
struct Known {
    path: String,
    digest: Digest,
    bytes: Option<Vec<u8>>,
}

impl Reads {
    /// The model was shown these bytes, or wrote them.
    pub(super) fn note(&self, chat: &ChatId, place: &Place, bytes: &[u8]) {
        let known = Known { path: key(place), digest: Digest::of(bytes), bytes: (bytes.len() <= FILE_BYTES).then(|| bytes.to_vec()) };
        let mut chats = self.chats();
        let mut files = take(&mut chats, chat);
        files.retain(|file| file.path != known.path);
        files.push(known);
        if files.len() > FILES {
            files.remove(0);
        }
        let mut kept = 0;
        for file in files.iter_mut().rev() {
            kept += file.bytes.as_ref().map_or(0, Vec::len);
            if kept > CHAT_BYTES {
                file.bytes = None;
            }
        }
        if chats.len() >= CHATS {
            chats.remove(0);
        }
        chats.push((chat.clone(), files));
    }

    /// What the model knows of a file.
    pub(super) fn of(&self, chat: &ChatId, place: &Place) -> Seen {
        let (chats, path) = (self.chats(), key(place));
        let known = chats.iter().find(|(of, _)| of == chat).and_then(|(_, files)| files.iter().find(|file| file.path == path));
        known.map_or(Seen::Never, |file| Seen::Bytes(file.digest.clone(), file.bytes.clone()))
    }

    /// The file is gone, or is another one.
    pub(super) fn drop_file(&self, chat: &ChatId, place: &Place) {
        let path = key(place);
        for (_, files) in self.chats().iter_mut().filter(|(of, _)| of == chat) {
            files.retain(|file| file.path != path);
        }
    }

    /// The chat is gone.
    pub(super) fn drop_chat(&self, chat: &ChatId) {
        take(&mut self.chats(), chat);
    }

    fn chats(&self) -> MutexGuard<'_, Vec<(ChatId, Vec<Known>)>> {
        self.chats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn take(chats: &mut Vec<(ChatId, Vec<Known>)>, chat: &ChatId) -> Vec<Known> {
    let at = chats.iter().position(|(of, _)| of == chat);
    at.map(|at| chats.remove(at).1).unwrap_or_default()
}

/// Where its links lead: a file has one memory, whatever it is called.
fn key(place: &Place) -> String {
    place.real.clone().unwrap_or_else(|| place.named.path.clone())
}
