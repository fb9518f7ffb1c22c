//! Files dropped on the window: the shell checks each of them and carries what may be attached to the gateway, piece by piece; the
//! page is told what became of each. Paths and contents never reach the page, and a page that does not listen gets nothing uploaded.

mod carry;
mod check;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use tauri::DragDropEvent;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::calls::Key;
use crate::engine::Engine;
use crate::shell::Shell;
use crate::watchers::Topic;

use carry::Uploaded;
use check::{Checked, Kind, Problem};

/// Drops that may be on their way at once; they are carried one after the other.
const DROPS_LIMIT: usize = 4;
/// Files of one drop that are looked at; of more only the number is told.
const FILES_LIMIT: usize = 500;

/// What the page is told of a drag.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum Event<'a> {
    Enter { count: usize, kinds: Kinds },
    Leave,
    Progress { name: &'a str, received: u64, total: u64 },
    Drop { items: Vec<Item>, more: usize },
}

/// How many files of each kind, by their names alone.
#[derive(Default, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Kinds {
    image: usize,
    document: usize,
    video: usize,
    other: usize,
}

impl Kinds {
    fn of(paths: &[PathBuf]) -> Self {
        let mut kinds = Self::default();
        for path in paths {
            match check::kind_of(path) {
                Some((Kind::Image, _)) => kinds.image += 1,
                Some((Kind::Document, _)) => kinds.document += 1,
                Some((Kind::Video, _)) => kinds.video += 1,
                None => kinds.other += 1,
            }
        }
        kinds
    }
}

/// What became of one file.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Item {
    Uploaded(Uploaded),
    Refused { name: String, error: Problem, detail: Option<String> },
}

impl Item {
    fn refused(name: String, problem: Problem) -> Self {
        let detail = match &problem {
            Problem::Engine(words) => Some(words.clone()),
            Problem::Missing
            | Problem::Unreadable
            | Problem::Folder
            | Problem::Link
            | Problem::Special
            | Problem::Mime
            | Problem::Empty
            | Problem::Size
            | Problem::TooManyAttachments
            | Problem::TooManyVideos
            | Problem::TotalSize
            | Problem::TooManyUploads
            | Problem::Changed => None,
        };
        Self::Refused { name, error: problem, detail }
    }
}

/// The drops on their way.
pub(crate) struct Drops {
    /// A drop's place in the queue.
    room: Arc<Semaphore>,
    /// Held by the drop that is carried.
    turn: Semaphore,
    /// Cancelled when the page the files were dropped on is gone.
    page: Mutex<CancellationToken>,
}

impl Default for Drops {
    fn default() -> Self {
        Self { room: Arc::new(Semaphore::new(DROPS_LIMIT)), turn: Semaphore::new(1), page: Mutex::default() }
    }
}

impl Drops {
    /// What is on its way is for a page that is gone.
    pub(crate) fn stop(&self) {
        let mut page = self.page.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *page, CancellationToken::new()).cancel();
    }

    fn page(&self) -> CancellationToken {
        self.page.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Something is dragged over the window or dropped on it.
pub(crate) fn seen(shell: &Arc<Shell>, event: &DragDropEvent) {
    if !shell.watchers.listens(Topic::Drop) {
        return;
    }
    // A drag that moves on changes nothing; text that is dragged has no paths and is the page's own business.
    if let DragDropEvent::Enter { paths, .. } = event
        && !paths.is_empty()
    {
        shell.watchers.tell(Topic::Drop, &Event::Enter { count: paths.len(), kinds: Kinds::of(paths) });
    }
    if let DragDropEvent::Leave = event {
        shell.watchers.tell(Topic::Drop, &Event::Leave);
    }
    if let DragDropEvent::Drop { paths, .. } = event
        && !paths.is_empty()
    {
        dropped(shell, paths.clone());
    }
}

fn dropped(shell: &Arc<Shell>, paths: Vec<PathBuf>) {
    let page = shell.drops.page();
    let Ok(place) = shell.drops.room.clone().try_acquire_owned() else {
        let items = paths.iter().take(FILES_LIMIT).map(|path| Item::refused(check::name_of(path), Problem::TooManyUploads)).collect();
        return shell.watchers.tell(Topic::Drop, &Event::Drop { items, more: paths.len().saturating_sub(FILES_LIMIT) });
    };
    let owner = Arc::clone(shell);
    shell.spawn(async move {
        let carried = async {
            // The semaphore is never closed.
            let _turn = owner.drops.turn.acquire().await;
            let tell = |event: &Event<'_>| owner.watchers.tell(Topic::Drop, event);
            take(&owner.engine, paths, &tell).await;
        };
        page.run_until_cancelled(carried).await;
        drop(place);
    });
}

/// Checks the files, carries what may be attached, and tells what became of each, in their order.
async fn take(engine: &Engine, mut paths: Vec<PathBuf>, tell: &(impl Fn(&Event<'_>) + Sync)) {
    let more = paths.len().saturating_sub(FILES_LIMIT);
    paths.truncate(FILES_LIMIT);
    // The disk may be slow or far away.
    let checked = tokio::task::spawn_blocking(move || check::all(&paths)).await.unwrap_or_default();
    let mut key = None;
    let mut items = Vec::with_capacity(checked.len());
    for one in checked {
        items.push(match one {
            Checked::Refused { name, problem } => Item::refused(name, problem),
            Checked::Fit(file) => {
                let name = file.name.clone();
                let progress = |received, total| tell(&Event::Progress { name: &name, received, total });
                match carry::carry(engine, &mut key, file, &progress).await {
                    Ok(uploaded) => Item::Uploaded(uploaded),
                    Err(problem) => Item::refused(name.clone(), problem),
                }
            }
        });
    }
    tell(&Event::Drop { items, more });
}

/// The shell's key, fetched for the first file that needs it.
type KeyPlace = Option<Key>;

#[cfg(test)]
mod tests;
