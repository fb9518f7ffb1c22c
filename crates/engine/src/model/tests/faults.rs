//! Servers that refuse, hang, cut, flood and talk nonsense: each script and how the call ends.

use std::time::Duration;

use super::super::error::ModelError;
use super::super::{Limits, ModelCall, ModelEvent};
use super::server::{Act, Server, free_port, head, reply};
use super::{GENEROUS, KEY, call, models, told};

const TOKEN: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}\n\n";
const END: &str = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

fn say(text: &str) -> Act {
    Act::Say(text.as_bytes().to_vec())
}

/// A stream that begins well, then does `then`.
fn begun(then: &[Act]) -> Vec<Act> {
    [&[Act::Say(head()), say(TOKEN)], then].concat()
}

fn answer() -> Vec<Act> {
    begun(&[say(END)])
}

fn status(status: &str) -> Vec<Act> {
    vec![Act::Say(reply(status, "", "{\"error\":{\"message\":\"m\"}}"))]
}

fn error(status: &str, error: &str) -> Vec<Act> {
    vec![Act::Say(reply(status, "", &format!("{{\"error\":{error}}}")))]
}

async fn check(name: &str, scripts: Vec<Vec<Act>>, expected: &str) {
    check_within(GENEROUS, name, scripts, expected).await;
}

async fn check_within(limits: Limits, name: &str, scripts: Vec<Vec<Act>>, expected: &str) {
    let server = Server::scripted(scripts).await;
    let call = ModelCall { limits, ..call(&server.api_base) };
    assert_eq!(told(models().open(call)).await, expected, "{name}");
}

