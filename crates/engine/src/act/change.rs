//! Changing files: what a call comes to is worked out whole, shown, and written exactly so: each file only if it still is what it was.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use alcove_agent::edit::diff::{Diff, Limits, unified};
use alcove_agent::edit::patch::What as Patched;
use alcove_agent::edit::refusal::Refusal;
use alcove_agent::edit::{self, Digest, Edit, File, MAX_FILE_BYTES, Seen};
use alcove_agent::policy::{Access, What};
use alcove_agent::shown;
use alcove_agent::tool::{Ask, Call};
use alcove_agent::turn::Settled;
use alcove_proto::ChatId;
use alcove_proto::envelope::{FileDiff, FileEdit, FileOperation, ProposedFile, ToolPhase};
use sha2::{Digest as _, Sha256};

use super::prepare::Draft;
use super::seen::Reads;
use super::settle::{done, failed, unedited, unended, unfiled, unopened};
use super::{At, Done, Hands, Prepared, Work};
use crate::chat::Lasting;
use crate::checkpoint::{self, Touching};
use crate::files::{End, Expect, FileError, Globbed, Place, PlaceKind, Sight, Tree};

/// Lines, and bytes, of all differences of a call. A person is shown them whole before they allow it, or is not asked.
const SHOWN_LINES: usize = 20_000;
const SHOWN_BYTES: usize = 1 << 20;
/// Files one call may change.
const FILES_MAX: usize = 500;

/// Digests of contents, by path; of nothing where there is none.
type Contents = BTreeMap<String, Option<[u8; 32]>>;

/// One change of one file.
pub(super) enum FileOp {
    /// It gets this content.
    Write(Write),
    /// It goes away, a folder with what is in it.
    Remove(Place, Sight),
    /// It gets another name.
    Move(Shift),
    /// It is there twice.
    Copy(Shift),
}

/// From where to where, and what stood at both ends when it was looked at.
pub(super) struct Shift {
    from: Place,
    to: Place,
    source: Sight,
    target: Sight,
}

/// A file that gets new content.
pub(super) struct Write {
    place: Place,
    before: Option<Vec<u8>>,
    after: Vec<u8>,
    diff: Diff,
    notes: Vec<String>,
}

/// Where a call works: the chat's folder, and what the model knows of the files in it.
pub(super) struct Ground<'g> {
    pub(super) tree: &'g Tree,
    pub(super) reads: &'g Reads,
    pub(super) chat: &'g ChatId,
}

