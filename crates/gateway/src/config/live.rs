//! The configuration while the gateway runs: what was changed in the file is taken where that is possible; the rest is remembered until
//! the next start. A file that has become wrong changes nothing.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use alcove_engine::report;

use super::Config;
use super::settings::{Settings, Websocket};

/// The section of the settings page that waits for a restart.
const SECTION: &str = "runtime";

/// The configuration while the gateway runs.
pub(crate) struct Live {
    config: Config,
    started: Settings,
    /// Guards what was taken and what waits.
    state: Mutex<State>,
}

struct State {
    current: Arc<Websocket>,
    seen: Option<Stamp>,
    /// Keys that wait for the next start.
    waiting: Vec<&'static str>,
}

/// Enough to see that a file is another one.
type Stamp = (SystemTime, u64);

impl Live {
    pub(crate) fn new(config: Config, started: Settings) -> Self {
        let state = State { current: Arc::new(started.websocket.clone()), seen: stamp(config.path()), waiting: Vec::new() };
        Self { config, started, state: Mutex::new(state) }
    }

    /// What holds now.
    pub(crate) fn current(&self) -> Arc<Websocket> {
        self.lock().current.clone()
    }

    /// What the file and the flags said then.
    pub(crate) fn started(&self) -> &Settings {
        &self.started
    }

    /// What the gateway was started with.
    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// Takes what was changed, when the file is another one than before.
    pub(crate) fn look(&self) {
        let now = stamp(self.config.path());
        if self.lock().seen != now {
            self.reload();
        }
    }

    /// Takes what was changed.
    pub(crate) fn reload(&self) {
        let seen = stamp(self.config.path());
        match self.config.read() {
            Ok(new) => {
                let (current, waiting) = taken(&self.started, &self.lock().current, new);
                let mut state = self.lock();
                state.current = Arc::new(current);
                state.waiting = waiting;
                state.seen = seen;
            }
            Err(wrong) => {
                report::problem("the changed configuration is not taken", &wrong);
                self.lock().seen = seen;
            }
        }
    }

    /// Sections of the settings page that wait for a restart.
    pub(crate) fn restart_required(&self) -> Vec<String> {
        if self.lock().waiting.is_empty() { Vec::new() } else { vec![SECTION.to_owned()] }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let found = fs::metadata(path).ok()?;
    Some((found.modified().ok()?, found.len()))
}

/// What holds after the file says `new`, and the keys that wait.
fn taken(started: &Settings, current: &Websocket, new: Settings) -> (Websocket, Vec<&'static str>) {
    let (old, mut taken) = (&started.websocket, new.websocket);
    let mut waiting = Vec::new();
    let mut keep = |key: &'static str, same: bool| {
        if !same {
            waiting.push(key);
        }
    };
    keep("enabled", taken.enabled == old.enabled);
    keep("host", taken.address == old.address);
    keep("unixSocketPath", taken.unix_socket_path == old.unix_socket_path);
    keep("path", taken.path == old.path);
    keep("tokenIssuePath", taken.token_issue_path == old.token_issue_path);
    keep("streaming", taken.streaming == old.streaming);
    keep("sslCertfile", taken.tls == old.tls);
    keep("sendProgress", new.send_progress == started.send_progress);
    keep("sendToolHints", new.send_tool_hints == started.send_tool_hints);
    keep("showReasoning", new.show_reasoning == started.show_reasoning);
    taken.enabled = old.enabled;
    taken.address = old.address.clone();
    taken.unix_socket_path = old.unix_socket_path.clone();
    taken.path.clone_from(&old.path);
    taken.token_issue_path.clone_from(&old.token_issue_path);
    taken.streaming = old.streaming;
    taken.tls.clone_from(&old.tls);
    if taken.closed().is_err() {
        // The new address needs no secret, but the old one is still open.
        taken.token.clone_from(&current.token);
        taken.token_issue_secret.clone_from(&current.token_issue_secret);
        taken.trusted_proxy.clone_from(&current.trusted_proxy);
    }
    (taken, waiting)
}
