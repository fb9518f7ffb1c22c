//! Media on a real folder: what is taken, what is refused and leaves nothing, and uploads over a restart.

use std::fs;
use std::time::{Duration, SystemTime};

use alcove_proto::ChatId;
use alcove_proto::limits::MAX_ATTACHMENT_BYTES;
use alcove_store::{Change, ChatRow, Origin, Store};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use expect_test::{Expect, expect};
use tempfile::TempDir;

use super::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nand so on";
const MP4: &[u8] = b"\0\0\0\x18ftypisom\0\0\0\0";
const ID: &str = "0123456789abcdef";

struct Scene {
    dir: TempDir,
    store: Store,
    media: Media,
}

impl Scene {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let media = Media::open(dir.path(), &store).unwrap();
        Self { dir, store, media }
    }

    /// Everything in the folders of media, without the random parts of names.
    fn files(&self) -> Vec<String> {
        let list = |name: &str| {
            fs::read_dir(self.media.path(name)).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
        };
        let (files, uploads): (Vec<String>, Vec<String>) = (list(FILES), list(UPLOADS));
        let mut all: Vec<String> = files.into_iter().map(|name| format!("…{}", name.get(12..).unwrap_or(&name))).chain(uploads).collect();
        all.sort();
        all
    }

    fn give(&self, attachments: &[Attachment]) -> ChatId {
        let chat = ChatId::parse("c").unwrap();
        let mut batch = vec![Change::CreateChat(ChatRow::new("c", Origin::WebUi, 1))];
        batch.extend(rows(&chat, attachments, 7));
        self.store.write_wait(batch).unwrap();
        chat
    }

    fn restarted(self) -> Self {
        let Self { dir, store, media } = self;
        drop((store, media));
        let store = Store::open(dir.path()).unwrap();
        let media = Media::open(dir.path(), &store).unwrap();
        Self { dir, store, media }
    }
}

fn url(mime: &str, bytes: &[u8]) -> String {
    format!("data:{mime};base64,{}", STANDARD.encode(bytes))
}

/// Takes items `(data URL, name)`; prints what was taken or why not, and what is on disk then.
#[expect(clippy::needless_pass_by_value, reason = "every call makes its own expectation")]
fn check(items: &[(String, &str)], expected: Expect) {
    let scene = Scene::new();
    let items: Vec<MediaItem<'_>> = items
        .iter()
        .map(|(text, name)| {
            let source = if text == "none" { Source::Malformed } else { Source::DataUrl(text) };
            MediaItem { source, name: Some(*name).filter(|name| !name.is_empty()) }
        })
        .collect();
    let mut told = match scene.media.take(&items) {
        Ok(taken) => {
            let line = |one: &Attachment| {
                format!(
                    "{} {} {} {}\n",
                    one.kind.told(),
                    one.mime,
                    one.bytes,
                    if one.file.ends_with(&one.name) { "its file's name" } else { &one.name }
                )
            };
            taken.iter().map(line).collect()
        }
        Err(reason) => format!("{}\n", reason.text()),
    };
    told.push_str(&scene.files().join("\n"));
    expected.assert_eq(&told);
}

