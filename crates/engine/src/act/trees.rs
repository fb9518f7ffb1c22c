//! Folders of chats, each held open since its chat chose it. A folder that cannot be opened for long, as on a mount that hangs, keeps only
//! those waiting who want that one.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alcove_proto::ChatId;
use alcove_proto::scope::StoredScope;

use crate::files::Tree;

/// Folders held open; the ones used longest ago are let go.
const TREES: usize = 64;

/// The folders.
#[derive(Default)]
pub(super) struct Trees {
    /// Guards the folders, the one used last at the end. Held for moments only: nothing is opened meanwhile.
    held: Mutex<Vec<(ChatId, StoredScope, Arc<Tree>)>>,
}

impl Trees {
    /// The chat's folder; opened where it is not held yet. Blocks for as long as that takes.
    pub(super) fn take(&self, chat: &ChatId, scope: &StoredScope, open: impl FnOnce() -> io::Result<Tree>) -> io::Result<Arc<Tree>> {
        if let Some(tree) = self.used(chat, scope) {
            return Ok(tree);
        }
        let opened = Arc::new(open()?);
        let mut held = self.held();
        match held.iter().find(|(known, _, _)| known == chat) {
            // Somebody else was quicker.
            Some((_, of, tree)) if of == scope => return Ok(tree.clone()),
            // The chat has chosen another one meanwhile.
            Some(_) => return Ok(opened),
            None => {}
        }
        if held.len() >= TREES {
            held.remove(0);
        }
        held.push((chat.clone(), scope.clone(), opened.clone()));
        Ok(opened)
    }

    /// The folder if the chat holds it.
    pub(super) fn get(&self, chat: &ChatId, scope: &StoredScope) -> Option<Arc<Tree>> {
        self.held().iter().find(|(known, of, _)| known == chat && of == scope).map(|(_, _, tree)| tree.clone())
    }

    /// Lets go of the folder of a chat.
    pub(super) fn forget(&self, chat: &ChatId) {
        self.held().retain(|(known, _, _)| known != chat);
    }

    /// The folder, used once more; one that the chat has left is let go.
    fn used(&self, chat: &ChatId, scope: &StoredScope) -> Option<Arc<Tree>> {
        let mut held = self.held();
        let place = held.iter().position(|(known, _, _)| known == chat)?;
        let known = held.remove(place);
        if known.1 != *scope {
            return None;
        }
        let tree = known.2.clone();
        held.push(known);
        Some(tree)
    }

    fn held(&self) -> MutexGuard<'_, Vec<(ChatId, StoredScope, Arc<Tree>)>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use alcove_agent::path::Reach;
    use alcove_proto::scope::AccessMode;

    use super::*;
    use crate::files::Own;

    fn tree(folder: &Path) -> io::Result<Tree> {
        Tree::open(folder, Reach::Scope, Own::default())
    }

    fn scope(path: &str) -> StoredScope {
        StoredScope { project_path: path.to_owned(), access_mode: AccessMode::Restricted }
    }

    fn chat(id: &str) -> ChatId {
        ChatId::parse(id).unwrap()
    }

    #[test]
    fn other_chats_do_not_wait_while_a_folder_is_opened() {
        let place = tempfile::tempdir().unwrap();
        let (trees, one, other) = (Trees::default(), chat("one"), chat("other"));
        let scope = scope("one");
        let first = trees.take(&one, &scope, || {
            trees.take(&other, &scope, || tree(place.path())).unwrap();
            assert!(trees.get(&other, &scope).is_some());
            trees.forget(&other);
            tree(place.path())
        });
        assert!(trees.get(&other, &scope).is_none());
        let again = trees.take(&one, &scope, || tree(Path::new("/nowhere"))).unwrap();
        assert!(Arc::ptr_eq(&first.unwrap(), &again));
    }

    #[test]
    fn a_chat_holds_the_folder_it_chose_last() {
        let place = tempfile::tempdir().unwrap();
        let (trees, chat) = (Trees::default(), chat("one"));
        let slow = trees.take(&chat, &scope("old"), || {
            trees.take(&chat, &scope("new"), || tree(place.path())).unwrap();
            tree(place.path())
        });
        assert!(slow.is_ok() && trees.get(&chat, &scope("old")).is_none());
        assert!(trees.get(&chat, &scope("new")).is_some());
        // Of two who open the same, the first counts.
        let mut first = None;
        let second = trees.take(&chat, &scope("third"), || {
            first = trees.take(&chat, &scope("third"), || tree(place.path())).ok();
            tree(place.path())
        });
        assert!(Arc::ptr_eq(&first.unwrap(), &second.unwrap()));
    }
}
