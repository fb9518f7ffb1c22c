//! Every request that changes settings, as data: what is sent, and what is said or what then stands in the settings.

use alcove_proto::envelope::WebuiRequest;
use alcove_proto::http::{Capabilities, Surface};
use expect_test::{Expect, expect};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::engine::{Config, Engine};
use crate::secret::keys::{Keys, Place};

/// An engine in a folder of its own, with its keys in the file there.
struct Desk {
    engine: Engine,
    asked: u32,
    _folder: TempDir,
}

impl Desk {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open_in(folder.path(), Place::File).unwrap();
        let engine = Engine::start_with(Config::new(folder.path().to_owned()), keys).unwrap();
        Self { engine, asked: 0, _folder: folder }
    }

    async fn ask(&mut self, action: &str, payload: &Value) -> Result<Value, String> {
        self.asked += 1;
        let payload = payload.as_object().unwrap().clone();
        let request = WebuiRequest { request_id: format!("r{}", self.asked), action: action.to_owned(), payload };
        let answer = self.engine.request(&request, Surface::Browser).await;
        answer.map_err(|refused| format!("{} {}", refused.status, refused.message))
    }

    /// Asks each and prints its refusal, or the pointed-at parts of what came back.
    async fn check(&mut self, action: &str, cases: &[(Value, &[&str])], expected: &Expect) {
        let mut lines = String::new();
        for (payload, shown) in cases {
            let line = match self.ask(action, payload).await {
                Ok(result) => {
                    let parts = shown.iter().map(|pointer| result.pointer(pointer).map_or("absent".to_owned(), Value::to_string));
                    parts.collect::<Vec<_>>().join(" ")
                }
                Err(refusal) => refusal,
            };
            lines.push_str(&format!("{line}\n"));
        }
        expected.assert_eq(&lines);
    }

    async fn done(&mut self, action: &str, payload: Value) {
        self.ask(action, &payload).await.unwrap();
    }
}

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
    expect_test::expect_file!["golden/settings.json"].assert_eq(&format!("{settings:#}\n"));
}

