//! Every shape of path that may lead elsewhere, and what looking and reading say of it.

use alcove_agent::path::Reach;

use super::super::{End, PlaceKind, Sight, Tree};
use super::World;

/// What a path is and what reading it gives: `KIND [-> REAL] [protected by WHOM]: CONTENT or CODE`.
fn told(world: &World, tree: &Tree, path: &str) -> String {
    let place = match tree.place(&path.replace('@', world.path.to_str().unwrap())) {
        Ok(place) => place,
        Err(why) => return why.code.to_owned(),
    };
    let kind = match place.kind {
        PlaceKind::Absent => "nothing",
        PlaceKind::File { shared: false, .. } => "file",
        PlaceKind::File { shared: true, .. } => "shared",
        PlaceKind::Folder => "folder",
        PlaceKind::Link => "link",
        PlaceKind::Other => "other",
    };
    let real = place.real.as_ref().map(|real| format!(" -> {}", world.told(real))).unwrap_or_default();
    let by = place.protected.map(|by| format!(" protected by {}", by.word())).unwrap_or_default();
    let read = match tree.read(&place, 64) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(why) => why.code.to_owned(),
    };
    format!("{kind}{real}{by}: {read}")
}

/// A path and what is told of it within the chat's folder (`@` is the folder around it).
const SHAPES: &[(&str, &str)] = &[
    // What is there.
    ("a", "file: a"),
    ("./a", "file: a"),
    ("a/.", "not_a_folder"),
    ("deep/b", "shared: b"),
    ("deep//b", "shared: b"),
    ("deep/./b", "shared: b"),
    ("deep/../a", "file: a"),
    ("none/../a", "file: a"),
    ("deep/deeper/../../deep/b", "shared: b"),
    ("@/in/a", "file: a"),
    ("@/in/./deep/../a", "file: a"),
    ("@/out/../in/a", "file: a"),
    ("/..@/in/a", "file: a"),
    ("ünï", "file: ünï"),
    ("hard", "shared: b"),
    ("binary", "file: a\0b"),
    ("", "empty"),
    (".", "folder: is_folder"),
    ("./", "folder: is_folder"),
    ("@/in", "folder: is_folder"),
    ("deep", "folder: is_folder"),
    ("deep/", "folder: is_folder"),
    ("deep/..", "folder: is_folder"),
    ("none", "nothing: missing"),
    ("none/deep/x", "nothing: missing"),
    ("A", "nothing: missing"),
    ("a ", "nothing: missing"),
    (" a", "nothing: missing"),
    ("a%2f..%2f..%2fsecret", "nothing: missing"),
    ("%2e%2e/secret", "nothing: missing"),
    (".../secret", "nothing: missing"),
    ("a/", "not_a_folder"),
    ("a/b", "not_a_folder"),
    ("a/../b", "nothing: missing"),
    ("pipe", "other: not_a_file"),
    ("pipe/x", "not_a_folder"),
    ("piped", "other -> pipe: not_a_file"),
    // Links within.
    ("inner", "shared -> deep/b: b"),
    ("twice", "shared -> deep/b: b"),
    ("folder", "folder -> deep: is_folder"),
    ("folder/b", "shared -> deep/b: b"),
    ("folder2/b", "shared -> deep/b: b"),
    ("folder/deeper/c", "file -> deep/deeper/c: c"),
    ("folder/back", "file -> a: a"),
    ("folder/../a", "file: a"),
    ("here/here/here/a", "file -> a: a"),
    ("here", "folder -> : is_folder"),
    ("absolute_within", "file -> a: a"),
    ("absolute_folder/b", "shared -> deep/b: b"),
    ("dangling", "nothing -> none: missing"),
    ("dangling_deep", "nothing -> none/deep/x: missing"),
    ("dangling/x", "nothing -> none/x: missing"),
    ("inner/x", "not_a_folder"),
    // Links out of it.
    ("outer", "link -> @/secret: outside"),
    ("outer/x", "outside"),
    ("outer_folder", "link -> @/out: outside"),
    ("outer_folder/o", "outside"),
    ("outer_folder/../a", "file: a"),
    ("absolute", "link -> @/secret: outside"),
    ("absolute_up", "link -> @/in/../secret: outside"),
    ("absolute_beside", "link -> @/input: outside"),
    ("out_and_back", "link -> @/in/a: outside"),
    ("up", "link -> @: outside"),
    ("up/secret", "outside"),
    ("up/in/a", "outside"),
    ("up/../../etc/passwd", "outside"),
    ("dangling_up", "link -> @/secret: missing"),
    ("magic", "link -> /proc/self/root/etc/passwd: outside"),
    ("magic_folder/Cargo.toml", "outside"),
    ("loop", "link -> @/in/loop: loop"),
    ("loop/x", "loop"),
    ("ping", "link -> @/in/pong: loop"),
    // Text that leads out.
    ("..", "outside"),
    ("../secret", "outside"),
    ("../in/a", "outside"),
    ("deep/../../secret", "outside"),
    ("deep/../../in/a", "outside"),
    ("./../secret", "outside"),
    ("//etc/passwd", "outside"),
    ("/etc/passwd", "outside"),
    ("/", "outside"),
    ("@", "outside"),
    ("@/secret", "outside"),
    ("@/input", "outside"),
    ("@/in/../secret", "outside"),
    ("@/IN/a", "outside"),
    ("/proc/self/root/etc/passwd", "outside"),
    ("/dev/zero", "outside"),
    // Text that is no path here.
    ("~", "home"),
    ("~/.ssh/id_rsa", "home"),
    ("..\\secret", "backslash"),
    ("deep\\..\\..\\secret", "backslash"),
    ("C:\\Windows", "drive"),
    ("C:/Windows", "drive"),
    ("\\\\host\\share", "drive"),
    ("file:///etc/passwd", "scheme"),
    ("file:/etc/passwd", "scheme"),
    ("log://turn_1/get/a", "scheme"),
    ("a\0b", "control"),
    ("a\nb", "control"),
    ("a\u{2028}b", "control"),
    // What only its owner changes: a repository's own is read, Alcove's is not.
    (".git", "folder protected by git: is_folder"),
    (".git/config", "file protected by git: config"),
    (".git/hooks/new", "nothing protected by git: missing"),
    (".GIT/config", "nothing protected by git: missing"),
    (".git./config", "nothing protected by git: missing"),
    (".git /config", "nothing protected by git: missing"),
    (".g\u{200c}it/config", "nothing protected by git: missing"),
    ("GIT~1/config", "nothing protected by git: missing"),
    (".git::$INDEX_ALLOCATION/config", "nothing protected by git: missing"),
    ("deep/../.git/config", "file protected by git: config"),
    ("sub/.git/config", "file protected by git: config"),
    ("config", "file -> .git/config protected by git: config"),
    ("repository/hooks/pre-commit", "file -> .git/hooks/pre-commit protected by git: pre-commit"),
    ("repository/hooks/new", "nothing -> .git/hooks/new protected by git: missing"),
    (".alcove/x", "nothing protected by own: protected"),
    ("data", "folder protected by own: protected"),
    ("data/key", "file protected by own: protected"),
    ("data/new", "nothing protected by own: protected"),
    ("here/data/key", "file -> data/key protected by own: protected"),
    ("ours_within/key", "file -> data/key protected by own: protected"),
    ("ours", "link -> @/own: outside"),
    ("database", "link -> @/own/alcove.db: outside"),
    ("hard_own", "shared protected by own: protected"),
    ("deep/hard_blob", "shared protected by own: protected"),
    ("folder/hard_blob", "shared -> deep/hard_blob protected by own: protected"),
];

