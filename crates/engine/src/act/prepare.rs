//! Working out what a call would do, without doing any of it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use alcove_agent::path::scheme_of;
use alcove_agent::policy::{Access, Effect, Exact, Kind, Request, Touch, What};
use alcove_agent::shown;
use alcove_agent::tool::{Ask, Call, Run};
use alcove_agent::turn::Settled;
use alcove_proto::envelope::{FileOperation, ProposalKind, ProposedCommand, ProposedFile, ProposedQuestion};

use super::change::{Ground, Intent, place};
use super::look::or_top;
use super::settle::{failed, refused, unended, unopened};
use super::{At, Hands, Prepared, View, Work, offer, run};
use crate::files::{PlaceKind, Tree};

/// How long a command may take when nothing is said, and at most.
const LIMIT: Duration = Duration::from_secs(120);
const LIMIT_MAX: Duration = Duration::from_secs(3600);
/// How long one in the background may take.
const BACKGROUND_LIMIT: Duration = Duration::from_secs(24 * 3600);
/// Bytes of a script; a kernel takes no more in one argument.
const SCRIPT_BYTES: usize = 120 * 1024;

/// What a call comes to before it is judged.
pub(super) struct Draft {
    pub(super) touches: Vec<Touch>,
    pub(super) what: What,
    pub(super) targets: BTreeMap<String, Option<[u8; 32]>>,
    pub(super) files: Vec<ProposedFile>,
    /// Why a person cannot be shown all of it, when they cannot.
    pub(super) too_much: Option<String>,
    pub(super) work: Work,
}

impl Hands {
    /// Works out what a call would do. What cannot be done, or is done already, is settled at once.
    pub(crate) async fn prepare(self: &Arc<Self>, call: &Call, at: &At) -> Result<Prepared, Box<Settled>> {
        let (hands, call, at) = (self.clone(), call.clone(), at.clone());
        let failing = unended(&call);
        let worked = tokio::task::spawn_blocking(move || {
            // Policy asks for it right after.
            let _known = hands.standing();
            hands.work_out(&call, &at)
        });
        worked.await.unwrap_or_else(|_| Err(Box::new(failing)))
    }

    fn work_out(&self, call: &Call, at: &At) -> Result<Prepared, Box<Settled>> {
        match &call.ask {
            Ask::Run(run) => self.command_draft(call, at, run),
            Ask::Fetch { url } => self.web_draft(call, at, url),
            Ask::WebSearch { query, .. } => self.web_draft(call, at, query),
            Ask::Question { text, options } => Ok(question(call, at, text, options)),
            Ask::Say { text } => Ok(harmless(call, at, Work::Say(text.clone()))),
            Ask::Halt { path } => Ok(harmless(call, at, Work::Halt(path.clone()))),
            ask if speaks_of_entries(ask) => Ok(harmless(call, at, Work::Entry(ask.clone()))),
            Ask::Read(_)
            | Ask::List { .. }
            | Ask::Find(_)
            | Ask::Search(_)
            | Ask::Edit { .. }
            | Ask::Patch(_)
            | Ask::Remove { .. }
            | Ask::Move { .. }
            | Ask::Copy { .. }
            | Ask::Show { .. } => self.file_draft(call, at),
        }
    }

    fn file_draft(&self, call: &Call, at: &At) -> Result<Prepared, Box<Settled>> {
        let tree = self.tree(at).map_err(|error| unopened(call, at, &error))?;
        let draft = match Intent::read(call, &tree)? {
            Some(intent) => {
                let ground = Ground { tree: &tree, reads: &self.reads, chat: &at.chat };
                intent.draft(call, &ground).map_err(|settled| self.unfit(call, (at, &tree), settled))?
            }
            None => looking(call, &tree)?,
        };
        let kind = if call.tool.kind() == Kind::Edit { ProposalKind::Edit } else { ProposalKind::Read };
        let view = View { files: draft.files, too_much: draft.too_much, rules: offer::files(call, &draft.touches), ..bare(kind) };
        let exact = exact(call, at, draft.what, draft.targets);
        let request = request(call, draft.touches, None, None, false);
        Ok(Prepared { call: call.clone(), request, exact, view, work: draft.work })
    }

