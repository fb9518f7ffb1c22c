//! The real window, driven over WebDriver (`WebKitWebDriver`, Debian's `webkit2gtk-driver`).

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::error::Error;
use crate::flood::Driven;
use crate::http;
use crate::process::Running;
use crate::screen::Screen;

const PATIENCE: Duration = Duration::from_secs(20);

/// A window of the app; it ends with this.
pub(crate) struct Window {
    address: SocketAddr,
    session: String,
    _driver: Running,
}

impl Window {
    /// Starts a driver on the screen, which opens the app with this data.
    pub(crate) fn open(screen: &Screen, temp: &Path, binary: &Path, data: &Path) -> Result<Self, Error> {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
        let address = free.map_err(Error::io("find a free port"))?;
        let driver = screen.program(Path::new("WebKitWebDriver")).arg(format!("--port={}", address.port()));
        let driver = driver.env("TAURI_WEBVIEW_AUTOMATION", "true").start(&temp.join("webdriver.log"))?;
        let began = Instant::now();
        while TcpStream::connect(address).is_err() {
            if began.elapsed() > PATIENCE {
                return Err(Error::broken("WebKitWebDriver does not listen"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let options = json!({ "binary": binary, "args": ["--data", data] });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let session = call(address, "/session", &wanted)?;
        let session = session["sessionId"].as_str().ok_or_else(|| Error::broken("no WebDriver session"))?.to_owned();
        Ok(Self { address, session, _driver: driver })
    }
}

impl Driven for Window {
    fn run(&mut self, script: &str) -> Result<Value, Error> {
        call(self.address, &format!("/session/{}/execute/sync", self.session), &json!({ "script": script, "args": [] }))
    }
}

fn call(address: SocketAddr, path: &str, body: &Value) -> Result<Value, Error> {
    let mut answer = http::post(address, path, body)?.json("WebDriver")?;
    Ok(answer["value"].take())
}
