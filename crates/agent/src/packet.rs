//! What the model is shown: entries in, messages out, within the model's context. Whole turns are left out, oldest first.

use crate::edit::Digest;
use crate::tool::as_tag;
use crate::verdict::Dialect;

/// Letters of the digest that ends a record.
const MARK_CHARS: usize = 8;
/// Bytes one token is taken to be when nobody counted; careful for code, generous for prose.
const BYTES_PER_TOKEN: usize = 4;
/// What a message costs beside its text.
const MESSAGE_TOKENS: usize = 4;
/// What an image is taken to cost; models count between a hundred and some thousands.
const IMAGE_TOKENS: u64 = 1_000;
/// Images a packet shows; of older ones it tells the names.
pub const IMAGES_SHOWN: usize = 8;
/// Bytes of one result a packet shows; of longer ones it has the beginning and the end.
const RESULT_BYTES: usize = 24 * 1024;
/// The same for results of earlier steps, where all together do not fit.
const OLD_RESULT_BYTES: usize = 400;
/// Context assumed for a model that does not tell.
pub const DEFAULT_CONTEXT_TOKENS: u64 = 8192;
/// Room kept for the answer when the preset names none: a quarter of the context, at most this.
const ANSWER_TOKENS_MAX: u64 = 4096;

/// What an entry is, as far as the packet cares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A person's prompt.
    Prompt,
    /// The model's answer, whole or as far as it came.
    Answer,
    /// A step that asked for something; its text is the body.
    Step(Step),
    /// What came of a call.
    Record(Record),
    /// A line of Alcove: what was wrong with a step, or what happened beside it.
    Note,
}

/// A step that asked for something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// The reply as it was written, in the tag language.
    pub raw: Option<String>,
    /// The calls, in order.
    pub calls: Vec<Called>,
}

/// A call of the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// Names it within its turn.
    pub id: String,
    /// The tool.
    pub name: String,
    /// Its arguments: a JSON text.
    pub arguments: String,
}

/// What came of a call; its text is the body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The call.
    pub call: String,
    /// Its path.
    pub path: String,
    /// As in HTTP.
    pub status: u16,
}

/// One entry the model can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: EntryKind,
    /// The turn it belongs to, counted from 1.
    pub turn: u64,
    /// Its text.
    pub body: String,
    /// Pictures that came with it.
    pub images: Vec<Image>,
}

/// A picture that came with an entry; where its bytes are is not known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Which file it is.
    pub file: String,
    /// What people call it.
    pub name: String,
    /// Its type.
    pub mime: String,
}

/// Who says a message of the packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Alcove.
    System,
    /// A person.
    User,
    /// The model.
    Assistant,
    /// What came of a call, for a model with tool calling.
    Tool,
}

/// One message of the packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub content: String,
    /// Pictures shown with it.
    pub images: Vec<Image>,
    /// Calls the model asked for.
    pub calls: Vec<Called>,
    /// The call it answers.
    pub call: Option<String>,
}

impl Message {
    fn of(role: Role, content: String) -> Self {
        Self { role, content, images: Vec::new(), calls: Vec::new(), call: None }
    }
}

/// What one model call is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// The messages, oldest first.
    pub messages: Vec<Message>,
    /// What they are taken to cost.
    pub tokens: u64,
    /// Turns that did not fit.
    pub left_out: usize,
}

/// The tokens a packet may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Tokens the model can hold, when known.
    pub context: Option<u64>,
    /// Tokens the answer may take, when set.
    pub answer: Option<u64>,
    /// Tokens that what is said of the tools takes.
    pub tools: u64,
}

impl Budget {
    /// Tokens left for the packet; never less than a quarter of the context.
    pub fn packet_tokens(self) -> u64 {
        let context = self.context.unwrap_or(DEFAULT_CONTEXT_TOKENS);
        let wished = |answer: u64| answer.min(ANSWER_TOKENS_MAX.max(context / 2)).min(context / 4 * 3);
        let room = context - self.answer.map_or_else(|| answer_room(context), wished);
        room.saturating_sub(self.tools).max(context / 4)
    }
}

