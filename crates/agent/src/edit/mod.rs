//! Edits of one file. [`apply`] is the one function that makes both the preview a person sees and the bytes that are written, so
//! that nothing but what was shown can happen (entries §3.4, §12.1). It reads and writes no file: bytes go in, bytes come out.

pub mod diff;
pub mod form;
pub mod hunk;
pub mod note;
pub mod patch;
pub mod probe;
pub mod refusal;
pub mod sed;

mod conflict;
mod fuzzy;
mod lines;
mod literal;
mod nearest;
mod pairs;
mod place;
mod text;

use sha2::{Digest as _, Sha256};

use diff::{Diff, Limits};
use hunk::Hunk;
use note::Note;
use refusal::Refusal;
use sed::Sed;
use text::Text;

/// Bytes a file may have to be edited.
pub const MAX_FILE_BYTES: usize = 16 << 20;
/// Bytes a file may have after the edit; a replacement in very many places can make it grow.
pub const MAX_RESULT_BYTES: usize = 32 << 20;

/// What is to become of a file's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// The text is all there will be.
    Whole(Whole),
    /// Pieces of text are looked for and replaced, one after the other; all of them or none.
    Blocks(Vec<Block>),
    /// Hunks of a unified diff or of a patch; all of them or none.
    Hunks(Vec<Hunk>),
    /// Expressions as `sed` has them, one after the other; all of them or none.
    Sed(Vec<Sed>),
}

/// New content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// The content.
    pub text: String,
    /// What its last newline is worth.
    pub tail: Tail,
}

/// What the last newline of a new content is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// It is as given: a tool call says exactly what it means.
    AsGiven,
    /// A tag's body cannot say it: it stays as the file has it, and a new file gets one.
    Kept,
}

/// A piece of text and what takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The piece; absent when the replacement is the whole new content.
    pub search: Option<String>,
    /// What takes its place, as it is: nothing in it is expanded.
    pub replace: String,
    /// Where it is looked for.
    pub times: Times,
    /// What is left where nothing takes a whole line's place.
    pub emptied: Emptied,
    /// Other readings of the same block, when lines of its own text look like its separator.
    pub readings: Vec<Reading>,
}

/// Another reading of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The piece.
    pub search: String,
    /// What takes its place.
    pub replace: String,
}

impl Block {
    /// A block with one reading that leaves empty lines where they are.
    pub fn new(search: Option<String>, replace: String, times: Times) -> Self {
        Self { search, replace, times, emptied: Emptied::Kept, readings: Vec::new() }
    }
}

/// How often a piece may occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// Everywhere (entries §3.4); the preview says where.
    Every,
    /// Once; more is refused with all the places.
    Once,
}

/// What is left of a whole line that nothing replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emptied {
    /// An empty line.
    Kept,
    /// Nothing.
    Gone,
}

/// The SHA-256 of a file's bytes, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Digest(String);

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// A digest that was kept: 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        fits.then(|| Self(text.to_owned()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What was known of the file when the edit was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Nothing yet: this is the first look.
    Never,
    /// There was no file.
    Absent,
    /// These bytes, by their digest; with them, a refusal can show what has changed.
    Bytes(Digest, Option<Vec<u8>>),
}

/// A file as it is now.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Its path, as people see it.
    pub path: &'a str,
    /// Its bytes; absent when there is none.
    pub bytes: Option<&'a [u8]>,
    /// What was known of it when the edit was shown.
    pub seen: &'a Seen,
}

/// What an edit comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The file's new bytes.
    pub after: Vec<u8>,
    /// The digest of the bytes it was made from; absent when there was no file.
    pub before: Option<Digest>,
    /// The difference, as envelope §7.3 limits it.
    pub diff: Diff,
    /// What a person must know besides the difference.
    pub notes: Vec<Note>,
}

impl Change {
    /// Whether any piece was found only by looking past differences.
    pub fn is_fuzzy(&self) -> bool {
        self.notes.iter().any(Note::is_fuzzy)
    }

    /// What must be true of the file when the change is applied.
    pub fn seen(&self, before: Option<&[u8]>) -> Seen {
        match &self.before {
            Some(digest) => Seen::Bytes(digest.clone(), before.map(<[u8]>::to_vec)),
            None => Seen::Absent,
        }
    }
}

/// What `edit` makes of `file`, or why nothing comes of it. The same input gives the same bytes and the same difference, always.
pub fn apply(file: &File<'_>, edit: &Edit) -> Result<Change, Refusal> {
    unchanged_since(file)?;
    let text = match file.bytes {
        Some(bytes) => Text::read(bytes)?,
        None => Text::none(),
    };
    let mut notes = Vec::new();
    let after = match edit {
        Edit::Whole(whole) => text.write_whole(&whole.text, whole.tail),
        Edit::Blocks(blocks) => text.write(&place::blocks(&text, blocks, &mut notes)?),
        Edit::Hunks(hunks) => text.write(&hunk::apply(&text, hunks, &mut notes)?),
        Edit::Sed(_) if !text.exists() => return Err(Refusal::Missing),
        Edit::Sed(chain) if sed::speaks_of_returns(chain) => sed::apply(text.raw(), chain, &mut notes)?.into_bytes(),
        Edit::Sed(chain) => text.write(&sed::apply(text.body(), chain, &mut notes)?),
    };
    if after.len() > MAX_RESULT_BYTES {
        return Err(Refusal::TooLarge { bytes: after.len(), limit: MAX_RESULT_BYTES });
    }
    let diff = diff::unified(file.path, file.bytes.unwrap_or_default(), &after, Limits::CONTRACT);
    Ok(Change { after, before: file.bytes.map(Digest::of), diff, notes })
}

/// [`probe::probe`].
pub fn probe(case: &serde_json::Value) -> serde_json::Value {
    probe::probe(case)
}

fn unchanged_since(file: &File<'_>) -> Result<(), Refusal> {
    let found = file.bytes.map(Digest::of);
    let (expected, bytes) = match file.seen {
        Seen::Never => return Ok(()),
        Seen::Absent => (None, None),
        Seen::Bytes(digest, bytes) => (Some(digest.clone()), bytes.as_deref()),
    };
    if expected == found {
        return Ok(());
    }
    let diff = match (&expected, bytes) {
        (None, _) => Some(diff::unified(file.path, b"", file.bytes.unwrap_or_default(), Limits::CONTRACT)),
        (Some(_), Some(bytes)) => Some(diff::unified(file.path, bytes, file.bytes.unwrap_or_default(), Limits::CONTRACT)),
        (Some(_), None) => None,
    };
    Err(Refusal::Changed { expected, found, diff })
}
