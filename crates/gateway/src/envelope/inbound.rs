//! What a client's frames do. Every frame has an answer or an effect; a wrong one never ends the connection.

use std::sync::Arc;

use alcove_engine::{ChatHandle, Prompt, Refusal, Running};
use alcove_proto::envelope::{
    Attach, Attached, Event, Frame, GoalStatus, GoalWord, Inbound, Message, MessageAccepted, NewChat, Resync, Run, SessionScope,
    SessionUpdated, WebuiError, WebuiRequest, WebuiResponse, read,
};
use alcove_proto::error::{Detail, ErrorFrame, Reason};
use alcove_proto::{ChatId, TurnId};

use super::connection::{Connection, REQUESTS_WAITING};
use super::subscription::Subscription;
use crate::host;

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
            Frame::RefusedRequest { request_id, status, message } => self.refuse_request(request_id, status, message),
            Frame::Envelope(Inbound::NewChat(new)) => self.new_chat(new).await,
            Frame::Envelope(Inbound::Attach(attach)) => self.attach(attach).await,
            Frame::Envelope(Inbound::Watch) => {
                self.watches = true;
                self.tell_states();
            }
            Frame::Envelope(Inbound::Message(message)) => self.message(message).await,
            Frame::Envelope(Inbound::WebuiRequest(request)) => self.request(request),
        }
    }

    async fn new_chat(&mut self, new: NewChat) {
        let handle = match self.engine.create_chat(new.workspace_scope.as_ref(), new.request_id.as_deref()).await {
            Ok(handle) => handle,
            Err(refusal) => return self.reply(&Event::Error(refused(&refusal, None))),
        };
        let id = handle.id.clone();
        self.hear_from_now(&handle);
        self.reply(&attached(&handle, new.request_id));
        match self.engine.scope(&id).await {
            Ok(scope) => self.reply(&Event::SessionUpdated(SessionUpdated {
                chat_id: id,
                scope: Some(SessionScope::Metadata),
                workspace_scope: Some(scope.payload()),
            })),
            Err(error) => alcove_engine::report::problem("a chat's scope could not be read", &error),
        }
        self.hydrate(&handle);
    }

    async fn attach(&mut self, attach: Attach) {
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

    async fn message(&mut self, message: Message) {
        let named = message.turn_id.clone();
        let Some(handle) = self.open(&message.chat, named.as_ref()).await else { return };
        // A chat that was deleted meanwhile is another one now.
        if self.chats.get(&message.chat).is_none_or(|heard| !Arc::ptr_eq(heard.handle(), &handle)) {
            self.hear_from_now(&handle);
        }
        self.hydrate(&handle);
        let turn = match (named, message.webui) {
            (Some(turn), _) => Some(turn),
            (None, true) => TurnId::parse(&alcove_engine::fresh_uuid()),
            (None, false) => None,
        };
        let prompt = Prompt {
            text: message.content,
            turn: turn.clone(),
            sender: Some(self.id),
            scope: message.workspace_scope,
            webui: message.webui,
        };
        match handle.say(prompt).await {
            Ok(accepted) => {
                if let (Some(turn_id), true) = (turn, message.webui) {
                    self.reply(&Event::MessageAccepted(MessageAccepted {
                        chat_id: message.chat,
                        turn_id,
                        starts_turn: accepted.starts_turn,
                        active_turn_id: accepted.run.as_ref().and_then(|run| run.turn.clone()),
                        started_at: accepted.run.map(|run| run.started_at),
                        seq: accepted.seq,
                    }));
                }
            }
            Err(refusal) => {
                let about = Some((&message.chat, turn.as_ref().map(TurnId::as_str)));
                self.reply(&Event::Error(refused(&refusal, about)));
            }
        }
    }

    /// A text without an envelope goes to the connection's own chat (envelope §1.4).
    async fn plain(&mut self, text: String) {
        let chat = self.default_chat.clone();
        if text.len() > alcove_proto::limits::MAX_TEXT_BYTES {
            let error = ErrorFrame::new(&Detail::MessageRejected).because(Reason::TextTooLarge.text()).about(&chat, None);
            return self.reply(&Event::Error(error));
        }
        self.message(Message { chat, content: text, turn_id: None, webui: false, workspace_scope: None }).await;
    }

    fn request(&mut self, request: WebuiRequest) {
        if self.requests.len() >= REQUESTS_WAITING {
            return self.refuse_request(request.request_id, 429, "too many requests wait; send it again later");
        }
        self.requests.push_back(request);
        self.next_request();
    }

    /// Starts the oldest waiting request, when none runs.
    pub(super) fn next_request(&mut self) {
        if self.running.is_some() {
            return;
        }
        let Some(request) = self.requests.pop_front() else { return };
        let (context, reach, surface) = (self.context.clone(), self.reach, self.surface);
        self.running = Some(Box::pin(async move {
            // Only the gateway knows the window's process.
            let done = if request.action == host::PICK_FOLDER {
                context.host.pick_folder(reach).await
            } else {
                context.engine.request(&request, surface).await.map_err(WebuiError::from)
            };
            let (result, error) = match done {
                Ok(result) => (Some(result), None),
                Err(refused) => (None, Some(refused)),
            };
            Event::WebuiResponse(WebuiResponse { request_id: request.request_id, ok: error.is_none(), result, error })
        }));
    }

    fn refuse_request(&mut self, request_id: String, status: u16, message: &str) {
        let error = Some(WebuiError { status, message: message.to_owned() });
        self.reply(&Event::WebuiResponse(WebuiResponse { request_id, ok: false, result: None, error }));
    }

    /// The chat's handle; says so when it cannot be had.
    async fn open(&mut self, chat: &ChatId, turn: Option<&TurnId>) -> Option<Arc<ChatHandle>> {
        let turn = turn.map(TurnId::as_str);
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

    fn hear_from_now(&mut self, handle: &Arc<ChatHandle>) {
        let found = handle.log().attach(self.id, &self.wake, None);
        let position = found.position.unwrap_or_default();
        self.chats.insert(handle.id.clone(), Subscription::live(handle.clone(), position, found.last_seq));
    }

    /// Tells what runs now (envelope §1.7).
    fn hydrate(&mut self, handle: &ChatHandle) {
        let Some(run) = handle.snapshot().run else { return };
        self.reply(&Event::GoalStatus(GoalStatus {
            chat_id: handle.id.clone(),
            status: GoalWord::Running,
            started_at: Some(run.started_at),
            turn_id: run.turn,
            seq: None,
        }));
    }
}

fn attached(handle: &ChatHandle, request_id: Option<String>) -> Event {
    let snapshot = handle.snapshot();
    Event::Attached(Attached {
        chat_id: handle.id.clone(),
        model_preset: snapshot.preset,
        usage: snapshot.usage,
        last_seq: handle.log().last_seq(),
        run: snapshot.run.map(|Running { turn, started_at }| Run { turn_id: turn, started_at }),
        request_id,
    })
}

fn refused(refusal: &Refusal, about: Option<(&ChatId, Option<&str>)>) -> ErrorFrame {
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
