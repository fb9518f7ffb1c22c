//! The only place where the shell starts a program: the desktop's opener for a checked link, and itself once more after a
//! failed paint. Neither ever gets a shell, a command line from outside, or WebKit's private settings.

use std::process::{Command, Stdio};

use tauri::Url;

use crate::graphics::DMABUF_SWITCH;

/// Set in the relaunched process, so that a second failure does not relaunch again.
const RELAUNCHED: &str = "ALCOVE_RELAUNCHED";

/// True in a process that was relaunched after a failed paint.
pub(crate) fn relaunched() -> bool {
    std::env::var_os(RELAUNCHED).is_some()
}

/// Hands a checked address to the desktop and waits for the opener to be gone. Blocks: run it on a blocking thread.
#[expect(clippy::disallowed_methods, reason = "the desktop's opener, one checked URL as its only argument")]
pub(crate) fn open(url: &Url) -> std::io::Result<()> {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let mut command = Command::new(opener);
    command.arg(url.as_str()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    for private in [DMABUF_SWITCH, RELAUNCHED, "TAURI_WEBVIEW_AUTOMATION"] {
        command.env_remove(private);
    }
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(std::io::Error::other(format!("{opener} ended with {status}"))) }
}

/// Replaces this process by a fresh one with the same arguments and DMABUF off; returns only if that failed.
#[cfg(target_os = "linux")]
#[expect(clippy::disallowed_methods, reason = "our own binary with our own arguments, once")]
pub(crate) fn relaunch() -> std::io::Error {
    use std::os::unix::process::CommandExt as _;
    match std::env::current_exe() {
        Ok(binary) => Command::new(binary).args(std::env::args_os().skip(1)).env(RELAUNCHED, "1").env(DMABUF_SWITCH, "1").exec(),
        Err(error) => error,
    }
}

/// Buries what a relaunched process inherited: the page's processes of its former self, which ended with their page and
/// which nobody else waits for. Does nothing in any other process.
#[cfg(target_os = "linux")]
pub(crate) fn bury() {
    use rustix::process::{WaitOptions, wait};
    while relaunched() && matches!(wait(WaitOptions::NOHANG), Ok(Some(_))) {}
}

/// Only Linux relaunches.
#[cfg(not(target_os = "linux"))]
pub(crate) fn bury() {}

/// Only Linux has the renderer this is for.
#[cfg(not(target_os = "linux"))]
pub(crate) fn relaunch() -> std::io::Error {
    std::io::Error::other("not on this system")
}
