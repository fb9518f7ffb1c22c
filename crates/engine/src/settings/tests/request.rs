//! What holds for every request: what comes later is refused, and the same one has one effect.

use expect_test::expect;
use serde_json::json;

use super::Desk;

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
