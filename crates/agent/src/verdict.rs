//! Whether a prompt goes on after a step, and how it ends (entries §2.2, §2.5): strikes, repetition, the cap, the closing update. Pure: it counts
//! what it is told and says each thing once; it never acts.

use serde::{Deserialize, Serialize};

/// How much is borne with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Steps with an error in a row that close the turn.
    pub strikes: u32,
    /// Times the same block of steps is a repetition.
    pub cycles: usize,
    /// Steps of the longest block that is looked for.
    pub period: usize,
    /// Steps one prompt may take.
    pub steps: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { strikes: 3, cycles: 3, period: 4, steps: 99 }
    }
}

/// How the model says what it wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// By tags; each step closes with an update.
    Tags,
    /// By its server's tool calls; a step without one is the answer.
    Native,
}

/// The model's closing signal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Update {
    /// Its status as it was written; none means that it goes on.
    #[serde(default)]
    pub status: Option<u16>,
    /// What it says.
    #[serde(default)]
    pub body: String,
}

/// One action, as far as repetition goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Act {
    /// The tool.
    pub tool: String,
    /// Its arguments.
    #[serde(default)]
    pub arguments: Vec<(String, String)>,
}

/// What a step was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// How it was said.
    pub dialect: Dialect,
    /// What was done, in order, without the updates.
    #[serde(default)]
    pub acts: Vec<Act>,
    /// Its updates, in order.
    #[serde(default)]
    pub updates: Vec<Update>,
    /// What failed: reading it, or an action. A person's no is no failure.
    #[serde(default)]
    pub errors: u32,
    /// It is a text and nothing else, well-formed: an answer, also without a closing update.
    #[serde(default)]
    pub prose: bool,
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// Another step.
    Continue,
    /// The turn ends with this status.
    Close(u16),
}

/// One line for the thread, and for the model when it can do something about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The status it is recorded with.
    pub status: u16,
    /// The text.
    pub text: String,
}

/// The verdict on a step: what follows, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What follows.
    pub next: Next,
    /// Strikes in a row so far.
    pub strikes: u32,
    /// What there is to say.
    pub lines: Vec<Line>,
}

/// The count of one prompt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    limits: Limits,
    strikes: u32,
    steps: u32,
    /// The latest steps, without their errors and with their arguments sorted.
    seen: Vec<Step>,
}

impl Verdicts {
    /// Starts counting.
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// The verdict on the step that just ended.
    pub fn judge(&mut self, step: &Step) -> Verdict {
        self.steps += 1;
        let mut lines = Vec::new();
        let closing = closing(step, &mut lines);
        self.remember(step);
        if let Some(period) = self.repeats() {
            let what = if period == 1 { "the same step".to_owned() } else { format!("the same {period} steps") };
            lines.push(line(429, format!("Nothing new: {what}, {} times over.", self.limits.cycles)));
        }
        let strike = step.errors > 0 || !lines.is_empty();
        self.strikes = if strike { self.strikes + 1 } else { 0 };
        let next = self.next(strike, closing, &mut lines);
        Verdict { next, strikes: self.strikes, lines }
    }

    fn next(&self, strike: bool, closing: Option<u16>, lines: &mut Vec<Line>) -> Next {
        let struck = self.strikes >= self.limits.strikes;
        match closing {
            // A model that says it is done is believed when nothing failed, and when nothing more would be borne with.
            Some(status) if !strike || struck => return Next::Close(status),
            Some(_) => lines.push(line(409, "Not closed: something failed in the same step.".to_owned())),
            None => {}
        }
        if struck {
            lines.push(line(499, format!("Stopped: {} steps in a row had errors.", self.strikes)));
            return Next::Close(499);
        }
        if self.steps >= self.limits.steps {
            lines.push(line(499, format!("Stopped: {} steps are the most one prompt may take.", self.limits.steps)));
            return Next::Close(499);
        }
        Next::Continue
    }

    fn remember(&mut self, step: &Step) {
        let mut step = Step { errors: 0, ..step.clone() };
        step.acts.iter_mut().for_each(|act| act.arguments.sort());
        self.seen.push(step);
        let kept = self.limits.cycles * self.limits.period;
        let past = self.seen.len().saturating_sub(kept);
        self.seen.drain(..past);
    }

    /// The length of the block of steps that came as often as is borne with.
    fn repeats(&self) -> Option<usize> {
        (1..=self.limits.period).find(|period| {
            let latest = self.seen.len().checked_sub(period * self.limits.cycles).and_then(|from| self.seen.get(from..));
            latest.is_some_and(|latest| !latest.is_empty() && latest.iter().zip(latest.iter().skip(*period)).all(|(one, next)| one == next))
        })
    }
}

/// The status the step closes with, if it does. The last update counts; one with a status that is none is an error.
fn closing(step: &Step, lines: &mut Vec<Line>) -> Option<u16> {
    let Some(last) = step.updates.last() else {
        return match step.dialect {
            Dialect::Native => step.acts.is_empty().then_some(200),
            Dialect::Tags if step.prose => Some(200),
            Dialect::Tags if step.acts.is_empty() => {
                lines.push(line(422, "The answer has no command: close each step with <update status=\"200\">…</update>.".to_owned()));
                None
            }
            Dialect::Tags => {
                lines.push(line(422, "No update: close each step with <update status=\"102\">…</update>, or 200 when done.".to_owned()));
                None
            }
        };
    };
    match last.status.unwrap_or(102) {
        100..=199 => None,
        status @ (200 | 204 | 422 | 500) => Some(status),
        status => {
            lines.push(line(422, format!("An update cannot have the status {status}: 1xx goes on; 200, 204, 422 and 500 close.")));
            None
        }
    }
}

fn line(status: u16, text: String) -> Line {
    Line { status, text }
}

/// Whether a run may go from one status to another. Whatever has ended can be continued, or closed.
pub fn may_move(from: u16, to: u16) -> bool {
    match from {
        100 => matches!(to, 102 | 499),
        102 => matches!(to, 200 | 202 | 204 | 413 | 422 | 499 | 500),
        202 => matches!(to, 102 | 200 | 499),
        200 | 204 | 413 | 422 | 500 => matches!(to, 102 | 499),
        499 => to == 102,
        _ => false,
    }
}
