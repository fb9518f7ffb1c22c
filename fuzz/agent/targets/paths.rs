//! Paths of files and entries: what is named lies where its reach says, is written in one way, and keeps being protected.
#![no_main]

use alcove_agent::path::{Bounds, PATH_MAX, Reach, channel, file, log_to_data, normalize, protected, record, scheme_of, slugify, target};
use alcove_fuzz_agent::in_time;
use libfuzzer_sys::fuzz_target;

const ROOT: &str = "/srv/a/project";

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    in_time("a path", || named(&text));
    in_time("an entry", || entry(&text));
});

fn named(text: &str) {
    let scope = file(text, Bounds { root: ROOT, reach: Reach::Scope });
    let anywhere = file(text, Bounds { root: ROOT, reach: Reach::Anywhere });
    match (&scope, &anywhere) {
        (Ok(scope), anywhere) => assert_eq!(anywhere.as_ref(), Ok(scope), "{text:?}"),
        (Err(refusal), Err(other)) => assert!(!refusal.code().is_empty() && !refusal.words().is_empty() && refusal == other, "{text:?}"),
        (Err(refusal), Ok(named)) => assert!(refusal.code() == "outside" && named.path.starts_with('/'), "{text:?}"),
    }
    let Ok(named) = anywhere else { return };
    let path = named.path.as_str();
    let names: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
    assert!(path.is_empty() || path == "/" || names.iter().all(|name| !matches!(*name, "" | "." | "..")), "{text:?}: {path:?}");
    assert!(!path.contains(['\0', '\n', '\r', '\\']), "{text:?}: {path:?}");
    assert!(scope.is_err() || !path.starts_with('/'), "{text:?}: {path:?}");
    let guarded = names.iter().find_map(|name| protected(name));
    assert_eq!(named.protected, guarded, "{text:?}");
    if !path.is_empty() {
        // A name like `~` or `file:` means something else only where it stands first.
        let again = file(path, Bounds { root: ROOT, reach: Reach::Anywhere });
        let special = matches!(again, Err(refusal) if matches!(refusal.code(), "home" | "drive" | "scheme") && !path.starts_with('/'));
        assert!(special || again.as_ref().is_ok_and(|again| again.path == path), "one way to write it: {text:?}: {again:?}");
    }
}

fn entry(text: &str) {
    let normal = normalize(text);
    assert!(normal == text || scheme_of(text).is_some(), "a bare path is untouched: {text:?}");
    assert_eq!(scheme_of(&normal), scheme_of(text), "{text:?}: {normal:?}");
    if scheme_of(text).is_some() {
        assert!(normal.is_ascii(), "{text:?}: {normal:?}");
    }
    let slug = slugify(text);
    assert!(slug.is_ascii() && !slug.contains("//"), "{text:?}: {slug:?}");
    let made = record(7, "set", text);
    assert!(target(text).is_ascii() && made.len() < PATH_MAX, "{text:?}: {made:?}");
    let data = log_to_data(&made);
    assert_eq!(data.is_some(), !target(text).is_empty(), "{text:?}");
    assert_eq!(channel(&made, 1), data.map(|data| format!("{data}_1")), "{text:?}");
}
