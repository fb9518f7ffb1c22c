//! What is to be done to undo a turn in one folder, or to do it again: looked at path by path, then as a whole. Changes nothing.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use alcove_store::{CheckpointKind as Kind, CheckpointRow, CheckpointSide as Side};

use super::ground::Ground;
use super::hunks::{Pair, Standing};
use super::look::{FILE_BYTES, Seen};
use super::scan::{Map, Scan};
use super::undo::{Ask, Insist, Refused, Way, What};
use super::{Checkpoints, Fault, path_of};

/// What is asked for, and what a turn did in one folder.
#[derive(Clone, Copy)]
pub(super) struct Turn<'a> {
    pub(super) rows: &'a [CheckpointRow],
    pub(super) ask: &'a Ask,
}

/// What is to be done in one folder.
pub(super) struct Plan {
    pub(super) ground: Ground,
    /// What is to change.
    pub(super) moves: Vec<Move>,
    /// What is as it should be.
    pub(super) settled: Vec<Move>,
    /// What keeps all of it from being done.
    pub(super) refused: Vec<Refused>,
    /// What stays as it is while the rest is done.
    pub(super) left: Vec<Refused>,
    /// Folders that go if nothing is in them, the deepest first.
    pub(super) prune: Vec<PathBuf>,
}

/// One path that is to change.
#[derive(Clone, Debug)]
pub(super) struct Move {
    pub(super) path: PathBuf,
    pub(super) from: Side,
    pub(super) to: Side,
    pub(super) now: Seen,
    /// Whether what changed since is overwritten.
    pub(super) forced: bool,
    /// Where it is one hunk that is turned: whether others of the file stand the other way then.
    pub(super) partly: Option<bool>,
}

/// What is to be said about one path.
#[derive(Clone, Copy)]
enum Verdict {
    Settled,
    Go,
    /// It has changed since, in words.
    Since(&'static str),
    /// Nobody can, in words.
    Never(&'static str),
    /// Nobody ever can, in words: a whole turn goes without it.
    Stays(&'static str),
}

impl Plan {
    pub(super) fn make(checkpoints: &Checkpoints, ground: Ground, turn: Turn<'_>) -> Result<Self, Fault> {
        let mut plan = Self { ground, moves: Vec::new(), settled: Vec::new(), refused: Vec::new(), left: Vec::new(), prune: Vec::new() };
        for row in turn.rows.iter().filter(|row| turn.selects(row)) {
            let path = path(row);
            let whole = plan.ground.path().join(&path);
            let failed = Fault::io(&whole);
            let now = Scan::new(&plan.ground, checkpoints.reader(), &Map::new()).one(&path).map_err(failed)?;
            let (from, to) = turn.sides(row);
            let mut one = Move { path, from: from.clone(), to: to.clone(), now, forced: false, partly: None };
            let verdict = match &turn.ask.what {
                What::Hunk(_, index) if is_file(&row.before) && is_file(&row.after) => {
                    checkpoints.turn_hunk(row, *index, turn.ask.way, &mut one).map_err(failed)?
                }
                What::Whole | What::File(_) | What::Hunk(..) => checkpoints.weigh(row, turn.ask.way, &one).map_err(failed)?,
            };
            plan.sort_in(one, verdict, turn.ask);
        }
        plan.prune = turn.prunes();
        while plan.refuse_misfits().map_err(Fault::io(plan.ground.path()))? {}
        Ok(plan)
    }

    /// The uppermost paths that change.
    pub(super) fn tops(&self) -> Vec<PathBuf> {
        let mut all: HashSet<PathBuf> = self.moves.iter().map(|one| one.path.clone()).chain(self.prune.iter().cloned()).collect();
        for one in &self.moves {
            let missing = |above: &&Path| !above.as_os_str().is_empty() && matches!(self.ground.meta(above), Ok(None));
            all.extend(one.path.ancestors().skip(1).filter(missing).map(Path::to_owned));
        }
        all.iter().filter(|path| !path.ancestors().skip(1).any(|above| all.contains(above))).cloned().collect()
    }

    fn sort_in(&mut self, mut one: Move, verdict: Verdict, ask: &Ask) {
        let why = match verdict {
            Verdict::Settled => return self.settled.push(one),
            Verdict::Go => return self.moves.push(one),
            Verdict::Since(_) if ask.insist == Insist::Overwrite => {
                one.forced = true;
                return self.moves.push(one);
            }
            Verdict::Stays(why) if ask.what == What::Whole => return self.left.push(refused(one, why, false)),
            Verdict::Since(why) => (why, true),
            Verdict::Never(why) | Verdict::Stays(why) => (why, false),
        };
        self.refused.push(refused(one, why.0, why.1));
    }

    /// Refuses what would not fit with the rest, or leaves it where it would not fit with what is left; answers whether there was anything.
    fn refuse_misfits(&mut self) -> io::Result<bool> {
        let becomes: HashMap<&Path, Kind> = self.moves.iter().map(|one| (one.path.as_path(), one.to.kind)).collect();
        let mut misfit = None;
        for (index, one) in self.moves.iter().enumerate() {
            let why = if one.to.kind == Kind::Absent { None } else { self.misplaced(one, &becomes)? };
            let why = if why.is_none() && is_replaced(one) { self.occupied(one, &becomes)? } else { why };
            if let Some(why) = why {
                misfit = Some((index, why));
                break;
            }
        }
        let Some((index, why)) = misfit else { return Ok(false) };
        let one = self.moves.remove(index);
        let is_held = self.left.iter().any(|left| left.path.starts_with(&one.path) || one.path.starts_with(&left.path));
        let one = refused(one, why, false);
        if is_held {
            self.left.push(one)
        } else {
            self.refused.push(one)
        }
        Ok(true)
    }

    /// Why nothing can be put at a path: what is to hold it is no folder.
    fn misplaced(&self, one: &Move, becomes: &HashMap<&Path, Kind>) -> io::Result<Option<&'static str>> {
        for above in one.path.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty()) {
            let kind = match becomes.get(above) {
                Some(kind) => Some(*kind),
                None => self.ground.meta(above)?.map(|meta| meta.kind),
            };
            match kind {
                Some(Kind::Folder) => return Ok(None),
                Some(Kind::Absent) | None => {}
                Some(Kind::File | Kind::Link | Kind::Other) => return Ok(Some("Something else is where its folder was.")),
            }
        }
        Ok(None)
    }

    /// Why a folder cannot give way to something else: it holds what is to stay.
    fn occupied(&self, one: &Move, becomes: &HashMap<&Path, Kind>) -> io::Result<Option<&'static str>> {
        let stays = |name: &std::ffi::OsString| becomes.get(one.path.join(name).as_path()) != Some(&Kind::Absent);
        let occupied = self.ground.names(&one.path)?.iter().any(stays);
        Ok(occupied.then_some("There are other files in the folder that is in its place."))
    }
}

