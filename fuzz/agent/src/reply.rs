//! A reply of a model: read whole and in pieces it is the same, and every action lies where it says.

use alcove_agent::dialect::tags::{ACTIONS_MAX, Origin, Parsed, Reader, parse, parse_capped};

use crate::dice::Dice;
use crate::in_time;

/// Replies up to this length are also read letter by letter.
const LETTERED: usize = 600;
/// Ways a reply is cut.
const CUTS: usize = 3;
/// The most pieces of one way.
const PIECES: usize = 24;

/// Fails when a reading of the reply breaks a promise.
pub fn check(reply: &str) {
    let whole = in_time("reading", || parse(reply));
    promises(reply, &whole);
    let mut dice = Dice::of(reply.as_bytes());
    for _ in 0..CUTS {
        let mut cuts: Vec<usize> = (0..dice.below(PIECES)).map(|_| reply.floor_char_boundary(dice.below(reply.len() + 1))).collect();
        cuts.extend([0, reply.len()]);
        cuts.sort_unstable();
        let pieces = cuts.windows(2).filter_map(|pair| reply.get(pair[0]..pair[1]));
        assert_eq!(in_time("reading in pieces", || read(pieces)), whole, "cut at {cuts:?}: {reply:?}");
    }
    if reply.len() <= LETTERED {
        let letters = reply.char_indices().map(|(at, letter)| &reply[at..at + letter.len_utf8()]);
        assert_eq!(in_time("reading letters", || read(letters)), whole, "letter by letter: {reply:?}");
    }
    let cap = dice.below(4);
    let capped = parse_capped(reply, cap);
    assert_eq!(capped.actions.as_slice(), &whole.actions[..whole.actions.len().min(cap)], "the first {cap} of {reply:?}");
}

fn read<'a>(pieces: impl Iterator<Item = &'a str>) -> Parsed {
    let mut reader = Reader::default();
    let mut parsed = Parsed::default();
    for piece in pieces {
        parsed.extend(reader.feed(piece));
    }
    parsed.extend(reader.finish());
    parsed
}

fn promises(reply: &str, parsed: &Parsed) {
    assert!(parsed.actions.len() <= ACTIONS_MAX, "{} actions of {reply:?}", parsed.actions.len());
    let mut end = 0;
    for action in &parsed.actions {
        let written = reply.get(action.at.clone()).unwrap_or_else(|| panic!("{:?} is no place in {reply:?}", action.at));
        match (action.origin, &action.body) {
            // Several calls of one list stand at the same place.
            (Origin::Tag, body) => {
                assert!(action.at.start >= end, "actions overlap: {reply:?}");
                assert!(body.as_ref().is_none_or(|body| written.contains(body.as_str())), "a body is as it was written: {reply:?}");
            }
            (Origin::Foreign(_), _) => assert!(action.at.end >= end, "actions go on: {reply:?}"),
        }
        end = action.at.end;
        // Whatever is asked of an action has an answer.
        let _asked = (action.set_call(), action.main(), action.filter(), action.content(), action.number("line"), action.flag("preview"));
    }
    for repair in &parsed.repairs {
        let line = repair.line();
        assert!(!repair.kind().is_empty() && (!repair.is_feedback() || !line.is_empty()), "{repair:?} is told");
    }
    assert!(parsed.text.len() <= reply.len(), "text is made up: {reply:?}");
}
