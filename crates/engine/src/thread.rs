//! A chat's log folded to what a person sees (envelope §5.3). Pure: rows in, messages out; the window folds live events by the same
//! rules, so both come to the same picture.

use alcove_proto::TurnId;
use alcove_proto::envelope::{Delta, Event, GoalWord, MessageEvent, Phase, StreamEnd, TurnEnd, UserMessage};
use alcove_proto::thread::{Role, UiMessage};
use alcove_store::EventRow;

use crate::error::Error;
use crate::run::{Run, RunKind};

/// What a stretch of the log looks like.
#[derive(Debug, Default)]
pub(crate) struct Fold {
    /// The messages, oldest first.
    pub(crate) messages: Vec<UiMessage>,
    /// Turns that ended in it.
    pub(crate) completed: Vec<TurnId>,
    /// The answer bubble still taking text.
    open: Option<usize>,
}

/// Folds rows, oldest first.
pub(crate) fn fold(rows: &[EventRow]) -> Result<Fold, Error> {
    let mut fold = Fold::default();
    for row in rows {
        fold.take(row)?;
    }
    Ok(fold)
}

impl Fold {
    fn take(&mut self, row: &EventRow) -> Result<(), Error> {
        if row.kind == RunKind::Delta.word() || row.kind == RunKind::ReasoningDelta.word() {
            let run: Run = read(&row.payload)?;
            match run.kind {
                RunKind::Delta => self.answer(&run),
                RunKind::ReasoningDelta => self.reasoning(&run),
            }
            return Ok(());
        }
        match read(&row.payload)? {
            Event::UserMessage(prompt) => self.prompt(prompt, row),
            Event::ReasoningEnd(end) => self.reasoning_end(end.turn_seq, row.at),
            Event::StreamEnd(end) => self.stream_end(end, row),
            Event::Message(message) => self.message(message, row),
            Event::TurnEnd(end) => self.turn_end(end),
            Event::GoalStatus(status) => match status.status {
                GoalWord::Running => self.dequeue(status.turn_id.as_ref()),
                GoalWord::Idle => self.close(),
            },
            Event::Delta(_)
            | Event::ReasoningDelta(_)
            | Event::TurnModelUpdated(_)
            | Event::GoalState(_)
            | Event::Ready(_)
            | Event::Attached(_)
            | Event::Resync(_)
            | Event::MessageAccepted(_)
            | Event::SessionUpdated(_)
            | Event::Watching(_)
            | Event::ChatState(_)
            | Event::WebuiResponse(_)
            | Event::Error(_) => {}
        }
        Ok(())
    }

    fn prompt(&mut self, prompt: UserMessage, row: &EventRow) {
        if prompt.starts_turn {
            self.close();
        }
        let mut message = UiMessage::begun("u", row.seq, Role::User);
        message.content = prompt.text;
        message.created_at = Some(prompt.created_at_ms.unwrap_or(row.at));
        message.turn_phase = prompt.turn_id.as_ref().map(|_| Phase::User);
        message.turn_seq = prompt.turn_id.as_ref().map(|_| 1);
        message.turn_id = prompt.turn_id;
        message.queued = (!prompt.starts_turn).then_some(true);
        self.messages.push(message);
    }

    /// Puts a turn's new row after its other rows and before prompts that wait behind it; rows of no known turn stand where they came.
    fn insert(&mut self, message: UiMessage) -> usize {
        let last = message.turn_id.as_ref().and_then(|turn| self.last_of_turn(Some(turn)));
        let at = last.map_or(self.messages.len(), |last| last + 1);
        self.messages.insert(at, message);
        at
    }

    fn last_of_turn(&self, turn: Option<&TurnId>) -> Option<usize> {
        self.messages.iter().rposition(|message| message.turn_id.as_ref() == turn)
    }

    fn dequeue(&mut self, turn: Option<&TurnId>) {
        let waiting = self.messages.iter_mut().find(|message| message.queued == Some(true) && message.turn_id.as_ref() == turn);
        if let Some(message) = waiting {
            message.queued = None;
        }
    }

