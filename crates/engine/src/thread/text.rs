//! What the agent says and thinks: pieces, their ends, complete messages.

use alcove_proto::envelope::Delta;
use alcove_proto::thread::{Role, UiMessage};
use alcove_store::EventRow;

use super::place::{is_thought, quiet, stamp};
use super::told::Told;
use super::{Fold, files};
use crate::run::Run;

impl Fold {
    pub(super) fn answer(&mut self, run: &Run) {
        if self.muted {
            return;
        }
        let at = self.bubble("buf", run);
        let bubble = &mut self.messages[at];
        bubble.content.push_str(&run.whole.text);
        if bubble.reasoning.is_some() {
            bubble.reasoning_streaming = Some(false);
        }
        stamp(bubble, run.whole.turn_phase, last_turn_seq(run));
    }

    pub(super) fn reasoning(&mut self, run: &Run) {
        if self.muted {
            return;
        }
        let segment = self.segment_of_thought(run.whole.turn_id.as_ref(), run.first());
        let at = self.bubble("as", run);
        let bubble = &mut self.messages[at];
        bubble.reasoning.get_or_insert_default().push_str(&run.whole.text);
        bubble.reasoning_streaming = Some(true);
        bubble.activity_segment_id.get_or_insert(segment);
        stamp(bubble, run.whole.turn_phase, last_turn_seq(run));
    }

    /// The bubble taking text, or a new one.
    fn bubble(&mut self, prefix: &str, run: &Run) -> usize {
        let Delta { turn_id, .. } = &run.whole;
        self.open(turn_id.as_ref()).unwrap_or_else(|| {
            self.newest.clone_from(turn_id);
            let mut message = UiMessage::begun(prefix, run.first(), Role::Assistant);
            message.turn_id.clone_from(turn_id);
            message.created_at = Some(run.began);
            message.is_streaming = Some(true);
            self.insert(message)
        })
    }

    /// The bubble taking text, or a new one that an end makes by itself.
    fn ended_bubble(&mut self, prefix: &str, told: &Told, row: &EventRow) -> usize {
        self.open(told.turn_id.as_ref()).unwrap_or_else(|| {
            self.newest.clone_from(&told.turn_id);
            let mut message = UiMessage::begun(prefix, row.seq, Role::Assistant);
            message.turn_id.clone_from(&told.turn_id);
            message.created_at = Some(told.created_at_ms.unwrap_or(row.at));
            message.is_streaming = Some(true);
            self.insert(message)
        })
    }

    pub(super) fn reasoning_end(&mut self, told: &Told, row: &EventRow) {
        if self.muted {
            return;
        }
        let text = told.text.clone().filter(|text| !text.is_empty());
        if text.is_none() && self.open(told.turn_id.as_ref()).is_none() {
            return;
        }
        let segment = self.segment_of_thought(told.turn_id.as_ref(), row.seq);
        let at = self.ended_bubble("as", told, row);
        let bubble = &mut self.messages[at];
        if text.is_some() {
            bubble.reasoning = text;
            bubble.activity_segment_id.get_or_insert(segment);
        }
        if bubble.reasoning.is_some() {
            bubble.reasoning_ms = bubble.created_at.and_then(|began| u64::try_from(row.at - began).ok());
            bubble.reasoning_streaming = Some(false);
        }
        stamp(bubble, told.turn_phase, told.turn_seq);
    }

    pub(super) fn stream_end(&mut self, told: Told, row: &EventRow) {
        if self.muted {
            return;
        }
        let says = told.text.as_deref().is_some_and(|text| !text.is_empty());
        if !says && self.open(told.turn_id.as_ref()).is_none() {
            return;
        }
        let at = self.ended_bubble("buf", &told, row);
        let (resuming, merging) = (told.resuming == Some(true), told.merge_next == Some(true));
        let bubble = &mut self.messages[at];
        if let Some(text) = told.text {
            bubble.content = text;
        }
        stamp(bubble, told.turn_phase, told.turn_seq);
        bubble.source = told.source.or(bubble.source.take());
        // The next step goes on with this text, or with a thought that has none yet.
        let goes_on = resuming && (merging || bubble.content.is_empty());
        if !goes_on {
            quiet(bubble);
        }
    }

    /// A complete text.
    pub(super) fn message(&mut self, told: Told, row: &EventRow) {
        if told.notice.is_some() {
            // A prompt that is told of is waiting no more.
            self.dequeue(told.turn_id.as_ref());
        } else {
            self.settle(told.turn_id.as_ref());
        }
        let media = files(told.media_urls);
        self.muted |= media.is_some();
        let thought = self.last_of_turn(told.turn_id.as_ref()).filter(|at| told.notice.is_none() && is_thought(&self.messages[*at]));
        let at = thought.unwrap_or_else(|| {
            let mut message = UiMessage::begun("buf", row.seq, Role::Assistant);
            message.turn_id.clone_from(&told.turn_id);
            message.created_at = Some(told.created_at_ms.unwrap_or(row.at));
            self.insert(message)
        });
        let message = &mut self.messages[at];
        message.content = told.text.unwrap_or_default();
        message.is_streaming = None;
        message.notice = told.notice;
        message.media = media;
        message.latency_ms = told.latency_ms;
        message.source = told.source;
        stamp(message, told.turn_phase, told.turn_seq);
    }
}

fn last_turn_seq(run: &Run) -> Option<u64> {
    run.whole.turn_seq.map(|first| first + run.cuts.len() as u64 - 1)
}
