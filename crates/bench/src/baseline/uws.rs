//! uWebSockets, the fastest fan-out there is: a small C program on the library that the PyPI package `socketify` ships.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::cache;
use super::python::{environment, port};
use crate::error::Error;
use crate::process::{Launch, Running};

const SOURCE: &str = include_str!("../../baseline/uws.c");
const PACKAGE: &str = "socketify==0.0.31";
/// How it is called beside a figure.
pub(crate) const NAME: &str = "uWebSockets";

/// The broadcaster, running.
pub(crate) struct Broadcaster {
    /// Its process.
    pub(crate) process: Running,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

/// Builds it when it is not there, or made from another source.
pub(crate) fn install() -> Result<PathBuf, Error> {
    let environment = environment("socketify", &[PACKAGE])?;
    let folder = cache()?.join("uws");
    fs::create_dir_all(&folder).map_err(Error::io(folder.display()))?;
    let (source, program) = (folder.join("uws.c"), folder.join("uws"));
    if program.is_file() && fs::read_to_string(&source).is_ok_and(|there| there == SOURCE) {
        return Ok(program);
    }
    fs::write(&source, SOURCE).map_err(Error::io(source.display()))?;
    let find = Launch::new("find").arg(&environment).args(&["-name", "libsocketify_linux_amd64.so"]).finish()?;
    let library = PathBuf::from(find.trim());
    let uv = libuv(&folder)?;
    let rpath = |library: &Path| format!("-Wl,-rpath,{}", library.parent().unwrap_or(Path::new("/")).display());
    let compile = Launch::new("cc").args(&["-O2", "-Wall", "-o"]).arg(&program).arg(&source).arg(&library).arg(&uv);
    compile.arg(rpath(&library)).arg(rpath(&uv)).arg("-Wl,--disable-new-dtags").finish()?;
    Ok(program)
}

/// The system's libuv, or the distribution's package unpacked beside the program.
fn libuv(folder: &Path) -> Result<PathBuf, Error> {
    const SYSTEM: &str = "/usr/lib/x86_64-linux-gnu/libuv.so.1";
    if Path::new(SYSTEM).exists() {
        return Ok(PathBuf::from(SYSTEM));
    }
    let unpacked = folder.join("libuv").join(SYSTEM.trim_start_matches('/'));
    if !unpacked.exists() {
        Launch::new("apt-get").args(&["download", "libuv1"]).within(folder).finish()?;
        Launch::new("sh").args(&["-c", "dpkg -x libuv1_*.deb libuv"]).within(folder).finish()?;
    }
    Ok(unpacked)
}

impl Broadcaster {
    /// Starts it with frames of a size.
    pub(crate) fn start(temp: &Path, frame_bytes: usize) -> Result<Self, Error> {
        let (process, mut output) = Launch::new(install()?).arg(frame_bytes.to_string()).start_read(&temp.join("uws.log"))?;
        let port = port(&mut output, "uWebSockets")?;
        Ok(Self { process, address: SocketAddr::from(([127, 0, 0, 1], port)) })
    }
}
