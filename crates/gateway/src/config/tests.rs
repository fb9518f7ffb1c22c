//! Every key: its default, its bounds, its rule, both spellings, and the flag that wins over it.

use std::fs;

use clap::Parser as _;
use tempfile::TempDir;

use super::*;

#[derive(clap::Parser)]
struct Line {
    #[command(flatten)]
    flags: Flags,
}

/// A configuration file of this text, read with these flags.
struct Case {
    folder: TempDir,
    config: Config,
}

impl Case {
    fn new(file: &str, text: &str, flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(file);
        fs::write(&path, text).expect("the file is written");
        let flags = Line::try_parse_from(std::iter::once("serve").chain(flags.iter().copied())).expect("flags").flags;
        let config = Config::serve(folder.path().join("data"), Some(path), flags);
        Self { folder, config }
    }

    fn read(&self) -> Result<Settings, String> {
        self.config.read().map_err(|wrong| wrong.to_string().replace(&self.folder.path().display().to_string(), ""))
    }
}

fn read(text: &str, flags: &[&str]) -> Result<Settings, String> {
    Case::new("config.toml", text, flags).read()
}

fn websocket(text: &str) -> Result<Settings, String> {
    read(&format!("[channels.websocket]\n{text}"), &[])
}

/// A value as the settings have it.
type Shown = fn(&Settings) -> String;

#[test]
fn an_empty_configuration_has_the_defaults() {
    let settings = read("", &[]).expect("nothing is wrong");
    let websocket = &settings.websocket;
    let rows: [(&str, String, &str); 20] = [
        ("enabled", websocket.enabled.to_string(), "true"),
        ("host, port", format!("{:?}", websocket.address), "None"),
        ("unixSocketPath", format!("{:?}", websocket.unix_socket_path), "None"),
        ("path", websocket.path.clone(), "/"),
        ("token", format!("{:?}", websocket.token), "None"),
        ("tokenIssuePath", format!("{:?}", websocket.token_issue_path), "None"),
        ("tokenIssueSecret", format!("{:?}", websocket.token_issue_secret), "None"),
        ("tokenTtlS", format!("{:?}", websocket.token_ttl), "300s"),
        ("websocketRequiresToken", websocket.requires_token.to_string(), "true"),
        ("allowFrom", format!("{:?}", websocket.allow_from), "[\"*\"]"),
        ("streaming", websocket.streaming.to_string(), "true"),
        ("maxMessageBytes", websocket.max_message_bytes.to_string(), "37748736"),
        ("pingIntervalS", format!("{:?}", websocket.ping_interval), "20s"),
        ("pingTimeoutS", format!("{:?}", websocket.ping_timeout), "20s"),
        ("sslCertfile, sslKeyfile", format!("{:?}", websocket.tls), "None"),
        ("publicWsUrl, allowedHosts", format!("{:?} {:?}", websocket.public_ws_url, websocket.allowed_hosts), "None []"),
        ("trustedProxyAuth", format!("{:?}", websocket.trusted_proxy), "None"),
        ("sendProgress", settings.send_progress.to_string(), "true"),
        ("sendToolHints", settings.send_tool_hints.to_string(), "true"),
        ("showReasoning", settings.show_reasoning.to_string(), "true"),
    ];
    for (key, found, expected) in rows {
        assert_eq!(found, expected, "{key}");
    }
}

#[test]
fn the_default_file_says_the_defaults() {
    assert_eq!(read(DEFAULT_FILE, &[]), read("", &[]), "as it is");
    // Without the marks every key in it is read, and none changes anything but asking for the usual address.
    let plain: String = DEFAULT_FILE.lines().map(uncommented).collect::<Vec<_>>().join("\n");
    let mut settings = read(&plain, &[]).expect("its values are right");
    let address = settings.websocket.address.take().expect("the file names the usual address");
    assert_eq!((address.host.as_str(), address.port), ("127.0.0.1", 8765));
    assert!(settings.websocket.trusted_proxy.take().is_some(), "its example is a right one");
    assert_eq!(Ok(settings), read("", &[]));
}

