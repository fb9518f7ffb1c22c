//! Every frame to the client is written, and read back, exactly as its golden file says.

use std::collections::BTreeSet;

use alcove_proto::envelope::Event;
use alcove_proto::envelope::table::EVENTS;

use crate::golden;
use crate::sample::samples;

#[test]
fn frames_are_written_and_read_as_the_golden_files_say() {
    for (name, event) in samples() {
        golden::check(&format!("out/{name}.json"), &format!("{}\n", event.to_json()));
        let read: Event =
            serde_json::from_str(&golden::text(&format!("out/{name}.json"))).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(read, event, "{name}");
        assert_eq!(read.to_json(), event.to_json(), "{name}");
    }
}

#[test]
fn every_row_of_the_table_has_a_golden_file_and_every_frame_a_row() {
    let rows: BTreeSet<&str> = EVENTS.iter().map(|row| row.name).collect();
    assert_eq!(rows.len(), EVENTS.len(), "a name stands twice in the table");
    let bare: BTreeSet<&str> = samples().iter().filter(|(name, _)| !name.contains('.')).map(|(name, _)| *name).collect();
    assert_eq!(rows, bare, "rows of EVENTS against samples");
    for (name, event) in samples() {
        assert_eq!(name.split('.').next(), Some(event.kind()), "a sample is named after its event");
        assert!(event.to_json().starts_with(&format!("{{\"event\":\"{}\"", event.kind())), "the event's name comes first: {name}");
    }
}

#[test]
fn no_golden_file_is_left_over() {
    let known: BTreeSet<String> = samples().iter().map(|(name, _)| format!("{name}.json")).collect();
    let left_over: Vec<String> = golden::listed("out").into_iter().filter(|file| !known.contains(file)).collect();
    assert_eq!(left_over, Vec::<String>::new());
}

#[test]
fn exactly_the_logged_frames_take_a_place_in_the_log() {
    for (name, mut event) in samples() {
        let row = EVENTS.iter().find(|row| row.name == event.kind()).unwrap_or_else(|| panic!("{name} has no row"));
        event.number(u64::MAX);
        let numbered = event.to_json().contains("\"seq\":18446744073709551615");
        assert_eq!(numbered, row.logged, "{name}");
    }
}

#[test]
fn fields_nobody_knows_are_ignored() {
    for (name, event) in samples() {
        let with_more = event.to_json().replacen('{', "{\"later\":{\"deep\":[null,1]},", 1);
        let read: Event = serde_json::from_str(&with_more).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(read, event, "{name}");
    }
}
