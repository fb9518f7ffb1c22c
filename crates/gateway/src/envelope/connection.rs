//! One client's connection: one task that hears the client, its chats and the list of chats, and writes what there is for it. What it
//! does for one client never waits in another's way.

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::Arc;

use alcove_engine::{Announcement, Audience, ChatHandle, ConnectionId, Engine, report};
use alcove_proto::ChatId;
use alcove_proto::envelope::{Event, Ready, Watching};
use alcove_proto::http::Surface;
use bytes::Bytes;
use tokio::sync::{Notify, broadcast};
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::Client;
use super::heart::{Beat, Heart};
use super::request::Wish;
use super::subscription::Subscription;
use super::wire::{Heard, Lost, Wire};
use crate::caller::Reach;
use crate::gateway::Context;
use crate::socket::Socket;
use crate::token;

/// Requests of one client that may wait for the one that runs.
pub(super) const REQUESTS_WAITING: usize = 64;
/// Bytes gathered before they are written.
const BATCH_BYTES: usize = 256 * 1024;

/// A request that runs, one at a time and in order.
type Running = Pin<Box<dyn Future<Output = Event> + Send>>;

/// One client's connection, apart from its socket.
pub(super) struct Connection {
    pub(super) context: Arc<Context>,
    pub(super) engine: Engine,
    /// As it calls itself, or a name it was given.
    pub(super) client_id: String,
    /// What it may do, by the token that opened it.
    pub(super) audience: token::Audience,
    /// How far away it is.
    pub(super) reach: Reach,
    pub(super) surface: Surface,
    pub(super) id: ConnectionId,
    pub(super) wake: Arc<Notify>,
    pub(super) chats: HashMap<ChatId, Subscription>,
    pub(super) default_chat: ChatId,
    /// Answers to the client, in order, before anything its chats say.
    pub(super) replies: Vec<Bytes>,
    pub(super) watches: bool,
    pub(super) requests: VecDeque<Wish>,
    /// The chats of this connection that leave nothing behind; they end with it.
    pub(super) temporaries: HashMap<ChatId, Arc<ChatHandle>>,
    pub(super) running: Option<Running>,
}

/// What woke the connection.
enum Woken {
    Heard(Heard),
    News,
    Announced(Result<Announcement, broadcast::error::RecvError>),
    Answered(Event),
    Beat,
    Cancelled,
}

/// How a connection goes on after it was woken.
enum Next {
    GoOn,
    End,
}

/// Serves a client until it leaves.
pub(super) async fn run(context: Arc<Context>, socket: Socket, read: Bytes, client: Client) {
    let settings = context.settings();
    let mut wire = Wire::new(socket, read, settings.max_message_bytes).await;
    let heart = Heart::new(Instant::now(), settings.ping_interval, settings.ping_timeout);
    let engine = context.engine.clone();
    let mut connection = Connection {
        context,
        client_id: client.id,
        audience: client.audience,
        reach: client.reach,
        id: engine.connection_id(),
        surface: client.surface,
        wake: Arc::new(Notify::new()),
        chats: HashMap::new(),
        default_chat: alcove_engine::fresh_chat_id(),
        replies: Vec::new(),
        watches: false,
        requests: VecDeque::new(),
        temporaries: HashMap::new(),
        running: None,
        engine,
    };
    connection.reply(&Event::Ready(Ready {
        chat_id: connection.default_chat.clone(),
        client_id: connection.client_id.clone(),
        instance: connection.engine.instance().to_owned(),
    }));
    let lost = connection.serve(&mut wire, heart).await;
    for subscription in connection.chats.values() {
        subscription.handle().log().detach(connection.id);
    }
    for handle in connection.temporaries.values() {
        connection.engine.end_temporary(handle).await;
    }
    drop(connection);
    if let Lost::Slow(rest) = lost {
        wire.let_go(&rest).await;
    }
}

