//! What the scenarios share.

pub mod client;
pub mod dice;
pub mod drag;
pub mod gateway;
pub mod http;
pub mod model;
pub mod processes;
pub mod scene;
pub mod screen;
pub mod sockets;
pub mod story;
pub mod tap;
pub mod webdriver;

use std::time::Duration;

/// How long anything the scenarios wait for may take before it counts as missing.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// How long between two looks at what nothing tells of.
const LOOK: Duration = Duration::from_millis(5);

/// Waits for `work`; panics with `what` when the deadline is over.
pub async fn within<T>(what: &str, work: impl Future<Output = T>) -> T {
    match tokio::time::timeout(DEADLINE, work).await {
        Ok(done) => done,
        Err(_late) => panic!("not within {DEADLINE:?}: {what}"),
    }
}

/// Looks again and again until it holds: for what nothing tells of, such as a descriptor that another process gives back. Panics with
/// `what` when the deadline is over.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let looking = async {
        while !holds() {
            tokio::time::sleep(LOOK).await;
        }
    };
    within(what, looking).await;
}
