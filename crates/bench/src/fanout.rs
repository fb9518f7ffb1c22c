//! P1: one chat, a hundred subscribers. How many streamed frames a second reach them, and what a frame costs the server.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::baseline::{original, uws};
use crate::crowd::{self, Crowd, Round, Seen};
use crate::door::{Door, new_chat, prompt};
use crate::error::Error;
use crate::gateway::Gateway;
use crate::model::{self, Script};
use crate::process::Running;
use crate::say::{self, Unit};
use crate::socket::{Deflate, Socket};

const SUBSCRIBERS: usize = 100;
/// Chunks of an unpaced answer.
const CHUNKS: u32 = 20_000;
/// The same for the original, which is slower.
const CHUNKS_ORIGINAL: u32 = 1_500;
/// Chunks a second of a fast local model and of a slow one, and for how long.
const FAST: u32 = 1_000;
const SLOW: u32 = 50;
const PACED_SECONDS: u32 = 6;
const CHARACTERS: u32 = 6;

/// What a round showed.
struct Outcome {
    /// Streamed chunks times subscribers, a second.
    deliveries: f64,
    /// WebSocket frames a second.
    frames: f64,
    /// Server processor time a delivered chunk, in microseconds.
    cost: f64,
    round: Round,
}

/// The rounds of one server.
struct Outcomes {
    /// As fast as the model is read.
    flood: Outcome,
    /// At [`FAST`] chunks a second.
    fast: Outcome,
    /// At [`SLOW`] chunks a second.
    slow: Outcome,
}

/// Runs it.
pub(crate) fn run(temp: &Path) -> Result<(), Error> {
    say::opening(
        "fanout",
        &[
            "one chat, 100 WebSocket subscribers on loopback TCP, read by one epoll thread; the answer comes from a scripted model server over SSE.",
            "a delivery is one chunk of the model's answer at one subscriber; ours and the original may join chunks that are there at once into one",
            "frame, so frames are shown beside. Ours: everything as shipped, finished segments durable. uWebSockets: broadcasts ready-made frames of",
            "our frames' size, one a chunk, stores nothing, parses nothing, has no model.",
        ],
    );
    let model = model::start()?;
    let mine = ours(temp, model)?;
    show("ours", &mine);
    for (deflate, how) in [(Deflate::Offered, ", compressing, as browsers ask"), (Deflate::Unknown, ", not compressing")] {
        say::heading(&format!("against {}{how}", original::NAME));
        match original(temp, model, deflate) {
            Ok(theirs) => compare(original::NAME, &mine, &theirs),
            Err(error) => say::unavailable(original::NAME, &error),
        }
    }
    let frame_bytes = mine.slow.round.frame_bytes;
    say::heading(&format!("against {}, frames of {frame_bytes} bytes", uws::NAME));
    match broadcaster(temp, frame_bytes) {
        Ok(theirs) => compare(uws::NAME, &mine, &theirs),
        Err(error) => say::unavailable(uws::NAME, &error),
    }
    Ok(())
}

fn show(who: &str, outcomes: &Outcomes) {
    for (how, outcome) in [("as fast as it goes", &outcomes.flood), ("fast model", &outcomes.fast), ("slow model", &outcomes.slow)] {
        let round = &outcome.round;
        let short = if round.short > 0 { format!(", {} SUBSCRIBERS WERE NOT SERVED WHOLE", round.short) } else { String::new() };
        say::line(&format!(
            "{who}, {how}: {} chunks seen, {} frames in {:.2} s, {:.2} µs server CPU a delivery, {:.2} µs a frame{short}",
            round.characters.div_ceil(u64::from(CHARACTERS)),
            round.frames,
            round.time.as_secs_f64(),
            outcome.cost,
            outcome.cost * outcome.deliveries / outcome.frames,
        ));
    }
}

fn compare(name: &str, ours: &Outcomes, theirs: &Outcomes) {
    show(name, theirs);
    say::against("deliveries, as fast as it goes", ours.flood.deliveries, (name, theirs.flood.deliveries), Unit::PerSecond);
    say::against("frames, as fast as it goes", ours.flood.frames, (name, theirs.flood.frames), Unit::PerSecond);
    say::against("server CPU a delivery, as fast as it goes", ours.flood.cost, (name, theirs.flood.cost), Unit::Microseconds);
    let fast = format!("at {FAST} chunks/s");
    say::against(&format!("deliveries, {fast}"), ours.fast.deliveries, (name, theirs.fast.deliveries), Unit::PerSecond);
    say::against(&format!("frames, {fast}"), ours.fast.frames, (name, theirs.fast.frames), Unit::PerSecond);
    say::against(&format!("server CPU a delivery, {fast}"), ours.fast.cost, (name, theirs.fast.cost), Unit::Microseconds);
    say::against(&format!("server CPU a delivery, at {SLOW} chunks/s"), ours.slow.cost, (name, theirs.slow.cost), Unit::Microseconds);
}

