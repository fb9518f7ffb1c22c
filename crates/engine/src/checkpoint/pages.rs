//! What turns changed, a page at a time: whatever a command did, an answer stays small, and only files that are told are looked at.

use std::collections::HashMap;

use alcove_store::CheckpointRow;

use super::ground::Ground;
use super::plan::{is_too_big, path};
use super::turns::{FileChange, Operation, of_newest, told_of};
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
        let rows: Vec<CheckpointRow> = rows.into_iter().filter(|row| row.step == 0).collect();
        let mut grounds: HashMap<&[u8], Option<Ground>> = HashMap::new();
        let mut room = Room { files: FILES, bytes: DIFF_BYTES };
        let mut pages = Vec::new();
        for rows in rows.chunk_by(|one, next| one.turn == next.turn).rev() {
            let told = told(rows);
            let mut files = Vec::new();
            for row in told.iter().skip(from).take(FILES_OF_TURN) {
                if !room.is_left() {
                    break;
                }
                let ground = grounds.entry(&row.folder).or_insert_with(|| self.hold_named(&row.folder));
                let whole = path_of(&row.folder).join(path(row));
                let file = self.file(row, ground.as_ref()).map_err(Fault::io(&whole))?;
                room.take(&file);
                files.push(file);
            }
            pages.push(Page {
                turn: rows[0].turn,
                at: rows.iter().map(|row| row.at).max().unwrap_or_default(),
                more: told.len().saturating_sub(from + files.len()),
                files,
                lost: rows.iter().filter(|row| !row.kept || is_too_big(row)).count(),
                mixed: rows.iter().filter(|row| row.mixed).count(),
            });
        }
        Ok(pages)
    }
}

/// What of a turn a person is told of.
fn told(rows: &[CheckpointRow]) -> Vec<&CheckpointRow> {
    let paths = rows.iter().map(|row| path_of(&row.path));
    let told = told_of(paths);
    rows.iter().filter(|row| told(path_of(&row.path), Operation::of(&row.before, &row.after))).collect()
}
