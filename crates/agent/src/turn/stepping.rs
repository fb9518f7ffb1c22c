//! When the model has said its step: what it asked for is kept and carried out, or the turn ends.

use super::{Act, Called, Cut, Effect, NativeCall, RecordedCall, State, StepCost, StepRecord, Turn, ending, speaking, tell};
use crate::tool::{Call, hints, read_native};
use crate::verdict::{Act as Done, Dialect, Line, Next, Step};

/// Calls of one step; more are refused.
const CALLS_MAX: usize = 99;

pub(super) fn ended(turn: &mut Turn, cost: StepCost, cut: Cut, calls: Vec<NativeCall>, now: i64) -> Vec<Effect> {
    turn.usage = ending::usage(turn, cost);
    let mut effects = speaking::finish(turn, cut == Cut::Length);
    for (index, call) in calls.into_iter().enumerate() {
        let id = fresh_id(turn, &call.id, index);
        let wish = read_native(&id, &call.name, &call.arguments);
        effects.extend(speaking::wish(turn, wish));
    }
    if turn.reply.calls.len() > CALLS_MAX {
        let dropped = turn.reply.calls.len() - CALLS_MAX;
        turn.reply.calls.truncate(CALLS_MAX);
        turn.reply.lines.push(Line { status: 422, text: format!("{dropped} calls beyond {CALLS_MAX} were left out.") });
        turn.reply.faults += 1;
    }
    if turn.reply.calls.is_empty() {
        effects.extend(without_calls(turn, cut, now));
        return effects;
    }
    effects.extend(speaking::end_reasoning(turn));
    effects.extend(spoken(turn, now));
    effects.extend(tell::stream_end(turn, true));
    effects.extend(begin(turn, now));
    effects
}

/// The text of the step as one message, where it was not told while it was written.
fn spoken(turn: &mut Turn, now: i64) -> Option<Effect> {
    let text = turn.answer.clone();
    (!turn.facts.telling.streams && !text.trim().is_empty()).then(|| tell::message(turn, text, tell::Of::default(), now))
}

/// The call's own id where it is one that no other has, else one of ours.
fn fresh_id(turn: &Turn, id: &str, index: usize) -> String {
    let usable = !id.is_empty() && id.len() <= 128 && id.bytes().all(|byte| byte.is_ascii_graphic());
    if usable && !is_taken(turn, id) { id.to_owned() } else { own_id(turn, index) }
}

/// An id of ours that no call of the turn has, also none that the model named so.
pub(super) fn own_id(turn: &Turn, index: usize) -> String {
    let mut ids = (index..).map(|number| format!("call_{}_{number}", turn.step));
    ids.find(|id| !is_taken(turn, id)).expect("there are more numbers than calls")
}

fn is_taken(turn: &Turn, id: &str) -> bool {
    turn.names.contains(id) || turn.reply.calls.iter().any(|called| called.id() == id)
}

/// A step that asks for nothing: the answer, or something the model must be told.
fn without_calls(turn: &mut Turn, cut: Cut, now: i64) -> Vec<Effect> {
    let step = Step {
        dialect: turn.facts.dialect,
        acts: Vec::new(),
        updates: turn.reply.updates.clone(),
        errors: turn.reply.faults,
        prose: !turn.answer.trim().is_empty() && turn.reply.lines.is_empty(),
    };
    let verdict = turn.verdicts.judge(&step);
    match verdict.next {
        Next::Close(499) => ending::closed(turn, &verdict.lines, now),
        Next::Close(status) => {
            let mut effects = close_with_update(turn);
            effects.extend(ending::completed(turn, cut, status, now));
            effects
        }
        Next::Continue => {
            let mut effects = speaking::end_reasoning(turn);
            effects.extend(tell::stream_end(turn, true));
            effects.push(keep(turn));
            effects.extend(lines(turn, verdict.lines, now));
            turn.state = State::Acting;
            effects.push(Effect::NextStep);
            effects
        }
    }
}

/// What a closing update says is the answer, unless the reply already has one.
pub(super) fn close_with_update(turn: &mut Turn) -> Vec<Effect> {
    let said = turn.reply.updates.last().map(|update| update.body.trim().to_owned()).unwrap_or_default();
    if said.is_empty() || !turn.answer.trim().is_empty() {
        return Vec::new();
    }
    speaking::visible(turn, said)
}

