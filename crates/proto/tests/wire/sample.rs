//! One sample, or several, of every frame to the client: the part before the first point of a name is the event, the rest says which case.

use alcove_proto::envelope::{
    Attached, ChatState, ChatStateWord, Delta, Event, FileDiff, FileEdit, FileEdits, ForkMarker, GoalBlob, GoalState, GoalStatus, GoalWord,
    MediaUrl, MessageAccepted, MessageEvent, MessageKind, MessageSource, Notice, NoticeKind, Phase, Ready, ReasoningEnd, Resync, Run,
    RuntimeModelUpdated, SessionScope, SessionUpdated, SidebarStateUpdated, StreamEnd, ToolEvent, ToolPhase, TranscriptionError,
    TranscriptionResult, TurnEnd, TurnModelUpdated, UserMessage, Watching, WebuiError, WebuiResponse,
};
use alcove_proto::error::{Detail, ErrorFrame, Reason};
use alcove_proto::scope::{AccessMode, StoredScope};
use alcove_proto::sidebar::SidebarState;
use alcove_proto::usage::Usage;
use alcove_proto::{ChatId, TurnId};
use serde_json::{Value, json};

const STARTED: f64 = 1_795_226_939.964_315;
pub(crate) const MILLISECONDS: i64 = 1_795_226_943_675;

/// Every sample under its name.
pub(crate) fn samples() -> Vec<(&'static str, Event)> {
    let parts = [personal(), prompts(), streams(), messages(), work(), crate::acting::samples(), ends(), lists(), answers(), errors()];
    parts.into_iter().flatten().collect()
}

pub(crate) fn chat() -> ChatId {
    ChatId::parse("3dcce6521fb5").expect("a chat id")
}

pub(crate) fn turn() -> TurnId {
    TurnId::parse("turn-2").expect("a turn id")
}

fn usage() -> Usage {
    Usage {
        prompt_tokens: 200,
        completion_tokens: 20,
        request_count: 2,
        context_tokens: 100,
        total_tokens: 220,
        provider_tokens: 220,
        estimated_tokens: None,
        cached_tokens: None,
        generation_ms: 340,
        measured_completion_tokens: 20,
        ttft_ms: Some(125),
        timed_requests: 2,
    }
}

fn personal() -> Vec<(&'static str, Event)> {
    let attached = Attached { chat_id: chat(), model_preset: None, usage: None, last_seq: 0, run: None, request_id: None, temporary: None };
    let running = Attached {
        model_preset: Some("fast".to_owned()),
        usage: Some(usage()),
        last_seq: 41,
        run: Some(Run { turn_id: Some(turn()), started_at: STARTED }),
        ..attached.clone()
    };
    let temporary = Attached { temporary: Some(true), ..attached.clone() };
    let made = Attached { request_id: Some("wish-1".to_owned()), ..attached.clone() };
    vec![
        ("ready", Event::Ready(Ready { chat_id: chat(), client_id: "anon-0123456789ab".to_owned(), instance: "5f0c9a".to_owned() })),
        ("attached", Event::Attached(attached)),
        ("attached.temporary", Event::Attached(temporary)),
        ("attached.running", Event::Attached(running)),
        ("attached.made", Event::Attached(made)),
        ("resync", Event::Resync(Resync { chat_id: chat(), from_seq: 4096 })),
    ]
}

