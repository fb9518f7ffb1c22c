//! The one error of the store: what failed, on what, and the source. Nothing is logged here.

use std::path::PathBuf;
use std::sync::Arc;
use std::{fmt, io};

use rusqlite::ErrorCode;

/// What can go wrong in the store.
#[derive(Debug)]
pub enum Error {
    /// The data folder or the database file could not be made or made private.
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The writer's thread could not be started.
    Thread(io::Error),
    /// The database could not be opened.
    Open {
        /// The database file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The database was written by a newer Alcove; it was not altered.
    Newer {
        /// The schema version in the file.
        found: u32,
        /// The newest schema version this build knows.
        known: u32,
    },
    /// SQLite refused a statement.
    Sqlite {
        /// What was being done, as in "append an event".
        doing: &'static str,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The transaction that held this batch was lost to the failure of another statement or of its commit; nothing of
    /// it was kept.
    Lost {
        /// What SQLite said.
        why: Arc<rusqlite::Error>,
    },
    /// The disk failed while something was being made durable; until the next start nothing more is written.
    ReadOnly {
        /// The first failure.
        why: Arc<rusqlite::Error>,
    },
    /// The writer has ended.
    Closed,
    /// No chat has this id.
    NoChat {
        /// The id.
        chat: String,
    },
    /// A chat with this id is there already.
    ChatExists {
        /// The id.
        chat: String,
    },
    /// An event does not follow the chat's last one.
    Gap {
        /// The chat.
        chat: String,
        /// The number the event had to start at.
        expected: u64,
        /// The number it started at.
        found: u64,
    },
    /// An event's `last` lies before its `seq`.
    Backwards {
        /// The chat.
        chat: String,
        /// The event's first number.
        seq: u64,
        /// Its last number.
        last: u64,
    },
    /// The rows of a chat do not exactly cover the range that was to be folded, or the row does not.
    Fold {
        /// The chat.
        chat: String,
        /// First number of the range.
        first: u64,
        /// Last number of the range.
        last: u64,
    },
    /// An event's checksum does not match its content.
    Damaged {
        /// The chat.
        chat: String,
        /// The event's first number.
        seq: u64,
    },
    /// An entry in a terminal state was to be given another state.
    Final {
        /// The chat.
        chat: String,
        /// The entry's path.
        path: String,
    },
    /// An idempotency key was used for this very request already; the first answer stands. Everything else in the
    /// batch was refused with it, so that a repeated request has one effect.
    Answered {
        /// The key's scope.
        scope: String,
        /// The key.
        key: String,
    },
    /// An idempotency key was used for a different request.
    KeyReused {
        /// The key's scope.
        scope: String,
        /// The key.
        key: String,
    },
}

impl Error {
    /// Names what was being done when SQLite refuses.
    pub(crate) fn sql(doing: &'static str) -> impl Fn(rusqlite::Error) -> Error + Copy {
        move |source| Error::Sqlite { doing, source }
    }

    /// Whether the database itself is damaged, so that it has to be moved aside before a new one can be made.
    pub fn is_damage(&self) -> bool {
        let code = match self {
            Error::Open { source, .. } | Error::Sqlite { source, .. } => source.sqlite_error_code(),
            Error::Lost { why } | Error::ReadOnly { why } => why.sqlite_error_code(),
            Error::Damaged { .. } => return true,
            Error::Folder { .. }
            | Error::Thread(_)
            | Error::Newer { .. }
            | Error::Closed
            | Error::NoChat { .. }
            | Error::ChatExists { .. }
            | Error::Gap { .. }
            | Error::Backwards { .. }
            | Error::Fold { .. }
            | Error::Final { .. }
            | Error::Answered { .. }
            | Error::KeyReused { .. } => None,
        };
        matches!(code, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Folder { path, .. } => write!(f, "could not prepare {}", path.display()),
            Error::Thread(_) => write!(f, "could not start the database's writer"),
            Error::Open { path, .. } => write!(f, "could not open the database {}", path.display()),
            Error::Newer { found, known } => {
                write!(f, "the database was written by a newer Alcove (schema {found}, this one knows {known}); it was left as it is")
            }
            Error::Sqlite { doing, source } => write!(f, "could not {doing}: {source}"),
            Error::Lost { why } => write!(f, "the transaction was lost: {why}"),
            Error::ReadOnly { why } => write!(f, "nothing more can be saved until the next start: {why}"),
            Error::Closed => write!(f, "the database is closed"),
            Error::NoChat { chat } => write!(f, "there is no chat {chat}"),
            Error::ChatExists { chat } => write!(f, "chat {chat} is there already"),
            Error::Gap { chat, expected, found } => {
                write!(f, "event {found} of chat {chat} must have the number {expected}")
            }
            Error::Backwards { chat, seq, last } => write!(f, "event {seq} of chat {chat} ends before it starts, at {last}"),
            Error::Fold { chat, first, last } => write!(f, "events {first} to {last} of chat {chat} cannot be folded"),
            Error::Damaged { chat, seq } => write!(f, "event {seq} of chat {chat} is damaged"),
            Error::Final { chat, path } => write!(f, "entry {path} of chat {chat} is final"),
            Error::Answered { scope, key } => write!(f, "key {key} of {scope} was answered already"),
            Error::KeyReused { scope, key } => write!(f, "key {key} of {scope} was used for another request"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Folder { source, .. } | Error::Thread(source) => Some(source),
            Error::Open { source, .. } | Error::Sqlite { source, .. } => Some(source),
            Error::Lost { why } | Error::ReadOnly { why } => Some(why.as_ref()),
            Error::Newer { .. }
            | Error::Closed
            | Error::NoChat { .. }
            | Error::ChatExists { .. }
            | Error::Gap { .. }
            | Error::Backwards { .. }
            | Error::Fold { .. }
            | Error::Damaged { .. }
            | Error::Final { .. }
            | Error::Answered { .. }
            | Error::KeyReused { .. } => None,
        }
    }
}
