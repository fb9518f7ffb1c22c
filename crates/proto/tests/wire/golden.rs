//! Golden files: compared byte for byte, or written when asked to.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// Whether golden files are to be written instead of compared.
pub(crate) fn updating() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1")
}

/// A path below the folder of golden files.
pub(crate) fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// The text of a golden file.
pub(crate) fn text(name: &str) -> String {
    let path = path(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}; write it with UPDATE_GOLDEN=1", path.display()))
}

/// Compares with a golden file byte for byte.
pub(crate) fn check(name: &str, actual: &str) {
    if updating() {
        write(name, actual);
    }
    assert_eq!(text(name), actual, "{name}");
}

/// Writes a golden file.
pub(crate) fn write(name: &str, text: &str) {
    fs::write(path(name), text).unwrap_or_else(|error| panic!("{name}: {error}"));
}

/// The names of the files in one folder of golden files.
pub(crate) fn listed(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(path(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    entries.map(|entry| entry.expect("a readable folder").file_name().to_string_lossy().into_owned()).collect()
}