impl Connection {
    async fn serve(&mut self, wire: &mut Wire, mut heart: Heart) -> Lost {
        let mut announcements = self.engine.announcements();
        let context = self.context.clone();
        let beat = sleep_until(heart.due());
        tokio::pin!(beat);
        loop {
            if let Err(lost) = self.write_all(wire).await {
                return lost;
            }
            // Cancel-safe: every arm only receives; `running` keeps its own progress.
            let woken = tokio::select! {
                biased;
                () = context.cancel.cancelled() => Woken::Cancelled,
                () = self.wake.notified() => Woken::News,
                heard = wire.hear() => Woken::Heard(heard),
                answer = finish(&mut self.running) => Woken::Answered(answer),
                announced = announcements.recv() => Woken::Announced(announced),
                () = beat.as_mut() => Woken::Beat,
            };
            let next = match woken {
                Woken::News => Next::GoOn,
                Woken::Heard(heard) => {
                    heart.sign();
                    self.heard(heard).await
                }
                Woken::Answered(answer) => {
                    self.reply(&answer);
                    self.running = None;
                    self.next_request();
                    Next::GoOn
                }
                Woken::Announced(announced) => self.announced(announced),
                Woken::Beat => {
                    let asked = match heart.beat(Instant::now()) {
                        Beat::Ask => wire.ping().await.map_or(Next::End, |()| Next::GoOn),
                        Beat::Wait => Next::GoOn,
                        Beat::Dead => Next::End,
                    };
                    beat.as_mut().reset(heart.due());
                    asked
                }
                Woken::Cancelled => {
                    // What was said before the end is still told.
                    if let Err(lost) = self.write_all(wire).await {
                        return lost;
                    }
                    wire.close(CloseCode::Away, "Alcove is closing").await;
                    Next::End
                }
            };
            if matches!(next, Next::End) {
                return Lost::Gone;
            }
        }
    }

    async fn heard(&mut self, heard: Heard) -> Next {
        match heard {
            Heard::Text(text) => {
                self.take(&text).await;
                Next::GoOn
            }
            Heard::Sign => Next::GoOn,
            Heard::Gone | Heard::Broken => Next::End,
        }
    }

    /// Writes everything there is, a bounded batch at a time.
    async fn write_all(&mut self, wire: &mut Wire) -> Result<(), Lost> {
        loop {
            let mut batch = std::mem::take(&mut self.replies);
            let mut bytes: usize = batch.iter().map(Bytes::len).sum();
            for subscription in self.chats.values_mut() {
                if bytes > BATCH_BYTES || !subscription.has_news() {
                    continue;
                }
                let before = batch.len();
                if let Err(error) = subscription.read(&self.engine, self.id, &mut batch).await {
                    report::problem("a chat's events could not be read", &error);
                    return Err(Lost::Gone);
                }
                bytes += batch[before..].iter().map(Bytes::len).sum::<usize>();
            }
            let quiet = batch.is_empty() && !self.chats.values().any(Subscription::has_news);
            wire.write(&batch).await?;
            if quiet {
                return Ok(());
            }
        }
    }

    fn announced(&mut self, announced: Result<Announcement, broadcast::error::RecvError>) -> Next {
        match announced {
            Ok(announcement) => {
                let meant = match announcement.audience {
                    Audience::All => true,
                    Audience::AllBut(asker) => asker != self.id,
                    Audience::Strangers => announcement.chat.is_none_or(|chat| !self.chats.contains_key(&chat)),
                    Audience::Watchers => self.watches,
                    Audience::Windows => self.audience == token::Audience::Webui,
                };
                if meant {
                    self.replies.push(announcement.text);
                }
            }
            Err(broadcast::error::RecvError::Lagged(_)) if self.watches => self.tell_states(),
            Err(broadcast::error::RecvError::Lagged(_)) => {}
            Err(broadcast::error::RecvError::Closed) => return Next::End,
        }
        Next::GoOn
    }

    pub(super) fn tell_states(&mut self) {
        let chats = self.engine.states();
        self.reply(&Event::Watching(Watching { chats }));
    }

    pub(super) fn reply(&mut self, event: &Event) {
        self.replies.push(Bytes::from(event.to_json()));
    }
}

async fn finish(running: &mut Option<Running>) -> Event {
    match running {
        Some(request) => request.as_mut().await,
        None => std::future::pending().await,
    }
}
