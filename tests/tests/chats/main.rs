//! Chats as their clients see them: turns and how they end, prompts that wait, commands, many clients at once, and resuming.

mod clients;
mod commands;
mod faults;
mod queue;
mod resume;
mod turns;

use alcove_tests::client::{Client, Frame};
use alcove_tests::gateway::{Gateway, Home};
use alcove_tests::model::ModelServer;

/// A gateway with one client whose chats are answered by a scripted model.
pub struct Scene {
    /// Dropped last, after the gateway in it.
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
}
