//! Every route: who may read it, what it answers, and what it says when it does not.

use alcove_tests::client::{Client, Frame};
use alcove_tests::gateway::Home;
use alcove_tests::http::{Answer, bootstrap, exchange, request, thread};
use serde_json::{Value, json};

/// Who asks.
#[derive(Clone, Copy, Debug)]
enum As {
    Nobody,
    Bearer,
    /// The socket's token, as early clients use it.
    SocketToken,
    /// `?token=`
    Query,
    Wrong,
    Empty,
    Basic,
    LowerCase,
    QueryWrong,
    Secret,
}

const EVERYONE: &[As] =
    &[As::Nobody, As::Bearer, As::SocketToken, As::Query, As::Wrong, As::Empty, As::Basic, As::LowerCase, As::QueryWrong, As::Secret];
/// Who may read `/api`.
const READERS: &[As] = &[As::Bearer, As::SocketToken, As::Query];

const MUTATIONS_MOVED: &str = "WebUI mutations require an authenticated WebSocket";

struct Desk {
    home: Home,
    gateway: alcove_tests::gateway::Gateway,
    tokens: Value,
}

impl Desk {
    async fn open() -> Self {
        let home = Home::default();
        let gateway = home.tcp();
        let tokens = bootstrap(&gateway).await;
        Self { home, gateway, tokens }
    }

    async fn ask(&self, method: &str, target: &str, who: As) -> Answer {
        let token = |name: &str| self.tokens[name].as_str().unwrap().to_owned();
        let api = token("api_token");
        let joined = if target.contains('?') { '&' } else { '?' };
        let target = match who {
            As::Query => format!("{target}{joined}token={api}"),
            As::QueryWrong => format!("{target}{joined}token=nbwt_wrong"),
            As::Nobody | As::Bearer | As::SocketToken | As::Wrong | As::Empty | As::Basic | As::LowerCase | As::Secret => target.to_owned(),
        };
        let header = match who {
            As::Nobody | As::Query | As::QueryWrong => None,
            As::Bearer => Some(format!("Bearer {api}")),
            As::SocketToken => Some(format!("Bearer {}", token("token"))),
            As::Wrong => Some("Bearer nbwt_wrong".to_owned()),
            As::Empty => Some("Bearer ".to_owned()),
            As::Basic => Some(format!("Basic {api}")),
            As::LowerCase => Some(format!("Bearer {}", api.to_lowercase())),
            As::Secret => Some(format!("Bearer {}", self.gateway.secret)),
        };
        let fields: Vec<String> = header.map(|value| format!("Authorization: {value}")).into_iter().collect();
        request(&self.gateway, &format!("{method} {target}"), &fields).await
    }

    async fn expect(&self, method: &str, target: &str, who: As, status: u16, body: &str) {
        let answer = self.ask(method, target, who).await;
        assert_eq!((answer.status, answer.text().as_str()), (status, body), "{method} {target} as {who:?}");
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8", "{method} {target} as {who:?}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{method} {target} as {who:?}");
    }
}

#[tokio::test]
async fn every_route_wants_its_token() {
    let desk = Desk::open().await;
    let routes = [
        "/api/sessions",
        "/api/sessions/websocket%3Aa/webui-thread",
        "/api/commands",
        "/api/workspaces",
        "/api/settings",
        "/api/settings/usage",
        "/api/settings/api-service",
        "/api/settings/version-check",
        "/api/settings/cli-apps",
        "/api/settings/mcp-presets",
        "/api/settings/nanobot-features",
        "/api/settings/pairing",
        "/api/settings/mcp-oauth/status?flow_id=x",
        "/api/webui/sidebar-state",
        "/api/webui/automations",
        "/api/webui/skills",
        "/api/webui/skills/search?q=mail",
        "/api/webui/skills/trending",
        "/api/webui/skills/trends?id=a",
        "/api/webui/skills/mail",
    ];
    for route in routes {
        for who in EVERYONE {
            if READERS.iter().any(|reader| format!("{reader:?}") == format!("{who:?}")) {
                let answer = desk.ask("GET", route, *who).await;
                assert!(matches!(answer.status, 200 | 404), "{route} as {who:?}: {}", answer.status);
                assert_eq!(answer.header("cache-control"), "no-store", "{route}");
                assert_eq!(answer.header("access-control-allow-origin"), "", "{route}");
                if answer.status == 200 {
                    assert_eq!(answer.header("content-type"), "application/json; charset=utf-8", "{route}");
                    assert!(answer.json().is_object(), "{route}");
                }
            } else {
                desk.expect("GET", route, *who, 401, "Unauthorized").await;
            }
        }
    }
}

