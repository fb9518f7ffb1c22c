//! The shell as a whole: what it holds while the window is open, how it starts and how it ends. Engine, window and page
//! start side by side; nothing here waits for a network or for the engine before the window is up.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use alcove_gateway::cli::Common;
use alcove_gateway::{Config, HostAsk, report};
use tauri::{AppHandle, Manager as _, RunEvent, WebviewEvent};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::bridge::Sockets;
use crate::dialog::Dialogs;
use crate::drop::Drops;
use crate::engine::{self, Engine, State};
use crate::heartbeat::Heartbeat;
use crate::remembered::{self, Placement, Remembered, Renderer};
use crate::theme::Choice;
use crate::watchers::Watchers;
use crate::{bridge, drop, graphics, host, page, process, proxy, trace, window};

/// The most threads the engine and the page's requests share.
const WORKERS: usize = 4;
/// How long the engine may take to close its log and its socket when the window is closed.
const STOP_LIMIT: Duration = Duration::from_secs(2);

/// What the gateway may ask of the shell before it waits for an answer.
const ASKS: usize = 4;

/// So often in a row the page's process may end before the page has painted, and the page is still loaded again.
const RETURNS: u32 = 3;

/// Everything the window's handlers share.
pub(crate) struct Shell {
    pub(crate) engine: Engine,
    pub(crate) sockets: Sockets,
    pub(crate) watchers: Watchers,
    pub(crate) dialogs: Dialogs,
    pub(crate) drops: Drops,
    pub(crate) data_dir: PathBuf,
    pub(crate) config_path: PathBuf,
    heartbeat: Heartbeat,
    renderer: Renderer,
    /// Guards the file's content in memory; written at the end and when a renderer failed.
    remembered: Mutex<Remembered>,
    relaunch: AtomicBool,
    /// Page processes that ended since the last paint.
    ended: AtomicU32,
    runtime: Handle,
    /// Owns every task; all of them end with `stop`.
    tasks: TaskTracker,
    stop: CancellationToken,
    /// Cancelled when the window is gone and only the turns that run are waited for.
    closing: CancellationToken,
}

/// Opens the window and runs until it is closed.
pub(crate) fn run(args: &Common) -> ExitCode {
    let data_dir = args.data_dir();
    let remembered = remembered::load(&data_dir);
    let renderer = graphics::settle(remembered.renderer);
    if let Err(why) = display() {
        report::complaint(why);
        return ExitCode::FAILURE;
    }
    // A file dialog brings a thread with it that would run GTK as soon as this thread lets go of it, so it never does.
    #[cfg(target_os = "linux")]
    let gtk = gtk::glib::MainContext::default();
    #[cfg(target_os = "linux")]
    let _held = gtk.acquire();
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => {
            report::complaint(&format!("no threads: {error}"));
            return ExitCode::FAILURE;
        }
    };
    tauri::async_runtime::set(runtime.handle().clone());
    let (asks, asked) = mpsc::channel(ASKS);
    let mut config = Config::window(data_dir.clone(), args.config.clone());
    config.model.clone_from(&args.model);
    config.host = Some(asks);
    let (engine, keeper) = engine::pair(&config);
    let shell = Arc::new(Shell {
        engine,
        sockets: Sockets::default(),
        watchers: Watchers::default(),
        dialogs: Dialogs::default(),
        drops: Drops::default(),
        config_path: config.path().to_owned(),
        data_dir,
        heartbeat: Heartbeat::default(),
        renderer,
        remembered: Mutex::new(remembered),
        relaunch: AtomicBool::new(false),
        ended: AtomicU32::new(0),
        runtime: runtime.handle().clone(),
        tasks: TaskTracker::new(),
        stop: CancellationToken::new(),
        closing: CancellationToken::new(),
    });
    shell.tasks.spawn_on(keeper.keep(config, shell.closing.clone(), shell.stop.clone()), runtime.handle());
    let code = show(&shell, asked);
    shell.end(&runtime);
    runtime.shutdown_background();
    if shell.relaunch.load(Ordering::Relaxed) {
        report::complaint(&format!("could not start again: {}", process::relaunch()));
        return ExitCode::FAILURE;
    }
    code
}

/// GTK without a display would end the process with a panic; this says what to do instead.
fn display() -> Result<(), &'static str> {
    #[cfg(target_os = "linux")]
    if gtk::init().is_err() {
        return Err("there is no display to open a window on; `alcove serve --listen 127.0.0.1:0` serves a browser instead");
    }
    trace::mark("display opened");
    Ok(())
}

fn runtime() -> std::io::Result<Runtime> {
    let workers = std::thread::available_parallelism().map_or(2, usize::from).min(WORKERS);
    Builder::new_multi_thread().worker_threads(workers).thread_name("alcove").enable_all().build()
}

