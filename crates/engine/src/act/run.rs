//! Running commands: held by the sandbox, watched by checkpoints, told as they go. One that runs in the background outlives its turn, and
//! ends with its chat or with Alcove.

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
use alcove_store::{Change, EntryRow, EntryState, Visibility};
use serde_json::json;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use super::settle::{done, failed, without_middle};
use super::{At, Done, Hands, KeptEntry, Worked};
use crate::chat::Lasting;
use crate::checkpoint::{Ended as Seen, Watch};
use crate::clock::now_ms;
use crate::error::commit;
use crate::process::{After, Caps, CommandId, Ended, How, Job, Kept, Running, Told};
use crate::sandbox::{Aftermath, Hold};

/// Bytes of each channel that the model is told at the end; the channel's entry has more.
const TOLD_BYTES: usize = 12 * 1024;

/// Files a command changed that the model is told by name.
const NAMED: usize = 10;

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
}

/// The shell of scripts.
pub(super) fn shell() -> &'static str {
    if Path::new("/bin/bash").exists() { "/bin/bash" } else { "/bin/sh" }
}

/// A command under way, with what must be kept until it has ended.
struct UnderWay {
    running: Running,
    aftermath: Aftermath,
    watch: Option<Watch>,
    command: Arc<Command>,
}

impl Hands {
    pub(super) async fn run(
        self: &Arc<Self>,
        plan: Plan,
        call: &Call,
        at: &At,
        (tell, cancel): (&mpsc::Sender<Worked>, &CancellationToken),
    ) -> Done {
        let mut under_way = match self.start(&plan, call, at).await {
            Ok(under_way) => under_way,
            Err(words) => return Done::of(failed(call, 500, words)),
        };
        if plan.background {
            return self.release(under_way, call, at);
        }
        let command = under_way.command.clone();
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
                () = command.release.notified(), if !stopping => return self.release(under_way, call, at),
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
        let seen = self.over(under_way, at).await;
        match ended {
            Some(ended) => finished(call, at, &ended, &seen),
            None => Done::of(failed(call, 500, "The command's end was not seen.")),
        }
    }

    async fn start(self: &Arc<Self>, plan: &Plan, call: &Call, at: &At) -> Result<UnderWay, String> {
        let (hands, plan_, at_) = (self.clone(), plan.clone(), at.clone());
        let readied = tokio::task::spawn_blocking(move || {
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
        });
        let key = (at.chat.clone(), at.record.clone());
        self.commands().insert(key, command.clone());
        Ok(UnderWay { running, aftermath: confined.aftermath, watch, command })
    }

    /// Everything that has to be done once a command has ended; what it changed, and what a person must know.
    async fn over(&self, under_way: UnderWay, at: &At) -> Seen {
        let UnderWay { running, aftermath, watch, command: _ } = under_way;
        drop(running);
        self.commands().remove(&(at.chat.clone(), at.record.clone()));
        let looked = tokio::task::spawn_blocking(move || {
            drop(aftermath);
            watch.map(Watch::end).transpose()
        });
        let nothing = |note: String| Seen { changed: Vec::new(), notes: vec![note] };
        match looked.await {
            Ok(Ok(seen)) => seen.unwrap_or_else(|| Seen { changed: Vec::new(), notes: Vec::new() }),
            Ok(Err(error)) => {
                crate::report::problem("what a command changed could not be captured", &error);
                nothing("What this command changed cannot be undone by Alcove: it could not be captured.".to_owned())
            }
            Err(_) => nothing("Alcove is ending.".to_owned()),
        }
    }

    /// Lets the turn go on while a command runs.
    fn release(self: &Arc<Self>, mut under_way: UnderWay, call: &Call, at: &At) -> Done {
        under_way.command.background.store(true, Ordering::Release);
        let (hands, at_) = (self.clone(), at.clone());
        let channels: Vec<KeptEntry> = (1..=2).filter_map(|channel| open_channel(at, channel)).collect();
        let paths: Vec<String> = channels.iter().map(|channel| channel.path.clone()).collect();
        self.tasks.spawn(async move {
            let ended = loop {
                // Cancel-safe: nothing of what a command says is lost.
                let told = tokio::select! {
                    biased;
                    () = under_way.command.stop.cancelled() => {
                        under_way.running.stop();
                        until_ended(&mut under_way.running).await
                    }
                    told = under_way.running.next() => told,
                };
                match told {
                    Some(Told::Ended(ended)) => break Some(ended),
                    Some(Told::Output { .. } | Told::Skipped { .. }) => {}
                    None => break None,
                }
            };
            let _seen = hands.over(under_way, &at_).await;
            if let Some(ended) = ended {
                hands.keep_channels(&at_, &ended).await;
            }
        });
        let words = format!(
            "It runs in the background. Read its output by {} (such as line=-50), and end it by stop with {}.",
            paths.join(" and "),
            at.record
        );
        Done { settled: Settled { background: true, ..done(call, words) }, entries: channels, pictures: Vec::new() }
    }

    /// What a command in the background has put out, once it has ended.
    async fn keep_channels(&self, at: &At, ended: &Ended) {
        if at.lasting == Lasting::Temporary {
            return;
        }
        let now = now_ms();
        let row = |kept: KeptEntry| {
            Change::PutEntry(EntryRow {
                chat: at.chat.as_str().to_owned(),
                path: kept.path,
                state: kept.state,
                outcome: kept.outcome,
                visibility: Visibility::Archived,
                body: kept.body,
                attributes: kept.attributes.to_string(),
                turn: at.turn,
                seq: 0,
                created_at: now,
                updated_at: now,
            })
        };
        let rows: Vec<Change> = channels(at, ended).into_iter().map(row).collect();
        // A chat that is gone by now has nothing to keep.
        if let Err(error) = commit(&self.store, rows).await {
            crate::report::problem("the output of a command could not be kept", &error);
        }
    }

    /// Ends a command in the background, for the model.
    pub(super) fn halt(&self, call: &Call, at: &At, path: &str) -> Done {
        let record = record_of(path);
        if self.command(&at.chat, &record, true) {
            return Done::of(done(call, format!("{record} is being ended.")));
        }
        Done::of(failed(call, 404, format!("No command of that name runs: {path}.")))
    }

    /// Ends a command, or lets its turn go on; answers whether there is one.
    pub(crate) fn command(&self, chat: &ChatId, record: &str, stop: bool) -> bool {
        let commands = self.commands();
        let Some(command) = commands.get(&(chat.clone(), record.to_owned())) else { return false };
        if stop {
            command.stop.cancel();
        } else {
            command.release.notify_one();
        }
        true
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

async fn until_ended(running: &mut Running) -> Option<Told> {
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
    let how = match ended.how {
        How::Exit(code) => format!("exit code {code}"),
        How::Signal(signal) => format!("ended by signal {signal}"),
        How::TimedOut => "ended: its time was over".to_owned(),
        How::Stopped => "stopped".to_owned(),
        How::Lost => "ended: its guardian was killed".to_owned(),
    };
    let text = format!("{}[{how}, {:.1} s]{}", put_out(ended), ended.duration.as_secs_f64(), left_behind(seen));
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
    let settled = Settled { status, well, exit_code, duration_ms, ..done(call, text) };
    Done { settled, entries: channels(at, ended), pictures: Vec::new() }
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
