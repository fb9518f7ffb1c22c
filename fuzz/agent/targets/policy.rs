//! Scripts before policy: what is forbidden stays forbidden wherever it stands, and what is allowed is nothing but what the rules name.
#![no_main]

use alcove_agent::policy::{Effect, Facts, Kind, Level, Mode, Policy, Preset, Request, Restrictions, Rule, Span, Verdict};
use alcove_fuzz_agent::in_time;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let script = String::from_utf8_lossy(input);
    let open = policy(&[(Effect::Deny, "rm *")], Preset::Full);
    let strict = policy(&[(Effect::Allow, "ls *"), (Effect::Allow, "ls")], Preset::Ask);
    let verdict = judge(&open, &script);
    assert_eq!(verdict, judge(&open, &script), "one verdict: {script:?}");
    assert!(matches!(verdict.status(), 200 | 202 | 403) && !verdict.why.is_empty(), "{verdict:?}");

    for before in ["rm -rf x; ", "rm -rf x\n", "rm -rf x && ", "(rm -rf x)\n", "sudo rm -rf x | "] {
        let longer = format!("{before}{script}");
        assert_eq!(judge(&open, &longer).effect, Effect::Deny, "what is forbidden comes first: {longer:?}");
        assert_ne!(judge(&strict, &longer).effect, Effect::Allow, "only some of it is allowed: {longer:?}");
    }
    let plain = !script.contains(['\'', '"', '\\', '#', '`', '$', '<', '(', ')', '{', '}']);
    if plain {
        for after in ["; rm -rf x", "\nrm -rf x", " && rm -rf x", " | rm -rf x", " & rm -rf x"] {
            let longer = format!("{script}{after}");
            let effect = judge(&open, &longer).effect;
            assert_eq!(effect, Effect::Deny, "what is forbidden comes last: {longer:?}");
        }
    }
    if judge(&strict, &script).effect == Effect::Allow {
        assert!(!script.contains(['`', '>']) || script.contains(['\'', '"', '\\', '#', '>']), "{script:?}");
        if plain {
            let commands = script.split([';', '&', '|', '\n']).map(str::trim_start).filter(|command| !command.trim().is_empty());
            let named =
                |command: &str| command.split([' ', '\t', '>', '2', '1']).next() == Some("ls") || command.starts_with(['>', '1', '2']);
            for command in commands {
                assert!(named(command), "{command:?} is not named by a rule: {script:?}");
            }
        }
    }
});

fn policy(rules: &[(Effect, &str)], preset: Preset) -> Policy {
    let rule = |(number, (effect, command)): (usize, &(Effect, &str))| Rule {
        id: number.to_string(),
        effect: *effect,
        tool: None,
        path: None,
        command: Some((*command).to_owned()),
        host: None,
        span: Span::Always,
    };
    Policy { rules: rules.iter().enumerate().map(rule).collect(), preset }
}

fn judge(policy: &Policy, script: &str) -> Verdict {
    let request = Request {
        tool: "exec".to_owned(),
        kind: Kind::of("exec"),
        touches: Vec::new(),
        command: Some(script.to_owned()),
        host: None,
        network: false,
    };
    let facts = Facts {
        chat: "chat".to_owned(),
        folder: "/project".to_owned(),
        full: false,
        mode: Mode::Act,
        without: Restrictions::default(),
        level: Level::L3,
        network: false,
    };
    in_time("a verdict", || policy.judge(&request, &facts))
}
