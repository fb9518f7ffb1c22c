//! Changes by a known hand, a tool's or an undo's: what is watched while they happen sees those paths as they were before, and is told
//! afterwards what they are, so that no change has two makers.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use super::ledger::Ledger;
use super::scan::{Map, Scanned};
use super::{At, Changed, Checkpoints, Fault, guard};

/// Paths that are changed by a known hand until it is dropped.
pub(super) struct Hand {
    checkpoints: Checkpoints,
    held: Arc<Held>,
}

/// What a hand holds.
pub(super) struct Held {
    root: PathBuf,
    /// What is changed, with all beneath, from the root.
    pub(super) tops: Vec<PathBuf>,
    /// What was there, from the root.
    pub(super) before: Map,
}

impl Held {
    /// The contents it may still need.
    pub(super) fn hashes(&self) -> impl Iterator<Item = String> {
        self.before.values().filter_map(|seen| seen.side.hash.clone())
    }

    /// What the paths are called from a folder, as far as they lie beneath it.
    fn tops(&self, folder: &Path) -> Vec<PathBuf> {
        self.tops.iter().filter_map(|top| self.name(folder, top)).collect()
    }

    fn map(&self, folder: &Path, map: &Map) -> Map {
        map.iter().filter_map(|(path, seen)| Some((self.name(folder, path)?, seen.clone()))).collect()
    }

    fn name(&self, folder: &Path, path: &Path) -> Option<PathBuf> {
        let whole = self.root.join(path);
        let name = whole.strip_prefix(folder).ok()?;
        (!name.as_os_str().is_empty()).then(|| name.to_owned())
    }
}

impl std::ops::Deref for Hand {
    type Target = Held;

    fn deref(&self) -> &Held {
        &self.held
    }
}

impl Checkpoints {
    /// Takes paths of a folder in hand, which were just looked at.
    pub(super) fn take(&self, root: &Path, tops: Vec<PathBuf>, before: Map) -> Hand {
        let held = Arc::new(Held { root: root.to_owned(), tops, before });
        guard::lock(&self.inner.hands).push(held.clone());
        Hand { checkpoints: self.clone(), held }
    }

    /// What was seen in a folder, with what is in somebody's hand as it was before.
    pub(super) fn without_hands(&self, folder: &Path, mut scanned: Scanned) -> Scanned {
        for held in guard::lock(&self.inner.hands).iter() {
            let tops = held.tops(folder);
            scanned.map.retain(|path, _| !tops.iter().any(|top| path.starts_with(top)));
            scanned.map.extend(held.map(folder, &held.before));
        }
        scanned
    }

    /// Tells those who watch commands what a hand has made of its paths.
    fn settle(&self, held: &Arc<Held>, now: &Map) -> Result<(), Fault> {
        let mut ledgers = self.concerned(held);
        let told = loop {
            // In this order everywhere: each ledger by its path, all ledgers, the hands. Nobody who holds all waits for one.
            let pages: Vec<MutexGuard<'_, Ledger>> = ledgers.values().map(|ledger| guard::lock(ledger)).collect();
            let all = guard::lock(&self.inner.ledgers);
            let newer = concerned(&all, held);
            if newer.iter().all(|(path, ledger)| ledgers.get(path).is_some_and(|known| Arc::ptr_eq(known, ledger))) {
                // Nobody who looks at one of these folders can come in between.
                let told = tell(pages, held, now);
                self.let_loose(held);
                break told;
            }
            // A command has begun in one more of the folders meanwhile.
            drop(all);
            drop(pages);
            ledgers = newer;
        };
        told.into_iter().try_for_each(|(at, news)| self.keep(&at, &news))
    }

    fn concerned(&self, held: &Held) -> BTreeMap<PathBuf, Arc<Mutex<Ledger>>> {
        concerned(&guard::lock(&self.inner.ledgers), held)
    }

    /// Whether a path of a folder, or one above or beneath it, is in somebody's hand.
    pub(super) fn in_hand(&self, folder: &Path, path: &Path) -> bool {
        let touches = |held: &Arc<Held>| held.tops(folder).iter().any(|top| path.starts_with(top) || top.starts_with(path));
        guard::lock(&self.inner.hands).iter().any(touches)
    }

    /// Whether a command is watched anywhere.
    pub(super) fn is_watching(&self) -> bool {
        let ledgers: Vec<_> = guard::lock(&self.inner.ledgers).values().cloned().collect();
        ledgers.iter().any(|ledger| guard::lock(ledger).is_running())
    }

    fn let_loose(&self, held: &Arc<Held>) {
        guard::lock(&self.inner.hands).retain(|other| !Arc::ptr_eq(other, held));
    }
}

/// The folders with commands in which something is that is held.
fn concerned(all: &HashMap<PathBuf, Arc<Mutex<Ledger>>>, held: &Held) -> BTreeMap<PathBuf, Arc<Mutex<Ledger>>> {
    let those = all.iter().filter(|(folder, _)| !held.tops(folder).is_empty());
    those.map(|(folder, ledger)| (folder.clone(), ledger.clone())).collect()
}

fn tell(pages: Vec<MutexGuard<'_, Ledger>>, held: &Held, now: &Map) -> Vec<(At, Vec<Changed>)> {
    let told = pages.into_iter().filter_map(|mut page| {
        let folder = page.ground.path().to_owned();
        page.settle(&held.tops(&folder), held.map(&folder, &held.before), held.map(&folder, now))
    });
    told.collect()
}

impl Hand {
    /// Tells those who watch commands what it has made of its paths; it holds nothing any more.
    pub(super) fn settle(&self, now: &Map) -> Result<(), Fault> {
        self.checkpoints.settle(&self.held, now)
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        self.checkpoints.let_loose(&self.held);
    }
}
