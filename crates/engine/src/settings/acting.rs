//! Requests about acting: what waits for a person, rules and presets, how a chat acts, its changes, its commands.

use std::path::PathBuf;
use std::sync::Arc;

use alcove_agent::policy::{Effect, Level, Mode, Preset, Rule, Span};
use alcove_proto::ChatId;
use alcove_proto::acting::{
    Answered, AnsweredOne, Approvals, ChangeList, ChangeRefused, ChangeStanding, ChangedFile, ChangesDone, ChatActing, ChatMode,
    CommandOutput, HunkStanding, Overwritten, Proposals, RuleEffect, RuleRow, RuleSpan, SandboxStanding, TurnChanges,
};
use alcove_proto::envelope::{
    Changes, ChangesExtent, ChangesWord, Event, FileDiff, FileOperation, Proposal, ProposalKind, ProposalState, RuleSubject,
};
use alcove_store::{CheckpointHow, EntryState};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Refused;
use crate::act::subject;
use crate::acting::{Own, RULES_MAX, preset_word};
use crate::chat::{Answer, ChatHandle};
use crate::checkpoint::{Ask, FileChange, Insist, Operation, Overwriting, Page, Part, Standing, State, Way, What};
use crate::clock::{fresh_uuid, now_ms};
use crate::engine::Engine;
use crate::error::{Error, read};

/// Answers of one request.
const ANSWERS_MAX: usize = 200;
/// Turns of a list of changes.
const TURNS_MAX: usize = 200;
/// Characters of a turn's prompt that are shown with them.
const PROMPT_CHARS: usize = 120;
/// Lines of output that are given when nothing is said, and at most.
const LINES: u64 = 200;
const LINES_MAX: u64 = 5_000;

/// One answer as it comes.
#[derive(Deserialize)]
struct AnswerBody {
    chat_id: String,
    proposal_id: String,
    answer: String,
    #[serde(default)]
    digest: Option<String>,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    command: Option<String>,
    #[serde(default)]
    rule: Option<RuleBody>,
}

/// A rule as it comes.
#[derive(Deserialize)]
struct RuleBody {
    effect: RuleEffect,
    span: RuleSpan,
    #[serde(default)]
    subject: RuleSubject,
    #[serde(default)]
    place: Option<String>,
}

/// `proposal.list`.
pub(super) async fn proposals(engine: &Engine, payload: &Map<String, Value>) -> Result<Value, Refused> {
    let chat = match payload.get("chat_id") {
        None | Some(Value::Null) => None,
        Some(_) => Some(chat_of(payload)?),
    };
    Ok(value(&Proposals { proposals: waiting(engine, chat).await? }))
}

/// What waits for a person, in one chat or in all that are kept.
async fn waiting(engine: &Engine, chat: Option<ChatId>) -> Result<Vec<Proposal>, Refused> {
    // A temporary chat keeps its own in memory.
    if let Some(chat) = chat.as_ref().filter(|chat| chat.is_temporary()) {
        return Ok(engine.chat(chat).await?.proposals().await);
    }
    let rows = read(&engine.shared().store, |reader| reader.unfinished_entries()).await?;
    let wanted =
        rows.into_iter().filter(|row| row.state == EntryState::Proposed && chat.as_ref().is_none_or(|chat| row.chat == chat.as_str()));
    let proposal = |attributes: String| {
        let map: Map<String, Value> = serde_json::from_str(&attributes).ok()?;
        serde_json::from_value::<Proposal>(map.get("proposal")?.clone()).ok()
    };
    Ok(wanted.filter_map(|row| proposal(row.attributes)).collect())
}

/// `proposal.answer`.
pub(super) async fn answer(engine: &Engine, payload: &Map<String, Value>) -> Result<Value, Refused> {
    let answers: Vec<AnswerBody> = body(payload.get("answers"), "answers")?;
    if answers.is_empty() || answers.len() > ANSWERS_MAX {
        return Err(Refused::bad(format!("answers must be 1 to {ANSWERS_MAX}")));
    }
    // All are read before the first is given.
    let mut given = Vec::with_capacity(answers.len());
    for body in answers {
        given.push(Given::read(engine, body).await?);
    }
    let mut answered = Vec::with_capacity(given.len());
    for one in given {
        answered.push(one.give(engine).await);
    }
    Ok(value(&Answered { answered }))
}

/// An answer that can be given.
struct Given {
    chat: Arc<ChatHandle>,
    answer: Answer,
    rule: Option<Rule>,
}

