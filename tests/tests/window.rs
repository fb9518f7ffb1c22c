//! The real window on a screen without a monitor: a prompt's answer streams in and survives a reload, the page can ask the
//! shell for nothing but its few commands, and nothing listens on a TCP port.

use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use alcove_tests::drag::Drag;
use alcove_tests::screen::{Program, Screen, alcove_binary, wait_for};
use alcove_tests::sockets::{family, listening};
use alcove_tests::webdriver::{ENTER, Window};

/// What a picture begins with.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Types a prompt as soon as the page is connected, and sends it.
fn say(window: &Window, prompt: &str) {
    window.find("[data-test=connected][data-state=open]");
    window.find("[data-test=composer]").type_text(&format!("{prompt}{ENTER}"));
}

#[test]
fn a_prompt_streams_and_is_there_after_a_reload() {
    let home = tempfile::tempdir().unwrap();
    let screen = Screen::start();
    let data = home.path().join("data");
    let data = data.to_str().expect("a temporary folder has a plain name");
    let window = Window::open(&screen, home.path(), &alcove_binary(), &["--data", data, "--model", "demo"]);

    let prompt = "Tell me what an alcove is";
    say(&window, prompt);

    let mut lengths = Vec::new();
    let running = || !window.find_all("[data-test=stop]").is_empty();
    let answer = wait_for("an answer that has ended", || {
        // Asked before and after: what is read in between is then the whole of it.
        let before = running();
        let text = window.find_all("[data-test=answer] .md").last().map(|answer| answer.text()).unwrap_or_default();
        if !text.is_empty() && lengths.last() != Some(&text.len()) {
            lengths.push(text.len());
        }
        (!text.is_empty() && !before && !running()).then_some(text)
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
        "window.nanobotHost.openSocket('nanobot-host://elsewhere/')",
        "window.nanobotHost.openSocket('nanobot-host://user@engine/')",
        "window.alcoveHost.saveFile('x', '/webui/bootstrap')",
        "window.alcoveHost.saveFile('x', '/api/../webui/bootstrap')",
        "window.alcoveHost.saveFile('x', 'http://127.0.0.1:1/api/x')",
        "window.alcoveHost.openExternal('file:///etc/passwd')",
        "window.alcoveHost.openExternal('javascript:alert(1)')",
        "fetch('tauri://localhost/')",
        "fetch('http://127.0.0.1:1/')",
    ];
    for call in refused {
        assert_eq!(outcome(call), "refused", "{call}");
    }
    assert_eq!(outcome("window.alcoveHost.getRuntimeInfo()"), "allowed", "the refusals above are no accident");

    let methods = window.run("return [Object.keys(window.nanobotHost), Object.keys(window.alcoveHost)]");
    let contract = [
        "getRuntimeInfo",
        "restartEngine",
        "pickFolder",
        "openLogs",
        "exportDiagnostics",
        "openSocket",
        "sendSocket",
        "closeSocket",
        "onSocketEvent",
        "onRuntimeStatus",
    ];
    let own = [&contract[..], &["painted", "openExternal", "saveFile", "onDrop"]].concat();
    assert_eq!(methods, serde_json::json!([contract, own]), "nothing but the contract's methods and ours, and nothing of Tauri's");
    let tampered = window.run(
        "const spoil = (what) => { try { what(); } catch { /* strict code is told, other code is not */ } };
         const before = { ...window.nanobotHost };
         for (const name of ['nanobotHost', 'alcoveHost']) {
           spoil(() => { window[name] = {}; });
           spoil(() => { delete window[name]; });
           spoil(() => { window[name].pickFolder = () => 'mine'; });
           spoil(() => { window[name].pickFolder.call = () => 'mine'; });
           spoil(() => { Object.defineProperty(window, name, { value: {} }); });
         }
         return Object.entries(before).every(([key, method]) => window.nanobotHost[key] === method && window.alcoveHost[key] === method
           && Object.isFrozen(method)) && Object.isFrozen(window.nanobotHost)",
    );
    assert_eq!(tampered, true, "what the page was given stays what it is");

    let shape = window
        .run("return [window.__TAURI__ === undefined, Object.isFrozen(window.alcoveHost), window.open('https://example.org/') === null]");
    assert_eq!(shape, serde_json::json!([true, true, true]));
    window.run("document.querySelector('[data-test=composer]').dataset.mark = 'same page'; location.href = 'https://example.org/'");
    window.run("location.href = 'tauri://localhost/'");
    assert_eq!(window.run("return document.querySelector('[data-test=composer]').dataset.mark"), "same page");
}

/// The window, with its data in a folder of its own.
fn open_window(screen: &Screen, home: &Path) -> Window {
    let data = home.join("data");
    let data = data.to_str().expect("a temporary folder has a plain name");
    let window = Window::open(screen, home, &alcove_binary(), &["--data", data, "--model", "demo"]);
    window.find("[data-test=composer]");
    window
}

#[test]
fn a_page_written_for_the_contracts_host_gets_its_socket() {
    let home = tempfile::tempdir().unwrap();
    let screen = Screen::start();
    let window = open_window(&screen, home.path());
    let seen = window.run(
        "return (async () => {
           const boot = await (await fetch('/webui/bootstrap')).json();
           const host = window.nanobotHost;
           const order = [];
           let id = null, done;
           const over = new Promise((resolve) => (done = resolve));
           const stop = host.onSocketEvent((event) => {
             if (id === null && event.type !== 'message') order.push('early ' + event.type);
             if (event.id !== id) return;
             const frame = event.type === 'message' ? JSON.parse(event.data) : {};
             order.push(frame.event ? frame.event + (frame.chat_id === 'a-chat' ? ' a-chat' : '') : event.type);
             if (frame.event === 'attached') host.closeSocket(id);
             if (event.type === 'close') done();
           });
           id = await host.openSocket(boot.ws_url + '?token=' + boot.token);
           order.push('resolved');
           host.sendSocket(id, JSON.stringify({ type: 'attach', chat_id: 'a-chat' }));
           await over;
           stop();
           return { address: boot.ws_url, surface: boot.runtime_surface, order };
         })()",
    );
    assert_eq!(seen["address"], "nanobot-host://engine/");
    assert_eq!(seen["surface"], "native");
    let order: Vec<&str> = seen["order"].as_array().into_iter().flatten().filter_map(|word| word.as_str()).collect();
    assert_eq!(order[..3], ["resolved", "open", "ready"], "{order:?}");
    assert_eq!(order.iter().filter(|word| **word == "attached a-chat").count(), 1, "what was sent while connecting arrives: {order:?}");
    assert_eq!(order.last(), Some(&"close"), "{order:?}");
}

