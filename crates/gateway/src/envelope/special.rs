//! What a client asks of chats beside talking in them: their folder, chats that leave nothing behind, copies, and how the list is
//! arranged (envelope §1.5, §1.6).

use alcove_engine::ForkRefused;
use alcove_proto::ChatId;
use alcove_proto::envelope::{ForkChat, SetWorkspaceScope};
use alcove_proto::error::Detail;
use serde_json::Value;

use super::connection::Connection;
use super::inbound::attached;
use crate::token;

/// Temporary chats one connection may have at once.
const TEMPORARY_CHATS: usize = 16;

impl Connection {
    pub(super) async fn set_workspace_scope(&mut self, wish: SetWorkspaceScope) {
        if wish.chat.is_temporary() {
            return self.refuse(&Detail::TemporaryChatWorkspaceRejected, Some(&wish.chat));
        }
        let Some(handle) = self.open(&wish.chat, None).await else { return };
        match handle.set_scope(wish.workspace_scope, self.controls(), self.id).await {
            Ok(scope) => {
                self.tell_updated(&wish.chat);
                self.tell_scope(&wish.chat, &scope);
            }
            Err(refusal) => self.scope_refused(&wish.chat, &refusal),
        }
    }

    pub(super) fn new_temporary_chat(&mut self) {
        if self.audience != token::Audience::Webui {
            return self.refuse(&Detail::AccessDenied, None);
        }
        if self.temporaries.len() >= TEMPORARY_CHATS {
            return self.refuse(&Detail::TemporaryChatUnavailable, None);
        }
        let handle = self.engine.create_temporary();
        self.hear_from_now(&handle);
        self.reply(&attached(&handle, None));
        self.temporaries.insert(handle.id.clone(), handle);
    }

    pub(super) async fn discard_temporary_chat(&mut self, chat: ChatId) {
        let Some(handle) = self.temporaries.remove(&chat) else {
            return self.refuse(&Detail::TemporaryChatUnavailable, Some(&chat));
        };
        self.chats.remove(&chat);
        handle.log().detach(self.id);
        self.engine.end_temporary(&handle).await;
    }

    pub(super) async fn fork_chat(&mut self, wish: ForkChat) {
        if wish.source.is_temporary() {
            return self.refuse(&Detail::Fork(ForkRefused::Invalid.text()), None);
        }
        let copy = match self.engine.fork(&wish.source, wish.before_user_index, wish.title.as_deref()).await {
            Ok(copy) => copy,
            Err(refused) => return self.refuse(&Detail::Fork(refused.text()), None),
        };
        let Some(handle) = self.open(&copy, None).await else { return };
        self.welcome(&handle, None).await;
    }

    pub(super) async fn set_sidebar_state(&mut self, state: Option<Value>) {
        if self.audience != token::Audience::Webui {
            return self.refuse(&Detail::AccessDenied, None);
        }
        // Every window is told, this one too.
        let Some(state) = state else { return self.refuse(&Detail::InvalidSidebarState, None) };
        match self.engine.set_sidebar(&state).await {
            Ok(_) => {}
            Err(refused) if refused.status == 400 => self.refuse(&Detail::InvalidSidebarState, None),
            Err(_) => self.refuse(&Detail::StorageUnavailable, None),
        }
    }
}
