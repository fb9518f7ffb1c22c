//! The sandbox: how a chat's commands are held to its folder. Three levels, of which the strongest that works is found by trying, once;
//! afterwards a command runs at that level or not at all. What runs in it is never trusted, nor is its text looked at.
//!
//! On level 3 a command has a world of its own (bubblewrap), the kernel's file rules (Landlock) and a filter of system calls (seccomp); on
//! level 2 the latter two; on level 1 nothing, so every command asks. Level 2 does not keep a command from four things: it changes a
//! repository's hooks and rules in its own folder; it changes modes of the user's other files whose names it knows; their times; and it
//! sees that files and processes are there. Terminals and shared memory it has none on level 2, for they are everyone's; and
//! where its folder holds what is hidden, it sees the names of that and makes no new ones in the folders that lead there.
//!
//! On no level does a command have Unix sockets but connected pairs: see `filter`. On level 3 it has a network of its own, in which it can
//! talk to itself, when it has not the system's.

mod aftermath;
#[cfg(target_os = "linux")]
mod bounds;
#[cfg(target_os = "linux")]
mod bubblewrap;
#[cfg(target_os = "linux")]
mod carve;
#[cfg(target_os = "linux")]
mod confine;
mod environment;
mod error;
#[cfg(target_os = "linux")]
mod filter;
#[cfg(target_os = "linux")]
mod ground;
mod hold;
mod metadata;
mod places;
#[cfg(target_os = "linux")]
mod probe;
mod probing;
#[cfg(any(target_os = "macos", test))]
mod seatbelt;

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::sync::Arc;

pub use alcove_agent::policy::Level;

pub use aftermath::Aftermath;
pub use error::Error;
pub(crate) use probing::Probing;

use aftermath::Grounds;

/// What holds commands on level 1.
const NOTHING: &str = "nothing";

/// How commands are held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The level in force.
    pub level: Level,
    /// By what, for people: `bubblewrap, Landlock 7, seccomp`.
    pub provider: String,
    /// Why not more strongly, in words a person can act on; empty when nothing is missing.
    pub missing: Vec<String>,
}

/// Alcove's own, which no command reaches as far as its level can keep it from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// The data folder; what a probe must not reach is put there for a moment.
    pub data: PathBuf,
    /// The socket's folder, a configuration elsewhere, and the like. What is not there yet is looked for again with every command.
    pub more: Vec<PathBuf>,
}

/// The program a command is started through: this one, or another that calls [`subcommand`] first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Helper {
    /// Absolute.
    pub program: PathBuf,
}

/// What one command is held to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The chat's folder: absolute, there.
    pub folder: PathBuf,
    /// Where the command starts: the folder or one in it.
    pub cwd: PathBuf,
    /// Whether the chat may leave its folder: files have no bounds but Alcove's own, and the network is there.
    pub full: bool,
    /// Whether it has the network.
    pub network: bool,
    /// Variables beside the usual. They can name libraries, so they are set only once the command is held.
    pub env: Vec<(OsString, OsString)>,
}

impl Hold {
    fn reaches_out(&self) -> bool {
        self.full || self.network
    }
}

/// A command ready to start.
#[derive(Debug)]
pub struct Confined {
    /// Its environment, its folder and its bounds are set; its three streams are the caller's to set.
    pub command: Command,
    /// To be kept until all of it has ended.
    pub aftermath: Aftermath,
}

/// How commands are held here. Cloning it is cheap.
#[derive(Clone, Debug)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    standing: Standing,
    own: Own,
    /// Without links.
    home: Option<PathBuf>,
    way: Way,
}

/// What it takes to start a command at the level in force.
#[derive(Clone, Debug)]
enum Way {
    Plain,
    #[cfg(target_os = "linux")]
    Ruled {
        helper: Helper,
        grounds: Arc<Grounds>,
    },
    #[cfg(target_os = "linux")]
    Apart {
        helper: Helper,
        bubblewrap: bubblewrap::Bubblewrap,
    },
}

impl Sandbox {
    /// Finds the strongest level that works, by trying what must not work. Blocks for at most a second a level.
    pub fn probe(helper: &Helper, own: Own) -> Self {
        let home = home();
        let (standing, way) = strongest(helper, &own, home.as_deref());
        Self { inner: Arc::new(Inner { standing, own, home, way }) }
    }

    /// As [`Sandbox::probe`], at this level and no other; an error in words when it does not work here.
    pub fn at(level: Level, helper: &Helper, own: Own) -> Result<Self, Error> {
        let home = home();
        let (provider, way) = exactly(level, helper, &own, home.as_deref()).map_err(Error::Missing)?;
        let standing = Standing { level, provider, missing: Vec::new() };
        Ok(Self { inner: Arc::new(Inner { standing, own, home, way }) })
    }

    /// How commands are held here, for as long as this runs.
    pub fn standing(&self) -> &Standing {
        &self.inner.standing
    }

    /// A program as it is started here. Blocks on files for a moment. Where it cannot be held as it should, this fails, or the process ends
    /// with 125 and a line that says why; it never runs less held.
    pub fn command(&self, hold: &Hold, program: &OsStr, args: &[OsString]) -> Result<Confined, Error> {
        self.inner.command(hold, program, args)
    }
}

/// To be asked first of all in `main`: whether this process is to become a held command. It then does, or ends with the code given.
pub fn subcommand() -> Option<ExitCode> {
    #[cfg(target_os = "linux")]
    return confine::subcommand(&mut std::env::args_os());
    #[cfg(not(target_os = "linux"))]
    None
}

fn home() -> Option<PathBuf> {
    std::env::home_dir().and_then(|home| home.canonicalize().ok())
}

#[cfg(target_os = "linux")]
use probe::{exactly, strongest};

#[cfg(not(target_os = "linux"))]
use hold::exactly;

#[cfg(not(target_os = "linux"))]
fn strongest(helper: &Helper, own: &Own, home: Option<&std::path::Path>) -> (Standing, Way) {
    let missing = exactly(Level::L2, helper, own, home).err().into_iter().collect();
    (Standing { level: Level::L1, provider: NOTHING.to_owned(), missing }, Way::Plain)
}