/// What differs where the chat may go anywhere.
const ANYWHERE: &[(&str, &str)] = &[
    ("a", "file: a"),
    ("@/in/a", "file: a"),
    ("@/secret", "file: secret"),
    ("@/out/o", "file: o"),
    ("@/in/../secret", "file: secret"),
    ("../secret", "outside"),
    ("outer", "file -> @/secret: secret"),
    ("outer_folder/o", "file -> @/out/o: o"),
    ("absolute", "file -> @/secret: secret"),
    ("absolute_up", "file -> @/secret: secret"),
    ("out_and_back", "file -> a: a"),
    ("up/secret", "file -> @/secret: secret"),
    ("up/in/a", "file -> a: a"),
    ("up/in/up/in/deep/b", "shared -> deep/b: b"),
    ("@/own/alcove.db", "shared protected by own: protected"),
    ("@/own/new", "nothing protected by own: protected"),
    ("ours/alcove.db", "shared -> @/own/alcove.db protected by own: protected"),
    ("database", "shared -> @/own/alcove.db protected by own: protected"),
    ("up/own/blobs/1", "shared -> @/own/blobs/1 protected by own: protected"),
    ("hard_own", "shared protected by own: protected"),
    ("@/in/outer_folder/../own/alcove.db", "nothing: missing"),
    ("@/out/../own/alcove.db", "shared protected by own: protected"),
    ("/dev/null", "other: not_a_file"),
    ("/dev/zero", "other: not_a_file"),
    ("/", "folder: is_folder"),
    ("/..", "folder: is_folder"),
    ("loop", "link -> @/in/loop: loop"),
    ("dangling", "nothing -> none: missing"),
];

