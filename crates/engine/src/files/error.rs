//! Why a file tool did not do what was asked: a word that never changes, a status in the numbers of entries §1.2, and words for the model and
//! the thread. It never holds a path outside the scope.

use alcove_agent::path::{Protected, Refusal};
use rustix::io::Errno;

/// Why nothing was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileError {
    /// The word; it never changes.
    pub(crate) code: &'static str,
    /// The status of the record.
    pub(crate) status: u16,
    /// What is so, and what to do about it.
    pub(crate) words: String,
}

impl FileError {
    pub(super) fn new(code: &'static str, status: u16, words: impl Into<String>) -> Self {
        Self { code, status, words: words.into() }
    }

    pub(super) fn outside() -> Self {
        Self::new("outside", 403, "the path leads out of the chat's folder")
    }

    pub(super) fn missing() -> Self {
        Self::new("missing", 404, "there is nothing of that name")
    }

    pub(super) fn changed() -> Self {
        Self::new("changed", 409, "it is not as it was when it was looked at; look again")
    }

    pub(super) fn exists() -> Self {
        Self::new("exists", 409, "there is something of that name already")
    }

    pub(super) fn is_folder() -> Self {
        Self::new("is_folder", 409, "this is a folder")
    }

    pub(super) fn not_a_folder() -> Self {
        Self::new("not_a_folder", 409, "this is no folder, or a name on the way is none")
    }

    pub(super) fn not_a_file() -> Self {
        Self::new("not_a_file", 409, "this is neither a file nor a folder: a device, a pipe, a socket or a file of the system's own")
    }

    pub(super) fn too_large(bytes: u64, limit: u64) -> Self {
        Self::new("too_large", 413, format!("it has {bytes} bytes; {limit} are the most here"))
    }

    pub(super) fn too_many(what: &str, limit: usize) -> Self {
        Self::new("too_many", 413, format!("there are more than {limit} {what}"))
    }

    pub(super) fn binary() -> Self {
        Self::new("binary", 415, "this is no text")
    }

    pub(super) fn root() -> Self {
        Self::new("root", 403, "the chat's folder, and what it lies in, stays where it is")
    }

    pub(super) fn protected(by: Protected) -> Self {
        match by {
            Protected::Git => Self::new("protected", 403, "this belongs to git: use its commands"),
            Protected::Own => Self::new("protected", 403, "this belongs to Alcove"),
        }
    }

    /// A pattern that cannot be read.
    pub(super) fn pattern(why: impl std::fmt::Display) -> Self {
        Self::new("pattern", 400, format!("the pattern cannot be read: {why}"))
    }
}

impl From<Refusal> for FileError {
    fn from(refusal: Refusal) -> Self {
        let status = if refusal == Refusal::Outside { 403 } else { 400 };
        Self::new(refusal.code(), status, refusal.words())
    }
}

impl From<Errno> for FileError {
    fn from(why: Errno) -> Self {
        match why {
            Errno::NOENT => Self::missing(),
            Errno::XDEV => Self::outside(),
            Errno::LOOP => Self::new("loop", 409, "links on the way lead in a circle, or there are too many"),
            Errno::NOTDIR => Self::not_a_folder(),
            Errno::ISDIR => Self::is_folder(),
            Errno::EXIST => Self::exists(),
            Errno::NOTEMPTY => Self::changed(),
            Errno::NXIO | Errno::NODEV => Self::not_a_file(),
            Errno::ACCESS | Errno::PERM => Self::new("denied", 403, "the system does not allow it"),
            Errno::ROFS => Self::new("read_only", 403, "the file system cannot be written to"),
            Errno::NOSPC | Errno::DQUOT => Self::new("no_space", 507, "there is no space left"),
            Errno::FBIG => Self::new("too_large", 413, "the file system takes no file of that size"),
            Errno::NAMETOOLONG => Self::new("name_too_long", 400, "the path or a name in it is too long"),
            Errno::INVAL | Errno::ILSEQ => Self::new("invalid", 400, "the file system knows no such name, or it would lie in itself"),
            Errno::BUSY | Errno::TXTBSY | Errno::AGAIN => Self::new("busy", 409, "it is in use; try again"),
            other => Self::new("failed", 500, format!("the system failed: {other}")),
        }
    }
}

impl From<std::io::Error> for FileError {
    fn from(error: std::io::Error) -> Self {
        match error.raw_os_error() {
            Some(code) => Errno::from_raw_os_error(code).into(),
            None => Self::new("failed", 500, format!("the system failed: {error}")),
        }
    }
}
