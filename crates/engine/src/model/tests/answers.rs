//! Answers of well-meaning servers in all their dialects, and what is sent to get them.

use std::time::Duration;

use super::super::{Image, Message, ModelCall, ModelEvent, Role};
use super::server::{Act, Server, head, reply};
use super::{KEY, call, models, told};

const FINISH: &str = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
const DONE: &str = "data: [DONE]\n\n";

fn delta(field: &str, text: &str) -> String {
    format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"{field}\":\"{text}\"}}}}]}}\n\n")
}

async fn check(parts: &[&str], expected: &str) {
    let script = [vec![Act::Say(head())], parts.iter().map(|part| Act::Say(part.as_bytes().to_vec())).collect()];
    let server = Server::scripted(vec![script.concat()]).await;
    assert_eq!(told(models().open(call(&server.api_base))).await, expected, "{parts:?}");
}

#[tokio::test]
async fn streams_of_every_dialect() {
    let hello = delta("content", "Hello");
    let there = delta("content", " there");
    let rows: &[(&[&str], &str)] = &[
        (&[&hello, &there, FINISH, DONE], "a\"Hello there\" stop"),
        (&[&hello.replace('\n', "\r\n"), ": keep-alive\r\n\r\n", &FINISH.replace('\n', "\r\n"), DONE], "a\"Hello\" stop"),
        (&[&hello.replace("data: ", "data:"), FINISH, "data:[DONE]\n\n"], "a\"Hello\" stop"),
        (&["\u{feff}", &hello, FINISH, DONE], "a\"Hello\" stop"),
        (&["data: {\"choices\":\ndata: [{\"delta\":{\"content\":\"a\"}}]}\n\n", FINISH, DONE], "a\"a\" stop"),
        (&["event: message\nid: 1\n", &hello, "retry: 5\n\n", FINISH, DONE], "a\"Hello\" stop"),
        (&[&hello, FINISH], "a\"Hello\" stop"),
        (&[&hello, DONE], "a\"Hello\" stop"),
        (&[&hello, FINISH, "data: [DONE]"], "a\"Hello\" stop"),
        (&[&hello, FINISH.trim_end()], "a\"Hello\" stop"),
        (&[&hello, DONE, &there], "a\"Hello\" stop"),
        (
            &[
                &hello,
                FINISH,
                "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}\n\n",
                DONE,
            ],
            "a\"Hello\" stop:3+4=7",
        ),
        (
            &[&hello, "data: {\"choices\":null,\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\n", FINISH],
            "a\"Hello\" stop:3+4=7",
        ),
        (&[&delta("reasoning_content", "why"), &hello, FINISH, DONE], "r\"why\" a\"Hello\" stop"),
        (&[&delta("reasoning", "why"), &hello, FINISH, DONE], "r\"why\" a\"Hello\" stop"),
        (
            &["data: {\"choices\":[{\"delta\":{\"reasoning_details\":[{\"text\":\"why\"}]}}]}\n\n", &hello, FINISH],
            "r\"why\" a\"Hello\" stop",
        ),
        (
            &[
                &delta("content", "<th"),
                &delta("content", "ink>why</"),
                &delta("content", "think>"),
                &delta("content", "\\n\\nHello"),
                FINISH,
                DONE,
            ],
            "r\"why\" a\"Hello\" stop",
        ),
        (&[&delta("content", "a <"), FINISH, DONE], "a\"a <\" stop"),
        (&[&delta("content", "<thi"), FINISH, DONE], "a\"<thi\" stop"),
        (&[&delta("reasoning", "only why"), FINISH, DONE], "r\"only why\" stop"),
        (&[&hello, &FINISH.replace("stop", "length"), DONE], "a\"Hello\" length"),
        (&[&hello, &FINISH.replace("stop", "odd"), DONE], "a\"Hello\" odd"),
        (&[&FINISH.replace("stop", "tool_calls"), DONE], "toolcalls"),
        (&[&FINISH.replace("stop", "content_filter"), DONE], "contentfilter"),
        (&["data: {\"choices\":[{\"text\":\"old\",\"finish_reason\":\"stop\"}]}\n\n", DONE], "a\"old\" stop"),
    ];
    for (parts, expected) in rows {
        check(parts, expected).await;
    }
}

#[tokio::test]
async fn a_stream_in_transfer_chunks_that_cut_everything() {
    let stream = format!("{}{FINISH}{DONE}", delta("content", "Hé🌊llo"));
    let chunks = stream.bytes().flat_map(|byte| [b"1\r\n".as_slice(), &[byte], b"\r\n"].concat());
    let mut bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    bytes.extend(chunks);
    bytes.extend(b"0\r\n\r\n");
    let server = Server::scripted(vec![vec![Act::Say(bytes)]]).await;
    assert_eq!(told(models().open(call(&server.api_base))).await, "a\"Hé🌊llo\" stop");
}

