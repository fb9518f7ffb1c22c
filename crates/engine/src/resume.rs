//! Stored rows given back as the frames that were told.

use alcove_store::EventRow;
use bytes::Bytes;

use crate::error::Error;
use crate::hub::Frame;
use crate::run::{Run, RunKind};

/// The frames after `after`, at most `limit`.
pub(crate) fn frames(rows: &[EventRow], after: u64, limit: usize) -> Result<Vec<Frame>, Error> {
    let mut out = Vec::new();
    for row in rows {
        if out.len() >= limit {
            break;
        }
        let streamed = row.kind == RunKind::Delta.word() || row.kind == RunKind::ReasoningDelta.word();
        if !streamed {
            out.push(Frame { text: Bytes::from(row.payload.clone()), seq: Some(row.seq), skip: None });
            continue;
        }
        let run: Run = serde_json::from_str(&row.payload).map_err(|source| Error::Unreadable { what: "an event", source })?;
        let pieces = run.pieces_after(after).zip(run.first().max(after.saturating_add(1))..);
        let left = limit - out.len();
        out.extend(pieces.take(left).map(|(event, seq)| Frame { text: Bytes::from(event.to_json()), seq: Some(seq), skip: None }));
    }
    Ok(out)
}
