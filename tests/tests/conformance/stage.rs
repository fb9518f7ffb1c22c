//! Where cases play: a gateway in a folder of its own, with a scripted model chosen.

use std::collections::BTreeSet;

use alcove_tests::client::Client;
use alcove_tests::gateway::{Gateway, Home};
use alcove_tests::http::{Answer, request};
use alcove_tests::model::ModelServer;
use serde_json::Value;

use crate::case::{Case, Place};

/// A gateway and what it needs.
pub struct Stage {
    /// Absent only where a case expects that none starts.
    pub gateway: Option<Gateway>,
    pub home: Home,
    pub model: ModelServer,
    /// Chats of cases that are over; what the list still tells of them concerns no case.
    pub over: BTreeSet<String>,
    place: Place,
    secret: Option<String>,
    args: Vec<String>,
    /// Whether the case itself says where to listen.
    listens: bool,
}

impl Stage {
    /// The stage of all cases that ask for nothing of their own.
    pub async fn shared(place: Place) -> Self {
        let mut stage = Self::empty(place, &Case::default()).await;
        stage.start().expect("a gateway without a configuration starts");
        stage.choose_model().await;
        stage
    }

    /// The stage of one case. Its gateway is started here, unless the case is about starting.
    pub async fn own(place: Place, case: &Case) -> Result<Self, String> {
        let mut stage = Self::empty(place, case).await;
        let starting = case.steps.iter().any(|(_, step)| step.starts_with("refuses "));
        if !starting {
            stage.start()?;
        }
        if case.steps.iter().any(|(_, step)| step.starts_with("call")) {
            stage.choose_model().await;
        }
        Ok(stage)
    }

    async fn empty(place: Place, case: &Case) -> Self {
        let home = Home::default();
        let folder = home.path().display().to_string();
        let mut args: Vec<String> = case.args.iter().map(|arg| arg.replace("$home", &folder)).collect();
        if !case.config.is_empty() {
            let path = home.path().join("config.toml");
            std::fs::write(&path, case.config.replace("$home", &folder)).expect("the folder is writable");
            args.extend(["--config".to_owned(), path.display().to_string()]);
        }
        let listens = ["host", "port", "unixSocketPath", "unix_socket_path"].iter().any(|key| case.config.contains(&format!("{key} =")));
        let (model, over) = (ModelServer::start().await, BTreeSet::new());
        Self { gateway: None, home, model, over, place, secret: case.secret.clone(), args, listens }
    }

    /// Starts the gateway, again if there was one.
    pub fn start(&mut self) -> Result<(), String> {
        let socket = self.home.socket().display().to_string();
        let mut args: Vec<&str> = match self.place {
            Place::Tcp => vec!["--listen", "127.0.0.1:0"],
            Place::Unix => vec!["--socket", &socket],
        };
        let named = |arg: &String| ["--listen", "--socket", "--host", "--port", "--unix-socket-path"].contains(&arg.as_str());
        if self.listens || self.args.iter().any(named) {
            args.clear();
        }
        args.extend(self.args.iter().map(String::as_str));
        self.gateway = Some(self.home.try_start(&args)?);
        Ok(())
    }

    async fn choose_model(&mut self) {
        let mut client = self.client().await;
        client.choose_model("scripted", &self.model.base()).await;
    }

    /// The gateway.
    pub fn gateway(&self) -> &Gateway {
        self.gateway.as_ref().expect("the gateway runs")
    }

    /// A client as the page is one.
    pub async fn client(&self) -> Client {
        let token = self.bootstrap().await["token"].as_str().expect("a token").to_owned();
        let stream = self.gateway().connect().await;
        Client::open(self.gateway(), stream, &token).await.expect("the handshake succeeds")
    }

    /// What bootstrap answers to who knows the secret.
    pub async fn bootstrap(&self) -> Value {
        let secret = self.secret();
        let fields = if secret.is_empty() { Vec::new() } else { vec![format!("Authorization: Bearer {secret}")] };
        let answer: Answer = request(self.gateway(), "GET /webui/bootstrap", &fields).await;
        assert_eq!(answer.status, 200, "bootstrap: {}", answer.text());
        answer.json()
    }

    /// What opens bootstrap; empty where nothing is asked for.
    pub fn secret(&self) -> String {
        self.secret.clone().unwrap_or_else(|| self.gateway().secret.clone())
    }
}
