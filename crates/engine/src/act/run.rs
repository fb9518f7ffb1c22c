//! Running commands: held by the sandbox, watched by checkpoints, told as they go. One that runs in the background outlives its turn, and
//! ends with its chat or with Alcove; of its end the chat is told.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use alcove_agent::path;
use alcove_agent::tool::Call;
use alcove_agent::turn::Settled;
use alcove_proto::ChatId;
use alcove_proto::acting::RunningCommand;
use alcove_store::EntryState;
use serde_json::json;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use super::settle::{done, failed, without_middle};
use super::{At, Done, Hands, KeptEntry, Worked};
use crate::chat::Lasting;
use crate::checkpoint::{Ended as Seen, Watch};
use crate::clock::now_ms;
use crate::process::{After, Caps, CommandId, Ended, How, Job, Kept, Running, Told};
use crate::sandbox::{Aftermath, Hold};

/// Bytes of each channel that the model is told at the end; the channel's entry has more.
const TOLD_BYTES: usize = 12 * 1024;

/// Files a command changed that the model is told by name.
const NAMED: usize = 10;

/// What is said of a command when nobody can say more.
const UNSEEN: &str = "The command's end was not seen.";

/// How long somebody who ends a command waits for its end.
const STOP_WAIT: Duration = Duration::from_secs(1);

/// A command that is to run.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) script: String,
    pub(super) shell: &'static str,
    pub(super) cwd: PathBuf,
    pub(super) network: bool,
    pub(super) limit: Duration,
    pub(super) background: bool,
}

/// A command that runs, for whoever ends it, reads it or lets it go.
pub(crate) struct Command {
    id: CommandId,
    call: String,
    script: String,
    started_at: i64,
    /// Whether the turn goes on without it.
    background: AtomicBool,
    /// Asked to let the turn go on.
    release: Notify,
    /// Asked to end.
    stop: CancellationToken,
    /// Cancelled when it has ended, and the chat has been told where its turn did not wait for it.
    over: CancellationToken,
}

/// A command's place among those that run, given up when this is dropped.
pub(crate) struct Listed {
    hands: Arc<Hands>,
    key: (ChatId, String),
    command: Arc<Command>,
}

impl Listed {
    /// Takes the command off the list; nobody who waits for its end hears of it yet.
    pub(crate) fn leave(&self) {
        let mut commands = self.hands.commands();
        if commands.get(&self.key).is_some_and(|known| Arc::ptr_eq(known, &self.command)) {
            commands.remove(&self.key);
        }
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.leave();
        self.command.over.cancel();
    }
}

/// The end of a command in the background, for its chat.
pub(crate) struct LateEnd {
    /// What its record becomes.
    pub(crate) settled: Settled,
    /// How it ended, in words.
    pub(crate) how: String,
    /// Its output, final.
    pub(crate) entries: Vec<KeptEntry>,
    /// Held until the chat has told it.
    pub(crate) listed: Listed,
}

/// The shell of scripts.
pub(super) fn shell() -> &'static str {
    if Path::new("/bin/bash").exists() { "/bin/bash" } else { "/bin/sh" }
}

/// A command under way, with what must be kept until it has ended.
pub(super) struct UnderWay {
    running: Running,
    aftermath: Aftermath,
    watch: Option<Watch>,
    listed: Listed,
}

/// How far a command has come when its turn may go on.
pub(super) enum Ran {
    /// It has ended, or never began.
    Over(Done),
    /// It goes on in the background.
    Left(Done, Box<UnderWay>),
}

impl Hands {
    pub(super) async fn run(
        self: &Arc<Self>,
        plan: Plan,
        call: &Call,
        at: &At,
        (tell, cancel): (&mpsc::Sender<Worked>, &CancellationToken),
    ) -> Ran {
        let mut under_way = match self.start(&plan, call, at).await {
            Ok(under_way) => under_way,
            Err(words) => return Ran::Over(Done::of(failed(call, 500, words))),
        };
        if plan.background {
            return release(under_way, call, at);
        }
        let command = under_way.listed.command.clone();
        let mut stopping = false;
        let ended = loop {
            // Cancel-safe: nothing of what a command says is lost.
            let told = tokio::select! {
                biased;
                () = cancel.cancelled(), if !stopping => {
                    stopping = true;
                    under_way.running.stop();
                    continue;
                }
                () = command.stop.cancelled(), if !stopping => {
                    stopping = true;
                    under_way.running.stop();
                    continue;
                }
                () = command.release.notified(), if !stopping => return release(under_way, call, at),
                told = under_way.running.next() => told,
            };
            let said = match told {
                Some(Told::Output { channel, text }) => Worked::Output { call: call.id.clone(), channel, text, skipped: None },
                Some(Told::Skipped { channel, bytes, tail }) => {
                    Worked::Output { call: call.id.clone(), channel, text: tail, skipped: Some(bytes) }
                }
                Some(Told::Ended(ended)) => break Some(ended),
                None => break None,
            };
            // A turn that was stopped hears nothing; the command is ended all the same.
            let _unheard = tell.send(said).await;
        };
        let (seen, _listed) = over(under_way).await;
        Ran::Over(match ended {
            Some(ended) => finished(call, at, &ended, &seen),
            None => Done::of(failed(call, 500, UNSEEN)),
        })
    }

