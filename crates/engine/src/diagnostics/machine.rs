//! What kind of machine and process this is. No names of people, hosts or folders.

use std::path::Path;

use serde_json::{Value, json};

/// Variables that change how Alcove runs; whether they are set is told, and the short ones among their values.
const VARIABLES: [&str; 10] = [
    "ALCOVE_DATA_DIR",
    "ALCOVE_KEYS",
    "WEBKIT_DISABLE_DMABUF_RENDERER",
    "WEBKIT_DISABLE_COMPOSITING_MODE",
    "LIBGL_ALWAYS_SOFTWARE",
    "GDK_BACKEND",
    "XDG_SESSION_TYPE",
    "XDG_CURRENT_DESKTOP",
    "LANG",
    "HTTPS_PROXY",
];
/// A longer value, or one with a slash in it, is only said to be set.
const VALUE_CHARS: usize = 32;
/// Folders beneath a folder that are counted.
const DEPTH: u32 = 4;

pub(super) fn machine() -> Value {
    let environment: serde_json::Map<String, Value> =
        VARIABLES.iter().filter_map(|name| Some(((*name).to_owned(), variable(&std::env::var(name).ok()?)))).collect();
    json!({
        "os": std::env::consts::OS,
        "architecture": std::env::consts::ARCH,
        "system": system(),
        "kernel": read("/proc/sys/kernel/osrelease"),
        "processors": std::thread::available_parallelism().map(usize::from).unwrap_or_default(),
        "memory": line_of("/proc/meminfo", "MemTotal:"),
        "gpu": Path::new("/dev/dri").exists(),
        "environment": environment,
    })
}

pub(super) fn process() -> Value {
    let count = |folder: &str| std::fs::read_dir(folder).map(Iterator::count).unwrap_or_default();
    json!({
        "memory": line_of("/proc/self/status", "VmRSS:"),
        "threads": count("/proc/self/task"),
        "descriptors": count("/proc/self/fd"),
    })
}

fn variable(value: &str) -> Value {
    let short = value.chars().count() <= VALUE_CHARS && !value.contains(['/', '@']);
    if short { json!(value) } else { json!("(set)") }
}

fn system() -> Option<String> {
    let release = std::fs::read_to_string("/etc/os-release").ok()?;
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(name.trim_matches('"').to_owned())
}

fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
}

fn line_of(path: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    text.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned())
}

/// How many files a folder holds and how large they are; no names.
pub(super) fn folder(path: &Path) -> Value {
    let (files, bytes) = count(path, DEPTH);
    json!({ "files": files, "bytes": bytes })
}

fn count(path: &Path, depth: u32) -> (u64, u64) {
    let Ok(entries) = std::fs::read_dir(path) else { return (0, 0) };
    // Entries that vanish meanwhile are no longer there to be counted.
    entries.flatten().fold((0, 0), |(files, bytes), entry| match entry.metadata() {
        Ok(found) if found.is_dir() && depth > 0 => {
            let (more, larger) = count(&entry.path(), depth - 1);
            (files + more, bytes + larger)
        }
        Ok(found) if found.is_file() => (files + 1, bytes + found.len()),
        Ok(_) | Err(_) => (files, bytes),
    })
}
