//! Until the model says something.

use alcove_proto::envelope::{Event, GoalStatus, GoalWord, TurnModelUpdated};

use super::tell::progress;
use super::{Effect, Reply, State, Substitute, Turn, stepping};
use crate::packet::Packet;
use crate::tool::Call;
use crate::verdict::Dialect;

pub(super) fn begin(turn: &mut Turn, packet: Packet, now: i64) -> Vec<Effect> {
    turn.packet_tokens = packet.tokens;
    let left_out = packet.left_out;
    let mut effects = opening(turn, now);
    if left_out > 0 {
        let words = format!("The oldest {left_out} turns of this chat no longer fit the model's context and were left out.");
        effects.extend(progress(turn, words, now));
    }
    effects.push(Effect::CallModel(packet));
    effects
}

/// A turn that begins with calls; the model is asked once they have ended.
pub(super) fn resume(turn: &mut Turn, calls: Vec<Call>, now: i64) -> Vec<Effect> {
    let mut effects = opening(turn, now);
    effects.extend(stepping::resume(turn, calls, now));
    effects
}

/// The next step begins with this packet.
pub(super) fn next(turn: &mut Turn, packet: Packet, _now: i64) -> Vec<Effect> {
    if turn.state != State::Acting {
        return Vec::new();
    }
    turn.step += 1;
    turn.state = State::Waiting;
    turn.answer.clear();
    turn.reply = Reply::default();
    turn.packet_tokens = packet.tokens;
    vec![Effect::CallModel(packet)]
}

/// The same model in another dialect, from the same point.
pub(super) fn retold(turn: &mut Turn, packet: Packet, dialect: Dialect, words: String, now: i64) -> Vec<Effect> {
    let mut effects = vec![Effect::DropModel];
    effects.extend(progress(turn, words, now));
    turn.facts.dialect = dialect;
    turn.reply = Reply::default();
    turn.packet_tokens = packet.tokens;
    effects.push(Effect::CallModel(packet));
    effects
}

fn opening(turn: &Turn, now: i64) -> Vec<Effect> {
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
    vec![Effect::Append(Event::TurnModelUpdated(model)), Effect::Append(Event::GoalStatus(running))]
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
    turn.facts.dialect = substitute.dialect;
    turn.reply = Reply::default();
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
