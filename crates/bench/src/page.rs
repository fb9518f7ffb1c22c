//! A page in Chromium, driven over its debugging protocol.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::error::Error;
use crate::flood::Driven;
use crate::http;
use crate::process::{Launch, Running};
use crate::socket::{Deflate, Socket};

const PATIENCE: Duration = Duration::from_secs(120);
#[rustfmt::skip]
const QUIET: &[&str] = &[
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions", "--window-size=1280,800", "--remote-debugging-port=0",
];

/// A page.
pub(crate) struct Page {
    socket: Socket,
    next: u64,
    /// The browser's process.
    pub(crate) browser: Running,
}

impl Page {
    /// Starts a browser with one empty page.
    pub(crate) fn open(temp: &Path, name: &str) -> Result<Self, Error> {
        let profile = temp.join(name);
        let launch = Launch::new("chromium").args(QUIET).arg(format!("--user-data-dir={}", profile.display())).arg("about:blank");
        let browser = launch.start(&temp.join(format!("{name}.log")))?;
        let address = debugging_address(&profile)?;
        let pages = http::get(address, "/json/list", None)?.json("the list of pages")?;
        let page = pages.as_array().and_then(|pages| pages.iter().find(|page| page["type"] == "page"));
        let id = page.and_then(|page| page["id"].as_str()).ok_or_else(|| Error::broken("Chromium has no page"))?;
        let socket = Socket::connect(address, &format!("/devtools/page/{id}"), Deflate::Unknown)?;
        let mut page = Self { socket, next: 0, browser };
        page.call("Page.enable", &json!({}))?;
        page.call("Runtime.enable", &json!({}))?;
        Ok(page)
    }

    /// Goes to an address, with a script that runs before the page's own.
    pub(crate) fn go(&mut self, address: &str, before: &str) -> Result<(), Error> {
        self.call("Page.addScriptToEvaluateOnNewDocument", &json!({"source": before}))?;
        self.call("Page.navigate", &json!({"url": address})).map(|_| ())
    }

    /// The value of an expression; a promise is awaited.
    pub(crate) fn value(&mut self, expression: &str) -> Result<Value, Error> {
        let asked = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let answer = self.call("Runtime.evaluate", &asked)?;
        if answer["exceptionDetails"].is_object() {
            return Err(Error::broken(format!("the page failed: {}", answer["exceptionDetails"]["exception"]["description"])));
        }
        Ok(answer["result"]["value"].clone())
    }

    /// Asks until an expression is something else than null.
    pub(crate) fn wait(&mut self, what: &str, expression: &str) -> Result<Value, Error> {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            // While the page is being loaned to another document there may be nobody to ask.
            if let Ok(value) = self.value(expression)
                && !value.is_null()
            {
                return Ok(value);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(Error::broken(format!("the page never showed {what}")))
    }

    fn call(&mut self, method: &str, parameters: &Value) -> Result<Value, Error> {
        self.next += 1;
        self.socket.send(&json!({"id": self.next, "method": method, "params": parameters}))?;
        loop {
            let frame = self.socket.next(PATIENCE)?;
            if frame["id"] == self.next {
                return match frame.get("error") {
                    Some(error) => Err(Error::broken(format!("{method}: {error}"))),
                    None => Ok(frame["result"].clone()),
                };
            }
        }
    }
}

impl Driven for Page {
    fn run(&mut self, script: &str) -> Result<Value, Error> {
        self.value(&format!("(() => {{ {script} }})()"))
    }
}

fn debugging_address(profile: &Path) -> Result<SocketAddr, Error> {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(30) {
        let told = fs::read_to_string(profile.join("DevToolsActivePort")).unwrap_or_default();
        if let Some(port) = told.lines().next().and_then(|line| line.parse().ok()) {
            return Ok(SocketAddr::from(([127, 0, 0, 1], port)));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Err(Error::broken("Chromium did not start"))
}
