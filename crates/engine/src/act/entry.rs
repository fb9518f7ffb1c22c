//! Entries of the chat, read and changed by the model: facts, open questions, records, the output of commands. Reading changes nothing
//! (entries §12.13): what runs goes on running, and what failed stays failed.

use alcove_agent::edit::{self, File, Seen};
use alcove_agent::path::{normalize, scheme_of, status};
use alcove_agent::pattern::Pattern;
use alcove_agent::policy::{Visibility as Shown, Writer, default_visibility, may_write};
use alcove_agent::tool::{Ask, Call, Read};
use alcove_agent::turn::Settled;
use alcove_store::{Change, EntryRow, EntryState, Visibility};

use super::look::slice;
use super::run::record_of;
use super::settle::{done, failed, unedited};
use super::{At, Done, Hands};
use crate::chat::{Lasting, state};
use crate::clock::now_ms;
use crate::error::{Error, commit, read};

/// Schemes the model writes by its tools; what is made by acting is only read.
const WRITTEN: &[&str] = &["known", "unknown"];
/// Entries one call may meet.
const MATCHES: usize = 200;
/// Lines of a running command that are given when nothing is said.
const TAIL_LINES: usize = 200;

impl Hands {
    pub(super) async fn entry(&self, call: &Call, at: &At, ask: Ask) -> Done {
        if at.lasting == Lasting::Temporary {
            return Done::of(self.read_running(call, at, &ask));
        }
        let settled = match ask {
            Ask::Read(reading) => self.read_entries(call, at, &reading).await,
            Ask::Edit { path, edit } => self.edit_entry(call, at, &path, &edit).await,
            Ask::Remove { path, preview } => self.remove_entries(call, at, &path, preview).await,
            Ask::Move { from, to } => self.move_entry(call, at, (&from, &to), true).await,
            Ask::Copy { from, to } => self.move_entry(call, at, (&from, &to), false).await,
            Ask::Show { path, visibility } => self.show_entries(call, at, &path, &visibility).await,
            Ask::List { .. }
            | Ask::Find(_)
            | Ask::Search(_)
            | Ask::Patch(_)
            | Ask::Run(_)
            | Ask::Halt { .. }
            | Ask::Fetch { .. }
            | Ask::WebSearch { .. }
            | Ask::Question { .. }
            | Ask::Say { .. } => Ok(failed(call, 422, "This is no entry.")),
        };
        Done::of(settled.unwrap_or_else(|error| {
            crate::report::problem("an entry could not be read or written", &error);
            failed(call, 500, "The database could not be used.")
        }))
    }

    /// The entries a path means, up to one more than a call may meet; with a filter only those whose text it is found in. Patterns are the
    /// model's and texts may be long, so that they are looked through on a thread of their own.
    async fn entries(&self, at: &At, path: &str, filter: Option<&str>) -> Result<Vec<EntryRow>, Error> {
        let (chat, path, filter) = (at.chat.as_str().to_owned(), path.to_owned(), filter.map(str::to_owned));
        let mut rows = read(&self.store, move |reader| reader.entries(&chat)).await?;
        let looked = tokio::task::spawn_blocking(move || {
            if path.contains('*') {
                let pattern = Pattern::parse(&path);
                rows.retain(|row| scheme_of(&row.path).is_some() && pattern.matches(&row.path));
            } else {
                let path = normalize(&path);
                rows.retain(|row| row.path == path);
            }
            if let Some(filter) = filter {
                let pattern = Pattern::parse(&filter);
                rows.retain(|row| pattern.search(&row.body).is_some());
            }
            rows.truncate(MATCHES + 1);
            rows
        });
        looked.await.map_err(|_| Error::Closing)
    }

