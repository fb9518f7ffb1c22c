//! Calls that are being carried out, known until they are over: those that were cut off with their turn still end, and what they changed is
//! known only then. Ends none of them.

use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use alcove_proto::{ChatId, TurnId};
use tokio_util::sync::CancellationToken;

use super::Hands;

/// How long somebody waits for what was cut off; a large folder that a command ran in is looked at again first.
const CUT_WAIT: Duration = Duration::from_secs(30);

/// A call that is being carried out, until this is dropped.
pub(crate) struct Going {
    hands: Arc<Hands>,
    one: Arc<One>,
}

/// What is known of it.
pub(super) struct One {
    chat: ChatId,
    /// Cancelled when its turn is stopped.
    cut: CancellationToken,
    /// Cancelled when it is over, and its chat has been told where its turn did not wait for it.
    over: CancellationToken,
}

/// The end of a call whose turn was stopped before, for its chat.
pub(crate) struct LateStop {
    /// The ordinal of the turn.
    pub(crate) turn: u64,
    /// The turn as clients know it.
    pub(crate) turn_id: Option<TurnId>,
    /// Held until the chat has told what it changed.
    pub(super) _going: Going,
}

impl Hands {
    /// Knows a call from now on; `cut` is cancelled when its turn is stopped.
    pub(super) fn know(self: &Arc<Self>, chat: &ChatId, cut: &CancellationToken) -> Going {
        let one = Arc::new(One { chat: chat.clone(), cut: cut.clone(), over: CancellationToken::new() });
        self.going().push(one.clone());
        Going { hands: self.clone(), one }
    }

    /// Waits until everything is over that was cut off with a turn of the chat, but not for ever; answers whether it is.
    pub(crate) async fn is_settled(&self, chat: &ChatId) -> bool {
        let cut: Vec<Arc<One>> = self.going().iter().filter(|one| one.chat == *chat && one.cut.is_cancelled()).cloned().collect();
        let over = async {
            for one in cut {
                one.over.cancelled().await;
            }
        };
        tokio::time::timeout(CUT_WAIT, over).await.is_ok()
    }

    /// Whether something of a chat is being carried out.
    pub(super) fn goes_on_in(&self, chat: &ChatId) -> bool {
        self.going().iter().any(|one| one.chat == *chat)
    }

    fn going(&self) -> MutexGuard<'_, Vec<Arc<One>>> {
        self.going.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Going {
    fn drop(&mut self) {
        self.hands.going().retain(|other| !Arc::ptr_eq(other, &self.one));
        self.one.over.cancel();
    }
}
