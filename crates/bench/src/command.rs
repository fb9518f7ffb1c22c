//! What a command costs: 200 MB of output at the gateway, and how soon a Stop has ended what runs; the same in the windows.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::door::{change, new_chat, say as prompt};
use crate::error::Error;
use crate::figure::{Figures, mib, ms};
use crate::flood;
use crate::gateway::Gateway;
use crate::model;
use crate::process::{Launch, Processes};
use crate::say::{self, Unit};
use crate::socket::{Deflate, Socket};

/// 200 MB.
pub(crate) const FLOOD: &str = "yes | head -c 200000000";
const FLOOD_BYTES: u64 = 200_000_000;
const FLOODS: usize = 5;
const STOPS: u32 = 21;
/// Longer than anybody waits.
const LONG: &str = "86399";
const PIPE: &str = "plain pipe";
const KILL: &str = "SIGKILL";

/// What is stopped, and how it is called. `$T` tells its processes from all others; each says something once it runs.
const STOPPED: [(&str, &str); 3] = [
    ("one that waits", "echo begun; sleep $T"),
    ("one that prints without end", "yes $T"),
    ("three that are deaf to being asked", "trap '' TERM; sleep $T & sleep $T & echo begun; while :; do sleep $T; done"),
];

/// Runs it.
pub(crate) fn run(temp: &Path) -> Result<(), Error> {
    say::opening(
        "command",
        &[
            "a scripted model asks for a command, nothing asks a person; the sandbox is the strongest that works here.",
            "200 MB: as the gateway tells the command's duration, its output streamed to one client; medians of 5. Plain pipe: the same command, its",
            "output read by this program and let go. Stop: from sending it to the turn being idle, and to the last process of the command having",
            "ended; of 21. SIGKILL: the same command started by this program, all its processes killed at once, to the last having ended.",
        ],
    );
    let model = model::start()?;
    let data = temp.join("ours");
    let gateway = Gateway::start_scripted(&data, model)?;
    let mut socket = gateway.door.connect(Deflate::Unknown)?;
    change(&mut socket, "approvals.update", &json!({"preset": "full"}))?;
    let chat = new_chat(&mut socket)?;
    outputs(&gateway, &mut socket, &chat)?;
    for (number, (what, script)) in STOPPED.iter().enumerate() {
        stops(&mut socket, &chat, (what, script), number)?;
    }
    gateway.process.end();
    flood::run(temp, &data)
}

fn outputs(gateway: &Gateway, socket: &mut Socket, chat: &str) -> Result<(), Error> {
    let (mut ours, mut plain, mut grown) = (Vec::new(), Vec::new(), 0.0_f64);
    for run in 0..=FLOODS {
        gateway.process.forget_peak();
        let before = gateway.process.peak();
        prompt(socket, chat, &format!("{}{FLOOD}", model::COMMAND_MARK))?;
        let took = duration(socket)?;
        let theirs = piped()?;
        // The first run fills buffers.
        if run > 0 {
            grown = grown.max(mib(gateway.process.peak().saturating_sub(before)));
            ours.push(took);
            plain.push(theirs);
        }
    }
    say::against("200 MB of output", Figures::of(ours).median(), (PIPE, Figures::of(plain).median()), Unit::Milliseconds);
    say::figure("the most memory the gateway grew by meanwhile", &Unit::Mebibytes.shown(grown));
    Ok(())
}

/// How long the command that was asked for took, once its turn is over, in milliseconds.
fn duration(socket: &mut Socket) -> Result<f64, Error> {
    let mut took = None;
    loop {
        let frame = socket.next(Duration::from_secs(60))?;
        let ended = frame["tool_events"].as_array().into_iter().flatten().find(|event| event["phase"] == "end");
        took = ended.and_then(|event| event["duration_ms"].as_f64()).or(took);
        if is_idle(&frame) {
            return took.ok_or_else(|| Error::broken("no command was run"));
        }
    }
}

fn is_idle(frame: &serde_json::Value) -> bool {
    frame["event"] == "goal_status" && frame["status"] == "idle"
}

fn piped() -> Result<f64, Error> {
    let began = Instant::now();
    let bytes = Launch::new("bash").args(&["-c", FLOOD]).count()?;
    if bytes == FLOOD_BYTES { Ok(ms(began.elapsed())) } else { Err(Error::broken(format!("{bytes} bytes came through the plain pipe"))) }
}

fn stops(socket: &mut Socket, chat: &str, (what, script): (&str, &str), number: usize) -> Result<(), Error> {
    let (mut idle, mut gone, mut killed) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..STOPS {
        let mark = format!("{LONG}.{number}{run:02}{}", std::process::id());
        let script = script.replace("$T", &mark);
        prompt(socket, chat, &format!("{}{script}", model::COMMAND_MARK))?;
        socket.until("stream_chunk")?;
        let processes = Processes::named(&mark)?;
        let began = Instant::now();
        prompt(socket, chat, "/stop")?;
        while !is_idle(&socket.next(Duration::from_secs(60))?) {}
        idle.push(ms(began.elapsed()));
        processes.ended()?;
        gone.push(ms(began.elapsed()));
        if !Processes::named(&mark)?.is_empty() {
            return Err(Error::broken(format!("something of it is left: {script}")));
        }
        killed.push(kill(&script, &mark)?);
    }
    let (idle, gone, killed) = (Figures::of(idle), Figures::of(gone), Figures::of(killed));
    say::heading(&format!("Stop, {what}"));
    for (until, ours) in [("the turn is idle", &idle), ("its last process has ended", &gone)] {
        say::figure(&format!("until {until}: p50, slowest"), &format!("{:.1} {:.1} ms", ours.median(), ours.max()));
    }
    say::against("until its last process has ended, p50", gone.median(), (KILL, killed.median()), Unit::Milliseconds);
    Ok(())
}

/// The same command started and killed here; how long its processes took to end, in milliseconds.
fn kill(script: &str, mark: &str) -> Result<f64, Error> {
    let (running, mut said) = Launch::new("bash").args(&["-c", script]).start_read(Path::new("/dev/null"))?;
    let mut first = [0];
    std::io::Read::read_exact(&mut said, &mut first).map_err(Error::io("read what a command says"))?;
    let processes = Processes::named(mark)?;
    let began = Instant::now();
    processes.kill();
    drop(running);
    processes.ended()?;
    Ok(ms(began.elapsed()))
}
