//! The checks against real files.

use std::path::PathBuf;

use super::*;

/// A folder with files of these names and sizes.
fn files(folder: &Path, sizes: &[(&str, u64)]) -> Vec<PathBuf> {
    let make = |(name, bytes): &(&str, u64)| {
        let path = folder.join(name);
        File::create(&path).unwrap().set_len(*bytes).unwrap();
        path
    };
    sizes.iter().map(make).collect()
}

/// What the check says of each: its MIME type, or why not.
fn verdicts(paths: &[PathBuf]) -> Vec<&'static str> {
    let word = |checked: Checked| match checked {
        Checked::Fit(fit) => fit.mime,
        Checked::Refused { problem, .. } => problem.word(),
    };
    all(paths).into_iter().map(word).collect()
}

#[test]
fn files_a_message_takes_are_fit() {
    let folder = tempfile::tempdir().unwrap();
    let paths = files(folder.path(), &[("a.PNG", 10), ("b.jpeg", FILE_BYTES), ("c d.md", 1), ("ü.pdf", 5), ("film.mov", VIDEO_BYTES)]);
    assert_eq!(verdicts(&paths), ["image/png", "image/jpeg", "text/markdown", "application/pdf", "video/quicktime"]);
}

#[test]
fn what_is_no_plain_file_is_named() {
    use std::os::unix::net::UnixListener;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::create_dir(path("folder.png")).unwrap();
    files(folder.path(), &[("real.png", 1), ("empty.png", 0), ("program.exe", 1), ("noextension", 1), ("picture.svg", 1)]);
    std::os::unix::fs::symlink(path("real.png"), path("link.png")).unwrap();
    std::os::unix::fs::symlink("/nowhere", path("dangling.png")).unwrap();
    let _socket = UnixListener::bind(path("socket.png")).unwrap();
    for (name, word) in [
        ("gone.png", "missing"),
        ("real.png/inside.png", "missing"),
        ("folder.png", "folder"),
        ("link.png", "link"),
        ("dangling.png", "link"),
        ("socket.png", "special"),
        ("empty.png", "empty"),
        ("program.exe", "mime"),
        ("noextension", "mime"),
        ("picture.svg", "mime"),
        ("a\0b.png", "missing"),
        ("real.png", "image/png"),
    ] {
        assert_eq!(verdicts(&[path(name)]), [word], "{name}");
    }
    assert_eq!(verdicts(&[PathBuf::from("/dev/null.png"), PathBuf::from("/"), PathBuf::new()]), ["missing", "folder", "missing"]);
}

#[test]
fn sizes_are_limited_one_by_one_and_together() {
    let folder = tempfile::tempdir().unwrap();
    let paths = files(
        folder.path(),
        &[("big.png", FILE_BYTES + 1), ("big.mp4", VIDEO_BYTES + 1), ("fits.mp4", VIDEO_BYTES), ("fits.png", FILE_BYTES)],
    );
    assert_eq!(verdicts(&paths), ["size", "size", "video/mp4", "image/png"], "what is refused takes no place");
    let mut tally = Tally { attachments: 3, videos: 0, bytes: TOTAL_BYTES - 5 };
    assert_eq!(tally.has_room(Kind::Document, 6), Err(Problem::TotalSize));
    assert_eq!(tally.has_room(Kind::Document, 5), Ok(()));
    tally.add(Kind::Document, 5);
    assert_eq!(tally.has_room(Kind::Document, 1), Err(Problem::TooManyAttachments));
}

#[test]
fn of_two_hundred_files_the_first_four_and_one_video_are_taken() {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..200).map(|n| format!("{n:03}.{}", if n % 2 == 0 { "png" } else { "webm" })).collect();
    let sizes: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 1)).collect();
    let said = verdicts(&files(folder.path(), &sizes));
    let count = |word: &str| said.iter().filter(|said| **said == word).count();
    assert_eq!((count("image/png"), count("video/webm")), (4, 1));
    assert_eq!((count("too_many_attachments"), count("too_many_videos")), (96, 99));
}

#[test]
fn a_path_that_leads_elsewhere_by_now_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("swapped.png");
    std::os::unix::fs::symlink("/etc/passwd", &path).unwrap();
    assert!(open(&path).is_err(), "the open itself refuses a link, whatever was seen before");
}

#[test]
fn names_are_only_names() {
    assert_eq!(name_of(Path::new("/places/someone/private/plan.md")), "plan.md");
    assert_eq!(name_of(Path::new(&format!("/x/{}", "a".repeat(400)))).len(), NAME_CHARS);
}