#[tokio::test]
async fn replies_that_do_not_stream() {
    for (json, expected) in [
        (
            r#"{"choices":[{"message":{"content":"Hello","reasoning_content":"why"},"finish_reason":"stop"}],
                "usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}"#,
            "r\"why\" a\"Hello\" stop:1+2=3",
        ),
        (r#"{"choices":[{"message":{"content":"<think>why</think>\nHello"}}]}"#, "r\"why\" a\"Hello\" stop"),
        (r#"{"choices":[{"message":{"content":[{"type":"text","text":"Hello"}]}}]}"#, "a\"Hello\" stop"),
        (r#"{"choices":[{"message":{"content":""}}]}"#, "failed:empty"),
        (r#"{"choices":[]}"#, "failed:empty"),
        (r#"{"error":{"message":"no"}}"#, "failed:reported"),
        (r#"{"choices":"#, "failed:malformed"),
        ("", "failed:malformed"),
    ] {
        let server = Server::scripted(vec![vec![Act::Say(reply("200 OK", "", json))]]).await;
        assert_eq!(told(models().open(call(&server.api_base))).await, expected, "{json}");
    }
}

#[tokio::test]
async fn the_request_holds_what_was_asked_and_the_key() {
    let script = vec![Act::Say(head()), Act::Say(format!("{}{FINISH}{DONE}", delta("content", "x")).into_bytes())];
    let mut server = Server::scripted(vec![script]).await;
    let call = ModelCall { temperature: Some(0.2), ..call(&server.api_base) };
    told(models().open(call)).await;
    let request = server.request().await;
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{head}");
    assert!(head.contains(&format!("authorization: Bearer {KEY}")), "{head}");
    assert_eq!(
        body,
        r#"{"model":"m","messages":[{"role":"user","content":"Hi"}],"stream":true,"stream_options":{"include_usage":true},"max_tokens":64,"temperature":0.2}"#
    );
}

#[tokio::test]
async fn refused_fields_are_left_out_once() {
    let refused = |words: &str| {
        let json = format!("{{\"error\":{{\"message\":\"{words}\"}}}}");
        vec![Act::Say(reply("400 Bad Request", "", &json))]
    };
    let answer = vec![Act::Say(head()), Act::Say(format!("{}{FINISH}", delta("content", "x")).into_bytes())];
    let scripts = vec![refused("Unknown field: stream_options"), refused("Use 'max_completion_tokens' instead"), answer];
    let mut server = Server::scripted(scripts).await;
    assert_eq!(told(models().open(call(&server.api_base))).await, "a\"x\" stop");
    assert!(server.request().await.contains("stream_options"));
    assert!(!server.request().await.contains("stream_options"));
    let last = server.request().await;
    assert!(last.contains("\"max_completion_tokens\":64") && !last.contains("max_tokens\":"), "{last}");

    let server = Server::scripted(vec![refused("stream_options"), refused("stream_options"), vec![]]).await;
    assert_eq!(told(models().open(call(&server.api_base))).await, "failed:status:400");
}

#[tokio::test]
async fn refused_images_are_left_out_from_then_on() {
    let refused = vec![Act::Say(reply("400 Bad Request", "", r#"{"error":{"message":"image input is not supported"}}"#))];
    let answer = || vec![Act::Say(head()), Act::Say(format!("{}{FINISH}", delta("content", "x")).into_bytes())];
    let mut server = Server::scripted(vec![refused, answer(), answer(), answer()]).await;
    let models = models();
    let image = Image { name: "cat.png".to_owned(), url: "data:image/png;base64,AAAA".into() };
    let see = Message { images: vec![image], ..Message::text(Role::User, "See") };
    let call = ModelCall { messages: vec![see], ..call(&server.api_base) };
    assert_eq!(told(models.open(call.clone())).await, "retry:1 a\"x\" stop");
    assert!(server.request().await.contains("data:image/png;base64,AAAA"));
    assert!(server.request().await.contains("[Image, not shown: cat.png]"));
    // Known by now: told at once, and not asked in vain.
    assert_eq!(told(models.open(call.clone())).await, "retry:1 a\"x\" stop");
    assert!(server.request().await.contains("[Image, not shown: cat.png]"));
    let mut later = call;
    later.messages.push(Message::text(Role::User, "And?"));
    assert_eq!(told(models.open(later)).await, "a\"x\" stop");
    assert!(!server.request().await.contains("base64"));
}

#[tokio::test]
async fn the_end_tells_how_long_it_took() {
    let script = vec![Act::Say(head()), Act::Say(format!("{}{FINISH}{DONE}", delta("content", "x")).into_bytes())];
    let server = Server::scripted(vec![script]).await;
    let mut stream = models().open(call(&server.api_base));
    assert_eq!(stream.next().await, Some(ModelEvent::Answer("x".to_owned())));
    let Some(ModelEvent::Ended(end)) = stream.next().await else { panic!("no end") };
    assert!(end.ttft.unwrap() > Duration::ZERO);
    assert!(end.generation < Duration::from_secs(20));
}