/// A line of the default file with its key in force.
fn uncommented(line: &str) -> &str {
    let key = |rest: &str| rest.split_once(" = ").is_some_and(|(key, _)| key.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    line.strip_prefix("# ").filter(|rest| key(rest) || rest.starts_with('[')).unwrap_or(line)
}

#[test]
fn whole_numbers_keep_to_their_ranges() {
    let rows: [(&str, &str, &str, u64, u64, Shown); 5] = [
        ("port", "port", "--port", 0, 65_535, |s| s.websocket.address.as_ref().map_or(0, |address| address.port).to_string()),
        ("tokenTtlS", "token_ttl_s", "--token-ttl-s", 30, 86_400, |s| s.websocket.token_ttl.as_secs().to_string()),
        ("maxMessageBytes", "max_message_bytes", "--max-message-bytes", 1024, 41_943_040, |s| s.websocket.max_message_bytes.to_string()),
        ("pingIntervalS", "ping_interval_s", "--ping-interval-s", 5, 300, |s| s.websocket.ping_interval.as_secs().to_string()),
        ("pingTimeoutS", "ping_timeout_s", "--ping-timeout-s", 5, 300, |s| s.websocket.ping_timeout.as_secs().to_string()),
    ];
    for (camel, snake, flag, low, high, shown) in rows {
        for value in [low, low + 1, high - 1, high] {
            for key in [camel, snake] {
                let found = websocket(&format!("{key} = {value}")).map(|settings| shown(&settings));
                assert_eq!(found, Ok(value.to_string()), "{key} = {value}");
            }
            let found = read("", &[flag, &value.to_string()]).map(|settings| shown(&settings));
            assert_eq!(found, Ok(value.to_string()), "{flag} {value}");
        }
        let rule = format!("must be a whole number from {low} to {high}");
        let below = if low == 0 { "-1".to_owned() } else { (low - 1).to_string() };
        let above = (high + 1).to_string();
        for value in [below.as_str(), above.as_str(), "-5", "1e3", "12.5", "true", "\"60\"", "[60]", "9999999999999"] {
            let said = websocket(&format!("{camel} = {value}")).expect_err(value);
            let written: toml::Table = format!("x = {value}").parse().expect("TOML");
            let written = serde_json::to_value(&written["x"]).expect("JSON");
            assert_eq!(said, format!("{camel} = {written} in /config.toml: {rule}"));
        }
        for value in [below.as_str(), above.as_str(), "", "x", "60.0", " 60"] {
            let said = read("", &[&format!("{flag}={value}")]).expect_err(value);
            assert_eq!(said, format!("{flag} {value:?}: {rule}"));
        }
        let found = read(&format!("[websocket]\n{camel} = {low}"), &[flag, &high.to_string()]).map(|settings| shown(&settings));
        assert_eq!(found, Ok(high.to_string()), "{flag} wins");
    }
}

#[test]
fn switches_are_true_or_false() {
    let rows: [(&str, &str, &str, Shown); 6] = [
        ("enabled", "enabled", "--enabled", |s| s.websocket.enabled.to_string()),
        ("websocketRequiresToken", "websocket_requires_token", "--websocket-requires-token", |s| s.websocket.requires_token.to_string()),
        ("streaming", "streaming", "--streaming", |s| s.websocket.streaming.to_string()),
        ("sendProgress", "send_progress", "--send-progress", |s| s.send_progress.to_string()),
        ("sendToolHints", "send_tool_hints", "--send-tool-hints", |s| s.send_tool_hints.to_string()),
        ("showReasoning", "show_reasoning", "--show-reasoning", |s| s.show_reasoning.to_string()),
    ];
    for (camel, snake, flag, shown) in rows {
        let of_channels = ["sendProgress", "sendToolHints", "showReasoning"].contains(&camel);
        let table = if of_channels { "channels" } else { "channels.websocket" };
        for (key, value) in [(camel, "true"), (camel, "false"), (snake, "false")] {
            let found = read(&format!("[{table}]\n{key} = {value}"), &[]).map(|settings| shown(&settings));
            assert_eq!(found, Ok(value.to_owned()), "{key} = {value}");
        }
        for value in ["1", "\"true\"", "\"yes\"", "[]", "0.0"] {
            let said = read(&format!("[{table}]\n{camel} = {value}"), &[]).expect_err(value);
            assert!(said.starts_with(&format!("{camel} = ")) && said.ends_with("in /config.toml: must be true or false"), "{said}");
        }
        let found = read(&format!("[{table}]\n{camel} = true"), &[flag, "false"]).map(|settings| shown(&settings));
        assert_eq!(found, Ok("false".to_owned()), "{flag} wins");
        assert_eq!(read("", &[flag, "maybe"]), Err(format!("{flag} \"maybe\": must be true or false")));
    }
}

#[test]
fn texts_follow_their_rules() {
    // What stands in the table, and what is said of it; nothing is said of what is right.
    let rows = [
        ("host = 1", "host = 1 in /config.toml: must be a text"),
        ("host = \"127.0.0.1:80\"", "host = \"127.0.0.1:80\" in /config.toml: must be an address or the name of a host, without a port"),
        ("host = \"a b\"", "host = \"a b\" in /config.toml: must be an address or the name of a host, without a port"),
        ("host = \"http://x\"", "host = \"http://x\" in /config.toml: must be an address or the name of a host, without a port"),
        ("host = \"::1\"", ""),
        ("host = \"[::1]\"", ""),
        ("host = \"localhost\"", ""),
        ("host = \"\"", ""),
        ("unixSocketPath = \"run/a.sock\"", "unixSocketPath = \"run/a.sock\" in /config.toml: must be an absolute path"),
        ("unixSocketPath = \"~other/a.sock\"", "unixSocketPath = \"~other/a.sock\" in /config.toml: must be an absolute path"),
        ("unixSocketPath = \"/run/\\u0000.sock\"", "unixSocketPath = \"/run/\\u0000.sock\" in /config.toml: must not contain NUL"),
        ("unixSocketPath = \"/run/a.sock\"", ""),
        ("unixSocketPath = \"~/a.sock\"", ""),
        ("path = \"ws\"", "path = \"ws\" in /config.toml: must begin with \"/\""),
        ("path = \"/ws?x\"", "path = \"/ws?x\" in /config.toml: must be a path alone, percent-encoded where it has to be"),
        ("path = \"/ws#x\"", "path = \"/ws#x\" in /config.toml: must be a path alone, percent-encoded where it has to be"),
        ("path = \"/w s\"", "path = \"/w s\" in /config.toml: must be a path alone, percent-encoded where it has to be"),
        ("path = \"/ws/\"", ""),
        ("token = 5", "token = (not shown) in /config.toml: must be a text"),
        ("token_issue_secret = [\"x\"]", "token_issue_secret = (not shown) in /config.toml: must be a text"),
        ("tokenIssuePath = \"issue\"", "tokenIssuePath = \"issue\" in /config.toml: must begin with \"/\""),
        ("tokenIssuePath = \"/\"", "tokenIssuePath = \"/\" in /config.toml: must differ from path, which is \"/\""),
        ("path = \"/ws/\"\ntokenIssuePath = \"/ws\"", "tokenIssuePath = \"/ws\" in /config.toml: must differ from path, which is \"/ws/\""),
        ("tokenIssuePath = \"/issue\"", ""),
        ("allowFrom = \"*\"", "allowFrom = \"*\" in /config.toml: must be a list of texts"),
        ("allowFrom = [1]", "allowFrom = [1] in /config.toml: must be a list of texts"),
        ("allow_from = []", ""),
        ("sslCertfile = \"a.pem\"", "sslCertfile = \"a.pem\" in /config.toml: needs sslKeyfile too; both or neither"),
        ("ssl_keyfile = \"a.pem\"", "ssl_keyfile = \"a.pem\" in /config.toml: needs sslCertfile too; both or neither"),
        ("sslCertfile = \"a.pem\"\nsslKeyfile = \"b.pem\"", ""),
        (
            "allowedHosts = [\"a b\"]",
            "allowedHosts = [\"a b\"] in /config.toml: allowedHosts: \"a b\" must be NAME, NAME:PORT or https://NAME",
        ),
        ("allowedHosts = [\"*\"]", "allowedHosts = [\"*\"] in /config.toml: allowedHosts: \"*\" must be NAME, NAME:PORT or https://NAME"),
        ("allowedHosts = [\"a.example\", \"b.example:99\", \"https://c.example\"]", ""),
        ("pingIntervalS = 5\nping_interval_s = 6", "ping_interval_s = 6 in /config.toml: this key is there already, as pingIntervalS"),
    ];
    for (text, expected) in rows {
        assert_eq!(websocket(text).err().unwrap_or_default(), expected, "{text}");
    }
}

#[test]
fn the_public_address_is_whole_and_has_the_path() {
    let shape = "must be an absolute ws:// or wss:// address without credentials, query or fragment";
    let root = "must have the path of the WebSocket, which is \"/\"";
    for (path, url, expected) in [
        ("/", "wss://alcove.example", ""),
        ("/", "wss://alcove.example/", ""),
        ("/", "ws://alcove.example:8080/", ""),
        ("/ws", "wss://alcove.example/ws", ""),
        ("/ws/", "wss://alcove.example/ws", ""),
        ("/", "wss://alcove.example/ws", root),
        ("/ws", "wss://alcove.example/", "must have the path of the WebSocket, which is \"/ws\""),
        ("/", "https://alcove.example/", shape),
        ("/", "alcove.example", shape),
        ("/", "//alcove.example/", shape),
        ("/", "wss:///", shape),
        ("/", "wss://me@alcove.example/", shape),
        ("/", "wss://me:pw@alcove.example/", shape),
        ("/", "wss://alcove.example/?token=x", shape),
        ("/", "wss://alcove.example/#x", shape),
        ("/", "wss://alcove example/", shape),
    ] {
        let said = websocket(&format!("path = \"{path}\"\npublicWsUrl = \"{url}\"")).err().unwrap_or_default();
        let told = if expected.is_empty() { String::new() } else { format!("publicWsUrl = \"{url}\" in /config.toml: {expected}") };
        assert_eq!(said, told, "{url}");
    }
    let settings = websocket("publicWsUrl = \"wss://Alcove.example\"").expect("it is right");
    assert_eq!(settings.websocket.public_ws_url.as_deref(), Some("wss://Alcove.example"), "told as it was written");
}

#[test]
fn trusted_proxies_are_given_whole() {
    let table = "must be {trustedPeerCidrs = […], assertionHeader = \"…\"}";
    for (value, expected) in [
        ("{ trustedPeerCidrs = [\"10.0.0.0/8\"], assertionHeader = \"X-User\" }", ""),
        ("{ trusted_peer_cidrs = [\"10.0.0.0/8\"], assertion_header = \"X-User\" }", ""),
        ("true", table),
        ("{}", table),
        ("{ trustedPeerCidrs = [\"10.0.0.0/8\"] }", table),
        ("{ assertionHeader = \"X-User\" }", table),
        ("{ trustedPeerCidrs = [\"10.0.0.0/8\"], assertionHeader = 5 }", table),
        ("{ trustedPeerCidrs = [\"10.0.0.0/8\"], assertionHeader = \"X-User\", more = 1 }", table),
        ("{ trustedPeerCidrs = \"10.0.0.0/8\", assertionHeader = \"X-User\" }", "must be a list of texts"),
        ("{ trustedPeerCidrs = [], assertionHeader = \"X-User\" }", "trustedPeerCidrs must name at least one network"),
        ("{ trustedPeerCidrs = [\"::/0\"], assertionHeader = \"X-User\" }", "trustedPeerCidrs: \"::/0\" is everybody"),
    ] {
        let said = websocket(&format!("trustedProxyAuth = {value}")).err().unwrap_or_default();
        assert!(
            if expected.is_empty() { said.is_empty() } else { said.ends_with(&format!("in /config.toml: {expected}")) },
            "{value}: {said}"
        );
    }
    let flags = ["--trusted-peer-cidrs", "10.0.0.0/8", "--trusted-peer-cidrs", "fd00::/8", "--assertion-header", "X-User"];
    assert!(read("", &flags).expect("they are right").websocket.trusted_proxy.is_some());
    assert!(read("", &flags[..4]).expect_err("no header").contains("assertionHeader must be the name of a header"));
    let json = Case::new("c.json", "{\"channels\":{\"websocket\":{\"trustedProxyAuth\":null}}}", &[]).read();
    assert_eq!(json.expect("null is none").websocket.trusted_proxy, None);
}

#[test]
fn whoever_is_reachable_from_outside_asks_for_something() {
    let open = |host: &str| format!("{host} is not a loopback address; listening there needs token, tokenIssueSecret or trustedProxyAuth");
    for host in ["0.0.0.0", "::", "[::]", "192.168.1.5", "alcove.lan", "::ffff:0.0.0.0"] {
        let line = format!("host = \"{host}\"\n");
        assert_eq!(websocket(&line), Err(open(host)));
        assert_eq!(read("", &["--host", host]), Err(open(host)));
        assert!(websocket(&format!("{line}token = \"\"")).is_err(), "an empty token is none");
        assert!(websocket(&format!("{line}tokenIssuePath = \"/issue\"")).is_err(), "a route is no secret");
        for guard in [
            "token = \"t\"",
            "tokenIssueSecret = \"s\"",
            "trustedProxyAuth = { trustedPeerCidrs = [\"10.0.0.1\"], assertionHeader = \"X-User\" }",
        ] {
            assert!(websocket(&format!("{line}{guard}")).is_ok(), "{host} {guard}");
        }
        assert!(websocket(&format!("{line}enabled = false")).is_ok(), "nothing is opened");
    }
    for host in ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost", "LOCALHOST", "::ffff:127.0.0.1"] {
        assert!(websocket(&format!("host = \"{host}\"")).is_ok(), "{host}");
    }
    assert_eq!(read("", &["--listen", "0.0.0.0:0"]), Err(open("0.0.0.0")));
}

