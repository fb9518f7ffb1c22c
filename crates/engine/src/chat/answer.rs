//! A person's answers: to proposals, also those that outlived their turn by a restart.

use alcove_agent::policy::Effect as Ruled;
use alcove_agent::tool::{self, Ask, Wish};
use alcove_agent::turn::Settled;
use alcove_proto::acting::AnsweredOne;
use alcove_proto::envelope::{Event, Proposal, ProposalResolved, ProposalState, UserMessage};
use alcove_store::{Change, EntryRow, EntryState, TurnState, Visibility};
use serde_json::{Map, Value, json};

use super::actor::Actor;
use super::acts::{Asked, Leave, Resumed, Stage};
use super::journal::Say;
use super::turns::Waiting;
use super::{Lasting, Running};
use crate::clock::{fresh_uuid, now_ms};
use crate::error::{Error, read};

/// A person's answer to a proposal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) proposal: String,
    /// Yes or no.
    pub(crate) accept: bool,
    /// What was shown; a yes to something else does not count.
    pub(crate) digest: Option<String>,
    /// Why not.
    pub(crate) reason: Option<String>,
    /// The answer to a question.
    pub(crate) text: Option<String>,
    /// The command as the person wants it.
    pub(crate) command: Option<String>,
    /// The rule that was made with it, in words.
    pub(crate) rule: Option<String>,
}

impl Actor {
    /// Answers a proposal; whoever was first counts.
    pub(super) async fn answer_proposal(&mut self, answer: Answer) -> Result<AnsweredOne, Error> {
        let doing = self.active.as_mut().and_then(|active| active.acts.find(&answer.proposal));
        let Some(doing) = doing else { return self.answer_later(answer).await };
        match std::mem::replace(&mut doing.stage, Stage::Over) {
            Stage::Asked(asked) => self.answer_now(answer, asked).await,
            other @ (Stage::Fresh | Stage::Preparing(_) | Stage::Ready(..) | Stage::Running(_) | Stage::Over) => {
                let state = match &other {
                    Stage::Preparing(Leave::Approved) | Stage::Ready(..) | Stage::Running(_) => ProposalState::Accepted,
                    Stage::Fresh | Stage::Preparing(Leave::Given) | Stage::Over | Stage::Asked(_) => {
                        return self.put_back(&answer.proposal, other).await;
                    }
                };
                doing.stage = other;
                Ok(answered(&answer, state, Some("It was answered before.")))
            }
        }
    }

    async fn put_back(&mut self, record: &str, stage: Stage) -> Result<AnsweredOne, Error> {
        if let Some(doing) = self.active.as_mut().and_then(|active| active.acts.find(record)) {
            doing.stage = stage;
        }
        self.answered_before(record).await
    }

    /// What became of a proposal that waits no longer.
    async fn answered_before(&mut self, record: &str) -> Result<AnsweredOne, Error> {
        let row = self.kept_entry(record).await?;
        let (state, why) = match row.map(|row| row.state) {
            None => (ProposalState::Cancelled, "There is no such proposal."),
            Some(EntryState::Proposed) => (ProposalState::Open, "It waits to be shown again."),
            Some(EntryState::Failed) => (ProposalState::Rejected, "It was answered before."),
            Some(EntryState::Cancelled) => (ProposalState::Cancelled, "It was withdrawn: the turn had ended."),
            Some(EntryState::Streaming | EntryState::Resolved) => (ProposalState::Accepted, "It was answered before."),
        };
        Ok(AnsweredOne { proposal_id: record.to_owned(), state, why: Some(why.to_owned()) })
    }

    async fn answer_now(&mut self, answer: Answer, asked: Box<Asked>) -> Result<AnsweredOne, Error> {
        if answer.accept && answer.digest.as_ref().is_some_and(|digest| *digest != asked.proposal.digest) {
            self.stage(&answer.proposal, Stage::Asked(asked));
            return Ok(answered(&answer, ProposalState::Open, Some("What is proposed now is not what was answered. Look again.")));
        }
        let call = asked.prepared.call.clone();
        if let (true, Ask::Question { .. }) = (answer.accept, &call.ask) {
            let text = answer.text.clone().filter(|text| !text.trim().is_empty()).unwrap_or_else(|| "Yes.".to_owned());
            let settled = crate::act::done(&call, format!("The person answers: {text}"));
            let row = self.row_of(&answer.proposal, Some(&settled));
            self.resolve(&answer, &asked.proposal, (ProposalState::Accepted, Some(text)), row).await?;
            self.settled(&answer.proposal, settled);
            return Ok(answered(&answer, ProposalState::Accepted, None));
        }
        if !answer.accept {
            let settled = crate::act::rejected(&call, answer.reason.as_deref());
            let row = self.row_of(&answer.proposal, Some(&settled));
            self.resolve(&answer, &asked.proposal, (ProposalState::Rejected, answer.reason.clone()), row).await?;
            self.settled(&answer.proposal, settled);
            return Ok(answered(&answer, ProposalState::Rejected, None));
        }
        let asked = match self.rewritten(&answer, asked).await {
            Ok(asked) => asked,
            Err((asked, why)) => {
                self.stage(&answer.proposal, Stage::Asked(asked));
                return Ok(answered(&answer, ProposalState::Open, Some(&why)));
            }
        };
        let row = self.row_of(&answer.proposal, None);
        self.resolve(&answer, &asked.proposal, (ProposalState::Accepted, None), row).await?;
        if let Some(active) = &mut self.active {
            active.acts.grant(&answer.proposal, asked.prepared.exact.digest());
        }
        self.stage(&answer.proposal, Stage::Ready(Box::new(asked.prepared), Leave::Approved));
        Ok(answered(&answer, ProposalState::Accepted, None))
    }

