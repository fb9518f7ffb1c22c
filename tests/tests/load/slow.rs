//! One subscriber that does not read beside many that do.

use std::time::{Duration, Instant};

use alcove_tests::client::{Client, Frame, raw_frame};
use alcove_tests::gateway::{Gateway, Home};
use alcove_tests::model::{Call, ModelServer};
use alcove_tests::tap::{Tally, Tap, Tapped};
use tokio::task::JoinSet;

use crate::ALONE;

/// Subscribers that read.
const READERS: usize = 99;
/// Pieces streamed.
const PIECES: u64 = 20_000;
/// How much more memory the gateway may hold at the end, in KiB.
const GROWTH: u64 = 16 * 1024;
/// Text of a piece, so that one stalled subscriber's share exceeds what the system keeps for it many times over.
const PIECE: &str = "A piece of an answer that goes on for a while. ";
/// How long a subscriber does not read: longer than it may, shorter than the reason is kept for it.
const STALL: Duration = Duration::from_secs(15);
/// How soon the gateway ends, whoever does not read.
const END_LIMIT: Duration = Duration::from_secs(6);

/// A gateway with a scripted model and a chat whose first turn waits in the scenario's hands.
async fn waiting_turn(home: &Home) -> (Gateway, ModelServer, Client, Call) {
    let gateway = home.unix();
    let mut model = ModelServer::start().await;
    let mut client = Client::connect(&gateway).await;
    client.choose_model("scripted", &model.base()).await;
    client.attach("chat").await;
    client.say("chat", "t1", "Talk.").await;
    let call = model.call().await;
    (gateway, model, client, call)
}

/// Reads to the end of the turn.
async fn read_all(mut tap: Tap) -> Tally {
    let mut tally = Tally::default();
    loop {
        match tap.next().await {
            Tapped::Text(text) => {
                tally.take(text);
                if text.contains("\"status\":\"idle\"") {
                    return tally;
                }
            }
            other => panic!("a reader was let go after event {}: {other:?}", tally.last_seq),
        }
    }
}

/// Reads nothing for a while, then everything: what had been sent, in order, and then why it was let go.
async fn read_after(mut tap: Tap, pause: Duration) -> (Tally, u16) {
    // Not reading for some time is what is tried here; nothing is waited for.
    tokio::time::sleep(pause).await;
    let mut tally = Tally::default();
    loop {
        match tap.next().await {
            Tapped::Text(text) => tally.take(text),
            Tapped::Closed(code) => return (tally, code),
            Tapped::Gone => return (tally, 0),
        }
    }
}

/// Streams pieces as fast as they are taken, until the witness has heard them all.
async fn stream(call: &mut Call, witness: &mut Tap, pieces: u64) {
    let saying = async {
        for _ in 0..pieces {
            call.say(PIECE).await;
        }
    };
    let hearing = async {
        let mut heard = 0;
        while heard < pieces {
            match witness.next().await {
                Tapped::Text(text) => heard += u64::from(text.contains("\"event\":\"delta\"")),
                other => panic!("the witness was let go: {other:?}"),
            }
        }
    };
    tokio::join!(saying, hearing);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_does_not_read_beside_ninety_nine_that_do() {
    let _alone = ALONE.lock().await;
    let home = Home::default();
    let (gateway, _model, client, mut call) = waiting_turn(&home).await;
    drop(client);
    let sleeper = Tap::attach(&gateway, "chat", 0).await;
    let mut witness = Tap::attach(&gateway, "chat", 0).await;
    let mut readers = JoinSet::new();
    for _ in 0..READERS - 1 {
        readers.spawn(read_all(Tap::attach(&gateway, "chat", 0).await));
    }
    // The first pieces let every buffer come to its size.
    stream(&mut call, &mut witness, PIECES / 20).await;
    let mut stalled = JoinSet::new();
    stalled.spawn(read_after(sleeper, STALL));
    let before = gateway.resident();
    let began = Instant::now();
    stream(&mut call, &mut witness, PIECES).await;
    let took = began.elapsed();
    let grown = gateway.resident().saturating_sub(before);
    call.end().await;
    let tallies = readers.join_all().await;
    assert_eq!(tallies.len(), READERS - 1);
    for tally in &tallies {
        assert_eq!((tally.events, tally.digest()), (tallies[0].events, tallies[0].digest()));
        assert!(tally.events > PIECES);
    }
    assert!(grown < GROWTH, "{grown} KiB more");

    let (mut tally, code) = stalled.join_next().await.expect("it stalled").expect("it read in the end");
    assert_eq!(code, 4408);
    assert!(tally.events > 0 && tally.last_seq < tallies[0].last_seq);
    // And comes back for the rest, once.
    let mut back = Tap::attach(&gateway, "chat", tally.last_seq).await;
    while tally.last_seq < tallies[0].last_seq {
        let Tapped::Text(text) = back.next().await else { panic!("let go after event {}", tally.last_seq) };
        tally.take(text);
    }
    assert_eq!((tally.events, tally.digest()), (tallies[0].events, tallies[0].digest()));
    let rate = PIECES as f64 * READERS as f64 / took.as_secs_f64();
    eprintln!("{PIECES} pieces to {READERS} readers in {took:?}, {rate:.0} frames a second; {grown} KiB more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_reads_slowly_loses_nothing() {
    let _alone = ALONE.lock().await;
    let home = Home::default();
    let (gateway, _model, client, mut call) = waiting_turn(&home).await;
    drop(client);
    let mut slow = Tap::attach(&gateway, "chat", 0).await;
    let mut witness = Tap::attach(&gateway, "chat", 0).await;
    let mut tally = Tally::default();
    // It takes one frame while a hundred are told, and falls behind what is kept in memory.
    for _ in 0..40 {
        stream(&mut call, &mut witness, 100).await;
        let Tapped::Text(text) = slow.next().await else { panic!("let go after event {}", tally.last_seq) };
        tally.take(text);
    }
    call.end().await;
    let reading = async {
        while let Tapped::Text(text) = slow.next().await {
            tally.take(text);
            if text.contains("\"status\":\"idle\"") {
                return;
            }
        }
        panic!("let go after event {}", tally.last_seq);
    };
    reading.await;
    assert!(tally.events > 4_000, "{}", tally.events);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gateway_ends_whoever_does_not_read() {
    let _alone = ALONE.lock().await;
    let home = Home::default();
    let (gateway, _model, mut client, mut call) = waiting_turn(&home).await;
    let mut witness = Tap::attach(&gateway, "chat", 0).await;
    // One that stopped reading in the middle of an answer, and one that only sends pings.
    let _stalled = Tap::attach(&gateway, "chat", 0).await;
    let mut pinging = Tap::attach(&gateway, "chat", 0).await;
    let flood = raw_frame(0x89, &[7; 125]).repeat(1_000);
    for _ in 0..20 {
        pinging.send_raw(&flood).await;
    }
    stream(&mut call, &mut witness, 4_000).await;
    client.say("chat", "s1", "/stop").await;
    client.until(Frame::is_idle).await;
    let (status, took) = tokio::task::spawn_blocking(|| gateway.terminate()).await.unwrap();
    assert!(status.success(), "{status}");
    assert!(took < END_LIMIT, "the gateway took {took:?} to end");
}
