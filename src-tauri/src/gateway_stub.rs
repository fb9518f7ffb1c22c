//! Stands in for the gateway until it is there: only finds a running one.
use std::path::PathBuf;
#[derive(Clone)]
pub struct Config {
    pub data_dir: PathBuf,
    pub listen: Listen,
    pub surface: Surface,
    pub model: Option<String>,
}
#[derive(Clone)]
pub enum Listen {
    Unix(PathBuf),
    #[allow(dead_code, reason = "stub")]
    Tcp(std::net::SocketAddr),
}
#[derive(Clone)]
pub enum Surface {
    Native,
}
pub enum Error {
    AlreadyRunning { path: PathBuf },
    Other(String),
}
impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::AlreadyRunning { path } => write!(f, "{}", path.display()),
            Error::Other(s) => write!(f, "{s}"),
        }
    }
}
pub struct Gateway;
impl Gateway {
    pub async fn stop(self) {}
    pub async fn wait_closed(&self) {}
}
pub async fn start(config: Config) -> Result<Gateway, Error> {
    let _ = (&config.data_dir, &config.surface, &config.model);
    let Listen::Unix(path) = config.listen else { return Ok(Gateway) };
    match tokio::net::UnixStream::connect(&path).await {
        Ok(_) => Err(Error::AlreadyRunning { path }),
        Err(e) => Err(Error::Other(format!("{}: {e}", path.display()))),
    }
}
pub fn default_data_dir() -> PathBuf {
    std::env::var_os("ALCOVE_DATA_DIR").map_or_else(|| PathBuf::from("/tmp/alcove-data"), PathBuf::from)
}
pub fn default_socket() -> PathBuf {
    default_data_dir().join("run/gateway.sock")
}
pub mod cli {
    #[derive(clap::Args)]
    pub struct Serve {}
    pub fn serve(_: Serve) -> std::process::ExitCode {
        std::process::ExitCode::FAILURE
    }
}
