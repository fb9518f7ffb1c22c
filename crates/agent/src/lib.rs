//! Thinking without touching: what a turn does next, and what the model is shown. Never a socket, a file, a clock or a die:
//! events go in, effects come out, and the engine performs them.

pub mod dialect;
pub mod edit;
pub mod packet;
pub mod path;
pub mod pattern;
pub mod policy;
pub mod shown;
pub mod tool;
pub mod turn;
pub mod verdict;
