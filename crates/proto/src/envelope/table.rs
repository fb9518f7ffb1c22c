//! The one list of inbound frames and the one list of outbound frames, from which the reference and its checks are made.

/// One inbound frame type.
#[derive(Clone, Copy, Debug)]
pub struct Method {
    /// The `type` field.
    pub name: &'static str,
    /// Its fields; a trailing `?` marks one that may be absent.
    pub fields: &'static str,
    /// What comes back to the sender.
    pub answer: &'static str,
    /// One line for the reference.
    pub about: &'static str,
    /// Section of the protocol.
    pub section: &'static str,
}

/// One outbound frame.
#[derive(Clone, Copy, Debug)]
pub struct EventRow {
    /// The `event` field.
    pub name: &'static str,
    /// Who hears it.
    pub to: Audience,
    /// Whether it is numbered and kept in the chat's log.
    pub logged: bool,
    /// One line for the reference.
    pub about: &'static str,
}

/// Who hears an outbound frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The connection it answers.
    Sender,
    /// Every connection attached to the chat.
    Chat,
    /// Every connection attached to the chat but the one that caused it.
    Others,
    /// Every connection.
    All,
    /// Every connection that sent `watch`.
    Watchers,
    /// Every connection of a window, by the token that opened it.
    Windows,
}

/// Every inbound frame type.
#[rustfmt::skip]
pub const METHODS: &[Method] = &[
    Method { name: "new_chat", fields: "workspace_scope?, request_id?", answer: "attached, session_updated", about: "Makes a chat and attaches to it. The same request_id makes one chat.", section: "§1.5" },
    Method { name: "attach", fields: "chat_id, after_seq?, instance?", answer: "attached, resync?", about: "Hears a chat, from after_seq on when given.", section: "§1.5" },
    Method { name: "watch", fields: "", answer: "watching", about: "Hears the live state of all chats.", section: "own" },
    Method { name: "set_workspace_scope", fields: "chat_id, workspace_scope", answer: "session_updated", about: "Changes the folder a chat works in, while no turn runs.", section: "§1.5" },
    Method { name: "message", fields: "chat_id, content, media?, webui?, turn_id?, workspace_scope?, cli_apps?, mcp_presets?, session_mentions?, quoted_context?, user_shell?", answer: "message_accepted", about: "Says something in a chat; the turn id is the idempotency id. The text /stop stops the turn. An item of media has a data_url, or the upload_id of an upload, and a name.", section: "§1.5" },
    Method { name: "webui_request", fields: "request_id, action, payload?", answer: "webui_response", about: "Changes or asks something outside the chats; the same id again gets the same answer.", section: "§1.6" },
    Method { name: "new_temporary_chat", fields: "", answer: "attached", about: "Makes a chat that leaves nothing behind and ends with the connection.", section: "§1.6" },
    Method { name: "discard_temporary_chat", fields: "chat_id", answer: "", about: "Ends such a chat.", section: "§1.6" },
    Method { name: "fork_chat", fields: "source_chat_id, before_user_index, title?", answer: "attached, session_updated", about: "Copies what stands before a prompt, counted from 0, into a new chat.", section: "§1.6" },
    Method { name: "set_sidebar_state", fields: "state", answer: "sidebar_state_updated", about: "Arranges the list of chats.", section: "§1.6" },
    Method { name: "transcribe_audio", fields: "request_id, data_url, duration_ms?", answer: "transcription_result, transcription_error", about: "Writes a recording down.", section: "§1.6" },
];

