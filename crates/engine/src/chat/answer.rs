//! A person's answers: to proposals, also those that outlived their turn by a restart.

use alcove_agent::policy::{Effect as Ruled, Exact, What};
use alcove_agent::tool::{self, Ask, Call, Wish};
use alcove_agent::turn::Settled;
use alcove_proto::acting::AnsweredOne;
use alcove_proto::envelope::{Event, Proposal, ProposalKind, ProposalResolved, ProposalState, UserMessage};
use alcove_store::{Change, EntryRow, EntryState, TurnState, Visibility};
use serde_json::{Map, Value, json};

use super::actor::Actor;
use super::acts::{Asked, Resumed, Stage};
use super::journal::Say;
use super::turns::Waiting;
use super::{Lasting, Running};
use crate::act::Prepared;
use crate::clock::{fresh_uuid, now_ms};
use crate::error::{Error, read};

/// A person's answer to a proposal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) proposal: String,
    /// Yes or no.
    pub(crate) accept: bool,
    /// What was shown; a yes to something else does not count. Only answers to questions have none.
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
            other @ (Stage::Fresh | Stage::Preparing(_) | Stage::Ready(_) | Stage::Running(_) | Stage::Over) => {
                let state = match &other {
                    Stage::Preparing(Some(_)) | Stage::Ready(_) | Stage::Running(_) => ProposalState::Accepted,
                    Stage::Fresh | Stage::Preparing(None) | Stage::Over | Stage::Asked(_) => {
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
        if answer.accept && !is_for(&answer, &asked.proposal) {
            self.stage(&answer.proposal, Stage::Asked(asked));
            return Ok(answered(&answer, ProposalState::Open, Some("What is proposed now is not what was answered. Look again.")));
        }
        let call = asked.prepared.call.clone();
        if let (true, Ask::Question { .. }) = (answer.accept, &call.ask) {
            let text = answer.text.clone().filter(|text| !text.trim().is_empty()).unwrap_or_else(|| "Yes.".to_owned());
            let settled = crate::act::done(&call, format!("The person answers: {text}"));
            let resolved = self.resolution(&answer, &asked.proposal, ProposalState::Accepted);
            self.end(ProposalResolved { reason: Some(text), ..resolved }, settled).await?;
            return Ok(answered(&answer, ProposalState::Accepted, None));
        }
        if !answer.accept {
            let settled = crate::act::rejected(&call, answer.reason.as_deref());
            let resolved = self.resolution(&answer, &asked.proposal, ProposalState::Rejected);
            self.end(ProposalResolved { reason: answer.reason.clone(), ..resolved }, settled).await?;
            return Ok(answered(&answer, ProposalState::Rejected, None));
        }
        let (prepared, changed) = match self.rewritten(&answer, &call).await {
            Ok(None) => (asked.prepared, None),
            Ok(Some(mut prepared)) => {
                // Nothing but the command may be another than what was shown.
                prepared.exact = Exact { what: prepared.exact.what, ..asked.prepared.exact };
                let changed = script(&prepared.call);
                (prepared, changed)
            }
            Err(why) => {
                self.stage(&answer.proposal, Stage::Asked(asked));
                return Ok(answered(&answer, ProposalState::Open, Some(&why)));
            }
        };
        if changed.is_some() {
            self.change(&answer.proposal, &prepared.call);
        }
        let resolved = self.resolution(&answer, &asked.proposal, ProposalState::Accepted);
        let index = self.active.as_ref().and_then(|active| active.acts.position(&answer.proposal));
        // It waits no longer, also for those who look after a restart: then it was cut off.
        let begun = index.and_then(|index| self.begun_row(index));
        self.resolve(ProposalResolved { command: changed, ..resolved }, begun.into_iter().map(Change::PutEntry).collect()).await?;
        if let Some(index) = index {
            self.approved(index, prepared);
        }
        Ok(answered(&answer, ProposalState::Accepted, None))
    }

    /// The command as the person changed it, worked out and judged: what is approved is what they wrote. None where it is what was shown.
    async fn rewritten(&mut self, answer: &Answer, call: &Call) -> Result<Option<Prepared>, String> {
        let (Some(command), Ask::Run(run)) = (&answer.command, &call.ask) else { return Ok(None) };
        if *command == run.script {
            return Ok(None);
        }
        if command.trim().is_empty() {
            return Err("The command is empty.".to_owned());
        }
        let Some(call) = call.with_command(command) else { return Ok(None) };
        let ordinal = self.active.as_ref().map_or(self.turn_count + 1, |active| active.acts.ordinal);
        let at = self.at(ordinal, &answer.proposal);
        let prepared = self.shared.hands.prepare(&call, &at).await.map_err(|settled| settled.body)?;
        let verdict = self.shared.hands.judge(&prepared.request, &at, &self.shared.acting.current());
        if verdict.effect == Ruled::Deny {
            return Err(verdict.why);
        }
        Ok(Some(prepared))
    }

    /// From here on a call is the one a person made of it.
    fn change(&mut self, record: &str, call: &Call) {
        let Some(active) = &mut self.active else { return };
        active.machine.change(&call.id, call.arguments.clone());
        if let Some(doing) = active.acts.find(record) {
            doing.changed = script(call);
            doing.call = call.clone();
        }
    }

    fn stage(&mut self, record: &str, stage: Stage) {
        if let Some(doing) = self.active.as_mut().and_then(|active| active.acts.find(record)) {
            doing.stage = stage;
        }
    }

    /// Ends a call by the answer to its proposal. Its record is closed in the write that tells so: one that was left open could be answered
    /// again after a restart.
    async fn end(&mut self, resolved: ProposalResolved, settled: Settled) -> Result<(), Error> {
        let index = self.active.as_ref().and_then(|active| active.acts.position(&resolved.proposal_id));
        let Some(index) = index else { return self.resolve(resolved, Vec::new()).await };
        let attributes = self.attributes(index, Some(&settled));
        let closed = self.ended(index, &settled, &attributes);
        self.resolve(resolved, closed.into_iter().collect()).await?;
        self.settle(index, settled);
        Ok(())
    }

    /// What is told of a proposal that was answered.
    fn resolution(&self, answer: &Answer, proposal: &Proposal, state: ProposalState) -> ProposalResolved {
        ProposalResolved {
            chat_id: self.id.clone(),
            proposal_id: proposal.proposal_id.clone(),
            call_id: proposal.call_id.clone(),
            state,
            reason: None,
            command: None,
            rule: answer.rule.clone(),
            turn_id: proposal.turn_id.clone(),
            seq: None,
        }
    }

    /// Tells that a proposal waits no longer, and keeps what is so because of it in the same write.
    async fn resolve(&mut self, resolved: ProposalResolved, more: Vec<Change>) -> Result<(), Error> {
        self.journal.append(vec![Say::Logged(Event::ProposalResolved(resolved))], more).await
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
        if answer.accept && !is_for(&answer, &proposal) {
            return Ok(answered(&answer, ProposalState::Open, Some("What is proposed is not what was answered. Look again.")));
        }
        let call = recorded(&attributes);
        match (answer.accept, call) {
            (true, Some(call)) => {
                let (record, text) = (answer.proposal.clone(), answer.text.clone());
                let resumed = match self.rewritten(&answer, &call).await {
                    Ok(None) => Resumed { call, record, digest: proposal.digest.clone(), changed: None, text },
                    Ok(Some(prepared)) => {
                        let (digest, changed) = (digest_of(&prepared, &call, &proposal), script(&prepared.call));
                        Resumed { call: prepared.call, record, digest, changed, text }
                    }
                    Err(why) => return Ok(answered(&answer, ProposalState::Open, Some(&why))),
                };
                let resolved = self.resolution(&answer, &proposal, ProposalState::Accepted);
                let (reason, command) = (answer.text.clone(), resumed.changed.clone());
                let event = Event::ProposalResolved(ProposalResolved { reason, command, ..resolved });
                let row = EntryRow { state: EntryState::Streaming, body: String::new(), updated_at: now_ms(), ..row };
                self.say_approved(&proposal, resumed, (event, row)).await?;
                Ok(answered(&answer, ProposalState::Accepted, None))
            }
            (true, None) => Ok(answered(&answer, ProposalState::Open, Some("This proposal can no longer be carried out. Reject it."))),
            (false, _) => {
                let outcome = Some("permission".to_owned());
                let body = answer.reason.clone().unwrap_or_else(|| "The person said no.".to_owned());
                let closed = EntryRow { state: EntryState::Failed, outcome, body, updated_at: now_ms(), ..row };
                let resolved = self.resolution(&answer, &proposal, ProposalState::Rejected);
                self.resolve(ProposalResolved { reason: answer.reason.clone(), ..resolved }, vec![Change::PutEntry(closed)]).await?;
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

/// The script of a call, where it runs one.
fn script(call: &Call) -> Option<String> {
    let Ask::Run(run) = &call.ask else { return None };
    Some(run.script.clone())
}

/// Whether a yes is for what is proposed. Words that answer a question are for the question.
fn is_for(answer: &Answer, proposal: &Proposal) -> bool {
    match &answer.digest {
        Some(digest) => *digest == proposal.digest,
        None => proposal.kind == ProposalKind::Question,
    }
}

/// What a yes to a changed command is for. Where more than the command is another than what was shown, it is for what was shown, so that
/// the command is shown before it runs.
fn digest_of(changed: &Prepared, shown: &Call, proposal: &Proposal) -> String {
    let (What::Script { shell, .. }, Ask::Run(run)) = (&changed.exact.what, &shown.ask) else { return proposal.digest.clone() };
    let what = What::Script { shell: shell.clone(), text: run.script.clone() };
    let as_shown = Exact { what, ..changed.exact.clone() }.digest().to_string() == proposal.digest;
    if as_shown { changed.exact.digest().to_string() } else { proposal.digest.clone() }
}

/// The call of a record, as it was kept.
fn recorded(attributes: &Map<String, Value>) -> Option<Call> {
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
