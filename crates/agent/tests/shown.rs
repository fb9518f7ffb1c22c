//! What a person is shown, as data: each line of `cases/shown.jsonl` is a text, what is shown, and what its pieces are.

use alcove_agent::shown::{What, is_plain, pieces, shown};
use serde_json::{Value, json};

fn cases() -> Vec<Value> {
    include_str!("cases/shown.jsonl").lines().map(|line| serde_json::from_str(line).expect("a case is JSON")).collect()
}

#[test]
fn every_case_is_shown_as_it_says() {
    let mut wrong = Vec::new();
    for case in cases() {
        let text = case["text"].as_str().unwrap();
        let what = json!(pieces(text).iter().map(|piece| piece.what).collect::<Vec<_>>());
        let told = shown(text);
        if what != case["what"] || case["shown"].as_str().is_some_and(|expected| expected != told) {
            wrong.push(format!("{case} is {told:?} {what}"));
        }
        assert_eq!(is_plain(text), case["what"].as_array().unwrap().iter().all(|what| what == "plain"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases().len() >= 100, "{}", cases().len());
}

#[test]
fn nothing_is_cut() {
    let everything: String = ('\0'..=char::MAX).collect();
    for text in cases().iter().map(|case| case["text"].as_str().unwrap()).chain([everything.as_str()]) {
        assert_eq!(pieces(text).into_iter().map(|piece| piece.text).collect::<String>(), text);
    }
}

/// What is shown has nothing hidden in it any more.
#[test]
fn what_is_shown_hides_nothing() {
    let everything: String = ('\0'..=char::MAX).collect();
    let told = shown(&everything);
    let hidden = |what: What| matches!(what, What::Control | What::Direction | What::Invisible | What::Blank | What::Unassigned);
    let left: Vec<_> = pieces(&told).into_iter().filter(|piece| hidden(piece.what)).collect();
    assert_eq!(left, Vec::new());
}

#[test]
fn a_lookalike_says_what_it_looks_like() {
    assert_eq!(shown("p\u{430}ypal"), "p\u{430}ypal‹U+0430 looks like a›");
    assert_eq!(shown("a\u{2215}b"), "a\u{2215}‹U+2215 looks like /›b");
    assert_eq!(shown("x\u{ff1b}"), "x\u{ff1b}‹U+FF1B looks like ;›");
    assert_eq!(shown(&format!("a{}b", " ".repeat(50))), format!("a{}‹50 blanks›b", " ".repeat(50)));
}
