//! States in the numbers that models and documents speak (entries §1.2). A number comes from a status, never from a command's exit code or a
//! count of bytes.

use serde::{Deserialize, Serialize};

/// Where an entry stands in its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It waits for a person.
    Proposed,
    /// It grows.
    Streaming,
    /// It is as it shall be.
    Resolved,
    /// It did not succeed; the outcome says why.
    Failed,
    /// It was ended before its end.
    Cancelled,
}

/// The status of an entry.
pub fn status(state: State, outcome: Option<&str>) -> u16 {
    outcome.and_then(told).unwrap_or(match state {
        State::Proposed => 202,
        State::Streaming => 102,
        State::Resolved => 200,
        State::Failed => 500,
        State::Cancelled => 499,
    })
}

/// The status an outcome names: one number of three digits at the end of a single word, or a word that has a number of its own.
fn told(outcome: &str) -> Option<u16> {
    match outcome.split_once(':').map_or(outcome, |(word, _)| word) {
        "exit" => return None,
        "overflow" => return Some(413),
        "permission" if !outcome.contains(':') => return Some(403),
        _ => {}
    }
    let word = outcome.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let digits = outcome.get(word.len()..)?;
    let single = word.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':' | b'-'));
    let status: u16 = digits.parse().ok()?;
    (single && digits.len() == 3 && (100..600).contains(&status)).then_some(status)
}
