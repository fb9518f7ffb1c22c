//! Where things are: the repository's folder and the files in it that are sources.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// Folders that hold no sources.
const NOT_SOURCES: &[&str] = &[".git", "target", "node_modules", "dist", "gen", "test-results", "playwright-report"];

/// The repository.
pub(crate) struct Place {
    /// Its top folder.
    pub(crate) root: PathBuf,
}

impl Place {
    /// The repository this program was built from.
    pub(crate) fn find() -> Self {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = own.ancestors().nth(2).expect("this crate stands two folders below the top").to_owned();
        Self { root }
    }

    /// A path inside the repository.
    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Reads a file of the repository.
    pub(crate) fn read(&self, path: &str) -> Result<String, Error> {
        let path = self.at(path);
        fs::read_to_string(&path).map_err(|source| Error::File { path, source })
    }

    /// All source files as paths relative to the top with forward slashes, sorted. Files of tools and builds are left out.
    pub(crate) fn files(&self) -> Result<Vec<String>, Error> {
        let mut found = Vec::new();
        self.collect(&self.root, &mut found)?;
        found.sort();
        Ok(found)
    }

    fn collect(&self, folder: &Path, found: &mut Vec<String>) -> Result<(), Error> {
        let failed = |source| Error::File { path: folder.to_owned(), source };
        for entry in fs::read_dir(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let kind = entry.file_type().map_err(failed)?;
            let name = entry.file_name();
            if kind.is_dir() {
                if !NOT_SOURCES.iter().any(|skipped| name == *skipped) {
                    self.collect(&entry.path(), found)?;
                }
            } else if kind.is_file() {
                let path = entry.path();
                let relative = path.strip_prefix(&self.root).expect("the walk starts at the top");
                found.push(relative.to_string_lossy().replace('\\', "/"));
            }
        }
        Ok(())
    }
}