fn prompts() -> Vec<(&'static str, Event)> {
    let asked = UserMessage {
        chat_id: chat(),
        text: "Grüße, 世界 🌍\n\"quoted\" \\ <b>&amp;</b>\u{2028}".to_owned(),
        starts_turn: true,
        turn_id: Some(turn()),
        active_turn_id: Some(turn()),
        started_at: Some(STARTED),
        created_at_ms: Some(MILLISECONDS),
        media_urls: None,
        cli_apps: None,
        mcp_presets: None,
        session_mentions: None,
        provenance: None,
        seq: Some(1),
    };
    let with_files = UserMessage {
        media_urls: Some(vec![MediaUrl {
            kind: "image".to_owned(),
            url: "/api/media/sig/payload".to_owned(),
            name: "my pic.png".to_owned(),
        }]),
        cli_apps: Some(vec![json!({ "name": "gh" })]),
        mcp_presets: Some(vec![json!({ "name": "figma" })]),
        session_mentions: Some(vec![json!({ "name": "lunaro", "session_key": "websocket:x", "title": "" })]),
        provenance: Some(json!({ "session_message": { "message_id": "m" } })),
        ..asked.clone()
    };
    let waits =
        UserMessage { text: "and then?".to_owned(), starts_turn: false, turn_id: TurnId::parse("turn-3"), seq: Some(7), ..asked.clone() };
    let bare = UserMessage {
        text: "hello".to_owned(),
        turn_id: None,
        active_turn_id: None,
        started_at: None,
        created_at_ms: None,
        seq: None,
        ..asked.clone()
    };
    let accepted = MessageAccepted {
        chat_id: chat(),
        turn_id: turn(),
        starts_turn: true,
        active_turn_id: Some(turn()),
        started_at: Some(STARTED),
        seq: Some(1),
    };
    let command = MessageAccepted { starts_turn: false, active_turn_id: None, started_at: None, seq: None, ..accepted.clone() };
    let model = TurnModelUpdated {
        chat_id: chat(),
        model_name: "ollama/llama3.2".to_owned(),
        model_preset: Some("local".to_owned()),
        context_window_tokens: Some(131_072),
        fallback: None,
        seq: Some(2),
    };
    let instead = TurnModelUpdated { fallback: Some(true), ..model.clone() };
    let unknown = TurnModelUpdated { model_preset: None, context_window_tokens: None, ..model.clone() };
    vec![
        ("user_message", Event::UserMessage(asked)),
        ("user_message.files", Event::UserMessage(with_files)),
        ("user_message.queued", Event::UserMessage(waits)),
        ("user_message.bare", Event::UserMessage(bare)),
        ("message_accepted", Event::MessageAccepted(accepted)),
        ("message_accepted.command", Event::MessageAccepted(command)),
        ("turn_model_updated", Event::TurnModelUpdated(model)),
        ("turn_model_updated.fallback", Event::TurnModelUpdated(instead)),
        ("turn_model_updated.unknown", Event::TurnModelUpdated(unknown)),
    ]
}

fn streams() -> Vec<(&'static str, Event)> {
    let stream = || Some(format!("websocket:{}:1795226940230896200:0", chat()));
    let piece = Delta {
        chat_id: chat(),
        text: "Hello fr".to_owned(),
        stream_id: stream(),
        turn_id: Some(turn()),
        turn_phase: Some(Phase::Answer),
        turn_seq: Some(4),
        seq: Some(6),
    };
    let thought = Delta {
        text: "Let".to_owned(),
        stream_id: None,
        turn_phase: Some(Phase::Reasoning),
        turn_seq: Some(2),
        seq: Some(4),
        ..piece.clone()
    };
    let bare = Delta { stream_id: None, turn_id: None, turn_phase: None, turn_seq: None, ..piece.clone() };
    let thought_through =
        ReasoningEnd { chat_id: chat(), turn_id: Some(turn()), turn_phase: Some(Phase::Reasoning), turn_seq: Some(3), seq: Some(5) };
    let end = StreamEnd {
        chat_id: chat(),
        text: None,
        stream_id: stream(),
        resuming: None,
        merge_next: None,
        source: None,
        turn_id: Some(turn()),
        turn_phase: Some(Phase::Answer),
        turn_seq: Some(5),
        seq: Some(7),
    };
    let resuming = StreamEnd { resuming: Some(true), ..end.clone() };
    let merging = StreamEnd { merge_next: Some(true), ..resuming.clone() };
    let rewritten = StreamEnd { text: Some("Hello friend".to_owned()), ..end.clone() };
    vec![
        ("delta", Event::Delta(piece)),
        ("delta.bare", Event::Delta(bare)),
        ("reasoning_delta", Event::ReasoningDelta(thought)),
        ("reasoning_end", Event::ReasoningEnd(thought_through)),
        ("stream_end", Event::StreamEnd(end)),
        ("stream_end.merging", Event::StreamEnd(merging)),
        ("stream_end.resuming", Event::StreamEnd(resuming)),
        ("stream_end.text", Event::StreamEnd(rewritten)),
    ]
}

