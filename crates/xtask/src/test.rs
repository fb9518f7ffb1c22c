//! `cargo xtask test`: everything continuous integration runs, in the order that builds nothing twice. The page is built before the
//! gateway that embeds it, the headless crates before the shell. Nothing is skipped: the first failure ends the run and says what did not run.

use std::time::{Duration, Instant};

use crate::error::Error;
use crate::packages::{self, Need};
use crate::place::Place;
use crate::process::Invocation;
use crate::tally::Tally;
use crate::{fuzz, generate, node, run, say, tidy};

/// One step.
struct Step {
    name: &'static str,
    run: fn(&mut Session<'_>) -> Result<(), Error>,
}

struct Session<'a> {
    place: &'a Place,
    tally: Tally,
}

/// The crates that need no WebKit.
const HEADLESS: &[&str] = &["--workspace", "--exclude", "alcove"];
const SHELL: &[&str] = &["--package", "alcove"];

#[rustfmt::skip]
const STEPS: &[Step] = &[
    Step { name: "system packages", run: |_| packages::install(Need::Test) },
    Step { name: "node packages", run: |session| node::packages(session.place) },
    Step { name: "generated files", run: |session| generate::check(session.place) },
    Step { name: "tidy", run: |session| tidy::run(session.place) },
    Step { name: "format", run: |session| cargo(session, "fmt", &[&["--all", "--check"]]).run() },
    Step { name: "page: types", run: |session| node::npm(session.place, &["run", "typecheck"]).run() },
    Step { name: "page: tests", run: |session| node::npm(session.place, &["test"]).run() },
    Step { name: "page: build", run: |session| node::npm(session.place, &["run", "build"]).run() },
    Step { name: "lint", run: |session| lint(session, HEADLESS) },
    Step { name: "lint: shell", run: |session| lint(session, SHELL) },
    Step { name: "lint: fuzzers", run: |session| fuzz::lint(session.place) },
    Step { name: "build", run: |session| build(session, HEADLESS, &["--bins", "--tests"]) },
    // Its own tests ask for more of some libraries; the binary that is driven is the one that `cargo xtask run` opens.
    Step { name: "build: shell", run: |session| build(session, SHELL, &["--bins"]) },
    Step { name: "tests", run: |session| tests(session, HEADLESS) },
    Step { name: "tests: shell", run: |session| tests(session, SHELL) },
    Step { name: "page: end to end", run: end_to_end },
];

/// Runs every step; ends with the sum of cargo's own results when all of them succeeded.
pub(crate) fn run(place: &Place) -> Result<(), Error> {
    let mut session = Session { place, tally: Tally::default() };
    let mut times: Vec<(&str, Duration)> = Vec::new();
    let mut failed = None;
    for step in STEPS {
        say::heading(step.name);
        let began = Instant::now();
        let outcome = (step.run)(&mut session);
        times.push((step.name, began.elapsed()));
        if let Err(error) = outcome {
            say::failure(&error);
            failed = Some(step.name);
            break;
        }
    }
    summary(&times, &session.tally, failed)
}

fn summary(times: &[(&'static str, Duration)], tally: &Tally, failed: Option<&'static str>) -> Result<(), Error> {
    say::heading("times");
    for (name, time) in times {
        say::line(&format!("{name:<18} {:>7.1} s", time.as_secs_f64()));
    }
    let total: Duration = times.iter().map(|(_, time)| *time).sum();
    say::line(&format!("{:<18} {:>7.1} s", "all", total.as_secs_f64()));
    let Some(failed) = failed else {
        say::line(&format!("\n{tally}"));
        return Ok(());
    };
    let unrun: Vec<&str> = STEPS.iter().skip(times.len()).map(|step| step.name).collect();
    if !unrun.is_empty() {
        say::line(&format!("not run: {}", unrun.join(", ")));
    }
    if tally.failed > 0 {
        say::line(&format!("\n{tally}"));
    }
    Err(Error::Step(failed))
}

fn cargo(session: &Session<'_>, verb: &str, arguments: &[&[&str]]) -> Invocation {
    let arguments: Vec<String> = arguments.concat().iter().map(|argument| (*argument).to_owned()).collect();
    Invocation::cargo(&[verb]).and(&arguments).within(&session.place.root)
}

fn lint(session: &Session<'_>, crates: &[&str]) -> Result<(), Error> {
    cargo(session, "clippy", &[crates, &["--locked", "--all-targets", "--", "--deny", "warnings"]]).run()
}

fn build(session: &Session<'_>, crates: &[&str], targets: &[&str]) -> Result<(), Error> {
    cargo(session, "build", &[crates, &["--locked"], targets]).run()
}

fn tests(session: &mut Session<'_>, crates: &[&str]) -> Result<(), Error> {
    let tests = cargo(session, "test", &[crates, &["--locked", "--no-fail-fast"]]);
    let tests = tests.with("ALCOVE_BIN", &run::binary(session.place, "alcove")?);
    let tests = tests.with("ALCOVE_GATEWAY_BIN", &run::binary(session.place, "alcove-gateway")?);
    tests.run_seen(|line| session.tally.see(line))
}

fn end_to_end(session: &mut Session<'_>) -> Result<(), Error> {
    let gateway = run::binary(session.place, "alcove-gateway")?;
    node::npm(session.place, &["run", "e2e"]).with("ALCOVE_GATEWAY_BIN", &gateway).run()
}
