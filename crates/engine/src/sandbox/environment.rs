//! The variables a command starts with: a list of what is let in, never the rest of what Alcove was started with, which may hold keys.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What is taken from Alcove's own environment when it is there.
const KEPT: &[&str] = &["USER", "LOGNAME", "TZ", "LANG", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LC_NUMERIC", "LC_TIME", "LC_COLLATE"];

/// What holds for every command: nobody sits at its terminal.
const FIXED: &[(&str, &str)] =
    &[("TERM", "dumb"), ("SHELL", "/bin/sh"), ("PAGER", "cat"), ("GIT_PAGER", "cat"), ("GIT_TERMINAL_PROMPT", "0"), ("GIT_EDITOR", "true")];

/// The variables; `programs` are the folders looked in first.
pub(super) fn variables(home: &Path, temporary: &Path, programs: &[PathBuf]) -> Vec<(OsString, OsString)> {
    let mut variables: Vec<(OsString, OsString)> = FIXED.iter().map(|(name, value)| (name.into(), value.into())).collect();
    variables.extend(KEPT.iter().filter_map(|name| Some((name.into(), std::env::var_os(name)?))));
    if !variables.iter().any(|(name, _)| name == "LANG") {
        variables.push(("LANG".into(), "C.UTF-8".into()));
    }
    let path = std::env::join_paths(programs.iter().filter(|folder| !has_separator(folder))).unwrap_or_default();
    variables.extend([("PATH".into(), path), ("HOME".into(), home.into()), ("TMPDIR".into(), temporary.into())]);
    variables
}

/// A folder that cannot be named in a list of folders.
fn has_separator(folder: &Path) -> bool {
    folder.as_os_str().as_encoded_bytes().contains(&b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_listed_gets_in() {
        let programs = ["/a b/bin", "/odd:one", "/usr/bin"].map(PathBuf::from);
        let variables = variables(Path::new("/h"), Path::new("/t"), &programs);
        let value = |name: &str| variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.to_str().unwrap());
        assert_eq!(value("PATH"), Some("/a b/bin:/usr/bin"));
        assert_eq!((value("HOME"), value("TMPDIR"), value("TERM")), (Some("/h"), Some("/t"), Some("dumb")));
        let known = |name: &str| {
            KEPT.contains(&name) || FIXED.iter().any(|(fixed, _)| *fixed == name) || ["PATH", "HOME", "TMPDIR"].contains(&name)
        };
        assert!(variables.iter().all(|(name, _)| known(name.to_str().unwrap())));
    }
}
