//! The system's file dialogs: a folder to work in, a place to save to. One at a time; none is opened unless the person's own page
//! or the gateway asked, and nothing is read or written here.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use rfd::{AsyncFileDialog, FileHandle};
use tauri::{AppHandle, Manager as _};
use tokio::sync::oneshot;

use crate::page;

/// The dialogs of the window.
#[derive(Default)]
pub(crate) struct Dialogs {
    /// Whether one is open.
    open: AtomicBool,
    /// The folder that something was saved in last.
    saved_in: Mutex<Option<PathBuf>>,
}

/// Why no dialog was shown.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    AlreadyOpen,
    /// The window is gone.
    Gone,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::AlreadyOpen => "a dialog is open already",
            Self::Gone => "there is no window any more",
        })
    }
}

/// Which dialog.
pub(crate) enum Ask {
    Folder,
    /// A file to write, under this name unless the person chooses another.
    Save(String),
}

/// A dialog's place is free again, however the dialog ended.
struct Open<'a>(&'a AtomicBool);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Dialogs {
    /// Shows a dialog; answers what was chosen, `None` if it was closed.
    pub(crate) async fn show(&self, app: &AppHandle, ask: Ask) -> Result<Option<PathBuf>, Refusal> {
        let _open = self.enter()?;
        let saves = matches!(ask, Ask::Save(_));
        let folder = self.begin_in(app, saves);
        let (chosen, choice) = oneshot::channel();
        // The systems ask for their dialogs to be made on the thread of the windows.
        let window = app.get_window(page::LABEL);
        let asked = app.run_on_main_thread(move || {
            let future = begin(ask, folder);
            if let Some(window) = window {
                adopt(window);
            }
            let _gone = chosen.send(future);
        });
        asked.map_err(|_| Refusal::Gone)?;
        let chosen = choice.await.map_err(|_| Refusal::Gone)?.await.map(|file| file.path().to_owned());
        if let (true, Some(place)) = (saves, &chosen) {
            *self.saved_in.lock().unwrap_or_else(PoisonError::into_inner) = place.parent().map(Path::to_owned);
        }
        Ok(chosen)
    }

    /// Where a person begins to look: never where the program happens to run.
    fn begin_in(&self, app: &AppHandle, saves: bool) -> Option<PathBuf> {
        let last = self.saved_in.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (paths, is_there) = (app.path(), |folder: &PathBuf| folder.is_dir());
        let for_files = || {
            last.filter(is_there)
                .or_else(|| paths.download_dir().ok().filter(is_there))
                .or_else(|| paths.document_dir().ok().filter(is_there))
        };
        let folder = if saves { for_files() } else { None };
        folder.or_else(|| paths.home_dir().ok())
    }

    fn enter(&self) -> Result<Open<'_>, Refusal> {
        match self.open.compare_exchange(false, true, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => Ok(Open(&self.open)),
            Err(_) => Err(Refusal::AlreadyOpen),
        }
    }
}

type Choice = std::pin::Pin<Box<dyn Future<Output = Option<FileHandle>> + Send>>;

fn begin(ask: Ask, folder: Option<PathBuf>) -> Choice {
    let mut dialog = AsyncFileDialog::new();
    if let Some(folder) = folder {
        dialog = dialog.set_directory(folder);
    }
    match ask {
        Ask::Folder => Box::pin(dialog.set_title("Choose a folder").pick_folder()),
        Ask::Save(name) => Box::pin(dialog.set_title("Save").set_file_name(name).save_file()),
    }
}

/// Puts the dialog in front of its window and keeps it there: with GTK, rfd leaves it on its own. Call on GTK's thread after the
/// dialog was asked for; it is made when GTK is idle, and this follows it.
#[cfg(target_os = "linux")]
fn adopt(window: tauri::Window) {
    use gtk::prelude::{Cast as _, GtkWindowExt as _};
    gtk::glib::idle_add_local_once(move || {
        let Ok(parent) = window.gtk_window() else { return };
        let windows = gtk::Window::list_toplevels().into_iter();
        for dialog in windows.filter_map(|window| window.downcast::<gtk::FileChooserDialog>().ok()) {
            dialog.set_transient_for(Some(&parent));
            dialog.set_modal(true);
        }
    });
}

/// Elsewhere the system does this itself.
#[cfg(not(target_os = "linux"))]
fn adopt(_: tauri::Window) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_dialog_at_a_time() {
        let dialogs = Dialogs::default();
        let first = dialogs.enter();
        assert!(first.is_ok());
        assert_eq!(dialogs.enter().err(), Some(Refusal::AlreadyOpen));
        drop(first);
        assert!(dialogs.enter().is_ok());
    }
}