    /// The command as the person changed it: what is approved is what they wrote.
    async fn rewritten(&mut self, answer: &Answer, mut asked: Box<Asked>) -> Result<Box<Asked>, (Box<Asked>, String)> {
        let mut call = asked.prepared.call.clone();
        let (Some(command), Ask::Run(run)) = (&answer.command, &mut call.ask) else { return Ok(asked) };
        if *command == run.script {
            return Ok(asked);
        }
        if command.trim().is_empty() {
            return Err((asked, "The command is empty.".to_owned()));
        }
        run.script = command.clone();
        call.arguments.insert("command".to_owned(), json!(command));
        let ordinal = self.active.as_ref().map_or(0, |active| active.acts.ordinal);
        let at = self.at(ordinal, &answer.proposal);
        let prepared = match self.shared.hands.prepare(&call, &at).await {
            Ok(prepared) => prepared,
            Err(settled) => return Err((asked, settled.body)),
        };
        let verdict = self.shared.hands.judge(&prepared.request, &at, &self.shared.acting.current());
        if verdict.effect == Ruled::Deny {
            return Err((asked, verdict.why));
        }
        if let Some(doing) = self.active.as_mut().and_then(|active| active.acts.find(&answer.proposal)) {
            doing.call = call;
        }
        asked.prepared = prepared;
        Ok(asked)
    }

    fn stage(&mut self, record: &str, stage: Stage) {
        if let Some(doing) = self.active.as_mut().and_then(|active| active.acts.find(record)) {
            doing.stage = stage;
        }
    }

    fn settled(&mut self, record: &str, settled: Settled) {
        if let Some(index) = self.active.as_ref().and_then(|active| active.acts.position(record)) {
            self.settle(index, settled);
        }
    }

    /// The record of a call of the turn that runs, as it is with the answer: ended, or about to run.
    fn row_of(&mut self, record: &str, settled: Option<&Settled>) -> Option<EntryRow> {
        let index = self.active.as_ref().and_then(|active| active.acts.position(record))?;
        match settled {
            Some(settled) => self.ended_row(index, settled, &[]),
            None => self.begun_row(index),
        }
    }

    /// Tells that a proposal waits no longer, and keeps its record so with it: were they apart, one that everybody heard is answered could
    /// wait again, and be answered otherwise, after an end of Alcove in between.
    async fn resolve(
        &mut self,
        answer: &Answer,
        proposal: &Proposal,
        how: (ProposalState, Option<String>),
        row: Option<EntryRow>,
    ) -> Result<(), Error> {
        let event = self.resolved(answer, proposal, how);
        self.journal.append(vec![Say::Logged(event)], row.into_iter().map(Change::PutEntry).collect()).await
    }

    fn resolved(&self, answer: &Answer, proposal: &Proposal, (state, reason): (ProposalState, Option<String>)) -> Event {
        Event::ProposalResolved(ProposalResolved {
            chat_id: self.id.clone(),
            proposal_id: proposal.proposal_id.clone(),
            call_id: proposal.call_id.clone(),
            state,
            reason,
            rule: answer.rule.clone(),
            turn_id: proposal.turn_id.clone(),
            seq: None,
        })
    }

