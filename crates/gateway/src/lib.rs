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
pub use alcove_engine::sandbox::subcommand as confined;
pub use config::{Config, Endpoint, Flags, Wrong, default_data_dir, default_socket};
pub use error::Error;
pub use gateway::{End, Gateway, start};
pub use host::HostAsk;
