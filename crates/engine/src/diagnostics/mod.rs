//! Diagnostics: what a person may hand on when something goes wrong. Versions, numbers, settings and the end of the log; never a key,
//! a prompt, an answer, or where somebody keeps what. Everything passes [`Scrub`] on its way out, whoever gathered it.

mod machine;
mod scrub;

use std::path::Path;

use alcove_proto::diagnostics::{DiagnosticFile, Diagnostics};
use alcove_proto::envelope::ChatStateWord;
use alcove_store::Store;
use serde_json::{Value, json};

use crate::engine::Engine;
use crate::error::Error;
use crate::report;
use crate::secret::keys::StoreKind;
use scrub::Scrub;

/// So much of the log's end is shown.
const LOG_BYTES: u64 = 256 * 1024;
/// Complaints of the database's check that are shown.
const COMPLAINTS: usize = 20;

impl Engine {
    /// Gathers the diagnostics; `more` are files others add to them, by name.
    pub async fn diagnostics(&self, more: Vec<(&'static str, Value)>) -> Result<Diagnostics, Error> {
        let about = json!({
            "app": "Alcove",
            "version": env!("CARGO_PKG_VERSION"),
            "made_at": jiff::Timestamp::now().to_string(),
            "chats_running": self.states().iter().filter(|state| state.state == ChatStateWord::Running).count(),
            "keys_kept_in": kept_in(&self.shared().keys.store_kind()),
            "machine": machine::machine(),
            "process": machine::process(),
        });
        let (store, data_dir) = (self.shared().store.clone(), self.data_dir().to_owned());
        // The check reads the whole database.
        let gathered = tokio::task::spawn_blocking(move || gather(&store, &data_dir, &about, &more)).await;
        gathered.map_err(|_| Error::Closing)?
    }
}

fn gather(store: &Store, data_dir: &Path, about: &Value, more: &[(&str, Value)]) -> Result<Diagnostics, Error> {
    let places = store.read(|reader| reader.chats())?.into_iter().filter_map(|chat| project(&chat.scope)).collect();
    let scrub = Scrub::new(data_dir, places);
    let json = |name: &str, value: &Value| DiagnosticFile {
        name: name.to_owned(),
        content: serde_json::to_string_pretty(value).expect("JSON values always serialise"),
    };
    let mut files = vec![json("about.json", &scrub.words(about)), json("store.json", &scrub.words(&numbers(store, data_dir)))];
    files.extend(more.iter().map(|(name, value)| json(name, &scrub.settings(value))));
    let log = report::tail(data_dir, LOG_BYTES).unwrap_or_else(|error| format!("the log could not be read: {error}\n"));
    files.push(DiagnosticFile { name: "log.txt".to_owned(), content: scrub.text(&log) });
    Ok(Diagnostics { files })
}

fn kept_in(kind: &StoreKind) -> &'static str {
    match kind {
        StoreKind::Unknown => "unknown",
        StoreKind::Keyring => "keyring",
        StoreKind::File { .. } => "file",
    }
}

/// The folder of a chat's scope.
fn project(scope: &str) -> Option<String> {
    let scope: Value = serde_json::from_str(scope).ok()?;
    scope.get("project_path")?.as_str().map(str::to_owned)
}

/// The database and the folders beside it in numbers. What cannot be counted is said instead.
fn numbers(store: &Store, data_dir: &Path) -> Value {
    let census = match store.read(|reader| reader.census()) {
        Ok(census) => json!({
            "schema_version": census.version,
            "bytes": census.bytes,
            "free_bytes": census.free_bytes,
            "rows": census.rows.into_iter().collect::<std::collections::BTreeMap<_, _>>(),
        }),
        Err(error) => json!({ "error": report::redacted(&error.to_string()) }),
    };
    let check = match store.quick_check() {
        Ok(complaints) if complaints.is_empty() => json!("ok"),
        Ok(complaints) => json!({ "complaints": complaints.len(), "first": complaints.into_iter().take(COMPLAINTS).collect::<Vec<_>>() }),
        Err(error) => json!({ "error": error.to_string() }),
    };
    let file = |name: &str| std::fs::metadata(data_dir.join(name)).map(|found| found.len()).unwrap_or_default();
    json!({
        "database": census,
        "quick_check": check,
        "ended_cleanly": store.ended_cleanly(),
        "log_bytes": file(&format!("{}-wal", alcove_store::DATABASE)),
        "media": machine::folder(&data_dir.join("media")),
        "logs": machine::folder(&report::logs_dir(data_dir)),
    })
}

#[cfg(test)]
mod tests;
