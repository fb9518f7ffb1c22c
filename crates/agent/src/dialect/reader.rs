//! Reads a reply as it comes, in whatever pieces: every decision waits for the text that makes it certain, so that the same reply gives
//! the same actions however it was cut.

use super::action::{Action, Ending, Origin};
use super::body::{BodyEnd, Nesting, Scan};
use super::foreign::{self, Found};
use super::head::{self, Head, Sight};
use super::repair::{Format, Repair};
use super::settle::settle;
use super::tool::Tool;

/// Actions one reply may hold (entries.md §3.2, step 6).
pub const ACTIONS_MAX: usize = 99;
/// Constructs that turned out to be none, after which only well-formed tags are looked for: it bounds the work on hostile text.
const FAILURES_MAX: usize = 100;
/// Held text up to which every piece is tried at once; beyond, only a piece that can end something.
const ALWAYS_TRIED: usize = 256;
/// Tags that only wrap text: they are dropped, what they wrap is text.
const WRAPPERS: [&str; 9] = ["thinking", "thought", "reasoning", "known", "unknown", "summarize", "tool_calls", "function_calls", "tools"];
/// Fences that are removed, and whether only when tags follow at once.
const FENCES: [(&str, bool); 4] = [("tool_code", false), ("tool_command", false), ("xml", true), ("json", true)];

/// What a reply holds, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Text beside the actions.
    Text(String),
    /// What is left of a foreign call's form: kept with the reply, not shown as text.
    Leftover(String),
    /// An action, whole.
    Action(Action),
    /// What had to be mended. Feedback stands where the call stood.
    Repair(Repair),
}

/// Reads one reply.
#[derive(Debug)]
pub struct Reader {
    held: String,
    /// The next byte of `held`.
    at: usize,
    /// Bytes of the reply before `held`.
    before: usize,
    open: Option<Open>,
    fenced: bool,
    line_start: bool,
    actions: usize,
    cap: usize,
    dropped: usize,
    failures: usize,
}

/// An action whose body is still coming.
#[derive(Debug)]
struct Open {
    tool: Tool,
    head: Head,
    scan: Scan,
}

/// What stands at the next byte.
enum Next {
    More,
    Text(usize),
    /// One byte of text that could have begun something and did not.
    Failed,
    Drop(usize),
    /// A wrapping tag to drop that could have begun a call and did not.
    Unclosed(usize),
    Fence(usize),
    Tag(Tool, Head),
    HalfTag(Tool),
    Calls(Found),
    Broken(Format),
}

impl Default for Reader {
    fn default() -> Self {
        Self::with_cap(ACTIONS_MAX)
    }
}

impl Reader {
    /// A reader that gives at most so many actions.
    #[must_use]
    pub fn with_cap(cap: usize) -> Self {
        Self {
            held: String::new(),
            at: 0,
            before: 0,
            open: None,
            fenced: false,
            line_start: true,
            actions: 0,
            cap,
            dropped: 0,
            failures: 0,
        }
    }

    /// Takes the next piece and gives what is certain now.
    pub fn feed(&mut self, piece: &str) -> Vec<Event> {
        let waiting = self.held.len();
        self.held.push_str(piece);
        let mut events = Vec::new();
        let ends = |letter| matches!(letter, '>' | '}' | ']' | '`' | '\n');
        if self.open.is_some() || waiting <= ALWAYS_TRIED || piece.contains(ends) {
            self.read(false, &mut events);
        }
        events
    }

    /// The reply is over: gives the rest.
    #[must_use]
    pub fn finish(mut self) -> Vec<Event> {
        let mut events = Vec::new();
        self.read(true, &mut events);
        if self.dropped > 0 {
            events.push(Event::Repair(Repair::CommandCap { dropped: self.dropped, cap: self.cap }));
        }
        events
    }

    fn read(&mut self, end: bool, events: &mut Vec<Event>) {
        while self.at < self.held.len() || self.open.is_some() {
            let went_on = match self.open.take() {
                Some(open) => self.body(open, end, events),
                None => self.outside(end, events),
            };
            if !went_on {
                break;
            }
        }
        self.held.drain(..self.at);
        self.before += self.at;
        self.at = 0;
    }

