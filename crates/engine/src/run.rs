//! A run of streamed pieces kept as one row: the whole text and where it was cut. Expanding it gives back, byte for byte, the frames
//! that were streamed, so a client that resumes cannot tell them from the live ones.

use alcove_proto::envelope::{Delta, Event};
use serde::{Deserialize, Serialize};

/// Which text a run belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RunKind {
    /// The answer.
    Delta,
    /// The reasoning before it.
    ReasoningDelta,
}

/// Pieces with consecutive numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Run {
    /// Which text they belong to.
    pub(crate) kind: RunKind,
    /// When the first piece was told, milliseconds since the epoch.
    pub(crate) began: i64,
    /// The first piece, but with the text of all.
    pub(crate) whole: Delta,
    /// Length of each piece in bytes.
    pub(crate) cuts: Vec<u32>,
}

impl RunKind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Delta => "delta",
            Self::ReasoningDelta => "reasoning_delta",
        }
    }

    /// The frame a piece makes.
    pub(crate) fn event(self, delta: Delta) -> Event {
        match self {
            Self::Delta => Event::Delta(delta),
            Self::ReasoningDelta => Event::ReasoningDelta(delta),
        }
    }
}

impl Run {
    /// The run a first piece begins.
    pub(crate) fn begin(kind: RunKind, piece: Delta, began: i64) -> Self {
        let length = piece.text.len();
        Self { kind, began, whole: piece, cuts: vec![length_of(length)] }
    }

    /// Whether the piece continues this run: same text, same stream, the next number.
    pub(crate) fn continues(&self, kind: RunKind, piece: &Delta) -> bool {
        let next = |number: Option<u64>| number.map(|number| number + self.cuts.len() as u64);
        self.kind == kind
            && self.whole.stream_id == piece.stream_id
            && self.whole.turn_id == piece.turn_id
            && next(self.whole.turn_seq) == piece.turn_seq
            && next(self.whole.seq) == piece.seq
    }

    /// Adds the piece that continues it.
    pub(crate) fn add(&mut self, text: &str) {
        self.whole.text.push_str(text);
        self.cuts.push(length_of(text.len()));
    }

    /// Number of the first piece.
    pub(crate) fn first(&self) -> u64 {
        self.whole.seq.unwrap_or(0)
    }

    /// Number of the last piece.
    pub(crate) fn last(&self) -> u64 {
        self.first() + self.cuts.len() as u64 - 1
    }

    /// The pieces from the given one on, as a run of their own.
    pub(crate) fn tail(&self, from: usize) -> Self {
        let skipped: usize = self.cuts[..from].iter().map(|cut| *cut as usize).sum();
        let whole = self.piece(self.whole.text[skipped..].to_owned(), from);
        Self { kind: self.kind, began: self.began, whole, cuts: self.cuts[from..].to_vec() }
    }

    /// The pieces as they were streamed. A run whose cuts do not fit its text yields what fits.
    #[cfg(test)]
    pub(crate) fn pieces(&self) -> impl Iterator<Item = Event> + '_ {
        self.pieces_after(0)
    }

    /// The pieces numbered beyond `after`, as they were streamed; those before cost nothing but their lengths.
    pub(crate) fn pieces_after(&self, after: u64) -> impl Iterator<Item = Event> + '_ {
        let skipped = usize::try_from(after.saturating_add(1).saturating_sub(self.first())).unwrap_or(usize::MAX).min(self.cuts.len());
        let mut start = self.cuts[..skipped].iter().map(|cut| *cut as usize).sum();
        self.cuts.iter().enumerate().skip(skipped).map_while(move |(index, cut)| {
            let end = start + *cut as usize;
            let text = self.whole.text.get(start..end)?.to_owned();
            start = end;
            Some(self.kind.event(self.piece(text, index)))
        })
    }

    /// The piece at an index, with its text; never copies the text of all.
    fn piece(&self, text: String, index: usize) -> Delta {
        let shift = |number: Option<u64>| number.map(|number| number + index as u64);
        Delta {
            chat_id: self.whole.chat_id.clone(),
            text,
            stream_id: self.whole.stream_id.clone(),
            turn_id: self.whole.turn_id.clone(),
            turn_phase: self.whole.turn_phase,
            turn_seq: shift(self.whole.turn_seq),
            seq: shift(self.whole.seq),
        }
    }
}

fn length_of(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("a streamed piece is far smaller than 4 GiB")
}

#[cfg(test)]
mod tests {
    use alcove_proto::envelope::Phase;
    use alcove_proto::{ChatId, TurnId};

    use super::*;

    fn piece(text: &str, at: u64) -> Delta {
        Delta {
            chat_id: ChatId::parse("c").expect("an id"),
            text: text.to_owned(),
            stream_id: Some("s".to_owned()),
            turn_id: TurnId::parse("t"),
            turn_phase: Some(Phase::Answer),
            turn_seq: Some(at - 8),
            seq: Some(at),
        }
    }

    #[test]
    fn a_run_gives_back_its_pieces_byte_for_byte() {
        let texts = ["Hé", "llo", " ", "wörld"];
        let live: Vec<String> = texts.iter().enumerate().map(|(n, text)| Event::Delta(piece(text, 10 + n as u64)).to_json()).collect();
        let mut run = Run::begin(RunKind::Delta, piece(texts[0], 10), 0);
        for (n, text) in texts.iter().enumerate().skip(1) {
            assert!(run.continues(RunKind::Delta, &piece(text, 10 + n as u64)));
            run.add(text);
        }
        let stored: Run = serde_json::from_str(&serde_json::to_string(&run).expect("JSON")).expect("a run");
        let back: Vec<String> = stored.pieces().map(|event| event.to_json()).collect();
        assert_eq!(back, live);
        assert_eq!((stored.first(), stored.last()), (10, 13));
        for after in 0..15 {
            let rest: Vec<String> = stored.pieces_after(after).map(|event| event.to_json()).collect();
            let skipped = usize::try_from(after.saturating_sub(9)).unwrap_or(0).min(4);
            assert_eq!(rest, live[skipped..], "after {after}");
        }
        let tail: Vec<String> = stored.tail(2).pieces().map(|event| event.to_json()).collect();
        assert_eq!(tail, live[2..]);
    }

    #[test]
    fn a_gap_or_another_stream_begins_a_new_run() {
        let run = Run::begin(RunKind::Delta, piece("a", 10), 0);
        assert!(!run.continues(RunKind::Delta, &piece("b", 12)));
        assert!(!run.continues(RunKind::ReasoningDelta, &piece("b", 11)));
        let other = Delta { stream_id: None, ..piece("b", 11) };
        assert!(!run.continues(RunKind::Delta, &other));
    }
}
