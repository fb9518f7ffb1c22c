//! A world of its own for a command, as arguments of bubblewrap: what is there, where, and what lies over it. Starts nothing.

use std::ffi::OsString;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::Hold;
use super::bounds::{Bounds, Network, Right, Shares};
use super::metadata::{self, Held};
use super::places::{DEVICES, Found, NAMES, SYSTEM, outermost};

/// Where the system keeps the program; a command's own folders are never looked in.
const PLACES: &[&str] =
    &["/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap", "/run/current-system/sw/bin/bwrap", "/run/wrappers/bin/bwrap"];
/// The home in there.
pub(super) const HOME: &str = "/run/alcove/home";
/// Where temporary files go in there.
pub(super) const TEMPORARY: &str = "/tmp";
/// Where the program lies that becomes the command.
const CONFINE: &str = "/run/alcove/confine";
/// Folders that are empty at first and only there.
const EMPTY: &[&str] = &[TEMPORARY, "/var/tmp", "/run"];

/// The system's program, and what it can.
#[derive(Clone, Debug)]
pub(super) struct Bubblewrap {
    pub(super) program: PathBuf,
    /// Whether it can forbid further user namespaces itself; the filter does in any case.
    pub(super) forbids: bool,
}

/// Finds it: owned by the system, and nobody else's to change.
pub(super) fn find() -> Option<PathBuf> {
    let trusted =
        |path: &PathBuf| path.metadata().is_ok_and(|about| about.is_file() && about.uid() == 0 && about.permissions().mode() & 0o022 == 0);
    PLACES.iter().map(PathBuf::from).find(trusted)
}

/// What a world is made of.
pub(super) struct World<'a> {
    pub(super) hold: &'a Hold,
    /// The program that becomes the command.
    pub(super) confine: &'a Path,
    /// Tools of the home.
    pub(super) tools: &'a [Found],
    /// What is out of reach, without links.
    pub(super) hidden: &'a [PathBuf],
    /// The metadata of the folder's repositories.
    pub(super) repositories: &'a [PathBuf],
}

/// One step of making it; outer folders come before what lies in them, and in one folder what comes later lies over what came before.
struct Step {
    at: PathBuf,
    words: Vec<OsString>,
}

impl World<'_> {
    /// What the command is held to once it is in there.
    pub(super) fn bounds(&self) -> Bounds {
        let hold = self.hold;
        let grants = if hold.full {
            vec![(Right::Write, PathBuf::from("/"))]
        } else {
            let own = ["/dev/shm", HOME, TEMPORARY, "/var/tmp"].map(PathBuf::from);
            let mut grants = vec![(Right::Read, PathBuf::from("/")), (Right::Use, PathBuf::from("/dev"))];
            grants.extend(own.into_iter().chain([hold.folder.clone()]).map(|path| (Right::Write, path)));
            grants
        };
        let network = if hold.reaches_out() { Network::All } else { Network::Own };
        Bounds { network, shares: Shares::Nothing, grants, variables: hold.env.clone() }
    }

    /// The arguments, up to the command.
    pub(super) fn arguments(&self, bubblewrap: &Bubblewrap) -> Vec<OsString> {
        let fixed = ["--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try"];
        let mut words: Vec<OsString> =
            fixed.iter().chain(&["--die-with-parent", "--new-session", "--cap-drop", "ALL"]).map(OsString::from).collect();
        if !self.hold.reaches_out() {
            words.push("--unshare-net".into());
        }
        if bubblewrap.forbids {
            words.push("--disable-userns".into());
        }
        let mut steps = if self.hold.full { self.whole() } else { self.narrow() };
        steps.extend(self.masks(&steps));
        steps.sort_by_key(|step| step.at.components().count());
        words.extend(steps.into_iter().flat_map(|step| step.words));
        let confine = if self.hold.full { self.confine.into() } else { OsString::from(CONFINE) };
        words.extend(["--chdir".into(), self.hold.cwd.clone().into(), "--".into(), confine]);
        words
    }

    /// The system as it is.
    fn whole(&self) -> Vec<Step> {
        let mut steps = vec![bind("--dev-bind", Path::new("/")), made("--proc", "/proc")];
        if self.hidden.iter().any(|hidden| self.hold.folder.starts_with(hidden)) {
            steps.push(bind("--bind", &self.hold.folder));
        }
        steps
    }

    /// The system's own folders, tools, and the chat's folder.
    fn narrow(&self) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        let names = if self.hold.reaches_out() { NAMES } else { &[] };
        steps.extend(SYSTEM.iter().chain(names).filter_map(|path| system(Path::new(path))));
        steps.extend([made("--proc", "/proc"), made("--dev", "/dev")]);
        steps.extend(EMPTY.iter().map(|path| made("--tmpfs", path)));
        steps.extend([made("--dir", HOME), placed("--ro-bind", self.confine, Path::new(CONFINE))]);
        for tool in outermost(self.tools) {
            steps.push(bind("--ro-bind", &tool.real));
            steps.push(placed("--symlink", &tool.real, &Path::new(HOME).join(tool.name)));
        }
        steps.push(bind("--bind", &self.hold.folder));
        steps.extend(metadata::held(self.repositories).into_iter().map(held));
        steps
    }

    /// What lies over what must not be seen. What is not in this world needs nothing over it.
    fn masks(&self, steps: &[Step]) -> Vec<Step> {
        let seen = |hidden: &&PathBuf| steps.iter().any(|step| step.shows() && hidden.starts_with(&step.at));
        let mask = |hidden: &PathBuf| {
            if hidden.is_dir() { vec![made_at("--tmpfs", hidden)] } else { vec![placed("--ro-bind", Path::new(DEVICES[0]), hidden)] }
        };
        self.hidden.iter().filter(seen).flat_map(mask).collect()
    }
}

