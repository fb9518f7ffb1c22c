//! What of the settings is told, and what is told to wait for a restart.

use alcove_proto::http::{Capabilities, Surface};
use expect_test::expect_file;
use serde_json::json;

use super::Desk;
use crate::settings::Surroundings;

#[tokio::test]
async fn the_whole_object() {
    let desk = Desk::open();
    let mut settings = serde_json::to_value(desk.engine.settings(Surface::Native).await).unwrap();
    // Of the machine the test runs on.
    for pointer in [
        "/runtime/data_path",
        "/runtime/config_path",
        "/runtime/workspace_path",
        "/agent/timezone",
        "/image_generation/save_dir",
        "/secrets/detail",
        "/version/current",
        "/docs/version",
        "/advanced/workspace_sandbox/workspace_root",
    ] {
        let found = settings.pointer_mut(pointer).unwrap();
        assert!(found.as_str().is_some_and(|text| !text.is_empty()), "{pointer}");
        *found = json!("…");
    }
    let providers = settings["providers"].as_array_mut().unwrap();
    assert_eq!(providers.len(), crate::provider::KNOWN.len() + 1);
    providers.truncate(2);
    expect_file!["../golden/settings.json"].assert_eq(&format!("{settings:#}\n"));
}

#[tokio::test]
async fn what_waits_for_a_restart() {
    let mut desk = Desk::open();
    desk.done("settings.image_generation.update", json!({"max_images_per_turn": 2})).await;
    let around = |changed: &[&str]| Surroundings { changed: changed.iter().map(|name| (*name).to_owned()).collect(), ..Default::default() };
    let mut seen = Vec::new();
    for changed in [&[][..], &["runtime"], &["image"], &[]] {
        desk.engine.surround(around(changed));
        seen.push(desk.engine.settings(Surface::Browser).await.restart_required_sections.join(" "));
    }
    assert_eq!(seen, ["image", "image runtime", "image", "image"], "a file may be put back, a setting was changed");
    let native = Capabilities { can_open_logs: true, ..Capabilities::default() };
    desk.engine.surround(Surroundings { native: Some(native), listener: Some(("127.0.0.1".to_owned(), 7)), ..around(&[]) });
    let settings = desk.engine.settings(Surface::Native).await;
    assert_eq!((settings.runtime_capabilities, settings.runtime.gateway_port), (native, 7));
    assert_eq!(desk.engine.settings(Surface::Browser).await.runtime_capabilities, Capabilities::default());
}
