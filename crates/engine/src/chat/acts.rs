//! Carrying out what a step asks for: each call is prepared, judged, perhaps shown to a person (`judging`), and run; in order, but for calls
//! that only look, which run beside each other.

use std::collections::BTreeSet;

use alcove_agent::policy::{Approvals, Kind};
use alcove_agent::tool::{Ask, Call};
use alcove_agent::turn::{Input, Settled};
use alcove_proto::TurnId;
use alcove_proto::envelope::{Changes, ChangesWord, ChatStateWord, Event, Proposal, ProposalResolved, ProposalState, StreamChunk};
use alcove_store::{Change, EntryRow, EntryState};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::DropGuard;

use super::Lasting;
use super::actor::Actor;
use super::journal::Say;
use super::records::{end_of, under_change};
use crate::act::{At, Prepared, Worked, may_change};
use crate::clock::now_ms;
use crate::error::Error;
use crate::media::{self, Attachment};

/// Things heard from running calls that may wait; more wait with the calls, and these with their processes.
const WORKED: usize = 64;
/// Bytes of a command's newest output that are told when the turn is stopped.
const OUTPUT_TAIL: usize = 16 * 1024;

/// What a step's calls are doing.
pub(super) struct Acts {
    pub(super) list: Vec<Doing>,
    pub(super) tell: mpsc::Sender<Worked>,
    heard: mpsc::Receiver<Worked>,
    pub(super) approvals: Approvals,
    /// Whether something that may change files was cut off and has not come to its end.
    cut: bool,
    /// Paths of the turn's records.
    pub(super) records: BTreeSet<String>,
    pub(super) ordinal: u64,
}

/// One call.
pub(super) struct Doing {
    pub(super) call: Call,
    /// The path of its record, by which a proposal is named too.
    pub(super) record: String,
    pub(super) stage: Stage,
    /// The command as a person changed it.
    pub(super) changed: Option<String>,
    /// What a person said yes to.
    pub(super) shown: Option<Box<Prepared>>,
    /// Why it is allowed, or asked about.
    pub(super) why: Option<String>,
    /// What it has put out, the newest of it.
    output: String,
    /// Pictures it found, held until their rows are kept.
    pictures: Vec<Attachment>,
}

/// How far a call is.
pub(super) enum Stage {
    /// Nothing is known of it yet.
    Fresh,
    /// What it would do is being worked out: to be judged, or, with a leave, to be begun.
    Preparing(Option<Leave>),
    /// It waits for a person.
    Asked(Box<Asked>),
    /// It may run.
    Ready(Leave),
    /// It runs, for as long as this is held: a chat that is given up leaves nothing running that nobody hears.
    Running(DropGuard),
    /// It has ended.
    Over,
}

/// A call that waits for a person.
pub(super) struct Asked {
    pub(super) prepared: Prepared,
    pub(super) proposal: Proposal,
}

/// Who allowed a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leave {
    /// Policy.
    Given,
    /// A person, for exactly what was shown.
    Approved,
}

/// A call a person allowed after its turn had ended.
#[derive(Clone, Debug)]
pub(super) struct Resumed {
    pub(super) call: Call,
    pub(super) record: String,
    pub(super) digest: String,
    /// The command as the person changed it.
    pub(super) changed: Option<String>,
    /// The answer, where it was a question.
    pub(super) text: Option<String>,
}

impl Acts {
    pub(super) fn new(ordinal: u64) -> Self {
        let (tell, heard) = mpsc::channel(WORKED);
        Self { list: Vec::new(), tell, heard, approvals: Approvals::default(), cut: false, records: BTreeSet::new(), ordinal }
    }

    /// What a running call says next. Cancel-safe.
    pub(super) async fn next(&mut self) -> Option<Worked> {
        self.heard.recv().await
    }

    pub(super) fn find(&mut self, record: &str) -> Option<&mut Doing> {
        self.list.iter_mut().find(|doing| doing.record == record)
    }

    pub(super) fn position(&self, record: &str) -> Option<usize> {
        self.list.iter().position(|doing| doing.record == record)
    }

    /// The proposals that wait.
    pub(super) fn open(&self) -> impl Iterator<Item = &Proposal> {
        self.list.iter().filter_map(|doing| match &doing.stage {
            Stage::Asked(asked) => Some(&asked.proposal),
            Stage::Fresh | Stage::Preparing(_) | Stage::Ready(_) | Stage::Running(_) | Stage::Over => None,
        })
    }

    /// Hears nothing any more; of the calls that were cut off, those count that had not said before that they are over.
    async fn cut_off(&mut self, mut cut: Vec<String>) {
        self.heard.close();
        while let Some(worked) = self.heard.recv().await {
            if let Worked::Done(done) = worked
                && !done.settled.background
            {
                cut.retain(|call| *call != done.settled.call);
            }
        }
        self.cut = !cut.is_empty();
    }
}

