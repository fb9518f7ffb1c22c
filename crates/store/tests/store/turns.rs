//! Turns: replaced by id, counted once, found again when unfinished.

use alcove_store::{Change, TurnRow, TurnState};
use expect_test::expect;

use crate::rows::{chat, store, turn};

#[test]
fn unfinished_are_found_in_order() {
    let (_dir, store) = store();
    let other = TurnRow { chat: "d".to_owned(), ..turn("x", 1, TurnState::Running) };
    let rows = [
        turn("a", 1, TurnState::Done),
        turn("b", 3, TurnState::Queued),
        turn("c", 2, TurnState::Running),
        turn("e", 4, TurnState::Failed),
        turn("f", 5, TurnState::Stopped),
        turn("g", 6, TurnState::Interrupted),
        other,
    ];
    store.write_wait(vec![chat("d")]).unwrap();
    store.write_wait(rows.map(Change::PutTurn).to_vec()).unwrap();
    let found = store.read(|r| r.unfinished_turns()).unwrap();
    let seen: Vec<String> = found.iter().map(|row| format!("{}/{} {}", row.chat, row.id, row.state.as_str())).collect();
    expect!["c/c running, c/b queued, d/x running"].assert_eq(&seen.join(", "));
}

#[test]
fn replaced_and_counted_once() {
    let (_dir, store) = store();
    let done = TurnRow {
        usage: Some("{}".to_owned()),
        outcome: Some("answered".to_owned()),
        preset: Some("demo".to_owned()),
        started_at: Some(2),
        ended_at: Some(3),
        ..turn("a", 1, TurnState::Done)
    };
    for row in [turn("a", 1, TurnState::Queued), turn("a", 1, TurnState::Running), done.clone(), turn("b", 2, TurnState::Queued)] {
        store.write_wait(vec![Change::PutTurn(row)]).unwrap();
    }
    assert_eq!(store.read(|r| r.turn("c", "a")).unwrap(), Some(done));
    assert_eq!(store.read(|r| r.turn("c", "x")).unwrap(), None);
    assert_eq!(store.read(|r| r.turn_count("c")).unwrap(), 2);
}
