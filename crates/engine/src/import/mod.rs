//! Chats from files (own exports and the original's): read line by line as what a stranger sent, checked, and written in one
//! transaction a chat. What cannot be read is said and left out; nothing that stands in a file gives a chat more rights than it had.

mod lines;
mod original;
mod own;
mod rows;
mod session_file;
#[cfg(test)]
pub(crate) mod tests;
mod transcript;

use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::engine::Engine;
use crate::error::{Error, commit};
use crate::settings::Refused;
use crate::{recovery, title};

pub(crate) use rows::ImportedChat;

/// Things left out that are listed; more are counted.
const LISTED: usize = 50;

/// What came of an import.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    pub(crate) imported: Vec<ImportedRow>,
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) warnings: Vec<String>,
    /// What was left out beyond what is listed.
    #[serde(skip)]
    more: usize,
}

/// A chat that was made.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ImportedRow {
    /// Its session key.
    pub(crate) key: String,
    pub(crate) title: String,
    /// Messages in it.
    pub(crate) messages: usize,
}

/// Something that was left out.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Skipped {
    /// As in "line 12".
    pub(crate) what: String,
    pub(crate) why: String,
}

impl Report {
    pub(crate) fn skip(&mut self, what: impl Into<String>, why: impl Into<String>) {
        if self.skipped.len() < LISTED {
            self.skipped.push(Skipped { what: what.into(), why: why.into() });
        } else {
            self.more += 1;
        }
    }

    pub(crate) fn warn(&mut self, words: impl Into<String>) {
        let words = words.into();
        if self.warnings.len() < LISTED && !self.warnings.contains(&words) {
            self.warnings.push(words);
        }
    }

    fn close(&mut self) {
        if self.more > 0 {
            self.warnings.push(format!("{} more were left out.", self.more));
        }
    }
}

/// `session.import`: makes chats of an uploaded file.
pub(crate) async fn import(engine: &Engine, payload: &Map<String, Value>) -> Result<Value, Refused> {
    let id = payload.get("upload_id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let uploaded = engine.media().imported(&id).ok_or_else(|| Refused::new(404, "unknown upload"))?;
    let report = from_file(engine, &uploaded.path, &uploaded.name).await?;
    let media = engine.media().clone();
    let forgotten = tokio::task::spawn_blocking(move || media.cancel(&id)).await;
    forgotten.map_err(|_| Error::Closing)?;
    serde_json::to_value(report).map_err(|source| Error::Unreadable { what: "a report", source }.into())
}

/// Makes chats of a file.
pub(crate) async fn from_file(engine: &Engine, path: &Path, name: &str) -> Result<Report, Refused> {
    let (reader, path, name) = (engine.clone(), path.to_owned(), name.to_owned());
    let read = tokio::task::spawn_blocking(move || read(&reader, &path, &name)).await.map_err(|_| Error::Closing)?;
    let (chat, mut report) = read?;
    let Some(chat) = chat else {
        report.close();
        return Ok(report);
    };
    let shared = engine.shared();
    commit(&shared.store, chat.changes).await?;
    // Only now may the files go that nobody has a row for.
    drop(chat.held);
    recovery::close_copy(engine, &chat.id).await?;
    title::announce(shared, &chat.id);
    report.imported.push(ImportedRow { key: chat.id.session_key(), title: chat.title, messages: chat.messages });
    report.close();
    Ok(report)
}

fn read(engine: &Engine, path: &Path, name: &str) -> Result<(Option<ImportedChat>, Report), Refused> {
    let mut report = Report::default();
    let unreadable = |error: std::io::Error| {
        crate::report::problem("an uploaded file could not be read", &error);
        Refused::new(500, "failed to read file")
    };
    let kind = lines::kind(path).map_err(unreadable)?;
    let chat = match kind {
        lines::Kind::Own => own::read(engine, path, &mut report),
        lines::Kind::Session => original::read(engine, path, (original::Source::Session, name), &mut report),
        lines::Kind::Transcript => original::read(engine, path, (original::Source::Transcript, name), &mut report),
        lines::Kind::Unknown => return Err(Refused::new(415, "this file is neither an exported chat nor one of the original's")),
    };
    let chat = chat.map_err(unreadable)?.filter(|chat| !chat.changes.is_empty());
    Ok((chat, report))
}