impl Doing {
    fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }
}

impl Actor {
    /// Takes on the calls of a step.
    pub(super) fn begin_acts(&mut self, calls: Vec<Call>) {
        let Some(ordinal) = self.active.as_ref().map(|active| active.acts.ordinal) else { return };
        let mut list = Vec::with_capacity(calls.len());
        for call in calls {
            let resumed = self.resumed.take();
            let changed = resumed.as_ref().and_then(|resumed| resumed.changed.clone());
            let record = match resumed {
                Some(resumed) => {
                    let question = matches!(call.ask, Ask::Question { .. });
                    let told = if question { resumed.text.unwrap_or_else(|| "Yes.".to_owned()) } else { resumed.digest };
                    self.allowed = Some((resumed.record.clone(), told));
                    resumed.record
                }
                None => self.fresh_record(ordinal, call.tool.tag(), &call.target),
            };
            list.push(Doing {
                call,
                record,
                stage: Stage::Fresh,
                changed,
                shown: None,
                why: None,
                output: String::new(),
                pictures: Vec::new(),
            });
        }
        if let Some(active) = &mut self.active {
            active.acts.list = list;
        }
    }

    /// A turn that begins with what a person allowed.
    pub(super) fn resume(&mut self, resumed: Resumed) -> Input {
        let call = resumed.call.clone();
        self.resumed = Some(resumed);
        Input::Resumed(vec![call])
    }

    /// Moves every call on that can be: prepares, asks, runs. What ends at once becomes an input of the machine.
    pub(super) fn advance(&mut self) {
        while let Some(index) = self.next_to_move() {
            self.move_on(index);
        }
        self.tell_waiting();
    }

    fn next_to_move(&self) -> Option<usize> {
        let list = &self.active.as_ref()?.acts.list;
        // One after the other, so that they are shown in their order.
        let prepares = list.iter().any(|doing| matches!(doing.stage, Stage::Preparing(None)));
        let moves = |(index, doing): (usize, &Doing)| match &doing.stage {
            Stage::Fresh => !prepares && list.iter().take(index).all(|earlier| !stands_in_the_way(earlier, &doing.call)),
            Stage::Ready(_) => list.iter().take(index).all(|earlier| earlier.is_over() || beside(earlier, doing)),
            Stage::Preparing(_) | Stage::Asked(_) | Stage::Running(_) | Stage::Over => false,
        };
        list.iter().enumerate().position(moves)
    }

    fn move_on(&mut self, index: usize) {
        let Some(active) = &mut self.active else { return };
        let Some(doing) = active.acts.list.get_mut(index) else { return };
        match std::mem::replace(&mut doing.stage, Stage::Over) {
            Stage::Fresh => self.prepare(index, None),
            // It may have waited long for others or for a person.
            Stage::Ready(leave) => self.prepare(index, Some(leave)),
            other @ (Stage::Preparing(_) | Stage::Asked(_) | Stage::Running(_) | Stage::Over) => doing.stage = other,
        }
    }

    /// Where the chat's calls are carried out.
    pub(super) fn at(&self, ordinal: u64, record: &str) -> At {
        At {
            chat: self.id.clone(),
            lasting: self.lasting,
            turn: ordinal,
            scope: self.scope.clone(),
            own: self.shared.acting.current().of(self.id.as_str()),
            record: record.to_owned(),
        }
    }

    /// A call ended: its record is written, and the machine hears of it.
    pub(super) fn settle(&mut self, index: usize, settled: Settled) {
        self.settle_with(index, settled, Vec::new(), Vec::new());
    }

    fn settle_with(&mut self, index: usize, settled: Settled, more: Vec<Change>, pictures: Vec<Attachment>) {
        let Some((_, record, _)) = self.of(index) else { return };
        let mut attributes = self.attributes(index, Some(&settled));
        if let (false, Some(map)) = (pictures.is_empty(), attributes.as_object_mut()) {
            let remembered: Value = serde_json::from_str(&media::attributes(&pictures)).unwrap_or_default();
            map.insert("media".to_owned(), remembered["media"].clone());
        }
        let kept = media::rows(&self.id, &pictures, now_ms());
        let why = settled.why.clone().or_else(|| self.doing(index).and_then(|doing| doing.why.clone()));
        let settled = Settled { record, why, ..settled };
        let row = self.ended(index, &settled, &attributes);
        if let Some(doing) = self.doing(index) {
            if let Stage::Running(guard) = std::mem::replace(&mut doing.stage, Stage::Over) {
                // It has ended, or goes on in the background.
                let _goes_on = guard.disarm();
            }
            doing.pictures = pictures;
        }
        let changes = row.into_iter().chain(more).chain(kept).collect();
        self.inputs.push_back((Input::Settled(settled), changes));
    }

