//! The tag language as data (entries.md §3): what each reply means, that no cut changes it, that nothing makes the reader fall or crawl.

use std::time::{Duration, Instant};

use alcove_agent::dialect::tags::{Ending, Event, Origin, Parsed, Reader, parse, probe};
use serde_json::Value;

const CONTRACT: &str = include_str!("dialect/contract.jsonl");
const PARTS: &str = include_str!("dialect/parts.jsonl");

/// Seeded inputs that mutate the cases.
const MUTATIONS: usize = 200_000;
/// What a hostile reply may take, in an unoptimised build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of a hostile reply.
const HOSTILE_BYTES: usize = 60_000;

fn cases() -> Vec<Value> {
    let cases: Vec<Value> = CONTRACT.lines().chain(PARTS.lines()).map(|line| serde_json::from_str(line).expect("a case is JSON")).collect();
    assert!(cases.len() >= 390, "the cases are all there");
    cases
}

fn inputs() -> Vec<String> {
    cases().iter().filter_map(|case| case["input"].as_str().map(str::to_owned)).collect()
}

#[test]
fn every_case_means_what_it_says() {
    for case in cases() {
        let got = probe(&case);
        for (key, want) in case["expect"].as_object().expect("expectations") {
            assert_eq!(got[key], *want, "{} of {}: {}", key, case["id"], case["input"]);
        }
        if let Some(says) = case["says"].as_str() {
            let unparsed = got["unparsed"].as_str().unwrap_or_default();
            assert!(unparsed.contains(says), "{} tells the model: {unparsed}", case["id"]);
        }
    }
}

fn in_pieces<'a>(pieces: impl Iterator<Item = &'a str>) -> Parsed {
    let mut reader = Reader::default();
    let mut parsed = Parsed::default();
    for piece in pieces {
        parsed.extend(reader.feed(piece));
    }
    parsed.extend(reader.finish());
    parsed
}

fn letters(text: &str) -> impl Iterator<Item = &str> {
    text.char_indices().map(|(at, letter)| &text[at..at + letter.len_utf8()])
}

#[test]
fn no_cut_changes_a_reply() {
    for input in inputs() {
        let whole = parse(&input);
        assert_eq!(in_pieces(letters(&input)), whole, "letter by letter: {input}");
        for (at, _) in input.char_indices() {
            assert_eq!(in_pieces([&input[..at], &input[at..]].into_iter()), whole, "cut at {at}: {input}");
        }
    }
}

#[test]
fn no_cuts_change_any_joined_replies() {
    let inputs = inputs();
    let mut dice = Dice(7);
    for _ in 0..4_000 {
        let reply: String = (0..1 + dice.below(4)).map(|_| mutated(&inputs[dice.below(inputs.len())], &mut dice)).collect();
        let whole = parse(&reply);
        let mut cuts: Vec<usize> = (0..dice.below(12)).map(|_| floor(&reply, dice.below(reply.len() + 1))).collect();
        cuts.extend([0, reply.len()]);
        cuts.sort_unstable();
        assert_eq!(in_pieces(cuts.windows(2).map(|pair| &reply[pair[0]..pair[1]])), whole, "{cuts:?} of {reply:?}");
    }
}

#[test]
fn no_input_makes_it_fall() {
    let inputs = inputs();
    let mut dice = Dice(42);
    let mut seen = 0;
    for _ in 0..MUTATIONS {
        let reply = mutated(&inputs[dice.below(inputs.len())], &mut dice);
        let parsed = parse(&reply);
        for action in &parsed.actions {
            assert!(action.at.end <= reply.len() && reply.is_char_boundary(action.at.start), "{reply:?}");
            if let (Origin::Tag, Some(body)) = (action.origin, &action.body) {
                assert!(reply[action.at.clone()].contains(body.as_str()), "a body is as it was written: {reply:?}");
            }
            // A set form, a main argument and a number of anything can be asked for.
            let _ = (action.set_call(), action.main(), action.filter(), action.number("line"));
        }
        seen += parsed.actions.len();
    }
    assert!(seen > MUTATIONS / 2, "mutations still hold actions: {seen}");
}

