//! One answer, folded from the bytes of its body: a stream of server-sent events, or one JSON object.
//!
//! Pure: bytes in, model events out. Chunks that arrive together come out as one event of each run of text, so that
//! fast models cost few events, and nothing that can be told is held back.

use std::collections::VecDeque;

use super::calls::{Calls, TooManyCalls};
use super::chunk::{self, Chunk, ServerError};
use super::piece::CallPieces;
use super::sse::{LineTooLong, SseDecoder};
use super::think::{Piece, ThinkSplitter};
use super::{Finish, Message, ModelEvent, TokenUsage};

/// The most text of one answer, reasoning included, in bytes.
pub(super) const MAX_ANSWER_BYTES: usize = 8 << 20;

/// The most of a JSON reply that is read, in bytes.
pub(super) const MAX_REPLY_BYTES: usize = MAX_ANSWER_BYTES;

/// Why the body cannot be read on. What it held until then has come out.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    LineTooLong,
    TooMuch,
    Malformed(String),
    Server(ServerError),
}

/// Whether there is more to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// The answer goes on.
    More,
    /// The model is done; only the usage may still follow.
    Closing,
    /// Nothing more can follow.
    Complete,
}

/// How an answer ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) finish: Finish,
    /// Calls that were not handed over.
    pub(super) cut_calls: usize,
    pub(super) usage: Option<TokenUsage>,
}

/// The answer so far.
#[derive(Debug)]
pub(super) struct Answer {
    decoder: SseDecoder,
    splitter: ThinkSplitter,
    events: VecDeque<ModelEvent>,
    finish: Option<Finish>,
    usage: Option<TokenUsage>,
    /// Bytes of text taken so far.
    bytes: usize,
    /// Some text or a piece of a call has come.
    spoke: bool,
    calls: Calls,
    /// Calls have come in deltas, so that a whole message repeats them.
    calls_in_deltas: bool,
    /// A piece of a call came after the finish reason.
    late_calls: bool,
    /// `[DONE]` or a whole reply was read.
    complete: bool,
}

impl Answer {
    /// Nothing yet, in a conversation that holds `messages`.
    pub(super) fn to(messages: &[Message]) -> Self {
        Self {
            decoder: SseDecoder::default(),
            splitter: ThinkSplitter::new(),
            events: VecDeque::new(),
            finish: None,
            usage: None,
            bytes: 0,
            spoke: false,
            calls: Calls::after(messages),
            calls_in_deltas: false,
            late_calls: false,
            complete: false,
        }
    }

