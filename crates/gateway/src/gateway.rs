//! The gateway: binds, accepts, serves each connection, and ends when told.

use std::sync::Arc;
use std::time::{Duration, Instant};

use alcove_engine::{Engine, report};
use alcove_proto::http::Surface;
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

use crate::config::{Config, Endpoint};
use crate::error::Error;
use crate::listen::{self, Listener, Place};
use crate::socket::Socket;
use crate::token::{LaunchSecret, Tokens};
use crate::{envelope, gate, http as routes};

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
    /// Opens bootstrap on a loopback port; over the Unix socket the peer's uid does.
    pub(crate) secret: Option<LaunchSecret>,
    pub(crate) endpoint: Endpoint,
    pub(crate) surface: Surface,
    pub(crate) tasks: TaskTracker,
    pub(crate) cancel: CancellationToken,
}

/// A running gateway.
pub struct Gateway {
    context: Arc<Context>,
    place: Option<Place>,
}

/// Starts the engine and listens.
pub async fn start(config: Config) -> Result<Gateway, Error> {
    let lock = listen::lock(&config.data_dir, &config.listen)?;
    let engine_config = alcove_engine::Config { model: config.model.clone(), ..alcove_engine::Config::new(config.data_dir.clone()) };
    let engine = tokio::task::spawn_blocking(|| Engine::start(engine_config)).await;
    let engine = engine.map_err(|_| Error::Engine(alcove_engine::Error::Closing))?.map_err(Error::Engine)?;
    let (listener, place) = listen::bind(&config.listen, lock).await?;
    let context = Arc::new(Context {
        engine,
        tokens: Tokens::default(),
        secret: match &place.endpoint {
            Endpoint::Unix(_) => None,
            Endpoint::Tcp(_) => Some(LaunchSecret::new()),
        },
        endpoint: place.endpoint.clone(),
        surface: config.surface,
        tasks: TaskTracker::new(),
        cancel: CancellationToken::new(),
    });
    let accepting = context.clone();
    context.tasks.spawn(accept(listener, accepting));
    Ok(Gateway { context, place: Some(place) })
}

impl Gateway {
    /// Where it listens.
    pub fn endpoint(&self) -> &Endpoint {
        &self.context.endpoint
    }

    /// The address that opens it in a browser, its secret in the fragment; only of a loopback port.
    pub fn launch_address(&self) -> Option<String> {
        match (&self.context.endpoint, &self.context.secret) {
            (Endpoint::Tcp(address), Some(secret)) => Some(format!("http://{address}/#/?bootstrapSecret={}", secret.text())),
            (Endpoint::Tcp(_) | Endpoint::Unix(_), _) => None,
        }
    }

    /// Resolves when the gateway has been told to end.
    pub async fn wait_closed(&self) {
        self.context.cancel.cancelled().await;
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

async fn accept(listener: Listener, context: Arc<Context>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let router = routes::router(context.clone());
    loop {
        let accepted = tokio::select! {
            () = context.cancel.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok(Some(socket)) => {
                // Dropping the socket closes it.
                let Ok(permit) = room.clone().try_acquire_owned() else { continue };
                let (context, router) = (context.clone(), router.clone());
                let tasks = context.tasks.clone();
                tasks.spawn(async move {
                    serve(socket, context, router).await;
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

async fn serve(socket: Socket, context: Arc<Context>, router: Router) {
    let cancel = context.cancel.clone();
    let service = service_fn(move |request| answer(request, context.clone(), router.clone()));
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
    request: Request<Incoming>,
    context: Arc<Context>,
    router: Router,
) -> Result<Response<axum::body::Body>, std::convert::Infallible> {
    if let Err(refusal) = gate::check(&request, &context.endpoint) {
        return Ok(routes::text(refusal.status, refusal.words));
    }
    if envelope::is_upgrade(request.headers()) {
        return Ok(envelope::upgrade(request, &context, Instant::now()).map(axum::body::Body::new));
    }
    let limit = routes::limit(&request, REQUEST_LIMIT);
    let routed = router.oneshot(request.map(axum::body::Body::new));
    match tokio::time::timeout(limit, routed).await {
        Ok(Ok(response)) => Ok(response),
        Err(_late) => Ok(routes::text(http::StatusCode::GATEWAY_TIMEOUT, "Gateway Timeout")),
    }
}

/// A body that is there already.
pub(crate) type Ready = Full<Bytes>;
