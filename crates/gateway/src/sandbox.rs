//! `sandbox` on the command line: says how commands are held here and why not more strongly, or runs one as a chat's would be. It never
//! runs one less held than was asked for.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use alcove_engine::sandbox::{Helper, Hold, Level, Own, Sandbox};
use clap::{Args, ValueEnum};

use crate::config::{default_data_dir, default_socket};

/// Says how commands are held here, or runs one as a chat's would be.
#[derive(Args, Clone, Debug)]
pub struct Held {
    /// The data folder, which the command must not reach.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// This level or none; the strongest that works when it is not said.
    #[arg(long, value_name = "LEVEL")]
    pub level: Option<Strength>,
    /// The chat's folder; the one this is called in when it is not said.
    #[arg(long, value_name = "DIR")]
    pub folder: Option<PathBuf>,
    /// As in a chat that may leave its folder.
    #[arg(long)]
    pub full: bool,
    /// As in a chat whose commands may use the network.
    #[arg(long)]
    pub network: bool,
    /// A variable beside the usual ones.
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Run it this often, one after the other, and say how long that took in the middle.
    #[arg(long, value_name = "TIMES")]
    pub measure: Option<usize>,
    /// The program and what it is given.
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

/// How strongly a command is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Strength {
    /// Not at all.
    L1,
    /// By the kernel's own rules.
    L2,
    /// In a world of its own.
    L3,
}

/// Runs `sandbox`; answers with the command's own code.
pub fn held(args: &Held) -> ExitCode {
    match run(args) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            alcove_engine::report::problem("the command was not run", &error);
            ExitCode::from(NOT_RUN)
        }
    }
}

/// How programs that start programs say that they did not.
const NOT_RUN: u8 = 125;

fn run(args: &Held) -> std::io::Result<u8> {
    let data = std::path::absolute(args.data.clone().unwrap_or_else(default_data_dir))?;
    std::fs::create_dir_all(&data)?;
    let socket = default_socket(&data);
    let own = Own { data, more: socket.parent().map(PathBuf::from).into_iter().collect() };
    let helper = Helper { program: std::env::current_exe()? };
    let sandbox = match args.level {
        None => Sandbox::probe(&helper, own),
        Some(level) => Sandbox::at(level.level(), &helper, own).map_err(std::io::Error::other)?,
    };
    let Some((program, rest)) = args.command.split_first() else { return say(&sandbox) };
    let folder = std::path::absolute(args.folder.clone().map_or_else(std::env::current_dir, Ok)?)?;
    let pair = |text: &String| text.split_once('=').map(|(name, value)| (OsString::from(name), OsString::from(value)));
    let env = args.set.iter().filter_map(pair).collect();
    let hold = Hold { cwd: folder.clone(), folder, full: args.full, network: args.network, env };
    let start = || {
        let mut confined = sandbox.command(&hold, program, rest).map_err(std::io::Error::other)?;
        let status = confined.command.status()?;
        Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(NOT_RUN))
    };
    args.measure.map_or_else(start, |times| measure(times.max(1), start))
}

/// Runs it several times; answers with the last code.
fn measure(times: usize, start: impl Fn() -> std::io::Result<u8>) -> std::io::Result<u8> {
    let (mut took, mut last) = (Vec::with_capacity(times), 0);
    for _ in 0..times {
        let began = Instant::now();
        last = start()?;
        took.push(began.elapsed());
    }
    took.sort();
    let middle = took.get(times / 2).copied().unwrap_or_default();
    writeln!(std::io::stdout(), "{:.1} ms in the middle of {times}", middle.as_secs_f64() * 1e3)?;
    Ok(last)
}

fn say(sandbox: &Sandbox) -> std::io::Result<u8> {
    let standing = sandbox.standing();
    let mut lines = format!("{:?}: {}\n", standing.level, standing.provider);
    lines.extend(standing.missing.iter().map(|why| format!("- {why}\n")));
    std::io::stdout().write_all(lines.as_bytes())?;
    Ok(0)
}

impl Strength {
    fn level(self) -> Level {
        match self {
            Self::L1 => Level::L1,
            Self::L2 => Level::L2,
            Self::L3 => Level::L3,
        }
    }
}
