//! Looking at files: reading, listing, finding. What a search meets is judged file by file before it is shown.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use alcove_agent::pattern::Pattern;
use alcove_agent::policy::{Access, Effect, Kind, Request, Touch};
use alcove_agent::tool::{Ask, Call, Find, Read, Search};
use alcove_agent::turn::Settled;
use tokio_util::sync::CancellationToken;

use super::settle::{done, failed, unended, unfiled, unopened};
use super::{At, Done, Hands};
use crate::acting::Acting;
use crate::files::{Asked, FileError, Found, Globbed, Letters, Limits, Look, Names, Place, PlaceKind, Query, Stop, Tree, Waiting};
use crate::media::{Attachment, served};

/// Bytes of a file that is read.
const FILE_BYTES: u64 = 4 << 20;
/// Bytes of one answer.
const ANSWER_BYTES: usize = 64 * 1024;
/// Lines of a file that are given when nothing is said.
const LINES: usize = 2_000;
/// Names of a folder that are given.
const NAMES: usize = 500;
/// Files a pattern reads at once.
const FILES: usize = 20;
/// Files a search by name gives.
const FOUND: usize = 500;
/// Matches a search in files gives when nothing is said, and at most.
const MATCHES: u32 = 100;
const MATCHES_MAX: u32 = 1_000;

impl Hands {
    pub(super) async fn look(self: &Arc<Self>, call: &Call, at: &At, ask: Ask, cancel: &CancellationToken) -> Done {
        let (hands, call, at) = (self.clone(), call.clone(), at.clone());
        let (failing, over) = (unended(&call), Arc::new(AtomicBool::new(false)));
        let guard = Waiting(over.clone());
        let acting = self.acting.current();
        let looked = tokio::task::spawn_blocking(move || {
            let tree = match hands.tree(&at) {
                Ok(tree) => tree,
                Err(error) => return Done::of(unopened(&call, &at, &error)),
            };
            let eyes = Eyes { hands: &hands, tree: &tree, at: &at, acting: &acting, over: &over, pictures: RefCell::default() };
            let looked = match ask {
                Ask::Read(read) => eyes.read(&call, &read),
                Ask::List { path, all } => eyes.list(&call, &path, all),
                Ask::Find(find) => eyes.find(&call, &find),
                Ask::Search(search) => eyes.search(&call, &search),
                Ask::Edit { .. }
                | Ask::Patch(_)
                | Ask::Remove { .. }
                | Ask::Move { .. }
                | Ask::Copy { .. }
                | Ask::Show { .. }
                | Ask::Run(_)
                | Ask::Halt { .. }
                | Ask::Fetch { .. }
                | Ask::WebSearch { .. }
                | Ask::Question { .. }
                | Ask::Say { .. } => Ok(failed(&call, 422, "This cannot be looked at.")),
            };
            let pictures = eyes.pictures.into_inner();
            Done { pictures, ..Done::of(looked.unwrap_or_else(|error| unfiled(&call, &error))) }
        });
        let done = tokio::select! {
            looked = looked => looked.unwrap_or_else(|_| Done::of(failing)),
            () = cancel.cancelled() => Done::of(failing),
        };
        drop(guard);
        done
    }
}

/// Whoever looks, and where.
struct Eyes<'a> {
    hands: &'a Hands,
    tree: &'a Tree,
    at: &'a At,
    acting: &'a Acting,
    over: &'a AtomicBool,
    /// Pictures that were met, for the model to see.
    pictures: RefCell<Vec<Attachment>>,
}

