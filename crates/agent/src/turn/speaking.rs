//! While the model thinks and answers.

use alcove_proto::envelope::{Event, Phase, ReasoningEnd};

use super::{Effect, State, Turn};

pub(super) fn reasoning(turn: &mut Turn, text: String) -> Vec<Effect> {
    if text.is_empty() {
        return Vec::new();
    }
    if !turn.facts.telling.reasoning {
        // It has begun to speak all the same: no other model may take its place.
        turn.state = State::Answering;
        return Vec::new();
    }
    turn.state = State::Reasoning;
    let delta = turn.delta(Phase::Reasoning, text, None);
    vec![Effect::StreamReasoning(delta)]
}

pub(super) fn answer(turn: &mut Turn, text: String) -> Vec<Effect> {
    // Space before the first word is no answer yet; models that think like to send some.
    let text = if turn.answer.is_empty() { text.trim_start().to_owned() } else { text };
    if text.is_empty() {
        return Vec::new();
    }
    let mut effects = end_reasoning(turn);
    turn.state = State::Answering;
    turn.answer.push_str(&text);
    if !turn.facts.telling.streams {
        return effects;
    }
    let stream_id = turn.stream_id();
    let delta = turn.delta(Phase::Answer, text, Some(stream_id));
    effects.push(Effect::StreamAnswer(delta));
    effects
}

/// Closes the reasoning when it is open.
pub(super) fn end_reasoning(turn: &mut Turn) -> Vec<Effect> {
    if turn.state != State::Reasoning {
        return Vec::new();
    }
    turn.state = State::Waiting;
    let (turn_id, turn_phase, turn_seq) = turn.annotate(Phase::Reasoning);
    let end = ReasoningEnd { chat_id: turn.facts.chat.clone(), turn_id, turn_phase, turn_seq, seq: None };
    vec![Effect::Append(Event::ReasoningEnd(end))]
}