    async fn start(self: &Arc<Self>, plan: &Plan, call: &Call, at: &At) -> Result<UnderWay, String> {
        let (hands, plan_, at_) = (self.clone(), plan.clone(), at.clone());
        let readied = tokio::task::spawn_blocking(move || {
            // It goes by paths, which lead to the folder they were prepared for or nowhere.
            hands.tree(&at_).map_err(|error| format!("Nothing was run: the chat's folder cannot be opened: {error}."))?;
            let watch = match at_.lasting {
                Lasting::Kept => Some(
                    hands
                        .checkpoints
                        .begin(&at_.checkpoint())
                        .map_err(|error| format!("Nothing was run: {error}, so it could not be undone."))?,
                ),
                Lasting::Temporary => None,
            };
            let hold = Hold { folder: at_.folder(), cwd: plan_.cwd.clone(), full: at_.is_full(), network: plan_.network, env: Vec::new() };
            let args = [OsString::from("-c"), OsString::from(&plan_.script)];
            let confined = hands.sandbox().command(&hold, OsStr::new(plan_.shell), &args);
            confined.map(|confined| (confined, watch)).map_err(|error| format!("The command could not be started: {error}."))
        });
        let (confined, watch) = readied.await.map_err(|_| "Alcove is ending.".to_owned())??;
        let job = Job {
            command: confined.command,
            limit: plan.limit,
            caps: Caps::default(),
            after: if plan.background { After::Wait } else { After::Kill },
        };
        let running = self.processes.start(job).await.map_err(|error| format!("The command could not be started: {error}."))?;
        let command = Arc::new(Command {
            id: running.id(),
            call: call.id.clone(),
            script: plan.script.clone(),
            started_at: now_ms(),
            background: AtomicBool::new(plan.background),
            release: Notify::new(),
            stop: CancellationToken::new(),
            over: CancellationToken::new(),
        });
        let key = (at.chat.clone(), at.record.clone());
        self.commands().insert(key.clone(), command.clone());
        let listed = Listed { hands: self.clone(), key, command };
        Ok(UnderWay { running, aftermath: confined.aftermath, watch, listed })
    }

    /// Follows a command in the background to its end; its chat is told. A turn that was stopped before it heard that the command goes on
    /// takes it along.
    pub(super) async fn follow(&self, mut under_way: UnderWay, of: (&Call, &At), cancel: &CancellationToken) -> Option<LateEnd> {
        let (call, at) = of;
        let stop = under_way.listed.command.stop.clone();
        let ended = loop {
            // Cancel-safe: nothing of what a command says is lost.
            let told = tokio::select! {
                biased;
                () = stop.cancelled() => until_ended(&mut under_way.running).await,
                () = cancel.cancelled() => until_ended(&mut under_way.running).await,
                told = under_way.running.next() => told,
            };
            match told {
                Some(Told::Ended(ended)) => break Some(ended),
                Some(Told::Output { .. } | Told::Skipped { .. }) => {}
                None => break None,
            }
        };
        let (seen, listed) = over(under_way).await;
        (!cancel.is_cancelled()).then(|| late_end((call, at), ended.as_ref(), &seen, listed))
    }

    /// Ends a command in the background, for the model.
    pub(super) fn halt(&self, call: &Call, at: &At, path: &str) -> Done {
        let record = record_of(path);
        if let Some(command) = self.command(&at.chat, &record) {
            command.stop.cancel();
            return Done::of(done(call, format!("{record} is being ended.")));
        }
        Done::of(failed(call, 404, format!("No command of that name runs: {path}.")))
    }

    /// Ends a command and waits for its end, but not for long; answers whether there is one.
    pub(crate) async fn stop(&self, chat: &ChatId, record: &str) -> bool {
        let Some(command) = self.command(chat, record) else { return false };
        command.stop.cancel();
        // One that takes its time is told when it has ended.
        let _late = tokio::time::timeout(STOP_WAIT, command.over.cancelled()).await;
        true
    }