#[test]
fn hostile_lengths_take_little_time() {
    let units = [
        "<sh>",
        "<get path=\"",
        "<set path=\"a\">",
        "</sh>",
        "<!--",
        "`",
        "``x`",
        "{\"name\":[",
        "{\"name\":{",
        "[TOOL_CALLS] [",
        "<tool_use>",
        "<tool_call>",
        "<|tool_call>call:a{b:",
        "<|x",
        "```xml\n{\"name\"",
        "<sh command=\"a\" b",
        "<get a a a a a",
        "\"<set>\"",
        "<set path=\"x",
        "<update status=\"200\">x</set>",
        "{\"name\":\"sh\",\"arguments\":{}}",
        "<",
        "&lt;",
        "<sh x='<sh y=\"",
        "<<E\n</sh>\nE\n",
    ];
    for unit in units {
        for start in ["", "<sh>"] {
            let reply = format!("{start}{}", unit.repeat(HOSTILE_BYTES / unit.len()));
            let since = Instant::now();
            let whole = parse(&reply);
            let took = since.elapsed();
            assert!(took < PATIENCE, "{took:?} for {unit:?} after {start:?}");
            assert!(whole.actions.len() <= 99, "{unit:?}");
        }
    }
}

#[test]
fn text_and_actions_come_while_the_reply_does() {
    let mut reader = Reader::default();
    assert_eq!(reader.feed("I look. "), [Event::Text("I look. ".to_owned())]);
    assert_eq!(reader.feed("<get path=\"a"), []);
    let events = reader.feed(".rs\"/>");
    assert!(matches!(events.as_slice(), [Event::Action(action)] if action.attribute("path") == Some("a.rs")), "{events:?}");
    assert_eq!(reader.feed("<sh>ls"), []);
    let events = reader.feed("</sh> now");
    assert!(matches!(events.first(), Some(Event::Action(action)) if action.ending == Ending::Closed), "{events:?}");
    assert_eq!(reader.finish(), []);
}

#[test]
fn what_the_replys_end_cut_off_says_so() {
    let parsed = parse("<sh>rm -rf /tmp/x");
    assert_eq!(parsed.actions.first().map(|action| action.ending), Some(Ending::EndOfReply));
    let parsed = parse("<sh>ls</sh>");
    assert_eq!(parsed.actions.first().map(|action| action.ending), Some(Ending::Closed));
}

#[test]
fn each_foreign_call_is_told_in_one_line() {
    for case in cases() {
        let input = case["input"].as_str().unwrap_or_default();
        let parsed = parse(input);
        let foreign = parsed.actions.iter().filter(|action| action.origin != Origin::Tag).count();
        let told = parsed.repairs.iter().filter(|repair| repair.kind() == "foreign_call").count();
        assert_eq!(foreign, told, "{}", case["id"]);
        for repair in &parsed.repairs {
            assert!(!repair.line().is_empty() && repair.line().lines().count() == 1, "{}", repair.line());
        }
    }
}

/// Marsaglia's xorshift: seeded, so that a failure comes again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = if self.0 == 0 { 1 } else { self.0 };
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound.max(1) as u64).expect("below a usize")
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A reply with a few of its places cut out, doubled, or overwritten with what the language is made of.
fn mutated(reply: &str, dice: &mut Dice) -> String {
    const BITS: [&str; 30] = [
        "<",
        ">",
        "/",
        "\"",
        "'",
        "`",
        "```",
        "=",
        "\\",
        "{",
        "}",
        "[",
        "]",
        "<set path=\"a\">",
        "</set>",
        "<sh>",
        "</sh>",
        "<get path=\"b\"/>",
        "</update>",
        "<!--",
        "-->",
        "<|",
        "|>",
        "<|tool_call>call:sh{",
        "[TOOL_CALLS] ",
        "<tool_use>",
        "\n",
        "🦀",
        "\u{202e}",
        "&quot;",
    ];
    const LONGEST: usize = 600;
    let mut text = reply[..floor(reply, reply.len().min(LONGEST))].to_owned();
    for _ in 0..dice.below(4) {
        let start = floor(&text, dice.below(text.len() + 1));
        let end = floor(&text, (start + dice.below(20)).min(text.len())).max(start);
        match dice.below(3) {
            0 => text.replace_range(start..end, ""),
            1 => text.insert_str(start, BITS[dice.below(BITS.len())]),
            _ => {
                let piece = text[start..end].to_owned();
                text.insert_str(floor(&text, dice.below(text.len() + 1)), &piece);
            }
        }
    }
    text
}
