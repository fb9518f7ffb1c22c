//! P8: four images of 6 MiB each, from the first byte sent to `message_accepted`: time, processor time, and what memory rises meanwhile.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::baseline::original::{self, Original};
use crate::door::{Door, new_chat};
use crate::error::Error;
use crate::figure::{Figures, mib, ms};
use crate::gateway::Gateway;
use crate::http;
use crate::model;
use crate::process::Running;
use crate::say::{self, Unit};
use crate::socket::Deflate;

const IMAGES: usize = 4;
/// Exactly what one attachment may have, and four of them one message.
const IMAGE_BYTES: usize = 6 << 20;
const ROUNDS: u32 = 5;
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// How the images travel.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// One request each, named by the message.
    Uploads,
    /// As data URLs inside the message.
    DataUrls,
}

/// What the rounds took.
struct Cost {
    time: f64,
    cpu: f64,
    /// What resident memory rose at most, in MiB: the largest of all rounds, and of the rounds after the first.
    memory: (f64, f64),
}

/// Runs it.
pub(crate) fn run(temp: &Path) -> Result<(), Error> {
    say::opening(
        "upload",
        &[
            "one message with four images of 6 MiB, five times, each in a chat of its own; from the first byte sent to `message_accepted`.",
            "ours: four uploads and a message that names them; and, as the original, one frame with four data URLs.",
            "time: the median. processor time: of the server, the mean. memory: peak resident less resident before, the largest of the rounds;",
            "the peak is read before the message that names uploads, and with `message_accepted` otherwise: what the model is shown comes later.",
        ],
    );
    let model = model::start()?;
    let uploads = ours(&temp.join("uploads"), model, Way::Uploads)?;
    let inline = ours(&temp.join("inline"), model, Way::DataUrls)?;
    show("ours, uploads", &uploads);
    show("ours, data URLs", &inline);
    match theirs(temp, model) {
        Ok(theirs) => {
            show("the original, data URLs", &theirs);
            compare("uploads", &uploads, &theirs);
            compare("data URLs", &inline, &theirs);
        }
        Err(error) => say::unavailable(original::NAME, &error),
    }
    Ok(())
}

fn show(who: &str, cost: &Cost) {
    say::figure(&format!("{who}, until accepted"), &Unit::Milliseconds.shown(cost.time));
    say::figure(&format!("{who}, processor time"), &Unit::Milliseconds.shown(cost.cpu));
    say::figure(&format!("{who}, memory"), &Unit::Mebibytes.shown(cost.memory.0));
    say::figure(&format!("{who}, memory, after the first"), &Unit::Mebibytes.shown(cost.memory.1));
}

fn compare(way: &str, ours: &Cost, theirs: &Cost) {
    let name = original::NAME;
    say::against(&format!("{way}, until accepted"), ours.time, (name, theirs.time), Unit::Milliseconds);
    say::against(&format!("{way}, processor time"), ours.cpu, (name, theirs.cpu), Unit::Milliseconds);
    say::against(&format!("{way}, memory"), ours.memory.0, (name, theirs.memory.0), Unit::Mebibytes);
}

fn ours(data: &Path, model: SocketAddr, way: Way) -> Result<Cost, Error> {
    let gateway = Gateway::start_scripted(data, model)?;
    measure(&gateway.door, &gateway.process, way)
}

fn theirs(temp: &Path, model: SocketAddr) -> Result<Cost, Error> {
    original::install()?;
    let home = temp.join("original");
    original::furnish(&home, 0)?;
    let server = Original::start(&home, model)?;
    measure(&server.door, &server.process, Way::DataUrls)
}

fn measure(door: &Door, process: &Running, way: Way) -> Result<Cost, Error> {
    // A server that has just started still settles down.
    std::thread::sleep(Duration::from_secs(2));
    let (mut times, mut rises, mut cpu) = (Vec::new(), Vec::new(), Duration::ZERO);
    for round in 0..ROUNDS {
        let images = images(round);
        let message = match way {
            Way::Uploads => Value::Null,
            Way::DataUrls => images.iter().map(|bytes| json!({"data_url": data_url(bytes), "name": "a.png"})).collect(),
        };
        let (_, api_token) = door.bootstrap()?;
        let mut socket = door.connect(Deflate::Unknown)?;
        let chat = new_chat(&mut socket)?;
        let (before, spent) = (process.resident(), process.cpu());
        process.forget_peak();
        let began = Instant::now();
        let (media, early) = match way {
            Way::Uploads => (upload(door, &api_token, round, &images)?, Some(process.peak())),
            Way::DataUrls => (message, None),
        };
        let turn = format!("bench-{round}");
        socket.send(&json!({"type": "message", "chat_id": chat, "content": "See", "webui": true, "turn_id": turn, "media": media}))?;
        socket.until("message_accepted")?;
        times.push(ms(began.elapsed()));
        cpu += process.cpu().saturating_sub(spent);
        rises.push(mib(early.unwrap_or_else(|| process.peak()).saturating_sub(before)));
        socket.until("turn_end")?;
    }
    let later = Figures::of(rises[1..].to_vec()).max();
    Ok(Cost { time: Figures::of(times).median(), cpu: ms(cpu) / f64::from(ROUNDS), memory: (Figures::of(rises).max(), later) })
}

fn upload(door: &Door, api_token: &str, round: u32, images: &[Vec<u8>]) -> Result<Value, Error> {
    let mut items = Vec::new();
    for (number, bytes) in images.iter().enumerate() {
        let id = format!("bench-upload-{round:04}-{number:04}");
        let path = format!("/api/media/uploads/{id}");
        let status = http::put(door.address, &path, api_token, ("image/png", bytes))?.json("an upload")?;
        if status["complete"] != true {
            return Err(Error::broken(format!("an upload is not complete: {status}")));
        }
        items.push(json!({"upload_id": id, "name": "a.png"}));
    }
    Ok(items.into())
}

/// Images of which no two are the same.
fn images(round: u32) -> Vec<Vec<u8>> {
    let image = |number: usize| {
        let mut bytes = PNG.to_vec();
        let mut state = u64::from(round) << 32 | (number as u64 + 1);
        while bytes.len() < IMAGE_BYTES {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            bytes.extend_from_slice(&state.to_le_bytes());
        }
        bytes.truncate(IMAGE_BYTES);
        bytes
    };
    (0..IMAGES).map(image).collect()
}

fn data_url(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::from("data:image/png;base64,");
    // Six MiB are a multiple of three, so there is no padding.
    for three in bytes.chunks_exact(3) {
        let joined = u32::from(three[0]) << 16 | u32::from(three[1]) << 8 | u32::from(three[2]);
        for shift in [18, 12, 6, 0] {
            text.push(char::from(DIGITS[(joined >> shift & 63) as usize]));
        }
    }
    text
}