impl Step {
    /// Whether it lets something of the system be seen.
    fn shows(&self) -> bool {
        self.words.first().is_some_and(|word| word.to_string_lossy().ends_with("bind"))
    }
}

fn system(path: &Path) -> Option<Step> {
    let about = path.symlink_metadata().ok()?;
    if about.is_symlink() { Some(placed("--symlink", &std::fs::read_link(path).ok()?, path)) } else { Some(bind("--ro-bind", path)) }
}

fn held(held: Held) -> Step {
    match held {
        Held::InPlace(path) => bind("--bind", &path),
        Held::Fixed(path) => bind("--ro-bind", &path),
        Held::Empty(path) => {
            let mut step = made_at("--tmpfs", &path);
            step.words.extend(["--remount-ro".into(), path.into()]);
            step
        }
    }
}

fn bind(how: &str, path: &Path) -> Step {
    placed(how, path, path)
}

fn placed(how: &str, what: &Path, at: &Path) -> Step {
    Step { at: at.to_owned(), words: vec![how.into(), what.into(), at.into()] }
}

fn made(how: &str, at: &str) -> Step {
    made_at(how, Path::new(at))
}

fn made_at(how: &str, at: &Path) -> Step {
    Step { at: at.to_owned(), words: vec![how.into(), at.into()] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(hold: &Hold, hidden: &[PathBuf]) -> String {
        let repositories = if hold.full { vec![] } else { metadata::repositories(&hold.folder) };
        let world = World { hold, confine: Path::new("/app/alcove"), tools: &[], hidden, repositories: &repositories };
        let words = world.arguments(&Bubblewrap { program: "/usr/bin/bwrap".into(), forbids: true });
        words.iter().map(|word| word.to_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    fn hold(folder: &Path) -> Hold {
        Hold { folder: folder.to_owned(), cwd: folder.to_owned(), full: false, network: false, env: vec![] }
    }

    #[test]
    fn the_folder_is_writable_but_for_its_metadata_and_what_is_ours() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        std::fs::create_dir_all(at(".git/hooks")).unwrap();
        std::fs::create_dir_all(at("data")).unwrap();
        std::fs::write(at(".git/config"), "").unwrap();
        std::fs::write(at("socket"), "").unwrap();
        let text = arguments(&hold(place.path()), &[at("data"), at("socket"), "/elsewhere/data".into()]);
        let folder = place.path().to_str().unwrap();
        let order = [
            "--tmpfs /tmp".to_owned(),
            format!("--bind {folder} {folder}"),
            format!("--bind {folder}/.git {folder}/.git"),
            format!("--tmpfs {folder}/data"),
            format!("--ro-bind /dev/null {folder}/socket"),
            format!("--ro-bind {folder}/.git/hooks {folder}/.git/hooks"),
            format!("--ro-bind {folder}/.git/config {folder}/.git/config"),
            format!("--chdir {folder} -- {CONFINE}"),
        ];
        let places: Vec<usize> =
            order.iter().map(|words| text.find(words.as_str()).unwrap_or_else(|| panic!("{words} in {text}"))).collect();
        assert!(places.is_sorted(), "{text}");
        assert!(text.contains("--unshare-net") && text.contains("--disable-userns") && !text.contains("/elsewhere"));
    }

    #[test]
    fn a_folder_inside_what_is_hidden_is_seen_and_the_rest_is_not() {
        let place = tempfile::tempdir().unwrap();
        let data = place.path().join("data");
        std::fs::create_dir_all(data.join("workspace")).unwrap();
        let hold = Hold { full: true, network: false, ..hold(&data.join("workspace")) };
        let text = arguments(&hold, std::slice::from_ref(&data));
        let (data, folder) = (data.display(), hold.folder.display());
        assert!(text.contains(&format!("--dev-bind / / --proc /proc --tmpfs {data} --bind {folder} {folder}")), "{text}");
        assert!(!text.contains("--unshare-net") && text.ends_with("-- /app/alcove"), "{text}");
    }
}