    async fn read_entries(&self, call: &Call, at: &At, reading: &Read) -> Result<Settled, Error> {
        let mut parts = Vec::new();
        for path in &reading.paths {
            let rows = self.entries(at, path, reading.filter.as_deref()).await?;
            if rows.is_empty() {
                return Ok(failed(call, 404, format!("There is no entry {path}.")));
            }
            let (several, more) = (rows.len() > 1 || reading.preview, rows.len() > MATCHES);
            for row in rows.into_iter().take(MATCHES) {
                let number = status(state(row.state), row.outcome.as_deref());
                if several {
                    parts.push(format!("{} (status {number}, {} characters)", row.path, row.body.chars().count()));
                } else {
                    parts.push(format!("{} (status {number})\n{}", row.path, self.body(at, &row, reading)));
                }
            }
            if more {
                parts.push(format!("… only the first {MATCHES} entries are shown …"));
            }
        }
        Ok(done(call, parts.join("\n")))
    }

    /// What there is to be read in a chat that keeps nothing: the newest of what its commands that run have put out.
    fn read_running(&self, call: &Call, at: &At, ask: &Ask) -> Settled {
        let newest = |reading: &Read| {
            let one = |path: &String| Some(format!("{path} (status 102)\n{}", self.newest(at, &normalize(path), reading)?));
            reading.paths.iter().map(one).collect::<Option<Vec<String>>>()
        };
        let read = if let Ask::Read(reading) = ask { newest(reading) } else { None };
        read.map(|parts| done(call, parts.join("\n")))
            .unwrap_or_else(|| failed(call, 501, "A temporary chat keeps no entries; what a command puts out is read while it runs."))
    }

    /// An entry's text; of a command that runs, the newest of what it has put out.
    fn body(&self, at: &At, row: &EntryRow, reading: &Read) -> String {
        let newest = (row.state == EntryState::Streaming).then(|| self.newest(at, &row.path, reading)).flatten();
        newest.unwrap_or_else(|| slice(&row.body, reading.line, reading.limit))
    }

    /// The newest of what a command has put out, by the path of a channel, while it runs.
    fn newest(&self, at: &At, path: &str, reading: &Read) -> Option<String> {
        let channel = path.rsplit_once('_').and_then(|(_, channel)| channel.parse::<u8>().ok())?;
        let lines =
            reading.line.filter(|line| *line < 0).map_or(TAIL_LINES, |line| usize::try_from(line.unsigned_abs()).unwrap_or(TAIL_LINES));
        let (text, bytes) = self.tail(&at.chat, &record_of(path), channel, lines)?;
        Some(format!("{text}\n[it runs; {bytes} bytes so far]"))
    }

    async fn edit_entry(&self, call: &Call, at: &At, path: &str, edit: &edit::Edit) -> Result<Settled, Error> {
        let path = normalize(path);
        if let Some(settled) = unwritable(call, &path) {
            return Ok(settled);
        }
        if path.contains('*') {
            return Ok(failed(call, 422, "An entry's name has no `*`."));
        }
        let known = self.entries(at, &path, None).await?.pop();
        let before = known.as_ref().map(|row| row.body.clone().into_bytes());
        let (named, edit) = (path.clone(), edit.clone());
        // An edit may look for its place for a while.
        let applied =
            tokio::task::spawn_blocking(move || edit::apply(&File { path: &named, bytes: before.as_deref(), seen: &Seen::Never }, &edit));
        let change = match applied.await.map_err(|_| Error::Closing)? {
            Ok(change) => change,
            Err(refusal) => return Ok(unedited(call, &path, &refusal)),
        };
        let body = String::from_utf8_lossy(&change.after).into_owned();
        let row = match known {
            Some(row) => EntryRow { body, updated_at: now_ms(), ..row },
            None => fresh(at, path.clone(), body),
        };
        commit(&self.store, vec![Change::PutEntry(row)]).await?;
        Ok(done(call, format!("Kept as {path}.")))
    }