    /// Goes on in a body; false when more text is needed.
    fn body(&mut self, mut open: Open, end: bool, events: &mut Vec<Event>) -> bool {
        let start = self.at + open.head.len;
        let text = &self.held[start..];
        match open.scan.advance(text, open.tool, Nesting::Every, end) {
            Sight::More => {
                self.open = Some(open);
                false
            }
            Sight::Seen(found) => {
                self.close(open, found, Ending::Closed, events);
                true
            }
            // Beyond the cap nothing is mended any more, so that the work stays bounded.
            Sight::Other if self.actions >= self.cap => {
                let all = BodyEnd { body: text.len(), after: text.len() };
                self.close(open, all, Ending::EndOfReply, events);
                true
            }
            Sight::Other => {
                let mut settled = settle(text, open.tool);
                if settled.by_reply && self.fenced {
                    settled.end.body = without_fence(&text[..settled.end.body]).len();
                }
                events.push(Event::Repair(settled.repair));
                let ending = if settled.by_reply { Ending::EndOfReply } else { Ending::Repaired };
                self.close(open, settled.end, ending, events);
                true
            }
        }
    }

    fn close(&mut self, open: Open, end: BodyEnd, ending: Ending, events: &mut Vec<Event>) {
        let start = self.at + open.head.len;
        let body = Some(self.held[start..start + end.body].to_owned());
        let at = self.before + self.at..self.before + start + end.after;
        let attributes = open.head.attributes;
        self.act(Action { tool: open.tool, attributes, body, ending, origin: Origin::Tag, at }, events);
        self.pass(open.head.len + end.after);
    }

    fn act(&mut self, action: Action, events: &mut Vec<Event>) {
        if self.actions < self.cap {
            self.actions += 1;
            events.push(Event::Action(action));
        } else {
            self.dropped += 1;
        }
    }

    fn pass(&mut self, len: usize) {
        self.line_start = self.held[..self.at + len].ends_with('\n');
        self.at += len;
    }

    /// Goes on outside any body; false when more text is needed.
    fn outside(&mut self, end: bool, events: &mut Vec<Event>) -> bool {
        let rest = &self.held[self.at..];
        let plain = rest.find(['<', '`', '{', '[']).unwrap_or(rest.len());
        if plain > 0 {
            self.text(plain, events);
            return true;
        }
        match self.next(end) {
            Next::More => return false,
            Next::Text(len) => self.text(len, events),
            Next::Failed => {
                self.failures += 1;
                self.text(1, events);
            }
            Next::Drop(len) => self.pass(len),
            Next::Unclosed(len) => {
                self.failures += 1;
                self.pass(len);
            }
            Next::Fence(len) => {
                self.fenced = true;
                events.push(Event::Repair(Repair::Fence));
                self.pass(len);
            }
            Next::HalfTag(tool) => {
                self.failures += 1;
                events.push(Event::Repair(Repair::HalfTag(tool)));
                self.text(1, events);
            }
            Next::Broken(format) => {
                self.failures += 1;
                events.push(Event::Repair(Repair::BrokenCall(format)));
                self.text(1, events);
            }
            Next::Calls(found) => self.calls(found, events),
            Next::Tag(tool, mut head) => {
                events.extend(head.repairs.drain(..).map(Event::Repair));
                if head.self_closing {
                    let at = self.before + self.at..self.before + self.at + head.len;
                    let (attributes, ending) = (head.attributes, Ending::SelfClosed);
                    self.act(Action { tool, attributes, body: None, ending, origin: Origin::Tag, at }, events);
                    self.pass(head.len);
                } else {
                    self.open = Some(Open { tool, head, scan: Scan::default() });
                }
            }
        }
        true
    }

    fn text(&mut self, len: usize, events: &mut Vec<Event>) {
        let text = &self.held[self.at..self.at + len];
        match events.last_mut() {
            Some(Event::Text(before)) => before.push_str(text),
            Some(Event::Leftover(_) | Event::Action(_) | Event::Repair(_)) | None => events.push(Event::Text(text.to_owned())),
        }
        self.pass(len);
    }

    fn calls(&mut self, found: Found, events: &mut Vec<Event>) {
        let start = self.before + self.at;
        if found.calls.is_empty() {
            events.push(Event::Repair(Repair::BrokenCall(found.format)));
        }
        let mut unread = found.calls.is_empty();
        self.failures += usize::from(unread);
        for call in found.calls {
            match foreign::action(call, found.format, start..start + found.len) {
                Ok(action) => {
                    events.push(Event::Repair(Repair::ForeignCall(found.format, action.tool)));
                    self.act(action, events);
                }
                Err(repair) => {
                    unread = true;
                    events.push(Event::Repair(repair));
                }
            }
        }
        if !found.leftover.is_empty() {
            events.push(Event::Leftover(found.leftover.to_owned()));
        }
        // JSON that only looks like a call may be what the person asked for.
        match found.format {
            Format::OpenAi if unread => self.text(found.len, events),
            Format::OpenAi | Format::Fence | Format::Native | Format::Anthropic | Format::Mistral | Format::Hermes => {
                self.pass(found.len);
            }
        }
    }

