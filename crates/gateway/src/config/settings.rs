//! The checked configuration: every key with its default, its range and its rule (envelope §1.1).

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use alcove_proto::limits::MAX_FRAME_BYTES;
use directories::BaseDirs;
use http::Uri;

use super::given::{Given, Item, Table, snake};
use super::network::{AllowedHost, TrustedProxy};
use super::wrong::Wrong;
use crate::token::Secret;

const HOST: &str = "127.0.0.1";
const PORT: u16 = 8765;
const TOKEN_TTL: u64 = 300;
const PING: u64 = 20;

/// Keys of the websocket's table, in the order of the default file.
const WEBSOCKET_KEYS: &[&str] = &[
    "enabled",
    "host",
    "port",
    "unix_socket_path",
    "path",
    "token",
    "token_issue_path",
    "token_issue_secret",
    "token_ttl_s",
    "websocket_requires_token",
    "allow_from",
    "streaming",
    "max_message_bytes",
    "ping_interval_s",
    "ping_timeout_s",
    "ssl_certfile",
    "ssl_keyfile",
    "public_ws_url",
    "allowed_hosts",
    "trusted_proxy_auth",
];
/// Keys of what concerns every channel.
const CHANNEL_KEYS: &[&str] = &["send_progress", "send_tool_hints", "show_reasoning"];

/// The checked configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) websocket: Websocket,
    pub(crate) send_progress: bool,
    pub(crate) send_tool_hints: bool,
    pub(crate) show_reasoning: bool,
    /// Keys of the file that nobody knows, with where they are.
    pub(crate) unknown: Vec<String>,
}

/// The envelope surface's part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Websocket {
    pub(crate) enabled: bool,
    /// Only when a host or a port was asked for.
    pub(crate) address: Option<Address>,
    pub(crate) unix_socket_path: Option<PathBuf>,
    /// Begins with a slash.
    pub(crate) path: String,
    pub(crate) token: Option<Secret>,
    pub(crate) token_issue_path: Option<String>,
    pub(crate) token_issue_secret: Option<Secret>,
    pub(crate) token_ttl: Duration,
    pub(crate) requires_token: bool,
    pub(crate) allow_from: Vec<String>,
    pub(crate) streaming: bool,
    pub(crate) max_message_bytes: usize,
    pub(crate) ping_interval: Duration,
    pub(crate) ping_timeout: Duration,
    pub(crate) tls: Option<TlsFiles>,
    /// As it was written.
    pub(crate) public_ws_url: Option<String>,
    /// Names a client may call the gateway by, that of the public URL among them.
    pub(crate) allowed_hosts: Vec<AllowedHost>,
    pub(crate) trusted_proxy: Option<TrustedProxy>,
}

/// A host and its port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
}

/// What TLS needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Address {
    /// Whether nobody outside this machine can reach it, as far as can be said without asking a name server.
    pub(crate) fn is_loopback(&self) -> bool {
        match self.ip() {
            Some(ip) => ip.to_canonical().is_loopback(),
            None => self.host.eq_ignore_ascii_case("localhost"),
        }
    }

    /// The host, when it is an address.
    pub(crate) fn ip(&self) -> Option<IpAddr> {
        self.host.trim_start_matches('[').trim_end_matches(']').parse().ok()
    }
}

impl Settings {
    /// Checks everything that was given.
    pub(crate) fn check(given: &mut Given) -> Result<Self, Wrong> {
        given.known(WEBSOCKET_KEYS, CHANNEL_KEYS);
        let settings = Self {
            websocket: Websocket::check(&given.websocket)?,
            send_progress: given.channels.truth("send_progress")?,
            send_tool_hints: given.channels.truth("send_tool_hints")?,
            show_reasoning: given.channels.truth("show_reasoning")?,
            unknown: std::mem::take(&mut given.unknown),
        };
        settings.websocket.closed()?;
        Ok(settings)
    }
}

