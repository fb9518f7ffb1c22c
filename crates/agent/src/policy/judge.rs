//! The verdict on one action. The order is the whole of it: the mode, then what is denied, then the bounds, then what asks, then what is allowed,
//! then the preset; the first that speaks decides. So a denial always wins, and an allowing rule never undoes an asking one.

use super::command::{self, Unfolded};
use super::glob::{self, Letters, Paths};
use super::kind::means;
use super::mode;
use super::{Access, Effect, Facts, Kind, Level, Preset, Request, Rule, Span, Touch};
use crate::path::Protected;

/// The rules and the preset a chat acts under.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Every rule there is, of any chat and folder.
    pub rules: Vec<Rule>,
    /// What holds where none speaks.
    pub preset: Preset,
}

/// What made a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// The chat's mode, or what it does without.
    Mode,
    /// Rules, by their ids.
    Rules(Vec<String>),
    /// A rule of which it cannot be told beforehand whether it means this, by its id.
    Unsure(String),
    /// The chat's folder.
    Scope,
    /// Something only its owner changes.
    Protected,
    /// The sandbox: there is none.
    Sandbox,
    /// The network, which the chat does not have.
    Network,
    /// The tool touches nothing that could need leave.
    Harmless,
    /// The preset.
    Preset(Preset),
}

/// What happens to an action, what made it so, and the same in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What happens.
    pub effect: Effect,
    /// What made it so.
    pub by: By,
    /// Why, for the person.
    pub why: String,
}

impl Verdict {
    fn new(effect: Effect, by: By, why: impl Into<String>) -> Self {
        Self { effect, by, why: why.into() }
    }

    fn of(rule: &Rule) -> Self {
        Self::new(rule.effect, By::Rules(vec![rule.id.clone()]), format!("rule: {}", rule.words()))
    }

    /// The status of the record of a refused action (entries §1.2, §2.8).
    pub fn status(&self) -> u16 {
        match self.effect {
            Effect::Allow => 200,
            Effect::Ask => 202,
            Effect::Deny => 403,
        }
    }
}

impl Policy {
    /// Judges an action. What reads a whole folder is judged by the folder; the engine judges each file of it again before showing it.
    pub fn judge(&self, request: &Request, facts: &Facts) -> Verdict {
        let verdict = self.weigh(request, facts);
        if verdict.effect == Effect::Ask && facts.without.no_proposals {
            return Verdict::new(Effect::Deny, By::Mode, format!("this chat asks nobody ({})", verdict.why));
        }
        verdict
    }

    fn weigh(&self, request: &Request, facts: &Facts) -> Verdict {
        if let Some(why) = mode::refusal(request, facts.mode, facts.without) {
            return Verdict::new(Effect::Deny, By::Mode, why);
        }
        let applying: Vec<&Rule> = self.rules.iter().filter(|rule| applies(rule, request, facts)).collect();
        let unfolded = request.command.as_deref().map(command::unfold).unwrap_or_default();
        let of = |effect: Effect| applying.iter().copied().filter(move |rule| rule.effect == effect);
        if let Some(rule) = of(Effect::Deny).find(|rule| catches(rule, request, facts, &unfolded)) {
            return Verdict::of(rule);
        }
        if let Some(verdict) = bounded(request, facts) {
            return verdict;
        }
        if matches!(request.kind, Kind::Chat | Kind::Question) {
            return Verdict::new(Effect::Allow, By::Harmless, format!("{} changes nothing", request.tool));
        }
        if let Some(rule) = of(Effect::Ask).find(|rule| catches(rule, request, facts, &unfolded)) {
            return Verdict::of(rule);
        }
        if let Some(verdict) = held(request, facts) {
            return verdict;
        }
        if let Some(rule) = of(Effect::Deny).chain(of(Effect::Ask)).find(|rule| may_catch(rule, request, &unfolded)) {
            let why = format!("it cannot be told beforehand whether this is meant by the rule: {}", rule.words());
            return Verdict::new(Effect::Ask, By::Unsure(rule.id.clone()), why);
        }
        let verdict = allowed(&of(Effect::Allow).collect::<Vec<_>>(), request, facts).unwrap_or_else(|| self.preset(request, facts));
        if verdict.effect == Effect::Allow && request.kind == Kind::Inspect && facts.mode == mode::Mode::Ask {
            // That a command only looks is what the model says of it.
            return Verdict::new(Effect::Ask, By::Mode, "ask mode asks about every command");
        }
        verdict
    }