#[tokio::test]
async fn the_active_model() {
    let mut desk = Desk::open();
    let model = &["/agent/model_preset", "/agent/provider", "/agent/model", "/agent/context_window_tokens"];
    desk.done("settings.provider.create", json!({"name": "Home", "api_base": "http://127.0.0.1:9/v1"})).await;
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
async fn presets_are_made() {
    let mut desk = Desk::open();
    desk.done("settings.provider.create", json!({"name": "Home", "api_base": "http://127.0.0.1:9/v1"})).await;
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
    let mut desk = Desk::open();
    desk.done("settings.provider.create", json!({"name": "Home", "api_base": "http://127.0.0.1:9/v1"})).await;
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

#[tokio::test]
async fn what_waits_for_a_restart() {
    let mut desk = Desk::open();
    desk.done("settings.image_generation.update", json!({"max_images_per_turn": 2})).await;
    let around =
        |changed: &[&str]| super::Surroundings { changed: changed.iter().map(|name| (*name).to_owned()).collect(), ..Default::default() };
    let mut seen = Vec::new();
    for changed in [&[][..], &["runtime"], &["image"], &[]] {
        desk.engine.surround(around(changed));
        seen.push(desk.engine.settings(Surface::Browser).await.restart_required_sections.join(" "));
    }
    assert_eq!(seen, ["image", "image runtime", "image", "image"], "a file may be put back, a setting was changed");
    let native = Capabilities { can_open_logs: true, ..Capabilities::default() };
    desk.engine.surround(super::Surroundings { native: Some(native), listener: Some(("127.0.0.1".to_owned(), 7)), ..around(&[]) });
    let settings = desk.engine.settings(Surface::Native).await;
    assert_eq!((settings.runtime_capabilities, settings.runtime.gateway_port), (native, 7));
    assert_eq!(desk.engine.settings(Surface::Browser).await.runtime_capabilities, Capabilities::default());
}

#[tokio::test]
async fn web_search() {
    let mut desk = Desk::open();
    let shown = &[
        "/web_search/provider",
        "/web_search/api_key_hint",
        "/web_search/base_url",
        "/web_search/max_results",
        "/restart_required_sections",
    ];
    desk.check(
        "settings.web_search.update",
        &[
            (json!({"provider": ""}), shown),
            (json!({"provider": "altavista"}), shown),
            (json!({"provider": "searxng"}), shown),
            (json!({"provider": "brave"}), shown),
            (json!({"provider": "brave", "api_key": ""}), shown),
            (json!({"provider": "duckduckgo", "max_results": "x"}), shown),
            (json!({"provider": "duckduckgo", "max_results": 11}), shown),
            (json!({"provider": "duckduckgo", "timeout": 0}), shown),
            (json!({"provider": "duckduckgo", "useJinaReader": "perhaps"}), shown),
            (json!({"provider": "Brave", "apiKey": "brave-0123456789", "maxResults": 7}), shown),
            (json!({"timeout": 60}), shown),
            (json!({"provider": "searxng", "base_url": "http://127.0.0.1:8888/"}), shown),
            (json!({"provider": "searxng", "use_jina_reader": false}), shown),
            (json!({"provider": "duckduckgo", "use_jina_reader": "1"}), shown),
        ],
        &expect![[r#"
            400 unknown web search provider
            400 unknown web search provider
            400 base_url is required
            400 api_key is required
            400 api_key is required
            400 max_results must be an integer
            400 max_results must be between 1 and 10
            400 timeout must be between 1 and 120
            400 use_jina_reader must be boolean
            "brave" "brav••••6789" null 7 []
            "brave" "brav••••6789" null 7 []
            "searxng" null "http://127.0.0.1:8888" 7 []
            "searxng" null "http://127.0.0.1:8888" 7 []
            "duckduckgo" null null 7 ["browser"]
        "#]],
    )
    .await;
}

#[tokio::test]
async fn images() {
    let mut desk = Desk::open();
    let shown = &["/image_generation/enabled", "/image_generation/provider", "/image_generation/default_image_size", "/requires_restart"];
    desk.check(
        "settings.image_generation.update",
        &[
            (json!({"provider": ""}), shown),
            (json!({"provider": "ollama"}), shown),
            (json!({"enabled": "on"}), shown),
            (json!({"model": ""}), shown),
            (json!({"model": "m".repeat(201)}), shown),
            (json!({"default_aspect_ratio": "5:7"}), shown),
            (json!({"default_image_size": ""}), shown),
            (json!({"default_image_size": "2 by 2"}), shown),
            (json!({"default_image_size": "9".repeat(33)}), shown),
            (json!({"max_images_per_turn": "x"}), shown),
            (json!({"max_images_per_turn": 9}), shown),
            (json!({"enabled": true}), shown),
            (json!({"enabled": false}), shown),
            (json!({"defaultImageSize": "1536x1024", "defaultAspectRatio": "3:2"}), shown),
        ],
        &expect![[r#"
            400 image generation provider is required
            400 unknown image generation provider
            400 enabled must be boolean
            400 image generation model is required
            400 image generation model is too long
            400 unsupported image generation aspect ratio
            400 default image size is required
            400 unsupported image generation size
            400 unsupported image generation size
            400 max_images_per_turn must be an integer
            400 max_images_per_turn must be between 1 and 8
            400 image generation provider is not configured
            false "openai" "1024x1024" false
            false "openai" "1536x1024" true
        "#]],
    )
    .await;
    desk.done("settings.provider.update", json!({"provider": "openai", "api_key": "sk-0123456789abcdef"})).await;
    desk.check(
        "settings.image_generation.update",
        &[(json!({"enabled": 1}), shown)],
        &expect![[r#"
        true "openai" "1536x1024" true
    "#]],
    )
    .await;
}

#[tokio::test]
async fn the_spoken_word() {
    let mut desk = Desk::open();
    desk.done("settings.provider.create", json!({"name": "Home", "api_base": "http://127.0.0.1:9/v1"})).await;
    let shown = &["/transcription/provider", "/transcription/model", "/transcription/language", "/transcription/provider_configured"];
    desk.check(
        "settings.transcription.update",
        &[
            (json!({"enabled": "on"}), shown),
            (json!({"provider": "deepseek"}), shown),
            (json!({"provider": "nobody"}), shown),
            (json!({"model": "m".repeat(201)}), shown),
            (json!({"language": "german"}), shown),
            (json!({"max_duration_sec": "x"}), shown),
            (json!({"max_duration_sec": 601}), shown),
            (json!({"max_upload_mb": 0}), shown),
            (json!({"maxUploadMb": 101}), shown),
            (json!({"language": "DE", "maxDurationSec": 600}), shown),
            (json!({"provider": "home", "model": "whisper", "language": ""}), shown),
            (json!({"provider": "OpenAI", "model": ""}), shown),
        ],
        &expect![[r#"
            400 enabled must be boolean
            400 unknown transcription provider
            400 unknown transcription provider
            400 transcription model is too long
            400 transcription language must be 2-3 lowercase letters
            400 max_duration_sec must be an integer
            400 max_duration_sec must be between 1 and 600
            400 max_upload_mb must be between 1 and 100
            400 max_upload_mb must be between 1 and 100
            "groq" "whisper-large-v3" "de" false
            "home" "whisper" null true
            "openai" "whisper-1" null false
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

#[tokio::test]
async fn what_comes_later_is_refused_in_the_contracts_words() {
    let mut desk = Desk::open();
    let mut lines = String::new();
    for (action, payload) in [
        ("automation.enable", json!({})),
        ("skill.install", json!({})),
        ("skill.update", json!({"name": "a b"})),
        ("skill.update", json!({"name": "a"})),
        ("skill.update", json!({"name": "a", "enabled": false})),
        ("skill.delete", json!({"name": "a"})),
        ("settings.provider.oauth_login", json!({"provider": "openai"})),
        ("settings.provider.oauth_complete", json!({})),
        ("settings.api_service.start", json!({"host": ""})),
        ("settings.api_service.start", json!({"port": 0})),
        ("settings.api_service.start", json!({"timeout": 3601})),
        ("settings.api_service.start", json!({"api_key": 5})),
        ("settings.api_service.start", json!({})),
        ("settings.api_service.stop", json!({})),
        ("settings.cli_app.install", json!({})),
        ("settings.cli_app.test", json!({"name": "a"})),
        ("settings.feature.enable", json!({"name": "a"})),
        ("settings.channel.validate", json!({})),
        ("settings.channel.connect.start", json!({"channel": "a/b"})),
        ("settings.channel.connect.poll", json!({"channel": "a"})),
        ("settings.pairing.approve", json!({"code": "a"})),
        ("settings.mcp.enable", json!({})),
        ("settings.mcp.enable", json!({"name": "a b"})),
        ("settings.mcp.tools", json!({"name": "a"})),
        ("settings.mcp.custom", json!({})),
        ("settings.mcp.oauth_complete", json!({})),
        ("settings.mcp.oauth_cancel", json!({"flow_id": "a"})),
        ("settings.nothing", json!({})),
    ] {
        lines.push_str(&format!("{action} {}\n", desk.ask(action, &payload).await.unwrap_err()));
    }
    expect![[r#"
        automation.enable 503 automation service unavailable
        skill.install 403 remote skill installation is disabled
        skill.update 400 invalid skill name
        skill.update 400 enabled must be true or false
        skill.update 404 skill not found
        skill.delete 404 skill not found
        settings.provider.oauth_login 400 unknown OAuth provider
        settings.provider.oauth_complete 400 unknown OAuth provider
        settings.api_service.start 400 host is required
        settings.api_service.start 400 port must be between 1 and 65535
        settings.api_service.start 400 timeout must be between 1 and 3600
        settings.api_service.start 400 API service API key must be a string
        settings.api_service.start 501 the API service comes with a later version of Alcove
        settings.api_service.stop 501 the API service comes with a later version of Alcove
        settings.cli_app.install 400 missing CLI app name
        settings.cli_app.test 404 unknown CLI app
        settings.feature.enable 404 unknown feature
        settings.channel.validate 400 missing channel name
        settings.channel.connect.start 400 invalid channel
        settings.channel.connect.poll 404 unknown channel
        settings.pairing.approve 404 unknown pairing code
        settings.mcp.enable 400 missing MCP preset name
        settings.mcp.enable 400 invalid MCP preset name
        settings.mcp.tools 404 unknown MCP preset
        settings.mcp.custom 501 MCP servers come with a later version of Alcove
        settings.mcp.oauth_complete 400 missing MCP OAuth flow ID
        settings.mcp.oauth_cancel 404 Unknown or expired MCP OAuth flow
        settings.nothing 404 unknown WebUI mutation action
    "#]]
    .assert_eq(&lines);
    for action in alcove_proto::envelope::table::LATER {
        let refusal = desk.ask(action, &json!({})).await.unwrap_err();
        assert!(!refusal.starts_with("404 unknown WebUI"), "{action}: {refusal}");
    }
}

#[tokio::test]
async fn the_same_request_has_one_effect() {
    let mut desk = Desk::open();
    desk.done("settings.model_configuration.create", json!({"name": "a", "provider": "demo", "model": "m"})).await;
    desk.asked -= 1;
    let again = desk.ask("settings.model_configuration.create", &json!({"name": "a", "provider": "demo", "model": "m"})).await.unwrap();
    assert_eq!(again["model_presets"].as_array().unwrap().len(), 3);
    desk.asked -= 1;
    let other = desk.ask("settings.model_configuration.delete", &json!({"name": "a"})).await.unwrap_err();
    assert_eq!(other, "409 request_id was already used for a different WebUI mutation");
}
