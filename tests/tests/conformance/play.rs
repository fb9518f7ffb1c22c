//! A case as it plays: its clients, what they heard, and what the case named.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use alcove_tests::client::{Client, Frame};
use alcove_tests::http::Answer;
use alcove_tests::model::Call;
use serde_json::{Value, json};

use crate::case::Case;
use crate::pattern::{Names, matches};
use crate::stage::Stage;
use crate::step::{heard, patience, perform};

/// Everything said and heard, kept also when the case panics.
pub type Transcript = Arc<Mutex<String>>;

/// A case that plays.
pub struct Play {
    pub stage: Stage,
    pub clients: BTreeMap<char, Client>,
    pub names: Names,
    pub answer: Option<Answer>,
    pub call: Option<Call>,
    /// Frames that were heard while something else was waited for.
    waiting: BTreeMap<char, VecDeque<Frame>>,
    transcript: Transcript,
    /// Chats it heard of.
    chats: BTreeSet<String>,
    number: usize,
    probes: usize,
}

/// Plays a case to its end; the stage can be used again when it succeeded.
pub async fn play(case: Case, number: usize, stage: Stage, transcript: Transcript) -> (Stage, Result<(), String>) {
    let home = stage.home.path().display().to_string();
    let names = [
        ("home", home),
        ("case", format!("case{number}")),
        ("model_base", stage.model.base()),
        ("store", stage.home.data().display().to_string()),
    ];
    let mut names: Names = names.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    if let Some(gateway) = &stage.gateway {
        names.insert("host".to_owned(), gateway.host());
        names.insert("secret".to_owned(), stage.secret());
    }
    let (clients, waiting) = (BTreeMap::new(), BTreeMap::new());
    let mut play = Play { stage, clients, names, answer: None, call: None, waiting, transcript, chats: BTreeSet::new(), number, probes: 0 };
    let mut outcome = Ok(());
    for (line, step) in &case.steps {
        play.note(' ', ' ', &format!("[{line}] {step}"));
        if let Err(why) = perform(&mut play, step).await {
            outcome = Err(format!("line {line}: {step}\n    {why}"));
            break;
        }
    }
    play.stage.over.append(&mut play.chats);
    (play.stage, outcome)
}

impl Play {
    /// The client of this letter; connects it first when it is new.
    pub async fn client(&mut self, who: char) -> &mut Client {
        if !self.clients.contains_key(&who) {
            let client = self.stage.client().await;
            self.take(who, client);
        }
        self.clients.get_mut(&who).expect("it was just put there")
    }

    /// Takes a client that connected.
    pub fn take(&mut self, who: char, client: Client) {
        self.names.insert(format!("own_{who}"), client.own_chat.clone());
        self.names.insert(format!("client_{who}"), client.client_id.clone());
        self.names.insert("instance".to_owned(), client.instance.clone());
        self.clients.insert(who, client);
        self.waiting.remove(&who);
    }

    /// The next frame of a client.
    pub async fn hear(&mut self, who: char) -> Result<Frame, String> {
        if let Some(frame) = self.waiting.get_mut(&who).and_then(VecDeque::pop_front) {
            return Ok(frame);
        }
        loop {
            let frame = heard(self.client(who).await).await?;
            if frame.event() == "session_updated" && self.stage.over.contains(frame.str("chat_id")) {
                continue;
            }
            self.note(who, '<', &frame.text);
            self.chats.insert(frame.str("chat_id").to_owned());
            return Ok(frame);
        }
    }

    /// The next frame like this; others are passed over.
    pub async fn find(&mut self, who: char, pattern: &Value) -> Result<Frame, String> {
        loop {
            let frame = self.hear(who).await?;
            if matches(pattern, Some(&frame.json), &mut self.names).is_ok() {
                return Ok(frame);
            }
        }
    }

    /// Everything heard until what was sent so far has been acted on.
    async fn aftermath(&mut self, who: char) -> Result<Vec<Frame>, String> {
        self.probes += 1;
        let name = format!("probe-{}", self.probes);
        let expected = format!("unknown type: '{name}'");
        self.client(who).await.send(json!({ "type": name })).await;
        let mut frames = Vec::new();
        loop {
            let frame = self.hear(who).await?;
            if frame.event() == "error" && frame.str("detail") == expected {
                return Ok(frames);
            }
            frames.push(frame);
        }
    }

    /// Fails when something like this has come; what came instead is kept.
    pub async fn absent(&mut self, who: char, pattern: &Value) -> Result<(), String> {
        let frames = self.aftermath(who).await?;
        let found = frames.iter().find(|frame| matches(pattern, Some(&frame.json), &mut self.names.clone()).is_ok());
        if let Some(found) = found {
            return Err(format!("came: {}", found.text));
        }
        self.waiting.entry(who).or_default().extend(frames);
        Ok(())
    }

    /// Fails when anything has come.
    pub async fn quiet(&mut self, who: char) -> Result<(), String> {
        match self.aftermath(who).await?.first() {
            Some(frame) => Err(format!("came: {}", frame.text)),
            None => Ok(()),
        }
    }

    /// The next call of the model.
    pub async fn next_call(&mut self) -> Result<Call, String> {
        tokio::time::timeout(patience(), self.stage.model.call()).await.map_err(|_late| "the model was not called".to_owned())
    }

    /// An id nobody used.
    pub fn fresh(&mut self) -> String {
        self.probes += 1;
        format!("ask-{}-{}", self.number, self.probes)
    }

    /// Writes a line into the transcript.
    pub fn note(&self, who: char, way: char, text: &str) {
        const SHOWN: usize = 700;
        let mut transcript = self.transcript.lock().unwrap_or_else(PoisonError::into_inner);
        let cut = if text.chars().count() > SHOWN { "…" } else { "" };
        let _infallible = writeln!(transcript, "    {who}{way} {}{cut}", text.chars().take(SHOWN).collect::<String>());
    }
}
