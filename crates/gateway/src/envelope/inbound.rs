//! What a client's frames do. Every frame has an answer or an effect; a wrong one never ends the connection.

use std::sync::Arc;

use alcove_engine::{ChatHandle, Controls, Lasting, Refusal, Running};
use alcove_proto::ChatId;
use alcove_proto::envelope::{
    Attach, Attached, Event, Frame, GoalStatus, GoalWord, Inbound, NewChat, Resync, Run, SessionScope, SessionUpdated, read,
};
use alcove_proto::error::{Detail, ErrorFrame, Reason};
use alcove_proto::http::Surface;
use alcove_proto::scope::StoredScope;

use super::connection::Connection;
use super::subscription::Subscription;
use crate::caller::Reach;
use crate::token;

/// Chats one connection may hear at once.
const CHATS_HEARD: usize = 2_000;
/// Events a client may be behind and still resume; further behind it reads the thread page again.
const RESUME_MAX: u64 = 100_000;

impl Connection {
    /// Takes one frame.
    pub(super) async fn take(&mut self, text: &str) {
        match read(text) {
            Frame::Ignored => {}
            Frame::Plain(text) => self.plain(text).await,
            Frame::Refused(error) => self.reply(&Event::Error(error)),
            Frame::RefusedRequest { request_id, .. } if self.audience != token::Audience::Webui => self.deny_request(request_id),
            Frame::RefusedRequest { request_id, status, message } => self.refuse_request(request_id, status, message),
            Frame::Envelope(Inbound::NewChat(new)) => self.new_chat(new).await,
            Frame::Envelope(Inbound::Attach(attach)) => self.attach(attach).await,
            Frame::Envelope(Inbound::Watch) => {
                self.watches = true;
                self.tell_states();
            }
            Frame::Envelope(Inbound::SetWorkspaceScope(wish)) => self.set_workspace_scope(wish).await,
            Frame::Envelope(Inbound::Message(chat, message)) => self.message(chat, *message).await,
            Frame::Envelope(Inbound::WebuiRequest(request)) => self.request(request),
            Frame::Envelope(Inbound::NewTemporaryChat) => self.new_temporary_chat(),
            Frame::Envelope(Inbound::DiscardTemporaryChat(chat)) => self.discard_temporary_chat(chat).await,
            Frame::Envelope(Inbound::ForkChat(wish)) => self.fork_chat(wish).await,
            Frame::Envelope(Inbound::SetSidebarState(state)) => self.set_sidebar_state(state).await,
            Frame::Envelope(Inbound::TranscribeAudio(wish)) => self.transcribe_audio(wish),
        }
    }

    /// What this client may change about scopes (envelope §3.4).
    pub(super) fn controls(&self) -> Controls {
        match (self.surface, self.reach) {
            (Surface::Native, _) | (Surface::Browser, Reach::Local) => Controls::All,
            (Surface::Browser, Reach::Remote) => Controls::Shrink,
        }
    }

    async fn new_chat(&mut self, new: NewChat) {
        let scope = new.workspace_scope.as_ref().map(|scope| (scope, self.controls()));
        let handle = match self.engine.create_chat(scope, new.request_id.as_deref()).await {
            Ok(handle) => handle,
            Err(refusal) => return self.reply(&Event::Error(refused(&refusal, None))),
        };
        self.welcome(&handle, new.request_id).await;
    }

    /// Shows a client the chat it had made.
    pub(super) async fn welcome(&mut self, handle: &Arc<ChatHandle>, request_id: Option<String>) {
        self.hear_from_now(handle);
        self.reply(&attached(handle, request_id));
        match self.engine.scope(&handle.id).await {
            Ok(scope) => self.tell_scope(&handle.id, &scope),
            Err(error) => alcove_engine::report::problem("a chat's scope could not be read", &error),
        }
        self.hydrate(handle);
    }

    /// The bare frame everybody gets, for the one who caused it.
    pub(super) fn tell_updated(&mut self, chat: &ChatId) {
        let scope = Some(SessionScope::Metadata);
        self.reply(&Event::SessionUpdated(SessionUpdated { chat_id: chat.clone(), scope, workspace_scope: None }));
    }

