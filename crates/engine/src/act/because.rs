//! Why an action waits for a person, without words: for clients that say it in a language of their own.

use alcove_agent::policy::{By, Request, Rule, Touch, Verdict};
use alcove_proto::envelope::{Because, RuleSubject};

use crate::acting::preset_word;

/// What made a verdict that asks; none for one that does not, and for a rule that has gone meanwhile.
pub(crate) fn because(verdict: &Verdict, request: &Request, rules: &[Rule]) -> Option<Because> {
    let by = |id: &String, sure| rules.iter().find(|rule| rule.id == *id).map(|rule| Because::Rule { rule: subject(rule), sure });
    match &verdict.by {
        By::Preset(preset) => Some(Because::Preset {
            preset: preset_word(*preset),
            about: request.kind.word().to_owned(),
            outside: request.touches.iter().any(Touch::outside),
        }),
        By::Rules(ids) => ids.first().and_then(|id| by(id, true)),
        By::Unsure(id) => by(id, false),
        By::Mode => Some(Because::Mode),
        By::Sandbox => Some(Because::Sandbox),
        By::Network => Some(Because::Network),
        By::Harmless => Some(Because::Question),
        By::Scope | By::Protected => None,
    }
}

/// What a rule speaks of.
pub(crate) fn subject(rule: &Rule) -> RuleSubject {
    RuleSubject { tool: rule.tool.clone(), path: rule.path.clone(), command: rule.command.clone(), host: rule.host.clone() }
}
