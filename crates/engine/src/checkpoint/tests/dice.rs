//! Two hundred turns by chance, edits and commands in any mix: undone, the folder is what it was, byte for byte.

use std::fs;
use std::path::Path;

use super::super::{At, Way};
use super::scene::{Scene, Tree, act};

const TURNS: u64 = 200;

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn draw(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % below
    }

    fn pick<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[usize::try_from(self.draw(all.len() as u64)).unwrap()]
    }
}

/// A path of few names, so that things meet.
fn path(dice: &mut Dice) -> String {
    let depth = 1 + dice.draw(3);
    let names: Vec<&str> = (0..depth).map(|_| *dice.pick(&["a", "b", ".c", "d-e", "ü"])).collect();
    names.join("/")
}

/// One line of a script that can be done now; `None` when chance drew one that cannot.
fn line(dice: &mut Dice, folder: &Path) -> Option<String> {
    let (at, to) = (path(dice), path(dice));
    let meta = |path: &str| fs::symlink_metadata(folder.join(path)).ok();
    let parent = |path: &str| {
        Path::new(path).ancestors().skip(1).all(|above| fs::symlink_metadata(folder.join(above)).is_ok_and(|meta| meta.is_dir()))
    };
    let free = |path: &str| {
        let ancestors = Path::new(path).ancestors().filter(|above| !above.as_os_str().is_empty());
        ancestors.skip(1).all(|above| fs::symlink_metadata(folder.join(above)).map_or(true, |meta| meta.is_dir()))
    };
    let is = meta(&at);
    let folder_there = is.as_ref().is_some_and(fs::Metadata::is_dir);
    let file_there = is.as_ref().is_some_and(fs::Metadata::is_file);
    Some(match dice.draw(10) {
        0..=3 if free(&at) && (is.is_none() || file_there) => {
            let lines: Vec<String> = (0..dice.draw(30)).map(|_| dice.draw(4).to_string()).collect();
            format!("w {at} {}", lines.join("\\n"))
        }
        4 if is.is_some() => format!("rm {at}"),
        5 if file_there => format!("chmod {} {at}", dice.pick(&["644", "755", "600", "640", "4755"])),
        5 if folder_there => format!("chmod {} {at}", dice.pick(&["755", "700", "1777", "2750"])),
        6 if is.is_none() && parent(&at) => format!("ln {to} {at}"),
        7 if is.is_some() && meta(&to).is_none() && parent(&to) && !Path::new(&to).starts_with(&at) => format!("mv {at} {to}"),
        8 if free(&at) && is.is_none() => format!("mkdir {at}"),
        // A file in a folder's place, or the reverse.
        9 if folder_there => format!("rm {at}\nw {at} {to}"),
        9 if is.is_some() => format!("rm {at}\nw {at}/{} {to}", dice.pick(&["a", "b"])),
        _ => return None,
    })
}

fn lines(dice: &mut Dice, scene: &Scene, mut each: impl FnMut(&str)) {
    for _ in 0..1 + dice.draw(4) {
        if let Some(script) = line(dice, &scene.folder()) {
            script.lines().for_each(&mut each);
        }
    }
}

/// One turn: tools, commands, and tools while a command runs.
fn turn(dice: &mut Dice, scene: &Scene, turn: u64) {
    for _ in 0..1 + dice.draw(3) {
        match dice.draw(3) {
            0 => lines(dice, scene, |line| scene.tool(turn, line)),
            1 => {
                let watch = scene.checkpoints.begin(&scene.at(turn)).unwrap();
                lines(dice, scene, |line| act(&scene.folder(), line));
                watch.end().unwrap();
            }
            _ => {
                let first = scene.checkpoints.begin(&scene.at(turn)).unwrap();
                lines(dice, scene, |line| act(&scene.folder(), line));
                lines(dice, scene, |line| scene.tool(turn, line));
                let second = scene.checkpoints.begin(&scene.at(turn)).unwrap();
                lines(dice, scene, |line| act(&scene.folder(), line));
                let (one, other) = if dice.draw(2) == 0 { (first, second) } else { (second, first) };
                one.end().unwrap();
                lines(dice, scene, |line| act(&scene.folder(), line));
                other.end().unwrap();
            }
        }
    }
}

#[test]
fn two_hundred_turns_are_undone_byte_for_byte() {
    let given = std::env::var("ALCOVE_SEED").ok().and_then(|text| text.parse().ok());
    let seed = given.unwrap_or_else(|| u64::from_le_bytes(crate::clock::random::<8>()));
    eprintln!("two hundred turns: ALCOVE_SEED={seed}");
    let mut dice = Dice(seed);
    let mut scene = Scene::new();
    let mut stages: Vec<Tree> = vec![scene.tree()];
    for number in 1..=TURNS {
        turn(&mut dice, &scene, number);
        stages.push(scene.tree());
        let rows = scene.store.read(|reader| reader.turn_checkpoints("c", number)).unwrap();
        assert!(rows.iter().all(|row| !row.mixed), "turn {number}: nobody else was there");
        if dice.draw(4) == 0 {
            scene.whole(number, Way::Revert);
            assert_eq!(scene.tree(), stages[stages.len() - 2], "turn {number} reverted");
            scene.whole(number, Way::Redo);
            assert_eq!(scene.tree(), stages[stages.len() - 1], "turn {number} done again");
        }
        if dice.draw(20) == 0 {
            scene.checkpoints.sweep().unwrap();
            scene.restarted();
        }
    }
    for number in (1..=TURNS).rev() {
        scene.whole(number, Way::Revert);
        assert_eq!(scene.tree(), stages[usize::try_from(number - 1).unwrap()], "turn {number} reverted at last");
    }
    for number in 1..=TURNS {
        scene.whole(number, Way::Redo);
        assert_eq!(scene.tree(), stages[usize::try_from(number).unwrap()], "turn {number} done again at last");
    }
}

/// What the dice draw is captured whoever watches: a chat's own folder beneath another's.
#[test]
fn a_folder_beneath_another_has_its_own_turns() {
    let scene = Scene::new();
    scene.act("mkdir sub");
    let inner = At { chat: "d".to_owned(), folder: scene.folder().join("sub"), ..scene.at(1) };
    let watch = scene.checkpoints.begin(&inner).unwrap();
    scene.act("w sub/a 1\nw b 1");
    assert_eq!(watch.end().unwrap().changed.len(), 1);
}
