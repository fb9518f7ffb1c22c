//! The one place of the benchmarks that starts processes, and what they cost: processor time and memory, read from `/proc`.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open, pidfd_send_signal};

use crate::error::Error;

/// Kernel clock ticks a second, fixed by Linux's interface.
const TICKS: u64 = 100;

/// A command line to be.
pub(crate) struct Launch {
    command: Command,
    name: String,
}

/// A started process; it and what it started are ended when this goes.
pub(crate) struct Running {
    child: Child,
}

impl Launch {
    /// A program by path or name.
    #[expect(clippy::disallowed_methods, reason = "benchmarks start the measured binaries and their baselines, outside any sandbox")]
    pub(crate) fn new(program: impl AsRef<Path>) -> Self {
        let program = program.as_ref();
        let mut command = Command::new(program);
        command.stdin(Stdio::null());
        Self { command, name: program.display().to_string() }
    }

    /// One more argument.
    pub(crate) fn arg(mut self, argument: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// More arguments.
    pub(crate) fn args(mut self, arguments: &[&str]) -> Self {
        self.command.args(arguments);
        self
    }

    /// One environment variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// The folder it starts in.
    pub(crate) fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Starts it; everything it says goes into a file.
    pub(crate) fn start(mut self, log: &Path) -> Result<Running, Error> {
        let log = File::create(log).map_err(Error::io(log.display()))?;
        let errors = log.try_clone().map_err(Error::io("copy a log's handle"))?;
        self.command.stdout(log).stderr(errors);
        self.spawn()
    }

    /// Starts it with its standard output in our hands; errors go into a file.
    pub(crate) fn start_read(mut self, log: &Path) -> Result<(Running, BufReader<ChildStdout>), Error> {
        let log = File::create(log).map_err(Error::io(log.display()))?;
        self.command.stdout(Stdio::piped()).stderr(log);
        let mut running = self.spawn()?;
        let output = running.child.stdout.take().expect("its output is piped");
        Ok((running, BufReader::new(output)))
    }

    /// Runs it to its end; its standard output when it succeeded.
    pub(crate) fn finish(mut self) -> Result<String, Error> {
        let output = self.command.output().map_err(Error::io(&self.name))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let last: Vec<&str> = said.trim().lines().rev().take(3).collect();
        Err(Error::broken(format!("{} failed: {}", self.name, last.into_iter().rev().collect::<Vec<_>>().join(" / "))))
    }

    /// Runs it to its end; how many bytes it put out.
    pub(crate) fn count(self) -> Result<u64, Error> {
        let name = self.name.clone();
        let (_running, mut output) = self.start_read(Path::new("/dev/null"))?;
        io::copy(&mut output, &mut io::sink()).map_err(Error::io(name))
    }

    fn spawn(mut self) -> Result<Running, Error> {
        let child = self.command.spawn().map_err(Error::io(&self.name))?;
        Ok(Running { child })
    }
}

impl Running {
    /// Processor time it has used, in user and kernel, of all its threads. Ten milliseconds fine.
    pub(crate) fn cpu(&self) -> Duration {
        cpu(self.child.id()).unwrap_or_default()
    }

    /// Its resident memory in bytes.
    pub(crate) fn resident(&self) -> u64 {
        status(self.child.id(), "VmRSS:") * 1024
    }

    /// The most memory that was resident since it started or since [`Running::forget_peak`], in bytes.
    pub(crate) fn peak(&self) -> u64 {
        status(self.child.id(), "VmHWM:") * 1024
    }

    /// Lets the peak begin anew; where the system does not, it stays what it was.
    pub(crate) fn forget_peak(&self) {
        fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").ok();
    }

    /// Proportional memory in bytes of it and everything it started: pages that processes share are counted once.
    pub(crate) fn proportional(&self) -> u64 {
        family(self.child.id()).into_iter().map(|pid| proportional(pid) * 1024).sum()
    }

    /// Whether it still runs.
    pub(crate) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Asks it to end, and waits.
    pub(crate) fn end(mut self) {
        if let Some(pid) = number(self.child.id()) {
            kill_process(pid, Signal::TERM).ok();
        }
        for _ in 0..200 {
            if !self.is_alive() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Once it was waited for, its number may be another's.
        if self.is_alive() {
            for pid in family(self.child.id()).into_iter().filter_map(number) {
                kill_process(pid, Signal::KILL).ok();
            }
        }
        self.child.wait().ok();
    }
}

/// Processes of this machine, held on to: what is done to them is done to no others that have their numbers by then.
pub(crate) struct Processes(Vec<OwnedFd>);

impl Processes {
    /// Those with these words in their command lines.
    pub(crate) fn named(words: &str) -> Result<Self, Error> {
        let says = |pid: &u32| fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| String::from_utf8_lossy(&line).contains(words));
        let held = all().filter(says).filter_map(number).map(|pid| pidfd_open(pid, PidfdFlags::empty()));
        // What has ended in between is none any more.
        let held: Vec<OwnedFd> = held
            .filter(|held| !matches!(held, Err(Errno::SRCH)))
            .collect::<Result<_, _>>()
            .map_err(|error| Error::io("hold on to a process")(error.into()))?;
        Ok(Self(held))
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Kills them all.
    pub(crate) fn kill(&self) {
        for process in &self.0 {
            // One that has ended needs it no more.
            pidfd_send_signal(process, Signal::KILL).ok();
        }
    }

    /// Waits until the last of them has ended.
    pub(crate) fn ended(&self) -> Result<(), Error> {
        for process in &self.0 {
            let mut wait = [PollFd::new(process, PollFlags::IN)];
            let limit = Timespec { tv_sec: 10, tv_nsec: 0 };
            if poll(&mut wait, Some(&limit)).map_err(|error| Error::io("wait for a process")(error.into()))? == 0 {
                return Err(Error::broken("a process does not end"));
            }
        }
        Ok(())
    }
}

/// Every process of this machine.
fn all() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn number(pid: u32) -> Option<Pid> {
    i32::try_from(pid).ok().and_then(Pid::from_raw)
}

fn cpu(pid: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let rest = stat.rsplit_once(')')?.1;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 1000 / TICKS))
}

fn status(pid: u32, name: &str) -> u64 {
    kibibytes(&format!("/proc/{pid}/status"), name)
}

fn proportional(pid: u32) -> u64 {
    kibibytes(&format!("/proc/{pid}/smaps_rollup"), "Pss:")
}

fn kibibytes(path: &str, name: &str) -> u64 {
    let text = fs::read_to_string(path).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(name));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}

/// A process and its descendants.
fn family(first: u32) -> Vec<u32> {
    let parent = |pid: u32| -> Option<u32> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
    };
    let all: Vec<u32> = all().collect();
    let mut found = vec![first];
    let mut next = 0;
    while let Some(&one) = found.get(next) {
        found.extend(all.iter().copied().filter(|pid| parent(*pid) == Some(one)));
        next += 1;
    }
    found
}
