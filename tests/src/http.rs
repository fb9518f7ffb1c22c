//! Requests as bytes: what is sent is what stands there, so that a scenario can also send what no client would.

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::gateway::Gateway;
use crate::within;

/// An HTTP answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status; 0 when the connection was closed without an answer.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The header's first value, or an empty text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("no JSON ({error}): {}", self.text()))
    }

    fn read(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        let Some(end) = end else { return Self { status: 0, headers: Vec::new(), body: bytes.to_vec() } };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok()).unwrap_or(0);
        let fields = lines.filter_map(|line| line.split_once(':'));
        let headers = fields.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect();
        Self { status, headers, body: bytes[end + 4..].to_vec() }
    }
}

/// Sends the bytes on a connection of their own and reads until the gateway closes it.
pub async fn exchange(gateway: &Gateway, bytes: &[u8]) -> Answer {
    let mut stream = gateway.connect().await;
    // The gateway may refuse before it has read everything.
    let _early = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let read = async {
        let mut part = [0; 16 * 1024];
        while let Ok(count @ 1..) = stream.read(&mut part).await {
            answer.extend_from_slice(&part[..count]);
        }
    };
    within("an HTTP answer", read).await;
    Answer::read(&answer)
}

/// A request with the right Host, closed after the answer; `fields` are further header lines.
pub async fn request(gateway: &Gateway, line: &str, fields: &[String]) -> Answer {
    let mut text = format!("{line} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", gateway.host());
    for field in fields {
        text.push_str(field);
        text.push_str("\r\n");
    }
    text.push_str("\r\n");
    exchange(gateway, text.as_bytes()).await
}

/// What bootstrap answers.
pub async fn bootstrap(gateway: &Gateway) -> Value {
    let fields = match gateway.secret.as_str() {
        "" => Vec::new(),
        secret => vec![format!("Authorization: Bearer {secret}")],
    };
    let answer = request(gateway, "GET /webui/bootstrap", &fields).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// A GET with a fresh token.
pub async fn get(gateway: &Gateway, target: &str) -> Answer {
    let token = bootstrap(gateway).await["api_token"].as_str().expect("a token").to_owned();
    request(gateway, &format!("GET {target}"), &[format!("Authorization: Bearer {token}")]).await
}

/// The newest page of a chat's thread.
pub async fn thread(gateway: &Gateway, chat: &str) -> Value {
    let answer = get(gateway, &format!("/api/sessions/websocket%3A{chat}/webui-thread?limit=1000")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}
