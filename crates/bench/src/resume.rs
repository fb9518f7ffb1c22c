//! P10: a client that reconnects ten thousand events behind; against fetching the thread again.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::door::Door;
use crate::error::Error;
use crate::figure::{Figures, ms};
use crate::fixture::{Mould, cast, chat_id};
use crate::gateway::Gateway;
use crate::model;
use crate::say::{self, Unit};
use crate::socket::Deflate;

const BEHIND: u64 = 10_000;
const RUNS: u32 = 15;

/// Runs it.
pub(crate) fn run(temp: &Path) -> Result<(), Error> {
    say::opening(
        "resume",
        &[
            "a client attaches with `after_seq` 10,000 events behind; from sending `attach` to reading the last of the 10,000 events, on an open WebSocket.",
            "baseline: the same gateway's thread page of the same stretch, as HTTP request on a new connection, to its last byte, parsed as JSON.",
            "the chat is read from the store each time: the gateway was started after it was written, nothing of it is in memory but the page cache.",
        ],
    );
    let model = model::start()?;
    for (pieces, words) in [(100, "turns of about 100 events"), (10_000, "one answer of 10,000 pieces")] {
        say::heading(words);
        let data = temp.join(format!("pieces-{pieces}"));
        let mould = cast(&data, model, pieces)?;
        let turns = u32::try_from(BEHIND / mould.events() + 2).unwrap_or(u32::MAX);
        mould.fill(&data, 1, turns)?;
        measure(&data, &mould, turns)?;
    }
    Ok(())
}

fn measure(data: &Path, mould: &Mould, turns: u32) -> Result<(), Error> {
    let gateway = Gateway::start(data)?;
    let last = mould.events() * u64::from(turns);
    let (mut resumed, mut fetched, mut bytes) = (Vec::new(), Vec::new(), 0);
    for run in 0..=RUNS {
        let time = resume(&gateway.door, last)?;
        let (page, length) = refetch(&gateway.door, mould)?;
        bytes = length;
        // The first brings the file into the page cache.
        if run > 0 {
            resumed.push(ms(time));
            fetched.push(ms(page));
        }
    }
    let (resumed, fetched) = (Figures::of(resumed), Figures::of(fetched));
    say::figure("10,000 events behind to the last: p50, slowest", &format!("{:.1} {:.1} ms", resumed.median(), resumed.max()));
    say::figure(&format!("thread page of {bytes} bytes: p50, slowest"), &format!("{:.1} {:.1} ms", fetched.median(), fetched.max()));
    say::against("to the last event", resumed.median(), ("thread refetch", fetched.median()), Unit::Milliseconds);
    Ok(())
}

fn resume(door: &Door, last: u64) -> Result<Duration, Error> {
    let mut socket = door.connect(Deflate::Unknown)?;
    let began = Instant::now();
    socket.send(&json!({"type": "attach", "chat_id": chat_id(0), "after_seq": last - BEHIND}))?;
    let (mut heard, mut seq) = (0, last - BEHIND);
    let mut broken = None;
    while seq < last && broken.is_none() {
        socket.drain(&mut |payload| {
            let frame: serde_json::Value = serde_json::from_slice(payload).unwrap_or_default();
            match frame["seq"].as_u64() {
                Some(next) if next == seq + 1 => {
                    seq = next;
                    heard += 1;
                }
                Some(next) => broken = Some(format!("event {next} came after {seq}")),
                None if frame["event"] == "resync" || frame["event"] == "error" => broken = Some(frame.to_string()),
                None => {}
            }
        })?;
    }
    match broken {
        Some(words) => Err(Error::broken(words)),
        None => Ok(began.elapsed()),
    }
}

fn refetch(door: &Door, mould: &Mould) -> Result<(Duration, usize), Error> {
    let (_, token) = door.bootstrap()?;
    let messages = u32::try_from((BEHIND / mould.events()).max(1) * 2).unwrap_or(u32::MAX).min(1000);
    let began = Instant::now();
    let answer = door.thread(&token, &chat_id(0), messages)?;
    answer.json("the thread")?;
    Ok((began.elapsed(), answer.body.len()))
}