    fn next(&self, end: bool) -> Next {
        let rest = &self.held[self.at..];
        let tired = self.failures >= FAILURES_MAX;
        match rest.as_bytes()[0] {
            b'<' => angle(rest, end, tired),
            b'`' => self.tick(rest, end),
            _ if tired => Next::Text(1),
            b'{' => match foreign::json::call(rest, end) {
                Sight::Seen(found) => Next::Calls(found),
                Sight::More => Next::More,
                Sight::Other if foreign::json::meant_as_call(rest) => Next::Broken(Format::OpenAi),
                Sight::Other if foreign::json::begins(rest) == Sight::Seen(()) => Next::Failed,
                Sight::Other => Next::Text(1),
            },
            _ => called(foreign::json::mistral(rest, end)),
        }
    }

    /// A backtick: a fence, or a span of code on one line in which tags are text.
    fn tick(&self, rest: &str, end: bool) -> Next {
        let ticks = rest.len() - rest.trim_start_matches('`').len();
        if ticks == rest.len() && !end {
            return Next::More;
        }
        if ticks >= 3 {
            return if self.line_start { self.fence(rest, ticks, end) } else { Next::Text(ticks) };
        }
        let line = rest.find('\n');
        let within = &rest[..line.unwrap_or(rest.len())];
        match span(within, ticks) {
            // A run of ticks that the text so far ends with may go on.
            Some(len) if len < within.len() || line.is_some() || end => Next::Text(len),
            None if line.is_some() || end => Next::Text(ticks),
            Some(_) | None => Next::More,
        }
    }

    fn fence(&self, rest: &str, ticks: usize, end: bool) -> Next {
        let Some(line) = rest.find('\n') else {
            return match (end, self.fenced && rest[ticks..].trim().is_empty()) {
                (false, _) => Next::More,
                (true, true) => Next::Drop(rest.len()),
                (true, false) => Next::Text(ticks),
            };
        };
        let word = rest[ticks..line].trim();
        if word.is_empty() {
            return if self.fenced { Next::Drop(line) } else { Next::Text(line) };
        }
        match FENCES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)) {
            None => Next::Text(line),
            Some((_, false)) => Next::Fence(line + 1),
            Some((_, true)) if self.failures >= FAILURES_MAX => Next::Text(line),
            Some((_, true)) => match begins_call(&rest[line + 1..], end) {
                Sight::Seen(()) => Next::Fence(line + 1),
                Sight::Other => Next::Text(line),
                Sight::More => Next::More,
            },
        }
    }
}

fn called(sight: Sight<Found>) -> Next {
    match sight {
        Sight::Seen(found) => Next::Calls(found),
        Sight::Other => Next::Text(1),
        Sight::More => Next::More,
    }
}

/// What a `<` outside any body begins.
fn angle(rest: &str, end: bool, tired: bool) -> Next {
    let undecided = || if end { Next::Text(1) } else { Next::More };
    match rest.as_bytes().get(1) {
        None => undecided(),
        Some(b'!') => comment(rest, end, tired),
        Some(b'|') if tired => mark(rest, end),
        Some(b'|') => match foreign::native(rest, end) {
            Sight::Other => mark(rest, end),
            sight @ (Sight::Seen(_) | Sight::More) => called(sight),
        },
        Some(b'/') => match head::close(rest) {
            Sight::Seen((len, name)) if is_ours(name) => Next::Drop(len),
            Sight::Seen(_) | Sight::Other => Next::Text(1),
            Sight::More => undecided(),
        },
        Some(_) => match head::name(&rest[1..]) {
            Sight::Seen(name) => opening(rest, name, end, tired),
            Sight::Other => mark(rest, end),
            Sight::More => undecided(),
        },
    }
}

