//! Chats: their order, their fields, what goes with a deleted one.

use alcove_store::{Change, ChatRow, EntryState, Origin, Store, TitleSource, TurnState};
use expect_test::expect;

use crate::rows::{chat, chat_row, entry, event, outcome, raw, store, turn};

fn ids(rows: &[ChatRow]) -> String {
    rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>().join(" ")
}

fn title(store: &Store, title: &str, by_person: TitleSource) -> String {
    store.write_wait(vec![Change::SetChatTitle { chat: "c".to_owned(), title: title.to_owned(), by_person }]).unwrap();
    let row = store.read(|r| r.chat("c")).unwrap().unwrap();
    format!("{} by {}", row.title, row.title_by_person.as_str())
}

#[test]
fn everything_set_comes_back() {
    let (_dir, store) = store();
    let id = || "c".to_owned();
    store
        .write_wait(vec![
            Change::SetChatPreview { chat: id(), preview: "p".to_owned() },
            Change::SetChatScope { chat: id(), scope: r#"{"a":1}"#.to_owned() },
            Change::SetChatPreset { chat: id(), preset: Some("demo".to_owned()) },
            Change::SetChatUsage { chat: id(), usage: "{}".to_owned() },
            Change::TouchChat { chat: id(), at: 7 },
        ])
        .unwrap();
    let expected = ChatRow {
        preview: "p".to_owned(),
        scope: r#"{"a":1}"#.to_owned(),
        preset: Some("demo".to_owned()),
        usage: Some("{}".to_owned()),
        updated_at: 7,
        ..chat_row("c")
    };
    assert_eq!(store.read(|r| r.chat("c")).unwrap(), Some(expected));
    assert_eq!(store.read(|r| r.chat("x")).unwrap(), None);
}

#[test]
fn numbers_of_a_new_chat_are_the_stores() {
    let (_dir, store) = store();
    let row = ChatRow { last_seq: 9, turn_count: 9, webui: Origin::Plain, ..chat_row("d") };
    store.write_wait(vec![Change::CreateChat(row)]).unwrap();
    let expected = ChatRow { webui: Origin::Plain, ..chat_row("d") };
    assert_eq!(store.read(|r| r.chat("d")).unwrap(), Some(expected));
}

#[test]
fn a_persons_title_stays() {
    let (_dir, store) = store();
    let seen = [
        title(&store, "first", TitleSource::Generated),
        title(&store, "second", TitleSource::Generated),
        title(&store, "mine", TitleSource::Person),
        title(&store, "third", TitleSource::Generated),
        title(&store, "mine too", TitleSource::Person),
    ];
    expect![[r#"
        first by generated
        second by generated
        mine by person
        mine by person
        mine too by person"#]]
    .assert_eq(&seen.join("\n"));
}

#[test]
fn listed_last_updated_first() {
    let (_dir, store) = store();
    store.write_wait(vec![chat("d"), chat("e"), chat("f"), Change::TouchChat { chat: "c".to_owned(), at: 5 }]).unwrap();
    let seen = store
        .read(|r| {
            let pages = [r.chats_page(2, None)?, r.chats_page(2, Some((1, "f")))?, r.chats_page(2, Some((1, "d")))?];
            Ok(format!("{} | {}", ids(&r.chats()?), pages.map(|page| ids(&page)).join(", ")))
        })
        .unwrap();
    expect!["c f e d | c f, e d, "].assert_eq(&seen);
}

#[test]
fn unknown_and_known_chats() {
    let (_dir, store) = store();
    let x = || "x".to_owned();
    let batches = [
        vec![chat("c")],
        vec![Change::TouchChat { chat: x(), at: 1 }],
        vec![Change::SetChatPreview { chat: x(), preview: x() }],
        vec![Change::SetChatTitle { chat: x(), title: x(), by_person: TitleSource::Person }],
        vec![Change::DeleteChat { chat: x() }],
    ];
    expect![[r#"
        chat c is there already
        there is no chat x
        there is no chat x
        there is no chat x
        ok"#]]
    .assert_eq(&batches.map(|batch| outcome(store.write_wait(batch))).join("\n"));
}

#[test]
fn all_of_a_deleted_chat_goes() {
    let (dir, store) = store();
    let full =
        || vec![event("delta", 1), Change::PutEntry(entry("a", EntryState::Resolved, 1)), Change::PutTurn(turn("t", 1, TurnState::Queued))];
    store.write_wait(full()).unwrap();
    store.write_wait(vec![Change::DeleteChat { chat: "c".to_owned() }]).unwrap();
    for table in ["chats", "events", "entries", "turns"] {
        let left: u32 = raw(dir.path()).query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0, "{table}");
    }
    let again = [vec![chat("c")], full()].concat();
    expect!["ok"].assert_eq(&outcome(store.write_wait(again)));
}
