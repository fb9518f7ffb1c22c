//! The sandbox, tried: what a command must not be able to do and what it must, at both levels that hold commands and without one, as an
//! ordinary user. Level 3 lets nothing through; level 2 what is named; a level that does not work here is an error, never a lower one.

mod controls;
mod probes;
mod stage;

use std::process::Output;
use std::time::Duration;

use alcove_tests::processes;
use controls::CONTROLS;
use probes::{Outcome, PROBES};
use stage::{Binary, How, Stage, program};

const PRELUDE: &str = include_str!("prelude.py");
/// How a probe ends that got through.
const THROUGH: i32 = 42;
/// Most of what level 2 may let through.
const NAMED_LIMIT: usize = 4;
/// Most a command's start may take in the middle; on a quiet machine it is below 50 ms also at level 3.
const START_LIMIT_MS: f64 = 500.0;
/// How long what should have ended may still be there.
const END_LIMIT: Duration = Duration::from_secs(2);
/// Starts measured.
const STARTS: &str = "20";

const L1: How<'static> = How { level: Some("l1"), flags: &[], folder: None };
const L2: How<'static> = How { level: Some("l2"), flags: &[], folder: None };
const L3: How<'static> = How { level: Some("l3"), flags: &[], folder: None };

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)).trim().to_owned()
}

/// Runs a probe; what became of it, and what it said.
fn tried(stage: &Stage, how: How<'_>, script: &str) -> (Outcome, String) {
    let whole = format!(
        "{PRELUDE}\ntry:\n    exec({script:?})\nexcept OSError as error:\n    print('held:', error)\n    sys.exit(0)\nsys.exit({THROUGH})\n"
    );
    let output = stage.run(how, &["/usr/bin/python3", "-c", &whole]);
    let outcome = match output.status.code() {
        Some(0) => Outcome::Held,
        Some(THROUGH) => Outcome::Through,
        code => panic!("the probe itself failed ({code:?}): {script}\n{}", said(&output)),
    };
    (outcome, said(&output))
}

/// Runs all probes at a level; the names of those that went otherwise than the table says, and of those that got through.
fn probed(how: How<'_>, expected: fn(&probes::Probe) -> Outcome) -> (Vec<String>, Vec<&'static str>) {
    let binary = Binary::new();
    let mut stage = Stage::new(&binary);
    let (mut wrong, mut through) = (Vec::new(), Vec::new());
    for probe in PROBES {
        let (outcome, said) = tried(&stage, how, probe.script);
        let wanted = expected(probe);
        if wanted != Outcome::Either && wanted != outcome {
            wrong.push(format!("{}: {outcome:?} instead of {wanted:?}: {said}", probe.name));
        }
        let harmed = stage.harmed();
        let reached = stage.reached();
        if outcome == Outcome::Through {
            through.push(probe.name);
            stage = Stage::new(&binary);
        } else if how.level != L1.level && (!harmed.is_empty() || reached > 0) {
            wrong.push(format!("{}: said that it was held, but harmed {harmed:?}, reached {reached}", probe.name));
            stage = Stage::new(&binary);
        }
    }
    (wrong, through)
}

fn worked(how: How<'_>) -> usize {
    let binary = Binary::new();
    let stage = Stage::new(&binary);
    let mut failed = Vec::new();
    for control in CONTROLS {
        let output = stage.run(how, &["/bin/sh", "-c", control.script]);
        let last = String::from_utf8_lossy(&output.stdout).lines().last().unwrap_or_default().trim().to_owned();
        if output.status.code() != Some(control.code) || last != control.says {
            failed.push(format!("{}: {:?}: {}", control.name, output.status.code(), said(&output)));
        }
    }
    assert!(failed.is_empty(), "{how:?}\n{}", failed.join("\n"));
    CONTROLS.len()
}

