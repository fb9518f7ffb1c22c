//! What the figures were taken on.

use std::fs;

/// One line: processor, cores, memory, system, and how busy the machine is.
pub(crate) fn description() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpuinfo = read("/proc/cpuinfo");
    let model = field(&cpuinfo, "model name").unwrap_or("unknown processor");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory: u64 = field(&read("/proc/meminfo"), "MemTotal").and_then(|text| text.split(' ').next()?.parse().ok()).unwrap_or(0);
    let kernel = read("/proc/sys/kernel/osrelease");
    let load = read("/proc/loadavg");
    let load = load.split(' ').next().unwrap_or("?");
    let busy = if load.parse::<f64>().is_ok_and(|load| load > 0.5) { " (not quiet: read ratios only)" } else { "" };
    format!("machine: {model}, {cores} cores, {} GiB, Linux {}, load {load} at the start{busy}", memory / 1024 / 1024, kernel.trim())
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim())
}
