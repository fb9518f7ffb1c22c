//! Policy as data: each line of `cases/policy.jsonl` is a question to the probe and what it answers; and approvals, which are good once.

use std::collections::BTreeMap;

use alcove_agent::policy::{Approvals, Exact, Rule, Spent, What, probe};
use serde_json::{Value, json};

/// Every field that is expected is there; words may change.
fn holds(answer: &Value, expected: &Value) -> bool {
    match (answer, expected) {
        (Value::Object(answer), Value::Object(expected)) => expected.iter().all(|(key, value)| answer.get(key) == Some(value)),
        (answer, expected) => answer == expected,
    }
}

#[test]
fn every_case_is_answered_as_it_says() {
    let cases: Vec<Value> = include_str!("cases/policy.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let wrong = cases.iter().filter(|case| !holds(&probe(case), &case["expect"]));
    let wrong: Vec<String> = wrong.map(|case| format!("{case} is {}", probe(case))).collect();
    assert!(wrong.is_empty(), "{}\n{} wrong", wrong.join("\n"), wrong.len());
    assert!(cases.len() > 350, "{}", cases.len());
}

#[test]
fn a_verdict_names_its_rule_in_words() {
    let rules = json!([{"id": "7", "effect": "deny", "tool": "edit", "path": "*.pem", "span": {"folder": "/project"}}]);
    let answer = probe(&json!({"rules": rules, "request": {"tool": "write_file", "path": "a.pem"}}));
    assert_eq!(answer["why"], "rule: deny edit in *.pem, in /project");
    let answer = probe(&json!({"request": {"tool": "write_file", "path": "a.pem"}}));
    assert_eq!(answer["why"], "the preset “Ask” asks about edits");
    let answer = probe(&json!({"mode": "ask", "request": {"tool": "exec", "command": "ls"}}));
    assert_eq!(answer["why"], "ask mode runs no commands: exec");
}

#[test]
fn a_rule_with_an_unknown_word_is_none() {
    let rule = json!({"id": "1", "effect": "allow", "paht": "src/**", "span": "always"});
    assert!(serde_json::from_value::<Rule>(rule.clone()).is_err());
    assert!(probe(&json!({"rules": [rule], "request": {"tool": "write_file", "path": "a"}}))["error"].is_string());
    let rule = json!({"id": "1", "effect": "allow", "path": "src/**", "span": {"chat": "c"}});
    let read: Rule = serde_json::from_value(rule.clone()).unwrap();
    assert_eq!(serde_json::to_value(read).unwrap(), rule);
}

#[test]
fn a_hostile_pattern_takes_no_time() {
    let pattern = format!("{}b", "**/".repeat(400));
    let stars = format!("{}b", "*a".repeat(400));
    let path = format!("{}a", "a/".repeat(250));
    let script = "$(".repeat(5000) + &"a;".repeat(5000);
    let rules = json!([
        {"id": "1", "effect": "deny", "path": pattern, "span": "always"},
        {"id": "2", "effect": "deny", "command": stars, "span": "always"},
    ]);
    probe(&json!({"rules": rules, "request": {"tool": "write_file", "path": path}}));
    let long = "a".repeat(20_000);
    for command in [script, "`".repeat(10_000), "\"$(".repeat(3_000), long] {
        probe(&json!({"rules": rules, "preset": "full", "request": {"tool": "exec", "command": command}}));
    }
}

fn exact() -> Exact {
    Exact {
        chat: "c".to_owned(),
        tool: "exec".to_owned(),
        what: What::Script { shell: "/bin/bash".to_owned(), text: "make".to_owned() },
        cwd: "/project".to_owned(),
        env: BTreeMap::from([("A".to_owned(), "1".to_owned())]),
        targets: BTreeMap::from([("a".to_owned(), Some([1; 32]))]),
        network: false,
    }
}

/// Everything that decides what happens, each changed by itself.
fn changed() -> Vec<Exact> {
    let script = |shell: &str, text: &str| What::Script { shell: shell.to_owned(), text: text.to_owned() };
    let argv = |words: &[&str]| What::Argv(words.iter().map(|word| (*word).to_owned()).collect());
    let files =
        |files: &[(&str, Option<[u8; 32]>)]| files.iter().map(|(path, hash)| ((*path).to_owned(), *hash)).collect::<BTreeMap<_, _>>();
    let env =
        |names: &[(&str, &str)]| names.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<BTreeMap<_, _>>();
    vec![
        exact(),
        Exact { chat: "d".to_owned(), ..exact() },
        Exact { tool: "inspect".to_owned(), ..exact() },
        Exact { cwd: "/project/sub".to_owned(), ..exact() },
        Exact { network: true, ..exact() },
        Exact { what: script("/bin/bash", "make "), ..exact() },
        Exact { what: script("/bin/sh", "make"), ..exact() },
        Exact { what: argv(&["make"]), ..exact() },
        Exact { what: argv(&["make", ""]), ..exact() },
        Exact { what: argv(&["ma", "ke"]), ..exact() },
        Exact { what: What::Address("make".to_owned()), ..exact() },
        Exact { what: What::Files(files(&[("a", Some([1; 32]))])), ..exact() },
        Exact { what: What::Files(files(&[("a", None)])), ..exact() },
        Exact { env: env(&[]), ..exact() },
        Exact { env: env(&[("A", "2")]), ..exact() },
        Exact { env: env(&[("A", "1"), ("B", "")]), ..exact() },
        Exact { env: env(&[("A1", "")]), ..exact() },
        Exact { targets: files(&[]), ..exact() },
        Exact { targets: files(&[("a", None)]), ..exact() },
        Exact { targets: files(&[("a", Some([2; 32]))]), ..exact() },
        Exact { targets: files(&[("b", Some([1; 32]))]), ..exact() },
    ]
}

#[test]
fn an_approval_is_for_exactly_one_thing() {
    let all = changed();
    for (at, one) in all.iter().enumerate() {
        for (other_at, other) in all.iter().enumerate() {
            let mut approvals = Approvals::default();
            approvals.grant("p", one.digest());
            let expected = if at == other_at { Spent::Used } else { Spent::Changed };
            assert_eq!(approvals.spend("p", other), expected, "{one:?} {other:?}");
            assert_eq!(approvals.spend("p", one), Spent::None, "good once");
        }
    }
}

#[test]
fn the_first_answer_counts_and_another_proposal_has_its_own() {
    let [one, other, ..] = &changed()[..] else { panic!("two at least") };
    let mut approvals = Approvals::default();
    approvals.grant("p", one.digest());
    approvals.grant("p", other.digest());
    assert_eq!(approvals.spend("q", one), Spent::None);
    assert_eq!(approvals.spend("p", one), Spent::Used);
    approvals.grant("r", one.digest());
    approvals.revoke("r");
    assert_eq!(approvals.spend("r", one), Spent::None);
    assert_eq!(one.digest().to_string().len(), 64);
}
