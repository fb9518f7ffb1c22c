//! The guardian: a process between Alcove and one command, started from the same binary under a hidden word. It leads the command's
//! session, is given every orphan of it, and ends when nothing of it is left: because the command ended, because Alcove says so, or
//! because Alcove is gone, however it went. It never reads what the command prints and holds none of Alcove's descriptors.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::fd::{BorrowedFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::{Errno, FdFlags};
use rustix::process::{Pid, Signal, WaitOptions, WaitStatus};

use super::order::{Launch, Order, Report, announced};

/// The word it is started under.
pub(super) const WORD: &str = "__guard";
/// From the request to end to the kill.
const GRACE: Duration = Duration::from_millis(150);
/// How often orphans that ended are looked for while the command runs.
const ROUND: Duration = Duration::from_secs(1);
/// How long a killed process may take to be gone before it is looked for again.
const RETRY: Duration = Duration::from_millis(3);
/// How long killing is tried: only what hangs in the kernel takes longer.
const PATIENCE: Duration = Duration::from_secs(5);

struct Guardian {
    socket: UnixStream,
    /// The command's first process, which leads its process group; none when it has been waited for.
    main: Option<Pid>,
}

/// What there is to do.
enum Heard {
    Nothing,
    Order(Order),
    /// Alcove is gone.
    Gone,
}

/// Runs as a guardian when the program was started as one; called first in `main`. `None` means: it was not. It succeeds when
/// nothing of the command is left.
pub fn guardian(mut args: impl Iterator<Item = OsString>) -> Option<ExitCode> {
    if args.nth(1)? == WORD { Some(guard()) } else { None }
}

/// Guards what the socket at standard input says.
pub(super) fn guard() -> ExitCode {
    let Ok(socket) = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3) else { return ExitCode::FAILURE };
    let mut socket = UnixStream::from(socket);
    let gone = match begin(&mut socket) {
        Ok(main) => {
            tell(&mut socket, Report::Started(main.as_raw_nonzero().get()));
            Guardian { socket, main: Some(main) }.watch()
        }
        Err(error) => {
            tell(&mut socket, Report::Failed(error.raw_os_error().unwrap_or(Errno::INVAL.raw_os_error())));
            true
        }
    };
    if gone { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn begin(socket: &mut UnixStream) -> io::Result<Pid> {
    detach()?;
    let (bytes, pipes) = announced(&*socket)?;
    let mut launch = vec![0; bytes];
    socket.read_exact(&mut launch)?;
    Launch::decode(&launch).ok_or(io::ErrorKind::InvalidData)?.start(pipes)
}

/// Leaves Alcove's session, and takes in the orphans of its own.
fn detach() -> io::Result<()> {
    // It can only fail for one who leads a group already, which a child of Alcove never does.
    let _own = rustix::process::setsid();
    #[cfg(target_os = "linux")]
    {
        rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
        // A guardian that the command has stopped goes on when Alcove dies, and so hears of it.
        rustix::process::set_parent_process_death_signal(Some(Signal::CONT))?;
        rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
        rustix::thread::set_name(c"alcove-guard")?;
        usual_signals();
    }
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    keep_descriptors()
}

/// Gives the command the usual signals, also where whoever started Alcove had it ignore some, as `nohup` does.
#[cfg(target_os = "linux")]
fn usual_signals() {
    const IGNORABLE: [libc::c_int; 11] = [
        libc::SIGHUP,
        libc::SIGINT,
        libc::SIGQUIT,
        libc::SIGTERM,
        libc::SIGALRM,
        libc::SIGUSR1,
        libc::SIGUSR2,
        libc::SIGCHLD,
        libc::SIGTSTP,
        libc::SIGTTIN,
        libc::SIGTTOU,
    ];
    for signal in IGNORABLE {
        #[expect(unsafe_code, reason = "it sets no handler, only the default, in a process of one thread")]
        // It fails for no signal of the list.
        let _before = unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}

/// Lets no descriptor go on to the command, not even those whoever started Alcove left open for it.
fn keep_descriptors() -> io::Result<()> {
    let open = fs::read_dir("/dev/fd")?.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    for fd in open.collect::<Vec<RawFd>>().into_iter().filter(|fd| *fd > 2) {
        #[expect(unsafe_code, reason = "a number that was open a moment ago, of a process that does one thing at a time")]
        let fd = unsafe { BorrowedFd::borrow_raw(fd) };
        // The listing's own is closed by now.
        let _closed = rustix::io::fcntl_setfd(fd, FdFlags::CLOEXEC);
    }
    Ok(())
}

impl Launch {
    fn start(self, [out, error]: [OwnedFd; 2]) -> io::Result<Pid> {
        #[expect(clippy::disallowed_methods, reason = "it starts what the sandbox made ready")]
        let mut command = Command::new(self.program);
        command.args(self.args).env_clear().envs(self.env).current_dir(self.folder).process_group(0);
        let child = command.stdin(Stdio::null()).stdout(out).stderr(error).spawn()?;
        i32::try_from(child.id()).ok().and_then(Pid::from_raw).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }
}

/// Nobody may be there to hear it: the next look at the socket says so.
fn tell(socket: &mut UnixStream, report: Report) {
    let _heard = socket.write_all(&report.bytes());
}

impl Guardian {
    /// Stays until nothing is left; whether nothing is.
    fn watch(mut self) -> bool {
        while self.reap() {
            match self.wait(ROUND) {
                Heard::Nothing => {}
                Heard::Order(Order::Stop) => return self.stop(),
                Heard::Order(Order::Kill) | Heard::Gone => return self.kill(),
            }
        }
        true
    }

    /// Waits for those that have ended; whether anyone is left. As every orphan comes here, nobody is left when there is no child.
    fn reap(&mut self) -> bool {
        loop {
            match rustix::process::wait(WaitOptions::NOHANG) {
                Ok(Some((pid, status))) => self.ended(pid, status),
                Ok(None) => return true,
                Err(Errno::INTR) => {}
                Err(_) => return false,
            }
        }
    }

    fn ended(&mut self, pid: Pid, status: WaitStatus) {
        if self.main != Some(pid) {
            return;
        }
        self.main = None;
        let by_signal = status.terminating_signal().map(Report::Signalled);
        tell(&mut self.socket, by_signal.unwrap_or(Report::Exited(status.exit_status().unwrap_or(-1))));
    }

    /// Asks everyone to end, and kills those that have not after the grace.
    fn stop(&mut self) -> bool {
        for pid in addressees() {
            let _gone = rustix::process::kill_process(pid, Signal::TERM);
            // One that is stopped would hear nothing.
            let _gone = rustix::process::kill_process(pid, Signal::CONT);
        }
        if !cfg!(target_os = "linux") {
            self.signal_group(Signal::TERM);
        }
        let until = Instant::now() + GRACE;
        while self.reap() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return self.kill();
            }
            match self.wait(left) {
                Heard::Nothing | Heard::Order(Order::Stop) => {}
                Heard::Order(Order::Kill) | Heard::Gone => return self.kill(),
            }
        }
        true
    }

    /// Kills until nobody is left: what a killed process leaves behind becomes a child of this one and is found in the next round.
    fn kill(&mut self) -> bool {
        let until = Instant::now() + PATIENCE;
        self.signal_group(Signal::KILL);
        while self.reap() {
            if Instant::now() > until {
                return false;
            }
            let me = rustix::process::getpid();
            // The nearest at once: a process that only lives until it has started the next is gone after a longer look.
            let near = children(me);
            near.iter().for_each(|pid| kill(*pid));
            beneath(me).into_iter().for_each(kill);
            doze(near.first().copied(), RETRY);
        }
        true
    }

    /// Signals the command's process group. Only while its first process has not been waited for: after that the number may be
    /// another's.
    fn signal_group(&self, signal: Signal) {
        if let Some(main) = self.main {
            let _gone = rustix::process::kill_process_group(main, signal);
        }
    }

    /// Until somebody ends, an order comes, or the time is up.
    fn wait(&mut self, limit: Duration) -> Heard {
        let watched = self.main.or_else(|| children(rustix::process::getpid()).first().copied()).and_then(watch);
        let mut fds = vec![PollFd::new(&self.socket, PollFlags::IN)];
        fds.extend(watched.as_ref().map(|fd| PollFd::new(fd, PollFlags::IN)));
        poll(&mut fds, if watched.is_some() { limit } else { limit.min(GRACE / 10) });
        if fds.first().is_none_or(|socket| socket.revents().is_empty()) {
            return Heard::Nothing;
        }
        let mut order = [0];
        match self.socket.read(&mut order) {
            Ok(0) => Heard::Gone,
            Ok(_) => Heard::Order(Order::of(order[0])),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Heard::Nothing,
            Err(_) => Heard::Gone,
        }
    }
}

