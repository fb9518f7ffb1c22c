//! A W3C WebDriver client as small as the scenarios need, speaking to `WebKitWebDriver` (Debian's `webkit2gtk-driver`).

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::screen::{PATIENCE, Program, Screen, wait_for};

/// The key under which WebDriver names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// WebDriver's code for the Enter key.
pub const ENTER: &str = "\u{e007}";

/// A window of the app, driven from outside. Ends the app and the driver when dropped.
pub struct Window {
    address: SocketAddr,
    session: String,
    _driver: Program,
}

impl Window {
    /// Starts a driver on the screen and lets it open the app with these arguments.
    pub fn open(screen: &Screen, home: &Path, binary: &str, args: &[&str]) -> Self {
        let address = free_address();
        let mut driver = screen.program("WebKitWebDriver", home);
        driver.arg(format!("--port={}", address.port())).env("TAURI_WEBVIEW_AUTOMATION", "true").stdout(Stdio::null());
        let driver = Program::start(driver);
        wait_for("WebKitWebDriver listens", || TcpStream::connect(address).ok());
        let options = json!({ "binary": binary, "args": args });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let session = call(address, "POST", "/session", &wanted).expect("a session starts");
        let session = session["sessionId"].as_str().expect("a session has an id").to_owned();
        Self { address, session, _driver: driver }
    }

    /// The first element a CSS selector finds, as soon as there is one.
    pub fn find(&self, selector: &str) -> Element<'_> {
        wait_for(&format!("an element {selector}"), || self.find_all(selector).into_iter().next())
    }

    /// All elements a CSS selector finds now.
    pub fn find_all(&self, selector: &str) -> Vec<Element<'_>> {
        let wanted = json!({ "using": "css selector", "value": selector });
        let found = self.call("POST", "/elements", &wanted).unwrap_or_default();
        let ids = found.as_array().into_iter().flatten().filter_map(|one| one[ELEMENT].as_str());
        ids.map(|id| Element { window: self, id: id.to_owned() }).collect()
    }

    /// What a script returns; it runs as a function body in the page.
    pub fn run(&self, script: &str) -> Value {
        self.call("POST", "/execute/sync", &json!({ "script": script, "args": [] })).expect("the script runs")
    }

    /// Loads the page anew.
    pub fn reload(&self) {
        self.call("POST", "/refresh", &json!({})).expect("the page reloads");
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        call(self.address, method, &format!("/session/{}{path}", self.session), body)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.call("DELETE", "", &Value::Null);
    }
}

/// An element of the page.
pub struct Element<'a> {
    window: &'a Window,
    id: String,
}

impl Element<'_> {
    /// The text one can see; empty when the element has gone.
    pub fn text(&self) -> String {
        let text = self.call("GET", "/text", &Value::Null).unwrap_or_default();
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Clicks it.
    pub fn click(&self) {
        self.call("POST", "/click", &json!({})).expect("the element takes a click");
    }

    /// Types into it.
    pub fn type_text(&self, text: &str) {
        self.call("POST", "/value", &json!({ "text": text })).expect("the element takes keys");
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        self.window.call(method, &format!("/element/{}{path}", self.id), body)
    }
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    listener.local_addr().expect("a bound socket has an address")
}

fn call(address: SocketAddr, method: &str, path: &str, body: &Value) -> Result<Value, String> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let answer = exchange(address, method, path, &body).map_err(|error| format!("{method} {path}: {error}"))?;
    let (head, content) = answer.split_once("\r\n\r\n").ok_or_else(|| format!("{method} {path}: no answer"))?;
    let mut answer: Value = serde_json::from_str(content).map_err(|error| format!("{method} {path}: {error}"))?;
    let value = answer["value"].take();
    if head.split(' ').nth(1) == Some("200") { Ok(value) } else { Err(format!("{method} {path}: {value}")) }
}

fn exchange(address: SocketAddr, method: &str, path: &str, body: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
