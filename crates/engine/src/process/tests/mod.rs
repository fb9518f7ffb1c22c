//! Commands of all kinds, started, listened to and ended through the boundary.

mod alone;
mod ends;
mod hostile;
mod output;
mod pace;
mod text;

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use super::*;

const GUARDIAN: &str = "process::tests::guardian_process";

/// What a guardian of these tests is: this test program, asked for this test only. It ends before the harness says anything about it.
/// Among the others it does nothing.
#[test]
fn guardian_process() {
    if alone::asked_for(GUARDIAN) {
        std::process::exit(i32::from(guardian::guard() != ExitCode::SUCCESS));
    }
}

fn processes() -> Processes {
    let args = [GUARDIAN, "--exact", "--nocapture", "--test-threads=1"];
    Processes::new(Guard { program: "/proc/self/exe".into(), args: args.map(Into::into).to_vec() })
}

#[expect(clippy::disallowed_methods, reason = "stands for the sandbox")]
fn command(program: &str, args: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(args).env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LC_ALL", "C.UTF-8").current_dir(folder);
    command
}

fn job(script: &str) -> Job {
    job_in(script, Path::new("/tmp"))
}

fn job_in(script: &str, folder: &Path) -> Job {
    let command = command("/bin/bash", &["-c", script], folder);
    Job { command, limit: Duration::from_secs(60), caps: Caps::default(), after: After::Kill }
}

/// Listens to the end; a test that takes longer than this hangs.
async fn finish(running: &mut Running) -> (Vec<Told>, Ended) {
    let mut told = Vec::new();
    loop {
        match tokio::time::timeout(Duration::from_secs(60), running.next()).await.expect("it ends in time") {
            Some(Told::Ended(ended)) => return (told, ended),
            Some(next @ (Told::Output { .. } | Told::Skipped { .. })) => told.push(next),
            None => panic!("no end was told"),
        }
    }
}

async fn run(job: Job) -> (Vec<Told>, Ended) {
    finish(&mut processes().start(job).await.unwrap()).await
}

/// What was told of a channel as text.
fn said(told: &[Told], of: u8) -> String {
    let text = |told: &Told| match told {
        Told::Output { channel, text } if *channel == of => text.clone(),
        Told::Output { .. } | Told::Skipped { .. } | Told::Ended(_) => String::new(),
    };
    told.iter().map(text).collect()
}

/// Reads on until this was printed.
async fn until(running: &mut Running, text: &str) {
    let mut told = Vec::new();
    while !said(&told, 1).contains(text) {
        told.push(tokio::time::timeout(Duration::from_secs(10), running.next()).await.expect("it is printed in time").expect("it runs"));
    }
}

/// How long what happens at once may take beside everything else that is tested at the same time; alone, a stop takes less than half a
/// second.
const AT_ONCE: Duration = Duration::from_secs(5);

/// Waits until nothing runs any more, whether or not its end was heard.
async fn emptied(register: &Register) {
    tokio::time::timeout(AT_ONCE, register.emptied()).await.expect("all end in time");
}

/// Waits until nothing runs any more and nobody follows it.
async fn let_go(processes: &Processes) {
    processes.courses.close();
    tokio::time::timeout(AT_ONCE, processes.courses.wait()).await.expect("all are let go in time");
}

/// Looks again and again until it holds, for so long: for what nothing tells of, such as a tree of strange processes that grows.
async fn soon(limit: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let until = Instant::now() + limit;
    loop {
        if holds() {
            return true;
        }
        if Instant::now() > until {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
