//! placeholder
pub mod model;
pub mod secret;
