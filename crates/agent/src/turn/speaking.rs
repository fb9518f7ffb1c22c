//! While the model thinks and answers.

use alcove_proto::envelope::{Event, Phase, ReasoningEnd};

use super::{Called, Effect, State, Turn, stepping};
use crate::dialect::tags::{Ending, Event as Told, Reader};
use crate::tool::{Wish, read_tag};
use crate::verdict::{Dialect, Line};

/// Bytes of one reply that are kept to be shown to the model again.
const RAW_MAX: usize = 256 * 1024;

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
    match turn.facts.dialect {
        Dialect::Native => visible(turn, text),
        Dialect::Tags => {
            if turn.reply.raw.len() + text.len() <= RAW_MAX {
                turn.reply.raw.push_str(&text);
            }
            let told = turn.reply.reader.get_or_insert_with(|| Box::new(Reader::default())).feed(&text);
            tagged(turn, told, false)
        }
    }
}

/// The reply is complete: what was held back because a tag might have begun comes out.
pub(super) fn finish(turn: &mut Turn, cut: bool) -> Vec<Effect> {
    let Some(reader) = turn.reply.reader.take() else { return Vec::new() };
    let told = reader.finish();
    tagged(turn, told, cut)
}

fn tagged(turn: &mut Turn, told: Vec<Told>, cut: bool) -> Vec<Effect> {
    let mut effects = Vec::new();
    for event in told {
        match event {
            Told::Text(text) => effects.extend(visible(turn, text)),
            Told::Leftover(_) => {}
            Told::Action(action) if cut && action.ending == Ending::EndOfReply => {
                let text = format!("The reply was cut off inside <{}>, which was not carried out.", action.tool.tag());
                turn.reply.lines.push(Line { status: 422, text });
                turn.reply.faults += 1;
            }
            Told::Action(action) => {
                let id = stepping::own_id(turn, turn.reply.calls.len());
                effects.extend(wish(turn, read_tag(&id, &action)));
            }
            Told::Repair(repair) => {
                turn.reply.faults += u32::from(repair.is_fault());
                turn.reply.lines.push(Line { status: 422, text: repair.line() });
            }
        }
    }
    effects
}

/// Takes in what the reply holds beside text.
pub(super) fn wish(turn: &mut Turn, wish: Wish) -> Vec<Effect> {
    match wish {
        Wish::Think(text) => return reasoning(turn, text),
        Wish::Update(update) => turn.reply.updates.push(update),
        Wish::Act(call) => turn.reply.calls.push(Called::Meant(*call)),
        Wish::Unread(unread) => turn.reply.calls.push(Called::Unread(unread)),
    }
    Vec::new()
}

/// Text for the person.
pub(super) fn visible(turn: &mut Turn, text: String) -> Vec<Effect> {
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
