//! Bodies of the HTTP routes (envelope §2). Successes are JSON, errors are plain text.

use serde::{Deserialize, Serialize};

use crate::scope::WorkspaceScope;

/// `GET /webui/bootstrap`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Bootstrap {
    /// Opens one WebSocket. Absent for who comes through a trusted proxy, who needs none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub token: Option<String>,
    /// Bearer for `/api`. Absent with the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub api_token: Option<String>,
    /// Path of the WebSocket.
    pub ws_path: String,
    /// Address of the WebSocket.
    pub ws_url: String,
    /// Seconds both tokens live.
    pub expires_in: u64,
    /// `provider/model` of the active preset, empty when none is chosen.
    pub model_name: String,
    /// Where the window runs.
    pub runtime_surface: Surface,
    /// What the host can do.
    pub runtime_capabilities: Capabilities,
    /// Sizes a client must keep to.
    pub limits: Limits,
    /// New at every engine start.
    pub instance: String,
    /// Version of Alcove.
    pub version: String,
}

/// `GET <tokenIssuePath>`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenIssue {
    /// Opens one WebSocket, and nothing else.
    pub token: String,
    /// Seconds it lives.
    pub expires_in: u64,
}

/// Where the window runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Surface {
    /// In a browser.
    Browser,
    /// In Alcove's own window.
    Native,
}

/// What the host around the gateway can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "four independent capabilities, as the protocol spells them")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Capabilities {
    /// Restart the engine without closing the window.
    pub can_restart_engine: bool,
    /// Show a folder dialog.
    pub can_pick_folder: bool,
    /// Show the logs.
    pub can_open_logs: bool,
    /// Write a diagnostics archive.
    pub can_export_diagnostics: bool,
}

/// Sizes a client must keep to, bytes unless named otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Limits {
    /// Of frames.
    pub transport: TransportLimits,
    /// Of texts.
    pub message: MessageLimits,
    /// Of attachments.
    pub attachments: AttachmentLimits,
}

/// Limits of frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TransportLimits {
    /// Largest frame.
    pub max_frame_bytes: usize,
    /// What the envelope itself may take of it.
    pub envelope_reserve_bytes: usize,
}

/// Limits of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MessageLimits {
    /// Longest text.
    pub max_text_bytes: usize,
}

/// Limits of attachments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AttachmentLimits {
    /// Of one message.
    pub max_count: usize,
    /// Each.
    pub max_file_bytes: usize,
    /// Together.
    pub max_total_bytes: usize,
}

impl Limits {
    /// The limits this gateway keeps.
    pub const fn current() -> Self {
        use crate::limits;
        Self {
            transport: TransportLimits { max_frame_bytes: limits::MAX_FRAME_BYTES, envelope_reserve_bytes: limits::ENVELOPE_RESERVE_BYTES },
            message: MessageLimits { max_text_bytes: limits::MAX_TEXT_BYTES },
            attachments: AttachmentLimits {
                max_count: limits::MAX_ATTACHMENTS,
                max_file_bytes: limits::MAX_ATTACHMENT_BYTES,
                max_total_bytes: limits::MAX_ATTACHMENTS_BYTES,
            },
        }
    }
}

/// `GET /api/sessions`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Sessions {
    /// Newest first.
    pub sessions: Vec<SessionRow>,
}

/// One chat in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SessionRow {
    /// `websocket:<chat id>`
    pub key: String,
    /// ISO local time without zone, microseconds.
    pub created_at: String,
    /// The same.
    pub updated_at: String,
    /// Given or made; empty when there is none.
    pub title: String,
    /// First visible text.
    pub preview: String,
    /// The chat's scope.
    pub workspace_scope: WorkspaceScope,
    /// Seconds since the epoch, when a turn runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub run_started_at: Option<f64>,
    /// The chat's own preset; null when it follows the active one.
    pub model_preset: Option<String>,
}

/// `GET /api/commands`
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Commands {
    /// In the order they are shown.
    pub commands: Vec<CommandRow>,
}