fn messages() -> Vec<(&'static str, Event)> {
    let complete = MessageEvent {
        chat_id: chat(),
        text: "Sent at once".to_owned(),
        latency_ms: Some(387),
        kind: None,
        notice: None,
        media_urls: None,
        reply_to: None,
        tool_events: None,
        source: None,
        turn_id: Some(turn()),
        turn_phase: Some(Phase::Answer),
        turn_seq: Some(6),
        created_at_ms: Some(MILLISECONDS),
        seq: Some(8),
    };
    let noticed = |kind: NoticeKind, retry: bool, text: &str| {
        Event::Message(MessageEvent { text: text.to_owned(), notice: Some(Notice { kind, retry }), ..complete.clone() })
    };
    let active = |kind: MessageKind, text: &str| {
        Event::Message(MessageEvent {
            text: text.to_owned(),
            kind: Some(kind),
            latency_ms: None,
            turn_phase: Some(Phase::Activity),
            ..complete.clone()
        })
    };
    let with_files = MessageEvent {
        media_urls: Some(vec![MediaUrl {
            kind: "image".to_owned(),
            url: "/api/media/sig/payload".to_owned(),
            name: "chart.png".to_owned(),
        }]),
        source: Some(MessageSource { kind: "cron".to_owned(), label: Some("Morning mail".to_owned()) }),
        ..complete.clone()
    };
    let with_tools = MessageEvent {
        kind: Some(MessageKind::ToolHint),
        tool_events: Some(vec![ToolEvent {
            version: 1,
            phase: ToolPhase::Start,
            call_id: "call_write_file_0".to_owned(),
            name: "write_file".to_owned(),
            arguments: json!({ "content": "line1\n", "path": "notes/a.txt" }),
            result: Value::Null,
            error: Value::Null,
            files: Vec::new(),
            embeds: Vec::new(),
            path: None,
            status: None,
            why: None,
            exit_code: None,
            duration_ms: None,
            background: None,
        }]),
        ..complete.clone()
    };
    vec![
        ("message", Event::Message(complete.clone())),
        ("message.error", noticed(NoticeKind::Error, true, "Error: the model server refused the connection (http://127.0.0.1:8080).")),
        ("message.interrupted", noticed(NoticeKind::Interrupted, true, "Alcove ended while this answer was being written.")),
        ("message.stopped", noticed(NoticeKind::Stopped, false, "Stopped 1 task(s).")),
        ("message.command", noticed(NoticeKind::Command, false, "No active task to stop.")),
        ("message.files", Event::Message(with_files)),
        ("message.tools", Event::Message(with_tools)),
        ("message.tool_hint", active(MessageKind::ToolHint, "write notes/a.txt")),
        ("message.progress", active(MessageKind::Progress, "")),
    ]
}

fn work() -> Vec<(&'static str, Event)> {
    let begun = FileEdit {
        version: 1,
        call_id: "call_write_file_0".to_owned(),
        tool: "write_file".to_owned(),
        path: "notes/a.txt".to_owned(),
        absolute_path: Some("/data/ws/notes/a.txt".to_owned()),
        phase: ToolPhase::Start,
        added: 0,
        deleted: 0,
        approximate: true,
        status: "editing".to_owned(),
        operation: None,
        binary: None,
        error: None,
        pending: None,
        diff: None,
    };
    let text = "--- notes/a.txt\n+++ notes/a.txt\n@@ -0,0 +1,2 @@\n+line1\n+line2".to_owned();
    let done = FileEdit {
        phase: ToolPhase::End,
        added: 2,
        approximate: false,
        status: "done".to_owned(),
        diff: Some(FileDiff { format: "unified".to_owned(), context: 3, truncated: false, text }),
        ..begun.clone()
    };
    let event = |edits| FileEdits {
        chat_id: chat(),
        edits,
        turn_id: Some(turn()),
        turn_phase: Some(Phase::Activity),
        turn_seq: Some(12),
        created_at_ms: Some(MILLISECONDS),
        seq: Some(14),
    };
    let copied = ForkMarker { chat_id: chat(), source_chat_id: ChatId::parse("a-chat"), seq: Some(12) };
    vec![
        ("file_edit", Event::FileEdit(event(vec![begun]))),
        ("file_edit.done", Event::FileEdit(event(vec![done]))),
        ("fork_marker", Event::ForkMarker(copied.clone())),
        ("fork_marker.bare", Event::ForkMarker(ForkMarker { source_chat_id: None, ..copied })),
    ]
}

