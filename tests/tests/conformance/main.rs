//! The contract as cases over real sockets: `cases/*.case`, one file a section, each case on a loopback port and on a Unix socket. The
//! files are data; `step.rs` says what a line can be, `pattern.rs` what a frame must look like. No case is left out silently: a file
//! that is not listed here, a name used twice, or too few cases fail.

mod case;
mod pattern;
mod play;
mod stage;
mod step;

use std::sync::PoisonError;

use case::{Case, Place};
use play::Transcript;
use stage::Stage;

/// Fewer cases than this and something was lost.
const FEWEST_CASES: usize = 500;

macro_rules! sections {
    ($($name:ident),* $(,)?) => {
        const SECTIONS: &[&str] = &[$(stringify!($name)),*];

        $(mod $name {
            #[tokio::test]
            async fn tcp() {
                crate::check(stringify!($name), crate::case::Place::Tcp).await;
            }

            #[tokio::test]
            async fn unix() {
                crate::check(stringify!($name), crate::case::Place::Unix).await;
            }
        })*
    };
}

sections![handshake, legacy, inbound, requests, specials, order, generations, http, settings, scope, media, threads];

/// Plays every case of a section in one place; fails with all that failed.
async fn check(section: &str, place: Place) {
    let wanted = std::env::var("ALCOVE_CASE").unwrap_or_default();
    let mut shared: Option<Stage> = None;
    let mut failed = Vec::new();
    let mut count = 0;
    for (number, case) in cases(section).into_iter().enumerate() {
        if case.only.is_some_and(|only| only != place) || !case.name.contains(&wanted) {
            continue;
        }
        count += 1;
        let transcript = Transcript::default();
        let stage = match (case.own, shared.take()) {
            (false, Some(stage)) => stage,
            (false, None) => Stage::shared(place).await,
            (true, kept) => {
                shared = kept;
                match Stage::own(place, &case).await {
                    Ok(stage) => stage,
                    Err(said) => {
                        failed.push(report(&case, &format!("the gateway did not start: {said}"), &transcript));
                        continue;
                    }
                }
            }
        };
        // A case that panics fails alone.
        let mut played = tokio::task::JoinSet::new();
        played.spawn(play::play(case.clone(), number, stage, transcript.clone()));
        let outcome = played.join_next().await.expect("one case plays");
        match outcome {
            Ok((stage, Ok(()))) if !case.own => shared = Some(stage),
            Ok((_, Ok(()))) => {}
            Ok((_, Err(why))) => failed.push(report(&case, &why, &transcript)),
            Err(panic) => failed.push(report(&case, &format!("{panic}"), &transcript)),
        }
    }
    assert!(failed.is_empty(), "{section} {place:?}: {} of {count} cases failed:\n\n{}", failed.len(), failed.join("\n\n"));
}

/// The cases' folder.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance/cases");

fn cases(section: &str) -> Vec<Case> {
    case::read(&std::fs::read_to_string(format!("{FOLDER}/{section}.case")).expect("the section has a file"))
}

fn report(case: &Case, why: &str, transcript: &Transcript) -> String {
    let heard = transcript.lock().unwrap_or_else(PoisonError::into_inner);
    format!("== {}\n  {why}\n{heard}", case.name)
}

#[test]
fn every_case_has_its_place_and_its_name() {
    let mut files: Vec<String> = std::fs::read_dir(FOLDER)
        .expect("the cases are there")
        .map(|entry| entry.expect("a file has a name").file_name().to_string_lossy().trim_end_matches(".case").to_owned())
        .collect();
    files.sort();
    let mut listed = SECTIONS.to_vec();
    listed.sort_unstable();
    assert_eq!(files, listed, "every file is played");
    let mut names: Vec<String> = SECTIONS.iter().flat_map(|section| cases(section)).map(|case| case.name).collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count, "a name stands for one case");
    assert!(count >= FEWEST_CASES, "{count} cases");
}
