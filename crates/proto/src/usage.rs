//! What a turn cost, as numbers: no field is ever null, absent means unknown.

use serde::{Deserialize, Serialize};

/// Token counts and timings of a turn (envelope §1.8). Tokens are counts, times are milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Usage {
    /// Tokens of all prompts of the turn.
    pub prompt_tokens: u64,
    /// Tokens of all answers of the turn.
    pub completion_tokens: u64,
    /// Model calls made.
    pub request_count: u64,
    /// Tokens of the last prompt: what the context holds now.
    pub context_tokens: u64,
    /// Prompt and completion together.
    pub total_tokens: u64,
    /// The part of the total the provider itself counted.
    pub provider_tokens: u64,
    /// The part of the total that was estimated because the provider told nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimated_tokens: Option<u64>,
    /// Prompt tokens served from the provider's cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cached_tokens: Option<u64>,
    /// From the first token to the last.
    pub generation_ms: u64,
    /// Completion tokens of the calls whose generation was timed.
    pub measured_completion_tokens: u64,
    /// From the request to the first token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttft_ms: Option<u64>,
    /// Model calls that were timed.
    pub timed_requests: u64,
}
