//! The one window: shown at once with the skeleton, then given its webview. Navigation, new windows, downloads and
//! permissions but the microphone's are denied here, in Rust, whatever the page's policy says.

use std::sync::Arc;

use alcove_gateway::report;
use tauri::webview::{DownloadEvent, NewWindowResponse, PageLoadEvent, PermissionKind, PermissionResponse, WebviewBuilder};
use tauri::window::{Color, WindowBuilder};
use tauri::{App, AppHandle, LogicalPosition, LogicalSize, Manager as _, Webview, WebviewUrl, Window, WindowEvent};

use crate::page::{self, LABEL};
use crate::remembered::Placement;
use crate::shell::Shell;
use crate::theme::{self, Rgb};
use crate::{bridge, skeleton, trace};

const USUAL_SIZE: (f64, f64) = (1120.0, 760.0);
const SMALLEST_SIZE: (f64, f64) = (400.0, 420.0);
/// So much of a remembered window must lie on a screen for its position to be used.
const VISIBLE: f64 = 80.0;

/// Opens the window; its page follows when the window is drawn.
pub(crate) fn open(app: &App, shell: &Arc<Shell>) -> tauri::Result<()> {
    trace::mark("event loop runs");
    let remembered = shell.remembered();
    let mut builder = WindowBuilder::new(app, LABEL)
        .title("Alcove")
        .min_inner_size(SMALLEST_SIZE.0, SMALLEST_SIZE.1)
        .theme(remembered.theme.forced())
        .prevent_overflow();
    let (width, height) = remembered.placement.map_or(USUAL_SIZE, |placement| (placement.width, placement.height));
    builder = builder.inner_size(width, height);
    builder = match remembered.placement.and_then(|placement| placement.position).filter(|place| on_a_screen(app, *place, width)) {
        Some((x, y)) => builder.position(x, y),
        None => builder.center(),
    };
    if remembered.placement.is_some_and(|placement| placement.maximized) {
        builder = builder.maximized(true);
    }
    let window = builder.build()?;
    trace::mark("window built");
    let resolved = remembered.theme.forced().or_else(|| window.theme().ok()).unwrap_or(tauri::Theme::Light);
    let palette = theme::palette(resolved);
    window.set_background_color(Some(opaque(palette.bg)))?;
    remember_placement(&window, shell);
    let shell = Arc::clone(shell);
    let page_window = window.clone();
    skeleton::draw(window.default_vbox()?, palette, move || {
        if let Err(error) = add_page(&page_window, &shell, palette.bg) {
            report::complaint(&format!("the page could not be created: {error}"));
            page_window.app_handle().exit(1);
        }
    });
    Ok(())
}

/// There is a page to see: the skeleton is drawn no more.
pub(crate) fn reveal(app: &AppHandle) {
    let _ = app.run_on_main_thread(skeleton::remove);
}

fn opaque([red, green, blue]: Rgb) -> Color {
    Color(red, green, blue, u8::MAX)
}

fn on_a_screen(app: &App, (x, y): (f64, f64), width: f64) -> bool {
    let Ok(monitors) = app.available_monitors() else { return false };
    monitors.iter().any(|monitor| {
        let scale = monitor.scale_factor();
        let place: LogicalPosition<f64> = monitor.position().to_logical(scale);
        let size: LogicalSize<f64> = monitor.size().to_logical(scale);
        let across = (x + width).min(place.x + size.width) - x.max(place.x);
        across >= VISIBLE && y >= place.y && y <= place.y + size.height - VISIBLE
    })
}

fn add_page(window: &Window, shell: &Arc<Shell>, background: Rgb) -> tauri::Result<()> {
    let loading = Arc::clone(shell);
    let builder = WebviewBuilder::new(LABEL, WebviewUrl::CustomProtocol(page::address()))
        .initialization_script(bridge::SCRIPT)
        .data_directory(shell.data_dir.join("webview"))
        .background_color(opaque(background))
        .auto_resize()
        .devtools(cfg!(debug_assertions))
        .on_navigation(page::is_own)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, event| !matches!(event, DownloadEvent::Requested { .. }))
        .on_permission_request(|webview, kind| permission(&webview, kind))
        .on_page_load(move |webview, load| match load.event() {
            PageLoadEvent::Started => loading.page_begins(webview.app_handle()),
            PageLoadEvent::Finished => trace::mark("page loaded"),
        });
    let size = window.inner_size()?;
    let webview = window.add_child(builder, LogicalPosition::new(0.0, 0.0), size)?;
    trace::mark("webview created");
    revive(&webview, shell)
}

/// Our own page may hear the person dictate; nothing else is ever allowed.
fn permission(webview: &Webview, kind: PermissionKind) -> PermissionResponse {
    let allowed = matches!(kind, PermissionKind::Microphone) && page::shows_own_page(webview);
    if allowed { PermissionResponse::Allow } else { PermissionResponse::Deny }
}

/// WebKit's page process may crash or be killed for memory; the page comes back by itself, unless it does so again and again.
#[cfg(target_os = "linux")]
fn revive(webview: &Webview, shell: &Arc<Shell>) -> tauri::Result<()> {
    use webkit2gtk::WebViewExt as _;
    let shell = Arc::clone(shell);
    webview.with_webview(move |webview| {
        webview.inner().connect_web_process_terminated(move |webview, reason| {
            report::complaint(&format!("the page's process ended: {reason:?}"));
            if shell.page_may_return() {
                webview.load_uri(page::address().as_str());
            }
        });
    })
}

/// Other systems' webviews do this themselves.
#[cfg(not(target_os = "linux"))]
fn revive(_: &Webview, _: &Arc<Shell>) -> tauri::Result<()> {
    Ok(())
}

fn remember_placement(window: &Window, shell: &Arc<Shell>) {
    let shell = Arc::clone(shell);
    let seen = window.clone();
    window.on_window_event(move |event| {
        let moved = matches!(event, WindowEvent::Moved(_) | WindowEvent::Resized(_) | WindowEvent::CloseRequested { .. });
        if moved && let Some(placement) = placement(&seen, shell.remembered().placement) {
            shell.place(placement);
        }
        if let WindowEvent::CloseRequested { api, .. } = event
            && seen.hide().is_ok()
        {
            api.prevent_close();
            shell.close(seen.app_handle());
        }
    });
}

/// Where the window stands now. A maximized one keeps the size it would go back to.
fn placement(window: &Window, before: Option<Placement>) -> Option<Placement> {
    if window.is_minimized().unwrap_or(false) || window.is_fullscreen().unwrap_or(false) {
        return before;
    }
    if window.is_maximized().unwrap_or(false) {
        let (width, height) = USUAL_SIZE;
        let usual = Placement { width, height, position: None, maximized: true };
        return Some(before.map_or(usual, |before| Placement { maximized: true, ..before }));
    }
    let scale = window.scale_factor().ok()?;
    let size: LogicalSize<f64> = window.inner_size().ok()?.to_logical(scale);
    let position = window.outer_position().ok().map(|place| place.to_logical::<f64>(scale));
    Some(Placement { width: size.width, height: size.height, position: position.map(|place| (place.x, place.y)), maximized: false })
}
