//! Where the engine says what went wrong without a person to tell: one line on standard error and in the log of the data folder. No
//! line leaves this room with a key, a token or a password in it.

mod log;
pub(crate) mod redact;

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::secret::Secret;
use log::Log;
use redact::Known;

/// The longest line, in characters; what an error may quote has no bound of its own.
const LINE_CHARS: usize = 4096;

/// The process's one sink. Standard error is one as well.
static SINK: Mutex<Sink> = Mutex::new(Sink { log: None, known: Known::new() });

struct Sink {
    log: Option<Log>,
    known: Known,
}

/// What a line of the log tells of.
#[derive(Clone, Copy)]
enum Kind {
    Problem,
    Event,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Problem => "problem",
            Self::Event => "event",
        }
    }
}

fn sink() -> MutexGuard<'static, Sink> {
    SINK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The folder of the log.
pub fn logs_dir(data_dir: &Path) -> PathBuf {
    data_dir.join("logs")
}

/// From now on lines go to the log of this data folder as well.
pub fn keep(data_dir: &Path) {
    match Log::open(&logs_dir(data_dir)) {
        Ok(log) => sink().log = Some(log),
        Err(error) => problem("there is no log", &error),
    }
}

/// Never lets this secret through, wherever it turns up.
pub fn conceal(secret: &Secret) {
    sink().known.add(secret);
}

/// `text` as it may be shown: without any secret that is known or looks like one.
pub fn redacted(text: &str) -> String {
    sink().redacted(text)
}

/// Reports a problem and its causes.
pub fn problem(what: &str, error: &dyn Error) {
    let mut words = format!("{what}: {error}");
    let mut cause = error.source();
    while let Some(source) = cause {
        words.push_str(&format!(": {source}"));
        cause = source.source();
    }
    complaint(&words);
}

/// Reports a problem that has no error to go with it.
pub fn complaint(what: &str) {
    let line = sink().put(Kind::Problem, what);
    // Nobody is left to tell when standard error is closed.
    let _closed = writeln!(std::io::stderr(), "alcove: {line}");
}

/// Notes in the log what happened in good order; standard error is for problems.
pub fn event(what: &str) {
    sink().put(Kind::Event, what);
}

/// Panics are reported like any other problem from now on, instead of being printed as they are. For binaries, at their start.
pub fn panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
        let words = panic.payload_as_str().unwrap_or("without words");
        complaint(&format!("a thread panicked{place}: {words}"));
    }));
}

/// The newest lines of the log of this data folder, oldest first, redacted again.
pub(crate) fn tail(data_dir: &Path, bytes: u64) -> std::io::Result<String> {
    Ok(redacted(&log::tail(&logs_dir(data_dir), bytes)?))
}

impl Sink {
    fn redacted(&self, text: &str) -> String {
        redact::patterns(&self.known.mask(text))
    }

    /// Writes one line of bounded length into the log, if there is one; answers the line as it may be shown.
    fn put(&mut self, kind: Kind, text: &str) -> String {
        let line: String = text.chars().take(LINE_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let line = self.redacted(&line);
        if let Some(log) = &mut self.log
            && let Err(error) = log.write(&format!("{:.3} {} {line}\n", Timestamp::now(), kind.word()))
        {
            self.log = None;
            let _closed = writeln!(std::io::stderr(), "alcove: the log ends here: {error}");
        }
        line
    }
}

#[cfg(test)]
pub(crate) mod tests;
