//! A whole gateway in this process: restarts, and what happens when too many tokens are out.

use std::fs;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};

use super::*;
use crate::config::Flags;

fn config(folder: &TempDir, flags: Flags) -> Config {
    Config::serve(folder.path().join("data"), None, flags)
}

fn on_a_port() -> Flags {
    Flags { listen: Some(([127, 0, 0, 1], 0).into()), ..Flags::default() }
}

fn on_a_socket(folder: &TempDir) -> Flags {
    Flags { socket: Some(folder.path().join("run/a.sock")), ..Flags::default() }
}

async fn ask(gateway: &Gateway, path: &str) -> String {
    let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let mut stream = UnixStream::connect(gateway.socket().expect("a socket")).await.expect("it listens");
    stream.write_all(head.as_bytes()).await.expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("it answers");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_the_address_and_its_secret_and_takes_what_was_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = start(config(&folder, on_a_port())).await.expect("it starts");
    let address = first.launch_address().expect("an address");
    let instance = first.context.engine.instance().to_owned();
    fs::write(first.context.config_path(), "[websocket]\npath = \"/ws\"\n").expect("it is written");
    assert_eq!(first.context.restart_required(), ["runtime"]);
    assert_eq!(first.context.settings().path, "/");
    first.context.engine.restart();
    assert_eq!(first.wait_closed().await, End::Restart);
    let again = first.again();
    first.stop().await;

    let second = start(again).await.expect("it starts again in the same process");
    assert_eq!(second.launch_address(), Some(address.clone()));
    assert_ne!(second.context.engine.instance(), instance);
    assert_eq!((second.context.settings().path.as_str(), second.context.restart_required()), ("/ws", Vec::new()));
    let Some(Endpoint::Tcp(place)) = second.endpoints().first() else { panic!("an address") };
    TcpStream::connect(place).await.expect("it listens where it did");

    // What has become wrong since does not keep it from starting.
    fs::write(second.context.config_path(), "[websocket]\npath = \"ws\"\n").expect("it is written");
    let again = second.again();
    second.stop().await;
    let third = start(again).await.expect("it starts with what it had");
    assert_eq!((third.launch_address(), third.context.settings().path.as_str()), (Some(address), "/ws"));
    let config = third.context.live.config().path().to_owned();
    third.stop().await;
    let fresh = Config::serve(folder.path().join("data"), None, on_a_port());
    let said = start(fresh).await.err().expect("a first start says what is wrong").to_string();
    assert!(said.contains(&config.display().to_string()) && said.contains("must begin with"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_was_told_to_stop_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let gateway = start(config(&folder, on_a_socket(&folder))).await.expect("it starts");
    assert_eq!((gateway.launch_address(), gateway.socket().is_some_and(Path::exists)), (None, true));
    gateway.context.cancel.cancel();
    assert_eq!(gateway.wait_closed().await, End::Stop);
    gateway.stop().await;
    assert!(!folder.path().join("run/a.sock").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_tokens_are_429() {
    let folder = tempfile::tempdir().expect("a folder");
    let flags = Flags { token_issue_path: Some("/issue".to_owned()), ..on_a_socket(&folder) };
    let gateway = start(config(&folder, flags)).await.expect("it starts");
    let ttl = gateway.context.settings().token_ttl;
    for path in ["/webui/bootstrap", "/issue"] {
        assert!(ask(&gateway, path).await.starts_with("HTTP/1.1 200 "), "{path}");
    }
    while gateway.context.tokens.issue_client(Instant::now(), ttl).is_some() {}
    for path in ["/webui/bootstrap", "/issue"] {
        let answer = ask(&gateway, path).await;
        assert!(answer.starts_with("HTTP/1.1 429 "), "{path}: {answer}");
        assert!(answer.ends_with("\r\n\r\n{\"error\":\"too many outstanding tokens\"}"), "{path}: {answer}");
        assert!(answer.contains("content-type: application/json"), "{path}: {answer}");
    }
    gateway.stop().await;
}

#[test]
fn browsers_are_sent_where_they_can_go() {
    for (bound, told) in
        [("0.0.0.0:80", "127.0.0.1:80"), ("[::]:80", "[::1]:80"), ("127.0.0.1:80", "127.0.0.1:80"), ("192.168.1.5:80", "192.168.1.5:80")]
    {
        assert_eq!(reachable(bound.parse().expect("an address")).to_string(), told);
    }
}
