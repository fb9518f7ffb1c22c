//! Carrying a plan out: what goes first, then folders, then files and links, then the modes of folders. Each step is whole or not at all, and
//! doing all of it again does what is missing.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Cursor};
use std::path::{Path, PathBuf};

use alcove_store::CheckpointKind as Kind;

use super::Checkpoints;
use super::ground::{Ground, Meta};
use super::plan::{Move, Plan};
use super::undo::{Refused, Undone};

/// What the owner needs to change what a folder holds.
const OPEN: u32 = 0o700;

/// Does what is planned. What fails is told as refused; the rest is done.
pub(super) fn apply(checkpoints: &Checkpoints, plan: &Plan, undone: &mut Undone) {
    let mut work =
        Work { checkpoints, ground: &plan.ground, failed: HashSet::new(), synced: HashSet::new(), opened: BTreeMap::new(), undone };
    let mut moves: Vec<&Move> = plan.moves.iter().collect();
    moves.sort_by(|one, other| one.path.cmp(&other.path));
    let all = || moves.iter().copied();
    all().for_each(|one| work.step(one, Work::open));
    all().rev().for_each(|one| work.step(one, Work::clear));
    all().filter(|one| one.to.kind == Kind::Folder).for_each(|one| work.step(one, Work::make));
    all().for_each(|one| work.step(one, Work::put));
    for path in &plan.prune {
        let empty = plan.ground.names(path).is_ok_and(|names| names.is_empty());
        if empty && plan.ground.remove_folder(path).is_ok_and(|gone| gone) {
            work.touched(path);
        }
    }
    all().rev().filter(|one| one.to.kind == Kind::Folder).for_each(|one| work.step(one, Work::close));
    work.close_opened();
    work.finish(&moves);
}

struct Work<'a> {
    checkpoints: &'a Checkpoints,
    ground: &'a Ground,
    failed: HashSet<PathBuf>,
    /// Folders whose names have changed.
    synced: HashSet<PathBuf>,
    /// Folders that are none of the plan's and were opened for it, with the modes they are to have again.
    opened: BTreeMap<PathBuf, u32>,
    undone: &'a mut Undone,
}

impl Work<'_> {
    fn step(&mut self, one: &Move, work: impl FnOnce(&mut Self, &Move) -> io::Result<()>) {
        if self.failed.contains(&one.path) {
            return;
        }
        if let Err(error) = work(self, one) {
            self.failed.insert(one.path.clone());
            let why = format!("It could not be put back: {error}.");
            let (expected, found) = (one.from.clone(), one.now.side.clone());
            self.undone.refused.push(Refused { path: one.path.clone(), why, expected, found, can_insist: false });
        }
    }

    /// Opens folders that are to change or to go, and those that hold what changes.
    fn open(&mut self, one: &Move) -> io::Result<()> {
        let now = &one.now.side;
        if let Some(above) = one.path.parent().filter(|above| !above.as_os_str().is_empty()) {
            let shut = self.ground.meta(above)?.filter(|meta| meta.kind == Kind::Folder && meta.mode & OPEN != OPEN);
            if let Some(meta) = shut {
                self.ground.set_mode(above, meta.mode | OPEN)?;
                self.opened.insert(above.to_owned(), meta.mode);
            }
        }
        if now.kind != Kind::Folder || now.mode & OPEN == OPEN {
            return Ok(());
        }
        self.ground.set_mode(&one.path, now.mode | OPEN)
    }

    /// Removes what cannot be replaced in its place.
    fn clear(&mut self, one: &Move) -> io::Result<()> {
        let (now, to) = (one.now.side.kind, one.to.kind);
        if now == Kind::Absent || now == to || (now != Kind::Folder && !matches!(to, Kind::Folder | Kind::Absent)) {
            return Ok(());
        }
        if now != Kind::Folder {
            self.unchanged(one)?;
            self.ground.remove_file(&one.path)?;
        } else if !self.ground.remove_folder(&one.path)? {
            self.undone.notes.push(format!("The folder {} stays: there are other files in it.", one.path.display()));
            return Ok(());
        }
        self.touched(&one.path);
        Ok(())
    }

    fn make(&mut self, one: &Move) -> io::Result<()> {
        if one.now.side.kind == Kind::Folder {
            return Ok(());
        }
        self.ground.make_folder(&one.path)?;
        self.touched(&one.path);
        self.ground.set_mode(&one.path, one.to.mode | OPEN)
    }

    fn put(&mut self, one: &Move) -> io::Result<()> {
        match one.to.kind {
            Kind::File => self.put_file(one)?,
            Kind::Link => {
                self.replaceable(one)?;
                self.ground.put_link(&one.path, one.to.target.as_deref().unwrap_or_default())?;
            }
            Kind::Absent | Kind::Folder | Kind::Other => return Ok(()),
        }
        self.touched(&one.path);
        Ok(())
    }

    fn put_file(&mut self, one: &Move) -> io::Result<()> {
        let now = &one.now.side;
        let hash = one.to.hash.as_deref().unwrap_or_default();
        self.replaceable(one)?;
        if now.kind == Kind::File && now.hash.as_deref() == Some(hash) {
            return self.ground.set_mode(&one.path, one.to.mode);
        }
        let content = self.checkpoints.inner.blobs.get(hash)?;
        let content = content.ok_or_else(|| io::Error::other("what it held is not kept any more"))?;
        self.ground.put_file(&one.path, &mut Cursor::new(content), one.to.mode)
    }

    /// Gives folders their modes, at last.
    fn close(&mut self, one: &Move) -> io::Result<()> {
        self.ground.set_mode(&one.path, one.to.mode)
    }

    /// Gives folders that were only opened their modes again; those that have gone need none.
    fn close_opened(&mut self) {
        for (folder, mode) in std::mem::take(&mut self.opened).into_iter().rev() {
            if let Err(error) = self.ground.set_mode(&folder, mode) {
                let there = error.kind() != io::ErrorKind::NotFound;
                self.undone.notes.extend(there.then(|| format!("The folder {} is open to its owner now: {error}.", folder.display())));
            }
        }
    }

    /// Makes the folders a path needs, and sees that it is still what it was when it was looked at.
    fn replaceable(&mut self, one: &Move) -> io::Result<()> {
        if let Some(above) = one.path.parent() {
            self.ground.make_folder(above)?;
        }
        self.unchanged(one)
    }

    /// What was looked at, or nothing where it was cleared away.
    fn unchanged(&self, one: &Move) -> io::Result<()> {
        // When something else about it changed does not matter: replacing another link to the same file changes that.
        let same = |meta: Meta| Meta { touched: 0, ..meta };
        let meta = self.ground.meta(&one.path)?.map(same);
        let cleared = meta.is_none() && one.now.side.kind != one.to.kind;
        if cleared || meta == one.now.meta.map(same) { Ok(()) } else { Err(io::Error::other("it has changed just now")) }
    }

    fn touched(&mut self, path: &Path) {
        self.synced.extend(path.parent().map(Path::to_owned));
    }

    fn finish(self, moves: &[&Move]) {
        for folder in &self.synced {
            // A folder that has gone needs nothing; what matters of another one is told when it is used next.
            let _gone = self.ground.sync(folder);
        }
        moves.iter().filter(|one| !self.failed.contains(&one.path)).for_each(|one| self.undone.add(one));
    }
}