impl Given {
    /// Reads an answer; nothing is changed by it.
    async fn read(engine: &Engine, body: AnswerBody) -> Result<Self, Refused> {
        let chat = ChatId::parse(&body.chat_id).ok_or_else(|| Refused::bad("invalid chat_id"))?;
        let accept = match body.answer.as_str() {
            "accept" => true,
            "reject" => false,
            _ => return Err(Refused::bad("answer must be accept or reject")),
        };
        if accept && body.digest.is_none() && !is_question(engine, &chat, &body.proposal_id).await? {
            return Err(Refused::bad("digest is required: what the yes is given to"));
        }
        let rule = match body.rule {
            Some(rule) => Some(read_rule(engine, rule, Some(&chat)).await?),
            None => None,
        };
        let answer = Answer {
            proposal: body.proposal_id,
            accept,
            digest: body.digest,
            reason: body.reason,
            text: body.text,
            command: body.command,
            rule: rule.as_ref().map(Rule::words),
        };
        Ok(Self { chat: engine.chat(&chat).await?, answer, rule })
    }

    /// Gives it, and says what became of it. Its rule is made before, to hold from the next call on, and goes where the answer does not count.
    async fn give(self, engine: &Engine) -> AnsweredOne {
        let proposal_id = self.answer.proposal.clone();
        let uncounted = |why: String| AnsweredOne { proposal_id: proposal_id.clone(), state: ProposalState::Open, why: Some(why) };
        let fresh = match self.rule {
            Some(rule) => match add(engine, rule).await {
                Ok(fresh) => fresh,
                Err(refused) => return uncounted(refused.message),
            },
            None => None,
        };
        let one = self.chat.answer(self.answer).await.unwrap_or_else(|_| uncounted("The answer could not be kept.".to_owned()));
        match (fresh, &one.why) {
            (Some(id), Some(why)) => match drop_rule(engine, &id).await {
                // Somebody else may have been faster.
                Err(refused) if refused.status != 404 => {
                    AnsweredOne { why: Some(format!("{why} Its rule could not be taken back: look at the rules.")), ..one }
                }
                Ok(()) | Err(_) => one,
            },
            (Some(_) | None, None) | (None, Some(_)) => one,
        }
    }
}

/// Whether a proposal that waits is a question, which is answered in words.
async fn is_question(engine: &Engine, chat: &ChatId, proposal: &str) -> Result<bool, Refused> {
    let waiting = waiting(engine, Some(chat.clone())).await?;
    Ok(waiting.iter().any(|one| one.proposal_id == proposal && one.kind == ProposalKind::Question))
}

/// `approvals.get`.
pub(super) async fn approvals(engine: &Engine) -> Value {
    engine.shared().hands.ready().await;
    let acting = engine.shared().acting.current();
    value(&Approvals { preset: preset_word(acting.preset), rules: acting.rules.iter().map(row).collect(), sandbox: standing(engine) })
}

/// `approvals.update`.
pub(super) async fn update(engine: &Engine, payload: &Map<String, Value>) -> Result<Value, Refused> {
    let chosen = preset(text(payload, "preset")?)?;
    let changed = engine.shared().acting.change(|acting| {
        acting.preset = chosen;
        Ok::<(), Error>(())
    });
    changed.await?;
    Ok(approvals(engine).await)
}

/// `rule.add`.
pub(super) async fn add_rule(engine: &Engine, payload: &Map<String, Value>) -> Result<Value, Refused> {
    let rule: RuleBody = body(Some(&Value::Object(payload.clone())), "rule")?;
    add(engine, read_rule(engine, rule, None).await?).await?;
    Ok(approvals(engine).await)
}

/// The rule that is meant, made from an answer in this chat or by itself.
async fn read_rule(engine: &Engine, body: RuleBody, chat: Option<&ChatId>) -> Result<Rule, Refused> {
    let place = body.place.filter(|place| !place.trim().is_empty());
    let span = match (body.span, place, chat) {
        (RuleSpan::Always, _, _) => Span::Always,
        (RuleSpan::Chat, Some(place), _) => Span::Chat(place),
        (RuleSpan::Chat, None, Some(chat)) => Span::Chat(chat.as_str().to_owned()),
        (RuleSpan::Folder, Some(place), _) => Span::Folder(place),
        (RuleSpan::Folder, None, Some(chat)) => Span::Folder(engine.scope(chat).await?.project_path),
        (RuleSpan::Chat, None, None) => return Err(Refused::bad("place is required: the chat it holds in")),
        (RuleSpan::Folder, None, None) => return Err(Refused::bad("place is required: the folder it holds in")),
    };
    if let Span::Folder(folder) = &span
        && !folder.starts_with('/')
    {
        return Err(Refused::bad("the folder must be absolute"));
    }
    let filled = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    Ok(Rule {
        id: fresh_uuid(),
        effect: match body.effect {
            RuleEffect::Allow => Effect::Allow,
            RuleEffect::Ask => Effect::Ask,
            RuleEffect::Deny => Effect::Deny,
        },
        tool: filled(body.subject.tool),
        path: filled(body.subject.path),
        command: filled(body.subject.command),
        host: filled(body.subject.host),
        span,
    })
}

