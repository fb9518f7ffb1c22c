//! Undoing and doing again: what a person asks for and what came of it. Everything is looked at before anything is changed.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use alcove_store::{CheckpointHow as How, CheckpointRow, CheckpointSide as Side};

use super::apply::apply;
use super::ground::absent;
use super::plan::{Move, Plan, Turn, is_folder, path};
use super::scan::{Map, Scan};
use super::{At, Changed, Checkpoints, Fault, guard};

/// In which direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Way {
    /// Back to what was before.
    #[default]
    Revert,
    /// Forth again to what the turn had made.
    Redo,
}

/// How much of a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// All of it.
    Whole,
    /// One path, beneath the folder; with what is beneath it where a folder came or went.
    File(PathBuf),
    /// One hunk of a file's change, counted from 0.
    Hunk(PathBuf, usize),
}

/// What becomes of what changed since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Insist {
    /// It stays, and is told.
    No,
    /// It is captured, as a step of the turn that can be undone itself, and overwritten.
    Overwrite,
}

/// What a person asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    /// The chat's id.
    pub(crate) chat: String,
    /// The ordinal of the turn.
    pub(crate) turn: u64,
    /// 0 for what the turn did, else a step of its undoing.
    pub(crate) step: u64,
    /// How much.
    pub(crate) what: What,
    /// In which direction.
    pub(crate) way: Way,
    /// What becomes of what changed since.
    pub(crate) insist: Insist,
}

/// A path that was left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// Beneath the folder.
    pub(crate) path: PathBuf,
    /// A sentence.
    pub(crate) why: String,
    /// What had to be there.
    pub(crate) expected: Side,
    /// What is there.
    pub(crate) found: Side,
    /// Whether [`Insist::Overwrite`] would do it.
    pub(crate) can_insist: bool,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Undone {
    /// What is as asked for now, by path, but for folders; some may have been before.
    pub(crate) done: Vec<PathBuf>,
    /// The folders that are.
    pub(crate) folders: Vec<PathBuf>,
    /// What is not.
    pub(crate) refused: Vec<Refused>,
    /// What a person should know besides, a sentence each.
    pub(crate) notes: Vec<String>,
    /// The step that undoes what was overwritten.
    pub(crate) step: Option<u64>,
    /// Where the turn went by it. Undoing what was overwritten while a turn was undone brings the turn forth again.
    pub(crate) way: Way,
    /// Where it is one hunk of a file: whether others of that file stand the other way now.
    pub(crate) partly: Option<bool>,
}

impl Undone {
    pub(super) fn add(&mut self, one: &Move) {
        let list = if is_folder([&one.from, &one.to]) { &mut self.folders } else { &mut self.done };
        list.push(one.path.clone());
        self.partly = self.partly.or(one.partly);
    }

    /// What a person is told of, as in [`named`].
    pub(crate) fn told(&self) -> Vec<String> {
        named(self.done.iter().map(PathBuf::as_path), self.folders.iter().map(PathBuf::as_path))
    }
}

impl Checkpoints {
    /// Undoes what a turn did, or does it again; nothing, when a part of it is refused. What was never kept is no such part of a whole turn:
    /// it is told as refused, and the rest is done. The same again changes nothing, and finishes what a crash left half done.
    pub(crate) fn undo(&self, ask: &Ask) -> Result<Undone, Fault> {
        // Nobody captures anything meanwhile.
        let _alone = guard::alone(&self.inner.gate);
        let all = self.inner.store.read(|reader| reader.turn_checkpoints(&ask.chat, ask.turn))?;
        let way = turn_way(&all, ask);
        let rows = all.into_iter().filter(|row| row.step == ask.step);
        let mut folders: BTreeMap<Vec<u8>, Vec<CheckpointRow>> = BTreeMap::new();
        for row in rows {
            folders.entry(row.folder.clone()).or_default().push(row);
        }
        let mut plans = Vec::new();
        let mut undone = Undone { way, ..Undone::default() };
        for (folder, rows) in folders {
            match self.hold_named(&folder) {
                Some(ground) => plans.push(Plan::make(self, ground, Turn { rows: &rows, ask })?),
                None => undone.refused.extend(rows.iter().map(folder_gone)),
            }
        }
        undone.refused.extend(plans.iter_mut().flat_map(|plan| std::mem::take(&mut plan.refused)));
        if !undone.refused.is_empty() {
            undone.refused.extend(plans.into_iter().flat_map(|plan| plan.left));
            return Ok(undone);
        }
        for mut plan in plans {
            undone.refused.append(&mut plan.left);
            self.carry_out(ask, &plan, &mut undone)?;
        }
        undone.done.sort();
        undone.folders.sort();
        Ok(undone)
    }