fn kill(pid: Pid) {
    let _gone = rustix::process::kill_process(pid, Signal::KILL);
}

/// Waits for the end of a process, but not long.
fn doze(pid: Option<Pid>, limit: Duration) {
    let watched = pid.and_then(watch);
    poll(&mut watched.iter().map(|fd| PollFd::new(fd, PollFlags::IN)).collect::<Vec<_>>(), limit);
}

fn poll(fds: &mut [PollFd<'_>], limit: Duration) {
    let limit = Timespec { tv_sec: i64::try_from(limit.as_secs()).unwrap_or(i64::MAX), tv_nsec: limit.subsec_nanos().into() };
    // An interruption is a short wait.
    let _ready = rustix::event::poll(fds, Some(&limit));
}

/// Who is asked to end: those within the innermost process namespace, as what stands around one ends with it and would take it along
/// without asking; everyone where there is none.
#[cfg(target_os = "linux")]
fn addressees() -> Vec<Pid> {
    use super::tree::depth;
    let me = rustix::process::getpid();
    let (inner, outer): (Vec<Pid>, Vec<Pid>) = beneath(me).into_iter().partition(|pid| depth(*pid) > depth(me));
    if inner.is_empty() { outer } else { inner }
}

#[cfg(target_os = "linux")]
use super::tree::{beneath, children};

#[cfg(target_os = "linux")]
fn watch(pid: Pid) -> Option<OwnedFd> {
    rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok()
}

// Elsewhere a command is held by its process group alone, and looked at in short rounds.
#[cfg(not(target_os = "linux"))]
fn addressees() -> Vec<Pid> {
    Vec::new()
}

#[cfg(not(target_os = "linux"))]
fn beneath(_: Pid) -> Vec<Pid> {
    Vec::new()
}

#[cfg(not(target_os = "linux"))]
fn children(_: Pid) -> Vec<Pid> {
    Vec::new()
}

#[cfg(not(target_os = "linux"))]
fn watch(_: Pid) -> Option<OwnedFd> {
    None
}