    /// The record of a call that ended so.
    pub(super) fn ended(&self, index: usize, settled: &Settled, attributes: &Value) -> Option<Change> {
        let (_, record, ordinal) = self.of(index)?;
        let body = under_change(attributes, settled.body.clone());
        Some(Change::PutEntry(self.entry(ordinal, record, end_of(settled), (&body, attributes))))
    }

    /// The record of a call that runs, or is about to.
    pub(super) fn begun_row(&mut self, index: usize) -> Option<EntryRow> {
        let (_, record, ordinal) = self.of(index)?;
        let attributes = self.attributes(index, None);
        Some(self.entry(ordinal, record, (EntryState::Streaming, None), ("", &attributes)))
    }

    pub(super) fn attributes(&mut self, index: usize, settled: Option<&Settled>) -> Value {
        let turn_id = self.active.as_ref().and_then(|active| active.machine.facts().turn.clone());
        let Some(doing) = self.doing(index) else { return json!({}) };
        let (call, why) = (&doing.call, &doing.why);
        let mut attributes =
            json!({ "call": call.id, "tool": call.tool.name(), "arguments": call.arguments, "changed": doing.changed, "why": why });
        if let (Some(settled), Some(map)) = (settled, attributes.as_object_mut()) {
            map.insert("exit_code".to_owned(), json!(settled.exit_code));
            map.insert("duration_ms".to_owned(), json!(settled.duration_ms));
        }
        if settled.is_some_and(|settled| settled.background)
            && let Some(map) = attributes.as_object_mut()
        {
            map.insert("background".to_owned(), json!(true));
            map.insert("turn_id".to_owned(), json!(turn_id));
        }
        attributes
    }

    /// What a running call says.
    pub(super) async fn worked(&mut self, worked: Worked) -> Result<(), Error> {
        match worked {
            Worked::Prepared { call, prepared } => {
                self.prepared(&call, prepared).await?;
                self.drive().await?;
                self.start_next().await
            }
            Worked::Output { call, channel, text, skipped } => self.output(&call, channel, text, skipped).await,
            Worked::Done(done) => {
                let index =
                    self.active.as_ref().and_then(|active| active.acts.list.iter().position(|doing| doing.call.id == done.settled.call));
                if let Some(index) = index {
                    let ordinal = self.active.as_ref().map_or(0, |active| active.acts.ordinal);
                    let rows = done.entries.into_iter().map(|kept| {
                        Change::PutEntry(self.entry(ordinal, kept.path, (kept.state, kept.outcome), (&kept.body, &kept.attributes)))
                    });
                    let rows: Vec<Change> = rows.collect();
                    self.settle_with(index, done.settled, rows, done.pictures);
                }
                self.drive().await?;
                self.start_next().await
            }
        }
    }

    async fn output(&mut self, call: &str, channel: u8, text: String, skipped: Option<u64>) -> Result<(), Error> {
        let Some(active) = &mut self.active else { return Ok(()) };
        let turn_id = active.machine.facts().turn.clone();
        let Some(doing) = active.acts.list.iter_mut().find(|doing| doing.call.id == call && !doing.is_over()) else { return Ok(()) };
        doing.output.push_str(&text);
        if doing.output.len() > OUTPUT_TAIL {
            let cut = doing.output.ceil_char_boundary(doing.output.len() - OUTPUT_TAIL);
            doing.output.drain(..cut);
        }
        let chunk = StreamChunk {
            chat_id: self.id.clone(),
            path: doing.record.clone(),
            call_id: call.to_owned(),
            channel,
            text,
            skipped,
            turn_id,
            seq: None,
        };
        let say = if skipped.is_some() { Say::Passing(Event::StreamChunk(chunk)) } else { Say::Logged(Event::StreamChunk(chunk)) };
        self.journal.append(vec![say], Vec::new()).await
    }