fn show(shell: &Arc<Shell>, asked: mpsc::Receiver<HostAsk>) -> ExitCode {
    let proxied = Arc::clone(shell);
    let opened = Arc::clone(shell);
    let dragged = Arc::clone(shell);
    let commands: Box<dyn Fn(tauri::ipc::Invoke) -> bool + Send + Sync> = Box::new(tauri::generate_handler![
        bridge::open_socket,
        bridge::send_socket,
        bridge::ack_socket,
        bridge::close_socket,
        host::painted,
        host::open_external,
        host::runtime_info,
        host::watch,
        host::restart_engine,
        host::pick_folder,
        host::open_logs,
        host::export_diagnostics,
        host::save_file,
    ]);
    let app = tauri::Builder::default()
        .manage(Arc::clone(shell))
        .invoke_handler(move |invoke| {
            if page::shows_own_page(invoke.message.webview_ref()) {
                return commands(invoke);
            }
            invoke.resolver.reject("only the window's own page may ask");
            true
        })
        .register_asynchronous_uri_scheme_protocol(page::SCHEME, move |_, request, responder| {
            let engine = proxied.engine.clone();
            proxied.spawn(async move { responder.respond(proxy::answer(&engine, request).await) });
        })
        .on_webview_event(move |_, event| {
            if let WebviewEvent::DragDrop(event) = event {
                drop::seen(&dragged, event);
            }
        })
        .setup(move |app| Ok(window::open(app, &opened)?))
        .build(tauri::generate_context!());
    let app = match app {
        Ok(app) => app,
        Err(error) => {
            report::complaint(&format!("the window could not be opened: {error}"));
            return ExitCode::FAILURE;
        }
    };
    trace::mark("shell built");
    let handle = app.handle().clone();
    shell.spawn(host::tell_status(Arc::clone(shell)));
    shell.spawn(host::answer_asks(Arc::clone(shell), handle.clone(), asked));
    shell.spawn(async move {
        told_to_end().await;
        handle.exit(0);
    });
    let code = app.run_return(|_, event| {
        if let RunEvent::Exit = event {
            trace::mark("window closed");
        }
    });
    u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Resolves when the system or a terminal asks the program to end.
#[cfg(unix)]
async fn told_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        return std::future::pending().await;
    };
    // Both arms are cancel-safe: a signal not taken here ends nothing else.
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

#[cfg(not(unix))]
async fn told_to_end() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

impl Shell {
    /// Runs a task that ends with the shell.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        let owned = async move {
            stop.run_until_cancelled_owned(task).await;
        };
        self.tasks.spawn_on(owned, &self.runtime);
    }

    /// Runs a task that watches a child of [`Shell::stop_token`] itself, because it has something to say at its end.
    pub(crate) fn spawn_stopping(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn_on(task, &self.runtime);
    }

    /// Cancelled when the shell ends.
    pub(crate) fn stop_token(&self) -> CancellationToken {
        self.stop.child_token()
    }

    /// What is remembered now.
    pub(crate) fn remembered(&self) -> Remembered {
        self.lock().clone()
    }

    /// The window stands here now.
    pub(crate) fn place(&self, placement: Placement) {
        self.lock().placement = Some(placement);
    }

    /// A page load begins: the page before is gone and with it its sockets; the new one shall paint.
    pub(crate) fn page_begins(self: &Arc<Self>, app: &AppHandle) {
        trace::mark("page begins");
        process::bury();
        self.page_is_gone();
        let shell = Arc::clone(self);
        let app = app.clone();
        let blank = self.heartbeat.begin();
        self.spawn(async move {
            if blank.await {
                shell.stays_blank(&app);
            }
        });
    }

    /// The page has painted, in this theme.
    pub(crate) fn painted(self: &Arc<Self>, app: &AppHandle, theme: Choice) {
        trace::mark("page painted");
        self.heartbeat.painted();
        self.ended.store(0, Ordering::Relaxed);
        window::reveal(app);
        let before = std::mem::replace(&mut self.lock().theme, theme);
        if before != theme {
            let shell = Arc::clone(self);
            self.tasks.spawn_blocking_on(move || shell.save(), &self.runtime);
        }
    }

    /// Whatever served the page that was shown ends.
    fn page_is_gone(&self) {
        self.sockets.close_all();
        self.watchers.clear();
        self.drops.stop();
    }

    fn save(&self) {
        if let Err(error) = remembered::save(&self.data_dir, &self.remembered()) {
            report::complaint(&format!("the window's place was not saved: {error}"));
        }
    }

    /// The page's process has ended: true if the page may be loaded again.
    pub(crate) fn page_may_return(&self) -> bool {
        self.page_is_gone();
        self.ended.fetch_add(1, Ordering::Relaxed) < RETURNS
    }

    /// Nothing was painted in time. With DMABUF on, a seen window and an engine that serves, WebKit's renderer is to blame:
    /// it is switched off for good and the shell starts again, once.
    fn stays_blank(&self, app: &AppHandle) {
        let seen = app
            .get_window(page::LABEL)
            .is_some_and(|window| window.is_visible().unwrap_or(false) && !window.is_minimized().unwrap_or(true));
        let to_blame = self.renderer == Renderer::Dmabuf && !process::relaunched() && seen;
        if !to_blame || !matches!(self.engine.state(), State::Ready(_)) {
            report::complaint("the page has not painted yet");
            window::reveal(app);
            return;
        }
        report::complaint("the page did not paint; starting again without WebKit's DMABUF renderer");
        self.lock().renderer = Renderer::SharedMemory;
        self.relaunch.store(true, Ordering::Relaxed);
        app.exit(0);
    }

    /// The person closed the window. It is hidden at once; turns belong to the engine, so those that run are answered before the end.
    pub(crate) fn close(&self, app: &AppHandle) {
        self.closing.cancel();
        let (engine, app) = (self.engine.clone(), app.clone());
        self.spawn(async move {
            engine.stopped().await;
            app.exit(0);
        });
    }

    fn end(&self, runtime: &Runtime) {
        self.save();
        self.stop.cancel();
        self.tasks.close();
        let stopped = runtime.block_on(async { tokio::time::timeout(STOP_LIMIT, self.tasks.wait()).await });
        if stopped.is_err() {
            report::complaint("the engine did not stop in time");
        }
        trace::mark("engine stopped");
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Remembered> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