#[tokio::test]
async fn a_sign_in_nobody_began_ends_on_a_page_that_can_do_nothing() {
    let desk = Desk::open().await;
    for target in ["/auth/mcp/callback", "/auth/mcp/callback?state=x&code=y"] {
        let answer = desk.ask("GET", target, As::Nobody).await;
        assert_eq!(answer.status, 400, "{target}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none';"), "{target}");
        assert!(!answer.text().contains("code"), "nothing of the address is shown");
    }
}

#[tokio::test]
async fn former_mutations_say_where_they_went_before_anything_else() {
    let desk = Desk::open().await;
    let moved = [
        "/api/settings/update",
        "/api/settings/model-configurations/create",
        "/api/settings/model-configurations/update",
        "/api/settings/model-configurations/delete",
        "/api/settings/model-configurations/migrate",
        "/api/settings/model-call-order/update",
        "/api/settings/provider/update",
        "/api/settings/provider/create",
        "/api/settings/provider/oauth-login",
        "/api/settings/provider/oauth-login/complete",
        "/api/settings/provider/oauth-logout",
        "/api/settings/web-search/update",
        "/api/settings/image-generation/update",
        "/api/settings/network-safety/update",
        "/api/settings/transcription/update",
        "/api/settings/cli-apps/install",
        "/api/settings/cli-apps/update",
        "/api/settings/cli-apps/uninstall",
        "/api/settings/cli-apps/test",
        "/api/settings/mcp-presets/enable",
        "/api/settings/mcp-presets/disable",
        "/api/settings/mcp-presets/remove",
        "/api/settings/mcp-presets/test",
        "/api/settings/mcp-presets/reconnect",
        "/api/settings/mcp-presets/custom",
        "/api/settings/mcp-presets/import",
        "/api/settings/mcp-presets/import-cursor",
        "/api/settings/mcp-presets/tools",
        "/api/settings/mcp-oauth/start",
        "/api/settings/mcp-oauth/complete",
        "/api/settings/mcp-oauth/cancel",
        "/api/settings/api-service/start",
        "/api/settings/api-service/stop",
        "/api/settings/nanobot-features/enable",
        "/api/settings/nanobot-features/disable",
        "/api/settings/channels/validate",
        "/api/settings/channels/configure",
        "/api/settings/channels/telegram/connect/start",
        "/api/settings/channels/telegram/connect/poll",
        "/api/settings/channels/telegram/connect/cancel",
        "/api/settings/pairing/approve",
        "/api/settings/pairing/deny",
        "/api/webui/sidebar-state/update",
        "/api/webui/automations/enable",
        "/api/webui/automations/disable",
        "/api/webui/automations/delete",
        "/api/webui/automations/run",
        "/api/webui/automations/update",
        "/api/webui/skills/install",
        "/api/webui/skills/update",
        "/api/webui/skills/delete",
        "/api/workspaces/pick-folder",
        "/api/sessions/websocket%3Aa/delete",
        "/api/sessions/anything/delete",
    ];
    for route in moved {
        for who in [As::Nobody, As::Wrong, As::Bearer] {
            desk.expect("GET", route, who, 405, MUTATIONS_MOVED).await;
        }
    }
    desk.expect("GET", "/api/settings/update?token=x", As::Nobody, 405, MUTATIONS_MOVED).await;
}

#[tokio::test]
async fn only_get_is_served() {
    let desk = Desk::open().await;
    for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        for route in ["/api/sessions", "/api/settings", "/api/sessions/websocket%3Aa/webui-thread", "/webui/bootstrap", "/", "/index.html"]
        {
            desk.expect(method, route, As::Nobody, 405, "Method Not Allowed").await;
        }
        desk.expect(method, "/api/commands", As::Bearer, 405, "Method Not Allowed").await;
    }
    for target in ["/", "/webui/bootstrap"] {
        assert_eq!(desk.ask("TRACE", target, As::Nobody).await.status, 405, "{target}");
    }
    let head = desk.ask("HEAD", "/api/sessions", As::Bearer).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[tokio::test]
