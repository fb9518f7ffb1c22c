//! The moves the fold makes on messages: finds a turn's last one, puts one in its place, ends what streams.

use alcove_proto::TurnId;
use alcove_proto::envelope::Phase;
use alcove_proto::thread::{Role, UiMessage};

use super::Fold;

impl Fold {
    /// Puts a turn's new row after its other rows and before prompts that wait behind it; rows of no known turn stand where they came.
    pub(super) fn insert(&mut self, message: UiMessage) -> usize {
        let last = message.turn_id.as_ref().and_then(|turn| match message.changes {
            Some(_) => self.messages.iter().rposition(|known| known.turn_id.as_ref() == Some(turn) && known.queued != Some(true)),
            None => self.last_of_turn(Some(turn)),
        });
        let at = last.map_or(self.messages.len(), |last| last + 1);
        self.messages.insert(at, message);
        at
    }

    /// The turn's last row; a prompt that waits is none yet, and what it changed stands below them all.
    pub(super) fn last_of_turn(&self, turn: Option<&TurnId>) -> Option<usize> {
        self.messages.iter().rposition(|message| is_of(message, turn))
    }

    /// The turn's rows after its prompt, the newest first.
    pub(super) fn rows_of(&self, turn: Option<&TurnId>) -> Vec<usize> {
        let rows = self.messages.iter().enumerate().rev();
        let own = rows.filter(|(_, message)| is_of(message, turn));
        own.take_while(|(_, message)| message.role != Role::User).map(|(at, _)| at).collect()
    }

    /// The bubble the turn is writing into: its last row, while that is an answer still streaming.
    pub(super) fn open(&self, turn: Option<&TurnId>) -> Option<usize> {
        self.last_of_turn(turn).filter(|at| self.messages[*at].role == Role::Assistant && self.messages[*at].is_streaming == Some(true))
    }

    /// The turn of a waiting prompt begins.
    pub(super) fn dequeue(&mut self, turn: Option<&TurnId>) {
        let waiting = self.messages.iter_mut().find(|message| message.queued == Some(true) && message.turn_id.as_ref() == turn);
        if let Some(message) = waiting {
            message.queued = None;
        }
    }

    /// Waiting prompts join a turn that runs: they stand where it is by now.
    pub(super) fn steered(&mut self, prompts: &[TurnId], turn: Option<&TurnId>) {
        for message in &mut self.messages {
            let joins = message.queued == Some(true) && message.turn_id.as_ref().is_some_and(|turn| prompts.contains(turn));
            if joins {
                message.queued = None;
                message.turn_id = turn.cloned();
            }
        }
    }

    /// Ends every streaming flag of a turn.
    pub(super) fn settle(&mut self, turn: Option<&TurnId>) {
        for at in self.rows_of(turn) {
            let message = &mut self.messages[at];
            if message.is_streaming == Some(true) || message.reasoning_streaming == Some(true) {
                quiet(message);
            }
        }
    }

    /// Drops the turn's thoughts that led to nothing that is shown.
    pub(super) fn prune(&mut self, turn: Option<&TurnId>) {
        // From the newest on: what is followed by a trace, or by words of Alcove, has led to it.
        let mut led_on = false;
        for at in self.rows_of(turn) {
            let message = &self.messages[at];
            if !is_thought(message) {
                led_on = message.role == Role::Tool || message.notice.is_some();
            } else if !led_on {
                self.messages.remove(at);
            }
        }
    }
}

fn is_of(message: &UiMessage, turn: Option<&TurnId>) -> bool {
    message.turn_id.as_ref() == turn && message.queued != Some(true) && message.changes.is_none()
}

/// Whether a row is a thought that is over and nothing else.
pub(super) fn is_thought(message: &UiMessage) -> bool {
    message.role == Role::Assistant
        && message.content.trim().is_empty()
        && message.reasoning.as_deref().is_some_and(|text| !text.is_empty())
        && message.reasoning_streaming != Some(true)
        && message.media.is_none()
        && message.notice.is_none()
}

pub(super) fn quiet(message: &mut UiMessage) {
    message.is_streaming = Some(false);
    if message.reasoning.is_some() {
        message.reasoning_streaming = Some(false);
    }
}

/// Where the turn is, as its newest event says.
pub(super) fn stamp(message: &mut UiMessage, phase: Option<Phase>, turn_seq: Option<u64>) {
    message.turn_phase = phase.or(message.turn_phase);
    message.turn_seq = turn_seq.or(message.turn_seq);
}