/// Room kept for the answer when the preset names none.
pub fn answer_room(context: u64) -> u64 {
    ANSWER_TOKENS_MAX.min(context / 4)
}

/// Tokens a text is taken to cost.
pub fn estimate(text: &str) -> u64 {
    text.len().div_ceil(BYTES_PER_TOKEN) as u64
}

/// Builds the packet: the instruction, then the newest turns that fit, in order. The newest turn is always there; where it alone is too
/// long, results of its earlier steps are shortened, oldest first.
pub fn build(instruction: &str, entries: &[Entry], budget: Budget, dialect: Dialect) -> Packet {
    let room = budget.packet_tokens();
    let mut tokens = cost(instruction);
    let mut first = entries.len();
    let (mut left_out, mut images) = (0, IMAGES_SHOWN);
    let mut newest_room = 0;
    for turn in entries.chunk_by(|one, next| one.turn == next.turn).rev() {
        let shown = turn.iter().map(|entry| entry.images.len()).sum::<usize>().min(images);
        let price = turn.iter().map(price).sum::<u64>() + shown as u64 * IMAGE_TOKENS;
        let newest = first == entries.len();
        if left_out > 0 || (!newest && tokens + price > room) {
            left_out += 1;
            continue;
        }
        if newest {
            newest_room = room.saturating_sub(tokens);
        }
        tokens += price;
        images -= shown;
        first -= turn.len();
    }
    let mut shown = entries[first..].to_vec();
    tokens -= shorten(&mut shown, newest_room);
    let mut messages = vec![Message::of(Role::System, instruction.to_owned())];
    for turn in shown.chunk_by(|one, next| one.turn == next.turn) {
        messages.extend(turn_messages(turn, dialect));
    }
    show_newest_images(&mut messages);
    Packet { messages: joined(messages), tokens, left_out }
}

fn cost(text: &str) -> u64 {
    estimate(text) + MESSAGE_TOKENS as u64
}

fn price(entry: &Entry) -> u64 {
    match &entry.kind {
        EntryKind::Prompt | EntryKind::Answer | EntryKind::Note => cost(&entry.body),
        EntryKind::Record(_) => estimate(&middle_out(&entry.body, RESULT_BYTES)) + MESSAGE_TOKENS as u64,
        EntryKind::Step(step) => {
            let calls: u64 = step.calls.iter().map(|call| estimate(&call.name) + cost(&call.arguments)).sum();
            step.raw.as_ref().map_or_else(|| cost(&entry.body) + calls, |raw| cost(raw))
        }
    }
}

/// Shortens results of the newest turn until it fits; answers what that saves.
fn shorten(entries: &mut [Entry], room: u64) -> u64 {
    let Some(newest) = entries.last().map(|entry| entry.turn) else { return 0 };
    let total: u64 = entries.iter().filter(|entry| entry.turn == newest).map(price).sum();
    let mut over = total.saturating_sub(room);
    let mut saved = 0;
    // What the newest step found out is what it is about.
    let last_step = entries.iter().rposition(|entry| matches!(entry.kind, EntryKind::Step(_))).unwrap_or(0);
    for entry in entries.iter_mut().take(last_step).filter(|entry| entry.turn == newest) {
        if over == 0 || !matches!(entry.kind, EntryKind::Record(_)) || entry.body.len() <= OLD_RESULT_BYTES {
            continue;
        }
        let before = price(entry);
        entry.body = middle_out(&entry.body, OLD_RESULT_BYTES);
        let less = before.saturating_sub(price(entry));
        saved += less;
        over = over.saturating_sub(less);
    }
    saved
}

/// The beginning and the end of a text that is longer than `max` bytes, with what is between counted.
fn middle_out(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.to_owned();
    }
    let half = max / 2;
    let head = text.get(..text.floor_char_boundary(half)).unwrap_or_default();
    let tail = text.get(text.ceil_char_boundary(text.len() - half)..).unwrap_or_default();
    format!("{head}\n… {} bytes left out …\n{tail}", text.len() - head.len() - tail.len())
}

