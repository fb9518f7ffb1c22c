//! From what a command is held to, to the process that is started. Starts nothing.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

#[cfg(target_os = "linux")]
use super::bounds::{Bounds, Network, Right, Shares, Then, words};
#[cfg(target_os = "linux")]
use super::bubblewrap::{self, World};
#[cfg(target_os = "linux")]
use super::carve::around;
#[cfg(target_os = "linux")]
use super::places::{DEVICES, NAMES, SYSTEM, outermost};
use super::places::{Found, PROGRAMS, secrets, tools};
use super::{Aftermath, Confined, Error, Hold, Inner, Own, Way};
use super::{environment, metadata};

/// What is readable at level 2 beside the system's folders: the kernel's own tables, in which a process sees itself.
#[cfg(target_os = "linux")]
const TABLES: &str = "/proc";

/// What is so of the place a command runs in, found out for each anew: people move folders.
pub(super) struct Surroundings {
    /// What is out of reach, without links.
    hidden: Vec<PathBuf>,
    home: Option<PathBuf>,
    tools: Vec<Found>,
}

impl Surroundings {
    pub(super) fn of(hold: &Hold, own: &Own, home: Option<&Path>) -> Self {
        let mut hidden: Vec<PathBuf> = std::iter::once(&own.data).chain(&own.more).filter_map(|path| path.canonicalize().ok()).collect();
        let private = home.map(secrets).unwrap_or_default();
        let never = [hidden.clone(), private.clone()].concat();
        let tools = home.map(|home| tools(home, hold.reaches_out(), &never)).unwrap_or_default();
        if !hold.full {
            hidden.extend(private);
        }
        Self { hidden, home: home.map(Path::to_owned), tools }
    }

    /// Folders a program's name is looked for in.
    fn programs(&self) -> Vec<PathBuf> {
        let of_tools = self.tools.iter().filter(|tool| tool.programs).map(|tool| tool.real.clone());
        of_tools.chain(PROGRAMS.iter().map(PathBuf::from)).collect()
    }

    /// The person's own home and the system's temporary folder, for a command that is not kept from them.
    fn open(&self) -> (PathBuf, PathBuf) {
        (self.home.clone().unwrap_or_else(|| PathBuf::from("/")), std::env::temp_dir())
    }
}

impl Inner {
    pub(super) fn command(&self, hold: &Hold, program: &OsStr, args: &[OsString]) -> Result<Confined, Error> {
        let folder = |path: &Path| path.canonicalize().map_err(|error| Error::Folder(path.to_owned(), error));
        let hold = Hold { folder: folder(&hold.folder)?, cwd: folder(&hold.cwd)?, ..hold.clone() };
        let around = Surroundings::of(&hold, &self.own, self.home.as_deref());
        let whole = [&[program.to_owned()], args].concat();
        match &self.way {
            Way::Plain => Ok(plain(&hold, &around, &whole)),
            #[cfg(target_os = "linux")]
            way @ (Way::Ruled { .. } | Way::Apart { .. }) => start(way, &hold, &around, &Then::Run(whole)),
        }
    }
}

/// A command that is not held at all.
#[expect(clippy::disallowed_methods, reason = "this is the one place that sandboxes")]
fn plain(hold: &Hold, around: &Surroundings, whole: &[OsString]) -> Confined {
    let (home, temporary) = around.open();
    let mut command = Command::new(whole.first().map_or(OsStr::new("true"), OsString::as_os_str));
    command.args(whole.iter().skip(1)).current_dir(&hold.cwd);
    command.env_clear().envs(environment::variables(&home, &temporary, &around.programs())).envs(hold.env.clone());
    Confined { command, aftermath: Aftermath::default() }
}

/// The process that confines itself and then does what is to be done.
#[cfg(target_os = "linux")]
#[expect(clippy::disallowed_methods, reason = "this is the one place that sandboxes")]
pub(super) fn start(way: &Way, hold: &Hold, around: &Surroundings, then: &Then) -> Result<Confined, Error> {
    let repositories = if hold.full { vec![] } else { metadata::repositories(&hold.folder) };
    let mut aftermath = Aftermath { private: None, detours: metadata::detours(&repositories) };
    let (mut command, bounds, (home, temporary)) = match way {
        Way::Plain => return Err(Error::Words("nothing holds it".to_owned())),
        Way::Ruled { helper, grounds } => {
            let (open, command) = (around.open(), Command::new(&helper.program));
            let places = if hold.full {
                open
            } else {
                let private = grounds.private().map_err(|error| Error::System("a private folder", error))?;
                let places = (private.home(), private.temporary());
                link_tools(&places.0, &around.tools)?;
                aftermath.private = Some(private);
                places
            };
            let bounds = ruled(hold, around, &places)?;
            (command, bounds, places)
        }
        Way::Apart { helper, bubblewrap } => {
            let (tools, hidden) = (&around.tools, &around.hidden);
            let world = World { hold, confine: &helper.program, tools, hidden, repositories: &repositories };
            let mut command = Command::new(&bubblewrap.program);
            command.args(world.arguments(bubblewrap));
            let private = (PathBuf::from(bubblewrap::HOME), PathBuf::from(bubblewrap::TEMPORARY));
            (command, world.bounds(), if hold.full { around.open() } else { private })
        }
    };
    command.arg(super::confine::WORD).args(words(&bounds, then)).current_dir(&hold.cwd);
    command.env_clear().envs(environment::variables(&home, &temporary, &around.programs()));
    Ok(Confined { command, aftermath })
}

/// The bounds where a command shares the system with everything else.
#[cfg(target_os = "linux")]
fn ruled(hold: &Hold, surroundings: &Surroundings, private: &(PathBuf, PathBuf)) -> Result<Bounds, Error> {
    let network = if hold.reaches_out() { Network::All } else { Network::Nothing };
    let grants = if hold.full {
        let mut grants = around(Path::new("/"), &surroundings.hidden)?;
        // It may lie in what is hidden.
        grants.push((Right::Write, hold.folder.clone()));
        grants
    } else {
        let names = if hold.reaches_out() { NAMES } else { &[] };
        let system = SYSTEM.iter().chain(names).chain(&[TABLES]).map(|path| (Right::Read, PathBuf::from(path)));
        let tools = surroundings.tools.iter().map(|tool| (Right::Read, tool.real.clone()));
        let devices = DEVICES.iter().map(|path| (Right::Use, PathBuf::from(path)));
        let own = [&private.0, &private.1].map(|path| (Right::Write, path.clone()));
        let mut grants: Vec<_> = system.chain(tools).chain(devices).chain(own).collect();
        grants.extend(around(&hold.folder, &surroundings.hidden)?);
        grants
    };
    Ok(Bounds { network, shares: Shares::TheSystem, grants, variables: hold.env.clone() })
}

/// Lets a private home have the tools of the real one.
#[cfg(target_os = "linux")]
fn link_tools(home: &Path, tools: &[Found]) -> Result<(), Error> {
    for tool in outermost(tools) {
        let link = home.join(tool.name);
        let parent = link.parent().unwrap_or(home);
        let named = |error| Error::Folder(link.clone(), error);
        std::fs::create_dir_all(parent).map_err(named)?;
        std::os::unix::fs::symlink(&tool.real, &link).map_err(named)?;
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
pub(super) fn exactly(level: super::Level, _: &super::Helper, _: &Own, _: Option<&Path>) -> Result<(String, Way), String> {
    match level {
        super::Level::L1 => Ok((super::NOTHING.to_owned(), Way::Plain)),
        super::Level::L2 | super::Level::L3 => Err("commands are not held on this system yet".to_owned()),
    }
}
