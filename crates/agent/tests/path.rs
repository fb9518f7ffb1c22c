//! Paths as data: each line of `cases/path.jsonl` is a question to the probe and what it answers.

use alcove_agent::path::{channel, log_to_data, normalize, probe, record, target, unique};
use serde_json::Value;

/// Every field that is expected is there; a refusal's words may change.
fn holds(answer: &Value, expected: &Value) -> bool {
    match (answer, expected) {
        (Value::Object(answer), Value::Object(expected)) => expected.iter().all(|(key, value)| answer.get(key) == Some(value)),
        (answer, expected) => answer == expected,
    }
}

#[test]
fn every_case_is_answered_as_it_says() {
    let cases: Vec<Value> = include_str!("cases/path.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let wrong: Vec<String> =
        cases.iter().filter(|case| !holds(&probe(case), &case["expect"])).map(|case| format!("{case} is {}", probe(case))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases.len() > 200, "{}", cases.len());
}

#[test]
fn a_path_is_normal_once_it_was_normalised() {
    let cases = include_str!("cases/path.jsonl").lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    for text in cases.filter_map(|case| case["input"].as_str().map(str::to_owned)) {
        let once = normalize(&text);
        assert_eq!(normalize(&once), once, "{text:?}");
        let path = record(1, "sh", &text);
        assert_eq!(normalize(&path), path, "{text:?}");
        assert!(path.chars().count() <= alcove_agent::path::PATH_MAX);
    }
}

#[test]
fn long_and_many_lined_commands_have_records() {
    let script = "cargo test \\\n  --workspace\necho done";
    assert!(target(script).starts_with("cargo%20test%20%5C~"), "{}", target(script));
    let long = "x".repeat(100_000);
    assert!(target(&long).len() < 200);
    // What differs only far behind is still told apart.
    assert_ne!(target(&format!("{long}a")), target(&format!("{long}b")));
    assert_ne!(target("a\nb"), target("a\nc"));
    assert!(target("\n\n  b\u{7} \u{1b}[0m").starts_with("b%20%5B0m~"));
}

#[test]
fn equal_commands_of_a_turn_have_a_record_each() {
    let first = record(1, "sh", "ls");
    let second = unique(first.clone(), |path| path == first);
    let third = unique(first.clone(), |path| path == first || path == second);
    assert_eq!([&*first, &*second, &*third], ["log://turn_1/sh/ls", "log://turn_1/sh/ls~2", "log://turn_1/sh/ls~3"]);
    assert_eq!(channel(&first, 1).as_deref(), Some("sh://turn_1/ls_1"));
    assert_eq!(channel(&second, 1).as_deref(), Some("sh://turn_1/ls~2_1"));
    // A command that is called like another one's channel has channels of its own.
    assert_ne!(channel(&record(1, "sh", "ls_1"), 1), channel(&first, 1));
    assert_eq!(log_to_data("log://turn_1/sh/"), None);
    assert_eq!(channel("sh://turn_1/ls", 1), None);
}
