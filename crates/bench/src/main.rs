//! The benchmarks: each prints our figure, a named baseline's in the same run, and the ratio. None is a timed test: the exit code
//! tells only whether figures could be had. Started by `cargo xtask bench NAME`; nothing here is shipped.

mod ack;
mod baseline;
mod command;
mod crowd;
mod door;
mod error;
mod fanout;
mod figure;
mod fixture;
mod flood;
mod frames;
mod gateway;
mod http;
mod latency;
mod machine;
mod memory;
mod model;
mod page;
mod plain;
mod process;
mod resume;
mod say;
mod screen;
mod socket;
mod start;
mod thread;
mod upload;
mod webdriver;
mod window;

use std::path::Path;
use std::process::ExitCode;

use error::Error;

/// One benchmark.
struct Bench {
    name: &'static str,
    run: fn(&Path) -> Result<(), Error>,
}

const BENCHES: &[Bench] = &[
    Bench { name: "start", run: start::run },
    Bench { name: "memory", run: memory::run },
    Bench { name: "fanout", run: fanout::run },
    Bench { name: "latency", run: latency::run },
    Bench { name: "ack", run: ack::run },
    Bench { name: "resume", run: resume::run },
    Bench { name: "thread", run: thread::run },
    Bench { name: "upload", run: upload::run },
    Bench { name: "command", run: command::run },
];

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_default();
    match run(&name) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say::failure(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(name: &str) -> Result<(), Error> {
    let bench = BENCHES.iter().find(|bench| bench.name == name);
    let names: Vec<&str> = BENCHES.iter().map(|bench| bench.name).collect();
    let bench = bench.ok_or_else(|| Error::Usage(format!("no benchmark is called {name:?}; there are {}", names.join(", "))))?;
    let temp = tempfile::Builder::new().prefix("alcove-bench-").tempdir().map_err(Error::io("make a folder"))?;
    (bench.run)(temp.path())
}
