//! The one list of files that may be longer than the rule allows, each with its reason.

use crate::place::Place;

/// A file that may be longer.
pub(super) struct Exception {
    pub(super) path: &'static str,
    pub(super) lines: usize,
    pub(super) reason: &'static str,
}

pub(super) const EXCEPTIONS: &[Exception] = &[];

/// Exceptions nobody needs any more, or that give no reason.
pub(super) fn findings(place: &Place) -> Vec<String> {
    let mut findings = Vec::new();
    for exception in EXCEPTIONS {
        if exception.reason.is_empty() {
            findings.push(format!("{}: excepted without a reason", exception.path));
        }
        if place.read(exception.path).map_or(0, |source| super::length::counted(&source)) <= super::length::LIMIT {
            findings.push(format!("{}: needs no exception any more", exception.path));
        }
    }
    findings
}
