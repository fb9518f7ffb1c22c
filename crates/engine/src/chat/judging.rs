//! From a call to its start: what it would do is worked out beside the chat, judged, perhaps shown to a person, and worked out and judged
//! once more right before it begins. Policy is asked here and nowhere else.

use alcove_agent::policy::{Effect as Ruled, Spent, Verdict};
use alcove_agent::tool::{Ask, Call};
use alcove_agent::turn::Settled;
use alcove_proto::envelope::{Event, Phase, Proposal};
use alcove_store::{Change, EntryState};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::actor::Actor;
use super::acts::{Asked, Leave, Stage};
use super::journal::Say;
use crate::act::{Ears, Prepared, because, refused};
use crate::clock::now_ms;
use crate::error::Error;

impl Actor {
    /// Has it worked out what a call would do. That may take long, in a folder that is slow or very full, and the chat is there meanwhile.
    pub(super) fn prepare(&mut self, index: usize, leave: Option<Leave>) {
        let Some((call, record, ordinal)) = self.of(index) else { return };
        let at = self.at(ordinal, &record);
        let Some(active) = &mut self.active else { return };
        if let Some(doing) = active.acts.list.get_mut(index) {
            doing.stage = Stage::Preparing(leave);
        }
        self.shared.hands.look_ahead(call, at, active.acts.tell.clone());
    }

    /// What a call would do is known.
    pub(super) async fn prepared(&mut self, call: &str, prepared: Result<Box<Prepared>, Box<Settled>>) -> Result<(), Error> {
        let Some(acts) = self.active.as_ref().map(|active| &active.acts.list) else { return Ok(()) };
        let found = acts.iter().enumerate().find_map(|(index, doing)| {
            let Stage::Preparing(leave) = doing.stage else { return None };
            (doing.call.id == call).then_some((index, leave))
        });
        match (found, prepared) {
            (None, _) => Ok(()),
            (Some((index, None)), Ok(prepared)) => self.judge(index, *prepared).await,
            (Some((index, None)), Err(settled)) => {
                self.settle(index, *settled);
                Ok(())
            }
            (Some((index, Some(leave))), Ok(prepared)) => self.carry_on(index, *prepared, leave).await,
            (Some((index, Some(_))), Err(settled)) => {
                let Some((call, since)) = self.since(index).await else { return Ok(()) };
                self.settle(index, since.map_or(*settled, |since| no_longer(&call, Some(&since))));
                Ok(())
            }
        }
    }

    /// Asks policy.
    async fn judge(&mut self, index: usize, prepared: Prepared) -> Result<(), Error> {
        let Some((call, record, ordinal)) = self.of(index) else { return Ok(()) };
        let at = self.at(ordinal, &record);
        let verdict = self.shared.hands.judge(&prepared.request, &at, &self.shared.acting.current());
        self.give_reason(index, &verdict);
        let question = matches!(call.ask, Ask::Question { .. });
        let allowed = self.allowed.take_if(|allowed| allowed.0 == record).map(|allowed| allowed.1);
        match (verdict.effect, allowed) {
            (Ruled::Deny, _) => self.settle(index, refused(&call, &verdict)),
            (Ruled::Allow | Ruled::Ask, Some(text)) if question => {
                self.settle(index, crate::act::done(&call, format!("The person answers: {text}")));
            }
            (Ruled::Allow | Ruled::Ask, Some(digest)) if digest == prepared.exact.digest().to_string() => self.approved(index, prepared),
            (Ruled::Allow, _) if !question => self.ready(index, Leave::Given),
            (Ruled::Allow | Ruled::Ask, _) => self.propose(index, prepared, &verdict).await?,
        }
        Ok(())
    }

    /// A person said yes to exactly this.
    pub(super) fn approved(&mut self, index: usize, prepared: Prepared) {
        if let Some(acts) = self.active.as_mut().map(|active| &mut active.acts)
            && let Some(doing) = acts.list.get_mut(index)
        {
            acts.approvals.grant(&doing.record, prepared.exact.digest());
            doing.shown = Some(Box::new(prepared));
        }
        self.ready(index, Leave::Approved);
    }

    /// A call, and what of its files is no longer as a person was shown it.
    async fn since(&mut self, index: usize) -> Option<(Call, Option<String>)> {
        let (call, record, ordinal) = self.of(index)?;
        let at = self.at(ordinal, &record);
        let since = match self.doing(index)?.shown.take() {
            Some(shown) => self.shared.hands.since(*shown, &at).await,
            None => None,
        };
        Some((call, since))
    }

