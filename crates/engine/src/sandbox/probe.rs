//! Finds out how commands can be held here, by trying: a process is held, and tries what it must not be able to do.

use std::io::Read as _;
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use super::aftermath::{Grounds, Private};
use super::bounds::Then;
use super::bubblewrap::{self, Bubblewrap};
use super::confine::{CANARY, GOT_THROUGH, RULES};
use super::hold::{Surroundings, start};
use super::{Helper, Hold, Level, NOTHING, Own, Standing, Way};

/// How long one try may take.
const LIMIT: Duration = Duration::from_secs(1);
/// What is read of what a try says.
const SAID_LIMIT: u64 = 4_096;
/// The first rules of Landlock that keep a file from being cut short; with older ones files outside could be emptied.
const RULES_LEAST: u32 = 3;
/// What older rules than the newest do not keep back.
const SIGNAL: &str = "signal";

/// Settings of the kernel that forbid user namespaces, with the value that does, and what to say.
const FORBIDDEN: &[(&str, &str, &str)] = &[
    ("/proc/sys/user/max_user_namespaces", "0", "user namespaces are switched off (sysctl user.max_user_namespaces)"),
    ("/proc/sys/kernel/unprivileged_userns_clone", "0", "user namespaces are switched off (sysctl kernel.unprivileged_userns_clone)"),
    (
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "AppArmor keeps programs from making user namespaces; a profile for bwrap allows it (Ubuntu: the package apparmor-profiles has bwrap-userns-restrict)",
    ),
];

const INSTALL: &str =
    "bubblewrap is not installed (Debian, Ubuntu: apt install bubblewrap; Fedora: dnf install bubblewrap; Arch: pacman -S bubblewrap)";

/// The strongest level that works, with words for each stronger one that does not.
pub(super) fn strongest(helper: &Helper, own: &Own, home: Option<&Path>) -> (Standing, Way) {
    let mut missing = Vec::new();
    for level in [Level::L3, Level::L2] {
        match tried(level, helper, own, home) {
            Ok((provider, way, weak)) => {
                missing.extend(weak);
                return (Standing { level, provider, missing }, way);
            }
            Err(why) => missing.push(why),
        }
    }
    (Standing { level: Level::L1, provider: NOTHING.to_owned(), missing }, Way::Plain)
}

/// One level, or why not.
pub(super) fn exactly(level: Level, helper: &Helper, own: &Own, home: Option<&Path>) -> Result<(String, Way), String> {
    tried(level, helper, own, home).map(|(provider, way, _)| (provider, way))
}

type Tried = Result<(String, Way, Option<String>), String>;

fn tried(level: Level, helper: &Helper, own: &Own, home: Option<&Path>) -> Tried {
    let grounds = || Grounds::new(&std::env::temp_dir()).map_err(|error| format!("no private folder for commands: {error}"));
    match level {
        Level::L1 => Ok((NOTHING.to_owned(), Way::Plain, None)),
        Level::L2 => {
            let grounds = grounds()?;
            let way = Way::Ruled { helper: helper.clone(), grounds: Arc::clone(&grounds) };
            let (rules, through) = attempt(&way, &grounds, own, home)?;
            judged_ruled(rules, &through).map(|weak| (format!("Landlock {rules}, seccomp"), way, weak))
        }
        Level::L3 => {
            let (grounds, program) = (grounds()?, bubblewrap::find().ok_or(INSTALL)?);
            let way = |forbids| Way::Apart { helper: helper.clone(), bubblewrap: Bubblewrap { program: program.clone(), forbids } };
            let mut chosen = way(true);
            let mut said = attempt(&chosen, &grounds, own, home);
            if said.as_ref().is_err_and(|why| why.contains("disable-userns")) {
                // Before 0.8 it could not; the filter forbids the same.
                chosen = way(false);
                said = attempt(&chosen, &grounds, own, home);
            }
            let (rules, through) = said.map_err(|why| format!("bubblewrap does not run here: {}", reason(why)))?;
            if !through.is_empty() {
                return Err(format!("bubblewrap runs, but a command in it could still reach out ({})", through.join(", ")));
            }
            let provider = if rules == 0 { "bubblewrap, seccomp".to_owned() } else { format!("bubblewrap, Landlock {rules}, seccomp") };
            Ok((provider, chosen, None))
        }
    }
}