    pub(super) fn tell_scope(&mut self, chat: &ChatId, scope: &StoredScope) {
        self.reply(&Event::SessionUpdated(SessionUpdated {
            chat_id: chat.clone(),
            scope: Some(SessionScope::Metadata),
            workspace_scope: Some(scope.payload(self.context.engine.held().as_ref())),
        }));
    }

    async fn attach(&mut self, attach: Attach) {
        if attach.chat.is_temporary() {
            return self.refuse(&Detail::TemporaryChatUnavailable, Some(&attach.chat));
        }
        let Some(handle) = self.open(&attach.chat, None).await else { return };
        let Some(after) = attach.after_seq else {
            self.hear_from_now(&handle);
            self.reply(&attached(&handle, None));
            return self.hydrate(&handle);
        };
        let found = handle.log().attach(self.id, &self.wake, Some(after));
        let usable = self.engine.trusts(attach.instance.as_deref()) && after <= found.last_seq && found.last_seq - after <= RESUME_MAX;
        self.reply(&attached(&handle, None));
        if usable {
            self.chats.insert(attach.chat, Subscription::after(handle.clone(), found, after));
        } else {
            self.hear_from_now(&handle);
            self.reply(&Event::Resync(Resync { chat_id: attach.chat, from_seq: found.last_seq }));
        }
        self.hydrate(&handle);
    }

    /// The chat's handle; says so when it cannot be had.
    pub(super) async fn open(&mut self, chat: &ChatId, turn: Option<&str>) -> Option<Arc<ChatHandle>> {
        if self.chats.len() >= CHATS_HEARD && !self.chats.contains_key(chat) {
            self.reply(&Event::Error(ErrorFrame::new(&Detail::AccessDenied).because("too_many_chats").about(chat, turn)));
            return None;
        }
        match self.engine.chat(chat).await {
            Ok(handle) => Some(handle),
            Err(error) => {
                alcove_engine::report::problem("a chat could not be opened", &error);
                self.reply(&Event::Error(ErrorFrame::new(&Detail::StorageUnavailable).about(chat, turn)));
                None
            }
        }
    }

    pub(super) fn hear_from_now(&mut self, handle: &Arc<ChatHandle>) {
        let found = handle.log().attach(self.id, &self.wake, None);
        let position = found.position.unwrap_or_default();
        self.chats.insert(handle.id.clone(), Subscription::live(handle.clone(), position, found.last_seq));
    }

    /// Tells what runs now (envelope §1.7).
    pub(super) fn hydrate(&mut self, handle: &ChatHandle) {
        let Some(run) = handle.snapshot().run else { return };
        self.reply(&Event::GoalStatus(GoalStatus {
            chat_id: handle.id.clone(),
            status: GoalWord::Running,
            started_at: Some(run.started_at),
            turn_id: run.turn,
            seq: None,
        }));
    }

    pub(super) fn refuse(&mut self, detail: &Detail, chat: Option<&ChatId>) {
        let error = ErrorFrame::new(detail);
        self.reply(&Event::Error(match chat {
            Some(chat) => error.about(chat, None),
            None => error,
        }));
    }
}

pub(super) fn attached(handle: &ChatHandle, request_id: Option<String>) -> Event {
    let snapshot = handle.snapshot();
    Event::Attached(Attached {
        chat_id: handle.id.clone(),
        model_preset: snapshot.preset,
        usage: snapshot.usage,
        last_seq: handle.log().last_seq(),
        run: snapshot.run.map(|Running { turn, started_at }| Run { turn_id: turn, started_at }),
        request_id,
        temporary: (handle.lasting() == Lasting::Temporary).then_some(true),
    })
}

pub(super) fn refused(refusal: &Refusal, about: Option<(&ChatId, Option<&str>)>) -> ErrorFrame {
    let error = match refusal {
        Refusal::QueueFull => ErrorFrame::new(&Detail::MessageRejected).because(Reason::QueueFull.text()),
        Refusal::Scope(reason) => ErrorFrame::new(&Detail::WorkspaceScopeRejected).because(*reason),
        Refusal::Storage => ErrorFrame::new(&Detail::StorageUnavailable),
    };
    match about {
        Some((chat, turn)) => error.about(chat, turn),
        None => error,
    }
}
