//! The way into a server that speaks the envelope, ours or the original: bootstrap, WebSocket, prompts, thread pages.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};

use crate::error::Error;
use crate::http::{self, Answer};
use crate::model::Script;
use crate::socket::{Deflate, Socket};

/// Where it listens and what opens it.
#[derive(Clone)]
pub(crate) struct Door {
    /// The loopback address.
    pub(crate) address: SocketAddr,
    /// What bootstrap asks for.
    pub(crate) secret: Option<String>,
}

impl Door {
    /// Asks for tokens: the single-use one of a WebSocket, and the one of `/api`.
    pub(crate) fn bootstrap(&self) -> Result<(String, String), Error> {
        let tokens = http::get(self.address, "/webui/bootstrap", self.secret.as_deref())?.json("bootstrap")?;
        let token = |name: &str| tokens[name].as_str().map(str::to_owned).ok_or_else(|| Error::broken(format!("bootstrap gave no {name}")));
        Ok((token("token")?, token("api_token")?))
    }

    /// Opens a WebSocket and waits until it is ready.
    pub(crate) fn connect(&self, deflate: Deflate) -> Result<Socket, Error> {
        let (token, _) = self.bootstrap()?;
        let mut socket = Socket::connect(self.address, &format!("/?token={token}"), deflate)?;
        // Frames may come compressed to a client that offered it, and this one cannot read those.
        if deflate == Deflate::Unknown {
            socket.until("ready")?;
        }
        Ok(socket)
    }

    /// Opens a WebSocket and attaches it to a chat.
    pub(crate) fn subscribe(&self, chat: &str, deflate: Deflate) -> Result<Socket, Error> {
        let mut socket = self.connect(deflate)?;
        socket.send(&json!({"type": "attach", "chat_id": chat}))?;
        if deflate == Deflate::Unknown {
            socket.until("attached")?;
        }
        Ok(socket)
    }

    /// The newest page of a chat.
    pub(crate) fn thread(&self, api_token: &str, chat: &str, limit: u32) -> Result<Answer, Error> {
        http::get(self.address, &format!("/api/sessions/websocket%3A{chat}/webui-thread?limit={limit}"), Some(api_token))
    }

    /// The thousand messages before a cursor, or the newest ones.
    pub(crate) fn thread_before(&self, api_token: &str, chat: &str, cursor: &str) -> Result<Value, Error> {
        let before = if cursor.is_empty() { String::new() } else { format!("&before={cursor}") };
        let path = format!("/api/sessions/websocket%3A{chat}/webui-thread?limit=1000{before}");
        http::get(self.address, &path, Some(api_token))?.json("a thread page")
    }
}

/// Makes a chat; the sender is attached to it.
pub(crate) fn new_chat(socket: &mut Socket) -> Result<String, Error> {
    socket.send(&json!({"type": "new_chat"}))?;
    let attached = socket.until("attached")?;
    attached["chat_id"].as_str().map(str::to_owned).ok_or_else(|| Error::broken("a new chat has no id"))
}

/// Sends a prompt that asks for a script.
pub(crate) fn prompt(socket: &mut Socket, chat: &str, script: Script, number: u32) -> Result<(), Error> {
    say_as(socket, chat, &script.prompt(), &format!("bench-{number}-{}", crate::model::clock_ns()))
}

/// Says something.
pub(crate) fn say(socket: &mut Socket, chat: &str, text: &str) -> Result<(), Error> {
    say_as(socket, chat, text, &format!("bench-{}", crate::model::clock_ns()))
}

fn say_as(socket: &mut Socket, chat: &str, text: &str, turn: &str) -> Result<(), Error> {
    socket.send(&json!({"type": "message", "chat_id": chat, "content": text, "webui": true, "turn_id": turn}))
}

/// Sends a change of settings and waits for its success.
pub(crate) fn change(socket: &mut Socket, action: &str, payload: &Value) -> Result<Value, Error> {
    let id = format!("bench-{}", crate::model::clock_ns());
    socket.send(&json!({"type": "webui_request", "request_id": id, "action": action, "payload": payload}))?;
    loop {
        let frame = socket.next(Duration::from_secs(30))?;
        if frame["event"] == "webui_response" {
            return if frame["ok"] == true { Ok(frame) } else { Err(Error::broken(format!("{action}: {}", frame["error"]))) };
        }
    }
}
