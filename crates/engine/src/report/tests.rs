//! What reaches the log, and what never does.

use super::*;

/// Secrets as they turn up in errors, each with the part nobody may see.
pub(crate) const PLANTED: [(&str, &str); 20] = [
    ("request failed: Authorization: Bearer 5d41402abc4b2a76b9719d911017c592", "5d41402abc4b2a76"),
    ("GET ws://localhost/?client_id=a&token=nbwt_AbC-dEf_0123456789 refused", "AbC-dEf_0123"),
    ("token nbwt_zzzYYYxxx111222 expired", "zzzYYYxxx111"),
    ("header X-Nanobot-Auth: launch-secret-value-1", "launch-secret-value-1"),
    ("config {\"tokenIssueSecret\":\"issue-secret-value-2\"}", "issue-secret-value-2"),
    ("api_key=plain-key-value-3 is invalid", "plain-key-value-3"),
    ("Incorrect API key provided: sk-proj-ABCDEFGHIJKLMNOP", "ABCDEFGHIJKLMNOP"),
    ("{'apiKey': 'json-key-value-4'}", "json-key-value-4"),
    ("key gsk_QWERTYUIOPASDF", "QWERTYUIOPASDF"),
    ("hf_abcdefghijklmnop was refused", "abcdefghijklmnop"),
    ("AIzaSyA1234567890abcdefghijk", "SyA1234567890"),
    ("aws AKIAIOSFODNN7EXAMPLE", "IOSFODNN7EXAMPLE"),
    ("git ghp_1234567890abcdefABCDEF", "1234567890abcdefABCDEF"),
    ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "eyJzdWIiOiIxIn0"),
    ("https://someone:pass-word-5@example.org/v1", "pass-word-5"),
    ("https://example.org/v1/models?key=query-key-value-6&alt=sse", "query-key-value-6"),
    ("PASSWORD=pass-value-7 in the environment", "pass-value-7"),
    ("http://127.0.0.1:9/#/?bootstrapSecret=launch-value-8", "launch-value-8"),
    ("Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA"),
    ("data:text/plain;base64,c2VjcmV0LWRvY3VtZW50", "c2VjcmV0LWRvY3VtZW50"),
];

#[test]
fn what_looks_like_a_secret_is_masked() {
    for (line, secret) in PLANTED {
        let shown = redact::patterns(line);
        assert!(line.contains(secret) && !shown.contains(secret), "{shown}");
        assert!(shown.contains("••••"), "{shown}");
    }
}

#[test]
fn what_is_no_secret_stays_readable() {
    for line in [
        "the model's context holds 32768 tokens, max_tokens: 4096",
        "could not open /places/someone/data/keys.json: Permission denied (os error 13)",
        "chat 5d41402abc4b2a76b9719d911017c592 stopped",
        "https://example.org/v1/models answered 404 Not Found",
        "the keyring did not answer within 2 s",
        "disk-full, risk-free, task_id",
    ] {
        assert_eq!(redact::patterns(line), line);
    }
}

#[test]
fn a_known_secret_is_masked_whatever_it_looks_like() {
    let mut known = Known::new();
    known.add(&Secret::new("correct horse battery"));
    known.add(&Secret::new("ab"));
    assert_eq!(known.mask("it said: correct horse battery, ab"), "it said: ••••, ab");
    for n in 0..1000 {
        known.add(&Secret::new(&format!("secret-number-{n}")));
    }
    assert_eq!(known.mask("secret-number-999"), "••••");
    assert_eq!(known.mask("secret-number-700"), "secret-number-700", "what is kept is bounded");
}

#[test]
fn the_log_has_one_line_a_problem_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let mut sink = Sink { log: Some(Log::open(&logs_dir(folder.path())).unwrap()), known: Known::new() };
    sink.known.add(&Secret::new("planted-known-key"));
    for (line, _) in PLANTED {
        sink.put(Kind::Problem, line);
    }
    sink.put(Kind::Event, "it went on\nwith planted-known-key\r\n2026-01-01T00:00:00Z problem forged");
    sink.put(Kind::Problem, &"long ".repeat(10_000));
    let log = std::fs::read_to_string(folder.path().join("logs/alcove.log")).unwrap();
    assert!(PLANTED.iter().all(|(_, secret)| !log.contains(secret)), "{log}");
    assert!(!log.contains("planted-known-key"), "{log}");
    assert_eq!(log.lines().count(), PLANTED.len() + 2, "{log}");
    let forged = log.lines().find(|line| line.contains("forged")).unwrap();
    assert!(forged.contains(" event it went on with ••••  2026"), "{forged}");
    assert!(log.lines().all(|line| line.chars().count() < LINE_CHARS + 100), "lines are bounded");
    let first = log.lines().next().unwrap();
    assert!(first.starts_with("20") && first.as_bytes()[10] == b'T' && first.contains("Z problem request failed"), "{first}");
    assert_eq!(tail(folder.path(), 1 << 20).unwrap(), log);
}