impl Eyes<'_> {
    /// Whether a file that was met may be shown.
    fn may_show(&self, call: &Call, path: &str) -> bool {
        let touch = Touch { path: path.to_owned(), real: None, access: Access::Read, tree: false, protected: None };
        let request = Request {
            tool: call.tool.name().to_owned(),
            kind: Kind::Read,
            touches: vec![touch],
            command: None,
            host: None,
            network: false,
        };
        self.hands.judge(&request, self.at, self.acting).effect == Effect::Allow
    }

    fn read(&self, call: &Call, read: &Read) -> Result<Settled, FileError> {
        let (mut paths, mut stopped) = (Vec::new(), None);
        for path in &read.paths {
            if path.contains('*') {
                let found = glob(self.tree, path, (FILES + 1, self.over), |path| self.may_show(call, path))?;
                paths.extend(found.files.into_iter().map(|(path, _)| path));
                // That there are more than are shown is told by their number.
                stopped = stopped.or(found.stopped.filter(|stop| *stop != Stop::Results));
            } else {
                paths.push(path.clone());
            }
        }
        let filter = read.filter.as_deref().map(Pattern::parse);
        let (mut parts, mut bytes) = (Vec::new(), 0);
        let several = read.paths.len() > 1 || read.paths.iter().any(|path| path.contains('*'));
        for path in paths.iter().take(FILES) {
            if read.preview {
                parts.push(path.clone());
                continue;
            }
            match self.one(path, read, filter.as_ref()) {
                Ok(None) => {}
                Ok(Some(text)) => {
                    bytes += text.len();
                    parts.push(if several { format!("--- {path}\n{text}") } else { text });
                }
                Err(error) if several => parts.push(format!("--- {path}\n({})", error.words)),
                Err(error) => return Err(error),
            }
            if bytes > ANSWER_BYTES {
                parts.push("… more files were left out …".to_owned());
                break;
            }
        }
        if paths.len() > FILES {
            parts.push(format!("… only the first {FILES} files are shown …"));
        }
        let cut = stopped.map(|stop| format!("({})", stop.words()));
        if parts.is_empty() {
            let words = [Some(format!("Nothing matches {}.", read.paths.join(", "))), cut];
            return Ok(failed(call, 404, words.into_iter().flatten().collect::<Vec<_>>().join(" ")));
        }
        parts.extend(cut);
        Ok(done(call, parts.join("\n")))
    }

    /// One file's text, or a folder's names; none when the filter does not fit it.
    fn one(&self, path: &str, read: &Read, filter: Option<&Pattern>) -> Result<Option<String>, FileError> {
        let place = self.tree.place(or_top(path))?;
        if place.kind == PlaceKind::Folder {
            return self.names(&place, false).map(Some);
        }
        if let Some(told) = self.picture(path, &place)? {
            return Ok(Some(told));
        }
        let bytes = self.tree.text(&place, FILE_BYTES)?;
        let text = String::from_utf8_lossy(&bytes);
        if filter.is_some_and(|filter| filter.search(&text).is_none()) {
            return Ok(None);
        }
        self.hands.reads.note(&self.at.chat, &place, &bytes);
        Ok(Some(slice(&text, read.line, read.limit)))
    }

    /// Shows the model a picture; none when the file is none.
    fn picture(&self, path: &str, place: &Place) -> Result<Option<String>, FileError> {
        if !matches!(place.kind, PlaceKind::File { .. }) || !served(path).starts_with("image/") {
            return Ok(None);
        }
        let kept = self.hands.media.picture(&mut self.tree.opened(place)?, path)?;
        let Some(picture) = kept else { return Ok(None) };
        let told = format!("{path} is a picture ({}, {} bytes). It is shown to you.", picture.mime, picture.bytes);
        self.pictures.borrow_mut().push(picture);
        Ok(Some(told))
    }

    fn list(&self, call: &Call, path: &str, all: bool) -> Result<Settled, FileError> {
        let place = self.tree.place(or_top(path))?;
        if place.kind == PlaceKind::Absent {
            return Ok(failed(call, 404, format!("There is no folder {path}.")));
        }
        Ok(done(call, self.names(&place, all)?))
    }

    fn names(&self, place: &Place, all: bool) -> Result<String, FileError> {
        let listing = self.tree.list(place, NAMES)?;
        let mut lines = Vec::new();
        for entry in listing.entries.iter().filter(|entry| all || !entry.name.starts_with('.')) {
            lines.push(match (entry.kind, &entry.link) {
                (_, Some(link)) => format!("{} -> {link}", entry.name),
                (PlaceKind::Folder, None) => format!("{}/", entry.name),
                (PlaceKind::File { len, .. }, None) => format!("{} ({len} bytes)", entry.name),
                (PlaceKind::Absent | PlaceKind::Link | PlaceKind::Other, None) => entry.name.clone(),
            });
        }
        if listing.more > 0 {
            lines.push(format!("… {} more …", listing.more));
        }
        Ok(if lines.is_empty() { "(empty)".to_owned() } else { lines.join("\n") })
    }

    fn find(&self, call: &Call, find: &Find) -> Result<Settled, FileError> {
        let place = self.tree.place(or_top(&find.path))?;
        if place.kind == PlaceKind::Absent {
            return Ok(failed(call, 404, format!("There is no folder {}.", find.path)));
        }
        let look = self.looking(Limits { results: FOUND, ..Limits::GLOB });
        let found = self.tree.glob(&place, &Names::read(&find.pattern)?, &look, |path| self.may_show(call, path))?;
        let mut lines: Vec<String> = found.files.into_iter().map(|(path, _)| path).collect();
        if lines.is_empty() {
            lines.push(format!("Nothing matches {}.", find.pattern));
        }
        lines.extend(found.stopped.map(|stop| format!("({})", stop.words())));
        Ok(done(call, lines.join("\n")))
    }

    fn search(&self, call: &Call, search: &Search) -> Result<Settled, FileError> {
        let letters = if search.ignore_case { Letters::Folded } else { Letters::Exact };
        let asked = Asked { pattern: &search.pattern, plain: search.literal, letters, ..Asked::default() };
        let mut query = Query::read(&asked)?;
        query.only = search.glob.iter().map(|glob| Names::read(glob)).collect::<Result<_, _>>()?;
        (query.before, query.after) = (search.context as usize, search.context as usize);
        query.once = search.files_only;
        let results = search.limit.unwrap_or(MATCHES).clamp(1, MATCHES_MAX) as usize;
        let place = self.tree.place(or_top(&search.path))?;
        if place.kind == PlaceKind::Absent {
            return Ok(failed(call, 404, format!("There is no {}.", search.path)));
        }
        let look = self.looking(Limits { results, ..Limits::GREP });
        let found = self.tree.grep(&place, &query, &look, |path| self.may_show(call, path))?;
        Ok(done(call, told(search, &found)))
    }

    fn looking(&self, limits: Limits) -> Look<'_> {
        Look { hidden: false, ignored: false, limits, cancel: self.over }
    }
}

