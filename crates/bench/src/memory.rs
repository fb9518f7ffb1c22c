//! P5: what the gateway holds: idle, with a hundred chats streaming, and for a thousand idle connections.

use std::net::SocketAddr;
use std::path::Path;
use std::thread;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::baseline::original::{self, Original};
use crate::door::{Door, new_chat, prompt};
use crate::error::Error;
use crate::figure::mib;
use crate::fixture;
use crate::gateway::Gateway;
use crate::model::{self, Script};
use crate::process::Running;
use crate::say::{self, Unit};
use crate::socket::Deflate;
use crate::window;

const CHATS: u32 = 10_000;
const CONNECTIONS: u32 = 1_000;
/// Connections opened before, which take what the process has free already.
const BEFORE: u32 = 100;
const STREAMING: u32 = 100;
const RATE: u32 = 20;
const SECONDS: u32 = 12;

/// Bytes resident, at each stage.
struct Stages {
    idle: u64,
    /// With [`BEFORE`] connections, and with [`CONNECTIONS`] more.
    connected: (u64, u64),
    streaming: u64,
}

/// Runs it.
pub(crate) fn run(temp: &Path) -> Result<(), Error> {
    say::opening(
        "memory",
        &[
            "resident memory (VmRSS) of the server process, each stage in a process of its own, 10,000 chats of one turn in the store.",
            "idle: 2 s after bootstrap was served. connections: what 1,000 WebSockets add to 100, left alone, compression offered as browsers do.",
            "streaming: 100 chats, one client each, 20 chunks a second in each for 12 s; the largest of the readings between the 6th and the 11th second.",
        ],
    );
    allow_files()?;
    let model = model::start()?;
    let data = temp.join("ours");
    fixture::cast(&data, model, 20)?.fill(&data, CHATS, 1)?;
    let empty = {
        let gateway = Gateway::start(&temp.join("none"))?;
        idle(&gateway.door, &gateway.process)?
    };
    say::figure("ours, idle, no chats", &Unit::Mebibytes.shown(mib(empty)));
    let mine = stages(|| Gateway::start(&data).map(|gateway| (gateway.door, gateway.process)))?;
    show("ours", &mine);
    match theirs(temp, model) {
        Ok(theirs) => {
            show("the original", &theirs);
            let name = original::NAME;
            say::against("idle, 10,000 chats", mib(mine.idle), (name, mib(theirs.idle)), Unit::Mebibytes);
            say::against("100 chats streaming", mib(mine.streaming), (name, mib(theirs.streaming)), Unit::Mebibytes);
            say::against("an idle connection", each(&mine), (name, each(&theirs)), Unit::Kibibytes);
        }
        Err(error) => say::unavailable(original::NAME, &error),
    }
    say::heading("the window");
    window::memory(temp)
}

fn show(who: &str, stages: &Stages) {
    say::figure(&format!("{who}, idle, 10,000 chats"), &Unit::Mebibytes.shown(mib(stages.idle)));
    say::figure(&format!("{who}, 1,000 idle connections, each"), &Unit::Kibibytes.shown(each(stages)));
    say::figure(&format!("{who}, 100 chats streaming"), &Unit::Mebibytes.shown(mib(stages.streaming)));
}

fn each(stages: &Stages) -> f64 {
    stages.connected.1.saturating_sub(stages.connected.0) as f64 / 1024.0 / f64::from(CONNECTIONS)
}

fn theirs(temp: &Path, model: SocketAddr) -> Result<Stages, Error> {
    original::install()?;
    let home = temp.join("original");
    original::furnish(&home, CHATS)?;
    stages(|| Original::start(&home, model).map(|server| (server.door, server.process)))
}

fn stages(start: impl Fn() -> Result<(Door, Running), Error>) -> Result<Stages, Error> {
    let (door, process) = start()?;
    let idle = idle(&door, &process)?;
    let connected = connected(&door, &process)?;
    process.end();
    let (door, process) = start()?;
    let streaming = streaming(&door, &process)?;
    process.end();
    Ok(Stages { idle, connected, streaming })
}

fn idle(door: &Door, process: &Running) -> Result<u64, Error> {
    door.bootstrap()?;
    thread::sleep(Duration::from_secs(2));
    Ok(process.resident())
}

fn connected(door: &Door, process: &Running) -> Result<(u64, u64), Error> {
    let mut sockets = Vec::new();
    for _ in 0..BEFORE {
        sockets.push(door.connect(Deflate::Offered)?);
    }
    thread::sleep(Duration::from_secs(2));
    let before = process.resident();
    for _ in 0..CONNECTIONS {
        sockets.push(door.connect(Deflate::Offered)?);
    }
    thread::sleep(Duration::from_secs(2));
    Ok((before, process.resident()))
}

fn streaming(door: &Door, process: &Running) -> Result<u64, Error> {
    for number in 0..STREAMING {
        let mut socket = door.connect(Deflate::Unknown)?;
        let chat = new_chat(&mut socket)?;
        prompt(&mut socket, &chat, Script { chunks: RATE * SECONDS, rate: RATE, size: 6, stamp: false }, number)?;
        // Read on another thread until the server goes.
        thread::spawn(move || while socket.drain(&mut |_| {}).is_ok() {});
    }
    thread::sleep(Duration::from_secs(6));
    let mut largest = 0;
    for _ in 0..50 {
        largest = largest.max(process.resident());
        thread::sleep(Duration::from_millis(100));
    }
    Ok(largest)
}

/// A thousand connections need as many files, here and in what is started from here.
fn allow_files() -> Result<(), Error> {
    let found = getrlimit(Resource::Nofile);
    let wanted = Rlimit { current: found.maximum.or(Some(65_536)), maximum: found.maximum };
    setrlimit(Resource::Nofile, wanted).map_err(|error| Error::io("allow more open files")(error.into()))
}
