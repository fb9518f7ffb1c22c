//! The gateway: binds, accepts, serves each connection, and ends when told.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use alcove_engine::{Engine, report, secret};
use axum::Router;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::caller::{Caller, Peer};
use crate::config::{Config, Endpoint, Listen, Live, Websocket, default_socket};
use crate::error::Error;
use crate::host::Host;
use crate::listen::{self, Listener, Place};
use crate::socket::Socket;
use crate::token::{Secret, Tokens};
use crate::{envelope, gate, http as routes, tls};

/// Connections served at once; one more is closed at once.
const CONNECTIONS: usize = 16_384;
/// The longest a request's head may take to arrive, and a kept-alive connection may be silent.
const HEAD_LIMIT: Duration = Duration::from_secs(5);
/// The longest a request may take, WebSockets apart.
const REQUEST_LIMIT: Duration = Duration::from_secs(30);
/// Header bytes of a request.
const HEAD_BYTES: usize = 16 * 1024;
/// Header fields of a request.
const HEAD_FIELDS: usize = 64;
/// The longest the clients are waited for at the end; one that does not take its goodbye goes without.
const GOODBYE_LIMIT: Duration = Duration::from_secs(2);
/// Wait after the system could not give another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What every request may use.
pub(crate) struct Context {
    pub(crate) engine: Engine,
    pub(crate) tokens: Tokens,
    /// Opens bootstrap where no secret is configured; over the Unix socket the peer's uid does.
    pub(crate) launch: Secret,
    pub(crate) live: Live,
    pub(crate) host: Host,
    pub(crate) tasks: TaskTracker,
    pub(crate) cancel: CancellationToken,
}

impl Context {
    /// The configuration as it is now. A connection keeps what it was opened with.
    pub(crate) fn settings(&self) -> Arc<Websocket> {
        self.live.current()
    }

    /// Whether a client of this name may still be here; asked again with every message.
    pub(crate) fn allows(&self, client: &str) -> bool {
        self.settings().allows(client)
    }

    /// Sections of the settings page that wait for a restart, after the file was looked at again.
    pub(crate) fn restart_required(&self) -> Vec<String> {
        self.live.look();
        self.live.restart_required()
    }

    /// The configuration file, whether it is there or not.
    pub(crate) fn config_path(&self) -> &Path {
        self.live.config().path()
    }
}

/// How a gateway is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It was told to stop.
    Stop,
    /// Another is to be started in this process, with [`Gateway::again`].
    Restart,
}

/// A running gateway.
pub struct Gateway {
    context: Arc<Context>,
    place: Option<Place>,
}

/// Reads the configuration, starts the engine and listens.
pub async fn start(config: Config) -> Result<Gateway, Error> {
    let lock = listen::lock(&config.data_dir, config.socket_path())?;
    report::keep(&config.data_dir);
    config.write_default()?;
    let settings = match (config.read(), &config.fallback) {
        (Ok(settings), _) => settings,
        (Err(wrong), None) => return Err(Error::Config(wrong)),
        (Err(wrong), Some(before)) => {
            report::problem("the changed configuration is not taken", &wrong);
            before.clone()
        }
    };
    for key in &settings.unknown {
        report::problem("the configuration has a key that nobody knows", &UnknownKey(key.clone()));
    }
    let secrets = [Some(&config.launch), settings.websocket.token.as_ref(), settings.websocket.token_issue_secret.as_ref()];
    secrets.into_iter().flatten().for_each(|secret| report::conceal(&secret::Secret::new(secret.text())));
    let places = config.listen(&settings)?;
    let tls = settings.websocket.tls.as_ref().map(tls::acceptor).transpose()?;
    let engine_config = alcove_engine::Config {
        data_dir: config.data_dir.clone(),
        model: config.model.clone(),
        streaming: settings.websocket.streaming,
        send_progress: settings.send_progress,
        send_tool_hints: settings.send_tool_hints,
        show_reasoning: settings.show_reasoning,
        helper: std::env::current_exe().ok(),
        own: sockets(&places, &config.data_dir),
    };
    let engine = tokio::task::spawn_blocking(|| Engine::start(engine_config)).await;
    let engine = engine.map_err(|_| Error::Engine(alcove_engine::Error::Closing))?.map_err(Error::Engine)?;
    let (listeners, place) = listen::bind(&places, tls.as_ref(), lock, config.surface).await?;
    let context = Arc::new(Context {
        engine,
        tokens: Tokens::default(),
        launch: config.launch.clone(),
        host: Host::new(config.host.clone()),
        live: Live::new(config, settings),
        tasks: TaskTracker::new(),
        cancel: CancellationToken::new(),
    });
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    for listener in listeners {
        context.tasks.spawn(accept(listener, context.clone(), room.clone()));
    }
    Ok(Gateway { context, place: Some(place) })
}

impl Gateway {
    /// Where it listens.
    pub fn endpoints(&self) -> &[Endpoint] {
        self.place.as_ref().map_or(&[], |place| &place.endpoints)
    }

    /// Its Unix socket, if it has one.
    pub fn socket(&self) -> Option<&Path> {
        self.endpoints().iter().find_map(|endpoint| match endpoint {
            Endpoint::Unix(path) => Some(path.as_path()),
            Endpoint::Tcp(_) => None,
        })
    }