async fn what_is_not_there() {
    let desk = Desk::open().await;
    for target in ["/api", "/api/", "/api/nothing", "/api/sessions/websocket%3Aa/messages", "/api/sessions/a/b/c", "/api/settings/nothing"]
    {
        desk.expect("GET", target, As::Bearer, 404, "API route not found").await;
    }
    for key in ["a%20b", "a%2Fb", "%00", "..%2F..", "a%0Ab", "%C3%A9", "%FF", &"x".repeat(129), "a%3Fb"] {
        let target = format!("/api/sessions/{key}/webui-thread");
        desk.expect("GET", &target, As::Bearer, 400, "invalid session key").await;
    }
    for key in ["telegram%3Aa", "websocket", "websocket%3A", "websocket%3Aa.b", "plain", "WEBSOCKET%3Aa"] {
        let target = format!("/api/sessions/{key}/webui-thread");
        desk.expect("GET", &target, As::Bearer, 404, "session not found").await;
    }
    desk.expect("GET", "/api/sessions/websocket%3Anobody/webui-thread", As::Bearer, 404, "webui thread not found").await;
    desk.expect("GET", "/api/sessions/websocket:nobody/webui-thread", As::Bearer, 404, "webui thread not found").await;
}

#[tokio::test]
async fn threads_come_in_pages() {
    let desk = Desk::open().await;
    let mut client = Client::connect(&desk.gateway).await;
    let chat = client.new_chat().await;
    for number in 0..6 {
        client.say(&chat, &format!("t{number}"), &format!("Prompt {number}")).await;
        client.until(Frame::is_idle).await;
    }
    let path = format!("/api/sessions/websocket%3A{chat}/webui-thread");
    let wrong = [
        ("limit=", "invalid limit"),
        ("limit=x", "invalid limit"),
        ("limit=1.5", "invalid limit"),
        ("limit=1e3", "invalid limit"),
        ("limit=99999999999999999999", "invalid limit"),
        ("direction=oldest", "invalid direction"),
        ("direction=", "invalid direction"),
        ("direction=Latest", "invalid direction"),
        ("before=x", "invalid cursor"),
        ("before=", "invalid cursor"),
        ("before=e30", "invalid cursor"),
        ("before=eyJiZWZvcmVfc2VxIjoiMyJ9", "invalid cursor"),
        ("before=eyJiZWZvcmVfc2VxIjotMX0", "invalid cursor"),
        ("limit=x&direction=x&before=x", "invalid limit"),
    ];
    for (query, words) in wrong {
        desk.expect("GET", &format!("{path}?{query}"), As::Bearer, 400, words).await;
    }
    let page = async |query: &str| {
        let answer = desk.ask("GET", &format!("{path}?{query}"), As::Bearer).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
        answer.json()
    };
    let prompts = |page: &Value| -> Vec<String> {
        let rows = page["messages"].as_array().unwrap().iter().filter(|message| message["role"] == "user");
        rows.map(|message| message["content"].as_str().unwrap().to_owned()).collect()
    };
    let all = page("").await;
    assert_eq!(prompts(&all).len(), 6);
    assert!(all["page"].is_null(), "nobody asked for pages: {}", all["page"]);
    for (query, expected) in
        [("limit=0", 1), ("limit=-5", 1), ("limit=1", 1), ("limit=2", 1), ("limit=4", 2), ("limit=5000", 6), ("direction=latest", 6)]
    {
        let page = page(query).await;
        assert_eq!(prompts(&page).len(), expected, "{query}");
        assert_eq!(page["page"]["has_more_before"], expected < 6, "{query}");
        assert_eq!(page["page"]["user_message_offset"], 6 - expected, "{query}");
    }
    // Back to the beginning, page by page: every message once.
    let (mut found, mut query) = (Vec::new(), "limit=4".to_owned());
    loop {
        let page = page(&query).await;
        assert_eq!(page["page"]["loaded_message_count"], page["messages"].as_array().unwrap().len());
        found.splice(0..0, page["messages"].as_array().unwrap().clone());
        match page["page"]["before_cursor"].as_str() {
            Some(cursor) => query = format!("limit=4&before={cursor}"),
            None => break,
        }
    }
    assert_eq!(json!(found), all["messages"]);
    assert_eq!(all["last_seq"], thread(&desk.gateway, &chat).await["last_seq"]);
}

