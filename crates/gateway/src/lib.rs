//! Everything that listens: the Unix socket and, when asked for, an address; the gate before every request; tokens; the HTTP routes
//! and the envelope surface; the window's files. It parses, authorises, dispatches and pushes, and decides nothing else.

mod caller;
pub mod cli;
mod config;
mod envelope;
mod error;
mod gate;
mod gateway;
mod host;
mod http;
mod listen;
pub mod sandbox;
mod socket;
mod tls;
mod token;

pub use alcove_engine::report;
pub use config::{Config, Endpoint, Flags, Wrong, default_data_dir, default_socket};
pub use error::Error;
pub use gateway::{End, Gateway, start};
pub use host::HostAsk;

/// What this program is when it was started for a command: its guardian, or what holds it. To be called first; `None` means that it is neither.
pub fn confined() -> Option<std::process::ExitCode> {
    alcove_engine::guardian(std::env::args_os()).or_else(alcove_engine::sandbox::subcommand)
}
