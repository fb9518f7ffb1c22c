//! P2: from the moment the model server sends a chunk to the moment a client has read its frame, twenty chats at 200 tokens a second.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::baseline::{original, python};
use crate::door::{Door, new_chat, prompt};
use crate::error::Error;
use crate::figure::Figures;
use crate::gateway::Gateway;
use crate::model::{self, Script, clock_ns};
use crate::process::Running;
use crate::say::{self, Unit};
use crate::socket::{Deflate, Socket};

const CHATS: u32 = 20;
const RATE: u32 = 200;
const SECONDS: u32 = 6;
const SCRIPT: Script = Script { chunks: RATE * SECONDS, rate: RATE, size: 6, stamp: true };

/// What was seen of one server.
struct Outcome {
    /// Milliseconds from sent to read, one a chunk.
    times: Figures,
    /// Server processor time a chunk, in microseconds.
    cost: f64,
}

/// Runs it.
pub(crate) fn run(temp: &Path) -> Result<(), Error> {
    say::opening(
        "latency",
        &[
            "20 chats at once, one WebSocket each, a scripted model streaming 200 chunks a second to each for 6 s; each chunk carries the time it was",
            "written to the model's socket, and the client, in the same process, reads the clock when it has the frame. A joined frame counts for each",
            "of its chunks. The openai SDK baseline is the shortest possible gateway: it stores nothing and serves nothing else.",
        ],
    );
    let model = model::start()?;
    let gateway = Gateway::start_scripted(&temp.join("ours"), model)?;
    let mine = through(&gateway.door, &gateway.process)?;
    drop(gateway);
    say::figure("ours: chunks", &mine.times.count().to_string());
    for (name, outcome) in [(python::SDK_NAME, sdk(temp, model)), (original::NAME, original(temp, model))] {
        say::heading(&format!("against {name}"));
        match outcome {
            Ok(theirs) => {
                say::against("model chunk to frame read, p50", mine.times.median(), (name, theirs.times.median()), Unit::Milliseconds);
                say::against("model chunk to frame read, p99", mine.times.p99(), (name, theirs.times.p99()), Unit::Milliseconds);
                say::against("server CPU a chunk", mine.cost, (name, theirs.cost), Unit::Microseconds);
            }
            Err(error) => say::unavailable(name, &error),
        }
    }
    Ok(())
}

fn original(temp: &Path, model: SocketAddr) -> Result<Outcome, Error> {
    original::install()?;
    let home = temp.join("original");
    original::furnish(&home, 0)?;
    let server = original::Original::start(&home, model)?;
    through(&server.door, &server.process)
}

fn through(door: &Door, server: &Running) -> Result<Outcome, Error> {
    let mut clients = Vec::new();
    for _ in 0..CHATS {
        let mut socket = door.connect(Deflate::Unknown)?;
        let chat = new_chat(&mut socket)?;
        clients.push((socket, chat));
    }
    measure(clients, server, |socket, chat| prompt(socket, chat, SCRIPT, 1))
}

fn sdk(temp: &Path, model: SocketAddr) -> Result<Outcome, Error> {
    let (server, address) = python::start_sdk(temp, model)?;
    let mut clients = Vec::new();
    for _ in 0..CHATS {
        clients.push((Socket::connect(address, "/", Deflate::Unknown)?, String::new()));
    }
    measure(clients, &server, |socket, _| socket.send(&json!({"content": SCRIPT.prompt()})))
}

fn measure(
    clients: Vec<(Socket, String)>,
    server: &Running,
    ask: impl Fn(&mut Socket, &str) -> Result<(), Error>,
) -> Result<Outcome, Error> {
    let (tx, rx) = sync_channel(clients.len());
    let before = server.cpu();
    for (mut socket, chat) in clients {
        ask(&mut socket, &chat)?;
        let tx = tx.clone();
        // The receiver waits for every client.
        thread::spawn(move || tx.send(times(&mut socket)).ok());
        // Turns that begin at the same instant would stream in step, as no twenty models do.
        thread::sleep(Duration::from_micros(1_000_000 / u64::from(RATE * CHATS)));
    }
    drop(tx);
    let mut all = Vec::new();
    for found in rx {
        all.extend(found?);
    }
    let wanted = (CHATS * SCRIPT.chunks) as usize;
    if all.len() < wanted {
        return Err(Error::broken(format!("only {} of {wanted} chunks came", all.len())));
    }
    let cost = (server.cpu() - before).as_secs_f64() * 1e6 / all.len() as f64;
    Ok(Outcome { times: Figures::of(all), cost })
}

fn times(socket: &mut Socket) -> Result<Vec<f64>, Error> {
    let mut times = Vec::new();
    let mut rest = String::new();
    let mut ended = false;
    while !ended {
        socket.drain(&mut |payload| {
            let now = clock_ns();
            let frame: Value = serde_json::from_slice(payload).unwrap_or_default();
            match frame["event"].as_str() {
                Some("delta") => {
                    rest.push_str(frame["text"].as_str().unwrap_or_default());
                    // A stamp is whole once its space is there, which may be held back to the next frame.
                    while let Some((stamp, after)) = rest.split_once(' ') {
                        times.extend(u64::from_str_radix(stamp, 16).map(|sent| now.saturating_sub(sent) as f64 / 1e6));
                        rest = after.to_owned();
                    }
                }
                Some("turn_end") => ended = true,
                Some(_) | None => {}
            }
        })?;
    }
    if let Ok(sent) = u64::from_str_radix(rest.trim(), 16) {
        times.push(clock_ns().saturating_sub(sent) as f64 / 1e6);
    }
    Ok(times)
}
