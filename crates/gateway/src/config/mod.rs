//! What the gateway is started with: where things are, and what the file and the command line say. The file is read again at every start,
//! so a restart takes what was changed.

mod flags;
mod given;
mod live;
mod network;
mod settings;
mod wrong;

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use alcove_proto::http::Surface;
use directories::ProjectDirs;
use tokio::sync::mpsc;

use crate::error::Error;
use crate::host::HostAsk;
use crate::token::Secret;

pub use flags::Flags;
pub(crate) use live::Live;
pub(crate) use network::AllowedHost;
pub(crate) use settings::{Address, Settings, TlsFiles, Websocket};
pub use wrong::Wrong;

/// Overrides the data folder.
const DATA_DIR_VARIABLE: &str = "ALCOVE_DATA_DIR";
/// The configuration file, in the data folder.
const FILE: &str = "config.toml";
/// What is written there at the first start: every key, commented out, with its rule.
const DEFAULT_FILE: &str = include_str!("default.toml");

/// What the gateway is started with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the database, the keys' file and the configuration are.
    pub data_dir: PathBuf,
    /// What the clients of the Unix socket are told about where they run.
    pub surface: Surface,
    /// Preset that is active for this run, whatever was chosen.
    pub model: Option<String>,
    /// Who does what only a window can.
    pub host: Option<mpsc::Sender<HostAsk>>,
    /// The configuration file.
    pub(crate) file: ConfigFile,
    pub(crate) flags: Flags,
    /// Whether there is a Unix socket even where only an address was asked for.
    pub(crate) socket: Socket,
    /// The same over restarts, so that an open page comes back.
    pub(crate) launch: Secret,
    /// The port an earlier start was given where it did not mind which.
    pub(crate) port: Option<u16>,
    /// What an earlier start in this process used: better than none when the file has become wrong since.
    pub(crate) fallback: Option<Settings>,
}

/// The configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ConfigFile {
    /// The usual one, which is made when it is not there.
    Usual(PathBuf),
    /// One somebody named, which has to be there.
    Named(PathBuf),
}

/// Whether there is a Unix socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Socket {
    /// Always: a window lives on it.
    Always,
    /// When it was asked for, or nothing else was.
    UnlessAddress,
}

/// One place to listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Listen {
    /// A Unix socket, for this user only.
    Unix(PathBuf),
    /// A host and its port; port 0 picks a free one.
    Tcp(Address),
}

/// Where the gateway listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// A Unix socket.
    Unix(PathBuf),
    /// An address with its real port.
    Tcp(std::net::SocketAddr),
}

impl Config {
    /// For a gateway without a window.
    pub fn serve(data_dir: PathBuf, config: Option<PathBuf>, flags: Flags) -> Self {
        let file = config.map_or_else(|| ConfigFile::Usual(data_dir.join(FILE)), ConfigFile::Named);
        Self {
            data_dir,
            surface: Surface::Browser,
            model: None,
            host: None,
            file,
            flags,
            socket: Socket::UnlessAddress,
            launch: Secret::random(),
            port: None,
            fallback: None,
        }
    }

    /// For the gateway beside a window, which lives on a Unix socket whatever the file says.
    pub fn window(data_dir: PathBuf, config: Option<PathBuf>) -> Self {
        Self { surface: Surface::Native, socket: Socket::Always, ..Self::serve(data_dir, config, Flags::default()) }
    }

    /// The configuration file, whether it is there or not.
    pub fn path(&self) -> &Path {
        match &self.file {
            ConfigFile::Usual(path) | ConfigFile::Named(path) => path,
        }
    }

    /// Where the Unix socket is or would be; reads the file, and takes the usual place when that is wrong.
    pub fn socket_path(&self) -> PathBuf {
        let settings = self.read().ok();
        let named = settings.and_then(|settings| settings.websocket.unix_socket_path);
        named.unwrap_or_else(|| default_socket(&self.data_dir))
    }

    /// What opens bootstrap on every listener where one is configured; reads the file. For whoever shares this configuration, as a window does.
    pub fn bootstrap_secret(&self) -> Option<String> {
        let settings = self.read().ok()?;
        settings.websocket.secret().map(|secret| secret.text().to_owned())
    }

    /// Writes the commented default file where there is none.
    pub(crate) fn write_default(&self) -> Result<(), Error> {
        let ConfigFile::Usual(path) = &self.file else { return Ok(()) };
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Ok(mut file) => file.write_all(DEFAULT_FILE.as_bytes()).map_err(Error::io("write", path.display())),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(Error::io("write", path.display())(error)),
        }
    }

    /// What the file and the flags say now, checked.
    pub(crate) fn read(&self) -> Result<Settings, Wrong> {
        let mut given = given::Given::read(&self.file, &self.flags)?;
        let mut settings = Settings::check(&mut given)?;
        if let (Some(address), Some(port)) = (&mut settings.websocket.address, self.port)
            && address.port == 0
        {
            address.port = port;
        }
        Ok(settings)
    }

    /// Where to listen, which is never nowhere.
    pub(crate) fn listen(&self, settings: &Settings) -> Result<Vec<Listen>, Wrong> {
        let websocket = &settings.websocket;
        if !websocket.enabled && self.socket == Socket::UnlessAddress {
            return Err(Wrong::Disabled);
        }
        let mut places = Vec::new();
        if let Some(address) = websocket.address.as_ref().filter(|_| websocket.enabled) {
            places.push(Listen::Tcp(address.clone()));
        }
        match &websocket.unix_socket_path {
            Some(path) => places.push(Listen::Unix(path.clone())),
            None if places.is_empty() || self.socket == Socket::Always => places.push(Listen::Unix(default_socket(&self.data_dir))),
            None => {}
        }
        Ok(places)
    }
}

/// The data folder: `ALCOVE_DATA_DIR`, else the platform's place for application data.
pub fn default_data_dir() -> PathBuf {
    if let Some(dir) = std::env::var_os(DATA_DIR_VARIABLE).filter(|dir| !dir.is_empty()) {
        return PathBuf::from(dir);
    }
    match ProjectDirs::from("", "", "alcove") {
        Some(dirs) => dirs.data_dir().to_path_buf(),
        None => PathBuf::from("alcove-data"),
    }
}

/// The socket of the default run: in the runtime folder, or beside the data where there is none or the data is not in its usual place.
pub fn default_socket(data_dir: &Path) -> PathBuf {
    let runtime = ProjectDirs::from("", "", "alcove").and_then(|dirs| dirs.runtime_dir().map(PathBuf::from));
    let usual = std::env::var_os(DATA_DIR_VARIABLE).is_none() && data_dir == default_data_dir();
    match runtime {
        Some(dir) if usual => dir.join("gateway.sock"),
        Some(_) | None => data_dir.join("run").join("gateway.sock"),
    }
}

#[cfg(test)]
mod tests;
