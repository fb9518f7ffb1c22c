//! Our gateway as a process: the release binary on a free loopback port with a data folder of its own.

use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::json;

use crate::door::{Door, change};
use crate::error::Error;
use crate::process::{Launch, Running};
use crate::socket::Deflate;

/// The gateway's binary, told by whoever starts the benchmark.
const BINARY: &str = "ALCOVE_GATEWAY_BIN";

/// A running gateway.
pub(crate) struct Gateway {
    /// Its process.
    pub(crate) process: Running,
    /// The way in.
    pub(crate) door: Door,
    /// When its process was started.
    pub(crate) began: Instant,
}

/// Where the binary is.
pub(crate) fn binary() -> Result<PathBuf, Error> {
    let path = std::env::var_os(BINARY).map_or_else(|| PathBuf::from("target/release/alcove-gateway"), PathBuf::from);
    if path.is_file() {
        return Ok(path);
    }
    Err(Error::Usage(format!("{} is not there; start benchmarks with `cargo xtask bench NAME`", path.display())))
}

impl Gateway {
    /// Starts it on a data folder and waits until it listens.
    pub(crate) fn start(data: &Path) -> Result<Self, Error> {
        let began = Instant::now();
        let launch = Launch::new(binary()?).args(&["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data);
        let (process, mut output) = launch.start_read(&data.with_extension("log"))?;
        let mut line = String::new();
        output.read_line(&mut line).map_err(Error::io("read the gateway's address"))?;
        let rest = line.trim().strip_prefix("Alcove is at http://").ok_or_else(|| Error::broken(format!("the gateway said {line:?}")))?;
        let (address, secret) = rest.split_once("/#/?bootstrapSecret=").ok_or_else(|| Error::broken("no secret in the address"))?;
        let address = address.parse().map_err(|_| Error::broken(format!("no address: {address}")))?;
        Ok(Self { process, door: Door { address, secret: Some(secret.to_owned()) }, began })
    }

    /// Starts it and lets it use the scripted model.
    pub(crate) fn start_scripted(data: &Path, model: std::net::SocketAddr) -> Result<Self, Error> {
        let gateway = Self::start(data)?;
        let mut socket = gateway.door.connect(Deflate::Unknown)?;
        let address = json!({"name": "bench", "api_base": format!("http://{model}/v1")});
        change(&mut socket, "settings.provider.create", &address)?;
        let preset = json!({"name": "bench", "provider": "bench", "model": "bench", "context_window_tokens": 8000, "max_tokens": 1000});
        change(&mut socket, "settings.model_configuration.create", &preset)?;
        change(&mut socket, "settings.agent.update", &json!({"model_preset": "bench"}))?;
        Ok(gateway)
    }
}