/// Adds a rule; answers its id, where there was none like it.
async fn add(engine: &Engine, rule: Rule) -> Result<Option<String>, Refused> {
    let same = |known: &Rule| Rule { id: String::new(), ..known.clone() } == Rule { id: String::new(), ..rule.clone() };
    let added = engine.shared().acting.change(|acting| {
        if acting.rules.iter().any(same) {
            return Ok(None);
        }
        if acting.rules.len() >= RULES_MAX {
            return Err(Refused::bad(format!("there are {RULES_MAX} rules already; remove some first")));
        }
        acting.rules.push(rule.clone());
        Ok(Some(rule.id.clone()))
    });
    added.await
}

/// `rule.remove`.
pub(super) async fn remove_rule(engine: &Engine, payload: &Map<String, Value>) -> Result<Value, Refused> {
    drop_rule(engine, text(payload, "id")?).await?;
    Ok(approvals(engine).await)
}

async fn drop_rule(engine: &Engine, id: &str) -> Result<(), Refused> {
    let changed = engine.shared().acting.change(|acting| {
        let before = acting.rules.len();
        acting.rules.retain(|rule| rule.id != id);
        if acting.rules.len() == before { Err(Refused::new(404, "there is no such rule")) } else { Ok(()) }
    });
    changed.await
}

/// `chat.acting`.
pub(super) async fn chat_acting(engine: &Engine, payload: &Map<String, Value>) -> Result<Value, Refused> {
    let chat = chat_of(payload)?;
    Ok(value(&acting_of(engine, &chat).await))
}

async fn acting_of(engine: &Engine, chat: &ChatId) -> ChatActing {
    engine.shared().hands.ready().await;
    let acting = engine.shared().acting.current();
    let own = acting.of(chat.as_str());
    ChatActing {
        chat_id: chat.clone(),
        mode: match own.mode {
            Mode::Ask => ChatMode::Ask,
            Mode::Act => ChatMode::Act,
        },
        preset: preset_word(own.preset.unwrap_or(acting.preset)),
        own_preset: own.preset.is_some(),
        network: own.network,
        sandbox: standing(engine),
        commands: engine.shared().hands.running(chat),
    }
}

/// `chat.acting.update`.
pub(super) async fn update_chat(engine: &Engine, payload: &Map<String, Value>) -> Result<Value, Refused> {
    let chat = chat_of(payload)?;
    let mode = match payload.get("mode").and_then(Value::as_str) {
        None => None,
        Some("ask") => Some(Mode::Ask),
        Some("act") => Some(Mode::Act),
        Some(_) => return Err(Refused::bad("mode must be ask or act")),
    };
    let chosen = match payload.get("preset").and_then(Value::as_str) {
        None => None,
        Some("") => Some(None),
        Some(word) => Some(Some(preset(word)?)),
    };
    let network = match payload.get("network") {
        None | Some(Value::Null) => None,
        Some(Value::Bool(network)) => Some(*network),
        Some(_) => return Err(Refused::bad("network must be true or false")),
    };
    let changed = engine.shared().acting.change(|acting| {
        let mut own = acting.of(chat.as_str());
        own.mode = mode.unwrap_or(own.mode);
        own.preset = chosen.unwrap_or(own.preset);
        own.network = network.unwrap_or(own.network);
        if own == Own::default() {
            acting.chats.remove(chat.as_str());
        } else {
            acting.chats.insert(chat.as_str().to_owned(), own);
        }
        Ok::<(), Error>(())
    });
    changed.await?;
    Ok(value(&acting_of(engine, &chat).await))
}

