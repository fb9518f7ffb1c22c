//! Whole runs of an agent that acts, over the wire: a scripted model asks for things, in both dialects; a person answers; files, commands,
//! records and what everybody is told are looked at. Names that begin with `row` and a number show the fixed behaviour of that row of
//! entries §12.

mod background;
mod bounds;
mod calls;
mod commands;
mod edits;
mod find;
mod orphans;
mod packets;
mod paths;
mod policy;
mod proposals;
mod restart;
mod streams;
mod tags;
mod turns;
mod undo;

use std::fs;
use std::path::PathBuf;

use alcove_tests::client::{Client, Frame};
use alcove_tests::gateway::{Gateway, Home};
use alcove_tests::model::{Call, ModelServer};
use serde_json::{Value, json};

/// What a model of the tag language says when it is done.
const DONE: &str = "Done.\n<update status=\"200\">Done.</update>";

/// A gateway with a chat in a folder of its own, which a scripted model answers.
pub struct Scene {
    /// Dropped before the home it lives in.
    pub gateway: Gateway,
    pub home: Home,
    /// Hears the chat.
    pub client: Client,
    /// Asks and answers for the person, over a connection of its own that hears no chat.
    pub hand: Client,
    pub model: ModelServer,
    pub chat: String,
    dialect: &'static str,
    turns: usize,
}

/// A turn that was played to its end.
pub struct Ran {
    /// Everything the chat's client heard.
    pub heard: Vec<Frame>,
    /// What the model was told of each call; in the tag language all of it in one text.
    pub results: Vec<String>,
}

impl Scene {
    /// A model with tool calling.
    pub async fn open() -> Self {
        Self::open_as("native").await
    }

    /// A model that speaks the tag language.
    pub async fn tags() -> Self {
        Self::open_as("tags").await
    }

    /// The same, and nothing asks.
    pub async fn freely(dialect: &'static str) -> Self {
        let mut scene = Self::open_as(dialect).await;
        scene.acting(json!({ "preset": "full" })).await;
        scene
    }

    /// A model of the dialect a preset names.
    pub async fn open_as(dialect: &'static str) -> Self {
        let home = Home::default();
        fs::create_dir_all(home.path().join("project")).unwrap();
        let gateway = home.unix();
        let model = ModelServer::start().await;
        let (mut client, mut hand) = (Client::connect(&gateway).await, Client::connect(&gateway).await);
        hand.choose_model("scripted", &model.base()).await;
        let chosen = hand.request("settings.model_configuration.update", json!({ "name": "scripted", "dialect": dialect })).await;
        assert_eq!(chosen["ok"], true, "{chosen}");
        let scope = json!({ "project_path": home.path().join("project"), "access_mode": "restricted" });
        client.send(json!({ "type": "new_chat", "workspace_scope": scope })).await;
        let chat = client.find("attached").await.str("chat_id").to_owned();
        client.find("session_updated").await;
        Self { gateway, home, client, hand, model, chat, dialect, turns: 0 }
    }

    /// The chat's folder.
    pub fn folder(&self) -> PathBuf {
        self.home.path().join("project")
    }

