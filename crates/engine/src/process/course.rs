//! One command from its start to its end: reads its channels, tells, watches the clock, and has its guardian end it.

use std::future::pending;
use std::time::Duration;

use rustix::process::Pid;
use tokio::process::Child;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::channel::Channel;
use super::guard::{Guarded, Line, wake};
use super::order::{Order, Report};
use super::register::Place;
use super::sweep::sweep;
use super::telling::Telling;
use super::{After, How, Told, Wish};

/// How long output is awaited after the end of the first process.
const LINGER: Duration = Duration::from_millis(500);
/// How long a guardian may take over an order.
const PATIENCE: Duration = Duration::from_secs(1);

pub(super) struct Course {
    guardian: Child,
    pid: Pid,
    mark: String,
    line: Line,
    channels: [Channel; 2],
    place: Place,
    started: Instant,
    bounds: Bounds,
    /// How it ended, and when; none while its first process runs and nothing had it ended.
    end: Option<(How, Instant)>,
    /// The strongest order given, and when the guardian's patience with it is over; none once the sweep was called.
    order: Option<(Order, Option<Instant>)>,
    /// Something is due, but what was told before has not been taken: nothing is read meanwhile.
    waiting: bool,
}

/// What ends a command besides itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) limit: Duration,
    pub(super) after: After,
}

/// The two ends of those who listen to a command.
pub(super) struct Listener {
    pub(super) tell: mpsc::Sender<Told>,
    pub(super) wished: watch::Receiver<Wish>,
    pub(super) bounded: watch::Receiver<Bounds>,
}

enum Event {
    Wished(Wish),
    Bounded(Bounds),
    GuardianEnded,
    Reported(Option<Report>),
    /// A moment has come at which something is to be done.
    Time,
    /// Something is to be told.
    Due,
    /// There is room to tell it.
    Room,
    Read,
}

impl Course {
    pub(super) fn new(guarded: Guarded, place: Place, told: usize, bounds: Bounds) -> Self {
        let Guarded { guardian, pid, line, pipes: [out, error], mark } = guarded;
        let [keep_out, keep_error] = place.keeps();
        let channels = [Channel::new(out, keep_out, Telling::new(1, told)), Channel::new(error, keep_error, Telling::new(2, told))];
        Self { guardian, pid, mark, line, channels, place, started: Instant::now(), bounds, end: None, order: None, waiting: false }
    }

    /// Follows it to its end.
    pub(super) async fn follow(mut self, mut listener: Listener) {
        loop {
            match self.event(&mut listener).await {
                Event::Wished(wish) => self.wish(wish),
                Event::Bounded(bounds) => self.bounds = bounds,
                Event::Reported(report) => self.report(report),
                Event::Time => self.time().await,
                Event::Due => self.waiting = true,
                Event::Room => self.tell(&listener.tell),
                Event::Read => {}
                Event::GuardianEnded => break,
            }
        }
        self.finish(listener).await;
    }

    /// Waits for the next thing to happen. Every arm is cancel-safe: what has not been read stays where it is.
    async fn event(&mut self, listener: &mut Listener) -> Event {
        let moment = self.moment();
        let [out, error] = &mut self.channels;
        let due = out.due().into_iter().chain(error.due()).min();
        let reads = !self.waiting;
        tokio::select! {
            biased;
            wish = changed(&mut listener.wished) => Event::Wished(wish),
            bounds = changed(&mut listener.bounded) => Event::Bounded(bounds),
            _ended = self.guardian.wait() => Event::GuardianEnded,
            report = self.line.next(), if self.line.is_open() => Event::Reported(report),
            () = at(moment) => Event::Time,
            _room = listener.tell.reserve(), if self.waiting => Event::Room,
            () = at(due), if reads => Event::Due,
            () = out.read(), if reads => Event::Read,
            () = error.read(), if reads => Event::Read,
        }
    }
}

