//! Presets: which one answers, how they are made, changed, removed and ordered.

use expect_test::expect;
use serde_json::{Value, json};

use super::Desk;

#[tokio::test]
async fn the_active_model() {
    let mut desk = Desk::with_home().await;
    let model = &["/agent/model_preset", "/agent/provider", "/agent/model", "/agent/context_window_tokens"];
    desk.check(
        "settings.agent.update",
        &[
            (json!({"model_preset": "none such"}), model),
            (json!({"model_preset": "demo"}), model),
            (json!({"modelPreset": null}), model),
            (json!({"model": ""}), model),
            (json!({"provider": ""}), model),
            (json!({"provider": "nobody"}), model),
            (json!({"provider": "openai"}), model),
            (json!({"context_window_tokens": "many"}), model),
            (json!({"context_window_tokens": 5}), model),
            (json!({"contextWindowTokens": 262_144}), model),
            (json!({"model": "m", "provider": "home"}), model),
            (json!({"model_preset": "demo", "model": ""}), model),
            (json!({"model_preset": "demo"}), model),
            (json!({"model_preset": "default"}), model),
        ],
        &expect![[r#"
            400 unknown model preset
            "demo" "demo" "offline-demo" 32768
            null "" "" 8192
            400 model is required
            400 provider is required
            400 unknown provider
            400 provider is not configured
            400 context_window_tokens must be an integer
            400 context_window_tokens must be 65536, 200000, 262144, 500000, or 1048576
            null "" "" 8192
            "default" "home" "m" 262144
            400 model is required
            "demo" "demo" "offline-demo" 32768
            "default" "home" "m" 262144
        "#]],
    )
    .await;
}

#[tokio::test]
async fn presets_are_made() {
    let mut desk = Desk::with_home().await;
    let preset = |more: Value| {
        let mut payload = json!({"name": "p", "provider": "home", "model": "m"});
        payload.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        payload
    };
    let last = &["/model_presets/2/name", "/model_presets/2/max_tokens", "/model_presets/2/temperature", "/agent/model_preset"];
    desk.check(
        "settings.model_configuration.create",
        &[
            (json!({}), last),
            (preset(json!({"name": ""})), last),
            (preset(json!({"name": "Default"})), last),
            (preset(json!({"name": "demo"})), last),
            (preset(json!({"name": "n".repeat(49)})), last),
            (preset(json!({"name": "a\u{200b}b"})), last),
            (preset(json!({"name": "a\u{7}b"})), last),
            (preset(json!({"provider": ""})), last),
            (preset(json!({"model": ""})), last),
            (preset(json!({"model": "m".repeat(201)})), last),
            (preset(json!({"max_tokens": 0})), last),
            (preset(json!({"max_tokens": "x"})), last),
            (preset(json!({"context_window_tokens": -1})), last),
            (preset(json!({"temperature": "warm"})), last),
            (preset(json!({"temperature": 2.5})), last),
            (preset(json!({"temperature": "NaN"})), last),
            (preset(json!({"provider": "nobody"})), last),
            (preset(json!({"provider": "groq"})), last),
            (preset(json!({"maxTokens": "100", "temperature": 0.5})), last),
            (preset(json!({"name": "P"})), last),
        ],
        &expect![[r#"
            400 configuration name is required
            400 configuration name is required
            400 configuration name is reserved
            400 configuration name is reserved
            400 configuration name must be 48 characters or fewer
            400 configuration name contains unsupported characters
            400 configuration name contains unsupported characters
            400 provider is required
            400 model is required
            400 model must be 200 characters or fewer
            400 max_tokens must be greater than zero
            400 max_tokens must be an integer
            400 context_window_tokens must be greater than zero
            400 temperature must be a number
            400 temperature must be between 0 and 2
            400 temperature must be between 0 and 2
            400 unknown provider
            400 provider is not configured
            "p" 100 0.5 null
            409 configuration already exists
        "#]],
    )
    .await;
    let labelled = json!({"label": "My GREAT preset!", "provider": "demo", "model": "offline-demo"});
    let shown = &["/agent/model_preset", "/model_call_order", "/model_call_order_editable"];
    desk.check(
        "settings.model_configuration.create",
        &[(labelled, shown)],
        &expect![[r#"
        "my-great-preset" ["my-great-preset"] true
    "#]],
    )
    .await;
}

#[tokio::test]
async fn presets_are_changed_and_removed() {
    let mut desk = Desk::open();
    for name in ["a", "b"] {
        desk.done("settings.model_configuration.create", json!({"name": name, "provider": "demo", "model": "m", "max_tokens": 5})).await;
    }
    desk.done("settings.agent.update", json!({"model_preset": "a"})).await;
    let shown = &["/model_presets/2/name", "/model_presets/2/max_tokens", "/model_presets/2/reasoning_effort", "/agent/model_preset"];
    desk.check(
        "settings.model_configuration.update",
        &[
            (json!({}), shown),
            (json!({"name": "default"}), shown),
            (json!({"name": "demo"}), shown),
            (json!({"name": "none"}), shown),
            (json!({"name": "a", "label": ""}), shown),
            (json!({"name": "a", "new_name": ""}), shown),
            (json!({"name": "a", "new_name": "B"}), shown),
            (json!({"name": "a", "model": null}), shown),
            (json!({"name": "a", "provider": ""}), shown),
            (json!({"name": "a", "provider": "nobody"}), shown),
            (json!({"name": "a", "new_name": "A", "reasoning_effort": "high", "max_tokens": null}), shown),
            (json!({"name": "A", "newName": "c", "reasoningEffort": ""}), shown),
            (json!({"name": "c", "dialect": "latin"}), shown),
            (json!({"name": "c", "dialect": "tags"}), &["/model_presets/2/dialect"]),
            (json!({"name": "c", "dialect": "auto"}), &["/model_presets/2/dialect"]),
        ],
        &expect![[r#"
            400 model configuration is required
            400 model configuration is required
            400 unknown model configuration
            400 unknown model configuration
            400 label is required
            400 configuration name is required
            409 configuration already exists
            400 model is required
            400 provider is required
            400 unknown provider
            "A" 2048 "high" "A"
            "c" 2048 null "c"
            400 dialect must be auto, native or tags
            "tags"
            "auto"
        "#]],
    )
    .await;
    desk.check(
        "settings.model_configuration.delete",
        &[
            (json!({}), &[]),
            (json!({"name": "none"}), &[]),
            (json!({"name": "c"}), &[]),
            (json!({"name": "b"}), &["/model_presets/2/name", "/model_presets/3"]),
        ],
        &expect![[r#"
            400 model configuration is required
            400 unknown model configuration
            409 remove the model preset from the call order first
            "c" absent
        "#]],
    )
    .await;
}

#[tokio::test]
async fn the_order_presets_are_asked_in() {
    let mut desk = Desk::open();
    for name in ["a", "b"] {
        desk.done("settings.model_configuration.create", json!({"name": name, "provider": "demo", "model": "m"})).await;
    }
    let shown = &["/model_call_order", "/agent/model_preset", "/model_call_order_editable"];
    desk.check(
        "settings.model_call_order.update",
        &[
            (json!({}), shown),
            (json!({"order": "a"}), shown),
            (json!({"order": {"a": 1}}), shown),
            (json!({"order": []}), shown),
            (json!({"order": ["a", 5]}), shown),
            (json!({"order": ["a", " "]}), shown),
            (json!({"order": ["a", "x", "y"]}), shown),
            (json!({"order": ["b", "a", "demo", "a", "b"]}), shown),
            (json!({"order": "[\"a\"]"}), shown),
        ],
        &expect![[r#"
            400 model call order is required
            400 model call order must be a JSON array
            400 model call order must be a JSON array
            400 model call order must contain at least one preset
            400 model call order must contain at least one preset
            400 model call order must contain at least one preset
            400 unknown model preset: x
            ["b","a","demo"] "b" true
            ["a"] "a" true
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_model_set_without_a_preset_becomes_one() {
    let mut desk = Desk::open();
    let migrate = "settings.model_configuration.migrate";
    desk.check(migrate, &[(json!({}), &[])], &expect![["409 there is no legacy model configuration to convert\n"]]).await;
    desk.done("settings.agent.update", json!({"model": "maker/Model 5.1", "provider": "demo", "context_window_tokens": 65_536})).await;
    let shown = &["/model_call_order", "/model_call_order_editable", "/model_presets/0/model", "/model_presets/2/name"];
    let order = [(json!({"order": ["demo"]}), &shown[..])];
    desk.check("settings.model_call_order.update", &order, &expect![["409 convert the existing model configuration to presets first\n"]])
        .await;
    desk.check(
        migrate,
        &[(json!({}), shown), (json!({}), shown)],
        &expect![[r#"
        ["model-5-1"] true "" "model-5-1"
        ["model-5-1"] true "" "model-5-1"
    "#]],
    )
    .await;
}
