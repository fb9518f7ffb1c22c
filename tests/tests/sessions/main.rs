//! Whole chats: how they get their names, how they go, how they are copied, taken out and brought back, and what can be asked about them.

mod files;
mod forks;
mod life;
mod titles;

use alcove_tests::client::{Client, Frame};
use alcove_tests::gateway::{Gateway, Home};
use alcove_tests::http::{Answer, get};
use alcove_tests::model::ModelServer;
use serde_json::Value;

/// A gateway with one client whose chats are answered by a scripted model.
pub struct Scene {
    pub gateway: Gateway,
    pub home: Home,
    pub client: Client,
    pub model: ModelServer,
    pub chat: String,
}

impl Scene {
    pub async fn open() -> Self {
        let home = Home::default();
        let gateway = home.unix();
        let model = ModelServer::start().await;
        let mut client = Client::connect(&gateway).await;
        client.choose_model("scripted", &model.base()).await;
        let chat = client.new_chat().await;
        Self { gateway, home, client, model, chat }
    }

    /// Says something in the chat and has it answered.
    pub async fn answered(&mut self, turn: &str, prompt: &str, answer: &str) {
        self.client.say(&self.chat, turn, prompt).await;
        self.model.call().await.end_with(answer).await;
        self.client.until(Frame::is_idle).await;
    }

    /// A route of one chat.
    pub async fn ask(&self, chat: &str, rest: &str) -> Answer {
        get(&self.gateway, &format!("/api/sessions/websocket%3A{chat}/{rest}")).await
    }

    /// The chat's row in the list.
    pub async fn row(&self, chat: &str) -> Option<Value> {
        let list = get(&self.gateway, "/api/sessions").await.json();
        let key = format!("websocket:{chat}");
        list["sessions"].as_array().unwrap().iter().find(|row| row["key"] == key.as_str()).cloned()
    }
}

/// The body of an answer that came in chunks.
pub fn whole(answer: &Answer) -> Vec<u8> {
    if answer.header("transfer-encoding") != "chunked" {
        return answer.body.clone();
    }
    let (mut out, mut rest) = (Vec::new(), answer.body.as_slice());
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n").expect("a chunk has a head");
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).expect("a chunk says its size");
        if size == 0 {
            return out;
        }
        out.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 4 + size..];
    }
}
