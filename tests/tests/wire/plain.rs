//! Frames without an envelope, as the oldest clients send them: they go to the connection's own chat (envelope §1.4).

use alcove_tests::client::{Client, Frame};
use alcove_tests::gateway::Home;
use alcove_tests::http::{get, thread};
use tokio_tungstenite::tungstenite::Message;

/// What is sent and what becomes the prompt.
#[rustfmt::skip]
const PROMPTS: &[(&str, &str)] = &[
    ("plain words", "plain words"),
    ("  padded  ", "  padded  "),
    ("{not json", "{not json"),
    ("[]", "[]"),
    (r#"[{"type":"attach"}]"#, r#"[{"type":"attach"}]"#),
    (r#""type""#, r#""type""#),
    ("7", "7"),
    ("null", "null"),
    (r#"{"type":"attach"} trailing"#, r#"{"type":"attach"} trailing"#),
    (r#"{"type":"attach","chat_id":"c",}"#, r#"{"type":"attach","chat_id":"c",}"#),
    (r#"{"type":"half"#, r#"{"type":"half"#),
    ("{\"type\":\"\\ud800\"}", "{\"type\":\"\\ud800\"}"),
    (r#"{"type":"x","n":1e999}"#, r#"{"type":"x","n":1e999}"#),
    ("{'type':'attach'}", "{'type':'attach'}"),
    ("\u{feff}{\"type\":\"attach\"}", "\u{feff}{\"type\":\"attach\"}"),
    (r#"{"content":"from content"}"#, "from content"),
    (r#"{"text":"from text"}"#, "from text"),
    (r#"{"message":"from message"}"#, "from message"),
    (r#"{"type":7,"content":"a type that is no text"}"#, "a type that is no text"),
    (r#"{"type":null,"text":"a type that is null"}"#, "a type that is null"),
    (r#"{"content":" ","text":7,"message":"the first that is not blank"}"#, "the first that is not blank"),
    (r#"{"message":"last","content":"first"}"#, "first"),
    ("👋🏽 ünïcode\u{0}", "👋🏽 ünïcode\u{0}"),
];

#[tokio::test]
async fn plain_frames_become_prompts_of_the_own_chat() {
    let home = Home::default();
    let gateway = home.unix();
    let mut client = Client::connect(&gateway).await;
    let own = client.own_chat.clone();
    for (number, (sent, _)) in PROMPTS.iter().enumerate() {
        match number % 2 {
            0 => client.send_text(sent).await,
            // Bytes that are text are text.
            _ => client.send_message(Message::binary(sent.as_bytes().to_vec())).await,
        }
        let heard = client.until(Frame::is_idle).await;
        assert!(heard.iter().all(|frame| frame.json["turn_id"].is_null() && frame.event() != "message_accepted"), "{sent}");
        assert!(heard.iter().filter(|frame| frame.seq().is_some()).all(|frame| frame.str("chat_id") == own), "{sent}");
    }
    let page = thread(&gateway, &own).await;
    let rows = page["messages"].as_array().unwrap().iter().filter(|message| message["role"] == "user");
    let prompts: Vec<&str> = rows.map(|message| message["content"].as_str().unwrap()).collect();
    let expected: Vec<&str> = PROMPTS.iter().map(|(_, prompt)| *prompt).collect();
    assert_eq!(prompts, expected);
    let sessions = get(&gateway, "/api/sessions").await.json();
    assert_eq!(sessions["sessions"][0]["key"], format!("websocket:{own}"));
}

#[tokio::test]
async fn plain_text_has_the_same_limit() {
    let home = Home::default();
    let gateway = home.unix();
    let mut client = Client::connect(&gateway).await;
    client.send_text(&"x".repeat(65_537)).await;
    let refused = client.find("error").await;
    assert_eq!((refused.str("detail"), refused.str("reason")), ("message_rejected", "text_too_large"));
    client.send_text(&"x".repeat(65_536)).await;
    client.until(Frame::is_idle).await;
}

#[tokio::test]
async fn a_chat_that_was_only_ready_leaves_no_trace() {
    let home = Home::default();
    let gateway = home.unix();
    let mut client = Client::connect(&gateway).await;
    client.attach("never-said-anything").await;
    let sessions = get(&gateway, "/api/sessions").await.json();
    assert_eq!(sessions["sessions"].as_array().unwrap().len(), 0);
}
