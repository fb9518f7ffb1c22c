//! Until the model says something.

use alcove_proto::envelope::{Event, GoalStatus, GoalWord, MessageEvent, MessageKind, Phase, TurnModelUpdated};

use super::{Effect, Substitute, Turn};
use crate::packet::Packet;

pub(super) fn begin(turn: &mut Turn, packet: Packet, now: i64) -> Vec<Effect> {
    turn.packet_tokens = packet.tokens;
    let facts = turn.facts();
    let model = TurnModelUpdated {
        chat_id: facts.chat.clone(),
        model_name: facts.model_name.clone(),
        model_preset: facts.preset.clone(),
        context_window_tokens: facts.context_window,
        fallback: None,
        seq: None,
    };
    let running = GoalStatus {
        chat_id: facts.chat.clone(),
        status: GoalWord::Running,
        started_at: Some(seconds(now)),
        turn_id: facts.turn.clone(),
        seq: None,
    };
    let left_out = packet.left_out;
    let mut effects = vec![Effect::Append(Event::TurnModelUpdated(model)), Effect::Append(Event::GoalStatus(running))];
    if left_out > 0 {
        let words = format!("The oldest {left_out} turns of this chat no longer fit the model's context and were left out.");
        effects.extend(progress(turn, words, now));
    }
    effects.push(Effect::CallModel(packet));
    effects
}

pub(super) fn retrying(turn: &mut Turn, words: String, now: i64) -> Vec<Effect> {
    progress(turn, words, now).into_iter().collect()
}

/// Another model answers from here on.
pub(super) fn replaced(turn: &mut Turn, substitute: Substitute, words: String, now: i64) -> Vec<Effect> {
    let mut effects = vec![Effect::DropModel];
    effects.extend(progress(turn, words, now));
    turn.packet_tokens = substitute.packet.tokens;
    turn.facts.model_name = substitute.model_name;
    turn.facts.preset = substitute.preset;
    turn.facts.context_window = substitute.context_window;
    effects.push(Effect::Append(Event::TurnModelUpdated(TurnModelUpdated {
        chat_id: turn.facts.chat.clone(),
        model_name: turn.facts.model_name.clone(),
        model_preset: turn.facts.preset.clone(),
        context_window_tokens: turn.facts.context_window,
        fallback: Some(true),
        seq: None,
    })));
    effects.push(Effect::CallModel(substitute.packet));
    effects
}

/// Milliseconds as the seconds of the wire.
pub(super) fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

fn progress(turn: &mut Turn, text: String, now: i64) -> Option<Effect> {
    if !turn.facts.telling.progress {
        return None;
    }
    let (turn_id, turn_phase, turn_seq) = turn.annotate(Phase::Activity);
    Some(Effect::Append(Event::Message(MessageEvent {
        chat_id: turn.facts.chat.clone(),
        text,
        latency_ms: None,
        kind: Some(MessageKind::Progress),
        notice: None,
        media_urls: None,
        reply_to: None,
        tool_events: None,
        source: None,
        turn_id,
        turn_phase,
        turn_seq,
        created_at_ms: Some(now),
        seq: None,
    })))
}