impl Course {
    fn wish(&mut self, wish: Wish) {
        let order = match wish {
            Wish::Run => return,
            Wish::Stop => Order::Stop,
            Wish::Kill => Order::Kill,
        };
        self.end.get_or_insert((How::Stopped, Instant::now()));
        self.order(order);
    }

    fn report(&mut self, report: Option<Report>) {
        let how = match report {
            Some(Report::Exited(code)) => How::Exit(code),
            Some(Report::Signalled(signal)) => How::Signal(signal),
            Some(Report::Started(_) | Report::Failed(_)) | None => return,
        };
        self.end.get_or_insert((how, Instant::now()));
    }

    /// Has it ended: by its guardian, and from outside when that does not answer.
    fn order(&mut self, order: Order) {
        let patience = self.order.map_or_else(|| Some(Instant::now() + PATIENCE), |(_, patience)| patience);
        self.order = Some((order, patience));
        wake(self.pid);
        self.line.order(order);
    }

    /// When something is to be done about its end.
    fn moment(&self) -> Option<Instant> {
        if let Some((_, patience)) = self.order {
            return patience;
        }
        match (self.end, self.bounds.after) {
            (Some((_, at)), After::Kill) if self.channels.iter().any(Channel::is_open) => Some(at + LINGER),
            (Some((_, at)), After::Kill) => Some(at),
            (Some(_), After::Wait) | (None, _) => self.started.checked_add(self.bounds.limit),
        }
    }

    async fn time(&mut self) {
        if self.order.is_some() {
            self.order = Some((Order::Kill, None));
            self.sweep().await;
            let _gone = self.guardian.start_kill();
            return;
        }
        match (self.end, self.bounds.after) {
            (Some(_), After::Kill) => self.order(Order::Kill),
            (Some(_), After::Wait) | (None, _) => {
                self.end.get_or_insert((How::TimedOut, Instant::now()));
                self.order(Order::Stop);
            }
        }
    }

    async fn sweep(&self) {
        let (pid, mark) = (self.pid, self.mark.clone());
        // It fails only when the runtime ends, and then nothing more can be done.
        let _done = tokio::task::spawn_blocking(move || sweep(pid, &mark)).await;
    }

    /// Tells what is due, in the order in which it became so. There is room for one.
    fn tell(&mut self, tell: &mpsc::Sender<Told>) {
        self.waiting = false;
        let first = self.channels.iter_mut().filter(|channel| channel.due().is_some()).min_by_key(|channel| channel.due());
        if let Some(told) = first.and_then(|channel| channel.next(Instant::now())) {
            let _nobody_listens = tell.try_send(told);
        }
    }

    /// Its guardian is gone: nothing of it runs any more, or what does is killed now.
    async fn finish(mut self, mut listener: Listener) {
        while let Some(report) = self.line.last() {
            self.report(Some(report));
        }
        let clean = matches!(self.guardian.try_wait(), Ok(Some(status)) if status.success());
        if !clean {
            self.sweep().await;
        }
        self.channels.iter_mut().for_each(Channel::read_rest);
        let (how, at) = self.end.unwrap_or((How::Lost, Instant::now()));
        let by_itself = matches!(how, How::Exit(_) | How::Signal(_));
        let duration = if by_itself { at - self.started } else { self.started.elapsed() };
        let ended = self.place.leave(how, duration);
        for channel in &mut self.channels {
            while let Some(told) = channel.last() {
                if !listener.tell(told).await {
                    return;
                }
            }
        }
        listener.tell(Told::Ended(ended)).await;
    }
}

impl Listener {
    /// Tells something when there is room; whether somebody still listens.
    async fn tell(&mut self, told: Told) -> bool {
        tokio::select! {
            biased;
            sent = self.tell.send(told) => sent.is_ok(),
            _killed = self.wished.wait_for(|wish| *wish == Wish::Kill) => false,
        }
    }
}

/// What is wished next.
async fn changed<T: Copy>(wished: &mut watch::Receiver<T>) -> T {
    match wished.changed().await {
        Ok(()) => *wished.borrow_and_update(),
        Err(_) => pending().await,
    }
}

async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => pending().await,
    }
}
