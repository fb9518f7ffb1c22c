// The wire's shapes as the page reads them: the generated ones, plus what the page adds and what later gateways send.
import type * as gen from "./types.gen.ts";

export type {
  AccessMode,
  Bootstrap,
  CommandRow,
  FoundServers,
  Notice,
  PresetRow,
  ProviderModels,
  ProviderRow,
  Run,
  SessionRow,
  Settings,
  TestResult,
  WorkspaceScope,
  Workspaces,
} from "./types.gen.ts";
export type FoundServer = gen.FoundServerRow;
export type LiveState = gen.ChatStateWord;
export type Usage = Partial<gen.Usage>;

export type ToolEvent = {
  phase: "start" | "end" | "error";
  call_id: string;
  name: string;
  arguments?: unknown;
  result?: unknown;
  error?: unknown;
  path?: string;
  status?: number;
  why?: string;
  exit_code?: number;
  duration_ms?: number;
  background?: boolean;
};
export type FileEdit = {
  call_id: string;
  tool: string;
  path: string;
  phase: string;
  added: number;
  deleted: number;
  status: string;
  operation?: string;
  binary?: boolean;
  error?: string;
  /** The path is not known yet. */
  pending?: boolean;
  diff?: { text: string; truncated?: boolean };
};

/** Fields any event of a chat may carry besides its own. */
type InChat = {
  chat_id: string;
  seq?: number;
  turn_id?: string;
  turn_phase?: gen.Phase;
  turn_seq?: number;
  created_at_ms?: number;
  /** When the page received it (ms); stamped by the socket, never sent. */
  at?: number;
};

type Named = Exclude<gen.Event["event"], HomeEvent["event"] | "attached" | "turn_model_updated" | "message" | "reasoning_end" | "stream_end" | "user_message" | "error" | "file_edit" | "fork_marker">;

/** What made a turn that no person began. */
export type MessageSource = { kind: string; label?: string };

/** What a message of the agent carries besides its text. */
type Working = { tool_events?: ToolEvent[]; media_urls?: MediaItem[]; source?: MessageSource };

/** What a prompt names besides its text. */
type Naming = {
  media_urls?: MediaItem[];
  cli_apps?: unknown[];
  mcp_presets?: unknown[];
  session_mentions?: unknown[];
  provenance?: { session_message?: unknown };
};
export type ChatEvent = InChat &
  (
    | Extract<gen.Event, { event: Named }>
    | ({ event: "attached" } & gen.Attached & { temporary?: boolean })
    | ({ event: "turn_model_updated" } & gen.TurnModelUpdated & { fallback?: boolean })
    | ({ event: "error" } & gen.ErrorFrame & { request_id?: string })
    | ({ event: "user_message" } & Omit<gen.UserMessage, keyof Naming> & Naming)
    | ({ event: "reasoning_end" } & gen.ReasoningEnd & { text?: string })
    | ({ event: "message" } & Omit<gen.MessageEvent, keyof Working> & Working)
    | ({ event: "stream_end" } & Omit<gen.StreamEnd, "source"> & { source?: MessageSource })
    | { event: "file_edit"; edits: FileEdit[] }
    | { event: "fork_marker"; source_chat_id?: string }
  );

export type HomeEvent =
  | Extract<gen.Event, { event: "ready" | "watching" | "chat_state" | "session_updated" | "webui_response" | "runtime_model_updated" }>
  | { event: "sidebar_state_updated"; state: SidebarState }
  | Transcript;

/** What became of a recording. */
export type Transcript =
  | { event: "transcription_result"; request_id: string; text: string }
  | { event: "transcription_error"; request_id?: string; detail: string; provider?: string };

/** One row of the thread page; live events fold to the same shape. */
type Looser = "usage" | "toolEvents" | "fileEdits" | "media" | "images" | "source" | "cliApps" | "mcpPresets" | "sessionMentions" | "sessionMessage";
export type Message = Omit<gen.UiMessage, Looser> & {
  usage?: Usage;
  reasoningMs?: number;
  toolEvents?: ToolEvent[];
  fileEdits?: FileEdit[];
  media?: MediaItem[];
  images?: MediaItem[];
  /** The row stands right after what a fork copied. */
  forkBoundary?: boolean;
  source?: MessageSource;
  cliApps?: unknown[];
  mcpPresets?: unknown[];
  sessionMentions?: unknown[];
  sessionMessage?: unknown;
};

export type ThreadPage = Pick<gen.Thread, "schemaVersion" | "sessionKey"> &
  Partial<Pick<gen.Thread, "last_seq" | "active_turn_id" | "completed_turn_ids" | "fork_boundary_message_count">> & {
    messages: Message[];
    page?: Partial<gen.Page> & Pick<gen.Page, "before_cursor" | "has_more_before">;
  };

/** A picture, video or file of a message. */
export type MediaItem = { kind?: string; url?: string | null; name?: string | null };

/** What the person arranged in the side bar; kept by the gateway for all windows (envelope §2.6). */
export type SidebarState = {
  pinned_keys: string[];
  archived_keys: string[];
  session_order: string[];
  title_overrides: Record<string, string>;
  project_name_overrides: Record<string, string>;
  tags_by_key: Record<string, string[]>;
  collapsed_groups: Record<string, boolean>;
  view: { density: string; show_previews: boolean; show_timestamps: boolean; show_archived: boolean; sort: string };
};

/** An attachment's way to the gateway. */
export type UploadStatus = {
  id: string;
  received: number;
  total: number;
  complete: boolean;
  kind: string;
  mime: string;
  name: string;
  bytes: number;
  url?: string | null;
};

export type ImportReport = {
  imported: { key: string; title: string; messages: number }[];
  skipped: { what: string; why: string }[];
  warnings: string[];
};
