//! Ways in: tokens of every kind and what each opens, secrets, client ids, trusted proxies.

use std::fs;
use std::time::Instant;

use alcove_tests::client::Client;
use alcove_tests::gateway::{Gateway, Home};
use alcove_tests::http::{Answer, bootstrap, exchange, request};
use serde_json::Value;

/// What a handshake is answered: `ready` with the connection's client id, or the status and body of its refusal.
async fn handshake(gateway: &Gateway, target: &str, fields: &[&str]) -> String {
    let head = format!(
        "GET {target} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{}\r\n",
        gateway.host(),
        fields.iter().map(|field| format!("{field}\r\n")).collect::<String>()
    );
    // A close frame of ours ends a connection that stands.
    let answer = exchange(gateway, &[head.as_bytes(), &[0x88, 0x80, 0, 0, 0, 0]].concat()).await;
    match answer.status {
        101 => {
            let text = answer.text();
            let start = text.find("{\"event\":\"ready\"").unwrap_or_else(|| panic!("no ready: {text}"));
            let ready: Value = serde_json::Deserializer::from_str(&text[start..]).into_iter().next().unwrap().unwrap();
            format!("ready {}", ready["client_id"].as_str().unwrap())
        }
        status => {
            assert!(answer.header("content-type").starts_with("text/plain"), "{status}");
            // What follows is about the close frame, which then is no request.
            let length: usize = answer.header("content-length").parse().unwrap();
            format!("{status} {}", String::from_utf8_lossy(&answer.body[..length]))
        }
    }
}

async fn token(gateway: &Gateway) -> String {
    bootstrap(gateway).await["token"].as_str().unwrap().to_owned()
}

async fn ask(gateway: &Gateway, path: &str, secret: &str) -> Answer {
    let fields = if secret.is_empty() { Vec::new() } else { vec![format!("Authorization: Bearer {secret}")] };
    request(gateway, &format!("GET {path}"), &fields).await
}

