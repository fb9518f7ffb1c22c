//! `cargo xtask run`: from a fresh clone to an open window, or, where there is no display, to a launch address. Safe to run twice.

use std::path::PathBuf;

use crate::error::Error;
use crate::node;
use crate::packages::{self, Need};
use crate::place::Place;
use crate::process::Invocation;
use crate::say;

/// Installs what is missing, builds what is stale and starts Alcove with the arguments.
pub(crate) fn run(place: &Place, arguments: &[String]) -> Result<(), Error> {
    let window = packages::has_display();
    packages::install(if window { Need::Window } else { Need::Headless })?;
    node::packages(place)?;
    node::build(place)?;
    if window {
        Invocation::cargo(&["build", "--package", "alcove"]).within(&place.root).run()?;
        say::line("opening the window");
        return Invocation::new(&binary(place, "alcove")?, &[]).and(arguments).take_over();
    }
    Invocation::cargo(&["build", "--package", "alcove-gateway"]).within(&place.root).run()?;
    say::line("no display: serving on loopback; open the printed address in a browser");
    let address: &[&str] = if names_a_listener(arguments) { &["serve"] } else { &["serve", "--listen", "127.0.0.1:0"] };
    // With an own subcommand the arguments stand for themselves.
    let own = arguments.first().is_some_and(|first| !first.starts_with('-'));
    Invocation::new(&binary(place, "alcove-gateway")?, if own { &[] } else { address }).and(arguments).take_over()
}

/// The path of a binary cargo built with the development profile.
pub(crate) fn binary(place: &Place, name: &str) -> Result<String, Error> {
    let told = Invocation::cargo(&["metadata", "--format-version", "1", "--no-deps", "--quiet"]).within(&place.root).output()?;
    let metadata: serde_json::Value = serde_json::from_str(&told).unwrap_or_default();
    let folder = metadata["target_directory"].as_str().map_or_else(|| place.at("target"), PathBuf::from);
    Ok(folder.join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX)).to_string_lossy().into_owned())
}

fn names_a_listener(arguments: &[String]) -> bool {
    let names =
        |argument: &String| ["--listen", "--socket"].iter().any(|flag| argument == flag || argument.starts_with(&format!("{flag}=")));
    arguments.iter().any(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_is_added_only_when_none_is_named() {
        let named = |arguments: &[&str]| names_a_listener(&arguments.iter().map(|argument| (*argument).to_owned()).collect::<Vec<_>>());
        assert!(named(&["--listen", "127.0.0.1:1"]));
        assert!(named(&["--socket=a"]));
        assert!(!named(&["--data", "a"]));
    }
}