    /// The address that opens it in a browser; where no secret is configured, the launch secret is in its fragment.
    pub fn launch_address(&self) -> Option<String> {
        let settings = self.context.settings();
        let address = self.endpoints().iter().find_map(|endpoint| match endpoint {
            Endpoint::Tcp(address) => Some(*address),
            Endpoint::Unix(_) => None,
        })?;
        let scheme = if settings.tls.is_some() { "https" } else { "http" };
        let address = reachable(address);
        Some(match settings.secret() {
            Some(_) => format!("{scheme}://{address}/"),
            None => format!("{scheme}://{address}/#/?bootstrapSecret={}", self.context.launch.text()),
        })
    }

    /// Resolves when the gateway is to end, and says how. Ending it is up to the owner.
    pub async fn wait_closed(&self) -> End {
        tokio::select! {
            () = self.context.cancel.cancelled() => End::Stop,
            () = self.context.engine.restart_asked() => End::Restart,
        }
    }

    /// What the next gateway in this process is started with: the same secret, and the same port where any would do.
    pub fn again(&self) -> Config {
        let port = self.endpoints().iter().find_map(|endpoint| match endpoint {
            Endpoint::Tcp(address) => Some(address.port()),
            Endpoint::Unix(_) => None,
        });
        let config = self.context.live.config();
        Config { port: port.or(config.port), fallback: Some(self.context.live.started().clone()), ..config.clone() }
    }

    /// Takes what was changed in the configuration, as far as that needs no restart.
    pub fn reload(&self) {
        self.context.live.reload();
    }

    /// Resolves when no turn runs: a window that closes lets what was asked be answered first.
    pub async fn wait_idle(&self) {
        self.context.engine.wait_idle().await;
    }

    /// Closes every connection, puts on disk what was streamed, and gives the place back.
    pub async fn stop(mut self) {
        self.context.cancel.cancel();
        self.context.tasks.close();
        let _unheard = tokio::time::timeout(GOODBYE_LIMIT, self.context.tasks.wait()).await;
        self.context.engine.shut_down().await;
        self.place.take();
    }
}

/// A key of the configuration that nobody knows.
#[derive(Debug)]
struct UnknownKey(String);

impl fmt::Display for UnknownKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnknownKey {}

/// Where a browser on this machine reaches a listener: no browser opens the address that means all.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => (Ipv4Addr::LOCALHOST, address.port()).into(),
        IpAddr::V6(ip) if ip.is_unspecified() => (Ipv6Addr::LOCALHOST, address.port()).into(),
        IpAddr::V4(_) | IpAddr::V6(_) => address,
    }
}

async fn accept(listener: Listener, context: Arc<Context>, room: Arc<Semaphore>) {
    let router = routes::router(context.clone());
    loop {
        let accepted = tokio::select! {
            () = context.cancel.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok(Some(accepted)) => {
                // Dropping the socket closes it.
                let Ok(permit) = room.clone().try_acquire_owned() else { continue };
                let (context, router) = (context.clone(), router.clone());
                let tasks = context.tasks.clone();
                tasks.spawn(async move {
                    let peer = accepted.peer.clone();
                    if let Some(socket) = accepted.ready(HEAD_LIMIT).await {
                        serve(socket, peer, context, router).await;
                    }
                    drop(permit);
                });
            }
            Ok(None) => {}
            Err(error) => {
                report::problem("a connection could not be accepted", &error);
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn serve(socket: Socket, peer: Peer, context: Arc<Context>, router: Router) {
    let cancel = context.cancel.clone();
    let service = service_fn(move |request| answer(request, peer.clone(), context.clone(), router.clone()));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_LIMIT).max_buf_size(HEAD_BYTES).max_headers(HEAD_FIELDS);
    let connection = http.serve_connection(TokioIo::new(socket), service).with_upgrades();
    tokio::pin!(connection);
    // A connection that breaks concerns only its client.
    tokio::select! {
        _ended = connection.as_mut() => {}
        () = cancel.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _late = tokio::time::timeout(Duration::from_secs(1), connection).await;
        }
    }
}

async fn answer(
    mut request: Request<Incoming>,
    peer: Peer,
    context: Arc<Context>,
    router: Router,
) -> Result<Response<axum::body::Body>, std::convert::Infallible> {
    let settings = context.settings();
    let mut caller = Caller::of(&request, peer, &settings);
    match gate::check(&request, &caller, &settings) {
        Ok(scheme) => caller.scheme = scheme,
        Err(refusal) => return Ok(routes::text(refusal.status, refusal.words)),
    }
    if envelope::is_upgrade(request.headers()) {
        return Ok(envelope::upgrade(request, &caller, &context, Instant::now()).await.map(axum::body::Body::new));
    }
    request.extensions_mut().insert(caller);
    let limit = routes::limit(&request, REQUEST_LIMIT);
    let routed = router.oneshot(request.map(axum::body::Body::new));
    match tokio::time::timeout(limit, routed).await {
        Ok(Ok(response)) => Ok(response),
        Err(_late) => Ok(routes::text(http::StatusCode::GATEWAY_TIMEOUT, "Gateway Timeout")),
    }
}

/// A body that is there already.
pub(crate) type Ready = Full<Bytes>;

#[cfg(test)]
mod tests;

/// Sockets, which no command may reach: a folder of ours as a whole, of a folder that others use too only the socket.
fn sockets(places: &[Listen], data_dir: &Path) -> Vec<PathBuf> {
    let ours = default_socket(data_dir);
    let hidden = |place: &Listen| match place {
        Listen::Unix(path) if *path == ours => Some(path.parent().map_or_else(|| path.clone(), Path::to_owned)),
        Listen::Unix(path) => Some(path.clone()),
        Listen::Tcp(_) => None,
    };
    places.iter().filter_map(hidden).collect()
}
