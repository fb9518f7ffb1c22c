//! The window's page: its packages and its build, each made only when it is missing or older than what it is made from.

use std::path::Path;
use std::time::SystemTime;

use crate::error::Error;
use crate::place::Place;
use crate::process::Invocation;
use crate::say;

/// Oldest Node.js the page's tools run on.
const OLDEST: (u32, u32) = (20, 19);
/// What the built page is made from, beside `ui/src`.
const SOURCES: &[&str] = &["ui/index.html", "ui/package-lock.json", "ui/package.json", "ui/tsconfig.json", "ui/vite.config.ts"];
const SOURCE_FOLDERS: &[&str] = &["ui/src/", "ui/public/"];

/// An npm command in the page's folder.
pub(crate) fn npm(place: &Place, arguments: &[&str]) -> Invocation {
    Invocation::new("npm", arguments).within(&place.at("ui"))
}

/// Installs the page's packages when they are missing or older than the lock file.
pub(crate) fn packages(place: &Place) -> Result<(), Error> {
    check_version()?;
    let installed = changed(&place.at("ui/node_modules/.package-lock.json"));
    if installed.is_some() && installed >= changed(&place.at("ui/package-lock.json")) {
        say::line("node packages: all there");
        return Ok(());
    }
    npm(place, &["ci"]).run()
}

/// Builds the page when a source is newer than the last build.
pub(crate) fn build(place: &Place) -> Result<(), Error> {
    let built = changed(&place.at("ui/dist/index.html"));
    if built.is_some() && built >= newest_source(place)? {
        say::line("the page: built already");
        return Ok(());
    }
    npm(place, &["run", "build"]).run()
}

fn newest_source(place: &Place) -> Result<Option<SystemTime>, Error> {
    let is_source = |path: &str| SOURCES.contains(&path) || SOURCE_FOLDERS.iter().any(|folder| path.starts_with(folder));
    Ok(place.files()?.iter().filter(|path| is_source(path)).filter_map(|path| changed(&place.at(path))).max())
}

fn changed(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|about| about.modified()).ok()
}

fn check_version() -> Result<(), Error> {
    let told = Invocation::new("node", &["--version"]).output().unwrap_or_default();
    check(version(told.trim()), if told.is_empty() { "none was found" } else { told.trim() })
}

/// Refuses to install a Node.js that would be too old; takes what `apt-cache policy` says. Nothing is known before the first update.
pub(crate) fn check_offered(policy: &str) -> Result<(), Error> {
    let candidate = policy.lines().find_map(|line| line.trim().strip_prefix("Candidate: ")).filter(|told| *told != "(none)");
    candidate.map_or(Ok(()), |told| check(version(told), &format!("this system offers only {told}")))
}

fn check(found: Option<(u32, u32)>, told: &str) -> Result<(), Error> {
    let (major, minor) = OLDEST;
    if found.is_some_and(|found| found >= OLDEST) {
        return Ok(());
    }
    Err(Error::Missing(format!("Node.js {major}.{minor} or later is needed, {told}; see https://nodejs.org/en/download")))
}

fn version(told: &str) -> Option<(u32, u32)> {
    let mut parts = told.trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(version("v20.20.2"), Some((20, 20)));
        assert_eq!(version("v18.19.0"), Some((18, 19)));
        assert_eq!(version(""), None);
        assert!(version("v22.1.0").is_some_and(|found| found >= OLDEST));
        assert!(version("v20.9.0").is_some_and(|found| found < OLDEST));
    }

    #[test]
    fn a_package_that_is_too_old_is_not_installed() {
        let policy = |candidate: &str| format!("nodejs:\n  Installed: (none)\n  Candidate: {candidate}\n  Version table:\n");
        assert!(check_offered(&policy("18.20.4+dfsg-1~deb12u1")).is_err());
        assert!(check_offered(&policy("20.19.2+dfsg-1")).is_ok());
        assert!(check_offered("").is_ok());
    }
}
