//! Every row of the contract's table names tests that are there, or says why it is not served.

use alcove_proto::contract::{ROWS, Row, Served};

use crate::place::Place;

const TABLE: &str = "crates/proto/src/contract.rs";

/// Rows that show nothing, and tests that are not there.
pub(super) fn findings(place: &Place) -> Vec<String> {
    rows(ROWS, |path| place.read(path).ok())
}

fn rows(rows: &[Row], read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut findings = Vec::new();
    for row in rows {
        let said = |what: &str| format!("{TABLE}: {} {}: {what}", row.section, row.row);
        match row.served {
            Served::Not("") => findings.push(said("not served, without a reason")),
            Served::Not(_) => {}
            Served::By { tests: [], .. } => findings.push(said("no test shows it")),
            Served::By { tests, .. } => {
                findings.extend(tests.iter().filter(|test| !is_there(test, &read)).map(|test| said(&format!("there is no test “{test}”"))));
            }
        }
    }
    findings
}

fn is_there(test: &str, read: &impl Fn(&str) -> Option<String>) -> bool {
    if let Some((path, name)) = test.split_once(".rs::") {
        return read(&format!("{path}.rs")).is_some_and(|source| source.contains(&format!("fn {name}(")));
    }
    let Some((section, case)) = test.split_once(": ") else { return false };
    let cases = read(&format!("tests/tests/conformance/cases/{section}.case"));
    cases.is_some_and(|source| source.lines().any(|line| line.strip_prefix("== ") == Some(case)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(served: Served) -> usize {
        let read = |path: &str| match path {
            "tests/tests/conformance/cases/order.case" => Some("== a plain turn\n> {}\n".to_owned()),
            "tests/a.rs" => Some("async fn b() {}".to_owned()),
            _ => None,
        };
        rows(&[Row { section: "§1", row: "x", served }], read).len()
    }

    #[test]
    fn rows_without_tests_are_found() {
        assert_eq!(found(Served::By { place: "x", tests: &["order: a plain turn", "tests/a.rs::b"] }), 0);
        assert_eq!(found(Served::By { place: "x", tests: &[] }), 1);
        assert_eq!(found(Served::By { place: "x", tests: &["order: a plain", "nothing: a plain turn", "tests/a.rs::c", "words"] }), 4);
        assert_eq!(found(Served::Not("later")), 0);
        assert_eq!(found(Served::Not("")), 1);
    }
}
