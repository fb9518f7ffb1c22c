//! Entries: replaced by path, read in order, final when they ended.

use alcove_store::{Change, EntryRow, EntryState, Visibility};
use expect_test::expect;

use crate::rows::{entry, outcome, store};

const STATES: [EntryState; 5] =
    [EntryState::Proposed, EntryState::Streaming, EntryState::Resolved, EntryState::Failed, EntryState::Cancelled];

#[test]
fn which_state_may_follow_which() {
    let (_dir, store) = store();
    let mut table = String::new();
    for (n, from) in STATES.into_iter().enumerate() {
        table += &format!("{}:", from.as_str());
        for (m, to) in STATES.into_iter().enumerate() {
            let path = format!("{n}/{m}");
            store.write_wait(vec![Change::PutEntry(entry(&path, from, 1))]).unwrap();
            let went = store.write_wait(vec![Change::PutEntry(entry(&path, to, 1))]);
            let kept = store.read(|r| r.entry("c", &path)).unwrap().unwrap().state;
            assert_eq!(kept, if went.is_ok() { to } else { from });
            if went.is_ok() {
                table += &format!(" {}", to.as_str());
            }
        }
        table += "\n";
    }
    expect![[r#"
        proposed: proposed streaming resolved failed cancelled
        streaming: proposed streaming resolved failed cancelled
        resolved: resolved
        failed: failed
        cancelled: cancelled
    "#]]
    .assert_eq(&table);
}

#[test]
fn a_final_entry_refuses_its_batch() {
    let (_dir, store) = store();
    store.write_wait(vec![Change::PutEntry(entry("a", EntryState::Failed, 1))]).unwrap();
    let batch = vec![Change::PutEntry(entry("b", EntryState::Streaming, 2)), Change::PutEntry(entry("a", EntryState::Resolved, 1))];
    expect!["entry a of chat c is final"].assert_eq(&outcome(store.write_wait(batch)));
    assert_eq!(store.read(|r| r.entry("c", "b")).unwrap(), None);
}

#[test]
fn a_final_entry_may_be_hidden() {
    let (_dir, store) = store();
    let shown = entry("a", EntryState::Resolved, 1);
    let hidden = EntryRow { visibility: Visibility::Archived, outcome: Some("kept".to_owned()), ..shown.clone() };
    store.write_wait(vec![Change::PutEntry(shown), Change::PutEntry(hidden.clone())]).unwrap();
    assert_eq!(store.read(|r| r.entry("c", "a")).unwrap(), Some(hidden));
}

#[test]
fn text_is_added_while_it_is_made_and_stays_at_the_end() {
    let (_dir, store) = store();
    let add =
        |text: &str| store.write_wait(vec![Change::ExtendEntry { chat: "c".into(), path: "a".into(), text: text.into(), most: 6, at: 7 }]);
    let end =
        |state| store.write_wait(vec![Change::EndEntry { chat: "c".into(), path: "a".into(), state, outcome: Some("why".into()), at: 8 }]);
    let refused = "entry a of chat c is final";
    assert_eq!((outcome(add("x")).as_str(), outcome(end(EntryState::Failed)).as_str()), (refused, refused), "it is not there");
    let made = EntryRow { body: "é".to_owned(), ..entry("a", EntryState::Streaming, 1) };
    store.write_wait(vec![Change::PutEntry(made.clone())]).unwrap();
    for text in ["é", "", "é"] {
        add(text).unwrap();
    }
    assert_eq!(outcome(add("x")), refused, "it has its six bytes");
    end(EntryState::Cancelled).unwrap();
    assert_eq!((outcome(add("")).as_str(), outcome(end(EntryState::Resolved)).as_str()), (refused, refused), "it has ended");
    let kept = store.read(|r| r.entry("c", "a")).unwrap();
    let (state, outcome) = (EntryState::Cancelled, Some("why".to_owned()));
    assert_eq!(kept, Some(EntryRow { body: "ééé".to_owned(), state, outcome, updated_at: 8, ..made }));
}

#[test]
fn read_in_order() {
    let (_dir, store) = store();
    let rows = [("z", 1), ("b", 3), ("a", 2)].map(|(path, seq)| entry(path, EntryState::Resolved, seq));
    store.write_wait(rows.clone().map(Change::PutEntry).to_vec()).unwrap();
    let [z, b, a] = rows;
    assert_eq!(store.read(|r| r.entries("c")).unwrap(), [z, a, b]);
}

#[test]
fn visible_up_to_a_turn() {
    let (_dir, store) = store();
    let at = |path: &str, turn: u64, seq: u64| EntryRow { turn, ..entry(path, EntryState::Resolved, seq) };
    let (first, steered, later) = (at("a", 1, 1), at("b", 1, 9), at("c", 2, 2));
    let hidden = [Visibility::Archived, Visibility::Summarized].map(|visibility| EntryRow { visibility, ..at(visibility.as_str(), 1, 3) });
    let rows = [&later, &steered, &first, &hidden[0], &hidden[1]];
    store.write_wait(rows.map(|row| Change::PutEntry(row.clone())).to_vec()).unwrap();
    let visible = |turn: u64| store.read(|r| r.visible_entries("c", turn)).unwrap();
    assert_eq!(visible(1), [first.clone(), steered.clone()]);
    assert_eq!(visible(u64::MAX), [first, steered, later]);
    assert_eq!(visible(0), []);
}
