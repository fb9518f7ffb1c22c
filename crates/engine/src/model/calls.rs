//! The tool calls of one answer: pieces in, calls out.
//!
//! Pure. Servers count calls by index, by id, or not at all, and some give all of them the same index; so a piece that names a
//! function begins another call wherever it cannot go on with the last one. Arguments stay the text that came; whether it is JSON
//! is for the caller to see.

use std::collections::HashSet;

use super::piece::CallPiece;
use super::{Message, ToolCall};

/// The most of all calls of one answer together, in bytes.
pub(super) const MAX_CALL_BYTES: usize = 8 << 20;

/// The most calls of one answer.
pub(super) const MAX_CALLS: usize = 128;

/// The calls grew past [`MAX_CALL_BYTES`] or [`MAX_CALLS`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooManyCalls;

/// The calls so far.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// Ids of the conversation's earlier calls.
    taken: HashSet<String>,
    begun: Vec<Begun>,
    bytes: usize,
}

#[derive(Debug, Default)]
struct Begun {
    index: Option<u64>,
    id: String,
    name: String,
    arguments: String,
    object: Object,
    told: bool,
}

/// How far the text of an object has come, read along as it grows.
#[derive(Debug, Default, Clone, Copy)]
struct Object {
    depth: usize,
    in_text: bool,
    escaped: bool,
    stage: Stage,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing but white space.
    #[default]
    Blank,
    Open,
    /// The object is closed.
    Closed,
}

impl Calls {
    /// No calls yet, in a conversation that holds `messages`.
    pub(super) fn after(messages: &[Message]) -> Self {
        let taken = messages.iter().flat_map(|message| &message.calls).map(|call| call.id.clone()).collect();
        Self { taken, ..Self::default() }
    }

    /// How many calls have begun.
    pub(super) fn count(&self) -> usize {
        self.begun.len()
    }

    /// Takes the next piece and appends the names that are known for certain by now to `names`.
    pub(super) fn push(&mut self, piece: CallPiece, names: &mut Vec<String>) -> Result<(), TooManyCalls> {
        self.bytes += piece.id.len() + piece.name.len() + piece.arguments.len();
        if self.bytes > MAX_CALL_BYTES {
            return Err(TooManyCalls);
        }
        let at = match self.place(&piece) {
            Some(at) => at,
            None if self.begun.len() == MAX_CALLS => return Err(TooManyCalls),
            None => {
                self.tell_names(names);
                self.begun.push(Begun { index: piece.index, ..Begun::default() });
                self.begun.len() - 1
            }
        };
        self.begun[at].add(piece);
        if self.begun[at].object.stage != Stage::Blank {
            self.begun[at].tell_name(names);
        }
        Ok(())
    }

    /// Appends the names to `names` that were not told yet.
    pub(super) fn tell_names(&mut self, names: &mut Vec<String>) {
        for call in &mut self.begun {
            call.tell_name(names);
        }
    }

    /// The calls, in the order they began, each with an id that no other call of the conversation has.
    pub(super) fn take(&mut self) -> Vec<ToolCall> {
        let mut calls: Vec<ToolCall> = Vec::new();
        for (place, begun) in std::mem::take(&mut self.begun).into_iter().enumerate() {
            let id = self.free_id(&begun.id, place + 1);
            self.taken.insert(id.clone());
            calls.push(ToolCall { id, name: begun.name.trim().to_owned(), arguments: begun.arguments });
        }
        calls
    }

    fn free_id(&self, id: &str, first: usize) -> String {
        let id = id.trim();
        if !id.is_empty() && !self.taken.contains(id) {
            return id.to_owned();
        }
        let mut number = first;
        loop {
            let id = format!("call_{number}");
            if !self.taken.contains(&id) {
                return id;
            }
            number += 1;
        }
    }

    /// The call that `piece` goes on with; `None` when it begins another.
    fn place(&self, piece: &CallPiece) -> Option<usize> {
        if piece.apart {
            return None;
        }
        let with_id = |id: &str| self.begun.iter().rposition(|call| call.id == id);
        let last = self.begun.len().checked_sub(1);
        let at = match piece.index {
            Some(index) => self.begun.iter().rposition(|call| call.index == Some(index)).or_else(|| self.uncounted(piece))?,
            None if piece.id.is_empty() => last?,
            None if piece.name.is_empty() => with_id(&piece.id).or(last)?,
            None => with_id(&piece.id)?,
        };
        (!self.begun[at].is_followed_by(piece)).then_some(at)
    }

    /// The last call, if its index was left out where it began and `piece` brings it.
    fn uncounted(&self, piece: &CallPiece) -> Option<usize> {
        let last = self.begun.len().checked_sub(1)?;
        (self.begun[last].index.is_none() && piece.name.is_empty()).then_some(last)
    }
}

impl Begun {
    /// Whether `piece`, which has this call's index or id or none, begins another call.
    fn is_followed_by(&self, piece: &CallPiece) -> bool {
        if piece.name.is_empty() || self.name.is_empty() || self.is_repeated_by(piece) {
            return false;
        }
        let other_name = piece.name != self.name;
        let other_id = !piece.id.is_empty() && !self.id.is_empty() && piece.id != self.id;
        match self.object.stage {
            Stage::Blank => other_name && (other_id || piece.index.is_none()),
            Stage::Open => other_name,
            Stage::Closed => other_name || other_id || !piece.arguments.trim().is_empty(),
        }
    }

    /// Whether `piece` tells the whole call once more.
    fn is_repeated_by(&self, piece: &CallPiece) -> bool {
        let same_name = piece.name.is_empty() || piece.name == self.name;
        let same_id = !piece.id.is_empty() && piece.id == self.id;
        self.object.stage == Stage::Closed && same_name && same_id && piece.arguments == self.arguments
    }

    fn add(&mut self, piece: CallPiece) {
        if self.is_repeated_by(&piece) {
            return;
        }
        if self.id.is_empty() {
            self.id = piece.id;
        }
        // Names come at once, in pieces, or again with every piece.
        if self.object.stage == Stage::Blank && piece.name != self.name {
            match piece.name.starts_with(&self.name) {
                true => self.name = piece.name,
                false => self.name.push_str(&piece.name),
            }
        } else if self.name.is_empty() {
            self.name = piece.name;
        }
        // Some servers begin with an empty object and then stream the real one.
        if self.arguments.trim() == "{}" && piece.arguments.trim_start().starts_with('{') {
            self.arguments.clear();
            self.object = Object::default();
        }
        self.object.read(&piece.arguments);
        self.arguments.push_str(&piece.arguments);
    }

    fn tell_name(&mut self, names: &mut Vec<String>) {
        if !self.told && !self.name.is_empty() {
            self.told = true;
            names.push(self.name.trim().to_owned());
        }
    }
}

impl Object {
    fn read(&mut self, text: &str) {
        for byte in text.bytes() {
            if byte.is_ascii_whitespace() && !self.in_text {
                continue;
            }
            match (self.in_text, byte) {
                (true, _) if self.escaped => self.escaped = false,
                (true, b'\\') => self.escaped = true,
                (_, b'"') => self.in_text = !self.in_text,
                (false, b'{' | b'[') => self.depth += 1,
                (false, b'}' | b']') => self.depth = self.depth.saturating_sub(1),
                (_, _) => {}
            }
            self.stage = match byte {
                b'}' if self.depth == 0 && !self.in_text => Stage::Closed,
                _ => Stage::Open,
            };
        }
    }
}
