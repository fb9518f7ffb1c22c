//! Searching the web, drawing images and writing down what was said.

use expect_test::expect;
use serde_json::json;

use super::Desk;

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
    let mut desk = Desk::with_home().await;
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
