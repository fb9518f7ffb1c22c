//! Processes of this machine by the words of their command lines, and their ends. Ends none itself.

use std::fs;
use std::os::fd::OwnedFd;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use crate::{DEADLINE, within};

/// Those that run and whose command line holds these words.
pub fn of(words: &str) -> Vec<Pid> {
    let entries = fs::read_dir("/proc").expect("there is /proc").flatten();
    let lines = entries.filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, fs::read(entry.path().join("cmdline")).ok()?)));
    lines.filter(|(_, line)| String::from_utf8_lossy(line).contains(words)).filter_map(|(id, _)| Pid::from_raw(id)).collect()
}

/// Waits until none is left, also of those that begin meanwhile.
pub async fn gone(words: &str) {
    let ending = async {
        loop {
            let left = of(words);
            if left.is_empty() {
                return;
            }
            // One that has ended since it was met has no descriptor.
            let left: Vec<OwnedFd> = left.into_iter().filter_map(|pid| pidfd_open(pid, PidfdFlags::empty()).ok()).collect();
            tokio::task::spawn_blocking(move || left.iter().for_each(ended)).await.expect("it only waits");
        }
    };
    within("the processes end", ending).await;
}

/// Waits for the end of a process, but not for ever: a scenario that fails must end.
fn ended(process: &OwnedFd) {
    let limit = Timespec::try_from(DEADLINE).expect("it is half a minute");
    // Whether it has ended is looked at again.
    let _ready = rustix::event::poll(&mut [PollFd::new(process, PollFlags::IN)], Some(&limit));
}