/// Lines for the model and the thread: what was mended in the reply, and what the verdict says.
pub(super) fn lines(turn: &mut Turn, verdict: Vec<Line>, now: i64) -> Vec<Effect> {
    let mut all = std::mem::take(&mut turn.reply.lines);
    all.extend(verdict);
    let mut effects: Vec<Effect> = all.iter().filter_map(|line| tell::progress(turn, line.text.clone(), now)).collect();
    if !all.is_empty() {
        effects.push(Effect::Note(all));
    }
    effects
}

/// Keeps the step and has its calls carried out.
fn begin(turn: &mut Turn, now: i64) -> Vec<Effect> {
    let mut effects = vec![keep(turn)];
    let mut calls: Vec<Call> = Vec::new();
    let mut unread = Vec::new();
    turn.acts.clear();
    for called in std::mem::take(&mut turn.reply.calls) {
        let (id, name, arguments) = (called.id().to_owned(), called.name().to_owned(), called.arguments().clone());
        turn.names.insert(id.clone());
        turn.acts.push(Act { id, name, arguments, changed: None, settled: false, output: String::new() });
        match called {
            Called::Meant(call) => calls.push(call),
            Called::Unread(wrong) => unread.push(wrong),
        }
    }
    let max = turn.facts.telling.hints.unwrap_or_default();
    let text = hints(&calls.iter().collect::<Vec<_>>(), max);
    let started = turn.acts.iter().map(|act| tell::start_event(&act.id, &act.name, &act.arguments)).collect();
    effects.extend(tell::begun(turn, text, started, now));
    turn.state = State::Acting;
    effects.push(Effect::Act(calls));
    for wrong in unread {
        effects.extend(super::acting::settled(turn, &super::acting::unread(&wrong), now));
    }
    effects
}

/// The calls of a turn that begins with them.
pub(super) fn resume(turn: &mut Turn, calls: Vec<Call>, now: i64) -> Vec<Effect> {
    turn.reply.calls = calls.into_iter().map(Called::Meant).collect();
    turn.reply.closed = true;
    begin(turn, now)
}

fn keep(turn: &mut Turn) -> Effect {
    turn.reply.kept = true;
    Effect::Keep(record(turn))
}

fn record(turn: &Turn) -> StepRecord {
    let recorded = |called: &Called| RecordedCall {
        id: called.id().to_owned(),
        name: called.name().to_owned(),
        arguments: called.arguments().clone(),
        action: called.action(),
        target: called.target().to_owned(),
        unread: match called {
            Called::Meant(_) => None,
            Called::Unread(unread) => Some(unread.words.clone()),
        },
    };
    StepRecord {
        step: turn.step,
        dialect: turn.facts.dialect,
        text: turn.answer.clone(),
        raw: (turn.facts.dialect == Dialect::Tags).then(|| turn.reply.raw.clone()),
        calls: turn.reply.calls.iter().map(recorded).collect(),
    }
}

/// What a step did, as far as repetition goes.
pub(super) fn done(turn: &Turn) -> Vec<Done> {
    let act = |act: &Act| {
        let arguments = act.arguments.iter().map(|(name, value)| (name.clone(), value.to_string())).collect();
        Done { tool: act.name.clone(), arguments }
    };
    turn.acts.iter().map(act).collect()
}

impl Called {
    fn id(&self) -> &str {
        match self {
            Self::Meant(call) => &call.id,
            Self::Unread(unread) => &unread.id,
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Meant(call) => call.tool.name(),
            Self::Unread(unread) => &unread.name,
        }
    }

    fn arguments(&self) -> &serde_json::Map<String, serde_json::Value> {
        match self {
            Self::Meant(call) => &call.arguments,
            Self::Unread(unread) => &unread.arguments,
        }
    }

    fn action(&self) -> &'static str {
        match self {
            Self::Meant(call) => call.tool.tag(),
            Self::Unread(_) => "error",
        }
    }

    fn target(&self) -> &str {
        match self {
            Self::Meant(call) => &call.target,
            Self::Unread(unread) => &unread.name,
        }
    }
}