/// What a call wants with files.
pub(super) enum Intent<'a> {
    Edit(&'a str, &'a Edit),
    Patch(&'a [edit::patch::FilePatch]),
    Remove(Vec<String>),
    Move(&'a str, String),
    Copy(&'a str, String),
}

impl<'a> Intent<'a> {
    /// What a call that changes files wants; none when it changes none.
    pub(super) fn read(call: &'a Call, tree: &Tree) -> Result<Option<Self>, Box<Settled>> {
        Ok(Some(match &call.ask {
            Ask::Edit { path, edit } => Self::Edit(path, edit),
            Ask::Patch(files) => Self::Patch(files),
            Ask::Remove { path, preview } => {
                let paths = matches(call, tree, path)?;
                if *preview {
                    return Err(Box::new(done(call, format!("These would be removed:\n{}", paths.join("\n")))));
                }
                Self::Remove(paths)
            }
            Ask::Move { from, to } => Self::Move(from, into(call, tree, from, to)?),
            Ask::Copy { from, to } => Self::Copy(from, into(call, tree, from, to)?),
            Ask::Read(_)
            | Ask::List { .. }
            | Ask::Find(_)
            | Ask::Search(_)
            | Ask::Show { .. }
            | Ask::Run(_)
            | Ask::Halt { .. }
            | Ask::Fetch { .. }
            | Ask::WebSearch { .. }
            | Ask::Question { .. }
            | Ask::Say { .. } => return Ok(None),
        }))
    }

    /// What it comes to.
    pub(super) fn draft(self, call: &Call, ground: &Ground<'_>) -> Result<Draft, Box<Settled>> {
        let ops = self.ops(call, ground)?;
        let mut touches = Vec::new();
        let (mut files, mut targets) = (BTreeMap::new(), BTreeMap::new());
        for op in &ops {
            op.touch(&mut touches);
            op.digest(&mut files, &mut targets);
        }
        let mut proposed: Vec<ProposedFile> = ops.iter().map(FileOp::proposed).collect();
        let too_much = too_much(&mut proposed);
        Ok(Draft { touches, what: What::Files(files), targets, files: proposed, too_much, work: Work::Change(ops) })
    }

    fn ops(self, call: &Call, ground: &Ground<'_>) -> Result<Vec<FileOp>, Box<Settled>> {
        let tree = ground.tree;
        match self {
            Self::Edit(path, edit) => Ok(vec![write(call, ground, path, edit)?]),
            Self::Patch(patches) => patched(call, ground, patches),
            Self::Remove(paths) => paths.iter().map(|path| removed(call, tree, path)).collect(),
            Self::Move(from, to) => Ok(vec![FileOp::Move(shift(call, tree, (from, &to), End::Name)?)]),
            Self::Copy(from, to) => Ok(vec![FileOp::Copy(shift(call, tree, (from, &to), End::Leads)?)]),
        }
    }
}

/// Where a path leads.
pub(super) fn place(call: &Call, tree: &Tree, path: &str) -> Result<Place, Box<Settled>> {
    tree.place(path).map_err(|error| Box::new(unfiled(call, &error)))
}

fn there(call: &Call, tree: &Tree, path: &str) -> Result<Place, Box<Settled>> {
    let place = place(call, tree, path)?;
    match (place.kind, &place.link) {
        (PlaceKind::Absent, None) => Err(Box::new(failed(call, 404, format!("There is no {path}. Nothing was done.")))),
        _ => Ok(place),
    }
}

/// The files a path means: itself, or with `*` every match.
fn matches(call: &Call, tree: &Tree, path: &str) -> Result<Vec<String>, Box<Settled>> {
    if !path.contains('*') {
        return Ok(vec![path.to_owned()]);
    }
    // One more than may be, to know that there are not more.
    let found = super::look::glob(tree, path, (FILES_MAX + 1, &AtomicBool::new(false)), |_| true);
    let found = found.map_err(|error| Box::new(unfiled(call, &error)))?;
    all(path, found).map_err(|(status, words)| Box::new(failed(call, status, format!("{words} Nothing was done."))))
}

/// All files that match, or why not: some of them alone are never changed as if they were all.
fn all(path: &str, found: Globbed) -> Result<Vec<String>, (u16, String)> {
    let files: Vec<String> = found.files.into_iter().map(|(path, _)| path).collect();
    match (files.len(), found.stopped) {
        (count, _) if count > FILES_MAX => Err((413, format!("More than {FILES_MAX} files match {path}."))),
        (_, Some(stop)) => Err((413, format!("Not every file that matches {path} was found: {}.", stop.words()))),
        (0, None) => Err((404, format!("Nothing matches {path}."))),
        (_, None) => Ok(files),
    }
}

/// Where something goes: into a folder under its own name, or to this very name.
fn into(call: &Call, tree: &Tree, from: &str, to: &str) -> Result<String, Box<Settled>> {
    let target = place(call, tree, to)?;
    if target.kind != PlaceKind::Folder {
        return Ok(to.to_owned());
    }
    let name = from.trim_end_matches('/').rsplit('/').next().unwrap_or(from);
    Ok(format!("{}/{name}", to.trim_end_matches('/')))
}

fn write(call: &Call, ground: &Ground<'_>, path: &str, edit: &Edit) -> Result<FileOp, Box<Settled>> {
    let Ground { tree, reads, chat } = *ground;
    let place = place(call, tree, path)?;
    let before = match place.kind {
        PlaceKind::Absent => None,
        PlaceKind::File { .. } | PlaceKind::Folder | PlaceKind::Link | PlaceKind::Other => {
            Some(tree.read(&place, MAX_FILE_BYTES as u64).map_err(|error| Box::new(unfiled(call, &error)))?)
        }
    };
    let file = File { path: &place.named.path, bytes: before.as_deref(), seen: &reads.of(chat, &place) };
    let change = edit::apply(&file, edit).map_err(|refusal| {
        // Who is told all that has changed knows the file as it is now.
        match (&refusal, &before) {
            (Refusal::Changed { diff: Some(diff), .. }, Some(now)) if !diff.truncated => reads.note(chat, &place, now),
            (Refusal::Changed { .. }, None) => reads.drop_file(chat, &place),
            _ => {}
        }
        Box::new(unedited(call, path, &refusal))
    })?;
    if before.as_deref() == Some(change.after.as_slice()) {
        return Err(Box::new(done(call, format!("{path} is already so; nothing was changed."))));
    }
    let notes = change.notes.iter().map(ToString::to_string).collect();
    Ok(FileOp::Write(Write { place, before, after: change.after, diff: change.diff, notes }))
}

fn removed(call: &Call, tree: &Tree, path: &str) -> Result<FileOp, Box<Settled>> {
    let place = there(call, tree, path)?;
    if place.named.path.is_empty() {
        return Err(Box::new(failed(call, 403, "The chat's folder itself is not removed.")));
    }
    let sight = tree.sight(&place, End::Name).map_err(|error| Box::new(unfiled(call, &error)))?;
    Ok(FileOp::Remove(place, sight))
}

/// Looks at both ends: at the names themselves where something is moved, and where their links lead where it is copied.
fn shift(call: &Call, tree: &Tree, (from, to): (&str, &str), end: End) -> Result<Shift, Box<Settled>> {
    let (source_place, target_place) = (there(call, tree, from)?, place(call, tree, to)?);
    let sight = |at: &Place| tree.sight(at, end).map_err(|error| Box::new(unfiled(call, &error)));
    let (source, target) = (sight(&source_place)?, sight(&target_place)?);
    if end == End::Leads && matches!(source, Sight::Folder(_)) {
        return Err(Box::new(failed(call, 409, format!("{from} is a folder; files are copied one by one. Nothing was done."))));
    }
    if matches!(target, Sight::Folder(_)) {
        return Err(Box::new(failed(call, 409, format!("{to} is a folder, and none is replaced. Nothing was done."))));
    }
    Ok(Shift { from: source_place, to: target_place, source, target })
}

fn patched(call: &Call, ground: &Ground<'_>, patches: &[edit::patch::FilePatch]) -> Result<Vec<FileOp>, Box<Settled>> {
    let tree = ground.tree;
    let mut ops = Vec::with_capacity(patches.len());
    for (index, patch) in patches.iter().enumerate() {
        if patches.iter().take(index).any(|earlier| earlier.path == patch.path) {
            return Err(Box::new(failed(call, 422, format!("The patch speaks of {} twice. Nothing was changed.", patch.path))));
        }
        let exists = place(call, tree, &patch.path)?.kind != PlaceKind::Absent;
        match &patch.what {
            Patched::Add(_) if exists => {
                return Err(Box::new(failed(call, 409, format!("{} is there already. Nothing was changed.", patch.path))));
            }
            Patched::Add(edit) | Patched::Change(edit) => ops.push(write(call, ground, &patch.path, edit)?),
            Patched::Delete => ops.push(removed(call, tree, &patch.path)?),
            Patched::Move { to, edit } => {
                let mut shift = shift(call, tree, (&patch.path, to), End::Name)?;
                if let Some(edit) = edit {
                    let edited = write(call, ground, &patch.path, edit)?;
                    // What is moved then is what the edit has made of it.
                    if let (FileOp::Write(edited), Sight::File { bytes, .. }) = (&edited, &mut shift.source) {
                        *bytes = Digest::of(&edited.after);
                    }
                    ops.push(edited);
                }
                ops.push(FileOp::Move(shift));
            }
        }
    }
    Ok(ops)
}

impl FileOp {
    fn touch(&self, touches: &mut Vec<alcove_agent::policy::Touch>) {
        match self {
            Self::Write(write) => touches.push(write.place.touch(Access::Write)),
            Self::Remove(place, _) => touches.push(place.touch(Access::Remove)),
            Self::Move(Shift { from, to, .. }) => touches.extend([from.touch(Access::Remove), to.touch(Access::Write)]),
            Self::Copy(Shift { from, to, .. }) => touches.extend([from.touch(Access::Read), to.touch(Access::Write)]),
        }
    }

    /// What decides what will happen: contents before and after.
    fn digest(&self, files: &mut Contents, targets: &mut Contents) {
        match self {
            Self::Write(Write { place, before, after, .. }) => {
                bind(files, place, Some(hash(after)));
                bind(targets, place, before.as_deref().map(hash));
            }
            Self::Remove(place, sight) => {
                bind(files, place, None);
                bind(targets, place, Some(sight.digest()));
            }
            Self::Move(Shift { from, to, source, target }) => {
                bind(files, from, None);
                bind(files, to, Some(source.digest()));
                bind(targets, from, Some(source.digest()));
                bind(targets, to, Some(target.digest()));
            }
            Self::Copy(Shift { from, to, source, target }) => {
                bind(files, to, Some(source.digest()));
                bind(targets, from, Some(source.digest()));
                bind(targets, to, Some(target.digest()));
            }
        }
    }

    /// How it is told before it happens; nothing is cut, and what hides in text is made visible.
    pub(super) fn proposed(&self) -> ProposedFile {
        let file = |place: &Place, operation: FileOperation, to: Option<&Place>| ProposedFile {
            path: shown::shown(&place.named.path),
            operation,
            to: to.map(|to| shown::shown(&to.named.path)),
            added: 0,
            deleted: 0,
            diff: None,
            notes: place.real.iter().map(|real| format!("A link: this is {}.", shown::shown(real))).collect(),
        };
        match self {
            Self::Write(write) => {
                let limits = Limits { lines: SHOWN_LINES + 1, chars: usize::MAX };
                let whole = unified(&write.place.named.path, write.before.as_deref().unwrap_or_default(), &write.after, limits);
                let operation = if write.before.is_some() { FileOperation::Change } else { FileOperation::Add };
                let told = file(&write.place, operation, None);
                // What is too much is not shown at all.
                let text = if whole.text.len() > SHOWN_BYTES { whole.text.clone() } else { shown::shown(&whole.text) };
                let diff = FileDiff { text, ..wire(&whole) };
                let notes = told.notes.iter().chain(&write.notes).cloned().collect();
                ProposedFile { added: whole.added, deleted: whole.deleted, diff: Some(diff), notes, ..told }
            }
            Self::Remove(place, sight) => {
                let mut told = file(place, FileOperation::Remove, None);
                told.notes.extend(held(sight));
                told
            }
            Self::Move(Shift { from, to, source, target }) | Self::Copy(Shift { from, to, source, target }) => {
                let operation = if matches!(self, Self::Move(..)) { FileOperation::Move } else { FileOperation::Copy };
                let mut told = file(from, operation, Some(to));
                told.notes.extend(held(source));
                if *target != Sight::Nothing {
                    told.notes.push(format!("{} is there already and is replaced.", shown::shown(&to.named.path)));
                    told.notes.extend(held(target));
                }
                told
            }
        }
    }

    fn paths(&self) -> Vec<PathBuf> {
        let real = |place: &Place| PathBuf::from(place.real.as_ref().unwrap_or(&place.named.path));
        let named = |place: &Place| PathBuf::from(&place.named.path);
        match self {
            Self::Write(write) => vec![real(&write.place)],
            Self::Remove(place, _) => vec![named(place)],
            Self::Move(Shift { from, to, .. }) => vec![named(from), named(to)],
            Self::Copy(Shift { to, .. }) => vec![real(to)],
        }
    }

    fn perform(&self, tree: &Tree) -> Result<(), FileError> {
        match self {
            Self::Write(write) => {
                let expect = write.before.as_deref().map_or(Expect::Absent, |bytes| Expect::Bytes(Digest::of(bytes)));
                tree.write(&write.place, &write.after, &expect)
            }
            Self::Remove(place, sight) => {
                if sight.expect() == Expect::Anything {
                    tree.still(place, End::Name, sight)?;
                }
                tree.remove(place, &sight.expect())
            }
            Self::Move(Shift { from, to, source, target }) => {
                tree.still(from, End::Name, source)?;
                tree.still(to, End::Name, target)?;
                tree.rename(from, to, &target.expect())
            }
            Self::Copy(Shift { from, to, source, target }) => {
                if source.expect() == Expect::Anything {
                    tree.still(from, End::Leads, source)?;
                }
                tree.still(to, End::Leads, target)?;
                tree.copy((from, &source.expect()), to, &target.expect())
            }
        }
    }

    /// What has changed in the file since this was worked out; none when nothing has, or it cannot be read.
    fn since(&self, tree: &Tree) -> Option<String> {
        let Self::Write(Write { place, before, .. }) = self else { return None };
        let now = match tree.read(place, MAX_FILE_BYTES as u64) {
            Ok(now) => Some(now),
            Err(why) if why.code == "missing" => None,
            Err(_) => return None,
        };
        let path = &place.named.path;
        match (before, &now) {
            (before, now) if before == now => None,
            (Some(_), None) => Some(format!("{path} is gone.")),
            (before, now) => {
                let sides = (before.as_deref().unwrap_or_default(), now.as_deref().unwrap_or_default());
                let diff = unified(path, sides.0, sides.1, Limits::CONTRACT);
                Some(format!("{path} was changed by somebody else:\n{}", diff.text))
            }
        }
    }

    /// The file edit of envelope §7.3; only edits have one.
    fn told(&self, call: &Call, at: &At, phase: ToolPhase, error: Option<&str>) -> FileEdit {
        let (place, diff) = match self {
            Self::Write(write) => (&write.place, Some(&write.diff)),
            Self::Remove(place, _) | Self::Move(Shift { from: place, .. }) | Self::Copy(Shift { from: place, .. }) => (place, None),
        };
        let ended = phase == ToolPhase::End;
        let path = &place.named.path;
        let absolute = if path.starts_with('/') { path.clone() } else { format!("{}/{path}", at.scope.project_path.trim_end_matches('/')) };
        FileEdit {
            version: 1,
            call_id: call.id.clone(),
            tool: call.tool.editor().to_owned(),
            path: path.clone(),
            absolute_path: Some(absolute),
            phase,
            added: diff.filter(|_| ended).map_or(0, |diff| diff.added),
            deleted: diff.filter(|_| ended).map_or(0, |diff| diff.deleted),
            approximate: phase == ToolPhase::Start,
            status: match phase {
                ToolPhase::Start => "editing",
                ToolPhase::End => "done",
                ToolPhase::Error => "error",
            }
            .to_owned(),
            operation: matches!(self, Self::Remove(..)).then(|| "delete".to_owned()),
            binary: None,
            error: error.map(|error| error.chars().take(240).collect()),
            pending: None,
            diff: diff.filter(|_| ended).map(wire),
        }
    }

    fn line(&self) -> String {
        match self {
            Self::Write(Write { before: None, place, after, .. }) => format!("Wrote {} ({} bytes).", place.named.path, after.len()),
            Self::Write(Write { place, diff, notes, .. }) => {
                let notes: String = notes.iter().map(|note| format!(" {note}")).collect();
                format!("Changed {} (+{} −{}).{notes}", place.named.path, diff.added, diff.deleted)
            }
            Self::Remove(place, _) => format!("Removed {}.", place.named.path),
            Self::Move(Shift { from, to, .. }) => format!("Moved {} to {}.", from.named.path, to.named.path),
            Self::Copy(Shift { from, to, .. }) => format!("Copied {} to {}.", from.named.path, to.named.path),
        }
    }
}

/// Why a person cannot be shown all of it at once, when they cannot; what is too much is let go of.
fn too_much(files: &mut [ProposedFile]) -> Option<String> {
    let diffs = || files.iter().filter_map(|file| file.diff.as_ref());
    let lines: usize = diffs().map(|diff| diff.text.lines().count()).sum();
    let bytes: usize = diffs().map(|diff| diff.text.len()).sum();
    if lines <= SHOWN_LINES && bytes <= SHOWN_BYTES {
        return None;
    }
    let changed: u64 = files.iter().map(|file| file.added + file.deleted).sum();
    files.iter_mut().for_each(|file| file.diff = None);
    Some(format!(
        "This would have to be shown to a person whole, and it is too much for that: {changed} changed lines, {bytes} bytes to be read; at \
         most {SHOWN_LINES} lines and {SHOWN_BYTES} bytes are shown at once. Nothing was done. Write it in parts."
    ))
}

/// What a yes to this is worth, where that is less or more than one file's bytes.
fn held(sight: &Sight) -> Vec<String> {
    match sight {
        Sight::Folder(inside) => {
            let mut notes = vec![format!("A folder, with everything in it: {} files and folders, {} bytes.", inside.names, inside.bytes)];
            if inside.stamped > 0 {
                notes.push(format!("{} of its files are compared by their length and times only, not by their bytes.", inside.stamped));
            }
            if inside.more {
                notes.push("It has more files than can be compared: what changes in the others until then is not noticed.".to_owned());
            }
            notes
        }
        Sight::Stamped(_) => vec!["It is compared by its length and times only, not by its bytes.".to_owned()],
        Sight::Nothing | Sight::File { .. } | Sight::Link(_) | Sight::Other => Vec::new(),
    }
}

/// Notes what becomes of a place; of one that is spoken of twice, both.
fn bind(contents: &mut Contents, place: &Place, content: Option<[u8; 32]>) {
    let both = |first: &Option<[u8; 32]>| Some(hash(format!("{first:?} {content:?}").as_bytes()));
    let bound = contents.get(&place.named.path).map_or(content, both);
    contents.insert(place.named.path.clone(), bound);
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn wire(diff: &Diff) -> FileDiff {
    FileDiff { format: "unified".to_owned(), context: 3, truncated: diff.truncated, text: diff.text.clone() }
}

impl Hands {
    /// Changes files as it was worked out, each only if it still is what it was; the first that is not ends it.
    pub(super) async fn change(self: &Arc<Self>, call: &Call, at: &At, ops: Vec<FileOp>) -> Done {
        let (hands, call, at) = (self.clone(), call.clone(), at.clone());
        let failing = unended(&call);
        let changed = tokio::task::spawn_blocking(move || hands.change_now(&call, &at, &ops)).await;
        Done::of(changed.unwrap_or(failing))
    }

    fn change_now(&self, call: &Call, at: &At, ops: &[FileOp]) -> Settled {
        let tree = match self.tree(at) {
            Ok(tree) => tree,
            Err(error) => return unopened(call, at, &error),
        };
        let paths: Vec<PathBuf> = ops.iter().flat_map(FileOp::paths).collect();
        let captured = self.capture(at, &paths);
        let touching = match captured {
            Ok(touching) => touching,
            Err(error) => {
                crate::report::problem("a file could not be captured before it was changed", &error);
                return failed(call, 500, format!("Nothing was changed: {error}, so it could not be undone."));
            }
        };
        let (mut lines, mut edits, mut wrong) = (Vec::new(), Vec::new(), None);
        for op in ops {
            let told = call.tool.edits_files();
            if told {
                edits.push(op.told(call, at, ToolPhase::Start, None));
            }
            match op.perform(&tree) {
                Ok(()) => {
                    self.remember(at, op);
                    lines.push(op.line());
                    edits.extend(told.then(|| op.told(call, at, ToolPhase::End, None)));
                }
                Err(error) => {
                    edits.extend(told.then(|| op.told(call, at, ToolPhase::Error, Some(&error.words))));
                    lines.extend(op.since(&tree));
                    wrong = Some(error);
                    break;
                }
            }
        }
        match touching.map(Touching::after_change) {
            None => {}
            Some(Ok(ended)) => lines.extend(ended.notes),
            Some(Err(error)) => {
                crate::report::problem("what became of a file could not be captured", &error);
                lines.push("This change cannot be undone by Alcove: its outcome could not be captured.".to_owned());
            }
        }
        match wrong {
            None => Settled { edits, ..done(call, lines.join("\n")) },
            Some(error) => {
                lines.push(error.words.clone());
                Settled { edits, ..failed(call, error.status, lines.join("\n")) }
            }
        }
    }

    /// What the model knows of files after one was changed by it.
    fn remember(&self, at: &At, op: &FileOp) {
        match op {
            // Of a file it never read it knows no more for having changed a part.
            FileOp::Write(write) if write.before.is_none() || self.reads.of(&at.chat, &write.place) != Seen::Never => {
                self.reads.note(&at.chat, &write.place, &write.after);
            }
            FileOp::Write(_) => {}
            FileOp::Remove(place, _) | FileOp::Copy(Shift { to: place, .. }) => self.reads.drop_file(&at.chat, place),
            FileOp::Move(Shift { from, to, .. }) => {
                self.reads.drop_file(&at.chat, from);
                self.reads.drop_file(&at.chat, to);
            }
        }
    }

    /// What of the files of a call is no longer as it was when the call was worked out, both sides of it; none where all is.
    pub(crate) async fn since(self: &Arc<Self>, prepared: Prepared, at: &At) -> Option<String> {
        let (hands, at) = (self.clone(), at.clone());
        let Work::Change(ops) = prepared.work else { return None };
        let compared = tokio::task::spawn_blocking(move || {
            let tree = hands.tree(&at).ok()?;
            let differences: Vec<String> = ops.iter().filter_map(|op| op.since(&tree)).collect();
            (!differences.is_empty()).then(|| differences.join("\n"))
        });
        compared.await.ok().flatten()
    }

    /// Captures files before they change; nothing of a chat that leaves nothing behind.
    fn capture(&self, at: &At, paths: &[PathBuf]) -> Result<Option<Touching>, checkpoint::Fault> {
        if at.lasting == Lasting::Temporary {
            return Ok(None);
        }
        let named: Vec<&std::path::Path> = paths.iter().map(PathBuf::as_path).collect();
        self.checkpoints.before_change(&at.checkpoint(), &named).map(Some)
    }
}

impl At {
    pub(super) fn checkpoint(&self) -> checkpoint::At {
        checkpoint::At { chat: self.chat.as_str().to_owned(), turn: self.turn, step: 0, folder: self.folder() }
    }
}

#[cfg(test)]
mod tests {
    use super::{FILES_MAX, all};
    use crate::files::{Globbed, PlaceKind, Stop};

    #[test]
    fn some_of_the_files_that_match_are_never_taken_for_all() {
        let told = |count: usize, stopped: Option<Stop>| {
            let files = (0..count).map(|number| (number.to_string(), PlaceKind::Other)).collect();
            all("**/*.o", Globbed { files, stopped }).map(|files| files.len()).map_err(|(status, _)| status)
        };
        assert_eq!(told(0, None), Err(404));
        assert_eq!((told(1, None), told(FILES_MAX, None)), (Ok(1), Ok(FILES_MAX)));
        assert_eq!(told(FILES_MAX + 1, Some(Stop::Results)), Err(413));
        for stop in [Stop::Time, Stop::Files, Stop::Cancelled] {
            assert_eq!((told(3, Some(stop)), told(0, Some(stop))), (Err(413), Err(413)), "{stop:?}");
        }
    }
}
