//! Everything that acts: chats and their turns, models, keys, and the store's writer. It listens to nobody directly; a gateway
//! stands in front of it.

mod beneath;
mod catalog;
mod chat;
mod checkpoint;
mod clock;
mod command;
mod context;
mod diagnostics;
mod engine;
mod error;
mod export;
mod files;
mod fork;
mod hub;
mod import;
mod kept;
pub mod media;
pub mod model;
mod preview;
mod process;
mod provider;
mod recovery;
pub mod report;
mod resume;
mod run;
pub mod sandbox;
mod scope;
pub mod secret;
mod session;
pub mod settings;
mod thread;
mod title;
mod transcribe;
mod web;

pub use chat::{Accepted, ChatHandle, Lasting, Prompt, Refusal, Running, Snapshot};
pub use clock::{fresh_chat_id, fresh_uuid, hex, random};
pub use engine::{Config, Engine, ThreadAsk};
pub use error::Error;
pub use export::{Export, Format};
pub use fork::ForkRefused;
pub use hub::{Announcement, Attachment, Audience, ChatLog, ConnectionId, Frame, Progress};
pub use process::{Guard, guardian};
pub use scope::Controls;
pub use transcribe::{Recording, TranscriptionRefused};
