//! What is found by name and by content, and what is left out, by ripgrep's rules.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use alcove_agent::path::Reach;
use alcove_agent::pattern::Pattern;

use super::super::limit::Stop;
use super::super::{Asked, FileError, Found, Letters, Limits, Look, Names, Query, Tree, Words};
use super::{World, word};

/// A repository at `p`, another within it, and all that rules may leave out.
fn project() -> World {
    let world = World::new();
    for folder in ["p/.git/info", "p/src/deep", "p/target", "p/sub/.git", "p/sub/deep", "p/build", "p/ignored/deep", "plain", "p/.config"] {
        std::fs::create_dir_all(world.at("in").join(folder)).unwrap();
    }
    for (file, text) in [
        (".git/config", "hello"),
        (".git/info/exclude", "excluded\n"),
        (".gitignore", "target/\n*.log\n!keep.log\n/top\nbuild\nignored/**\n!ignored/deep\n# a comment\n!.shown\n"),
        (".ignore", "private\n!special.log\n"),
        (".hidden", "hello"),
        (".shown", "hello"),
        (".config/x.rs", "hello"),
        ("src/main.rs", "fn main() {\n    println!(\"hello\");\n}\n"),
        ("src/lib.rs", "one\r\nHello again\r\nthree\nfour\nlast hello"),
        ("src/.gitignore", "deep/b.*\n!wanted.log\n"),
        ("src/deep/a.ts", "hello ts"),
        ("src/deep/b.tsx", "hello tsx"),
        ("src/wanted.log", "hello"),
        ("src/top", "hello"),
        ("top", "hello"),
        ("target/out.rs", "hello"),
        ("build/x", "hello"),
        ("ignored/x", "hello"),
        ("a.log", "hello"),
        ("keep.log", "hello"),
        ("special.log", "hello"),
        ("private", "hello"),
        ("excluded", "hello"),
        ("sub/x.log", "hello"),
        ("sub/private", "hello"),
        ("sub/deep/y", "hello\n"),
        ("ünï.txt", "grüße, hello"),
        ("nul", "hello\0hello"),
    ] {
        world.put(&format!("in/p/{file}"), text);
    }
    world.put("in/p/late", &format!("hello\n{}\0", "x\n".repeat(100_000)));
    world.put("in/plain/.gitignore", "left\n");
    world.put("in/plain/left", "hello");
    std::os::unix::fs::symlink("src", world.at("in/p/linked")).unwrap();
    std::os::unix::fs::symlink("../../secret", world.at("in/p/outer")).unwrap();
    std::fs::hard_link(world.at("own/alcove.db"), world.at("in/p/hard")).unwrap();
    world
}

static GO_ON: AtomicBool = AtomicBool::new(false);

fn look(flags: &str, limits: Limits) -> Look<'static> {
    Look { hidden: flags.contains('h'), ignored: flags.contains('i'), limits, cancel: &GO_ON }
}

fn globbed(tree: &Tree, under: &str, pattern: &str, flags: &str) -> Result<String, FileError> {
    let found = tree.glob(&tree.place(under)?, &Names::read(pattern)?, &look(flags, Limits::GLOB), |_| true)?;
    assert_eq!(found.stopped, None);
    Ok(found.files.into_iter().map(|(path, _)| path).collect::<Vec<_>>().join(" "))
}

