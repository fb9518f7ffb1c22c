//! What the model is shown: a chat's entries as a packet, and the packet as a model takes it.

use alcove_agent::packet::{self, Budget, EntryKind, Packet};
use alcove_agent::path::{State, status};
use alcove_agent::policy::{Kind, Mode};
use alcove_agent::tool::{self, Tool};
use alcove_agent::verdict::Dialect;
use alcove_store::{EntryRow, EntryState};
use serde_json::{Map, Value};

use super::actor::Actor;
use super::background;
use crate::catalog::Plan;
use crate::error::Error;
use crate::media::Media;
use crate::model::{self, ModelCall, ToolSpec};

/// What a model is asked, and how.
pub(super) struct Shown {
    pub(super) packet: Packet,
    pub(super) dialect: Dialect,
    pub(super) tools: Vec<ToolSpec>,
}

impl Actor {
    /// What the model is shown: the entries of the chat up to this turn.
    pub(super) async fn shown(&mut self, ordinal: u64, plan: Option<&Plan>) -> Result<Shown, Error> {
        let rows = self.visible(ordinal).await?;
        let entries = entries(&self.shared.media, rows).await?;
        let dialect = plan.map_or(Dialect::Native, |plan| self.dialect(plan));
        let own = self.shared.acting.current().of(self.id.as_str());
        let offered = self.offered(own.mode);
        // Asking about it would block until it is known how commands are held.
        self.shared.hands.ready().await;
        let network = self.shared.hands.has_network(&self.at(ordinal, ""));
        let folder = &self.scope.project_path;
        let (instruction, tools) = match dialect {
            Dialect::Native => (tool::native_text(folder, own.mode, network), specs(&offered)),
            Dialect::Tags => (tool::tag_text(folder, own.mode, network, &offered), Vec::new()),
        };
        let said_of_tools = tools.iter().map(|tool| packet::estimate(&tool.description) + packet::estimate(&tool.parameters.to_string()));
        let budget = Budget {
            context: plan.and_then(|plan| plan.preset.context_window_tokens),
            answer: plan.and_then(|plan| plan.preset.max_tokens).map(u64::from),
            tools: said_of_tools.sum(),
        };
        Ok(Shown { packet: packet::build(&instruction, &entries, budget, dialect), dialect, tools })
    }

    /// How a model says what it wants done: as its preset says, else as was found out, else natively.
    pub(super) fn dialect(&self, plan: &Plan) -> Dialect {
        let found = || self.shared.acting.current().dialects.get(&plan.preset.model_name()).copied();
        plan.preset.dialect.or_else(found).unwrap_or(Dialect::Native)
    }

    /// The tools of this chat.
    fn offered(&self, mode: Mode) -> Vec<Tool> {
        let searches = self.shared.can_search();
        let offered = |tool: &Tool| match tool {
            Tool::Think | Tool::Update => false,
            Tool::WebSearch => searches,
            Tool::ReadFile
            | Tool::WriteFile
            | Tool::EditFile
            | Tool::ApplyPatch
            | Tool::RemoveFile
            | Tool::MoveFile
            | Tool::CopyFile
            | Tool::ListDir
            | Tool::Glob
            | Tool::Grep
            | Tool::Exec
            | Tool::Inspect
            | Tool::WebFetch
            | Tool::AskUser
            | Tool::Message => mode == Mode::Act || !matches!(tool.kind(), Kind::Edit | Kind::Command),
        };
        Tool::all().filter(offered).collect()
    }
}

fn specs(tools: &[Tool]) -> Vec<ToolSpec> {
    let spec = |tool: &Tool| ToolSpec {
        name: tool.name().to_owned(),
        description: tool::about(*tool).to_owned(),
        parameters: tool::parameters(*tool),
    };
    tools.iter().map(spec).collect()
}

