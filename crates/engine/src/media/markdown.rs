//! Images in Markdown (envelope §4.5): finds the targets of `![alt](target "title")` outside of code and puts others in their place. Pure.

use std::ops::Range;

/// Endings of files that are shown in place.
const ENDINGS: &[&str] = &["png", "jpg", "jpeg", "webp", "gif", "svg", "mp4", "mov", "webm"];
/// Longest description, target or title of an image, in bytes.
const PART_BYTES: usize = 4096;
/// Beginnings of images and code without an end after which the rest is left as it is: each makes the same text be looked at again.
const LOOSE_ENDS: usize = 256;

/// The target of one image.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Where it stands in the text, with its brackets.
    pub(super) at: Range<usize>,
    /// What it says, without brackets and escapes.
    pub(super) path: String,
}

/// The targets in a text that could be files of a project, in order.
pub(super) fn targets(text: &str) -> Vec<Target> {
    let mut found = Found::default();
    let mut fence: Option<Fence> = None;
    // Where the paragraph being read began: an image may go on over a line's end, never over a fence or an empty line.
    let mut begun = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        match (&fence, Fence::of(line)) {
            (Some(open), Some(other)) if other.closes(open) => {
                fence = None;
                begun = end;
            }
            (Some(_), _) => begun = end,
            (None, Some(opened)) => {
                inline(text, begun..at, &mut found);
                fence = Some(opened);
                begun = end;
            }
            (None, None) if line.trim().is_empty() => {
                inline(text, begun..at, &mut found);
                begun = end;
            }
            (None, None) => {}
        }
        at = end;
    }
    inline(text, begun..at, &mut found);
    found.targets
}

#[derive(Default)]
struct Found {
    targets: Vec<Target>,
    loose_ends: usize,
}

/// The text with each target replaced that `address` has another for; `None` when nothing changes.
pub(super) fn replaced(text: &str, mut address: impl FnMut(&str) -> Option<String>) -> Option<String> {
    let mut out = String::new();
    let mut copied = 0;
    for target in targets(text) {
        let Some(address) = address(&target.path) else { continue };
        out.push_str(&text[copied..target.at.start]);
        out.push_str(&address);
        copied = target.at.end;
    }
    if copied == 0 {
        return None;
    }
    out.push_str(&text[copied..]);
    Some(out)
}

/// A line that begins or ends a block of code.
struct Fence {
    mark: u8,
    length: usize,
    /// Whether something follows the marks, as only an opening one may have.
    named: bool,
}

impl Fence {
    fn of(line: &str) -> Option<Self> {
        let rest = line.trim_start_matches(' ');
        let mark = *rest.as_bytes().first()?;
        if line.len() - rest.len() > 3 || !matches!(mark, b'`' | b'~') {
            return None;
        }
        let length = rest.bytes().take_while(|byte| *byte == mark).count();
        let name = rest[length..].trim();
        // Backticks later in the line make it code within a line.
        let fence = length >= 3 && !(mark == b'`' && name.contains('`'));
        fence.then_some(Self { mark, length, named: !name.is_empty() })
    }

    fn closes(&self, open: &Self) -> bool {
        self.mark == open.mark && self.length >= open.length && !self.named
    }
}

/// Finds images in one paragraph.
fn inline(text: &str, range: Range<usize>, found: &mut Found) {
    let bytes = &text.as_bytes()[..range.end];
    let mut at = range.start;
    while at < bytes.len() && found.loose_ends < LOOSE_ENDS {
        at = match bytes[at] {
            b'\\' => at + 2,
            b'`' => after_code(bytes, at, found),
            b'!' if bytes.get(at + 1) == Some(&b'[') => match image(text, bytes, at + 1) {
                Some((target, after)) => {
                    found.targets.extend(target);
                    after
                }
                None => {
                    found.loose_ends += 1;
                    at + 2
                }
            },
            _ => at + 1,
        };
    }
}

/// Past a span of code, or past the backticks when nothing closes them.
fn after_code(bytes: &[u8], at: usize, found: &mut Found) -> usize {
    let run = |from: usize| bytes[from..].iter().take_while(|byte| **byte == b'`').count();
    let length = run(at);
    let mut next = at + length;
    while next < bytes.len() {
        if bytes[next] != b'`' {
            next += 1;
            continue;
        }
        let other = run(next);
        next += other;
        if other == length {
            return next;
        }
    }
    found.loose_ends += 1;
    at + length
}