    /// Ends what is being carried out: the turn is over. What waited for a person waits no longer.
    pub(super) async fn drop_acts(&mut self, said: &mut Vec<Say>, changes: &mut Vec<Change>) {
        let Some(active) = &mut self.active else { return };
        let ordinal = active.acts.ordinal;
        let turn_id = active.machine.facts().turn.clone();
        let (mut ended, mut cut) = (Vec::new(), Vec::new());
        for doing in &mut active.acts.list {
            let stage = std::mem::replace(&mut doing.stage, Stage::Over);
            match stage {
                Stage::Over => continue,
                Stage::Running(guard) => {
                    drop(guard);
                    cut.extend(may_change(&doing.call).then(|| doing.call.id.clone()));
                }
                Stage::Asked(asked) => said.push(Say::Logged(Event::ProposalResolved(ProposalResolved {
                    chat_id: self.id.clone(),
                    proposal_id: asked.proposal.proposal_id.clone(),
                    call_id: doing.call.id.clone(),
                    state: ProposalState::Cancelled,
                    reason: None,
                    command: None,
                    rule: None,
                    turn_id: turn_id.clone(),
                    seq: None,
                }))),
                Stage::Fresh | Stage::Preparing(_) | Stage::Ready(_) => {}
            }
            let call = &doing.call;
            let attributes = json!({ "call": call.id, "tool": call.tool.name(), "arguments": call.arguments, "changed": doing.changed });
            let body = under_change(&attributes, format!("Stopped before its end.\n{}", doing.output));
            ended.push((doing.record.clone(), attributes, body));
        }
        active.acts.cut_off(cut).await;
        for (record, attributes, body) in ended {
            let how = (EntryState::Cancelled, Some("aborted".to_owned()));
            changes.push(Change::PutEntry(self.entry(ordinal, record, how, (&body, &attributes))));
        }
    }

    /// Lets the machine know what commands have put out, before it is stopped.
    pub(super) fn leave_outputs(&mut self) {
        let Some(active) = &mut self.active else { return };
        for doing in &active.acts.list {
            if matches!(doing.stage, Stage::Running(_)) {
                active.machine.leave(&doing.call.id, doing.output.clone());
            }
        }
    }

    /// The chat's state: it waits for a person when nothing else can go on.
    pub(super) fn tell_waiting(&mut self) {
        let Some(active) = &self.active else { return };
        let waits = active.acts.open().next().is_some();
        let runs = active.acts.list.iter().any(|doing| matches!(doing.stage, Stage::Preparing(_) | Stage::Running(_)));
        let state = if waits && !runs { ChatStateWord::Waiting } else { ChatStateWord::Running };
        if self.told_state != Some(state) {
            let started_at = self.running().map(|run| run.started_at);
            self.set_state(state, started_at);
        }
    }

    /// What the turn changed in the folder, as one event. While something that was cut off still ends, that is not known; then the chat
    /// hears when it is.
    pub(super) async fn changes_made(&mut self) -> Option<Say> {
        let active = self.active.as_ref().filter(|active| !active.acts.records.is_empty() && !active.acts.cut)?;
        let (ordinal, turn_id) = (active.acts.ordinal, active.machine.facts().turn.clone());
        self.changes_of(ordinal, turn_id).await
    }

    /// What a turn changed in the folder, as one event.
    pub(super) async fn changes_of(&mut self, ordinal: u64, turn_id: Option<TurnId>) -> Option<Say> {
        if self.lasting == Lasting::Temporary {
            return None;
        }
        // No turn after it can have changed more than these.
        let newest = usize::try_from(self.turn_count.saturating_sub(ordinal)).unwrap_or(usize::MAX).saturating_add(1);
        let made = self.shared.hands.made(&self.id, ordinal, newest).await?;
        let (paths, more) = Changes::named(made.paths);
        Some(Say::Logged(Event::Changes(Changes {
            chat_id: self.id.clone(),
            action: ChangesWord::Made,
            turn: ordinal,
            paths,
            more,
            extent: None,
            partly: None,
            added: made.added,
            deleted: made.deleted,
            note: made.note,
            turn_id,
            created_at_ms: Some(now_ms()),
            seq: None,
        })))
    }

    pub(super) fn of(&self, index: usize) -> Option<(Call, String, u64)> {
        let acts = &self.active.as_ref()?.acts;
        acts.list.get(index).map(|doing| (doing.call.clone(), doing.record.clone(), acts.ordinal))
    }

    pub(super) fn doing(&mut self, index: usize) -> Option<&mut Doing> {
        self.active.as_mut()?.acts.list.get_mut(index)
    }
}

/// Whether an earlier call may change what a later one looks at, so that the later one waits to be prepared.
fn stands_in_the_way(earlier: &Doing, later: &Call) -> bool {
    let changes = matches!(earlier.call.tool.kind(), Kind::Edit | Kind::Command | Kind::Inspect);
    let looks = matches!(later.tool.kind(), Kind::Edit | Kind::Read);
    if earlier.is_over() || !changes || !looks {
        return false;
    }
    match (&earlier.call.ask, &later.ask) {
        // Edits of different files are shown together.
        (Ask::Edit { path: one, .. }, Ask::Edit { path: other, .. }) => one == other,
        _ => true,
    }
}

/// Whether two calls may run at the same time.
fn beside(earlier: &Doing, later: &Doing) -> bool {
    earlier.call.tool.only_looks()
        && later.call.tool.only_looks()
        && matches!(earlier.stage, Stage::Preparing(_) | Stage::Running(_) | Stage::Asked(_))
}
