//! `cargo xtask fuzz TARGET [--minutes N] [--seed N]`: libFuzzer over the wire, on the stable compiler. The counters that steer it are
//! LLVM's own pass, which any compiler can be told to run; the sanitizers, which need another one, are left out: the code has no `unsafe`.
//!
//! What the fuzzer starts from is made anew from the golden frames and the conformance cases; what it found stays in `target/fuzz`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::Error;
use crate::place::Place;
use crate::process::Invocation;
use crate::say;

const USAGE: &str = "cargo xtask fuzz envelope|http [--minutes N] [--seed N]";
const TARGETS: &[&str] = &["envelope", "http"];
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
    let run = read(arguments).ok_or_else(|| Error::Usage(USAGE.to_owned()))?;
    let folder = place.at("target/fuzz");
    let (corpus, found) = (folder.join("corpus").join(&run.target), folder.join("found").join(&run.target));
    for made in [&corpus, &found] {
        fs::create_dir_all(made).map_err(|source| Error::File { path: made.clone(), source })?;
    }
    let host = host()?;
    build(place, &folder, &host, &run.target)?;
    let seeds = seeds(place, &run.target)?;
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
    let build = build.and(&[manifest, "--target".to_owned(), host.to_owned(), "--bin".to_owned(), target.to_owned()]);
    build.with("RUSTFLAGS", flags.trim()).with("CARGO_TARGET_DIR", &text(folder)).within(&place.root).run()
}

/// Checks the targets without building them, so that they do not fall behind what they fuzz.
pub(crate) fn lint(place: &Place) -> Result<(), Error> {
    let manifest = manifest(place)?;
    Invocation::cargo(&["fmt", "--check", "--manifest-path", &manifest]).within(&place.root).run()?;
    let clippy = Invocation::cargo(&["clippy", "--manifest-path", &manifest, "--", "--deny", "warnings"]);
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
    TARGETS.contains(&target.as_str()).then_some(run)
}

/// What the compiler calls this machine.
fn host() -> Result<String, Error> {
    let told = Invocation::new("rustc", &["-vV"]).output()?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Error::Missing("rustc does not say what machine this is".to_owned()))
}

/// Inputs to begin with, from what the tests hold anyway.
fn seeds(place: &Place, target: &str) -> Result<Vec<String>, Error> {
    let cases = |path: &String| path.starts_with("tests/tests/conformance/cases/");
    let golden = |path: &String| path.starts_with("crates/proto/tests/golden/in/") && !path.ends_with(".reads.json");
    let mut seeds = Vec::new();
    for path in place.files()?.into_iter().filter(|path| cases(path) || golden(path)) {
        let source = place.read(&path)?;
        match target {
            "envelope" if golden(&path) => seeds.push(source),
            "envelope" => seeds.extend(source.lines().filter_map(|line| line.split_once("> {")).map(|(_, rest)| format!("{{{rest}"))),
            _ => seeds.extend(source.lines().filter_map(request)),
        }
    }
    seeds.sort();
    seeds.dedup();
    Ok(seeds)
}

/// A case's request as bytes: `[api ]METHOD TARGET | HEADER: VALUE … || BODY`.
fn request(line: &str) -> Option<String> {
    let (with_token, line) = line.strip_prefix("api ").map_or((false, line), |rest| (true, rest));
    let (head, body) = line.split_once(" || ").unwrap_or((line, ""));
    let mut parts = head.split(" | ");
    let first = parts.next()?;
    let method = first.split(' ').next()?;
    if !["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"].contains(&method) {
        return None;
    }
    let mut out = format!("{first} HTTP/1.1\r\nHost: {{H}}\r\n");
    if with_token {
        out.push_str("Authorization: Bearer {T}\r\n");
    }
    for part in parts {
        out.push_str(part);
        out.push_str("\r\n");
    }
    if !body.is_empty() {
        out.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    out.push_str("\r\n");
    out.push_str(body);
    Some(out)
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

    #[test]
    fn there_are_seeds() {
        for target in TARGETS {
            let seeds = seeds(&Place::find(), target).expect("the sources are there");
            assert!(seeds.len() > 100, "{target}: {}", seeds.len());
        }
        assert_eq!(
            request("api GET /x | A: b").as_deref(),
            Some("GET /x HTTP/1.1\r\nHost: {H}\r\nAuthorization: Bearer {T}\r\nA: b\r\n\r\n")
        );
        assert_eq!(request("~ {\"event\":\"x\"}"), None);
    }
}
