//! Capturing: before a tool changes files and after it did, and around commands. What is told by the rows is on disk before they are.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use alcove_store::{Change, CheckpointHow as How, CheckpointRow};

use super::ground::Ground;
use super::hand::Hand;
use super::ledger::{Ledger, compare};
use super::scan::{Map, Scan};
use super::{At, Changed, Checkpoints, Fault, bytes, guard};
use crate::clock::now_ms;
use crate::report;

/// Folders with commands that are remembered after their last command ended.
const LEDGERS: usize = 16;

/// Files a tool is about to change. Dropped without [`Touching::after_change`], nothing is told of what became of them.
pub(crate) struct Touching {
    checkpoints: Checkpoints,
    at: At,
    ground: Ground,
    hand: Hand,
    /// Whether there was more than is looked at.
    cut: bool,
}

/// A command that is watched. Dropped without [`Watch::end`], nothing is told of what it changed.
pub(crate) struct Watch {
    checkpoints: Checkpoints,
    at: At,
    ledger: Arc<Mutex<Ledger>>,
    id: u64,
}

/// What a tool or a command changed.
#[derive(Debug)]
pub(crate) struct Ended {
    /// By path.
    pub(crate) changed: Vec<Changed>,
    /// What a person should know besides, a sentence each.
    pub(crate) notes: Vec<String>,
}

impl Checkpoints {
    /// Captures files before a tool changes them: each path, beneath the folder or absolute, with all that is beneath it, where a link at
    /// it leads, and the folders that will have to be made. Paths that may not be touched are left out. Blocks.
    pub(crate) fn before_change(&self, at: &At, paths: &[&Path]) -> Result<Touching, Fault> {
        let failed = Fault::io(&at.folder);
        let _open = guard::shared(&self.inner.gate);
        let ground = self.hold(&at.folder).map_err(failed)?;
        let tops = tops(&ground, paths).map_err(failed)?;
        let before = Scan::new(&ground, self.reader(), &Map::new()).paths(&tops).map_err(failed)?;
        let hand = self.take(ground.path(), tops, before.map);
        Ok(Touching { checkpoints: self.clone(), at: at.clone(), ground, hand, cut: before.cut })
    }

    /// Looks at the folder before a command runs in it. Blocks for as long as it takes to read what changed since it was looked at last.
    pub(crate) fn begin(&self, at: &At) -> Result<Watch, Fault> {
        let failed = Fault::io(&at.folder);
        let open = guard::shared(&self.inner.gate);
        let ground = self.hold(&at.folder).map_err(failed)?;
        let ledger = self.ledger(ground);
        let mut page = guard::lock(&ledger);
        if !page.is_running() {
            // By the name the page has among the others, so that whoever looks for it by that name finds what it holds.
            let again = self.hold_named(&bytes(page.ground.path()));
            page.ground = again.ok_or_else(|| failed(std::io::ErrorKind::NotFound.into()))?;
        }
        let scanned = Scan::new(&page.ground, self.reader(), &page.known).whole().map_err(failed)?;
        let scanned = self.without_hands(page.ground.path(), scanned);
        let id = self.next();
        let told = page.begin(id, at.clone(), scanned);
        drop(page);
        let watch = Watch { checkpoints: self.clone(), at: at.clone(), ledger, id };
        if let Some((at, news)) = told {
            self.keep(&at, &news)?;
        }
        drop(open);
        Ok(watch)
    }

    /// Writes down what was changed. Contents are on disk first.
    pub(super) fn keep(&self, at: &At, changed: &[Changed]) -> Result<(), Fault> {
        if changed.is_empty() {
            return Ok(());
        }
        let hashes: HashSet<&str> =
            changed.iter().flat_map(|one| [&one.before, &one.after]).filter_map(|side| side.hash.as_deref()).collect();
        self.inner.blobs.sync(hashes.into_iter()).map_err(Fault::io(&self.inner.data))?;
        let folder = at.folder.canonicalize().unwrap_or_else(|_| at.folder.clone());
        let row = |one: &Changed| {
            Change::PutCheckpoint(CheckpointRow {
                chat: at.chat.clone(),
                turn: at.turn,
                step: at.step,
                folder: bytes(&folder),
                path: bytes(&one.path),
                before: one.before.clone(),
                after: one.after.clone(),
                how: if at.step > 0 { How::Undo } else { one.how },
                mixed: false,
                kept: true,
                at: now_ms(),
            })
        };
        Ok(self.inner.store.write_wait(changed.iter().map(row).collect())?)
    }

