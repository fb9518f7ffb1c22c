//! Where the gateway listens: what the configuration asks for and nothing else, with TLS where it has a certificate, and a clear word
//! where it asks for what must not be.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use alcove_tests::client::Client;
use alcove_tests::gateway::{Gateway, Home, Place};
use alcove_tests::http::{bootstrap, request};
use alcove_tests::sockets::listening;
use alcove_tests::within;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio_tungstenite::tungstenite::Message;

/// A certificate for this machine, as files and as a client trusts it.
struct Certificate {
    flags: [String; 4],
    key: PathBuf,
    der: CertificateDer<'static>,
}

fn certificate(home: &Home) -> Certificate {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let (certificate, key) = (home.path().join("cert.pem"), home.path().join("key.pem"));
    fs::write(&certificate, made.cert.pem()).unwrap();
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let text = |path: &PathBuf| path.to_str().unwrap().to_owned();
    let flags = ["--ssl-certfile".to_owned(), text(&certificate), "--ssl-keyfile".to_owned(), text(&key)];
    Certificate { flags, key, der: made.cert.der().clone() }
}

fn secured(home: &Home, certificate: &Certificate, more: &[&str]) -> Gateway {
    let flags: Vec<&str> = certificate.flags.iter().map(String::as_str).collect();
    home.start(&[&["--listen", "127.0.0.1:0"][..], &flags, more].concat())
}

