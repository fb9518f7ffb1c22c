//! The tasks of this repository: generate, tidy, run, test, bench, fuzz, probe. It builds nothing into Alcove and is never shipped.

mod bench;
mod error;
mod fuzz;
mod generate;
mod node;
mod packages;
mod place;
mod probe;
mod process;
mod run;
mod say;
mod tally;
mod test;
mod tidy;

use std::process::ExitCode;

use error::Error;
use place::Place;

const USAGE: &str = "\
cargo xtask run [ARGUMENTS]     install what is missing, build, open the window (without a display: serve on loopback)
cargo xtask test                install what is missing and run everything continuous integration runs
cargo xtask generate [--check]  write the generated files, or fail when one is stale
cargo xtask tidy                check the rules that no compiler checks
cargo xtask bench [NAME]        run one benchmark, or list them
cargo xtask fuzz TARGET         fuzz `envelope` or `http`; --minutes N, --seed N
cargo xtask probe WORD          one JSON value a line in, one out: tags, edit, pattern, path, policy";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match perform(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say::failure(&error);
            ExitCode::FAILURE
        }
    }
}

fn perform(arguments: &[String]) -> Result<(), Error> {
    let place = Place::find();
    match arguments.split_first().map(|(name, rest)| (name.as_str(), rest)) {
        Some(("run", rest)) => run::run(&place, rest),
        Some(("test", [])) => test::run(&place),
        Some(("generate", [])) => generate::write(&place),
        Some(("generate", [flag])) if flag == "--check" => generate::check(&place),
        Some(("tidy", [])) => tidy::run(&place),
        Some(("bench", rest)) => bench::run(&place, rest),
        Some(("probe", [word])) => probe::run(word),
        Some(("fuzz", rest)) => fuzz::run(&place, rest),
        Some((..)) | None => Err(Error::Usage(USAGE.to_owned())),
    }
}