#[test]
fn the_engine_starts_again_beneath_the_open_window() {
    let home = tempfile::tempdir().unwrap();
    let screen = Screen::start();
    let window = open_window(&screen, home.path());
    window.run("document.querySelector('[data-test=composer]').dataset.mark = 'same page'");
    let seen = window.run(
        "return (async () => {
           const read = async () => (await (await fetch('/webui/bootstrap')).json()).instance;
           const told = [], before = await read();
           const stop = window.nanobotHost.onRuntimeStatus((status) => told.push(status.engine_status));
           const lost = new Promise((seen) => {
             const look = new MutationObserver(() => {
               if (document.querySelector('[data-test=connected][data-state=open]') === null) { look.disconnect(); seen(); }
             });
             look.observe(document.body, { subtree: true, childList: true, attributes: true });
           });
           await window.nanobotHost.restartEngine();
           await Promise.race([lost, new Promise((late) => setTimeout(late, 2000))]);
           const info = await window.nanobotHost.getRuntimeInfo();
           stop();
           return { told, another: (await read()) !== before, now: info.engine_status, transport: info.engine_transport };
         })()",
    );
    assert_eq!(seen, serde_json::json!({ "told": ["restarting", "ready"], "another": true, "now": "ready", "transport": "unix_socket" }));

    say(&window, "Are you there again?");
    wait_for("an answer of the engine that was started again", || {
        let answers = window.find_all("[data-test=answer] .md");
        (answers.iter().any(|answer| !answer.text().is_empty()) && window.find_all("[data-test=stop]").is_empty()).then_some(())
    });
    assert_eq!(window.run("return document.querySelector('[data-test=composer]').dataset.mark"), "same page");
    let log = std::fs::read_to_string(home.path().join("data/logs/alcove.log")).unwrap();
    assert_eq!(log.lines().filter(|line| line.contains(" event the engine started")).count(), 2, "{log}");
}

#[test]
fn dropped_files_are_uploaded_and_the_others_named() {
    let home = tempfile::tempdir().unwrap();
    let screen = Screen::start();
    let window = open_window(&screen, home.path());
    window.run("window.told = []; window.alcoveHost.onDrop((event) => window.told.push(event))");
    let told = |kind: &str| {
        let told = window.run("return window.told");
        told.as_array().into_iter().flatten().filter(|event| event["type"] == kind).cloned().collect::<Vec<_>>()
    };
    let file = |name: &str, content: &[u8]| {
        let path = home.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let mut picture = PNG.to_vec();
    picture.resize(3 * 1024 * 1024, 0);
    let files = [file("a picture ü.png", &picture), file("notes.md", b"# Notes"), file("program.exe", b"MZ"), home.path().join("gone.png")];

    let mut drag = Drag::over(&screen, "Alcove", &files);
    drag.until("the page sees the files come", || (!told("enter").is_empty()).then_some(()));
    drag.leave();
    wait_for("the page sees the files go", || (!told("leave").is_empty()).then_some(()));
    assert_eq!(told("enter")[0]["count"], 4);
    assert_eq!(told("enter")[0]["kinds"], serde_json::json!({ "image": 2, "document": 1, "video": 0, "other": 1 }));
    assert_eq!(told("drop").len(), 0, "what is carried away is not taken");

    Drag::over(&screen, "Alcove", &files).drop_them();
    let drop = wait_for("the page is told of the drop", || told("drop").into_iter().next());
    let items = drop["items"].as_array().cloned().unwrap_or_default();
    let words: Vec<&str> = items.iter().map(|item| item["error"].as_str().or(item["kind"].as_str()).unwrap_or_default()).collect();
    assert_eq!(words, ["image", "document", "mime", "missing"], "{drop}");
    assert_eq!(
        (&items[0]["name"], &items[0]["bytes"], &items[0]["mime"]),
        (&"a picture ü.png".into(), &(3 << 20).into(), &"image/png".into())
    );
    let grown: Vec<u64> =
        told("progress").iter().filter(|event| event["total"] == 3 << 20).filter_map(|event| event["received"].as_u64()).collect();
    assert_eq!(grown, [0, 1 << 20, 2 << 20, 3 << 20]);
    let told = window.run("return JSON.stringify(window.told)");
    let home = home.path().to_str().expect("a temporary folder has a plain name");
    assert!(!told.as_str().unwrap_or_default().contains(home), "the page never learns where files are: {told}");
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
