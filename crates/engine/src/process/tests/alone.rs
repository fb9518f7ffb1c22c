//! Tests that count what a whole process has, so each in one of its own: this test program, started again for one test.

use std::fs;
use std::io::Read;

use super::*;

/// How many commands are run one after another.
const ROUNDS: &str = "ALCOVE_TEST_ROUNDS";

/// Whether this process was started for this test and no other.
pub(super) fn asked_for(test: &str) -> bool {
    std::env::args().nth(1).as_deref() == Some(test)
}

/// Starts this program for one test.
#[expect(clippy::disallowed_methods, reason = "this very test program")]
pub(super) fn again(test: &str) -> Command {
    let mut command = Command::new("/proc/self/exe");
    command.args([test, "--exact", "--nocapture", "--test-threads=1"]);
    command
}

fn passes(test: &str) {
    let output = again(test).output().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success(), "{text}");
    eprintln!("{text}");
}

/// `ALCOVE_TEST_ROUNDS=1000` takes half a minute.
#[test]
fn many_commands_leave_nothing() {
    passes("process::tests::alone::cycles");
}

#[test]
fn two_hundred_megabytes_need_little_memory() {
    passes("process::tests::alone::flood");
}

fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

fn children() -> usize {
    tree::children(rustix::process::getpid()).len()
}

#[tokio::test]
async fn cycles() {
    if !asked_for("process::tests::alone::cycles") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let processes = processes();
    run_one(&processes, folder.path(), 0).await;
    let_go(&processes).await;
    let (open, start) = (descriptors(), Instant::now());
    let mut times = [Duration::ZERO; 4];
    let rounds = std::env::var(ROUNDS).map_or(100, |rounds| rounds.parse().unwrap());
    for round in 0..rounds {
        let start = Instant::now();
        run_one(&processes, folder.path(), round).await;
        times[round % 4] += start.elapsed();
    }
    eprintln!("{rounds} commands in {:?}: {times:?}", start.elapsed());
    assert_eq!((children(), hostile::alive_in(folder.path()).len()), (0, 0));
    let_go(&processes).await;
    assert_eq!(descriptors(), open);
}

async fn run_one(processes: &Processes, folder: &Path, round: usize) {
    let (script, how) = match round % 4 {
        0 => ("true", How::Exit(0)),
        1 => ("exec sleep 60", How::Stopped),
        2 => ("sleep 60 >&- 2>&- & exit 3", How::Exit(3)),
        _ => ("echo here; (setsid sleep 60 &); sleep 60", How::Stopped),
    };
    let mut running = processes.start(job_in(script, folder)).await.unwrap();
    if how == How::Stopped {
        running.stop();
    }
    assert_eq!(finish(&mut running).await.1.how, how, "{script}");
}

#[tokio::test]
async fn flood() {
    if !asked_for("process::tests::alone::flood") {
        return;
    }
    run(job("seq 100000; seq 100000 >&2")).await;
    let (before, start) = (most_memory(), Instant::now());
    let (told, ended) = run(job("yes | head -c 200000000")).await;
    let kept = &ended.channels[0];
    assert_eq!((ended.how, kept.bytes, kept.lines), (How::Exit(0), 200_000_000, 100_000_000));
    assert!(kept.text().contains("… 199,868,928 bytes left out …"), "{}", kept.left_out);
    assert!(told.len() < 200, "{} events", told.len());
    let grown = most_memory() - before;
    eprintln!("200 MB in {:?}: {} events, {grown} KiB more memory", start.elapsed(), told.len());
    assert!(grown < 2048, "{grown} KiB");
}

/// The most memory this process ever had, in KiB.
fn most_memory() -> u64 {
    let mut status = String::new();
    fs::File::open("/proc/self/status").unwrap().read_to_string(&mut status).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