/// Every outbound frame.
#[rustfmt::skip]
pub const EVENTS: &[EventRow] = &[
    EventRow { name: "ready", to: Audience::Sender, logged: false, about: "First frame of a connection." },
    EventRow { name: "attached", to: Audience::Sender, logged: false, about: "The connection hears the chat from here on." },
    EventRow { name: "resync", to: Audience::Sender, logged: false, about: "The cursor cannot be resumed from: read the thread page again." },
    EventRow { name: "user_message", to: Audience::Others, logged: true, about: "A prompt somebody sent; its sender gets message_accepted with the same seq." },
    EventRow { name: "message_accepted", to: Audience::Sender, logged: false, about: "The prompt is durable." },
    EventRow { name: "turn_model_updated", to: Audience::Chat, logged: true, about: "Which model the turn uses." },
    EventRow { name: "goal_status", to: Audience::Chat, logged: true, about: "A turn runs, or none runs any more; idle is the last frame of a turn." },
    EventRow { name: "goal_state", to: Audience::Chat, logged: true, about: "What the agent works towards." },
    EventRow { name: "reasoning_delta", to: Audience::Chat, logged: true, about: "A piece of reasoning." },
    EventRow { name: "reasoning_end", to: Audience::Chat, logged: true, about: "The reasoning of this step is complete." },
    EventRow { name: "delta", to: Audience::Chat, logged: true, about: "A piece of the answer." },
    EventRow { name: "stream_end", to: Audience::Chat, logged: true, about: "The answer text of this step is complete." },
    EventRow { name: "message", to: Audience::Chat, logged: true, about: "A complete text: an error, a notice, a command's reply." },
    EventRow { name: "file_edit", to: Audience::Chat, logged: true, about: "Files a tool changes." },
    EventRow { name: "steered", to: Audience::Chat, logged: true, about: "Prompts that waited were shown to the model with the next step of the turn that runs." },
    EventRow { name: "proposal", to: Audience::Chat, logged: true, about: "An action waits for a person; a turn waits with it." },
    EventRow { name: "proposal_resolved", to: Audience::Chat, logged: true, about: "A proposal waits no longer." },
    EventRow { name: "stream_chunk", to: Audience::Chat, logged: true, about: "Output of a command that runs; beyond the first 128 KiB of a channel it passes by without a number." },
    EventRow { name: "command_ended", to: Audience::Chat, logged: true, about: "A command in the background has ended; the event may come long after the turn that began it." },
    EventRow { name: "changes", to: Audience::Chat, logged: true, about: "Files were changed by a turn, or changed back by a person; the first 200 by name, the others as a count." },
    EventRow { name: "turn_end", to: Audience::Chat, logged: true, about: "The turn is complete and durable." },
    EventRow { name: "fork_marker", to: Audience::Chat, logged: true, about: "What stands before it was copied from another chat." },
    EventRow { name: "session_updated", to: Audience::All, logged: false, about: "Read the list of chats again." },
    EventRow { name: "watching", to: Audience::Sender, logged: false, about: "Every chat that is not idle." },
    EventRow { name: "chat_state", to: Audience::Watchers, logged: false, about: "The live state of one chat." },
    EventRow { name: "webui_response", to: Audience::Sender, logged: false, about: "The answer to one webui_request." },
    EventRow { name: "sidebar_state_updated", to: Audience::Windows, logged: false, about: "The list of chats was arranged anew." },
    EventRow { name: "runtime_model_updated", to: Audience::All, logged: false, about: "Another model answers in chats that chose none." },
    EventRow { name: "transcription_result", to: Audience::Sender, logged: false, about: "A recording, written down." },
    EventRow { name: "transcription_error", to: Audience::Sender, logged: false, about: "Why a recording was not written down." },
    EventRow { name: "error", to: Audience::Sender, logged: false, about: "What is wrong with an inbound frame; the connection goes on." },
];

/// One action of `webui_request`.
#[derive(Clone, Copy, Debug)]
pub struct Action {
    /// The `action` field.
    pub name: &'static str,
    /// Fields of the payload; a trailing `?` marks one that may be absent.
    pub payload: &'static str,
    /// What the result is.
    pub result: &'static str,
    /// One line for the reference.
    pub about: &'static str,
}

