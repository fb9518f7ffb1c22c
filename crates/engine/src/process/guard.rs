//! Starting a guardian, giving it its command, and hearing what it says of it.

use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal};
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::net::unix::pipe::Receiver;
use tokio::process::Child;

use super::guardian::WORD;
use super::order::{Launch, Order, REPORT, Report, announce};

/// How long a guardian may take to start its command.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long it may be silent before it is taken for one that its command has stopped already.
const SILENCE: Duration = Duration::from_millis(100);
/// The name of the environment entry that marks a command's processes.
const MARK: &str = "ALCOVE_COMMAND";

/// How a guardian is started: the program and the arguments that lead to [`super::guardian`].
#[derive(Clone, Debug)]
pub struct Guard {
    pub program: PathBuf,
    pub args: Vec<OsString>,
}

/// A command that was started, and its guardian.
#[derive(Debug)]
pub(super) struct Guarded {
    pub(super) guardian: Child,
    pub(super) pid: Pid,
    pub(super) line: Line,
    /// The read ends of its output: 1 and 2.
    pub(super) pipes: [Receiver; 2],
    /// What every process of it was started with in its environment.
    pub(super) mark: String,
}

/// The socket to a guardian.
#[derive(Debug)]
pub(super) struct Line {
    socket: UnixStream,
    report: [u8; REPORT],
    got: usize,
    ended: bool,
}

impl Guard {
    /// This very program, also after its file was replaced by a newer one.
    pub fn own() -> io::Result<Self> {
        let program = if cfg!(target_os = "linux") { PathBuf::from("/proc/self/exe") } else { std::env::current_exe()? };
        Ok(Self { program, args: vec![WORD.into()] })
    }

    /// Starts a command under a new guardian. Nothing of it is left when the future is dropped or fails.
    pub(super) async fn start(&self, command: &Command) -> io::Result<Guarded> {
        let mut launch = Launch::of(command);
        let id = crate::clock::hex(&crate::clock::random::<8>());
        let mark = format!("{MARK}={id}");
        launch.env.push((MARK.into(), id.into()));
        let bytes = launch.encode()?;
        let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
        let (out, out_end) = std::io::pipe()?;
        let (error, error_end) = std::io::pipe()?;
        announce(&ours, bytes.len(), [&out_end, &error_end])?;
        drop((out_end, error_end));
        let guardian = self.spawn(theirs.into())?;
        let pid = guardian.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)).ok_or(io::ErrorKind::NotFound)?;
        ours.set_nonblocking(true)?;
        let mut line = Line { socket: UnixStream::from_std(ours)?, report: [0; REPORT], got: 0, ended: false };
        let _woken = Woken(pid);
        tokio::time::timeout(PATIENCE, line.begin(&bytes, pid)).await.map_err(|_| io::ErrorKind::TimedOut)??;
        let pipes = [Receiver::from_owned_fd(out.into())?, Receiver::from_owned_fd(error.into())?];
        Ok(Guarded { guardian, pid, line, pipes, mark })
    }

    /// The guardian itself has nothing of the command's: neither its environment, which may name what would be loaded into it, nor
    /// its folder, nor its output.
    fn spawn(&self, socket: OwnedFd) -> io::Result<Child> {
        #[expect(clippy::disallowed_methods, reason = "Alcove itself, to guard what the sandbox made ready")]
        let mut guardian = Command::new(&self.program);
        guardian.arg0("alcove-guard").args(&self.args).env_clear().current_dir("/");
        guardian.stdin(socket).stdout(Stdio::null()).stderr(Stdio::null());
        tokio::process::Command::from(guardian).spawn()
    }
}

impl Line {
    async fn begin(&mut self, launch: &[u8], guardian: Pid) -> io::Result<()> {
        self.socket.write_all(launch).await?;
        loop {
            let Ok(report) = tokio::time::timeout(SILENCE, self.next()).await else {
                wake(guardian);
                continue;
            };
            return match report {
                Some(Report::Failed(error)) => Err(io::Error::from_raw_os_error(error)),
                // Silent to its end, it was killed by what it had just started: that command began.
                Some(Report::Started(_) | Report::Exited(_) | Report::Signalled(_)) | None => Ok(()),
            };
        }
    }

    /// What the guardian says next; `None` when it says nothing more. Cancel-safe.
    pub(super) async fn next(&mut self) -> Option<Report> {
        while !self.ended {
            if self.socket.readable().await.is_err() {
                break;
            }
            if let Some(report) = self.heard(UnixStream::try_read) {
                return Some(report);
            }
        }
        self.ended = true;
        None
    }

    /// What a guardian that is gone has said last. Asks the system itself, as the runtime may not have looked yet.
    pub(super) fn last(&mut self) -> Option<Report> {
        self.heard(|socket, buffer| Ok(rustix::io::read(socket, buffer)?))
    }

    fn heard(&mut self, read: impl Fn(&UnixStream, &mut [u8]) -> io::Result<usize>) -> Option<Report> {
        loop {
            match read(&self.socket, &mut self.report[self.got..]) {
                Ok(0) => self.ended = true,
                Ok(bytes) => self.got += bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => self.ended |= error.kind() != io::ErrorKind::WouldBlock,
            }
            if self.got < REPORT {
                return None;
            }
            self.got = 0;
            if let Some(report) = Report::of(self.report) {
                return Some(report);
            }
        }
    }

    pub(super) fn is_open(&self) -> bool {
        !self.ended
    }

    /// Gives an order. A guardian that is gone needs none.
    pub(super) fn order(&self, order: Order) {
        let _gone = self.socket.try_write(&[order.byte()]);
    }
}

/// Lets a guardian go on when a start is over, so that it also hears of one that nobody waited for.
struct Woken(Pid);

impl Drop for Woken {
    fn drop(&mut self) {
        wake(self.0);
    }
}

/// Lets a guardian go on that the command has stopped. The caller has not waited for it yet, so the number is still its own.
pub(super) fn wake(guardian: Pid) {
    let _gone = rustix::process::kill_process(guardian, Signal::CONT);
}
