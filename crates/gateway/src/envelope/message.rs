//! `message`: somebody says something in a chat. Every fault has its place in the order of the contract (envelope §1.5); what was refused
//! leaves nothing behind.

use std::sync::Arc;

use alcove_engine::media::{Attachment, MediaItem, MediaReason, Source};
use alcove_engine::{ChatHandle, Prompt, Refusal};
use alcove_proto::envelope::{Event, Message, MessageAccepted};
use alcove_proto::error::{Detail, ErrorFrame, Reason};
use alcove_proto::limits::MAX_TEXT_BYTES;
use alcove_proto::{ChatId, TurnId};
use serde_json::Value;

use super::connection::Connection;
use super::inbound::refused;
use crate::token;

/// Commands a temporary chat knows.
const TEMPORARY_COMMANDS: [&str; 2] = ["/model", "/stop"];

impl Connection {
    pub(super) async fn message(&mut self, chat: ChatId, mut message: Message) {
        let named = message.named.clone();
        let text = match self.acceptable(&chat, &mut message) {
            Ok(text) => text,
            Err(error) => return self.reply(&Event::Error(error.about(&chat, named.as_deref()))),
        };
        let attachments = match self.attachments(message.media.as_ref()) {
            Ok(attachments) => attachments,
            Err(MediaReason::Storage) => return self.wrong(&Detail::StorageUnavailable, &chat, named.as_deref()),
            Err(reason) => {
                let error = ErrorFrame::new(&Detail::AttachmentRejected).because(reason.text()).about(&chat, named.as_deref());
                return self.reply(&Event::Error(error));
            }
        };
        if text.trim().is_empty() && attachments.is_empty() {
            return self.wrong(&Detail::MissingContent, &chat, named.as_deref());
        }
        let Some(handle) = self.open(&chat, named.as_deref()).await else { return self.discard(&attachments) };
        // A chat that was deleted meanwhile is another one now.
        if self.chats.get(&chat).is_none_or(|heard| !Arc::ptr_eq(heard.handle(), &handle)) {
            self.hear_from_now(&handle);
        }
        self.hydrate(&handle);
        self.say(&handle, (text, attachments), message).await;
    }

    /// Checks what needs no files, in order.
    fn acceptable(&self, chat: &ChatId, message: &mut Message) -> Result<String, ErrorFrame> {
        if !self.context.allows(&self.client_id) {
            return Err(ErrorFrame::new(&Detail::AccessDenied));
        }
        let text = message.content.take().ok_or_else(|| ErrorFrame::new(&Detail::MissingContent))?;
        if text.len() > MAX_TEXT_BYTES {
            return Err(ErrorFrame::new(&Detail::MessageRejected).because(Reason::TextTooLarge.text()));
        }
        if chat.is_temporary() {
            if !self.temporaries.contains_key(chat) {
                return Err(ErrorFrame::new(&Detail::TemporaryChatUnavailable));
            }
            let word = text.split_whitespace().next().unwrap_or_default();
            if word.starts_with('/') && !TEMPORARY_COMMANDS.contains(&word) {
                return Err(ErrorFrame::new(&Detail::TemporaryChatCommandRejected));
            }
            // Pages send the default scope with every message; here it says nothing, as it cannot be another.
            message.workspace_scope = None;
        }
        Ok(text)
    }

    /// Takes the files that come with a message, all or none.
    fn attachments(&self, media: Option<&Value>) -> Result<Vec<Attachment>, MediaReason> {
        let Some(media) = media else { return Ok(Vec::new()) };
        let items = media.as_array().ok_or(MediaReason::Malformed)?;
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let items: Vec<MediaItem<'_>> = items.iter().map(item).collect();
        // Files are decoded and checked on this thread; others take over its other work.
        tokio::task::block_in_place(|| self.engine.media().take(&items))
    }

    async fn say(&mut self, handle: &Arc<ChatHandle>, (text, attachments): (String, Vec<Attachment>), message: Message) {
        let chat = handle.id.clone();
        let (webui, named) = (message.webui, message.named.is_some());
        let turn = match (message.turn_id, webui) {
            (Some(turn), _) => Some(turn),
            (None, true) => TurnId::parse(&alcove_engine::fresh_uuid()),
            (None, false) => None,
        };
        let trusted = self.audience == token::Audience::Webui;
        let prompt = Prompt {
            text,
            turn: turn.clone(),
            sender: Some(self.id),
            scope: message.workspace_scope,
            controls: self.controls(),
            webui,
            attachments: attachments.clone(),
            cli_apps: message.cli_apps,
            session_mentions: if trusted { message.session_mentions } else { Vec::new() },
            quoted: message.quoted_context.filter(|_| trusted),
            shell: message.user_shell && trusted,
        };
        let said = handle.say(prompt).await;
        self.discard(&attachments);
        match said {
            Ok(accepted) => {
                // A client that did not name its turn does not wait to hear of it.
                if let (Some(turn_id), true, true) = (turn, webui, named) {
                    self.reply(&Event::MessageAccepted(MessageAccepted {
                        chat_id: chat,
                        turn_id,
                        starts_turn: accepted.starts_turn,
                        active_turn_id: accepted.run.as_ref().and_then(|run| run.turn.clone()),
                        started_at: accepted.run.map(|run| run.started_at),
                        seq: accepted.seq,
                    }));
                }
            }
            Err(refusal) => {
                let about = Some((&chat, turn.as_ref().map(TurnId::as_str)));
                self.reply(&Event::Error(refused(&refusal, about)));
            }
        }
    }

    /// A text without an envelope goes to the connection's own chat (envelope §1.4).
    pub(super) async fn plain(&mut self, text: String) {
        let chat = self.default_chat.clone();
        self.message(chat, Message { content: Some(text), ..Message::default() }).await;
    }

    fn wrong(&mut self, detail: &Detail, chat: &ChatId, named: Option<&str>) {
        self.reply(&Event::Error(ErrorFrame::new(detail).about(chat, named)));
    }

    /// Lets go of files no chat has taken.
    fn discard(&self, attachments: &[Attachment]) {
        if !attachments.is_empty() {
            tokio::task::block_in_place(|| self.engine.media().discard(attachments));
        }
    }

    pub(super) fn scope_refused(&mut self, chat: &ChatId, refusal: &Refusal) {
        self.reply(&Event::Error(refused(refusal, Some((chat, None)))));
    }
}

fn item(item: &Value) -> MediaItem<'_> {
    let source = match (item.get("data_url"), item.get("upload_id")) {
        (Some(Value::String(url)), _) => Source::DataUrl(url),
        (None, Some(Value::String(id))) => Source::Upload(id),
        (Some(_) | None, _) => Source::Malformed,
    };
    MediaItem { source, name: item.get("name").and_then(Value::as_str) }
}
