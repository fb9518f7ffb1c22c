//! Where a path really leads: links are read and followed here, one name at a time, from a descriptor. What comes out are names without any
//! link. Opens no file and changes nothing.

use std::ffi::{OsStr, OsString};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};

use alcove_agent::path::{Bounds, Named, Protected, Reach, file, protected};
use rustix::fs::{AtFlags, FileType, Stat};
use rustix::io::Errno;

use super::Tree;
use super::descend::{FOLDER, open_at, step};
use super::error::FileError;
use super::own::{Hidden, Id, is_git, protecting};
use super::place::{Base, Place, PlaceKind, Spot};
use super::read::moved;

/// Links that are followed for one path.
const LINKS: usize = 40;
/// Names a path may consist of once its links are followed.
const NAMES: usize = 512;

impl Tree {
    /// Looks at a path as a model or a client wrote it.
    pub(crate) fn place(&self, text: &str) -> Result<Place, FileError> {
        let named = file(text, Bounds { root: &self.path, reach: self.reach })?;
        self.look(named)
    }

    pub(super) fn look(&self, named: Named) -> Result<Place, FileError> {
        let mut names: Vec<OsString> = named.path.split('/').filter(|name| !name.is_empty()).map(OsString::from).collect();
        let last = names.pop();
        let base = if named.path.starts_with('/') { Base::System } else { Base::Root };
        let mut way = Way::new(self, base)?;
        way.go(names)?;
        let Some(last) = last else {
            return way.place(Name { named, entry: Spot { base, names: Vec::new() }, link: None });
        };
        let mut entry = way.spot();
        entry.names.push(last.clone());
        let link = way.link(&last)?;
        let name = Name { named, entry, link };
        match way.go(vec![last]) {
            Ok(()) => way.place(name),
            Err(why) if name.link.is_some() => self.astray(name, &way, why),
            Err(why) => Err(why),
        }
    }

    /// A link that leads nowhere one may go: it can still be removed and moved.
    fn astray(&self, Name { named, entry, link }: Name, way: &Way<'_>, why: FileError) -> Result<Place, FileError> {
        let folder = way.folder().map_err(FileError::from)?;
        let found = protecting(&self.own, folder)?;
        let protected = named.protected.or_else(|| by_name(&entry)).or(found);
        let target = link.as_deref().unwrap_or_default();
        let from = entry.names.iter().rev().skip(1).rev().map(|name| name.to_string_lossy());
        let real = if target.starts_with('/') { target.to_owned() } else { absolute(&self.path, from, target) };
        Ok(Place { named, kind: PlaceKind::Link, real: Some(real), link, protected, entry, leads: Err(why) })
    }

    pub(super) fn base(&self, base: Base) -> Result<&OwnedFd, FileError> {
        match base {
            Base::Root => Ok(&self.root),
            Base::System => self.system.as_ref().ok_or_else(FileError::outside),
        }
    }
}

/// A name that was looked at: what it is called, where it stands, and its text when it is a link.
struct Name {
    named: Named,
    entry: Spot,
    link: Option<String>,
}

/// Where a link would lead by its text alone, for the person who reads the refusal.
fn absolute<'a>(root: &'a str, from: impl Iterator<Item = std::borrow::Cow<'a, str>>, target: &str) -> String {
    let mut names: Vec<String> = root.split('/').map(str::to_owned).chain(from.map(|name| name.into_owned())).collect();
    for name in target.split('/') {
        match name {
            "" | "." => {}
            ".." => drop(names.pop()),
            name => names.push(name.to_owned()),
        }
    }
    names.retain(|name| !name.is_empty());
    format!("/{}", names.join("/"))
}

fn by_name(spot: &Spot) -> Option<Protected> {
    spot.names.iter().find_map(|name| protected(&name.to_string_lossy()))
}

/// A way that is being walked.
struct Way<'t> {
    tree: &'t Tree,
    base: Base,
    /// The folders gone through, by name and held open.
    folders: Vec<(OsString, OwnedFd)>,
    /// What comes after the last folder: names of what is missing, or the one name of what is no folder.
    rest: Vec<OsString>,
    /// What was found at the end; nothing when it is missing.
    found: Option<Stat>,
    links: usize,
}

impl<'t> Way<'t> {
    fn new(tree: &'t Tree, base: Base) -> Result<Self, FileError> {
        tree.base(base)?;
        Ok(Self { tree, base, folders: Vec::new(), rest: Vec::new(), found: None, links: 0 })
    }

    /// The last folder gone through.
    fn folder(&self) -> Result<&OwnedFd, Errno> {
        match self.folders.last() {
            Some((_, fd)) => Ok(fd),
            None => self.tree.base(self.base).map_err(|_| Errno::XDEV),
        }
    }

    fn spot(&self) -> Spot {
        let names = self.folders.iter().map(|(name, _)| name).chain(&self.rest).cloned().collect();
        Spot { base: self.base, names }
    }

    /// The text of a link that has this name here.
    fn link(&self, name: &OsStr) -> Result<Option<String>, FileError> {
        if !self.rest.is_empty() {
            return Ok(None);
        }
        match rustix::fs::readlinkat(self.folder()?, name, Vec::new()) {
            Ok(target) => Ok(Some(target.to_string_lossy().into_owned())),
            Err(Errno::INVAL | Errno::NOENT) => Ok(None),
            Err(why) => Err(why.into()),
        }
    }