#[tokio::test]
async fn bootstrap_opens_with_the_secret_only() {
    let desk = Desk::open().await;
    let secret = desk.gateway.secret.clone();
    let rows = [
        (vec![], 401),
        (vec!["Authorization: Bearer wrong".to_owned()], 401),
        (vec![format!("Authorization: Basic {secret}")], 401),
        (vec![format!("Authorization: Bearer {}", secret.to_uppercase())], 401),
        (vec![format!("Authorization: Bearer {}", &secret[1..])], 401),
        (vec!["X-Nanobot-Auth: wrong".to_owned()], 401),
        (vec![format!("Cookie: token={secret}")], 401),
        (vec![format!("Authorization: Bearer {}", desk.tokens["api_token"].as_str().unwrap())], 401),
        (vec![format!("Authorization: Bearer {secret}")], 200),
        (vec![format!("X-Nanobot-Auth: {secret}")], 200),
    ];
    for (fields, status) in rows {
        let answer = request(&desk.gateway, "GET /webui/bootstrap", &fields).await;
        assert_eq!(answer.status, status, "{fields:?}");
        assert_eq!(answer.header("cache-control"), "no-store");
        if status == 401 {
            assert_eq!(answer.text(), "Unauthorized");
        }
    }
    assert_eq!(request(&desk.gateway, &format!("GET /webui/bootstrap?token={secret}"), &[]).await.status, 401);
    assert_eq!(desk.tokens["ws_url"], format!("ws://{}/", desk.gateway.host()));
    assert_eq!((&desk.tokens["expires_in"], &desk.tokens["runtime_surface"]), (&json!(300), &json!("browser")));
    assert_eq!(desk.tokens["limits"]["transport"]["max_frame_bytes"], 37_748_736);
    assert_eq!(desk.tokens["limits"]["message"]["max_text_bytes"], 65_536);
}

#[tokio::test]
async fn a_socket_token_opens_one_socket() {
    let desk = Desk::open().await;
    let host = desk.gateway.host();
    let shake = |target: &str, fields: &str| {
        format!("{target} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{fields}Connection: close\r\n\r\n")
    };
    let keys = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let token = desk.tokens["token"].as_str().unwrap();
    let api = desk.tokens["api_token"].as_str().unwrap();
    let rows = [
        (shake("GET /", keys), 401, "Unauthorized"),
        (shake("GET /?token=", keys), 401, "Unauthorized"),
        (shake("GET /?token=wrong", keys), 401, "Unauthorized"),
        (shake(&format!("GET /?token={api}"), keys), 401, "Unauthorized"),
        (shake(&format!("GET /?token={}", desk.gateway.secret), keys), 401, "Unauthorized"),
        (shake("GET /", &format!("{keys}Authorization: Bearer {token}\r\n")), 401, "Unauthorized"),
        (shake(&format!("GET /elsewhere?token={token}"), keys), 404, "Not Found"),
        (shake(&format!("GET /api/sessions?token={token}"), keys), 404, "Not Found"),
        (shake(&format!("POST /?token={token}"), keys), 405, "Method Not Allowed"),
        (shake(&format!("GET /?token={token}"), &format!("{keys}Origin: http://evil.example\r\n")), 403, "Forbidden: foreign origin"),
    ];
    for (bytes, status, body) in rows {
        let answer = exchange(&desk.gateway, bytes.as_bytes()).await;
        assert_eq!((answer.status, answer.text().as_str()), (status, body), "{bytes}");
    }
    // None of them used it up.
    let stream = desk.gateway.connect().await;
    let first = Client::open(&desk.gateway, stream, token).await;
    assert!(first.is_ok());
    let again = exchange(&desk.gateway, shake(&format!("GET /?token={token}"), keys).as_bytes()).await;
    assert_eq!((again.status, again.text().as_str()), (401, "Unauthorized"));
    // It still reads, and neither survives the gateway.
    assert_eq!(desk.ask("GET", "/api/sessions", As::SocketToken).await.status, 200);
    let Desk { home, gateway, tokens } = desk;
    gateway.kill();
    let desk = Desk { gateway: home.tcp(), home, tokens };
    desk.expect("GET", "/api/sessions", As::Bearer, 401, "Unauthorized").await;
}

#[tokio::test]
async fn handshakes_that_are_none() {
    let desk = Desk::open().await;
    let host = desk.gateway.host();
    for (fields, status) in [
        ("Sec-WebSocket-Version: 13\r\n", 400),
        ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", 400),
        ("Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", 400),
        ("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", 101),
    ] {
        let token = bootstrap(&desk.gateway).await["token"].as_str().unwrap().to_owned();
        let text = format!(
            "GET /?token={token} HTTP/1.1\r\nHost: {host}\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n{fields}\r\n"
        );
        let mut bytes = text.into_bytes();
        // A goodbye right after it ends the connection where there is one.
        bytes.extend(alcove_tests::client::raw_frame(0x88, b""));
        assert_eq!(exchange(&desk.gateway, &bytes).await.status, status, "{fields}");
    }
}
