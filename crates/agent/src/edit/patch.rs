//! Patches: unified diffs, of git or plain, and the `*** Begin Patch` envelope, each for one file or several (entries §3.3,
//! `apply_patch`). They are only read; paths are as written, and whoever follows them checks them.

use super::hunk::{Hunk, Line, MAX_HUNKS, Newline, Side};
use super::refusal::Refusal;
use super::{Edit, Tail, Whole};

/// Files of a patch.
pub const MAX_FILES: usize = 200;

/// What a patch does to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePatch {
    /// The file's path, as written; empty when the patch names none.
    pub path: String,
    /// What becomes of it.
    pub what: What,
}

/// What becomes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It comes into being; there must be none.
    Add(Edit),
    /// Its text changes.
    Change(Edit),
    /// It goes.
    Delete,
    /// It goes elsewhere, its text changed or not.
    Move {
        /// The new path, as written.
        to: String,
        /// What happens to its text.
        edit: Option<Edit>,
    },
}

/// The files of a patch, in its order.
pub fn read(text: &str) -> Result<Vec<FilePatch>, Refusal> {
    let text = super::text::without_returns(text);
    let lines: Vec<&str> = text.strip_suffix('\n').unwrap_or(&text).split('\n').collect();
    let files = match envelope_start(&lines) {
        Some(at) => envelope(&lines[at + 1..])?,
        None => unified(&lines)?.into_iter().map(Section::file).collect::<Result<_, _>>()?,
    };
    match files.len() {
        0 => Err(malformed("The patch changes nothing.")),
        1..=MAX_FILES => Ok(files),
        _ => Err(Refusal::Malformed { why: format!("A patch may have {MAX_FILES} files.") }),
    }
}

/// The hunks of a body that is a diff of one file; none when it is no diff. Hunks without line numbers count only where the diff
/// begins the body.
pub(super) fn hunks(text: &str) -> Result<Vec<Hunk>, Refusal> {
    let text = super::text::without_returns(text);
    let lines: Vec<&str> = text.strip_suffix('\n').unwrap_or(&text).split('\n').collect();
    let first = lines.iter().find(|line| !line.trim().is_empty() && !line.starts_with("```")).copied().unwrap_or_default();
    let begins = ["@@", "--- ", "diff --git ", "*** Begin Patch"].iter().any(|mark| first.starts_with(mark));
    let numbered = lines.iter().any(|line| matches!(header(line), Some((Some(_), _))));
    if !(numbered || begins && lines.iter().any(|line| line.starts_with("@@"))) {
        return Ok(Vec::new());
    }
    let mut sections = match envelope_start(&lines) {
        Some(at) => return enveloped_hunks(envelope(&lines[at + 1..])?),
        None => unified(&lines)?,
    };
    sections.retain(|section| !section.hunks.is_empty());
    match sections.len() {
        0 => Ok(Vec::new()),
        1 => Ok(sections.remove(0).hunks),
        _ => Err(malformed("The diff is of several files; one edit changes one file.")),
    }
}

/// Where an envelope begins. Within a unified diff the same words are a line of the file's text.
fn envelope_start(lines: &[&str]) -> Option<usize> {
    let at = lines.iter().position(|line| line.trim() == "*** Begin Patch")?;
    let is_head = |(line, next): (&&str, &&str)| {
        line.starts_with("diff --git ")
            || (line.starts_with("--- ") && next.starts_with("+++ "))
            || matches!(header(line), Some((Some(_), _)))
    };
    let within = lines[..at].iter().zip(&lines[1..=at]).any(is_head);
    (!within).then_some(at)
}

fn enveloped_hunks(files: Vec<FilePatch>) -> Result<Vec<Hunk>, Refusal> {
    let mut files = files.into_iter();
    match (files.next().map(|file| file.what), files.next()) {
        (Some(What::Change(Edit::Hunks(hunks))), None) => Ok(hunks),
        _ => Err(malformed("The patch does not change the text of just one file.")),
    }
}

fn malformed(why: &str) -> Refusal {
    Refusal::Malformed { why: why.to_owned() }
}

/// The part of a diff that is about one file.
#[derive(Default)]
struct Section {
    old: Option<String>,
    new: Option<String>,
    moved: Option<(String, String)>,
    hunks: Vec<Hunk>,
}

impl Section {
    fn file(self) -> Result<FilePatch, Refusal> {
        let (old, new) = names(self.old, self.new);
        let edit = (!self.hunks.is_empty()).then_some(Edit::Hunks(self.hunks));
        if let Some((from, to)) = self.moved {
            return Ok(FilePatch { path: from, what: What::Move { to, edit } });
        }
        match (old, new, edit) {
            (None, Some(path), Some(edit)) => Ok(FilePatch { path, what: What::Add(edit) }),
            (Some(path), None, _) => Ok(FilePatch { path, what: What::Delete }),
            (_, Some(path), Some(edit)) => Ok(FilePatch { path, what: What::Change(edit) }),
            (_, _, None) => Err(malformed("A file of the patch has no changes.")),
            (None, None, Some(edit)) => Ok(FilePatch { path: String::new(), what: What::Change(edit) }),
        }
    }
}