#[test]
fn nothing_is_opened_that_was_not_asked_for() {
    let places = |text: &str, flags: &[&str]| {
        let case = Case::new("config.toml", &format!("[websocket]\n{text}"), flags);
        let settings = case.config.read().expect("it is right");
        let usual = default_socket(&case.config.data_dir);
        let told = |places: Vec<Listen>| {
            let told = places.into_iter().map(|place| match place {
                Listen::Unix(path) if path == usual => "the usual socket".to_owned(),
                Listen::Unix(path) => path.display().to_string(),
                Listen::Tcp(address) => format!("{}:{}", address.host, address.port),
            });
            told.collect::<Vec<_>>().join(", ")
        };
        let window = Config { socket: Socket::Always, ..case.config.clone() };
        [&case.config, &window].map(|config| config.listen(&settings).map(told).map_err(|wrong| wrong.to_string()))
    };
    let same = |text: &str| [Ok(text.to_owned()), Ok(text.to_owned())];
    let with_window = |text: &str| [Ok(text.to_owned()), Ok(format!("{text}, the usual socket"))];
    assert_eq!(places("", &[]), same("the usual socket"));
    assert_eq!(places("token = \"t\"\nsslCertfile = \"a\"\nsslKeyfile = \"b\"", &[]), same("the usual socket"));
    assert_eq!(places("host = \"localhost\"", &[]), with_window("localhost:8765"));
    assert_eq!(places("port = 9000", &[]), with_window("127.0.0.1:9000"));
    assert_eq!(places("", &["--listen", "127.0.0.1:0"]), with_window("127.0.0.1:0"));
    assert_eq!(places("port = 9000", &["--listen", "[::1]:0"]), with_window("::1:0"));
    assert_eq!(places("port = 9000\nhost = \"::1\"", &["--port", "1"]), with_window("::1:1"));
    assert_eq!(places("unixSocketPath = \"/run/x.sock\"", &[]), same("/run/x.sock"));
    assert_eq!(places("unixSocketPath = \"/run/x.sock\"", &["--socket", "/run/y.sock"]), same("/run/y.sock"));
    assert_eq!(places("unixSocketPath = \"/run/x.sock\"", &["--unix-socket-path", "/run/y.sock"]), same("/run/y.sock"));
    assert_eq!(places("unixSocketPath = \"/run/x.sock\"\nport = 1", &[]), same("127.0.0.1:1, /run/x.sock"));
    let [serve, window] = places("enabled = false\nport = 9000", &[]);
    assert!(serve.expect_err("nothing to serve").contains("nothing to serve"));
    assert_eq!(window, Ok("the usual socket".to_owned()));
}

