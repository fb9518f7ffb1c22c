//! The engine beside the window: starts the gateway on its Unix socket without ever making the window wait, and hands out
//! connections to it. If another gateway already owns the socket, the window is one more client of that one, and takes over
//! when it is gone. It knows nothing of what travels on a connection.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use alcove_gateway::{Config, Error, Gateway, Listen};
use tokio::net::UnixStream;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

/// How long a request waits for the gateway's first start.
const START_LIMIT: Duration = Duration::from_secs(10);
/// Attempts to reach a gateway that says it is there.
const CONNECT_TRIES: u32 = 3;
/// Between two attempts.
const CONNECT_PAUSE: Duration = Duration::from_millis(100);
/// How long the keeper may take to notice that the gateway is gone.
const TAKE_OVER_LIMIT: Duration = Duration::from_secs(1);

/// What became of the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Starting,
    /// A gateway answers here: ours or another process's.
    Ready(PathBuf),
    Failed(String),
    Stopped,
}

impl State {
    /// The word the page is told.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            State::Starting => "starting",
            State::Ready(_) => "ready",
            State::Failed(_) => "crashed",
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
}

/// The other end, owned by the task that keeps the gateway.
pub(crate) struct Keeper {
    state: watch::Sender<State>,
    lost: Arc<Notify>,
}

/// A handle and its keeper.
pub(crate) fn pair() -> (Engine, Keeper) {
    let (tx, rx) = watch::channel(State::Starting);
    let lost = Arc::new(Notify::new());
    (Engine { state: rx, lost: lost.clone() }, Keeper { state: tx, lost })
}

impl Keeper {
    /// Starts the gateway and keeps it until `stop`, or after `closing` until no turn runs; then stops it gracefully. Ends early only if
    /// it cannot start.
    pub(crate) async fn keep(self, config: Config, closing: CancellationToken, stop: CancellationToken) {
        while !stop.is_cancelled() && !closing.is_cancelled() {
            match alcove_gateway::start(config.clone()).await {
                Ok(gateway) => {
                    self.ready(&config.listen);
                    // Every arm is cancel-safe: none loses anything when another wins.
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = gateway.wait_closed() => {}
                        () = idle_after(&closing, &gateway) => {}
                    }
                    gateway.stop().await;
                    break;
                }
                Err(Error::AlreadyRunning { path }) => {
                    self.state.send_replace(State::Ready(path));
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = closing.cancelled() => {}
                        () = self.lost.notified() => {
                            self.state.send_replace(State::Starting);
                        }
                    }
                }
                Err(error) => {
                    let reason = reason(&error);
                    eprintln!("alcove: the engine did not start: {reason}");
                    self.state.send_replace(State::Failed(reason));
                    return;
                }
            }
        }
        self.state.send_replace(State::Stopped);
    }

    fn ready(&self, listen: &Listen) {
        crate::trace::mark("engine ready");
        match listen {
            Listen::Unix(path) => self.state.send_replace(State::Ready(path.clone())),
            Listen::Tcp(_) => self.state.send_replace(State::Failed("the window needs a Unix socket".to_owned())),
        };
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

    /// Resolves when the engine has stopped or could not start.
    pub(crate) async fn stopped(&self) {
        let mut state = self.state.clone();
        // An error says that the keeper is gone, which is the same.
        let _gone = state.wait_for(|state| matches!(state, State::Stopped | State::Failed(_))).await;
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
        let settled = tokio::time::timeout(START_LIMIT, state.wait_for(|state| *state != State::Starting)).await;
        match settled {
            Err(_) => Err("it is still starting".to_owned()),
            Ok(Err(_)) => Err("it is gone".to_owned()),
            Ok(Ok(state)) => match &*state {
                State::Ready(path) => Ok(path.clone()),
                State::Failed(reason) => Err(reason.clone()),
                State::Starting | State::Stopped => Err("it has stopped".to_owned()),
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
    let (engine, keeper) = pair();
    keeper.state.send_replace(State::Ready(path));
    engine
}
