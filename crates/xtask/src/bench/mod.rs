//! The list of benchmarks. Each prints our figure, a named baseline's in the same run, and the ratio; none is a timed test.

use crate::error::Error;
use crate::place::Place;
use crate::say;

/// One benchmark.
struct Bench {
    /// What it is called on the command line.
    name: &'static str,
    /// What it measures and against what.
    about: &'static str,
    /// Runs it with the arguments after its name.
    run: fn(&Place, &[String]) -> Result<(), Error>,
}

/// Every benchmark; each has its own file in this folder.
const BENCHES: &[Bench] = &[];

/// Runs the benchmark named first; without a known name, lists them.
pub(crate) fn run(place: &Place, arguments: &[String]) -> Result<(), Error> {
    match arguments.split_first() {
        Some((name, rest)) => match BENCHES.iter().find(|bench| bench.name == name) {
            Some(bench) => (bench.run)(place, rest),
            None => Err(Error::Usage(format!("no benchmark is called {name:?}; there are:\n{}", listed()))),
        },
        None => {
            say::line(&listed());
            Ok(())
        }
    }
}

fn listed() -> String {
    BENCHES.iter().map(|bench| format!("{:<8} {}", bench.name, bench.about)).collect::<Vec<_>>().join("\n")
}