    /// The bubble taking text, or a new one.
    fn bubble(&mut self, prefix: &str, first: &Delta, at: i64) -> &mut UiMessage {
        let index = match self.open {
            Some(index) => index,
            None => {
                let mut message = UiMessage::begun(prefix, first.seq.unwrap_or(0), Role::Assistant);
                message.turn_id.clone_from(&first.turn_id);
                message.created_at = Some(at);
                self.insert(message)
            }
        };
        self.open = Some(index);
        &mut self.messages[index]
    }

    fn answer(&mut self, run: &Run) {
        let bubble = self.bubble("buf", &run.whole, run.began);
        bubble.content.push_str(&run.whole.text);
        bubble.is_streaming = Some(true);
        if bubble.reasoning.is_some() {
            bubble.reasoning_streaming = Some(false);
        }
        stamp(bubble, Phase::Answer, last_turn_seq(run));
    }

    fn reasoning(&mut self, run: &Run) {
        let bubble = self.bubble("as", &run.whole, run.began);
        bubble.reasoning.get_or_insert_default().push_str(&run.whole.text);
        bubble.is_streaming = Some(true);
        bubble.reasoning_streaming = Some(true);
        stamp(bubble, Phase::Reasoning, last_turn_seq(run));
    }

    fn reasoning_end(&mut self, turn_seq: Option<u64>, at: i64) {
        if let Some(bubble) = self.open.and_then(|index| self.messages.get_mut(index)) {
            bubble.reasoning_ms = bubble.created_at.and_then(|began| u64::try_from(at - began).ok());
            bubble.reasoning_streaming = Some(false);
            stamp(bubble, Phase::Reasoning, turn_seq);
        }
    }

    fn stream_end(&mut self, end: StreamEnd, row: &EventRow) {
        if self.open.is_none() && end.text.is_some() {
            let mut message = UiMessage::begun("buf", row.seq, Role::Assistant);
            message.turn_id.clone_from(&end.turn_id);
            message.created_at = Some(row.at);
            self.open = Some(self.insert(message));
        }
        if let Some(bubble) = self.open.and_then(|index| self.messages.get_mut(index)) {
            if let Some(text) = end.text {
                bubble.content = text;
            }
            stamp(bubble, Phase::Answer, end.turn_seq);
        }
        self.close();
    }

    fn message(&mut self, event: MessageEvent, row: &EventRow) {
        if event.kind.is_some() {
            return self.activity(event, row);
        }
        if event.notice.is_some() {
            // A prompt that is told of is waiting no more.
            self.dequeue(event.turn_id.as_ref());
        }
        let mut message = UiMessage::begun("buf", row.seq, Role::Assistant);
        message.content = event.text;
        message.notice = event.notice;
        message.latency_ms = event.latency_ms;
        message.created_at = Some(event.created_at_ms.unwrap_or(row.at));
        message.turn_id = event.turn_id;
        message.turn_phase = event.turn_phase;
        message.turn_seq = event.turn_seq;
        self.insert(message);
    }

    /// Lines of one stretch of activity stand in one row.
    fn activity(&mut self, event: MessageEvent, row: &EventRow) {
        let last = self.last_of_turn(event.turn_id.as_ref()).and_then(|index| self.messages.get_mut(index));
        if let Some(last) = last.filter(|last| last.role == Role::Tool) {
            last.traces.get_or_insert_default().push(event.text.clone());
            last.content = event.text;
            return;
        }
        self.close();
        let mut message = UiMessage::begun("tr", row.seq, Role::Tool);
        message.kind = Some("trace".to_owned());
        message.traces = Some(vec![event.text.clone()]);
        message.content = event.text;
        message.created_at = Some(event.created_at_ms.unwrap_or(row.at));
        message.turn_id = event.turn_id;
        message.turn_phase = event.turn_phase;
        message.turn_seq = event.turn_seq;
        self.insert(message);
    }

