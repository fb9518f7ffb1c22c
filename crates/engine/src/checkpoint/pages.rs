//! What turns changed, a page at a time: whatever a command did, an answer stays small, and only files that are told are looked at.

use std::collections::HashMap;

use alcove_store::CheckpointRow;

use super::ground::Ground;
use super::plan::{is_folder, is_too_big, path};
use super::turns::{FileChange, Operation, State, of_newest, told_of};
use super::undo::named;
use super::{Checkpoints, Fault, guard, path_of};

/// Files of one turn that are told at once.
pub(super) const FILES_OF_TURN: usize = 200;
/// Files that are told at once in all.
pub(super) const FILES: usize = 1000;
/// Bytes of differences after which no file more is told.
pub(super) const DIFF_BYTES: usize = 2 << 20;

/// Which part is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The newest turns that changed anything, so many of them.
    Newest(usize),
    /// One turn, without so many of its first files.
    Turn(u64, usize),
}

/// A part of what one turn changed.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// The ordinal of the turn.
    pub(crate) turn: u64,
    /// When it last changed something, in milliseconds since the epoch.
    pub(crate) at: i64,
    /// What a person is told of, by folder and path.
    pub(crate) files: Vec<FileChange>,
    /// How many files follow.
    pub(crate) more: usize,
    /// Of all its files, those that cannot be restored.
    pub(crate) lost: usize,
    /// Of all its files, those that somebody else changed too while the turn went on.
    pub(crate) mixed: usize,
    /// What was overwritten while it was turned back or again, newest first, as far as it can come back.
    pub(crate) overwritten: Vec<Overwriting>,
}

/// What one step of turning a turn back or again has overwritten.
#[derive(Clone, Debug)]
pub(crate) struct Overwriting {
    /// The step, by which it is brought back.
    pub(crate) step: u64,
    /// When, in milliseconds since the epoch.
    pub(crate) at: i64,
    /// The first of its files, as in [`named`].
    pub(crate) paths: Vec<String>,
}

/// How much more may be told.
struct Room {
    files: usize,
    bytes: usize,
}

impl Room {
    fn take(&mut self, file: &FileChange) {
        self.files = self.files.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(file.diff.as_ref().map_or(0, |diff| diff.text.len()));
    }

    fn is_left(&self) -> bool {
        self.files > 0 && self.bytes > 0
    }
}

impl Checkpoints {
    /// What turns did and how that stands now, the newest first; without the steps of undoing. Reads what changed since it was read last.
    pub(crate) fn pages(&self, chat: &str, part: Part) -> Result<Vec<Page>, Fault> {
        let _open = guard::shared(&self.inner.gate);
        let (rows, from) = match part {
            Part::Newest(turns) => {
                let rows = self.inner.store.read(|reader| reader.checkpoints(chat))?;
                (of_newest(&rows, turns).to_vec(), 0)
            }
            Part::Turn(turn, from) => (self.inner.store.read(|reader| reader.turn_checkpoints(chat, turn))?, from),
        };
        let mut grounds = Grounds::new();
        let mut room = Room { files: FILES, bytes: DIFF_BYTES };
        let mut pages = Vec::new();
        for all in rows.chunk_by(|one, next| one.turn == next.turn).rev() {
            let (rows, steps) = all.split_at(all.partition_point(|row| row.step == 0));
            let overwritten = if from == 0 { self.overwritten(steps, &mut grounds)? } else { Vec::new() };
            let told = told(rows);
            let mut files = Vec::new();
            for row in told.iter().skip(from).take(FILES_OF_TURN) {
                if !room.is_left() {
                    break;
                }
                let file = self.looked_at(row, &mut grounds)?;
                room.take(&file);
                files.push(file);
            }
            pages.push(Page {
                turn: all[0].turn,
                at: rows.iter().map(|row| row.at).max().unwrap_or_default(),
                more: told.len().saturating_sub(from + files.len()),
                files,
                lost: rows.iter().filter(|row| !row.kept || is_too_big(row)).count(),
                mixed: rows.iter().filter(|row| row.mixed).count(),
                overwritten,
            });
        }
        Ok(pages)
    }

    fn looked_at<'r>(&self, row: &'r CheckpointRow, grounds: &mut Grounds<'r>) -> Result<FileChange, Fault> {
        let ground = grounds.entry(&row.folder).or_insert_with(|| self.hold_named(&row.folder));
        let whole = path_of(&row.folder).join(path(row));
        self.file(row, ground.as_ref()).map_err(Fault::io(&whole))
    }

    /// The steps of which something can be brought back, and nothing that came after them goes by that.
    fn overwritten<'r>(&self, steps: &'r [CheckpointRow], grounds: &mut Grounds<'r>) -> Result<Vec<Overwriting>, Fault> {
        let mut found = Vec::new();
        for rows in steps.chunk_by(|one, next| one.step == next.step).rev() {
            let kept: Vec<&CheckpointRow> = rows.iter().filter(|row| row.kept && !is_too_big(row)).collect();
            // More than that are not looked at each time somebody asks.
            if kept.len() > FILES || kept.iter().any(|row| row.mixed) {
                continue;
            }
            let states = kept.into_iter().map(|row| self.looked_at(row, grounds).map(|file| file.state)).collect::<Result<Vec<_>, _>>()?;
            if states.contains(&State::ChangedSince) || states.iter().all(|state| *state == State::Reverted) {
                continue;
            }
            let those = |folder: bool| {
                let of_kind = move |row: &&CheckpointRow| is_folder([&row.before, &row.after]) == folder;
                told(rows).into_iter().filter(of_kind).map(|row| path_of(&row.path))
            };
            let mut paths = named(those(false), those(true));
            paths.truncate(FILES_OF_TURN);
            found.push(Overwriting { step: rows[0].step, at: rows.iter().map(|row| row.at).max().unwrap_or_default(), paths });
        }
        Ok(found)
    }
}

/// The folders that are held while one answer is made.
type Grounds<'r> = HashMap<&'r [u8], Option<Ground>>;

/// What of a turn a person is told of.
fn told(rows: &[CheckpointRow]) -> Vec<&CheckpointRow> {
    let paths = rows.iter().map(|row| path_of(&row.path));
    let told = told_of(paths);
    rows.iter().filter(|row| told(path_of(&row.path), Operation::of(&row.before, &row.after))).collect()
}
