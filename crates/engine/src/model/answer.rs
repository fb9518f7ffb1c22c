//! One answer, folded from the bytes of its body: a stream of server-sent events, or one JSON object.
//!
//! Pure: bytes in, model events out. Chunks that arrive together come out as one event of each run of text, so that
//! fast models cost few events, and nothing that can be told is held back.

use std::collections::VecDeque;

use super::chunk::{self, Chunk, ServerError};
use super::sse::{LineTooLong, SseDecoder};
use super::think::{Piece, ThinkSplitter};
use super::{Finish, ModelEvent, TokenUsage};

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
    /// Some text has come out.
    spoke: bool,
    /// `[DONE]` or a whole reply was read.
    complete: bool,
}

impl Answer {
    pub(super) fn new() -> Self {
        Self {
            decoder: SseDecoder::default(),
            splitter: ThinkSplitter::new(),
            events: VecDeque::new(),
            finish: None,
            usage: None,
            bytes: 0,
            spoke: false,
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

    /// True once any text has come out.
    pub(super) fn spoke(&self) -> bool {
        self.spoke
    }

    /// The reason to stop and the usage. `None` when a complete answer was empty for no reason.
    pub(super) fn outcome(&self) -> Option<(Finish, Option<TokenUsage>)> {
        let finish = self.finish.clone().unwrap_or(Finish::Stop);
        let may_be_empty = match finish {
            Finish::Length | Finish::ToolCalls | Finish::ContentFilter => true,
            Finish::Stop | Finish::Other(_) => false,
        };
        (self.spoke || may_be_empty).then_some((finish, self.usage))
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
        let Chunk { reasoning, content, finish, usage, error } = chunk::parse(text).map_err(|why| {
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
        // Some servers repeat the finish reason; the first one is the model's own.
        self.finish = self.finish.take().or(finish);
        self.usage = usage.or(self.usage);
        match error {
            Some(error) => Err(Trouble::Server(error)),
            None => Ok(()),
        }
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
        let mut answer = Answer::new();
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
            let mut answer = Answer::new();
            answer.feed(&stream.as_bytes()[..cut]).unwrap();
            assert_eq!(answer.feed(&stream.as_bytes()[cut..]), Ok(Progress::Complete), "cut at {cut}");
            let (mut reasoning, mut text) = (String::new(), String::new());
            for event in drain(&mut answer) {
                match event {
                    ModelEvent::Reasoning(part) => reasoning.push_str(&part),
                    ModelEvent::Answer(part) => text.push_str(&part),
                    other @ (ModelEvent::Retrying { .. } | ModelEvent::Ended(_) | ModelEvent::Failed(_)) => {
                        panic!("{other:?}")
                    }
                }
            }
            assert_eq!((reasoning.as_str(), text.as_str()), ("Wait", "Y\u{e9}s"), "cut at {cut}");
        }
    }

    #[test]
    fn the_text_before_trouble_comes_out() {
        for (tail, trouble) in [
            ("data: {\"error\":{\"message\":\"m\"}}\n\n", "Server"),
            ("data: {\"choices\":[{\n\n", "Malformed"),
            (&"x".repeat(super::super::sse::MAX_EVENT_BYTES + 1), "LineTooLong"),
        ] {
            let mut answer = Answer::new();
            let stream = format!("{}{tail}", delta("content", "kept"));
            let end = format!("{:?}", answer.feed(stream.as_bytes()).unwrap_err());
            assert!(end.starts_with(trouble), "{end}");
            assert_eq!(drain(&mut answer), [ModelEvent::Answer("kept".to_owned())]);
        }
    }

    #[test]
    fn an_answer_without_end_is_ended() {
        let mut answer = Answer::new();
        let part = delta("content", &"x".repeat(100_000));
        let parts = (0..).take_while(|_| answer.feed(part.as_bytes()).is_ok()).count();
        assert_eq!(parts, MAX_ANSWER_BYTES / 100_000);
        assert_eq!(answer.feed(part.as_bytes()), Err(Trouble::TooMuch));
    }
}
