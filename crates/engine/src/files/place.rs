//! A path that was looked at: what it is called, where it really leads, what is there, and what of that policy must know. Looking changes
//! nothing; what is done later is done to the very names that were found here, or not at all.

use std::ffi::OsString;

use alcove_agent::edit::Digest;
use alcove_agent::path::{Named, Protected};
use alcove_agent::policy::{Access, Touch};
use rustix::fs::{FileType, Mode, Stat};

use super::error::FileError;

/// Where names without any link begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    /// The chat's folder.
    Root,
    /// The top of the system.
    System,
}

/// Names without any link among them, one step down each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) base: Base,
    pub(super) names: Vec<OsString>,
}

impl Spot {
    /// As people write it: relative to the chat's folder, or absolute.
    pub(super) fn text(&self) -> String {
        let names: Vec<_> = self.names.iter().map(|name| name.to_string_lossy()).collect();
        let top = if self.base == Base::System { "/" } else { "" };
        format!("{top}{}", names.join("/"))
    }
}

/// What is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlaceKind {
    /// Nothing.
    Absent,
    /// A regular file.
    File {
        /// Bytes.
        len: u64,
        /// Its rights, as `chmod` has them.
        mode: u32,
        /// It has other names as well.
        shared: bool,
    },
    /// A folder.
    Folder,
    /// A link that leads nowhere that may be gone to.
    Link,
    /// A device, a pipe or a socket.
    Other,
}

impl PlaceKind {
    pub(super) fn of(about: &Stat) -> Self {
        match FileType::from_raw_mode(about.st_mode) {
            FileType::RegularFile => Self::File {
                len: u64::try_from(about.st_size).unwrap_or_default(),
                mode: Mode::from_raw_mode(about.st_mode).bits(),
                shared: about.st_nlink > 1,
            },
            FileType::Directory => Self::Folder,
            FileType::Symlink => Self::Link,
            FileType::Fifo | FileType::Socket | FileType::CharacterDevice | FileType::BlockDevice | FileType::Unknown => Self::Other,
        }
    }
}

/// A path that was looked at.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// What it is called.
    pub(crate) named: Named,
    /// What is there, where links lead.
    pub(crate) kind: PlaceKind,
    /// Where links lead, when that is another name: relative to the chat's folder, or absolute.
    pub(crate) real: Option<String>,
    /// What the name itself holds when it is a link: its text.
    pub(crate) link: Option<String>,
    /// It lies, by name or in truth, in something only its owner changes.
    pub(crate) protected: Option<Protected>,
    /// The name itself: what is removed or moved.
    pub(super) entry: Spot,
    /// Where its links lead: what is read or written.
    pub(super) leads: Result<Spot, FileError>,
}

impl Place {
    /// What policy is told of it: links are followed for reading and writing, never for removing.
    pub(crate) fn touch(&self, access: Access) -> Touch {
        let real = match access {
            Access::Read | Access::Write => self.real.clone(),
            Access::Remove => Some(self.entry.text()).filter(|text| *text != self.named.path),
        };
        let tree = self.kind == PlaceKind::Folder && (self.link.is_none() || access != Access::Remove);
        Touch { path: self.named.path.clone(), real, access, tree, protected: self.protected }
    }
}

/// What must be so, right before something is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expect {
    /// Whatever it is.
    Anything,
    /// There is nothing.
    Absent,
    /// There is a file of these bytes.
    Bytes(Digest),
}