    fn preset(&self, request: &Request, facts: &Facts) -> Verdict {
        let outside = request.touches.iter().any(Touch::outside);
        let free = match (self.preset, request.kind) {
            (Preset::Full, _) => true,
            (_, _) if outside => false,
            (Preset::Ask | Preset::EditFreely, Kind::Read) | (Preset::EditFreely, Kind::Edit) => true,
            (Preset::Ask | Preset::EditFreely, Kind::Command | Kind::Inspect | Kind::Network) | (Preset::Ask, Kind::Edit) => false,
            (Preset::Ask | Preset::EditFreely, Kind::Question | Kind::Chat) => true,
        };
        let (effect, does) = if free { (Effect::Allow, "allows") } else { (Effect::Ask, "asks about") };
        let place = if outside { format!(" outside {}", facts.folder) } else { String::new() };
        Verdict::new(
            effect,
            By::Preset(self.preset),
            format!("the preset “{}” {does} {}{place}", self.preset.words(), request.kind.actions()),
        )
    }
}

/// Whether a rule holds here and speaks of this tool.
fn applies(rule: &Rule, request: &Request, facts: &Facts) -> bool {
    let here = match &rule.span {
        Span::Always => true,
        Span::Chat(chat) => *chat == facts.chat,
        Span::Folder(folder) => {
            let folder = folder.trim_end_matches('/');
            facts.folder.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }
    };
    here && rule.tool.as_deref().is_none_or(|word| means(word, &request.tool, request.kind))
}

/// Whether what a rule forbids, or asks about, is any part of this action.
fn catches(rule: &Rule, request: &Request, facts: &Facts, unfolded: &Unfolded) -> bool {
    let by_path = |pattern: &String| request.touches.iter().any(|touch| caught(pattern, touch, facts));
    let by_command = |pattern: &String| request.command.as_ref().is_some_and(|text| command::any(text, unfolded, pattern));
    let by_host = |pattern: &String| request.host.as_ref().is_some_and(|host| glob::host(pattern, host));
    rule.path.as_ref().is_none_or(by_path) && rule.command.as_ref().is_none_or(by_command) && rule.host.as_ref().is_none_or(by_host)
}

fn caught(pattern: &str, touch: &Touch, facts: &Facts) -> bool {
    let paths = Paths::read(pattern, Letters::Folded);
    let beneath = |name: &str| touch.tree && touch.access.changes() && !paths.anywhere && paths.reaches_into(name);
    touch.names().any(|name| match (paths.machine, name.starts_with('/')) {
        (true, _) => {
            let name = absolute(name, facts);
            paths.covers(&name) || beneath(&name)
        }
        (false, true) => paths.anywhere && paths.covers(name),
        (false, false) => paths.covers(name) || beneath(name),
    })
}

/// Whether what a rule forbids may be in what cannot be read beforehand: in a command's own doing, or somewhere in a folder.
fn may_catch(rule: &Rule, request: &Request, unfolded: &Unfolded) -> bool {
    let unread = |pattern: &String| *pattern != "*" && request.command.is_some() && unfolded.hidden;
    let somewhere = |pattern: &String| {
        let paths = Paths::read(pattern, Letters::Folded);
        let leads = |touch: &Touch| request.kind == Kind::Edit && touch.tree && touch.names().any(|name| paths.reaches_into(name));
        request.touches.iter().any(leads)
    };
    rule.command.as_ref().is_some_and(unread) || rule.path.as_ref().is_some_and(somewhere)
}

