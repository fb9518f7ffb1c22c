//! What waits for a person, what commands put out while they run, and what turns changed. Each proposal has a row of its own that keeps
//! the stretch of work it stands in; output stands with the call it belongs to and goes when the call has its result.

use alcove_proto::TurnId;
use alcove_proto::envelope::{Changes, ChangesWord, CommandEnded, Proposal, ProposalResolved, StreamChunk, ToolEvent, ToolPhase};
use alcove_proto::thread::{Role, ToolOutput, UiMessage};
use alcove_store::EventRow;

use super::Fold;
use super::place::stamp;
use super::told::Told;

/// The most bytes of a channel that are kept.
const OUTPUT_MOST: usize = 64 * 1024;

impl Fold {
    /// An action waits; one that is told again replaces what it was.
    pub(super) fn proposal(&mut self, told: &Told, mut proposal: Proposal, row: &EventRow) {
        let turn = told.turn_id.as_ref();
        proposal.seq = None;
        let open = |message: &UiMessage| message.resolution.is_none() && is_proposal(message, &proposal.proposal_id);
        let at = match self.messages.iter().rposition(open) {
            Some(at) => at,
            None => {
                self.demote(turn, row.seq);
                let mut message = UiMessage::begun("tr", row.seq, Role::Tool);
                message.kind = Some("proposal".to_owned());
                message.created_at = Some(told.created_at_ms.unwrap_or(row.at));
                message.turn_id.clone_from(&told.turn_id);
                message.activity_segment_id = Some(self.segment_of_work(turn, row.seq));
                self.insert(message)
            }
        };
        let message = &mut self.messages[at];
        message.content.clone_from(&proposal.title);
        message.proposal = Some(Box::new(proposal));
        stamp(message, told.turn_phase, told.turn_seq);
    }

    /// It waits no longer.
    pub(super) fn resolved(&mut self, mut resolution: ProposalResolved) {
        resolution.seq = None;
        let found = self.messages.iter_mut().rev().find(|message| is_proposal(message, &resolution.proposal_id));
        if let Some(message) = found {
            message.resolution = Some(resolution);
        }
    }

    /// Output of a call that runs.
    pub(super) fn output(&mut self, chunk: &StreamChunk) {
        let again = chunk.turn_id.as_ref().and_then(|turn| self.again.get(turn));
        let own =
            |message: &UiMessage| message.turn_id == chunk.turn_id || again.is_some_and(|again| message.turn_id.as_ref() == Some(again));
        let holds =
            |message: &&mut UiMessage| own(message) && message.tool_events.iter().flatten().any(|event| event.call_id == chunk.call_id);
        let Some(message) = self.messages.iter_mut().rev().find(holds) else { return };
        if !runs(message.tool_events.as_deref(), &chunk.call_id) {
            return;
        }
        add(message.outputs.get_or_insert_default(), chunk);
    }

    /// A command in the background has ended: its call stands where it was, however many turns ago.
    pub(crate) fn command_ended(&mut self, ended: &CommandEnded) {
        let calls = |message: &mut UiMessage| message.tool_events.iter().flatten().any(|event| is_left(event) && is_of(event, ended));
        let Some(message) = self.messages.iter_mut().rev().find_map(|message| calls(message).then_some(message)) else { return };
        for event in message.tool_events.iter_mut().flatten().filter(|event| is_left(event) && is_of(event, ended)) {
            event.background = Some(false);
            event.status = Some(ended.status);
            event.exit_code = ended.exit_code;
            event.duration_ms = ended.duration_ms;
            if ended.status >= 400 {
                event.phase = ToolPhase::Error;
                event.error = ended.how.clone().into();
            }
        }
        drop_outputs(message);
    }

    /// The records of commands that run in the background as far as is known here.
    pub(crate) fn in_background(&self) -> Vec<String> {
        let events = self.messages.iter().flat_map(|message| message.tool_events.iter().flatten());
        events.filter(|event| is_left(event)).filter_map(|event| event.path.clone()).collect()
    }

    /// Files were changed by a turn, or changed back by a person, which belongs to no turn.
    pub(super) fn changes(&mut self, told: &Told, mut changes: Changes, row: &EventRow) {
        changes.seq = None;
        let mut message = UiMessage::begun("tr", row.seq, Role::Tool);
        message.kind = Some("changes".to_owned());
        message.created_at = Some(told.created_at_ms.unwrap_or(row.at));
        message.turn_id = if changes.action == ChangesWord::Made { told.turn_id.clone() } else { None };
        message.changes = Some(changes);
        self.insert(message);
    }