    /// Lets the turn of a command go on; answers whether there is one.
    pub(crate) fn let_go(&self, chat: &ChatId, record: &str) -> bool {
        self.command(chat, record).map(|command| command.release.notify_one()).is_some()
    }

    fn command(&self, chat: &ChatId, record: &str) -> Option<Arc<Command>> {
        self.commands().get(&(chat.clone(), record.to_owned())).cloned()
    }

    /// Whether a command of a chat runs, or its end has not been told.
    pub(crate) fn runs_in(&self, chat: &ChatId) -> bool {
        self.commands().keys().any(|(of, _)| of == chat)
    }

    /// Ends the commands of a chat.
    pub(super) fn end_commands(&self, chat: &ChatId) {
        let commands = self.commands();
        commands.iter().filter(|((of, _), _)| of == chat).for_each(|(_, command)| command.stop.cancel());
    }

    /// The commands of a chat that run, oldest first.
    pub(crate) fn running(&self, chat: &ChatId) -> Vec<RunningCommand> {
        let commands = self.commands();
        let row = |((_, record), command): (&(ChatId, String), &Arc<Command>)| RunningCommand {
            path: record.clone(),
            call_id: command.call.clone(),
            script: command.script.clone(),
            background: command.background.load(Ordering::Acquire),
            started_at_ms: command.started_at,
        };
        let mut rows: Vec<RunningCommand> = commands.iter().filter(|((of, _), _)| of == chat).map(row).collect();
        rows.sort_by_key(|row| row.started_at_ms);
        rows
    }

    /// The newest output of a command that runs: its text and its bytes in all.
    pub(crate) fn tail(&self, chat: &ChatId, record: &str, channel: u8, lines: usize) -> Option<(String, u64)> {
        let id = self.commands().get(&(chat.clone(), record.to_owned()))?.id;
        self.processes.tail(id, channel, lines).map(|tail| (tail.text, tail.bytes))
    }