impl Websocket {
    fn check(table: &Table) -> Result<Self, Wrong> {
        let path = slashed(table, "path")?.unwrap_or_else(|| "/".to_owned());
        let (public_ws_url, public_host) = match table.text("public_ws_url")? {
            None => (None, None),
            Some((item, text)) => (Some(text.to_owned()), Some(public(text, &path).map_err(|rule| item.wrong(rule))?)),
        };
        let mut allowed_hosts = allowed_hosts(table)?;
        allowed_hosts.extend(public_host);
        let max = table.whole("max_message_bytes", 1024..=41_943_040)?;
        Ok(Self {
            enabled: table.truth("enabled")?,
            address: address(table)?,
            unix_socket_path: socket_path(table)?,
            token: secret(table, "token")?,
            token_issue_path: issue_path(table, &path)?,
            token_issue_secret: secret(table, "token_issue_secret")?,
            token_ttl: seconds(table, "token_ttl_s", (30, 86_400, TOKEN_TTL))?,
            requires_token: table.truth("websocket_requires_token")?,
            allow_from: allow_from(table)?,
            streaming: table.truth("streaming")?,
            max_message_bytes: max.and_then(|max| usize::try_from(max).ok()).unwrap_or(MAX_FRAME_BYTES),
            ping_interval: seconds(table, "ping_interval_s", (5, 300, PING))?,
            ping_timeout: seconds(table, "ping_timeout_s", (5, 300, PING))?,
            tls: tls(table)?,
            trusted_proxy: trusted_proxy(table)?,
            path,
            public_ws_url,
            allowed_hosts,
        })
    }

    /// Whoever can be reached from outside has to ask for something.
    pub(crate) fn closed(&self) -> Result<(), Wrong> {
        let guarded = self.secret().is_some() || self.trusted_proxy.is_some();
        match &self.address {
            Some(address) if self.enabled && !address.is_loopback() && !guarded => Err(Wrong::Open { host: address.host.clone() }),
            Some(_) | None => Ok(()),
        }
    }

    /// Opens bootstrap and the token route, where one is configured.
    pub(crate) fn secret(&self) -> Option<&Secret> {
        self.token_issue_secret.as_ref().or(self.token.as_ref())
    }

    /// Whether a client of this name may connect.
    pub(crate) fn allows(&self, client: &str) -> bool {
        self.allow_from.iter().any(|allowed| allowed == "*" || allowed == client)
    }

    /// Whether a request's path is the WebSocket's.
    pub(crate) fn is_path(&self, path: &str) -> bool {
        bare(path) == bare(&self.path)
    }
}

/// A path without its last slash.
fn bare(path: &str) -> &str {
    path.trim_end_matches('/')
}

fn address(table: &Table) -> Result<Option<Address>, Wrong> {
    let (host, port) = (table.text("host")?, table.whole("port", 0..=65_535)?);
    if host.is_none() && port.is_none() {
        return Ok(None);
    }
    let port = port.and_then(|port| u16::try_from(port).ok()).unwrap_or(PORT);
    let host = match host {
        None => HOST.to_owned(),
        Some((item, text)) => {
            let named = text.parse::<IpAddr>().is_ok() || AllowedHost::of(None, text).is_some() && !text.contains(':');
            let bracketed = text.starts_with('[') && Address { host: text.to_owned(), port }.ip().is_some();
            if !named && !bracketed {
                return Err(item.wrong("must be an address or the name of a host, without a port"));
            }
            text.to_owned()
        }
    };
    Ok(Some(Address { host, port }))
}

fn socket_path(table: &Table) -> Result<Option<PathBuf>, Wrong> {
    let Some((item, text)) = table.text("unix_socket_path")? else { return Ok(None) };
    let path = expand(text);
    if path.is_absolute() { Ok(Some(path)) } else { Err(item.wrong("must be an absolute path")) }
}

/// `~` is the person's own folder.
fn expand(text: &str) -> PathBuf {
    let own = || BaseDirs::new().map(|dirs| dirs.home_dir().to_owned());
    match text.strip_prefix('~') {
        Some("") => own().unwrap_or_else(|| PathBuf::from(text)),
        Some(rest) if rest.starts_with('/') => own().map_or_else(|| PathBuf::from(text), |own| own.join(rest.trim_start_matches('/'))),
        Some(_) | None => PathBuf::from(text),
    }
}

fn slashed(table: &Table, key: &str) -> Result<Option<String>, Wrong> {
    let Some((item, text)) = table.text(key)? else { return Ok(None) };
    let sayable = text.parse::<Uri>().is_ok_and(|uri| uri.path() == text && uri.authority().is_none());
    if !text.starts_with('/') {
        return Err(item.wrong("must begin with \"/\""));
    }
    if !sayable || text.contains('#') {
        return Err(item.wrong("must be a path alone, percent-encoded where it has to be"));
    }
    Ok(Some(text.to_owned()))
}

