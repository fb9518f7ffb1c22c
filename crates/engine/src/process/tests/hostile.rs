//! Commands that do not want to end: whole trees of them, stopped, at their limit, and left behind by an Alcove that was killed.

use std::fs;
use std::os::fd::OwnedFd;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open};

use super::*;

/// Name, script, and how many of its processes there are at least when it is set up. `$T` is a number only its processes know.
const TREES: [(&str, &str, usize); 30] = [
    ("one", "exec sleep 1000.$T", 1),
    ("in the background", "sleep 1000.$T & sleep 1000.$T & wait", 3),
    ("orphans", "(sleep 1000.$T & sleep 1000.$T &); exec sleep 1000.$T", 3),
    ("own session", "setsid sleep 1000.$T & wait", 2),
    ("own process groups", "set -m; sleep 1000.$T & sleep 1000.$T & wait", 3),
    ("daemon", "perl -e 'use POSIX; fork and exit; POSIX::setsid(); fork and exit; sleep 1000' $T; exec sleep 1000.$T", 2),
    ("daemon without our descriptors", "nohup setsid sleep 1000.$T </dev/null >/dev/null 2>&1 & disown; exec sleep 1000.$T", 2),
    ("daemon elsewhere without environment", "cd /; (env -i setsid sleep 1000.$T &); exec env -i sleep 1000.$T", 2),
    ("deaf", "trap '' TERM INT HUP; sleep 1000.$T & while :; do sleep 1.$T; done", 3),
    ("deaf to all", "perl -e '$SIG{$_} = \"IGNORE\" for keys %SIG; sleep 1000 while 1' $T", 1),
    ("stopped", "sleep 1000.$T & kill -STOP $!; kill -STOP $$", 2),
    (
        "stopped and deaf daemon",
        "perl -e '$SIG{TERM} = \"IGNORE\"; fork and exit; setpgrp; kill STOP => $$; sleep 1000' $T; exec sleep 1000.$T",
        2,
    ),
    ("wide", "for i in $(seq 60); do sleep 1000.$T & done; wait", 61),
    ("deep", "perl -e 'for (1..60) { last if fork } sleep 1000' $T", 61),
    ("deep with sessions", "perl -e 'use POSIX; for (1..60) { last if fork; POSIX::setsid() } sleep 1000' $T", 61),
    ("tree", "perl -e 'fork for 1..6; sleep 1000' $T", 64),
    ("tree of sessions", "perl -e 'use POSIX; for (1..5) { fork; POSIX::setsid() } sleep 1000' $T", 32),
    (
        "starts more when asked to end",
        "trap 'for i in 1 2 3; do setsid sleep 1000.$T & done' TERM; sleep 1000.$T & while :; do wait; done",
        2,
    ),
    (
        "flees when asked to end",
        "perl -e 'use POSIX; $SIG{TERM} = sub { fork and exit; POSIX::setsid(); $SIG{TERM} = \"IGNORE\" }; sleep 1000 while 1' $T",
        1,
    ),
    ("comet", "perl -e 'while (1) { fork and exit; select undef, undef, undef, 0.0005 }' $T; exec sleep 1000.$T", 1),
    ("comet of sessions", "perl -e 'use POSIX; while (1) { fork and exit; POSIX::setsid() }' $T; exec sleep 1000.$T", 1),
    ("renamed", "exec perl -e '$0 = \"innocent\"; sleep 1000 while 1'", 1),
    (
        "reaper of its own",
        "exec perl -e 'use Config; syscall($Config{archname} =~ /x86_64/ ? 157 : 167, 36, 1, 0, 0, 0); if (!fork) { for (1..9) { fork and exit } } sleep 1000 while 1' $T",
        2,
    ),
    ("stops its guardian", "kill -STOP $PPID; exec sleep 1000.$T", 1),
    ("kills its guardian", "(setsid sleep 1000.$T &); sleep 1000.$T & kill -KILL $PPID; sleep 1000.$T", 0),
    ("waits for nobody", "perl -e 'fork or exit for 1..50; sleep 1000' $T", 1),
    ("hangs in opening", "mkfifo pipe.$T; cat pipe.$T & cat < pipe.$T", 2),
    ("busy", "(while :; do :; done) & while :; do :; done", 2),
    ("talkative and deaf", "trap '' TERM PIPE; yes & yes >&2 & while :; do wait; done", 3),
    ("whole group stopped", "sleep 1000.$T & kill -STOP 0", 2),
];

fn script(script: &str, token: &str) -> String {
    format!("T={token}; {script}")
}

/// The living processes that work in this folder.
pub(super) fn alive_in(folder: &Path) -> Vec<(Pid, String)> {
    alive(folder, |_| false)
}

/// The living processes that work in this folder or have this in their arguments.
fn alive_with(folder: &Path, token: &str) -> Vec<(Pid, String)> {
    alive(folder, |line| line.contains(token))
}

fn alive(folder: &Path, ours: impl Fn(&str) -> bool) -> Vec<(Pid, String)> {
    let lives = |pid: Pid| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        let there = fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|at| at == folder);
        ((there || ours(&line)) && !tree::is_dead(pid)).then_some((pid, line))
    };
    tree::everyone().filter_map(lives).collect()
}

/// One number for each tree of each test: `of` is the test's.
fn token(of: u8, process: u32, number: usize) -> String {
    format!("{of}{process}{number:03}")
}