#[test]
fn files_are_kept_under_names_of_their_own() {
    check(
        &[
            (url("image/png", PNG), "Me.png"),
            (url("IMAGE/PNG", PNG), ""),
            (url("text/markdown", b"# Hi"), "../My notes.markdown"),
            (url("text/plain", b"x"), ""),
        ],
        expect![[r#"
            image image/png 17 Me.png
            image image/png 17 its file's name
            file text/markdown 4 My notes.markdown
            file text/plain 1 its file's name
            ….png
            ….png
            …_My_notes.markdown
            …_document.txt"#]],
    );
    check(
        &[(url("video/mp4", MP4), "a.mov")],
        expect![[r#"
        video video/mp4 16 a.mov
        ….mp4"#]],
    );
    check(&[], expect![""]);
}

#[test]
fn counts_come_first() {
    let image = || (url("image/png", PNG), "");
    let broken = || ("data:image/png;base64,!!!".to_owned(), "");
    let text = || (url("text/plain", b"x"), "");
    let film = || (url("video/mp4", MP4), "");
    check(&[image(), image(), image(), image(), broken()], expect!["too_many_images\n"]);
    check(&[image(), image(), broken(), image(), image(), film(), film()], expect!["too_many_images\n"]);
    check(&[film(), film()], expect!["too_many_videos\n"]);
    check(&[image(), image(), text(), text(), text()], expect!["too_many_attachments\n"]);
    check(&[text(), text(), text(), text(), text()], expect!["too_many_attachments\n"]);
    check(
        &[image(), image(), text(), text(), film()],
        expect![[r#"
            image image/png 17 its file's name
            image image/png 17 its file's name
            file text/plain 1 its file's name
            file text/plain 1 its file's name
            video video/mp4 16 its file's name
            ….mp4
            ….png
            ….png
            …_document.txt
            …_document.txt"#]],
    );
}

#[test]
fn one_bad_item_leaves_nothing() {
    let good = || (url("image/png", PNG), "good.png");
    let bad = |text: String| [good(), (text, "bad.png")];
    check(&bad("none".to_owned()), expect!["malformed\n"]);
    check(&bad(String::new()), expect!["malformed\n"]);
    check(&bad("https://example.org/a.png".to_owned()), expect!["decode\n"]);
    check(&bad("data:image/png;base64,".to_owned()), expect!["decode\n"]);
    check(&bad("data:image/png;base64,!!!".to_owned()), expect!["decode\n"]);
    check(&bad(url("image/svg+xml", b"<svg/>")), expect!["mime\n"]);
    check(&bad(url("application/zip", b"PK\x03\x04")), expect!["mime\n"]);
    check(&bad(url("image/png", b"<html>")), expect!["mime\n"]);
    check(&bad(url("text/plain", b"a\0")), expect!["mime\n"]);
    let mut large = PNG.to_vec();
    large.resize(MAX_ATTACHMENT_BYTES + 1, 0);
    check(&bad(url("image/png", &large)), expect!["size\n"]);
}

#[test]
fn what_is_no_base64_further_on_leaves_nothing() {
    let text = url("image/png", &[PNG, &[7; 200_000]].concat());
    let mut broken = text.into_bytes();
    let last = broken.len() - 10;
    broken[last] = b'!';
    check(&[(String::from_utf8(broken).unwrap(), "")], expect!["decode\n"]);
}

#[test]
fn the_largest_files_are_taken() {
    let large = |head: &[u8], bytes: usize| {
        let mut all = head.to_vec();
        all.resize(bytes, 0);
        all
    };
    let image = url("image/png", &large(PNG, MAX_ATTACHMENT_BYTES));
    let film = url("video/mp4", &large(MP4, 20 << 20));
    let scene = Scene::new();
    let item = |text: &'static str| MediaItem { source: Source::DataUrl(text), name: None };
    let (image, film): (&'static str, &'static str) = (image.leak(), film.leak());
    // Four images are exactly as much as a message may have.
    let taken = scene.media.take(&[item(image), item(image), item(film), item(image), item(image)]).unwrap();
    assert_eq!(taken.iter().map(|one| one.bytes).sum::<u64>(), (24 << 20) + (20 << 20));
}

#[test]
fn what_no_chat_has_goes() {
    let scene = Scene::new();
    let (image, note) = (url("image/png", PNG), url("text/plain", b"x"));
    let take = |text: &str| scene.media.take(&[MediaItem { source: Source::DataUrl(text), name: Some("n.txt") }]).unwrap();
    let (kept, refused, held, lost) = (take(&image), take(&note), take(&note), take(&note));
    let chat = scene.give(&kept);
    scene.media.discard(&refused);
    scene.media.discard(&kept);
    // Somebody else keeps it, a chat that is not stored for instance.
    let elsewhere = held.clone();
    scene.media.discard(&held);
    drop(elsewhere);
    drop((refused, lost));
    fs::write(scene.media.path(FILES).join(".0123456789a.part"), "x").unwrap();
    scene.media.sweep(SystemTime::now());
    assert_eq!(scene.files(), ["….part", "….png", "…_n.txt"]);
    drop(held);
    scene.media.sweep(SystemTime::now() + Duration::from_secs(7200));
    assert_eq!(scene.files(), ["….png"]);
    let file = kept[0].file.clone();
    drop(kept);
    scene.media.forget(std::slice::from_ref(&file));
    assert_eq!(scene.files(), ["….png"], "a chat has it");
    scene.store.write_wait(vec![Change::DeleteChat { chat: chat.as_str().to_owned() }]).unwrap();
    scene.media.forget(&[file]);
    assert_eq!(scene.files(), Vec::<String>::new());
}

#[test]
fn an_address_is_good_over_a_restart() {
    let scene = Scene::new();
    let image = url("image/png", PNG);
    let taken = scene.media.take(&[MediaItem { source: Source::DataUrl(&image), name: None }]).unwrap();
    scene.give(&taken);
    let scene = scene.restarted();
    let (signature, payload) = taken[0].url.strip_prefix(MEDIA_PATH).and_then(|rest| rest.split_once('/')).unwrap();
    let served = scene.media.serve(signature, payload).unwrap().unwrap();
    assert_eq!((served.bytes, served.mime), (PNG.len() as u64, "image/png"));
    assert_eq!(scene.media.serve("AAAA", payload).unwrap_err(), BadAddress::Signature);
    fs::remove_file(scene.media.path(&taken[0].file)).unwrap();
    assert!(scene.media.serve(signature, payload).unwrap().is_none());
    assert!(scene.dir.path().join("media").is_dir());
}

#[test]
fn what_a_model_is_given() {
    let scene = Scene::new();
    let long = "x".repeat(64 * 1024 + 1);
    let urls = [
        (url("image/png", PNG), "cat.png"),
        (url("text/plain", b"one ``` two\n"), "a.txt"),
        (url("text/plain", long.as_bytes()), "long.txt"),
        (url("application/pdf", b"%PDF-1.7"), "b.pdf"),
    ];
    let items: Vec<_> = urls.iter().map(|(text, name)| MediaItem { source: Source::DataUrl(text), name: Some(*name) }).collect();
    let taken = scene.media.take(&items).unwrap();
    let remembered = attributes(&taken);
    let mut body = "Look.".to_owned();
    let images = scene.media.material(&remembered, &mut body);
    for (file, name) in [(&taken[2].file, "LONG"), (&taken[3].file, "PDF")] {
        body = body.replace(scene.media.path(file).to_str().unwrap(), name);
    }
    expect![[r#"
        Look.

        Attached file a.txt (text/plain):

        ````
        one ``` two
        ````

        [Attached file long.txt (text/plain): LONG]

        [Attached file b.pdf (application/pdf): PDF]"#]]
    .assert_eq(&body);
    assert_eq!(
        images.iter().map(|image| (image.file.as_str(), image.name.as_str())).collect::<Vec<_>>(),
        [(taken[0].file.as_str(), "cat.png")]
    );
    let message =
        alcove_agent::packet::Message { role: alcove_agent::packet::Role::User, content: body, images, calls: Vec::new(), call: None };
    let mut room = PNG.len() as u64;
    assert_eq!(&*scene.media.shown(&message, &mut room).1[0].url, url("image/png", PNG));
    let (content, none) = scene.media.shown(&message, &mut room);
    assert!(none.is_empty() && content.ends_with("[Image, not shown: cat.png]"));
    assert_eq!(attributes(&[]), "{}");
    for strange in
        ["{}", "null", "", "{\"media\":[{\"file\":\"../../alcove.db\",\"name\":\"a\",\"mime\":\"text/plain\",\"kind\":\"document\"}]}"]
    {
        let mut body = String::new();
        assert!(scene.media.material(strange, &mut body).is_empty());
        assert!(!body.contains("SQLite"), "{body}");
    }
}

fn offer(start: u64, length: u64, total: u64) -> Offer {
    Offer { mime: "image/png".to_owned(), name: "Me.png".to_owned(), purpose: Purpose::Attach, start, length, total }
}

fn send(media: &Media, id: &str, offer: &Offer, bytes: &[u8]) -> Result<alcove_proto::upload::UploadStatus, UploadRefusal> {
    let mut writing = media.begin(id, offer)?;
    writing.write(bytes)?;
    writing.finish()
}

#[test]
fn an_upload_goes_on_after_a_restart() {
    let scene = Scene::new();
    let total = PNG.len() as u64;
    assert_eq!(scene.media.upload(ID).unwrap_err(), UploadRefusal::Unknown);
    assert_eq!(send(&scene.media, ID, &offer(4, 4, total), b"abcd").unwrap_err(), UploadRefusal::Elsewhere(0));
    let status = send(&scene.media, ID, &offer(0, 4, total), &PNG[..4]).unwrap();
    assert_eq!((status.received, status.complete, status.url), (4, false, None));
    let early = scene.media.take(&[MediaItem { source: Source::Upload(ID), name: None }]);
    assert_eq!(early.unwrap_err(), MediaReason::Decode);

    let scene = scene.restarted();
    assert_eq!(scene.media.upload(ID).unwrap().received, 4);
    for start in [0, 3, 5] {
        assert_eq!(scene.media.begin(ID, &offer(start, 1, total)).map(drop).unwrap_err(), UploadRefusal::Elsewhere(4));
    }
    let status = send(&scene.media, ID, &offer(4, total - 4, total), &PNG[4..]).unwrap();
    assert!(status.complete && status.url.is_some());
    assert_eq!(send(&scene.media, ID, &offer(0, total, total), PNG).unwrap_err(), UploadRefusal::Elsewhere(total));

    let scene = scene.restarted();
    scene.media.sweep(SystemTime::now());
    assert_eq!(scene.media.upload(ID).unwrap(), status);
    let take = |name| scene.media.take(&[MediaItem { source: Source::Upload(ID), name }]).unwrap().remove(0);
    let (one, two) = (take(None), take(Some("Other.png")));
    assert_eq!((one.file.clone(), one.url.clone(), one.name.as_str()), (two.file, status.url.unwrap(), "Me.png"));
    assert_eq!(two.name, "Other.png");
    assert_eq!(fs::read(scene.media.path(&one.file)).unwrap(), PNG);
    // A message that is refused leaves it for the next.
    scene.media.discard(std::slice::from_ref(&one));
    assert_eq!(take(None).file, one.file);
}

#[test]
fn what_is_left_of_uploads_nobody_knows_goes() {
    let scene = Scene::new();
    send(&scene.media, ID, &offer(0, 4, PNG.len() as u64), &PNG[..4]).unwrap();
    let known = [format!("{ID}.json"), format!("{ID}.part")];
    // Of one that was being forgotten, one whose card cannot be read, and a card that was being written.
    for left in ["forgotten-0123456789.part", "unreadable-0123456789.json", "unreadable-0123456789.part", ".0123.part"] {
        fs::write(scene.media.path(UPLOADS).join(left), "x").unwrap();
    }
    let scene = scene.restarted();
    scene.media.sweep(SystemTime::now());
    assert_eq!(scene.files().len(), 6, "it may be written yet");
    scene.media.sweep(SystemTime::now() + Duration::from_secs(7200));
    assert_eq!(scene.files(), known);
    assert_eq!(scene.media.upload(ID).unwrap().received, 4);
}

#[test]
fn uploads_are_refused_for_what_they_say() {
    let scene = Scene::new();
    let (most, video) = (MAX_ATTACHMENT_BYTES as u64, 20 << 20);
    let declare = |mime: &str, total| Offer { mime: mime.to_owned(), ..offer(0, 1, total) };
    let import = |total| Offer { purpose: Purpose::Import, ..declare("application/gzip", total) };
    let rows = [
        ("short", offer(0, 1, 1), Err(UploadRefusal::Malformed)),
        ("with/a/slash/in/it", offer(0, 1, 1), Err(UploadRefusal::Malformed)),
        (ID, offer(0, 0, 0), Err(UploadRefusal::Malformed)),
        (ID, offer(0, 2, 1), Err(UploadRefusal::Malformed)),
        (ID, offer(u64::MAX, 2, 1), Err(UploadRefusal::Malformed)),
        (ID, declare("image/svg+xml", 9), Err(UploadRefusal::Mime)),
        (ID, declare("application/gzip", 9), Err(UploadRefusal::Mime)),
        (ID, declare("image/png", most + 1), Err(UploadRefusal::Size)),
        (ID, declare("video/mp4", video + 1), Err(UploadRefusal::Size)),
        (ID, import((256 << 20) + 1), Err(UploadRefusal::Size)),
        ("an-import-1234567890", import(256 << 20), Ok(())),
        ("a-video-12345678901", declare("video/mp4; codecs=x", video), Ok(())),
    ];
    for (id, offer, expected) in rows {
        assert_eq!(scene.media.begin(id, &offer).map(drop), expected, "{id} {offer:?}");
    }
    assert_eq!(scene.media.begin("a-video-12345678901", &declare("video/mp4", 7)).map(drop).unwrap_err(), UploadRefusal::Malformed);
    for number in 2..UPLOADS_OPEN {
        scene.media.begin(&format!("{ID}-{number}"), &offer(0, 1, 2)).unwrap();
    }
    assert_eq!(scene.media.begin(ID, &offer(0, 1, 2)).map(drop).unwrap_err(), UploadRefusal::TooMany);
    let now = crate::clock::now_ms();
    assert!(!scene.media.drop_idle(now + 59 * 60 * 1_000) && scene.media.drop_idle(now + 61 * 60 * 1_000));
    scene.media.begin("in-the-free-place-", &offer(0, 1, 2)).unwrap();
    assert!(scene.media.cancel("in-the-free-place-"));
    assert!(scene.media.begin(ID, &offer(0, 1, 2)).is_ok());
}

#[test]
fn what_is_not_of_its_type_is_forgotten() {
    let scene = Scene::new();
    assert_eq!(send(&scene.media, ID, &offer(0, 6, 6), b"<html>").unwrap_err(), UploadRefusal::Mime);
    assert_eq!(scene.media.upload(ID).unwrap_err(), UploadRefusal::Unknown);
    assert_eq!(scene.files(), Vec::<String>::new());
}

#[test]
fn a_cancelled_upload_leaves_nothing() {
    let scene = Scene::new();
    let total = PNG.len() as u64;
    let mut open = scene.media.begin(ID, &offer(0, total, total)).unwrap();
    open.write(b"\x89PNG").unwrap();
    assert!(scene.media.cancel(ID));
    assert!(!scene.media.cancel(ID));
    assert_eq!(open.write(b"x").unwrap_err(), UploadRefusal::Unknown);
    assert_eq!(open.finish().unwrap_err(), UploadRefusal::Unknown);
    assert_eq!(scene.files(), Vec::<String>::new());
    send(&scene.media, ID, &offer(0, total, total), PNG).unwrap();
    assert!(scene.media.cancel(ID));
    assert_eq!(scene.files(), Vec::<String>::new());
}

#[test]
fn the_newest_writer_goes_on() {
    let scene = Scene::new();
    let total = PNG.len() as u64;
    let mut old = scene.media.begin(ID, &offer(0, total, total)).unwrap();
    old.write(&PNG[..4]).unwrap();
    let mut new = scene.media.begin(ID, &offer(4, total - 4, total)).unwrap();
    assert_eq!(old.write(&PNG[4..]).unwrap_err(), UploadRefusal::Elsewhere(4));
    new.write(&PNG[4..]).unwrap();
    assert!(new.finish().unwrap().complete);
}

#[test]
fn uploads_are_forgotten_after_a_day() {
    let scene = Scene::new();
    let total = PNG.len() as u64;
    send(&scene.media, ID, &offer(0, total, total), PNG).unwrap();
    send(&scene.media, "0123456789abcdeg", &offer(0, 4, total), &PNG[..4]).unwrap();
    let now = crate::clock::now_ms();
    scene.media.purge_uploads(now);
    assert_eq!(scene.files().len(), 4);
    scene.media.purge_uploads(now + 24 * 60 * 60 * 1_000 + 60_000);
    assert_eq!(scene.files(), Vec::<String>::new());
}

#[test]
fn imports_are_taken_by_nobody_else() {
    let scene = Scene::new();
    let import = Offer { purpose: Purpose::Import, mime: String::new(), ..offer(0, 3, 3) };
    let status = send(&scene.media, ID, &import, b"abc").unwrap();
    assert_eq!((status.complete, status.url), (true, None));
    let taken = scene.media.take(&[MediaItem { source: Source::Upload(ID), name: None }]);
    assert_eq!(taken.unwrap_err(), MediaReason::Mime);
    let scene = scene.restarted();
    let found = scene.media.imported(ID).unwrap();
    assert_eq!((fs::read(found.path).unwrap(), found.name.as_str()), (b"abc".to_vec(), "Me.png"));
}

/// A text shown from a project that holds some files; addresses are told as the files they name.
#[expect(clippy::needless_pass_by_value, reason = "every call makes its own expectation")]
fn check_shown(text: &str, expected: Expect) {
    let scene = Scene::new();
    let project = scene.dir.path().join("project");
    fs::create_dir_all(project.join("a")).unwrap();
    fs::write(project.join("pic.png"), "one").unwrap();
    fs::write(project.join("a/my pic.png"), "two").unwrap();
    fs::write(project.join("100%25.png"), "three").unwrap();
    fs::write(project.join("empty.png"), "").unwrap();
    fs::write(scene.dir.path().join("secret.png"), "no").unwrap();
    std::os::unix::fs::symlink("../secret.png", project.join("link.png")).unwrap();
    std::os::unix::fs::symlink("pic.png", project.join("inside.png")).unwrap();
    let text = text.replace("PROJECT", project.to_str().unwrap());
    let told = match scene.media.illustrate(&text, &project) {
        None => "as it is".to_owned(),
        Some(shown) => {
            let named = |text: String, file: &Attachment| text.replace(&file.url, &file.file);
            let lines = |file: &Attachment| format!("\n{} {} {} {}", file.name, file.kind.told(), file.mime, file.bytes);
            shown.files.iter().fold(shown.text.clone(), named) + &shown.files.iter().map(lines).collect::<String>()
        }
    };
    expected.assert_eq(&told);
}

#[test]
fn images_of_the_project_are_shown() {
    check_shown(
        "See ![a](pic.png \"t\").",
        expect![[r#"
        See ![a](websocket/7692c3ad3540bb803c02-pic.png "t").
        pic.png image image/png 3"#]],
    );
    check_shown(
        "![a](PROJECT/pic.png)",
        expect![[r#"
        ![a](websocket/7692c3ad3540bb803c02-pic.png)
        pic.png image image/png 3"#]],
    );
    check_shown(
        "![a](a/my%20pic.png) ![b](<a/../a/my pic.png>)",
        expect![[r#"
        ![a](websocket/3fc4ccfe745870e2c0d9-my_pic.png) ![b](websocket/3fc4ccfe745870e2c0d9-my_pic.png)
        my pic.png image image/png 3"#]],
    );
    check_shown(
        "![a](100%25.png)",
        expect![[r#"
        ![a](websocket/8b5b9db0c13db24256c8-100_25.png)
        100%25.png image image/png 5"#]],
    );
    check_shown(
        "![a](inside.png) ![b](missing.png)",
        expect![[r#"
        ![a](websocket/7692c3ad3540bb803c02-inside.png) ![b](missing.png)
        inside.png image image/png 3"#]],
    );
}

#[test]
fn nothing_else_is_shown() {
    for target in [
        "link.png",
        "../secret.png",
        "%2e%2e/secret.png",
        "a/../../secret.png",
        "/etc/passwd.png",
        "PROJECT/../secret.png",
        "empty.png",
        "missing.png",
        "a",
    ] {
        check_shown(&format!("![a]({target})"), expect!["as it is"]);
    }
}

#[test]
fn the_same_content_is_kept_once() {
    let scene = Scene::new();
    let project = scene.dir.path().join("project");
    fs::create_dir(&project).unwrap();
    fs::write(project.join("pic.png"), "one").unwrap();
    let show = || scene.media.illustrate("![a](pic.png)", &project).unwrap();
    let (one, two) = (show(), show());
    assert_eq!(one.text, two.text);
    fs::write(project.join("pic.png"), "other").unwrap();
    assert_ne!(show().text, one.text);
    assert_eq!(scene.files().len(), 2);
}
