//! The ways a turn ends. Each closes what is open, keeps what arrived, and says `idle` exactly once.

use alcove_proto::envelope::{Event, GoalBlob, GoalStatus, GoalWord, Notice, NoticeKind, Phase, TurnEnd};
use alcove_proto::usage::Usage;

use super::{Cut, Effect, Failure, Finish, Outcome, State, StepCost, Turn, acting, speaking, tell};
use crate::packet::estimate;
use crate::verdict::Line;

const SAID_NOTHING: &str = "The model ended without an answer. Try again, or choose another model.";
const CUT_SHORT: &str = "The answer reached the model's length limit and ends here.";
const STOPPED: &str = "Stopped before its end.";

/// The model is done; `status` is how it says so (entries §2.5).
pub(super) fn completed(turn: &mut Turn, cut: Cut, status: u16, now: i64) -> Vec<Effect> {
    let mut effects = close(turn, now);
    let said_nothing = turn.answer.trim().is_empty();
    if said_nothing && turn.step == 0 {
        effects.push(notice(turn, SAID_NOTHING.to_owned(), Notice { kind: NoticeKind::Error, retry: true }, now));
    } else if status == 422 || status == 500 {
        let words = "The model says that it could not do this.".to_owned();
        effects.push(notice(turn, words, Notice { kind: NoticeKind::Error, retry: true }, now));
    }
    if cut == Cut::Length {
        effects.push(notice(turn, CUT_SHORT.to_owned(), Notice { kind: NoticeKind::Error, retry: false }, now));
    }
    effects.push(turn_end(turn, now));
    finish(turn, Outcome::Done, effects)
}

/// No more is borne with (entries §2.5).
pub(super) fn closed(turn: &mut Turn, lines: &[Line], now: i64) -> Vec<Effect> {
    let mut effects = close(turn, now);
    let mut all: Vec<Line> = std::mem::take(&mut turn.reply.lines);
    all.extend(lines.iter().cloned());
    let words = all.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ");
    effects.push(Effect::Note(all));
    effects.push(notice(turn, words.clone(), Notice { kind: NoticeKind::Error, retry: true }, now));
    effects.push(turn_end(turn, now));
    finish(turn, Outcome::Failed(words), effects)
}

pub(super) fn failed(turn: &mut Turn, failure: Failure, now: i64) -> Vec<Effect> {
    let mut effects = vec![Effect::DropModel, Effect::DropActs];
    effects.extend(acting::abandoned(turn, STOPPED, now));
    effects.extend(close(turn, now));
    let words = format!("Error: {}", failure.words);
    effects.push(notice(turn, words, Notice { kind: NoticeKind::Error, retry: failure.retry }, now));
    effects.push(turn_end(turn, now));
    finish(turn, Outcome::Failed(failure.words), effects)
}

/// A stopped turn has no `turn_end`; `idle` closes it, and the reply to the stop follows (envelope §1.9).
pub(super) fn stopped(turn: &mut Turn, now: i64) -> Vec<Effect> {
    let mut effects = vec![Effect::DropModel, Effect::DropActs];
    effects.extend(acting::abandoned(turn, STOPPED, now));
    effects.extend(close(turn, now));
    let mut effects = finish(turn, Outcome::Stopped, effects);
    effects.push(notice(turn, "Stopped 1 task(s).".to_owned(), Notice { kind: NoticeKind::Stopped, retry: true }, now));
    effects
}

fn close(turn: &mut Turn, now: i64) -> Vec<Effect> {
    let mut effects = speaking::end_reasoning(turn);
    if !turn.facts.telling.streams {
        effects.extend(whole(turn, now));
        return effects;
    }
    effects.extend(tell::stream_end(turn, false));
    effects
}

/// The answer as one message, where it was not told while it was written.
fn whole(turn: &mut Turn, now: i64) -> Option<Effect> {
    let text = turn.answer.clone();
    let untold = !text.is_empty() && turn.state != State::Acting;
    untold.then(|| message(turn, text, None, now))
}

fn notice(turn: &mut Turn, text: String, notice: Notice, now: i64) -> Effect {
    message(turn, text, Some(notice), now)
}

fn message(turn: &mut Turn, text: String, notice: Option<Notice>, now: i64) -> Effect {
    let of = tell::Of { notice, latency_ms: Some(latency(turn, now)), ..tell::Of::default() };
    tell::message(turn, text, of, now)
}

fn turn_end(turn: &mut Turn, now: i64) -> Effect {
    let (turn_id, turn_phase, turn_seq) = turn.annotate(Phase::Complete);
    let counted = turn.usage.request_count > 0;
    Effect::Append(Event::TurnEnd(TurnEnd {
        chat_id: turn.facts.chat.clone(),
        turn_id,
        latency_ms: Some(latency(turn, now)),
        goal_state: Some(GoalBlob { active: false }),
        usage: counted.then_some(turn.usage),
        context_window_tokens: turn.facts.context_window,
        turn_phase,
        turn_seq,
        seq: None,
    }))
}

fn finish(turn: &mut Turn, outcome: Outcome, mut effects: Vec<Effect>) -> Vec<Effect> {
    turn.state = State::Ended;
    let answer = if turn.reply.kept { String::new() } else { turn.answer.clone() };
    effects.push(Effect::Finish(Finish { outcome, answer, usage: turn.usage }));
    effects.push(Effect::Append(Event::GoalStatus(GoalStatus {
        chat_id: turn.facts.chat.clone(),
        status: GoalWord::Idle,
        started_at: None,
        turn_id: turn.facts.turn.clone(),
        seq: None,
    })));
    effects
}

fn latency(turn: &Turn, now: i64) -> u64 {
    u64::try_from(now - turn.facts.prompted_at).unwrap_or(0)
}

/// What the turn cost after one more call; what the provider did not count is estimated and says so.
pub(super) fn usage(turn: &Turn, cost: StepCost) -> Usage {
    let counted = cost.prompt.is_some() && cost.completion.is_some();
    let prompt = cost.prompt.unwrap_or(turn.packet_tokens);
    let completion = cost.completion.unwrap_or_else(|| estimate(&turn.answer).max(estimate(&turn.reply.raw)));
    let before = turn.usage;
    let total = prompt + completion;
    Usage {
        prompt_tokens: before.prompt_tokens + prompt,
        completion_tokens: before.completion_tokens + completion,
        request_count: before.request_count + 1,
        context_tokens: prompt,
        total_tokens: before.total_tokens + total,
        provider_tokens: before.provider_tokens + if counted { total } else { 0 },
        estimated_tokens: if counted { before.estimated_tokens } else { Some(before.estimated_tokens.unwrap_or(0) + total) },
        cached_tokens: cost.cached.or(before.cached_tokens),
        generation_ms: before.generation_ms + cost.generation_ms,
        measured_completion_tokens: before.measured_completion_tokens + completion,
        ttft_ms: before.ttft_ms.or(cost.ttft_ms),
        timed_requests: before.timed_requests + 1,
    }
}
