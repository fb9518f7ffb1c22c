//! What the model is shown: entries in, messages out, within the model's context. Whole turns are left out, oldest first.

/// Bytes one token is taken to be when nobody counted; careful for code, generous for prose.
const BYTES_PER_TOKEN: usize = 4;
/// What a message costs beside its text.
const MESSAGE_TOKENS: usize = 4;
/// What an image is taken to cost; models count between a hundred and some thousands.
const IMAGE_TOKENS: u64 = 1_000;
/// Images a packet shows; of older ones it tells the names.
pub const IMAGES_SHOWN: usize = 8;
/// Context assumed for a model that does not tell.
pub const DEFAULT_CONTEXT_TOKENS: u64 = 8192;
/// Room kept for the answer when the preset names none: a quarter of the context, at most this.
const ANSWER_TOKENS_MAX: u64 = 4096;

/// What an entry is, as far as the packet cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A person's prompt.
    Prompt,
    /// The model's answer, whole or as far as it came.
    Answer,
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
}

impl Budget {
    /// Tokens left for the packet; never less than a quarter of the context.
    pub fn packet_tokens(self) -> u64 {
        let context = self.context.unwrap_or(DEFAULT_CONTEXT_TOKENS);
        let wished = |answer: u64| answer.min(ANSWER_TOKENS_MAX.max(context / 2)).min(context / 4 * 3);
        context - self.answer.map_or_else(|| answer_room(context), wished)
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

/// Builds the packet: the instruction, then the newest turns that fit, in order. The newest turn is always there.
pub fn build(instruction: &str, entries: &[Entry], budget: Budget) -> Packet {
    let room = budget.packet_tokens();
    let mut tokens = cost(instruction);
    let mut first = entries.len();
    let (mut left_out, mut images) = (0, IMAGES_SHOWN);
    for turn in entries.chunk_by(|one, next| one.turn == next.turn).rev() {
        let shown = turn.iter().map(|entry| entry.images.len()).sum::<usize>().min(images);
        let price = turn.iter().map(|entry| cost(&entry.body)).sum::<u64>() + shown as u64 * IMAGE_TOKENS;
        let newest = first == entries.len();
        if left_out > 0 || (!newest && tokens + price > room) {
            left_out += 1;
            continue;
        }
        tokens += price;
        images -= shown;
        first -= turn.len();
    }
    let instruction = Message { role: Role::System, content: instruction.to_owned(), images: Vec::new() };
    let mut messages: Vec<Message> = std::iter::once(instruction).chain(entries[first..].iter().map(message)).collect();
    show_newest_images(&mut messages);
    Packet { messages: joined(messages), tokens, left_out }
}

fn cost(text: &str) -> u64 {
    estimate(text) + MESSAGE_TOKENS as u64
}

fn message(entry: &Entry) -> Message {
    let role = match entry.kind {
        EntryKind::Prompt => Role::User,
        EntryKind::Answer => Role::Assistant,
    };
    Message { role, content: entry.body.clone(), images: entry.images.clone() }
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

/// Neighbours of one speaker become one message: some model servers refuse two in a row.
fn joined(messages: Vec<Message>) -> Vec<Message> {
    let mut out: Vec<Message> = Vec::with_capacity(messages.len());
    for message in messages {
        match out.last_mut() {
            Some(last) if last.role == message.role => {
                last.content.push_str("\n\n");
                last.content.push_str(&message.content);
                last.images.extend(message.images);
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
        let packet = build("Be kind.", &entries, Budget { context: Some(context), answer: None });
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
        let packet = build("Be kind.", &entries, Budget { context: Some(100_000), answer: None });
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
        let small = build("Be kind.", &entries, Budget { context: Some(8_000), answer: None });
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
