//! Short ways to write the rows and changes the tests are made of, and to print what came back.

use std::path::Path;

use alcove_store::{Change, ChatRow, EntryRow, EntryState, Error, EventRow, Origin, PageStart, Store, TurnRow, TurnState, Visibility};
use rusqlite::Connection;
use tempfile::TempDir;

/// A store in a folder of its own that holds the chat `c`.
pub(crate) fn store() -> (TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    store.write_wait(vec![chat("c")]).unwrap();
    (dir, store)
}

/// The database file without the store.
#[expect(clippy::disallowed_methods, reason = "the tests harm the file behind the store's back")]
pub(crate) fn raw(dir: &Path) -> Connection {
    Connection::open(dir.join(alcove_store::DATABASE)).unwrap()
}

pub(crate) fn chat_row(id: &str) -> ChatRow {
    ChatRow::new(id, Origin::WebUi, 1)
}

pub(crate) fn chat(id: &str) -> Change {
    Change::CreateChat(chat_row(id))
}

/// An event of chat `c`; `kind` `user_message` starts a page.
pub(crate) fn event_row(kind: &str, seq: u64, last: u64) -> EventRow {
    EventRow {
        chat: "c".to_owned(),
        seq,
        last,
        turn: Some("t".to_owned()),
        kind: kind.to_owned(),
        boundary: if kind == "user_message" { PageStart::Yes } else { PageStart::No },
        payload: format!(r#"{{"seq":{seq}}}"#),
        at: 5,
    }
}

pub(crate) fn event(kind: &str, seq: u64) -> Change {
    Change::AppendEvent(event_row(kind, seq, seq))
}

pub(crate) fn entry(path: &str, state: EntryState, seq: u64) -> EntryRow {
    EntryRow {
        chat: "c".to_owned(),
        path: path.to_owned(),
        state,
        outcome: None,
        visibility: Visibility::Visible,
        body: "body".to_owned(),
        attributes: "{}".to_owned(),
        turn: 1,
        seq,
        created_at: 1,
        updated_at: 1,
    }
}

pub(crate) fn turn(id: &str, ordinal: u64, state: TurnState) -> TurnRow {
    TurnRow {
        chat: "c".to_owned(),
        id: id.to_owned(),
        ordinal,
        state,
        prompt_seq: 1,
        preset: None,
        usage: None,
        outcome: None,
        created_at: 1,
        started_at: None,
        ended_at: None,
    }
}

/// How a batch went, in a line.
pub(crate) fn outcome(went: Result<(), Error>) -> String {
    match went {
        Ok(()) => "ok".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// Events as `seq` or `seq-last` with their kinds.
pub(crate) fn spans(rows: &[EventRow]) -> String {
    let span = |row: &EventRow| match row.seq == row.last {
        true => format!("{} {}", row.seq, row.kind),
        false => format!("{}-{} {}", row.seq, row.last, row.kind),
    };
    rows.iter().map(span).collect::<Vec<_>>().join(", ")
}