    /// Whether all this tells is news of calls of a turn that is over: commands that went on in the background.
    pub(super) fn is_aftermath(&self, told: &Told) -> bool {
        let Some(turn) = told.turn_id.as_ref().filter(|turn| self.closed.contains(*turn)) else { return false };
        let events = told.tool_events.as_deref().unwrap_or_default();
        told.kind.is_some() && !events.is_empty() && events.iter().all(|event| self.knows(turn, event))
    }

    fn knows(&self, turn: &TurnId, event: &ToolEvent) -> bool {
        let calls = self.rows_of(Some(turn)).into_iter().flat_map(|at| self.messages[at].tool_events.iter().flatten());
        !event.call_id.is_empty() && calls.into_iter().any(|known| known.call_id == event.call_id)
    }
}

/// Output of calls that ended stands in their results.
pub(super) fn drop_outputs(message: &mut UiMessage) {
    let Some(mut outputs) = message.outputs.take() else { return };
    outputs.retain(|output| runs(message.tool_events.as_deref(), &output.call_id));
    message.outputs = (!outputs.is_empty()).then_some(outputs);
}

/// Whether more of the call may come.
fn runs(events: Option<&[ToolEvent]>, call: &str) -> bool {
    let still = |event: &ToolEvent| event.phase == ToolPhase::Start || event.background == Some(true);
    events.unwrap_or_default().iter().any(|event| event.call_id == call && still(event))
}

/// Whether the call is a command that goes on in the background.
fn is_left(event: &ToolEvent) -> bool {
    event.background == Some(true)
}

fn is_of(event: &ToolEvent, ended: &CommandEnded) -> bool {
    event.call_id == ended.call_id && event.path.as_ref() == Some(&ended.path)
}

fn is_proposal(message: &UiMessage, id: &str) -> bool {
    message.proposal.as_ref().is_some_and(|proposal| proposal.proposal_id == id)
}

/// What is kept is one piece: output after a gap begins anew.
fn add(outputs: &mut Vec<ToolOutput>, chunk: &StreamChunk) {
    let at = outputs.iter().position(|output| output.call_id == chunk.call_id && output.channel == chunk.channel).unwrap_or_else(|| {
        let (call_id, path) = (chunk.call_id.clone(), chunk.path.clone());
        outputs.push(ToolOutput { call_id, path, channel: chunk.channel, text: String::new(), skipped: 0 });
        outputs.len() - 1
    });
    let output = &mut outputs[at];
    let gap = chunk.skipped.unwrap_or(0);
    if gap > 0 {
        output.skipped += gap + output.text.len() as u64;
        output.text.clear();
    }
    output.text.push_str(&chunk.text);
    let cut = cut(&output.text);
    output.text.drain(..cut);
    output.skipped += cut as u64;
}

/// What is too much at the beginning: whole lines where there are any.
fn cut(text: &str) -> usize {
    let Some(least) = text.len().checked_sub(OUTPUT_MOST).filter(|least| *least > 0) else { return 0 };
    let border = text.as_bytes()[least - 1..].iter().position(|byte| *byte == b'\n').map(|at| least + at);
    border
        .filter(|border| *border < text.len())
        .unwrap_or_else(|| (least..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::{OUTPUT_MOST, cut};

    fn check(text: &str, expected: usize) {
        assert_eq!(cut(text), expected, "of {} bytes", text.len());
    }

    #[test]
    fn whole_lines_are_kept_where_there_are_any() {
        check("", 0);
        check(&"x".repeat(OUTPUT_MOST), 0);
        check(&"x".repeat(OUTPUT_MOST + 3), 3);
        check(&format!("{}{}", "x".repeat(2), "x\n".repeat(OUTPUT_MOST / 2)), 2 + 2);
        check(&"seven..\n".repeat(OUTPUT_MOST / 8 + 2), 16);
        check(&format!("a\n{}\n", "x".repeat(OUTPUT_MOST + 5)), 8);
        check(&format!("{}é", "é".repeat(OUTPUT_MOST / 2)), 2);
        check(&format!("x{}", "é".repeat(OUTPUT_MOST / 2)), 1);
        check(&format!("{}x", "é".repeat(OUTPUT_MOST / 2)), 2);
    }
}