fn ends() -> Vec<(&'static str, Event)> {
    let running = GoalStatus { chat_id: chat(), status: GoalWord::Running, started_at: Some(STARTED), turn_id: Some(turn()), seq: Some(3) };
    let idle = GoalStatus { status: GoalWord::Idle, started_at: None, seq: Some(10), ..running.clone() };
    let snapshot = GoalStatus { seq: None, ..running.clone() };
    let end = TurnEnd {
        chat_id: chat(),
        turn_id: Some(turn()),
        latency_ms: Some(1088),
        goal_state: Some(GoalBlob { active: false }),
        usage: Some(usage()),
        context_window_tokens: Some(200_000),
        turn_phase: Some(Phase::Complete),
        turn_seq: Some(7),
        seq: Some(9),
    };
    let bare = TurnEnd { latency_ms: None, goal_state: None, usage: None, context_window_tokens: None, ..end.clone() };
    vec![
        ("goal_status", Event::GoalStatus(running)),
        ("goal_status.idle", Event::GoalStatus(idle)),
        ("goal_status.snapshot", Event::GoalStatus(snapshot)),
        ("goal_state", Event::GoalState(GoalState { chat_id: chat(), goal_state: GoalBlob { active: true }, seq: Some(11) })),
        ("turn_end", Event::TurnEnd(end)),
        ("turn_end.bare", Event::TurnEnd(bare)),
    ]
}

fn lists() -> Vec<(&'static str, Event)> {
    let scope = |access_mode| StoredScope { project_path: "/home/me/app".to_owned(), access_mode }.payload(None);
    let updated = |scope, workspace_scope| Event::SessionUpdated(SessionUpdated { chat_id: chat(), scope, workspace_scope });
    let running = ChatState { chat_id: chat(), state: ChatStateWord::Running, started_at: Some(STARTED) };
    let state = |state| ChatState { state, started_at: None, ..running.clone() };
    vec![
        ("session_updated", updated(Some(SessionScope::Thread), None)),
        ("session_updated.bare", updated(None, None)),
        ("session_updated.restricted", updated(Some(SessionScope::Metadata), Some(scope(AccessMode::Restricted)))),
        ("session_updated.full", updated(Some(SessionScope::Metadata), Some(scope(AccessMode::Full)))),
        ("watching", Event::Watching(Watching { chats: vec![running.clone(), state(ChatStateWord::Failed)] })),
        ("watching.none", Event::Watching(Watching { chats: Vec::new() })),
        ("chat_state", Event::ChatState(running.clone())),
        ("chat_state.idle", Event::ChatState(state(ChatStateWord::Idle))),
        ("chat_state.failed", Event::ChatState(state(ChatStateWord::Failed))),
    ]
}

