//! While calls are carried out: each end is told, and when all have ended the step is judged.

use alcove_proto::envelope::{ToolEvent, ToolPhase};
use serde_json::Value;

use super::{Effect, Settled, State, Turn, ending, stepping, tell};
use crate::tool::Unread;
use crate::verdict::{Next, Step};

/// Status of a call that cannot be read.
const UNREAD: u16 = 422;

pub(super) fn settled(turn: &mut Turn, settled: &Settled, now: i64) -> Vec<Effect> {
    let Some(act) = turn.acts.iter_mut().find(|act| act.id == settled.call && !act.settled) else {
        return Vec::new();
    };
    act.settled = true;
    let start = tell::start_event(&act.id, &act.name, act.changed.as_ref().unwrap_or(&act.arguments));
    turn.reply.faults += u32::from(settled.strike);
    let mut effects = Vec::new();
    if let Some(text) = &settled.said {
        effects.push(tell::message(turn, text.clone(), tell::Of::default(), now));
    }
    if !settled.edits.is_empty() {
        effects.push(tell::file_edits(turn, settled.edits.clone(), now));
    }
    effects.push(tell::over(turn, tell::end_event(start, settled), now));
    if turn.acts.iter().all(|act| act.settled) {
        effects.extend(all_settled(turn, now));
    }
    effects
}

/// What came of a call that cannot be read.
pub(super) fn unread(unread: &Unread) -> Settled {
    Settled {
        call: unread.id.clone(),
        status: UNREAD,
        body: unread.words.clone(),
        result: unread.words.clone(),
        well: false,
        strike: true,
        edits: Vec::new(),
        record: String::new(),
        why: None,
        exit_code: None,
        duration_ms: None,
        background: false,
        said: None,
    }
}

fn all_settled(turn: &mut Turn, now: i64) -> Vec<Effect> {
    let step = Step {
        dialect: turn.facts.dialect,
        acts: stepping::done(turn),
        updates: turn.reply.updates.clone(),
        errors: turn.reply.faults,
        prose: false,
    };
    let verdict = turn.verdicts.judge(&step);
    match verdict.next {
        Next::Continue => {
            let mut effects = stepping::lines(turn, verdict.lines, now);
            effects.push(Effect::NextStep);
            effects
        }
        Next::Close(499) => ending::closed(turn, &verdict.lines, now),
        Next::Close(status) => {
            let mut effects = Vec::new();
            if turn.answer.trim().is_empty() {
                // What the closing update says comes after what was done, as a step of its own.
                turn.step += 1;
                turn.reply.closed = false;
                turn.reply.kept = false;
                effects.extend(stepping::close_with_update(turn));
            }
            effects.extend(ending::completed(turn, super::Cut::No, status, now));
            effects
        }
    }
}

/// Calls that were under way when the turn ended: clients are told that nobody waits for them.
pub(super) fn abandoned(turn: &mut Turn, words: &str, now: i64) -> Vec<Effect> {
    if turn.state != State::Acting {
        return Vec::new();
    }
    let open = turn.acts.iter_mut().filter(|act| !act.settled).map(|act| {
        act.settled = true;
        let error = if act.output.is_empty() { words.to_owned() } else { format!("{words}\n{}", act.output) };
        let start = tell::start_event(&act.id, &act.name, act.changed.as_ref().unwrap_or(&act.arguments));
        ToolEvent { phase: ToolPhase::Error, error: Value::String(error), status: Some(499), ..start }
    });
    let open: Vec<ToolEvent> = open.collect();
    open.into_iter().map(|start| tell::over(turn, start, now)).collect()
}
