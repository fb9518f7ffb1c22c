//! The servers models are asked at: added, changed and removed, what they offer and what of them is never shown.

use expect_test::expect;
use serde_json::{Value, json};

use super::Desk;

#[tokio::test]
async fn servers_are_added() {
    let mut desk = Desk::open();
    let last = &["/providers/24/name", "/providers/24/api_base", "/providers/24/api_key_hint", "/providers/24/extra_headers"];
    let server = |name: &str| json!({"name": name, "api_base": "http://127.0.0.1:9/v1/", "api_key": "sk-0123456789abcdef"});
    desk.check(
        "settings.provider.create",
        &[
            (json!({}), last),
            (json!({"name": "n".repeat(81)}), last),
            (json!({"name": "Home"}), last),
            (json!({"name": "Home", "api_base": "localhost"}), last),
            (json!({"name": "Home", "api_base": "http://h", "api_type": "soap"}), last),
            (json!({"name": "Home", "api_base": "http://h", "extra_body": [1]}), last),
            (json!({"name": "Home", "api_base": "http://h", "region": "eu"}), last),
            (json!({"name": "Home", "api_base": "http://h", "extra_headers": {"a b": "c"}}), last),
            (server("Home"), last),
            (server("home"), last),
            (server("Demo"), last),
            (server("OpenAI"), &["/providers/1/name", "/providers/1/api_base", "/providers/1/is_custom", "/providers/25"]),
            (server("openai"), last),
        ],
        &expect![[r#"
            400 provider name is required
            400 provider name must be 80 characters or fewer
            400 API base is required
            400 the model's address cannot be used: it must begin with http:// or https://. Correct it in Settings › Models.
            400 api_type must be auto, chat_completions, or responses
            400 extra_body must be a JSON object
            400 region is not supported for this provider
            400 “a b” cannot be sent: it needs a plain name and a text, number or bool
            "home" "http://127.0.0.1:9/v1" "sk-0••••cdef" null
            409 provider already exists
            409 provider already exists
            "openai" "http://127.0.0.1:9/v1" false absent
            409 provider already exists
        "#]],
    )
    .await;
}

#[tokio::test]
async fn servers_are_changed_and_removed() {
    let mut desk = Desk::open();
    desk.done("settings.provider.create", json!({"name": "Home", "api_base": "http://127.0.0.1:9/v1", "api_key": "sk-0123456789abcdef"}))
        .await;
    let home = &[
        "/providers/24/label",
        "/providers/24/api_base",
        "/providers/24/api_key_hint",
        "/providers/24/extra_headers",
        "/providers/24/extra_query",
    ];
    desk.check(
        "settings.provider.update",
        &[
            (json!({}), home),
            (json!({"provider": "nobody"}), home),
            (json!({"provider": "demo"}), home),
            (json!({"provider": "home", "api_type": "soap"}), home),
            (json!({"provider": "home", "apiType": "responses"}), home),
            (json!({"provider": "home", "extra_query": "5"}), home),
            (json!({"provider": "home", "thinking_style": "deep"}), home),
            (json!({"provider": "home", "display_name": "Groq"}), home),
            (json!({"provider": "home", "display_name": "Cellar"}), home),
            (json!({"provider": "home", "extra_headers": {"X-Team": "a", "X-Api-Key": "hidden"}, "extra_query": {"v": 1}}), home),
            (json!({"provider": "home", "extra_headers": {"X-Team": "b", "X-Api-Key": "••••••••"}}), home),
            (json!({"provider": "home", "api_key": ""}), home),
            (json!({"provider": "home", "extra_query": {}, "extra_headers": ""}), home),
            (json!({"provider": "home", "api_base": ""}), home),
        ],
        &expect![[r#"
            400 provider is required
            400 unknown provider
            400 unknown provider
            400 api_type must be auto, chat_completions, or responses
            400 api_type is not supported for this provider
            400 extra_query must be a JSON object
            400 thinking_style is not supported for this provider
            409 provider already exists
            "Cellar" "http://127.0.0.1:9/v1" "sk-0••••cdef" null null
            "Cellar" "http://127.0.0.1:9/v1" "sk-0••••cdef" {"X-Api-Key":"••••••••","X-Team":"a"} {"v":1}
            "Cellar" "http://127.0.0.1:9/v1" "sk-0••••cdef" {"X-Api-Key":"••••••••","X-Team":"b"} {"v":1}
            "Cellar" "http://127.0.0.1:9/v1" null {"X-Api-Key":"••••••••","X-Team":"b"} {"v":1}
            "Cellar" "http://127.0.0.1:9/v1" null null null
            400 API base is required
        "#]],
    )
    .await;
    let openai = &["/providers/1/configured", "/providers/1/api_base", "/providers/1/default_api_base", "/providers/1/api_key_hint"];
    desk.check(
        "settings.provider.update",
        &[
            (json!({"provider": "openai", "api_key": "short"}), openai),
            (json!({"provider": "openai", "api_base": "http://127.0.0.1:9/v1"}), openai),
            (json!({"provider": "openai", "api_base": ""}), openai),
        ],
        &expect![[r#"
            true null "https://api.openai.com/v1" "••••"
            true "http://127.0.0.1:9/v1" "https://api.openai.com/v1" null
            true null "https://api.openai.com/v1" "••••"
        "#]],
    )
    .await;
    desk.done("settings.model_configuration.create", json!({"name": "p", "provider": "home", "model": "m"})).await;
    desk.check(
        "settings.provider.delete",
        &[
            (json!({}), &[]),
            (json!({"provider": "groq"}), &[]),
            (json!({"provider": "home"}), &[]),
            (json!({"provider": "openai"}), openai),
        ],
        &expect![[r#"
            400 provider is required
            400 unknown provider
            409 remove the model presets of this provider first
            false null "https://api.openai.com/v1" null
        "#]],
    )
    .await;
}

#[tokio::test]
async fn what_a_provider_offers() {
    let desk = Desk::with_home().await;
    let mut lines = String::new();
    for name in [None, Some(" "), Some("nobody"), Some("demo"), Some("groq"), Some("home")] {
        let line = match desk.engine.provider_models(name).await {
            Ok(found) => {
                let told = found.message.is_some();
                assert_eq!(found.model_count, found.models.len());
                assert!(found.fetched_at > 0.0);
                format!("{} {} {} {} {told}", found.label, found.catalog_kind, found.status, found.model_count)
            }
            Err(refused) => format!("{} {}", refused.status, refused.message),
        };
        lines.push_str(&format!("{line}\n"));
    }
    expect![[r#"
        400 provider is required
        400 provider is required
        400 unknown provider
        Offline demo builtin available 1 false
        Groq catalog not_configured 0 true
        Home custom error 0 true
    "#]]
    .assert_eq(&lines);
}

#[tokio::test]
async fn a_hidden_value_survives_its_mask_and_never_shows() {
    let mut desk = Desk::open();
    let headers = json!({"name": "Home", "api_base": "http://127.0.0.1:9/v1", "extra_headers": {"Authorization": "planted-secret"}});
    desk.done("settings.provider.create", headers).await;
    let masked = json!({"provider": "home", "extra_headers": {"Authorization": "••••••••", "X-More": "1"}});
    let shown = desk.ask("settings.provider.update", &masked).await.unwrap().to_string();
    assert!(!shown.contains("planted-secret"), "{shown}");
    let catalog = desk.engine.shared().shelf.current();
    let endpoint = crate::catalog::endpoint(&desk.engine.shared().keys, &catalog.server("home").unwrap()).await.unwrap();
    let crate::model::Endpoint::OpenAi { extra, .. } = endpoint else { panic!("{endpoint:?}") };
    assert_eq!(Value::Object(extra.headers), json!({"Authorization": "planted-secret", "X-More": "1"}));
    let stored = desk.engine.shared().store.read(|reader| reader.settings()).unwrap();
    assert!(!format!("{stored:?}").contains("planted-secret"), "only where keys are kept");
}