fn judged_ruled(rules: u32, through: &[String]) -> Result<Option<String>, String> {
    if rules == 0 {
        return Err("this kernel does not have Landlock, or it is not switched on (boot parameter lsm=)".to_owned());
    }
    if rules < RULES_LEAST {
        return Err(format!("this kernel's Landlock is too old (version {rules}; {RULES_LEAST} came with Linux 6.2)"));
    }
    match through {
        [] => Ok(None),
        [only] if only == SIGNAL => {
            Ok(Some("this kernel's Landlock does not keep commands from ending your other programs (Linux 6.12 does)".to_owned()))
        }
        more => Err(format!("a command could still reach out ({})", more.join(", "))),
    }
}

/// The kernel's setting is a better reason than what followed from it.
fn reason(said: String) -> String {
    let set = |path: &str, value: &str| std::fs::read_to_string(path).is_ok_and(|text| text.trim() == value);
    let known = FORBIDDEN.iter().find(|(path, value, _)| set(path, value));
    known.map_or(said, |(_, _, words)| (*words).to_owned())
}

/// Holds a process and lets it try; answers the rules of Landlock in force and what it could do.
fn attempt(way: &Way, grounds: &Arc<Grounds>, own: &Own, home: Option<&Path>) -> Result<(u32, Vec<String>), String> {
    let failed = |what: &str, error: &dyn std::fmt::Display| format!("{what}: {error}");
    let folder = grounds.private().map_err(|error| failed("no private folder for commands", &error))?;
    let data = Grounds::new(&own.data).map_err(|error| failed("the data folder cannot be written", &error))?;
    let secret: Private = data.private().map_err(|error| failed("the data folder cannot be written", &error))?;
    std::fs::write(secret.home().join(CANARY), CANARY).map_err(|error| failed("the data folder cannot be written", &error))?;
    let folder = folder.temporary();
    let hold = Hold { cwd: folder.clone(), folder, full: false, network: false, env: Vec::new() };
    let process = i32::try_from(std::process::id()).unwrap_or(i32::MAX);
    let then = Then::Try { folder: secret.home(), process };
    let confined = start(way, &hold, &Surroundings::of(&hold, own, home), &then).map_err(|error| error.to_string())?;
    let mut command = confined.command;
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().map_err(|error| failed("a process could not be started", &error))?;
    let (status, said, errors) = ended(child)?;
    read(&said).filter(|_| status.success()).ok_or_else(|| match errors.lines().rfind(|line| !line.trim().is_empty()) {
        Some(line) => line.trim().to_owned(),
        None => format!("a try ended with {status}"),
    })
}

fn read(said: &str) -> Option<(u32, Vec<String>)> {
    let mut lines = said.lines();
    let rules = lines.next()?.strip_prefix(RULES)?.trim().parse().ok()?;
    Some((rules, lines.filter_map(|line| line.strip_prefix(GOT_THROUGH)).map(|what| what.trim().to_owned()).collect()))
}

/// Waits for a process that must not take long, with what it said.
fn ended(mut child: Child) -> Result<(ExitStatus, String, String), String> {
    let (tx, rx) = sync_channel(1);
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let reader = std::thread::spawn(move || {
        let said = out.map(text).unwrap_or_default();
        let _gone = tx.send((said, err.map(text).unwrap_or_default()));
    });
    let said = rx.recv_timeout(LIMIT);
    if said.is_err() {
        let _over = child.kill();
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    let _ended = reader.join();
    match said {
        Ok((said, errors)) => Ok((status, said, errors)),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Err("a try took too long".to_owned()),
    }
}

fn text(stream: impl std::io::Read) -> String {
    let mut text = String::new();
    let _cut = stream.take(SAID_LIMIT).read_to_string(&mut text);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_try_says_is_read() {
        assert_eq!(read("landlock 7\n"), Some((7, vec![])));
        assert_eq!(read("landlock 0\nthrough write\nthrough signal\n"), Some((0, vec!["write".to_owned(), "signal".to_owned()])));
        for odd in ["", "landlock", "landlock x\n", "through write\n"] {
            assert_eq!(read(odd), None, "{odd:?}");
        }
    }

    #[test]
    fn a_level_that_does_not_hold_is_none() {
        let judged = |rules, through: &[&str]| judged_ruled(rules, &through.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(judged(7, &[]), Ok(None));
        assert!(judged(4, &["signal"]).unwrap().unwrap().contains("6.12"));
        for (rules, through) in [(0, vec![]), (2, vec![]), (7, vec!["write"]), (4, vec!["signal", "socket"])] {
            assert!(judged(rules, &through).is_err(), "{rules} {through:?}");
        }
    }
}