async fn issued(gateway: &Gateway, path: &str, secret: &str) -> String {
    let answer = ask(gateway, path, secret).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_issued_token_opens_one_connection() {
    let home = Home::default();
    let gateway = home.tcp();
    let token = token(&gateway).await;
    assert_eq!(handshake(&gateway, &format!("/?token={token}&client_id=me"), &[]).await, "ready me");
    assert_eq!(handshake(&gateway, &format!("/?token={token}&client_id=me"), &[]).await, "401 Unauthorized");
    assert_eq!(handshake(&gateway, "/?client_id=me", &[]).await, "401 Unauthorized");
    assert_eq!(handshake(&gateway, "/?token=&client_id=me", &[]).await, "401 Unauthorized");
    assert_eq!(handshake(&gateway, "/?token=nbwt_x", &[]).await, "401 Unauthorized");
    assert_eq!(handshake(&gateway, "/other?token=nbwt_x", &[]).await, "404 Not Found");
    // The token of the address is no token of a header.
    let fresh = bootstrap(&gateway).await["token"].as_str().unwrap().to_owned();
    assert_eq!(handshake(&gateway, "/", &[&format!("Authorization: Bearer {fresh}")]).await, "401 Unauthorized");
    assert!(handshake(&gateway, &format!("/?token={fresh}"), &[]).await.starts_with("ready anon-"), "it was not used up");
    // An api token opens no connection, and a used token still reads the api, as the first generation of clients does.
    let pair = bootstrap(&gateway).await;
    let api = pair["api_token"].as_str().unwrap();
    assert_eq!(handshake(&gateway, &format!("/?token={api}"), &[]).await, "401 Unauthorized");
    assert_eq!(ask(&gateway, "/api/sessions", api).await.status, 200);
    assert_eq!(ask(&gateway, "/api/sessions", &token).await.status, 200);
}

#[tokio::test]
async fn client_ids_are_cut_and_checked() {
    let home = Home::default();
    let gateway = home.tcp();
    let long = "x".repeat(200);
    let opened = handshake(&gateway, &format!("/?token={}&client_id={long}", token(&gateway).await), &[]).await;
    assert_eq!(opened, format!("ready {}", "x".repeat(128)));
    drop(gateway);

    let gateway = home.start(&["--listen", "127.0.0.1:0", "--allow-from", "alice", "--allow-from", "bob"]);
    // Who may not come in does not use up a token.
    let token = token(&gateway).await;
    for client in ["mallory", "", "Alice", "alice,bob", "*"] {
        assert_eq!(handshake(&gateway, &format!("/?token={token}&client_id={client}"), &[]).await, "403 Forbidden", "{client}");
    }
    assert_eq!(handshake(&gateway, &format!("/?token={token}"), &[]).await, "403 Forbidden");
    assert_eq!(handshake(&gateway, &format!("/?client_id=bob&token={token}"), &[]).await, "ready bob");
    assert_eq!(handshake(&gateway, &format!("/?client_id=bob&token={token}"), &[]).await, "401 Unauthorized");
}

#[tokio::test]
async fn a_static_token_opens_connections_and_bootstrap_but_not_the_api() {
    let home = Home::default();
    let gateway = home.start(&["--listen", "127.0.0.1:0", "--token", "fixed secret"]);
    assert_eq!(gateway.secret, "", "a configured secret is not printed");
    for _ in 0..2 {
        assert_eq!(handshake(&gateway, "/?token=fixed+secret&client_id=a", &[]).await, "ready a");
        assert_eq!(handshake(&gateway, "/?token=fixed%20secret&client_id=a", &[]).await, "ready a");
    }
    for wrong in ["", "fixed", "fixed+secret+", "Fixed+secret"] {
        assert_eq!(handshake(&gateway, &format!("/?token={wrong}"), &[]).await, "401 Unauthorized", "{wrong}");
    }
    assert_eq!(ask(&gateway, "/api/sessions", "fixed secret").await.status, 401);
    assert_eq!(ask(&gateway, "/webui/bootstrap", "").await.status, 401);
    let pair = ask(&gateway, "/webui/bootstrap", "fixed secret").await;
    assert_eq!(pair.status, 200);
    let other = request(&gateway, "GET /webui/bootstrap", &["X-Nanobot-Auth: fixed secret".to_owned()]).await;
    assert_eq!(other.status, 200);
    let token = pair.json()["token"].as_str().unwrap().to_owned();
    assert!(handshake(&gateway, &format!("/?token={token}"), &[]).await.starts_with("ready anon-"));
    assert_eq!(handshake(&gateway, &format!("/?token={token}"), &[]).await, "401 Unauthorized");
}

#[tokio::test]
async fn without_a_required_token_a_given_one_is_still_used_up() {
    let home = Home::default();
    let gateway = home.start(&["--listen", "127.0.0.1:0", "--websocket-requires-token", "false"]);
    assert_eq!(handshake(&gateway, "/?client_id=a", &[]).await, "ready a");
    assert_eq!(handshake(&gateway, "/?client_id=a&token=unknown", &[]).await, "ready a");
    assert_eq!(handshake(&gateway, "/?client_id=a", &["Origin: http://evil.example"]).await, "403 Forbidden: foreign origin");
    let token = token(&gateway).await;
    assert_eq!(handshake(&gateway, &format!("/?client_id=a&token={token}"), &[]).await, "ready a");
    assert_eq!(ask(&gateway, "/api/sessions", "").await.status, 401, "the api still asks");
    drop(gateway);
    // A static token is asked for all the same.
    let gateway = home.start(&["--listen", "127.0.0.1:0", "--websocket-requires-token", "false", "--token", "t"]);
    assert_eq!(handshake(&gateway, "/?client_id=a", &[]).await, "401 Unauthorized");
    assert_eq!(handshake(&gateway, "/?client_id=a&token=t", &[]).await, "ready a");
}

#[tokio::test]
async fn the_token_route_hands_out_what_opens_a_connection_and_nothing_else() {
    let home = Home::default();
    let flags = ["--listen", "127.0.0.1:0", "--token-issue-path", "/issue", "--token-issue-secret", "s", "--token-ttl-s", "31"];
    let gateway = home.start(&flags);
    for secret in ["", "t", "S"] {
        let refused = ask(&gateway, "/issue", secret).await;
        assert_eq!((refused.status, refused.text().as_str()), (401, "Unauthorized"), "{secret}");
    }
    let answer = ask(&gateway, "/issue", "s").await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
    let body = answer.json();
    assert_eq!(body.as_object().unwrap().len(), 2, "{body}");
    assert_eq!(body["expires_in"], 31);
    let token = body["token"].as_str().unwrap();
    assert!(token.starts_with("nbwt_"), "{token}");
    assert_eq!(ask(&gateway, "/api/sessions", token).await.status, 401);
    assert_eq!(handshake(&gateway, &format!("/?client_id=a&token={token}"), &[]).await, "ready a");
    assert_eq!(handshake(&gateway, &format!("/?client_id=a&token={token}"), &[]).await, "401 Unauthorized");
    assert_eq!(ask(&gateway, "/api/sessions", token).await.status, 401, "used or not");
    assert_eq!(request(&gateway, "POST /issue", &["Authorization: Bearer s".to_owned(), "Content-Length: 0".to_owned()]).await.status, 405);
    let opened = ask(&gateway, "/webui/bootstrap", "s").await;
    assert_eq!((opened.status, opened.header("cache-control"), &opened.json()["expires_in"]), (200, "no-store", &31.into()));
    drop(gateway);
    // Without one configured the launch secret is asked for.
    let gateway = home.start(&["--listen", "127.0.0.1:0", "--token-issue-path", "/issue"]);
    assert_eq!(ask(&gateway, "/issue", "").await.status, 401);
    let secret = gateway.secret.clone();
    issued(&gateway, "/issue", &secret).await;
}

#[tokio::test]
async fn a_configured_secret_is_asked_for_over_the_unix_socket_too() {
    let home = Home::default();
    let socket = home.socket();
    let gateway = home.start(&["--socket", socket.to_str().unwrap(), "--token-issue-secret", "s"]);
    assert_eq!(ask(&gateway, "/webui/bootstrap", "").await.status, 401);
    assert_eq!(ask(&gateway, "/webui/bootstrap", "s").await.status, 200);
}

#[tokio::test]
async fn bootstrap_without_a_configured_secret_is_for_this_machine() {
    let home = Home::default();
    let gateway = home.start(&["--listen", "127.0.0.1:0", "--allowed-hosts", "alcove.example"]);
    let port = gateway.host().rsplit(':').next().unwrap().to_owned();
    let secret = format!("Authorization: Bearer {}\r\n", gateway.secret);
    for (host, fields, status, body) in [
        ("{H}", "", 401, "Unauthorized"),
        ("{H}", "{S}", 200, "{"),
        ("{H}", "{S}X-Forwarded-For: 127.0.0.1\r\n", 200, "{"),
        ("{H}", "{S}X-Forwarded-For: 10.0.0.1\r\n", 403, "bootstrap is localhost-only"),
        ("{H}", "{S}Forwarded: for=10.0.0.1\r\n", 403, "bootstrap is localhost-only"),
        ("{H}", "{S}X-Real-IP: 10.0.0.1\r\n", 403, "bootstrap is localhost-only"),
        ("alcove.example:{P}", "{S}", 403, "bootstrap is localhost-only"),
        ("other.example:{P}", "{S}", 403, "Forbidden: unknown host"),
    ] {
        let head = format!("GET /webui/bootstrap HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{fields}\r\n");
        let head = head.replace("{H}", &gateway.host()).replace("{P}", &port).replace("{S}", &secret);
        let answer = exchange(&gateway, head.as_bytes()).await;
        assert!(answer.status == status && answer.text().starts_with(body), "{host} {fields}: {} {}", answer.status, answer.text());
    }
}

#[tokio::test]
async fn whoever_a_trusted_proxy_sends_needs_no_token() {
    let home = Home::default();
    let proxied = ["--trusted-peer-cidrs", "127.0.0.1/32", "--assertion-header", "X-User", "--public-ws-url", "wss://alcove.example/"];
    let gateway = home.start(&[&["--listen", "127.0.0.1:0"][..], &proxied[..]].concat());
    let through = |target: &str, fields: &str| {
        format!("GET {target} HTTP/1.1\r\nHost: alcove.example\r\nConnection: close\r\nX-Forwarded-For: 10.0.0.7\r\n{fields}\r\n")
    };
    let opened = exchange(&gateway, through("/webui/bootstrap", "X-User: me\r\n").as_bytes()).await;
    assert_eq!(opened.status, 200, "{}", opened.text());
    let body = opened.json();
    assert!(body.get("token").is_none() && body.get("api_token").is_none(), "{body}");
    assert_eq!((&body["ws_url"], &body["ws_path"]), (&"wss://alcove.example/".into(), &"/".into()));
    assert!(body["limits"]["transport"]["max_frame_bytes"].is_u64(), "all else is there: {body}");
    let sessions = exchange(&gateway, through("/api/sessions", "X-User: me\r\n").as_bytes()).await;
    assert_eq!(sessions.status, 200, "{}", sessions.text());
    assert_eq!(handshake(&gateway, "/?client_id=me", &["X-User: me"]).await, "ready me");

    // Without what the proxy says, or with an empty one, nobody is known.
    for fields in ["", "X-User:\r\n", "X-Usher: me\r\n"] {
        assert_eq!(exchange(&gateway, through("/webui/bootstrap", fields).as_bytes()).await.status, 403, "{fields}");
        assert_eq!(exchange(&gateway, through("/api/sessions", fields).as_bytes()).await.status, 401, "{fields}");
    }
    assert_eq!(handshake(&gateway, "/?client_id=me", &[]).await, "401 Unauthorized");
    drop(gateway);

    // From anywhere else the header is only a header.
    let gateway = home.start(&["--listen", "127.0.0.1:0", "--trusted-peer-cidrs", "10.0.0.0/8", "--assertion-header", "X-User"]);
    assert_eq!(request(&gateway, "GET /api/sessions", &["X-User: me".to_owned()]).await.status, 401);
    assert_eq!(request(&gateway, "GET /webui/bootstrap", &["X-User: me".to_owned()]).await.status, 401);
    assert_eq!(handshake(&gateway, "/?client_id=me", &["X-User: me"]).await, "401 Unauthorized");
}

#[tokio::test]
async fn only_pages_ask_for_changes() {
    let home = Home::default();
    let flags = ["--listen", "127.0.0.1:0", "--token", "t", "--token-issue-path", "/issue", "--token-issue-secret", "s"];
    let gateway = home.start(&flags);
    let page = ask(&gateway, "/webui/bootstrap", "s").await.json()["token"].as_str().unwrap().to_owned();
    let client = issued(&gateway, "/issue", "s").await;
    for (token, allowed) in [(page.as_str(), true), (client.as_str(), false), ("t", false)] {
        let mut client = Client::open(&gateway, gateway.connect().await, token).await.unwrap();
        let answer = client.request("settings.agent.update", serde_json::json!({ "timezone": "Europe/Berlin" })).await;
        let refused = serde_json::json!({ "status": 403, "message": "access_denied" });
        assert_eq!(answer["ok"] == true, allowed, "{answer}");
        assert!(allowed || answer["error"] == refused, "{answer}");
        // Chats are for everyone.
        client.new_chat().await;
    }
}

#[tokio::test]
async fn the_websocket_is_where_it_was_configured() {
    let home = Home::default();
    let gateway = home.start(&["--listen", "127.0.0.1:0", "--path", "/ws/", "--max-message-bytes", "2048"]);
    let opened = bootstrap(&gateway).await;
    assert_eq!((&opened["ws_path"], &opened["ws_url"]), (&"/ws/".into(), &format!("ws://{}/ws/", gateway.host()).into()));
    assert_eq!(opened["limits"]["transport"]["max_frame_bytes"], 2048);
    let token = opened["token"].as_str().unwrap();
    assert_eq!(handshake(&gateway, &format!("/?token={token}"), &[]).await, "404 Not Found");
    let mut client = Client::open_at(&gateway, gateway.connect().await, &format!("/ws?token={token}")).await.unwrap();
    client.send_text(&"x".repeat(2049)).await;
    let closed = client.hear().await.expect_err("the frame is too large");
    assert_eq!((closed.code, closed.reason.as_str()), (1009, "frame exceeds limit of 2048 bytes"));
    assert_eq!(request(&gateway, "GET /", &[]).await.status, 200, "the page stays where it is");
}

#[tokio::test]
async fn a_changed_file_is_taken() {
    let home = Home::default();
    fs::create_dir(home.data()).unwrap();
    let file = home.data().join("config.toml");
    let write = |text: &str| fs::write(&file, format!("[channels.websocket]\nhost = \"127.0.0.1\"\nport = 0\n{text}")).unwrap();
    write("token = \"old\"\n");
    let gateway = home.start(&[]);
    assert_eq!(handshake(&gateway, "/?client_id=a&token=old", &[]).await, "ready a");
    write("token = \"newer\"\nallowFrom = [\"b\"]\n");
    // A bootstrap looks at the file.
    assert_eq!(ask(&gateway, "/webui/bootstrap", "newer").await.status, 200);
    assert_eq!(handshake(&gateway, "/?client_id=b&token=newer", &[]).await, "ready b");
    assert_eq!(handshake(&gateway, "/?client_id=b&token=old", &[]).await, "401 Unauthorized");
    assert_eq!(handshake(&gateway, "/?client_id=a&token=newer", &[]).await, "403 Forbidden");
    write("token = \"newer\"\nmaxMessageBytes = 5\n");
    let opened = ask(&gateway, "/webui/bootstrap", "newer").await;
    assert_eq!(opened.json()["limits"]["transport"]["max_frame_bytes"], 37_748_736, "a wrong file changes nothing");
    assert!(gateway.said().contains("maxMessageBytes = 5") && gateway.said().contains("from 1024 to 41943040"), "{}", gateway.said());
    // A signal makes it look, too; that it runs on shows in the next answer.
    write("token = \"third\"\n");
    gateway.hang_up();
    assert_eq!(ask(&gateway, "/webui/bootstrap", "third").await.status, 200);
    assert_eq!(handshake(&gateway, "/?client_id=a&token=third", &[]).await, "ready a");
}

#[tokio::test]
async fn a_client_that_stays_silent_is_let_go_and_one_that_answers_is_not() {
    let home = Home::default();
    let gateway = home.start(&["--listen", "127.0.0.1:0", "--ping-interval-s", "5", "--ping-timeout-s", "5"]);
    let mut living = Client::connect(&gateway).await;
    let began = Instant::now();
    let head = format!(
        "GET /?token={} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        token(&gateway).await,
        gateway.host()
    );
    // The silent one reads, but says nothing.
    let silent = exchange(&gateway, head.as_bytes());
    let answering = async {
        living.hear().await.expect_err("nothing is said to it");
    };
    let silent = tokio::select! {
        silent = silent => silent,
        () = answering => panic!("the one that answers was let go"),
    };
    assert_eq!(silent.status, 101);
    assert!(silent.body.windows(2).any(|pair| pair == [0x89, 0]), "it was asked");
    let lived = began.elapsed().as_secs();
    assert!((9..20).contains(&lived), "{lived} s");
    living.new_chat().await;
}
