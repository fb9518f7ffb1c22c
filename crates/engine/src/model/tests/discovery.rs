//! Finding servers and models, and trying one out.

use std::time::Duration;

use super::super::discover::{self, FoundModel, Ports, ServerKind};
use super::super::extra::Extra;
use super::super::{Endpoint, Limits, ModelCall};
use super::server::{Act, Server, free_port, head, reply};
use super::{GENEROUS, KEY, Secret, call, models};

fn found(id: &str, context_window: Option<u64>) -> FoundModel {
    FoundModel { id: id.to_owned(), label: None, owned_by: None, context_window }
}

fn of(owner: &str, found: FoundModel) -> FoundModel {
    FoundModel { owned_by: Some(owner.to_owned()), ..found }
}

fn endpoint(server: &Server) -> Endpoint {
    Endpoint::OpenAi { api_base: server.api_base.clone(), api_key: Some(Secret::new(KEY)), extra: Extra::default() }
}

async fn ollama() -> Server {
    Server::routed(vec![
        ("/v1/models", r#"{"object":"list","data":[{"id":"q:1b","owned_by":"library"}]}"#.to_owned()),
        ("/api/tags", r#"{"models":[{"name":"q:1b","model":"q:1b"}]}"#.to_owned()),
        ("/api/ps", r#"{"models":[]}"#.to_owned()),
        ("/api/show", r#"{"model_info":{"qwen.context_length":40960}}"#.to_owned()),
    ])
    .await
}

async fn lm_studio() -> Server {
    Server::routed(vec![
        ("/v1/models", r#"{"object":"list","data":[{"id":"l","owned_by":"organization_owner"}]}"#.to_owned()),
        // LM Studio answers unknown paths with status 200.
        ("/props", r#"{"error":"Unexpected endpoint or method. (GET /props)"}"#.to_owned()),
        ("/api/tags", r#"{"error":"Unexpected endpoint or method. (GET /api/tags)"}"#.to_owned()),
        ("/api/v0/models", r#"{"data":[{"id":"l","type":"llm","max_context_length":8192},{"id":"e","type":"embeddings"}]}"#.to_owned()),
    ])
    .await
}

async fn llama_cpp() -> Server {
    Server::routed(vec![
        ("/v1/models", r#"{"models":[{"name":"g"}],"data":[{"id":"g","owned_by":"llamacpp","meta":{"n_ctx_train":32768}}]}"#.to_owned()),
        ("/props", r#"{"default_generation_settings":{"n_ctx":8192},"total_slots":1}"#.to_owned()),
        ("/api/tags", r#"{"models":[{"name":"g"}]}"#.to_owned()),
    ])
    .await
}

async fn vllm() -> Server {
    let models = r#"{"data":[{"id":"v","owned_by":"vllm","max_model_len":16384}]}"#;
    Server::routed(vec![("/v1/models", models.to_owned())]).await
}

#[tokio::test]
async fn each_kind_is_told_by_its_own_answers_on_any_port() {
    let servers = [vllm().await, llama_cpp().await, ollama().await, lm_studio().await];
    let ports = Ports { ollama: servers[0].port, lm_studio: servers[1].port, llama_cpp: servers[2].port, vllm: servers[3].port };
    let found_servers = discover::discover_on(&models(), ports).await;
    let told: Vec<_> = found_servers.iter().map(|server| (server.kind, server.models.clone())).collect();
    assert_eq!(
        told,
        [
            (ServerKind::Vllm, vec![of("vllm", found("v", Some(16384)))]),
            (ServerKind::LlamaCpp, vec![of("llamacpp", found("g", Some(8192)))]),
            (ServerKind::Ollama, vec![found("q:1b", Some(40960))]),
            (ServerKind::LmStudio, vec![found("l", Some(8192))]),
        ]
    );
    let bases: Vec<_> = found_servers.into_iter().map(|server| server.api_base).collect();
    assert_eq!(bases, servers.map(|server| server.api_base.clone()));
}

#[tokio::test]
async fn what_is_no_model_server_is_left_out() {
    let other = Server::routed(vec![("/v1/models", r#"{"data":[{"id":"x"}]}"#.to_owned())]).await;
    let web = Server::routed(vec![("/", "{}".to_owned())]).await;
    let hanging = Server::scripted(vec![vec![Act::Hold]]).await;
    let ports = Ports { ollama: free_port().await, lm_studio: web.port, llama_cpp: hanging.port, vllm: other.port };
    let found_servers = discover::discover_on(&models(), ports).await;
    assert_eq!(found_servers.len(), 1, "{found_servers:?}");
    assert_eq!(found_servers[0].kind, ServerKind::OpenAiCompatible);
    assert_eq!(found_servers[0].models, [found("x", None)]);
}

#[tokio::test]
async fn an_endless_list_is_not_swallowed() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n".to_vec();
    let server = Server::scripted(vec![vec![Act::Say(head), Act::Flood(30_000_000)]]).await;
    let error = discover::list_models(&models(), &endpoint(&server)).await.unwrap_err();
    assert_eq!(error.kind(), "too_much");
}

#[tokio::test]
async fn lists_are_asked_with_the_key_and_errors_told() {
    let mut server = Server::scripted(vec![
        vec![Act::Say(reply("200 OK", "", r#"{"data":[{"id":"a","context_length":1000}]}"#))],
        vec![Act::Say(reply("401 Unauthorized", "", &format!("{{\"error\":\"bad {KEY}\"}}")))],
        vec![Act::Say(reply("404 Not Found", "", "{}"))],
        vec![Act::Say(reply("200 OK", "", "{}"))],
        vec![Act::Say(reply("200 OK", "", "<html>"))],
    ])
    .await;
    let endpoint = endpoint(&server);
    let models = models();
    assert_eq!(discover::list_models(&models, &endpoint).await, Ok(vec![found("a", Some(1000))]));
    let request = server.request().await;
    assert!(request.starts_with("GET /v1/models HTTP/1.1\r\n") && request.contains(KEY), "{request}");
    for kind in ["auth", "status", "malformed", "malformed"] {
        let error = discover::list_models(&models, &endpoint).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(!format!("{error} {error:?}").contains(KEY));
    }
    assert_eq!(discover::list_models(&models, &endpoint).await.unwrap_err().kind(), "connect");
    let demo = discover::list_models(&models, &Endpoint::Demo).await.unwrap();
    assert_eq!(demo[0].id, "demo");
}

#[tokio::test]
async fn context_windows_come_from_whoever_knows() {
    let models = models();
    for (server, model, window) in [
        (vllm().await, "v", Some(16384)),
        (llama_cpp().await, "g", Some(8192)),
        (ollama().await, "q:1b", Some(40960)),
        (lm_studio().await, "l", Some(8192)),
        (vllm().await, "unknown", None),
    ] {
        assert_eq!(discover::context_window(&models, &endpoint(&server), model).await, window, "{model}");
    }
    assert_eq!(discover::context_window(&models, &Endpoint::Demo, "demo").await, Some(32_768));
}

#[tokio::test]
async fn a_test_tells_whether_the_model_is_alive() {
    let stream = |delta: &str| {
        let text = format!("data: {{\"choices\":[{{\"delta\":{delta},\"finish_reason\":\"length\"}}]}}\n\ndata: [DONE]\n\n");
        vec![Act::Say(head()), Act::Say(text.into_bytes())]
    };
    let mut server = Server::scripted(vec![
        stream(r#"{"content":"Hello!"}"#),
        stream(r#"{"reasoning":"Okay, the user"}"#),
        vec![Act::Say(reply("500 Oh", "", "{}"))],
    ])
    .await;
    let models = models();
    let call = || ModelCall { limits: Limits { idle: Duration::from_secs(20), ..GENEROUS }, ..call(&server.api_base) };
    assert_eq!(discover::test(&models, call()).await.unwrap().reply, "Hello!");
    assert_eq!(discover::test(&models, call()).await.unwrap().reply, "Okay, the user");
    assert_eq!(discover::test(&models, call()).await.unwrap_err().kind(), "status", "not repeated");
    assert_eq!(discover::test(&models, call()).await.unwrap_err().kind(), "connect");
    assert!(server.request().await.contains("\"max_tokens\":16"));
}
