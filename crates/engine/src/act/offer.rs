//! Rules a person may make of an answer: never wider than what a glance can take in.

use alcove_agent::policy::{Effect, Rule, Span, Touch, runs_others};
use alcove_agent::tool::Call;
use alcove_proto::envelope::{RuleOffer, RuleSubject};

/// Programs whose second word says what they do.
const SPOKEN: &[&str] =
    &["cargo", "git", "npm", "pnpm", "yarn", "go", "make", "just", "uv", "pip", "docker", "kubectl", "python3", "python", "node"];

/// Programs that do whatever a word of theirs says, as a shell does: what begins alike has nothing in common.
const INTERPRETERS: &[&str] = &[
    "perl",
    "ruby",
    "php",
    "lua",
    "awk",
    "gawk",
    "mawk",
    "sed",
    "tclsh",
    "expect",
    "osascript",
    "deno",
    "bun",
    "bunx",
    "npx",
    "pnpx",
    "uvx",
    "pipx",
    "pwsh",
    "script",
    "gdb",
    "vi",
    "vim",
    "nvim",
    "emacs",
    "ed",
    "ex",
];
/// Second words that run the words after them.
const RUNNERS: &[&str] = &["exec", "dlx", "x", "eval", "run", "shell", "config"];
/// Programs whose `run` runs what the folder says.
const OWN_RUN: &[&str] = &["cargo", "npm", "pnpm", "yarn"];

/// Rules for a command: this one, and those that begin alike.
pub(super) fn command(script: &str) -> Vec<RuleOffer> {
    let line = script.trim();
    let subject = |command: String| RuleSubject { tool: Some("command".to_owned()), command: Some(command), ..RuleSubject::default() };
    let mut offers = Vec::new();
    if line.contains(['*', '\n']) {
        return offers;
    }
    offers.push(offer(subject(line.to_owned())));
    // What parts commands or hides some is only ever allowed as it is.
    let words: Vec<&str> = line.split_whitespace().collect();
    let plain = !line.contains(['|', ';', '&', '>', '<', '$', '`', '(', ')', '{', '}']);
    offers.extend(beginning(&words).filter(|_| plain).map(|words| offer(subject(format!("{} *", words.join(" "))))));
    offers
}

/// The first words of a command that say what it does, whatever follows them; none where what follows decides.
fn beginning<'w, 'l>(words: &'w [&'l str]) -> Option<&'w [&'l str]> {
    let program = words.first().filter(|program| is_name(program) && !runs_others(program))?;
    if !SPOKEN.contains(program) {
        let interprets = INTERPRETERS.contains(&program.rsplit('/').next().unwrap_or(program));
        return (words.len() > 1 && !interprets).then(|| &words[..1]);
    }
    let second = words.get(1).filter(|second| is_name(second) && !second.starts_with('-'))?;
    let runs = RUNNERS.contains(second) && !(*second == "run" && OWN_RUN.contains(program));
    (!runs).then(|| &words[..2])
}

/// Nothing in it that a shell would read as anything but itself.
fn is_name(word: &str) -> bool {
    word.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '/' | '_' | '-' | '+' | ':' | '@'))
}

/// Rules for files: these, their folder, all of the chat's.
pub(super) fn files(call: &Call, touches: &[Touch]) -> Vec<RuleOffer> {
    let kind = call.tool.kind().word().to_owned();
    let mut offers = Vec::new();
    let [touch] = touches else {
        if touches.iter().all(|touch| !touch.path.starts_with('/')) {
            offers.push(offer(RuleSubject { tool: Some(kind), ..RuleSubject::default() }));
        }
        return offers;
    };
    let subject = |path: Option<String>| RuleSubject { tool: Some(kind.clone()), path, ..RuleSubject::default() };
    // A name with such a letter would mean other files as well.
    let says_itself = |path: &str| !path.contains(['*', '?']);
    // Outside the folder that makes it a path of the machine: `//etc/hosts`.
    if says_itself(&touch.path) {
        offers.push(offer(subject(Some(format!("/{}", touch.path)))));
    }
    if !touch.path.starts_with('/') {
        if let Some((folder, _)) = touch.path.rsplit_once('/').filter(|(folder, _)| says_itself(folder)) {
            offers.push(offer(subject(Some(format!("/{folder}/**")))));
        }
        offers.push(offer(subject(None)));
    }
    offers
}

/// Rules for an address: its host.
pub(super) fn host(host: Option<&str>) -> Vec<RuleOffer> {
    let subject = |host: &str| RuleSubject { tool: Some("network".to_owned()), host: Some(host.to_owned()), ..RuleSubject::default() };
    host.map(|host| offer(subject(host))).into_iter().collect()
}

fn offer(subject: RuleSubject) -> RuleOffer {
    let rule = Rule {
        id: String::new(),
        effect: Effect::Allow,
        tool: subject.tool.clone(),
        path: subject.path.clone(),
        command: subject.command.clone(),
        host: subject.host.clone(),
        span: Span::Always,
    };
    let words = rule.words();
    RuleOffer { words: words.strip_suffix(", always").unwrap_or(&words).to_owned(), subject }
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn a_beginning_is_offered_only_where_it_says_what_is_done() {
        for (line, beginning) in [
            ("cargo test --lib", Some("cargo test *")),
            ("cargo run --release", Some("cargo run *")),
            ("npm run build", Some("npm run *")),
            ("git status -s", Some("git status *")),
            ("ls -la", Some("ls *")),
            ("ls", None),
            ("python3 tool.py x", Some("python3 tool.py *")),
            ("sh -c ls", None),
            ("/bin/bash build.sh", None),
            ("env A=1 ls", None),
            ("sudo ls /", None),
            ("xargs rm", None),
            ("find . -delete", None),
            ("perl -e 1", None),
            ("/usr/bin/perl -e 1", None),
            ("python3 -c 1", None),
            ("python3 -m http.server", None),
            ("node -e 1", None),
            ("node --eval 1", None),
            ("git -c core.pager=x log", None),
            ("docker run x", None),
            ("docker exec x sh", None),
            ("kubectl exec x", None),
            ("uv run x", None),
            ("npm exec x", None),
            ("A=1 ls -l", None),
            ("'ls' -l", None),
            ("~/ls -l", None),
        ] {
            let offers: Vec<String> = command(line).into_iter().filter_map(|offer| offer.subject.command).collect();
            assert_eq!(offers.first().map(String::as_str), Some(line), "{line}");
            assert_eq!(offers.get(1).map(String::as_str), beginning, "{line}");
        }
    }
}
