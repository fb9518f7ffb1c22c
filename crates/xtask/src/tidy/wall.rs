//! The walls between the crates: who must not depend on whom. Each row is one line of `cargo tree`, with a control beside it: an edge
//! that is there and must be found by the same question, so that a wall never stands only because nothing is seen.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::error::Error;
use crate::place::Place;
use crate::process::Invocation;

/// How far an edge may reach to count.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// What the crate names itself.
    Direct,
    /// Whatever it pulls in.
    Whole,
}

/// One forbidden edge.
struct Wall {
    from: &'static str,
    reach: Reach,
    never: &'static str,
    /// The edge that must be there: from which crate, to what.
    control: (&'static str, &'static str),
}

#[rustfmt::skip]
const WALLS: &[Wall] = &[
    Wall { from: "alcove-proto", reach: Reach::Whole, never: "tokio", control: ("alcove-engine", "tokio") },
    Wall { from: "alcove-proto", reach: Reach::Whole, never: "rusqlite", control: ("alcove-store", "rusqlite") },
    Wall { from: "alcove-proto", reach: Reach::Whole, never: "alcove-agent", control: ("alcove-engine", "alcove-agent") },
    Wall { from: "alcove-proto", reach: Reach::Whole, never: "alcove-store", control: ("alcove-engine", "alcove-store") },
    Wall { from: "alcove-proto", reach: Reach::Whole, never: "alcove-engine", control: ("alcove-gateway", "alcove-engine") },
    Wall { from: "alcove-proto", reach: Reach::Whole, never: "alcove-gateway", control: ("alcove", "alcove-gateway") },
    Wall { from: "alcove-agent", reach: Reach::Whole, never: "tokio", control: ("alcove-engine", "tokio") },
    Wall { from: "alcove-agent", reach: Reach::Whole, never: "rusqlite", control: ("alcove-store", "rusqlite") },
    Wall { from: "alcove-agent", reach: Reach::Whole, never: "alcove-store", control: ("alcove-engine", "alcove-store") },
    Wall { from: "alcove-agent", reach: Reach::Whole, never: "getrandom", control: ("alcove-gateway", "getrandom") },
    Wall { from: "alcove-store", reach: Reach::Whole, never: "tokio", control: ("alcove-engine", "tokio") },
    Wall { from: "alcove-store", reach: Reach::Whole, never: "alcove-agent", control: ("alcove-engine", "alcove-agent") },
    Wall { from: "alcove-store", reach: Reach::Whole, never: "alcove-engine", control: ("alcove-gateway", "alcove-engine") },
    Wall { from: "alcove-store", reach: Reach::Whole, never: "alcove-gateway", control: ("alcove", "alcove-gateway") },
    Wall { from: "alcove-engine", reach: Reach::Direct, never: "rusqlite", control: ("alcove-store", "rusqlite") },
    Wall { from: "alcove-engine", reach: Reach::Direct, never: "hyper", control: ("alcove-gateway", "hyper") },
    Wall { from: "alcove-engine", reach: Reach::Whole, never: "axum", control: ("alcove-gateway", "axum") },
    Wall { from: "alcove-engine", reach: Reach::Whole, never: "tokio-tungstenite", control: ("alcove-gateway", "tokio-tungstenite") },
    Wall { from: "alcove-engine", reach: Reach::Whole, never: "alcove-gateway", control: ("alcove", "alcove-gateway") },
    Wall { from: "alcove-engine", reach: Reach::Whole, never: "tauri", control: ("alcove", "tauri") },
    Wall { from: "alcove-engine", reach: Reach::Whole, never: "rfd", control: ("alcove", "tauri") },
    Wall { from: "alcove-gateway", reach: Reach::Direct, never: "rusqlite", control: ("alcove-store", "rusqlite") },
    Wall { from: "alcove-gateway", reach: Reach::Direct, never: "reqwest", control: ("alcove-engine", "reqwest") },
    Wall { from: "alcove-gateway", reach: Reach::Direct, never: "alcove-agent", control: ("alcove-engine", "alcove-agent") },
    Wall { from: "alcove-gateway", reach: Reach::Direct, never: "alcove-store", control: ("alcove-engine", "alcove-store") },
    Wall { from: "alcove-gateway", reach: Reach::Whole, never: "tauri", control: ("alcove", "tauri") },
    Wall { from: "alcove-gateway", reach: Reach::Whole, never: "wry", control: ("alcove", "wry") },
    Wall { from: "alcove-gateway", reach: Reach::Whole, never: "gtk", control: ("alcove", "gtk") },
    Wall { from: "alcove-gateway", reach: Reach::Whole, never: "webkit2gtk", control: ("alcove", "webkit2gtk") },
    Wall { from: "alcove-gateway", reach: Reach::Whole, never: "rfd", control: ("alcove", "tauri") },
    Wall { from: "alcove", reach: Reach::Direct, never: "rusqlite", control: ("alcove-store", "rusqlite") },
    Wall { from: "alcove", reach: Reach::Direct, never: "alcove-store", control: ("alcove-engine", "alcove-store") },
    Wall { from: "alcove", reach: Reach::Direct, never: "alcove-agent", control: ("alcove-engine", "alcove-agent") },
    Wall { from: "alcove", reach: Reach::Direct, never: "alcove-engine", control: ("alcove-gateway", "alcove-engine") },
];

