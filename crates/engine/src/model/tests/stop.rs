//! Stopping: a dropped stream closes its connection at once, and an abandoned `next` loses nothing.

use std::time::Duration;

use tokio::time;

use super::super::ModelEvent;
use super::server::{Act, Seen, Server, head};
use super::{call, models, told};

const TOKEN: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}\n\n";

/// What the gateway promises between Stop and the end of the server's work.
const PROMISED: Duration = Duration::from_millis(500);

#[tokio::test]
async fn dropping_a_stream_closes_the_connection() {
    let script = vec![Act::Say(head()), Act::Say(TOKEN.as_bytes().to_vec()), Act::Hold];
    let mut server = Server::scripted(vec![script]).await;
    let models = models();
    let mut stream = models.open(call(&server.api_base));
    assert_eq!(stream.next().await, Some(ModelEvent::Answer("Hello".to_owned())));
    server.request().await;
    drop(stream);
    assert_eq!(time::timeout(PROMISED, server.seen.recv()).await, Ok(Some(Seen::Closed)));
}

#[tokio::test]
async fn dropping_a_stream_that_is_being_waited_on_closes_the_connection() {
    for said in [vec![], vec![Act::Say(head())]] {
        let mut server = Server::scripted(vec![[said, vec![Act::Hold]].concat()]).await;
        let models = models();
        let mut stream = models.open(call(&server.api_base));
        // The request has arrived while `next` is pending; this select is where Stop comes in.
        tokio::select! {
            event = stream.next() => panic!("{event:?}"),
            _ = server.request() => {}
        }
        drop(stream);
        assert_eq!(time::timeout(PROMISED, server.seen.recv()).await, Ok(Some(Seen::Closed)));
    }
}

#[tokio::test]
async fn a_stream_streams_while_the_server_produces() {
    let tokens = vec![Act::Say(head()), Act::Repeat(TOKEN.as_bytes().to_vec())];
    let server = Server::scripted(vec![tokens]).await;
    let mut stream = models().open(call(&server.api_base));
    for _ in 0..20 {
        assert!(matches!(stream.next().await, Some(ModelEvent::Answer(_))));
    }
}

#[tokio::test]
async fn an_abandoned_next_loses_nothing() {
    let mut script = vec![Act::Say(head())];
    let expected: String = (0..500).map(|number| format!("{number} ")).collect();
    script.extend(expected.split_inclusive(' ').map(|word| Act::Say(TOKEN.replace("Hello", word).into_bytes())));
    script.push(Act::Say(b"data: [DONE]\n\n".to_vec()));
    let server = Server::scripted(vec![script]).await;
    let mut stream = models().open(call(&server.api_base));
    let mut text = String::new();
    let mut abandoned = 0;
    loop {
        let event = tokio::select! {
            biased;
            event = stream.next() => event,
            () = tokio::task::yield_now() => {
                abandoned += 1;
                continue;
            }
        };
        match event {
            Some(ModelEvent::Answer(part)) => text.push_str(&part),
            Some(ModelEvent::Ended(_)) => break,
            other @ (Some(
                ModelEvent::Retrying { .. }
                | ModelEvent::Reasoning(_)
                | ModelEvent::Calling { .. }
                | ModelEvent::Calls(_)
                | ModelEvent::Failed(_),
            )
            | None) => {
                panic!("{other:?}")
            }
        }
    }
    assert_eq!(text, expected);
    assert!(abandoned > 0, "at least the connection was waited for");
}

#[tokio::test]
async fn nothing_happens_before_the_first_poll() {
    let answer = vec![Act::Say(head()), Act::Say(format!("{TOKEN}data: [DONE]\n\n").into_bytes())];
    let mut server = Server::scripted(vec![answer]).await;
    let models = models();
    let never_polled = models.open(call(&server.api_base));
    let polled = models.open(call(&server.api_base));
    assert_eq!(told(polled).await, "a\"Hello\" stop");
    drop(never_polled);
    server.request().await;
    assert!(server.seen.recv().await.is_none(), "one request in all");
}
