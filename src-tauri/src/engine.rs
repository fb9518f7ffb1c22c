//! The engine beside the window: starts the gateway on its Unix socket without ever making the window wait, and hands out
//! connections to it. If another gateway already owns the socket, the window is one more client of that one, and takes over
//! when it is gone. It knows nothing of what travels on a connection.

use std::io::ErrorKind;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use alcove_gateway::{Config, End, Error, Gateway, report};
use futures_util::FutureExt as _;
use http::HeaderValue;
use tokio::net::UnixStream;
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

/// How long a request waits for a gateway that starts.
const START_LIMIT: Duration = Duration::from_secs(10);
/// Attempts to reach a gateway that says it is there.
const CONNECT_TRIES: u32 = 3;
/// Between two attempts.
const CONNECT_PAUSE: Duration = Duration::from_millis(100);
/// How long the keeper may take to notice that the gateway is gone.
const TAKE_OVER_LIMIT: Duration = Duration::from_secs(1);
/// So often a start that failed is tried again by itself.
const START_RETRIES: u32 = 3;
/// Before each of these.
const RETRY_PAUSE: Duration = Duration::from_secs(1);
/// How long a restart that was asked for may take.
const RESTART_LIMIT: Duration = Duration::from_secs(20);

/// What became of the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Starting,
    /// A gateway answers here: ours or another process's.
    Ready(PathBuf),
    /// Ours ends and starts again, because it was asked to.
    Restarting,
    /// A start failed and is about to be tried again.
    Crashed(String),
    /// It could not start; only a person can make it try again.
    Failed(String),
    Stopped,
}

impl State {
    /// The word the page is told.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            State::Starting => "starting",
            State::Ready(_) => "ready",
            State::Restarting => "restarting",
            State::Crashed(_) | State::Failed(_) => "crashed",
            State::Stopped => "stopped",
        }
    }
}

/// A handle for those who need a connection.
#[derive(Clone)]
pub(crate) struct Engine {
    state: watch::Receiver<State>,
    /// Rung when a ready gateway could not be reached any more.
    lost: Arc<Notify>,
    restarts: mpsc::Sender<Restart>,
    /// Where a secret may be configured; none where there is nothing to read.
    config: Option<Arc<Config>>,
}

/// Asks for a restart; answered when it has begun, or cannot be.
type Restart = oneshot::Sender<Result<(), String>>;

/// The other end, owned by the task that keeps the gateway.
pub(crate) struct Keeper {
    state: watch::Sender<State>,
    lost: Arc<Notify>,
    restarts: mpsc::Receiver<Restart>,
}

/// A handle and its keeper, for a gateway of this configuration.
pub(crate) fn pair(config: &Config) -> (Engine, Keeper) {
    let (engine, keeper) = unconfigured();
    (Engine { config: Some(Arc::new(config.clone())), ..engine }, keeper)
}

fn unconfigured() -> (Engine, Keeper) {
    let (tx, rx) = watch::channel(State::Starting);
    let (ask, asked) = mpsc::channel(1);
    let lost = Arc::new(Notify::new());
    (Engine { state: rx, lost: lost.clone(), restarts: ask, config: None }, Keeper { state: tx, lost, restarts: asked })
}

/// What the keeper does next.
enum Next {
    Start,
    End,
}

impl Keeper {
    /// Starts the gateway and keeps it until `stop`, or after `closing` until no turn runs; then stops it gracefully. Starts it again
    /// when asked to, and a few times by itself when it could not start.
    pub(crate) async fn keep(mut self, config: Config, closing: CancellationToken, stop: CancellationToken) {
        let ends = Ends { closing, stop };
        let (mut config, mut retries) = (config, 0);
        while !ends.over() {
            let next = match start(config.clone()).await {
                Ok(gateway) => {
                    retries = 0;
                    config = gateway.again();
                    self.serve(gateway, &ends).await
                }
                Err(Trouble::Taken(path)) => self.stand_by(path, &ends).await,
                Err(Trouble::Failed(reason)) => {
                    report::complaint(&format!("the engine did not start: {reason}"));
                    retries += 1;
                    self.wait_to_retry(reason, retries, &ends).await
                }
            };
            match next {
                Next::Start => {}
                Next::End => break,
            }
        }
        self.enter(State::Stopped);
    }

