//! What is known of a folder while commands run in it, so that every change is told once: to the tool that made it, else to a command.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use alcove_store::{CheckpointHow as How, CheckpointKind as Kind};

use super::ground::{Ground, absent};
use super::scan::{Map, Scanned, beneath_any};
use super::{At, Changed};

/// A folder with commands that run in it.
pub(super) struct Ledger {
    pub(super) ground: Ground,
    /// What was there when it was looked at last.
    pub(super) known: Map,
    /// What is not looked at.
    left: HashSet<PathBuf>,
    /// Whether there was more than is looked at, so that what is not known need not be new.
    pub(super) cut: bool,
    /// The commands, the newest last.
    running: Vec<Running>,
}

struct Running {
    id: u64,
    at: At,
    /// What was told to it already.
    changed: Vec<Changed>,
}

impl Ledger {
    pub(super) fn new(ground: Ground) -> Self {
        Self { ground, known: Map::new(), left: HashSet::new(), cut: false, running: Vec::new() }
    }

    /// Whether a command runs.
    pub(super) fn is_running(&self) -> bool {
        !self.running.is_empty()
    }

    /// A command begins, in a folder that was just looked at; answers the rows that makes for those that run already.
    pub(super) fn begin(&mut self, id: u64, at: At, scanned: Scanned) -> Option<(At, Vec<Changed>)> {
        let told = if self.is_running() {
            self.tell_newest(None, scanned)
        } else {
            (self.known, self.left, self.cut) = (scanned.map, scanned.left, scanned.cut);
            None
        };
        self.running.push(Running { id, at, changed: Vec::new() });
        told
    }

    /// A command ends, in a folder that was just looked at; answers what it changed since it was told last, and all it changed.
    pub(super) fn end(&mut self, id: u64, scanned: Scanned) -> (Vec<Changed>, Vec<Changed>) {
        let news = self.news(None, scanned);
        let mut all = self.leave(id);
        all.extend(news.iter().cloned());
        (news, merged(all))
    }

    /// A command is not watched any more.
    pub(super) fn leave(&mut self, id: u64) -> Vec<Changed> {
        let at = self.running.iter().position(|running| running.id == id);
        let changed = at.map(|at| self.running.remove(at).changed).unwrap_or_default();
        if !self.is_running() {
            (self.known, self.left, self.cut) = (Map::new(), HashSet::new(), false);
        }
        changed
    }

    /// Somebody else has changed these paths from what they were to what they are; answers what a command had made of them before that.
    pub(super) fn settle(&mut self, tops: &[PathBuf], before: Map, now: Map) -> Option<(At, Vec<Changed>)> {
        if !self.is_running() {
            return None;
        }
        let told = self.tell_newest(Some(tops), Scanned { map: before, ..Scanned::default() });
        self.known.retain(|path, _| !tops.iter().any(|top| path.starts_with(top)));
        self.known.extend(now.into_iter().filter(|(_, seen)| seen.side.kind != Kind::Absent));
        told
    }

    fn tell_newest(&mut self, tops: Option<&[PathBuf]>, scanned: Scanned) -> Option<(At, Vec<Changed>)> {
        let news = self.news(tops, scanned);
        let newest = self.running.last_mut().filter(|_| !news.is_empty())?;
        newest.changed.extend(news.iter().cloned());
        Some((newest.at.clone(), news))
    }

    /// What is not as it was known; from now on it is known. Beneath `tops` only, if given.
    fn news(&mut self, tops: Option<&[PathBuf]>, mut scanned: Scanned) -> Vec<Changed> {
        let concerned = |path: &Path| tops.is_none_or(|tops| tops.iter().any(|top| path.starts_with(top)));
        let mut news = Vec::new();
        for (path, seen) in &mut self.known {
            if !concerned(path) {
                continue;
            }
            let now = scanned.map.remove(path);
            let (after, meta) = now.map_or_else(|| (absent(), None), |now| (now.side, now.meta));
            if seen.side != after {
                news.push(Changed { path: path.clone(), before: seen.side.clone(), after: after.clone(), how: How::Command });
            }
            (seen.side, seen.meta) = (after, meta);
        }
        self.known.retain(|_, seen| seen.side.kind != Kind::Absent);
        for (path, seen) in scanned.map {
            if seen.side.kind == Kind::Absent {
                continue;
            }
            if !self.cut && !beneath_any(&path, &self.left) {
                news.push(Changed { path: path.clone(), before: absent(), after: seen.side.clone(), how: How::Command });
            }
            self.known.insert(path, seen);
        }
        self.left.extend(scanned.left);
        self.cut |= scanned.cut;
        news.sort_by(|one, other| one.path.cmp(&other.path));
        news
    }
}

/// What the second map has that the first has not, and the reverse, by path.
pub(super) fn compare(before: &Map, after: &Map) -> Vec<Changed> {
    let paths: std::collections::BTreeSet<&PathBuf> = before.keys().chain(after.keys()).collect();
    let side = |map: &Map, path: &PathBuf| map.get(path).map_or_else(absent, |seen| seen.side.clone());
    let changed = |path: &PathBuf| Changed { path: path.clone(), before: side(before, path), after: side(after, path), how: How::Tool };
    paths.into_iter().map(changed).filter(|changed| changed.before != changed.after).collect()
}

/// The first before and the last after of each path.
fn merged(all: Vec<Changed>) -> Vec<Changed> {
    let mut merged: HashMap<PathBuf, Changed> = HashMap::new();
    for one in all {
        let first = merged.get(&one.path).map_or_else(|| one.before.clone(), |first| first.before.clone());
        merged.insert(one.path.clone(), Changed { before: first, ..one });
    }
    let mut merged: Vec<Changed> = merged.into_values().filter(|one| one.before != one.after).collect();
    merged.sort_by(|one, other| one.path.cmp(&other.path));
    merged
}