    /// Reads the next bytes of an event stream.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<Progress, Trouble> {
        let mut events = Vec::new();
        let decoded = self.decoder.feed(bytes, &mut events);
        self.take_all(&events)?;
        match decoded {
            Ok(()) => Ok(self.progress()),
            Err(LineTooLong) => Err(Trouble::LineTooLong),
        }
    }

    /// The event stream has ended. Half an event at its end does not count.
    pub(super) fn end(&mut self) -> Result<Progress, Trouble> {
        let mut events = Vec::new();
        if self.decoder.finish(&mut events).is_ok()
            && let Some(last) = events.last()
            && (last.trim() == "[DONE]" || chunk::parse(last).is_ok())
        {
            self.take_all(&events)?;
        }
        Ok(self.progress())
    }

    /// Reads a reply that is one JSON object.
    pub(super) fn whole(&mut self, body: &[u8]) -> Result<(), Trouble> {
        self.take(&String::from_utf8_lossy(body))?;
        self.complete = true;
        Ok(())
    }

    /// Lets text out that was held because a tag might have begun. Call it when nothing more will be read.
    pub(super) fn release(&mut self) {
        let mut pieces = Vec::new();
        self.splitter.finish(&mut pieces);
        self.push_pieces(pieces);
    }

    pub(super) fn next_event(&mut self) -> Option<ModelEvent> {
        self.events.pop_front()
    }

    /// True once any text or a piece of a call has come.
    pub(super) fn spoke(&self) -> bool {
        self.spoke
    }

    /// Lets the calls out, if the answer is whole. Call it when it has ended well.
    pub(super) fn hand_over(&mut self) {
        if self.calls.count() == 0 || !self.is_whole() {
            return;
        }
        self.tell(Calls::tell_names);
        self.finish = Some(Finish::ToolCalls);
        self.events.push_back(ModelEvent::Calls(self.calls.take()));
    }

    fn is_whole(&self) -> bool {
        let ended = match &self.finish {
            Some(Finish::Stop | Finish::ToolCalls) => true,
            Some(Finish::Length | Finish::ContentFilter | Finish::Other(_)) => false,
            None => self.complete,
        };
        ended && (self.complete || !self.late_calls)
    }

    /// How it ended. `None` when a complete answer was empty for no reason.
    pub(super) fn outcome(&self) -> Option<Outcome> {
        let cut_calls = self.calls.count();
        let finish = match self.finish.clone().unwrap_or(Finish::Stop) {
            Finish::Stop | Finish::ToolCalls if cut_calls > 0 => Finish::Length,
            finish @ (Finish::Stop | Finish::ToolCalls | Finish::Length | Finish::ContentFilter | Finish::Other(_)) => finish,
        };
        let may_be_empty = match finish {
            Finish::Length | Finish::ToolCalls | Finish::ContentFilter => true,
            Finish::Stop | Finish::Other(_) => false,
        };
        (self.spoke || may_be_empty).then_some(Outcome { finish, cut_calls, usage: self.usage })
    }

    fn progress(&self) -> Progress {
        match (self.complete, &self.finish) {
            (true, _) => Progress::Complete,
            (false, Some(_)) => Progress::Closing,
            (false, None) => Progress::More,
        }
    }

    fn take_all(&mut self, events: &[String]) -> Result<(), Trouble> {
        for data in events {
            if self.complete {
                break;
            }
            match data.trim() {
                "" => {}
                "[DONE]" => self.complete = true,
                text => self.take(text)?,
            }
        }
        Ok(())
    }

    fn take(&mut self, text: &str) -> Result<(), Trouble> {
        let Chunk { reasoning, content, calls, finish, usage, error } = chunk::parse(text).map_err(|why| {
            let sample: String = text.chars().take(80).collect();
            Trouble::Malformed(format!("{why}, in “{sample}”"))
        })?;
        let room = MAX_ANSWER_BYTES - self.bytes;
        if reasoning.len() + content.len() > room {
            return Err(Trouble::TooMuch);
        }
        self.bytes += reasoning.len() + content.len();
        let mut pieces = Vec::new();
        if !reasoning.is_empty() {
            pieces.push(Piece::Reasoning(reasoning));
        }
        self.splitter.push(&content, &mut pieces);
        self.push_pieces(pieces);
        self.take_calls(calls).map_err(|TooManyCalls| Trouble::TooMuch)?;
        // Some servers repeat the finish reason; the first one is the model's own, unless a later one says that something is missing.
        self.finish = match (self.finish.take(), finish) {
            (_, Some(cut @ (Finish::Length | Finish::ContentFilter))) => Some(cut),
            (first, later) => first.or(later),
        };
        self.usage = usage.or(self.usage);
        match error {
            Some(error) => Err(Trouble::Server(error)),
            None => Ok(()),
        }
    }

    fn take_calls(&mut self, calls: CallPieces) -> Result<(), TooManyCalls> {
        if calls.pieces.is_empty() || (calls.repeated && self.calls_in_deltas) {
            return Ok(());
        }
        self.spoke = true;
        self.calls_in_deltas |= !calls.repeated;
        self.late_calls |= self.finish.is_some();
        for piece in calls.pieces {
            let mut taken = Ok(());
            self.tell(|calls, names| taken = calls.push(piece, names));
            taken?;
        }
        Ok(())
    }

    /// Tells the names that `find` finds.
    fn tell(&mut self, find: impl FnOnce(&mut Calls, &mut Vec<String>)) {
        let mut names = Vec::new();
        find(&mut self.calls, &mut names);
        self.events.extend(names.into_iter().map(|name| ModelEvent::Calling { name }));
    }

    fn push_pieces(&mut self, pieces: Vec<Piece>) {
        for piece in pieces {
            self.spoke = true;
            match (piece, self.events.back_mut()) {
                (Piece::Reasoning(text), Some(ModelEvent::Reasoning(last))) | (Piece::Answer(text), Some(ModelEvent::Answer(last))) => {
                    last.push_str(&text)
                }
                (Piece::Reasoning(text), _) => self.events.push_back(ModelEvent::Reasoning(text)),
                (Piece::Answer(text), _) => self.events.push_back(ModelEvent::Answer(text)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delta(field: &str, text: &str) -> String {
        format!("data: {{\"choices\":[{{\"delta\":{{\"{field}\":\"{text}\"}}}}]}}\n\n")
    }

    fn drain(answer: &mut Answer) -> Vec<ModelEvent> {
        std::iter::from_fn(|| answer.next_event()).collect()
    }

    #[test]
    fn what_arrives_together_is_joined_and_told_at_once() {
        let mut answer = Answer::to(&[]);
        let first = [delta("reasoning", "a"), delta("reasoning", "b"), delta("content", "c"), delta("content", "d")].concat();
        assert_eq!(answer.feed(first.as_bytes()), Ok(Progress::More));
        assert_eq!(drain(&mut answer), [ModelEvent::Reasoning("ab".to_owned()), ModelEvent::Answer("cd".to_owned())]);
        assert_eq!(answer.feed(delta("content", "e").as_bytes()), Ok(Progress::More));
        assert_eq!(drain(&mut answer), [ModelEvent::Answer("e".to_owned())]);
    }

    #[test]
    fn every_cut_of_a_stream_gives_the_same_text() {
        let stream = [
            delta("content", "<th"),
            delta("content", "ink>Wa"),
            delta("content", "it</thi"),
            ": keep-alive\r\n\r\n".to_owned(),
            delta("content", "nk>\\n\\nY\u{e9}s"),
            "data:{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n".to_owned(),
        ]
        .concat();
        for cut in 0..=stream.len() {
            let mut answer = Answer::to(&[]);
            answer.feed(&stream.as_bytes()[..cut]).unwrap();
            assert_eq!(answer.feed(&stream.as_bytes()[cut..]), Ok(Progress::Complete), "cut at {cut}");
            let (mut reasoning, mut text) = (String::new(), String::new());
            for event in drain(&mut answer) {
                match event {
                    ModelEvent::Reasoning(part) => reasoning.push_str(&part),
                    ModelEvent::Answer(part) => text.push_str(&part),
                    other @ (ModelEvent::Retrying { .. }
                    | ModelEvent::Calling { .. }
                    | ModelEvent::Calls(_)
                    | ModelEvent::Ended(_)
                    | ModelEvent::Failed(_)) => {
                        panic!("{other:?}")
                    }
                }
            }
            assert_eq!((reasoning.as_str(), text.as_str()), ("Wait", "Y\u{e9}s"), "cut at {cut}");
        }
    }

    /// A stream with two calls, woven.
    fn calling() -> String {
        let piece = |piece: &str| format!("data: {{\"choices\":[{{\"delta\":{{\"tool_calls\":[{piece}]}}}}]}}\n\n");
        [
            delta("content", "Y\u{e9}s"),
            piece(r#"{"index":0,"id":"a","function":{"name":"exec","arguments":""}}"#),
            piece(r#"{"index":0,"function":{"arguments":"{\"command\":"}}"#),
            piece(r#"{"index":1,"id":"b","function":{"name":"exec","arguments":"{}"}}"#),
            piece(r#"{"index":0,"function":{"arguments":"\"\u00e9 é\"}"}}"#),
            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n".to_owned(),
        ]
        .concat()
    }

    #[test]
    fn every_cut_of_a_stream_gives_the_same_calls() {
        let stream = calling();
        let told = |cut: usize| {
            let mut answer = Answer::to(&[]);
            answer.feed(&stream.as_bytes()[..cut]).unwrap();
            assert_eq!(answer.feed(&stream.as_bytes()[cut..]), Ok(Progress::Complete), "cut at {cut}");
            answer.hand_over();
            drain(&mut answer)
        };
        let whole = told(0);
        assert!(
            matches!(whole.last(), Some(ModelEvent::Calls(calls)) if calls[0].arguments == "{\"command\":\"\u{e9} \u{e9}\"}"),
            "{whole:?}"
        );
        for cut in 0..=stream.len() {
            assert_eq!(told(cut), whole, "cut at {cut}");
        }
    }

    #[test]
    fn no_call_comes_out_of_a_stream_that_ends_early() {
        let stream = calling();
        let finish = stream.find("\"finish_reason\":\"tool_calls\"}]}").unwrap() + "\"finish_reason\":\"tool_calls\"}]}".len();
        for cut in 0..=stream.len() {
            let mut answer = Answer::to(&[]);
            answer.feed(&stream.as_bytes()[..cut]).unwrap();
            let whole = match answer.end().unwrap() {
                Progress::More => false,
                Progress::Closing | Progress::Complete => true,
            };
            assert_eq!(whole, cut >= finish, "cut at {cut}");
            // Even if it were taken for whole.
            answer.hand_over();
            let calls = drain(&mut answer).into_iter().filter(|event| matches!(event, ModelEvent::Calls(_))).count();
            assert_eq!(calls, usize::from(whole), "cut at {cut}");
        }
    }

    #[test]
    fn the_text_before_trouble_comes_out() {
        for (tail, trouble) in [
            ("data: {\"error\":{\"message\":\"m\"}}\n\n", "Server"),
            ("data: {\"choices\":[{\n\n", "Malformed"),
            (&"x".repeat(super::super::sse::MAX_EVENT_BYTES + 1), "LineTooLong"),
        ] {
            let mut answer = Answer::to(&[]);
            let stream = format!("{}{tail}", delta("content", "kept"));
            let end = format!("{:?}", answer.feed(stream.as_bytes()).unwrap_err());
            assert!(end.starts_with(trouble), "{end}");
            assert_eq!(drain(&mut answer), [ModelEvent::Answer("kept".to_owned())]);
        }
    }

    #[test]
    fn an_answer_without_end_is_ended() {
        let mut answer = Answer::to(&[]);
        let part = delta("content", &"x".repeat(100_000));
        let parts = (0..).take_while(|_| answer.feed(part.as_bytes()).is_ok()).count();
        assert_eq!(parts, MAX_ANSWER_BYTES / 100_000);
        assert_eq!(answer.feed(part.as_bytes()), Err(Trouble::TooMuch));
    }
}