/// What the model can be shown of a chat's rows, with what came with the prompts.
pub(crate) async fn entries(media: &Media, rows: Vec<EntryRow>) -> Result<Vec<packet::Entry>, Error> {
    let media = media.clone();
    let read = tokio::task::spawn_blocking(move || rows.into_iter().filter_map(|row| entry(row, &media)).collect());
    read.await.map_err(|_| Error::Closing)
}

fn entry(row: EntryRow, media: &Media) -> Option<packet::Entry> {
    let kind = kind(&row)?;
    let mut body = row.body;
    let images = media.material(&row.attributes, &mut body);
    Some(packet::Entry { kind, turn: row.turn, body, images })
}

fn kind(row: &EntryRow) -> Option<EntryKind> {
    let attributes = || serde_json::from_str::<Map<String, Value>>(&row.attributes).unwrap_or_default();
    if row.path.starts_with("prompt://") {
        return Some(EntryKind::Prompt);
    }
    if row.path.starts_with("assistant://") {
        return Some(EntryKind::Step(step(&attributes())));
    }
    let action = row.path.strip_prefix("log://turn_")?.split('/').nth(1)?;
    let attributes = attributes();
    let call = attributes.get("call").and_then(Value::as_str);
    match (action, call) {
        (_, Some(call)) => Some(EntryKind::Record(packet::Record {
            call: call.to_owned(),
            path: row.path.clone(),
            status: status(state(row.state), row.outcome.as_deref()),
        })),
        ("update", None) => Some(EntryKind::Answer),
        ("error" | background::NOTE, None) => Some(EntryKind::Note),
        _ => None,
    }
}

fn step(attributes: &Map<String, Value>) -> packet::Step {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let called = |call: &Value| packet::Called {
        id: text(call, "id"),
        name: text(call, "name"),
        arguments: call.get("arguments").map(Value::to_string).unwrap_or_default(),
    };
    packet::Step {
        raw: attributes.get("raw").and_then(Value::as_str).map(str::to_owned),
        calls: attributes.get("calls").and_then(Value::as_array).map(|calls| calls.iter().map(called).collect()).unwrap_or_default(),
    }
}

pub(crate) fn state(state: EntryState) -> State {
    match state {
        EntryState::Proposed => State::Proposed,
        EntryState::Streaming => State::Streaming,
        EntryState::Resolved => State::Resolved,
        EntryState::Failed => State::Failed,
        EntryState::Cancelled => State::Cancelled,
    }
}

/// The packet as a model takes it. Where images are too much together, the newest are shown.
pub(super) async fn messages(media: &Media, packet: &Packet) -> Result<Vec<model::Message>, Error> {
    let (media, packet) = (media.clone(), packet.messages.clone());
    let read = tokio::task::spawn_blocking(move || {
        let mut room = Media::image_room();
        let message = |message: &packet::Message| {
            let role = match message.role {
                packet::Role::System => model::Role::System,
                packet::Role::User => model::Role::User,
                packet::Role::Assistant => model::Role::Assistant,
                packet::Role::Tool => model::Role::Tool,
            };
            let (content, images) = media.shown(message, &mut room);
            let call =
                |call: &packet::Called| model::ToolCall { id: call.id.clone(), name: call.name.clone(), arguments: call.arguments.clone() };
            let calls = message.calls.iter().map(call).collect();
            model::Message { images, calls, call_id: message.call.clone(), ..model::Message::text(role, content) }
        };
        let mut messages: Vec<model::Message> = packet.iter().rev().map(message).collect();
        messages.reverse();
        messages
    });
    read.await.map_err(|_| Error::Closing)
}

pub(super) fn model_call(plan: &Plan, messages: Vec<model::Message>, tools: Vec<ToolSpec>) -> ModelCall {
    ModelCall {
        endpoint: plan.endpoint.clone(),
        model: plan.preset.model.clone(),
        messages,
        tools,
        max_tokens: plan.preset.max_tokens,
        temperature: plan.preset.temperature,
        reasoning_effort: plan.preset.reasoning_effort.clone(),
        limits: model::Limits::default(),
    }
}