/// The names without git's `a/` and `b/`, when both have them; absent for `/dev/null`.
fn names(old: Option<String>, new: Option<String>) -> (Option<String>, Option<String>) {
    let real = |name: Option<String>| name.filter(|name| name != "/dev/null");
    let bare = |name: &Option<String>, mark: &str| name.as_ref().is_none_or(|name| name == "/dev/null" || name.starts_with(mark));
    let marked = (old.is_some() || new.is_some()) && bare(&old, "a/") && bare(&new, "b/");
    let cut = |name: Option<String>| if marked { name.map(|name| name[2..].to_owned()) } else { name };
    (cut(real(old)), cut(real(new)))
}

fn unified(lines: &[&str]) -> Result<Vec<Section>, Refusal> {
    let mut sections: Vec<Section> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        let next = lines.get(at + 1).copied().unwrap_or_default();
        if line.starts_with("diff --git ") {
            sections.push(Section::default());
        } else if let (Some(old), Some(new)) = (line.strip_prefix("--- "), next.strip_prefix("+++ ")) {
            if sections.last().is_none_or(|section| section.old.is_some() || !section.hunks.is_empty()) {
                sections.push(Section::default());
            }
            if let Some(section) = sections.last_mut() {
                (section.old, section.new) = (Some(name(old)), Some(name(new)));
            }
            at += 1;
        } else if let (Some(from), Some(to)) = (line.strip_prefix("rename from "), next.strip_prefix("rename to ")) {
            if let Some(section) = sections.last_mut() {
                section.moved = Some((from.to_owned(), to.to_owned()));
            }
        } else if line.starts_with("Binary files ") || line == "GIT binary patch" {
            return Err(malformed("A binary file cannot be patched."));
        } else if let Some((numbers, anchor)) = header(line) {
            if sections.is_empty() {
                sections.push(Section::default());
            }
            let (hunk, end) = hunk(lines, at + 1, numbers, anchor);
            push(sections.last_mut().map(|section| &mut section.hunks), hunk)?;
            at = end;
            continue;
        }
        at += 1;
    }
    Ok(sections)
}

fn push(hunks: Option<&mut Vec<Hunk>>, hunk: Hunk) -> Result<(), Refusal> {
    let Some(hunks) = hunks else {
        return Ok(());
    };
    if hunk.lines.iter().any(|line| line.side != Side::Kept) {
        hunks.push(hunk);
    }
    match hunks.len() > MAX_HUNKS {
        true => Err(Refusal::Malformed { why: format!("An edit may have {MAX_HUNKS} hunks.") }),
        false => Ok(()),
    }
}

/// A file's name, without the time that some tools put behind it.
fn name(text: &str) -> String {
    text.split('\t').next().unwrap_or_default().trim_end().to_owned()
}

/// The numbers of a hunk's head: first old line, old lines, new lines.
#[derive(Clone, Copy)]
struct Numbers {
    start: usize,
    old: usize,
    new: usize,
}

/// A hunk's head: its numbers, if it has them, and the line above that it names.
fn header(line: &str) -> Option<(Option<Numbers>, Option<&str>)> {
    let rest = line.strip_prefix("@@")?;
    if let Some((ranges, anchor)) = rest.split_once("@@")
        && let Some(numbers) = numbers(ranges)
    {
        return Some((Some(numbers), Some(anchor.trim()).filter(|anchor| !anchor.is_empty())));
    }
    let anchor = rest.trim().trim_end_matches("@@").trim();
    (rest.is_empty() || rest.starts_with(' ')).then_some((None, Some(anchor).filter(|anchor| !anchor.is_empty())))
}

fn numbers(ranges: &str) -> Option<Numbers> {
    let mut parts = ranges.split_whitespace();
    let (start, old) = range(parts.next()?.strip_prefix('-')?)?;
    let (_, new) = range(parts.next()?.strip_prefix('+')?)?;
    parts.next().is_none().then_some(Numbers { start, old, new })
}

fn range(text: &str) -> Option<(usize, usize)> {
    let (start, count) = text.split_once(',').unwrap_or((text, "1"));
    let number = |text: &str| text.parse::<u32>().ok().map(|number| number as usize);
    Some((number(start)?, number(count)?))
}

