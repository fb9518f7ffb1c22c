//! Every frame in the two tables of the wire has its golden file.

use alcove_proto::envelope::table::{EVENTS, METHODS};

use crate::place::Place;

const FOLDER: &str = "crates/proto/tests/golden";

/// Golden files that are missing.
pub(super) fn findings(place: &Place) -> Vec<String> {
    let received = METHODS.iter().flat_map(|method| [format!("in/{}.json", method.name), format!("in/{}.reads.json", method.name)]);
    let sent = EVENTS.iter().map(|row| format!("out/{}.json", row.name));
    missing(received.chain(sent), |file| place.at(FOLDER).join(file).is_file())
}

fn missing(files: impl Iterator<Item = String>, is_there: impl Fn(&str) -> bool) -> Vec<String> {
    files.filter(|file| !is_there(file)).map(|file| format!("{FOLDER}/{file}: missing; every frame has a golden file")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_is_found() {
        let files = || ["in/a.json".to_owned(), "out/b.json".to_owned()].into_iter();
        assert_eq!(missing(files(), |file| file == "in/a.json").len(), 1);
        assert_eq!(missing(files(), |_| true), Vec::<String>::new());
    }
}
