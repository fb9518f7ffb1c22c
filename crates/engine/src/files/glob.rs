//! Files by their names. Opens none.

use alcove_agent::pattern::Pattern;
use globset::{GlobBuilder, GlobMatcher};

use super::Tree;
use super::error::FileError;
use super::limit::{Look, Meter, Stop};
use super::place::{Place, PlaceKind};
use super::walk::Passed;

/// Bytes of the longest pattern.
const PATTERN_BYTES: usize = 4096;

/// A pattern for paths.
#[derive(Clone, Debug)]
pub(crate) enum Names {
    /// As shells have it, with `**` and `{a,b}`; from where the search begins, or at any depth when it has no slash.
    Shell(Box<GlobMatcher>),
    /// As entries have it (entries §3.5), for whole paths.
    Entry(Box<Pattern>),
}

impl Names {
    /// Reads a pattern as shells have it.
    pub(crate) fn read(pattern: &str) -> Result<Self, FileError> {
        if pattern.len() > PATTERN_BYTES {
            return Err(FileError::pattern(format!("it may have {PATTERN_BYTES} bytes")));
        }
        let trimmed = pattern.strip_prefix("./").unwrap_or(pattern);
        let anywhere = !trimmed.trim_end_matches('/').contains('/');
        let trimmed = trimmed.trim_start_matches('/');
        // A folder's name means what is beneath it.
        let all = if trimmed.ends_with('/') || trimmed.is_empty() { "**" } else { "" };
        let before = if anywhere { "**/" } else { "" };
        let glob = GlobBuilder::new(&format!("{before}{trimmed}{all}")).literal_separator(true).build();
        glob.map(|glob| Self::Shell(Box::new(glob.compile_matcher()))).map_err(|why| FileError::pattern(why.kind()))
    }

    /// Whether they mean a file on the way.
    pub(super) fn mean(&self, passed: &Passed<'_>) -> bool {
        match self {
            // A file that was named itself has only its name.
            Self::Shell(glob) if passed.beneath.is_empty() => glob.is_match(passed.name),
            Self::Shell(glob) => glob.is_match(passed.beneath),
            Self::Entry(pattern) => pattern.matches(passed.path),
        }
    }
}

/// Files that were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Globbed {
    /// Their paths and what each is, sorted name by name.
    pub(crate) files: Vec<(String, PlaceKind)>,
    /// Why there may be more.
    pub(crate) stopped: Option<Stop>,
}

impl Tree {
    /// Files beneath a folder whose names the pattern means and `shown` does not leave out.
    pub(crate) fn glob(&self, under: &Place, wanted: &Names, look: &Look<'_>, shown: impl Fn(&str) -> bool) -> Result<Globbed, FileError> {
        let meter = Meter::start(look);
        let mut files = Vec::new();
        let stopped = self.walk(under, (look, &meter), &shown, &mut |passed| {
            if passed.is_folder || !wanted.mean(passed) {
                return None;
            }
            if files.len() >= look.limits.results {
                return Some(Stop::Results);
            }
            files.push((passed.path.to_owned(), PlaceKind::of(passed.about)));
            None
        })?;
        Ok(Globbed { files, stopped })
    }
}
