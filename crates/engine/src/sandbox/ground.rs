//! Landlock: which files a process and all it becomes may touch, and that it signals nobody outside. The newest rules the kernel has are
//! used; which those are is told.

use std::os::fd::AsFd as _;

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, LandlockStatus, PathBeneath, PathFd, RestrictionStatus, Ruleset, RulesetAttr as _,
    RulesetCreatedAttr as _, RulesetStatus, Scope, make_bitflags,
};
use rustix::fs::FileType;

use super::Error;
use super::bounds::{Bounds, Network, Right};

/// The rules asked for; an older kernel gives fewer.
const RULES: ABI = ABI::V6;

/// Holds this process to its grants. Answers the version of the rules in force; 0 when the kernel has none.
pub(super) fn hold(bounds: &Bounds) -> Result<i32, Error> {
    let ruleset = Ruleset::default().handle_access(AccessFs::from_all(RULES)).map_err(Error::ground)?;
    let ruleset = ruleset.scope(Scope::from_all(RULES)).map_err(Error::ground)?;
    let ruleset = match bounds.network {
        Network::Nothing => ruleset.handle_access(AccessNet::from_all(RULES)).map_err(Error::ground)?,
        Network::Own | Network::All => ruleset,
    };
    let mut ruleset = ruleset.create().map_err(Error::ground)?;
    for (right, path) in &bounds.grants {
        // What is not there, or went away meanwhile, is not granted.
        let Ok(fd) = PathFd::new(path) else { continue };
        let about = rustix::fs::fstat(fd.as_fd()).map_err(|error| Error::Folder(path.clone(), error.into()))?;
        let is_folder = FileType::from_raw_mode(about.st_mode) == FileType::Directory;
        let rights = if is_folder { rights(*right) } else { rights(*right) & AccessFs::from_file(RULES) };
        if !rights.is_empty() {
            ruleset = ruleset.add_rule(PathBeneath::new(fd, rights)).map_err(Error::ground)?;
        }
    }
    version(&ruleset.restrict_self().map_err(Error::ground)?)
}

fn rights(right: Right) -> BitFlags<AccessFs> {
    match right {
        Right::Look => make_bitflags!(AccessFs::{ReadDir}),
        Right::Read => AccessFs::from_read(RULES),
        Right::Use => make_bitflags!(AccessFs::{ReadFile | WriteFile | Truncate | IoctlDev}),
        Right::Write => AccessFs::from_all(RULES) & !make_bitflags!(AccessFs::{MakeChar | MakeBlock}),
    }
}

fn version(status: &RestrictionStatus) -> Result<i32, Error> {
    match (&status.ruleset, status.landlock) {
        (RulesetStatus::NotEnforced, _) | (_, LandlockStatus::NotEnabled | LandlockStatus::NotImplemented) => Ok(0),
        (_, LandlockStatus::Available { effective_abi, kernel_abi }) => Ok(kernel_abi.unwrap_or(effective_abi as i32)),
    }
}