/// What each crate depends on, as far as was asked.
type Edges = BTreeMap<(&'static str, Reach), BTreeSet<String>>;

/// Edges that must not be there, and controls that are not.
pub(super) fn findings(place: &Place, told: fn(&str)) -> Result<Vec<String>, Error> {
    let mut edges = Edges::new();
    for wall in WALLS {
        for (from, reach) in [(wall.from, wall.reach), (wall.control.0, wall.reach)] {
            if let Entry::Vacant(unasked) = edges.entry((from, reach)) {
                unasked.insert(dependencies(place, from, reach)?);
            }
        }
    }
    for wall in WALLS {
        told(&line(wall));
    }
    Ok(WALLS.iter().filter_map(|wall| broken(wall, &edges)).collect())
}

fn broken(wall: &Wall, edges: &Edges) -> Option<String> {
    let has = |from: &'static str, to: &str| edges.get(&(from, wall.reach)).is_some_and(|found| found.contains(to));
    if has(wall.from, wall.never) {
        return Some(format!("{} depends on {}, which it never may: {}", wall.from, wall.never, line(wall)));
    }
    let (from, to) = wall.control;
    (!has(from, to)).then(|| format!("the control is lost, {from} does not depend on {to}: {}", line(wall)))
}

fn dependencies(place: &Place, from: &str, reach: Reach) -> Result<BTreeSet<String>, Error> {
    let tree = Invocation::cargo(&["tree", "--quiet", "--package", from, "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    let depth: &[String] = match reach {
        Reach::Direct => &["--depth".to_owned(), "1".to_owned()],
        Reach::Whole => &[],
    };
    let listed = tree.and(depth).within(&place.root).output()?;
    // The first line is the crate itself.
    Ok(listed.lines().skip(1).filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
}

fn line(wall: &Wall) -> String {
    let depth = match wall.reach {
        Reach::Direct => " --depth 1",
        Reach::Whole => "",
    };
    format!("wall: cargo tree -p {}{depth} has no {} (control: {} has {})", wall.from, wall.never, wall.control.0, wall.control.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WALL: Wall = Wall { from: "alcove-agent", reach: Reach::Whole, never: "tokio", control: ("alcove-engine", "tokio") };

    fn edges(agent: &[&str], engine: &[&str]) -> Edges {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Edges::from([(("alcove-agent", Reach::Whole), set(agent)), (("alcove-engine", Reach::Whole), set(engine))])
    }

    #[test]
    fn a_standing_wall_is_not_reported() {
        assert_eq!(broken(&WALL, &edges(&["serde"], &["tokio"])), None);
    }

    #[test]
    fn a_planted_edge_is_reported() {
        assert!(broken(&WALL, &edges(&["serde", "tokio"], &["tokio"])).is_some_and(|finding| finding.contains("never may")));
    }

    #[test]
    fn a_lost_control_is_reported() {
        assert!(broken(&WALL, &edges(&["serde"], &[])).is_some_and(|finding| finding.contains("control is lost")));
    }

    #[test]
    fn an_edge_of_the_real_tree_is_reported_when_it_is_forbidden() {
        let from = "alcove-engine";
        let real = dependencies(&Place::find(), from, Reach::Direct).expect("cargo can list the tree");
        let wall = Wall { from, reach: Reach::Direct, never: "tokio", control: (from, "tokio") };
        assert!(broken(&wall, &Edges::from([((from, Reach::Direct), real)])).is_some_and(|finding| finding.contains("never may")));
    }
}
