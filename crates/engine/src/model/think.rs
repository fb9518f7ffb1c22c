//! Reasoning that a model writes into its answer between `<think>` and `</think>`, told apart while it streams.
//!
//! Pure, and indifferent to how the text was cut: a tag split over pieces is still a tag. Only a tag before the first
//! word of the answer counts, so an answer that talks about `<think>` keeps its words. Text is never held longer than
//! a tag may still be completed by it.

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// White space on one line before the first word beyond which no tag is waited for.
const MAX_INDENT: usize = 256;

/// A run of text of one kind; never empty.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Reasoning(String),
    Answer(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// No word of the answer yet: blank lines are dropped and an opening tag may come.
    Before,
    /// Right after the opening tag: white space is dropped.
    Opened,
    Thinking,
    Answering,
}

/// Splits the `content` of one answer.
#[derive(Debug)]
pub(super) struct ThinkSplitter {
    place: Place,
    /// Text that cannot be told yet: leading white space, or the beginning of a tag.
    held: String,
}

impl ThinkSplitter {
    pub(super) fn new() -> Self {
        Self { place: Place::Before, held: String::new() }
    }

    /// Takes the next piece of content and appends what can be told by now to `pieces`.
    pub(super) fn push(&mut self, text: &str, pieces: &mut Vec<Piece>) {
        self.held.push_str(text);
        while self.advance(pieces) {}
    }

    /// The content has ended: what was held is text after all.
    pub(super) fn finish(&mut self, pieces: &mut Vec<Piece>) {
        let held = std::mem::take(&mut self.held);
        match self.place {
            Place::Before if held.trim().is_empty() => {}
            Place::Before | Place::Answering => emit_answer(&held, pieces),
            Place::Opened | Place::Thinking => emit_reasoning(&held, pieces),
        }
    }

    /// One step over the held text; false when more text is needed.
    fn advance(&mut self, pieces: &mut Vec<Piece>) -> bool {
        match self.place {
            Place::Before => self.before(pieces),
            Place::Opened => {
                self.held = self.held.trim_start().to_owned();
                if self.held.is_empty() {
                    return false;
                }
                self.place = Place::Thinking;
                true
            }
            Place::Thinking => self.thinking(pieces),
            Place::Answering => {
                emit_answer(&std::mem::take(&mut self.held), pieces);
                false
            }
        }
    }

    fn before(&mut self, pieces: &mut Vec<Piece>) -> bool {
        let blank = self.held.len() - without_blank_lines(&self.held).len();
        self.held.drain(..blank);
        let word = self.held.trim_start();
        let indent = self.held.len() - word.len();
        if indent > MAX_INDENT {
            emit_answer(&std::mem::take(&mut self.held), pieces);
            self.place = Place::Answering;
            return false;
        }
        if let Some(rest) = word.strip_prefix(OPEN) {
            self.held = rest.to_owned();
            self.place = Place::Opened;
            return true;
        }
        if OPEN.starts_with(word) {
            return false;
        }
        emit_answer(&std::mem::take(&mut self.held), pieces);
        self.place = Place::Answering;
        false
    }

    fn thinking(&mut self, pieces: &mut Vec<Piece>) -> bool {
        if let Some(at) = self.held.find(CLOSE) {
            emit_reasoning(&self.held[..at], pieces);
            self.held.drain(..at + CLOSE.len());
            self.place = Place::Before;
            return true;
        }
        let open_end = (1..CLOSE.len()).rev().find(|&length| self.held.ends_with(&CLOSE[..length])).unwrap_or(0);
        let told = self.held.len() - open_end;
        emit_reasoning(&self.held[..told], pieces);
        self.held.drain(..told);
        false
    }
}

/// Drops the blank lines before the first word, but keeps its indentation, which Markdown reads.
fn without_blank_lines(text: &str) -> &str {
    let blank = text.len() - text.trim_start().len();
    match text[..blank].rfind(['\n', '\r']) {
        Some(at) => &text[at + 1..],
        None => text,
    }
}