    /// Why an edit does not fit says what is in the file: only where the file may be read, and be edited.
    fn unfit(&self, call: &Call, (at, tree): (&At, &Tree), settled: Box<Settled>) -> Box<Settled> {
        let paths: Vec<&str> = match &call.ask {
            Ask::Edit { path, .. } => vec![path],
            Ask::Patch(files) => files.iter().map(|file| file.path.as_str()).collect(),
            Ask::Read(_)
            | Ask::List { .. }
            | Ask::Find(_)
            | Ask::Search(_)
            | Ask::Remove { .. }
            | Ask::Move { .. }
            | Ask::Copy { .. }
            | Ask::Show { .. }
            | Ask::Run(_)
            | Ask::Halt { .. }
            | Ask::Fetch { .. }
            | Ask::WebSearch { .. }
            | Ask::Question { .. }
            | Ask::Say { .. } => return settled,
        };
        let places: Vec<_> = paths.into_iter().filter_map(|path| tree.place(path).ok()).collect();
        let touches = |access: Access| places.iter().map(|place| place.touch(access)).collect();
        let acting = self.acting.current();
        let edits = self.judge(&request(call, touches(Access::Write), None, None, false), at, &acting);
        let reads = Request { kind: Kind::Read, ..request(call, touches(Access::Read), None, None, false) };
        let reads = self.judge(&reads, at, &acting);
        match (edits.effect, reads.effect) {
            (Effect::Deny, _) => Box::new(refused(call, &edits)),
            (_, Effect::Deny) => Box::new(refused(call, &reads)),
            (_, Effect::Ask) if !settled.well => Box::new(failed(call, settled.status, "This edit does not fit. Nothing was done.")),
            (Effect::Allow | Effect::Ask, Effect::Allow | Effect::Ask) => settled,
        }
    }

    fn command_draft(&self, call: &Call, at: &At, asked: &Run) -> Result<Prepared, Box<Settled>> {
        if asked.script.len() > SCRIPT_BYTES {
            let words =
                format!("The script has {} bytes; {SCRIPT_BYTES} are the most. Write it to a file and run that.", asked.script.len());
            return Err(Box::new(failed(call, 413, words)));
        }
        if asked.script.contains('\0') {
            return Err(Box::new(failed(call, 422, "The script has a zero byte.")));
        }
        let cwd = self.cwd(call, at, asked)?;
        let (limit, late_limit) = limits(asked);
        let network = asked.network || self.has_network(at);
        let shell = run::shell();
        let standing = self.standing();
        let sandbox = match (at.is_full(), standing.provider.as_str()) {
            (true, _) => "not held: this chat may go anywhere".to_owned(),
            (false, provider) => provider.to_owned(),
        };
        let command = ProposedCommand {
            script: asked.script.clone(),
            shown: shown::shown(&asked.script),
            cwd: cwd.to_string_lossy().into_owned(),
            network,
            background: asked.background,
            limit_s: limit.as_secs(),
            sandbox,
        };
        let exact = Exact {
            chat: at.chat.as_str().to_owned(),
            tool: call.tool.name().to_owned(),
            what: What::Script { shell: shell.to_owned(), text: asked.script.clone() },
            cwd: command.cwd.clone(),
            env: BTreeMap::new(),
            targets: BTreeMap::new(),
            network,
        };
        let view = View { command: Some(command), rules: offer::command(&asked.script), ..bare(ProposalKind::Command) };
        let request = request(call, Vec::new(), Some(asked.script.clone()), None, asked.network);
        let plan = run::Plan { script: asked.script.clone(), shell, cwd, network, limit, late_limit, background: asked.background };
        Ok(Prepared { call: call.clone(), request, exact, view, work: Work::Run(Box::new(plan)) })
    }

    fn cwd(&self, call: &Call, at: &At, run: &Run) -> Result<PathBuf, Box<Settled>> {
        let tree = self.tree(at).map_err(|error| unopened(call, at, &error))?;
        let root = PathBuf::from(tree.path());
        let Some(text) = &run.cwd else { return Ok(root) };
        let place = place(call, &tree, text)?;
        if place.kind != PlaceKind::Folder {
            return Err(Box::new(failed(call, 404, format!("{text} is no folder to start in."))));
        }
        Ok(root.join(place.real.as_deref().unwrap_or(&place.named.path)))
    }

    fn web_draft(&self, call: &Call, at: &At, address: &str) -> Result<Prepared, Box<Settled>> {
        let mut host = None;
        if let Ask::Fetch { url } = &call.ask {
            host = match reqwest::Url::parse(url.trim()) {
                Ok(url) if matches!(url.scheme(), "http" | "https") => url.host_str().map(str::to_owned),
                Ok(_) | Err(_) => return Err(Box::new(failed(call, 422, format!("{url} is no http or https address.")))),
            };
        }
        let rules = offer::host(host.as_deref());
        let view = View { address: Some(shown::shown(address)), rules, ..bare(ProposalKind::Network) };
        let exact = exact(call, at, What::Address(address.to_owned()), BTreeMap::new());
        let request = request(call, Vec::new(), None, host, false);
        Ok(Prepared { call: call.clone(), request, exact, view, work: Work::Reach(call.ask.clone()) })
    }
}

