//! Every request that changes settings, as data: what is sent, and what is said or what then stands in the settings.

mod chats;
mod features;
mod presets;
mod read;
mod request;
mod servers;

use alcove_proto::envelope::WebuiRequest;
use alcove_proto::http::Surface;
use expect_test::Expect;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::engine::{Config, Engine};
use crate::scope::Controls;
use crate::secret::keys::{Keys, Place};

/// An engine in a folder of its own, with its keys in the file there.
struct Desk {
    engine: Engine,
    asked: u32,
    _folder: TempDir,
}

impl Desk {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open_in(folder.path(), Place::File).unwrap();
        let engine = Engine::start_with(Config::new(folder.path().to_owned()), keys).unwrap();
        Self { engine, asked: 0, _folder: folder }
    }

    /// One that knows a server of the person's own, `home`.
    async fn with_home() -> Self {
        let mut desk = Self::open();
        desk.done("settings.provider.create", json!({"name": "Home", "api_base": "http://127.0.0.1:9/v1"})).await;
        desk
    }

    async fn ask(&mut self, action: &str, payload: &Value) -> Result<Value, String> {
        self.asked += 1;
        let payload = payload.as_object().unwrap().clone();
        let request = WebuiRequest { request_id: format!("r{}", self.asked), action: action.to_owned(), payload };
        let answer = self.engine.request(&request, Surface::Browser, Controls::All).await;
        answer.map_err(|refused| format!("{} {}", refused.status, refused.message))
    }

    /// Asks each and prints its refusal, or the pointed-at parts of what came back.
    async fn check(&mut self, action: &str, cases: &[(Value, &[&str])], expected: &Expect) {
        let mut lines = String::new();
        for (payload, shown) in cases {
            let line = match self.ask(action, payload).await {
                Ok(result) => {
                    let parts = shown.iter().map(|pointer| result.pointer(pointer).map_or("absent".to_owned(), Value::to_string));
                    parts.collect::<Vec<_>>().join(" ")
                }
                Err(refusal) => refusal,
            };
            lines.push_str(&format!("{line}\n"));
        }
        expected.assert_eq(&lines);
    }

    async fn done(&mut self, action: &str, payload: Value) {
        self.ask(action, &payload).await.unwrap();
    }
}
