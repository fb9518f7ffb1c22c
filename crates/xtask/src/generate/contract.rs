//! Renders the contract's table into the reference: each row with what serves it and what shows it, then what is not served and why.

use std::fmt::Write as _;

use alcove_proto::contract::{ROWS, Served};

/// Adds the chapter.
pub(super) fn render(out: &mut String) {
    let served = ROWS.iter().filter(|row| matches!(row.served, Served::By { .. })).count();
    write!(
        out,
        "\n## The contract, row by row\n\n{served} rows are served, {} are not. `section: case` is a case of\n\
         `tests/tests/conformance/cases`, a path is a test in that file. Rows called *own* are not the contract's.\n\n\
         | § | row | served by | shown by |\n|---|---|---|---|\n",
        ROWS.len() - served
    )
    .ok();
    for row in ROWS {
        if let Served::By { place, tests } = row.served {
            writeln!(out, "| {} | {} | {place} | {} |", row.section, cell(row.row), cell(&tests.join("; "))).ok();
        }
    }
    out.push_str("\n### Not served\n\n| § | row | why |\n|---|---|---|\n");
    for row in ROWS {
        if let Served::Not(reason) = row.served {
            writeln!(out, "| {} | {} | {} |", row.section, cell(row.row), cell(reason)).ok();
        }
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
