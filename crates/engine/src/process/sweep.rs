//! The last resort: a command that killed its own guardian. What is left of it is found by its session and by the mark in its
//! environment, and killed from outside. A process that shed both is not found; a sandbox that keeps a command's signals to itself
//! is what prevents that.

use rustix::process::Pid;

/// How often it is looked whether something is left.
#[cfg(target_os = "linux")]
const ROUNDS: usize = 50;
#[cfg(target_os = "linux")]
const PAUSE: std::time::Duration = std::time::Duration::from_millis(10);

/// Kills what is left beneath and around a guardian, but not the guardian itself. Blocks for up to half a second.
#[cfg(target_os = "linux")]
pub(super) fn sweep(guardian: Pid, mark: &str) {
    use super::tree::{about, beneath, carries, everyone, is_dead};
    for _ in 0..ROUNDS {
        let of_it = |pid: &Pid| about(*pid).is_some_and(|about| about.session == Some(guardian)) || carries(*pid, mark);
        let mut left: Vec<Pid> = everyone().filter(of_it).collect();
        let more: Vec<Pid> = left.iter().copied().chain([guardian]).flat_map(beneath).collect();
        left.extend(more);
        left.retain(|pid| *pid != guardian && !is_dead(*pid));
        if left.is_empty() {
            break;
        }
        left.into_iter().for_each(kill);
        std::thread::sleep(PAUSE);
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn sweep(_: Pid, _: &str) {}

#[cfg(target_os = "linux")]
fn kill(pid: Pid) {
    let _gone = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
}
