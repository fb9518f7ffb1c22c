//! Edits as data (entries §3.3, §3.4, §12.1, §12.5): every form on every kind of file, what is refused and how, that what is shown is what is
//! written, and that nothing makes an edit fall.

use std::time::{Duration, Instant};

use alcove_agent::edit::diff::{self, Limits};
use alcove_agent::edit::form::{self, Arguments};
use alcove_agent::edit::{Block, Edit, File, Seen, Tail, Times, Whole, apply, patch, probe};
use serde_json::Value;

const CASES: &str = include_str!("cases/edit.jsonl");
const SEED: u64 = 0x00a1_c07e;
const MUTATIONS: usize = 60_000;
const ROUND_TRIPS: usize = 4_000;
/// What one hostile edit may take, in an unoptimised build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(8);

fn cases() -> Vec<Value> {
    let cases: Vec<Value> = CASES.lines().map(|line| serde_json::from_str(line).expect("a case is JSON")).collect();
    assert!(cases.len() >= 390, "the cases are all there");
    cases
}

/// Whether `got` is what is expected: of objects only the fields named.
fn agrees(got: &Value, want: &Value) -> bool {
    match want {
        Value::Object(fields) => fields.iter().all(|(key, want)| match key.as_str() {
            "kinds" => got["notes"].as_array().is_some_and(|notes| {
                let kinds: Vec<&Value> = notes.iter().map(|note| &note["kind"]).collect();
                want.as_array().is_some_and(|want| want.iter().eq(kinds))
            }),
            _ => agrees(&got[key], want),
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => got == want,
    }
}

#[test]
fn every_case_is_as_it_says() {
    let wrong: Vec<String> = cases()
        .iter()
        .filter_map(|case| {
            let got = probe::probe(case);
            (!agrees(&got, &case["expect"])).then(|| format!("{}\n want {}\n got  {got}", case["id"], case["expect"]))
        })
        .collect();
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

/// A xorshift generator: the same numbers on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound.max(1)
    }
}

fn mutated(text: &str, dice: &mut Dice) -> String {
    const BITS: &[&str] = &[
        "\n",
        "\r\n",
        "=======",
        "<<<<<<< SEARCH\n",
        ">>>>>>> REPLACE\n",
        "@@ -1,2 +1 @@\n",
        "s/",
        "/",
        "\\",
        "{",
        "日",
        "\"",
        "*** ",
        "-",
        "+",
        "\u{0}",
        "",
    ];
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=dice.below(4) {
        let at = dice.below(chars.len() + 1);
        let end = (at + dice.below(6)).min(chars.len());
        chars.splice(at..end, BITS[dice.below(BITS.len())].chars());
    }
    chars.into_iter().collect()
}

#[test]
fn no_mutation_makes_an_edit_fall_and_every_preview_is_its_result() {
    let mut dice = Dice(SEED);
    let cases: Vec<Value> = cases().into_iter().filter(|case| case["input"].is_string()).collect();
    let mut changed = 0;
    for round in 0..MUTATIONS {
        let case = &cases[dice.below(cases.len())];
        let text = mutated(case["input"].as_str().unwrap_or_default(), &mut dice);
        let file = mutated(case["file"].as_str().unwrap_or("alpha\nbeta\n"), &mut dice);
        let _ = patch::read(&text);
        let Ok(Some((_, edit))) = form::read(Arguments { text: &text, ..Arguments::default() }) else {
            continue;
        };
        let first = File { path: "f", bytes: Some(file.as_bytes()), seen: &Seen::Never };
        let Ok(preview) = apply(&first, &edit) else {
            continue;
        };
        let seen = preview.seen(Some(file.as_bytes()));
        let result = apply(&File { seen: &seen, ..first }, &edit).expect("the file is what it was");
        assert_eq!(preview, result, "seed {SEED}, round {round}");
        assert!(apply(&File { bytes: Some(b"something else"), path: "f", seen: &seen }, &edit).is_err(), "seed {SEED}, round {round}");
        changed += usize::from(preview.diff.added + preview.diff.deleted > 0);
    }
    assert!(changed > MUTATIONS / 20, "mutations still edit: {changed}");
}

fn content(dice: &mut Dice) -> String {
    const LINES: &[&str] =
        &["a", "b", "  c", "", "-- x", "++ y", "@@ -1 +1 @@", "d\r", "日本", "\\ No newline at end of file", "*** End Patch"];
    let mut text: String = (0..dice.below(24)).map(|_| format!("{}\n", LINES[dice.below(LINES.len())])).collect();
    if dice.below(3) == 0 {
        text.pop();
    }
    text
}

#[test]
fn a_difference_applied_to_what_was_gives_what_is() {
    let mut dice = Dice(SEED);
    for round in 0..ROUND_TRIPS {
        // Line ends are the file's own, so they are alike on both sides; a file without any cannot say which.
        let (before, after) = (content(&mut dice).replace('\r', ""), content(&mut dice).replace('\r', ""));
        let (before, after) = if round % 2 == 0 { (before, after) } else { (before.replace('\n', "\r\n"), after.replace('\n', "\r\n")) };
        if before == after || !before.contains('\n') && round % 2 == 1 {
            continue;
        }
        let shown = diff::unified("f", before.as_bytes(), after.as_bytes(), Limits::NONE);
        let file = patch::read(&shown.text).expect("a difference can be read").remove(0);
        let patch::What::Change(edit) = file.what else {
            panic!("seed {SEED}, round {round}: {file:?}");
        };
        let change = apply(&File { path: "f", bytes: Some(before.as_bytes()), seen: &Seen::Never }, &edit);
        let change = change.unwrap_or_else(|refusal| panic!("seed {SEED}, round {round}: {refusal}\n{}", shown.text));
        assert_eq!(String::from_utf8_lossy(&change.after), after, "seed {SEED}, round {round}\n{}", shown.text);
        assert_eq!((change.diff.added, change.diff.deleted), (shown.added, shown.deleted));
        assert!(!change.is_fuzzy());
    }
}

#[test]
fn a_difference_is_cut_where_the_contract_says_and_counted_whole() {
    let new: String = (0..2000).map(|line| format!("{line}\n")).collect();
    let edit = |text: &str| Edit::Whole(Whole { text: text.to_owned(), tail: Tail::AsGiven });
    let file = File { path: "f", bytes: None, seen: &Seen::Never };
    let long = apply(&file, &edit(&new)).expect("a new file");
    assert_eq!((long.diff.text.lines().count(), long.diff.truncated, long.diff.added), (diff::MAX_LINES, true, 2000));
    let wide = apply(&file, &edit(&format!("{}\n", "日".repeat(5000)))).expect("a new file");
    let widest = wide.diff.text.lines().map(|line| line.chars().count()).max();
    assert_eq!((widest, wide.diff.truncated), (Some(diff::MAX_LINE_CHARS), true));
    let whole = diff::unified("f", b"", new.as_bytes(), Limits::NONE);
    assert_eq!((whole.text.lines().count(), whole.truncated), (2003, false));
}

#[test]
fn a_change_meanwhile_is_told_with_both_sides() {
    let block = Block::new(Some("a".to_owned()), "b".to_owned(), Times::Once);
    let edit = Edit::Blocks(vec![block]);
    let preview = apply(&File { path: "f", bytes: Some(b"a\n"), seen: &Seen::Never }, &edit).expect("it fits");
    let seen = preview.seen(Some(b"a\n"));
    let refusal = apply(&File { path: "f", bytes: Some(b"a\nmore\n"), seen: &seen }, &edit).expect_err("it has changed");
    let told = refusal.to_value();
    assert_eq!(told["diff"]["text"], "--- f\n+++ f\n@@ -1 +1,2 @@\n a\n+more");
    assert!(told["expected"].is_string() && told["found"].is_string() && told["expected"] != told["found"]);
}

#[test]
fn a_path_cannot_forge_lines_of_a_difference() {
    let shown = diff::unified("a\n+++ b\n@@ -1 +1 @@\n-x", b"", b"y\n", Limits::CONTRACT);
    assert_eq!(shown.text.lines().count(), 4);
}

#[test]
fn lines_that_repeat_do_not_multiply_the_work() {
    let same = "x\n".repeat(400_000);
    let piece = "x\n".repeat(200_000);
    let block = |search: String| Edit::Blocks(vec![Block::new(Some(search), "q\n".to_owned(), Times::Once)]);
    let removed = piece.replace("x\n", "-x\n");
    let hunk = patch::read(&format!("--- f\n+++ f\n@@ -1,200001 +1 @@\n{removed}-y\n+q\n")).expect("a patch").remove(0);
    let patch::What::Change(hunk) = hunk.what else { panic!("it changes a file") };
    let whole = Edit::Whole(Whole { text: "x\ny\n".repeat(300_000), tail: Tail::AsGiven });
    let rows = [
        ("a piece that nearly fits everywhere", block(format!("{piece}y\n")), None),
        ("the same, indented", block(format!("{}y\n", piece.replace("x\n", " x\n"))), None),
        ("a hunk that nearly fits everywhere", hunk, None),
        ("a text of the same line, and one more after each", whole, Some((599_999, 399_999))),
    ];
    for (what, edit, counts) in rows {
        let begun = Instant::now();
        let change = apply(&File { path: "f", bytes: Some(same.as_bytes()), seen: &Seen::Never }, &edit);
        let took = begun.elapsed();
        assert!(took < PATIENCE, "{took:?} for {what}");
        // What cannot be compared in time is told as one change.
        assert_eq!(change.ok().map(|change| (change.diff.added, change.diff.deleted)), counts, "{what}");
    }
}

#[test]
fn hostile_edits_end_soon() {
    let file = "a".repeat(40) + "\n";
    let big = "x y\n".repeat(50_000);
    for (file, text) in [
        (file.as_str(), "s/(a+)+$(?!b)\\1c/x/"),
        (big.as_str(), "<<<<<<< SEARCH\nx z\nx z\nx z\n=======\nq\n>>>>>>> REPLACE"),
        (big.as_str(), "s/ /                                                                                                    /"),
        (big.as_str(), "@@ -1,2 +1,2 @@\n-x q\n x y\n+z\n"),
    ] {
        let Ok(Some((_, edit))) = form::read(Arguments { text, ..Arguments::default() }) else {
            panic!("{text} is an edit");
        };
        let begun = Instant::now();
        let _ = apply(&File { path: "f", bytes: Some(file.as_bytes()), seen: &Seen::Never }, &edit);
        let took = begun.elapsed();
        assert!(took < PATIENCE, "{took:?} for {text}");
    }
    let nested = format!("s/{}a{}/b/", "(".repeat(500), ")".repeat(500));
    let Ok(Some((_, edit))) = form::read(Arguments { text: &nested, ..Arguments::default() }) else {
        panic!("a chain");
    };
    assert!(apply(&File { path: "f", bytes: Some(b"a\n"), seen: &Seen::Never }, &edit).is_err());
}
