//! Where the engine says what went wrong without a person to tell: one line on standard error, never with a key or a text in it.

use std::error::Error;
use std::io::Write;

/// Reports a problem and its causes.
pub fn problem(what: &str, error: &dyn Error) {
    let mut line = format!("alcove: {what}: {error}");
    let mut cause = error.source();
    while let Some(source) = cause {
        line.push_str(&format!(": {source}"));
        cause = source.source();
    }
    // Nobody is left to tell when standard error is closed.
    let _closed = writeln!(std::io::stderr(), "{line}");
}
