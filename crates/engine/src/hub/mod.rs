//! How events reach whoever listens: a bounded log of shared frames per chat that each connection reads with its own cursor, and one
//! channel for what concerns every connection.

mod announce;
mod log;

pub use announce::{Announcement, Audience};
pub use log::{Attachment, ChatLog, ConnectionId, Frame, Progress};

pub(crate) use announce::Announcer;
