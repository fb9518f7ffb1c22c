//! The command line both binaries share: `serve` runs the gateway without a window.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use alcove_proto::http::Surface;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::config::{Config, Endpoint, Listen, default_data_dir, default_socket};
use crate::error::Error;
use crate::gateway::{Gateway, start};

/// Runs the gateway without a window, until it is told to end.
#[derive(Args, Clone, Debug)]
pub struct Serve {
    /// Listen on a loopback address for a browser; port 0 picks a free one. The printed address opens it.
    #[arg(long, value_name = "ADDR:PORT", conflicts_with = "socket")]
    pub listen: Option<SocketAddr>,
    /// Listen on a Unix socket at this path.
    #[arg(long, value_name = "PATH")]
    pub socket: Option<PathBuf>,
    /// What both ways of running share.
    #[command(flatten)]
    pub common: Common,
}

/// What both ways of running share.
#[derive(Args, Clone, Debug)]
pub struct Common {
    /// Keep everything in this folder.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Use this model preset while running, whatever was chosen; `demo` is the offline demo.
    #[arg(long, value_name = "PRESET")]
    pub model: Option<String>,
}

impl Common {
    /// The folder everything is kept in.
    pub fn data_dir(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(default_data_dir)
    }
}

impl Serve {
    fn config(&self) -> Config {
        let data_dir = self.common.data_dir();
        let listen = match (&self.listen, &self.socket) {
            (Some(address), _) => Listen::Tcp(*address),
            (None, Some(path)) => Listen::Unix(path.clone()),
            (None, None) => Listen::Unix(default_socket(&data_dir)),
        };
        Config { data_dir, listen, surface: Surface::Browser, model: self.common.model.clone() }
    }
}

/// Runs `serve` to its end.
pub fn serve(args: &Serve) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            alcove_engine::report::problem("the runtime could not start", &error);
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(args.config())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            alcove_engine::report::problem("Alcove could not start", &error);
            ExitCode::FAILURE
        }
    }
}

async fn run(config: Config) -> Result<(), Error> {
    let gateway = start(config).await?;
    announce(&gateway);
    let signalled = told_to_end().await;
    gateway.stop().await;
    signalled
}

fn announce(gateway: &Gateway) {
    let line = match (gateway.endpoint(), gateway.launch_address()) {
        (_, Some(address)) => format!("Alcove is at {address}"),
        (Endpoint::Unix(path), None) => format!("Alcove listens on {}", path.display()),
        (Endpoint::Tcp(address), None) => format!("Alcove listens on {address}"),
    };
    // Whoever started it may not read its output.
    let mut out = std::io::stdout().lock();
    let _closed = writeln!(out, "{line}").and_then(|()| out.flush());
}

async fn told_to_end() -> Result<(), Error> {
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::io("wait for", "SIGTERM"))?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Error::io("wait for", "SIGINT"))?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