/// A path as it was asked for: the top of the folder is written as a dot, or as nothing.
pub(super) fn or_top(path: &str) -> &str {
    if path.is_empty() { "." } else { path }
}

/// What was found, file by file.
fn told(search: &Search, found: &Found) -> String {
    let mut out = String::new();
    for file in &found.files {
        out.push_str(&format!("{}\n", file.path));
        if search.files_only {
            continue;
        }
        let mut last = 0;
        for line in &file.lines {
            if last > 0 && line.number > last + 1 && search.context > 0 {
                out.push_str("  …\n");
            }
            last = line.number;
            let mark = if line.column.is_some() { ':' } else { '-' };
            out.push_str(&format!("  {}{mark} {}\n", line.number, line.text));
        }
        let kept = file.lines.iter().filter(|line| line.column.is_some()).count() as u64;
        if file.count > kept {
            out.push_str(&format!("  … {} more lines of this file …\n", file.count - kept));
        }
    }
    if out.is_empty() {
        out = format!("Nothing was found in {} files.\n", found.searched);
    }
    if let Some(stop) = found.stopped {
        out.push_str(&format!("({})\n", stop.words()));
    }
    for (count, what) in [(found.large, "too large"), (found.unread, "not readable")] {
        if count > 0 {
            out.push_str(&format!("({count} files were {what})\n"));
        }
    }
    out
}

/// A part of a text by its lines, and where it lies; a whole one as it is.
pub(super) fn slice(text: &str, line: Option<i64>, limit: Option<u64>) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let total = lines.len();
    let first = match line {
        None => 0,
        Some(line) if line < 0 => total.saturating_sub(usize::try_from(line.unsigned_abs()).unwrap_or(usize::MAX)),
        Some(line) => usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1),
    };
    if first >= total && total > 0 {
        return format!("(line {} is past the end: there are {total} lines)", first.saturating_add(1));
    }
    let wanted = limit.map_or(LINES, |limit| usize::try_from(limit).unwrap_or(usize::MAX).max(1));
    let mut out = String::new();
    let mut last = first;
    for line in lines.iter().skip(first).take(wanted) {
        if out.len() + line.len() > ANSWER_BYTES && !out.is_empty() {
            break;
        }
        let cut = line.floor_char_boundary(ANSWER_BYTES);
        out.push_str(line.get(..cut).unwrap_or(line));
        last += 1;
    }
    if first == 0 && last == total {
        return out;
    }
    let end = if out.ends_with('\n') || out.is_empty() { "" } else { "\n" };
    format!("{out}{end}(lines {}–{last} of {total})", first + 1)
}

/// Files of the folder by a pattern of the tag language, sorted, up to a number; only those that may be shown.
pub(super) fn glob(
    tree: &Tree,
    pattern: &str,
    (results, over): (usize, &AtomicBool),
    shown: impl Fn(&str) -> bool,
) -> Result<Globbed, FileError> {
    let look = Look { hidden: true, ignored: true, limits: Limits { results, ..Limits::GLOB }, cancel: over };
    tree.glob(&tree.place(".")?, &Names::Entry(Box::new(Pattern::parse(pattern))), &look, shown)
}
