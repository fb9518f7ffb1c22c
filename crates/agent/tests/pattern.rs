//! The pattern language as data (entries §3.5): what each pattern is, what it fits, and that none makes the matcher fall or crawl.

use std::time::{Duration, Instant};

use alcove_agent::pattern::{Pattern, probe, words};
use serde_json::Value;

const CASES: &str = include_str!("cases/pattern.jsonl");
const SEED: u64 = 0x0b0e_71ab;
const MUTATIONS: usize = 10_000;
/// What one hostile pattern may take, in an unoptimised build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

fn cases() -> Vec<Value> {
    let cases: Vec<Value> = CASES.lines().map(|line| serde_json::from_str(line).expect("a case is JSON")).collect();
    assert!(cases.len() >= 200, "the cases are all there");
    cases
}

#[test]
fn every_case_is_as_it_says() {
    let wrong: Vec<String> = cases()
        .iter()
        .filter_map(|case| {
            let got = probe::probe(case);
            (got != case["expect"])
                .then(|| format!("{} {} {}\n want {}\n got  {got}", case["id"], case["op"], case["args"], case["expect"]))
        })
        .collect();
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_mutation_makes_a_pattern_fall() {
    const BITS: &[&str] =
        &["*", "**", "?", "[", "]", "/", "\\", "(", ")", "{", "}", "$", "//", "::", "..", "@", "'", "|", "日", "+", "^", "-", ""];
    let cases = cases();
    let mut state = SEED;
    let mut below = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap_or(0) % bound.max(1)
    };
    for _ in 0..MUTATIONS {
        let args = &cases[below(cases.len())]["args"];
        let mut chars: Vec<char> = args["pattern"].as_str().unwrap_or_default().chars().collect();
        for _ in 0..=below(3) {
            let at = below(chars.len() + 1);
            let end = (at + below(3)).min(chars.len());
            chars.splice(at..end, BITS[below(BITS.len())].chars());
        }
        let source: String = chars.into_iter().collect();
        let text = args["text"].as_str().unwrap_or("a/b");
        let pattern = Pattern::parse(&source);
        if let Some(found) = pattern.search(text).filter(|found| found.at > 0) {
            assert!(text[found.at..].starts_with(&found.text), "{source} in {text}");
        }
        let _ = (pattern.matches(text), pattern.replace(text, "$&"), words::matches(&source, &["a", text]));
    }
}

#[test]
fn hostile_patterns_end_soon() {
    let line = "a".repeat(5000);
    let deep = format!("{}x{}", "<a>".repeat(2000), "</a>".repeat(2000));
    let deepest = format!("{}x{}", "<a>".repeat(90_000), "</a>".repeat(90_000));
    for (pattern, text) in [
        ("/(a+)+b/".to_owned(), line.as_str()),
        ("/(a*)*\\1b/".to_owned(), line.as_str()),
        ("*a".repeat(200) + "b", line.as_str()),
        (format!("/{}/", "(".repeat(4000)), line.as_str()),
        (format!("//a{}", "[//a".repeat(50)), deep.as_str()),
        (format!("//a{}", "//a".repeat(300)), deep.as_str()),
        ("//a[//a[//a[//a]]]".to_owned(), deep.as_str()),
        ("//a[contains(.,'y')]".to_owned(), deepest.as_str()),
        ("//a[.//a = //a]".to_owned(), deepest.as_str()),
        ("//a[ancestor::b]".to_owned(), deepest.as_str()),
        ("$".to_owned() + &"..*".repeat(20), "[[[[[[1]]]]]]"),
        ("/a{1000}{1000}{1000}/".to_owned(), line.as_str()),
    ] {
        let begun = Instant::now();
        let ready = Pattern::parse(&pattern);
        let _ = (ready.matches(text), ready.search(text).is_some());
        let took = begun.elapsed();
        assert!(took < PATIENCE, "{took:?} for {}", pattern.chars().take(40).collect::<String>());
    }
    assert!(!words::matches(&"*a".repeat(300), &[&line.replace('a', "b")]));
}
