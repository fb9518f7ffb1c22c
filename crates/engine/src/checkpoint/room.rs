//! Keeping house: contents no row names go, and when all together are too large, those of the oldest turns go first.

use std::collections::HashSet;
use std::time::Duration;

use alcove_store::{Change, CheckpointAge};
use tokio_util::sync::CancellationToken;

use super::{At, Checkpoints, Fault, guard};
use crate::report;

/// Bytes of contents that are kept in all.
pub(super) const TOTAL_BYTES: u64 = 1 << 30;
/// From the start to the first round.
const FIRST_AFTER: Duration = Duration::from_secs(45);
/// From one round to the next.
const EVERY: Duration = Duration::from_secs(6 * 60 * 60);

impl Checkpoints {
    /// Keeps house until it is cancelled.
    pub(crate) async fn keep_house(self, cancel: CancellationToken) {
        let mut pause = FIRST_AFTER;
        loop {
            // Cancel-safe: neither holds anything.
            tokio::select! {
                () = cancel.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
            pause = EVERY;
            let checkpoints = self.clone();
            match tokio::task::spawn_blocking(move || checkpoints.sweep()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => report::problem("contents kept for undoing could not be tidied", &error),
                Err(error) => report::problem("contents kept for undoing could not be tidied", &error),
            }
        }
    }

    /// Removes contents that no row names and nobody is about to name; after a chat was deleted, those it had. Blocks.
    pub(crate) fn sweep(&self) -> Result<(), Fault> {
        let _alone = guard::alone(&self.inner.gate);
        self.remove_unnamed()
    }

    /// Lets go of the contents of the oldest turns when there are too many, those of other chats first; never of this turn's. Tells in words
    /// what was let go.
    pub(super) fn make_room(&self, at: &At) -> Vec<String> {
        match self.let_go(at, TOTAL_BYTES) {
            Ok(0) => Vec::new(),
            Ok(turns) => {
                let gib = TOTAL_BYTES >> 30;
                vec![format!("What {turns} older turns had changed can no longer be undone: more than {gib} GiB would have been kept.")]
            }
            Err(error) => {
                report::problem("no room could be made for contents kept for undoing", &error);
                Vec::new()
            }
        }
    }

    /// Answers of how many turns the contents were let go.
    pub(super) fn let_go(&self, at: &At, most: u64) -> Result<usize, Fault> {
        if self.inner.blobs.total() <= most {
            return Ok(0);
        }
        let _alone = guard::alone(&self.inner.gate);
        self.remove_unnamed()?;
        let ages = self.inner.store.read(|reader| reader.checkpoint_ages())?;
        let (own, others): (Vec<CheckpointAge>, Vec<CheckpointAge>) = ages.into_iter().partition(|age| age.chat == at.chat);
        let mut oldest = others.into_iter().chain(own).filter(|age| (&age.chat, age.turn) != (&at.chat, at.turn));
        let mut gone = 0;
        // A little more than is needed, so that not every change makes room again.
        while self.inner.blobs.total() > most / 10 * 9 {
            let Some(age) = oldest.next() else { break };
            self.inner.store.write_wait(vec![Change::LetCheckpointsGo { chat: age.chat, turn: age.turn }])?;
            gone += 1;
            self.remove_unnamed()?;
        }
        Ok(gone)
    }

    fn remove_unnamed(&self) -> Result<(), Fault> {
        let mut named: HashSet<String> = self.inner.store.read(|reader| reader.checkpoint_hashes())?.into_iter().collect();
        named.extend(guard::lock(&self.inner.hands).iter().flat_map(|held| held.hashes()));
        let ledgers: Vec<_> = guard::lock(&self.inner.ledgers).values().cloned().collect();
        for ledger in ledgers {
            named.extend(guard::lock(&ledger).known.values().filter_map(|seen| seen.side.hash.clone()));
        }
        self.inner.blobs.retain(|hash| named.contains(hash));
        Ok(())
    }
}
