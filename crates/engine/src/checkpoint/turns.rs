//! What turns changed, for a person: each path with its difference, its pieces, and whether it is as the turn left it. Changes nothing.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use alcove_agent::edit::diff::{Diff, Limits, unified};
use alcove_store::{CheckpointHow as How, CheckpointKind as Kind, CheckpointRow, CheckpointSide as Side};

use super::ground::{Ground, absent};
use super::hunks::{Pair, Standing, is_text};
use super::plan::{is_file, is_folder, path};
use super::scan::{Map, Scan};
use super::undo::named;
use super::{Checkpoints, Fault, guard, path_of};

/// Pieces of a change that are told one by one; a change with more is turned as a whole.
const PIECES: usize = 500;
/// Differences that are remembered; beyond that all are forgotten.
const REMEMBERED: usize = 1000;

/// What one turn changed, or one step of its undoing.
#[derive(Clone, Debug)]
pub(crate) struct TurnChanges {
    /// The ordinal of the turn.
    pub(crate) turn: u64,
    /// 0 for what the turn did; from 1 what was overwritten while it was undone.
    pub(crate) step: u64,
    /// When it last changed something, in milliseconds since the epoch.
    pub(crate) at: i64,
    /// By folder and path.
    pub(crate) files: Vec<FileChange>,
}

impl TurnChanges {
    /// What a person is told of: a folder that came or went goes without saying where something in it is told of.
    pub(crate) fn told(&self) -> impl Iterator<Item = &FileChange> {
        let within = |folder: &Path| self.files.iter().any(|file| file.path != folder && file.path.starts_with(folder));
        let comes_or_goes = |file: &FileChange| matches!(file.operation, Operation::Added | Operation::Deleted);
        self.files.iter().filter(move |file| !(comes_or_goes(file) && within(&file.path)))
    }

    /// Of what was overwritten: whether it can be brought back, and nothing that came after it goes by that.
    pub(crate) fn can_come_back(&self) -> bool {
        let kept = || self.files.iter().filter(|file| file.kept && !file.too_big);
        let is_clear = kept().all(|file| file.state != State::ChangedSince && !file.mixed);
        self.step > 0 && is_clear && kept().any(|file| file.state != State::Reverted)
    }

    /// The paths of that, as in [`named`].
    pub(crate) fn paths(&self) -> Vec<String> {
        let those = |folder: bool| self.told().filter(move |file| file.folder == folder).map(|file| file.path.as_path());
        named(those(false), those(true))
    }
}

/// What became of one path.
#[derive(Clone, Debug)]
pub(crate) struct FileChange {
    /// Beneath the folder.
    pub(crate) path: PathBuf,
    /// What was done to it.
    pub(crate) operation: Operation,
    /// Whether it is a folder and no file with it.
    pub(crate) folder: bool,
    /// By whom.
    pub(crate) how: How,
    /// The difference of its texts; absent for what has none.
    pub(crate) diff: Option<Arc<Diff>>,
    /// The difference piece by piece, as hunks are numbered.
    pub(crate) hunks: Vec<Piece>,
    /// Whether it is not text.
    pub(crate) binary: bool,
    /// Whether it was too big to be kept, so that it cannot be undone.
    pub(crate) too_big: bool,
    /// Whether its contents are kept still.
    pub(crate) kept: bool,
    /// Whether somebody else changed it while the turn was going on.
    pub(crate) mixed: bool,
    /// How it stands.
    pub(crate) state: State,
}

/// One hunk of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// `@@ -1,3 +1,4 @@`
    pub(crate) header: String,
    /// Whether it is there.
    pub(crate) standing: Standing,
}

/// What was done to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// It was made.
    Added,
    /// Its content is another, or it is something else.
    Changed,
    /// It was removed.
    Deleted,
    /// Only its permissions are others.
    Mode,
    /// A link leads elsewhere.
    Link,
}

impl Operation {
    fn of(before: &Side, after: &Side) -> Self {
        match (before.kind, after.kind) {
            (Kind::Absent, _) => Self::Added,
            (_, Kind::Absent) => Self::Deleted,
            (Kind::Link, Kind::Link) => Self::Link,
            (one, other) if one == other && (&before.hash, before.bytes, before.stamp) == (&after.hash, after.bytes, after.stamp) => {
                Self::Mode
            }
            (_, _) => Self::Changed,
        }
    }
}

/// How a path stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// As the turn left it.
    Applied,
    /// As it was before the turn.
    Reverted,
    /// Some hunks are undone, nothing else has changed.
    Partly,
    /// Something else.
    ChangedSince,
}

/// What is known of the difference of two contents.
#[derive(Clone)]
pub(super) struct Known {
    diff: Option<Arc<Diff>>,
    headers: Vec<String>,
    binary: bool,
}

/// Differences that were made already, by the path and the hashes of both contents.
pub(super) type Differences = HashMap<(PathBuf, String, String), Known>;