    fn give_reason(&mut self, index: usize, verdict: &Verdict) {
        if let Some(doing) = self.doing(index) {
            doing.why = Some(verdict.why.clone());
        }
    }

    fn ready(&mut self, index: usize, leave: Leave) {
        if let Some(doing) = self.doing(index) {
            doing.stage = Stage::Ready(leave);
        }
    }

    /// Shows a call to a person and lets the turn wait.
    async fn propose(&mut self, index: usize, prepared: Prepared, verdict: &Verdict) -> Result<(), Error> {
        let Some((call, record, ordinal)) = self.of(index) else { return Ok(()) };
        if let Some(words) = prepared.view.too_much {
            self.settle(index, crate::act::failed(&call, 413, words));
            return Ok(());
        }
        let Some(active) = &mut self.active else { return Ok(()) };
        let (turn_id, turn_phase, turn_seq) = active.machine.annotate(Phase::Activity);
        let proposal = Proposal {
            chat_id: self.id.clone(),
            proposal_id: record.clone(),
            call_id: call.id.clone(),
            tool: call.tool.name().to_owned(),
            kind: prepared.view.kind,
            title: alcove_agent::tool::title(&call),
            command: prepared.view.command.clone(),
            files: prepared.view.files.clone(),
            question: prepared.view.question.clone(),
            address: prepared.view.address.clone(),
            why: verdict.why.clone(),
            because: because(verdict, &prepared.request, &self.shared.acting.current().rules),
            digest: prepared.exact.digest().to_string(),
            rules: prepared.view.rules.clone(),
            turn_id,
            turn_phase,
            turn_seq,
            created_at_ms: Some(now_ms()),
            seq: None,
        };
        let attributes =
            json!({ "call": call.id, "tool": call.tool.name(), "arguments": call.arguments, "why": verdict.why, "proposal": proposal });
        let row = self.entry(ordinal, record, (EntryState::Proposed, None), (&call.target, &attributes));
        let event = Event::Proposal(Box::new(proposal.clone()));
        self.journal.append(vec![Say::Logged(event)], vec![Change::PutEntry(row)]).await?;
        if let Some(doing) = self.doing(index) {
            doing.stage = Stage::Asked(Box::new(Asked { prepared, proposal }));
        }
        Ok(())
    }

    /// Starts a call by what it would do now, judged again under the rules and the mode of now. What a person allowed must be exactly what
    /// was shown, and nothing may deny it.
    async fn carry_on(&mut self, index: usize, prepared: Prepared, leave: Leave) -> Result<(), Error> {
        let Some((call, record, ordinal)) = self.of(index) else { return Ok(()) };
        let at = self.at(ordinal, &record);
        let verdict = self.shared.hands.judge(&prepared.request, &at, &self.shared.acting.current());
        let spent = self.active.as_mut().map(|active| active.acts.approvals.spend(&record, &prepared.exact));
        match (verdict.effect, leave) {
            (Ruled::Deny, _) => {
                self.settle(index, refused(&call, &verdict));
                return Ok(());
            }
            (Ruled::Ask, Leave::Given) => {
                self.give_reason(index, &verdict);
                return self.propose(index, prepared, &verdict).await;
            }
            (Ruled::Allow, Leave::Given) => self.give_reason(index, &verdict),
            (Ruled::Allow | Ruled::Ask, Leave::Approved) if spent == Some(Spent::Used) => {}
            (Ruled::Allow | Ruled::Ask, Leave::Approved) => {
                let Some((call, since)) = self.since(index).await else { return Ok(()) };
                self.settle(index, no_longer(&call, since.as_deref()));
                return Ok(());
            }
        }
        let row = self.begun_row(index);
        self.journal.append(Vec::new(), row.into_iter().map(Change::PutEntry).collect()).await?;
        let cancel = CancellationToken::new();
        let Some(active) = &mut self.active else { return Ok(()) };
        let turn_id = active.machine.facts().turn.clone();
        let ears = Ears { turn: active.acts.tell.clone(), chat: self.late_ends.tell.clone(), turn_id };
        if let Some(doing) = active.acts.list.get_mut(index) {
            doing.stage = Stage::Running(cancel.clone().drop_guard());
        }
        self.shared.hands.begin(prepared, at, ears, cancel);
        Ok(())
    }
}

/// What was allowed is not what would be done now; with what has changed, where that can be said.
fn no_longer(call: &Call, since: Option<&str>) -> Settled {
    let since = since.map_or(" ".to_owned(), |since| format!("\n{since}\n"));
    let words =
        format!("What this would do is no longer what was shown and allowed, so nothing was done.{since}Look again, and ask again.");
    crate::act::failed(call, 409, words)
}