/// Starts a tree and waits until it has grown.
async fn grow(processes: &Processes, number: usize, folder: &Path, limit: Duration) -> Running {
    let (name, text, size) = TREES[number];
    let token = token(7, std::process::id(), number);
    let running = processes.start(Job { limit, ..job_in(&script(text, &token), folder) }).await.unwrap();
    assert!(soon(Duration::from_secs(5), || alive_with(folder, &token).len() >= size).await, "{name}: {:?}", alive_with(folder, &token));
    running
}

#[tokio::test]
async fn none_survives_a_stop() {
    let processes = processes();
    for (number, (name, ..)) in TREES.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let mut running = grow(&processes, number, folder.path(), Duration::from_secs(60)).await;
        let start = Instant::now();
        running.stop();
        let (_, ended) = finish(&mut running).await;
        assert!(matches!(ended.how, How::Stopped | How::Lost), "{name}: {:?}", ended.how);
        assert!(start.elapsed() < AT_ONCE, "{name}: {:?}", start.elapsed());
        let left = alive_with(folder.path(), &token(7, std::process::id(), number));
        assert!(left.is_empty(), "{name}: {left:?}");
    }
}

#[tokio::test]
async fn none_survives_its_limit() {
    const LIMIT: Duration = Duration::from_millis(700);
    let folders: Vec<_> = TREES.iter().map(|_| tempfile::tempdir().unwrap()).collect();
    let processes = processes();
    let mut all = Vec::new();
    for (number, folder) in folders.iter().enumerate() {
        let token = token(9, std::process::id(), number);
        let job = Job { limit: LIMIT, ..job_in(&script(TREES[number].1, &token), folder.path()) };
        all.push((number, token, processes.start(job).await.unwrap()));
    }
    for (number, token, mut running) in all {
        let (name, folder) = (TREES[number].0, folders[number].path());
        let (_, ended) = finish(&mut running).await;
        assert!(matches!(ended.how, How::TimedOut | How::Lost | How::Exit(0)), "{name}: {:?}", ended.how);
        assert!(ended.duration < LIMIT + AT_ONCE, "{name}: {:?}", ended.duration);
        assert!(alive_with(folder, &token).is_empty(), "{name}: {:?}", alive_with(folder, &token));
    }
}

const ALCOVE: &str = "process::tests::hostile::an_alcove";
/// Where the Alcove that is killed finds a folder for each tree.
const PLACE: &str = "ALCOVE_TEST_PLACE";

#[tokio::test]
async fn an_alcove() {
    if !alone::asked_for(ALCOVE) {
        return;
    }
    let place = std::env::var(PLACE).unwrap();
    let processes = processes();
    let mut all = Vec::new();
    for (number, (_, text, _)) in TREES.iter().enumerate() {
        let folder = Path::new(&place).join(number.to_string());
        all.push(processes.start(job_in(&script(text, &token(8, std::process::id(), number)), &folder)).await.unwrap());
    }
    futures_util::future::join_all(all.iter_mut().map(async |running| while running.next().await.is_some() {})).await;
    std::future::pending::<()>().await;
}

/// Ends with the test that started it.
struct Alcove(std::process::Child);

impl Drop for Alcove {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[tokio::test]
async fn none_survives_an_alcove_that_is_killed() {
    let place = tempfile::tempdir().unwrap();
    let folders: Vec<_> = (0..TREES.len()).map(|number| place.path().join(number.to_string())).collect();
    folders.iter().for_each(|folder| fs::create_dir(folder).unwrap());
    let alcove = Alcove(alone::again(ALCOVE).env(PLACE, place.path()).spawn().unwrap());
    let pid = Pid::from_child(&alcove.0);
    let living = |number: usize| alive_with(&folders[number], &token(8, alcove.0.id(), number));
    let grown = |number: &usize| living(*number).len() >= TREES[*number].2;
    let slow = ["comet", "comet of sessions"];
    let expected: Vec<usize> = (0..TREES.len()).filter(|number| !slow.contains(&TREES[*number].0)).collect();
    assert!(soon(Duration::from_secs(20), || expected.iter().all(grown)).await, "{:?}", expected.iter().find(|number| !grown(number)));
    let guardians: Vec<OwnedFd> = tree::children(pid).into_iter().filter_map(|pid| pidfd_open(pid, PidfdFlags::empty()).ok()).collect();
    assert!(guardians.len() >= TREES.len() - 3, "{}", guardians.len());
    rustix::process::kill_process(pid, Signal::KILL).unwrap();
    let start = Instant::now();
    assert!(guardians.iter().all(|guardian| ends_by(guardian, start + Duration::from_secs(2))), "a guardian lives on");
    eprintln!("gone after {:?}", start.elapsed());
    let left: Vec<_> = (0..TREES.len()).flat_map(living).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Waits for the end of a process that is no child of this one; whether it came in time.
fn ends_by(process: &OwnedFd, until: Instant) -> bool {
    // The ends of other tests' children interrupt it.
    let ended = rustix::io::retry_on_intr(|| {
        let left = Timespec::try_from(until.saturating_duration_since(Instant::now())).unwrap();
        rustix::event::poll(&mut [PollFd::new(process, PollFlags::IN)], Some(&left))
    });
    ended == Ok(1)
}
