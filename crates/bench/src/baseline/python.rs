//! Python packages in virtual environments of their own, and the shortest Python gateway among them.

use std::fs;
use std::io::BufRead;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::cache;
use crate::error::Error;
use crate::process::{Launch, Running};
use crate::say;

const SDK: &str = include_str!("../../baseline/sdk.py");
/// What the shortest gateway is made of.
const SDK_PACKAGES: &[&str] = &["openai==3.52.0", "websockets==17.4"];
/// How it is called beside a figure.
pub(crate) const SDK_NAME: &str = "openai SDK + websockets";

/// A virtual environment with these packages; installed when it is not there yet.
pub(crate) fn environment(name: &str, packages: &[&str]) -> Result<PathBuf, Error> {
    let folder = cache()?.join(name);
    let stamp = folder.join("installed");
    let wanted = packages.join(" ");
    if fs::read_to_string(&stamp).is_ok_and(|there| there == wanted) {
        return Ok(folder);
    }
    say::line(&format!("installing {wanted} into {} (once)", folder.display()));
    Launch::new("python3").args(&["-m", "venv", "--clear"]).arg(&folder).finish()?;
    Launch::new(folder.join("bin/pip")).args(&["install", "--quiet", "--disable-pip-version-check"]).args(packages).finish()?;
    fs::write(&stamp, &wanted).map_err(Error::io(stamp.display()))?;
    Ok(folder)
}

/// The shortest Python gateway, running.
pub(crate) fn start_sdk(temp: &Path, model: SocketAddr) -> Result<(Running, SocketAddr), Error> {
    let environment = environment("sdk", SDK_PACKAGES)?;
    let script = temp.join("sdk.py");
    fs::write(&script, SDK).map_err(Error::io(script.display()))?;
    let launch = Launch::new(environment.join("bin/python")).arg(&script).arg(format!("http://{model}/v1"));
    let (running, mut output) = launch.start_read(&temp.join("sdk.log"))?;
    let port = port(&mut output, "the Python gateway")?;
    Ok((running, SocketAddr::from(([127, 0, 0, 1], port))))
}

/// The port a started server says it listens on.
pub(crate) fn port(output: &mut impl BufRead, who: &str) -> Result<u16, Error> {
    let mut line = String::new();
    output.read_line(&mut line).map_err(Error::io(format!("read the port of {who}")))?;
    line.trim().parse().ok().filter(|port| *port != 0).ok_or_else(|| Error::broken(format!("{who} did not start: {line:?}")))
}
