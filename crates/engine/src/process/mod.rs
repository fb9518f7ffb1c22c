//! Commands that run: each in its own session under a guardian, its output read with back-pressure, told in pieces and kept in part,
//! its end always told once, its whole tree gone by then. It takes a command as the sandbox made it, and decides nothing about it.

mod channel;
mod course;
mod guard;
mod guardian;
mod keep;
mod order;
mod register;
mod repair;
mod sweep;
mod telling;
#[cfg(test)]
mod tests;
mod tree;

use std::io;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio_util::task::TaskTracker;

pub use guard::Guard;
pub use guardian::guardian;
pub(crate) use keep::Kept;
pub(crate) use register::Tail;

use course::{Bounds, Course, Listener};
use register::Register;

/// Commands that run at a time.
const MOST: usize = 64;
/// Events that wait for who listens to a command; when they are full, the command waits.
const TOLD: usize = 1;
/// How long a shutdown lets commands end by themselves.
const SHUT_DOWN_GRACE: Duration = Duration::from_millis(500);

/// One command's number, unique while the engine lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct CommandId(u64);

/// A command to start.
#[derive(Debug)]
pub(crate) struct Job {
    /// Program, arguments, folder and the whole environment, as the sandbox made them; nothing of Alcove's environment is added, and
    /// its standard streams are replaced. An argument may have 128 KiB, all of it together about 2 MiB.
    pub(crate) command: Command,
    /// From its start to [`How::TimedOut`].
    pub(crate) limit: Duration,
    pub(crate) caps: Caps,
    pub(crate) after: After,
}

/// How much of each channel goes where, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Caps {
    /// Told as it comes; the rest as [`Told::Skipped`].
    pub(crate) told: usize,
    /// Kept of the beginning.
    pub(crate) head: usize,
    /// Kept of the end.
    pub(crate) tail: usize,
}

/// What becomes of the processes a command leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// They are killed as soon as the output is at its end, at most 500 ms later.
    Kill,
    /// The command runs on until they have ended too.
    Wait,
}

/// What is told of a running command. [`Ended`] comes last, and once.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// What it printed: at most 16 KiB, at most one in 75 ms a channel, valid UTF-8 whatever came. 1 is the standard output, 2 the
    /// standard error.
    Output { channel: u8, text: String },
    /// It prints more than is told: `bytes` so far, the newest lines as `tail` (at most 2 KiB). At most two a second a channel.
    Skipped { channel: u8, bytes: u64, tail: String },
    /// Nothing of it runs any more.
    Ended(Ended),
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) how: How,
    /// From its start to the end of its first process, or of its tree where that was stopped; a monotonic clock's.
    pub(crate) duration: Duration,
    /// One for each channel, in order.
    pub(crate) channels: Vec<Kept>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// By itself, with this code. A shell says 128 + n of a program that was ended by signal n.
    Exit(i32),
    /// By a signal that was not Alcove's.
    Signal(i32),
    /// Its limit passed.
    TimedOut,
    /// It was stopped: on request, with the engine, or as nobody listened any more.
    Stopped,
    /// Its guardian was killed, so nobody knows. What was left of it has been killed.
    Lost,
}

/// How far a command is wished to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Wish {
    Run,
    Stop,
    Kill,
}

/// The commands of an engine. When it is dropped they are killed.
#[derive(Debug)]
pub(crate) struct Processes {
    guard: Guard,
    register: Arc<Register>,
    courses: TaskTracker,
}

/// A command that runs, and the one who listens to it. When it is dropped the command is killed.
#[derive(Debug)]
pub(crate) struct Running {
    id: CommandId,
    told: mpsc::Receiver<Told>,
    wish: watch::Sender<Wish>,
    bound: watch::Sender<Bounds>,
}

impl Default for Caps {
    fn default() -> Self {
        Self { told: 128 << 10, head: 64 << 10, tail: 64 << 10 }
    }
}

impl Processes {
    /// No command yet; guardians are started as `guard` says.
    pub(crate) fn new(guard: Guard) -> Self {
        Self { guard, register: Arc::default(), courses: TaskTracker::new() }
    }

    /// Starts a command. Errors: the system's, when it cannot be started (no such program, no such folder); `QuotaExceeded` when 64
    /// run already; `NotConnected` after [`Processes::shut_down`]. When the future is dropped, nothing of it is left running.
    pub(crate) async fn start(&self, job: Job) -> io::Result<Running> {
        let (wish, wished) = watch::channel(Wish::Run);
        let place = self.register.enter(job.caps, wish.clone(), MOST)?;
        let guarded = self.guard.start(&job.command).await?;
        let (tell, told) = mpsc::channel(TOLD);
        let id = place.id();
        let bounds = Bounds { limit: job.limit, after: job.after };
        let (bound, bounded) = watch::channel(bounds);
        let course = Course::new(guarded, place, job.caps.told, bounds);
        self.courses.spawn(course.follow(Listener { tell, wished, bounded }));
        Ok(Running { id, told, wish, bound })
    }

    /// The newest lines of a channel, while a command runs and as long as its end is remembered: the last 16. At most 64 KiB.
    pub(crate) fn tail(&self, id: CommandId, channel: u8, lines: usize) -> Option<Tail> {
        self.register.tail(id, channel, lines)
    }

    /// Stops all, starts none any more, and waits until nothing runs.
    pub(crate) async fn shut_down(&self) {
        self.register.close(Wish::Stop);
        if tokio::time::timeout(SHUT_DOWN_GRACE, self.register.emptied()).await.is_err() {
            self.register.close(Wish::Kill);
            self.register.emptied().await;
        }
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        self.register.close(Wish::Kill);
    }
}

impl Running {
    pub(crate) fn id(&self) -> CommandId {
        self.id
    }

    /// What happens next; `None` after the end. Cancel-safe. The command waits when nobody asks.
    pub(crate) async fn next(&mut self) -> Option<Told> {
        self.told.recv().await
    }

    /// Lets it run on until the processes it leaves behind have ended too, for so long from its start. What has it ended already goes on to.
    pub(crate) fn let_go(&self, limit: Duration) {
        self.bound.send_replace(Bounds { limit, after: After::Wait });
    }

    /// Asks the whole tree to end and kills it 150 ms later; [`Told::Ended`] comes within 500 ms.
    pub(crate) fn stop(&self) {
        raise(&self.wish, Wish::Stop);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        raise(&self.wish, Wish::Kill);
    }
}

/// A wish to end is never taken back.
fn raise(wish: &watch::Sender<Wish>, to: Wish) {
    wish.send_if_modified(|now| {
        let raised = to > *now;
        *now = to.max(*now);
        raised
    });
}
