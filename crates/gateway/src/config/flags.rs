//! The configuration's keys as flags. They are read by the same rules as the file's and win over it.

use std::path::PathBuf;

use clap::Args;

/// The configuration's keys as flags.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Configuration (each is also a key of the file, and wins over it)")]
pub struct Flags {
    /// Listen on a loopback address for a browser; port 0 picks a free one. The printed address opens it.
    #[arg(long, value_name = "ADDR:PORT", conflicts_with_all = ["socket", "address_host", "port"])]
    pub listen: Option<std::net::SocketAddr>,
    /// Listen on a Unix socket at this path.
    #[arg(long, value_name = "PATH", visible_alias = "unix-socket-path")]
    pub socket: Option<PathBuf>,
    /// Listen on this host; any but a loopback one needs a token, a secret or a trusted proxy [default: 127.0.0.1, once a port is given]
    #[arg(id = "address_host", long = "host", value_name = "HOST")]
    pub host: Option<String>,
    /// Listen on this port; 0 picks a free one [default: 8765, once a host is given]
    #[arg(long, value_name = "PORT", allow_negative_numbers = true)]
    pub port: Option<String>,
    /// Whether anything but the window is served [default: true]
    #[arg(long, value_name = "BOOL")]
    pub enabled: Option<String>,
    /// Path of the WebSocket [default: /]
    #[arg(long, value_name = "PATH")]
    pub path: Option<String>,
    /// Opens WebSockets, and bootstrap where there is no token issue secret. Others see a command line; the file is the better place.
    #[arg(long, value_name = "TOKEN")]
    pub token: Option<String>,
    /// Path that hands out tokens
    #[arg(long, value_name = "PATH")]
    pub token_issue_path: Option<String>,
    /// Opens bootstrap and the token route. Others see a command line; the file is the better place.
    #[arg(long, value_name = "SECRET")]
    pub token_issue_secret: Option<String>,
    /// Seconds a token lives, 30 to 86400 [default: 300]
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub token_ttl_s: Option<String>,
    /// Whether a WebSocket needs a token [default: true]
    #[arg(long, value_name = "BOOL")]
    pub websocket_requires_token: Option<String>,
    /// A client id that may connect; may be given several times, `*` is all [default: *]
    #[arg(long, value_name = "CLIENT")]
    pub allow_from: Vec<String>,
    /// Whether answers are told while they are written [default: true]
    #[arg(long, value_name = "BOOL")]
    pub streaming: Option<String>,
    /// Largest frame of a client, 1024 to 41943040 [default: 37748736]
    #[arg(long, value_name = "BYTES", allow_negative_numbers = true)]
    pub max_message_bytes: Option<String>,
    /// Seconds between two pings, 5 to 300 [default: 20]
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub ping_interval_s: Option<String>,
    /// Seconds a ping may stay without an answer, 5 to 300 [default: 20]
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub ping_timeout_s: Option<String>,
    /// Certificate chain, PEM; together with its key the address is served by TLS
    #[arg(long, value_name = "FILE")]
    pub ssl_certfile: Option<String>,
    /// Private key, PEM
    #[arg(long, value_name = "FILE")]
    pub ssl_keyfile: Option<String>,
    /// Address of the WebSocket as clients see it, ws:// or wss://
    #[arg(long, value_name = "URL")]
    pub public_ws_url: Option<String>,
    /// A name clients may use in `Host`: NAME, NAME:PORT or https://NAME; may be given several times
    #[arg(long, value_name = "NAME")]
    pub allowed_hosts: Vec<String>,
    /// A network whose peers are trusted proxies; may be given several times, needs --assertion-header
    #[arg(long, value_name = "CIDR")]
    pub trusted_peer_cidrs: Vec<String>,
    /// Header by which a trusted proxy says that it knows who it is
    #[arg(long, value_name = "NAME")]
    pub assertion_header: Option<String>,
    /// Whether clients are told how tools end [default: true]
    #[arg(long, value_name = "BOOL")]
    pub send_progress: Option<String>,
    /// Whether clients are told which tools begin [default: true]
    #[arg(long, value_name = "BOOL")]
    pub send_tool_hints: Option<String>,
    /// Whether clients are told what the model thinks [default: true]
    #[arg(long, value_name = "BOOL")]
    pub show_reasoning: Option<String>,
}

impl Flags {
    /// Flags of one value that were given, with the key each stands for. `--listen` stands for host and port, the socket's path for itself.
    pub(super) fn single(&self) -> Vec<(&'static str, &'static str, String)> {
        let listen = self.listen.as_ref();
        let rows = [
            ("host", "--host", self.host.clone()),
            ("host", "--listen", listen.map(|address| address.ip().to_string())),
            ("port", "--port", self.port.clone()),
            ("port", "--listen", listen.map(|address| address.port().to_string())),
            ("unix_socket_path", "--socket", self.socket.as_ref().map(absolute)),
            ("enabled", "--enabled", self.enabled.clone()),
            ("path", "--path", self.path.clone()),
            ("token", "--token", self.token.clone()),
            ("token_issue_path", "--token-issue-path", self.token_issue_path.clone()),
            ("token_issue_secret", "--token-issue-secret", self.token_issue_secret.clone()),
            ("token_ttl_s", "--token-ttl-s", self.token_ttl_s.clone()),
            ("websocket_requires_token", "--websocket-requires-token", self.websocket_requires_token.clone()),
            ("streaming", "--streaming", self.streaming.clone()),
            ("max_message_bytes", "--max-message-bytes", self.max_message_bytes.clone()),
            ("ping_interval_s", "--ping-interval-s", self.ping_interval_s.clone()),
            ("ping_timeout_s", "--ping-timeout-s", self.ping_timeout_s.clone()),
            ("ssl_certfile", "--ssl-certfile", self.ssl_certfile.clone()),
            ("ssl_keyfile", "--ssl-keyfile", self.ssl_keyfile.clone()),
            ("public_ws_url", "--public-ws-url", self.public_ws_url.clone()),
        ];
        rows.into_iter().filter_map(|(key, flag, text)| Some((key, flag, text?))).collect()
    }

    /// The same of what concerns every channel.
    pub(super) fn of_channels(&self) -> Vec<(&'static str, &'static str, String)> {
        let rows = [
            ("send_progress", "--send-progress", self.send_progress.clone()),
            ("send_tool_hints", "--send-tool-hints", self.send_tool_hints.clone()),
            ("show_reasoning", "--show-reasoning", self.show_reasoning.clone()),
        ];
        rows.into_iter().filter_map(|(key, flag, text)| Some((key, flag, text?))).collect()
    }

    /// Flags that may be given several times, and were.
    pub(super) fn lists(&self) -> Vec<(&'static str, &'static str, Vec<String>)> {
        let rows = [("allow_from", "--allow-from", &self.allow_from), ("allowed_hosts", "--allowed-hosts", &self.allowed_hosts)];
        rows.into_iter().filter(|(_, _, list)| !list.is_empty()).map(|(key, flag, list)| (key, flag, list.clone())).collect()
    }
}

/// A path on the command line is meant from where the person is.
fn absolute(path: &PathBuf) -> String {
    let whole = if path.starts_with("~") { path.clone() } else { std::path::absolute(path).unwrap_or_else(|_| path.clone()) };
    whole.to_string_lossy().into_owned()
}
