//! Opening: privacy, versions, orderly and other ends.

use std::fs;
use std::path::Path;

use alcove_store::{Change, DATABASE, Error, Store};
use expect_test::expect;

use crate::rows::{event, raw, spans, store};

#[cfg(unix)]
#[test]
fn folder_and_files_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("a/data");
    let _store = Store::open(&data).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    for file in fs::read_dir(&data).unwrap() {
        let file = file.unwrap().path();
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[cfg(unix)]
#[test]
fn a_database_open_to_others_is_closed_to_them() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, store) = store();
    drop(store);
    let file = dir.path().join(DATABASE);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let _store = Store::open(dir.path()).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[cfg(unix)]
#[test]
fn a_linked_database_is_refused() {
    let (dir, store) = store();
    drop(store);
    let other = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(dir.path().join(DATABASE), other.path().join(DATABASE)).unwrap();
    assert!(matches!(Store::open(other.path()), Err(Error::Open { .. })));
}

#[test]
fn everything_is_there_again() {
    let (dir, store) = store();
    store.write_wait(vec![event("user_message", 1), event("delta", 2)]).unwrap();
    let before = store.read(|r| r.events("c", 0, 9)).unwrap();
    drop(store);
    assert!(!dir.path().join(format!("{DATABASE}-wal")).exists(), "an orderly end leaves one file");
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(store.read(|r| r.events("c", 0, 9)).unwrap(), before);
    assert_eq!(store.read(|r| r.integrity()).unwrap(), Vec::<String>::new());
}

/// What a killed process leaves: the files as they are while the store is open.
fn killed(dir: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in [DATABASE.to_owned(), format!("{DATABASE}-wal")] {
        fs::copy(dir.join(&file), copy.path().join(&file)).unwrap();
    }
    copy
}

#[test]
fn a_kill_is_noticed_and_loses_nothing() {
    let (dir, store) = store();
    assert!(store.ended_cleanly(), "a new database");
    store.write_wait(vec![event("user_message", 1)]).unwrap();
    let copy = killed(dir.path());
    drop(store);
    assert!(Store::open(dir.path()).unwrap().ended_cleanly(), "closed");

    let store = Store::open(copy.path()).unwrap();
    assert!(!store.ended_cleanly(), "killed");
    assert_eq!(spans(&store.read(|r| r.events("c", 0, 9)).unwrap()), "1 user_message");
    assert_eq!(store.quick_check().unwrap(), Vec::<String>::new());
    let copy_again = killed(copy.path());
    drop(store);
    assert!(Store::open(copy.path()).unwrap().ended_cleanly(), "closed after a kill");
    assert!(!Store::open(copy_again.path()).unwrap().ended_cleanly(), "killed twice");
}

#[test]
fn a_census_counts_rows_and_bytes() {
    let (_dir, store) = store();
    store.write_wait(vec![event("user_message", 1)]).unwrap();
    let census = store.read(|r| r.census()).unwrap();
    let rows = |table: &str| census.rows.iter().find(|(name, _)| name == table).map(|(_, rows)| *rows);
    assert_eq!((rows("chats"), rows("events"), rows("turns"), rows("sqlite_schema")), (Some(1), Some(1), Some(0), None));
    assert!(census.bytes > census.free_bytes && census.bytes.is_multiple_of(4096) && census.version > 0, "{census:?}");
}

#[test]
fn a_newer_database_is_left_alone() {
    let (dir, store) = store();
    drop(store);
    raw(dir.path()).pragma_update(None, "user_version", 99).unwrap();
    let file = dir.path().join(DATABASE);
    let before = fs::read(&file).unwrap();
    let error = Store::open(dir.path()).map(drop).unwrap_err();
    assert!(matches!(error, Error::Newer { found: 99, .. }), "{error}");
    assert!(fs::read(&file).unwrap() == before, "the file was altered");
}

#[test]
fn a_newer_database_with_a_log_is_left_alone() {
    let (dir, store) = store();
    raw(dir.path()).pragma_update(None, "user_version", 99).unwrap();
    let copy = killed(dir.path());
    drop(store);
    let read = || [DATABASE.to_owned(), format!("{DATABASE}-wal")].map(|file| fs::read(copy.path().join(file)).unwrap());
    let before = read();
    assert!(matches!(Store::open(copy.path()), Err(Error::Newer { found: 99, .. })));
    assert!(read() == before, "the files were altered");
}

#[test]
fn something_else_is_refused_as_damage() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(DATABASE), "not a database, but long enough to look at; ".repeat(100)).unwrap();
    let error = Store::open(dir.path()).map(drop).unwrap_err();
    assert!(error.is_damage(), "{error}");
    assert!(fs::read_to_string(dir.path().join(DATABASE)).unwrap().starts_with("not a database"));
}

#[test]
fn a_harmed_page_is_found_by_the_check() {
    let (dir, store) = store();
    let long = (1..200).map(|seq| event("delta", seq)).collect();
    store.write_wait(long).unwrap();
    drop(store);
    let file = dir.path().join(DATABASE);
    let mut bytes = fs::read(&file).unwrap();
    let at = bytes.len() - 2 * 4096;
    bytes[at..at + 64].fill(0x5a);
    fs::write(&file, bytes).unwrap();
    let store = Store::open(dir.path()).unwrap();
    let found = store.quick_check();
    assert!(found.as_ref().map_or(true, |lines| !lines.is_empty()), "nothing found");
    drop(store);
}

#[test]
fn the_last_clone_waits_for_the_writer() {
    let (dir, store) = store();
    let clone = store.clone();
    for seq in 1..=50 {
        clone.write(vec![event("delta", seq)], |_| ()).unwrap();
    }
    drop(store);
    drop(clone);
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(store.read(|r| r.last_seq("c")).unwrap(), 50);
}

#[test]
fn the_last_clone_may_go_inside_an_answer() {
    let (dir, store) = store();
    let (tx, rx) = std::sync::mpsc::sync_channel(1);
    let (go, wait) = std::sync::mpsc::sync_channel::<()>(1);
    let last = store.clone();
    let done = move |went: Result<(), Error>| {
        wait.recv().unwrap();
        drop(last);
        tx.send(went.is_ok()).unwrap();
    };
    store.write(vec![Change::TouchChat { chat: "c".to_owned(), at: 2 }], done).unwrap();
    drop(store);
    go.send(()).unwrap();
    assert!(rx.recv().unwrap());
    drop(dir);
}

#[test]
fn errors_name_what_failed() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let error = Store::open(&file.join("data")).map(drop).unwrap_err();
    expect!["could not prepare DIR/file/data"].assert_eq(&error.to_string().replace(&dir.path().display().to_string(), "DIR"));
    assert!(std::error::Error::source(&error).is_some());
}