#[test]
fn flags_win_over_the_file() {
    let file = "[websocket]\nhost = \"::1\"\npath = \"/a\"\ntoken = \"a\"\ntokenIssuePath = \"/b\"\ntokenIssueSecret = \"b\"\nallowFrom = [\"a\"]\n\
                sslCertfile = \"/a.pem\"\nsslKeyfile = \"/a.key\"\nallowedHosts = [\"a.example\"]\n";
    let flags = ["--host", "localhost", "--path", "/c", "--token", "c", "--token-issue-path", "/d", "--token-issue-secret", "d"];
    let more =
        ["--allow-from", "x", "--allow-from", "y", "--ssl-certfile", "/c.pem", "--ssl-keyfile", "/c.key", "--allowed-hosts", "c.example"];
    let settings =
        read(file, &[&flags[..], &more[..], &["--public-ws-url", "ws://p.example/c"]].concat()).expect("all are right").websocket;
    assert_eq!(settings.address, Some(Address { host: "localhost".to_owned(), port: 8765 }));
    assert_eq!((settings.path.as_str(), settings.token_issue_path.as_deref()), ("/c", Some("/d")));
    assert!(settings.token.as_ref().is_some_and(|token| token.is("c")));
    assert!(settings.secret().is_some_and(|secret| secret.is("d")));
    assert_eq!(settings.allow_from, ["x", "y"]);
    assert_eq!(settings.tls, Some(TlsFiles { certificate: "/c.pem".into(), key: "/c.key".into() }));
    assert_eq!(settings.public_ws_url.as_deref(), Some("ws://p.example/c"));
    assert_eq!(settings.allowed_hosts.len(), 2);
    let emptied = read("[websocket]\ntoken = \"a\"", &["--token", ""]).expect("it is right").websocket;
    assert_eq!(emptied.token, None, "an empty flag takes the file's value away");
}

