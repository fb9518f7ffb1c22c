//! What is in a folder: names and what each is, sorted, up to a number. Alcove's own and files that have no place yet are not shown.

use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt as _;

use alcove_agent::path::Protected;
use rustix::fs::AtFlags;
use rustix::io::Errno;

use super::descend::{LISTED, descend, entries, open_at};
use super::error::FileError;
use super::own::{Hidden, protecting};
use super::place::{Place, PlaceKind};
use super::read::moved;
use super::{TEMPORARY, Tree};

/// Names of one folder that are looked at; in a folder with more, which ones is up to the file system.
pub(super) const LOOKED_AT: usize = 100_000;

/// One name in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    /// The name. What is no UTF-8 in it is replaced, and then no path leads there.
    pub(crate) name: String,
    /// What it is; links are not followed.
    pub(crate) kind: PlaceKind,
    /// The text of a link.
    pub(crate) link: Option<String>,
}

/// What is in a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Listing {
    /// The first names, sorted by their bytes.
    pub(crate) entries: Vec<Listed>,
    /// How many more there are.
    pub(crate) more: usize,
}

impl Tree {
    /// Lists a folder, up to `limit` names.
    pub(crate) fn list(&self, at: &Place, limit: usize) -> Result<Listing, FileError> {
        let folder = self.listed(at)?;
        let mut names = names(&folder)?;
        names.sort_unstable();
        let hidden = Hidden::new(&self.own);
        let mut listing = Listing::default();
        for name in names {
            // What goes away meanwhile is not there.
            let Ok(about) = rustix::fs::statat(&folder, &name, AtFlags::SYMLINK_NOFOLLOW) else { continue };
            if hidden.hides(&about) {
                continue;
            }
            if listing.entries.len() == limit {
                listing.more += 1;
                continue;
            }
            let kind = PlaceKind::of(&about);
            let target = (kind == PlaceKind::Link).then(|| rustix::fs::readlinkat(&folder, &name, Vec::new()).ok()).flatten();
            let link = target.map(|target| target.to_string_lossy().into_owned());
            listing.entries.push(Listed { name: name.to_string_lossy().into_owned(), kind, link });
        }
        Ok(listing)
    }

    /// A folder, opened to read its names.
    pub(super) fn listed(&self, at: &Place) -> Result<OwnedFd, FileError> {
        let spot = at.leads.as_ref().map_err(Clone::clone)?;
        match at.kind {
            PlaceKind::Folder => {}
            PlaceKind::Absent => return Err(FileError::missing()),
            PlaceKind::File { .. } | PlaceKind::Link | PlaceKind::Other => return Err(FileError::not_a_folder()),
        }
        let folder = descend(self.base(spot.base)?, &spot.names).map_err(moved)?;
        let own = at.protected == Some(Protected::Own) || protecting(&self.own, &folder)? == Some(Protected::Own);
        if own { Err(FileError::protected(Protected::Own)) } else { Ok(open_at(folder, ".", LISTED)?) }
    }
}

/// The names in a folder, in no order.
pub(super) fn names(folder: &OwnedFd) -> Result<Vec<OsString>, Errno> {
    let mut names = Vec::new();
    for entry in entries(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if !is_temporary(name) {
            names.push(OsString::from_vec(name.to_vec()));
        }
        if names.len() >= LOOKED_AT {
            break;
        }
    }
    Ok(names)
}

fn is_temporary(name: &[u8]) -> bool {
    let digits = name.strip_prefix(TEMPORARY.as_bytes());
    digits.is_some_and(|digits| digits.len() == 16 && digits.iter().all(u8::is_ascii_hexdigit))
}