/// Every action of `webui_request`.
#[rustfmt::skip]
pub const ACTIONS: &[Action] = &[
    Action { name: "settings.agent.update", payload: "model_preset?, model?, provider?, context_window_tokens?, timezone?, tool_hint_max_length?, bot_name?, bot_icon?", result: "settings", about: "Chooses the active preset (empty or `default` chooses none), or a model without one, and what concerns every chat." },
    Action { name: "settings.model_configuration.create", payload: "name, provider, model, max_tokens?, context_window_tokens?, temperature?, reasoning_effort?, dialect?", result: "settings", about: "Adds a preset; with `label` instead of `name` it becomes the active one. `dialect` is `auto`, `native` or `tags`." },
    Action { name: "settings.model_configuration.update", payload: "name, new_name?, provider?, model?, max_tokens?, context_window_tokens?, temperature?, reasoning_effort?, dialect?", result: "settings", about: "Changes a preset; null or empty unsets a number." },
    Action { name: "settings.model_configuration.delete", payload: "name", result: "settings", about: "Removes a preset that is not in the call order." },
    Action { name: "settings.model_configuration.migrate", payload: "", result: "settings", about: "Makes a preset of the model that was set without one." },
    Action { name: "settings.model_call_order.update", payload: "order", result: "settings", about: "Which presets are asked, the primary first: a JSON list of names." },
    Action { name: "settings.provider.create", payload: "name, api_base, api_key?, extra_headers?, extra_body?, extra_query?", result: "settings", about: "Adds an OpenAI-compatible server." },
    Action { name: "settings.provider.update", payload: "provider, api_base?, api_key?, display_name?, extra_headers?, extra_body?, extra_query?", result: "settings", about: "Changes a server; an omitted key stays, an empty one is removed." },
    Action { name: "settings.provider.delete", payload: "provider", result: "settings", about: "Removes a server no preset uses, with its key; a known one goes back to what it was." },
    Action { name: "settings.web_search.update", payload: "provider, api_key?, base_url?, max_results?, timeout?, use_jina_reader?", result: "settings", about: "Chooses who is asked when the web is searched." },
    Action { name: "settings.image_generation.update", payload: "provider?, enabled?, model?, default_aspect_ratio?, default_image_size?, max_images_per_turn?", result: "settings", about: "Chooses who draws images." },
    Action { name: "settings.transcription.update", payload: "enabled?, provider?, model?, language?, max_duration_sec?, max_upload_mb?", result: "settings", about: "Chooses who writes down what is spoken." },
    Action { name: "settings.network_safety.update", payload: "webui_allow_local_service_access?, webui_default_access_mode?", result: "settings", about: "Says what chats may reach, and how far one that chose nothing may go: `default` or `full`." },
    Action { name: "sidebar.update", payload: "state", result: "the state that was kept", about: "Arranges the list of chats." },
    Action { name: "session.delete", payload: "key, delete_automations?", result: "{deleted}", about: "Stops what runs in a chat and deletes it with its files." },
    Action { name: "session.rename", payload: "key, title", result: "{key, title}", about: "Gives a chat a title that no model replaces." },
    Action { name: "session.import", payload: "upload_id", result: "{imported, skipped, warnings}", about: "Reads an uploaded export, or a session or transcript file of the original, into new chats." },
    Action { name: "proposal.list", payload: "chat_id?", result: "{proposals}", about: "What waits for a person, in one chat or in all." },
    Action { name: "proposal.answer", payload: "answers: [{chat_id, proposal_id, answer, digest?, reason?, text?, command?, rule?}]", result: "{answered}", about: "Answers proposals: `accept` or `reject`. A yes counts for the digest it names, and only one to a question may name none; `rule` {effect, span, subject} makes a rule of it." },
    Action { name: "approvals.get", payload: "", result: "approvals", about: "What is asked about, and how commands are held." },
    Action { name: "approvals.update", payload: "preset", result: "approvals", about: "Says what chats ask about that chose nothing: `ask`, `edit_freely` or `full`." },
    Action { name: "rule.add", payload: "effect, span, subject, place?", result: "approvals", about: "Adds a rule; `place` is the chat or the folder of one that does not hold always." },
    Action { name: "rule.remove", payload: "id", result: "approvals", about: "Removes a rule." },
    Action { name: "chat.acting", payload: "chat_id", result: "how the chat acts", about: "Mode, preset, network and running commands of a chat." },
    Action { name: "chat.acting.update", payload: "chat_id, mode?, preset?, network?", result: "how the chat acts", about: "Changes them; an empty preset follows everybody's." },
    Action { name: "files.find", payload: "chat_id | workspace_scope, query?, limit?", result: "{files, truncated}", about: "Files and folders of a chat's folder, or of one a chat would get, whose paths fit what was typed: each word of `query` stands in the path, with gaps, in any case; the best fitting first. Without `query` the names at the top. `limit` is 20, at most 100. What `.gitignore` and `.ignore` leave out is left out; names with a dot are found by a dot." },
    Action { name: "changes.list", payload: "chat_id, turn?, from?", result: "{turns}", about: "What the turns of a chat changed, newest first. An answer holds 200 turns at most, 200 files of each and 1000 in all, and no file more once their differences come to 2 MiB; a turn says how many `more` follow. With `turn` and `from`, how many of its files to pass over, it is that turn and the next of them." },
    Action { name: "changes.revert", payload: "chat_id, turn, path?, hunk?, step?, force?", result: "{done, refused, notes?, step?}", about: "Takes a turn, a file or a hunk of it back, or a step of its undoing; what changed since is refused unless forced, and what was never kept is left." },
    Action { name: "changes.redo", payload: "chat_id, turn, path?, hunk?, step?, force?", result: "{done, refused, notes?, step?}", about: "Does it again." },
    Action { name: "command.stop", payload: "chat_id, path", result: "{stopped}", about: "Ends a command with everything it started." },
    Action { name: "command.background", payload: "chat_id, path", result: "{background}", about: "Lets the turn go on while a command runs." },
    Action { name: "command.output", payload: "chat_id, path, channel, lines?", result: "{channel, text, bytes, running}", about: "The newest output of a command." },
    Action { name: "stream.append", payload: "chat_id, path, channel, chunk", result: "{status}", about: "Output from outside for a record that is open; refused after its end." },
    Action { name: "stream.completed", payload: "chat_id, path, exit_code?, duration?", result: "{ok, channels}", about: "Ends such a record." },
    Action { name: "stream.aborted", payload: "chat_id, path, reason?, duration?", result: "{ok, channels}", about: "Ends it: whoever ran it has killed it." },
    Action { name: "stream.cancel", payload: "chat_id, path, reason?", result: "{ok, channels}", about: "Ends it: whoever runs it is to kill it." },
    Action { name: "models.discover", payload: "", result: "{servers}", about: "Looks for model servers on their usual ports of this machine." },
    Action { name: "models.test", payload: "name | api_base, model, api_key? | provider, model", result: "{ok, latency_ms, reply}", about: "Asks a model for one sentence." },
];

