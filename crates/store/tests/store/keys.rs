//! Settings, tokens and idempotency keys.

use alcove_store::{AnswerRow, Change, TokenRow};
use expect_test::expect;

use crate::rows::{event, outcome, store};

fn answer(key: &str, digest: &str, at: i64) -> AnswerRow {
    AnswerRow { scope: "c".to_owned(), key: key.to_owned(), digest: digest.to_owned(), answer: format!("[{at}]"), at }
}

fn token(hash: &str, expires_at: Option<i64>) -> Change {
    Change::PutToken(TokenRow { hash: hash.to_owned(), purpose: "api".to_owned(), created_at: 1, expires_at })
}

#[test]
fn a_key_has_one_effect_and_one_answer() {
    let (_dir, store) = store();
    let prompt = |seq, row| vec![event("user_message", seq), Change::PutAnswer(row)];
    let seen = [
        outcome(store.write_wait(prompt(1, answer("k", "d", 1)))),
        outcome(store.write_wait(prompt(2, answer("k", "d", 2)))),
        outcome(store.write_wait(prompt(2, answer("k", "other", 2)))),
        outcome(store.write_wait(prompt(2, answer("l", "d", 2)))),
    ];
    expect![[r#"
        ok
        key k of c was answered already
        key k of c was used for another request
        ok"#]]
    .assert_eq(&seen.join("\n"));
    assert_eq!(store.read(|r| r.last_seq("c")).unwrap(), 2);
    assert_eq!(store.read(|r| r.answer("c", "k")).unwrap(), Some(answer("k", "d", 1)));
    assert_eq!(store.read(|r| r.answer("other", "k")).unwrap(), None);
}

#[test]
fn old_answers_are_purged() {
    let (_dir, store) = store();
    let batch = vec![
        Change::PutAnswer(answer("old", "d", 4)),
        Change::PutAnswer(answer("new", "d", 5)),
        Change::PurgeAnswers { before: 5 },
        Change::PutAnswer(answer("old", "other", 6)),
    ];
    store.write_wait(batch).unwrap();
    assert_eq!(store.read(|r| r.answer("c", "old")).unwrap(), Some(answer("old", "other", 6)));
    assert_eq!(store.read(|r| r.answer("c", "new")).unwrap(), Some(answer("new", "d", 5)));
}

#[test]
fn only_the_newest_answers_of_a_scope_stay() {
    let (_dir, store) = store();
    let other = AnswerRow { scope: "other".to_owned(), ..answer("a", "d", 1) };
    let mut batch: Vec<Change> =
        ["d", "c", "b", "a"].into_iter().zip(1..).map(|(key, at)| Change::PutAnswer(answer(key, "d", at))).collect();
    batch.extend([Change::PutAnswer(other), Change::LimitAnswers { scope: "c".to_owned(), newest: 2 }]);
    store.write_wait(batch).unwrap();
    let there = |scope: &str, key: &str| store.read(|r| r.answer(scope, key)).unwrap().is_some();
    assert_eq!(["a", "b", "c", "d"].map(|key| there("c", key)), [true, true, false, false]);
    assert!(there("other", "a"));
}

#[test]
fn tokens_until_they_are_void() {
    let (_dir, store) = store();
    let left = || -> String {
        let there = |hash: &&str| store.read(|r| r.token(hash)).unwrap().is_some();
        ["never", "late", "soon", "gone"].into_iter().filter(there).collect::<Vec<_>>().join(" ")
    };
    store.write_wait(vec![token("never", None), token("late", Some(9)), token("soon", Some(5)), token("gone", None)]).unwrap();
    let mut seen = vec![left()];
    store.write_wait(vec![Change::PurgeTokens { now: 4 }, Change::DeleteToken { hash: "gone".to_owned() }]).unwrap();
    seen.push(left());
    store.write_wait(vec![Change::PurgeTokens { now: 5 }]).unwrap();
    seen.push(left());
    expect![[r#"
        never late soon gone
        never late soon
        never late"#]]
    .assert_eq(&seen.join("\n"));
}

#[test]
fn settings() {
    let (_dir, store) = store();
    let put = |key: &str, value: &str| Change::PutSetting { key: key.to_owned(), value: value.to_owned() };
    let batch = vec![put("b", "1"), put("a", "{}"), put("b", "2"), put("z", "0"), Change::DeleteSetting { key: "z".to_owned() }];
    store.write_wait(batch).unwrap();
    let (all, b, z) = store.read(|r| Ok((r.settings()?, r.setting("b")?, r.setting("z")?))).unwrap();
    expect![[r#"[("a", "{}"), ("b", "2")] Some("2") None"#]].assert_eq(&format!("{all:?} {b:?} {z:?}"));
}
