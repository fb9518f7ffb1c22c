//! The real window on a screen without a monitor: a prompt's answer streams in and survives a reload, the page can ask the
//! shell for nothing but its few commands, and nothing listens on a TCP port.

use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use alcove_tests::screen::{Program, Screen, alcove_binary, wait_for};
use alcove_tests::sockets::{family, listening};
use alcove_tests::webdriver::{ENTER, Window};

#[test]
fn a_prompt_streams_and_is_there_after_a_reload() {
    let home = tempfile::tempdir().unwrap();
    let screen = Screen::start();
    let data = home.path().join("data");
    let data = data.to_str().expect("a temporary folder has a plain name");
    let window = Window::open(&screen, home.path(), &alcove_binary(), &["--data", data, "--model", "demo"]);

    let prompt = "Tell me what an alcove is";
    window.find("[data-test=composer]").type_text(&format!("{prompt}{ENTER}"));

    let mut lengths = Vec::new();
    let answer = wait_for("an answer that has ended", || {
        let text = window.find_all("[data-test=answer] .md").last().map(|answer| answer.text()).unwrap_or_default();
        if !text.is_empty() && lengths.last() != Some(&text.len()) {
            lengths.push(text.len());
        }
        let running = !window.find_all("[data-test=stop]").is_empty();
        (!text.is_empty() && !running).then_some(text)
    });
    assert!(lengths.len() > 1, "the answer came at once instead of streaming: {lengths:?}");

    window.reload();
    wait_for("the prompt after the reload", || {
        let shown = window.find_all("[data-test=prompt]");
        shown.iter().any(|shown| shown.text().contains(prompt)).then_some(())
    });
    wait_for("the same answer after the reload", || {
        let shown = window.find_all("[data-test=answer] .md");
        shown.last().is_some_and(|shown| shown.text() == answer).then_some(())
    });
    assert_eq!(window.find_all("[data-test=answer] .md").len(), 1, "one prompt has one answer");
}

#[test]
fn the_page_can_ask_for_nothing_else() {
    let home = tempfile::tempdir().unwrap();
    let screen = Screen::start();
    let data = home.path().join("data");
    let data = data.to_str().expect("a temporary folder has a plain name");
    let window = Window::open(&screen, home.path(), &alcove_binary(), &["--data", data, "--model", "demo"]);
    window.find("[data-test=composer]");

    let outcome = |call: &str| {
        let seen = window.run(&format!("return {call}.then(() => 'allowed', () => 'refused')"));
        seen.as_str().unwrap_or_default().to_owned()
    };
    let refused = [
        "window.__TAURI_INTERNALS__.invoke('plugin:window|close', {})",
        "window.__TAURI_INTERNALS__.invoke('plugin:webview|create_webview_window', { options: { label: 'x' } })",
        "window.__TAURI_INTERNALS__.invoke('plugin:event|emit', { event: 'x' })",
        "window.__TAURI_INTERNALS__.invoke('no_such_command', {})",
        "window.alcoveHost.openSocket('ws://127.0.0.1:1/')",
        "window.alcoveHost.openSocket('alcove-host://elsewhere/')",
        "window.alcoveHost.openExternal('file:///etc/passwd')",
        "window.alcoveHost.openExternal('javascript:alert(1)')",
        "fetch('tauri://localhost/')",
        "fetch('http://127.0.0.1:1/')",
    ];
    for call in refused {
        assert_eq!(outcome(call), "refused", "{call}");
    }
    assert_eq!(outcome("window.alcoveHost.getRuntimeInfo()"), "allowed", "the refusals above are no accident");

    let shape = window
        .run("return [window.__TAURI__ === undefined, Object.isFrozen(window.alcoveHost), window.open('https://example.org/') === null]");
    assert_eq!(shape, serde_json::json!([true, true, true]));
    window.run("document.querySelector('[data-test=composer]').dataset.mark = 'same page'; location.href = 'https://example.org/'");
    window.run("location.href = 'tauri://localhost/'");
    assert_eq!(window.run("return document.querySelector('[data-test=composer]').dataset.mark"), "same page");
}

#[test]
fn nothing_listens_on_a_tcp_port() {
    let home = tempfile::tempdir().unwrap();
    let screen = Screen::start();
    let alcove = Program::start(screen.program(&alcove_binary(), home.path()));
    let socket: PathBuf = home.path().join("runtime/alcove/gateway.sock");
    wait_for("the gateway's socket", || UnixStream::connect(&socket).ok());
    // WebKit's processes are there as soon as the page is; what they open is ours to answer for as well.
    wait_for("the page's processes", || (family(alcove.id()).len() >= 3).then_some(()));
    assert_eq!(listening(alcove.id()), Vec::<String>::new());
}

#[test]
fn a_listening_port_would_be_seen() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = listening(std::process::id());
    assert!(seen.iter().any(|address| address.ends_with(&format!(":{port:04X}"))), "{port} not in {seen:?}");
}
