//! Prompts as scripts: one letter a step, and what each step's verdict is.

use alcove_agent::verdict::{Act, Dialect, Limits, Next, Step, Update, Verdicts};

fn step(dialect: Dialect, acts: &[&str], updates: &[(Option<u16>, &str)], errors: u32) -> Step {
    let act = |tool: &&str| Act { tool: (*tool).to_owned(), arguments: vec![("path".to_owned(), "a".to_owned())] };
    let update = |(status, body): &(Option<u16>, &str)| Update { status: *status, body: (*body).to_owned() };
    Step { dialect, acts: acts.iter().map(act).collect(), updates: updates.iter().map(update).collect(), errors, prose: false }
}

/// A step by its letter; `at` makes what shall not repeat different each time.
fn by_letter(letter: char, at: usize) -> Step {
    let fresh = format!("{at}");
    let on: (Option<u16>, &str) = (Some(102), &fresh);
    match letter {
        // Goes on, always new.
        'g' => step(Dialect::Tags, &["get"], &[on], 0),
        // Fails, always new.
        'e' => step(Dialect::Tags, &["get"], &[on], 2),
        // The same steps again.
        'a' => step(Dialect::Tags, &["get"], &[(None, "")], 0),
        'b' => step(Dialect::Tags, &["set"], &[(None, "")], 0),
        'c' => step(Dialect::Tags, &["rm"], &[(None, "")], 0),
        'd' => step(Dialect::Tags, &["cp"], &[(None, "")], 0),
        'f' => step(Dialect::Tags, &["mv"], &[(None, "")], 0),
        // Done; done with an error; the other closing statuses.
        'D' => step(Dialect::Tags, &["get"], &[(Some(200), &fresh)], 0),
        'E' => step(Dialect::Tags, &["get"], &[(Some(200), &fresh)], 1),
        '4' => step(Dialect::Tags, &[], &[(Some(204), &fresh)], 0),
        '2' => step(Dialect::Tags, &[], &[(Some(422), &fresh)], 0),
        '5' => step(Dialect::Tags, &[], &[(Some(500), &fresh)], 0),
        // A stage; a status that is none; no update; nothing at all.
        's' => step(Dialect::Tags, &["get"], &[(Some(145), &fresh)], 0),
        'x' => step(Dialect::Tags, &["get"], &[(Some(404), &fresh)], 0),
        'u' => step(Dialect::Tags, &[&fresh], &[], 0),
        'n' => step(Dialect::Tags, &[], &[], 0),
        // Two updates: the last counts.
        'L' => step(Dialect::Tags, &["get"], &[(Some(102), "x"), (Some(200), &fresh)], 0),
        'l' => step(Dialect::Tags, &["get"], &[(Some(200), "x"), (Some(102), &fresh)], 0),
        // The server's own calls.
        'N' => step(Dialect::Native, &[&fresh], &[], 0),
        'M' => step(Dialect::Native, &["get"], &[], 0),
        'F' => step(Dialect::Native, &[&fresh], &[], 1),
        'A' => step(Dialect::Native, &[], &[], 0),
        other => panic!("no such step: {other}"),
    }
}

/// What the steps come to: `.` goes on, `!` goes on with a strike, a number closes.
fn told(script: &str, limits: Limits) -> String {
    let mut verdicts = Verdicts::new(limits);
    let mut told = String::new();
    for (at, letter) in script.chars().enumerate() {
        let verdict = verdicts.judge(&by_letter(letter, at));
        match verdict.next {
            Next::Continue if verdict.strikes == 0 => told.push('.'),
            Next::Continue => told.push('!'),
            Next::Close(status) => {
                let after = script.chars().count() - at - 1;
                assert_eq!(after, 0, "{script} closed before its end: {told}{status}");
                told.push_str(&status.to_string());
            }
        }
    }
    told
}

/// A script and what it comes to.
const CASES: &[(&str, &str)] = &[
    ("g", "."),
    ("D", "200"),
    ("gD", ".200"),
    ("4", "204"),
    ("2", "422"),
    ("5", "500"),
    ("L", "200"),
    ("l", "."),
    ("s", "."),
    ("e", "!"),
    ("eee", "!!499"),
    ("eegee", "!!.!!"),
    ("eegeee", "!!.!!499"),
    ("E", "!"),
    ("EE", "!!"),
    ("EEE", "!!200"),
    ("eeE", "!!200"),
    ("ED", "!200"),
    ("EgE", "!.!"),
    ("x", "!"),
    ("xxx", "!!499"),
    ("u", "!"),
    ("n", "!"),
    ("nun", "!!499"),
    ("unD", "!!200"),
    ("aa", ".."),
    ("aaa", "..!"),
    ("aaaa", "..!!"),
    ("aaaaa", "..!!499"),
    ("aaab", "..!."),
    ("aabaa", "....."),
    ("ababab", ".....!"),
    ("abababab", ".....!!499"),
    ("abcabcabc", "........!"),
    ("abcdabcdabcd", "...........!"),
    ("abcdfabcdfabcdf", "..............."),
    ("aaaD", "..!200"),
    ("ggggggggg", "........."),
    ("A", "200"),
    ("NA", ".200"),
    ("NNNNA", "....200"),
    ("MM", ".."),
    ("MMM", "..!"),
    ("MMMMM", "..!!499"),
    ("FFF", "!!499"),
    ("FFA", "!!200"),
    ("FFNFFA", "!!.!!200"),
];

#[test]
fn every_script_comes_to_what_it_says() {
    for (script, expected) in CASES {
        assert_eq!(told(script, Limits::default()), *expected, "{script}");
    }
}

#[test]
fn the_cap_closes_once() {
    let limits = Limits { steps: 4, ..Limits::default() };
    assert_eq!(told("gggg", limits), "...499");
    assert_eq!(told("gggD", limits), "...200");
    let mut verdicts = Verdicts::new(Limits { steps: 1, ..Limits::default() });
    let verdict = verdicts.judge(&by_letter('g', 0));
    assert_eq!((verdict.next, verdict.lines.len()), (Next::Close(499), 1));
    assert_eq!(told(&"g".repeat(99), Limits::default()), format!("{}499", ".".repeat(98)));
}

#[test]
fn every_strike_and_every_end_that_is_not_the_models_has_a_line() {
    for (script, expected) in CASES {
        let mut verdicts = Verdicts::new(Limits::default());
        for (at, letter) in script.chars().enumerate() {
            let step = by_letter(letter, at);
            let verdict = verdicts.judge(&step);
            let silent =
                step.errors > 0 && verdict.next == Next::Continue && step.updates.last().is_none_or(|update| update.status != Some(200));
            let said = !verdict.lines.is_empty();
            let own = matches!(verdict.next, Next::Close(status) if status != 499);
            assert!(verdict.strikes == 0 || said || silent || own, "{script} {expected} at {at}");
            assert!(verdict.next != Next::Close(499) || verdict.lines.iter().any(|line| line.status == 499));
        }
    }
}

#[test]
fn the_order_of_arguments_makes_no_difference() {
    let arguments = |names: [&str; 2]| names.iter().map(|name| ((*name).to_owned(), "1".to_owned())).collect::<Vec<_>>();
    let mut verdicts = Verdicts::new(Limits::default());
    let strikes = [["a", "b"], ["b", "a"], ["a", "b"]].map(|names| {
        let act = Act { tool: "get".to_owned(), arguments: arguments(names) };
        verdicts.judge(&Step { dialect: Dialect::Native, acts: vec![act], updates: Vec::new(), errors: 0, prose: false }).strikes
    });
    assert_eq!(strikes, [0, 0, 1]);
}