fn check(reach: Reach, shapes: &[(&str, &str)]) {
    let world = World::new();
    let before = world.all("");
    let tree = world.tree(reach);
    let mut wrong = Vec::new();
    for (path, expected) in shapes {
        let told = told(&world, &tree, path);
        if told != *expected {
            wrong.push(format!("{path:?}: {told}, expected {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{reach:?}\n{}", wrong.join("\n"));
    assert_eq!(world.all(""), before, "looking and reading changes nothing");
}

#[test]
fn every_shape_has_its_answer() {
    assert!(SHAPES.len() + ANYWHERE.len() >= 60);
    check(Reach::Scope, SHAPES);
    check(Reach::Anywhere, ANYWHERE);
}

#[test]
#[cfg(target_os = "linux")]
fn what_the_system_shows_of_processes_is_not_read() {
    let world = World::new();
    let tree = world.tree(Reach::Anywhere);
    for path in ["/proc/self/mem", "/proc/self/environ", "/proc/self/maps", "/proc/self/task/self/mem", "/proc/cpuinfo"] {
        let place = tree.place(path);
        let code = place.and_then(|place| tree.read(&place, 1 << 20)).map_err(|why| why.code);
        assert!(matches!(code, Err("not_a_file" | "missing" | "denied" | "protected")), "{path}: {code:?}");
    }
}

#[test]
fn long_paths_have_an_answer() {
    let world = World::new();
    let tree = world.tree(Reach::Scope);
    for (path, expected) in [
        ("x".repeat(255), "nothing: missing"),
        ("x".repeat(256), "name_too_long"),
        ("x/".repeat(1025), "too_long"),
        ("x/".repeat(257), "too_deep"),
        ("deep/../".repeat(200) + "a", "file: a"),
        ("here/".repeat(41) + "a", "loop"),
        (format!("{}a", "/".repeat(2000)), "outside"),
        (format!(".{}a", "/".repeat(2000)), "file: a"),
    ] {
        assert_eq!(told(&world, &tree, &path), expected, "{path:?}");
    }
}

#[test]
fn the_folder_is_the_one_that_was_chosen() {
    let world = World::new();
    let tree = world.tree(Reach::Scope);
    std::fs::rename(world.at("in"), world.at("moved")).unwrap();
    std::fs::create_dir(world.at("in")).unwrap();
    world.put("in/a", "another");
    assert_eq!(told(&world, &tree, "a"), "file: a");
    assert_eq!(told(&world, &tree, "@/in/a"), "file: a");
    assert_eq!(told(&world, &tree, "absolute_within"), "file -> a: a");
}

#[test]
fn a_file_is_read_up_to_a_size() {
    let world = World::new();
    let tree = world.tree(Reach::Scope);
    world.put("in/long", &"x".repeat(65));
    assert_eq!(told(&world, &tree, "long"), "file: too_large");
    let place = tree.place("long").unwrap();
    assert_eq!(tree.read(&place, 65).unwrap().len(), 65);
    let part = tree.part(&place, 60, 10).unwrap();
    assert_eq!((part.bytes.len(), part.total), (5, 65));
    let binary = tree.place("binary").unwrap();
    assert_eq!(tree.text(&binary, 64).unwrap_err().code, "binary");
}

#[test]
fn what_stands_somewhere_is_known_by_what_it_holds() {
    type Change = fn(&World);
    let world = World::new();
    let tree = world.tree(Reach::Scope);
    let seen = |path: &str, end| tree.sight(&tree.place(path).unwrap(), end).unwrap();
    assert_eq!(seen("none", End::Leads), Sight::Nothing);
    let bytes = alcove_agent::edit::Digest::of(b"a");
    assert!(matches!(seen("a", End::Name), Sight::File { bytes: found, .. } if found == bytes));
    // A link is its text by its name, and what it leads to where it leads.
    assert_eq!(seen("inner", End::Name), Sight::Link(b"deep/b".to_vec()));
    assert_eq!(seen("inner", End::Leads), seen("deep/b", End::Name));
    let code = |path: &str| tree.sight(&tree.place(path).unwrap(), End::Leads).unwrap_err().code;
    assert_eq!((code("ours_within"), code("outer")), ("protected", "outside"));
    // A folder is everything in it, however deep, and nothing of it changes unseen.
    let before = seen("deep", End::Name);
    let Sight::Folder(inside) = &before else { panic!("{before:?}") };
    assert_eq!((inside.names, inside.more), (5, false), "{inside:?}");
    let place = tree.place("deep").unwrap();
    let changes: [(&str, Change); 4] = [
        ("other bytes of the same length", |world| world.put("in/deep/deeper/c", "d")),
        ("a new name", |world| world.put("in/deep/deeper/new", "")),
        ("one that is gone", |world| std::fs::remove_file(world.at("in/deep/b")).unwrap()),
        ("another kind", |world| std::fs::create_dir(world.at("in/deep/b")).unwrap()),
    ];
    let mut known = before;
    for (what, change) in changes {
        assert_eq!(tree.still(&place, End::Name, &known), Ok(()), "before {what}");
        change(&world);
        assert_eq!(tree.still(&place, End::Name, &known).unwrap_err().code, "changed", "{what}");
        known = seen("deep", End::Name);
    }
}