#[test]
fn files_are_found_and_understood_or_it_is_said_why_not() {
    let relative = Case::new("config.toml", "[websocket]\nsslCertfile = \"tls/a.pem\"\nsslKeyfile = \"~/a.key\"", &[]);
    let files = relative.read().expect("it is right").websocket.tls.expect("both are given");
    assert_eq!(files.certificate, relative.folder.path().join("tls/a.pem"), "from where the file is");
    assert!(files.key.is_absolute() && files.key.ends_with("a.key"));

    let socket = |text: &str| read(text, &[]).expect("it is right").websocket.unix_socket_path;
    assert!(socket("[websocket]\nunixSocketPath = \"~/x/a.sock\"").is_some_and(|path| path.is_absolute() && path.ends_with("x/a.sock")));

    let json = "{\"channels\":{\"sendProgress\":false,\"websocket\":{\"enabled\":true,\"port\":8765,\"allowFrom\":[\"a\"]}}}";
    let settings = Case::new("config.json", json, &[]).read().expect("it is right");
    assert_eq!((settings.send_progress, settings.websocket.allow_from), (false, vec!["a".to_owned()]));
    assert!(
        Case::new("config.toml", json, &[]).read().expect_err("no TOML").starts_with("the configuration /config.toml cannot be understood")
    );
    assert!(Case::new("config.JSON", "{", &[]).read().expect_err("no JSON").contains("cannot be understood"));
    assert!(Case::new("c.json", "[]", &[]).read().expect_err("no object").ends_with("it has to be one object"));
    assert!(read("[websocket]\n[channels.websocket]\nport = 1\n[websocket]", &[]).is_err());
    assert!(read("[websocket]\nport = 1\n[channels.websocket]\nport = 1", &[]).expect_err("twice").contains("is there twice"));
    assert_eq!(read("websocket = 5", &[]), Err("websocket = 5 in /config.toml: must be a table".to_owned()));
    assert_eq!(read("channels = \"x\"", &[]), Err("channels = \"x\" in /config.toml: must be a table".to_owned()));

    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("missing.toml");
    let named = Config::serve(folder.path().to_owned(), Some(missing), Flags::default());
    assert!(named.read().expect_err("somebody named it").to_string().ends_with("missing.toml cannot be read"));
    let usual = Config::serve(folder.path().to_owned(), None, Flags::default());
    assert_eq!(usual.read().map_err(|wrong| wrong.to_string()), read("", &[]));
    usual.write_default().expect("it is written");
    assert_eq!(fs::read_to_string(usual.path()).expect("it is there"), DEFAULT_FILE);
    fs::write(usual.path(), "[websocket]\nport = 1").expect("it is changed");
    usual.write_default().expect("nothing is written");
    assert_eq!(fs::read_to_string(usual.path()).expect("it is there"), "[websocket]\nport = 1", "a file that is there stays");
}

