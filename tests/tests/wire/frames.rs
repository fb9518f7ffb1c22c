//! Frames that are wrong in ways a connection survives: each gets its stable error, and the next frame is heard as if nothing had been.

use alcove_tests::client::{Client, Frame};
use alcove_tests::gateway::Home;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::aftermath;

/// An error in one line: detail, reason, chat and turn, or status and message.
fn line(frame: &Frame) -> String {
    match frame.event() {
        "error" => {
            let fields = ["detail", "reason", "chat_id", "turn_id"].map(|field| frame.str(field).to_owned());
            fields.into_iter().filter(|field| !field.is_empty()).collect::<Vec<_>>().join(" | ")
        }
        "webui_response" => {
            let error = &frame.json["error"];
            format!("{} {} {}", frame.str("request_id"), error["status"], error["message"].as_str().unwrap_or("ok"))
        }
        other => other.to_owned(),
    }
}

async fn check(rows: Vec<(String, String)>) {
    let home = Home::default();
    let gateway = home.unix();
    let mut client = Client::connect(&gateway).await;
    for (number, (sent, expected)) in rows.iter().enumerate() {
        client.send_text(sent).await;
        let heard: Vec<String> = aftermath(&mut client, number).await.iter().map(line).collect();
        let shown: String = sent.chars().take(200).collect();
        assert_eq!(heard.join("\n"), *expected, "row {number}: {shown}");
    }
}

/// Values that are no chat id.
fn no_chat_ids() -> Vec<Value> {
    let texts = ["", " ", "a b", "a/b", "a.b", "é", "../x", "a\u{0}", "a\n", "%61"].map(Value::from);
    let others = [Value::Null, json!(7), json!(true), json!([]), json!({}), json!("x".repeat(65))];
    texts.into_iter().chain(others).collect()
}

