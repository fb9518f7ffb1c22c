//! `cargo xtask fuzz TARGET [--minutes N] [--seed N]`: libFuzzer over the wire and over the agent's pure parts, on the stable compiler. The
//! counters that steer it are LLVM's own pass, which any compiler can be told to run; the sanitizers, which need another one, are left
//! out: the code has no `unsafe`.
//!
//! What the fuzzer starts from is made anew from the cases of the tests; what it found stays in `target/fuzz`.

mod seed;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::Error;
use crate::place::Place;
use crate::process::Invocation;
use crate::say;

/// What can be fuzzed, and the package it is in: the wire needs a whole gateway, the pure parts only the agent.
const TARGETS: &[(&str, &str)] = &[
    ("envelope", WIRE),
    ("http", WIRE),
    ("tags", AGENT),
    ("openai", AGENT),
    ("fence", AGENT),
    ("native", AGENT),
    ("anthropic", AGENT),
    ("mistral", AGENT),
    ("hermes", AGENT),
    ("edit", AGENT),
    ("patch", AGENT),
    ("pattern", AGENT),
    ("policy", AGENT),
    ("shown", AGENT),
    ("paths", AGENT),
];
const WIRE: &str = "alcove-fuzz";
const AGENT: &str = "alcove-fuzz-agent";
/// How long a run is when nobody says.
const MINUTES: u64 = 10;
/// The counters libFuzzer reads.
const COUNTERS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
                        -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares";
/// Longest input, in bytes; larger ones are tried by the scenarios.
const LONGEST: &str = "4096";

/// One run.
#[derive(Debug, PartialEq, Eq)]
struct Run {
    target: String,
    minutes: u64,
    /// 0 lets the fuzzer draw one; it prints it.
    seed: u64,
}

/// Builds a target and runs it for its time; fails when an input was found that it cannot take.
pub(crate) fn run(place: &Place, arguments: &[String]) -> Result<(), Error> {
    let run = read(arguments).ok_or_else(usage)?;
    let folder = place.at("target/fuzz");
    let (corpus, found) = (folder.join("corpus").join(&run.target), folder.join("found").join(&run.target));
    for made in [&corpus, &found] {
        fs::create_dir_all(made).map_err(|source| Error::File { path: made.clone(), source })?;
    }
    let host = host()?;
    build(place, &folder, &host, &run.target)?;
    let seeds = seed::of(place, &run.target)?;
    say::line(&format!("{} inputs to begin with", seeds.len()));
    for (number, seed) in seeds.iter().enumerate() {
        let path = corpus.join(format!("seed-{number:04}"));
        fs::write(&path, seed).map_err(|source| Error::File { path, source })?;
    }
    let program = folder.join(&host).join("release").join(&run.target);
    fuzz(place, &run, &program, &corpus, &found)
}

fn build(place: &Place, folder: &Path, host: &str, target: &str) -> Result<(), Error> {
    let flags = format!("{COUNTERS} {}", std::env::var("RUSTFLAGS").unwrap_or_default());
    let manifest = manifest(place)?;
    // Named, so that what runs while building is built without counters.
    let build = Invocation::cargo(&["build", "--release", "--manifest-path"]);
    let package = package(target).unwrap_or(WIRE);
    let build = build.and(&[manifest, "--target".to_owned(), host.to_owned(), "--package".to_owned(), package.to_owned()]);
    let build = build.and(&["--bin".to_owned(), target.to_owned()]);
    build.with("RUSTFLAGS", flags.trim()).with("CARGO_TARGET_DIR", &text(folder)).within(&place.root).run()
}

/// Checks the targets without building them, so that they do not fall behind what they fuzz.
pub(crate) fn lint(place: &Place) -> Result<(), Error> {
    let manifest = manifest(place)?;
    Invocation::cargo(&["fmt", "--all", "--check", "--manifest-path", &manifest]).within(&place.root).run()?;
    let clippy = Invocation::cargo(&["clippy", "--workspace", "--manifest-path", &manifest, "--", "--deny", "warnings"]);
    clippy.with("CARGO_TARGET_DIR", &text(&place.at("target"))).within(&place.root).run()
}

/// The targets' manifest, with the versions that are shipped beside it.
fn manifest(place: &Place) -> Result<String, Error> {
    let (shipped, own) = (place.at("Cargo.lock"), place.at("fuzz/Cargo.lock"));
    fs::copy(&shipped, &own).map_err(|source| Error::File { path: own, source })?;
    Ok(text(&place.at("fuzz/Cargo.toml")))
}

fn fuzz(place: &Place, run: &Run, program: &Path, corpus: &Path, found: &Path) -> Result<(), Error> {
    let time = Duration::from_secs(run.minutes * 60);
    let arguments = [
        text(corpus),
        format!("-max_total_time={}", time.as_secs()),
        format!("-seed={}", run.seed),
        format!("-max_len={LONGEST}"),
        format!("-dict={}", text(&place.at(&format!("fuzz/dictionary/{}.txt", run.target)))),
        format!("-artifact_prefix={}/", text(found)),
        "-timeout=25".to_owned(),
        "-rss_limit_mb=2048".to_owned(),
        "-print_final_stats=1".to_owned(),
    ];
    // A database that syncs to memory loses nothing here and is many times as fast.
    let memory = Path::new("/dev/shm");
    let invocation = Invocation::new(&text(program), &[]).and(&arguments).within(&place.root);
    let invocation = if memory.is_dir() { invocation.with("TMPDIR", &text(memory)) } else { invocation };
    invocation.run()
}

fn read(arguments: &[String]) -> Option<Run> {
    let (target, options) = arguments.split_first()?;
    let mut run = Run { target: target.clone(), minutes: MINUTES, seed: 0 };
    for option in options.chunks(2) {
        match option {
            [flag, value] if flag == "--minutes" => run.minutes = value.parse().ok()?,
            [flag, value] if flag == "--seed" => run.seed = value.parse().ok()?,
            _ => return None,
        }
    }
    package(target).map(|_| run)
}

/// The package a target is in; `None` for what is no target.
fn package(target: &str) -> Option<&'static str> {
    TARGETS.iter().find(|(name, _)| *name == target).map(|(_, package)| *package)
}

fn usage() -> Error {
    let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    Error::Usage(format!("cargo xtask fuzz {} [--minutes N] [--seed N]", names.join("|")))
}

/// What the compiler calls this machine.
fn host() -> Result<String, Error> {
    let told = Invocation::new("rustc", &["-vV"]).output()?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Error::Missing("rustc does not say what machine this is".to_owned()))
}

fn text(path: &Path) -> String {
    PathBuf::from(path).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(arguments: &[&str]) -> Option<Run> {
        read(&arguments.iter().map(|argument| (*argument).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_run_is_read() {
        assert_eq!(told(&["http"]), Some(Run { target: "http".to_owned(), minutes: MINUTES, seed: 0 }));
        assert_eq!(told(&["http", "--seed", "7", "--minutes", "1"]), Some(Run { target: "http".to_owned(), minutes: 1, seed: 7 }));
        for wrong in [&[][..], &["nothing"], &["http", "--minutes"], &["http", "--minutes", "x"], &["http", "7"]] {
            assert_eq!(told(wrong), None, "{wrong:?}");
        }
    }
}