/// What no rule and no preset changes.
fn bounded(request: &Request, facts: &Facts) -> Option<Verdict> {
    request.touches.iter().find_map(|touch| match (touch.protected, touch.outside()) {
        (Some(Protected::Own), _) => Some(Verdict::new(Effect::Deny, By::Protected, format!("{} belongs to Alcove", touch.path))),
        (Some(Protected::Git), _) if touch.access.changes() => {
            Some(Verdict::new(Effect::Deny, By::Protected, format!("{} belongs to git: use its commands", touch.path)))
        }
        (Some(Protected::Git) | None, true) if !facts.full => {
            Some(Verdict::new(Effect::Deny, By::Scope, format!("{} is outside {}", touch.path, facts.folder)))
        }
        (Some(Protected::Git) | None, true | false) => None,
    })
}

/// What asks whatever is allowed: a command that nothing holds, and the network where it is off.
fn held(request: &Request, facts: &Facts) -> Option<Verdict> {
    if request.kind.runs() && facts.level == Level::L1 && !facts.full {
        return Some(Verdict::new(Effect::Ask, By::Sandbox, "there is no sandbox on this machine: every command asks"));
    }
    let reaches = request.kind.runs() && request.network && !facts.network;
    reaches.then(|| Verdict::new(Effect::Ask, By::Network, "the command wants the network, which is off in this chat"))
}

/// The verdict of allowing rules: together they cover everything the action does.
fn allowed(rules: &[&Rule], request: &Request, facts: &Facts) -> Option<Verdict> {
    let mut used: Vec<&Rule> = Vec::new();
    if let Some(text) = &request.command {
        let patterns: Vec<(&Rule, &str)> = rules
            .iter()
            .filter(|rule| rule.path.is_none() && rule.host.is_none())
            .map(|rule| (*rule, rule.command.as_deref().unwrap_or("*")))
            .collect();
        used.extend(command::read(text).all(text, &patterns)?);
    } else {
        let fits = |rule: &&&Rule| rule.command.is_none() && rule.host.as_ref().is_none_or(|host| by_host(host, request));
        let fitting: Vec<&Rule> = rules.iter().filter(fits).copied().collect();
        if request.touches.is_empty() {
            used.push(fitting.iter().copied().find(|rule| rule.path.is_none())?);
        }
        for touch in &request.touches {
            used.push(fitting.iter().copied().find(|rule| permits(rule, touch, facts))?);
        }
    }
    let mut ids: Vec<String> = used.iter().map(|rule| rule.id.clone()).collect();
    ids.dedup();
    let words: Vec<String> = used.iter().map(|rule| rule.words()).collect();
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.dedup();
    Some(Verdict::new(Effect::Allow, By::Rules(ids), format!("rule: {}", words.join("; "))))
}

fn by_host(pattern: &str, request: &Request) -> bool {
    request.host.as_ref().is_some_and(|host| glob::host(pattern, host))
}

/// Whether a rule allows a path by all its names. Outside the folder only a rule that speaks of the machine does.
fn permits(rule: &Rule, touch: &Touch, facts: &Facts) -> bool {
    let Some(pattern) = &rule.path else {
        return !touch.outside();
    };
    if pattern.trim().is_empty() {
        return false;
    }
    let paths = Paths::read(pattern, Letters::Exact);
    touch.names().all(|name| match (paths.machine, name.starts_with('/')) {
        (true, _) => paths.covers(&absolute(name, facts)),
        (false, outside) => !outside && paths.covers(name),
    })
}

fn absolute(name: &str, facts: &Facts) -> String {
    if name.starts_with('/') { name.to_owned() } else { format!("{}/{name}", facts.folder.trim_end_matches('/')) }
}

/// How a path is touched by a tool of this kind where nothing else is said.
pub(super) fn usual(kind: Kind, tool: &str) -> Access {
    match kind {
        Kind::Edit if matches!(tool, "remove_file" | "rm") => Access::Remove,
        Kind::Edit => Access::Write,
        Kind::Read | Kind::Command | Kind::Inspect | Kind::Network | Kind::Question | Kind::Chat => Access::Read,
    }
}
