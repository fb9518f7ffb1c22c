//! A server of one page that shows messages as plain DOM, every one of them.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use serde_json::json;

use crate::error::Error;

const PAGE: &str = include_str!("../baseline/plain.html");

/// Serves the page and the messages as long as this process lives.
pub(crate) fn serve(messages: &[String]) -> Result<SocketAddr, Error> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(Error::io("serve the plain page"))?;
    let address = listener.local_addr().map_err(Error::io("serve the plain page"))?;
    let messages: Arc<str> = json!(messages).to_string().into();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let messages = messages.clone();
            thread::spawn(move || -> std::io::Result<()> {
                let mut lines = BufReader::new(stream.try_clone()?).lines();
                let first = lines.next().transpose()?.unwrap_or_default();
                while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
                let (kind, body) = if first.contains("/messages") { ("application/json", &*messages) } else { ("text/html", PAGE) };
                write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
                stream.write_all(body.as_bytes())
            });
        }
    });
    Ok(address)
}
