// The wire's shapes as the page reads them: events in, HTTP answers, settings. Optional means "older servers leave it out".

export type Notice = { kind: "interrupted" | "error" | "stopped" | "refused"; retry: boolean };

export type Usage = {
  prompt_tokens?: number;
  completion_tokens?: number;
  context_tokens?: number;
  total_tokens?: number;
  generation_ms?: number;
  ttft_ms?: number;
};

export type ToolEvent = {
  phase: "start" | "end" | "error";
  call_id: string;
  name: string;
  arguments?: unknown;
  result?: unknown;
  error?: unknown;
};

export type FileEdit = { call_id: string; tool: string; path: string; phase: string; added: number; deleted: number; status: string };

/** Fields an event of a chat may carry besides its own. */
type InChat = {
  chat_id: string;
  seq?: number;
  turn_id?: string;
  turn_phase?: string;
  turn_seq?: number;
  created_at_ms?: number;
  /** When the page received it (ms); stamped by the socket, never sent. */
  at?: number;
};

export type ChatEvent = InChat &
  (
    | { event: "user_message"; text: string; starts_turn: boolean; active_turn_id?: string; started_at?: number }
    | { event: "message_accepted"; starts_turn: boolean; active_turn_id?: string; started_at?: number }
    | { event: "delta"; text: string; stream_id?: string }
    | { event: "stream_end"; text?: string; stream_id?: string; resuming?: boolean; merge_next?: boolean }
    | { event: "reasoning_delta"; text: string }
    | { event: "reasoning_end"; text?: string }
    | { event: "message"; text: string; kind?: string; tool_events?: ToolEvent[]; notice?: Notice; latency_ms?: number }
    | { event: "file_edit"; edits: FileEdit[] }
    | { event: "turn_end"; latency_ms?: number; usage?: Usage; context_window_tokens?: number }
    | { event: "goal_status"; status: "running" | "idle"; started_at?: number }
    | { event: "goal_state"; goal_state: unknown }
    | { event: "turn_model_updated"; model_name: string; model_preset?: string | null; context_window_tokens?: number }
    | { event: "attached"; model_preset?: string | null; usage?: Usage; context_window_tokens?: number; last_seq?: number; run?: Run | null }
    | { event: "resync"; from_seq?: number }
    | { event: "error"; detail: string; reason?: string }
  );

export type Run = { turn_id?: string; started_at?: number };
export type LiveState = "running" | "idle" | "failed";

export type HomeEvent =
  | { event: "ready"; chat_id: string; client_id: string; instance?: string }
  | { event: "watching"; chats: { chat_id: string; state: LiveState; started_at?: number }[] }
  | { event: "chat_state"; chat_id: string; state: LiveState; title?: string; started_at?: number }
  | { event: "session_updated"; chat_id: string; scope?: string }
  | { event: "runtime_model_updated"; model_name: string; model_preset?: string | null }
  | { event: "webui_response"; request_id: string; ok: boolean; result?: unknown; error?: { status: number; message: string } };

/** One row of the thread page; live events fold to the same shape. */
export type Message = {
  id: string;
  role: "user" | "assistant" | "tool";
  kind?: "trace";
  content: string;
  reasoning?: string;
  reasoningStreaming?: boolean;
  reasoningMs?: number;
  isStreaming?: boolean;
  turnId?: string;
  turnPhase?: string;
  turnSeq?: number;
  createdAt?: number;
  traces?: string[];
  toolEvents?: ToolEvent[];
  fileEdits?: FileEdit[];
  latencyMs?: number;
  usage?: Usage;
  contextWindowTokens?: number;
  notice?: Notice;
};

export type ThreadPage = {
  schemaVersion: number;
  sessionKey: string;
  messages: Message[];
  last_seq?: number;
  active_turn_id?: string | null;
  completed_turn_ids?: string[];
  page?: { before_cursor: string | null; has_more_before: boolean; loaded_message_count?: number; user_message_offset?: number };
};

export type Scope = { project_path?: string | null; project_name?: string | null; access_mode?: string };
export type SessionRow = {
  key: string;
  created_at: string;
  updated_at: string;
  title: string;
  preview: string;
  workspace_scope?: Scope;
  run_started_at?: number;
  model_preset?: string | null;
};

export type Bootstrap = {
  token: string;
  api_token?: string;
  ws_path: string;
  ws_url: string;
  expires_in: number;
  model_name?: string;
  runtime_surface: "browser" | "native";
  limits?: { message?: { max_text_bytes?: number } };
  instance?: string;
  version?: string;
};

export type Preset = {
  name: string;
  label?: string;
  active?: boolean;
  is_default?: boolean;
  model: string;
  provider: string;
  max_tokens?: number | null;
  context_window_tokens?: number | null;
  temperature?: number | null;
  reasoning_effort?: string | null;
};
export type Provider = {
  name: string;
  label?: string;
  configured?: boolean;
  is_custom?: boolean;
  api_key_required?: boolean;
  api_key_hint?: string | null;
  api_base?: string | null;
  default_api_base?: string | null;
};
export type Settings = {
  agent: { model?: string; provider?: string; model_preset: string | null; context_window_tokens?: number | null };
  model_presets: Preset[];
  providers: Provider[];
  secrets?: { store: "keyring" | "file"; detail?: string };
  version?: { current?: string };
  runtime?: { config_path?: string; workspace_path?: string };
};
export type FoundServer = { kind: string; label: string; api_base: string; models: { id: string; context_window: number | null }[] };
export type ProviderModels = { provider: string; models: { id: string; label?: string; context_window?: number | null }[]; status?: string; message?: string | null };
export type TestResult = { ok: boolean; latency_ms: number; reply: string };
