//! The original gateway, `nanobot-ai` from PyPI, with a home of its own and the scripted model as its only provider.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use super::python::environment;
use crate::door::Door;
use crate::error::Error;
use crate::process::{Launch, Running};

const PACKAGE: &str = "nanobot-ai==0.3.5";
const SESSIONS: &str = include_str!("../../baseline/sessions.py");
/// The longest its start may take.
const START_LIMIT: Duration = Duration::from_secs(120);
/// How it is called beside a figure.
pub(crate) const NAME: &str = "nanobot-ai 0.3.5";

/// The original, running.
pub(crate) struct Original {
    /// Its process.
    pub(crate) process: Running,
    /// The way in.
    pub(crate) door: Door,
    /// From the start of the process to a served bootstrap.
    pub(crate) bootstrapped_in: Duration,
}

/// Installs it, so that no figure contains that.
pub(crate) fn install() -> Result<(), Error> {
    environment("nanobot", &[PACKAGE]).map(|_| ())
}

/// Writes its configuration into a home and fills it with chats.
pub(crate) fn furnish(home: &Path, chats: u32) -> Result<(), Error> {
    let workspace = home.join(".nanobot/workspace");
    fs::create_dir_all(&workspace).map_err(Error::io(workspace.display()))?;
    if chats == 0 {
        return Ok(());
    }
    let environment = environment("nanobot", &[PACKAGE])?;
    let script = home.join("sessions.py");
    fs::write(&script, SESSIONS).map_err(Error::io(script.display()))?;
    let fill = Launch::new(environment.join("bin/python")).arg(&script).arg(&workspace).arg(chats.to_string());
    fill.env("HOME", home).within(home).finish().map(|_| ())
}

impl Original {
    /// Starts it in a furnished home and waits until bootstrap is served.
    pub(crate) fn start(home: &Path, model: SocketAddr) -> Result<Self, Error> {
        let environment = environment("nanobot", &[PACKAGE])?;
        let (port, health) = (free_port()?, free_port()?);
        let config = json!({
            "agents": {"defaults": {"workspace": home.join(".nanobot/workspace"), "model": "bench", "provider": "bench", "timezone": "UTC"}},
            "providers": {"bench": {"apiKey": "none", "apiBase": format!("http://{model}/v1")}},
            "channels": {"websocket": {"enabled": true, "host": "127.0.0.1", "port": port}},
            "gateway": {"port": health},
        });
        let path = home.join(".nanobot/config.json");
        fs::write(&path, config.to_string()).map_err(Error::io(path.display()))?;
        let began = Instant::now();
        let launch = Launch::new(environment.join("bin/nanobot")).arg("gateway").env("HOME", home).within(home);
        let mut process = launch.start(&home.join("nanobot.log"))?;
        let door = Door { address: SocketAddr::from(([127, 0, 0, 1], port)), secret: None };
        while TcpStream::connect(door.address).is_err() {
            if began.elapsed() > START_LIMIT || !process.is_alive() {
                let log = fs::read_to_string(home.join("nanobot.log")).unwrap_or_default();
                return Err(Error::broken(format!("it did not listen: {}", log.trim().lines().last().unwrap_or("it said nothing"))));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        door.bootstrap()?;
        Ok(Self { process, door, bootstrapped_in: began.elapsed() })
    }
}

fn free_port() -> Result<u16, Error> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(Error::io("find a free port"))?;
    Ok(listener.local_addr().map_err(Error::io("find a free port"))?.port())
}
