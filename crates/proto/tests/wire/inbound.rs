//! Every frame to the gateway is read exactly as the golden file beside it says.

use std::collections::BTreeSet;

use alcove_proto::envelope::{self, table::METHODS};
use serde_json::Value;

use crate::golden;
use crate::reading::rendered;

fn frames() -> BTreeSet<String> {
    golden::listed("in")
        .into_iter()
        .filter_map(|file| Some(file.strip_suffix(".json")?.to_owned()).filter(|name| !name.ends_with(".reads")))
        .collect()
}

#[test]
fn frames_are_read_as_the_golden_files_say() {
    for name in frames() {
        let reads = rendered(&envelope::read(&golden::text(&format!("in/{name}.json"))));
        let file = format!("in/{name}.reads.json");
        if golden::updating() {
            golden::write(&file, &format!("{reads}\n"));
        }
        let expected: Value = serde_json::from_str(&golden::text(&file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(reads, expected, "{name}");
    }
}

#[test]
fn every_row_of_the_table_has_a_valid_frame_that_uses_all_its_fields() {
    for method in METHODS {
        let text = golden::text(&format!("in/{}.json", method.name));
        let sent: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", method.name));
        let fields = sent.as_object().expect("an envelope is an object");
        let known: BTreeSet<&str> =
            method.fields.split(", ").filter(|name| !name.is_empty()).map(|name| name.trim_end_matches('?')).collect();
        let used: BTreeSet<&str> = fields.keys().map(String::as_str).filter(|name| *name != "type").collect();
        assert_eq!(used, known, "{}", method.name);
        assert_eq!(rendered(&envelope::read(&text))["envelope"], method.name, "the valid frame is read as what it is");
    }
}

#[test]
fn every_golden_frame_belongs_to_a_row() {
    let rows: BTreeSet<&str> = METHODS.iter().map(|method| method.name).chain(["unknown"]).collect();
    for name in frames() {
        assert!(rows.contains(name.split('.').next().unwrap_or_default()), "{name}");
    }
}
