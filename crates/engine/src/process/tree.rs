//! Who descends from whom, as the system says. Looks only; the guardian and the sweep kill.

use rustix::process::Pid;

/// The processes a process started, or was given when their own parents ended.
#[cfg(target_os = "linux")]
pub(super) fn children(of: Pid) -> Vec<Pid> {
    use std::fs;
    let Ok(tasks) = fs::read_dir(format!("/proc/{of}/task")) else { return Vec::new() };
    let mut found = Vec::new();
    for task in tasks.flatten() {
        match fs::read_to_string(task.path().join("children")) {
            Ok(text) => found.extend(text.split_ascii_whitespace().filter_map(pid)),
            // Ended meanwhile, or a kernel without these lists.
            Err(_) => return everyone().filter(|of_whom| about(*of_whom).is_some_and(|about| about.parent == Some(of))).collect(),
        }
    }
    found
}

/// All that descends from a process, parents before their children.
#[cfg(target_os = "linux")]
pub(super) fn beneath(root: Pid) -> Vec<Pid> {
    let mut found = children(root);
    let mut next = 0;
    while let Some(pid) = found.get(next) {
        // A process may be listed twice when it was given away meanwhile.
        let more: Vec<Pid> = children(*pid).into_iter().filter(|child| !found.contains(child)).collect();
        found.extend(more);
        next += 1;
    }
    found
}

/// What else tells that a process belongs to a command whose guardian was killed.
#[cfg(target_os = "linux")]
pub(super) struct About {
    parent: Option<Pid>,
    pub(super) session: Option<Pid>,
    dead: bool,
}

/// Every living process there is.
#[cfg(target_os = "linux")]
pub(super) fn everyone() -> impl Iterator<Item = Pid> {
    std::fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(|entry| pid(entry.file_name().to_str()?))
}

/// Parent and session of a process; `None` when it has ended.
#[cfg(target_os = "linux")]
pub(super) fn about(of: Pid) -> Option<About> {
    let text = std::fs::read_to_string(format!("/proc/{of}/stat")).ok()?;
    // The name, in brackets, may hold anything.
    let mut fields = text.rsplit_once(')')?.1.split_ascii_whitespace();
    let dead = fields.next()? == "Z";
    let parent = pid(fields.next()?);
    let session = pid(fields.nth(1)?);
    Some(About { parent, session, dead })
}

/// Whether a process has ended and only waits for its parent to hear of it.
#[cfg(target_os = "linux")]
pub(super) fn is_dead(of: Pid) -> bool {
    about(of).is_none_or(|about| about.dead)
}

/// Whether a process was started with this text in its environment.
#[cfg(target_os = "linux")]
pub(super) fn carries(of: Pid, text: &str) -> bool {
    let environment = std::fs::read(format!("/proc/{of}/environ")).unwrap_or_default();
    environment.split(|byte| *byte == 0).any(|entry| entry == text.as_bytes())
}

/// How many process namespaces deep a process lives, seen from here.
#[cfg(target_os = "linux")]
pub(super) fn depth(of: Pid) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{of}/status")).unwrap_or_default();
    let numbers = status.lines().find_map(|line| line.strip_prefix("NSpid:"));
    numbers.map_or(0, |numbers| numbers.split_ascii_whitespace().count())
}

#[cfg(target_os = "linux")]
fn pid(text: &str) -> Option<Pid> {
    Pid::from_raw(text.parse().ok()?)
}
