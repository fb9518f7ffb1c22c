//! An empty WebKitGTK window, compiled on first use.

use std::fs;
use std::path::PathBuf;

use super::cache;
use crate::error::Error;
use crate::process::Launch;

const SOURCE: &str = include_str!("../../baseline/empty.c");
/// How it is called beside a figure.
pub(crate) const NAME: &str = "empty window";

/// The program.
pub(crate) fn install() -> Result<PathBuf, Error> {
    let folder = cache()?.join("empty");
    fs::create_dir_all(&folder).map_err(Error::io(folder.display()))?;
    let (source, program) = (folder.join("empty.c"), folder.join("empty"));
    if program.is_file() && fs::read_to_string(&source).is_ok_and(|there| there == SOURCE) {
        return Ok(program);
    }
    fs::write(&source, SOURCE).map_err(Error::io(source.display()))?;
    let flags = Launch::new("pkg-config").args(&["--cflags", "--libs", "webkit2gtk-4.1"]).finish()?;
    let flags: Vec<&str> = flags.split_whitespace().collect();
    Launch::new("cc").args(&["-O2", "-o"]).arg(&program).arg(&source).args(&flags).finish()?;
    Ok(program)
}
