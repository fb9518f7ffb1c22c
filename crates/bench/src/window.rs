//! The real window beside an empty WebKitGTK window: when it is seen, and what all its processes hold.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::baseline::window::{NAME, install};
use crate::error::Error;
use crate::figure::{Figures, mib, ms};
use crate::gateway::Gateway;
use crate::model;
use crate::process::Launch;
use crate::say::{self, Unit};
use crate::screen::{Screen, Seen};

/// The window's binary, told by whoever starts the benchmark.
const BINARY: &str = "ALCOVE_BIN";
const RUNS: u32 = 5;
/// How long a window is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(5);
/// What keeps WebKit from compositing on a graphics card that is not there.
const NO_DMABUF: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// What one kind of window showed.
struct Outcome {
    first: Figures,
    whole: Figures,
    memory: f64,
}

/// P4: when the window is seen.
pub(crate) fn start(temp: &Path) -> Result<(), Error> {
    let Some((ours, empty, default)) = both(temp) else { return Ok(()) };
    say::line(
        "pixels of an X server without a monitor, looked at every millisecond, from the start of the process; medians of 5 starts after one.",
    );
    say::line("first: the first changed pixel. whole: the first picture that is the final one, for ours with sidebar and usable composer.");
    say::line(
        "the empty window is a C program with a page of one colour; the stricter one has WebKit's DMABUF renderer off, as ours has here.",
    );
    say::figure("ours: first pixel, whole page", &shown(&ours));
    say::figure("empty window, DMABUF off: first pixel, whole page", &shown(&empty));
    say::figure("empty window as it comes: first pixel, whole page", &shown(&default));
    say::against("whole page", ours.whole.median(), (NAME, empty.whole.median()), Unit::Milliseconds);
    say::against("whole page, empty window as it comes", ours.whole.median(), (NAME, default.whole.median()), Unit::Milliseconds);
    Ok(())
}

/// P5: what all processes of an idle window hold.
pub(crate) fn memory(temp: &Path) -> Result<(), Error> {
    let Some((ours, empty, default)) = both(temp) else { return Ok(()) };
    say::line("proportional memory of the window's process and everything it started, 5 s after the page was whole; medians of 5.");
    say::against("all processes, idle window, DMABUF off", ours.memory, (NAME, empty.memory), Unit::Mebibytes);
    say::against("all processes, empty window as it comes", ours.memory, (NAME, default.memory), Unit::Mebibytes);
    Ok(())
}

fn shown(outcome: &Outcome) -> String {
    format!("{:.0} {:.0} ms", outcome.first.median(), outcome.whole.median())
}

/// Ours, the empty window as ours renders, the empty window as it comes; what is missing is said.
fn both(temp: &Path) -> Option<(Outcome, Outcome, Outcome)> {
    let measured = || -> Result<_, Error> {
        let binary = binary()?;
        let empty = install()?;
        let screen = Screen::start(temp)?;
        let data = temp.join("window");
        Gateway::start_scripted(&data, model::start()?)?.process.end();
        let ours = || screen.program(&binary).arg("--data").arg(&data).env("ALCOVE_TRACE_START", "1");
        let ours = measure(&screen, "alcove", ours)?;
        milestones(&screen);
        let strict = measure(&screen, "empty", || screen.program(&empty).env(NO_DMABUF, "1"))?;
        Ok((ours, strict, measure(&screen, "empty", || screen.program(&empty))?))
    };
    match measured() {
        Ok(found) => Some(found),
        Err(error) => {
            say::line(&format!("no figures for the window: {error}"));
            None
        }
    }
}

/// The window's binary.
pub(crate) fn binary() -> Result<PathBuf, Error> {
    let path = std::env::var_os(BINARY).map_or_else(|| PathBuf::from("target/release/alcove"), PathBuf::from);
    if path.is_file() { Ok(path) } else { Err(Error::broken(format!("{} is not there", path.display()))) }
}

fn measure(screen: &Screen, name: &str, launch: impl Fn() -> Launch) -> Result<Outcome, Error> {
    let (mut first, mut whole, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..=RUNS {
        let (process, Seen { first: at_first, whole: at_whole }) = screen.watch(launch(), name)?;
        // The first start fills caches.
        if run > 0 {
            std::thread::sleep(IDLE);
            memory.push(mib(process.proportional()));
            first.push(ms(at_first));
            whole.push(ms(at_whole));
        }
        process.end();
        std::thread::sleep(Duration::from_millis(500));
    }
    Ok(Outcome { first: Figures::of(first), whole: Figures::of(whole), memory: Figures::of(memory).median() })
}

/// What the window says of itself, of the last start.
fn milestones(screen: &Screen) {
    let log = fs::read_to_string(screen.log("alcove")).unwrap_or_default();
    let marks: Vec<&str> = log.lines().filter_map(|line| line.strip_prefix("alcove-start")).map(str::trim).collect();
    say::line(&format!("ours says of its last start: {}", marks.join(", ")));
}