/// One slash command (envelope §2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CommandRow {
    /// With its slash.
    pub command: &'static str,
    /// Two or three words.
    pub title: &'static str,
    /// One sentence.
    pub description: &'static str,
    /// Lucide name.
    pub icon: &'static str,
    /// What may follow.
    pub arg_hint: &'static str,
    /// How it relates to a running turn.
    pub lifecycle: &'static str,
    /// Whether anything may follow.
    pub accepts_args: bool,
}

/// The commands served, in the order of envelope §2.5.
#[rustfmt::skip]
pub const COMMANDS: &[CommandRow] = &[
    CommandRow { command: "/new", title: "New", description: "Begin anew: the model forgets what was said; the messages stay.", icon: "square-pen", arg_hint: "", lifecycle: "finalize_active_turn", accepts_args: false },
    CommandRow { command: "/stop", title: "Stop", description: "Stop the turn that runs; what has arrived is kept.", icon: "square", arg_hint: "", lifecycle: "stop_active_turn", accepts_args: false },
    CommandRow { command: "/restart", title: "Restart", description: "Restart the engine; turns that run are closed as interrupted.", icon: "rotate-cw", arg_hint: "", lifecycle: "side_channel", accepts_args: false },
    CommandRow { command: "/status", title: "Status", description: "Tell the model, the context used and whether a turn runs.", icon: "activity", arg_hint: "", lifecycle: "side_channel", accepts_args: false },
    CommandRow { command: "/model", title: "Model", description: "Show this chat's model, or choose another preset for it.", icon: "brain", arg_hint: "[preset]", lifecycle: "side_channel", accepts_args: true },
    CommandRow { command: "/history", title: "History", description: "Show the newest messages of this chat.", icon: "history", arg_hint: "[n]", lifecycle: "side_channel", accepts_args: true },
    CommandRow { command: "/goal", title: "Goal", description: "Set a goal the agent works towards until it is reached.", icon: "activity", arg_hint: "<goal>", lifecycle: "agent_turn_with_args", accepts_args: true },
    CommandRow { command: "/trigger", title: "Trigger", description: "Make a trigger that a command on this machine can pull.", icon: "zap", arg_hint: "<name>", lifecycle: "side_channel", accepts_args: true },
    CommandRow { command: "/dream", title: "Dream", description: "Sort what was learned, now.", icon: "sparkles", arg_hint: "", lifecycle: "side_channel", accepts_args: false },
    CommandRow { command: "/dream-log", title: "Dream log", description: "Show what the last sorting changed.", icon: "book-open", arg_hint: "", lifecycle: "side_channel", accepts_args: true },
    CommandRow { command: "/dream-restore", title: "Dream restore", description: "Take a sorting back.", icon: "undo-2", arg_hint: "", lifecycle: "side_channel", accepts_args: true },
    CommandRow { command: "/dream-prompt", title: "Dream prompt", description: "Show how sorting is asked for, or write it down to be changed.", icon: "file-text", arg_hint: "[init]", lifecycle: "side_channel", accepts_args: true },
    CommandRow { command: "/evaluator-prompt", title: "Evaluator prompt", description: "Show how results are judged, or write it down to be changed.", icon: "file-text", arg_hint: "[init]", lifecycle: "side_channel", accepts_args: true },
    CommandRow { command: "/skill", title: "Skills", description: "List the skills.", icon: "wrench", arg_hint: "", lifecycle: "side_channel", accepts_args: false },
    CommandRow { command: "/help", title: "Help", description: "List the commands.", icon: "circle-help", arg_hint: "", lifecycle: "side_channel", accepts_args: false },
    CommandRow { command: "/pairing", title: "Pairing", description: "List who asks to be let in, and decide.", icon: "shield", arg_hint: "[list|approve <code>|deny <code>|revoke <user_id>]", lifecycle: "side_channel", accepts_args: true },
];

/// `GET /api/workspaces`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Workspaces {
    /// Always 1.
    pub schema_version: u32,
    /// `default` or `full`.
    pub default_access_mode: String,
    /// The scope of a chat that chose none.
    pub default_scope: WorkspaceScope,
    /// What this client may change.
    pub controls: WorkspaceControls,
}

/// What a client may change about scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WorkspaceControls {
    /// The folder.
    pub can_change_project: bool,
    /// The mode.
    pub can_use_full_access: bool,
    /// By a folder dialog.
    pub can_pick_folder: bool,
}