impl Checkpoints {
    /// What the newest turns of a chat that changed anything did, so many of them, in their order, and how that stands now. Reads what
    /// changed since it was read last.
    pub(crate) fn turns(&self, chat: &str, newest: usize) -> Result<Vec<TurnChanges>, Fault> {
        let _open = guard::shared(&self.inner.gate);
        let rows = self.inner.store.read(|reader| reader.checkpoints(chat))?;
        let mut grounds: HashMap<Vec<u8>, Option<Ground>> = HashMap::new();
        let mut turns: Vec<TurnChanges> = Vec::new();
        for row in of_newest(&rows, newest) {
            let ground = grounds.entry(row.folder.clone()).or_insert_with(|| self.hold_named(&row.folder));
            let whole = path_of(&row.folder).join(path(row));
            let file = self.file(row, ground.as_ref()).map_err(Fault::io(&whole))?;
            match turns.last_mut().filter(|last| (last.turn, last.step) == (row.turn, row.step)) {
                Some(last) => {
                    last.at = last.at.max(row.at);
                    last.files.push(file);
                }
                None => turns.push(TurnChanges { turn: row.turn, step: row.step, at: row.at, files: vec![file] }),
            }
        }
        Ok(turns)
    }

    fn file(&self, row: &CheckpointRow, ground: Option<&Ground>) -> io::Result<FileChange> {
        let path = path(row);
        let now = match ground {
            Some(ground) => Scan::new(ground, self.reader(), &Map::new()).one(&path).map(|seen| seen.side),
            None => Ok(absent()),
        };
        // What cannot be looked at is not what it was.
        let now = now.unwrap_or(Side { kind: Kind::Other, ..absent() });
        let known = self.difference(&path, row)?;
        let state = match () {
            () if ground.is_none() => State::ChangedSince,
            () if now == row.after => State::Applied,
            () if now == row.before => State::Reverted,
            () if self.is_mixture(row, &now)? => State::Partly,
            () => State::ChangedSince,
        };
        Ok(FileChange {
            operation: Operation::of(&row.before, &row.after),
            folder: is_folder([&row.before, &row.after]),
            how: row.how,
            hunks: self.pieces(row, &known, state, &now)?,
            diff: known.diff,
            binary: known.binary,
            too_big: [&row.before, &row.after].iter().any(|side| is_file(side) && side.hash.is_none()),
            kept: row.kept,
            mixed: row.mixed,
            path,
            state,
        })
    }

    /// The difference of the contents, as far as there are any.
    fn difference(&self, path: &Path, row: &CheckpointRow) -> io::Result<Known> {
        let none = Known { diff: None, headers: Vec::new(), binary: false };
        let (before, after) = (content(&row.before), content(&row.after));
        let (Some(before), Some(after)) = (before, after) else { return Ok(none) };
        if before == after || !row.kept {
            return Ok(none);
        }
        let key = (path.to_owned(), before.to_owned(), after.to_owned());
        if let Some(known) = guard::lock(&self.inner.differences).get(&key) {
            return Ok(known.clone());
        }
        let read = |hash: &str| if hash.is_empty() { Ok(Some(Vec::new())) } else { self.inner.blobs.get(hash) };
        let (Some(before), Some(after)) = (read(before)?, read(after)?) else { return Ok(none) };
        let known = if is_text(&before) && is_text(&after) {
            let diff = unified(&path.to_string_lossy(), &before, &after, Limits::CONTRACT);
            let headers = Pair::of(&before, &after).hunks().iter().map(|hunk| hunk.header.clone()).collect();
            Known { diff: Some(Arc::new(diff)), headers, binary: false }
        } else {
            Known { diff: None, headers: Vec::new(), binary: true }
        };
        let mut differences = guard::lock(&self.inner.differences);
        if differences.len() >= REMEMBERED {
            differences.clear();
        }
        differences.insert(key, known.clone());
        Ok(known)
    }

    /// The hunks of a change of a file, and where each stands.
    fn pieces(&self, row: &CheckpointRow, known: &Known, state: State, now: &Side) -> io::Result<Vec<Piece>> {
        if !is_file(&row.before) || !is_file(&row.after) || known.headers.len() > PIECES {
            return Ok(Vec::new());
        }
        let all = |standing| vec![standing; known.headers.len()];
        let standings = match state {
            State::Applied => all(Standing::Applied),
            State::Reverted => all(Standing::Reverted),
            State::Partly | State::ChangedSince => match self.contents([&row.before, &row.after, now])? {
                Some([before, after, now]) => Pair::of(&before, &after).standing(&now),
                None => all(Standing::Lost),
            },
        };
        let piece = |(header, standing): (&String, Standing)| Piece { header: header.clone(), standing };
        Ok(known.headers.iter().zip(standings).map(piece).collect())
    }
}

/// The hash of a text that may be compared: empty for none; absent for what has no text or whose text was not kept.
fn content(side: &Side) -> Option<&str> {
    match side.kind {
        Kind::Absent => Some(""),
        Kind::File => side.hash.as_deref(),
        Kind::Link | Kind::Folder | Kind::Other => None,
    }
}

/// The rows of the newest turns, so many of them; rows are in the order of their turns.
fn of_newest(rows: &[CheckpointRow], turns: usize) -> &[CheckpointRow] {
    let older: usize = rows.chunk_by(|one, next| one.turn == next.turn).rev().skip(turns).map(<[_]>::len).sum();
    &rows[older..]
}
