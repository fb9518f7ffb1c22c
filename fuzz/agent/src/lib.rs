//! What must hold of the agent's pure parts whatever they are given. A failure is a panic with the input in it.

pub mod calls;
pub mod dice;
pub mod edits;
pub mod reply;

use std::time::{Duration, Instant};

/// What any input may take, built with counters and checks on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(8);

/// What parts an input's fields: no text holds this byte.
pub const PART: u8 = 0xff;

/// The fields of an input, as many as are wanted; missing ones are empty.
pub fn fields<const N: usize>(input: &[u8]) -> [&[u8]; N] {
    let mut parts = input.splitn(N, |byte| *byte == PART);
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

/// Runs something and fails when it took longer than [`PATIENCE`].
pub fn in_time<T>(what: &str, run: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let made = run();
    assert!(began.elapsed() < PATIENCE, "{what} took {:?}", began.elapsed());
    made
}