/// Under which folder, which pattern, with hidden (`h`) and ignored (`i`) files, and what is found.
const GLOBS: &[(&str, &str, &str, &str)] = &[
    ("p/src", "**", "", "p/src/deep/a.ts p/src/lib.rs p/src/main.rs p/src/top p/src/wanted.log"),
    ("p/src", "**", "h", "p/src/.gitignore p/src/deep/a.ts p/src/lib.rs p/src/main.rs p/src/top p/src/wanted.log"),
    ("p/src", "**/*", "i", "p/src/deep/a.ts p/src/deep/b.tsx p/src/lib.rs p/src/main.rs p/src/top p/src/wanted.log"),
    ("p", "*.rs", "", "p/src/lib.rs p/src/main.rs"),
    ("p", "*.rs", "h", "p/.config/x.rs p/src/lib.rs p/src/main.rs"),
    ("p", "*.rs", "i", "p/src/lib.rs p/src/main.rs p/target/out.rs"),
    ("p", "/*.log", "", "p/keep.log p/special.log"),
    ("p", "./*.log", "", "p/keep.log p/special.log p/src/wanted.log p/sub/x.log"),
    ("p", "*.log", "i", "p/a.log p/keep.log p/special.log p/src/wanted.log p/sub/x.log"),
    ("p", "src/*.rs", "", "p/src/lib.rs p/src/main.rs"),
    ("p", "src/**/*.{ts,tsx}", "i", "p/src/deep/a.ts p/src/deep/b.tsx"),
    ("p", "src/", "", "p/src/deep/a.ts p/src/lib.rs p/src/main.rs p/src/top p/src/wanted.log"),
    ("p", "**/deep/?.ts", "", "p/src/deep/a.ts"),
    ("p", "[a-m]*.rs", "", "p/src/lib.rs p/src/main.rs"),
    ("p", "top", "", "p/src/top"),
    ("p", "private", "", ""),
    ("p", "excluded", "", ""),
    ("p", "{private,excluded}", "i", "p/excluded p/private p/sub/private"),
    ("p", ".shown", "", "p/.shown"),
    ("p", ".hidden", "", ""),
    ("p", ".hidden", "h", "p/.hidden"),
    ("p", "config", "hi", ""),
    ("p", "hard", "hi", ""),
    ("p", "{linked,outer}", "hi", ""),
    ("p", "*.RS", "", ""),
    ("p", "ünï*", "", "p/ünï.txt"),
    ("p/build", "x", "", "p/build/x"),
    ("p/target", "*", "", "p/target/out.rs"),
    ("p/linked", "*.rs", "", "p/linked/lib.rs p/linked/main.rs"),
    ("p/src/main.rs", "*.rs", "", "p/src/main.rs"),
    ("p/a.log", "*", "", "p/a.log"),
    ("plain", "*", "", ""),
    ("plain", "*", "i", "plain/left"),
    (".", "plain/*", "", ""),
    ("deep", "*", "", "deep/b deep/deeper/c"),
    (".git", "config", "h", ".git/config"),
    (".", "*key*", "hi", ""),
];