fn answers() -> Vec<(&'static str, Event)> {
    let refused = WebuiError { status: 404, message: "unknown WebUI mutation action".to_owned() };
    let carried_out = json!({ "servers": [] });
    vec![
        (
            "webui_response",
            Event::WebuiResponse(WebuiResponse { request_id: "q4".to_owned(), ok: true, result: Some(carried_out), error: None }),
        ),
        (
            "webui_response.refused",
            Event::WebuiResponse(WebuiResponse { request_id: "q1".to_owned(), ok: false, result: None, error: Some(refused) }),
        ),
        ("sidebar_state_updated", Event::SidebarStateUpdated(SidebarStateUpdated { state: SidebarState::default() })),
        (
            "runtime_model_updated",
            Event::RuntimeModelUpdated(RuntimeModelUpdated {
                model_name: "ollama/llama3.2".to_owned(),
                model_preset: Some("local".to_owned()),
            }),
        ),
        (
            "transcription_result",
            Event::TranscriptionResult(TranscriptionResult { request_id: "r1".to_owned(), text: "Good morning.".to_owned() }),
        ),
        (
            "transcription_error",
            Event::TranscriptionError(TranscriptionError {
                request_id: Some("r1".to_owned()),
                detail: "not_configured".to_owned(),
                provider: Some("groq".to_owned()),
            }),
        ),
    ]
}

fn errors() -> Vec<(&'static str, Event)> {
    let error = |detail: Detail| ErrorFrame::new(&detail);
    let about = |detail: Detail, reason: Reason| error(detail).because(reason.text()).about(&chat(), Some("turn-2"));
    let mut found: Vec<(&'static str, ErrorFrame)> = details().into_iter().map(|detail| (name(&detail), error(detail))).collect();
    found.extend([
        ("error", error(Detail::MissingContent).about(&chat(), None)),
        ("error.text_too_large", about(Detail::MessageRejected, Reason::TextTooLarge)),
        ("error.queue_full", about(Detail::MessageRejected, Reason::QueueFull)),
        ("error.malformed", about(Detail::AttachmentRejected, Reason::Malformed)),
        ("error.chat_running", about(Detail::WorkspaceScopeRejected, Reason::ChatRunning)),
    ]);
    found.into_iter().map(|(name, frame)| (name, Event::Error(frame))).collect()
}

fn details() -> Vec<Detail> {
    vec![
        Detail::InvalidChatId,
        Detail::MissingContent,
        Detail::MessageRejected,
        Detail::AttachmentRejected,
        Detail::WorkspaceScopeRejected,
        Detail::AccessDenied,
        Detail::InvalidRequestId,
        Detail::UnknownType("nope".to_owned()),
        Detail::TooDeep,
        Detail::StorageUnavailable,
        Detail::TemporaryChatUnavailable,
        Detail::TemporaryChatCommandRejected,
        Detail::TemporaryChatWorkspaceRejected,
        Detail::InvalidTemporaryChatId,
        Detail::InvalidSourceChatId,
        Detail::InvalidUserIndex,
        Detail::Fork("invalid fork source or index"),
        Detail::InvalidSidebarState,
    ]
}

// A new detail does not compile until it has a name here; list it above with it.
fn name(detail: &Detail) -> &'static str {
    match detail {
        Detail::InvalidChatId => "error.invalid_chat_id",
        Detail::MissingContent => "error.missing_content",
        Detail::MessageRejected => "error.message_rejected",
        Detail::AttachmentRejected => "error.attachment_rejected",
        Detail::WorkspaceScopeRejected => "error.workspace_scope_rejected",
        Detail::AccessDenied => "error.access_denied",
        Detail::InvalidRequestId => "error.invalid_request_id",
        Detail::UnknownType(_) => "error.unknown_type",
        Detail::TooDeep => "error.too_deep",
        Detail::StorageUnavailable => "error.storage_unavailable",
        Detail::TemporaryChatUnavailable => "error.temporary_chat_unavailable",
        Detail::TemporaryChatCommandRejected => "error.temporary_chat_command_rejected",
        Detail::TemporaryChatWorkspaceRejected => "error.temporary_chat_workspace_rejected",
        Detail::InvalidTemporaryChatId => "error.invalid_temporary_chat_id",
        Detail::InvalidSourceChatId => "error.invalid_source_chat_id",
        Detail::InvalidUserIndex => "error.invalid_user_index",
        Detail::Fork(_) => "error.fork",
        Detail::InvalidSidebarState => "error.invalid_sidebar_state",
    }
}
