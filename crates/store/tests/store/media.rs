//! Which files belong to which chat: rows go with their chat.

use alcove_store::{Change, Error, MediaRow};

use crate::rows::{chat, store};

fn row(chat: &str, file: &str) -> MediaRow {
    MediaRow {
        chat: chat.to_owned(),
        file: file.to_owned(),
        name: "a.png".to_owned(),
        mime: "image/png".to_owned(),
        bytes: 7,
        created_at: 3,
    }
}

#[test]
fn rows_go_with_their_chat() {
    let (_dir, store) = store();
    let put = |chat: &str, file: &str| Change::PutMedia(row(chat, file));
    store.write_wait(vec![chat("d"), put("c", "b.png"), put("c", "a.png"), put("c", "a.png"), put("d", "a.png")]).unwrap();
    assert_eq!(store.read(|r| r.media("c")).unwrap(), [row("c", "a.png"), row("c", "b.png")]);
    store.write_wait(vec![Change::DeleteChat { chat: "c".to_owned() }]).unwrap();
    let used = |file: &str| store.read(|r| r.media_used(file)).unwrap();
    assert!(used("a.png"), "the other chat has it still");
    assert!(!used("b.png"));
    assert!(matches!(store.read(|r| r.media("c")), Err(Error::NoChat { .. })));
}

#[test]
fn a_row_needs_its_chat() {
    let (_dir, store) = store();
    assert!(matches!(store.write_wait(vec![Change::PutMedia(row("nobody", "a.png"))]), Err(Error::NoChat { .. })));
}
