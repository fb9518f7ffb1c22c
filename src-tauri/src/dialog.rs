//! The system's file dialogs: a folder to work in, a place to save to. One at a time; none is opened unless the person's own page
//! or the gateway asked, and nothing is read or written here.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use rfd::{AsyncFileDialog, FileHandle};
use tauri::AppHandle;
use tokio::sync::oneshot;

/// Whether a dialog is open.
#[derive(Default)]
pub(crate) struct Dialogs {
    open: AtomicBool,
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
        let (chosen, choice) = oneshot::channel();
        // The systems ask for their dialogs to be made on the thread of the windows.
        let asked = app.run_on_main_thread(move || {
            let future = begin(ask);
            let _gone = chosen.send(future);
        });
        asked.map_err(|_| Refusal::Gone)?;
        let chosen = choice.await.map_err(|_| Refusal::Gone)?.await;
        Ok(chosen.map(|file| file.path().to_owned()))
    }

    fn enter(&self) -> Result<Open<'_>, Refusal> {
        match self.open.compare_exchange(false, true, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => Ok(Open(&self.open)),
            Err(_) => Err(Refusal::AlreadyOpen),
        }
    }
}

type Choice = std::pin::Pin<Box<dyn Future<Output = Option<FileHandle>> + Send>>;

fn begin(ask: Ask) -> Choice {
    let dialog = AsyncFileDialog::new();
    match ask {
        Ask::Folder => Box::pin(dialog.set_title("Choose a folder").pick_folder()),
        Ask::Save(name) => Box::pin(dialog.set_title("Save").set_file_name(name).save_file()),
    }
}

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