/// The image whose `[` stands at `open`: its target, when it may be a file, and where the image ends.
fn image(text: &str, bytes: &[u8], open: usize) -> Option<(Option<Target>, usize)> {
    let close = closing(bytes, open, (b'[', b']'))?;
    if bytes.get(close + 1) != Some(&b'(') {
        return None;
    }
    let start = after_space(bytes, close + 2);
    let (end, inner) = match bytes.get(start)? {
        b'<' => {
            let end = angle(bytes, start)?;
            (end, start + 1..end - 1)
        }
        _ => {
            let end = bare(bytes, start)?;
            (end, start..end)
        }
    };
    let mut after = after_space(bytes, end);
    if after > end && matches!(bytes.get(after), Some(b'"' | b'\'' | b'(')) {
        after = after_space(bytes, title(bytes, after)?);
    }
    if bytes.get(after) != Some(&b')') {
        return None;
    }
    let path = unescaped(text.get(inner)?);
    let target = is_file(&path).then_some(Target { at: start..end, path });
    Some((target, after + 1))
}

/// The bracket that closes the one at `open`.
fn closing(bytes: &[u8], open: usize, pair: (u8, u8)) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, open);
    let end = bytes.len().min(open + PART_BYTES);
    while at < end {
        match bytes[at] {
            b'\\' => at += 1,
            byte if byte == pair.0 => depth += 1,
            byte if byte == pair.1 => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Past `<…>`, which stands on one line.
fn angle(bytes: &[u8], start: usize) -> Option<usize> {
    let bytes = &bytes[..bytes.len().min(start + PART_BYTES)];
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'\\' => at += 2,
            b'>' => return Some(at + 1),
            b'<' | b'\n' => return None,
            _ => at += 1,
        }
    }
}

/// Past a target without brackets: no spaces, and round ones only in pairs.
fn bare(bytes: &[u8], start: usize) -> Option<usize> {
    let bytes = &bytes[..bytes.len().min(start + PART_BYTES)];
    let (mut depth, mut at) = (0_usize, start);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if bytes.get(at + 1).is_some_and(u8::is_ascii_punctuation) => at += 1,
            b'(' => depth += 1,
            b')' if depth == 0 => break,
            b')' => depth -= 1,
            byte if byte.is_ascii_whitespace() || byte.is_ascii_control() => break,
            _ => {}
        }
        at += 1;
    }
    (at > start && depth == 0).then_some(at)
}

/// Past a title.
fn title(bytes: &[u8], start: usize) -> Option<usize> {
    let end = match bytes[start] {
        b'(' => b')',
        quote => quote,
    };
    let bytes = &bytes[..bytes.len().min(start + PART_BYTES)];
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'\\' => at += 2,
            byte if *byte == end => return Some(at + 1),
            _ => at += 1,
        }
    }
}

fn after_space(bytes: &[u8], from: usize) -> usize {
    from + bytes.get(from..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match chars.peek() {
            Some(next) if char == '\\' && next.is_ascii_punctuation() => out.extend(chars.next()),
            Some(_) | None => out.push(char),
        }
    }
    out
}

