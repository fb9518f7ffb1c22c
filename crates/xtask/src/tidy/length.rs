//! No file grows beyond what one reads in one go. Tests and generated files are not counted.

use super::exception::EXCEPTIONS;

/// Lines a file may have without its tests.
pub(super) const LIMIT: usize = 600;

const COUNTED: &[&str] = &[".rs", ".ts", ".tsx", ".js", ".mjs", ".css"];

/// Whether the file is too long.
pub(super) fn findings(path: &str, source: &str) -> Option<String> {
    let allowed = EXCEPTIONS.iter().find(|exception| exception.path == path).map_or(LIMIT, |exception| exception.lines);
    let lines = counted(source);
    (is_counted(path) && lines > allowed).then(|| {
        format!(
            "{path}: {lines} lines without tests, {allowed} are allowed; split it by concept, or list a flat table in tidy/exception.rs"
        )
    })
}

fn is_counted(path: &str) -> bool {
    let is_test = path.contains("/tests/") || path.contains("/e2e/") || path.ends_with("/tests.rs") || path.contains(".test.ts");
    COUNTED.iter().any(|ending| path.ends_with(ending)) && !path.contains(".gen.") && !is_test
}

/// Lines outside `#[cfg(test)]` modules. Formatted sources close a module at the margin.
pub(super) fn counted(source: &str) -> usize {
    let mut lines = source.lines().peekable();
    let mut count = 0;
    while let Some(line) = lines.next() {
        if line == "#[cfg(test)]" && lines.peek().is_some_and(|next| next.starts_with("mod ") && next.ends_with('{')) {
            lines.by_ref().find(|line| *line == "}");
        } else {
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_modules_are_not_counted() {
        assert_eq!(counted("a\n#[cfg(test)]\nmod tests {\n    b\n}\nc\n"), 2);
        assert_eq!(counted("#[cfg(test)]\nmod tests;\na\n"), 3);
    }

    #[test]
    fn a_long_file_is_found() {
        let (fits, long) = ("x\n".repeat(LIMIT), "x\n".repeat(LIMIT + 1));
        assert_eq!(findings("crates/agent/src/turn.rs", &fits), None);
        assert!(findings("crates/agent/src/turn.rs", &long).is_some());
        assert!(findings("ui/src/app.tsx", &long).is_some());
        for path in ["ui/src/wire/types.gen.ts", "crates/proto/tests/wire/main.rs", "ui/src/a.test.ts", "ui/package-lock.json"] {
            assert_eq!(findings(path, &long), None, "{path}");
        }
    }
}
