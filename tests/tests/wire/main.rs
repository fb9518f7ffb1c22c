//! The edge: every frame and every request, right and wrong, gets the answer it is due, and what was wrong harms nothing.

mod assets;
mod breaches;
mod chance;
mod diagnostics;
mod doors;
mod frames;
mod gate;
mod listeners;
mod plain;
mod routes;
mod unix;

use alcove_tests::client::{Client, Frame};
use serde_json::json;

/// What came of everything sent before: a frame nobody knows is answered last, and shows that the connection goes on.
pub async fn aftermath(client: &mut Client, probe: usize) -> Vec<Frame> {
    let name = format!("probe-{probe}");
    client.send(json!({ "type": name })).await;
    let expected = format!("unknown type: '{name}'");
    let mut heard = client.until(|frame| frame.event() == "error" && frame.str("detail") == expected).await;
    heard.pop();
    heard
}
