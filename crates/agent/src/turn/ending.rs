//! The three ways a turn ends. Each closes what is open, keeps what arrived, and says `idle` exactly once.

use alcove_proto::envelope::{Event, GoalBlob, GoalStatus, GoalWord, MessageEvent, Notice, NoticeKind, Phase, StreamEnd, TurnEnd};
use alcove_proto::usage::Usage;

use super::{Cut, Effect, Failure, Finish, Outcome, State, StepCost, Turn, speaking};
use crate::packet::estimate;

const SAID_NOTHING: &str = "The model ended without an answer. Try again, or choose another model.";
const CUT_SHORT: &str = "The answer reached the model's length limit and ends here.";

pub(super) fn completed(turn: &mut Turn, cost: StepCost, cut: Cut, now: i64) -> Vec<Effect> {
    turn.usage = usage(turn, cost);
    let mut effects = close(turn, now);
    if turn.answer.is_empty() {
        effects.push(notice(turn, SAID_NOTHING.to_owned(), Notice { kind: NoticeKind::Error, retry: true }, now));
    }
    if cut == Cut::Length {
        effects.push(notice(turn, CUT_SHORT.to_owned(), Notice { kind: NoticeKind::Error, retry: false }, now));
    }
    effects.push(turn_end(turn, now));
    finish(turn, Outcome::Done, effects)
}

pub(super) fn failed(turn: &mut Turn, failure: Failure, now: i64) -> Vec<Effect> {
    let mut effects = vec![Effect::DropModel];
    effects.extend(close(turn, now));
    let words = format!("Error: {}", failure.words);
    effects.push(notice(turn, words, Notice { kind: NoticeKind::Error, retry: failure.retry }, now));
    effects.push(turn_end(turn, now));
    finish(turn, Outcome::Failed(failure.words), effects)
}

/// A stopped turn has no `turn_end`; `idle` closes it, and the reply to the stop follows (envelope §1.9).
pub(super) fn stopped(turn: &mut Turn, now: i64) -> Vec<Effect> {
    let mut effects = vec![Effect::DropModel];
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
    let stream_id = Some(turn.stream_id());
    let (turn_id, turn_phase, turn_seq) = turn.annotate(Phase::Answer);
    let end = StreamEnd {
        chat_id: turn.facts.chat.clone(),
        text: None,
        stream_id,
        resuming: None,
        merge_next: None,
        source: None,
        turn_id,
        turn_phase,
        turn_seq,
        seq: None,
    };
    effects.push(Effect::Append(Event::StreamEnd(end)));
    effects
}

/// The answer as one message, where it was not told while it was written.
fn whole(turn: &mut Turn, now: i64) -> Option<Effect> {
    let text = turn.answer.clone();
    (!text.is_empty()).then(|| message(turn, text, None, now))
}

fn notice(turn: &mut Turn, text: String, notice: Notice, now: i64) -> Effect {
    message(turn, text, Some(notice), now)
}

fn message(turn: &mut Turn, text: String, notice: Option<Notice>, now: i64) -> Effect {
    let (turn_id, turn_phase, turn_seq) = turn.annotate(Phase::Answer);
    Effect::Append(Event::Message(MessageEvent {
        chat_id: turn.facts.chat.clone(),
        text,
        latency_ms: Some(latency(turn, now)),
        kind: None,
        notice,
        media_urls: None,
        reply_to: None,
        tool_events: None,
        source: None,
        turn_id,
        turn_phase,
        turn_seq,
        created_at_ms: Some(now),
        seq: None,
    }))
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
    effects.push(Effect::Finish(Finish { outcome, answer: turn.answer.clone(), usage: turn.usage }));
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
fn usage(turn: &Turn, cost: StepCost) -> Usage {
    let counted = cost.prompt.is_some() && cost.completion.is_some();
    let prompt = cost.prompt.unwrap_or(turn.packet_tokens);
    let completion = cost.completion.unwrap_or_else(|| estimate(&turn.answer));
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