    fn carry_out(&self, ask: &Ask, plan: &Plan, undone: &mut Undone) -> Result<(), Fault> {
        plan.settled.iter().for_each(|one| undone.add(one));
        let forced: Vec<Changed> =
            plan.moves.iter().filter(|one| one.forced).map(|one| changed(&one.path, &one.now.side, &one.to)).collect();
        if !forced.is_empty() {
            let step = match undone.step {
                Some(step) => step,
                None => self.inner.store.read(|reader| reader.checkpoint_step(&ask.chat, ask.turn))? + 1,
            };
            let at = At { chat: ask.chat.clone(), turn: ask.turn, step, folder: plan.ground.path().to_owned() };
            self.keep(&at, &forced)?;
            undone.step = Some(step);
        }
        let tops: Vec<PathBuf> = if self.is_watching() { plan.tops() } else { Vec::new() };
        let look = || match Scan::new(&plan.ground, self.reader(), &Map::new()).paths(&tops) {
            Ok(scanned) => Ok(scanned.map),
            Err(source) => Err(Fault::Io { path: plan.ground.path().to_owned(), source }),
        };
        let before = look()?;
        apply(self, plan, undone);
        if !tops.is_empty() {
            self.take(plan.ground.path(), tops.clone(), before).settle(&look()?)?;
        }
        Ok(())
    }
}

/// Files by their paths; the innermost folders only where there is no file, each with `/` at its end. In one order, whoever tells them.
pub(super) fn named<'a>(files: impl Iterator<Item = &'a Path>, folders: impl Iterator<Item = &'a Path>) -> Vec<String> {
    let mut files: Vec<&Path> = files.collect();
    files.sort();
    if !files.is_empty() {
        return files.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    }
    let mut folders: Vec<&Path> = folders.collect();
    folders.sort();
    let above: HashSet<&Path> = folders.iter().flat_map(|folder| folder.ancestors().skip(1)).collect();
    folders.iter().filter(|folder| !above.contains(**folder)).map(|folder| format!("{}/", folder.display())).collect()
}

/// Where a turn goes when something of it, or what was overwritten in one of its directions, is turned.
fn turn_way(rows: &[CheckpointRow], ask: &Ask) -> Way {
    let back = |step: &CheckpointRow| {
        let same = |row: &&CheckpointRow| row.step == 0 && (&row.folder, &row.path) == (&step.folder, &step.path);
        rows.iter().find(same).is_some_and(|row| row.before == step.after)
    };
    let overwrote_back = ask.step > 0 && rows.iter().filter(|row| row.step == ask.step).any(back);
    match (ask.way, overwrote_back) {
        (Way::Revert, true) => Way::Redo,
        (Way::Redo, true) => Way::Revert,
        (way, false) => way,
    }
}

fn changed(path: &Path, before: &Side, after: &Side) -> Changed {
    Changed { path: path.to_owned(), before: before.clone(), after: after.clone(), how: How::Undo }
}

fn folder_gone(row: &CheckpointRow) -> Refused {
    let why = "The folder it was in is not there any more.".to_owned();
    Refused { path: path(row), why, expected: row.after.clone(), found: absent(), can_insist: false }
}