    async fn remove_entries(&self, call: &Call, at: &At, path: &str, preview: bool) -> Result<Settled, Error> {
        let rows = self.entries(at, path, None).await?;
        if rows.is_empty() {
            return Ok(failed(call, 404, format!("There is no entry {path}.")));
        }
        if rows.len() > MATCHES {
            return Ok(failed(call, 413, format!("More than {MATCHES} entries match {path}. Nothing was done.")));
        }
        if let Some(settled) = rows.iter().find_map(|row| unwritable(call, &row.path)) {
            return Ok(settled);
        }
        let paths: Vec<&str> = rows.iter().map(|row| row.path.as_str()).collect();
        if preview {
            return Ok(done(call, format!("These would be removed:\n{}", paths.join("\n"))));
        }
        let words = format!("Removed {}.", paths.join(", "));
        let remove = |row: &EntryRow| Change::RemoveEntry { chat: row.chat.clone(), path: row.path.clone() };
        commit(&self.store, rows.iter().map(remove).collect()).await?;
        Ok(done(call, words))
    }

    async fn move_entry(&self, call: &Call, at: &At, (from, to): (&str, &str), moves: bool) -> Result<Settled, Error> {
        if from.contains('*') || to.contains('*') {
            return Ok(failed(call, 422, "One entry is moved or copied to one name: neither has a `*`. Nothing was done."));
        }
        let Some(row) = self.entries(at, from, None).await?.pop() else {
            return Ok(failed(call, 404, format!("There is no entry {from}. Nothing was done.")));
        };
        let to = normalize(to);
        if to == row.path {
            return Ok(failed(call, 422, format!("{from} and {to} are one and the same entry. Nothing was done.")));
        }
        let written = unwritable(call, &to).or_else(|| moves.then(|| unwritable(call, &row.path)).flatten());
        if let Some(settled) = written {
            return Ok(settled);
        }
        let replaced = !self.entries(at, &to, None).await?.is_empty();
        let mut changes = vec![Change::PutEntry(fresh(at, to.clone(), row.body))];
        if moves {
            changes.push(Change::RemoveEntry { chat: row.chat, path: row.path.clone() });
        }
        commit(&self.store, changes).await?;
        let replaced = if replaced { " It took the place of what was there." } else { "" };
        Ok(done(call, format!("{} {} to {to}.{replaced}", if moves { "Moved" } else { "Copied" }, row.path)))
    }

    async fn show_entries(&self, call: &Call, at: &At, path: &str, visibility: &str) -> Result<Settled, Error> {
        let visibility = match visibility {
            "visible" => Visibility::Visible,
            "summarized" => Visibility::Summarized,
            "archived" => Visibility::Archived,
            other => return Ok(failed(call, 422, format!("A visibility is visible, summarized or archived, not `{other}`."))),
        };
        let rows = self.entries(at, path, None).await?;
        if rows.is_empty() {
            return Ok(failed(call, 404, format!("There is no entry {path}.")));
        }
        if rows.len() > MATCHES {
            return Ok(failed(call, 413, format!("More than {MATCHES} entries match {path}. Nothing was done.")));
        }
        let count = rows.len();
        let change = |row: EntryRow| Change::PutEntry(EntryRow { visibility, updated_at: now_ms(), ..row });
        commit(&self.store, rows.into_iter().map(change).collect()).await?;
        Ok(done(call, format!("{count} entries are {} now.", visibility.as_str())))
    }
}

/// Why the model cannot write an entry, when it cannot.
fn unwritable(call: &Call, path: &str) -> Option<Settled> {
    let scheme = scheme_of(path);
    let writes = scheme.as_deref().is_some_and(|scheme| WRITTEN.contains(&scheme) && may_write(Some(scheme), Writer::Model));
    (!writes).then(|| failed(call, 403, format!("{path} is not written by you: entries of yours begin with known:// or unknown://.")))
}

fn fresh(at: &At, path: String, body: String) -> EntryRow {
    let now = now_ms();
    let visibility = match default_visibility(&path) {
        Shown::Visible => Visibility::Visible,
        Shown::Summarized => Visibility::Summarized,
        Shown::Archived => Visibility::Archived,
    };
    EntryRow {
        chat: at.chat.as_str().to_owned(),
        path,
        state: EntryState::Resolved,
        outcome: None,
        visibility,
        body,
        attributes: "{}".to_owned(),
        turn: at.turn,
        seq: 0,
        created_at: now,
        updated_at: now,
    }
}
