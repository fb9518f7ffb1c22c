//! Whether an action may happen: the one place where presets, rules, ask and act mode, the scope and the sandbox are weighed. A verdict says
//! which of them made it. Pure: it never asks the person, never runs anything, and text of a model never changes a rule.

mod approval;
mod command;
mod entry;
mod glob;
mod judge;
mod kind;
mod mode;
mod probe;
mod question;
mod request;
mod rule;

pub use approval::{Approvals, Digest, Exact, Spent, What};
pub use command::runs_others;
pub use entry::{Visibility, Writer, default_visibility, may_write};
pub use judge::{By, Policy, Verdict};
pub use kind::Kind;
pub use mode::{Mode, Restrictions, tools};
pub use probe::probe;
pub use question::options;
pub use request::{Access, Facts, Level, Request, Touch};
pub use rule::{Effect, Preset, Rule, Span};
