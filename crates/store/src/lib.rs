//! What is kept: one SQLite database with one writer thread and a few read-only connections.
//!
//! [`Store::write`] takes a batch of [`Change`]s that is applied whole or not at all and answers once it is on disk;
//! [`Store::read`] runs questions against one snapshot. SQL stands in `table/` only. This crate decides nothing: what a
//! change means is the engine's business, and nothing here knows a socket, a model or an async runtime.
#![deny(missing_docs)]

mod change;
mod connection;
mod error;
mod migration;
mod queue;
mod reader;
mod store;
mod table;
mod word;
mod writer;

pub use change::Change;
pub use error::Error;
pub use queue::{QUEUE_BATCHES, QUEUE_BYTES, QueueFull};
pub use reader::{READERS, Reader};
pub use store::{DATABASE, Store};
pub use table::answer::AnswerRow;
pub use table::chat::{ChatRow, Origin, TitleSource};
pub use table::checkpoint::{CheckpointAge, CheckpointHow, CheckpointKind, CheckpointRow, CheckpointSide};
pub use table::entry::{EntryRow, EntryState, Visibility};
pub use table::event::{EventRow, Page, PageStart};
pub use table::mark::Census;
pub use table::media::MediaRow;
pub use table::token::TokenRow;
pub use table::turn::{TurnRow, TurnState};
pub use table::usage::{USAGE_DAYS, UsageRow};
