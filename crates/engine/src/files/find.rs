//! Files and folders by what a person has typed of their paths, the best fitting first. Opens no file.

use std::collections::BinaryHeap;
use std::sync::atomic::AtomicBool;

use alcove_agent::path::protected;

use super::Tree;
use super::error::FileError;
use super::fit::{Fit, Words};
use super::limit::{Limits, Look, Meter};
use super::walk::Passed;

/// What lies so deep is looked at before anything deeper, so that a huge folder with an early name hides nothing near the top.
const NEAR: usize = 2;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fitting {
    /// Paths, and whether each is a folder; the best fitting first.
    pub(crate) paths: Vec<(String, bool)>,
    /// There may be more.
    pub(crate) truncated: bool,
}

/// The best fitting so far.
struct Best<'w> {
    words: &'w Words,
    room: usize,
    /// The worst of them on top.
    heap: BinaryHeap<(Fit, String, bool)>,
    left_out: bool,
}

impl Tree {
    /// Looks in the whole folder; for no words at all only at its top.
    pub(crate) fn find(&self, words: &Words, limits: Limits, cancel: &AtomicBool) -> Result<Fitting, FileError> {
        let near = Limits { depth: if words.is_empty() { 0 } else { NEAR.min(limits.depth) }, ..limits };
        let look = |limits: Limits| Look { hidden: words.is_dotted(), ignored: false, limits, cancel };
        let meter = Meter::start(&look(limits));
        let top = self.place(".")?;
        let mut best = Best { words, room: limits.results, heap: BinaryHeap::new(), left_out: false };
        let mut stopped = self.walk(&top, (&look(near), &meter), &|_| true, &mut |passed| {
            best.meet(passed);
            None
        })?;
        if stopped.is_none() && !words.is_empty() {
            stopped = self.walk(&top, (&look(limits), &meter), &|_| true, &mut |passed| {
                if passed.path.matches('/').count() > NEAR {
                    best.meet(passed);
                }
                None
            })?;
        }
        let truncated = best.left_out || stopped.is_some();
        Ok(Fitting { paths: best.heap.into_sorted_vec().into_iter().map(|(_, path, folder)| (path, folder)).collect(), truncated })
    }
}

impl Best<'_> {
    fn meet(&mut self, passed: &Passed<'_>) {
        // A line of text cannot name it, or it is a repository's own link to itself.
        if passed.path.contains(char::is_control) || passed.name.to_str().is_none_or(|name| protected(name).is_some()) {
            return;
        }
        let Some(fit) = self.words.fit(passed.path) else { return };
        self.heap.push((fit, passed.path.to_owned(), passed.is_folder));
        if self.heap.len() > self.room {
            self.heap.pop();
            self.left_out = true;
        }
    }
}
