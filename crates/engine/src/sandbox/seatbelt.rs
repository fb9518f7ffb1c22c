//! What a command is held to, as a profile of macOS's sandbox. Text only: nothing here runs it.
//!
//! Everything is denied first; what comes later in a profile wins, so what is hidden stands last.

use std::path::{Path, PathBuf};

use super::Hold;

/// Folders that are read and run.
const SYSTEM: &[&str] =
    &["/usr", "/bin", "/sbin", "/System", "/Library", "/opt", "/private/etc", "/private/var/db/timezone", "/private/var/select", "/dev"];
/// Devices that are written.
const DEVICES: &[&str] = &["/dev/null", "/dev/zero", "/dev/dtracehelper"];
/// What of a repository is only read.
const METADATA: &[&str] = &[".git/hooks", ".git/config", ".git/config.worktree", ".git/commondir", ".git/modules", ".git/worktrees"];

/// What lies around a command.
pub(super) struct Around<'a> {
    /// Its private home and temporary folder.
    pub(super) private: &'a [PathBuf],
    /// Tools that are read and run.
    pub(super) tools: &'a [PathBuf],
    /// What is out of reach.
    pub(super) hidden: &'a [PathBuf],
}

/// The profile, for `sandbox-exec -p`. Paths are without links.
pub(super) fn profile(hold: &Hold, around: &Around<'_>) -> String {
    let mut text = String::from(
        "(version 1)\n(deny default)\n(allow process-fork process-exec)\n(allow signal (target same-sandbox))\n(allow sysctl-read)\n(allow file-read-metadata)\n",
    );
    if hold.full {
        text.push_str("(allow file*)\n");
    } else {
        rule(&mut text, "allow file-read*", "subpath", SYSTEM.iter().map(Path::new));
        rule(&mut text, "allow file-read*", "subpath", around.tools.iter().map(PathBuf::as_path));
        rule(&mut text, "allow file-write*", "literal", DEVICES.iter().map(Path::new));
        let own = std::iter::once(&hold.folder).chain(around.private).map(PathBuf::as_path);
        rule(&mut text, "allow file-read* file-write*", "subpath", own);
        let metadata: Vec<PathBuf> = METADATA.iter().map(|name| hold.folder.join(name)).collect();
        rule(&mut text, "deny file-write*", "subpath", metadata.iter().map(PathBuf::as_path));
        rule(&mut text, "deny file-write-unlink", "literal", [hold.folder.join(".git")].iter().map(PathBuf::as_path));
    }
    if hold.full || hold.network {
        text.push_str("(allow network-outbound (remote ip))\n(allow network-inbound (local ip))\n(allow system-socket)\n");
    }
    rule(&mut text, "deny file-read* file-write*", "subpath", around.hidden.iter().map(PathBuf::as_path));
    // Our own socket among them.
    text.push_str("(deny network-outbound (remote unix-socket))\n");
    if !hold.full && around.hidden.iter().any(|hidden| hold.folder.starts_with(hidden)) {
        rule(&mut text, "allow file-read* file-write*", "subpath", [hold.folder.as_path()].into_iter());
    }
    text
}

fn rule<'a>(text: &mut String, what: &str, how: &str, paths: impl Iterator<Item = &'a Path>) {
    let paths: Vec<String> = paths.map(|path| format!("\n  ({how} {})", quoted(path))).collect();
    if !paths.is_empty() {
        text.push_str(&format!("({what}{})\n", paths.concat()));
    }
}

/// A path as a string of the profile's language; what is no text cannot be named and is not given.
fn quoted(path: &Path) -> String {
    let text = path.to_str().unwrap_or("/nameless");
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(folder: &str, full: bool, network: bool, hidden: &[&str]) -> String {
        let hold = Hold { folder: folder.into(), cwd: folder.into(), full, network, env: vec![] };
        let hidden: Vec<PathBuf> = hidden.iter().map(PathBuf::from).collect();
        profile(&hold, &Around { private: &["/private/tmp/p".into()], tools: &["/people/me/.cargo/bin".into()], hidden: &hidden })
    }

    #[test]
    fn a_restricted_chat_writes_only_in_its_folder() {
        let text = text("/people/me/a \"b\"", false, false, &["/people/me/Library/Application Support/alcove"]);
        let writes: Vec<&str> = text.split("\n(").filter(|rule| rule.starts_with("allow") && rule.contains("file-write*")).collect();
        assert_eq!(writes.len(), 2, "{text}");
        assert!(writes[1].contains(r#"(subpath "/people/me/a \"b\"")"#), "{text}");
        assert!(text.contains(r#"(deny file-write*"#) && text.contains(r#"/a \"b\"/.git/hooks")"#), "{text}");
        assert!(!text.contains("(allow network"), "{text}");
        assert!(text.starts_with("(version 1)\n(deny default)\n"), "{text}");
    }

    #[test]
    fn what_is_hidden_stands_after_what_is_given() {
        for full in [true, false] {
            let text = text("/people/me", full, true, &["/people/me/data"]);
            let (given, denied) = (text.rfind("(allow file").unwrap(), text.find("/people/me/data").unwrap());
            assert!(given < denied, "{text}");
            assert!(text.contains("(deny network-outbound (remote unix-socket))"), "{text}");
        }
    }

    #[test]
    fn a_folder_in_what_is_hidden_is_given_again() {
        let text = text("/data/workspace", false, false, &["/data"]);
        assert!(text.rfind("(allow file-read* file-write*").unwrap() > text.find("(subpath \"/data\")").unwrap(), "{text}");
    }

    #[test]
    fn the_profile_is_balanced() {
        for full in [true, false] {
            let text = text("/f", full, true, &["/d"]);
            assert_eq!(text.matches('(').count(), text.matches(')').count());
        }
    }
}