#[test]
fn the_probes_are_worth_something() {
    let (wrong, through) = probed(L1, |probe| probe.alone);
    eprintln!("without a sandbox: {} of {} probes get through", through.len(), PROBES.len());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn level_3_lets_nothing_through() {
    let (wrong, through) = probed(L3, |_| Outcome::Held);
    eprintln!("level 3: {} of {} probes get through; {} of {} controls work", through.len(), PROBES.len(), worked(L3), CONTROLS.len());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn level_2_lets_through_what_is_named() {
    let (wrong, through) = probed(L2, |probe| probe.l2);
    eprintln!(
        "level 2: {} of {} probes get through: {through:?}; {} of {} controls work",
        through.len(),
        PROBES.len(),
        worked(L2),
        CONTROLS.len()
    );
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(through.len() <= NAMED_LIMIT, "{through:?}");
    assert!(PROBES.len() >= 60);
}

/// What a chat that may leave its folder can do, and what it cannot all the same.
#[test]
fn a_full_chat_reaches_everything_but_alcove() {
    let binary = Binary::new();
    let can = [
        "write(OUT + '/full'); os.unlink(OUT + '/full')",
        "finds(read(OUT + '/file'))",
        "finds(read(HOME + '/.ssh/id_ed25519'))",
        "socket.create_connection(('127.0.0.1', TCP), 2)",
        "runs('mkdir', HOME + '/project/made')",
    ];
    let own = |probe: &&probes::Probe| OWN.iter().any(|words| probe.name.contains(words)) && !probe.name.contains("lists");
    let cannot: Vec<&str> = PROBES.iter().filter(own).map(|probe| probe.script).collect();
    assert!(cannot.len() >= 12, "{}", cannot.len());
    for how in [L2, L3] {
        let how = How { flags: &["--full"], ..how };
        let mut stage = Stage::new(&binary);
        check(&mut stage, how, &can, &cannot);
    }
}

/// Probes that concern Alcove itself, whatever a chat may do.
const OWN: &[&str] =
    &["Alcove", "descriptor", "a socket", "program's memory", "program's environment", "traces", "ends a program", "types into"];

#[test]
fn a_network_is_no_way_to_alcove() {
    let binary = Binary::new();
    let can = [
        "socket.create_connection(('127.0.0.1', TCP), 2)",
        "socket.getaddrinfo('localhost', 80)",
        "s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()",
    ];
    let names = ["Alcove", "a socket", "raw", "packets", "kernel's events", "reads a file outside", "machine's host"];
    let cannot: Vec<&str> =
        PROBES.iter().filter(|probe| names.iter().any(|words| probe.name.contains(words))).map(|probe| probe.script).collect();
    for how in [L2, L3] {
        let how = How { flags: &["--network"], ..how };
        let mut stage = Stage::new(&binary);
        check(&mut stage, how, &can, &cannot);
    }
}

/// Level 3 has a network without anybody in it: programs can be tried against themselves.
#[test]
fn level_3_talks_to_itself() {
    let binary = Binary::new();
    let mut stage = Stage::new(&binary);
    let can = [
        "s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(); socket.create_connection(s.getsockname(), 2)",
        "import pty; pty.openpty()",
        "import multiprocessing; multiprocessing.Lock()",
    ];
    check(&mut stage, L3, &can, &["socket.create_connection(('127.0.0.1', TCP), 2)"]);
}

/// A chat in the home has its files, and neither keys nor what is ours.
#[test]
fn a_home_keeps_its_secrets() {
    let binary = Binary::new();
    let can = [
        "finds(read(OUT + '/file'))",
        "write('outside/mine'); os.unlink('outside/mine')",
        "finds('|'.join(os.listdir('.')).encode(), 'project')",
    ];
    let names = ["Alcove's keys", "Alcove's database", "key for hosts", "key for clouds", "key beside a tool", "Alcove's socket"];
    let cannot: Vec<&str> =
        PROBES.iter().filter(|probe| names.iter().any(|words| probe.name.contains(words))).map(|probe| probe.script).collect();
    for how in [L2, L3] {
        let mut stage = Stage::new(&binary);
        check(&mut stage, How { folder: Some("home"), ..how }, &can, &cannot);
    }
}

/// The folder of chats that chose none lies in the data folder.
#[test]
fn a_chat_in_alcoves_own_workspace_works() {
    let binary = Binary::new();
    let own = |probe: &&probes::Probe| probe.name.contains("Alcove") && !probe.name.contains("lists");
    let cannot: Vec<&str> = PROBES.iter().filter(own).map(|probe| probe.script).collect();
    for how in [L2, L3] {
        for flags in [&[] as &[&str], &["--full"]] {
            let mut stage = Stage::new(&binary);
            check(
                &mut stage,
                How { folder: Some("home/data/workspace"), flags, ..how },
                &["write('mine'); finds(read('mine'), 'probe'); os.rename('mine', 'yours'); os.unlink('yours')"],
                &cannot,
            );
        }
    }
}

fn check(stage: &mut Stage<'_>, how: How<'_>, can: &[&str], cannot: &[&str]) {
    for (scripts, wanted) in [(can, Outcome::Through), (cannot, Outcome::Held)] {
        for script in scripts {
            let (outcome, said) = tried(stage, how, script);
            assert_eq!(outcome, wanted, "{how:?}: {script}\n{said}");
            assert_eq!(stage.harmed(), Vec::<String>::new(), "{how:?}: {script}");
        }
    }
}

/// A library that is loaded into everything a command starts is loaded only into what is held already.
#[test]
fn variables_reach_nothing_that_is_not_held() {
    let binary = Binary::new();
    for (how, loaded_outside) in [(L1, true), (L2, false), (L3, false)] {
        let stage = Stage::new(&binary);
        let mark = stage.at("home/marked");
        let source = format!(
            "#include <stdio.h>\n__attribute__((constructor)) static void f(void) {{ FILE *m = fopen(\"{}\", \"w\"); if (m) fclose(m); }}\n",
            mark.display()
        );
        std::fs::write(stage.at("home/project/mark.c"), source).expect("a file of ours");
        let library = stage.at("home/project/mark.so");
        let built = program("gcc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(stage.at("home/project/mark.c")).status();
        assert!(built.is_ok_and(|status| status.success()), "gcc");
        let preload = format!("LD_PRELOAD={}", library.display());
        let output = stage.run(How { flags: &["--set", &preload], ..how }, &["/bin/sh", "-c", "/bin/true; echo $LD_PRELOAD"]);
        assert!(said(&output).contains("mark.so"), "{}", said(&output));
        assert_eq!(mark.exists(), loaded_outside, "{how:?}");
    }
}

/// What a command leaves running in a world of its own ends with it.
#[tokio::test]
async fn a_world_ends_with_its_command() {
    let binary = Binary::new();
    let stage = Stage::new(&binary);
    let mark = format!("86395.{}", std::process::id());
    let output = stage.run(L3, &["/bin/sh", "-c", &format!("setsid sleep {mark} > /dev/null 2>&1 & sleep 0; echo started")]);
    assert_eq!(said(&output), "started");
    tokio::time::timeout(END_LIMIT, processes::gone(&mark)).await.expect("it does not run on");
}

/// In a place where no further world can be made, level 3 is an error in words, and what is found by itself is level 2, which says why.
#[test]
fn no_level_is_ever_lowered() {
    let binary = Binary::new();
    let stage = Stage::new(&binary);
    let inner = stage.at("home/project/alcove-gateway");
    std::fs::copy(binary.path(), &inner).expect("a file of ours");
    let inner = inner.to_str().expect("a plain name");
    let refused = stage.run(L2, &[inner, "sandbox", "--data", "inner-data", "--level", "l3", "--", "touch", "ran"]);
    assert_eq!(refused.status.code(), Some(125), "{}", said(&refused));
    assert!(said(&refused).contains("bubblewrap does not run here"), "{}", said(&refused));
    assert!(!stage.at("home/project/ran").exists());
    let found = stage.run(L2, &[inner, "sandbox", "--data", "inner-data"]);
    let found = said(&found);
    assert!(found.starts_with("L2: Landlock") && found.contains("\n- bubblewrap does not run here"), "{found}");
    // Words that were not written by Alcove hold nothing and run nothing.
    let odd = stage.run(L1, &[inner, "__confine", "all", "run", "touch", "ran"]);
    assert_eq!(odd.status.code(), Some(125), "{}", said(&odd));
    assert!(!stage.at("home/project/ran").exists());
}

/// What a start and an end cost beyond the program's own.
#[test]
fn a_start_is_quick() {
    let binary = Binary::new();
    let stage = Stage::new(&binary);
    for how in [L1, L2, L3] {
        let output = stage.run(How { flags: &["--measure", STARTS], ..how }, &["/bin/true"]);
        let said = said(&output);
        eprintln!("{}: a start and an end take {said}", how.level.unwrap_or_default());
        let middle: f64 = said.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{said}"));
        assert!(middle < START_LIMIT_MS, "{said}");
    }
}
