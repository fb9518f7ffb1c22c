//! Somebody swaps what stands on the way as fast as they can, and nothing ever leads outside.

use std::sync::atomic::{AtomicBool, Ordering};

use alcove_agent::path::Reach;
use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::super::{Expect, Place, Tree};
use super::{World, word};

/// Tries where `ALCOVE_RACE_TRIES` names no other number.
const TRIES: usize = 50_000;
/// What stands outside, and must not be seen inside.
const OUTSIDE: &str = "outside";

/// What became of the tries.
#[derive(Debug, Default)]
struct Tally {
    done: usize,
    refused: usize,
    /// Tries that reached what stands outside.
    outside: usize,
    /// What never should be told.
    odd: Vec<String>,
}

impl Tally {
    fn count(&mut self, what: &str, code: &'static str) {
        match code {
            "done" => self.done += 1,
            "outside" | "changed" | "missing" | "not_a_folder" | "exists" | "is_folder" | "busy" => self.refused += 1,
            code => self.odd.push(format!("{what}: {code}")),
        }
    }

    fn read(&mut self, tree: &Tree, at: &Place) {
        let read = tree.read(at, 64);
        self.outside += usize::from(read.as_deref() == Ok(OUTSIDE.as_bytes()));
        self.count("read", word(read));
    }
}

/// A folder within, a link to one outside and a file take turns at `in/race`; a file and a link outside at `in/last`.
fn race_course() -> World {
    let world = World::in_memory();
    std::fs::create_dir(world.at("in/race")).unwrap();
    for name in ["out/f", "out/g", "target"] {
        world.put(name, OUTSIDE);
    }
    for name in ["in/race/f", "in/as_file", "in/last", "in/steady"] {
        world.put(name, "inside");
    }
    std::os::unix::fs::symlink("../out", world.at("in/as_link")).unwrap();
    std::os::unix::fs::symlink("../target", world.at("in/as_last")).unwrap();
    world
}

fn swap(world: &World, over: &AtomicBool) {
    let (folder, last) = (world.at("in/race"), world.at("in/last"));
    let others = [(&folder, world.at("in/as_link")), (&last, world.at("in/as_last")), (&folder, world.at("in/as_file"))];
    while !over.load(Ordering::Relaxed) {
        for (place, other) in &others {
            // What was just removed comes back with the next writing.
            let _swapped = renameat_with(CWD, *place, CWD, other, RenameFlags::EXCHANGE);
        }
    }
}

fn once(tree: &Tree, number: usize, tally: &mut Tally) {
    let place = |path: &str, tally: &mut Tally| {
        let place = tree.place(path);
        if let Err(why) = &place {
            tally.count(path, why.code);
        }
        // Where the chat may go anywhere, a place that is known to lie outside may be used: that is no race.
        place.ok().filter(|place| place.real.is_none())
    };
    let path = if number.is_multiple_of(2) { "race/f" } else { "last" };
    let Some(at) = place(path, tally) else { return };
    match number / 2 % 8 {
        0..=2 => tally.read(tree, &at),
        3 => tally.count("write", word(tree.write(&at, b"inside", &Expect::Anything))),
        4 => {
            // A moment in which everything may change.
            std::thread::yield_now();
            tally.read(tree, &at);
            tally.count("write new", word(tree.write(&at, b"inside", &Expect::Absent)));
        }
        5 if path == "race/f" => tally.count("remove", word(tree.remove(&at, &Expect::Anything))),
        5 | 6 => {
            let Some(steady) = place("steady", tally) else { return };
            tally.count("copy", word(tree.copy((&steady, &Expect::Anything), &at, &Expect::Anything)));
        }
        _ => {
            let Some(to) = place("race/g", tally) else { return };
            tally.count("move", word(tree.rename(&at, &to, &Expect::Anything)));
            tally.count("write", word(tree.write(&at, b"inside", &Expect::Anything)));
        }
    }
}

#[test]
fn a_race_is_won_by_nobody() {
    let tries = std::env::var("ALCOVE_RACE_TRIES").ok().and_then(|tries| tries.parse().ok()).unwrap_or(TRIES);
    let world = race_course();
    let (inside, outside) = (world.all("in").lines().count(), world.all("out"));
    let trees = [world.tree(Reach::Scope), world.tree(Reach::Scope), world.tree(Reach::Scope), world.tree(Reach::Anywhere)];
    let (over, mut tally, mut led_astray) = (AtomicBool::new(false), Tally::default(), 0);
    let begun = std::time::Instant::now();
    std::thread::scope(|threads| {
        threads.spawn(|| swap(&world, &over));
        for number in 0..tries {
            once(&trees[number / 16 % trees.len()], number, &mut tally);
            // Whoever opens by the path alone is led outside all the time.
            let naive = number.is_multiple_of(64) && std::fs::read_to_string(world.at("in/race/f")).is_ok_and(|text| text == OUTSIDE);
            led_astray += usize::from(naive);
        }
        over.store(true, Ordering::Relaxed);
    });
    let (done, refused) = (tally.done, tally.refused);
    eprintln!(
        "{tries} tries: {done} done, {refused} refused, {} outside; {led_astray} by path alone; {:?}",
        tally.outside,
        begun.elapsed()
    );
    assert_eq!((tally.outside, tally.odd.first()), (0, None));
    assert_eq!(world.all("out"), outside);
    assert_eq!(std::fs::read_to_string(world.at("target")).unwrap(), OUTSIDE);
    assert!(done > 0 && refused > 0 && led_astray > 0, "{done} done, {refused} refused, {led_astray} led astray: no race");
    let after = world.all("in");
    assert!(after.lines().count() <= inside + 4 && !after.contains(".alcove-"), "{after}");
}