#[tokio::test]
async fn unknown_types() {
    let long = "x".repeat(200);
    let names = [
        ("nope", "'nope'"),
        ("", "''"),
        (" ", "' '"),
        ("it's", "\"it's\""),
        ("'\"", "'\\'\"'"),
        ("a\n\u{1}", "'a\\n\\x01'"),
        ("Message", "'Message'"),
        ("message ", "'message '"),
        ("ready", "'ready'"),
        ("delta", "'delta'"),
        ("__proto__", "'__proto__'"),
        ("🏺", "'🏺'"),
        (long.as_str(), &format!("'{}'", "x".repeat(100))),
    ];
    let row = |(name, shown): (&str, &str)| (json!({ "type": name, "chat_id": "c" }).to_string(), format!("unknown type: {shown}"));
    let mut rows: Vec<(String, String)> = names.into_iter().map(row).collect();
    rows.push(("  \r\n {\"type\":\"padded\"} \t".to_owned(), "unknown type: 'padded'".to_owned()));
    rows.push((r#"{"type":"attach","type":"last"}"#.to_owned(), "unknown type: 'last'".to_owned()));
    check(rows).await;
}

#[tokio::test]
async fn ids_that_are_none() {
    let mut rows = Vec::new();
    for id in no_chat_ids() {
        for frame in [
            json!({ "type": "attach", "chat_id": id }),
            json!({ "type": "attach", "chat_id": id, "after_seq": 3 }),
            json!({ "type": "message", "chat_id": id, "content": "Hello", "turn_id": "t", "webui": true }),
            json!({ "type": "message", "chat_id": id, "content": 7, "media": 7 }),
        ] {
            rows.push((frame.to_string(), "invalid chat_id".to_owned()));
        }
    }
    for kind in ["attach", "message"] {
        rows.push((json!({ "type": kind }).to_string(), "invalid chat_id".to_owned()));
    }
    for id in [json!(""), json!(" "), json!("a b"), json!("é"), json!("x".repeat(129)), json!(7), json!(null), json!({})] {
        let frame = json!({ "type": "webui_request", "request_id": id, "action": "settings.agent.update", "payload": {} });
        rows.push((frame.to_string(), "invalid webui request_id".to_owned()));
    }
    rows.push((json!({ "type": "webui_request" }).to_string(), "invalid webui request_id".to_owned()));
    check(rows).await;
}

#[tokio::test]
async fn messages_that_cannot_be_taken() {
    let too_long = "x".repeat(65_537);
    let too_long_in_bytes = "€".repeat(21_846);
    let message = |fields: Value| {
        let mut frame = json!({ "type": "message", "chat_id": "c", "turn_id": "t", "webui": true });
        frame.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        frame.to_string()
    };
    let missing = "missing content | c | t";
    let malformed = "attachment_rejected | malformed | c | t";
    let mime = "attachment_rejected | mime | c | t";
    let large = "message_rejected | text_too_large | c | t";
    let mut rows = vec![
        (message(json!({})), missing),
        (message(json!({ "content": null })), missing),
        (message(json!({ "content": 7 })), missing),
        (message(json!({ "content": true })), missing),
        (message(json!({ "content": ["Hello"] })), missing),
        (message(json!({ "content": { "text": "Hello" } })), missing),
        (message(json!({ "content": "" })), missing),
        (message(json!({ "content": " \n\t\u{a0}" })), missing),
        (message(json!({ "content": "", "media": [] })), missing),
        (message(json!({ "content": "", "media": null })), missing),
        (message(json!({ "content": "x", "media": "image" })), malformed),
        (message(json!({ "content": "x", "media": 7 })), malformed),
        (message(json!({ "content": "x", "media": {} })), malformed),
        (message(json!({ "content": "", "media": true })), malformed),
        (message(json!({ "content": "x", "media": [{ "data_url": "data:image/png;base64,AA==" }] })), mime),
        (message(json!({ "content": "x", "media": [7] })), malformed),
        (message(json!({ "content": too_long })), large),
        (message(json!({ "content": too_long_in_bytes })), large),
        (message(json!({ "content": too_long, "media": 7 })), large),
        (message(json!({ "content": null, "turn_id": "" })), "missing content | c"),
        (message(json!({ "content": null, "turn_id": 7 })), "missing content | c"),
        (message(json!({ "content": null, "turn_id": "not an id" })), "missing content | c | not an id"),
    ];
    let scopes = [
        (json!("x"), "workspace_scope must be an object"),
        (json!([]), "workspace_scope must be an object"),
        (json!({ "project_path": 7 }), "project_path must be a string"),
        (json!({ "project_path": "a\u{0}b" }), "project_path contains invalid characters"),
        (json!({ "project_path": "relative" }), "project_path must be absolute"),
        (json!({ "project_path": "/no/such/folder" }), "project_path must be an existing directory"),
        (json!({ "project_path": "/etc/passwd" }), "project_path must be an existing directory"),
        (json!({ "access_mode": 7 }), "access_mode must be a string"),
        (json!({ "access_mode": "some" }), "access_mode must be restricted or full"),
    ];
    let expected: Vec<[String; 2]> = scopes
        .iter()
        .map(|(_, reason)| [format!("workspace_scope_rejected | {reason} | c | t"), format!("workspace_scope_rejected | {reason}")])
        .collect();
    for ((scope, _), [in_chat, in_none]) in scopes.iter().zip(&expected) {
        rows.push((message(json!({ "content": "x", "workspace_scope": scope })), in_chat));
        rows.push((json!({ "type": "new_chat", "workspace_scope": scope }).to_string(), in_none));
    }
    check(rows.into_iter().map(|(sent, expected)| (sent, expected.to_owned())).collect()).await;
}

#[tokio::test]
async fn requests_that_cannot_be_carried_out() {
    let mut rows: Vec<(Value, Value, &str)> = Vec::new();
    for action in
        [json!(null), json!(7), json!(""), json!("Settings"), json!("a-b"), json!(".a"), json!("1a"), json!("a".repeat(129)), json!([])]
    {
        rows.push((action, json!({}), "400 invalid WebUI mutation action"));
    }
    for payload in [json!(null), json!([]), json!("x"), json!(7), json!(true)] {
        rows.push((json!("settings.agent.update"), payload, "400 WebUI mutation payload must be an object"));
    }
    for action in ["nothing.here", "settings", "settings.agent", "settings.agent.update.more", "session", "models"] {
        rows.push((json!(action), json!({}), "404 unknown WebUI mutation action"));
    }
    let preset = |fields: Value| {
        let mut payload = json!({ "name": "p", "provider": "demo", "model": "m" });
        payload.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        payload
    };
    let create = || json!("settings.model_configuration.create");
    rows.extend([
        (json!("settings.agent.update"), json!({ "model": "" }), "400 model is required"),
        (json!("settings.agent.update"), json!({ "model_preset": "nobody" }), "400 unknown model preset"),
        (create(), json!({}), "400 configuration name is required"),
        (create(), json!({ "name": "p" }), "400 provider is required"),
        (create(), json!({ "name": "p", "provider": "demo" }), "400 model is required"),
        (create(), preset(json!({ "name": "demo" })), "400 configuration name is reserved"),
        (create(), preset(json!({ "provider": "nobody" })), "400 "),
        (create(), preset(json!({ "name": "x".repeat(49) })), "400 "),
        (create(), preset(json!({ "max_tokens": "many" })), "400 "),
        (create(), preset(json!({ "max_tokens": -1 })), "400 "),
        (create(), preset(json!({ "context_window_tokens": 1.5 })), "400 "),
        (create(), preset(json!({ "temperature": "hot" })), "400 "),
        (create(), preset(json!({ "temperature": 1e9 })), "400 "),
        (json!("settings.model_configuration.update"), json!({ "name": "nobody" }), "400 unknown model configuration"),
        (json!("settings.model_configuration.delete"), json!({ "name": "nobody" }), "400 unknown model configuration"),
        (json!("settings.provider.create"), json!({}), "400 provider name is required"),
        (json!("settings.provider.create"), json!({ "name": "x" }), "400 API base is required"),
        (json!("settings.provider.create"), json!({ "name": "x", "api_base": "ftp://x" }), "400 "),
        (json!("settings.provider.create"), json!({ "name": "x", "api_base": "http://a:b@c/" }), "400 "),
        (
            json!("settings.provider.create"),
            json!({ "name": "x".repeat(81), "api_base": "http://127.0.0.1:1/v1" }),
            "400 provider name must be",
        ),
        (json!("settings.provider.create"), json!({ "name": "demo", "api_base": "http://127.0.0.1:1/v1" }), "409 provider already exists"),
        (json!("settings.provider.update"), json!({ "provider": "nobody" }), "400 unknown provider"),
    ]);
    let home = Home::default();
    let gateway = home.unix();
    let mut client = Client::connect(&gateway).await;
    for (number, (action, payload, expected)) in rows.iter().enumerate() {
        let id = format!("r{number}");
        client.send(json!({ "type": "webui_request", "request_id": id, "action": action, "payload": payload })).await;
        let answer = client.find("webui_response").await;
        assert_eq!((answer.str("request_id"), answer.json["ok"].as_bool()), (id.as_str(), Some(false)), "{action} {payload}");
        let said = line(&answer);
        assert!(said.starts_with(&format!("{id} {expected}")), "{action} {payload}: {said}");
        aftermath(&mut client, number).await;
    }
    let settings = alcove_tests::http::get(&gateway, "/api/settings").await.json();
    let own = settings["providers"].as_array().unwrap().iter().filter(|provider| provider["is_custom"] == true).count();
    assert_eq!(own, 0, "nothing half done: {}", settings["providers"]);
}

#[tokio::test]
async fn a_request_id_means_one_request() {
    let home = Home::default();
    let gateway = home.unix();
    let mut client = Client::connect(&gateway).await;
    let create = |name: &str| {
        json!({ "type": "webui_request", "request_id": "once", "action": "settings.provider.create",
                "payload": { "name": name, "api_base": "http://127.0.0.1:1/v1" } })
    };
    client.send(create("one")).await;
    let first = client.find("webui_response").await;
    assert_eq!(first.json["ok"], true);
    // Also from another connection.
    let mut other = Client::connect(&gateway).await;
    other.send(create("one")).await;
    assert_eq!(other.find("webui_response").await.text, first.text);
    other.send(create("two")).await;
    let refused = other.find("webui_response").await;
    assert_eq!(line(&refused), "once 409 request_id was already used for a different WebUI mutation");
}

#[tokio::test]
async fn nesting_has_a_bottom() {
    let nested = |depth: usize| format!(r#"{{"type":"deep","x":{}{}}}"#, "[".repeat(depth - 1), "]".repeat(depth - 1));
    let deep = "too deeply nested".to_owned();
    let rows = vec![
        (nested(64), "unknown type: 'deep'".to_owned()),
        (nested(65), deep.clone()),
        (nested(10_000), deep.clone()),
        (nested(1_000_000), deep.clone()),
        (format!(r#"{{"type":"deep","x":{}"#, "[".repeat(1_000_000)), deep.clone()),
        ("{\"a\":".repeat(100_000), deep.clone()),
        (format!(r#"{{"type":"message","chat_id":"c","content":"x","x":{}1{}}}"#, "[".repeat(99), "]".repeat(99)), deep),
        (json!({ "type": "quoted", "x": "[{".repeat(5_000) }).to_string(), "unknown type: 'quoted'".to_owned()),
        (json!({ "type": "escaped", "x": "\\\"[".repeat(5_000) }).to_string(), "unknown type: 'escaped'".to_owned()),
    ];
    check(rows).await;
}

#[tokio::test]
async fn frames_that_say_nothing() {
    let mut rows: Vec<String> =
        ["", " ", "\n\t ", "{}", "{ }", r#"{"type":7}"#, r#"{"type":null,"content":""}"#, r#"{"content":""}"#].map(str::to_owned).to_vec();
    rows.extend([r#"{"content":7}"#, r#"{"text":" ","message":"\n"}"#, r#"{"chat_id":"c","after_seq":3}"#, "\u{a0}"].map(str::to_owned));
    check(rows.into_iter().map(|sent| (sent, String::new())).collect()).await;
}

#[tokio::test]
async fn bytes_pings_and_pongs() {
    let home = Home::default();
    let gateway = home.unix();
    let mut client = Client::connect(&gateway).await;
    let unknown = |text: &str| format!("unknown type: '{text}'");
    let rows = [
        (Message::binary(br#"{"type":"bytes"}"#.to_vec()), unknown("bytes")),
        (Message::binary(Vec::new()), String::new()),
        (Message::binary(vec![0xFF, 0xFE]), String::new()),
        (Message::binary(b"{\"type\":\"\xC3\x28\"}".to_vec()), String::new()),
        (Message::Ping(Vec::new().into()), String::new()),
        (Message::Ping(vec![7; 125].into()), String::new()),
        (Message::Pong(vec![7; 125].into()), String::new()),
    ];
    for (number, (message, expected)) in rows.into_iter().enumerate() {
        let shown = format!("{message:?}");
        client.send_message(message).await;
        let heard: Vec<String> = aftermath(&mut client, number).await.iter().map(line).collect();
        assert_eq!(heard.join("\n"), expected, "{shown}");
    }
}

#[tokio::test]
async fn right_frames_with_more_than_is_known() {
    let home = Home::default();
    let gateway = home.unix();
    let mut client = Client::connect(&gateway).await;
    let extra = json!({ "nested": [1, { "a": null }] });
    client.send(json!({ "type": "new_chat", "request_id": "n1", "from_the_future": extra })).await;
    let attached = client.find("attached").await;
    assert_eq!(attached.str("request_id"), "n1");
    let chat = attached.str("chat_id").to_owned();
    client.send(json!({ "type": "attach", "chat_id": chat, "instance": 7, "from_the_future": extra })).await;
    client.find("attached").await;
    client.send(json!({ "type": "watch", "from_the_future": extra })).await;
    client.find("watching").await;
    let message = json!({ "type": "message", "chat_id": chat, "content": "/help", "webui": true, "turn_id": "t", "cli_apps": 7, "media": [], "workspace_scope": null, "future": extra });
    client.send(message).await;
    assert_eq!(client.find("message_accepted").await.str("turn_id"), "t");
    // An id that is none is replaced; one that says nothing about itself gets none.
    client.send(json!({ "type": "message", "chat_id": chat, "content": "/help", "webui": true, "turn_id": "no id" })).await;
    assert_ne!(client.find("message_accepted").await.str("turn_id"), "no id");
    client.send(json!({ "type": "message", "chat_id": chat, "content": "/help", "webui": "yes", "turn_id": "u" })).await;
    let heard = client.until(|frame| frame.event() == "message" && frame.str("turn_id") == "u").await;
    assert!(!heard.iter().any(|frame| frame.event() == "message_accepted"));
    // The same wish twice is one chat.
    client.send(json!({ "type": "new_chat", "request_id": "n1" })).await;
    assert_eq!(client.find("attached").await.str("chat_id"), chat);
    // The longest text is taken; any well-formed id may be attached to.
    client
        .send(json!({ "type": "message", "chat_id": "x".repeat(64), "content": "y".repeat(65_536), "webui": true, "turn_id": "v" }))
        .await;
    assert_eq!(client.find("message_accepted").await.str("turn_id"), "v");
}
