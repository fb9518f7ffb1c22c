//! Rules about lines of source text: what must not stand where.

/// Most uses of dynamic dispatch through shared ownership in the whole tree.
const DYNAMIC_LIMIT: usize = 5;
/// Top folders of other people's machines.
const MACHINE_FOLDERS: &[&str] = &["work", "farm", "root", "Users"];
/// People who live only in examples.
const EXAMPLE_HOMES: &[&str] = &["me", "you"];
/// What the agent, being pure, never names.
const EFFECTS: &[&str] = &["std::fs", "std::net", "std::process", "std::thread", "std::time::Instant", "SystemTime", "Instant::now"];
const REGISTRY: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

/// One rule.
struct Rule {
    /// Which files it speaks of.
    applies: fn(&str) -> bool,
    /// Whether a line breaks it.
    breaks: fn(&str) -> bool,
    /// What to do instead.
    instead: &'static str,
}

#[rustfmt::skip]
const RULES: &[Rule] = &[
    Rule { applies: is_rust_or_manifest, breaks: |line| line.contains(concat!("async", "_trait")) || line.contains(concat!("async", "-trait")), instead: "async traits by macro: use an enum or a generic" },
    Rule { applies: is_rust, breaks: is_glob_import, instead: "name what you import" },
    Rule { applies: is_rust, breaks: |line| line.trim_start().starts_with(concat!("#[", "ignore")), instead: "a test that never runs: run it or delete it" },
    Rule { applies: is_ui_test, breaks: is_switched_off, instead: "a test is switched off, or all others are" },
    Rule { applies: is_ui, breaks: |line| line.contains(concat!("@tauri", "-apps")), instead: "the window is a browser: reach the host through ui/src/wire" },
    Rule { applies: is_ui_beside_wire, breaks: reaches_out, instead: "only ui/src/wire speaks to the outside" },
    Rule { applies: |path| path.starts_with("crates/agent/src/"), breaks: |line| EFFECTS.iter().any(|name| line.contains(name)), instead: "the agent is pure: take it as an event or return it as an effect" },
    Rule { applies: |path| path.ends_with("package-lock.json"), breaks: |line| line.contains("\"resolved\""), instead: "a download address: npm's omit-lockfile-registry-resolved keeps it out" },
    Rule { applies: |path| path.ends_with("Cargo.lock"), breaks: |line| line.starts_with("source = ") && line != REGISTRY, instead: "a package from elsewhere than the registry" },
    Rule { applies: |_| true, breaks: names_a_machine, instead: "a path of one machine: make it relative" },
];

/// What is wrong with the lines of a file.
pub(super) fn findings(path: &str, source: &str) -> Vec<String> {
    let mut findings = Vec::new();
    if is_rust(path) && !source.starts_with("//!") {
        findings.push(format!("{path}:1: opens with `//!`: what the file is, and what it never does"));
    }
    for rule in RULES.iter().filter(|rule| (rule.applies)(path)) {
        let broken = source.lines().enumerate().filter(|(_, line)| (rule.breaks)(line));
        findings.extend(broken.map(|(at, _)| format!("{path}:{}: {}", at + 1, rule.instead)));
    }
    findings
}

/// Where a file uses dynamic dispatch through shared ownership.
pub(super) fn dynamic_dispatches(path: &str, source: &str) -> Vec<String> {
    let uses = source.lines().enumerate().filter(|(_, line)| is_rust(path) && line.contains(concat!("Arc<", "dyn")));
    uses.map(|(at, _)| format!("{path}:{}", at + 1)).collect()
}

/// Whether there are more of them than the tree may have.
pub(super) fn too_dynamic(uses: &[String]) -> Option<String> {
    (uses.len() > DYNAMIC_LIMIT)
        .then(|| format!("{} uses of dynamic dispatch, {DYNAMIC_LIMIT} are allowed; use an enum: {}", uses.len(), uses.join(", ")))
}

fn is_rust(path: &str) -> bool {
    path.ends_with(".rs")
}

fn is_rust_or_manifest(path: &str) -> bool {
    is_rust(path) || path.ends_with("Cargo.toml")
}

fn is_ui(path: &str) -> bool {
    path.starts_with("ui/")
}

fn is_ui_test(path: &str) -> bool {
    is_ui(path) && (path.contains(".test.ts") || path.contains("/e2e/"))
}

fn is_ui_beside_wire(path: &str) -> bool {
    path.starts_with("ui/src/") && !path.starts_with("ui/src/wire/")
}

/// A library's prelude is made to be taken whole, and a test module takes what it tests.
fn is_glob_import(line: &str) -> bool {
    let line = line.trim_start();
    let imports = line.starts_with("use ") || line.starts_with("pub use ") || line.starts_with("pub(crate) use ");
    imports && line.ends_with("::*;") && !line.ends_with("::prelude::*;") && line != "use super::*;"
}

fn is_switched_off(line: &str) -> bool {
    [".skip(", ".only(", ".todo(", ".fixme("].iter().any(|call| line.contains(call))
}

fn reaches_out(line: &str) -> bool {
    let code = line.split(" // ").next().unwrap_or(line).trim_start();
    if code.starts_with("//") || code.starts_with('*') || code.starts_with("/*") {
        return false;
    }
    let constructs = ["new WebSocket(", "new EventSource(", "new XMLHttpRequest("].iter().any(|call| code.contains(call));
    constructs || code.match_indices("fetch(").any(|(at, _)| is_global_call(&code[..at]))
}