/// Actions of the contract that come later. Each is refused in the contract's own words.
pub const LATER: &[&str] = &[
    "automation.enable",
    "automation.disable",
    "automation.delete",
    "automation.run",
    "automation.update",
    "skill.install",
    "skill.update",
    "skill.delete",
    "settings.provider.oauth_login",
    "settings.provider.oauth_complete",
    "settings.provider.oauth_logout",
    "settings.api_service.start",
    "settings.api_service.stop",
    "settings.cli_app.install",
    "settings.cli_app.update",
    "settings.cli_app.uninstall",
    "settings.cli_app.test",
    "settings.feature.enable",
    "settings.feature.disable",
    "settings.channel.validate",
    "settings.channel.configure",
    "settings.channel.connect.start",
    "settings.channel.connect.poll",
    "settings.channel.connect.cancel",
    "settings.pairing.approve",
    "settings.pairing.deny",
    "settings.mcp.enable",
    "settings.mcp.disable",
    "settings.mcp.remove",
    "settings.mcp.test",
    "settings.mcp.reconnect",
    "settings.mcp.custom",
    "settings.mcp.import",
    "settings.mcp.import_cursor",
    "settings.mcp.tools",
    "settings.mcp.oauth_start",
    "settings.mcp.oauth_complete",
    "settings.mcp.oauth_cancel",
];