#[test]
fn files_are_found_by_name() {
    let world = project();
    let tree = world.tree(Reach::Scope);
    let wrong: Vec<String> = GLOBS
        .iter()
        .filter_map(|(under, pattern, flags, expected)| {
            let found = globbed(&tree, under, pattern, flags).unwrap_or_else(|why| why.code.to_owned());
            (found != *expected).then(|| format!("{under} {pattern} {flags}: {found}, expected {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (under, pattern, code) in [
        ("none", "*", "missing"),
        ("data", "*", "protected"),
        ("outer_folder", "*", "outside"),
        ("p", "[", "pattern"),
        ("pipe", "*", "not_a_folder"),
    ] {
        assert_eq!(word(globbed(&tree, under, pattern, "")), code, "{under} {pattern}");
    }
}

/// What is typed and what is found, folders with a slash behind them.
const FINDS: &[(&str, &str)] = &[
    ("", "a p/ sub/ ünï deep/ hard empty/ plain/ binary run.sh"),
    ("main", "p/src/main.rs"),
    ("p/src/", "p/src/top p/src/deep/ p/src/lib.rs p/src/main.rs p/src/wanted.log p/src/deep/a.ts"),
    ("deep", "deep/ deep/deeper/ p/src/deep/ p/sub/deep/ p/ignored/deep/ deep/b deep/deeper/c p/sub/deep/y p/src/deep/a.ts"),
    ("ts a", "p/src/deep/a.ts"),
    ("Hello", ""),
    ("target", ""),
    ("log p/", "p/keep.log p/special.log p/sub/x.log p/src/wanted.log"),
    ("hidden", ""),
    (".hid", "p/.hidden"),
    ("p .conf/", "p/.config/x.rs"),
    ("p .conf", "p/.config/ p/.config/x.rs"),
    (".git", "p/.gitignore plain/.gitignore p/src/.gitignore"),
    ("config", ""),
    ("alcove", ""),
    ("key", ""),
    ("outer", ""),
    ("linked", ""),
];

#[test]
fn names_are_found_by_what_is_typed_of_them() {
    let world = project();
    let tree = world.tree(Reach::Scope);
    std::fs::write(world.at("in/p/sub/deep/.git"), "gitdir: elsewhere").unwrap();
    std::fs::write(world.at("in/two\nlines"), "").unwrap();
    let written = |(path, folder): (String, bool)| if folder { format!("{path}/") } else { path };
    let wrong: Vec<String> = FINDS
        .iter()
        .filter_map(|(typed, expected)| {
            let found = tree.find(&Words::read(typed), Limits { time: Duration::from_secs(20), ..Limits::FIND }, &GO_ON).unwrap();
            assert!(!found.truncated, "{typed}");
            let found = found.paths.into_iter().map(written).collect::<Vec<_>>().join(" ");
            (found != *expected).then(|| format!("{typed:?}: {found}, expected {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_find_that_ends_early_says_so_and_has_seen_what_is_near() {
    let world = project();
    let tree = world.tree(Reach::Scope);
    std::fs::create_dir_all(world.at("in/0/1/2/3/4")).unwrap();
    for number in 0..500 {
        world.put(&format!("in/0/1/2/3/4/main{number}"), "");
    }
    let find = |limits: Limits, cancel: &AtomicBool| tree.find(&Words::read("main"), limits, cancel).unwrap();
    let long = Limits { time: Duration::from_secs(20), ..Limits::FIND };
    let all = find(Limits { results: 1000, ..long }, &GO_ON);
    assert_eq!((all.paths.len(), all.truncated), (501, false));
    let few = find(Limits { results: 2, ..long }, &GO_ON);
    assert_eq!((few.paths.len(), few.truncated), (2, true));
    let short = find(Limits { results: 1000, files: 120, ..long }, &GO_ON);
    assert!(short.truncated && short.paths.contains(&("p/src/main.rs".to_owned(), false)), "{:?}", short.paths);
    assert!(find(Limits { time: Duration::ZERO, ..long }, &GO_ON).truncated);
    assert!(find(long, &AtomicBool::new(true)).truncated);
}

#[test]
fn what_git_ignores_counts_within_a_repository_only() {
    let world = project();
    let tree = world.tree(Reach::Scope);
    std::fs::remove_dir_all(world.at("in/.git")).unwrap();
    assert_eq!(globbed(&tree, "plain", "*", "").unwrap(), "plain/left");
    assert_eq!(globbed(&tree, "p", "a.log", "").unwrap(), "");
}

#[test]
fn entry_patterns_mean_whole_paths() {
    let world = project();
    let tree = world.tree(Reach::Scope);
    for (pattern, expected) in
        [("p/src/*.rs", "p/src/lib.rs p/src/main.rs"), ("*.rs", ""), ("p/src/main.rs", "p/src/main.rs"), ("/main\\.rs$/", "p/src/main.rs")]
    {
        let names = Names::Entry(Box::new(Pattern::parse(pattern)));
        let found = tree.glob(&tree.place(".").unwrap(), &names, &look("", Limits::GLOB), |_| true).unwrap();
        assert_eq!(found.files.into_iter().map(|(path, _)| path).collect::<Vec<_>>().join(" "), expected, "{pattern}");
    }
}

/// `path:line:column text`, with `-` between for lines that only stand near.
fn told(found: &Found) -> String {
    let line = |path: &str, line: &super::super::hit::Line| match line.column {
        Some(column) => format!("{path}:{}:{column} {}", line.number, line.text),
        None => format!("{path}-{}- {}", line.number, line.text),
    };
    found.files.iter().flat_map(|file| file.lines.iter().map(|one| line(&file.path, one))).collect::<Vec<_>>().join("\n")
}

fn plain(pattern: &str) -> Query {
    Query::read(&Asked { pattern, plain: true, ..Asked::default() }).unwrap()
}

#[test]
fn lines_are_found_by_content() {
    let world = project();
    let tree = world.tree(Reach::Scope);
    let asked = |pattern: &'static str| Asked { pattern, ..Asked::default() };
    for (under, asked, expected) in [
        (
            "p/src",
            asked("hello"),
            "p/src/deep/a.ts:1:1 hello ts|p/src/lib.rs:5:6 last hello|p/src/main.rs:2:15     println!(\"hello\");|p/src/top:1:1 hello|p/src/wanted.log:1:1 hello",
        ),
        ("p/src/lib.rs", Asked { letters: Letters::Folded, ..asked("hello") }, "p/src/lib.rs:2:1 Hello again|p/src/lib.rs:5:6 last hello"),
        ("p/src/lib.rs", Asked { letters: Letters::Smart, ..asked("hello") }, "p/src/lib.rs:2:1 Hello again|p/src/lib.rs:5:6 last hello"),
        ("p/src/lib.rs", Asked { letters: Letters::Smart, ..asked("Hello") }, "p/src/lib.rs:2:1 Hello again"),
        ("p/src/lib.rs", asked("again$"), "p/src/lib.rs:2:1 Hello again".replace(":1 ", ":7 ").leak()),
        ("p/src/lib.rs", asked("^(one|four)$"), "p/src/lib.rs:1:1 one|p/src/lib.rs:4:1 four"),
        ("p/src/lib.rs", asked(r"t\w+e"), "p/src/lib.rs:3:1 three"),
        ("p/src/lib.rs", Asked { words: true, ..asked("thre") }, ""),
        ("p/src/main.rs", Asked { plain: true, ..asked("main() {") }, "p/src/main.rs:1:4 fn main() {"),
        ("p/src/main.rs", Asked { plain: true, ..asked("m.in") }, ""),
        (
            "p/src/main.rs",
            Asked { several_lines: true, ..asked(r"main\(\).*\}") },
            "p/src/main.rs:1:1 fn main() {|p/src/main.rs:2:1     println!(\"hello\");|p/src/main.rs:3:1 }",
        ),
        ("p/ünï.txt", asked("hello"), "p/ünï.txt:1:8 grüße, hello"),
        ("p/a.log", asked("hello"), "p/a.log:1:1 hello"),
        ("p/nul", asked("hello"), ""),
        ("p/linked/deep", asked("hello"), "p/linked/deep/a.ts:1:1 hello ts"),
    ] {
        let query = Query::read(&asked).unwrap();
        let found = tree.grep(&tree.place(under).unwrap(), &query, &look("", Limits::GREP), |_| true).unwrap();
        assert_eq!(told(&found), expected.replace('|', "\n"), "{under} {asked:?}");
    }
    for pattern in ["", "(", "a{1000000}", "\\p{nothing}"] {
        assert_eq!(word(Query::read(&asked(pattern))), "pattern", "{pattern}");
    }
}

#[test]
fn what_is_left_out_of_a_search_is_counted() {
    let world = project();
    let tree = world.tree(Reach::Scope);
    let found = tree.grep(&tree.place("p").unwrap(), &plain("hello"), &look("", Limits::GREP), |_| true).unwrap();
    let paths: Vec<&str> = found.files.iter().map(|file| file.path.as_str()).collect();
    let expected = "p/.shown p/keep.log p/special.log p/src/deep/a.ts p/src/lib.rs p/src/main.rs p/src/top p/src/wanted.log p/sub/deep/y p/sub/x.log p/ünï.txt";
    assert_eq!(paths.join(" "), expected);
    assert_eq!((found.binary, found.large, found.unread, found.stopped), (2, 0, 0, None));
    assert!(paths.is_sorted());
    let all = tree.grep(&tree.place(".").unwrap(), &plain("alcove.db"), &look("hi", Limits::GREP), |_| true).unwrap();
    assert_eq!(all.files, [], "Alcove's own is never shown");
}

#[test]
fn lines_around_are_shown_and_only_so_many_are_kept() {
    let world = project();
    let tree = world.tree(Reach::Scope);
    let lines: Vec<String> = (1..=30).map(|number| format!("{} {number}", if number % 10 == 5 { "hit" } else { "line" })).collect();
    world.put("in/p/many", &lines.join("\n"));
    let grep = |query: &Query, limits: Limits| tree.grep(&tree.place("p/many").unwrap(), query, &look("", limits), |_| true).unwrap();
    let around = Query { before: 1, after: 2, ..plain("hit") };
    let block = |at: usize| {
        let near = |number: usize| format!("p/many-{number}- line {number}");
        [near(at - 1), format!("p/many:{at}:1 hit {at}"), near(at + 1), near(at + 2)].join("\n")
    };
    assert_eq!(told(&grep(&around, Limits::GREP)), [block(5), block(15), block(25)].join("\n"));
    let two = grep(&Query { per_file: 2, ..around.clone() }, Limits::GREP);
    assert_eq!((told(&two), two.files[0].count, two.stopped), ([block(5), block(15)].join("\n"), 3, None));
    let one = grep(&Query { once: true, ..plain("hit") }, Limits::GREP);
    assert_eq!((told(&one), one.files[0].count), ("p/many:5:1 hit 5".to_owned(), 1));
    let few = grep(&around, Limits { results: 1, ..Limits::GREP });
    assert_eq!((told(&few), few.files[0].count), (block(5), 3));
}

#[test]
fn a_wide_line_is_cut_around_what_was_found() {
    let world = project();
    let tree = world.tree(Reach::Scope);
    for (before, after, begins, ends) in
        [(10, 10, "xxxx", "yyyy"), (10, 9000, "xxxx", "yyy…"), (9000, 10, "…xxx", "yyyy"), (9000, 9000, "…xxx", "yyy…")]
    {
        world.put("in/p/wide", &format!("{}ñeedle{}\n", "x".repeat(before), "y".repeat(after)));
        let found = tree.grep(&tree.place("p/wide").unwrap(), &plain("ñeedle"), &look("", Limits::GREP), |_| true).unwrap();
        let line = &found.files[0].lines[0];
        assert_eq!(line.column, Some(before + 1));
        assert!(line.text.contains("ñeedle") && line.text.chars().count() <= 402, "{before} {after}");
        assert!(line.text.starts_with(begins) && line.text.ends_with(ends), "{before} {after}: {}", line.text);
    }
}

#[test]
fn a_search_is_narrowed_by_names_and_by_policy() {
    let world = project();
    let tree = world.tree(Reach::Scope);
    let names = |pattern: &str| Names::read(pattern).unwrap();
    let under = tree.place("p").unwrap();
    let query = Query { only: vec![names("*.rs"), names("*.ts")], without: vec![names("src/lib*")], once: true, ..plain("hello") };
    let found = tree.grep(&under, &query, &look("", Limits::GREP), |_| true).unwrap();
    assert_eq!(told(&found), "p/src/deep/a.ts:1:1 hello ts\np/src/main.rs:2:15     println!(\"hello\");");
    // A rule on the real name counts where the search goes through a link.
    for folder in ["p/linked", "p/src"] {
        let found =
            tree.glob(&tree.place(folder).unwrap(), &names("*.rs"), &look("", Limits::GLOB), |path| path != "p/src/lib.rs").unwrap();
        assert_eq!(found.files.len(), 1, "{folder}");
    }
    let refused = tree.grep(&tree.place("p/src/main.rs").unwrap(), &plain("hello"), &look("", Limits::GREP), |_| false).unwrap();
    assert_eq!((refused.files.len(), refused.searched), (0, 0));
}

#[test]
fn every_bound_is_told() {
    let world = project();
    let tree = world.tree(Reach::Scope);
    let under = tree.place("p").unwrap();
    let stopped = AtomicBool::new(true);
    let grep = |limits: Limits, cancel: &AtomicBool| {
        let look = Look { hidden: false, ignored: false, limits, cancel };
        tree.grep(&under, &plain("hello"), &look, |_| true).unwrap()
    };
    let few = grep(Limits { results: 2, ..Limits::GREP }, &GO_ON);
    assert_eq!((few.files.len(), few.stopped), (2, Some(Stop::Results)));
    let short = grep(Limits { shown_bytes: 12, ..Limits::GREP }, &GO_ON);
    assert_eq!((short.files.len(), short.stopped), (3, Some(Stop::Results)));
    assert_eq!(grep(Limits { files: 3, ..Limits::GREP }, &GO_ON).stopped, Some(Stop::Files));
    assert_eq!(grep(Limits { read_bytes: 1, ..Limits::GREP }, &GO_ON).stopped, Some(Stop::Bytes));
    assert_eq!(grep(Limits { time: Duration::ZERO, ..Limits::GREP }, &GO_ON).stopped, Some(Stop::Time));
    assert_eq!(grep(Limits::GREP, &stopped).stopped, Some(Stop::Cancelled));
    let two = tree.glob(&under, &Names::read("*").unwrap(), &look("", Limits { results: 2, ..Limits::GLOB }), |_| true).unwrap();
    assert_eq!((two.files.len(), two.stopped), (2, Some(Stop::Results)));
}