/// Whether a call after this text calls a global, not a method or a longer name.
fn is_global_call(before: &str) -> bool {
    let globals = ["window.", "globalThis.", "self."];
    let plain = !before.ends_with(|last: char| last.is_alphanumeric() || matches!(last, '_' | '$' | '.'));
    plain || globals.iter().any(|global| before.ends_with(global))
}

fn names_a_machine(line: &str) -> bool {
    let mut folders = line
        .match_indices('/')
        .filter(|(at, _)| !line[..*at].ends_with(|last: char| last.is_alphanumeric() || matches!(last, '.' | '_' | '-' | '*' | '}' | '/')));
    folders.any(|(at, _)| {
        let mut segments = line[at + 1..].split('/');
        let (first, second) = (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
        let owner: String =
            second.chars().take_while(|character| character.is_alphanumeric() || matches!(character, '_' | '-' | '.')).collect();
        let elsewhere = MACHINE_FOLDERS.contains(&first) && !owner.is_empty();
        let at_home = first == "home" && !owner.is_empty() && !EXAMPLE_HOMES.contains(&owner.as_str());
        elsewhere || at_home
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row breaks exactly one rule where it stands, and none in the place beside it.
    const PLANTED: &[(&str, &str, &str)] = &[
        ("crates/engine/src/a.rs", concat!("#[async", "_trait]"), "docs/a.md"),
        ("crates/engine/Cargo.toml", concat!("async", "-trait = \"1\""), "docs/a.md"),
        ("crates/engine/src/a.rs", "use std::io::*;", "docs/a.md"),
        ("crates/engine/src/a.rs", concat!("    #[", "ignore = \"slow\"]"), "docs/a.md"),
        ("ui/src/reduce/a.test.ts", "describe.only(\"a\", () => {", "ui/src/reduce/a.ts"),
        ("ui/e2e/a.ts", "it.skip(\"a\", () => {", "ui/src/reduce/a.ts"),
        ("ui/package.json", concat!("\"@tauri", "-apps/api\": \"2\","), "docs/a.md"),
        ("ui/src/app.tsx", "const socket = new WebSocket(address);", "ui/src/wire/socket.ts"),
        ("ui/src/app.tsx", "  await fetch(\"/api/sessions\");", "ui/src/wire/api.ts"),
        ("ui/src/app.tsx", "window.fetch(url)", "ui/src/wire/api.ts"),
        ("crates/agent/src/turn.rs", "let now = SystemTime::now();", "crates/engine/src/turn.rs"),
        ("ui/package-lock.json", "\"resolved\": \"https://registry.example/a.tgz\",", "docs/a.md"),
        ("Cargo.lock", "source = \"git+https://example.com/a\"", "docs/a.md"),
    ];

    const HARMLESS: &[(&str, &str)] = &[
        ("crates/engine/src/a.rs", "    use super::*;"),
        ("src-tauri/src/a.rs", "use gtk::prelude::*;"),
        ("ui/src/app.tsx", "prefetch(url); table.fetch(row); // fetch(url)"),
        ("ui/src/app.tsx", "  // await fetch(url) stands in ui/src/wire"),
        ("Cargo.lock", REGISTRY),
        ("docs/a.md", "see https://example.com/work/a and ./work/b, /home/me/app, /usr/lib/x"),
    ];

    fn found(path: &str, line: &str) -> Vec<String> {
        findings(path, &format!("//! About.\n{line}\n"))
    }

    #[test]
    fn each_planted_fault_is_found_once_and_only_there() {
        for (path, line, elsewhere) in PLANTED {
            assert_eq!(found(path, line).len(), 1, "{path}: {line}");
            assert_eq!(found(elsewhere, line), Vec::<String>::new(), "{elsewhere}: {line}");
        }
    }

    #[test]
    fn harmless_lines_are_left_alone() {
        for (path, line) in HARMLESS {
            assert_eq!(found(path, line), Vec::<String>::new(), "{line}");
        }
    }

    #[test]
    fn paths_of_one_machine_are_found() {
        for folder in MACHINE_FOLDERS.iter().chain(["home"].iter()) {
            for line in [format!("/{folder}/alice/x"), format!("cd \"/{folder}/a.b/\""), format!("file:///{folder}/a").replace("//", "")] {
                assert_eq!(found("README.md", &line).len(), 1, "{line}");
            }
        }
    }

    #[test]
    fn a_rust_file_opens_with_its_purpose() {
        assert_eq!(findings("a.rs", "use std::io;\n").len(), 1);
        assert_eq!(findings("a.ts", "import a;\n").len(), 0);
    }

    #[test]
    fn dynamic_dispatch_is_counted_over_the_tree() {
        let line = concat!("x: Arc<", "dyn Model>,\n");
        let uses = dynamic_dispatches("a.rs", &line.repeat(DYNAMIC_LIMIT));
        assert_eq!(too_dynamic(&uses), None);
        let more = dynamic_dispatches("a.rs", &line.repeat(DYNAMIC_LIMIT + 1));
        assert!(too_dynamic(&more).is_some());
    }
}
