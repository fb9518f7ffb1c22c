//! What turns made of files: rows merge, come to nothing, and go with their chat.

use alcove_store::{Change, CheckpointAge, CheckpointHow, CheckpointKind, CheckpointRow, CheckpointSide, Error, Store};

use crate::rows::{chat, store};

/// `-`, `/755`, `>target`, or the content of a file with mode 644.
fn side(text: &str) -> CheckpointSide {
    let side = CheckpointSide { kind: CheckpointKind::Absent, mode: 0, hash: None, bytes: 0, stamp: 0, target: None };
    match text.split_at(1) {
        ("-", _) => side,
        ("/", mode) => CheckpointSide { kind: CheckpointKind::Folder, mode: u32::from_str_radix(mode, 8).unwrap(), ..side },
        (">", target) => CheckpointSide { kind: CheckpointKind::Link, target: Some(target.into()), ..side },
        _ => CheckpointSide { kind: CheckpointKind::File, mode: 0o644, hash: Some(text.to_owned()), bytes: 1, ..side },
    }
}

fn told(side: &CheckpointSide) -> String {
    match side.kind {
        CheckpointKind::Absent => "-".to_owned(),
        CheckpointKind::File => side.hash.clone().unwrap(),
        CheckpointKind::Link => format!(">{}", String::from_utf8_lossy(side.target.as_deref().unwrap())),
        CheckpointKind::Folder => format!("/{:o}", side.mode),
        CheckpointKind::Other => "?".to_owned(),
    }
}

fn row(turn: u64, path: &str, before: &str, after: &str) -> CheckpointRow {
    CheckpointRow {
        chat: "c".to_owned(),
        turn,
        step: 0,
        folder: b"/p".to_vec(),
        path: path.into(),
        before: side(before),
        after: side(after),
        how: CheckpointHow::Tool,
        mixed: false,
        kept: true,
        at: turn as i64 * 10,
    }
}

fn put(store: &Store, row: CheckpointRow) {
    store.write_wait(vec![Change::PutCheckpoint(row)]).unwrap();
}

#[test]
fn a_turn_has_the_first_before_and_the_last_after() {
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("a", "b")], "a b"),
        (&[("a", "b"), ("b", "c")], "a c"),
        (&[("a", "b"), ("b", "a")], ""),
        (&[("-", "a"), ("a", "-")], ""),
        (&[("-", "a"), ("a", ">t"), (">t", "/755")], "- /755"),
        (&[("/755", "/700"), ("/700", "-")], "/755 -"),
        (&[("a", "b"), ("x", "c")], "a c mixed"),
        (&[("a", "b"), ("x", "c"), ("c", "d")], "a d mixed"),
        (&[(">t", ">u"), (">v", ">w")], ">t >w mixed"),
    ];
    for (steps, expected) in cases {
        let (_dir, store) = store();
        for (before, after) in *steps {
            put(&store, row(1, "f", before, after));
        }
        let found = store.read(|r| r.checkpoints("c")).unwrap();
        let told = |row: &CheckpointRow| format!("{} {}{}", told(&row.before), told(&row.after), if row.mixed { " mixed" } else { "" });
        assert_eq!(found.iter().map(told).collect::<String>(), *expected, "{steps:?}");
    }
}

#[test]
fn rows_come_in_order_and_as_they_were_put() {
    let (_dir, store) = store();
    let forced = CheckpointRow { step: 1, how: CheckpointHow::Undo, ..row(1, "a", "x", "y") };
    let odd = CheckpointRow { path: b"\xff/\n".to_vec(), how: CheckpointHow::Command, ..row(2, "", "-", "z") };
    let rows = [row(1, "a", "a", "b"), row(1, "b", "-", ">t"), forced, odd];
    rows.iter().rev().for_each(|row| put(&store, row.clone()));
    assert_eq!(store.read(|r| r.checkpoints("c")).unwrap(), rows);
    assert_eq!(store.read(|r| r.turn_checkpoints("c", 1)).unwrap(), rows[..3]);
    assert_eq!(store.read(|r| r.turn_checkpoints("c", 3)).unwrap(), []);
    assert_eq!(store.read(|r| r.checkpoint_step("c", 1)).unwrap(), 1);
    assert_eq!(store.read(|r| r.checkpoint_step("c", 2)).unwrap(), 0);
    assert_eq!(store.read(|r| r.checkpoint_step("c", 9)).unwrap(), 0);
}

#[test]
fn contents_are_kept_until_they_are_let_go() {
    let (_dir, store) = store();
    store.write_wait(vec![chat("d")]).unwrap();
    put(&store, row(1, "f", "a", "b"));
    put(&store, row(2, "f", "b", "c"));
    put(&store, CheckpointRow { chat: "d".to_owned(), at: 15, ..row(1, "f", "c", "-") });
    let age = |chat: &str, turn, at| CheckpointAge { chat: chat.to_owned(), turn, at };
    assert_eq!(store.read(|r| r.checkpoint_hashes()).unwrap(), ["a", "b", "c"]);
    assert_eq!(store.read(|r| r.checkpoint_ages()).unwrap(), [age("c", 1, 10), age("d", 1, 15), age("c", 2, 20)]);
    store.write_wait(vec![Change::LetCheckpointsGo { chat: "c".to_owned(), turn: 1 }]).unwrap();
    assert_eq!(store.read(|r| r.checkpoint_hashes()).unwrap(), ["b", "c"]);
    assert_eq!(store.read(|r| r.checkpoint_ages()).unwrap(), [age("d", 1, 15), age("c", 2, 20)]);
    assert!(!store.read(|r| r.checkpoints("c")).unwrap()[0].kept, "the row says so");
    store.write_wait(vec![Change::DeleteChat { chat: "c".to_owned() }]).unwrap();
    assert_eq!(store.read(|r| r.checkpoint_hashes()).unwrap(), ["c"], "rows go with their chat");
}

#[test]
fn a_row_needs_its_chat() {
    let (_dir, store) = store();
    let nobody = || "nobody".to_owned();
    let orphan = Change::PutCheckpoint(CheckpointRow { chat: nobody(), ..row(1, "f", "a", "b") });
    assert!(matches!(store.write_wait(vec![orphan]), Err(Error::NoChat { .. })));
    let gone = Change::LetCheckpointsGo { chat: nobody(), turn: 1 };
    assert!(matches!(store.write_wait(vec![gone]), Err(Error::NoChat { .. })));
    assert!(matches!(store.read(|r| r.checkpoints("nobody")), Err(Error::NoChat { .. })));
}