/// Whether a target could name a file: no scheme, host, query or fragment, not signed already, and an ending that is shown.
fn is_file(path: &str) -> bool {
    let ending = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending.to_ascii_lowercase());
    let scheme = path.split_once(':').is_some_and(|(scheme, _)| !scheme.contains('/'));
    path.len() <= PART_BYTES
        && !path.starts_with("//")
        && !path.starts_with(super::MEDIA_PATH)
        && !path.contains(['?', '#', '\0'])
        && !scheme
        && ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every target that could be a file becomes `URL`.
    fn check(text: &str, expected: &str) {
        let mut seen = Vec::new();
        let out = replaced(text, |path| {
            seen.push(path.to_owned());
            Some("URL".to_owned())
        });
        let told = match out {
            Some(out) => format!("{} | {out}", seen.join(", ")),
            None => "as it is".to_owned(),
        };
        assert_eq!(told, expected, "{text}");
    }

    #[test]
    fn images_are_found() {
        check("![a](pic.png)", "pic.png | ![a](URL)");
        check("Here: ![pic](pic.png) end", "pic.png | Here: ![pic](URL) end");
        check("![](a/b.JPG) ![b](./c.webm)", "a/b.JPG, ./c.webm | ![](URL) ![b](URL)");
        check("![a](pic.png \"A title\")", "pic.png | ![a](URL \"A title\")");
        check("![a](pic.png 'it''s')", "as it is");
        check("![a]( pic.png 'one' )", "pic.png | ![a]( URL 'one' )");
        check("![a](pic.png (two))", "pic.png | ![a](URL (two))");
        check("![a](<my pic.png>)", "my pic.png | ![a](URL)");
        check("![a](<my pic.png> \"t\")", "my pic.png | ![a](URL \"t\")");
        check("![a](pic\\_1\\).png)", "pic_1).png | ![a](URL)");
        check("![a](pic(1).png)", "pic(1).png | ![a](URL)");
        check("![a [b] \\] c](pic.png)", "pic.png | ![a [b] \\] c](URL)");
        check("[![a](pic.png)](https://example.org)", "pic.png | [![a](URL)](https://example.org)");
        check("![a](\n  pic.png)", "pic.png | ![a](\n  URL)");
        check("![ä](Größe/ü.png)\n![b](b.gif)", "Größe/ü.png, b.gif | ![ä](URL)\n![b](URL)");
        check("/home/me: ![a](/home/me/pic.svg)", "/home/me/pic.svg | /home/me: ![a](URL)");
        check("> - ![a](a.mov)", "a.mov | > - ![a](URL)");
        check("![a](dir:x/pic.png)", "as it is");
        check("![a](dir/x:y.png)", "dir/x:y.png | ![a](URL)");
    }

    #[test]
    fn what_is_no_file_stays() {
        for target in [
            "https://example.org/a.png",
            "http:a.png",
            "file:///a.png",
            "data:image/png;base64,AAAA.png",
            "//host/a.png",
            "/api/media/AAAA/BBBB.png",
            "#a.png",
            "a.png#b",
            "a.png?x=1",
            "a.txt",
            "png",
            ".png/",
            "",
            "<>",
            "<a\nb.png>",
            "<a<b.png>",
            "my pic.png",
        ] {
            check(&format!("![a]({target})"), "as it is");
        }
        check("[a](pic.png)", "as it is");
        check("!(pic.png)", "as it is");
        check("![a] (pic.png)", "as it is");
        check("![a](pic.png", "as it is");
        check("![a](pic.png \"open)", "as it is");
        check("\\![a](pic.png)", "as it is");
        check("!\\[a](pic.png)", "as it is");
        check("![a\n\nb](pic.png)", "as it is");
        check("![", "as it is");
        check("!", "as it is");
        check("\\", "as it is");
    }

    /// Texts that make a careless reader look at everything again and again: they would take minutes.
    #[test]
    fn hostile_texts_have_an_end() {
        for piece in ["![", "![](", "![](<", "![a](b \"", "![[", "![](((", "\\![", "~~~", "> ![a]("] {
            let text = piece.repeat(200_000 / piece.len());
            assert_eq!(targets(&text), [], "{piece}");
        }
        let ticks: String = (1..600).map(|length| format!("{} ![](a.png) ", "`".repeat(length))).collect();
        assert_eq!(targets(&ticks).len(), LOOSE_ENDS - 1);
        assert_eq!(targets(&format!("{}![](a.png)", "`a` ".repeat(50_000))).len(), 1);
    }

    #[test]
    fn code_stays() {
        check("`![a](a.png)` ![b](b.png)", "b.png | `![a](a.png)` ![b](URL)");
        check("``a ` ![a](a.png) `` ![b](b.png)", "b.png | ``a ` ![a](a.png) `` ![b](URL)");
        check("` ![a](a.png)", "a.png | ` ![a](URL)");
        check("```\n![a](a.png)\n```\n![b](b.png)", "b.png | ```\n![a](a.png)\n```\n![b](URL)");
        check("```md\n![a](a.png)\n``` x\n![b](b.png)", "as it is");
        check("~~~~\n![a](a.png)\n~~~\n![b](b.png)\n~~~~~\n![c](c.png)", "c.png | ~~~~\n![a](a.png)\n~~~\n![b](b.png)\n~~~~~\n![c](URL)");
        check("   ```\n![a](a.png)", "as it is");
        check("text `\n\n![a](a.png) `", "a.png | text `\n\n![a](URL) `");
    }
}
