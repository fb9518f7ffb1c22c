//! The one place of the benchmarks that prints.
#![expect(clippy::print_stdout, reason = "a benchmark speaks to the person who started it")]

use std::io::Write;

use crate::error::Error;
use crate::machine;

/// Which way a figure is good.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Better {
    /// Less is better: times, memory.
    Less,
    /// More is better: rates.
    More,
}

/// A plain line, indented under its heading.
pub(crate) fn line(text: &str) {
    println!("  {text}");
    std::io::stdout().flush().ok();
}

/// The heading of a part.
pub(crate) fn heading(text: &str) {
    println!("\n{text}");
    std::io::stdout().flush().ok();
}

/// What is measured, on what machine, and how, before any figure.
pub(crate) fn opening(name: &str, setup: &[&str]) {
    println!("bench {name}");
    line(&machine::description());
    for words in setup {
        line(words);
    }
}

/// One figure alone.
pub(crate) fn figure(what: &str, value: &str) {
    line(&format!("{what:<58} {value:>16}"));
}

/// Our figure against a baseline's.
pub(crate) fn against(what: &str, ours: f64, (name, theirs): (&str, f64), unit: Unit) {
    let ratio = match unit.better() {
        Better::Less => theirs / ours,
        Better::More => ours / theirs,
    };
    line(&format!("{what:<58} {:>16}   {name} {:>16}   {ratio:>9.2} x better", unit.shown(ours), unit.shown(theirs)));
}

/// A baseline that could not be had, and why.
pub(crate) fn unavailable(name: &str, error: &Error) {
    line(&format!("baseline not available: {name}: {error}"));
}

/// Why the benchmark ended without its figures.
pub(crate) fn failure(error: &Error) {
    std::io::stdout().flush().ok();
    eprintln!("bench: {error}");
}

/// What a figure counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Milliseconds, less is better.
    Milliseconds,
    /// Microseconds, less is better.
    Microseconds,
    /// Mebibytes, less is better.
    Mebibytes,
    /// Kibibytes, less is better.
    Kibibytes,
    /// Things a second, more is better.
    PerSecond,
    /// Things there are, less is better.
    Count,
}

impl Unit {
    fn better(self) -> Better {
        match self {
            Self::PerSecond => Better::More,
            Self::Milliseconds | Self::Microseconds | Self::Mebibytes | Self::Kibibytes | Self::Count => Better::Less,
        }
    }

    /// A value with its unit.
    pub(crate) fn shown(self, value: f64) -> String {
        match self {
            Self::Milliseconds => format!("{value:.2} ms"),
            Self::Microseconds => format!("{value:.2} µs"),
            Self::Mebibytes => format!("{value:.1} MiB"),
            Self::Kibibytes => format!("{value:.1} KiB"),
            Self::PerSecond => format!("{value:.0} /s"),
            Self::Count => format!("{value:.0}"),
        }
    }
}