/// `changes.list`.
pub(super) async fn changes(engine: &Engine, payload: &Map<String, Value>) -> Result<Value, Refused> {
    let chat = chat_of(payload)?;
    let name = chat.as_str().to_owned();
    // A temporary chat, or one that has said nothing yet, has changed nothing that could be taken back.
    if !read(&engine.shared().store, move |reader| Ok(reader.chat(&name)?.is_some())).await? {
        return Ok(value(&ChangeList { turns: Vec::new() }));
    }
    let part = match payload.get("turn").and_then(Value::as_u64) {
        None => Part::Newest(TURNS_MAX),
        Some(turn) => {
            let from = payload.get("from").and_then(Value::as_u64).unwrap_or(0);
            Part::Turn(turn, usize::try_from(from).unwrap_or(usize::MAX))
        }
    };
    let (checkpoints, name) = (engine.shared().hands.checkpoints().clone(), chat.as_str().to_owned());
    let pages = tokio::task::spawn_blocking(move || checkpoints.pages(&name, part)).await.map_err(|_| Error::Closing)?;
    let pages = pages.map_err(|error| Refused::new(500, error.to_string()))?;
    let (name, ordinals) = (chat.as_str().to_owned(), pages.iter().map(|page| page.turn).collect::<Vec<u64>>());
    let prompts = read(&engine.shared().store, move |reader| {
        let prompt = |turn: &u64| reader.entry(&name, &format!("prompt://{turn}")).map(|row| row.map(|row| first_line(&row.body)));
        ordinals.iter().map(prompt).collect::<Result<Vec<_>, _>>()
    });
    let turns = pages.iter().zip(prompts.await?).map(|(page, prompt)| TurnChanges {
        turn: page.turn,
        prompt: prompt.unwrap_or_default(),
        at_ms: page.at,
        files: page.files.iter().map(file).collect(),
        more: u64::try_from(page.more).ok().filter(|more| *more > 0),
        note: note(page),
        overwritten: page.overwritten.iter().map(overwritten).collect(),
    });
    Ok(value(&ChangeList { turns: turns.collect() }))
}

/// How a prompt begins, as the list of changes shows it.
fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(PROMPT_CHARS).collect()
}

/// What was overwritten while the turn was changed back or again, and can come back.
fn overwritten(one: &Overwriting) -> Overwritten {
    Overwritten { step: one.step, at_ms: one.at, files: one.paths.clone() }
}

fn file(file: &FileChange) -> ChangedFile {
    ChangedFile {
        path: file.path.to_string_lossy().into_owned(),
        operation: match file.operation {
            Operation::Added => FileOperation::Add,
            Operation::Changed | Operation::Link => FileOperation::Change,
            Operation::Deleted => FileOperation::Remove,
            Operation::Mode => FileOperation::Mode,
        },
        added: file.diff.as_ref().map_or(0, |diff| diff.added),
        deleted: file.diff.as_ref().map_or(0, |diff| diff.deleted),
        standing: match file.state {
            State::Applied | State::Partly => ChangeStanding::Applied,
            State::Reverted => ChangeStanding::Reverted,
            State::ChangedSince => ChangeStanding::ChangedSince,
        },
        binary: file.binary,
        too_big: file.too_big || !file.kept,
        by_command: file.how == CheckpointHow::Command,
        diff: file.diff.as_ref().map(|diff| FileDiff {
            format: "unified".to_owned(),
            context: 3,
            truncated: diff.truncated,
            text: diff.text.clone(),
        }),
        hunks: u32::try_from(file.hunks.len()).unwrap_or(u32::MAX),
        hunk_standings: hunk_standings(file),
    }
}

/// Where each hunk stands; nothing where the file says it for all of them.
fn hunk_standings(file: &FileChange) -> Vec<HunkStanding> {
    let all = |wanted| file.hunks.iter().all(|piece| piece.standing == wanted);
    let said = match file.state {
        State::Applied | State::Partly => all(Standing::Applied),
        State::Reverted => all(Standing::Reverted),
        State::ChangedSince => false,
    };
    let word = |standing| match standing {
        Standing::Applied => HunkStanding::Applied,
        Standing::Reverted => HunkStanding::Reverted,
        Standing::Lost => HunkStanding::Lost,
    };
    if said { Vec::new() } else { file.hunks.iter().map(|piece| word(piece.standing)).collect() }
}

fn note(page: &Page) -> Option<String> {
    let (big, mixed) = (page.lost, page.mixed);
    let big =
        (big > 0).then(|| format!("{big} of these files cannot be restored: they are too big, or their contents are no longer kept."));
    let mixed = (mixed > 0).then(|| format!("{mixed} of these files were changed by somebody else too while the turn went on."));
    let notes: Vec<String> = [big, mixed].into_iter().flatten().collect();
    (!notes.is_empty()).then(|| notes.join(" "))
}

