//! Rules a person may make of an answer: never wider than what a glance can take in.

use alcove_agent::policy::{Effect, Rule, Span, Touch};
use alcove_agent::tool::Call;
use alcove_proto::envelope::{RuleOffer, RuleSubject};

/// Programs whose second word says what they do.
const SPOKEN: &[&str] =
    &["cargo", "git", "npm", "pnpm", "yarn", "go", "make", "just", "uv", "pip", "docker", "kubectl", "python3", "python", "node"];

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
    let taken = match words.as_slice() {
        [program, _, ..] if SPOKEN.contains(program) => 2,
        [_, _, ..] => 1,
        _ => 0,
    };
    if plain && taken > 0 && words.len() >= taken {
        offers.push(offer(subject(format!("{} *", words[..taken].join(" ")))));
    }
    offers
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
    // Outside the folder that makes it a path of the machine: `//etc/hosts`.
    offers.push(offer(subject(Some(format!("/{}", touch.path)))));
    if !touch.path.starts_with('/') {
        if let Some((folder, _)) = touch.path.rsplit_once('/') {
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
