//! Walks over a folder and sees what is in it, with contents as far as the limits go. Ignored files are left alone, hidden ones are not;
//! links are not followed and other file systems not entered.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use alcove_store::CheckpointKind as Kind;

use super::ground::{DEPTH, Folder, Found, Ground, absent};
use super::look::{FILE_BYTES, Reader, Seen, stated};
use crate::files::{Rules, Says};

/// Bytes of contents one walk keeps.
const SCAN_BYTES: u64 = 256 << 20;
/// Files whose contents one walk keeps.
const SCAN_FILES: usize = 50_000;
/// Names one walk looks at.
const SCAN_NAMES: usize = 200_000;

/// What there was, by path.
pub(super) type Map = HashMap<PathBuf, Seen>;

/// What a walk saw.
#[derive(Debug, Default)]
pub(super) struct Scanned {
    /// What there is.
    pub(super) map: Map,
    /// The uppermost paths that were left alone.
    pub(super) left: HashSet<PathBuf>,
    /// Whether there was more than is looked at.
    pub(super) cut: bool,
}

/// A walk.
pub(super) struct Scan<'a> {
    ground: &'a Ground,
    reader: Reader<'a>,
    /// What was known before: what has not changed is taken from there, and what had a content is read again whatever the limits say.
    known: &'a Map,
    rules: Option<Rules>,
    bytes: u64,
    files: usize,
    seen: Scanned,
}

impl<'a> Scan<'a> {
    pub(super) fn new(ground: &'a Ground, reader: Reader<'a>, known: &'a Map) -> Self {
        Self { ground, reader, known, rules: None, bytes: 0, files: 0, seen: Scanned::default() }
    }

    /// Everything in the folder that is not ignored.
    pub(super) fn whole(mut self) -> io::Result<Scanned> {
        let root = self.ground.root()?;
        self.rules = Some(root.rules_above());
        self.walk(&root)?;
        self.known_but_unseen();
        Ok(self.seen)
    }

    /// What is at these paths and beneath them, ignored or not.
    pub(super) fn paths(mut self, paths: &[PathBuf]) -> io::Result<Scanned> {
        for path in paths {
            let Some(meta) = self.ground.meta(path)? else {
                self.seen.map.insert(path.clone(), Seen { side: absent(), meta: None });
                continue;
            };
            let seen = self.at(path, &meta)?;
            self.seen.map.insert(path.clone(), seen);
            if meta.kind == Kind::Folder {
                self.walk(&self.ground.folder(path)?)?;
            }
        }
        Ok(self.seen)
    }

    /// What is at one path, not beneath it.
    pub(super) fn one(mut self, path: &Path) -> io::Result<Seen> {
        match self.ground.meta(path)? {
            Some(meta) => self.at(path, &meta),
            None => Ok(Seen { side: absent(), meta: None }),
        }
    }

    fn walk(&mut self, folder: &Folder<'_>) -> io::Result<()> {
        if let Some(rules) = &mut self.rules {
            folder.enter_rules(rules);
        }
        for found in folder.list()? {
            if self.seen.map.len() >= SCAN_NAMES {
                self.seen.cut = true;
                break;
            }
            self.found(folder, found)?;
        }
        if let Some(rules) = &mut self.rules {
            rules.leave();
        }
        Ok(())
    }

    fn found(&mut self, folder: &Folder<'_>, found: Found) -> io::Result<()> {
        let is_folder = found.meta.kind == Kind::Folder;
        let says = self.rules.as_ref().map(|rules| rules.say(&self.ground.ruled(&found.path), is_folder));
        let ignored = says == Some(Says::Out);
        if ignored || found.foreign {
            self.seen.left.insert(found.path);
            return Ok(());
        }
        let name = found.path.file_name().unwrap_or_default();
        let seen = match found.meta.kind {
            Kind::File => self.file(&found, || folder.open(name)),
            Kind::Link => folder.read_link(name).map(|target| link(&found, target)),
            Kind::Folder | Kind::Other | Kind::Absent => Ok(stated(&found.meta)),
        };
        match seen {
            Ok(seen) => self.seen.map.insert(found.path.clone(), seen),
            // It has gone meanwhile.
            Err(_) => return Ok(()),
        };
        if !is_folder {
            return Ok(());
        }
        match folder.enter(&found) {
            Ok(inner) if found.path.components().count() < DEPTH => self.walk(&inner),
            Ok(_) | Err(_) => {
                // What cannot be looked into is as it was, as far as anybody can say.
                self.seen.left.insert(found.path);
                Ok(())
            }
        }
    }

    /// A file with its content, within the limits.
    fn file(&mut self, found: &Found, open: impl Fn() -> io::Result<std::fs::File>) -> io::Result<Seen> {
        let known = self.known.get(&found.path);
        let had_content = known.is_some_and(|known| known.side.hash.is_some());
        let fits = self.files < SCAN_FILES && self.bytes.saturating_add(found.meta.size) <= SCAN_BYTES;
        let same = known.filter(|known| known.meta == Some(found.meta));
        if let Some(same) = same.filter(|_| !had_content) {
            return Ok(same.clone());
        }
        if found.meta.size > FILE_BYTES || !(fits || had_content) {
            return Ok(stated(&found.meta));
        }
        self.files += 1;
        self.bytes += found.meta.size;
        let seen = self.reader.file(&found.meta, open)?;
        Ok(unread(seen, known))
    }

    /// One path, without what is beneath.
    fn at(&mut self, path: &Path, meta: &super::ground::Meta) -> io::Result<Seen> {
        let found = Found { path: path.to_owned(), meta: *meta, foreign: false };
        match meta.kind {
            Kind::File => self.file(&found, || self.ground.open(path)),
            Kind::Link => Ok(link(&found, self.ground.read_link(path)?)),
            Kind::Folder | Kind::Other | Kind::Absent => Ok(stated(meta)),
        }
    }

    /// What was there and was not come by: gone, or there still and ignored by now.
    fn known_but_unseen(&mut self) {
        let known = self.known;
        let unseen: Vec<&PathBuf> = known.keys().filter(|path| !self.seen.map.contains_key(*path)).collect();
        for path in unseen {
            let seen = match self.ground.meta(path) {
                Ok(None) => continue,
                Ok(Some(meta)) => self.at(path, &meta).ok(),
                Err(_) => known.get(path).cloned(),
            };
            self.seen.map.extend(seen.map(|seen| (path.clone(), seen)));
        }
    }
}

/// A file whose content cannot be read any more but that is as it was has the content it had.
fn unread(mut seen: Seen, known: Option<&Seen>) -> Seen {
    let Some((known, before, now)) = known.and_then(|known| Some((known, known.meta?, seen.meta?))) else { return seen };
    let same = (before.device, before.inode, before.size, before.changed) == (now.device, now.inode, now.size, now.changed);
    if seen.side.hash.is_none() && same && known.side.hash.is_some() {
        seen.side = alcove_store::CheckpointSide { mode: now.mode, ..known.side.clone() };
    }
    seen
}

fn link(found: &Found, target: Vec<u8>) -> Seen {
    let mut seen = stated(&found.meta);
    seen.side.target = Some(target);
    seen
}

/// Whether a path or one above it is among these.
pub(super) fn beneath_any(path: &Path, tops: &HashSet<PathBuf>) -> bool {
    path.ancestors().any(|above| tops.contains(above))
}