/// `changes.revert` and `changes.redo`.
pub(super) async fn turn_back(engine: &Engine, payload: &Map<String, Value>, way: Way) -> Result<Value, Refused> {
    let chat = chat_of(payload)?;
    let ask = ask_of(payload, &chat, way)?;
    let (turn, step, what) = (ask.turn, ask.step, ask.what.clone());
    if engine.states().iter().any(|state| state.chat_id == chat && state.started_at.is_some()) {
        return Err(Refused::new(409, "a turn runs in this chat; stop it first, or wait for its end"));
    }
    if !engine.shared().hands.is_settled(&chat).await {
        return Err(Refused::new(409, "what was stopped in this chat has not come to its end; try again in a moment"));
    }
    let name = chat.as_str().to_owned();
    if read(&engine.shared().store, move |reader| reader.chat(&name)).await?.is_none() {
        return Err(Refused::new(404, "this chat has changed nothing that could be taken back"));
    }
    let checkpoints = engine.shared().hands.checkpoints().clone();
    let undone = tokio::task::spawn_blocking(move || checkpoints.undo(&ask)).await.map_err(|_| Error::Closing)?;
    let undone = undone.map_err(|error| Refused::new(500, error.to_string()))?;
    let done = undone.told();
    if !done.is_empty() {
        let action = match undone.way {
            Way::Revert => ChangesWord::Reverted,
            Way::Redo => ChangesWord::Redone,
        };
        let note = (!undone.notes.is_empty()).then(|| undone.notes.join(" "));
        let (paths, more) = Changes::named(done.clone());
        let event = Changes {
            chat_id: chat.clone(),
            action,
            turn,
            paths,
            more,
            extent: extent(way, step, &what, undone.partly),
            partly: undone.partly,
            added: 0,
            deleted: 0,
            note,
            turn_id: None,
            created_at_ms: Some(now_ms()),
            seq: None,
        };
        engine.chat(&chat).await?.tell(Event::Changes(event)).await.map_err(|_| Refused::new(500, "the change could not be told"))?;
    }
    let refused = undone.refused.iter().map(|one| ChangeRefused {
        path: one.path.to_string_lossy().into_owned(),
        why: one.why.clone(),
        can_insist: one.can_insist,
    });
    Ok(value(&ChangesDone { done, refused: refused.collect(), notes: undone.notes, step: undone.step }))
}

/// How much was turned. The only hunk of a file that came or went is the file; a step has no words of its own for going forth again.
fn extent(asked: Way, step: u64, what: &What, partly: Option<bool>) -> Option<ChangesExtent> {
    match what {
        _ if step > 0 => (asked == Way::Revert).then_some(ChangesExtent::Overwritten),
        What::Whole => Some(ChangesExtent::Turn),
        What::Hunk(..) if partly.is_some() => Some(ChangesExtent::Hunk),
        What::File(_) | What::Hunk(..) => Some(ChangesExtent::File),
    }
}

/// What is to be turned, and which way.
fn ask_of(payload: &Map<String, Value>, chat: &ChatId, way: Way) -> Result<Ask, Refused> {
    let turn = payload.get("turn").and_then(Value::as_u64).ok_or_else(|| Refused::bad("turn is required"))?;
    let step = payload.get("step").and_then(Value::as_u64).unwrap_or(0);
    let path = payload.get("path").and_then(Value::as_str).map(PathBuf::from);
    let hunk = payload.get("hunk").and_then(Value::as_u64).map(|hunk| usize::try_from(hunk).unwrap_or(usize::MAX));
    let what = match (path, hunk) {
        (None, None) => What::Whole,
        (Some(path), None) => What::File(path),
        (Some(path), Some(hunk)) => What::Hunk(path, hunk),
        (None, Some(_)) => return Err(Refused::bad("path is required with hunk")),
    };
    let force = payload.get("force").and_then(Value::as_bool).unwrap_or(false);
    let insist = if force { Insist::Overwrite } else { Insist::No };
    Ok(Ask { chat: chat.as_str().to_owned(), turn, step, what, way, insist })
}

/// `command.stop`: answered once the command has ended, or after a moment.
pub(super) async fn stop(engine: &Engine, payload: &Map<String, Value>) -> Result<Value, Refused> {
    let (chat, record) = (chat_of(payload)?, text(payload, "path")?);
    let found = engine.shared().hands.stop(&chat, record).await;
    Ok(serde_json::json!({ "stopped": found }))
}