    fn commands(&self) -> MutexGuard<'_, HashMap<(ChatId, String), Arc<Command>>> {
        self.commands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets the turn go on while a command runs.
fn release(under_way: UnderWay, call: &Call, at: &At) -> Ran {
    under_way.listed.command.background.store(true, Ordering::Release);
    let entries = (1..=2).filter_map(|channel| open_channel(at, channel)).collect();
    let settled = Settled { background: true, ..done(call, goes_on(at)) };
    Ran::Left(Done { settled, entries, pictures: Vec::new() }, Box::new(under_way))
}

/// What the model is told of a command that goes on.
fn goes_on(at: &At) -> String {
    let channels: Vec<String> = (1..=2).filter_map(|channel| path::channel(&at.record, channel)).collect();
    let channels = channels.join(" and ");
    format!("It runs in the background. Read its output by {channels} (such as line=-50), and end it by stop with {}.", at.record)
}

/// Everything that has to be done once a command has ended; what it changed, and what a person must know.
async fn over(under_way: UnderWay) -> (Seen, Listed) {
    let UnderWay { running, aftermath, watch, listed } = under_way;
    drop(running);
    let looked = tokio::task::spawn_blocking(move || {
        drop(aftermath);
        watch.map(Watch::end).transpose()
    });
    let nothing = |note: String| Seen { changed: Vec::new(), notes: vec![note] };
    let seen = match looked.await {
        Ok(Ok(seen)) => seen.unwrap_or_else(|| Seen { changed: Vec::new(), notes: Vec::new() }),
        Ok(Err(error)) => {
            crate::report::problem("what a command changed could not be captured", &error);
            nothing("What this command changed cannot be undone by Alcove: it could not be captured.".to_owned())
        }
        Err(_) => nothing("Alcove is ending.".to_owned()),
    };
    (seen, listed)
}

/// Ends a command, and passes over what it still says.
async fn until_ended(running: &mut Running) -> Option<Told> {
    running.stop();
    loop {
        match running.next().await {
            Some(Told::Output { .. } | Told::Skipped { .. }) => {}
            ended => return ended,
        }
    }
}

/// The record behind the path of a channel; a record is its own.
pub(crate) fn record_of(path: &str) -> String {
    let Some((action, rest)) = path.split_once("://turn_").filter(|(action, _)| *action != "log") else { return path.to_owned() };
    let base = rest.rsplit_once('_').filter(|(_, channel)| channel.parse::<u8>().is_ok()).map_or(rest, |(base, _)| base);
    match base.split_once('/') {
        Some((turn, target)) => format!("log://turn_{turn}/{action}/{target}"),
        None => path.to_owned(),
    }
}

fn open_channel(at: &At, channel: u32) -> Option<KeptEntry> {
    let path = path::channel(&at.record, channel)?;
    Some(KeptEntry { path, state: EntryState::Streaming, outcome: None, body: String::new(), attributes: json!({ "channel": channel }) })
}

fn channels(at: &At, ended: &Ended) -> Vec<KeptEntry> {
    let (state, outcome) = match ended.how {
        How::Exit(0) => (EntryState::Resolved, None),
        How::Exit(code) => (EntryState::Failed, Some(format!("exit:{code}"))),
        How::Signal(signal) => (EntryState::Failed, Some(format!("signal:{signal}"))),
        How::TimedOut => (EntryState::Failed, Some("status:408".to_owned())),
        How::Stopped => (EntryState::Cancelled, Some("aborted".to_owned())),
        How::Lost => (EntryState::Failed, Some("error".to_owned())),
    };
    let entry = |kept: &Kept| {
        let attributes = json!({ "channel": kept.channel, "bytes": kept.bytes, "lines": kept.lines, "left_out": kept.left_out });
        let path = path::channel(&at.record, u32::from(kept.channel))?;
        Some(KeptEntry { path, state, outcome: outcome.clone(), body: kept.text(), attributes })
    };
    ended.channels.iter().filter_map(entry).collect()
}

/// How a command ended, in words for the model and with its output.
fn finished(call: &Call, at: &At, ended: &Ended, seen: &Seen) -> Done {
    let text = format!("{}[{}, {:.1} s]{}", put_out(ended), words(ended.how), ended.duration.as_secs_f64(), left_behind(seen));
    Done { settled: ending(ended, done(call, text)), entries: channels(at, ended), pictures: Vec::new() }
}

/// The end of a command whose turn did not wait for it: what its record says beside what the model was told before.
fn late_end((call, at): (&Call, &At), ended: Option<&Ended>, seen: &Seen, listed: Listed) -> LateEnd {
    let before = goes_on(at);
    let (settled, how, entries) = match ended {
        Some(ended) => {
            let how = words(ended.how);
            let text = format!("{before}\n[{how}, {:.1} s]{}", ended.duration.as_secs_f64(), left_behind(seen));
            (ending(ended, done(call, text)), how, channels(at, ended))
        }
        None => (failed(call, 500, format!("{before}\n{UNSEEN}")), "its end was not seen".to_owned(), unseen(at)),
    };
    LateEnd { settled: Settled { record: at.record.clone(), ..settled }, how, entries, listed }
}

/// The output of a command whose end was not seen.
fn unseen(at: &At) -> Vec<KeptEntry> {
    let lost = |open: KeptEntry| KeptEntry { state: EntryState::Failed, outcome: Some("error".to_owned()), ..open };
    (1..=2).filter_map(|channel| open_channel(at, channel)).map(lost).collect()
}

fn words(how: How) -> String {
    match how {
        How::Exit(code) => format!("exit code {code}"),
        How::Signal(signal) => format!("ended by signal {signal}"),
        How::TimedOut => "ended: its time was over".to_owned(),
        How::Stopped => "stopped".to_owned(),
        How::Lost => "ended: its guardian was killed".to_owned(),
    }
}

/// How a command ended, in numbers.
fn ending(ended: &Ended, settled: Settled) -> Settled {
    let exit_code = match ended.how {
        How::Exit(code) => Some(code),
        How::Signal(signal) => Some(128 + signal),
        How::TimedOut | How::Stopped | How::Lost => None,
    };
    let (status, well) = match ended.how {
        How::Exit(_) => (200, true),
        How::Stopped => (499, false),
        How::TimedOut => (408, false),
        How::Signal(_) | How::Lost => (500, false),
    };
    let duration_ms = Some(u64::try_from(ended.duration.as_millis()).unwrap_or(u64::MAX));
    Settled { status, well, exit_code, duration_ms, ..settled }
}

/// What a command printed, each channel cut to what the model is told of it.
fn put_out(ended: &Ended) -> String {
    let mut text = String::new();
    for kept in &ended.channels {
        let said = kept.text();
        if said.is_empty() {
            continue;
        }
        if kept.channel == 2 {
            text.push_str("stderr:\n");
        }
        text.push_str(&without_middle(&said, TOLD_BYTES));
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
    text
}

/// What a command changed, and what there is to be known about it.
fn left_behind(seen: &Seen) -> String {
    let mut text = String::new();
    if !seen.changed.is_empty() {
        let named: Vec<String> = seen.changed.iter().take(NAMED).map(|one| one.path.to_string_lossy().into_owned()).collect();
        let more = seen.changed.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        text.push_str(&format!("\n[it changed {}{more}]", named.join(", ")));
    }
    for note in &seen.notes {
        text.push_str(&format!("\n[{note}]"));
    }
    text
}
