//! P3: from the start of the process to a served bootstrap, with ten thousand chats in the database. P4: the real window.

use std::path::Path;
use std::time::Instant;

use crate::baseline::original;
use crate::error::Error;
use crate::figure::{Figures, ms};
use crate::fixture;
use crate::gateway::Gateway;
use crate::model;
use crate::say::{self, Unit};
use crate::window;

const CHATS: u32 = 10_000;
const RUNS: u32 = 21;
const RUNS_ORIGINAL: u32 = 5;

/// Runs it.
pub(crate) fn run(temp: &Path) -> Result<(), Error> {
    say::opening(
        "start",
        &[
            "from starting the process to the last byte of `GET /webui/bootstrap`; 10,000 chats of one turn each in the store; files in the page cache.",
            "ours: `alcove-gateway serve` on a free loopback port, 21 starts; the original: `nanobot gateway`, 5 starts; medians are compared.",
        ],
    );
    let model = model::start()?;
    let data = temp.join("many");
    fixture::cast(&data, model, 20)?.fill(&data, CHATS, 1)?;
    let mine = ours(&data)?;
    let empty = ours(&temp.join("none"))?;
    say::figure("ours, 10,000 chats: fastest, median, slowest", &shown(&mine));
    say::figure("ours, no chats: fastest, median, slowest", &shown(&empty));
    match theirs(temp, model) {
        Ok(theirs) => {
            say::figure("the original, 10,000 chats: fastest, median, slowest", &shown(&theirs));
            say::against("start to served bootstrap, 10,000 chats", mine.median(), (original::NAME, theirs.median()), Unit::Milliseconds);
        }
        Err(error) => say::unavailable(original::NAME, &error),
    }
    say::heading("the window");
    window::start(temp)
}

fn shown(figures: &Figures) -> String {
    format!("{:.1} {:.1} {:.1} ms", figures.min(), figures.median(), figures.max())
}

fn ours(data: &Path) -> Result<Figures, Error> {
    let mut times = Vec::new();
    for run in 0..=RUNS {
        let gateway = Gateway::start(data)?;
        gateway.door.bootstrap()?;
        let time = gateway.began.elapsed();
        gateway.process.end();
        // The first start makes the folder or fills the cache.
        if run > 0 {
            times.push(ms(time));
        }
    }
    Ok(Figures::of(times))
}

fn theirs(temp: &Path, model: std::net::SocketAddr) -> Result<Figures, Error> {
    original::install()?;
    let home = temp.join("original");
    let began = Instant::now();
    original::furnish(&home, CHATS)?;
    say::line(&format!("(the original's own store wrote its 10,000 chats in {:.0} s, not counted)", began.elapsed().as_secs_f64()));
    let mut times = Vec::new();
    for run in 0..=RUNS_ORIGINAL {
        let server = original::Original::start(&home, model)?;
        if run > 0 {
            times.push(ms(server.bootstrapped_in));
        }
        server.process.end();
    }
    Ok(Figures::of(times))
}