fn opening(rest: &str, name: &str, end: bool, tired: bool) -> Next {
    let Some(tool) = Tool::of_tag(name) else {
        return match head::strict(rest, name.len()) {
            Sight::Seen(head) if is_ours(name) && tired => Next::Drop(head.len),
            Sight::Seen(head) if is_ours(name) => match foreign::marked::call(rest, name, end) {
                Sight::Seen(found) => Next::Calls(found),
                Sight::More => Next::More,
                // The search for its end may have gone to the reply's end: that is bounded like every other failure.
                Sight::Other if name == "tool_call" => Next::Unclosed(head.len),
                Sight::Other => Next::Drop(head.len),
            },
            Sight::More if !end && is_ours(name) => Next::More,
            Sight::Seen(_) | Sight::Other | Sight::More => Next::Text(1),
        };
    };
    let sight = if tired { head::strict(rest, name.len()) } else { head::lenient(rest, tool, end) };
    match sight {
        Sight::Seen(head) if is_prose(&head) => Next::Text(1),
        Sight::Seen(head) => Next::Tag(tool, head),
        Sight::More if !end => Next::More,
        Sight::More | Sight::Other if tired => Next::Text(1),
        Sight::More | Sight::Other => Next::HalfTag(tool),
    }
}

/// `<set of all things>`: words, but no value.
fn is_prose(head: &Head) -> bool {
    const FLAGS: [&str; 4] = ["preview", "keys", "manifest", "path"];
    let words = head.attributes.iter().filter(|(key, value)| value.is_empty() && !FLAGS.contains(&key.as_str()));
    head.attributes.len() > 1 && words.count() == head.attributes.len()
}

/// Tags that are never text: those of tools, of foreign calls, and those that only wrap.
fn is_ours(name: &str) -> bool {
    let known = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(name));
    Tool::of_tag(name).is_some() || known(&WRAPPERS) || known(&["tool_use", "tool_call"])
}

/// A comment outside any body is text, with whatever stands in it.
fn comment(rest: &str, end: bool, tired: bool) -> Next {
    if tired {
        return Next::Text(1);
    }
    match rest.strip_prefix("<!--") {
        Some(inside) => match inside.find("-->") {
            Some(len) => Next::Text(len + 7),
            None if end => Next::Failed,
            None => Next::More,
        },
        None if "<!--".starts_with(rest) && !end => Next::More,
        None => Next::Text(1),
    }
}

/// `<|name|>`, `<|name>` and `<name|>`: marks of a model's own format, which are dropped.
fn mark(rest: &str, end: bool) -> Next {
    const MARK_MAX: usize = 48;
    let inside = &rest[1..];
    let is_mark = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'|' | b'/' | b'-');
    match inside.bytes().take(MARK_MAX).position(|byte| !is_mark(byte)) {
        Some(len) if inside.as_bytes()[len] == b'>' => {
            let name = inside[..len].trim_matches('|');
            let marked = name.len() < len && !name.is_empty() && !name.contains('|');
            if marked { Next::Drop(len + 2) } else { Next::Text(1) }
        }
        None if !end && inside.len() < MARK_MAX => Next::More,
        Some(_) | None => Next::Text(1),
    }
}

/// The length of a code span at the front of the line, which begins with this many ticks.
fn span(line: &str, ticks: usize) -> Option<usize> {
    let mut at = ticks;
    while let Some(found) = line[at..].find('`') {
        let run = line[at + found..].len() - line[at + found..].trim_start_matches('`').len();
        at += found + run;
        if run == ticks {
            return Some(at);
        }
    }
    None
}

/// Whether tags or a call stand at the front of a fence.
fn begins_call(text: &str, end: bool) -> Sight<()> {
    let text = text.trim_start();
    if text.is_empty() {
        return if end { Sight::Other } else { Sight::More };
    }
    if text.starts_with(['{', '[']) {
        let sight = if text.starts_with('{') { foreign::json::call(text, end) } else { foreign::json::mistral(text, end) };
        return match sight {
            Sight::Seen(_) => Sight::Seen(()),
            Sight::Other => Sight::Other,
            Sight::More => Sight::More,
        };
    }
    let Some(rest) = text.strip_prefix('<') else { return Sight::Other };
    match head::name(rest) {
        Sight::Seen(name) if is_ours(name) => Sight::Seen(()),
        Sight::More if !end => Sight::More,
        Sight::Seen(_) | Sight::Other | Sight::More => Sight::Other,
    }
}

/// A removed fence's end is no part of a body that the reply's end ended.
fn without_fence(body: &str) -> &str {
    body.trim_end().strip_suffix("```").filter(|before| before.ends_with('\n')).unwrap_or(body)
}
