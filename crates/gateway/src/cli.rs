//! The command line both binaries share: `serve` runs the gateway without a window.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::config::{Config, Flags, default_data_dir};
use crate::error::Error;
use crate::gateway::{End, Gateway, start};

/// Runs the gateway without a window, until it is told to end.
#[derive(Args, Clone, Debug)]
pub struct Serve {
    /// What both ways of running share.
    #[command(flatten)]
    pub common: Common,
    /// Keys of the configuration.
    #[command(flatten)]
    pub flags: Flags,
}

/// What both ways of running share.
#[derive(Args, Clone, Debug)]
pub struct Common {
    /// Keep everything in this folder.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Read this configuration instead of the data folder's config.toml; JSON when its name ends so.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
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
        let common = &self.common;
        Config { model: common.model.clone(), ..Config::serve(common.data_dir(), common.config.clone(), self.flags.clone()) }
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
    let ended = runtime.block_on(run(args.config()));
    // What changes something has been waited for; what only looks, at a very large file perhaps, ends with the process.
    runtime.shutdown_background();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            alcove_engine::report::problem("Alcove could not start", &error);
            ExitCode::FAILURE
        }
    }
}

/// What ends a wait.
enum Told {
    ToEnd,
    ToLookAgain,
}

async fn run(mut config: Config) -> Result<(), Error> {
    let mut signals = Signals::new()?;
    loop {
        let gateway = start(config).await?;
        announce(&gateway);
        let end = loop {
            tokio::select! {
                told = signals.next() => match told {
                    Told::ToEnd => break End::Stop,
                    Told::ToLookAgain => gateway.reload(),
                },
                end = gateway.wait_closed() => break end,
            }
        };
        config = gateway.again();
        gateway.stop().await;
        match end {
            End::Stop => return Ok(()),
            End::Restart => {}
        }
    }
}

fn announce(gateway: &Gateway) {
    let address = gateway.launch_address().map(|address| format!("Alcove is at {address}\n"));
    let socket = gateway.socket().map(|path| format!("Alcove listens on {}\n", path.display()));
    let lines = address.unwrap_or_default() + &socket.unwrap_or_default();
    // Whoever started it may not read its output.
    let mut out = std::io::stdout().lock();
    let _closed = out.write_all(lines.as_bytes()).and_then(|()| out.flush());
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
    /// Whether it was started in a terminal, whose end is the end of what runs in it.
    terminal: bool,
}

impl Signals {
    fn new() -> Result<Self, Error> {
        let listen = |kind, name: &str| signal(kind).map_err(Error::io("wait for", name));
        Ok(Self {
            terminate: listen(SignalKind::terminate(), "SIGTERM")?,
            interrupt: listen(SignalKind::interrupt(), "SIGINT")?,
            hangup: listen(SignalKind::hangup(), "SIGHUP")?,
            terminal: std::io::stdin().is_terminal(),
        })
    }

    /// Cancel-safe: a signal that came waits.
    async fn next(&mut self) -> Told {
        tokio::select! {
            _ = self.terminate.recv() => Told::ToEnd,
            _ = self.interrupt.recv() => Told::ToEnd,
            _ = self.hangup.recv() => if self.terminal && !std::io::stdin().is_terminal() { Told::ToEnd } else { Told::ToLookAgain },
        }
    }
}
