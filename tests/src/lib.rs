//! What the scenarios share.

pub mod screen;
pub mod sockets;
pub mod webdriver;
