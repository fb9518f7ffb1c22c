//! The one place of the tasks that prints.
#![expect(clippy::print_stdout, reason = "a task speaks to the person who started it")]

use std::io::Write;

use crate::error::Error;

/// A plain line.
pub(crate) fn line(text: &str) {
    println!("{text}");
    // What a started program prints next must stand below this line, also when the output is a file.
    std::io::stdout().flush().ok();
}

/// The heading of a step.
pub(crate) fn heading(text: &str) {
    line(&format!("\n== {text}"));
}

/// Why the task failed.
pub(crate) fn failure(error: &Error) {
    std::io::stdout().flush().ok();
    eprintln!("{error}");
}
