//! P9: how soon a prompt is acknowledged, durably, while twenty chats stream; against one bare fdatasync on the same disk.

use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::baseline::original;
use crate::door::{Door, new_chat, prompt};
use crate::error::Error;
use crate::figure::{Figures, ms};
use crate::gateway::Gateway;
use crate::model::{self, Script};
use crate::say::{self, Unit};
use crate::socket::{Deflate, Socket};

const STREAMING: u32 = 20;
const PROMPTS: u32 = 400;
/// Chunks a second in each streaming chat.
const RATE: u32 = 50;
/// Bytes of the bare write: what one small commit appends.
const WRITE_BYTES: usize = 4096;
/// Between two prompts.
const PAUSE: Duration = Duration::from_millis(15);

/// Runs it.
pub(crate) fn run(temp: &Path) -> Result<(), Error> {
    say::opening(
        "ack",
        &[
            "20 chats stream 50 chunks a second each; another client prompts its own chat 400 times, one prompt after the other, each after the turn",
            "before has ended. Measured from sending the prompt to reading `message_accepted`, which is sent once the prompt is on disk.",
            "between two prompts one bare fdatasync after a write of 4 KiB to a file on the same disk, under the same load; and the same on the idle disk.",
        ],
    );
    let model = model::start()?;
    let idle = bare(temp, PROMPTS)?;
    let gateway = Gateway::start_scripted(&temp.join("ours"), model)?;
    let (acks, bare) = under_load(&gateway.door, temp)?;
    drop(gateway);
    say::figure("bare fdatasync, idle disk, p50 and p99", &format!("{:.2} {:.2} ms", idle.median(), idle.p99()));
    say::figure("bare fdatasync, under the load, p50 and p99", &format!("{:.2} {:.2} ms", bare.median(), bare.p99()));
    say::figure(&format!("acknowledged, {} prompts, p50 and p99", acks.count()), &format!("{:.2} {:.2} ms", acks.median(), acks.p99()));
    say::figure("over one bare fdatasync under the load, p50", &format!("{:+.2} ms", acks.median() - bare.median()));
    say::figure("over one bare fdatasync under the load, p99", &format!("{:+.2} ms", acks.p99() - bare.p99()));
    say::against("acknowledgement, p50", acks.median(), ("one fdatasync", bare.median()), Unit::Milliseconds);
    say::against("acknowledgement, p99", acks.p99(), ("one fdatasync", bare.p99()), Unit::Milliseconds);
    match theirs(temp, model) {
        Ok(theirs) => {
            say::against("acknowledgement, p50", acks.median(), (original::NAME, theirs.median()), Unit::Milliseconds);
            say::against("acknowledgement, p99", acks.p99(), (original::NAME, theirs.p99()), Unit::Milliseconds);
        }
        Err(error) => say::unavailable(original::NAME, &error),
    }
    Ok(())
}

fn theirs(temp: &Path, model: SocketAddr) -> Result<Figures, Error> {
    original::install()?;
    let home = temp.join("original");
    original::furnish(&home, 0)?;
    let server = original::Original::start(&home, model)?;
    say::line("(the original acknowledges after handing the prompt on; whether it is on disk by then is its own affair)");
    under_load(&server.door, temp).map(|(acks, _)| acks)
}

fn under_load(door: &Door, temp: &Path) -> Result<(Figures, Figures), Error> {
    let seconds = 60;
    let mut streams = Vec::new();
    for number in 0..STREAMING {
        let mut socket = door.connect(Deflate::Unknown)?;
        let chat = new_chat(&mut socket)?;
        prompt(&mut socket, &chat, Script { chunks: RATE * seconds, rate: RATE, size: 6, stamp: false }, number)?;
        // Read on another thread for as long as there is something.
        streams.push(thread::spawn(move || while socket.drain(&mut |_| {}).is_ok() {}));
    }
    thread::sleep(Duration::from_secs(1));
    let mut socket = door.connect(Deflate::Unknown)?;
    let chat = new_chat(&mut socket)?;
    let mut file = Bare::open(temp)?;
    let (mut acks, mut bare) = (Vec::new(), Vec::new());
    let began = Instant::now();
    for number in 0..PROMPTS {
        if began.elapsed() > Duration::from_secs(u64::from(seconds) - 5) {
            break;
        }
        acks.push(acknowledged(&mut socket, &chat, number)?);
        thread::sleep(PAUSE);
        bare.push(file.sync()?);
        thread::sleep(PAUSE);
    }
    Ok((Figures::of(acks), Figures::of(bare)))
}

fn acknowledged(socket: &mut Socket, chat: &str, number: u32) -> Result<f64, Error> {
    let began = Instant::now();
    prompt(socket, chat, Script { chunks: 1, rate: 0, size: 6, stamp: false }, number)?;
    socket.until("message_accepted")?;
    let time = began.elapsed();
    socket.until("turn_end")?;
    Ok(ms(time))
}

fn bare(temp: &Path, times: u32) -> Result<Figures, Error> {
    let mut file = Bare::open(temp)?;
    let mut found = Vec::new();
    for _ in 0..times {
        found.push(file.sync()?);
        thread::sleep(Duration::from_millis(2));
    }
    Ok(Figures::of(found))
}

/// One file written over and over, and synced each time.
struct Bare {
    file: std::fs::File,
}

impl Bare {
    fn open(temp: &Path) -> Result<Self, Error> {
        let path = temp.join("bare");
        let mut file = OpenOptions::new().create(true).truncate(true).write(true).open(&path).map_err(Error::io(path.display()))?;
        file.write_all(&[1; WRITE_BYTES]).and_then(|()| file.sync_all()).map_err(Error::io(path.display()))?;
        Ok(Self { file })
    }

    fn sync(&mut self) -> Result<f64, Error> {
        let began = Instant::now();
        self.file.seek(SeekFrom::Start(0)).map_err(Error::io("write"))?;
        self.file.write_all(&[2; WRITE_BYTES]).map_err(Error::io("write"))?;
        self.file.sync_data().map_err(Error::io("fdatasync"))?;
        Ok(ms(began.elapsed()))
    }
}