    fn turn_end(&mut self, end: TurnEnd) {
        self.close();
        let last = self.messages.iter_mut().rev().find(|message| message.role == Role::Assistant && message.turn_id == end.turn_id);
        if let Some(last) = last {
            last.latency_ms = end.latency_ms;
            last.usage = end.usage;
            last.context_window_tokens = end.context_window_tokens;
        }
        self.completed.extend(end.turn_id);
    }

    fn close(&mut self) {
        if let Some(bubble) = self.open.take().and_then(|index| self.messages.get_mut(index)) {
            bubble.is_streaming = Some(false);
            if bubble.reasoning.is_some() {
                bubble.reasoning_streaming = Some(false);
            }
        }
    }
}

fn stamp(message: &mut UiMessage, phase: Phase, turn_seq: Option<u64>) {
    if turn_seq.is_some() {
        message.turn_phase = Some(phase);
        message.turn_seq = turn_seq;
    }
}

fn last_turn_seq(run: &Run) -> Option<u64> {
    run.whole.turn_seq.map(|first| first + run.cuts.len() as u64 - 1)
}

fn read<T: serde::de::DeserializeOwned>(payload: &str) -> Result<T, Error> {
    serde_json::from_str(payload).map_err(|source| Error::Unreadable { what: "an event", source })
}

#[cfg(test)]
mod tests {
    use alcove_store::PageStart;
    use serde_json::Value;

    use super::*;

    /// The cases the window folds too: frames as they are told, messages as they are seen.
    const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../proto/tests/folds.json");

    fn row(frame: &Value, at: u64) -> EventRow {
        let mut event: Event = serde_json::from_value(frame.clone()).expect("a frame");
        event.number(at);
        let kind = event.kind().to_owned();
        let payload = match event {
            Event::Delta(piece) => serde_json::to_string(&Run::begin(RunKind::Delta, piece, 0)),
            Event::ReasoningDelta(piece) => serde_json::to_string(&Run::begin(RunKind::ReasoningDelta, piece, 0)),
            whole @ (Event::UserMessage(_)
            | Event::ReasoningEnd(_)
            | Event::StreamEnd(_)
            | Event::Message(_)
            | Event::TurnEnd(_)
            | Event::GoalStatus(_)
            | Event::TurnModelUpdated(_)
            | Event::GoalState(_)
            | Event::Ready(_)
            | Event::Attached(_)
            | Event::Resync(_)
            | Event::MessageAccepted(_)
            | Event::SessionUpdated(_)
            | Event::Watching(_)
            | Event::ChatState(_)
            | Event::WebuiResponse(_)
            | Event::Error(_)) => serde_json::to_string(&whole),
        };
        let payload = payload.expect("JSON");
        EventRow { chat: "c".to_owned(), seq: at, last: at, turn: None, kind, boundary: PageStart::No, payload, at: 0 }
    }

    #[test]
    fn folds_are_what_the_window_sees() {
        let text = std::fs::read_to_string(CASES).expect("the cases");
        let mut cases: Vec<Value> = serde_json::from_str(&text).expect("JSON");
        for case in &mut cases {
            let rows: Vec<EventRow> =
                case["frames"].as_array().expect("frames").iter().zip(1..).map(|(frame, at)| row(frame, at)).collect();
            let mut messages = serde_json::to_value(fold(&rows).expect("a fold").messages).expect("JSON");
            for message in messages.as_array_mut().expect("messages") {
                // The window takes its own clock for what streams.
                let message = message.as_object_mut().expect("a message");
                message.remove("createdAt");
                message.remove("reasoningMs");
            }
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                case["messages"] = messages;
            } else {
                assert_eq!(case["messages"], messages, "{}", case["name"]);
            }
        }
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            let text = serde_json::to_string_pretty(&cases).expect("JSON");
            std::fs::write(CASES, text + "\n").expect("the cases are writable");
        }
    }
}
