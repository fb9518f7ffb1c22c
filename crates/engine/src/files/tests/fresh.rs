//! What is left of a file that is being written, and that everything holds as well on systems that know fewer ways to write one.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use alcove_agent::path::Reach;
use rustix::fs::{AtFlags, OFlags};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch, apply_filter,
};

use super::super::write::Terms;
use super::super::{Expect, FileError};
use super::{World, change, word};

/// What a system refuses: a call with these bits set in one of its arguments, and the answer.
struct Refused {
    call: i64,
    argument: u8,
    bits: u32,
    answer: i32,
}

/// Files without names are not known.
const NO_UNNAMED: Refused =
    Refused { call: libc::SYS_openat, argument: 2, bits: OFlags::TMPFILE.difference(OFlags::DIRECTORY).bits(), answer: libc::EOPNOTSUPP };
/// They are, but get no name.
const NO_NAMING: Refused = Refused { call: libc::SYS_linkat, argument: 4, bits: AtFlags::SYMLINK_FOLLOW.bits(), answer: libc::ENOENT };
/// Nothing moves only to where nothing is.
const NO_SPARING: Refused =
    Refused { call: libc::SYS_renameat2, argument: 4, bits: rustix::fs::RenameFlags::NOREPLACE.bits(), answer: libc::EINVAL };

/// A system, and whether a file has a name in its folder there while it is filled.
struct System {
    refuses: &'static [Refused],
    shows: bool,
}

const SYSTEMS: &[System] = &[
    System { refuses: &[], shows: false },
    System { refuses: &[NO_NAMING], shows: false },
    System { refuses: &[NO_UNNAMED], shows: true },
    System { refuses: &[NO_UNNAMED, NO_SPARING], shows: true },
    System { refuses: &[NO_NAMING, NO_SPARING], shows: false },
];

impl System {
    /// From now on this thread, and those it starts, live on this system.
    fn enter(&self) {
        let arch = TargetArch::try_from(std::env::consts::ARCH).unwrap();
        for refused in self.refuses {
            let bits = u64::from(refused.bits);
            let with = SeccompCondition::new(refused.argument, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(bits), bits).unwrap();
            let rules = BTreeMap::from([(refused.call, vec![SeccompRule::new(vec![with]).unwrap()])]);
            let answer = SeccompAction::Errno(refused.answer.unsigned_abs());
            let filter = SeccompFilter::new(rules, SeccompAction::Allow, answer, arch).unwrap();
            apply_filter(&BpfProgram::try_from(filter).unwrap()).unwrap();
        }
    }
}

/// The names of files that have no place yet.
fn temporary(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with(super::super::TEMPORARY)).collect()
}

#[test]
fn everything_holds_on_every_system() {
    for system in SYSTEMS {
        let on_it = || {
            system.enter();
            shown_while_it_is_filled(system.shows);
            change::every_change_has_its_answer();
            change::rights_are_kept_and_nothing_grows();
            change::a_file_with_several_names_is_replaced();
            change::no_error_leaves_a_file_behind();
            change::what_appears_meanwhile_stays();
            change::nobody_sees_a_half();
        };
        std::thread::scope(|threads| threads.spawn(on_it).join().unwrap());
    }
}

fn shown_while_it_is_filled(shows: bool) {
    let world = World::in_memory();
    let tree = world.tree(Reach::Scope);
    for (path, expect) in [("a", Expect::Anything), ("fresh", Expect::Absent)] {
        let mut names = Vec::new();
        let fill = |file: &mut std::fs::File| {
            file.write_all(b"new")?;
            names = temporary(&world.at("in"));
            Ok(())
        };
        assert_eq!(word(tree.put(&tree.place(path).unwrap(), Terms { expect: &expect, rights: None }, fill)), "done", "{path}");
        assert_eq!(names.len(), usize::from(shows), "{names:?}");
        assert_eq!(std::fs::read_to_string(world.at("in").join(path)).unwrap(), "new");
    }
    assert_eq!(temporary(&world.at("in")), [""; 0]);
}

/// Bytes that are written before the writer is killed.
const HALF_BYTES: usize = 32 << 20;
/// Which of [`SYSTEMS`] the writer is to be on, and where its world is.
const SYSTEM: &str = "ALCOVE_TEST_SYSTEM";
const PLACE: &str = "ALCOVE_TEST_PLACE";
/// The writer's test, and what it says when it is in the middle.
const WRITER: &str = "files::tests::fresh::a_writer_that_does_not_end";
const HALF_WRITTEN: &str = "half written";

#[test]
fn a_writer_that_is_killed_leaves_nothing() {
    for (number, system) in SYSTEMS.iter().enumerate() {
        for path in ["a", "fresh"] {
            let world = World::in_memory();
            let before = world.all("in");
            kill_writer(&world, number, path);
            if system.shows {
                let [left] = &temporary(&world.at("in"))[..] else { panic!("nothing was being written") };
                std::fs::remove_file(world.at("in").join(left)).unwrap();
            }
            assert_eq!(world.all("in"), before, "{number} {path}");
        }
    }
}

/// Starts this very program as a writer, and kills it in the middle.
#[expect(clippy::disallowed_methods, reason = "this very test program")]
fn kill_writer(world: &World, system: usize, path: &str) {
    let mut writer = Command::new("/proc/self/exe")
        .args([WRITER, "--exact", "--nocapture", "--test-threads=1"])
        .env(SYSTEM, system.to_string())
        .env(PLACE, format!("{}/in/{path}", world.path.display()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(writer.stdout.take().unwrap()).lines().map_while(Result::ok);
    let half = said.any(|line| line.contains(HALF_WRITTEN));
    writer.kill().unwrap();
    writer.wait().unwrap();
    assert!(half, "the writer ended by itself");
}

/// Only what starts it for itself waits for it to be killed; it ends when that has gone.
#[test]
fn a_writer_that_does_not_end() {
    let (Ok(system), Ok(place)) = (std::env::var(SYSTEM), std::env::var(PLACE)) else { return };
    let (folder, name) = place.rsplit_once('/').unwrap();
    SYSTEMS[system.parse::<usize>().unwrap()].enter();
    let tree = super::super::Tree::open(Path::new(folder), Reach::Scope, super::super::Own::default()).unwrap();
    let at = tree.place(name).unwrap();
    let stuck = |file: &mut std::fs::File| {
        file.write_all(&vec![b'x'; HALF_BYTES])?;
        writeln!(std::io::stdout(), "{HALF_WRITTEN}")?;
        std::io::stdin().read_to_end(&mut Vec::new())?;
        Err(FileError::changed())
    };
    let done = tree.put(&at, Terms { expect: &Expect::Anything, rights: None }, stuck);
    assert_eq!(word(done), "changed");
}
