//! Everything that listens: the Unix socket or, when asked for, a loopback port; the gate before every request; tokens; the HTTP routes
//! and the envelope surface; the window's files. It parses, authorises, dispatches and pushes, and decides nothing else.

pub mod cli;
mod config;
mod envelope;
mod error;
mod gate;
mod gateway;
mod http;
mod listen;
mod socket;
mod token;

pub use config::{Config, Endpoint, Listen, default_data_dir, default_socket};
pub use error::Error;
pub use gateway::{Gateway, start};