fn ours(temp: &Path, model: SocketAddr) -> Result<Outcomes, Error> {
    let gateway = Gateway::start_scripted(&temp.join("ours"), model)?;
    rounds(&gateway.door, &gateway.process, CHUNKS, Deflate::Unknown)
}

fn original(temp: &Path, model: SocketAddr, deflate: Deflate) -> Result<Outcomes, Error> {
    let home = tempfile::tempdir_in(temp).map_err(Error::io("make a folder"))?;
    original::install()?;
    original::furnish(home.path(), 0)?;
    let server = original::Original::start(home.path(), model)?;
    rounds(&server.door, &server.process, CHUNKS_ORIGINAL, deflate)
}

fn rounds(door: &Door, server: &Running, chunks: u32, deflate: Deflate) -> Result<Outcomes, Error> {
    let script = |chunks, rate| Script { chunks, rate, size: CHARACTERS, stamp: false };
    // The first round warms up and is not counted.
    round(door, server, script(chunks / 10, 0), deflate)?;
    Ok(Outcomes {
        flood: round(door, server, script(chunks, 0), deflate)?,
        fast: round(door, server, script(FAST * PACED_SECONDS, FAST), deflate)?,
        slow: round(door, server, script(SLOW * PACED_SECONDS, SLOW), deflate)?,
    })
}

fn round(door: &Door, server: &Running, script: Script, deflate: Deflate) -> Result<Outcome, Error> {
    let mut owner = door.connect(Deflate::Unknown)?;
    let chat = new_chat(&mut owner)?;
    let mut sockets = vec![owner];
    for _ in 1..SUBSCRIBERS {
        sockets.push(door.subscribe(&chat, deflate)?);
    }
    let mut crowd = Crowd::new(sockets)?;
    crowd.settle()?;
    let before = server.cpu();
    prompt(crowd.witness(), &chat, script, 1)?;
    let round = crowd.count(crowd::envelope)?;
    Ok(outcome(round, server.cpu() - before, u64::from(script.chunks)))
}

fn outcome(round: Round, cpu: Duration, chunks: u64) -> Outcome {
    let deliveries = (chunks * SUBSCRIBERS as u64) as f64;
    let seconds = round.time.as_secs_f64();
    Outcome { deliveries: deliveries / seconds, frames: round.frames as f64 / seconds, cost: cpu.as_secs_f64() * 1e6 / deliveries, round }
}

fn broadcaster(temp: &Path, frame_bytes: usize) -> Result<Outcomes, Error> {
    let server = uws::Broadcaster::start(temp, frame_bytes)?;
    let sockets: Result<Vec<Socket>, Error> = (0..SUBSCRIBERS).map(|_| Socket::connect(server.address, "/", Deflate::Unknown)).collect();
    let mut crowd = Crowd::new(sockets?)?;
    crowd.settle()?;
    let mut one = |chunks: u32, batch: u32, interval_ms: u32| {
        let before = server.process.cpu();
        crowd.witness().send(&json!(format!("{chunks} {batch} {interval_ms}")))?;
        let round = crowd.count(|payload| match payload.first() {
            Some(b'E') => Seen::End(u64::from(CHARACTERS)),
            _ => Seen::Piece(u64::from(CHARACTERS)),
        })?;
        crowd.settle()?;
        Ok::<_, Error>(outcome(round, server.process.cpu() - before, u64::from(chunks)))
    };
    one(CHUNKS / 10, 64, 0)?;
    // The best of several batch sizes counts.
    let mut flood = one(CHUNKS, 32, 0)?;
    for batch in [128, 512] {
        let next = one(CHUNKS, batch, 0)?;
        if next.deliveries > flood.deliveries {
            flood = next;
        }
    }
    Ok(Outcomes { flood, fast: one(FAST * PACED_SECONDS, 1, 1000 / FAST)?, slow: one(SLOW * PACED_SECONDS, 1, 1000 / SLOW)? })
}
