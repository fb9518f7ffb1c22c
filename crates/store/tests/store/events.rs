//! Events: numbers without gaps, folding, reading from a cursor, pages, damage.

use alcove_store::{Change, EventRow};
use expect_test::{Expect, expect};

use crate::rows::{event, event_row, outcome, raw, spans, store};

/// Appends each batch; prints how each went and what stands in the log afterwards.
#[expect(clippy::needless_pass_by_value, reason = "every call makes its own expectation")]
fn check(batches: Vec<Vec<Change>>, expect: Expect) {
    let (_dir, store) = store();
    let mut seen: Vec<String> = batches.into_iter().map(|batch| outcome(store.write_wait(batch))).collect();
    let (rows, last) = store.read(|r| Ok((r.events("c", 0, 100)?, r.last_seq("c")?))).unwrap();
    seen.push(format!("{} | last {last}", spans(&rows)));
    expect.assert_eq(&seen.join("\n"));
}

fn run(seq: u64, last: u64) -> Change {
    Change::AppendEvent(event_row("delta", seq, last))
}

fn fold(first: u64, last: u64) -> Change {
    let row = EventRow { payload: r#"{"folded":true}"#.to_owned(), ..event_row("delta", first, last) };
    Change::FoldDeltas { chat: "c".to_owned(), first, last, row }
}

#[test]
fn appended_in_order() {
    check(
        vec![vec![event("user_message", 1), run(2, 4)], vec![run(5, 5)]],
        expect![[r#"
            ok
            ok
            1 user_message, 2-4 delta, 5 delta | last 5"#]],
    );
}

#[test]
fn gaps_and_repetitions_refused() {
    check(
        vec![vec![event("delta", 2)], vec![event("delta", 1)], vec![event("delta", 1)], vec![event("delta", 3)], vec![event("delta", 0)]],
        expect![[r#"
            event 2 of chat c must have the number 1
            ok
            event 1 of chat c must have the number 2
            event 3 of chat c must have the number 2
            event 0 of chat c must have the number 2
            1 delta | last 1"#]],
    );
}

#[test]
fn many_at_once_are_all_or_none() {
    let many = |spans: &[(u64, u64)]| Change::AppendEvents {
        chat: "c".to_owned(),
        rows: spans.iter().map(|(first, last)| event_row("delta", *first, *last)).collect(),
    };
    let strange = Change::AppendEvents { chat: "c".to_owned(), rows: vec![EventRow { chat: "d".to_owned(), ..event_row("delta", 4, 4) }] };
    check(
        vec![
            vec![many(&[(1, 1), (2, 3)])],
            vec![many(&[(4, 4), (6, 6)])],
            vec![many(&[(4, 4), (5, 4)])],
            vec![strange],
            vec![many(&[])],
            vec![event("turn_end", 4)],
        ],
        expect![[r#"
            ok
            event 6 of chat c must have the number 5
            event 5 of chat c ends before it starts, at 4
            there is no chat d
            ok
            ok
            1 delta, 2-3 delta, 4 turn_end | last 4"#]],
    );
}

#[test]
fn backwards_refused() {
    check(
        vec![vec![event("delta", 1), run(2, 1)]],
        expect![[r#"
        event 2 of chat c ends before it starts, at 1
         | last 0"#]],
    );
}

#[test]
fn unknown_chat_refused() {
    let (_dir, store) = store();
    let lost = Change::AppendEvent(EventRow { chat: "x".to_owned(), ..event_row("delta", 1, 1) });
    expect!["there is no chat x"].assert_eq(&outcome(store.write_wait(vec![lost])));
    let read = store.read(|r| r.events("x", 0, 1)).unwrap_err();
    expect!["there is no chat x"].assert_eq(&read.to_string());
}

#[test]
fn folded_where_rows_tile_the_range() {
    check(
        vec![
            vec![event("user_message", 1), run(2, 3), run(4, 4), run(5, 7), event("stream_end", 8)],
            vec![fold(2, 7)],
            vec![event("turn_end", 9)],
        ],
        expect![[r#"
            ok
            ok
            ok
            1 user_message, 2-7 delta, 8 stream_end, 9 turn_end | last 9"#]],
    );
}

#[test]
fn fold_refused_where_they_do_not() {
    check(
        vec![
            vec![run(1, 3), run(4, 6)],
            vec![fold(2, 6)],
            vec![fold(1, 5)],
            vec![fold(4, 7)],
            vec![fold(7, 9)],
            vec![fold(6, 4)],
            vec![Change::FoldDeltas { chat: "c".to_owned(), first: 1, last: 6, row: event_row("delta", 1, 3) }],
        ],
        expect![[r#"
            ok
            events 2 to 6 of chat c cannot be folded
            events 1 to 5 of chat c cannot be folded
            events 4 to 7 of chat c cannot be folded
            events 7 to 9 of chat c cannot be folded
            events 6 to 4 of chat c cannot be folded
            events 1 to 6 of chat c cannot be folded
            1-3 delta, 4-6 delta | last 6"#]],
    );
}

#[test]
fn fold_refused_over_a_hole() {
    let (dir, store) = store();
    store.write_wait(vec![run(1, 2), run(3, 4), run(5, 6)]).unwrap();
    assert_eq!(raw(dir.path()).execute("DELETE FROM events WHERE seq = 3", []).unwrap(), 1);
    expect!["events 1 to 6 of chat c cannot be folded"].assert_eq(&outcome(store.write_wait(vec![fold(1, 6)])));
}

#[test]
fn read_from_a_cursor() {
    let (_dir, store) = store();
    store.write_wait(vec![event("user_message", 1), run(2, 5), event("turn_end", 6)]).unwrap();
    let seen: Vec<String> =
        (0..=7).map(|after| store.read(|r| Ok(format!("{after}: {}", spans(&r.events("c", after, 2)?)))).unwrap()).collect();
    expect![[r#"
        0: 1 user_message, 2-5 delta
        1: 2-5 delta, 6 turn_end
        2: 2-5 delta, 6 turn_end
        3: 2-5 delta, 6 turn_end
        4: 2-5 delta, 6 turn_end
        5: 6 turn_end
        6: 
        7: "#]]
    .assert_eq(&seen.join("\n"));
}

#[test]
fn everything_of_an_event_comes_back() {
    let (_dir, store) = store();
    let row = EventRow { turn: None, payload: "{\"text\":\"é\\u0000\\n\" }".to_owned(), at: -1, ..event_row("message", 1, 9) };
    store.write_wait(vec![Change::AppendEvent(row.clone())]).unwrap();
    assert_eq!(store.read(|r| r.events("c", 0, 9)).unwrap(), [row]);
}

/// Pages back from the end by `turns`, over `kinds`.
#[expect(clippy::needless_pass_by_value, reason = "every call makes its own expectation")]
fn check_pages(kinds: &[&str], turns: u32, expect: Expect) {
    let (_dir, store) = store();
    store.write_wait((1..).zip(kinds).map(|(seq, kind)| event(kind, seq)).collect()).unwrap();
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = store.read(|r| r.page("c", before, turns)).unwrap();
        seen.push(format!("{} | prompts before: {}", spans(&page.rows), page.user_messages_before));
        before = Some(page.first_seq);
        if !page.more_before {
            break;
        }
    }
    expect.assert_eq(&seen.join("\n"));
}

const TALK: &[&str] = &["notice", "user_message", "delta", "user_message", "turn_end", "user_message", "delta", "user_message"];

#[test]
fn pages_of_one_turn() {
    check_pages(
        TALK,
        1,
        expect![[r#"
            8 user_message | prompts before: 3
            6 user_message, 7 delta | prompts before: 2
            4 user_message, 5 turn_end | prompts before: 1
            1 notice, 2 user_message, 3 delta | prompts before: 0"#]],
    );
}

#[test]
fn pages_of_three_turns() {
    check_pages(
        TALK,
        3,
        expect![[r#"
            4 user_message, 5 turn_end, 6 user_message, 7 delta, 8 user_message | prompts before: 1
            1 notice, 2 user_message, 3 delta | prompts before: 0"#]],
    );
}

#[test]
fn one_page_holds_all() {
    check_pages(&["notice", "user_message", "delta"], 9, expect!["1 notice, 2 user_message, 3 delta | prompts before: 0"]);
}

#[test]
fn no_page_start_at_all() {
    check_pages(&["notice", "delta"], 1, expect!["1 notice, 2 delta | prompts before: 0"]);
}

#[test]
fn empty_chat() {
    check_pages(&[], 1, expect![" | prompts before: 0"]);
}

/// Harms one column of event 2 behind the store's back; every read that meets it says so.
fn check_damage(harm: &str) {
    let (dir, store) = store();
    store.write_wait(vec![event("user_message", 1), event("delta", 2), event("delta", 3)]).unwrap();
    assert_eq!(raw(dir.path()).execute(harm, []).unwrap(), 1, "{harm}");
    let read = store.read(|r| r.events("c", 0, 9)).unwrap_err();
    let page = store.read(|r| r.page("c", None, 1)).unwrap_err();
    assert_eq!(read.to_string(), "event 2 of chat c is damaged", "{harm}");
    assert_eq!(page.to_string(), "event 2 of chat c is damaged", "{harm}");
    assert!(read.is_damage());
    assert_eq!(spans(&store.read(|r| r.events("c", 2, 9)).unwrap()), "3 delta", "what is sound stays readable");
}

#[test]
fn damage_noticed() {
    check_damage("UPDATE events SET payload = '{\"seq\":3}' WHERE seq = 2");
    check_damage("UPDATE events SET kind = 'delt' WHERE seq = 2");
    check_damage("UPDATE events SET turn = NULL WHERE seq = 2");
    check_damage("UPDATE events SET at = 6 WHERE seq = 2");
    check_damage("UPDATE events SET page_start = 1 WHERE seq = 2");
    check_damage("UPDATE events SET crc = crc + 1 WHERE seq = 2");
}