fn emit_reasoning(text: &str, pieces: &mut Vec<Piece>) {
    if !text.is_empty() {
        pieces.push(Piece::Reasoning(text.to_owned()));
    }
}

fn emit_answer(text: &str, pieces: &mut Vec<Piece>) {
    if !text.is_empty() {
        pieces.push(Piece::Answer(text.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Content, its reasoning, its answer.
    const CASES: &[(&str, &str, &str)] = &[
        ("", "", ""),
        ("Hello there", "", "Hello there"),
        ("<think>why</think>because", "why", "because"),
        ("<think>\nwhy\n</think>\n\nbecause", "why\n", "because"),
        ("\n <think>why</think> because", "why", " because"),
        ("<think></think>because", "", "because"),
        ("<think>\n\n</think>\n\nbecause", "", "because"),
        ("<think>never closed", "never closed", ""),
        ("<think>never closed </thin", "never closed </thin", ""),
        ("<think>a < b </b> <</think>c", "a < b </b> <", "c"),
        ("<think>a</think>\n<think>b</think>c", "ab", "c"),
        ("Use <think> like </think> this", "", "Use <think> like </think> this"),
        ("<thinker>", "", "<thinker>"),
        ("<thi", "", "<thi"),
        ("<", "", "<"),
        ("<html>", "", "<html>"),
        ("\n\n    code", "", "    code"),
        ("    code", "", "    code"),
        ("  \n ", "", ""),
        ("a\n\nb\n", "", "a\n\nb\n"),
        ("<think>\u{1f30a} \u{e9}</think>\u{1f30a}\u{e9}", "\u{1f30a} \u{e9}", "\u{1f30a}\u{e9}"),
        ("stray </think> tag", "", "stray </think> tag"),
    ];

    fn split(parts: &[&str]) -> (String, String) {
        let mut splitter = ThinkSplitter::new();
        let mut pieces = Vec::new();
        for part in parts {
            splitter.push(part, &mut pieces);
        }
        splitter.finish(&mut pieces);
        let (mut reasoning, mut answer) = (String::new(), String::new());
        for piece in pieces {
            match piece {
                Piece::Reasoning(text) => reasoning.push_str(&text),
                Piece::Answer(text) => answer.push_str(&text),
            }
        }
        (reasoning, answer)
    }

    #[test]
    fn every_cut_gives_the_same_split() {
        for &(text, reasoning, answer) in CASES {
            let expected = (reasoning.to_owned(), answer.to_owned());
            let cuts: Vec<usize> = (0..=text.len()).filter(|&at| text.is_char_boundary(at)).collect();
            for &first in &cuts {
                for &second in cuts.iter().filter(|&&second| second >= first) {
                    let parts = [&text[..first], &text[first..second], &text[second..]];
                    assert_eq!(split(&parts), expected, "{text:?} cut at {first} and {second}");
                }
            }
        }
    }

    #[test]
    fn endless_indentation_is_not_held() {
        let deep = " ".repeat(MAX_INDENT + 1) + "<think>a</think>";
        assert_eq!(split(&[&deep]), (String::new(), deep.clone()));
        let pieces: Vec<&str> = deep.split_inclusive(' ').collect();
        assert_eq!(split(&pieces), (String::new(), deep.clone()));
    }

    #[test]
    fn text_is_told_as_soon_as_it_can_be() {
        let mut splitter = ThinkSplitter::new();
        let mut pieces = Vec::new();
        for (text, told) in [("<think>", 0), ("a", 1), (" </", 2), ("b", 3), ("</think>", 3), ("\n\n", 3), ("c", 4)] {
            splitter.push(text, &mut pieces);
            assert_eq!(pieces.len(), told, "after {text:?}: {pieces:?}");
        }
    }
}
