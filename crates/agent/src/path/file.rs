//! The path of a file as a model or a client wrote it: normalised without looking, or refused with a code that stays. What comes out is
//! what policy judges and what the engine opens, so that both speak of the same file.

use super::PATH_MAX;
use super::entry::scheme_of;

/// Bytes of the longest name in a path.
const NAME_MAX: usize = 255;
/// Folders a path may go through.
const DEPTH_MAX: usize = 256;

/// How far a path may lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Not out of the chat's folder.
    Scope,
    /// Anywhere.
    Anywhere,
}

/// Where a path starts, and how far it may lead.
#[derive(Clone, Copy, Debug)]
pub struct Bounds<'a> {
    /// The chat's folder, absolute.
    pub root: &'a str,
    /// How far.
    pub reach: Reach,
}

/// A path that can be judged and opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Relative to the chat's folder (empty: the folder itself), or absolute when it lies elsewhere.
    pub path: String,
    /// It ends as only a folder's does.
    pub folder: bool,
    /// It lies in something only its owner changes.
    pub protected: Option<Protected>,
}

/// What is not changed through file tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protected {
    /// A repository's own files: hooks and settings there run commands.
    Git,
    /// Alcove's own files.
    Own,
}

impl Protected {
    /// Its name in results.
    pub fn word(self) -> &'static str {
        match self {
            Self::Git => "git",
            Self::Own => "own",
        }
    }
}

/// Why a path is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no path.
    Empty,
    /// It is longer than an entry path may be.
    TooLong,
    /// A name in it is longer than a file system takes.
    NameTooLong,
    /// It goes through more folders than are followed.
    TooDeep,
    /// It has a control character or a line break.
    Control,
    /// It names an entry or an address.
    Scheme,
    /// It names a drive or a share of another system.
    Drive,
    /// It parts its names as another system does.
    Backslash,
    /// It starts at a home folder.
    Home,
    /// It leads out of the chat's folder.
    Outside,
}

impl Refusal {
    /// The code; it never changes.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::NameTooLong => "name_too_long",
            Self::TooDeep => "too_deep",
            Self::Control => "control",
            Self::Scheme => "scheme",
            Self::Drive => "drive",
            Self::Backslash => "backslash",
            Self::Home => "home",
            Self::Outside => "outside",
        }
    }

    /// What to do about it, for the model and the thread.
    pub fn words(self) -> &'static str {
        match self {
            Self::Empty => "the path is empty",
            Self::TooLong => "the path is longer than 2048 characters",
            Self::NameTooLong => "a name in the path is longer than 255 bytes",
            Self::TooDeep => "the path goes through more than 256 folders",
            Self::Control => "the path has a control character or a line break",
            Self::Scheme => "this is an entry or an address; a file's path has no scheme",
            Self::Drive => "paths with drives or shares are not known here; write it relative to the chat's folder",
            Self::Backslash => "names in a path are parted by /",
            Self::Home => "~ is not followed; write the path relative to the chat's folder",
            Self::Outside => "the path leads out of the chat's folder",
        }
    }
}

/// Reads a file's path. A relative one that climbs above the folder is refused, wherever it would come out.
pub fn file(text: &str, bounds: Bounds<'_>) -> Result<Named, Refusal> {
    shape(text)?;
    let names = climb(text)?;
    let folder = text.ends_with('/') || text.ends_with("/.") || text.ends_with("/..");
    let named = |names: &[&str], before: &str| Named {
        path: format!("{before}{}", names.join("/")),
        folder: folder || names.is_empty(),
        protected: names.iter().find_map(|name| protected(name)),
    };
    if !text.starts_with('/') {
        return Ok(named(&names, ""));
    }
    let root: Vec<&str> = bounds.root.split('/').filter(|name| !name.is_empty()).collect();
    match (names.strip_prefix(root.as_slice()), bounds.reach) {
        (Some(beneath), Reach::Scope | Reach::Anywhere) => Ok(named(beneath, "")),
        (None, Reach::Anywhere) => Ok(named(&names, "/")),
        (None, Reach::Scope) => Err(Refusal::Outside),
    }
}

/// What is wrong with the text before its names are looked at.
fn shape(text: &str) -> Result<(), Refusal> {
    let drive = matches!(text.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic()) && scheme_of(text).is_none();
    if text.is_empty() {
        Err(Refusal::Empty)
    } else if text.chars().any(|letter| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}')) {
        Err(Refusal::Control)
    } else if text.chars().count() > PATH_MAX {
        Err(Refusal::TooLong)
    } else if drive || text.starts_with("\\\\") {
        Err(Refusal::Drive)
    } else if scheme_of(text).is_some() || text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("file:")) {
        Err(Refusal::Scheme)
    } else if text.contains('\\') {
        Err(Refusal::Backslash)
    } else if text == "~" || text.starts_with("~/") {
        Err(Refusal::Home)
    } else {
        Ok(())
    }
}

/// The names of a path without `.` and `..`. Above the root of the system is the root.
fn climb(text: &str) -> Result<Vec<&str>, Refusal> {
    let mut names = Vec::new();
    for name in text.split('/').filter(|name| !matches!(*name, "" | ".")) {
        if name.len() > NAME_MAX {
            return Err(Refusal::NameTooLong);
        }
        if name != ".." {
            names.push(name);
        } else if names.pop().is_none() && !text.starts_with('/') {
            return Err(Refusal::Outside);
        }
        if names.len() > DEPTH_MAX {
            return Err(Refusal::TooDeep);
        }
    }
    Ok(names)
}

/// Whether a name is a protected one as any file system may read it: in another case, in its short form, with a stream or dots behind it, or
/// with characters that some do not see.
pub fn protected(name: &str) -> Option<Protected> {
    let seen: String = name.chars().filter(|letter| !unseen(*letter)).flat_map(char::to_lowercase).collect();
    let seen = seen.split(':').next().unwrap_or_default().trim_end_matches(['.', ' ']);
    let short =
        |stem: &str| seen.strip_prefix(stem).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|digit| digit.is_ascii_digit()));
    match seen {
        ".git" => Some(Protected::Git),
        ".alcove" => Some(Protected::Own),
        _ if short("git~") => Some(Protected::Git),
        _ if short("alcove~") => Some(Protected::Own),
        _ => None,
    }
}

/// What Apple's file system leaves out of comparisons.
fn unseen(letter: char) -> bool {
    matches!(letter, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
}
