//! A walk through a folder and all beneath it, sorted by name, from descriptor to descriptor and through no link. It opens no file; Alcove's own
//! and a repository's own folder are passed over.

use std::ffi::OsStr;
use std::os::fd::OwnedFd;

use alcove_agent::path::{Protected, protected};
use rustix::fs::{AtFlags, FileType, Stat};

use super::Tree;
use super::descend::{LISTED, open_at};
use super::error::FileError;
use super::ignored::{Git, Rules, Says};
use super::limit::{Look, Meter, Stop};
use super::list::names;
use super::own::{Hidden, Id};
use super::place::{Base, Place, PlaceKind};

/// A file or a folder on the way.
pub(super) struct Passed<'w> {
    pub(super) folder: &'w OwnedFd,
    pub(super) name: &'w OsStr,
    pub(super) about: &'w Stat,
    /// Its path from where the walk began; empty when that is the file itself.
    pub(super) beneath: &'w str,
    /// What it is called: as what the walk began at was called.
    pub(super) path: &'w str,
    pub(super) hidden: &'w Hidden<'w>,
    pub(super) is_folder: bool,
}

/// Where a walk is.
struct Walk<'w> {
    look: &'w Look<'w>,
    meter: &'w Meter<'w>,
    hidden: &'w Hidden<'w>,
    rules: Rules,
    /// The whole path without its first slash, for rules.
    whole: String,
    /// Where in it what lies beneath the beginning starts.
    begun: usize,
    /// What the beginning is called, with a slash behind it.
    called: String,
    /// What is not left out, by what it is called.
    shown: &'w dyn Fn(&str) -> bool,
}

impl Tree {
    /// Walks; `visit` ends it. Only files and folders that `shown` does not leave out, under every name they are
    /// known by, are visited; a folder before what is beneath it, and whatever is said of it, that is visited too.
    pub(super) fn walk(
        &self,
        under: &Place,
        (look, meter): (&Look<'_>, &Meter<'_>),
        shown: &dyn Fn(&str) -> bool,
        visit: &mut dyn FnMut(&Passed<'_>) -> Option<Stop>,
    ) -> Result<Option<Stop>, FileError> {
        let spot = under.leads.as_ref().map_err(Clone::clone)?;
        let hidden = Hidden::new(&self.own);
        let real = spot.text();
        if matches!(under.kind, PlaceKind::File { .. }) {
            return self.alone(under, &hidden, shown, visit);
        }
        let folder = self.listed(under)?;
        let mut whole = match spot.base {
            Base::Root => format!("{}/{real}", self.path),
            Base::System => real.clone(),
        };
        whole = whole.trim_matches('/').to_owned();
        let rules = Rules::above(&folder, OsStr::new(&whole), Git::Repositories);
        if !whole.is_empty() {
            whole.push('/');
        }
        let begun = whole.len();
        let called = slashed(&under.named.path);
        let real = slashed(&real);
        // A rule on either name counts.
        let both =
            |path: &str| shown(path) && (called == real || path.strip_prefix(&called).is_none_or(|rest| shown(&format!("{real}{rest}"))));
        let mut walk = Walk { look, meter, hidden: &hidden, rules, whole, begun, called: called.clone(), shown: &both };
        Ok(walk.through(&folder, look.limits.depth, visit))
    }

    /// A file that was named is visited whatever is ignored.
    fn alone(
        &self,
        under: &Place,
        hidden: &Hidden<'_>,
        shown: &dyn Fn(&str) -> bool,
        visit: &mut dyn FnMut(&Passed<'_>) -> Option<Stop>,
    ) -> Result<Option<Stop>, FileError> {
        if under.protected == Some(Protected::Own) {
            return Err(FileError::protected(Protected::Own));
        }
        let spot = under.leads.as_ref().map_err(Clone::clone)?;
        let (folder, name) = self.parent(spot)?;
        let about = rustix::fs::statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
        let path = under.named.path.as_str();
        if !shown(path) || !shown(&spot.text()) {
            return Ok(None);
        }
        Ok(visit(&Passed { folder: &folder, name, about: &about, beneath: "", path, hidden, is_folder: false }))
    }
}

fn slashed(path: &str) -> String {
    if path.is_empty() || path.ends_with('/') { path.to_owned() } else { format!("{path}/") }
}

impl Walk<'_> {
    /// What cannot be opened is passed over, like what goes away meanwhile.
    fn through(&mut self, folder: &OwnedFd, depth: usize, visit: &mut dyn FnMut(&Passed<'_>) -> Option<Stop>) -> Option<Stop> {
        let Ok(mut names) = names(folder) else { return None };
        names.sort_unstable();
        let length = self.whole.len();
        self.rules.enter(folder, length);
        let mut stop = None;
        for name in names.iter().filter_map(|name| name.to_str()) {
            self.whole.push_str(name);
            stop = self.one(folder, name, depth, visit);
            self.whole.truncate(length);
            if stop.is_some() {
                break;
            }
        }
        self.rules.leave();
        stop
    }

    fn one(&mut self, folder: &OwnedFd, name: &str, depth: usize, visit: &mut dyn FnMut(&Passed<'_>) -> Option<Stop>) -> Option<Stop> {
        let mut stop = self.meter.file();
        if stop.is_some() {
            return stop;
        }
        let about = rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        let kind = FileType::from_raw_mode(about.st_mode);
        let is_folder = kind == FileType::Directory;
        if !is_folder && kind != FileType::RegularFile || self.leaves_out(name, &about, is_folder) {
            return None;
        }
        let path = format!("{}{}", self.called, &self.whole[self.begun..]);
        if (self.shown)(&path) {
            let passed = Passed {
                folder,
                name: OsStr::new(name),
                about: &about,
                beneath: &self.whole[self.begun..],
                path: &path,
                hidden: self.hidden,
                is_folder,
            };
            stop = visit(&passed);
        }
        if !is_folder || stop.is_some() {
            return stop;
        }
        let deeper = depth.checked_sub(1)?;
        let inner = open_at(folder, name, LISTED).ok()?;
        // The very folder that was asked about.
        if Id::of_open(&inner).ok()? != Id::of(&about) {
            return None;
        }
        self.whole.push('/');
        self.through(&inner, deeper, visit)
    }

    fn leaves_out(&self, name: &str, about: &Stat, is_folder: bool) -> bool {
        if self.hidden.hides(about) || protected(name) == Some(Protected::Own) || is_folder && protected(name) == Some(Protected::Git) {
            return true;
        }
        let says = if self.look.ignored { Says::Nothing } else { self.rules.say(OsStr::new(&self.whole), is_folder) };
        match says {
            Says::Out => true,
            Says::In => false,
            Says::Nothing => name.starts_with('.') && !self.look.hidden,
        }
    }
}
