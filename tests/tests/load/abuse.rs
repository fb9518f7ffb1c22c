//! Connections that are opened and not used as they should be.

use std::time::{Duration, Instant};

use alcove_tests::gateway::{Gateway, Home, Stream};
use alcove_tests::http::{bootstrap, request};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinSet;

use crate::ALONE;

/// How soon a connection that does not ask for anything is gone.
const HALF_OPEN_LIMIT: Duration = Duration::from_secs(10);
/// How long a fresh request may take beside it all.
const FRESH_LIMIT: Duration = Duration::from_millis(500);
/// Connections of each kind.
const EACH: usize = 50;

/// What a client says that never finishes its request.
const BEGINNINGS: &[&str] = &[
    "",
    "G",
    "GET / HTTP/1.1",
    "GET / HTTP/1.1\r\nHost: 127",
    "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n",
];

/// Waits until the gateway closes; how long that took.
async fn until_closed(mut stream: Stream, began: Instant) -> Duration {
    let mut part = [0; 4096];
    while let Ok(1..) = stream.read(&mut part).await {}
    began.elapsed()
}

/// Drips a byte whenever the last one was taken, as slowly as the other side reads it; how long until the gateway closes.
async fn drip(mut stream: Stream, began: Instant) -> Duration {
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n").await.unwrap();
    let mut ticks = tokio::time::interval(Duration::from_millis(200));
    let mut part = [0; 4096];
    loop {
        tokio::select! {
            _ = ticks.tick() => if stream.write_all(b"X: y\r\n").await.is_err() { return began.elapsed(); },
            read = stream.read(&mut part) => if !matches!(read, Ok(1..)) { return began.elapsed(); },
        }
    }
}

pub async fn assert_quick(gateway: &Gateway, beside: &str) {
    // The quickest of a few: what else the machine does is not measured.
    let mut took = Duration::MAX;
    for _ in 0..5 {
        let began = Instant::now();
        bootstrap(gateway).await;
        took = took.min(began.elapsed());
    }
    assert!(took < FRESH_LIMIT, "a fresh request took {took:?} beside {beside}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_ask_for_nothing_are_gone_soon() {
    let _alone = ALONE.lock().await;
    let home = Home::default();
    let gateway = home.tcp();
    let quiet = gateway.descriptors();
    let mut waiting = JoinSet::new();
    let began = Instant::now();
    for beginning in BEGINNINGS {
        for _ in 0..EACH {
            let mut stream = gateway.connect().await;
            stream.write_all(beginning.as_bytes()).await.unwrap();
            waiting.spawn(until_closed(stream, began));
        }
    }
    for _ in 0..EACH {
        waiting.spawn(drip(gateway.connect().await, began));
    }
    assert_quick(&gateway, "half-open connections").await;
    let times = alcove_tests::within("every connection is closed", waiting.join_all()).await;
    let slowest = times.iter().max().unwrap();
    assert!(*slowest < HALF_OPEN_LIMIT, "the last was gone after {slowest:?}");
    alcove_tests::until("descriptors are given back", || gateway.descriptors() <= quiet + 8).await;
    eprintln!("{} half-open connections, the last gone after {slowest:?}", times.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_connections_leave_room_for_one_more() {
    let _alone = ALONE.lock().await;
    let home = Home::default();
    let gateway = home.tcp();
    let before = gateway.resident();
    let mut open = Vec::new();
    for _ in 0..1_000 {
        open.push(gateway.connect().await);
    }
    assert_quick(&gateway, "a thousand connections").await;
    let held = gateway.resident().saturating_sub(before);
    assert!(held < 64 * 1024, "{held} KiB for a thousand connections");
    // Each of them may still ask.
    for mut stream in open.into_iter().take(100) {
        let asked = format!("GET /api/sessions HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", gateway.host());
        stream.write_all(asked.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 401"), "{}", String::from_utf8_lossy(&answer));
    }
    assert_quick(&gateway, "a thousand connections").await;
    eprintln!("{held} KiB for a thousand connections");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_secrets_cost_their_sender_time_and_nobody_else() {
    let _alone = ALONE.lock().await;
    let home = Home::default();
    let gateway = std::sync::Arc::new(home.tcp());
    let mut wrong = JoinSet::new();
    for number in 0..100 {
        let gateway = gateway.clone();
        wrong.spawn(async move {
            let answer = request(&gateway, "GET /webui/bootstrap", &[format!("Authorization: Bearer guess-{number}")]).await;
            assert_eq!(answer.status, 401);
        });
    }
    assert_quick(&gateway, "a hundred guesses").await;
    wrong.join_all().await;
    assert_quick(&gateway, "nothing: nobody is locked out").await;
}
