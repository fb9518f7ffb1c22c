//! What concerns every chat, what chats may reach, and how their list is arranged.

use expect_test::expect;
use serde_json::{Value, json};

use super::Desk;

#[tokio::test]
async fn what_concerns_every_chat() {
    let mut desk = Desk::open();
    let shown = &["/agent/timezone", "/agent/tool_hint_max_length", "/agent/bot_name", "/restart_required_sections", "/apply_state"];
    desk.check(
        "settings.agent.update",
        &[
            (json!({"timezone": ""}), shown),
            (json!({"timezone": "Mars/Olympus"}), shown),
            (json!({"tool_hint_max_length": "long"}), shown),
            (json!({"tool_hint_max_length": 19}), shown),
            (json!({"toolHintMaxLength": "501"}), shown),
            (json!({"bot_name": " "}), shown),
            (json!({"timezone": "Europe/Berlin", "tool_hint_max_length": 40, "bot_name": "Alcove"}), shown),
            (json!({"model_preset": "demo"}), shown),
            (json!({"timezone": "Asia/Tokyo", "tool_hint_max_length": true}), shown),
        ],
        &expect![[r#"
            400 timezone is required
            400 invalid timezone
            400 tool_hint_max_length must be an integer
            400 tool_hint_max_length must be between 20 and 500
            400 tool_hint_max_length must be between 20 and 500
            400 bot_name is required
            "Europe/Berlin" 40 "Alcove" ["runtime"] {"sections":["runtime"],"status":"pending"}
            "Europe/Berlin" 40 "Alcove" ["runtime"] {"sections":["runtime"],"status":"pending"}
            400 tool_hint_max_length must be an integer
        "#]],
    )
    .await;
}

#[tokio::test]
async fn what_chats_may_reach() {
    let mut desk = Desk::open();
    let shown = &["/advanced/allow_local_preview_access", "/advanced/webui_default_access_mode", "/advanced/workspace_sandbox/level"];
    desk.check(
        "settings.network_safety.update",
        &[
            (json!({}), shown),
            (json!({"webui_allow_local_service_access": "maybe"}), shown),
            (json!({"allow_local_preview_access": ""}), shown),
            (json!({"webui_default_access_mode": "half"}), shown),
            (json!({"webui_default_access_mode": ""}), shown),
            (json!({"allowLocalPreviewAccess": true}), shown),
            (json!({"webuiDefaultAccessMode": "Full"}), shown),
            (json!({"webui_default_access_mode": "restricted", "webui_allow_local_service_access": "no"}), shown),
        ],
        &expect![[r#"
            400 webui_allow_local_service_access or webui_default_access_mode is required
            400 webui_allow_local_service_access must be boolean
            400 webui_allow_local_service_access must be boolean
            400 webui_default_access_mode must be default or full
            400 webui_default_access_mode must be default or full
            true "default" "application"
            true "full" "off"
            false "default" "application"
        "#]],
    )
    .await;
    desk.done("settings.network_safety.update", json!({"webui_default_access_mode": "full"})).await;
    let workspaces = desk.engine.workspaces();
    assert_eq!((workspaces.default_access_mode.as_str(), workspaces.default_scope.restrict_to_workspace), ("full", false));
}

#[tokio::test]
async fn how_the_list_of_chats_is_arranged() {
    let mut desk = Desk::open();
    let mut heard = desk.engine.announcements();
    let many: Vec<String> = (0..2_000).map(|number| format!("{number:0>200}")).collect();
    let shown = &["/pinned_keys", "/view/density", "/updated_at"];
    desk.check(
        "sidebar.update",
        &[
            (json!({}), shown),
            (json!({"state": null}), shown),
            (json!({"state": [1]}), shown),
            (json!({"state": "{"}), shown),
            (json!({"state": {"pinned_keys": many}}), shown),
            (json!({"state": {"pinned_keys": ["websocket:a"], "view": {"density": "compact"}}}), &shown[..2]),
        ],
        &expect![[r#"
            400 missing state
            400 missing state
            400 state must be an object
            400 state must be JSON
            400 sidebar state is too large
            ["websocket:a"] "compact"
        "#]],
    )
    .await;
    let kept = desk.engine.sidebar();
    assert_eq!(kept.pinned_keys, ["websocket:a"]);
    assert!(kept.updated_at.as_deref().is_some_and(|at| at.len() == 20 && at.ends_with('Z')));
    let told: Value = serde_json::from_slice(&heard.try_recv().unwrap().text).unwrap();
    assert_eq!((&told["event"], &told["state"]["pinned_keys"]), (&json!("sidebar_state_updated"), &json!(["websocket:a"])));
    assert!(heard.try_recv().is_err(), "what was refused is not told");
}