fn issue_path(table: &Table, path: &str) -> Result<Option<String>, Wrong> {
    let issue = slashed(table, "token_issue_path")?;
    match (&issue, table.item("token_issue_path")) {
        (Some(issue), Some(item)) if bare(issue) == bare(path) => Err(item.wrong(format!("must differ from path, which is {path:?}"))),
        (_, _) => Ok(issue),
    }
}

fn secret(table: &Table, key: &str) -> Result<Option<Secret>, Wrong> {
    Ok(table.text(key)?.map(|(_, text)| Secret::new(text.to_owned())))
}

/// Seconds with their lowest, highest and usual number.
fn seconds(table: &Table, key: &str, (low, high, usual): (u64, u64, u64)) -> Result<Duration, Wrong> {
    Ok(Duration::from_secs(table.whole(key, low..=high)?.unwrap_or(usual)))
}

fn allow_from(table: &Table) -> Result<Vec<String>, Wrong> {
    let list = table.list("allow_from")?;
    Ok(list.map_or_else(|| vec!["*".to_owned()], |(_, list)| list.into_iter().map(str::to_owned).collect()))
}

fn allowed_hosts(table: &Table) -> Result<Vec<AllowedHost>, Wrong> {
    let Some((item, list)) = table.list("allowed_hosts")? else { return Ok(Vec::new()) };
    list.into_iter().map(|text| AllowedHost::check(text).map_err(|rule| item.wrong(rule))).collect()
}

fn tls(table: &Table) -> Result<Option<TlsFiles>, Wrong> {
    match (table.text("ssl_certfile")?, table.text("ssl_keyfile")?) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => Ok(Some(TlsFiles { certificate: file(certificate), key: file(key) })),
        (Some((item, _)), None) => Err(item.wrong("needs sslKeyfile too; both or neither")),
        (None, Some((item, _))) => Err(item.wrong("needs sslCertfile too; both or neither")),
    }
}

fn file((item, text): (&Item, &str)) -> PathBuf {
    let path = expand(text);
    if path.is_absolute() { path } else { item.folder().join(path) }
}

/// The host of a public address that is as it should be.
fn public(text: &str, path: &str) -> Result<AllowedHost, String> {
    let shape = "must be an absolute ws:// or wss:// address without credentials, query or fragment";
    let uri: Uri = text.parse().map_err(|_| shape.to_owned())?;
    let scheme = match uri.scheme_str() {
        Some("ws") => "http",
        Some("wss") => "https",
        Some(_) | None => return Err(shape.to_owned()),
    };
    let authority = uri.authority().ok_or_else(|| shape.to_owned())?;
    if text.contains(['@', '#', '?']) {
        return Err(shape.to_owned());
    }
    if bare(uri.path()) != bare(path) {
        return Err(format!("must have the path of the WebSocket, which is {path:?}"));
    }
    AllowedHost::of(Some(scheme), authority.as_str()).ok_or_else(|| shape.to_owned())
}

fn trusted_proxy(table: &Table) -> Result<Option<TrustedProxy>, Wrong> {
    let Some(item) = table.item("trusted_proxy_auth") else { return Ok(None) };
    let rule = "must be {trustedPeerCidrs = […], assertionHeader = \"…\"}";
    let parts = item.value().as_object().ok_or_else(|| item.wrong(rule))?;
    let part = |name: &str| parts.iter().find(|(key, _)| snake(key) == name).map(|(_, value)| value);
    let known = parts.keys().all(|key| ["trusted_peer_cidrs", "assertion_header"].contains(&snake(key).as_str()));
    let networks = part("trusted_peer_cidrs").ok_or_else(|| item.wrong(rule))?;
    let header = part("assertion_header").and_then(|header| header.as_str()).ok_or_else(|| item.wrong(rule))?;
    if !known {
        return Err(item.wrong(rule));
    }
    let networks = item.texts(networks)?;
    TrustedProxy::check(&networks, header).map(Some).map_err(|rule| item.wrong(rule))
}

#[cfg(test)]
impl Settings {
    /// What the websocket's table says, for tests.
    pub(crate) fn of_text(text: &str) -> Result<Self, Wrong> {
        let mut given = Given::of_text(&format!("[websocket]\n{text}"))?;
        Self::check(&mut given)
    }
}
