//! The wire: every frame, route and error the gateway speaks, as closed types. Never touches a socket, a file or a clock.
//!
//! Three things live here and nowhere else: the shapes ([`envelope`], [`acting`], [`http`], [`diagnostics`], [`settings`], [`sidebar`]), the words errors are told with
//! ([`error`]), and the limits both sides agree on ([`limits`]). The TypeScript the window uses is generated from these types.

pub mod acting;
pub mod contract;
pub mod diagnostics;
pub mod envelope;
pub mod error;
pub mod files;
pub mod http;
pub mod id;
pub mod limits;
pub mod scope;
pub mod session;
pub mod settings;
pub mod sidebar;
pub mod thread;
#[cfg(feature = "ts")]
pub mod typescript;
pub mod upload;
pub mod usage;

pub use id::{ChatId, TurnId};