#[test]
fn strange_keys_are_told_and_left_out() {
    let text = "typo = 1\n[agents]\nx = 1\n[channels]\nsend_everything = true\n[channels.websocket]\nprot = 1\nportS = 5\n";
    let mut unknown = read(text, &[]).expect("nothing is wrong").unknown;
    unknown.sort();
    let told: Vec<&str> = unknown.iter().map(|line| line.split(" in ").next().unwrap_or_default()).collect();
    assert_eq!(told, ["agents", "portS", "prot", "send_everything", "typo"]);
}

#[test]
fn a_changed_file_is_taken_where_that_needs_no_restart() {
    let case = Case::new("config.toml", "[websocket]\ntoken = \"a\"\nhost = \"0.0.0.0\"\n", &[]);
    let live = Live::new(case.config.clone(), case.config.read().expect("it is right"));
    let change = |text: &str| {
        fs::write(case.config.path(), format!("[websocket]\n{text}")).expect("it is written");
        live.reload();
        live.current()
    };
    let opens = |settings: &Websocket, token: &str| settings.token.as_ref().is_some_and(|known| known.is(token));
    assert_eq!(live.restart_required(), Vec::<String>::new());

    let now = change("token = \"b\"\nhost = \"0.0.0.0\"\nallowFrom = [\"x\"]\npingIntervalS = 7\nmaxMessageBytes = 2048\ntokenTtlS = 31");
    assert!(opens(&now, "b") && !now.allows("y") && now.allows("x"));
    assert_eq!((now.ping_interval.as_secs(), now.max_message_bytes, now.token_ttl.as_secs()), (7, 2048, 31));
    assert_eq!(live.restart_required(), Vec::<String>::new());

    let now = change("token = \"b\"\nhost = \"0.0.0.0\"\nport = 9\npath = \"/ws\"\nstreaming = false");
    assert_eq!(now.address.as_ref().map(|address| address.port), Some(8765), "the port is what it was");
    assert_eq!((now.path.as_str(), now.streaming), ("/", true));
    assert_eq!(live.restart_required(), ["runtime"]);

    let now = change("token = \"b\"\nhost = \"0.0.0.0\"\nport = \"wrong\"\nallowFrom = []");
    assert!(now.allows("anybody") && opens(&now, "b"), "a wrong file changes nothing");
    assert_eq!(live.restart_required(), ["runtime"]);

    let now = change("port = 8765\n");
    assert!(opens(&now, "b"), "the address is still open to all, so its token stays");
    assert_eq!(live.restart_required(), ["runtime"]);

    let now = change("token = \"c\"\nhost = \"0.0.0.0\"\n");
    assert!(opens(&now, "c"));
    assert_eq!(live.restart_required(), Vec::<String>::new(), "all is as it was started again");
}

#[test]
fn looking_takes_only_another_file() {
    let case = Case::new("config.toml", "[websocket]\ntoken = \"a\"\n", &[]);
    let live = Live::new(case.config.clone(), case.config.read().expect("it is right"));
    live.look();
    assert!(live.current().token.as_ref().is_some_and(|token| token.is("a")));
    fs::write(case.config.path(), "[websocket]\ntoken = \"another\"\n").expect("it is written");
    live.look();
    assert!(live.current().token.as_ref().is_some_and(|token| token.is("another")));
    fs::remove_file(case.config.path()).expect("it was there");
    live.look();
    assert!(live.current().token.is_some(), "a file that was named and is gone changes nothing");
}