impl<'a> Turn<'a> {
    /// What is to be left behind and what is to come.
    pub(super) fn sides(&self, row: &'a CheckpointRow) -> (&'a Side, &'a Side) {
        match self.ask.way {
            Way::Revert => (&row.after, &row.before),
            Way::Redo => (&row.before, &row.after),
        }
    }

    /// Whether a row belongs to what is asked for.
    fn selects(&self, row: &CheckpointRow) -> bool {
        let wanted = match &self.ask.what {
            What::Whole => return true,
            What::File(wanted) | What::Hunk(wanted, _) => wanted,
        };
        let at = path(row);
        let (from, to) = self.sides(row);
        let needed = wanted != &at && wanted.starts_with(&at) && to.kind == Kind::Folder && from.kind != Kind::Folder;
        let holds = |other: &CheckpointRow| {
            let kinds = [other.before.kind, other.after.kind];
            path(other) == *wanted && kinds[0] != kinds[1] && kinds.contains(&Kind::Folder)
        };
        &at == wanted || needed || (at.starts_with(wanted) && self.rows.iter().any(holds))
    }

    /// Folders that go with a file that goes, if nothing else is in them: those above it that this turn had made, or had taken away.
    fn prunes(&self) -> Vec<PathBuf> {
        let wanted = match &self.ask.what {
            What::Whole => return Vec::new(),
            What::File(wanted) | What::Hunk(wanted, _) => wanted,
        };
        let goes = |row: &&CheckpointRow| {
            let (from, to) = self.sides(row);
            let at = path(row);
            from.kind == Kind::Folder && to.kind == Kind::Absent && wanted.starts_with(&at) && &at != wanted
        };
        let mut prunes: Vec<PathBuf> = self.rows.iter().filter(goes).map(path).collect();
        prunes.sort_by(|one, other| other.cmp(one));
        prunes
    }
}

impl Checkpoints {
    fn weigh(&self, row: &CheckpointRow, way: Way, one: &Move) -> io::Result<Verdict> {
        let (from, to, now) = (&one.from, &one.to, &one.now.side);
        if let Some(verdict) = self.hopeless(row, one) {
            return Ok(if now == to { Verdict::Settled } else { verdict });
        }
        if now == to {
            return Ok(Verdict::Settled);
        }
        if way == Way::Revert && row.mixed {
            return Ok(Verdict::Since("Somebody else changed it while the turn was going on; that would be lost as well."));
        }
        if now == from || half_open(now, from, to) || self.is_mixture(row, now)? {
            return Ok(Verdict::Go);
        }
        Ok(since(now))
    }

