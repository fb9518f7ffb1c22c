//! Which files are ignored: what `.gitignore` and `.ignore` of the folder, of those above it in its repository, of the repository and of the
//! person say. The deepest file that says something decides, as in git; a folder need not be a repository.

use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Files with rules; the later ones win.
const NAMES: [&str; 2] = [".gitignore", ".ignore"];
/// Bytes a file with rules may have; a larger one is none.
const RULES_BYTES: u64 = 1 << 20;

/// The rules that hold in one folder and in those above it.
pub(super) struct Rules {
    /// From the weakest to the strongest.
    layers: Vec<Gitignore>,
}

impl Rules {
    /// Those that hold for the folder that is walked, before its own.
    pub(super) fn above(folder: &Path) -> Self {
        let mut layers = vec![Gitignore::global().0];
        let top = folder.ancestors().find(|above| above.join(".git").exists());
        if let Some(top) = top {
            layers.extend(read(top, &[".git/info/exclude"]));
            let mut between: Vec<&Path> = folder.ancestors().skip(1).take_while(|above| above.starts_with(top)).collect();
            between.reverse();
            layers.extend(between.into_iter().filter_map(|above| read(above, &NAMES)));
        }
        Self { layers }
    }

    /// Adds those of a folder; answers whether there were any, which are to be taken away again when it is left.
    pub(super) fn enter(&mut self, folder: &Path) -> bool {
        let found = read(folder, &NAMES);
        let some = found.is_some();
        self.layers.extend(found);
        some
    }

    /// Takes away those of the folder entered last.
    pub(super) fn leave(&mut self) {
        self.layers.pop();
    }

    /// Whether a path, given whole, is ignored; those above it are not.
    pub(super) fn ignored(&self, path: &Path, folder: bool) -> bool {
        let said = self.layers.iter().rev().map(|layer| layer.matched(path, folder)).find(|said| !said.is_none());
        matches!(said, Some(Match::Ignore(_)))
    }
}

fn read(folder: &Path, names: &[&str]) -> Option<Gitignore> {
    let files: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).filter(|file| fits(file)).collect();
    if files.is_empty() {
        return None;
    }
    let mut builder = GitignoreBuilder::new(folder);
    for file in files {
        // A line that is no rule says nothing.
        let _wrong = builder.add(file);
    }
    builder.build().ok().filter(|rules| !rules.is_empty())
}

fn fits(file: &Path) -> bool {
    file.metadata().is_ok_and(|meta| meta.is_file() && meta.len() <= RULES_BYTES)
}
