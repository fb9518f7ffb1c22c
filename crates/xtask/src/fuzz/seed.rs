//! Inputs to begin with, from what the tests hold anyway. Runs nothing.

use serde_json::Value;

use crate::error::Error;
use crate::place::Place;

/// What parts the fields of an input: no text holds this byte.
const PART: u8 = 0xff;
/// What stands for a file that is not there.
const NO_FILE: u8 = 0xfe;
/// Ways in which a target of foreign calls uses an input: its first byte.
const WAYS: [u8; 3] = [0, 1, 5];

/// The inputs a target begins with.
pub(super) fn of(place: &Place, target: &str) -> Result<Vec<Vec<u8>>, Error> {
    let mut seeds = match target {
        "envelope" | "http" => wire(place, target)?,
        _ => agent(place, target)?,
    };
    seeds.sort();
    seeds.dedup();
    Ok(seeds)
}

/// From the golden frames and the conformance cases.
fn wire(place: &Place, target: &str) -> Result<Vec<Vec<u8>>, Error> {
    let cases = |path: &String| path.starts_with("tests/tests/conformance/cases/");
    let golden = |path: &String| path.starts_with("crates/proto/tests/golden/in/") && !path.ends_with(".reads.json");
    let mut seeds: Vec<String> = Vec::new();
    for path in place.files()?.into_iter().filter(|path| cases(path) || golden(path)) {
        let source = place.read(&path)?;
        match target {
            "envelope" if golden(&path) => seeds.push(source),
            "envelope" => seeds.extend(source.lines().filter_map(|line| line.split_once("> {")).map(|(_, rest)| format!("{{{rest}"))),
            _ => seeds.extend(source.lines().filter_map(request)),
        }
    }
    Ok(seeds.into_iter().map(String::into_bytes).collect())
}

/// A case's request as bytes: `[api ]METHOD TARGET | HEADER: VALUE … || BODY`.
fn request(line: &str) -> Option<String> {
    let (with_token, line) = line.strip_prefix("api ").map_or((false, line), |rest| (true, rest));
    let (head, body) = line.split_once(" || ").unwrap_or((line, ""));
    let mut parts = head.split(" | ");
    let first = parts.next()?;
    let method = first.split(' ').next()?;
    if !["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"].contains(&method) {
        return None;
    }
    let mut out = format!("{first} HTTP/1.1\r\nHost: {{H}}\r\n");
    if with_token {
        out.push_str("Authorization: Bearer {T}\r\n");
    }
    for part in parts {
        out.push_str(part);
        out.push_str("\r\n");
    }
    if !body.is_empty() {
        out.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    out.push_str("\r\n");
    out.push_str(body);
    Some(out)
}

/// From the agent's cases.
fn agent(place: &Place, target: &str) -> Result<Vec<Vec<u8>>, Error> {
    let sources: &[&str] = match target {
        "edit" | "patch" => &["cases/edit.jsonl"],
        "pattern" => &["cases/pattern.jsonl"],
        "policy" => &["cases/policy.jsonl"],
        "shown" => &["cases/shown.jsonl"],
        "paths" => &["cases/path.jsonl"],
        _ => &["dialect/contract.jsonl", "dialect/parts.jsonl"],
    };
    let mut seeds = Vec::new();
    for source in sources {
        let path = format!("crates/agent/tests/{source}");
        let cases = place.read(&path)?;
        for case in cases.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
            seeds.extend(from_case(target, &case));
        }
    }
    Ok(seeds)
}

fn from_case(target: &str, case: &Value) -> Vec<Vec<u8>> {
    let text = |pointer: &str| case.pointer(pointer).and_then(Value::as_str).map(|text| text.as_bytes().to_vec());
    let one = |pointer: &str| text(pointer).into_iter().collect();
    match target {
        "edit" => vec![joined(&[
            file(case),
            either(case, &["/input", "/new_text"]),
            text("/body"),
            either(case, &["/search", "/old_text"]),
            text("/replace"),
        ])],
        "patch" => vec![joined(&[file(case), either(case, &["/input", "/body"])])],
        "pattern" => vec![joined(&[text("/args/pattern"), text("/args/text"), text("/args/replacement")])],
        "policy" => one("/request/command"),
        "shown" => one("/text"),
        "paths" => one("/input"),
        "tags" => one("/input"),
        _ => WAYS.iter().filter_map(|way| text("/input").map(|input| [vec![*way], input].concat())).collect(),
    }
}

/// A case's file: its text, its bytes in hexadecimal, or none.
fn file(case: &Value) -> Option<Vec<u8>> {
    let file = case.get("file").unwrap_or(&Value::Null);
    match (file, file.get("hex").and_then(Value::as_str)) {
        (Value::String(text), _) => Some(text.as_bytes().to_vec()),
        (_, Some(hex)) => {
            Some(hex.as_bytes().chunks(2).filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect())
        }
        _ => Some(vec![NO_FILE]),
    }
}

fn either(case: &Value, pointers: &[&str]) -> Option<Vec<u8>> {
    pointers.iter().find_map(|pointer| case.pointer(pointer)?.as_str()).map(|text| text.as_bytes().to_vec())
}

fn joined(fields: &[Option<Vec<u8>>]) -> Vec<u8> {
    let fields: Vec<&[u8]> = fields.iter().map(|field| field.as_deref().unwrap_or_default()).collect();
    fields.join(&PART)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzz::TARGETS;

    #[test]
    fn there_are_seeds() {
        for (target, _) in TARGETS {
            let seeds = of(&Place::find(), target).expect("the sources are there");
            assert!(seeds.len() > 60, "{target}: {}", seeds.len());
        }
        assert_eq!(
            request("api GET /x | A: b").as_deref(),
            Some("GET /x HTTP/1.1\r\nHost: {H}\r\nAuthorization: Bearer {T}\r\nA: b\r\n\r\n")
        );
        assert_eq!(request("~ {\"event\":\"x\"}"), None);
        assert_eq!(joined(&[Some(b"a".to_vec()), None, Some(b"c".to_vec())]), b"a\xff\xffc");
    }

    /// Each has a dictionary: without one the marks of a form are found only by chance.
    #[test]
    fn there_are_dictionaries() {
        for (target, _) in TARGETS {
            let words = Place::find().read(&format!("fuzz/dictionary/{target}.txt")).expect("a dictionary");
            let plain = |line: &&str| line.is_empty() || line.starts_with('#') || (line.starts_with('"') && line.ends_with('"'));
            assert!(words.lines().all(|line| plain(&line)) && words.lines().count() > 5, "{target}");
        }
    }
}