fn turn_messages(turn: &[Entry], dialect: Dialect) -> Vec<Message> {
    let mut messages = Vec::with_capacity(turn.len());
    for entry in turn {
        match &entry.kind {
            EntryKind::Prompt => {
                messages.push(Message { images: entry.images.clone(), ..Message::of(Role::User, entry.body.clone()) });
            }
            EntryKind::Answer => messages.push(Message::of(Role::Assistant, entry.body.clone())),
            EntryKind::Note => messages.push(Message::of(Role::User, format!("[Alcove] {}", entry.body))),
            EntryKind::Step(step) => messages.extend(step_messages(entry, step, turn, dialect)),
            // Stands with its step.
            EntryKind::Record(_) => {}
        }
    }
    messages
}

/// A step and what came of its calls.
fn step_messages(entry: &Entry, step: &Step, turn: &[Entry], dialect: Dialect) -> Vec<Message> {
    let found = |call: &Called| {
        turn.iter().find_map(|entry| match &entry.kind {
            EntryKind::Record(record) if record.call == call.id => Some((entry, record)),
            EntryKind::Record(_) | EntryKind::Prompt | EntryKind::Answer | EntryKind::Step(_) | EntryKind::Note => None,
        })
    };
    match dialect {
        Dialect::Native => {
            let said = Message { calls: step.calls.clone(), ..Message::of(Role::Assistant, entry.body.clone()) };
            let results = step.calls.iter().map(|call| {
                let (content, images) = found(call).map_or_else(
                    || ("Nothing is known of what came of it.".to_owned(), Vec::new()),
                    |(entry, _)| (middle_out(&entry.body, RESULT_BYTES), entry.images.clone()),
                );
                (Message { call: Some(call.id.clone()), ..Message::of(Role::Tool, content) }, images)
            });
            let (mut messages, mut images) = (vec![said], Vec::new());
            for (message, shown) in results {
                messages.push(message);
                images.extend(shown);
            }
            if !images.is_empty() {
                // Results hold no pictures; they follow as if the person had shown them.
                messages.push(Message { images, ..Message::of(Role::User, "[Alcove] The pictures that were read:".to_owned()) });
            }
            messages
        }
        Dialect::Tags => {
            let said = step.raw.clone().unwrap_or_else(|| {
                let tags = step.calls.iter().map(|call| {
                    let arguments = serde_json::from_str(&call.arguments).unwrap_or_default();
                    format!("\n{}", as_tag(&call.name, &arguments))
                });
                std::iter::once(entry.body.clone()).chain(tags).collect()
            });
            let logs: Vec<String> = step.calls.iter().filter_map(|call| found(call).map(|(entry, record)| log(entry, record))).collect();
            let images = step.calls.iter().filter_map(found).flat_map(|(entry, _)| entry.images.clone()).collect();
            let mut messages = vec![Message::of(Role::Assistant, said)];
            if !logs.is_empty() {
                messages.push(Message { images, ..Message::of(Role::User, logs.join("\n")) });
            }
            messages
        }
    }
}

/// A record for a model of the tag language. Its end names a digest of the text, so that no text can end it early or forge another.
fn log(entry: &Entry, record: &Record) -> String {
    let body = middle_out(&entry.body, RESULT_BYTES);
    let mark: String = Digest::of(format!("{}\n{body}", record.path).as_bytes()).as_str().chars().take(MARK_CHARS).collect();
    let path: String = record.path.chars().map(|letter| if matches!(letter, '"' | '<' | '>') { '_' } else { letter }).collect();
    format!("<log path=\"{path}\" status=\"{}\" end=\"{mark}\">\n{body}\n</log {mark}>", record.status)
}

/// Of images beyond the newest, the model learns the names.
fn show_newest_images(messages: &mut [Message]) {
    let mut room = IMAGES_SHOWN;
    for message in messages.iter_mut().rev() {
        let hidden = message.images.len().saturating_sub(room);
        for image in message.images.drain(..hidden) {
            message.content.push_str(&format!("\n\n[Image, no longer shown: {}]", image.name));
        }
        room -= message.images.len();
    }
}

