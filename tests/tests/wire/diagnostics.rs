//! Diagnostics of a gateway that was told many secrets: what a person may hand on has none of them, nor has the log.

use std::fs;

use alcove_tests::client::Client;
use alcove_tests::gateway::Home;
use alcove_tests::http::{get, request};
use alcove_tests::model::ModelServer;
use serde_json::json;

/// Twenty secrets and private texts, by where they are planted.
const PLANTED: [&str; 20] = [
    "planted-static-token-01",
    "planted-issue-secret-02",
    "planted-provider-key-03",
    "planted prompt of a person 04",
    "planted answer of a model 05",
    "planted-chat-title-06",
    "planted-header-07",
    "planted-query-08",
    "planted-body-09",
    "planted-url-password-10",
    "planted-search-key-11",
    "planted label of a preset 12",
    "planted-folder-13",
    "planted-client-14",
    "planted-unknown-token-15",
    "planted-socket-16",
    "planted error of a server 17",
    "planted-web-proxy-password-18",
    "planted-wrong-bearer-19",
    "planted-wrong-query-20",
];

#[tokio::test]
async fn twenty_planted_secrets_are_in_no_diagnostic_and_no_log() {
    let [token, issue, key, prompt, answer, title, header, query, body, password, ..] = PLANTED;
    let [.., search, label, folder, client_id, unknown, socket, refused, proxy, bearer, wrong] = PLANTED;
    let home = Home::default();
    let place = home.path().join(socket).join("gateway.sock");
    fs::create_dir_all(home.data()).unwrap();
    let config = format!(
        "[websocket]\ntoken = \"{token}\"\ntokenIssueSecret = \"{issue}\"\nallowFrom = [\"*\", \"{client_id}\"]\nunixSocketPath = \"{}\"\n\
         no_such_token = \"{unknown}\"\n",
        place.display()
    );
    fs::write(home.data().join("config.toml"), config).unwrap();
    let mut gateway = home.start(&[]);
    gateway.secret = issue.to_owned();

    let mut client = Client::connect(&gateway).await;
    let mut model = ModelServer::start().await;
    let base = model.base();
    let steps = [
        ("settings.provider.create", json!({ "name": "planted", "api_base": base, "api_key": key })),
        (
            "settings.provider.update",
            json!({ "provider": "planted", "extra_headers": { "x-more": header }, "extra_query": { "more": query }, "extra_body": { "more": body } }),
        ),
        ("settings.model_configuration.create", json!({ "name": "scripted", "label": label, "provider": "planted", "model": "scripted" })),
        ("settings.agent.update", json!({ "model_preset": "scripted" })),
        ("settings.web_search.update", json!({ "provider": "brave", "api_key": search })),
        (
            "settings.provider.update",
            json!({ "provider": "openai", "api_base": format!("https://me:{password}@example.org/v1"), "proxy": format!("http://me:{proxy}@127.0.0.1:1") }),
        ),
    ];
    for (action, payload) in steps {
        // What is refused is planted all the same: the refusal may have been reported.
        client.request(action, payload).await;
    }
    let project = home.path().join(folder);
    fs::create_dir(&project).unwrap();
    client.send(json!({ "type": "new_chat", "workspace_scope": { "project_path": project, "access_mode": "restricted" } })).await;
    let chat = client.find("attached").await.str("chat_id").to_owned();
    client.say(&chat, "one", prompt).await;
    model.call().await.end_with(answer).await;
    client.until(|frame| frame.is_idle()).await;
    client.request("session.rename", json!({ "key": format!("websocket:{chat}"), "title": title })).await;
    client.say(&chat, "two", prompt).await;
    model.call().await.refuse("401 Unauthorized", &format!("{refused}: Incorrect API key provided: {key}")).await;
    client.until(|frame| frame.is_idle()).await;
    for (line, field) in [
        ("GET /api/sessions".to_owned(), format!("Authorization: Bearer {bearer}")),
        (format!("GET /api/sessions?token={wrong}"), "X-Nothing: 1".to_owned()),
    ] {
        assert_eq!(request(&gateway, &line, &[field]).await.status, 401);
    }

    let shown = get(&gateway, "/api/diagnostics").await;
    assert_eq!(shown.status, 200, "{}", shown.text());
    let archive = get(&gateway, "/api/diagnostics?format=zip").await;
    assert_eq!((archive.status, archive.header("content-type")), (200, "application/zip"));
    assert_eq!(archive.header("content-disposition"), "attachment; filename=\"alcove-diagnostics.zip\"");
    let log = fs::read_to_string(home.data().join("logs/alcove.log")).unwrap();
    let sinks = [("diagnostics", shown.text()), ("archive", archive.text()), ("log", log), ("standard error", gateway.said())];
    for (sink, text) in &sinks {
        let hits: Vec<&str> = PLANTED.into_iter().filter(|secret| text.contains(secret)).collect();
        assert_eq!(hits, Vec::<&str>::new(), "{sink}: {text}");
    }
    let files = shown.json()["files"].as_array().cloned().unwrap_or_default();
    let names: Vec<&str> = files.iter().filter_map(|file| file["name"].as_str()).collect();
    assert_eq!(names, ["about.json", "store.json", "settings.json", "gateway.json", "log.txt"]);
    assert!(archive.text().contains("settings.json") && archive.body.starts_with(b"PK"), "the archive holds the same");
    assert!(shown.text().contains("scripted"), "what helps is still there");
    let home = home.path().to_str().expect("a temporary folder has a plain name");
    assert!(!shown.text().contains(home), "nothing says where things are: {}", shown.text());
}

#[tokio::test]
async fn diagnostics_need_a_token_and_know_two_formats() {
    let home = Home::default();
    let gateway = home.unix();
    assert_eq!(request(&gateway, "GET /api/diagnostics", &[]).await.status, 401);
    assert_eq!(get(&gateway, "/api/diagnostics?format=tar").await.status, 400);
    assert_eq!(get(&gateway, "/api/diagnostics?format=json").await.json()["files"][0]["name"], "about.json");
}