    /// Why a path cannot be turned whatever is there.
    fn hopeless(&self, row: &CheckpointRow, one: &Move) -> Option<Verdict> {
        let (from, to, now) = (&one.from, &one.to, &one.now.side);
        let unkept = |side: &Side| is_file(side) && side.hash.is_none();
        let there = || to.hash.as_deref().is_none_or(|hash| self.inner.blobs.has(hash, to.bytes));
        if [from, to].iter().any(|side| side.bytes > FILE_BYTES) {
            Some(Verdict::Stays("It was changed, but it is too big to undo."))
        } else if unkept(from) || unkept(to) {
            Some(Verdict::Stays("It was changed, but not kept: there was too much to keep, or it could not be read."))
        } else if !row.kept || !there() {
            Some(Verdict::Stays("What it held is not kept any more."))
        } else if [from, to, now].iter().any(|side| side.kind == Kind::Other) {
            Some(Verdict::Never("It is neither a file nor a folder nor a link."))
        } else if self.in_hand(path_of(&row.folder), &one.path) {
            Some(Verdict::Never("It is being changed right now."))
        } else {
            None
        }
    }

    /// Whether a file holds nothing but what the turn found and what it made, piece by piece.
    pub(super) fn is_mixture(&self, row: &CheckpointRow, now: &Side) -> io::Result<bool> {
        let files = is_file(&row.before) && is_file(&row.after) && is_file(now);
        if !files || ![row.before.mode, row.after.mode].contains(&now.mode) {
            return Ok(false);
        }
        let Some([before, after, now]) = self.contents([&row.before, &row.after, now])? else { return Ok(false) };
        Ok(Pair::of(&before, &after).mixture(&now).is_some())
    }

    /// What becomes of a file when one hunk is turned.
    fn turn_hunk(&self, row: &CheckpointRow, index: usize, way: Way, one: &mut Move) -> io::Result<Verdict> {
        if let Some(verdict) = self.hopeless(row, one) {
            return Ok(verdict);
        }
        if !is_file(&one.now.side) {
            return Ok(Verdict::Never("There is no file any more."));
        }
        let Some([before, after, now]) = self.contents([&row.before, &row.after, &one.now.side])? else {
            return Ok(Verdict::Never("What it held is not kept any more."));
        };
        let pair = Pair::of(&before, &after);
        let made = match pair.turned(&now, index, way) {
            Ok(made) => made,
            Err(why) => return Ok(Verdict::Never(why)),
        };
        one.partly = Some(pair.standing(&made).iter().any(|standing| *standing != Standing::wanted(way)));
        if made == now {
            return Ok(Verdict::Settled);
        }
        let hash = self.inner.blobs.put(&made)?;
        one.from = one.now.side.clone();
        one.to = Side { hash: Some(hash), bytes: made.len() as u64, ..one.now.side.clone() };
        Ok(Verdict::Go)
    }

    /// Contents, if all of them are kept.
    pub(super) fn contents<const N: usize>(&self, sides: [&Side; N]) -> io::Result<Option<[Vec<u8>; N]>> {
        let mut contents = Vec::with_capacity(N);
        for side in sides {
            let Some(hash) = &side.hash else { return Ok(None) };
            let Some(content) = self.inner.blobs.get(hash)? else { return Ok(None) };
            contents.push(content);
        }
        Ok(contents.try_into().ok())
    }
}

pub(super) fn path(row: &CheckpointRow) -> PathBuf {
    path_of(&row.path).to_owned()
}

pub(super) fn is_file(side: &Side) -> bool {
    side.kind == Kind::File
}

/// Whether a content was not kept.
pub(super) fn is_too_big(row: &CheckpointRow) -> bool {
    [&row.before, &row.after].iter().any(|side| is_file(side) && side.hash.is_none())
}

/// Whether a folder came, went or changed its mode, and no file with it.
pub(super) fn is_folder(sides: [&Side; 2]) -> bool {
    let kinds = sides.map(|side| side.kind);
    kinds.contains(&Kind::Folder) && kinds.iter().all(|kind| matches!(kind, Kind::Folder | Kind::Absent))
}

fn refused(one: Move, why: &str, can_insist: bool) -> Refused {
    Refused { path: one.path, why: why.to_owned(), expected: one.from, found: one.now.side, can_insist }
}

fn is_replaced(one: &Move) -> bool {
    one.now.side.kind == Kind::Folder && matches!(one.to.kind, Kind::File | Kind::Link)
}

/// What a crash may leave of a folder whose mode was to change: it is opened for its owner meanwhile.
fn half_open(now: &Side, from: &Side, to: &Side) -> bool {
    now.kind == Kind::Folder && [from, to].iter().any(|side| side.kind == Kind::Folder && side.mode | 0o700 == now.mode)
}

fn since(now: &Side) -> Verdict {
    match now.kind {
        Kind::Absent => Verdict::Since("It has gone since."),
        Kind::File if now.hash.is_none() => Verdict::Never("It has changed since, and what it is now is too big to be kept."),
        Kind::File | Kind::Link | Kind::Folder | Kind::Other => Verdict::Since("It has changed since."),
    }
}
