//! The rules of this tree that no compiler checks. Each finding is one line: where, what, and what to do instead.

mod contract;
mod exception;
mod golden;
mod length;
mod text;
mod wall;

use crate::error::Error;
use crate::generate;
use crate::place::Place;
use crate::say;

/// Checks every rule; fails with all findings at once.
pub(crate) fn run(place: &Place) -> Result<(), Error> {
    let findings = findings(place, say::line)?;
    if findings.is_empty() {
        say::line("the tree is tidy");
        return Ok(());
    }
    Err(Error::Untidy(findings))
}

/// All findings; what was checked beside the sources is told to `told`.
fn findings(place: &Place, told: fn(&str)) -> Result<Vec<String>, Error> {
    let mut findings = Vec::new();
    let mut dispatches = Vec::new();
    for path in place.files()? {
        // What is not text has no lines to check.
        let Ok(source) = place.read(&path) else { continue };
        findings.extend(length::findings(&path, &source));
        findings.extend(text::findings(&path, &source));
        dispatches.extend(text::dynamic_dispatches(&path, &source));
    }
    findings.extend(text::too_dynamic(&dispatches));
    findings.extend(exception::findings(place));
    findings.extend(golden::findings(place));
    findings.extend(contract::findings(place));
    findings.extend(generate::stale(place)?.into_iter().map(|path| format!("{path}: stale; run `cargo xtask generate`")));
    findings.extend(wall::findings(place, told)?);
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_tidy() {
        let findings = findings(&Place::find(), |_| {}).expect("the tree can be read");
        assert!(findings.is_empty(), "\n{}", findings.join("\n"));
    }
}