    /// Puts a file there.
    pub fn put(&self, path: &str, text: impl AsRef<[u8]>) {
        let file = self.folder().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// What a file holds; `-` when there is none.
    pub fn text(&self, path: &str) -> String {
        fs::read_to_string(self.folder().join(path)).unwrap_or_else(|_| "-".to_owned())
    }

    /// Changes how the chat acts.
    pub async fn acting(&mut self, change: Value) -> Value {
        let mut payload = change;
        payload["chat_id"] = json!(self.chat);
        self.ask("chat.acting.update", payload).await
    }

    /// Asks for something that must be granted.
    pub async fn ask(&mut self, action: &str, payload: Value) -> Value {
        let answer = self.hand.request(action, payload).await;
        assert_eq!(answer["ok"], true, "{action}: {answer}");
        answer["result"].clone()
    }

    /// Asks for something that must be refused; gives the status and the words.
    pub async fn refused(&mut self, action: &str, payload: Value) -> (u64, String) {
        let answer = self.hand.request(action, payload).await;
        assert_eq!(answer["ok"], false, "{action}: {answer}");
        (answer["error"]["status"].as_u64().unwrap(), answer["error"]["message"].as_str().unwrap().to_owned())
    }

    /// Says something; the turn is `t1`, `t2` and so on.
    pub async fn say(&mut self, prompt: &str) -> String {
        self.turns += 1;
        let turn = format!("t{}", self.turns);
        self.client.say(&self.chat, &turn, prompt).await;
        turn
    }

    /// Says something and gives the model's call.
    pub async fn prompted(&mut self, prompt: &str) -> Call {
        self.say(prompt).await;
        self.model.call().await
    }

    /// A turn whose model asks for these calls; whatever waits for a person is allowed.
    pub async fn calls(&mut self, calls: &[(&str, Value)]) -> Ran {
        self.prompted("Go.").await.end_with_calls(calls).await;
        self.finish().await
    }

    /// A turn whose model writes this; whatever waits for a person is allowed.
    pub async fn write(&mut self, reply: &str) -> Ran {
        self.prompted("Go.").await.end_with(reply).await;
        self.finish().await
    }

    /// Plays the turn to its end: proposals are accepted, and the model's next step is its last.
    pub async fn finish(&mut self) -> Ran {
        let (mut heard, mut results) = (Vec::new(), Vec::new());
        loop {
            // Cancel-safe: neither side loses what it did not give.
            tokio::select! {
                call = self.model.call() => results.extend(self.done(call).await),
                frame = self.client.next() => {
                    if frame.event() == "proposal" {
                        self.accept(&frame).await;
                    }
                    let over = frame.is_idle();
                    heard.push(frame);
                    if over {
                        return Ran { heard, results };
                    }
                }
            }
        }
    }

    /// Hears a turn to its end that asks for nothing more.
    pub async fn rest(&mut self) -> Ran {
        Ran { heard: self.client.until(Frame::is_idle).await, results: Vec::new() }
    }

    /// The model says that it is done; gives what it had been told.
    pub async fn done(&self, call: Call) -> Vec<String> {
        let told = match self.dialect {
            "tags" => vec![call.prompt()],
            _ => call.results().into_iter().map(|(_, text)| text.to_owned()).collect(),
        };
        call.end_with(if self.dialect == "tags" { DONE } else { "Done." }).await;
        told
    }

    /// The next proposal of the chat.
    pub async fn proposal(&mut self) -> Frame {
        self.client.find("proposal").await
    }

    /// Allows what is proposed, exactly so.
    pub async fn accept(&mut self, proposal: &Frame) -> Value {
        self.answer(proposal, json!({ "answer": "accept", "digest": proposal.json["digest"] })).await
    }

    /// Says no.
    pub async fn reject(&mut self, proposal: &Frame, reason: &str) -> Value {
        self.answer(proposal, json!({ "answer": "reject", "reason": reason })).await
    }

    /// Answers a proposal; gives what became of it.
    pub async fn answer(&mut self, proposal: &Frame, answer: Value) -> Value {
        let mut answer = answer;
        answer["chat_id"] = json!(self.chat);
        if answer["proposal_id"].is_null() {
            answer["proposal_id"] = proposal.json["proposal_id"].clone();
        }
        self.ask("proposal.answer", json!({ "answers": [answer] })).await["answered"][0].clone()
    }

    /// The proposals of the chat that wait.
    pub async fn waiting(&mut self) -> Vec<Value> {
        let chat = self.chat.clone();
        self.ask("proposal.list", json!({ "chat_id": chat })).await["proposals"].as_array().unwrap().clone()
    }

    /// Ends the gateway as a power cut would and starts it again; the chat is heard from now on.
    pub async fn killed_and_restarted(self) -> Self {
        self.restarted(Gateway::kill).await
    }

    /// The same with a gateway that is told to end.
    pub async fn ended_and_restarted(self) -> Self {
        self.restarted(|gateway| assert!(gateway.terminate().0.success(), "it ends in order")).await
    }

    async fn restarted(self, end: impl FnOnce(Gateway)) -> Self {
        let Self { gateway, home, model, chat, dialect, turns, .. } = self;
        end(gateway);
        let gateway = home.unix();
        let (mut client, hand) = (Client::connect(&gateway).await, Client::connect(&gateway).await);
        client.attach(&chat).await;
        Self { gateway, home, client, hand, model, chat, dialect, turns }
    }
}

impl Ran {
    /// How the calls ended, in the order they did.
    pub fn ends(&self) -> Vec<Value> {
        ends(&self.heard)
    }

    /// The statuses of the calls, in the order they ended.
    pub fn statuses(&self) -> Vec<u64> {
        self.ends().iter().map(|event| event["status"].as_u64().unwrap_or(0)).collect()
    }

    /// Kinds of what was heard.
    pub fn count(&self, event: &str) -> usize {
        self.heard.iter().filter(|frame| frame.event() == event).count()
    }

    /// The lines on how it went.
    pub fn lines(&self) -> Vec<String> {
        let lines = self.heard.iter().filter(|frame| frame.str("kind") == "progress" && !frame.str("text").is_empty());
        lines.map(|frame| frame.str("text").to_owned()).collect()
    }

    /// The notices of the turn, by their text.
    pub fn notices(&self) -> Vec<String> {
        let notices = self.heard.iter().filter(|frame| frame.json["notice"].is_object());
        notices.map(|frame| frame.str("text").to_owned()).collect()
    }
}

/// The tool events of these frames that say how a call ended.
pub fn ends(frames: &[Frame]) -> Vec<Value> {
    let events = frames.iter().flat_map(|frame| frame.json["tool_events"].as_array().cloned().unwrap_or_default());
    events.filter(|event| event["phase"] != "start").collect()
}

/// Every tool event of a thread page, in its order.
pub fn page_events(page: &Value) -> Vec<Value> {
    let messages = page["messages"].as_array().unwrap().iter();
    messages.flat_map(|message| message["toolEvents"].as_array().cloned().unwrap_or_default()).collect()
}
