//! The contract, row by row: what serves each row of its sections 1 to 6 and which tests show it, or why it is not served. The
//! reference is made from this table, and `cargo xtask tidy` looks for every test that is named here.
//!
//! A test is `section: case`, a case of `tests/tests/conformance/cases/section.case`, or `path::name`, a test in a file.

/// One row of the contract.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its section.
    pub section: &'static str,
    /// What it asks for.
    pub row: &'static str,
    /// Whether it is served.
    pub served: Served,
}

/// Whether a row is served.
#[derive(Clone, Copy, Debug)]
pub enum Served {
    /// It is.
    By {
        /// Where.
        place: &'static str,
        /// What shows it.
        tests: &'static [&'static str],
    },
    /// It is not, for this reason.
    Not(&'static str),
}

const fn by(section: &'static str, row: &'static str, place: &'static str, tests: &'static [&'static str]) -> Row {
    Row { section, row, served: Served::By { place, tests } }
}

const fn not(section: &'static str, row: &'static str, reason: &'static str) -> Row {
    Row { section, row, served: Served::Not(reason) }
}

const CONFIG: &str = "gateway/config";
const HANDSHAKE: &str = "gateway/envelope";
const READING: &str = "proto/envelope/inbound";
const CHAT: &str = "engine/chat";
const HTTP: &str = "gateway/http";
const SETTINGS: &str = "engine/settings";

/// Every row.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    // The listener.
    by("§1.1", "keys of `channels.websocket`, camelCase or snake_case, flags before the file", CONFIG, &["handshake: the table without channels is read, too", "handshake: a flag wins over the file", "handshake: an unknown key is no error", "tests/tests/wire/doors.rs::a_changed_file_is_taken", "handshake: a socket from the file"]),
    by("§1.1", "`enabled`", CONFIG, &["tests/tests/wire/listeners.rs::the_file_decides_where_and_flags_win"]),
    by("§1.1", "`host`, with a wildcard only beside a token or secret", CONFIG, &["handshake: a wildcard host needs a secret", "handshake: a wildcard IPv6 host needs a secret", "tests/tests/wire/listeners.rs::an_address_for_all_is_opened_only_with_a_guard"]),
    by("§1.1", "`port`", CONFIG, &["handshake: a port from the file", "tests/tests/wire/listeners.rs::the_file_decides_where_and_flags_win"]),
    by("§1.1", "`unixSocketPath`: folder made, stale file removed, 0600, gone at the end", "gateway/listen", &["handshake: a socket from the file", "tests/tests/wire/unix.rs::the_socket_is_private", "tests/tests/wire/unix.rs::a_stale_socket_is_replaced_and_a_living_one_is_not"]),
    by("§1.1", "`path`", CONFIG, &["handshake: another path", "handshake: a trailing slash of the path does not count", "handshake: a path begins with a slash"]),
    by("§1.1", "`token`", "gateway/token", &["handshake: the static token opens the socket any number of times", "handshake: the static token opens bootstrap when there is no issue secret", "tests/tests/wire/doors.rs::a_static_token_opens_connections_and_bootstrap_but_not_the_api"]),
    by("§1.1", "`tokenIssuePath`", CONFIG, &["handshake: the token route issues one token for its secret", "handshake: the token route is not the socket's path"]),
    by("§1.1", "`tokenIssueSecret`", "gateway/token", &["handshake: tokenIssueSecret opens bootstrap", "handshake: the issue secret stands before the static token"]),
    by("§1.1", "`tokenTtlS`, 30 to 86400", CONFIG, &["handshake: the token's life is told", "handshake: the token's life has bounds"]),
    by("§1.1", "`websocketRequiresToken`", HANDSHAKE, &["handshake: without a required token anybody connects"]),
    by("§1.1", "`allowFrom`", HANDSHAKE, &["handshake: allow_from decides by client id", "handshake: a star allows everyone"]),
    by("§1.1", "`streaming`", CHAT, &["order: streaming switched off: one message and no pieces", "order: streaming switched off: no delta, no stream_end"]),
    by("§1.1", "`maxMessageBytes`, 1024 to 41943040", CONFIG, &["handshake: a frame of the largest size is read and one byte more is not", "handshake: the largest message has bounds"]),
    by("§1.1", "`pingIntervalS`, `pingTimeoutS`, 5 to 300", CONFIG, &["handshake: the ping's time has bounds", "tests/tests/wire/doors.rs::a_client_that_stays_silent_is_let_go_and_one_that_answers_is_not"]),
    by("§1.1", "`sslCertfile`, `sslKeyfile`: both or neither, TLS 1.2 or newer", CONFIG, &["handshake: a certificate comes with its key", "tests/tests/wire/listeners.rs::everything_works_by_tls", "tests/tests/wire/listeners.rs::certificates_that_cannot_be_used_are_said"]),
    by("§1.1", "`publicWsUrl`", CONFIG, &["handshake: the public address is told as it is", "handshake: a public address is absolute", "handshake: a public address has the socket's path", "handshake: a public address has no credentials"]),
    by("§1.1", "`trustedProxyAuth`", CONFIG, &["handshake: a trusted proxy's word opens bootstrap and the socket", "handshake: a trusted proxy needs a network", "handshake: a trusted proxy is not everybody", "handshake: a routing header asserts nothing", "tests/tests/wire/doors.rs::whoever_a_trusted_proxy_sends_needs_no_token"]),
    not("§1.1", "the second listener with `GET /health`", "the contract itself leaves it out"),
    by("§1.1", "other methods than GET", "gateway/gate", &["http: other methods", "tests/tests/wire/routes.rs::only_get_is_served"]),
    // Getting in.
    by("§1.2", "path, then `Upgrade` and `Connection`, else HTTP", HANDSHAKE, &["handshake: an upgrade on another path is not found", "handshake: an upgrade on an API path is not found", "handshake: a GET of the path without an upgrade is the page"]),
    by("§1.2", "`client_id`, cut after 128 characters, and `token`; nothing else", HANDSHAKE, &["handshake: a declared client id is kept", "handshake: a long client id is cut after 128 characters", "handshake: other query parameters are not read"]),
    not("§1.2", "no look at `Origin`", "section 11 forbids to copy this: a foreign origin is refused"),
    by("§1.2", "`allowFrom` before the token", HANDSHAKE, &["handshake: allow_from is asked before the token"]),
    by("§1.2", "order of the tokens: proxy, static, issued, none required", "gateway/token", &["handshake: an issued token opens the socket beside a static one", "handshake: where none is required an issued token is used up all the same", "handshake: no token, no socket"]),
    by("§1.2", "issued tokens open one socket and expire", "gateway/token", &["handshake: a socket token is used up by the handshake", "handshake: a refused handshake does not use the token up", "tests/tests/wire/routes.rs::a_socket_token_opens_one_socket", "tests/tests/wire/doors.rs::an_issued_token_opens_one_connection"]),
    by("§1.2", "refusals are plain-text answers", HANDSHAKE, &["handshake: an unknown token opens nothing", "handshake: an empty token is none", "handshake: the API token does not open the socket"]),
    by("§1.2", "audiences: webui, client, none", "gateway/token", &["handshake: a client of the token route may chat and nothing else", "handshake: a static token gives no audience"]),
    // After the handshake.
    by("§1.3", "`anon-` and 12 digits for who names no id", HANDSHAKE, &["handshake: a client without an id is called anon", "handshake: an empty client id is none"]),
    by("§1.3", "`ready` first, with a fresh chat; then subscribed to it", "gateway/envelope/connection", &["handshake: a declared client id is kept", "handshake: each connection has a chat of its own", "handshake: a connection hears its default chat without attaching"]),
    by("§1.3", "JSON with non-ASCII unescaped", "proto/envelope", &["generations: non-ASCII text is not escaped"]),
    by("§1.3", "bytes that are text are text, others ignored", "gateway/envelope/wire", &["legacy: bytes that are text are text", "legacy: bytes that are no text are ignored"]),
    by("§1.3", "a frame too large closes with 1009 and its reason", "gateway/envelope/wire", &["handshake: a frame of the largest size is read and one byte more is not", "tests/tests/wire/breaches.rs::a_message_of_many_fragments_has_the_same_limit"]),
    by("§1.3", "a client that goes ends no turn", CHAT, &["order: a turn goes on when everybody leaves"]),
    // Legacy frames.
    by("§1.4", "empty and blank frames are ignored", READING, &["legacy: an empty frame is ignored", "legacy: white space is ignored"]),
    by("§1.4", "plain text is the message", READING, &["legacy: plain text is the message"]),
    by("§1.4", "broken JSON and arrays are plain text", READING, &["legacy: broken JSON is plain text", "legacy: an array is plain text"]),
    by("§1.4", "objects without a type: content, text, message", READING, &["legacy: content, then text, then message", "legacy: the first of them that is not blank", "legacy: an object that says nothing is ignored", "legacy: a type that is no text makes no envelope"]),
    by("§1.4", "legacy turns have no annotations, no acknowledgement, no title, and are in the list", CHAT, &["legacy: legacy turns carry no annotations", "legacy: a legacy turn is not acknowledged", "legacy: a legacy chat is in the list, without a title"]),
    not("§1.4", "no transcript user row for legacy turns", "losing prompts on reload is the fault the contract says to avoid; they are kept"),
    // Frames to the gateway.
    by("§1.5", "chat ids: `^[A-Za-z0-9_:-]{1,64}$`, else `invalid chat_id`", READING, &["inbound: every character a chat id may have", "inbound: the longest chat id", "inbound: a chat id one longer", "inbound: attach with a dot"]),
    by("§1.5", "`unknown type: 'x'`", READING, &["inbound: an unknown type is named as Python would", "inbound: an unknown type with a quote"]),
    by("§1.5", "`new_chat`: scope, kept, attached, session_updated", "gateway/envelope/inbound", &["inbound: new_chat attaches, then tells the chat's scope", "inbound: new_chat in a folder", "inbound: new_chat with a scope that is none makes nothing"]),
    by("§1.5", "`attach`: any id, nothing made, twice is once", "gateway/envelope/inbound", &["inbound: attach to a chat that never was", "inbound: attach makes no chat", "inbound: attach twice is attach once"]),
    by("§1.5", "`set_workspace_scope`: bare to all, full to the asker, refused while a turn runs", "gateway/envelope/inbound", &["inbound: set_workspace_scope tells everybody first and the asker in full", "inbound: set_workspace_scope lasts", "inbound: set_workspace_scope while a turn runs", "inbound: while a turn runs the payload is not even looked at"]),
    by("§1.5", "`message`: content, webui, turn_id", CHAT, &["inbound: a message is accepted and answered", "inbound: a message without webui is not acknowledged", "inbound: a message without a turn id gets one, and is not acknowledged", "inbound: a turn id that is none is replaced", "inbound: every character a turn id may have"]),
    by("§1.5", "`message.media`", "engine/media", &["media: an image is taken and shown to the others", "inbound: media that is no list"]),
    by("§1.5", "`message.workspace_scope`", CHAT, &["inbound: a message persists its scope", "inbound: a message with a bad scope is refused with its chat and turn"]),
    by("§1.5", "`message.cli_apps`", READING, &["inbound: apps in a message: bad ones are skipped, good ones stay", "inbound: apps that are no list are no error"]),
    by("§1.5", "`message.mcp_presets`", READING, &["inbound: apps that are no list are no error"]),
    by("§1.5", "`message.image_generation` of S", READING, &["generations: S sends image_generation and is not refused"]),
    not("§1.5", "`message.user_shell`", "commands run in a sandbox with approvals, which is later work; until then a message says so, and nothing runs"),
    by("§1.5", "`message.session_mentions`", READING, &["inbound: mentions of sessions reach the others"]),
    by("§1.5", "`message.quoted_context`: for the model only", CHAT, &["inbound: a quotation is for the model only"]),
    by("§1.5", "order of refusals: chat id, content, size, temporary, media, blank, scope", READING, &["inbound: a wrong chat id is said before everything else", "inbound: content that is no text is said before media", "inbound: a text too large is said before media", "inbound: media is said before blank content", "inbound: media is said before the scope", "inbound: blank content is said before the scope"]),
    by("§1.5", "errors carry chat_id, and turn_id when it was sent", READING, &["inbound: an error names the turn the client named", "inbound: an empty turn id is not named"]),
    by("§1.5", "`text_too_large` above 65,536 bytes", READING, &["inbound: a text of 65,537 bytes", "inbound: a text is measured in bytes", "inbound: a text of 65,536 bytes is taken"]),
    by("§1.5", "a message with a bad scope still subscribes its sender", "gateway/envelope/inbound", &["inbound: a message with a bad scope still subscribes its sender"]),
    // Requests.
    by("§1.6", "`webui_request`: id, action, payload, `webui_response`", "gateway/envelope/inbound", &["requests: a request is answered under its id", "requests: a request without an id", "requests: an id of 129 characters"]),
    by("§1.6", "403 `access_denied`", "gateway/envelope/inbound", &["requests: who has no audience is told so before anything else"]),
    by("§1.6", "400 `invalid WebUI mutation action`", READING, &["requests: an action with a capital", "requests: no action", "requests: a wrong action is said before a wrong payload"]),
    by("§1.6", "400 `WebUI mutation payload must be an object`", READING, &["requests: a payload that is no object", "requests: a wrong payload is said before an unknown action"]),
    by("§1.6", "404 `unknown WebUI mutation action`", SETTINGS, &["requests: an unknown action"]),
    by("§1.6", "409 for an id used for something else", SETTINGS, &["requests: an id for another payload is refused", "requests: an id for another action is refused"]),
    by("§1.6", "a repeated request is replayed, also from another connection", SETTINGS, &["requests: the same request again gets the same answer", "requests: the same request from another connection gets the same answer", "requests: a refusal is replayed, too", "requests: an answer outlives the gateway"]),
    by("§1.6", "requests of one connection in order", "gateway/envelope/connection", &["requests: requests of one connection are answered in order", "requests: a request does not hold up the chats"]),
    by("§1.6", "values are read as texts, in both spellings", SETTINGS, &["requests: values are read as texts", "requests: both spellings of a parameter"]),
    by("§1.6", "sidebar.update", SETTINGS, &["specials: sidebar.update tells every window, too", "http: the sidebar's state is kept"]),
    by("§1.6", "session.delete", "engine/session", &["threads: a session is deleted", "threads: a session that is not there is not deleted"]),
    by("§1.6", "workspace.pick_folder", "gateway/host", &["settings: no folder picker without a window"]),
    by("§1.6", "automation.*", SETTINGS, &["settings: an automation nobody runs"]),
    by("§1.6", "skill.*", SETTINGS, &["settings: a skill that is not there is not changed", "settings: skills are not installed from afar"]),
    by("§1.6", "settings.agent.update", SETTINGS, &["settings: an unknown preset", "settings: a time zone"]),
    by("§1.6", "settings.model_configuration.*, settings.model_call_order.update", SETTINGS, &["settings: a preset", "settings: the call order"]),
    by("§1.6", "settings.provider.*", SETTINGS, &["settings: a provider"]),
    by("§1.6", "settings of web search, images, transcription, network safety", SETTINGS, &["settings: a web search is kept", "settings: transcription settings are kept", "settings: network safety without anything"]),
    by("§1.6", "settings.api_service.*, cli_app.*, feature.*, channel.*, pairing.*, mcp.*: refused until their features are there", SETTINGS, &["settings: an app nobody knows", "settings: a feature nobody knows", "settings: a channel's steps answer", "settings: a pairing nobody asked for", "settings: an MCP preset nobody knows", "crates/engine/src/settings/tests/request.rs::what_comes_later_is_refused_in_the_contracts_words"]),
    by("§1.6", "`new_temporary_chat`", CHAT, &["specials: a temporary chat belongs to its connection", "specials: a temporary chat answers"]),
    by("§1.6", "temporary chats: nothing kept, nothing told to others, two commands, end with the connection", CHAT, &["specials: nobody else learns of a temporary chat", "specials: a temporary chat has no thread", "specials: a temporary chat takes two commands", "specials: a temporary chat ends with its connection", "specials: a temporary chat keeps its scope"]),
    not("§1.6", "the id of a temporary chat in everybody's session_updated", "section 11 forbids to copy this leak"),
    by("§1.6", "`discard_temporary_chat`", CHAT, &["specials: a temporary chat is discarded without a word", "specials: what is discarded must be an id", "specials: what is discarded must be temporary"]),
    by("§1.6", "`fork_chat` and its refusals", "engine/fork", &["specials: a fork holds what stood before the prompt", "specials: a fork after everything copies everything", "specials: a fork of what is no chat id", "specials: a fork before a negative index", "specials: a fork before true", "specials: a fork of a chat that is not there", "crates/engine/src/fork/tests.rs::a_copy_holds_what_came_before", "crates/engine/src/fork/tests.rs::a_copy_of_a_copy_has_one_boundary", "crates/engine/src/fork/tests.rs::what_runs_and_what_waits_is_left_behind"]),
    by("§1.6", "`set_sidebar_state`", "gateway/envelope/inbound", &["specials: set_sidebar_state tells every window", "specials: a sidebar state that is no object"]),
    by("§1.6", "`transcribe_audio` and its refusals", "engine/transcribe", &["specials: transcription without anything", "specials: transcription without audio", "specials: transcription switched off", "specials: transcription with nothing configured", "specials: recordings that are refused", "specials: what was said is written down", "specials: a recording a second longer than allowed is taken", "specials: a recording of nothing"]),
    // Hydration.
    by("§1.7", "`goal_status running` to who comes while a turn runs", "gateway/envelope/inbound", &["order: hydration: a newcomer is told what runs", "order: hydration: an idle chat tells nothing"]),
    not("§1.7", "`goal_state` of an active goal", "goals need tools, which are later work; no chat has one"),
    not("§1.7", "hydration repeated to all subscribers", "the newcomer alone is told: the others know"),
    by("§1.7", "running turns are in memory only", "engine/recovery", &["order: after a restart the thread is whole and nothing runs"]),
    // Frames to the client.
    by("§1.8", "`ready`, `attached`", "proto/envelope/outbound", &["handshake: a declared client id is kept", "order: the chat's usage is told to who attaches"]),
    by("§1.8", "`message`, `delta`, `stream_end`, `reasoning_delta`, `reasoning_end`", "proto/envelope/turn", &["order: a plain turn", "order: a turn with reasoning"]),
    not("§1.8", "`message.media`, absolute paths", "section 11 forbids to copy this; `media_urls` is sent"),
    not("§1.8", "`message.agent_ui`", "no code of the original produces it"),
    not("§1.8", "`file_edit`, `tool_events` told by a turn", "tools are later work; the frames have their types and are folded"),
    by("§1.8", "`turn_end`", "proto/envelope/turn", &["order: a plain turn", "order: a turn's usage has the known keys"]),
    by("§1.8", "`goal_status`; `started_at` in seconds, only while running", "proto/envelope/turn", &["order: a plain turn", "generations: started_at is seconds with a fraction"]),
    by("§1.8", "`session_updated` to every connection, the scope to the asker", "engine/hub", &["order: who does not hear the chat learns only that the list changed", "inbound: set_workspace_scope tells everybody first and the asker in full"]),
    by("§1.8", "`runtime_model_updated`, when the settings choose another model", SETTINGS, &["settings: another model is told to every connection"]),
    by("§1.8", "`error`", "proto/error", &["inbound: an error names the turn the client named"]),
    by("§1.8", "`turn_model_updated`, with `fallback`", "proto/envelope/turn", &["order: a plain turn", "settings: the next in the call order answers when the first cannot"]),
    by("§1.8", "`user_message` to the others, `message_accepted` to the sender", CHAT, &["order: the others hear the prompt, its sender that it was accepted"]),
    by("§1.8", "`sidebar_state_updated`", "engine/hub", &["specials: set_sidebar_state tells every window"]),
    by("§1.8", "`stream_id`, counted by model call", "agent/turn", &["order: a plain turn"]),
    by("§1.8", "turn_id, turn_phase, turn_seq from 2", "agent/turn", &["order: a plain turn", "order: a turn with reasoning", "generations: S's turns are not annotated beside H's"]),
    by("§1.8", "usage: numbers only", "proto/usage", &["order: usage is numbers only", "generations: no chat event holds a null that a client must guard against"]),
    not("§1.8", "`source` of automations, `provenance` of sessions", "nothing writes into a chat but its people until automations are there"),
    // Order.
    by("§1.9", "a plain turn", "agent/turn", &["order: a plain turn", "order: a turn with reasoning", "order: the first turn brings a title later"]),
    by("§1.9", "provider error", "agent/turn", &["order: a provider's error", "tests/tests/chats/faults.rs::a_bad_model_server_ends_the_turn_with_words"]),
    by("§1.9", "the model returns nothing", "agent/turn", &["order: a model that says nothing"]),
    by("§1.9", "priority commands: only a message", CHAT, &["order: a priority command when nothing runs is only a message"]),
    by("§1.9", "other commands when idle", CHAT, &["order: another command when nothing runs has an end and no beginning"]),
    by("§1.9", "a command while a turn runs", CHAT, &["order: a command while a turn runs is only a message"]),
    by("§1.9", "an unknown command", CHAT, &["order: an unknown command", "order: what only looks like a command is a prompt", "order: a command whose feature is not there yet says so"]),
    by("§1.9", "a text while a turn runs: 20 slots, then its own turn", CHAT, &["order: steering: a text while a turn runs starts none", "order: steering reaches the others at once", "order: twenty texts may wait"]),
    by("§1.9", "`/stop`: no turn_end, idle ends it, what waited runs", CHAT, &["order: a stopped turn has no turn_end, and idle is the last of it", "order: a stop says how many tasks it stopped", "order: a steering text that a stop finds waiting runs as its own turn"]),
    by("§1.9", "`/stop` when idle", CHAT, &["order: a stop when nothing runs"]),
    not("§1.9", "the `message` tool, sub-agents, messages of other sessions", "tools are later work"),
    // Delivery.
    by("§1.10", "one connection hears many chats; events are kept without a listener", "engine/hub", &["order: chats of one connection keep apart", "order: a turn goes on when everybody leaves"]),
    not("§1.10", "deltas merged, sends repeated, duplicates suppressed by a fingerprint", "every event is numbered and resumed by its number"),
    by("§1.10", "`showReasoning`", CHAT, &["order: reasoning may be kept from the clients"]),
    not("§1.10", "`sendProgress`, `sendToolHints`", "read and kept; they filter frames of tools, which are later work"),
    by("§1.10", "kept before it is sent", "engine/chat/journal", &["tests/tests/durability/main.rs::kills_lose_nothing"]),
    by("own", "`after_seq`: everything after the cursor, once, in order", "engine/resume", &["order: reconnect in the middle: everything after the cursor, once", "order: reconnect in the middle without a cursor: from now on"]),
    // HTTP.
    by("§2.1", "bearer or `?token=`, else 401 `Unauthorized`", HTTP, &["http: a route without a token", "http: the token in the address", "http: a wrong token in the address", "tests/tests/wire/routes.rs::every_route_wants_its_token"]),
    by("§2.1", "JSON answers, plain-text errors", HTTP, &["http: JSON is told as JSON", "http: an unknown API path"]),
    not("§2.1", "no security headers", "ours are sent: the page's policy, nosniff, no-referrer"),
    by("§2.1", "gzip from 4 KiB", HTTP, &["http: a long list is packed for who can read that"]),
    by("§2.1", "session keys", "proto/id", &["http: a session key with a space", "http: a session of another channel", "http: the key is asked for after the token"]),
    by("§2.1", "`API route not found`", HTTP, &["http: an unknown API path", "http: what S had and H has no more"]),
    by("§2.1", "former mutations: 405 before the token", HTTP, &["http: a former mutation says where it went, before the token", "tests/tests/wire/routes.rs::former_mutations_say_where_they_went_before_anything_else"]),
    by("§2.2", "bootstrap: secret, fields of S and H, limits", HTTP, &["handshake: bootstrap answers both generations", "handshake: a wrong secret", "handshake: the secret in the other header"]),
    by("§2.2", "localhost only without a secret", HTTP, &["handshake: a loopback port always asks for the secret", "handshake: the socket's owner needs no secret", "tests/tests/wire/doors.rs::bootstrap_without_a_configured_secret_is_for_this_machine"]),
    by("§2.2", "429 above 10,000 tokens", "gateway/token", &["tests/tests/load/flood.rs::ten_thousand_tokens_and_no_more"]),
    by("§2.2", "`token` is no API bearer in H, is one in S", "gateway/token", &["generations: S reads with its socket token, H with its API token"]),
    by("§2.3", "the token route", HTTP, &["handshake: the token route issues one token for its secret", "handshake: a token of the token route is none for the API", "handshake: no token route unless one is configured", "tests/tests/wire/doors.rs::the_token_route_hands_out_what_opens_a_connection_and_nothing_else"]),
    by("§2.4", "`/api/sessions`", HTTP, &["http: the list's row", "http: the list tells what runs", "http: the list is sorted by what changed last"]),
    not("§2.4", "`handle` of a session", "spoken names belong to messages between sessions, which are later work; the field is absent as for sessions never given one"),
    not("§2.4", "`/api/sessions/{key}/messages` of S", "gone at H; its 404 is answered"),
    by("§2.4", "`webui-thread`, limit, direction, before", HTTP, &["threads: a limit makes a page", "threads: pages hold whole turns", "threads: a limit that is no number", "threads: direction latest is the only one"]),
    by("§2.4", "`context`", HTTP, &["http: the context of a session", "http: the context of a session that never was"]),
    by("§2.4", "`automations` of a session", HTTP, &["http: the automations of a session"]),
    by("§2.5", "`/api/commands`", HTTP, &["order: the commands have their rows", "order: all sixteen commands are listed"]),
    by("§2.6", "`/api/workspaces`", HTTP, &["http: workspaces"]),
    by("§2.6", "the sidebar's state and its limits", SETTINGS, &["http: the sidebar's state when nobody changed it", "http: a sidebar state over 256 KiB", "http: unknown keys of the sidebar's state are dropped", "http: a long title is cut"]),
    by("§2.6", "the folder picker", "gateway/host", &["settings: no folder picker without a window"]),
    by("§2.7", "`/api/settings`, every section and the decoration", SETTINGS, &["settings: every section", "settings: how settings are decorated", "crates/engine/src/settings/tests/read.rs::the_whole_object"]),
    by("§2.7", "secrets are hinted at", SETTINGS, &["settings: a provider", "settings: a provider's short key is not shown at all", "settings: a key is in no answer", "crates/engine/src/settings/tests/servers.rs::a_hidden_value_survives_its_mask_and_never_shows"]),
    by("§2.7", "agent: texts and bounds", SETTINGS, &["settings: an unknown preset", "settings: an empty model", "settings: an empty provider", "settings: a time zone nobody knows", "settings: hints too short"]),
    by("§2.7", "model configurations: texts and bounds", SETTINGS, &["settings: a preset without a name", "settings: a preset with a long name", "settings: a preset that is there already", "settings: a temperature too hot", "settings: a change of an unknown preset", "crates/engine/src/settings/tests/presets.rs::presets_are_made", "crates/engine/src/settings/tests/presets.rs::presets_are_changed_and_removed"]),
    by("§2.7", "call order, with the next one answering", SETTINGS, &["settings: a call order with an unknown preset", "settings: the next in the call order answers when the first cannot", "crates/engine/src/settings/tests/presets.rs::the_order_presets_are_asked_in"]),
    by("§2.7", "providers: texts and bounds", SETTINGS, &["settings: a provider without a name", "settings: a change of an unknown provider", "settings: a kind of API nobody knows", "settings: headers that are no object", "crates/engine/src/settings/tests/servers.rs::servers_are_added", "crates/engine/src/settings/tests/servers.rs::servers_are_changed_and_removed"]),
    by("§2.7", "signing in to providers", SETTINGS, &["settings: signing in to a provider nobody knows"]),
    by("§2.7", "provider models", SETTINGS, &["settings: a provider's models", "settings: the demo's models"]),
    by("§2.7", "web search", SETTINGS, &["settings: a web search nobody knows", "settings: too many results", "settings: a reader that is not true or false", "crates/engine/src/settings/tests/features.rs::web_search"]),
    by("§2.7", "image generation", SETTINGS, &["settings: an image provider nobody knows", "settings: an aspect nobody draws", "crates/engine/src/settings/tests/features.rs::images"]),
    by("§2.7", "network safety", SETTINGS, &["settings: network safety without anything", "settings: a default mode nobody knows", "settings: restricted is the default mode"]),
    by("§2.7", "transcription", SETTINGS, &["settings: a transcription nobody knows", "settings: a recording too long", "crates/engine/src/settings/tests/features.rs::the_spoken_word", "specials: what was said is written down", "specials: recordings that are refused"]),
    by("§2.7", "the API service", SETTINGS, &["settings: an API service without a host", "settings: an API service on no port"]),
    by("§2.8", "media by signature, ranges, headers", "gateway/http/media", &["media: the thread shows the image, signed", "media: a part of a file", "media: a wrong signature"]),
    by("§2.9", "file preview and its refusals", "engine/preview", &["http: file preview", "http: file preview outside the project", "http: file preview of bytes", "http: file preview: a probe says only whether", "http: file preview: a large file is cut"]),
    not("§2.9", "any file of the machine with full access", "section 11 forbids to copy this: never outside the project"),
    by("§2.10", "apps and MCP presets: empty lists", HTTP, &["http: no apps yet", "http: no MCP presets yet"]),
    by("§2.11", "usage", SETTINGS, &["http: usage when nothing was used", "http: usage counts"]),
    by("§2.11", "version check, API service, features, pairing, skills, automations: what is empty is said", HTTP, &["http: no newer version", "http: the API service does not run", "http: no features yet", "http: nobody to pair with", "http: no skills yet", "http: no automations yet", "http: a skill that is not there", "http: an MCP sign-in nobody began"]),
    not("§2.11", "skill marketplaces, `/auth/mcp/callback`", "no skill and no MCP server can be installed yet"),
    by("§2.12", "the page's files", "gateway/http/assets", &["http: the page", "http: a way up is forbidden", "tests/tests/wire/assets.rs::the_page_and_its_files"]),
    not("§2.12", "the page for missing assets, `immutable` on names that stay", "section 11 forbids to copy these"),
    by("§2.13", "the route matrix of H", HTTP, &["http: the other settings' former mutations", "http: the folder picker's former mutation"]),
    // Scope.
    by("§3.1", "the payload, aliases, what is left out, `~`, resolved", "engine/scope", &["scope: a scope's whole payload", "scope: path is another word for project_path", "scope: full-access is another word for full", "scope: what is not said comes from the stored scope", "scope: a home is expanded", "scope: a path is resolved"]),
    by("§3.2", "the default scope", "engine/scope", &["scope: what is not said of a new chat comes from the default", "scope: the default mode can be full", "scope: the default mode outlives the gateway"]),
    by("§3.3", "every reason", "engine/scope", &["scope: a project path that is no text", "scope: a project path with a NUL", "scope: a relative project path", "scope: a project path that is not there", "scope: an access mode that is no text", "scope: an access mode nobody knows", "scope: through a proxy nobody changes the project", "scope: a message with another scope while a turn runs"]),
    by("§3.4", "who may change what", "gateway/envelope/inbound", &["scope: through a proxy nobody changes the project", "scope: through a proxy access may shrink", "http: workspaces"]),
    by("§3.4", "a running chat keeps its scope", CHAT, &["scope: a message with the stored scope while a turn runs", "scope: a message with another scope while a turn runs"]),
    not("§3.4", "file tools and commands within the scope", "tools are later work; previews and pictures keep to it already"),
    // Media.
    by("§4.1", "counts and sizes of H", "engine/media", &["media: five images", "media: two videos", "media: five attachments of both kinds", "media: an image too large", "media: an image as large as may be", "media: counts are asked before anything is decoded", "crates/engine/src/media/tests.rs::counts_come_first", "crates/engine/src/media/tests.rs::the_largest_files_are_taken"]),
    by("§4.1", "which types", "engine/media", &["media: every kind of image", "media: a document is taken", "media: a video is taken", "media: an SVG is refused", "media: a program is refused"]),
    by("§4.1", "nothing is left of a refused message", "engine/media", &["media: a refused message leaves nothing behind", "tests/tests/media/messages.rs::bad_items_leave_nothing", "crates/engine/src/media/tests.rs::one_bad_item_leaves_nothing"]),
    by("§4.2", "data URLs, strict", "engine/media", &["media: base64 that is none", "media: base64 of nothing", "media: data that is not base64", "media: parameters of a type are allowed", "media: a type in capitals is the same type"]),
    by("§4.2", "own: the bytes are what they say", "engine/media", &["media: bytes that are not what they say"]),
    by("§4.3", "`media_urls`", "engine/media", &["media: an image is taken and shown to the others", "media: a document is told as a file", "tests/tests/media/messages.rs::a_picture_reaches_peers_the_thread_and_the_model", "crates/engine/src/media/tests.rs::the_same_content_is_kept_once"]),
    by("§4.4", "signed addresses", "gateway/http/media", &["media: a media address needs no token but its signature", "media: a signature of the wrong length", "media: a media address outlives the gateway", "tests/tests/media/serving.rs::only_signed_addresses_open", "tests/tests/media/serving.rs::ranges_of_a_file", "tests/tests/media/serving.rs::what_a_file_is_served_as"]),
    by("§4.5", "pictures in answers", "engine/media", &["media: an answer's image of the project is signed at its end", "media: an answer's image from elsewhere stays as it is", "tests/tests/media/showing.rs::an_answer_shows_a_file_of_the_project", "tests/tests/media/showing.rs::an_answer_without_files_stays_as_it_is"]),
    by("own", "binary uploads", "gateway/http/uploads", &["media: a message refers to an upload", "media: an upload in parts", "media: an upload is taken back", "media: an upload of a kind that is not taken", "tests/tests/media/uploads.rs::an_upload_goes_on_after_a_kill", "tests/tests/media/uploads.rs::a_large_file_needs_little_memory"]),
    // Sessions.
    by("§5.1", "session files are read by import", "engine/import", &["crates/engine/src/import/tests.rs::a_session_file_of_the_original"]),
    not("§5.1", "session files as the store", "chats live in one database"),
    by("§5.2", "transcript files of S and H are read by import", "engine/import", &["crates/engine/src/import/tests.rs::a_transcript_of_the_newer_original", "crates/engine/src/import/tests.rs::a_transcript_of_the_older_original"]),
    not("§5.2", "transcript files as the store, their segments and limits", "chats live in one database; the 8 MiB cliff is one of the faults not to copy"),
    by("§5.3", "the fold", "engine/thread", &["threads: a turn folded", "threads: a stopped turn stays without an end", "threads: a provider's error is a message", "crates/engine/src/thread/tests.rs::folds_are_what_the_window_sees"]),
    by("§5.3", "ids that stay", "engine/thread", &["threads: ids are the same on every fetch", "threads: the thread outlives the gateway"]),
    by("§5.4", "the payload and its pages", "engine/thread", &["threads: a turn folded", "threads: while a first turn runs there is a thread", "threads: pages hold whole turns"]),
    by("§5.5", "titles", "engine/title", &["order: the first turn brings a title later", "threads: a title a person gave stays"]),
    not("§5.5", "goals", "goals need tools, which are later work"),
    by("own", "rename, export, import", "engine/session", &["threads: a session file of the original is taken in", "threads: what is no chat is not taken in", "threads: renaming tells every window", "threads: an export as Markdown", "threads: an export as JSON lines", "threads: an export as a page", "crates/engine/src/import/tests.rs::there_and_back_is_the_same_byte_for_byte"]),
    // The window.
    by("§6.1", "surface, capabilities, restart table", "gateway/http/settings", &["settings: how settings are decorated", "settings: settings need no window of their own"]),
    by("§6.1", "controls of the native surface", "src-tauri", &["tests/tests/window.rs::the_page_can_ask_for_nothing_else"]),
    not("§6.1", "the hidden launcher `desktop-gateway`", "the shell holds the gateway in its own process"),
    by("§6.3", "`window.nanobotHost`: its socket and its methods", "src-tauri/bridge", &["tests/tests/window.rs::a_page_written_for_the_contracts_host_gets_its_socket", "src-tauri/src/socket/tests.rs::frames_cross_both_ways_and_the_gateways_close_is_told"]),
    by("§6.3", "`restartEngine`", "src-tauri/engine", &["tests/tests/window.rs::the_engine_starts_again_beneath_the_open_window", "src-tauri/src/engine/tests.rs::a_restart_brings_another_gateway_to_the_same_place"]),
    by("§6.3", "`pickFolder`", "src-tauri/dialog", &["src-tauri/src/dialog.rs::one_dialog_at_a_time"]),
    by("§6.3", "`exportDiagnostics`", "engine/diagnostics", &["crates/engine/src/diagnostics/tests.rs::nothing_secret_and_nothing_written_is_in_any_file", "http: what may be handed on when something goes wrong"]),
    not("§6.3", "`checkForUpdates`", "of the host's document only; nothing is asked over the network"),
    by("§6.4", "the page's scheme, its policy and the way to the socket", "src-tauri/proxy", &["src-tauri/src/proxy/tests.rs::bootstrap_points_to_the_bridge", "src-tauri/src/proxy/tests.rs::an_answer_comes_back_under_the_pages_policy", "src-tauri/src/proxy/tests.rs::nobody_there_is_unavailable"]),
    not("§6.5", "the loopback helper", "the bridge does it; no port is opened beside the gateway's"),
    by("§6.5", "`bootstrapSecret` in the fragment", "gateway/cli", &["tests/tests/wire/routes.rs::bootstrap_opens_with_the_secret_only"]),
    by("§6.6", "clients bootstrap again and resume", "gateway/token", &["tests/tests/wire/routes.rs::a_socket_token_opens_one_socket", "order: reconnect in the middle: everything after the cursor, once"]),
    by("§6.2", "restart offered when a change needs one", SETTINGS, &["settings: a time zone", "crates/engine/src/settings/tests/read.rs::what_waits_for_a_restart"]),
];