    /// Tells a new state; the same one again is no news.
    fn enter(&self, new: State) {
        self.state.send_if_modified(|state| {
            let changed = *state != new;
            *state = new;
            changed
        });
    }

    /// Our own gateway runs.
    async fn serve(&mut self, gateway: Gateway, ends: &Ends) -> Next {
        crate::trace::mark("engine ready");
        self.enter(match gateway.socket() {
            Some(path) => State::Ready(path.to_owned()),
            None => State::Failed("the window needs a Unix socket".to_owned()),
        });
        // Every arm is cancel-safe: none loses anything when another wins.
        let next = tokio::select! {
            () = ends.stop.cancelled() => Next::End,
            () = idle_after(&ends.closing, &gateway) => Next::End,
            end = gateway.wait_closed() => match end {
                End::Stop => Next::End,
                End::Restart => Next::Start,
            },
            Some(asked) = self.restarts.recv() => {
                self.enter(State::Restarting);
                // Whoever asked may be gone; the restart is done all the same.
                let _gone = asked.send(Ok(()));
                Next::Start
            }
        };
        if let Next::Start = next {
            self.enter(State::Restarting);
        }
        gateway.stop().await;
        next
    }

    /// Another process's gateway serves this window, until it is gone.
    async fn stand_by(&mut self, path: PathBuf, ends: &Ends) -> Next {
        self.enter(State::Ready(path));
        loop {
            // Every arm is cancel-safe: none loses anything when another wins.
            tokio::select! {
                () = ends.stop.cancelled() => return Next::End,
                () = ends.closing.cancelled() => return Next::End,
                () = self.lost.notified() => {
                    self.enter(State::Starting);
                    return Next::Start;
                }
                Some(asked) = self.restarts.recv() => {
                    let _gone = asked.send(Err("another Alcove runs the engine of this data; restart that one".to_owned()));
                }
            }
        }
    }

    /// The gateway did not start. The first times that is tried again soon, then only when a person asks for it.
    async fn wait_to_retry(&mut self, reason: String, retries: u32, ends: &Ends) -> Next {
        let pause = if retries <= START_RETRIES {
            self.enter(State::Crashed(reason));
            RETRY_PAUSE
        } else {
            self.enter(State::Failed(reason));
            Duration::MAX
        };
        // Every arm is cancel-safe: none loses anything when another wins.
        tokio::select! {
            () = ends.stop.cancelled() => return Next::End,
            () = ends.closing.cancelled() => return Next::End,
            () = tokio::time::sleep(pause) => {
                self.enter(State::Starting);
            }
            Some(asked) = self.restarts.recv() => {
                // First the state, so that whoever asked does not take the old failure for the new one.
                self.enter(State::Starting);
                let _gone = asked.send(Ok(()));
            }
        }
        Next::Start
    }
}

/// What ends the keeper: the window is closed, or the process ends.
struct Ends {
    closing: CancellationToken,
    stop: CancellationToken,
}

impl Ends {
    fn over(&self) -> bool {
        self.stop.is_cancelled() || self.closing.is_cancelled()
    }
}

/// Why there is no gateway of ours.
enum Trouble {
    /// Another process's gateway owns the data; it should answer here.
    Taken(PathBuf),
    Failed(String),
}

/// Starts the gateway; a panic on the way is a failed start, not the end of the window.
async fn start(config: Config) -> Result<Gateway, Trouble> {
    match AssertUnwindSafe(alcove_gateway::start(config)).catch_unwind().await {
        Ok(Ok(gateway)) => Ok(gateway),
        Ok(Err(Error::AlreadyRunning { path })) => Err(Trouble::Taken(path)),
        Ok(Err(error)) => Err(Trouble::Failed(reason(&error))),
        Err(_panic) => Err(Trouble::Failed("it broke off while it started".to_owned())),
    }
}

/// Resolves when the window is gone and no turn runs.
async fn idle_after(closing: &CancellationToken, gateway: &Gateway) {
    closing.cancelled().await;
    gateway.wait_idle().await;
}

