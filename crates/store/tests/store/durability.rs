//! The writer: what is together falls together, what is queued shares a commit, a full queue gives back.

use std::fs;
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use alcove_store::{Change, DATABASE, EventRow, QUEUE_BATCHES, QUEUE_BYTES, Store};
use expect_test::expect;

use crate::rows::{chat, event, event_row, outcome, store};

/// Holds the writer inside an answer until the sender is used or dropped; everything written meanwhile waits.
fn hold(store: &Store) -> SyncSender<()> {
    let (held, is_held) = sync_channel(1);
    let (go, wait) = sync_channel::<()>(1);
    let done = move |_| {
        held.send(()).unwrap();
        // Also released by a sender that is gone.
        let _gone = wait.recv();
    };
    store.write(vec![Change::TouchChat { chat: "c".to_owned(), at: 2 }], done).unwrap();
    is_held.recv().unwrap();
    go
}

/// Commits in the log: frames that say how large the database is after them.
fn commits(dir: &Path) -> usize {
    let log = fs::read(dir.join(format!("{DATABASE}-wal"))).unwrap();
    let number = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().unwrap());
    let frame = 24 + number(8) as usize;
    (32..log.len()).step_by(frame).filter(|at| number(at + 4) != 0).count()
}

#[test]
fn many_writers_share_few_commits() {
    const WRITERS: u64 = 100;
    let (dir, store) = store();
    let go = hold(&store);
    let before = commits(dir.path());
    let (tx, rx) = sync_channel(WRITERS as usize);
    thread::scope(|scope| {
        for n in 0..WRITERS {
            let (store, tx) = (store.clone(), tx.clone());
            scope.spawn(move || store.write(vec![chat(&format!("w{n}"))], move |went| tx.send(went.is_ok()).unwrap()).unwrap());
        }
    });
    go.send(()).unwrap();
    let answers: Vec<bool> = (0..WRITERS).map(|_| rx.recv().unwrap()).collect();
    assert!(answers.iter().all(|ok| *ok));
    assert_eq!(commits(dir.path()) - before, 1, "all that waited were committed together");
    assert_eq!(store.read(|r| Ok(r.chats()?.len())).unwrap(), 1 + WRITERS as usize);
}

#[test]
fn a_lone_batch_waits_for_no_other() {
    let (dir, store) = store();
    let before = commits(dir.path());
    for seq in 1..=3 {
        store.write_wait(vec![event("delta", seq)]).unwrap();
    }
    assert_eq!(commits(dir.path()) - before, 3);
}

#[test]
fn a_failing_batch_falls_alone_and_whole() {
    let (dir, store) = store();
    let go = hold(&store);
    let before = commits(dir.path());
    let batches = [
        vec![event("user_message", 1)],
        vec![event("delta", 2), chat("d"), event("delta", 4)],
        vec![event("delta", 2)],
        vec![chat("c"), event("delta", 3)],
        vec![event("delta", 3)],
        vec![],
    ];
    let (tx, rx) = sync_channel(batches.len());
    for batch in batches.clone() {
        let tx = tx.clone();
        store.write(batch, move |went| tx.send(outcome(went)).unwrap()).unwrap();
    }
    go.send(()).unwrap();
    let seen: Vec<String> = batches.iter().map(|_| rx.recv().unwrap()).collect();
    expect![[r#"
        ok
        event 4 of chat c must have the number 3
        ok
        chat c is there already
        ok
        ok"#]]
    .assert_eq(&seen.join("\n"));
    assert_eq!(commits(dir.path()) - before, 1);
    assert_eq!(store.read(|r| r.last_seq("c")).unwrap(), 3);
    assert_eq!(store.read(|r| r.chat("d")).unwrap(), None);
}

#[test]
fn a_full_queue_gives_the_batch_back() {
    let (_dir, store) = store();
    let go = hold(&store);
    let (tx, rx) = sync_channel(QUEUE_BATCHES);
    for seq in 1..=QUEUE_BATCHES as u64 {
        let tx = tx.clone();
        store.write(vec![event("delta", seq)], move |went| tx.send(went.is_ok()).unwrap()).unwrap();
    }
    let more = vec![event("delta", QUEUE_BATCHES as u64 + 1)];
    let full = store.write(more.clone(), |_| panic!("a refused batch has no answer")).unwrap_err();
    assert_eq!(full.0, more);
    go.send(()).unwrap();
    assert!((0..QUEUE_BATCHES).all(|_| rx.recv().unwrap()));
    store.write_wait(full.0).unwrap();
    assert_eq!(store.read(|r| r.last_seq("c")).unwrap(), QUEUE_BATCHES as u64 + 1);
}

#[test]
fn a_full_queue_is_counted_in_bytes_too() {
    let (_dir, store) = store();
    let large = |seq| vec![Change::AppendEvent(EventRow { payload: "x".repeat(QUEUE_BYTES), ..event_row("delta", seq, seq) })];
    let go = hold(&store);
    let (tx, rx) = sync_channel(1);
    store.write(large(1), move |went| tx.send(went.is_ok()).unwrap()).expect("the only one that waits may be larger than the queue");
    let small = vec![event("delta", 2)];
    assert_eq!(store.write(small.clone(), |_| ()).unwrap_err().0, small);
    thread::scope(|scope| {
        let waiting = scope.spawn(|| outcome(store.write_wait(small)));
        go.send(()).unwrap();
        assert_eq!(waiting.join().unwrap(), "ok");
    });
    assert!(rx.recv().unwrap());
}

#[test]
fn an_answer_means_that_readers_see_it() {
    let (_dir, store) = store();
    let (tx, rx) = sync_channel(1);
    let reader = store.clone();
    store.write(vec![event("delta", 1)], move |_| tx.send(reader.read(|r| r.last_seq("c")).unwrap()).unwrap()).unwrap();
    assert_eq!(rx.recv().unwrap(), 1);
}

#[test]
fn a_snapshot_does_not_move() {
    let (_dir, store) = store();
    let seen = store.read(|r| {
        let before = r.last_seq("c")?;
        store.write_wait(vec![event("delta", 1)])?;
        Ok((before, r.last_seq("c")?))
    });
    assert_eq!(seen.unwrap(), (0, 0));
    assert_eq!(store.read(|r| r.last_seq("c")).unwrap(), 1);
}

#[test]
fn more_readers_than_connections() {
    let (_dir, store) = store();
    thread::scope(|scope| {
        for _ in 0..4 * alcove_store::READERS {
            scope.spawn(|| (0..20).for_each(|_| assert_eq!(store.read(|r| r.last_seq("c")).unwrap(), 0)));
        }
    });
}

#[test]
fn a_panicking_question_gives_its_connection_back() {
    let (_dir, store) = store();
    for _ in 0..2 * alcove_store::READERS {
        let asked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| store.read(|_| -> Result<(), _> { panic!("asked badly") })));
        assert!(asked.is_err());
    }
    assert_eq!(store.read(|r| r.last_seq("c")).unwrap(), 0);
}

#[test]
fn the_log_is_copied_into_the_database() {
    let (dir, store) = store();
    let size = || fs::metadata(dir.path().join(DATABASE)).unwrap().len();
    let large = |seq| vec![Change::AppendEvent(EventRow { payload: "x".repeat(2 << 20), ..event_row("delta", seq, seq) })];
    let before = size();
    // The second makes one due; it comes after its answer, and before the third's.
    (1..=3).for_each(|seq| store.write_wait(large(seq)).unwrap());
    assert!(size() > before + (4 << 20), "{}", size());
}
