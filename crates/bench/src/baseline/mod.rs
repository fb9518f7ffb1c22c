//! What our figures stand beside: other projects, installed from their registries into a cache folder on first use.

pub(crate) mod original;
pub(crate) mod python;
pub(crate) mod uws;
pub(crate) mod window;

use std::fs;
use std::path::PathBuf;

use crate::error::Error;

/// The folder baselines are installed in; never inside the repository.
pub(crate) fn cache() -> Result<PathBuf, Error> {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let named = std::env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
    let folder = named.or_else(home).ok_or_else(|| Error::broken("neither XDG_CACHE_HOME nor HOME is set"))?.join("alcove-bench");
    fs::create_dir_all(&folder).map_err(Error::io(folder.display()))?;
    Ok(folder)
}
