//! The list of benchmarks. Each prints our figure, a named baseline's in the same run, and the ratio; none is a timed test. What is
//! measured is built in release here, then `alcove-bench` measures it.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::node;
use crate::packages::{self, Need};
use crate::place::Place;
use crate::process::Invocation;
use crate::{run, say};

/// One benchmark.
struct Bench {
    /// What it is called on the command line.
    name: &'static str,
    /// What it measures and against what.
    about: &'static str,
    /// What it opens, beside the gateway.
    opens: Opens,
}

/// What a benchmark opens, which must be there first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opens {
    /// Nothing.
    Nothing,
    /// A browser.
    Browser,
    /// The window, on a screen without a monitor.
    Window,
}

/// Every benchmark; each has its own file in the crate `alcove-bench`.
#[rustfmt::skip]
const BENCHES: &[Bench] = &[
    Bench { name: "start", about: "process start to served bootstrap with 10,000 chats, and to a whole window: the original, an empty WebKitGTK window", opens: Opens::Window },
    Bench { name: "memory", about: "resident memory idle, streaming and for each connection, and of a window: the original, an empty WebKitGTK window", opens: Opens::Window },
    Bench { name: "fanout", about: "one chat to 100 subscribers, frames and processor time: the original, uWebSockets", opens: Opens::Nothing },
    Bench { name: "latency", about: "model chunk to a client's frame at 20 chats of 200 chunks a second: Python openai SDK + websockets, the original", opens: Opens::Nothing },
    Bench { name: "ack", about: "durable acknowledgement of a prompt while 20 chats stream: one bare fdatasync, the original", opens: Opens::Nothing },
    Bench { name: "resume", about: "reconnecting 10,000 events behind: fetching the thread again", opens: Opens::Nothing },
    Bench { name: "thread", about: "a chat of 10,000 messages over HTTP and in Chromium: the same messages as plain DOM", opens: Opens::Browser },
    Bench { name: "upload", about: "a message with 24 MiB of images: time, processor time and memory: the original", opens: Opens::Nothing },
    Bench { name: "command", about: "200 MB of output, and Stop, at the gateway and in the windows: a plain pipe, SIGKILL, windows where nothing runs", opens: Opens::Window },
];

/// Runs the benchmark named first; without a known name, lists them.
pub(crate) fn run(place: &Place, arguments: &[String]) -> Result<(), Error> {
    match arguments {
        [name] => match BENCHES.iter().find(|bench| bench.name == name) {
            Some(bench) => measure(place, bench),
            None => Err(Error::Usage(format!("no benchmark is called {name:?}; there are:\n{}", listed()))),
        },
        [] => {
            say::line(&listed());
            Ok(())
        }
        [..] => Err(Error::Usage("a benchmark takes no arguments".to_owned())),
    }
}

/// Installs and builds what the benchmark needs, then runs it.
fn measure(place: &Place, bench: &Bench) -> Result<(), Error> {
    packages::install(match bench.opens {
        Opens::Nothing => Need::Headless,
        Opens::Browser | Opens::Window => Need::Test,
    })?;
    node::packages(place)?;
    node::build(place)?;
    let mut build = Invocation::cargo(&["build", "--release", "--package", "alcove-gateway", "--package", "alcove-bench"]);
    if bench.opens == Opens::Window {
        build = build.and(&["--package".to_owned(), "alcove".to_owned()]);
    }
    build.within(&place.root).run()?;
    Invocation::new(&release(place, "alcove-bench")?, &[bench.name])
        .with("ALCOVE_GATEWAY_BIN", &release(place, "alcove-gateway")?)
        .with("ALCOVE_BIN", &release(place, "alcove")?)
        .within(&place.root)
        .take_over()
}

/// The path of a binary cargo built with the release profile.
fn release(place: &Place, name: &str) -> Result<String, Error> {
    let debug = PathBuf::from(run::binary(place, name)?);
    let target = debug.parent().and_then(Path::parent).map_or_else(|| place.at("target"), Path::to_owned);
    Ok(target.join("release").join(debug.file_name().unwrap_or(debug.as_os_str())).to_string_lossy().into_owned())
}

fn listed() -> String {
    BENCHES.iter().map(|bench| format!("{:<8} {}", bench.name, bench.about)).collect::<Vec<_>>().join("\n")
}
