//! The hidden subcommand: a process that gives up what its command must not have and then becomes the command. It opens nothing for the
//! command and hands on no descriptor but the first three.

use std::ffi::OsString;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, ExitCode};

use rustix::net::{AddressFamily, SocketType};
use rustix::process::{Pid, Resource, Rlimit};

use super::Error;
use super::bounds::{Bounds, Then, read};
use super::{filter, ground};

/// The word before what is handed over.
pub(super) const WORD: &str = "__confine";
/// How this process ends when it could not become the command: as other programs that start programs do.
const NOT_HELD: u8 = 125;
const NOT_RUN: u8 = 126;
const NOT_FOUND: u8 = 127;
/// Tells a probe which rules of Landlock are in force.
pub(super) const RULES: &str = "landlock";
/// Tells a probe what could be done.
pub(super) const GOT_THROUGH: &str = "through";
/// The file a probe puts in the folder that must be out of reach.
pub(super) const CANARY: &str = "canary";

/// Becomes the confined command when the arguments ask for it; `None` when they do not.
pub(super) fn subcommand(args: &mut dyn Iterator<Item = OsString>) -> Option<ExitCode> {
    let _name = args.next();
    if args.next()? != WORD {
        return None;
    }
    let (held, what) = match read(args) {
        Ok((bounds, then)) => (confine(&bounds), Some(then)),
        Err(error) => (Err(error), None),
    };
    Some(match (held, what) {
        (Ok(rules), Some(Then::Try { folder, process })) => attempts(rules, &folder, process),
        (Ok(_), Some(Then::Run(words))) => run(&words),
        (Ok(_), None) => ExitCode::from(NOT_HELD),
        (Err(error), _) => told(&format!("the command could not be held, so it was not run: {error}"), NOT_HELD),
    })
}

fn confine(bounds: &Bounds) -> Result<i32, Error> {
    rustix::process::setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })
        .map_err(|error| Error::System("no core files", error.into()))?;
    rustix::thread::set_no_new_privs(true).map_err(|error| Error::System("no new rights", error.into()))?;
    let programs = filter::programs(bounds.network, bounds.shares)?;
    let rules = ground::hold(bounds)?;
    close_all()?;
    filter::install(&programs)?;
    set(&bounds.variables);
    Ok(rules)
}

#[expect(unsafe_code, reason = "nothing in this process owns a descriptor: what is closed was inherited by mistake")]
fn close_all() -> Result<(), Error> {
    let closed = unsafe { libc::syscall(libc::SYS_close_range, 3_u32, u32::MAX, 0_u32) };
    if closed == 0 { Ok(()) } else { Err(Error::System("descriptors stay open", std::io::Error::last_os_error())) }
}

#[expect(unsafe_code, reason = "this process has one thread")]
fn set(variables: &[(OsString, OsString)]) {
    for (name, value) in variables {
        unsafe { std::env::set_var(name, value) };
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that sandboxes")]
fn run(words: &[OsString]) -> ExitCode {
    let Some((program, args)) = words.split_first() else { return told("there is nothing to run", NOT_HELD) };
    let error = Command::new(program).args(args).exec();
    let code = if error.kind() == std::io::ErrorKind::NotFound { NOT_FOUND } else { NOT_RUN };
    told(&format!("{}: {error}", program.display()), code)
}

fn told(words: &str, code: u8) -> ExitCode {
    // Whoever started it may not read its errors.
    let _closed = writeln!(std::io::stderr(), "alcove: {words}");
    ExitCode::from(code)
}

/// Tries what must not be possible; every line but the first is something that was.
fn attempts(rules: i32, folder: &Path, process: i32) -> ExitCode {
    let mut lines = format!("{RULES} {rules}\n");
    let written = std::fs::write(folder.join("written"), "x").is_ok();
    let read = std::fs::read(folder.join(CANARY)).is_ok();
    let signalled = Pid::from_raw(process).is_some_and(|pid| rustix::process::test_kill_process(pid).is_ok());
    let socket = rustix::net::socket(AddressFamily::UNIX, SocketType::STREAM, None).is_ok();
    for (name, done) in [("write", written), ("read", read), ("signal", signalled), ("socket", socket)] {
        if done {
            lines.push_str(&format!("{GOT_THROUGH} {name}\n"));
        }
    }
    match std::io::stdout().write_all(lines.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_closed) => ExitCode::from(NOT_HELD),
    }
}
