//! Many clients and bad ones: who does not read harms nobody, who opens connections and says nothing loses them, and the gateway can
//! always be ended. These scenarios measure, so they run one at a time.

mod abuse;
mod flood;
mod slow;

/// Held by the scenario that runs.
pub(crate) static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