#[tokio::test]
async fn refusals_that_stand() {
    for (script, expected) in [
        (status("401 Unauthorized"), "failed:auth"),
        (status("403 Forbidden"), "failed:auth"),
        (status("402 Payment Required"), "failed:out_of_credit"),
        (error("429 Too Many Requests", r#"{"message":"m","type":"insufficient_quota"}"#), "failed:out_of_credit"),
        (error("404 Not Found", r#"{"message":"model 'm' not found"}"#), "failed:model_not_found"),
        (status("404 Not Found"), "failed:status:404"),
        (error("400 Bad Request", r#"{"message":"m","code":"context_length_exceeded"}"#), "failed:context_too_long"),
        (status("413 Payload Too Large"), "failed:context_too_long"),
        (status("400 Bad Request"), "failed:status:400"),
        (status("422 Unprocessable Entity"), "failed:status:422"),
        (status("501 Not Implemented"), "failed:status:501"),
        (vec![say("HTTP/1.1 204 No Content\r\n\r\n")], "failed:status:204"),
        (vec![say("HTTP/1.1 400 Bad\r\nContent-Length: 99999999\r\n\r\n"), Act::Flood(200 << 10)], "failed:status:400"),
        (vec![say("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>")], "failed:malformed"),
    ] {
        check(&format!("{script:?}"), vec![script, answer()], expected).await;
    }
}

#[tokio::test]
async fn troubles_that_pass() {
    for code in [408, 409, 429, 500, 502, 503, 504, 529] {
        check(&code.to_string(), vec![status(&format!("{code} Wait")), answer()], "retry:2 a\"Hello\" stop").await;
    }
    let retry_after = |value: &str| vec![Act::Say(reply("429 Slow", &format!("Retry-After: {value}\r\n"), "{}"))];
    for value in ["0", "1", "86400", "Wed, 04 Mar 2099 05:06:07 GMT", "nonsense"] {
        check(value, vec![retry_after(value), answer()], "retry:2 a\"Hello\" stop").await;
    }
    let trouble = || status("500 Oh");
    check("twice", vec![trouble(), trouble(), answer()], "retry:2 retry:3 a\"Hello\" stop").await;
    check("for good", vec![trouble(), trouble(), trouble(), trouble(), answer()], "retry:2 retry:3 retry:4 failed:status:500").await;
    let overloaded = say("data: {\"error\":{\"type\":\"overloaded_error\",\"message\":\"m\"}}\n\n");
    check("in the stream, before any text", vec![vec![Act::Say(head()), overloaded.clone()], answer()], "retry:2 a\"Hello\" stop").await;
    check("after text", vec![begun(&[overloaded]), answer()], "a\"Hello\" failed:status:529").await;
}

#[tokio::test]
async fn answers_cut_off() {
    for (name, script, expected) in [
        ("no response at all", vec![], "failed:broken"),
        ("half a head", vec![say("HTTP/1.1 200 OK\r\nContent-")], "failed:broken"),
        ("only a head", vec![Act::Say(head())], "failed:broken"),
        ("only comments", vec![Act::Say(head()), say(": hi\n\n")], "failed:broken"),
        ("after text", begun(&[]), "a\"Hello\" failed:broken"),
        ("in the middle of an event", begun(&[say("data: {\"choices\":[{\"delta\":{\"cont")]), "a\"Hello\" failed:broken"),
        ("by a reset", begun(&[Act::Reset]), "a\"Hello\" failed:broken"),
        (
            "short of its length",
            vec![say("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9999\r\n\r\n"), say(TOKEN)],
            "a\"Hello\" failed:broken",
        ),
        ("in a transfer chunk", vec![say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\ndata: {}\n\n")], "failed:broken"),
        (
            "a reply short of its length",
            vec![say("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{")],
            "failed:broken",
        ),
        ("after its finish, by a reset", begun(&[say(END.split("data: [").next().unwrap()), Act::Reset]), "a\"Hello\" stop"),
    ] {
        // What had arrived before a reset may be lost with it, in the system's own buffers.
        if name.contains("reset") {
            let server = Server::scripted(vec![script]).await;
            let end = told(models().open(call(&server.api_base))).await;
            assert!(end == expected || end == "failed:broken" || end == "a\"Hello\" failed:broken", "{name}: {end}");
        } else {
            check(name, vec![script, answer()], expected).await;
        }
    }
}

#[tokio::test]
async fn nonsense_and_floods() {
    for (name, script, expected) in [
        ("not HTTP", vec![say("SSH-2.0-OpenSSH_9.2\r\n\r\n")], "failed:broken"),
        ("zeros", vec![Act::Say(vec![0; 4096])], "failed:broken"),
        ("an endless head", vec![say("HTTP/1.1 200 OK\r\nX: "), Act::Flood(4 << 20)], "failed:broken"),
        ("JSON broken in an event", begun(&[say("data: {\"choices\":[\n\n")]), "a\"Hello\" failed:malformed"),
        ("text in an event", begun(&[say("data: oops\n\n")]), "a\"Hello\" failed:malformed"),
        ("a list in an event", begun(&[say("data: [1]\n\n")]), "a\"Hello\" failed:malformed"),
        ("deep nesting", begun(&[say(&format!("data: {}\n\n", "[".repeat(100_000)))]), "a\"Hello\" failed:malformed"),
        ("bytes that are no lines", vec![Act::Say(head()), Act::Say(vec![0xFF; 2000])], "failed:broken"),
        (
            "invalid UTF-8 in text",
            vec![Act::Say(head()), Act::Say([b"data: {\"choices\":[{\"delta\":{\"content\":\"\xFF\"}}]}\n\n", END.as_bytes()].concat())],
            "a\"\u{fffd}\" stop",
        ),
        ("a line of 30 MB", begun(&[Act::Flood(30_000_000)]), "a\"Hello\" failed:line_too_long"),
        (
            "a reply of 30 MB",
            vec![say("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"), Act::Flood(30_000_000)],
            "failed:too_much",
        ),
        ("an error object", begun(&[say("data: {\"error\":{\"message\":\"m\"}}\n\n")]), "a\"Hello\" failed:reported"),
        ("an error word", begun(&[say("data: {\"error\":\"m\"}\n\n")]), "a\"Hello\" failed:reported"),
        ("an answer without a word", vec![Act::Say(head()), say(END)], "failed:empty"),
        ("an answer of white space", vec![Act::Say(head()), say(&TOKEN.replace("Hello", " \\n ")), say(END)], "failed:empty"),
    ] {
        check(name, vec![script, answer()], expected).await;
    }
}

#[tokio::test]
async fn an_answer_without_end_is_cut_at_the_limit() {
    let part = TOKEN.replace("Hello", &"x".repeat(500_000));
    let server = Server::scripted(vec![vec![Act::Say(head()), Act::Repeat(part.into_bytes())]]).await;
    let end = told(models().open(call(&server.api_base))).await;
    assert_eq!(end, "a[8000000] failed:too_much");
}

#[tokio::test]
async fn silence_runs_into_its_limit() {
    let short = Limits { idle: Duration::from_secs(1), ..GENEROUS };
    // Side by side, because each takes its second.
    let checks = [
        ("before the head", vec![Act::Hold], "failed:timeout:Begin"),
        ("after the head", vec![Act::Say(head()), Act::Hold], "failed:timeout:Begin"),
        ("after text", begun(&[Act::Hold]), "a\"Hello\" failed:timeout:Idle"),
        ("in a line", begun(&[say("data: {"), Act::Hold]), "a\"Hello\" failed:timeout:Idle"),
        ("after the finish", begun(&[say(END.split("data: [").next().unwrap()), Act::Hold]), "a\"Hello\" stop"),
        ("in an error reply", vec![say("HTTP/1.1 400 No\r\nContent-Length: 9\r\n\r\n{"), Act::Hold], "failed:status:400"),
    ]
    .map(|(name, script, expected)| check_within(short, name, vec![script, answer()], expected));
    futures_util::future::join_all(checks).await;
    let total = Limits { total: Duration::from_millis(300), ..GENEROUS };
    let done = begun(&[say(END.split("data: [").next().unwrap()), Act::Repeat(b": alive\n\n".to_vec())]);
    check_within(short, "signs of life after the finish", vec![done], "a\"Hello\" stop").await;
    let alive = vec![Act::Say(head()), Act::Repeat(b": alive\n\n".to_vec())];
    check_within(total, "signs of life for ever", vec![alive, answer()], "failed:timeout:Total").await;
}

#[tokio::test]
async fn a_wait_that_would_outlast_the_call_is_not_begun() {
    let limits = Limits { total: Duration::from_secs(5), ..GENEROUS };
    let server = Server::scripted(vec![vec![Act::Say(reply("429 Slow", "Retry-After: 50\r\n", "{}"))], answer()]).await;
    let patient = super::super::retry::RetryPlan::seeded(1);
    let call = ModelCall { limits, ..call(&server.api_base) };
    assert_eq!(told(super::Models::with_retries(patient).open(call)).await, "failed:rate_limited");
}

#[tokio::test]
async fn nobody_there() {
    let call = call(&format!("http://127.0.0.1:{}/v1", free_port().await));
    assert_eq!(told(models().open(call.clone())).await, "retry:2 retry:3 retry:4 failed:connect");
    let mut stream = models().open(call);
    let Some(ModelEvent::Retrying { attempt: 2, wait, reason }) = stream.next().await else { panic!("no retry") };
    assert!(wait <= Duration::from_millis(1));
    assert!(reason.starts_with("the model server refused the connection (http://127.0.0.1:"), "{reason}");
}

#[tokio::test]
async fn names_that_do_not_exist_and_addresses_that_are_none() {
    let call = |base: &str| call(base);
    assert_eq!(told(models().open(call("ftp://x"))).await, "failed:bad_address");
    assert_eq!(told(models().open(call("http://u:p@127.0.0.1/v1"))).await, "failed:bad_address");
    assert_eq!(told(models().open(call("http://no-such-host.invalid/v1"))).await, "retry:2 retry:3 retry:4 failed:connect");
}

#[tokio::test]
async fn a_server_that_never_greets_runs_into_the_connect_limit() {
    let server = Server::scripted(vec![vec![]; 4]).await;
    let limits = Limits { connect: Duration::from_millis(100), ..GENEROUS };
    let call = ModelCall { limits, ..call(&server.api_base.replace("http:", "https:")) };
    assert_eq!(told(models().open(call)).await, "retry:2 retry:3 retry:4 failed:timeout:Connect");
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_takes_no_key_along() {
    let mut other = Server::scripted(vec![vec![], vec![]]).await;
    let to = format!("HTTP/1.1 307 Moved\r\nLocation: {}/chat/completions\r\nContent-Length: 0\r\n\r\n", other.api_base);
    let server = Server::scripted(vec![vec![say(&to)], answer()]).await;
    let mut stream = models().open(call(&server.api_base));
    let Some(ModelEvent::Failed(error)) = stream.next().await else { panic!("no failure") };
    assert!(error.to_string().contains("it redirects to http://127.0.0.1:"), "{error}");
    // The first request the other server sees is this one.
    told(models().open(ModelCall { model: "mark".to_owned(), ..call(&other.api_base) })).await;
    assert!(other.request().await.contains("\"model\":\"mark\""));
}

#[tokio::test]
async fn a_key_in_the_servers_words_is_masked() {
    for script in [
        error("401 Unauthorized", &format!("{{\"message\":\"Incorrect API key provided: {KEY}\"}}")),
        error("500 Oh", &format!("{{\"message\":\"{}{KEY}\"}}", "x".repeat(285))),
        begun(&[say(&format!("data: {{\"error\":\"{KEY}\"}}\n\n"))]),
        begun(&[say(&format!("data: {KEY}\n\n"))]),
    ] {
        let server = Server::scripted(vec![script]).await;
        let mut stream = models().open(call(&server.api_base));
        while let Some(event) = stream.next().await {
            let shown = format!("{event:?}");
            assert!(!shown.contains("sk-test"), "{shown}");
            if let ModelEvent::Failed(error) = event {
                assert!(!error.to_string().contains("sk-test"), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_sent_is_told() {
    let mut call = call("http://127.0.0.1:9/v1");
    call.endpoint = super::Endpoint::OpenAi {
        api_base: "http://127.0.0.1:9/v1".to_owned(),
        api_key: Some(super::Secret::new("two\nlines")),
        extra: super::Extra::default(),
    };
    let mut stream = models().open(call);
    assert!(matches!(stream.next().await, Some(ModelEvent::Failed(ModelError::Auth { .. }))));
}