/// `command.background`.
pub(super) fn background(engine: &Engine, payload: &Map<String, Value>) -> Result<Value, Refused> {
    let (chat, record) = (chat_of(payload)?, text(payload, "path")?);
    let found = engine.shared().hands.let_go(&chat, record);
    Ok(serde_json::json!({ "background": found }))
}

/// `command.output`.
pub(super) async fn output(engine: &Engine, payload: &Map<String, Value>) -> Result<Value, Refused> {
    let chat = chat_of(payload)?;
    let record = text(payload, "path")?.to_owned();
    let channel =
        payload.get("channel").and_then(Value::as_u64).and_then(|channel| u8::try_from(channel).ok()).filter(|channel| *channel > 0);
    let channel = channel.ok_or_else(|| Refused::bad("channel must be 1 or more"))?;
    let lines = usize::try_from(payload.get("lines").and_then(Value::as_u64).unwrap_or(LINES).clamp(1, LINES_MAX)).unwrap_or(usize::MAX);
    if let Some((text, bytes)) = engine.shared().hands.tail(&chat, &record, channel, lines) {
        return Ok(value(&CommandOutput { channel, text, bytes, running: true }));
    }
    let path = alcove_agent::path::channel(&record, u32::from(channel)).ok_or_else(|| Refused::bad("path is the record of a command"))?;
    let name = chat.as_str().to_owned();
    let found = read(&engine.shared().store, move |reader| match reader.chat(&name)? {
        Some(_) => reader.entry(&name, &path),
        None => Ok(None),
    });
    let row = found.await?.ok_or_else(|| Refused::new(404, "there is no such output"))?;
    let bytes = serde_json::from_str::<Value>(&row.attributes).ok().and_then(|map| map["bytes"].as_u64()).unwrap_or(row.body.len() as u64);
    let kept: Vec<&str> = row.body.split_inclusive('\n').collect();
    let text = kept[kept.len().saturating_sub(lines)..].concat();
    Ok(value(&CommandOutput { channel, text, bytes, running: row.state == EntryState::Streaming }))
}

/// How commands are held here, as clients are told.
pub(crate) fn standing(engine: &Engine) -> SandboxStanding {
    let standing = engine.shared().hands.standing();
    SandboxStanding {
        level: match standing.level {
            Level::L1 => 1,
            Level::L2 => 2,
            Level::L3 => 3,
        },
        provider: if standing.level == Level::L1 { String::new() } else { standing.provider.clone() },
        missing: standing.missing.clone(),
    }
}

fn row(rule: &Rule) -> RuleRow {
    let (span, place) = match &rule.span {
        Span::Always => (RuleSpan::Always, None),
        Span::Chat(chat) => (RuleSpan::Chat, Some(chat.clone())),
        Span::Folder(folder) => (RuleSpan::Folder, Some(folder.clone())),
    };
    RuleRow {
        id: rule.id.clone(),
        effect: match rule.effect {
            Effect::Allow => RuleEffect::Allow,
            Effect::Ask => RuleEffect::Ask,
            Effect::Deny => RuleEffect::Deny,
        },
        subject: subject(rule),
        span,
        place,
        words: rule.words(),
    }
}

fn preset(word: &str) -> Result<Preset, Refused> {
    match word {
        "ask" => Ok(Preset::Ask),
        "edit_freely" => Ok(Preset::EditFreely),
        "full" => Ok(Preset::Full),
        _ => Err(Refused::bad("preset must be ask, edit_freely or full")),
    }
}

pub(super) fn chat_of(payload: &Map<String, Value>) -> Result<ChatId, Refused> {
    let id = payload.get("chat_id").and_then(Value::as_str).unwrap_or_default();
    ChatId::parse(id).ok_or_else(|| Refused::bad("invalid chat_id"))
}

fn text<'a>(payload: &'a Map<String, Value>, key: &str) -> Result<&'a str, Refused> {
    payload.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).ok_or_else(|| Refused::bad(format!("{key} is required")))
}

fn body<T: serde::de::DeserializeOwned>(value: Option<&Value>, what: &str) -> Result<T, Refused> {
    let value = value.cloned().ok_or_else(|| Refused::bad(format!("{what} is required")))?;
    serde_json::from_value(value).map_err(|error| Refused::bad(format!("{what}: {error}")))
}

fn value<T: serde::Serialize>(body: &T) -> Value {
    serde_json::to_value(body).expect("bodies hold nothing JSON cannot say")
}
