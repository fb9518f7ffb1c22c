//! Where scenarios of chats begin. What a scenario says and expects stands in itself.

use serde_json::Value;

use crate::client::{Client, Frame};
use crate::gateway::{Gateway, Home};
use crate::http::{Answer, get};
use crate::model::ModelServer;

/// A gateway with one client whose chats are answered by a scripted model.
pub struct Scene {
    pub gateway: Gateway,
    /// Dropped after the gateway that runs in it.
    pub home: Home,
    pub client: Client,
    pub model: ModelServer,
    pub chat: String,
}

impl Scene {
    /// Starts it all and opens a chat.
    pub async fn open() -> Self {
        let home = Home::default();
        let gateway = home.unix();
        let model = ModelServer::start().await;
        let mut client = Client::connect(&gateway).await;
        client.choose_model("scripted", &model.base()).await;
        let chat = client.new_chat().await;
        Self { gateway, home, client, model, chat }
    }

    /// Says something and has it answered with these pieces, each heard before the next is sent.
    pub async fn answered(&mut self, turn: &str, prompt: &str, pieces: &[&str]) -> Vec<Frame> {
        self.client.say(&self.chat, turn, prompt).await;
        let mut call = self.model.call().await;
        let mut heard = Vec::new();
        for piece in pieces {
            call.say(piece).await;
            heard.extend(self.client.until_event("delta").await);
        }
        call.end().await;
        heard.extend(self.client.until(Frame::is_idle).await);
        heard
    }

    /// Ends the gateway without a warning and starts it again in the same place.
    pub fn killed_and_restarted(self) -> (Gateway, Home, ModelServer, String) {
        let Self { gateway, home, model, chat, .. } = self;
        gateway.kill();
        let gateway = home.unix();
        (gateway, home, model, chat)
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