async fn connect(gateway: &Gateway, certificate: &Certificate, versions: &[&'static SupportedProtocolVersion]) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.der.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let Place::Tcp(address) = &gateway.place else { panic!("TLS is for addresses") };
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    within("a TLS handshake", TlsConnector::from(Arc::new(config)).connect(name, stream)).await.unwrap()
}

async fn secured_exchange(gateway: &Gateway, certificate: &Certificate, fields: &str) -> String {
    let mut stream = connect(gateway, certificate, &[&TLS13, &TLS12]).await;
    let head = format!("GET /webui/bootstrap HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{fields}\r\n", gateway.host());
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    within("an answer", stream.read_to_string(&mut answer)).await.unwrap();
    answer
}

#[tokio::test]
async fn everything_works_by_tls() {
    let home = Home::default();
    let certificate = certificate(&home);
    let gateway = secured(&home, &certificate, &["--model", "demo"]);
    let secret = format!("Authorization: Bearer {}\r\n", gateway.secret);
    for version in [&TLS12, &TLS13] {
        let stream = connect(&gateway, &certificate, &[version]).await;
        assert_eq!(stream.get_ref().1.protocol_version(), Some(version.version));
    }
    assert!(secured_exchange(&gateway, &certificate, "").await.starts_with("HTTP/1.1 401 "));
    let same = format!("{secret}Origin: https://{}\r\n", gateway.host());
    let answer = secured_exchange(&gateway, &certificate, &same).await;
    let body: Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!(body["ws_url"], format!("wss://{}/", gateway.host()));
    let foreign = format!("{secret}Origin: http://{}\r\n", gateway.host());
    assert!(secured_exchange(&gateway, &certificate, &foreign).await.contains("foreign origin"));

    let target = format!("wss://{}/?client_id=me&token={}", gateway.host(), body["token"].as_str().unwrap());
    let stream = connect(&gateway, &certificate, &[&TLS13]).await;
    let (mut ws, _) = within("a handshake", tokio_tungstenite::client_async(target, stream)).await.unwrap();
    let mut heard = Vec::new();
    let said = "x".repeat(60_000);
    ws.send(Message::text("{\"type\":\"new_chat\"}")).await.unwrap();
    loop {
        let frame = within("a frame", ws.next()).await.unwrap().unwrap();
        let Message::Text(text) = frame else { continue };
        let frame: Value = serde_json::from_str(&text).unwrap();
        let event = frame["event"].as_str().unwrap().to_owned();
        if event == "attached" {
            let prompt =
                serde_json::json!({ "type": "message", "chat_id": frame["chat_id"], "content": said, "webui": true, "turn_id": "t" });
            ws.send(Message::text(prompt.to_string())).await.unwrap();
        }
        heard.push(event);
        if frame["event"] == "goal_status" && frame["status"] == "idle" {
            break;
        }
    }
    for event in ["ready", "message_accepted", "delta", "stream_end", "turn_end"] {
        assert!(heard.iter().any(|heard| heard == event), "{event}: {heard:?}");
    }
}

#[tokio::test]
async fn whoever_does_not_speak_tls_is_let_go_and_harms_nobody() {
    let home = Home::default();
    let certificate = certificate(&home);
    let gateway = secured(&home, &certificate, &[]);
    let Place::Tcp(address) = gateway.place else { panic!("an address") };
    let mut plain = TcpStream::connect(address).await.unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    // It may be reset, too.
    let _over = within("the end", plain.read_to_end(&mut answer)).await;
    assert!(!answer.starts_with(b"HTTP/"), "{answer:?}");
    let silent = TcpStream::connect(address).await.unwrap();
    assert!(secured_exchange(&gateway, &certificate, "").await.starts_with("HTTP/1.1 401 "));
    let mut rest = silent;
    assert_eq!(within("the silent one is let go", rest.read(&mut [0; 1])).await.unwrap_or(0), 0);
}

#[tokio::test]
async fn certificates_that_cannot_be_used_are_said() {
    let home = Home::default();
    let certificate = certificate(&home);
    let [_, cert, _, key] = &certificate.flags;
    let wrong = home.path().join("wrong.pem");
    let wrong_text = wrong.to_str().unwrap();
    let start = |cert: &str, key: &str| {
        let said = home.try_start(&["--listen", "127.0.0.1:0", "--ssl-certfile", cert, "--ssl-keyfile", key]).err();
        said.unwrap_or_else(|| panic!("{cert} {key} was taken"))
    };
    assert!(start(wrong_text, key).contains("the certificate in"), "{}", start(wrong_text, key));
    fs::write(&wrong, "no PEM").unwrap();
    assert!(start(wrong_text, key).contains("there is none in it"), "{}", start(wrong_text, key));
    assert!(start(cert, wrong_text).contains("the private key in"), "{}", start(cert, wrong_text));
    fs::write(&certificate.key, rcgen::KeyPair::generate().unwrap().serialize_pem()).unwrap();
    assert!(start(cert, key).contains("together with its key, in"), "{}", start(cert, key));
    let said = home.try_start(&["--listen", "127.0.0.1:0", "--ssl-certfile", cert]).err().unwrap();
    assert!(said.contains("--ssl-certfile") && said.contains("both or neither"), "{said}");
}

#[tokio::test]
async fn an_address_for_all_is_opened_only_with_a_guard() {
    let home = Home::default();
    for host in ["0.0.0.0", "::", "192.0.2.1"] {
        let said = home.try_start(&["--host", host, "--port", "0"]).err().expect(host);
        assert!(said.contains(&format!("{host} is not a loopback address")) && said.contains("tokenIssueSecret"), "{said}");
    }
    let gateway = home.start(&["--host", "0.0.0.0", "--port", "0", "--token-issue-secret", "s"]);
    let port = gateway.host().rsplit(':').next().unwrap().to_owned();
    assert_eq!(listening(gateway.id()).len(), 1);
    assert_eq!(request(&gateway, "GET /webui/bootstrap", &[]).await.status, 401);
    let opened = request(&gateway, "GET /webui/bootstrap", &["Authorization: Bearer s".to_owned()]).await;
    assert_eq!(opened.json()["ws_url"], format!("ws://127.0.0.1:{port}/"));
}

#[tokio::test]
async fn the_file_decides_where_and_flags_win() {
    let home = Home::default();
    let gateway = home.unix();
    assert_eq!(listening(gateway.id()), Vec::<String>::new(), "the default file opens nothing");
    let written = fs::read_to_string(home.data().join("config.toml")).expect("it is written at the first start");
    assert!(written.contains("# pingIntervalS = 20"));
    drop(gateway);

    let socket = home.path().join("elsewhere").join("a.sock");
    let table = format!("[websocket]\nport = 0\nunix_socket_path = \"{}\"\n", socket.display());
    fs::write(home.data().join("config.toml"), table).unwrap();
    let gateway = home.start(&[]);
    assert!(matches!(gateway.place, Place::Tcp(_)), "the address is told first");
    Client::connect(&gateway).await;
    assert!(socket.exists());
    drop(gateway);

    let json = home.path().join("config.json");
    fs::write(&json, "{\"channels\":{\"websocket\":{\"enabled\":true,\"host\":\"127.0.0.1\",\"port\":70000}}}").unwrap();
    let path = json.to_str().unwrap();
    let said = home.try_start(&["--config", path]).err().expect("the port is wrong");
    assert!(said.contains("port = 70000 in ") && said.contains("must be a whole number from 0 to 65535"), "{said}");
    let gateway = home.start(&["--config", path, "--port", "0"]);
    bootstrap(&gateway).await;
    drop(gateway);
    let said = home.try_start(&["--config", "/nowhere/config.toml"]).err().expect("it was named");
    assert!(said.contains("/nowhere/config.toml cannot be read"), "{said}");
    let said = home.try_start(&["--enabled", "false"]).err().expect("nothing to serve");
    assert!(said.contains("nothing to serve"), "{said}");
}