    fn ledger(&self, ground: Ground) -> Arc<Mutex<Ledger>> {
        let mut ledgers = guard::lock(&self.inner.ledgers);
        if ledgers.len() >= LEDGERS {
            ledgers.retain(|_, ledger| Arc::strong_count(ledger) > 1);
        }
        ledgers.entry(ground.path().to_owned()).or_insert_with(|| Arc::new(Mutex::new(Ledger::new(ground)))).clone()
    }
}

impl Touching {
    /// Captures what became of the files; answers what differs. Blocks.
    pub(crate) fn after_change(self) -> Result<Ended, Fault> {
        let checkpoints = self.checkpoints.clone();
        let open = guard::shared(&checkpoints.inner.gate);
        let scan = Scan::new(&self.ground, checkpoints.reader(), &self.hand.before);
        let now = scan.paths(&self.hand.tops).map_err(Fault::io(self.ground.path()))?;
        let changed = compare(&self.hand.before, &now.map);
        self.hand.settle(&now.map)?;
        checkpoints.keep(&self.at, &changed)?;
        drop(open);
        let mut notes = checkpoints.make_room(&self.at);
        if self.cut || now.cut {
            notes.push("There are more files than are looked at: not all of this change can be undone.".to_owned());
        }
        let big = too_big(&changed);
        if big > 0 {
            notes.push(format!("{big} of these files could not be kept, they were too big: that cannot be undone."));
        }
        Ok(Ended { changed, notes })
    }
}

impl Watch {
    /// Looks at the folder after the command ended; answers what differs and is nobody else's change. Blocks.
    pub(crate) fn end(self) -> Result<Ended, Fault> {
        let checkpoints = self.checkpoints.clone();
        let open = guard::shared(&checkpoints.inner.gate);
        let mut page = guard::lock(&self.ledger);
        let failed = Fault::io(page.ground.path());
        let scanned = Scan::new(&page.ground, checkpoints.reader(), &page.known).whole().map_err(failed)?;
        let scanned = checkpoints.without_hands(page.ground.path(), scanned);
        let cut = page.cut || scanned.cut;
        let (news, changed) = page.end(self.id, scanned);
        drop(page);
        checkpoints.keep(&self.at, &news)?;
        drop(open);
        let mut notes = checkpoints.make_room(&self.at);
        if cut {
            notes.push("The folder holds more files than are watched: not everything the command changed can be undone.".to_owned());
        }
        let big = too_big(&changed);
        if big > 0 {
            notes.push(format!("{big} of the files the command changed were too big to be kept: those changes cannot be undone."));
        }
        Ok(Ended { changed, notes })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        guard::lock(&self.ledger).leave(self.id);
    }
}

fn too_big(changed: &[Changed]) -> usize {
    changed.iter().filter(|one| one.is_too_big()).count()
}

/// The uppermost paths that change when these are changed: with the targets of links, and from the first folder that is not there.
fn tops(ground: &Ground, paths: &[&Path]) -> std::io::Result<Vec<PathBuf>> {
    let mut tops: Vec<PathBuf> = Vec::new();
    for path in paths {
        let Some(name) = ground.name(path) else {
            report::event("a path that may not be touched is not kept for undoing");
            continue;
        };
        for name in [ground.led(&name).filter(|led| *led != name), Some(name)].into_iter().flatten() {
            let mut top = name.clone();
            for above in name.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty()) {
                if ground.meta(above)?.is_none() {
                    top = above.to_owned();
                }
            }
            tops.push(top);
        }
    }
    tops.sort();
    tops.dedup();
    let all = tops.clone();
    tops.retain(|top| !all.iter().any(|other| top != other && top.starts_with(other)));
    Ok(tops)
}