/// Neighbours of one speaker become one message: some model servers refuse two in a row. Calls and their results stay apart.
fn joined(messages: Vec<Message>) -> Vec<Message> {
    let mut out: Vec<Message> = Vec::with_capacity(messages.len());
    for message in messages {
        match out.last_mut() {
            Some(last) if last.role == message.role && last.calls.is_empty() && message.role != Role::Tool => {
                last.content.push_str("\n\n");
                last.content.push_str(&message.content);
                last.images.extend(message.images);
                last.calls = message.calls;
            }
            Some(_) | None => out.push(message),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(turns: &[(&str, &str)], context: u64, expected: &Expect) {
        let mut entries = Vec::new();
        for (index, (prompt, answer)) in turns.iter().enumerate() {
            let turn = index as u64 + 1;
            entries.push(Entry { kind: EntryKind::Prompt, turn, body: (*prompt).to_owned(), images: Vec::new() });
            if !answer.is_empty() {
                entries.push(Entry { kind: EntryKind::Answer, turn, body: (*answer).to_owned(), images: Vec::new() });
            }
        }
        let packet = build("Be kind.", &entries, Budget { context: Some(context), answer: None, tools: 0 }, Dialect::Native);
        let mut text = format!("{} tokens, {} left out\n", packet.tokens, packet.left_out);
        for message in packet.messages {
            text.push_str(&format!("{:?}: {}\n", message.role, message.content.replace('\n', "⏎")));
        }
        expected.assert_eq(&text);
    }

    #[test]
    fn everything_fits() {
        check(
            &[("Hi", "Hello"), ("And?", "")],
            1000,
            &expect![[r#"
            22 tokens, 0 left out
            System: Be kind.
            User: Hi
            Assistant: Hello
            User: And?
        "#]],
        );
    }

    #[test]
    fn the_oldest_turns_go_first_and_whole() {
        let long = "x".repeat(80);
        check(
            &[(long.as_str(), "one"), ("two", "2"), ("three", "")],
            40,
            &expect![[r#"
            22 tokens, 1 left out
            System: Be kind.
            User: two
            Assistant: 2
            User: three
        "#]],
        );
    }

    #[test]
    fn the_newest_turn_is_always_there() {
        let long = "x".repeat(80);
        check(
            &[("one", "1"), (long.as_str(), "")],
            16,
            &expect![[r#"
            30 tokens, 1 left out
            System: Be kind.
            User: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
        "#]],
        );
    }

    #[test]
    fn the_newest_images_are_shown_and_counted() {
        let image = |name: String| Image { file: format!("f/{name}"), name, mime: "image/png".to_owned() };
        let prompt = |turn: u64, images: usize| {
            let images = (0..images).map(|n| image(format!("{turn}-{n}"))).collect();
            Entry { kind: EntryKind::Prompt, turn, body: "See".to_owned(), images }
        };
        let answer = |turn| Entry { kind: EntryKind::Answer, turn, body: "Ah".to_owned(), images: Vec::new() };
        let entries = [prompt(1, 2), answer(1), prompt(2, 4), answer(2), prompt(3, 3)];
        let packet = build("Be kind.", &entries, Budget { context: Some(100_000), answer: None, tools: 0 }, Dialect::Native);
        let told = |message: &Message| {
            let names: Vec<&str> = message.images.iter().map(|image| image.name.as_str()).collect();
            format!("{} [{}]\n", message.content.replace('\n', "⏎"), names.join(" "))
        };
        let text: String = packet.messages.iter().map(told).collect();
        expect![[r#"
            Be kind. []
            See⏎⏎[Image, no longer shown: 1-0] [1-1]
            Ah []
            See [2-0 2-1 2-2 2-3]
            Ah []
            See [3-0 3-1 3-2]
        "#]]
        .assert_eq(&text);
        assert_eq!(packet.tokens, 6 + 5 * 5 + 8 * IMAGE_TOKENS);
        let small = build("Be kind.", &entries, Budget { context: Some(8_000), answer: None, tools: 0 }, Dialect::Native);
        assert_eq!((small.left_out, small.messages.last().map(|message| message.images.len())), (2, Some(3)));
    }

    #[test]
    fn an_unanswered_prompt_joins_the_next() {
        check(
            &[("one", ""), ("two", "")],
            1000,
            &expect![[r#"
            16 tokens, 0 left out
            System: Be kind.
            User: one⏎⏎two
        "#]],
        );
    }
}