/// An error with its causes, on one line.
fn reason(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}

impl Engine {
    /// What the engine is now.
    pub(crate) fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// Resolves when the engine has stopped.
    pub(crate) async fn stopped(&self) {
        let mut state = self.state.clone();
        // An error says that the keeper is gone, which is the same.
        let _gone = state.wait_for(|state| *state == State::Stopped).await;
    }

    /// What becomes of the engine from now on.
    pub(crate) fn watch(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    /// What opens bootstrap, where something does: the configuration says so, and the gateway reads it anew as well.
    pub(crate) async fn secret(&self) -> Option<HeaderValue> {
        let config = self.config.clone()?;
        let secret = tokio::task::spawn_blocking(move || config.bootstrap_secret()).await.ok()??;
        let mut value = HeaderValue::from_str(&secret).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Starts the engine again and waits until it serves; says why if it does not.
    pub(crate) async fn restart(&self) -> Result<(), String> {
        let gone = |_| "it is gone".to_owned();
        let (ask, begun) = oneshot::channel();
        self.restarts.send(ask).await.map_err(|_| "it is gone".to_owned())?;
        begun.await.map_err(gone)??;
        let mut state = self.state.clone();
        let settled = state.wait_for(|state| !matches!(state, State::Starting | State::Restarting | State::Crashed(_)));
        match tokio::time::timeout(RESTART_LIMIT, settled).await {
            Err(_) => Err("it is still starting".to_owned()),
            Ok(Err(_)) => Err("it is gone".to_owned()),
            Ok(Ok(state)) => match &*state {
                State::Failed(reason) => Err(reason.clone()),
                State::Stopped => Err("it has stopped".to_owned()),
                State::Ready(_) | State::Starting | State::Restarting | State::Crashed(_) => Ok(()),
            },
        }
    }

    /// A fresh connection; waits for a starting gateway and tries a few times. When a gateway that was there is gone, the
    /// keeper may take its place; that is waited for once. Then it says why not.
    pub(crate) async fn connect(&self) -> Result<UnixStream, String> {
        if let Ok(stream) = reach(&self.ready_path().await?).await {
            return Ok(stream);
        }
        let mut state = self.state.clone();
        state.mark_unchanged();
        self.lost.notify_one();
        let _ = tokio::time::timeout(TAKE_OVER_LIMIT, state.changed()).await;
        let path = self.ready_path().await?;
        reach(&path).await.map_err(|error| {
            if error.kind() == ErrorKind::NotFound {
                return "another Alcove runs with the same data and does not serve windows; end it and try again".to_owned();
            }
            format!("nobody answers on {} ({error})", path.display())
        })
    }

    async fn ready_path(&self) -> Result<PathBuf, String> {
        let mut state = self.state.clone();
        let settled = state.wait_for(|state| !matches!(state, State::Starting | State::Restarting | State::Crashed(_)));
        let settled = tokio::time::timeout(START_LIMIT, settled).await;
        match settled {
            Err(_) => Err("it is still starting".to_owned()),
            Ok(Err(_)) => Err("it is gone".to_owned()),
            Ok(Ok(state)) => match &*state {
                State::Ready(path) => Ok(path.clone()),
                State::Failed(reason) => Err(reason.clone()),
                State::Starting | State::Restarting | State::Crashed(_) | State::Stopped => Err("it has stopped".to_owned()),
            },
        }
    }
}

async fn reach(path: &Path) -> std::io::Result<UnixStream> {
    let mut reached = UnixStream::connect(path).await;
    for _ in 1..CONNECT_TRIES {
        if reached.is_ok() {
            break;
        }
        tokio::time::sleep(CONNECT_PAUSE).await;
        reached = UnixStream::connect(path).await;
    }
    reached
}

/// An engine that is there already, for tests.
#[cfg(test)]
pub(crate) fn ready_at(path: PathBuf) -> Engine {
    let (engine, keeper) = unconfigured();
    keeper.state.send_replace(State::Ready(path));
    engine
}

#[cfg(test)]
mod tests;
