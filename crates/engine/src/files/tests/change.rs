//! What writing, moving, copying and removing leave behind, and that a refusal leaves everything as it was.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

use alcove_agent::edit::Digest;
use alcove_agent::path::Reach;
use alcove_agent::policy::Access;
use rustix::fs::Mode;

use super::super::{Expect, FileError, PlaceKind, Tree};
use super::{World, word};

/// What is done: each with a path, and what is expected to be there.
#[derive(Clone, Copy, Debug)]
enum Do {
    Write(&'static str, Is),
    Remove(&'static str, Is),
    Rename(&'static str, &'static str, Is),
    Copied(&'static str, &'static str, Is),
}

/// What is expected: anything, nothing, or a file of this text.
#[derive(Clone, Copy, Debug)]
enum Is {
    Any,
    Not,
    Text(&'static str),
}

impl Is {
    fn expect(self) -> Expect {
        match self {
            Self::Any => Expect::Anything,
            Self::Not => Expect::Absent,
            Self::Text(text) => Expect::Bytes(Digest::of(text.as_bytes())),
        }
    }
}

use Do::{Copied, Remove, Rename, Write};
use Is::{Any, Not, Text};

impl Do {
    fn act(self, world: &World, tree: &Tree) -> Result<(), FileError> {
        let place = |path: &str| tree.place(&path.replace('@', world.path.to_str().unwrap()));
        match self {
            Write(path, is) => tree.write(&place(path)?, b"new", &is.expect()),
            Remove(path, is) => tree.remove(&place(path)?, &is.expect()),
            Rename(from, to, is) => tree.rename(&place(from)?, &place(to)?, &is.expect()),
            Copied(from, to, is) => tree.copy((&place(from)?, &Expect::Anything), &place(to)?, &is.expect()),
        }
    }
}

/// What is done, what comes of it, and which lines of [`World::all`] went (`-`) and came (`+`).
const CHANGES: &[(Do, &str, &str)] = &[
    // Writing.
    (Write("fresh", Any), "done", "+in/fresh 644 new"),
    (Write("fresh", Not), "done", "+in/fresh 644 new"),
    (Write("fresh", Text("a")), "changed", ""),
    (Write("a", Any), "done", "-in/a 644 a +in/a 644 new"),
    (Write("a", Text("a")), "done", "-in/a 644 a +in/a 644 new"),
    (Write("a", Text("b")), "changed", ""),
    (Write("a", Not), "changed", ""),
    (Write("run.sh", Any), "done", "-in/run.sh 750 run.sh +in/run.sh 750 new"),
    (Write("x/y/z", Any), "done", "+in/x/ +in/x/y/ +in/x/y/z 644 new"),
    (Write("x/y/z", Text("a")), "changed", ""),
    (Write("ünï", Any), "done", "-in/ünï 644 ünï +in/ünï 644 new"),
    (Write("hard", Any), "done", "-in/hard 644 b +in/hard 644 new"),
    (Write("deep/b", Text("b")), "done", "-in/deep/b 644 b +in/deep/b 644 new"),
    (Write("inner", Any), "done", "-in/deep/b 644 b +in/deep/b 644 new"),
    (Write("twice", Text("b")), "done", "-in/deep/b 644 b +in/deep/b 644 new"),
    (Write("folder/new", Any), "done", "+in/deep/new 644 new"),
    (Write("absolute_within", Any), "done", "-in/a 644 a +in/a 644 new"),
    (Write("dangling", Any), "done", "+in/none 644 new"),
    (Write("dangling_deep", Not), "done", "+in/none/ +in/none/deep/ +in/none/deep/x 644 new"),
    (Write("outer", Any), "outside", ""),
    (Write("outer_folder/new", Any), "outside", ""),
    (Write("absolute", Any), "outside", ""),
    (Write("up/new", Any), "outside", ""),
    (Write("../new", Any), "outside", ""),
    (Write("@/new", Any), "outside", ""),
    (Write("/etc/new", Any), "outside", ""),
    (Write("loop", Any), "loop", ""),
    (Write("dangling_up", Any), "missing", ""),
    (Write("deep", Any), "is_folder", ""),
    (Write("folder", Any), "is_folder", ""),
    (Write("fresh/", Any), "is_folder", ""),
    (Write(".", Any), "is_folder", ""),
    (Write("a/x", Any), "not_a_folder", ""),
    (Write("pipe", Any), "not_a_file", ""),
    (Write("piped", Any), "not_a_file", ""),
    (Write(".git", Any), "protected", ""),
    (Write(".git/config", Any), "protected", ""),
    (Write(".GIT/hooks/new", Any), "protected", ""),
    (Write("new/.git/config", Any), "protected", ""),
    (Write("config", Any), "protected", ""),
    (Write("repository/hooks/new", Any), "protected", ""),
    (Write("sub/.git/config", Any), "protected", ""),
    (Write("data/new", Any), "protected", ""),
    (Write("ours_within/key", Any), "protected", ""),
    (Write("hard_own", Any), "protected", ""),
    (Write("ours/new", Any), "outside", ""),
    (Write(".alcove", Any), "protected", ""),
    // Removing.
    (Remove("a", Any), "done", "-in/a 644 a"),
    (Remove("a", Text("a")), "done", "-in/a 644 a"),
    (Remove("a", Text("b")), "changed", ""),
    (Remove("a", Not), "changed", ""),
    (Remove("none", Any), "missing", ""),
    (Remove("hard", Any), "done", "-in/hard 644 b"),
    (Remove("inner", Any), "done", "-in/inner -> deep/b"),
    (Remove("inner", Text("b")), "changed", ""),
    (Remove("outer", Any), "done", "-in/outer -> ../secret"),
    (Remove("outer_folder", Any), "done", "-in/outer_folder -> ../out"),
    (Remove("outer_folder/o", Any), "outside", ""),
    (Remove("absolute", Any), "done", "-in/absolute -> @/secret"),
    (Remove("loop", Any), "done", "-in/loop -> loop"),
    (Remove("dangling", Any), "done", "-in/dangling -> none"),
    (Remove("folder", Any), "done", "-in/folder -> deep"),
    (Remove("folder/b", Any), "done", "-in/deep/b 644 b"),
    (Remove("pipe", Any), "done", "-in/pipe other"),
    (Remove("empty", Any), "done", "-in/empty/"),
    (Remove("deep/deeper", Any), "done", "-in/deep/deeper/ -in/deep/deeper/c 644 c"),
    (Remove("deep/deeper", Text("c")), "changed", ""),
    (Remove(".", Any), "root", ""),
    (Remove("here", Any), "done", "-in/here -> ."),
    (Remove("..", Any), "outside", ""),
    (Remove("sub", Any), "protected", ""),
    (Remove(".git", Any), "protected", ""),
    (Remove(".git/config", Any), "protected", ""),
    (Remove("data", Any), "protected", ""),
    (Remove("data/key", Any), "protected", ""),
    (Remove("hard_own", Any), "protected", ""),
    // Moving.
    (Rename("a", "fresh", Not), "done", "-in/a 644 a +in/fresh 644 a"),
    (Rename("a", "x/y/fresh", Not), "done", "-in/a 644 a +in/x/ +in/x/y/ +in/x/y/fresh 644 a"),
    (Rename("run.sh", "fresh", Any), "done", "-in/run.sh 750 run.sh +in/fresh 750 run.sh"),
    (Rename("a", "ünï", Not), "exists", ""),
    (Rename("a", "ünï", Any), "done", "-in/a 644 a -in/ünï 644 ünï +in/ünï 644 a"),
    (Rename("a", "ünï", Text("ünï")), "done", "-in/a 644 a -in/ünï 644 ünï +in/ünï 644 a"),
    (Rename("a", "ünï", Text("b")), "changed", ""),
    (Rename("a", "deep", Any), "is_folder", ""),
    (Rename("a", "deep", Not), "exists", ""),
    (Rename("a", "inner", Any), "done", "-in/a 644 a -in/inner -> deep/b +in/inner 644 a"),
    (Rename("a", "inner", Not), "exists", ""),
    (Rename("a", "outer", Any), "done", "-in/a 644 a -in/outer -> ../secret +in/outer 644 a"),
    (Rename("a", "outer_folder/a", Any), "outside", ""),
    (Rename("a", "../a", Any), "outside", ""),
    (Rename("a", "pipe", Any), "not_a_file", ""),
    (Rename("a", "none/../../a", Any), "outside", ""),
    (Rename("none", "fresh", Any), "missing", ""),
    (Rename("none", "x/fresh", Any), "missing", ""),
    (Rename("inner", "fresh", Not), "done", "-in/inner -> deep/b +in/fresh -> deep/b"),
    (Rename("outer", "fresh", Not), "done", "-in/outer -> ../secret +in/fresh -> ../secret"),
    (Rename("outer_folder/o", "fresh", Not), "outside", ""),
    (Rename("deep/deeper", "moved", Not), "done", "-in/deep/deeper/ -in/deep/deeper/c 644 c +in/moved/ +in/moved/c 644 c"),
    (Rename("deep", "deep/deeper/x", Not), "invalid", ""),
    (Rename("deep", "deep/new/x", Not), "invalid", ""),
    (Rename("empty", "a", Any), "exists", ""),
    (Rename("empty", "a", Not), "exists", ""),
    (Rename(".", "fresh", Not), "root", ""),
    (Rename("a", ".", Any), "is_folder", ""),
    (Rename("a", ".git/hooks/post-commit", Not), "protected", ""),
    (Rename("a", "repository/hooks/post-commit", Not), "protected", ""),
    (Rename("empty", "deep/.git", Not), "protected", ""),
    (Rename(".git", "git", Not), "protected", ""),
    (Rename(".git/config", "fresh", Not), "protected", ""),
    (Rename("data", "fresh", Not), "protected", ""),
    (Rename("a", "data/a", Not), "protected", ""),
    (Rename("hard_own", "fresh", Not), "protected", ""),
    // Copying.
    (Copied("a", "fresh", Not), "done", "+in/fresh 644 a"),
    (Copied("run.sh", "x/fresh", Not), "done", "+in/x/ +in/x/fresh 750 run.sh"),
    (Copied("run.sh", "a", Any), "done", "-in/a 644 a +in/a 644 run.sh"),
    (Copied("run.sh", "a", Text("a")), "done", "-in/a 644 a +in/a 644 run.sh"),
    (Copied("run.sh", "a", Text("b")), "changed", ""),
    (Copied("run.sh", "a", Not), "exists", ""),
    (Copied("a", "a", Any), "done", ""),
    (Copied("inner", "fresh", Not), "done", "+in/fresh 644 b"),
    (Copied("a", "inner", Any), "done", "-in/deep/b 644 b +in/deep/b 644 a"),
    (Copied("a", "outer", Any), "outside", ""),
    (Copied("outer", "fresh", Not), "outside", ""),
    (Copied("a", "../fresh", Not), "outside", ""),
    (Copied("deep", "fresh", Not), "is_folder", ""),
    (Copied("a", "deep", Any), "is_folder", ""),
    (Copied("none", "x/fresh", Not), "missing", ""),
    (Copied("pipe", "fresh", Not), "not_a_file", ""),
    (Copied(".git/config", "fresh", Not), "done", "+in/fresh 644 config"),
    (Copied("a", ".git/config", Any), "protected", ""),
    (Copied("hard_own", "fresh", Not), "protected", ""),
    (Copied("data/key", "fresh", Not), "protected", ""),
];

/// The same where the chat may go anywhere.
const ANYWHERE: &[(Do, &str, &str)] = &[
    (Write("@/new", Any), "done", "+new 644 new"),
    (Write("outer", Any), "done", "-secret 644 secret +secret 644 new"),
    (Write("outer_folder/new", Any), "done", "+out/new 644 new"),
    (Write("@/own/new", Any), "protected", ""),
    (Write("ours/alcove.db", Any), "protected", ""),
    (Write("database", Any), "protected", ""),
    (Write("/dev/null", Any), "not_a_file", ""),
    (Remove("@/secret", Text("secret")), "done", "-secret 644 secret"),
    (Remove("@/own", Any), "protected", ""),
    (Remove("@", Any), "protected", ""),
    (Remove("up", Any), "done", "-in/up -> .."),
    (Remove("/", Any), "root", ""),
    (Remove("@/in", Any), "root", ""),
    (Rename("@/secret", "fresh", Not), "done", "+in/fresh 644 secret -secret 644 secret"),
    (Rename("@", "@2", Not), "protected", ""),
    (Rename("@/own", "fresh", Not), "protected", ""),
    (Rename("a", "ours/a", Not), "protected", ""),
    (Copied("outer", "fresh", Not), "done", "+in/fresh 644 secret"),
    (Copied("database", "fresh", Not), "protected", ""),
];

fn check(reach: Reach, changes: &[(Do, &str, &str)]) {
    let mut wrong = Vec::new();
    for (what, expected, changed) in changes {
        let world = World::new();
        let before = world.all("");
        let tree = world.tree(reach);
        let done = what.act(&world, &tree);
        let words = done.as_ref().err().map(|why| why.words.clone()).unwrap_or_default();
        let found = (word(done), difference(&before, &world.all("")));
        if found != (*expected, (*changed).to_owned()) {
            wrong.push(format!("{what:?}: {found:?} {words}, expected {:?}", (expected, changed)));
        }
    }
    assert!(wrong.is_empty(), "{reach:?}\n{}", wrong.join("\n"));
}

/// The lines that differ, in the order of their names.
fn difference(before: &str, after: &str) -> String {
    let went = before.lines().filter(|line| !after.lines().any(|other| other == *line)).map(|line| (line, '-'));
    let came = after.lines().filter(|line| !before.lines().any(|other| other == *line)).map(|line| (line, '+'));
    let mut lines: Vec<_> = went.chain(came).collect();
    lines.sort_by_key(|(line, sign)| (line.split_once([' ', '/']).map(|(name, _)| name).unwrap_or_default().to_owned(), *sign == '+'));
    lines.iter().map(|(line, sign)| format!("{sign}{line}")).collect::<Vec<_>>().join(" ")
}

#[test]
pub(super) fn every_change_has_its_answer() {
    check(Reach::Scope, CHANGES);
    check(Reach::Anywhere, ANYWHERE);
}

/// A place was looked at, something else happened, and then it is acted on.
#[test]
fn what_has_become_another_thing_is_not_touched() {
    type Meanwhile = fn(&World);
    let meanwhile: &[(&str, Meanwhile)] = &[
        ("deep/deeper/c", |world| {
            std::fs::rename(world.at("in/deep"), world.at("in/kept")).unwrap();
            symlink("../out", world.at("in/deep")).unwrap();
        }),
        ("deep/deeper/c", |world| {
            std::fs::rename(world.at("in/deep/deeper"), world.at("in/kept")).unwrap();
            world.put("in/deep/deeper", "a file");
        }),
        ("a", |world| {
            std::fs::remove_file(world.at("in/a")).unwrap();
            symlink("../secret", world.at("in/a")).unwrap();
        }),
        ("deep/new", |world| {
            std::fs::rename(world.at("in/deep"), world.at("in/kept")).unwrap();
            symlink(world.at("out"), world.at("in/deep")).unwrap();
        }),
    ];
    for (path, happens) in meanwhile {
        let world = World::new();
        let tree = world.tree(Reach::Scope);
        let (at, other) = (tree.place(path).unwrap(), tree.place("run.sh").unwrap());
        happens(&world);
        let before = world.all("");
        let code = |done: Result<(), FileError>| done.map_err(|why| why.code);
        let link = at.entry.names.len() == 1;
        assert_eq!(tree.read(&at, 64).map_err(|why| why.code), Err("changed"), "{path}");
        assert_eq!(code(tree.write(&at, b"new", &Expect::Anything)), Err("changed"), "{path}");
        assert_eq!(code(tree.copy((&other, &Expect::Anything), &at, &Expect::Anything)), Err("changed"), "{path}");
        assert_eq!(world.all(""), before, "{path}");
        if !link {
            assert_eq!(code(tree.remove(&at, &Expect::Anything)), Err("changed"), "{path}");
            assert_eq!(code(tree.rename(&at, &other, &Expect::Anything)), Err("changed"), "{path}");
            assert_eq!(code(tree.rename(&other, &at, &Expect::Anything)), Err("changed"), "{path}");
            assert_eq!(world.all(""), before, "{path}");
        }
    }
}

#[test]
fn a_file_that_became_a_folder_is_not_removed_as_one() {
    let world = World::new();
    let tree = world.tree(Reach::Scope);
    let at = tree.place("a").unwrap();
    std::fs::remove_file(world.at("in/a")).unwrap();
    std::fs::create_dir(world.at("in/a")).unwrap();
    world.put("in/a/precious", "precious");
    assert_eq!(word(tree.remove(&at, &Expect::Anything)), "changed");
    assert!(world.at("in/a/precious").exists());
}

#[test]
pub(super) fn rights_are_kept_and_nothing_grows() {
    let world = World::new();
    let tree = world.tree(Reach::Scope);
    for (mode, kept) in [(0o600, 0o600), (0o755, 0o755), (0o444, 0o444), (0o4755, 0o755), (0o666, 0o666)] {
        world.put("in/rights", "old");
        std::fs::set_permissions(world.at("in/rights"), std::fs::Permissions::from_mode(mode)).unwrap();
        let at = tree.place("rights").unwrap();
        assert_eq!(at.kind, PlaceKind::File { len: 3, mode: mode & 0o7777, shared: false });
        tree.write(&at, b"new", &Expect::Anything).unwrap();
        assert_eq!(world.at("in/rights").metadata().unwrap().mode() & 0o7777, kept);
        std::fs::remove_file(world.at("in/rights")).unwrap();
    }
}

/// The names a file has besides keep what they had.
#[test]
pub(super) fn a_file_with_several_names_is_replaced() {
    let world = World::new();
    let tree = world.tree(Reach::Scope);
    let inode = world.at("in/deep/b").metadata().unwrap().ino();
    tree.write(&tree.place("hard").unwrap(), b"new", &Expect::Anything).unwrap();
    assert_eq!(std::fs::read_to_string(world.at("in/deep/b")).unwrap(), "b");
    assert_eq!(world.at("in/deep/b").metadata().unwrap().ino(), inode);
    assert_ne!(world.at("in/hard").metadata().unwrap().ino(), inode);
}

/// Whoever has a file open while it is written sees all of the old or all of the new.
#[test]
pub(super) fn nobody_sees_a_half() {
    let world = World::new();
    let tree = world.tree(Reach::Scope);
    let at = tree.place("a").unwrap();
    let texts = ["x".repeat(300_000), "y".repeat(200_000)];
    tree.write(&at, texts[0].as_bytes(), &Expect::Anything).unwrap();
    let over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|threads| {
        threads.spawn(|| {
            for round in 0..40 {
                tree.write(&at, texts[round % 2].as_bytes(), &Expect::Anything).unwrap();
            }
            over.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        while !over.load(std::sync::atomic::Ordering::Relaxed) {
            let text = std::fs::read_to_string(world.at("in/a")).unwrap();
            assert!(texts.contains(&text), "{} bytes", text.len());
        }
    });
}

/// A folder in which nothing may be made, for those who are not above all rights.
#[test]
#[cfg(target_os = "linux")]
fn a_refusal_of_the_system_leaves_nothing_behind() {
    let world = World::new();
    let tree = world.tree(Reach::Scope);
    std::fs::set_permissions(world.at("in/deep"), std::fs::Permissions::from_mode(0o555)).unwrap();
    let before = world.all("");
    let codes = std::thread::scope(|threads| threads.spawn(|| without_rights(&tree)).join().unwrap());
    assert_eq!(world.all(""), before);
    std::fs::set_permissions(world.at("in/deep"), std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(codes, ["denied"; 6]);
}

/// What a thread without root's powers is told; the thread ends with it.
#[cfg(target_os = "linux")]
fn without_rights(tree: &Tree) -> Vec<&'static str> {
    rustix::thread::set_capabilities(
        None,
        rustix::thread::CapabilitySets {
            effective: rustix::thread::CapabilitySet::empty(),
            permitted: rustix::thread::CapabilitySet::empty(),
            inheritable: rustix::thread::CapabilitySet::empty(),
        },
    )
    .unwrap();
    let place = |path: &str| tree.place(path).unwrap();
    vec![
        word(tree.write(&place("deep/b"), b"new", &Expect::Anything)),
        word(tree.write(&place("deep/new"), b"new", &Expect::Absent)),
        word(tree.write(&place("deep/x/y/new"), b"new", &Expect::Absent)),
        word(tree.remove(&place("deep/b"), &Expect::Anything)),
        word(tree.rename(&place("a"), &place("deep/a"), &Expect::Absent)),
        word(tree.rename(&place("deep/b"), &place("new/b"), &Expect::Absent)),
    ]
}

/// Each step that may fail after the temporary file was made leaves no trace of it.
#[test]
pub(super) fn no_error_leaves_a_file_behind() {
    let world = World::new();
    let tree = world.tree(Reach::Scope);
    let before = world.all("");
    let fails = |path: &str, fill: fn(&World) -> Result<(), FileError>| {
        let terms = super::super::write::Terms { expect: &Expect::Anything, rights: Some(Mode::from_raw_mode(0o600)) };
        tree.put(&tree.place(path).unwrap(), terms, |file| {
            std::io::Write::write_all(file, b"half")?;
            fill(&world)
        })
    };
    let full = |_: &World| Err(rustix::io::Errno::NOSPC.into());
    assert_eq!(word(fails("a", full)), "no_space");
    assert_eq!(word(fails("x/y/z", full)), "no_space");
    assert_eq!(world.all(""), before);
    // Something else took the name while the bytes were written.
    let folder = |world: &World| Ok(std::fs::create_dir(world.at("in/fresh"))?);
    assert_eq!(word(fails("fresh", folder)), "is_folder");
    let link = |world: &World| Ok(symlink("../secret", world.at("in/fresh2"))?);
    assert_eq!(word(fails("fresh2", link)), "changed");
    let gone = |world: &World| Ok(std::fs::remove_dir_all(world.at("in/x"))?);
    assert_eq!(word(fails("x/y", gone)), "missing");
    assert_eq!(difference(&before, &world.all("")), "+in/fresh/ +in/fresh2 -> ../secret");
}

/// Where nothing was, something appears while the bytes are written: it stays as it is.
#[test]
pub(super) fn what_appears_meanwhile_stays() {
    let appears: &[fn(&World)] = &[
        |world| world.put("in/fresh", "somebody's"),
        |world| std::fs::create_dir(world.at("in/fresh")).unwrap(),
        |world| symlink("../secret", world.at("in/fresh")).unwrap(),
        |world| symlink("none", world.at("in/fresh")).unwrap(),
    ];
    for appears in appears {
        let world = World::new();
        let tree = world.tree(Reach::Scope);
        let terms = super::super::write::Terms { expect: &Expect::Absent, rights: None };
        let mut before = String::new();
        let done = tree.put(&tree.place("fresh").unwrap(), terms, |file| {
            std::io::Write::write_all(file, b"new")?;
            appears(&world);
            before = world.all("in").lines().filter(|line| !line.starts_with(".alcove-")).collect::<Vec<_>>().join("\n");
            Ok(())
        });
        assert_eq!((word(done), world.all("in")), ("changed", before));
    }
}

#[test]
fn policy_is_told_what_is_touched() {
    let world = World::new();
    let tree = world.tree(Reach::Scope);
    for (path, access, expected) in [
        ("a", Access::Read, "a None false"),
        ("./deep/../a", Access::Write, "a None false"),
        ("inner", Access::Read, "inner Some(\"deep/b\") false"),
        ("inner", Access::Write, "inner Some(\"deep/b\") false"),
        ("inner", Access::Remove, "inner None false"),
        ("folder/b", Access::Remove, "folder/b Some(\"deep/b\") false"),
        ("folder", Access::Remove, "folder None false"),
        ("folder", Access::Read, "folder Some(\"deep\") true"),
        ("deep", Access::Remove, "deep None true"),
        ("outer", Access::Read, "outer Some(\"@/secret\") false"),
        ("outer", Access::Remove, "outer None false"),
        (".", Access::Read, " None true"),
    ] {
        let touch = tree.place(path).unwrap().touch(access);
        assert_eq!(world.told(&format!("{} {:?} {}", touch.path, touch.real, touch.tree)), expected, "{path} {access:?}");
    }
}

#[test]
fn a_folder_is_listed() {
    let world = World::new();
    let tree = world.tree(Reach::Scope);
    world.put("in/.alcove-0123456789abcdef", "half");
    let listing = tree.list(&tree.place(".").unwrap(), 100).unwrap();
    let names: Vec<_> = listing.entries.iter().map(|entry| entry.name.as_str()).collect();
    assert!(names.is_sorted());
    assert!(names.contains(&".git") && names.contains(&"pipe") && names.contains(&"loop"));
    assert!(!names.contains(&"data") && !names.contains(&"hard_own") && !names.iter().any(|name| name.starts_with(".alcove")));
    let link = listing.entries.iter().find(|entry| entry.name == "outer").unwrap();
    assert_eq!((link.kind, link.link.as_deref()), (PlaceKind::Link, Some("../secret")));
    let few = tree.list(&tree.place(".").unwrap(), 3).unwrap();
    assert_eq!((few.entries.len(), few.more), (3, listing.entries.len() - 3));
    for (path, code) in
        [("a", "not_a_folder"), ("none", "missing"), ("outer_folder", "outside"), ("data", "protected"), ("pipe", "not_a_folder")]
    {
        assert_eq!(word(tree.list(&tree.place(path).unwrap(), 9)), code, "{path}");
    }
    assert_eq!(tree.list(&tree.place("folder").unwrap(), 9).unwrap().entries.len(), 3, "back, b, deeper");
}
