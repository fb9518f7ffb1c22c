//! What the gateway is started with, and where things are when nobody says.

use std::net::SocketAddr;
use std::path::PathBuf;

use alcove_proto::http::Surface;
use directories::ProjectDirs;

/// Overrides the data folder.
const DATA_DIR_VARIABLE: &str = "ALCOVE_DATA_DIR";

/// What the gateway is started with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the database and the keys' file are.
    pub data_dir: PathBuf,
    /// Where to listen.
    pub listen: Listen,
    /// What the clients are told about where they run.
    pub surface: Surface,
    /// Preset that is active for this run, whatever was chosen.
    pub model: Option<String>,
}

/// Where to listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listen {
    /// A Unix socket, for this user only.
    Unix(PathBuf),
    /// A loopback address; port 0 picks a free one.
    Tcp(SocketAddr),
}

/// Where the gateway listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// A Unix socket.
    Unix(PathBuf),
    /// A loopback address with its real port.
    Tcp(SocketAddr),
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
pub fn default_socket(data_dir: &std::path::Path) -> PathBuf {
    let runtime = ProjectDirs::from("", "", "alcove").and_then(|dirs| dirs.runtime_dir().map(PathBuf::from));
    let usual = std::env::var_os(DATA_DIR_VARIABLE).is_none() && data_dir == default_data_dir();
    match runtime {
        Some(dir) if usual => dir.join("gateway.sock"),
        Some(_) | None => data_dir.join("run").join("gateway.sock"),
    }
}
