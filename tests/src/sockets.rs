//! Which TCP ports a process and its children listen on, read from `/proc`.

use std::collections::HashSet;
use std::fs;

/// The state of a listening socket in `/proc/net/tcp`.
const LISTEN: &str = "0A";

/// The local addresses (in `/proc`'s hexadecimal form) on which the process or a process beneath it listens.
pub fn listening(process: u32) -> Vec<String> {
    let owned: HashSet<String> = family(process).into_iter().flat_map(socket_inodes).collect();
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| fs::read_to_string(table).unwrap_or_default());
    let lines = tables.iter().flat_map(|table| table.lines().skip(1));
    let fields = lines.map(|line| line.split_whitespace().collect::<Vec<_>>());
    let ours = fields.filter(|fields| fields.len() > 9 && fields[3] == LISTEN && owned.contains(fields[9]));
    ours.map(|fields| fields[1].to_owned()).collect()
}

/// The process and everything beneath it.
pub fn family(process: u32) -> Vec<u32> {
    let mut found = vec![process];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        next += 1;
        let threads = fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
        let children = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
        found.extend(children.flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<u32>>()));
    }
    found
}

fn socket_inodes(process: u32) -> Vec<String> {
    let open = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
    let targets = open.filter_map(|entry| fs::read_link(entry.path()).ok());
    targets.filter_map(|target| Some(target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned())).collect()
}