/// How long a command may take, and how long once it is in the background: what the model said holds there too.
fn limits(asked: &Run) -> (Duration, Duration) {
    let named = asked.limit_s.map(|seconds| Duration::from_secs(seconds.max(1)).min(LIMIT_MAX));
    match (asked.background, named) {
        (true, _) => (BACKGROUND_LIMIT, BACKGROUND_LIMIT),
        (false, Some(named)) => (named, named),
        (false, None) => (LIMIT, BACKGROUND_LIMIT),
    }
}

/// Whether what is asked for is entries of the chat, not files.
fn speaks_of_entries(ask: &Ask) -> bool {
    let entry = |path: &String| scheme_of(path).is_some_and(|scheme| scheme != "file");
    match ask {
        Ask::Read(read) => read.paths.iter().all(entry),
        Ask::Edit { path, .. } | Ask::Remove { path, .. } => entry(path),
        Ask::Show { .. } => true,
        Ask::Move { from, to } | Ask::Copy { from, to } => entry(from) && entry(to),
        Ask::List { .. }
        | Ask::Find(_)
        | Ask::Search(_)
        | Ask::Patch(_)
        | Ask::Run(_)
        | Ask::Halt { .. }
        | Ask::Fetch { .. }
        | Ask::WebSearch { .. }
        | Ask::Question { .. }
        | Ask::Say { .. } => false,
    }
}

/// Reading, listing and searching: which paths are touched is known before, what is in them is not.
fn looking(call: &Call, tree: &Tree) -> Result<Draft, Box<Settled>> {
    let paths: Vec<&str> = match &call.ask {
        Ask::Read(read) => read.paths.iter().map(|path| if path.contains('*') { "." } else { path.as_str() }).collect(),
        Ask::List { path, .. } => vec![path],
        Ask::Find(find) => vec![&find.path],
        Ask::Search(search) => vec![&search.path],
        Ask::Edit { .. }
        | Ask::Patch(_)
        | Ask::Remove { .. }
        | Ask::Move { .. }
        | Ask::Copy { .. }
        | Ask::Show { .. }
        | Ask::Run(_)
        | Ask::Halt { .. }
        | Ask::Fetch { .. }
        | Ask::WebSearch { .. }
        | Ask::Question { .. }
        | Ask::Say { .. } => return Err(Box::new(failed(call, 422, "This cannot be done."))),
    };
    let (mut touches, mut files) = (Vec::new(), Vec::new());
    for path in paths {
        let place = place(call, tree, or_top(path))?;
        touches.push(place.touch(Access::Read));
        files.push(ProposedFile {
            path: shown::shown(&place.named.path),
            operation: FileOperation::Read,
            to: place.real.clone(),
            added: 0,
            deleted: 0,
            diff: None,
            notes: Vec::new(),
        });
    }
    let targets = touches.iter().map(|touch| (touch.path.clone(), None)).collect();
    let what = What::Argv(vec![call.tool.name().to_owned(), serde_json::Value::Object(call.arguments.clone()).to_string()]);
    Ok(Draft { touches, what, targets, files, too_much: None, work: Work::Look(call.ask.clone()) })
}

pub(super) fn exact(call: &Call, at: &At, what: What, targets: BTreeMap<String, Option<[u8; 32]>>) -> Exact {
    Exact {
        chat: at.chat.as_str().to_owned(),
        tool: call.tool.name().to_owned(),
        what,
        cwd: at.scope.project_path.clone(),
        env: BTreeMap::new(),
        targets,
        network: false,
    }
}

fn request(call: &Call, touches: Vec<Touch>, command: Option<String>, host: Option<String>, network: bool) -> Request {
    Request { tool: call.tool.name().to_owned(), kind: call.tool.kind(), touches, command, host, network }
}

/// A call of this kind with nothing to show of it.
fn bare(kind: ProposalKind) -> View {
    View { kind, command: None, files: Vec::new(), too_much: None, question: None, address: None, rules: Vec::new() }
}

/// What touches nothing but the chat.
fn harmless(call: &Call, at: &At, work: Work) -> Prepared {
    let view = bare(ProposalKind::Read);
    let exact = exact(call, at, What::Address(call.target.clone()), BTreeMap::new());
    let request = Request { kind: Kind::Chat, ..request(call, Vec::new(), None, None, false) };
    Prepared { call: call.clone(), request, exact, view, work }
}

fn question(call: &Call, at: &At, text: &str, options: &[String]) -> Prepared {
    let question = ProposedQuestion { text: shown::shown(text), options: options.iter().map(|option| shown::shown(option)).collect() };
    let prepared = harmless(call, at, Work::Question);
    Prepared {
        request: Request { kind: Kind::Question, ..prepared.request },
        view: View { kind: ProposalKind::Question, question: Some(question), ..prepared.view },
        ..prepared
    }
}
