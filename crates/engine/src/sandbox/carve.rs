//! Rights to a folder but for what is hidden in it. Landlock only ever gives: what is to be left out is left out by giving everything
//! beside it, one folder after the other. New names can then not be made in the folders that lead to a hidden one.

use std::path::{Path, PathBuf};

use super::Error;
use super::bounds::Right;

/// Names one folder on the way may have.
const NAMES_LIMIT: usize = 4_096;

/// What to grant so that everything beneath `root` can be written but what lies in `hidden`. All paths are without links.
pub(super) fn around(root: &Path, hidden: &[PathBuf]) -> Result<Vec<(Right, PathBuf)>, Error> {
    let mut grants = Vec::new();
    grant(root, hidden, &mut grants)?;
    Ok(grants)
}

fn grant(at: &Path, hidden: &[PathBuf], grants: &mut Vec<(Right, PathBuf)>) -> Result<(), Error> {
    if hidden.iter().any(|hidden| hidden == at) {
        return Ok(());
    }
    if !hidden.iter().any(|hidden| hidden.starts_with(at)) {
        grants.push((Right::Write, at.to_owned()));
        return Ok(());
    }
    grants.push((Right::Look, at.to_owned()));
    let named = |error| Error::Folder(at.to_owned(), error);
    for (number, entry) in std::fs::read_dir(at).map_err(named)?.enumerate() {
        if number >= NAMES_LIMIT {
            return Err(Error::TooMany(at.to_owned()));
        }
        let entry = entry.map_err(named)?;
        // What a link leads to has its own rights.
        if !entry.file_type().map_err(named)?.is_symlink() {
            grant(&entry.path(), hidden, grants)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_beside_what_is_hidden_is_given() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        for folder in ["work/deep", "share/data/keys", "share/fonts"] {
            std::fs::create_dir_all(at(folder)).unwrap();
        }
        std::fs::write(at("note"), "").unwrap();
        std::os::unix::fs::symlink("share/data", at("sly")).unwrap();
        let mut grants = around(place.path(), &[at("share/data"), at("none/at/all")]).unwrap();
        grants.sort_by(|a, b| a.1.cmp(&b.1));
        let expected =
            [(Right::Look, ""), (Right::Write, "note"), (Right::Look, "share"), (Right::Write, "share/fonts"), (Right::Write, "work")];
        let expected = expected.map(|(right, name)| (right, if name.is_empty() { place.path().to_owned() } else { at(name) }));
        assert_eq!(grants, expected);
        assert_eq!(around(&at("work"), &[at("share/data")]).unwrap(), [(Right::Write, at("work"))]);
        assert_eq!(around(&at("share/data"), &[at("share/data")]).unwrap(), []);
    }
}