    /// A proposal whose turn has ended, by a restart: a no closes it, a yes begins a turn that does it and goes on from there.
    async fn answer_later(&mut self, answer: Answer) -> Result<AnsweredOne, Error> {
        let resumed = self.waiting.iter().filter_map(|waiting| waiting.resumes.as_ref());
        if resumed.into_iter().any(|resumed| resumed.record == answer.proposal) {
            return Ok(answered(&answer, ProposalState::Accepted, Some("It was answered before.")));
        }
        let row = self.kept_entry(&answer.proposal).await?.filter(|row| row.state == EntryState::Proposed);
        let Some(row) = row else { return self.answered_before(&answer.proposal).await };
        let attributes: Map<String, Value> = serde_json::from_str(&row.attributes).unwrap_or_default();
        let proposal: Option<Proposal> = attributes.get("proposal").and_then(|value| serde_json::from_value(value.clone()).ok());
        let Some(proposal) = proposal else { return self.answered_before(&answer.proposal).await };
        if answer.accept && answer.digest.as_ref().is_some_and(|digest| *digest != proposal.digest) {
            return Ok(answered(&answer, ProposalState::Open, Some("What is proposed is not what was answered. Look again.")));
        }
        let call = recorded(&attributes);
        match (answer.accept, call) {
            (true, Some(call)) => {
                let event = self.resolved(&answer, &proposal, (ProposalState::Accepted, answer.text.clone()));
                let row = EntryRow { state: EntryState::Streaming, body: String::new(), updated_at: now_ms(), ..row };
                let resumed = Resumed { call, record: answer.proposal.clone(), digest: proposal.digest.clone(), text: answer.text.clone() };
                self.say_approved(&proposal, resumed, (event, row)).await?;
                Ok(answered(&answer, ProposalState::Accepted, None))
            }
            (true, None) => Ok(answered(&answer, ProposalState::Open, Some("This proposal can no longer be carried out. Reject it."))),
            (false, _) => {
                let outcome = Some("permission".to_owned());
                let body = answer.reason.clone().unwrap_or_else(|| "The person said no.".to_owned());
                let closed = EntryRow { state: EntryState::Failed, outcome, body, updated_at: now_ms(), ..row };
                self.resolve(&answer, &proposal, (ProposalState::Rejected, answer.reason.clone()), Some(closed)).await?;
                self.forget_waiting().await?;
                Ok(answered(&answer, ProposalState::Rejected, None))
            }
        }
    }

    /// A turn of its own for what was allowed after its turn had ended, begun in the transaction that tells and keeps the answer.
    async fn say_approved(&mut self, proposal: &Proposal, resumed: Resumed, (answer, record): (Event, EntryRow)) -> Result<(), Error> {
        let now = now_ms();
        let text = format!("Approved: {}", resumed.call.target.lines().next().unwrap_or_default());
        let starts_turn = self.active.is_none() && self.waiting.is_empty();
        let turn = alcove_proto::TurnId::parse(&fresh_uuid());
        let waiting = Waiting {
            id: turn.as_ref().map_or_else(fresh_uuid, |turn| turn.as_str().to_owned()),
            turn: turn.clone(),
            ordinal: self.turn_count + 1,
            // The answer is told first.
            prompt_seq: self.journal.next_seq() + 1,
            prompted_at: now,
            resumes: Some(resumed),
        };
        let run = if starts_turn { Some(Running { turn: turn.clone(), started_at: now as f64 / 1000.0 }) } else { self.running() };
        let event = Event::UserMessage(UserMessage {
            chat_id: self.id.clone(),
            text: text.clone(),
            starts_turn,
            turn_id: turn,
            active_turn_id: run.as_ref().and_then(|run| run.turn.clone()),
            started_at: run.as_ref().map(|run| run.started_at),
            created_at_ms: Some(now),
            media_urls: None,
            cli_apps: None,
            mcp_presets: None,
            session_mentions: None,
            provenance: None,
            seq: None,
        });
        let body = format!("{text}\n\n(The person allowed this after Alcove had been started again: {}.)", proposal.title);
        let prompt = EntryRow {
            visibility: Visibility::Visible,
            ..self.entry(waiting.ordinal, format!("prompt://{}", waiting.ordinal), (EntryState::Resolved, None), (&body, &json!({})))
        };
        let changes = vec![Change::PutEntry(record), Change::PutTurn(waiting.row(&self.id, TurnState::Queued)), Change::PutEntry(prompt)];
        self.journal.append(vec![Say::Logged(answer), Say::Logged(event)], changes).await?;
        self.exists = self.lasting == Lasting::Kept;
        self.turn_count += 1;
        self.waiting.push_back(waiting);
        Ok(())
    }

    /// With nothing left that waits, the list shows the chat as idle.
    async fn forget_waiting(&mut self) -> Result<(), Error> {
        let chat = self.id.as_str().to_owned();
        let open = read(&self.shared.store, |reader| reader.unfinished_entries()).await?;
        let waits = open.iter().any(|row| row.chat == chat && row.state == EntryState::Proposed);
        if !waits && self.active.is_none() && self.waiting.is_empty() {
            self.set_state(alcove_proto::envelope::ChatStateWord::Idle, None);
        }
        Ok(())
    }

    /// The proposals of the turn that runs.
    pub(super) fn open_proposals(&self) -> Vec<Proposal> {
        self.active.iter().flat_map(|active| active.acts.open().cloned()).collect()
    }
}

/// The call of a record, as it was kept.
fn recorded(attributes: &Map<String, Value>) -> Option<tool::Call> {
    let text = |key: &str| attributes.get(key).and_then(Value::as_str);
    let arguments = attributes.get("arguments")?.to_string();
    match tool::read_native(text("call")?, text("tool")?, &arguments) {
        Wish::Act(call) => Some(*call),
        Wish::Think(_) | Wish::Update(_) | Wish::Unread(_) => None,
    }
}

fn answered(answer: &Answer, state: ProposalState, why: Option<&str>) -> AnsweredOne {
    AnsweredOne { proposal_id: answer.proposal.clone(), state, why: why.map(str::to_owned) }
}