    fn go(&mut self, names: Vec<OsString>) -> Result<(), FileError> {
        let mut todo: Vec<OsString> = names.into_iter().rev().collect();
        while let Some(name) = todo.pop() {
            if self.folders.len() + self.rest.len() + todo.len() > NAMES {
                return Err(Errno::NAMETOOLONG.into());
            }
            match (name.as_bytes(), self.found) {
                (b"." | b"", _) => {}
                (_, Some(_)) => return Err(FileError::not_a_folder()),
                (b"..", None) if self.rest.is_empty() => self.up()?,
                (b"..", None) => return Err(FileError::missing()),
                (_, None) if !self.rest.is_empty() => self.rest.push(name),
                (_, None) => self.down(name, &mut todo)?,
            }
        }
        Ok(())
    }

    fn down(&mut self, name: OsString, todo: &mut Vec<OsString>) -> Result<(), FileError> {
        let about = match rustix::fs::statat(self.folder()?, &name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => {
                self.rest.push(name);
                return Ok(());
            }
            about => about?,
        };
        match FileType::from_raw_mode(about.st_mode) {
            FileType::Symlink => self.follow(&name, todo),
            FileType::Directory => self.enter(name),
            FileType::RegularFile
            | FileType::Fifo
            | FileType::Socket
            | FileType::CharacterDevice
            | FileType::BlockDevice
            | FileType::Unknown => {
                self.rest.push(name);
                self.found = Some(about);
                Ok(())
            }
        }
    }

    fn enter(&mut self, name: OsString) -> Result<(), FileError> {
        let inner = step(self.folder()?, &name).map_err(moved)?;
        // Come back to the chat's folder by its absolute name, one is in the chat's folder.
        if self.base == Base::System && Id::of_open(&inner)? == self.tree.id {
            self.base = Base::Root;
            self.folders.clear();
        } else {
            self.folders.push((name, inner));
        }
        Ok(())
    }

    fn follow(&mut self, name: &OsStr, todo: &mut Vec<OsString>) -> Result<(), FileError> {
        self.links += 1;
        if self.links > LINKS {
            return Err(Errno::LOOP.into());
        }
        let target = match rustix::fs::readlinkat(self.folder()?, name, Vec::new()) {
            Err(Errno::INVAL) => return Err(FileError::changed()),
            target => OsString::from_vec(target?.into_bytes()),
        };
        let mut names: Vec<&OsStr> = parts(&target).collect();
        if target.as_bytes().starts_with(b"/") {
            let root: Vec<&OsStr> = parts(OsStr::new(&self.tree.path)).collect();
            match (names.strip_prefix(root.as_slice()), self.tree.reach) {
                (Some(beneath), Reach::Scope | Reach::Anywhere) => {
                    names = beneath.to_vec();
                    self.base = Base::Root;
                }
                (None, Reach::Anywhere) => self.base = Base::System,
                (None, Reach::Scope) => return Err(FileError::outside()),
            }
            self.folders.clear();
        }
        todo.extend(names.into_iter().rev().map(OsStr::to_owned));
        Ok(())
    }

    fn up(&mut self) -> Result<(), FileError> {
        if self.folders.pop().is_some() || self.base == Base::System {
            return Ok(());
        }
        let system = self.tree.base(Base::System)?;
        let mut folders: Vec<(OsString, OwnedFd)> = Vec::new();
        for name in parts(OsStr::new(&self.tree.path)) {
            let inner = open_at(folders.last().map_or(system, |(_, fd)| fd), name, FOLDER)?;
            folders.push((name.to_owned(), inner));
        }
        folders.pop();
        (self.base, self.folders) = (Base::System, folders);
        Ok(())
    }

    fn place(self, Name { named, entry, link }: Name) -> Result<Place, FileError> {
        let spot = self.spot();
        let folder = self.folder()?;
        let mut found = protecting(&self.tree.own, folder)?;
        if let (None, Some(about)) = (found, &self.found) {
            found = self.tree.protecting_file(folder, about);
        }
        let protected = [named.protected, by_name(&entry), by_name(&spot), found];
        // Alcove's own are not even read: that it is so must not hide behind a repository's name.
        let own = protected.iter().flatten().find(|kind| **kind == Protected::Own);
        let protected = own.or_else(|| protected.iter().flatten().next()).copied();
        let kind = match (&self.found, self.rest.is_empty()) {
            (Some(about), _) => PlaceKind::of(about),
            (None, true) => PlaceKind::Folder,
            (None, false) => PlaceKind::Absent,
        };
        if named.folder && !matches!(kind, PlaceKind::Folder | PlaceKind::Absent) {
            return Err(FileError::not_a_folder());
        }
        let real = Some(spot.text()).filter(|text| *text != named.path);
        Ok(Place { named, kind, real, link, protected, entry, leads: Ok(spot) })
    }
}

impl Tree {
    /// What protects a file by what it is: it has a name among Alcove's own, or is a repository's `.git` under another.
    pub(super) fn protecting_file(&self, folder: &OwnedFd, about: &Stat) -> Option<Protected> {
        if Hidden::new(&self.own).hides(about) {
            return Some(Protected::Own);
        }
        is_git(folder, Id::of(about)).then_some(Protected::Git)
    }
}

fn parts(path: &OsStr) -> impl Iterator<Item = &OsStr> {
    path.as_bytes().split(|byte| *byte == b'/').filter(|part| !part.is_empty()).map(OsStr::from_bytes)
}