/// The hunk whose lines begin at `at`, and where it ends. Its counts tell its lines from a next file's head, and are believed no
/// further: models count badly.
fn hunk(lines: &[&str], mut at: usize, numbers: Option<Numbers>, anchor: Option<&str>) -> (Hunk, usize) {
    let (mut old, mut new) = numbers.map_or((0, 0), |numbers| (numbers.old, numbers.new));
    let mut hunk = Hunk {
        start: numbers.map(|numbers| numbers.start),
        anchor: anchor.map(str::to_owned),
        lines: Vec::new(),
        old_end: Newline::Ended,
        new_end: Newline::Ended,
    };
    while let Some(line) = lines.get(at) {
        let counted = old > 0 || new > 0;
        let next = lines.get(at + 1).copied().unwrap_or_default();
        let begins_file = !counted && line.starts_with("--- ") && next.starts_with("+++ ");
        let blank_end = line.is_empty() && !counted && lines[at..].iter().all(|line| ends_hunk(line));
        if begins_file || blank_end || line.starts_with("@@") || line.starts_with("diff --git ") || line.starts_with("*** ") {
            break;
        }
        let (side, text) = match line.as_bytes().first() {
            Some(b' ') => (Side::Kept, &line[1..]),
            Some(b'-') => (Side::Removed, &line[1..]),
            Some(b'+') => (Side::Added, &line[1..]),
            Some(b'\\') => {
                bare(&mut hunk);
                at += 1;
                continue;
            }
            None => (Side::Kept, ""),
            Some(_) if counted => (Side::Kept, *line),
            Some(_) => break,
        };
        old = old.saturating_sub(usize::from(side != Side::Added));
        new = new.saturating_sub(usize::from(side != Side::Removed));
        hunk.lines.push(Line { side, text: text.to_owned() });
        at += 1;
    }
    (hunk, at)
}

fn ends_hunk(line: &str) -> bool {
    line.is_empty() || line.starts_with("```")
}

/// The last line has no newline.
fn bare(hunk: &mut Hunk) {
    match hunk.lines.last().map(|line| line.side) {
        Some(Side::Removed) => hunk.old_end = Newline::Bare,
        Some(Side::Added) => hunk.new_end = Newline::Bare,
        Some(Side::Kept) => (hunk.old_end, hunk.new_end) = (Newline::Bare, Newline::Bare),
        None => {}
    }
}

fn envelope(lines: &[&str]) -> Result<Vec<FilePatch>, Refusal> {
    let mut files = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at].trim_end();
        at += 1;
        if line == "*** End Patch" {
            return Ok(files);
        }
        if let Some(path) = line.strip_prefix("*** Delete File: ") {
            files.push(FilePatch { path: path.to_owned(), what: What::Delete });
        } else if let Some(path) = line.strip_prefix("*** Add File: ") {
            let end = at + lines[at..].iter().take_while(|line| line.starts_with('+')).count();
            let text: String = lines[at..end].iter().map(|line| format!("{}\n", &line[1..])).collect();
            files.push(FilePatch { path: path.to_owned(), what: What::Add(Edit::Whole(Whole { text, tail: Tail::AsGiven })) });
            at = end;
        } else if let Some(path) = line.strip_prefix("*** Update File: ") {
            let (what, end) = update(lines, at)?;
            files.push(FilePatch { path: path.to_owned(), what });
            at = end;
        } else if !line.is_empty() {
            return Err(Refusal::Malformed { why: format!("The patch has a line that belongs to no file: {line}") });
        }
    }
    Err(malformed("The patch has no end (*** End Patch)."))
}

fn update(lines: &[&str], mut at: usize) -> Result<(What, usize), Refusal> {
    let to = lines.get(at).and_then(|line| line.strip_prefix("*** Move to: ")).map(|to| to.trim_end().to_owned());
    at += usize::from(to.is_some());
    let mut hunks = Vec::new();
    while let Some(line) = lines.get(at) {
        let (numbers, anchor, begin) = match header(line) {
            Some((numbers, anchor)) => (numbers, anchor, at + 1),
            None if line.trim_end() == "*** End of File" || line.is_empty() => {
                at += 1;
                continue;
            }
            None if line.starts_with("*** ") => break,
            // The first hunk of a file may go without its head.
            None if hunks.is_empty() => (None, None, at),
            None => return Err(Refusal::Malformed { why: format!("The patch has a line that belongs to no hunk: {line}") }),
        };
        let (hunk, end) = hunk(lines, begin, numbers, anchor);
        if end == at {
            return Err(Refusal::Malformed { why: format!("The patch has a line that belongs to no hunk: {line}") });
        }
        push(Some(&mut hunks), hunk)?;
        at = end;
    }
    let edit = (!hunks.is_empty()).then_some(Edit::Hunks(hunks));
    match (to, edit) {
        (Some(to), edit) => Ok((What::Move { to, edit }, at)),
        (None, Some(edit)) => Ok((What::Change(edit), at)),
        (None, None) => Err(malformed("A file of the patch has no changes.")),
    }
}
