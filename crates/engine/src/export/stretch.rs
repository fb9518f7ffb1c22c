//! A chat's events from the first to the newest one there was at the beginning, in stretches of whole turns, read a page at a time.

use alcove_store::{ChatRow, EventRow, PageStart};

use crate::engine::Engine;
use crate::error::{Error, read};
use crate::run::Run;

/// Rows read at once.
const ROWS: u32 = 512;

/// Where the reading stands.
pub(super) struct Stretches<'a> {
    engine: &'a Engine,
    chat: String,
    /// The newest event when it began; what comes later is left out.
    upto: u64,
    after: u64,
    carried: Vec<EventRow>,
}

impl<'a> Stretches<'a> {
    pub(super) fn new(engine: &'a Engine, row: &ChatRow) -> Self {
        Self { engine, chat: row.id.clone(), upto: row.last_seq, after: 0, carried: Vec::new() }
    }

    /// The next rows, which begin and end between turns.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<EventRow>>, Error> {
        loop {
            let page = self.page().await?;
            if page.is_empty() {
                let rest = std::mem::take(&mut self.carried);
                return Ok((!rest.is_empty()).then_some(rest));
            }
            self.carried.extend(page);
            // Nothing before the last turn that begins in what was read is still going on.
            let begin = self.carried.iter().rposition(|row| row.boundary == PageStart::Yes).unwrap_or(0);
            if begin > 0 {
                let rest = self.carried.split_off(begin);
                return Ok(Some(std::mem::replace(&mut self.carried, rest)));
            }
        }
    }

    /// The next rows as they are stored; nothing at the end.
    pub(super) async fn page(&mut self) -> Result<Vec<EventRow>, Error> {
        if self.after >= self.upto {
            return Ok(Vec::new());
        }
        let (chat, after, upto) = (self.chat.clone(), self.after, self.upto);
        let rows = read(&self.engine.shared().store, move |reader| reader.events(&chat, after, ROWS)).await?;
        let rows: Vec<EventRow> = rows.into_iter().filter(|row| row.seq <= upto).map(|row| rest(row, after)).collect::<Result<_, _>>()?;
        self.after = rows.last().map_or(self.upto, |row| row.last);
        Ok(rows)
    }
}

/// What of a row lies after an event: a run may have become one row since its beginning was read.
fn rest(row: EventRow, after: u64) -> Result<EventRow, Error> {
    if row.seq > after {
        return Ok(row);
    }
    let run: Run = serde_json::from_str(&row.payload).map_err(|source| Error::Unreadable { what: "an event", source })?;
    let tail = run.tail(usize::try_from(after + 1 - row.seq).unwrap_or(usize::MAX).min(run.cuts.len()));
    let payload = serde_json::to_string(&tail).map_err(|source| Error::Unreadable { what: "an event", source })?;
    Ok(EventRow { seq: after + 1, payload, ..row })
}
